//! Figures that fit together: engagement falls with size, and views and prices rise with it.
//!
//! The prices are sponsorrate's method (followers × view rate / 1000 × CPM × niche × region) with the CPM by size of
//! influencerradar.com and Influencer Marketing Hub (2024), in US dollars.

use kernel::{Amount, Platform};

use crate::draw::Lots;

/// Engagement in percent with one decimal: `at_ten_thousand` on Instagram at 10,000 followers, falling by `slope` (a power of the size).
pub(crate) fn engagement(
    lots: &mut Lots,
    platform: Platform,
    followers: u64,
    at_ten_thousand: f64,
    slope: f64,
    spread: f64,
) -> f64 {
    let factor = match platform {
        Platform::Instagram => 1.0,
        Platform::TikTok => 1.25,
        Platform::YouTube => 0.8,
        Platform::Twitter => 0.35,
    };
    let median = factor * at_ten_thousand * (followers.max(500) as f64 / 10_000.0).powf(-slope);
    tenths(lots.log_normal(median, spread).clamp(0.1, 25.0))
}

/// Views of a usual post.
pub(crate) fn views(lots: &mut Lots, platform: Platform, followers: u64) -> u64 {
    let rate = match platform {
        Platform::Instagram => 0.22,
        Platform::TikTok => 0.30,
        Platform::YouTube => 0.24,
        Platform::Twitter => 0.10,
    };
    let median = followers as f64 * rate * (followers.max(500) as f64 / 10_000.0).powf(-0.08);
    two_digits(lots.log_normal(median, 0.45).max(20.0))
}

/// What a post costs, rounded as people round: by the views that this size usually gets, and something for the work.
pub(crate) fn price(lots: &mut Lots, platform: Platform, followers: u64, niche: &str, country: &str) -> Amount {
    const FOR_THE_WORK: f64 = 50.0;
    let (view_rate, cpm) = match platform {
        Platform::Instagram => (0.325, by_size(followers, [9.0, 17.0, 24.0, 36.0, 55.0])),
        Platform::TikTok => (0.30, by_size(followers, [7.0, 13.0, 18.0, 24.0, 30.0])),
        Platform::YouTube => (0.30, by_size(followers, [15.0, 24.0, 32.0, 38.0, 45.0])),
        Platform::Twitter => (0.15, by_size(followers, [5.0, 8.0, 11.0, 14.0, 18.0])),
    };
    let niche_factor = match niche {
        "personal finance" => 1.5,
        "technology" => 1.3,
        "food" | "vegan food" => 0.9,
        _ => 1.0,
    };
    let region_factor = match country {
        "US" | "Canada" | "Australia" => 1.0,
        "UK" | "Ireland" | "Germany" | "France" | "Netherlands" | "Sweden" => 0.95,
        "Spain" | "Italy" | "Portugal" | "Japan" => 0.75,
        _ => 0.55,
    };
    let for_views = followers as f64 * view_rate / 1000.0 * cpm * niche_factor;
    let asked = (FOR_THE_WORK + for_views) * region_factor * (0.7 + 0.7 * lots.unit());
    let step = match asked {
        ..500.0 => 10.0,
        ..5000.0 => 50.0,
        _ => 100.0,
    };
    Amount::from_minor((asked / step).round().max(2.0) as i64 * step as i64 * 100)
}

/// From 3.4 to 5, most of them good: who was bad is not asked again.
pub(crate) fn rating(lots: &mut Lots) -> f64 {
    tenths((4.55 + 0.3 * lots.normal()).clamp(3.4, 5.0))
}

/// Two digits that count, the rest zeros: 15,000 rather than 15,137.
fn two_digits(number: f64) -> u64 {
    let unit = 10_f64.powf((number.log10().floor() - 1.0).max(0.0));
    ((number / unit).round() * unit) as u64
}

fn tenths(number: f64) -> f64 {
    (number * 10.0).round() / 10.0
}

/// One of five by the size tiers: nano < 10K ≤ micro < 100K ≤ mid < 500K ≤ macro < 1M ≤ mega.
fn by_size<T: Copy>(followers: u64, tiers: [T; 5]) -> T {
    tiers[match followers {
        0..10_000 => 0,
        10_000..100_000 => 1,
        100_000..500_000 => 2,
        500_000..1_000_000 => 3,
        _ => 4,
    }]
}
