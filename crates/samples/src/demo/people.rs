//! The people of `data/people.csv`: who they are stands there, their figures are drawn.

use kernel::{Platform, Timestamp, time};
use serde::Deserialize;

use crate::Creator;
use crate::draw::Lots;
use crate::figures;

const PEOPLE: &str = include_str!("../../data/people.csv");
const YEARS_BACK: i64 = 2;

/// A line of the file. Lists are separated by semicolons; `followers` is a rough size.
#[derive(Deserialize)]
struct Person {
    name: String,
    channel_name: String,
    platform: String,
    followers: f64,
    niche: String,
    country: String,
    location: String,
    languages: String,
    audience_type: String,
    previous_brands: String,
    about: String,
}

/// Everybody in the file, in its order, in the directory since some time within the two years before `now`.
pub(super) fn creators(lots: &mut Lots, now: Timestamp) -> Vec<Creator> {
    #[expect(clippy::expect_used, reason = "the file is compiled in, and the tests read all of it")]
    csv::Reader::from_reader(PEOPLE.as_bytes())
        .deserialize()
        .map(|person| creator(lots, person.expect("a line of people.csv"), now))
        .collect()
}

fn creator(lots: &mut Lots, person: Person, now: Timestamp) -> Creator {
    let platform = Platform::parse(&person.platform).unwrap_or(Platform::Instagram);
    let followers = three_digits(person.followers * (0.93 + 0.14 * lots.unit()));
    let engagement_rate = figures::engagement(lots, platform, followers, 5.8, 0.13, 0.2);
    let views = figures::views(lots, platform, followers);
    let price = figures::price(lots, platform, followers, &person.niche, &person.country);
    let rating = figures::rating(lots);
    let slug = person.channel_name.trim_start_matches('@');
    let email = match lots.below(8) {
        0 => None,
        1..=4 => Some(format!("{slug}@example.com")),
        5 | 6 => Some(format!(
            "{}@{slug}.example.com",
            if person.languages.starts_with("Spanish") { "hola" } else { "hello" }
        )),
        _ => Some(format!("{slug}@example.org")),
    };
    let worked = !person.previous_brands.is_empty();
    let lists = |text: &str| text.split(';').filter(|item| !item.is_empty()).map(str::to_owned).collect::<Vec<_>>();
    let languages = lists(&person.languages);
    Creator {
        email,
        platform,
        followers,
        engagement_rate,
        language: languages.first().cloned().unwrap_or_default(),
        avg_views: lots.chance(0.93).then_some(views),
        collaboration_rate: lots.chance(0.85).then_some(price),
        rating: (worked && lots.chance(0.65)).then_some(rating),
        profile_image: lots.chance(0.95).then(|| format!("https://example.com/profiles/{slug}.jpg")),
        location: Some(person.location),
        audience_type: Some(person.audience_type),
        languages,
        previous_brands: lists(&person.previous_brands),
        created_at: now.plus(-((lots.unit() * (YEARS_BACK * 365 * time::DAY) as f64) as i64)),
        name: person.name,
        niche: person.niche,
        country: person.country,
        about: person.about,
        channel_name: person.channel_name,
    }
}

/// 28,517 as 28,500.
fn three_digits(number: f64) -> u64 {
    let unit = 10_f64.powf((number.log10().floor() - 2.0).max(0.0));
    ((number / unit).round() * unit) as u64
}
