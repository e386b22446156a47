//! Any number of people, one after another: for load tests and benchmarks.
//!
//! Followers are log-normal (median 22,000), engagement falls with size (near the averages over all accounts, not those of
//! hand-picked ones), niches are skewed as in life, a third speak Spanish. Texts are put together from the phrases of their
//! niche, so that those of one niche are alike without being the same.

mod prose;
mod words;

use std::fmt::Write;

use kernel::{Platform, Timestamp, time};

use crate::Creator;
use crate::draw::{Lots, Weighted};
use crate::figures;
use words::{Names, Niche, Place, Words};

/// Median and spread (of the natural logarithm) of the followers.
const FOLLOWERS: (f64, f64) = (22_000.0, 1.65);
/// 2024-01-01; everybody came into the directory within the two years after it.
const FIRST_DAY: i64 = 19_723 * time::DAY;
const DAYS: f64 = 731.0;

/// `n` creators, always the same for a seed: the first thousand of a million are the thousand of [`crowd`]`(seed, 1000)`.
///
/// Handles and addresses are unique within a crowd and differ from everybody's in the demo.
pub fn crowd(seed: u64, n: usize) -> Crowd {
    let platforms = Weighted::new(&[0.40, 0.24, 0.27, 0.09]);
    Crowd { lots: Lots::new(seed), words: words::words(), platforms, made: 0, n }
}

/// What [`crowd`] returns; holds no creator that it has not been asked for yet.
pub struct Crowd {
    lots: Lots,
    words: &'static Words,
    platforms: Weighted,
    made: usize,
    n: usize,
}

impl Iterator for Crowd {
    type Item = Creator;

    fn next(&mut self) -> Option<Creator> {
        (self.made < self.n).then(|| {
            self.made += 1;
            self.creator()
        })
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.n - self.made, Some(self.n - self.made))
    }
}

impl ExactSizeIterator for Crowd {}

impl Crowd {
    fn creator(&mut self) -> Creator {
        let words = self.words;
        let niche = &words.niches[words.niche_weights.draw(&mut self.lots)];
        let place = &words.places[words.place_weights.draw(&mut self.lots)];
        let lots = &mut self.lots;
        let platform = Platform::ALL[self.platforms.draw(lots)];
        let followers = lots.log_normal(FOLLOWERS.0, FOLLOWERS.1).clamp(300.0, 250e6) as u64;
        let engagement_rate = figures::engagement(lots, platform, followers, 2.0, 0.16, 0.6);
        let views = figures::views(lots, platform, followers);
        let price = figures::price(lots, platform, followers, niche.name, place.country);
        let rating = figures::rating(lots);
        let city = *lots.pick(&place.cities);
        let (name, handle) = named(lots, &place.names, niche, self.made);
        let brands = lots.below(4) * usize::from(lots.chance(0.6));
        Creator {
            email: lots.chance(0.85).then(|| address(lots, &handle)),
            platform,
            followers,
            engagement_rate,
            niche: niche.name.to_owned(),
            language: place.languages[0].to_owned(),
            country: place.country.to_owned(),
            about: prose::about(lots, niche, place.spanish(), city),
            avg_views: lots.chance(0.9).then_some(views),
            collaboration_rate: lots.chance(0.7).then_some(price),
            rating: (brands > 0 && lots.chance(0.6)).then_some(rating),
            profile_image: lots.chance(0.9).then(|| format!("https://example.com/profiles/{}.jpg", &handle[1..])),
            location: lots.chance(0.85).then(|| city.to_owned()),
            audience_type: lots.chance(0.8).then(|| (*lots.pick(&niche.audiences)).to_owned()),
            languages: languages(lots, place),
            previous_brands: some_of(lots, &niche.brands, brands),
            created_at: Timestamp::from_micros(FIRST_DAY + (lots.unit() * DAYS * time::DAY as f64) as i64),
            name,
            channel_name: handle,
        }
    }
}

/// A name and a handle; the handle ends in the number of the creator, which makes it unique.
fn named(lots: &mut Lots, names: &Names, niche: &Niche, number: usize) -> (String, String) {
    let (given, family) = (lots.pick(&names.given), lots.pick(&names.family));
    let mut name = format!("{} {}", given.shown, family.shown);
    if names.two_families && lots.chance(0.35) {
        let _ = write!(name, " {}", lots.pick(&names.family).shown);
    }
    let mut handle = String::with_capacity(32);
    let _ = match lots.below(5) {
        0 => write!(handle, "@{}{}", given.folded, family.folded),
        1 => write!(handle, "@{}.{}", given.folded, family.folded),
        2 => write!(handle, "@{}_{}", given.folded, niche.handle),
        3 => write!(handle, "@{}.{}", niche.handle, given.folded),
        _ => write!(handle, "@the{}{}", given.folded, family.folded),
    };
    handle.push('_');
    push_base_36(&mut handle, number);
    (name, handle)
}

fn push_base_36(text: &mut String, mut number: usize) {
    let (mut digits, mut at) = ([0; 13], 13);
    loop {
        at -= 1;
        digits[at] = b"0123456789abcdefghijklmnopqrstuvwxyz"[number % 36];
        number /= 36;
        if number == 0 {
            break;
        }
    }
    text.extend(digits[at..].iter().map(|&digit| char::from(digit)));
}

/// Somewhere that leads nowhere.
fn address(lots: &mut Lots, handle: &str) -> String {
    format!("{}@{}", &handle[1..], lots.pick(&["mail.example.com", "crowd.example.com", "crowd.example.org"]))
}

fn languages(lots: &mut Lots, place: &Place) -> Vec<String> {
    let second = if place.spanish() { "English" } else { "Spanish" };
    let mut languages: Vec<_> = place.languages.iter().map(|&language| language.to_owned()).collect();
    if languages.len() == 1 && lots.chance(if place.spanish() { 0.2 } else { 0.06 }) {
        languages.push(second.to_owned());
    }
    languages
}

/// So many different ones, in the order of the list, from a drawn start.
fn some_of(lots: &mut Lots, list: &[&str], count: usize) -> Vec<String> {
    let start = lots.below(list.len());
    (0..count.min(list.len())).map(|step| list[(start + step) % list.len()].to_owned()).collect()
}
