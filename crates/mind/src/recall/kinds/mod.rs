//! What kind of answer a question wants, and what kinds of facts a sentence holds.

mod lists;

use lists::{
    AMOUNTS, CALENDAR, CLOCKS, CONTACT, DAYS, DURATIONS, HOWS, MODALS, MONEY_WORDS, NOT, NUMBERS, PLACES, PRICES,
    RATE_WORDS, RATES, REASONS, UNITS, WHENS, WHERES, WHOS, WHYS, YES_NO,
};

use super::lists::{Phrases, Words};
use super::words;

/// Kinds of facts, as bits.
pub(super) mod fact {
    /// An amount of money.
    pub(crate) const MONEY: u32 = 1;
    /// Any number, in digits or as a word.
    pub(crate) const NUMBER: u32 = 1 << 1;
    pub(crate) const PERCENT: u32 = 1 << 2;
    /// A time of day.
    pub(crate) const CLOCK: u32 = 1 << 3;
    /// A weekday, a month or a date.
    pub(crate) const DATE: u32 = 1 << 4;
    /// A number of minutes, days, months …
    pub(crate) const DURATION: u32 = 1 << 5;
    /// A capital inside a sentence: a name.
    pub(crate) const NAME: u32 = 1 << 6;
    /// An address of mail or the web, or a number to call.
    pub(crate) const CONTACT: u32 = 1 << 7;
    /// Words of streets, floors and rooms.
    pub(crate) const PLACE: u32 = 1 << 8;
    /// "Not", "no", "never".
    pub(crate) const NEGATION: u32 = 1 << 9;
    /// "May", "can", "must", "yes": what answers a yes-or-no question.
    pub(crate) const MODAL: u32 = 1 << 10;
    /// "Because", "so that".
    pub(crate) const REASON: u32 = 1 << 11;
    /// A number of people or things, or a rate ("each", "every", "per").
    pub(crate) const RATE: u32 = 1 << 12;
}

/// What a question wants to be told.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Kind {
    Price,
    /// How many, how much, how old, how far.
    Amount,
    Duration,
    /// How often.
    Rate,
    Clock,
    /// When: a date, a weekday, a time or a span.
    When,
    /// Which day or date.
    Day,
    Who,
    Where,
    Contact,
    YesNo,
    Why,
    How,
    /// What, which, or no more than words.
    Other,
}

impl Kind {
    /// Every kind, in the order of its number.
    pub(super) const ALL: [Self; 14] = [
        Self::Price,
        Self::Amount,
        Self::Duration,
        Self::Rate,
        Self::Clock,
        Self::When,
        Self::Day,
        Self::Who,
        Self::Where,
        Self::Contact,
        Self::YesNo,
        Self::Why,
        Self::How,
        Self::Other,
    ];

    /// The facts of which a sentence that answers such a question must hold one; 0 when any may do.
    pub(super) const fn wants(self) -> u32 {
        match self {
            Self::Price => fact::MONEY,
            Self::Amount => fact::NUMBER,
            Self::Duration => fact::DURATION,
            Self::Rate => fact::RATE | fact::DATE,
            Self::Clock => fact::CLOCK,
            Self::When => fact::DATE | fact::CLOCK | fact::DURATION,
            Self::Day => fact::DATE,
            Self::Who => fact::NAME,
            Self::Where => fact::PLACE,
            Self::Contact => fact::CONTACT,
            Self::Why => fact::REASON,
            Self::YesNo | Self::How | Self::Other => 0,
        }
    }

    /// From a question as it was typed.
    pub(super) fn of(text: &str) -> Self {
        let folded = crate::text::fold(text);
        let plain: String = folded.chars().map(|c| if c.is_alphanumeric() || c == '\'' { c } else { ' ' }).collect();
        let padded = format!(" {} ", plain.split_whitespace().collect::<Vec<_>>().join(" "));
        let has = |signs: &Phrases| signs.within(&padded);
        if has(&CONTACT) {
            return Self::Contact;
        }
        if has(&RATES) {
            return Self::Rate;
        }
        if has(&DURATIONS) {
            return Self::Duration;
        }
        if has(&CLOCKS) {
            return Self::Clock;
        }
        if has(&AMOUNTS) || much_of(&padded) {
            return Self::Amount;
        }
        if has(&PRICES) {
            return Self::Price;
        }
        if has(&DAYS) {
            return Self::Day;
        }
        if has(&WHENS) {
            return Self::When;
        }
        if has(&WHOS) {
            return Self::Who;
        }
        if has(&WHERES) {
            return Self::Where;
        }
        if has(&WHYS) {
            return Self::Why;
        }
        if has(&HOWS) {
            return Self::How;
        }
        if padded.contains(" cuanto ") {
            return Self::Amount;
        }
        if YES_NO.opens(&padded) {
            return Self::YesNo;
        }
        Self::Other
    }

    /// Whether only one kind of fact will do: there is no price without money, no address to call without figures.
    pub(super) const fn is_strict(self) -> bool {
        matches!(self, Self::Price | Self::Clock | Self::Contact | Self::Day)
    }
}

/// "How much" of something ("how much protein"), not for how much.
fn much_of(padded: &str) -> bool {
    let Some((_, rest)) = padded.split_once(" how much ") else { return false };
    let next = rest.split(' ').next().unwrap_or_default();
    let priced = [
        "", "is", "are", "does", "do", "did", "for", "to", "would", "will", "it", "the", "a", "an", "cost", "costs",
        "per", "s", "was", "u", "you", "your", "this", "that", "extra", "money", "only", "deposit", "in", "at", "by",
    ];
    !priced.contains(&next) && !PRICES.within(&padded.replace(" how much ", " "))
}

/// Words that only say what kind of answer is wanted: a sentence with such a fact has them, in whatever words.
pub(super) fn is_intent(word: &str, kind: Kind) -> bool {
    match kind {
        Kind::Price => lists::FOR_PRICE.has(word),
        Kind::Contact => lists::FOR_CONTACT.has(word),
        Kind::When | Kind::Day => lists::FOR_WHEN.has(word),
        Kind::Clock => lists::FOR_CLOCK.has(word),
        Kind::Duration => lists::FOR_DURATION.has(word),
        Kind::Amount => lists::FOR_AMOUNT.has(word),
        Kind::Where => lists::FOR_WHERE.has(word),
        Kind::Rate => lists::FOR_RATE.has(word),
        Kind::Who | Kind::YesNo | Kind::Why | Kind::How | Kind::Other => false,
    }
}

/// The facts that a sentence holds, as bits of [`fact`].
pub(super) fn facts(text: &str) -> u32 {
    let mut facts = 0;
    if text.contains(['€', '$', '£', '¥']) {
        facts |= fact::MONEY;
    }
    if text.contains('%') {
        facts |= fact::PERCENT;
    }
    if text.contains('@') || text.contains("http") || text.contains("www.") {
        facts |= fact::CONTACT;
    }
    let digits = text
        .split(|c: char| !(c.is_ascii_digit() || matches!(c, ' ' | '+' | '-' | '(' | ')' | '.')))
        .map(|run| run.bytes().filter(u8::is_ascii_digit).count());
    if digits.max().unwrap_or(0) >= 7 {
        facts |= fact::CONTACT;
    }
    let mut number_before = false;
    let mut first = true;
    let mut capital_before = false;
    words::each(text, |word| {
        let folded = &*word.folded;
        let is = |list: &Words| list.has(folded);
        let spelled = is(&NUMBERS);
        if word.number || spelled {
            facts |= fact::NUMBER;
        }
        if word.number {
            let raw = &text[word.at.clone()];
            if raw.contains(':') {
                facts |= fact::CLOCK;
            }
            let date = raw.split('.').count() == 3 && raw.len() >= 8;
            if date || (folded.len() == 4 && folded.starts_with("20")) {
                facts |= fact::DATE;
            }
        }
        if number_before {
            match folded {
                "am" | "pm" | "h" | "hs" | "hrs" | "oclock" | "o'clock" => facts |= fact::CLOCK | fact::DURATION,
                "per" | "percent" | "por" => facts |= fact::PERCENT,
                _ => {}
            }
        }
        if folded == "o'clock" || folded == "noon" || folded == "midnight" || folded == "mediodia" {
            facts |= fact::CLOCK;
        }
        if is(&UNITS) {
            facts |= fact::DURATION;
        }
        if is(&MONEY_WORDS) {
            facts |= fact::MONEY;
        }
        if is(&CALENDAR) {
            facts |= fact::DATE;
        }
        if is(&NOT) || folded.ends_with("n't") {
            facts |= fact::NEGATION;
        }
        if is(&MODALS) {
            facts |= fact::MODAL;
        }
        if is(&REASONS) {
            facts |= fact::REASON;
        }
        if is(&PLACES) {
            facts |= fact::PLACE;
        }
        if is(&RATE_WORDS) {
            facts |= fact::RATE;
        }
        let capital = text[word.at.clone()].starts_with(char::is_uppercase);
        let opens = first || text[..word.at.start].trim_end().ends_with(['.', '!', '?', ':']);
        if capital && !opens && word.at.len() > 1 && !is(&CALENDAR) {
            facts |= fact::NAME;
        }
        // "Olivar 27", "14 Harbour Street": a name beside a number.
        if word.number && capital_before {
            facts |= fact::PLACE;
        }
        capital_before = capital && !opens && !is(&CALENDAR);
        number_before = word.number || spelled;
        first = false;
    });
    facts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn questions_tell_what_they_want() {
        for (question, kind) in [
            ("how much is the yoga class", Kind::Price),
            ("¿Cuánto cuesta?", Kind::Price),
            ("cuanto dura la clase", Kind::Duration),
            ("how long is it valid", Kind::Duration),
            ("how much protein per day", Kind::Amount),
            ("how much does it cost", Kind::Price),
            ("what days do you open", Kind::Day),
            ("cuanta gente hay", Kind::Amount),
            ("a q hora abris", Kind::Clock),
            ("when do we start", Kind::When),
            ("who teaches it", Kind::Who),
            ("donde esta", Kind::Where),
            ("your phone number pls", Kind::Contact),
            ("can i bring my dog", Kind::YesNo),
            ("hay wifi", Kind::YesNo),
            ("how often should i train", Kind::Rate),
            ("why does it hurt", Kind::Why),
            ("refunds", Kind::Other),
        ] {
            assert_eq!(Kind::of(question), kind, "{question}");
        }
    }

    #[test]
    fn sentences_hold_facts() {
        for (sentence, held, missing) in [
            ("It costs 49,90 €.", fact::MONEY | fact::NUMBER, fact::CLOCK | fact::DATE),
            ("Monday | 18:30 | Spinning", fact::CLOCK | fact::DATE, fact::MONEY),
            ("Call Ana on 611 220 904.", fact::CONTACT | fact::NAME, fact::MONEY),
            ("The break lasts ten minutes.", fact::DURATION | fact::NUMBER, fact::CONTACT),
            ("We open at 9 am.", fact::CLOCK, fact::DATE),
            ("No aceptamos perros.", fact::NEGATION, fact::NUMBER),
        ] {
            let facts = facts(sentence);
            assert_eq!(facts & held, held, "{sentence}");
            assert_eq!(facts & missing, 0, "{sentence}");
        }
    }
}
