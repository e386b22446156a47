use kernel::Platform::{Instagram, TikTok, Twitter, YouTube};

use super::*;

#[test]
fn every_platform_and_size_has_its_row() {
    let norms = Norms::builtin();
    for platform in Platform::ALL {
        for followers in [0, 950, 1000, 4_999, 5_000, 99_999, 100_000, 1_000_000, u64::MAX] {
            let cohort = norms.cohort(platform, followers).unwrap();
            assert_eq!(cohort.platform, platform);
            assert!(followers < 1000 || cohort.size.holds(followers), "{platform:?} {followers}: {:?}", cohort.size);
            assert!(norms.prices().usual(platform, followers, None, "fitness").is_some());
        }
    }
    assert_eq!(norms.cohort(Instagram, 950).unwrap().size.from, 1000);
}

#[test]
fn engagement_is_judged_against_the_same_platform_and_size() {
    let norms = Norms::builtin();
    let standing = norms.standing(Instagram, 374_000, Some(5.9));
    assert_eq!(standing.score, 9555);
    assert_eq!(
        standing.describe(),
        "5.9% engagement is high: 2.63% and more is high for Instagram accounts of 100K–500K followers, the average 0.87–1.14% (Modash, 2026)"
    );
    assert!(norms.score(Instagram, 3_000, Some(1.5)) < norms.score(Instagram, 300_000, Some(1.5)));
    assert!(norms.score(TikTok, 300_000, Some(0.9)) < norms.score(YouTube, 300_000, Some(0.9)));
    let says = |rate| norms.standing(Instagram, 374_000, Some(rate)).describe();
    assert!(says(2.0).starts_with("2% engagement is above the average of 0.87–1.14% for Instagram accounts"));
    assert!(says(20.0).ends_with(
        "five times what is high for Instagram accounts of 100K–500K followers (2.63%, Modash, 2026): worth checking"
    ));
    assert!(says(1.0).contains("within the average") && says(0.5).contains("below the average"));
    let twitter = norms.standing(Twitter, 10_000, Some(0.12));
    assert_eq!((twitter.score, twitter.basis()), (5000, Basis::Benchmark(twitter.cohort.clone().unwrap().source)));
    assert!(
        twitter.describe().contains("accounts of every size (Socialinsider, 2026; the average"),
        "{}",
        twitter.describe()
    );
}

#[test]
fn what_is_not_known_scores_nothing_and_says_so() {
    let norms = Norms::builtin();
    for unknown in [None, Some(f64::NAN), Some(-1.0)] {
        let standing = norms.standing(Instagram, 5_000, unknown);
        assert_eq!((standing.score, standing.basis()), (0, Basis::Nothing));
        assert_eq!(standing.describe(), "No engagement figure on record");
    }
    assert_eq!(norms.score(Instagram, 5_000, Some(f64::INFINITY)), 10_000);
}

#[test]
fn single_and_double_precision_agree() {
    let norms = Norms::builtin();
    for hundredths in 0..3000 {
        let rate = f64::from(hundredths) / 100.0;
        let single = f64::from(rate as f32);
        assert_eq!(norms.score(YouTube, 20_000, Some(rate)), norms.score(YouTube, 20_000, Some(single)), "{rate}");
    }
}

#[test]
fn enough_creators_of_a_cohort_replace_its_benchmark() {
    let mut norms = Norms::builtin();
    let rows = |count: u32| (0..count).map(move |i| (Instagram, 20_000, Some(f64::from(i) / f64::from(count) * 10.0)));
    norms.learn(rows(ENOUGH as u32 - 1));
    assert_eq!(norms.learned(), []);
    norms.learn(rows(1000).chain([(Instagram, 20_000, None)]));
    let standing = norms.standing(Instagram, 20_000, Some(5.0));
    assert_eq!((standing.basis(), standing.score), (Basis::Directory { count: 1000 }, 5000));
    assert_eq!(
        standing.describe(),
        "5% engagement is above that of 50% of the 1000 Instagram accounts of 10K–50K followers in this directory (median 5%)"
    );
    assert!(matches!(norms.standing(Instagram, 60_000, Some(5.0)).basis(), Basis::Benchmark(_)));

    let stored = serde_json::to_string(&norms.learned()).unwrap();
    let mut again = Norms::builtin();
    again.recall(serde_json::from_str(&stored).unwrap());
    assert_eq!(again, norms);
    norms.learn([]);
    assert_eq!(norms, Norms::builtin());
}

#[test]
fn prices_follow_views_and_niche() {
    let norms = Norms::builtin();
    let usual = norms.prices().usual(Instagram, 374_000, None, "fitness").unwrap();
    // 374,000 × 0.25 / 1000 × $22.50
    assert_eq!((usual.low, usual.middle, usual.high), (147_263, 210_375, 294_525));
    assert_eq!(
        usual.to_string(),
        "$1473–$2945 a post, estimated from 93.5K views expected of the followers at $15–30 per 1,000 \
         (influencerradar.com with Influencer Marketing Hub, 2024; feed post)"
    );
    let measured = norms.prices().usual(YouTube, 450_000, Some(100_000), "technology").unwrap();
    assert_eq!(measured.middle, 715_000);
    assert!(measured.to_string().contains("100K views on average at $35–75 per 1,000 × 1.3 for the niche"));
    let tweet = norms.prices().usual(Twitter, 20_000, None, "food").unwrap();
    assert_eq!((tweet.low, tweet.high), (25_000, 200_000));
    assert!(tweet.to_string().ends_with("what accounts of 10K–100K followers ask (iidb.com, 2026)"), "{tweet}");
    let views = norms.prices().views(Instagram, 374_000).unwrap();
    assert_eq!((views.from, views.to), (93_500, 149_600));
    assert_eq!(norms.prices().views(Twitter, 374_000), None);
}

#[test]
fn a_faulty_table_names_its_line() {
    let row = "engagement\tinstagram\t1000\t5000\t1\t2\t3\t4\tus\t2026\t-";
    assert!(Norms::parse(row).is_ok());
    for (from, to, says) in [
        ("\t-", "", "11 columns"),
        ("instagram", "myspace", "`myspace` is not a platform"),
        ("5000", "1000", "must be above"),
        ("\t2\t", "\tNaN\t", "`NaN` is not a positive number"),
        ("\t4\t", "\t1\t", "must rise"),
        ("engagement", "other", "none of engagement"),
        ("us", "-", "the source is missing"),
    ] {
        let table = format!("# a comment\n{}", row.replacen(from, to, 1));
        let error = Norms::parse(&table).unwrap_err();
        assert!(error.message().contains("line 2") && error.message().contains(says), "{from:?}: {error}");
    }
    assert!(Norms::parse("").is_err());
}
