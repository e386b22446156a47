use std::collections::{BTreeMap, HashSet};
use std::time::{Duration, Instant};

use kernel::Platform;
use samples::{Creator, crowd};

fn people() -> Vec<Creator> {
    crowd(11, 20_000).collect()
}

#[test]
fn a_smaller_crowd_is_the_beginning_of_a_bigger_one() {
    assert_eq!(crowd(5, 300).collect::<Vec<_>>(), crowd(5, 9_000).take(300).collect::<Vec<_>>());
    assert_ne!(crowd(5, 300).collect::<Vec<_>>(), crowd(6, 300).collect::<Vec<_>>());
    assert_eq!(crowd(5, 300).len(), 300);
}

#[test]
fn handles_and_addresses_are_unique() {
    let people = people();
    let handles: HashSet<_> = people.iter().map(|it| it.channel_name.to_lowercase()).collect();
    let emails: Vec<_> = people.iter().filter_map(|it| it.email.as_ref()).collect();
    assert_eq!(handles.len(), people.len());
    assert_eq!(emails.iter().collect::<HashSet<_>>().len(), emails.len());
    assert!(
        people
            .iter()
            .all(|it| it.channel_name.is_ascii() && it.channel_name.starts_with('@') && it.channel_name.len() > 5)
    );
    let abouts: HashSet<_> = people.iter().map(|it| &it.about).collect();
    assert!(abouts.len() * 1000 > people.len() * 999, "{} different texts", abouts.len());
}

#[test]
fn followers_are_log_normal() {
    let mut followers: Vec<_> = people().iter().map(|it| it.followers).collect();
    followers.sort_unstable();
    let median = followers[followers.len() / 2];
    assert!((20_000..24_500).contains(&median), "median {median}");
    let share =
        |low, high| followers.iter().filter(|it| (low..high).contains(*it)).count() as f64 / followers.len() as f64;
    for (low, high, expected) in [
        (0, 10_000, 0.316),
        (10_000, 100_000, 0.505),
        (100_000, 500_000, 0.150),
        (500_000, 1_000_000, 0.019),
        (1_000_000, u64::MAX, 0.010),
    ] {
        let found = share(low, high);
        assert!((found - expected).abs() < 0.012, "{low} to {high}: {found:.3}, expected {expected}");
    }
}

#[test]
fn engagement_falls_with_size_on_every_platform() {
    let people = people();
    for platform in Platform::ALL {
        let median = |low, high| {
            let of = |it: &&Creator| it.platform == platform && (low..high).contains(&it.followers);
            let mut rates: Vec<_> = people.iter().filter(of).map(|it| it.engagement_rate).collect();
            rates.sort_by(f64::total_cmp);
            rates[rates.len() / 2]
        };
        let (small, middle, big) = (median(0, 8_000), median(8_000, 80_000), median(80_000, u64::MAX));
        assert!(small > middle && middle > big, "{platform:?}: {small} {middle} {big}");
    }
}

#[test]
fn niches_and_languages_are_skewed_as_in_life() {
    let people = people();
    let mut niches = BTreeMap::new();
    for person in &people {
        *niches.entry(&person.niche).or_insert(0) += 1;
    }
    assert!(niches.len() >= 25, "{} niches", niches.len());
    let (most, least) = (niches.values().max().unwrap(), niches.values().min().unwrap());
    assert!(*most > 5 * *least && *least > 50, "{niches:?}");
    let spanish = people.iter().filter(|it| it.language == "Spanish").count() as f64 / people.len() as f64;
    assert!((0.28..0.40).contains(&spanish), "{spanish}");
}

#[test]
fn texts_speak_of_their_niche_and_leave_nothing_open() {
    let people = people();
    for person in &people {
        assert!(!person.about.contains(['{', '}', '[', '|']) && person.about.ends_with('.'), "{}", person.about);
        assert!(person.about.len() > 40 && !person.about.chars().next().unwrap().is_lowercase(), "{}", person.about);
        assert!(!person.name.contains("  ") && person.name.contains(' '), "{}", person.name);
        assert!(!person.country.is_empty() && !person.niche.is_empty() && !person.languages.is_empty());
        assert!((0.1..=25.0).contains(&person.engagement_rate));
    }
    // Words of one niche turn up there more than anywhere else.
    for (niche, word) in [
        ("fitness", "workout"),
        ("food", "receta"),
        ("travel", "hotel"),
        ("vegan food", "tofu"),
        ("running", "maratón"),
    ] {
        let share = |of: &dyn Fn(&Creator) -> bool| {
            let chosen: Vec<_> = people.iter().filter(|it| of(it)).collect();
            chosen.iter().filter(|it| it.about.to_lowercase().contains(word)).count() as f64 / chosen.len() as f64
        };
        let (here, there) = (share(&|it| it.niche == niche), share(&|it| it.niche != niche));
        assert!(here > 0.04 && here > 8.0 * there, "{word} in {niche}: {here:.3}, elsewhere {there:.3}");
    }
}

/// An order of magnitude below what an unoptimised build does: it catches only what has gone badly wrong.
#[test]
fn it_is_fast() {
    let started = Instant::now();
    assert_eq!(crowd(1, 20_000).count(), 20_000);
    assert!(started.elapsed() < Duration::from_secs(10), "20,000 took {:?}", started.elapsed());
}
