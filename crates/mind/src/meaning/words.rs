//! A text as words with their places: letters folded, figures and signs by themselves.

use std::borrow::Cow;
use std::ops::Range;

use crate::text::folded;

/// What a word is made of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Kind {
    /// Letters.
    Letters,
    /// Figures with their marks: `1.200,50`.
    Figures,
    /// A sign or a mark: `$`, `-`, `.`.
    Sign,
}

/// A word, a number or a sign of a text.
#[derive(Clone, Debug)]
pub(super) struct Word<'t> {
    /// Folded, without apostrophes.
    pub(super) text: Cow<'t, str>,
    pub(super) kind: Kind,
    /// Its place in the text, in bytes.
    pub(super) at: Range<usize>,
    /// Does it stand right behind the word before, without a space?
    pub(super) glued: bool,
    /// Is its first letter a capital?
    pub(super) capital: bool,
}

impl Word<'_> {
    pub(super) fn is(&self, text: &str) -> bool {
        self.text == text
    }

    /// A mark that no number and no phrase goes over.
    pub(super) fn ends(&self) -> bool {
        self.kind == Kind::Sign && matches!(&*self.text, "." | "!" | "?" | ";" | "\n" | "…")
    }
}

/// The words of a text.
pub(super) fn words(text: &str) -> Vec<Word<'_>> {
    let mut found: Vec<Word<'_>> = Vec::with_capacity(text.len() / 4);
    let mut letters = text.char_indices().peekable();
    while let Some((from, letter)) = letters.next() {
        let mut to = from + letter.len_utf8();
        let kind = if letter.is_ascii_digit() {
            to = figures(text, from);
            Kind::Figures
        } else if letter.is_alphanumeric() {
            to = letters_from(text, from);
            Kind::Letters
        } else if letter == '\n' || !letter.is_whitespace() {
            Kind::Sign
        } else {
            continue;
        };
        while letters.peek().is_some_and(|(at, _)| *at < to) {
            letters.next();
        }
        let glued = found.last().is_some_and(|last| last.at.end == from);
        let slice = &text[from..to];
        let word = match kind {
            Kind::Letters if slice.contains(['\'', '\u{2019}', '\u{2018}', '\u{b4}']) => {
                Cow::Owned(folded(slice).replace('\'', ""))
            }
            Kind::Letters => folded(slice),
            Kind::Figures => Cow::Borrowed(slice),
            Kind::Sign => match letter {
                '\u{2010}'..='\u{2014}' | '\u{2212}' => Cow::Borrowed("-"),
                '\u{bf}' | '\u{a1}' => continue,
                _ => Cow::Borrowed(slice),
            },
        };
        found.push(Word { text: word, kind, at: from..to, glued, capital: letter.is_uppercase() });
    }
    found
}

/// The end of a word: letters, with apostrophes and combining marks between them.
fn letters_from(text: &str, from: usize) -> usize {
    let mut end = from;
    let mut letters = text[from..].char_indices().peekable();
    while let Some((at, letter)) = letters.next() {
        let next = letters.peek().map(|(_, next)| *next);
        let inner =
            matches!(letter, '\'' | '\u{2019}' | '\u{2018}' | '\u{b4}') && next.is_some_and(char::is_alphabetic);
        let belongs = (letter.is_alphanumeric() && !letter.is_ascii_digit())
            || ('\u{300}'..='\u{36f}').contains(&letter)
            || letter.is_ascii_digit();
        if !belongs && !inner {
            break;
        }
        end = from + at + letter.len_utf8();
    }
    end
}

/// The end of figures with their marks: `1,200.50`, `1 200` where the space groups thousands.
fn figures(text: &str, from: usize) -> usize {
    let bytes = text.as_bytes();
    let digits = |at: usize| bytes[at..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    let mut end = from + digits(from);
    let first = end - from;
    loop {
        let Some(&mark) = bytes.get(end) else { return end };
        let (mark_len, groups_only) = match mark {
            b'.' | b',' => (1, false),
            b'\'' | b' ' => (1, true),
            0xc2 if bytes.get(end + 1) == Some(&0xa0) => (2, true),
            0xe2 if bytes.get(end + 1) == Some(&0x80) && matches!(bytes.get(end + 2), Some(0xaf | 0x89)) => (3, true),
            _ => return end,
        };
        let next = if end + mark_len < bytes.len() { digits(end + mark_len) } else { 0 };
        let behind = bytes.get(end + mark_len + next);
        let fits = if groups_only {
            // "2 300" may be two numbers; "1 200 euros" is one: only groups of three after one to three figures.
            first <= 3 && next == 3 && !behind.is_some_and(u8::is_ascii_alphanumeric)
        } else {
            next > 0
        };
        if !fits {
            return end;
        }
        end += mark_len + next;
    }
}

/// What figures say: three of them after the last mark are thousands, one or two are decimals.
pub(super) fn value(figures: &str) -> Option<f64> {
    let marks = figures.bytes().filter(|byte| matches!(byte, b'.' | b',')).count();
    let (whole, decimals) = match figures.rfind(['.', ',']) {
        Some(mark) if figures.len() - mark - 1 <= 2 => (&figures[..mark], &figures[mark + 1..]),
        // "1.2345" is neither.
        Some(mark) if figures.len() - mark - 1 != 3 => return None,
        Some(_) if marks == 1 && figures.starts_with('0') => return None,
        _ => (figures, ""),
    };
    let whole: String = whole.chars().filter(char::is_ascii_digit).collect();
    if whole.len() > 12 {
        return None;
    }
    format!("{whole}.{decimals}0").parse().ok()
}

/// Do these words stand here, one after the other? `a|b` is either.
pub(super) fn stands(words: &[Word<'_>], at: usize, phrase: &str) -> Option<usize> {
    let mut next = at;
    for wanted in phrase.split(' ') {
        let word = words.get(next)?;
        if !wanted.split('|').any(|one| word.text == one) {
            return None;
        }
        next += 1;
    }
    Some(next)
}

/// Where one of these phrases stands first.
pub(super) fn find(words: &[Word<'_>], phrases: &[&str]) -> Option<Range<usize>> {
    (0..words.len()).find_map(|at| phrases.iter().find_map(|phrase| stands(words, at, phrase).map(|end| at..end)))
}

/// Does one of these phrases stand anywhere?
pub(super) fn has(words: &[Word<'_>], phrases: &[&str]) -> bool {
    find(words, phrases).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &str) -> Vec<String> {
        words(text).into_iter().map(|word| word.text.into_owned()).collect()
    }

    #[test]
    fn words_numbers_and_signs() {
        assert_eq!(all("Don\u{2019}t pay R$1.200,50, ok?"), ["dont", "pay", "r", "$", "1.200,50", ",", "ok", "?"]);
        assert_eq!(all("1 200 € – 2k"), ["1 200", "€", "-", "2", "k"]);
        assert_eq!(all("2 reels 300 euros"), ["2", "reels", "300", "euros"]);
        assert_eq!(all("¿Cuánto? J\u{301}a!"), ["cuanto", "?", "ja", "!"]);
    }

    #[test]
    fn figures_are_read_or_not_at_all() {
        for (figures, expected) in [
            ("1,200", Some(1_200.0)),
            ("1.200", Some(1_200.0)),
            ("1.5", Some(1.5)),
            ("1.200,50", Some(1_200.5)),
            ("1 200", Some(1_200.0)),
            ("128.000", Some(128_000.0)),
            ("1.2345", None),
        ] {
            assert_eq!(value(figures), expected, "{figures}");
        }
    }
}
