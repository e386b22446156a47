//! Amounts that limit followers, views, engagement or budget.

use super::chunks::Chunk;
use super::lexicon::{Roles, role};
use super::limits::set;
use super::numbers::Amount;
use super::parser::Reading;

/// "18-35" of an audience are years.
const LEAST_PEOPLE: f64 = 100.0;

const DIRECTIONS: Roles = role::AT_LEAST | role::AT_MOST;
/// What is said behind an amount.
const AFTER: Roles = role::OR_MORE | role::OR_LESS | role::OR_SO;
/// What tells a direction.
const COMPARED: Roles = DIRECTIONS | role::OR_MORE | role::OR_LESS;
/// So many words stand between a denial and what it denies.
const FAR: usize = 6;

/// Above it, a percentage of nothing named is no engagement ("at least 80%").
const MOST_BARE_ENGAGEMENT: f64 = 25.0;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Field {
    Followers,
    Views,
    Engagement,
    Budget,
}

/// One or two amounts with the words around them.
pub(super) struct Phrase {
    pub(super) low: Amount,
    pub(super) high: Option<Amount>,
    /// The chunks of the comparison and the amounts, both included.
    from: usize,
    to: usize,
    pub(super) compared: Roles,
    /// "no creators over 100K": what is compared is ruled out.
    pub(super) denied: bool,
    /// "between" was said, so that there have to be two.
    between: bool,
}

impl Phrase {
    /// Whether all of it was read: the numbers whole, both ends of a range, and not a denial of what has no other side.
    fn is_whole(&self) -> bool {
        let read = !self.low.unread && !self.high.is_some_and(|high| high.unread);
        let both = !self.between || self.high.is_some();
        let turned = !self.denied || self.high.is_none() && (self.low.plus || self.compared & COMPARED != 0);
        read && both && turned
    }
}

pub(super) fn read(reading: &mut Reading<'_>) {
    let mut at = 0;
    while at < reading.chunks.len() {
        at = match phrase(reading, at) {
            Some(phrase) => limit(reading, phrase),
            None => without_amount(reading, at).unwrap_or(at) + 1,
        };
    }
}

/// The phrase whose first amount stands here.
fn phrase(reading: &Reading<'_>, at: usize) -> Option<Phrase> {
    let first = reading.chunks[at].amount().filter(|_| reading.chunks[at].is_open())?;
    let (compared, from, between) = comparison(reading, at);
    let mut phrase = Phrase { low: first, high: None, from, to: at, compared, denied: false, between };
    if let Some((second, to)) = second(reading, at, compared) {
        (phrase.low, phrase.high) = pair(first, second);
        phrase.to = to;
    }
    if let Some(roles) = comparison_after(reading, phrase.to) {
        phrase.compared |= roles;
        phrase.to += 1;
    }
    if let Some(denial) = denial(reading, from) {
        (phrase.denied, phrase.from) = (true, denial);
    }
    Some(phrase)
}

/// "at least", "entre", ">=" before an amount: the roles of the nearest, where all of it begins, and whether it is "between".
fn comparison(reading: &Reading<'_>, at: usize) -> (Roles, usize, bool) {
    const COMPARES: Roles = role::AT_LEAST | role::AT_MOST | role::AROUND | role::BETWEEN;
    let (mut roles, mut from, mut between) = (0, at, false);
    for before in (at.saturating_sub(4)..at).rev() {
        let chunk = &reading.chunks[before];
        if !chunk.is_open() || chunk.amount().is_some() {
            break;
        }
        let or_less = chunk.is(role::OR_LESS) && before + 1 == at;
        if chunk.is(COMPARES) || or_less {
            // "and under $500"
            let said = chunk.entry.roles & COMPARES | if or_less && !chunk.is(COMPARES) { role::AT_MOST } else { 0 };
            // "no más de", "hasta un máximo de": the word nearest to the number tells the direction. "more than about 50K" has one.
            if roles & DIRECTIONS == 0 {
                roles |= said;
            }
            between |= chunk.is_between();
            from = before;
        } else if !(chunk.is(role::STOP | role::OF) || chunk.is_sign("=")) {
            break;
        }
    }
    (roles, from, between)
}

/// The denial of a comparison that begins at `from`: "|nobody with| more than", "|sin creadores de| más de".
fn denial(reading: &Reading<'_>, from: usize) -> Option<usize> {
    const BETWEEN_THEM: Roles = role::STOP | role::CREATOR | role::OF | role::IN | role::NO_VERB | role::FILLER;
    for before in (from.saturating_sub(FAR)..from).rev() {
        let chunk = &reading.chunks[before];
        if !chunk.is_open() || chunk.amount().is_some() || matches!(chunk.what, super::chunks::What::Sign(_)) {
            return None;
        }
        if chunk.is(role::NO | role::EXCEPT) {
            return Some(before);
        }
        if !chunk.is(BETWEEN_THEM) && unit(chunk.entry.roles).is_none() {
            return None;
        }
    }
    None
}

/// "or more", "máximo" behind an amount, unless another amount follows, whose it then is.
fn comparison_after(reading: &Reading<'_>, at: usize) -> Option<Roles> {
    let next = reading.near(at, 1).filter(|next| next.is_open())?;
    let of_another = reading.near(at, 2).is_some_and(|after| after.amount().is_some());
    match next.entry.roles {
        roles if of_another || roles & AFTER == 0 => None,
        roles if roles & role::OR_MORE != 0 => Some(role::OR_MORE),
        roles if roles & role::OR_LESS != 0 => Some(role::OR_LESS),
        _ => Some(role::AROUND),
    }
}

/// The second amount of a range, and where it stands: "10k-50k", "500 to 2,000", "entre 10 y 50 mil", "five or six thousand",
/// "between 10k followers and 50k followers".
fn second(reading: &Reading<'_>, at: usize, compared: Roles) -> Option<(Amount, usize)> {
    let between = compared & role::BETWEEN != 0;
    let named = between && reading.near(at, 1).is_some_and(|next| unit(next.entry.roles).is_some());
    let link_at = at + 1 + usize::from(named);
    let link = reading.chunks.get(link_at)?;
    let high = reading.chunks.get(link_at + 1)?.amount()?;
    let low = reading.chunks[at].amount()?;
    let either = || {
        let or = matches!(crate::text::folded(reading.words(link_at)).as_ref(), "or" | "o" | "u");
        or && low.scale < high.scale && low.value < 1_000.0 && low.currency.is_none() && !low.percent
    };
    let ranges = link.is_sign("-") || link.is(role::TO) || (link.is(role::AND) && (between || either()));
    let alike = low.percent == high.percent || !low.percent;
    (ranges && alike && !low.plus).then_some((high, link_at + 1))
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
    low.unread |= high.unread;
    if low.value <= high.value { (low, Some(high)) } else { (high, Some(low)) }
}

/// Applies a phrase to the field it speaks of; gives the place to go on from.
fn limit(reading: &mut Reading<'_>, mut phrase: Phrase) -> usize {
    let after = phrase.to + 1;
    let right = unit_after(reading, phrase.to);
    let left = unit_before(reading, phrase.from);
    let Some(field) = field(reading, &phrase, right, left) else {
        if limits_nothing_known(reading, &phrase) {
            reading.not_understood(phrase.from, phrase.to);
        }
        return after;
    };
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
    // A number that was not read whole limits nothing: it is told.
    if !(phrase.is_whole() && set(reading, field, &phrase)) {
        reading.not_understood(from, to);
        take_all_but_platforms(reading, from, to);
        return to + 1;
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

/// Whether an amount was compared with nothing that anybody knows ("people over 50"); not if a thing is counted.
fn limits_nothing_known(reading: &Reading<'_>, phrase: &Phrase) -> bool {
    let next = reading.near(phrase.to, 1);
    let ends = next.is_none_or(|next| {
        matches!(next.what, super::chunks::What::Sign(_)) || (next.is(role::LINK) && !next.is(role::STOP))
    });
    let thing = product_before(reading, phrase.from) || phrase.low.currency.is_some();
    (phrase.compared & DIRECTIONS != 0 || phrase.low.unread && phrase.compared != 0) && ends && !thing
}

/// "more than a gazillion followers", "above average engagement": a comparison whose number is none. Tells it, and gives the place
/// of its unit.
fn without_amount(reading: &mut Reading<'_>, at: usize) -> Option<usize> {
    let chunk = &reading.chunks[at];
    let compares =
        chunk.is(DIRECTIONS) && !chunk.is(role::BETWEEN | role::IN | role::TO | role::STOP) && chunk.is_open();
    if !compares
        || !reading
            .near(at, 1)
            .is_some_and(|next| next.is_open() && (next.is_unknown() || next.is(role::LINK | role::FILLER)))
    {
        return None;
    }
    let unit_at =
        (at + 2..(at + 5).min(reading.chunks.len())).find(|&next| unit(reading.chunks[next].entry.roles).is_some())?;
    let plain = |chunk: &Chunk| chunk.is_open() && (chunk.is_unknown() || chunk.is(role::LINK | role::FILLER));
    if !reading.chunks[at + 1..unit_at].iter().all(plain) {
        return None;
    }
    reading.not_understood(at, unit_at);
    reading.take(at, unit_at);
    Some(unit_at)
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
        Some(people @ (Field::Followers | Field::Views)) if amount.value >= LEAST_PEOPLE || amount.unread => {
            return Some(people);
        }
        // "at least fifty followers"; "18-35" of an audience are years.
        Some(people @ (Field::Followers | Field::Views))
            if compared
                && phrase.compared != 0
                && !next.is_some_and(|next| next.is(role::AGE))
                && counts_people(reading, phrase.to) =>
        {
            return Some(people);
        }
        _ => {}
    }
    if next.is_some_and(|next| next.is(role::AGE)) {
        return None;
    }
    match left {
        Some(Field::Engagement) if amount.value <= 100.0 && right.is_none() => return Some(Field::Engagement),
        Some(people @ (Field::Followers | Field::Views)) if amount.value >= LEAST_PEOPLE || amount.unread => {
            return Some(people);
        }
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

/// Whether what follows an amount is followers or views, and no audience, of which one tells the age.
fn counts_people(reading: &Reading<'_>, at: usize) -> bool {
    unit_after(reading, at).is_some_and(|(_, unit)| {
        !matches!(crate::text::folded(reading.words(unit)).as_ref(), "audience" | "audiencia" | "following")
    })
}

/// "outfits under $50": the price of a thing.
fn product_before(reading: &Reading<'_>, at: usize) -> bool {
    let before = reading.chunks[..at].iter().rev().find(|chunk| !chunk.is(role::LINK | role::AROUND));
    before.is_some_and(|chunk| chunk.is_open() && chunk.is(role::PRODUCT))
}
