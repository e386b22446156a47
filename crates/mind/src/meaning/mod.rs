//! What people write and say: replies to mails, calls, messages, in English and Spanish and, for yes, no, prices and opt-outs,
//! in Portuguese, French, German and Italian.
//!
//! A text is taken apart into turns, sentences and clauses; a learnt model tells which acts each performs; amounts and times are
//! read by rules; and what the whole comes to follows from the order of the acts. Everything that is claimed has its place in the
//! text, and how sure it is. What is not sure is not claimed, but for one thing: whoever probably does not want to be
//! contacted any more is not.
//!
//! Pure, deterministic, and linear in the length of the text.

mod acts;
mod amounts;
mod deeds;
mod features;
mod numbers;
mod outcome;
mod price;
mod stop;
#[cfg(test)]
mod tests;
mod turns;
mod unit;
mod units;
mod when;
mod words;

use std::ops::Range;

use kernel::Day;

pub use acts::{Act, Model, Odds};

pub use deeds::Deed;
pub use stop::Refused;
pub use turns::{Speaker, Turn, turns};
pub use unit::Unit;
pub use when::Span;

use crate::dialogue;
use crate::reply::{self, Letter, Part};
use crate::talk::Interest;

/// Something that a text says, how sure that is, and where it stands.
#[derive(Clone, PartialEq, Debug)]
pub struct Claim<T> {
    /// What.
    pub value: T,
    /// How probable it is, 0 to 1.
    pub sure: f32,
    /// Its place in [`Meaning::text`], in bytes.
    pub at: Range<usize>,
}

/// A price that somebody named.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Price {
    /// In minor units of the currency; of a range the lower end.
    pub minor: i64,
    /// The upper end of a range.
    pub most: Option<i64>,
    /// ISO 4217, `pesos` where the country is not told, or none if none was named.
    pub currency: Option<&'static str>,
    /// What it is for.
    pub unit: Option<Unit>,
    /// Did both sides agree on it?
    pub agreed: bool,
}

/// When somebody has time.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Time {
    /// The days that are meant, if they can be told.
    pub span: Option<Span>,
}

/// By which way something was said: what "take me off your list" is about.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Way {
    /// In a mail.
    Mail,
    /// On the phone.
    Phone,
    /// In a message.
    Message,
}

/// What a text comes to.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Meaning {
    /// The text that was read: of a mail the own words, and the quoted ones that they answer.
    pub text: String,
    /// How interested they are at the end.
    pub interest: Option<Claim<Interest>>,
    /// What they charge: what was agreed on, else what they asked for last.
    pub rate: Option<Claim<Price>>,
    /// Every price that they named or took, in its order.
    pub prices: Vec<Claim<Price>>,
    /// When they have time.
    pub time: Option<Claim<Time>>,
    /// What they want no more of.
    pub refused: Option<Claim<Refused>>,
    /// They want a person; with the name, if they said whom.
    pub person: Option<Claim<Option<String>>>,
    /// Whom they send to: an address, a name, a role.
    pub referred: Option<Claim<String>>,
    /// They have no time for this talk now.
    pub busy: Option<Claim<()>>,
    /// They find our price too low, or name another one.
    pub countered: bool,
    /// What they make their yes depend on.
    pub conditions: Vec<Claim<()>>,
    /// What they ask.
    pub questions: Vec<Claim<()>>,
    /// What is to be done.
    pub deeds: Vec<Claim<Deed>>,
}

impl Meaning {
    /// The words that a claim comes from.
    pub fn quote<T>(&self, claim: &Claim<T>) -> &str {
        self.text.get(claim.at.clone()).unwrap_or_default()
    }
}

/// The sentences of a text.
pub fn sentences(text: &str) -> Vec<&str> {
    units::split(text)
}

/// No more of a text is read, in bytes: some two hours of talk.
const LONGEST: usize = 1 << 18;

/// Reads what a person wrote, without anything quoted.
pub fn of_text(own: &str, way: Way, said_on: Option<Day>) -> Meaning {
    let own = &own[..own.floor_char_boundary(LONGEST)];
    let turns = [Turn { speaker: Speaker::Them, name: None, text: own }];
    read(own, &turns, way, said_on, &[])
}

/// Reads a mail: the own words, and before them the quoted ones that they stand below and answer.
pub fn of_letter(letter: &Letter, said_on: Option<Day>) -> Meaning {
    let mut text = String::new();
    let mut parts: Vec<(Speaker, Range<usize>)> = Vec::new();
    let last_own = letter.lines().iter().rposition(|line| line.part == Part::Own && !line.text.trim().is_empty());
    let Some(last_own) = last_own else { return Meaning::default() };
    for line in &letter.lines()[..=last_own] {
        let (speaker, said) = match line.part {
            Part::Own => (Speaker::Them, line.text.as_str()),
            Part::Quoted => (Speaker::Us, line.text.trim_start_matches(['>', ' '])),
            Part::Signature | Part::Notice => continue,
        };
        if text.len() + said.len() > LONGEST {
            break;
        }
        let from = text.len();
        text.push_str(said);
        text.push('\n');
        match parts.last_mut() {
            Some((known, range)) if *known == speaker || said.trim().is_empty() => range.end = text.len(),
            _ => parts.push((speaker, from..text.len())),
        }
    }
    let turns: Vec<Turn<'_>> = parts
        .iter()
        .map(|(speaker, range)| Turn { speaker: *speaker, name: None, text: &text[range.clone()] })
        .collect();
    // What the mail offered that they answer, wherever it is quoted.
    let quoted: String = letter
        .lines()
        .iter()
        .filter(|line| line.part == Part::Quoted)
        .flat_map(|line| [line.text.as_str(), "\n"])
        .collect();
    let quoted = words::words(&quoted[..quoted.floor_char_boundary(LONGEST)]);
    let pesos = amounts::pesos(&quoted);
    let offers: Vec<i64> =
        amounts::all(&quoted, pesos).into_iter().filter(|sum| sum.currency.is_some()).map(|sum| sum.minor).collect();
    read(&text, &turns, Way::Mail, said_on, &offers)
}

/// Reads a transcript: lines of `Speaker: words`, or plain text. `creator` is the name by which the other side may be called in it.
pub fn of_talk(transcript: &str, creator: Option<&str>, said_on: Option<Day>) -> Meaning {
    let text = &transcript[..transcript.floor_char_boundary(LONGEST)];
    let turns = turns(text, creator);
    let mut meaning = read(text, &turns, Way::Phone, said_on, &[]);
    // A machine that answers says neither yes nor no.
    let theirs = turns.iter().filter(|turn| turn.speaker != Speaker::Us);
    if meaning.rate.is_none() && theirs.take(VOICEMAIL_TURNS).any(|turn| dialogue::is_voicemail(turn.text)) {
        (meaning.interest, meaning.time) = (None, None);
    }
    meaning
}

/// A machine says what it is in so many turns.
const VOICEMAIL_TURNS: usize = 4;

fn read(text: &str, turns: &[Turn<'_>], way: Way, said_on: Option<Day>, offers: &[i64]) -> Meaning {
    let (sentences, clauses) = units::read(text, turns, Model::embedded());
    let mut meaning = Meaning { text: text.to_owned(), ..Meaning::default() };
    let pesos = amounts::pesos(&words::words(text));
    let prices = price::of(&sentences, offers, pesos, way == Way::Phone);
    (meaning.rate, meaning.prices, meaning.countered) = (prices.rate, prices.all, prices.countered);
    outcome::read(&mut meaning, &sentences, &clauses, said_on);
    meaning.deeds = deeds::of(&sentences);
    let mut likes_another = false;
    let refusals = sentences.iter().filter(|one| one.speaker != Speaker::Us).filter_map(|one| {
        let (refused, sure, likes) = stop::of(one, way, reply::wants_no_more(one.text))?;
        likes_another |= likes;
        Some(Claim { value: refused, sure, at: one.at.clone() })
    });
    meaning.refused = refusals.reduce(|left, right| Claim {
        value: left.value.with(right.value),
        sure: left.sure.max(right.sure),
        at: if right.sure > left.sure { right.at } else { left.at },
    });
    // Whoever wants nothing more by this way, and said no yes to anything, says no.
    if let Some(refused) = &meaning.refused {
        let here = match way {
            Way::Mail => refused.value.mails(),
            Way::Phone => refused.value.calls(),
            Way::Message => refused.value.messages(),
        };
        let keeps = meaning.interest.as_ref().is_some_and(|interest| {
            interest.value >= Interest::Interested && !refused.value.all && interest.sure >= 0.5
        });
        if here && !keeps && (refused.value.all || !likes_another) {
            meaning.interest =
                Some(Claim { value: Interest::NotInterested, sure: refused.sure, at: refused.at.clone() });
        }
    }
    meaning
}
