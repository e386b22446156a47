//! The bounds that a phrase with an amount sets.

use super::amounts::{Field, Phrase};
use super::lexicon::role;
use super::parser::Reading;

/// "Around 50K" means this much less or more.
const AROUND: f64 = 0.25;
/// No account has more followers than there are people, no post more views than this.
const MOST_PEOPLE: f64 = 1e10;
/// In units of the currency; far beyond what anyone pays, far within what an i64 holds.
const MOST_MONEY: f64 = 1e10;

/// Limits the field; false if the amount is out of all range.
pub(super) fn set(reading: &mut Reading<'_>, field: Field, phrase: &Phrase) -> bool {
    let (low, high) = bounds(field, phrase);
    let most = match field {
        Field::Followers | Field::Views => MOST_PEOPLE,
        Field::Engagement => 100.0,
        Field::Budget => MOST_MONEY,
    };
    if low.into_iter().chain(high).any(|value| !(0.0..=most).contains(&value)) {
        return false;
    }
    let found = &mut reading.found;
    let people = |value: f64| value.round() as u64;
    let cents = |value: f64| (value * 100.0).round() as i64;
    match field {
        Field::Followers => fill(&mut found.followers_min, &mut found.followers_max, low, high, people),
        Field::Views => fill(&mut found.views_min, &mut found.views_max, low, high, people),
        Field::Engagement => fill(&mut found.engagement_min, &mut found.engagement_max, low, high, |percent| percent),
        Field::Budget => {
            fill(&mut found.budget_min_minor, &mut found.budget_max_minor, low, high, cents);
            let currency = phrase.low.currency.map(str::to_owned);
            found.currency = found.currency.take().or(currency);
        }
    }
    true
}

/// The lower and upper bound that a phrase gives; the other way round if it is denied.
fn bounds(field: Field, phrase: &Phrase) -> (Option<f64>, Option<f64>) {
    let (low, high) = said_bounds(field, phrase);
    if phrase.denied { (high, low) } else { (low, high) }
}

fn said_bounds(field: Field, phrase: &Phrase) -> (Option<f64>, Option<f64>) {
    let (value, compared) = (phrase.low.value, phrase.compared);
    if let Some(high) = phrase.high {
        return (Some(value), Some(high.value));
    }
    if phrase.low.plus || compared & role::OR_MORE != 0 {
        return (Some(value), None);
    }
    if compared & role::OR_LESS != 0 || compared & role::AT_MOST != 0 {
        return (None, Some(value));
    }
    if compared & role::AT_LEAST != 0 {
        return (Some(value), None);
    }
    if compared & role::AROUND != 0 {
        return (Some(value * (1.0 - AROUND)), Some(value * (1.0 + AROUND)));
    }
    // A bare number of money is what one has; of anything else, what one wants.
    if field == Field::Budget { (None, Some(value)) } else { (Some(value), None) }
}

/// Fills what is not set: the first amount of a query wins.
fn fill<T>(
    min: &mut Option<T>,
    max: &mut Option<T>,
    low: Option<f64>,
    high: Option<f64>,
    as_stored: impl Fn(f64) -> T,
) {
    if min.is_none() {
        *min = low.map(&as_stored);
    }
    if max.is_none() {
        *max = high.map(&as_stored);
    }
}
