use std::collections::{BTreeMap, HashSet};

use kernel::{Amount, Platform, Timestamp, time};
use samples::{Creator, World, demo};

pub(crate) fn now() -> Timestamp {
    "2026-11-22T09:30:00Z".parse().unwrap()
}

/// Worlds of several seeds: what holds must hold for every one.
pub(crate) fn worlds() -> impl Iterator<Item = World> {
    (0..25).map(|seed| demo(seed, now()))
}

#[test]
fn the_same_seed_and_moment_give_the_same_world() {
    assert_eq!(demo(7, now()), demo(7, now()));
    assert_ne!(demo(7, now()).creators, demo(8, now()).creators);
}

#[test]
fn document_bs_creators_stand_first_as_it_shows_them() {
    let shown = |creator: &Creator| {
        let display = creator.niche[..1].to_uppercase() + &creator.niche[1..];
        let image = creator.profile_image.clone().unwrap();
        let known =
            (creator.followers_count(), creator.followers, display, creator.engagement_rate, creator.country.clone());
        (creator.name.clone(), creator.platform, known, image.rsplit_once('/').unwrap().1.to_owned())
    };
    let expected = [
        ("Sarah Johnson", Platform::Instagram, ("125K", 125_000, "Fitness", 4.5, "US"), "sarah.jpg"),
        ("Tech Mike", Platform::YouTube, ("450K", 450_000, "Technology", 3.8, "US"), "tech_mike.jpg"),
        ("Beauty by Emma", Platform::TikTok, ("380K", 380_000, "Beauty", 6.1, "UK"), "emma.jpg"),
        ("Chef Carlos", Platform::Instagram, ("220K", 220_000, "Food", 5.3, "Spain"), "carlos.jpg"),
        ("Travel with Lisa", Platform::YouTube, ("95K", 95_000, "Travel", 4.7, "Australia"), "lisa.jpg"),
        ("Style Maven", Platform::Instagram, ("310K", 310_000, "Fashion", 4.9, "France"), "style_maven.jpg"),
    ];
    let world = demo(3, now());
    for (creator, (name, platform, (short, followers, niche, engagement, country), image)) in
        world.creators.iter().zip(expected)
    {
        let known = (short.to_owned(), followers, niche.to_owned(), engagement, country.to_owned());
        assert_eq!(shown(creator), (name.to_owned(), platform, known, image.to_owned()));
    }
    let sarah = &world.creators[0];
    assert_eq!(sarah.about, "Certified personal trainer sharing workout routines and healthy lifestyle tips");
    assert_eq!((sarah.avg_views, sarah.rating), (Some(15_000), Some(4.8)));
    assert_eq!(sarah.collaboration_rate, Some(Amount::from_minor(85_000)));
    assert_eq!(
        (sarah.location.as_deref(), sarah.audience_type.as_deref()),
        (Some("Los Angeles, CA"), Some("Fitness Enthusiasts"))
    );
    assert_eq!(
        (sarah.languages.join("+"), sarah.previous_brands.join("+")),
        ("English".into(), "Nike+Adidas+Protein World".into())
    );
}

#[test]
fn document_bs_campaigns_stand_first_as_it_shows_them() {
    let world = demo(3, now());
    let shown: Vec<_> = world.campaigns[..3]
        .iter()
        .map(|it| {
            let named = (it.code.as_str(), it.product_name.as_str(), it.brand_name.as_str());
            (named, it.total_budget.to_number(), it.status, it.influencer_count, it.created_at.to_string())
        })
        .collect();
    let expected = [
        (
            ("CAMP-001", "Summer Fitness Collection", "FitLife"),
            10_000.0,
            "active",
            12,
            "2024-06-01T10:00:00Z".to_owned(),
        ),
        (("CAMP-002", "Tech Gadget Launch", "TechNova"), 15_000.0, "draft", 8, "2024-06-02T10:00:00Z".to_owned()),
        (
            ("CAMP-003", "Eco-Friendly Skincare", "GreenGlow"),
            8_500.0,
            "completed",
            20,
            "2024-05-15T10:00:00Z".to_owned(),
        ),
    ];
    assert_eq!(shown, expected);
    for (index, campaign) in world.campaigns.iter().enumerate() {
        assert_eq!(campaign.code, format!("CAMP-{:03}", index + 1));
    }
    let statuses: HashSet<_> = world.campaigns.iter().map(|campaign| campaign.status).collect();
    assert_eq!((world.campaigns.len(), statuses.len()), (11, 4));
}

#[test]
fn the_directory_is_wide() {
    let world = demo(3, now());
    let count = |of: fn(&Creator) -> String| {
        world.creators.iter().fold(BTreeMap::new(), |mut counts, creator| {
            *counts.entry(of(creator)).or_insert(0) += 1;
            counts
        })
    };
    assert!(world.creators.len() >= 76, "{} creators", world.creators.len());
    let (platforms, niches, languages) =
        (count(|it| it.platform.word().into()), count(|it| it.niche.clone()), count(|it| it.language.clone()));
    assert!(platforms.len() == 4 && platforms["twitter"] >= 3, "{platforms:?}");
    assert!(niches.len() >= 20 && niches.keys().all(|niche| *niche == niche.to_lowercase()), "{niches:?}");
    let share = f64::from(languages["Spanish"]) / world.creators.len() as f64;
    assert!((0.28..0.42).contains(&share) && languages.len() >= 5, "{languages:?}");
    for (tier, (low, high)) in
        [(0, 10_000), (10_000, 100_000), (100_000, 500_000), (500_000, 1_000_000), (1_000_000, u64::MAX)]
            .iter()
            .enumerate()
    {
        assert!(world.creators.iter().any(|it| (*low..*high).contains(&it.followers)), "nobody in tier {tier}");
    }
}

#[test]
fn nobody_is_anybody_else() {
    for world in worlds() {
        for of in [
            |it: &Creator| Some(it.channel_name.to_lowercase()),
            |it: &Creator| it.email.clone(),
            |it: &Creator| Some(it.name.to_lowercase()),
            |it: &Creator| Some(it.about.clone()),
            |it: &Creator| Some(it.about.chars().take(24).collect()),
        ] {
            let values: Vec<_> = world.creators.iter().filter_map(of).collect();
            let distinct: HashSet<_> = values.iter().collect();
            assert_eq!(values.len(), distinct.len());
        }
    }
}

#[test]
fn every_detail_is_believable() {
    for world in worlds() {
        let two_years_ago = now().plus(-2 * 366 * time::DAY);
        for creator in &world.creators[6..] {
            let who = &creator.name;
            assert!(creator.about.chars().filter(|&it| it == '.').count() >= 2, "{who}: {}", creator.about);
            assert!(
                (90..260).contains(&creator.about.chars().count()),
                "{who}: {} letters",
                creator.about.chars().count()
            );
            assert!((0.3..15.0).contains(&creator.engagement_rate), "{who}: {} %", creator.engagement_rate);
            assert!(creator.avg_views.is_none_or(|views| views > 0 && views < creator.followers * 2), "{who}: views");
            assert!(
                creator.collaboration_rate.is_none_or(|it| (25.0..60_000.0).contains(&it.to_number())),
                "{who}: {:?}",
                creator.collaboration_rate
            );
            assert!(creator.rating.is_none_or(|rating| (3.4..=5.0).contains(&rating)), "{who}: {:?}", creator.rating);
            assert_eq!(creator.language, creator.languages[0], "{who}");
            assert!(creator.created_at <= now());
            assert!(
                creator.email.as_deref().is_none_or(|it| it.ends_with("example.com") || it.ends_with("example.org"))
            );
        }
        let older = world.creators.iter().filter(|creator| creator.created_at < two_years_ago).count();
        assert!(older < 50, "{older} were there before: only who was selected for the campaigns of 2024 may be");
        let unknown = |of: fn(&Creator) -> bool| world.creators.iter().filter(|it| of(it)).count();
        for without in [
            unknown(|it| it.email.is_none()),
            unknown(|it| it.collaboration_rate.is_none()),
            unknown(|it| it.rating.is_none()),
        ] {
            assert!((2..60).contains(&without), "{without} have it not");
        }
    }
}

#[test]
fn the_big_engage_less() {
    let world = demo(3, now());
    let mean = |low, high| {
        let rates: Vec<_> = world
            .creators
            .iter()
            .filter(|it| (low..high).contains(&it.followers))
            .map(|it| it.engagement_rate)
            .collect();
        rates.iter().sum::<f64>() / rates.len() as f64
    };
    assert!(mean(0, 50_000) > 1.2 * mean(500_000, u64::MAX));
}
