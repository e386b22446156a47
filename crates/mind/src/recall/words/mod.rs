//! Words of texts and questions: folded, stemmed by language, with the places where they stand.

mod lists;

use std::borrow::Cow;
use std::hash::BuildHasher as _;
use std::ops::Range;

use lists::{ENGLISH, ENGLISH_ONLY, FRAMES, GENERAL, SPANISH, SPANISH_ONLY};
use rust_stemmers::{Algorithm, Stemmer};
use serde::{Deserialize, Serialize};

use crate::text::folded;

/// No word of a language is longer (bytes); longer ones are cut.
const LONGEST: usize = 40;

/// The language of a chunk or a question, as far as it matters for stems and stop words.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// English.
    En,
    /// Spanish.
    Es,
    /// Any other, or too short a text to tell.
    #[default]
    Other,
}

impl Language {
    /// From a code such as `es`, `es-MX` or `EN`.
    pub fn of_code(code: &str) -> Self {
        match code.get(..2).map(str::to_ascii_lowercase).as_deref() {
            Some("en") => Self::En,
            Some("es") => Self::Es,
            _ => Self::Other,
        }
    }

    /// Its code; `und` for any other.
    pub const fn code(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Es => "es",
            Self::Other => "und",
        }
    }
}

/// The language that a text is written in, by its small words and its letters.
pub fn language_of(text: &str) -> Language {
    let start = &text[..text.floor_char_boundary(4_000)];
    let [mut en, mut es] = [0.0_f32; 2];
    each(start, |word| {
        let word = &*word.folded;
        if ENGLISH.has(word) {
            en += 1.0;
        }
        if SPANISH.has(word) {
            es += 1.0;
        }
        if ENGLISH_ONLY.has(word) {
            en += 1.0;
        }
        if SPANISH_ONLY.has(word) {
            es += 1.0;
        }
    });
    es += start.chars().filter(|c| matches!(c, 'ñ' | 'Ñ' | '¿' | '¡')).count() as f32;
    es += 0.5 * start.chars().filter(|c| matches!(c, 'á' | 'é' | 'í' | 'ó' | 'ú')).count() as f32;
    if en > es {
        Language::En
    } else if es > en {
        Language::Es
    } else {
        Language::Other
    }
}

/// One word of a text.
#[derive(Debug)]
pub(super) struct Word<'a> {
    /// Folded; of a number its plain form (`1,000` is `1000`, `49,90` is `49.90`).
    pub folded: Cow<'a, str>,
    /// Where it stands, in bytes.
    pub at: Range<usize>,
    /// Whether it begins with a digit.
    pub number: bool,
}

/// Calls `found` with every word of a text, in order. `7pm` is two words, `wi-fi` is `wi`, `fi` and `wifi`.
pub(super) fn each<'a>(text: &'a str, mut found: impl FnMut(Word<'a>)) {
    let bytes = text.as_bytes();
    let mut at = 0;
    // The word before a hyphen, to be joined with the one after.
    let mut before: Option<Range<usize>> = None;
    while at < bytes.len() {
        let Some(c) = text[at..].chars().next() else { return };
        if c.is_ascii_digit() {
            let end = number_end(bytes, at);
            found(Word { folded: number(&text[at..end]), at: at..end, number: true });
            at = end;
            before = None;
        } else if c.is_alphabetic() {
            let end = word_end(text, at);
            let word = &text[at..end];
            let cut = word.floor_char_boundary(LONGEST.min(word.len()));
            found(Word { folded: trimmed(&word[..cut]), at: at..end, number: false });
            if let Some(before) = before.take()
                && end - before.start <= LONGEST
            {
                let mut joined = folded(&text[before.clone()]).into_owned();
                joined.push_str(&folded(word));
                found(Word { folded: Cow::Owned(joined), at: before.start..end, number: false });
            }
            let hyphen =
                bytes.get(end) == Some(&b'-') && text[end + 1..].chars().next().is_some_and(char::is_alphabetic);
            before = (hyphen && word.chars().count() <= 8).then_some(at..end);
            at = end + usize::from(hyphen);
        } else {
            at += c.len_utf8();
            before = None;
        }
    }
}

/// A word without accents and without an English genitive.
fn trimmed(word: &str) -> Cow<'_, str> {
    let word = folded(word);
    match word.strip_suffix("'s") {
        Some(stem) => Cow::Owned(stem.to_owned()),
        None => word,
    }
}

fn word_end(text: &str, start: usize) -> usize {
    let mut end = start;
    let mut rest = text[start..].chars().peekable();
    while let Some(c) = rest.next() {
        let inside = c.is_alphanumeric()
            || ('\u{300}'..='\u{36f}').contains(&c)
            || (matches!(c, '\'' | '’') && rest.peek().is_some_and(|&next| next.is_alphabetic()));
        if !inside {
            break;
        }
        end += c.len_utf8();
    }
    end
}

/// Digits, and `. , :` between digits.
fn number_end(bytes: &[u8], start: usize) -> usize {
    let mut end = start;
    while end < bytes.len() {
        let digit = bytes[end].is_ascii_digit();
        let between = matches!(bytes[end], b'.' | b',' | b':') && bytes.get(end + 1).is_some_and(u8::is_ascii_digit);
        if !(digit || between) || end - start > LONGEST {
            break;
        }
        end += 1;
    }
    end
}

/// The plain form of a number: no thousands separators, a point before decimals, no `.00`, an hour without `:00`.
fn number(text: &str) -> Cow<'_, str> {
    let groups: Vec<&str> = text.split(['.', ',', ':']).collect();
    let [first, rest @ ..] = &groups[..] else { return Cow::Borrowed(text) };
    if rest.is_empty() {
        return match first.strip_prefix('0') {
            Some(digit) if digit.len() == 1 => Cow::Borrowed(digit),
            _ => Cow::Borrowed(text),
        };
    }
    let first = if first.len() == 2 { first.trim_start_matches('0') } else { first };
    let first = if first.is_empty() { "0" } else { first };
    if text.contains(':') {
        return Cow::Owned(match rest {
            ["00"] => first.to_owned(),
            _ => format!("{first}:{}", rest.join(":")),
        });
    }
    let thousands = (1..=3).contains(&first.len()) && first != "0";
    let (whole, decimals) = match rest {
        all if thousands && all.iter().all(|group| group.len() == 3) => (all, None),
        [all @ .., last] if thousands && !all.is_empty() && all.iter().all(|group| group.len() == 3) => {
            (all, Some(*last))
        }
        [last] => (&[][..], Some(*last)),
        all => return Cow::Owned(format!("{first}.{}", all.join("."))),
    };
    let mut plain = first.to_owned();
    for group in whole {
        plain.push_str(group);
    }
    if let Some(decimals) = decimals.filter(|decimals| decimals.bytes().any(|b| b != b'0')) {
        plain.push('.');
        plain.push_str(decimals);
    }
    Cow::Owned(plain)
}

/// A stem, by which every index knows it: a hash, so that none has to keep the letters.
pub(super) type Term = u64;

/// The term of a folded word in a text of a language.
pub(super) fn term_of(word: &str, language: Language) -> Term {
    const SEED: u64 = 0x9e37_79b9_7f4a_7c15;
    foldhash::quality::FixedState::with_seed(SEED).hash_one(&*stem(word, language))
}

/// The stem of a folded word, folded.
fn stem(word: &str, language: Language) -> Cow<'_, str> {
    if word.len() < 3 || word.as_bytes()[0].is_ascii_digit() {
        return Cow::Borrowed(word);
    }
    match language {
        Language::En => Stemmer::create(Algorithm::English).stem(word),
        Language::Es => Stemmer::create(Algorithm::Spanish).stem(word),
        Language::Other => Cow::Borrowed(word),
    }
}

/// Whether a folded word carries no subject in this language.
pub(super) fn is_stop(word: &str, language: Language) -> bool {
    match language {
        Language::En => ENGLISH.has(word),
        Language::Es => SPANISH.has(word),
        Language::Other => ENGLISH_ONLY.has(word) || SPANISH_ONLY.has(word),
    }
}

/// Whether a folded word only frames a question ("hi, can you please tell me …"): it counts little.
pub(super) fn is_frame(word: &str) -> bool {
    FRAMES.has(word)
}

/// Whether a folded word names what nearly every document of a coach is about ("class", "course"): it tells less than its rarity says.
pub(super) fn is_general(word: &str) -> bool {
    GENERAL.has(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        let mut words = Vec::new();
        each(text, |word| words.push(word.folded.into_owned()));
        words
    }

    #[test]
    fn words_are_folded_and_numbers_plain() {
        assert_eq!(words("José's ÑANDÚ, don’t 7pm"), ["jose", "nandu", "don't", "7", "pm"]);
        assert_eq!(words("Wi-Fi drop-in e-mail"), ["wi", "fi", "wifi", "drop", "in", "dropin", "e", "mail", "email"]);
        assert_eq!(
            words("1,000 1.000,50 49,90 € $49.00 19:30 09:00 3.5 12.05.2026"),
            ["1000", "1000.50", "49.90", "49", "19:30", "9", "3.5", "12.05.2026"]
        );
        assert_eq!(words("B2 covid19 10x"), ["b2", "covid19", "10", "x"]);
        assert_eq!(words(""), [""; 0]);
    }

    #[test]
    fn languages_are_told_by_small_words() {
        for (text, language) in [
            ("what time does the gym open", Language::En),
            ("cuanto cuesta la clase", Language::Es),
            ("¿Precio?", Language::Es),
            ("zzz 123", Language::Other),
            ("", Language::Other),
            ("can i bring my dog", Language::En),
            ("puedo llevar a mi perro", Language::Es),
        ] {
            assert_eq!(language_of(text), language, "{text}");
        }
    }

    #[test]
    fn a_word_stands_where_it_says() {
        let text = "El café—cuesta 1.000 €; wi-fi, O’Brien’s";
        each(text, |word| assert!(text.get(word.at.clone()).is_some_and(|at| !at.is_empty()), "{word:?}"));
    }
}
