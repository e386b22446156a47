//! What is understood of what was said.

use super::phrases::{
    BUSY, CALLER, CAMPAIGN, CONTENT, ENGLISH, MACHINE, MAYBE, NO, PAY, PERSON, REPEAT, SOURCE, SPANISH, STOP, STOP_ALL,
    STOP_MORE, TIMES, VERY, VOICEMAIL, YES,
};
use super::{Interest, Lang, Step, amounts};
use crate::meaning::{self, Meaning, Way};
use crate::talk;
use crate::text::fold;

/// What a question is about.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Topic {
    /// What is paid.
    Pay,
    /// Who calls, and for whom.
    Caller,
    /// Where the number is from.
    Source,
    /// The campaign and the product.
    Campaign,
}

/// What is understood.
#[derive(Clone, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "several of them are heard in one sentence")]
pub(super) struct Heard {
    /// Do not call again.
    pub(super) stop: bool,
    /// A person, please.
    pub(super) person: bool,
    /// Is this a machine?
    pub(super) machine: bool,
    /// No time now.
    pub(super) busy: bool,
    /// Say that again.
    pub(super) repeat: bool,
    /// What is asked.
    pub(super) asks: Option<Topic>,
    /// How interested they are.
    pub(super) interest: Option<Interest>,
    /// A rate, in cents.
    pub(super) rate: Option<i64>,
    /// When.
    pub(super) timeline: Option<String>,
    /// What they make.
    pub(super) content: Vec<&'static str>,
    /// Which language, if it can be told.
    pub(super) lang: Option<Lang>,
}

/// A text as words, to be looked through for phrases.
struct Words(String);

impl Words {
    fn of(text: &str) -> Self {
        let folded = fold(text).replace('\'', "");
        let plain: String = folded.chars().map(|c| if c.is_alphanumeric() { c } else { ' ' }).collect();
        Self(format!(" {} ", plain.split_whitespace().collect::<Vec<_>>().join(" ")))
    }

    fn has(&self, phrase: &str) -> bool {
        self.0
            .match_indices(phrase)
            .any(|(at, found)| self.0[..at].ends_with(' ') && self.0[at + found.len()..].starts_with(' '))
    }

    fn any(&self, phrases: &[&str]) -> bool {
        phrases.iter().any(|phrase| self.has(phrase))
    }

    fn is(&self, phrases: &[&str]) -> bool {
        phrases.contains(&self.0.trim())
    }
}

const NO_ALONE: &[&str] =
    &["no", "nope", "nah", "no no", "no sorry", "sorry no", "no im good", "pass", "paso", "que no"];

impl Heard {
    /// What is understood, when this is being asked.
    pub(super) fn of(said: &str, step: Step) -> Self {
        // The keys that the first line offers.
        match said.trim() {
            "0" => return Self { person: true, ..Self::default() },
            "9" => return Self { stop: true, ..Self::default() },
            _ => {}
        }
        let words = Words::of(said);
        let meaning = meaning::of_text(said, Way::Phone, None);
        let asks = [(Topic::Source, SOURCE), (Topic::Pay, PAY), (Topic::Caller, CALLER), (Topic::Campaign, CAMPAIGN)]
            .into_iter()
            .find(|(_, phrases)| words.any(phrases))
            .map(|(topic, _)| topic);
        let rate = rate(said, step).or_else(|| named(&meaning));
        // "My rate is 500" and "what is the rate" are two things.
        let asks = asks.filter(|topic| rate.is_none() || *topic != Topic::Pay);
        let machine = words.any(MACHINE);
        Self {
            stop: words.any(STOP)
                || words.any(STOP_MORE)
                || words.any(STOP_ALL)
                || meaning.refused.as_ref().is_some_and(|claim| claim.value.calls())
                || words.is(&["stop", "stop it", "basta", "para"]),
            person: !machine && (words.any(PERSON) || meaning.person.as_ref().is_some_and(|claim| claim.sure >= SURE))
                || words.is(&["human", "person", "agent", "humano", "persona"]),
            machine,
            busy: words.any(BUSY),
            repeat: words.any(REPEAT) || words.is(&["what", "que", "como", "huh", "sorry"]),
            asks,
            interest: interest(&words).or_else(|| felt(&meaning)),
            rate,
            timeline: timeline(said, step),
            content: content(&words),
            lang: lang(&words),
        }
    }
}

/// Is it an answering machine that says this?
pub fn is_voicemail(said: &str) -> bool {
    Words::of(said).any(VOICEMAIL)
}

/// What somebody wants no more of.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Refusal {
    /// To be called.
    pub calls: bool,
    /// To be written to.
    pub mails: bool,
}

impl Refusal {
    /// What these words refuse on the phone. A person who names a channel closes that channel; one who wants to be left alone, or off the list,
    /// closes calls and mails.
    pub fn of(said: &str) -> Self {
        Self::told(&meaning::of_text(said, Way::Phone, None))
    }

    /// The same of a talk that has been read. "Off the list" does not say which list, so the cautious reading applies.
    pub(crate) fn told(meaning: &Meaning) -> Self {
        let Some(claim) = &meaning.refused else { return Self::default() };
        let calls = claim.value.calls();
        let everything = calls && Words::of(meaning.quote(claim)).any(STOP_ALL);
        Self { calls, mails: claim.value.mails() || everything }
    }

    /// The same of what one person said, turn by turn: a sentence may go over several of them.
    pub fn of_turns<'a>(said: impl IntoIterator<Item = &'a str>) -> Self {
        let said: Vec<&str> = said.into_iter().collect();
        let pairs = said.windows(2).map(|pair| pair.join(" "));
        let all = said.iter().map(|one| (*one).to_owned()).chain(pairs).map(|one| Self::of(&one));
        all.fold(Self::default(), |all, one| Self { calls: all.calls || one.calls, mails: all.mails || one.mails })
    }
}

/// What the lists do not know is taken from the model where it is this sure.
const SURE: f32 = 0.8;

/// A price that was named with its currency.
fn named(meaning: &Meaning) -> Option<i64> {
    meaning
        .rate
        .as_ref()
        .filter(|claim| claim.sure >= SURE && claim.value.currency.is_some())
        .map(|claim| claim.value.minor)
}

/// The interest that the model is sure of.
fn felt(meaning: &Meaning) -> Option<Interest> {
    let claim = meaning.interest.as_ref().filter(|claim| claim.sure >= SURE)?;
    Some(match claim.value {
        talk::Interest::VeryInterested => Interest::VeryInterested,
        talk::Interest::Interested => Interest::Interested,
        talk::Interest::Neutral => Interest::Neutral,
        talk::Interest::NotInterested => Interest::NotInterested,
    })
}

fn interest(words: &Words) -> Option<Interest> {
    let no = words.any(NO) || words.is(NO_ALONE);
    // "Why would I not want that" is rare on the phone; "I am not interested" is not.
    if no {
        return Some(Interest::NotInterested);
    }
    if words.any(MAYBE) {
        return Some(Interest::Neutral);
    }
    if words.any(VERY) {
        return Some(Interest::VeryInterested);
    }
    words.any(YES).then_some(Interest::Interested)
}

/// An amount with a currency anywhere; any number when it is the rate that was asked for.
fn rate(said: &str, step: Step) -> Option<i64> {
    let found = amounts::all(said);
    let named = found.iter().find(|amount| amount.is_money);
    // Nobody works for less than this by the piece: it is the number of something else.
    let bare = || found.iter().find(|amount| step == Step::Rate && amount.minor >= 1_000);
    named.or_else(bare).map(|amount| amount.minor)
}

/// The part of what was said that names a time.
fn timeline(said: &str, step: Step) -> Option<String> {
    if step < Step::Timeline && !said.contains(' ') {
        return None;
    }
    let parts = said.split(['.', '!', '?', ';']).flat_map(|part| part.split(", "));
    let named: Vec<&str> = parts.map(str::trim).filter(|part| Words::of(part).any(TIMES)).collect();
    // Outside of its turn only what cannot be meant otherwise.
    let counts = step == Step::Timeline
        || named.iter().any(|part| {
            Words::of(part).any(&[
                "next week",
                "next month",
                "in two weeks",
                "in a week",
                "available",
                "free in",
                "proxima semana",
                "disponible",
            ])
        });
    (counts && !named.is_empty()).then(|| named.join(", ").chars().take(200).collect())
}

fn content(words: &Words) -> Vec<&'static str> {
    let mut kinds = Vec::new();
    for (said, kind) in CONTENT {
        if words.has(said) && !kinds.contains(kind) {
            kinds.push(*kind);
        }
    }
    kinds
}

fn lang(words: &Words) -> Option<Lang> {
    let count = |phrases: &[&str]| phrases.iter().filter(|phrase| words.has(phrase)).count();
    let (spanish, english) = (count(SPANISH), count(ENGLISH));
    match spanish.cmp(&english) {
        std::cmp::Ordering::Greater => Some(Lang::Es),
        std::cmp::Ordering::Less => Some(Lang::En),
        std::cmp::Ordering::Equal => None,
    }
}
