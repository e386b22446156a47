//! Amounts that limit followers, views, engagement or budget.

use super::lexicon::{Roles, role};
use super::numbers::Amount;
use super::parser::Reading;

/// "Around 50K" means this much less or more.
const AROUND: f64 = 0.25;
/// No account has more followers than there are people, no post more views than this.
const MOST_PEOPLE: f64 = 1e10;
/// In units of the currency; far beyond what anyone pays, far within what an i64 holds.
const MOST_MONEY: f64 = 1e10;
/// "18-35" of an audience are years.
const LEAST_PEOPLE: f64 = 100.0;

const DIRECTIONS: Roles = role::AT_LEAST | role::AT_MOST;

/// Above it, a percentage of nothing named is no engagement ("at least 80%").
const MOST_BARE_ENGAGEMENT: f64 = 25.0;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Field {
    Followers,
    Views,
    Engagement,
    Budget,
}

/// One or two amounts with the words around them.
struct Phrase {
    low: Amount,
    high: Option<Amount>,
    /// The chunks of the comparison and the amounts, both included.
    from: usize,
    to: usize,
    compared: Roles,
}

pub(super) fn read(reading: &mut Reading<'_>) {
    let mut at = 0;
    while at < reading.chunks.len() {
        at = match phrase(reading, at) {
            Some(phrase) => limit(reading, phrase),
            None => at + 1,
        };
    }
}

/// The phrase whose first amount stands here.
fn phrase(reading: &Reading<'_>, at: usize) -> Option<Phrase> {
    let first = reading.chunks[at].amount().filter(|_| reading.chunks[at].is_open())?;
    let (compared, from) = comparison(reading, at);
    let mut phrase = Phrase { low: first, high: None, from, to: at, compared };
    if let Some(second) = second(reading, at, compared) {
        (phrase.low, phrase.high) = pair(first, second);
        phrase.to = at + 2;
    }
    if let Some(roles) = comparison_after(reading, phrase.to) {
        phrase.compared |= roles;
        phrase.to += 1;
    }
    Some(phrase)
}

/// "at least", "entre", ">=" before an amount: the roles of the nearest, and where all of it begins.
fn comparison(reading: &Reading<'_>, at: usize) -> (Roles, usize) {
    const COMPARES: Roles = role::AT_LEAST | role::AT_MOST | role::AROUND | role::BETWEEN;
    let (mut roles, mut from) = (0, at);
    for before in (at.saturating_sub(4)..at).rev() {
        let chunk = &reading.chunks[before];
        if !chunk.is_open() || chunk.amount().is_some() {
            break;
        }
        let or_less = chunk.is(role::OR_LESS) && before + 1 == at;
        if chunk.is(COMPARES) || or_less {
            // "and under $500"
            let said = chunk.entry.roles & COMPARES | if or_less && !chunk.is(COMPARES) { role::AT_MOST } else { 0 };
            // "no más de", "hasta un máximo de": the word nearest to the number tells the direction.
            if roles & (role::AT_LEAST | role::AT_MOST | role::AROUND) == 0 {
                roles |= said;
            }
            from = before;
        } else if !(chunk.is(role::STOP | role::OF) || chunk.is_sign("=")) {
            break;
        }
    }
    (roles, from)
}

/// "or more", "máximo" behind an amount, unless another amount follows, whose it then is.
fn comparison_after(reading: &Reading<'_>, at: usize) -> Option<Roles> {
    let next = reading.near(at, 1).filter(|next| next.is_open())?;
    let of_another = reading.near(at, 2).is_some_and(|after| after.amount().is_some());
    match next.entry.roles {
        roles if of_another || roles & (role::OR_MORE | role::OR_LESS) == 0 => None,
        roles if roles & role::OR_MORE != 0 => Some(role::OR_MORE),
        _ => Some(role::OR_LESS),
    }
}

/// The second amount of a range: "10k-50k", "500 to 2,000", "entre 10 y 50 mil".
fn second(reading: &Reading<'_>, at: usize, compared: Roles) -> Option<Amount> {
    let link = reading.near(at, 1)?;
    let high = reading.near(at, 2)?.amount()?;
    let ranges = link.is_sign("-") || link.is(role::TO) || (link.is(role::AND) && compared & role::BETWEEN != 0);
    let low = reading.chunks[at].amount()?;
    let alike = low.percent == high.percent || !low.percent;
    (ranges && alike && !low.plus).then_some(high)
}

/// Both ends with the unit that only one of them carries ("100-500k", "$500-2,000"), the smaller first.
fn pair(mut low: Amount, mut high: Amount) -> (Amount, Option<Amount>) {
    if low.scale < high.scale && low.value < 1_000.0 {
        for scale in [high.scale, 1_000.0] {
            if low.value * scale <= high.value {
                (low.value, low.scale) = (low.value * scale, scale);
                break;
            }
        }
    }
    low.percent |= high.percent;
    high.percent = low.percent;
    low.currency = low.currency.or(high.currency);
    high.currency = low.currency;
    if low.value <= high.value { (low, Some(high)) } else { (high, Some(low)) }
}

/// Applies a phrase to the field it speaks of; gives the place to go on from.
fn limit(reading: &mut Reading<'_>, mut phrase: Phrase) -> usize {
    let after = phrase.to + 1;
    let right = unit_after(reading, phrase.to);
    let left = unit_before(reading, phrase.from);
    let Some(field) = field(reading, &phrase, right, left) else { return after };
    let (mut from, mut to) = (phrase.from, phrase.to);
    match (right, left) {
        (Some((unit, at)), _) if unit == field => {
            to = at;
            if let Some(roles) = comparison_after(reading, to) {
                phrase.compared |= roles;
                to += 1;
            }
        }
        (_, Some((unit, at))) if unit == field && reading.chunks[at].is_open() => {
            from = at;
            // "max budget 1500", "minimum engagement: 5%"
            let before = at
                .checked_sub(1)
                .filter(|&before| reading.chunks[before].is_open() && reading.chunks[before].is(DIRECTIONS));
            if let Some(before) = before {
                from = before;
                if phrase.compared & DIRECTIONS == 0 {
                    phrase.compared |= reading.chunks[before].entry.roles & DIRECTIONS;
                }
            }
        }
        _ => {}
    }
    if !set(reading, field, &phrase) {
        return after;
    }
    while field == Field::Budget && reading.near(to, 1).is_some_and(|next| next.is_open() && next.is(role::PER_POST)) {
        to += 1;
    }
    let name = match field {
        Field::Followers => "followers",
        Field::Views => "views",
        Field::Engagement => "engagement",
        Field::Budget => "budget",
    };
    reading.note(name, from, to);
    take_all_but_platforms(reading, from, to);
    to + 1
}

/// "100K YouTube subscribers": the platform is still to be read.
fn take_all_but_platforms(reading: &mut Reading<'_>, from: usize, to: usize) {
    for at in from..=to {
        if reading.chunks[at].entry.platform.is_none() {
            reading.take(at, at);
        }
    }
}

/// What is counted, right behind the amount: "100K+ YouTube subscribers", "5% de engagement".
fn unit_after(reading: &Reading<'_>, at: usize) -> Option<(Field, usize)> {
    for next in at + 1..(at + 5).min(reading.chunks.len()) {
        let chunk = &reading.chunks[next];
        if let Some(field) = unit(chunk.entry.roles) {
            return Some((field, next));
        }
        let between = chunk.is(role::OF | role::FILLER | role::STOP | role::OR_MORE) || chunk.entry.platform.is_some();
        if !between || chunk.is(role::AND) || matches!(chunk.what, super::chunks::What::Sign(_)) {
            return None;
        }
    }
    None
}

/// What is counted, before the amount and its comparison: "engagement above 5%", "seguidores: más de 10.000".
fn unit_before(reading: &Reading<'_>, at: usize) -> Option<(Field, usize)> {
    for before in (at.saturating_sub(4)..at).rev() {
        let chunk = &reading.chunks[before];
        if chunk.is(role::BUDGET) && chunk.is_open() && !chunk.is(role::UNIT) {
            return Some((Field::Budget, before));
        }
        if let Some(field) = unit(chunk.entry.roles) {
            return Some((field, before));
        }
        if !(chunk.is(role::LINK | role::FILLER | role::AT_LEAST | role::AT_MOST) || chunk.is_sign(":=")) {
            return None;
        }
    }
    None
}

fn unit(roles: Roles) -> Option<Field> {
    match roles {
        roles if roles & role::ENGAGEMENT != 0 => Some(Field::Engagement),
        roles if roles & role::VIEWS != 0 => Some(Field::Views),
        roles if roles & role::FOLLOWERS != 0 => Some(Field::Followers),
        _ => None,
    }
}

/// What the amounts of a phrase are of; `None` if they limit nothing ("10 tips", "aged 18-35", "4K video").
fn field(
    reading: &Reading<'_>,
    phrase: &Phrase,
    right: Option<(Field, usize)>,
    left: Option<(Field, usize)>,
) -> Option<Field> {
    let right = right.map(|(field, _)| field);
    let left = left.map(|(field, _)| field);
    let amount = phrase.high.unwrap_or(phrase.low);
    let next = reading.near(phrase.to, 1);
    let compared = phrase.compared & !role::BETWEEN != 0 || phrase.high.is_some() || phrase.low.plus;
    if amount.percent {
        let engagement = right == Some(Field::Engagement) || (left == Some(Field::Engagement) && right.is_none());
        // "50k+, fitness, 3%+"
        let alone = compared && amount.value <= MOST_BARE_ENGAGEMENT && next.is_none_or(|next| next.is_sign(",;.)"));
        let said_of_nothing = reading
            .near(phrase.from, -1)
            .is_none_or(|before| before.is(role::LINK | role::CREATOR) || before.is_sign(",;("));
        return (engagement || alone && said_of_nothing).then_some(Field::Engagement);
    }
    if amount.currency.is_some() {
        let per_post = next.is_some_and(|next| next.is(role::PER_POST));
        let of_a_product = left != Some(Field::Budget) && !per_post && product_before(reading, phrase.from);
        let names_a_thing =
            next.is_some_and(|next| next.is_unknown() || next.is(role::PRODUCT) || next.entry.niche.is_some());
        let bare = !compared && left != Some(Field::Budget) && !per_post;
        return (!(of_a_product || bare && names_a_thing)).then_some(Field::Budget);
    }
    match right {
        Some(Field::Engagement) if amount.value <= 100.0 => return Some(Field::Engagement),
        Some(people @ (Field::Followers | Field::Views)) if amount.value >= LEAST_PEOPLE => return Some(people),
        _ => {}
    }
    if next.is_some_and(|next| next.is(role::AGE)) {
        return None;
    }
    match left {
        Some(Field::Engagement) if amount.value <= 100.0 && right.is_none() => return Some(Field::Engagement),
        Some(people @ (Field::Followers | Field::Views)) if amount.value >= LEAST_PEOPLE => return Some(people),
        Some(Field::Budget) => return Some(Field::Budget),
        _ => {}
    }
    if next.is_some_and(|next| next.is(role::PER_POST)) && amount.scale <= 1.0 && amount.value >= 10.0 {
        return Some(Field::Budget);
    }
    if next.is_some_and(|next| next.is(role::BUDGET)) {
        return Some(Field::Budget);
    }
    let counts_a_thing = next.is_some_and(|next| next.is(role::NOT_FOLLOWERS | role::PRODUCT | role::CUISINE));
    if counts_a_thing {
        return None;
    }
    let names_a_thing = next.is_some_and(super::chunks::Chunk::is_unknown);
    let large =
        if amount.scale > 1.0 { compared || amount.value >= 10_000.0 } else { compared && amount.value >= 1_000.0 };
    let believable = large && !amount.year_like && (!names_a_thing || (compared && amount.scale > 1.0));
    believable.then_some(Field::Followers)
}

/// "outfits under $50": the price of a thing.
fn product_before(reading: &Reading<'_>, at: usize) -> bool {
    let before = reading.chunks[..at].iter().rev().find(|chunk| !chunk.is(role::LINK | role::AROUND));
    before.is_some_and(|chunk| chunk.is_open() && chunk.is(role::PRODUCT))
}

/// Limits the field; false if the amount is out of all range.
fn set(reading: &mut Reading<'_>, field: Field, phrase: &Phrase) -> bool {
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

/// The lower and upper bound that a phrase gives.
fn bounds(field: Field, phrase: &Phrase) -> (Option<f64>, Option<f64>) {
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
