//! Tokens grouped into what they say together: a known phrase, an amount, a sign, or a word that means nothing here.

use super::lexicon::{Entry, Form, LEXICON, Roles, UNKNOWN, role};
use super::numbers::{Amount, Before, amount};
use super::tokens::{Kind, Token};
use crate::geo;

/// What a chunk is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum What {
    Words,
    Amount(Amount),
    Sign(char),
}

/// What becomes of a chunk in the text that is searched by meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// Nobody has claimed it.
    Open,
    /// Topical, whatever it looks like.
    Keep,
    /// Said by a constraint.
    Taken,
}

/// A phrase of the query.
#[derive(Clone, Copy, Debug)]
pub(super) struct Chunk {
    pub(super) what: What,
    pub(super) entry: Entry,
    pub(super) fate: Fate,
    /// Bytes of the query.
    pub(super) start: usize,
    pub(super) end: usize,
    /// No white space before it.
    pub(super) glued: bool,
}

impl Chunk {
    /// Whether it is an unclaimed phrase in one of these roles.
    pub(super) fn is(&self, roles: Roles) -> bool {
        self.entry.roles & roles != 0
    }

    pub(super) fn is_sign(&self, signs: &str) -> bool {
        matches!(self.what, What::Sign(sign) if signs.contains(sign))
    }

    pub(super) fn is_open(&self) -> bool {
        self.fate == Fate::Open
    }

    pub(super) fn amount(&self) -> Option<Amount> {
        match self.what {
            What::Amount(amount) => Some(amount),
            _ => None,
        }
    }

    /// A word of which the parser knows nothing.
    pub(super) fn is_unknown(&self) -> bool {
        let entry = &self.entry;
        self.what == What::Words
            && entry.roles & !(role::ENGLISH | role::SPANISH | role::PLAIN) == 0
            && entry.niche.is_none()
            && entry.platform.is_none()
            && entry.country.is_none()
            && entry.region.is_none()
            && entry.city.is_none()
            && entry.language.is_none()
            && entry.speakers.is_none()
    }

    /// "between", "entre", after which two amounts come; not "from", after which one may.
    pub(super) fn is_between(&self) -> bool {
        self.is(role::BETWEEN) && !self.is(role::AT_LEAST | role::IN | role::OF | role::TO)
    }

    /// Those whom one looks for: "creators", "YouTubers".
    pub(super) fn is_creator(&self) -> bool {
        self.is(role::CREATOR)
    }
}

/// The chunks of a query.
pub(super) fn chunks(text: &str, tokens: &[Token<'_>]) -> Vec<Chunk> {
    let shouted = !text.chars().any(char::is_lowercase);
    let mut chunks = Vec::with_capacity(tokens.len());
    let mut at = 0;
    while at < tokens.len() {
        let rest = &tokens[at..];
        let before = at.checked_sub(1).map(|before| &tokens[before]);
        let last = chunks.last();
        let standing = Before {
            token: before,
            between: last.is_some_and(Chunk::is_between),
            unknown: last.is_some_and(Chunk::is_unknown),
        };
        let (length, what, entry) = if let Some((length, amount)) = amount(text, rest, standing) {
            (length, What::Amount(amount), UNKNOWN)
        } else if let Kind::Sign(sign) = rest[0].kind {
            (1, What::Sign(sign), sign_entry(sign))
        } else if let Some((length, entry)) = LEXICON.longest(rest) {
            (length, What::Words, *entry)
        } else {
            (1, What::Words, UNKNOWN)
        };
        let (start, end) = (rest[0].start, rest[length - 1].end);
        let glued = before.is_some_and(|before| before.end == start) || (rest[0].glued && at > 0);
        let entry = if length == 1 && !shouted { in_capitals(&text[start..end], rest.get(1), entry) } else { entry };
        let in_us = length == 1 && rest[0].folded == "us" && before.is_some_and(|before| before.folded == "in");
        let entry = if in_us { united_states() } else { entry };
        chunks.push(Chunk { what, entry, fate: Fate::Open, start, end, glued });
        at += length;
    }
    chunks
}

/// Signs that stand for words.
fn sign_entry(sign: char) -> Entry {
    let roles = match sign {
        '&' | '/' => role::AND,
        '>' | '≥' => role::AT_LEAST,
        '<' | '≤' => role::AT_MOST,
        '~' | '≈' => role::AROUND,
        _ => 0,
    };
    Entry { roles, ..UNKNOWN }
}

/// "US" is a country and "us" is not; "US-based" is in small letters too.
fn in_capitals(word: &str, next: Option<&Token<'_>>, entry: Entry) -> Entry {
    let capitals = word.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'.');
    let based = || next.is_some_and(|next| next.folded == "based");
    let the_us = word.len() <= 5
        && word.replace('.', "").eq_ignore_ascii_case("us")
        && (capitals || word.contains('.') || based());
    if the_us {
        return united_states();
    }
    entry
}

fn united_states() -> Entry {
    Entry { country: geo::country("us").map(|code| (code, Form::Name)), ..UNKNOWN }
}
