use kernel::Platform;

use super::*;
use crate::score::{Budget, Calibration, Wish};

const NOBODY: &[String] = &[];

/// A model of two words: everything that says "fit" points one way, all else the other.
fn embed(text: &str) -> Vec<f32> {
    if text.to_lowercase().contains("fit") { vec![1.0, 0.0] } else { vec![0.0, 1.0] }
}

fn calibration() -> Calibration {
    let scale: super::super::Scale = serde_json::from_str("[[0.0,0],[1.0,10000]]").unwrap();
    Calibration { labels: scale.clone(), topics: scale.clone(), audiences: scale }
}

fn fitband(budget: Budget) -> Brief {
    let wish = Wish {
        product_name: "FitBand Pro".into(),
        product_description: "A smart fitness band that tracks activities".into(),
        target_audience: "Health-conscious individuals aged 25-45 who are interested in tracking their fitness".into(),
        product_niche: "Fitness Technology".into(),
        budget,
        ..Wish::default()
    };
    Brief::new(wish, calibration(), embed)
}

fn trainer() -> CreatorView<'static> {
    CreatorView {
        platform: Platform::Instagram,
        followers: 374_000,
        engagement: Some(5.9),
        niche: "fitness",
        about: Some("Certified personal trainer sharing workout routines for your fitness"),
        audience_type: Some("Fitness Enthusiasts"),
        avg_views: Some(15_000),
        rate_minor: Some(376_900),
        rating: Some(4.8),
        previous_brands: NOBODY,
    }
}

fn analysis(
    brief: &Brief,
    creator: &CreatorView<'_>,
    topic: f32,
    audience: f32,
    history: Option<&History>,
) -> Analysis {
    let norms = Norms::builtin();
    let evidence = brief.weigh(&norms, creator, || embed(creator.niche), topic, audience);
    explain(brief, &norms, creator, &evidence, history)
}

#[test]
fn the_reasons_say_the_figures_of_the_score() {
    let brands = ["Nike", "Adidas", "Protein World", "Puma"].map(str::to_owned);
    let creator = CreatorView { previous_brands: &brands, ..trainer() };
    let history = History { cost_minor: 100_000, attributed_revenue_minor: 420_000, deals: 3 };
    let analysis = analysis(&fitband(Budget::of(2_500_000)), &creator, 0.9, 0.43, Some(&history));
    // 0.35 × 83.6 + 0.25 × 43 + 0.25 × 95.55 + 0.15 × 100
    assert_eq!((analysis.match_percentage, analysis.match_status), (78.9, "high"));
    let reasons: Vec<_> = analysis
        .reasons
        .iter()
        .map(|reason| (reason.factor.as_str(), reason.description.as_str(), reason.impact))
        .collect();
    assert_eq!(
        reasons,
        [
            (
                "Good niche alignment",
                "The creator's niche \"fitness\" is part of the campaign's \"Fitness Technology\", and what the profile says is \
                 90.00% like what FitBand Pro is about",
                Impact::High
            ),
            (
                "High engagement rate",
                "5.9% engagement is high: 2.63% and more is high for Instagram accounts of 100K–500K followers, \
                 the average 0.87–1.14% (Modash, 2026)",
                Impact::High
            ),
            ("Within budget", "The creator asks $3769 a post; that is within the budget of $25000", Impact::Medium),
            (
                "Weak audience match",
                "The profile is 43.00% like the target audience \"Health-conscious individuals aged 25-45 who are interested in \
                 tracking their…\"; its own audience is on record as \"Fitness Enthusiasts\"; both speak of fitness",
                Impact::Medium
            ),
        ]
    );
    let detail = &analysis.detailed_analysis;
    let parts = [&detail.niche_alignment, &detail.audience_match, &detail.engagement_quality, &detail.budget_fit];
    assert_eq!(parts.map(|part| part.score.to_string()), ["83.6", "43", "95.55", "100"]);
    assert!(detail.audience_match.explanation.ends_with("both speak of fitness (43.00%)."));
    assert_eq!(
        (detail.brand_safety.score, detail.brand_safety.explanation.as_str()),
        (
            Some(98.0),
            "Rated 4.8 of 5 and has worked for Nike, Adidas and Protein World and 1 more; the profile mentions no known risk."
        )
    );
    assert_eq!(
        analysis.recommendation,
        "Highly recommended for this campaign: 78.90% match; its weakest point is audience match (43.00%)."
    );
    let performance = &analysis.estimated_performance;
    assert_eq!(performance.expected_reach.as_deref(), Some("15K"));
    // 5.9 % of 374,000 followers would be more interactions than there are views.
    assert_eq!(performance.expected_engagement.as_deref(), Some("885"));
    assert_eq!(performance.estimated_roi.as_deref(), Some("3.2x"));
    assert_eq!(
        performance.notes.estimated_roi,
        "From 3 earlier deals: ($4200 attributed revenue − $1000 cost) / $1000 cost"
    );
}

#[test]
fn what_is_not_known_is_said_to_be_unknown() {
    let creator = CreatorView {
        engagement: None,
        niche: "food",
        about: None,
        audience_type: None,
        avg_views: None,
        rate_minor: None,
        rating: None,
        ..trainer()
    };
    let analysis = analysis(&fitband(Budget::of(100_000)), &creator, 0.1, 0.0, None);
    assert_eq!(analysis.match_status, "low");
    let unknown = analysis.reasons.iter().find(|reason| reason.factor == "Engagement unknown").unwrap();
    assert_eq!((unknown.description.as_str(), unknown.impact), ("No engagement figure on record", Impact::High));
    let price = &analysis.detailed_analysis.budget_fit.explanation;
    assert!(
        price.starts_with("No rate is on record; usual is $1325–$2651 a post, estimated from 93.5K views expected"),
        "{price}"
    );
    assert!(price.contains("some $1893 is above the budget of $1000 (1.9 times as much)"), "{price}");
    assert_eq!(analysis.detailed_analysis.brand_safety.score, None);
    assert!(analysis.detailed_analysis.brand_safety.explanation.starts_with("Nothing on record"));
    let performance = &analysis.estimated_performance;
    assert_eq!(performance.expected_reach.as_deref(), Some("93.5K-149.6K"));
    assert!(
        performance
            .notes
            .expected_reach
            .contains("374K followers × 0.25–0.4 views each (sponsorrate; feed post to reel)")
    );
    assert_eq!((&performance.expected_engagement, &performance.estimated_roi), (&None, &None));
    assert!(performance.notes.estimated_roi.starts_with("No recorded results"));
    assert!(analysis.recommendation.starts_with("Not recommended for this campaign"));
    assert!(analysis.recommendation.contains("niche match ("), "{}", analysis.recommendation);
}

#[test]
fn an_empty_wish_compares_nothing_and_says_so() {
    let brief = Brief::new(Wish::default(), calibration(), embed);
    let analysis = analysis(&brief, &trainer(), 1.0, 1.0, None);
    let detail = &analysis.detailed_analysis;
    assert_eq!((detail.niche_alignment.score, detail.audience_match.score, detail.budget_fit.score), (0.0, 0.0, 100.0));
    assert!(detail.niche_alignment.explanation.contains("names no niche to compare"));
    assert!(detail.audience_match.explanation.contains("does not say whom"));
    assert!(detail.budget_fit.explanation.contains("sets no limit"));
}

#[test]
fn risks_cost_brand_safety_unless_they_are_the_subject() {
    let about = Some("Poker nights, cigars and wine tasting");
    let creator = CreatorView { about, ..trainer() };
    let first = analysis(&fitband(Budget::default()), &creator, 0.9, 0.9, None);
    // A rating of 96 %, less 40 and twice 20.
    assert_eq!(first.detailed_analysis.brand_safety.score, Some(16.0));
    assert!(first.recommendation.ends_with("Look at the profile first: it mentions gambling, tobacco and alcohol."));
    let wine = Wish { product_name: "Fit wine".into(), ..Wish::default() };
    let unrated = CreatorView { about: Some("Wine tasting"), rating: None, ..trainer() };
    let second = analysis(&Brief::new(wine, calibration(), embed), &unrated, 0.9, 0.9, None);
    assert_eq!(second.detailed_analysis.brand_safety.score, None);
    let alone = CreatorView { rating: None, ..creator };
    assert_eq!(
        analysis(&fitband(Budget::default()), &alone, 0.9, 0.9, None).detailed_analysis.brand_safety.score,
        Some(0.0)
    );
}

#[test]
fn returns_need_deals_with_a_cost() {
    let roi = |cost_minor, attributed_revenue_minor, deals| {
        let history = History { cost_minor, attributed_revenue_minor, deals };
        let performance =
            analysis(&fitband(Budget::default()), &trainer(), 0.5, 0.5, Some(&history)).estimated_performance;
        (performance.estimated_roi, performance.notes.estimated_roi)
    };
    assert_eq!(roi(100_000, 60_000, 1).0.as_deref(), Some("-0.4x"));
    assert_eq!(roi(100_000, 99_999, 1).0.as_deref(), Some("0.0x"));
    assert_eq!(roi(0, 60_000, 1), (None, "Earlier deals with this creator have no recorded cost".into()));
    assert!(roi(100, 0, 0).1.starts_with("No recorded results"));
}
