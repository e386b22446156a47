//! A query cut into words, numbers and signs, each with its place in the text.

use std::borrow::Cow;

use crate::text::folded;

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Letters, or letters and digits.
    Word,
    /// Digits with separators between them; their value depends on what follows ("1.500" and "1.500M").
    Number,
    /// A sign that may mean something: `€`, `%`, `+`, `-`, `,`, `/`…
    Sign(char),
}

/// A piece of the query.
#[derive(Clone, Debug)]
pub(super) struct Token<'q> {
    pub(super) kind: Kind,
    /// Bytes of the query.
    pub(super) start: usize,
    pub(super) end: usize,
    /// Nothing but a hyphen or nothing at all stands between this and the token before it.
    pub(super) glued: bool,
    /// In the spelling of the word lists: folded, without apostrophes and full stops.
    pub(super) folded: Cow<'q, str>,
}

/// The tokens of a text, in one pass over it.
pub(super) fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut cut = Cut { text, at: 0, tokens: Vec::with_capacity(text.len() / 5 + 4) };
    while cut.at < text.len() {
        cut.next();
    }
    cut.tokens
}

struct Cut<'q> {
    text: &'q str,
    at: usize,
    tokens: Vec<Token<'q>>,
}

impl<'q> Cut<'q> {
    fn next(&mut self) {
        let Some(first) = self.rest().chars().next() else {
            self.at = self.text.len();
            return;
        };
        let start = self.at;
        if first.is_ascii_digit() {
            let end = self.end_of_number(start);
            match self.end_of_word(end) {
                // "100K", "800eur" are a number and its unit; "5G", "4x4", "1080p" are words.
                unit_end if unit_end > end && is_unit(&folded(&self.text[end..unit_end])) => {
                    self.push(Kind::Number, start, end);
                    self.push(Kind::Word, end, unit_end);
                }
                word_end if word_end > end => self.push(Kind::Word, start, word_end),
                _ => self.push(Kind::Number, start, end),
            }
        } else if is_word(first) {
            let end = self.end_of_acronym(start).unwrap_or_else(|| self.end_of_word(start));
            self.push(Kind::Word, start, end);
        } else if first == '-' && self.joins_words() {
            self.at += 1;
        } else {
            let end = start + first.len_utf8();
            if first.is_whitespace() || first.is_control() {
                self.at = end;
            } else {
                self.push(Kind::Sign(plain_sign(first)), start, end);
            }
        }
    }

    fn rest(&self) -> &'q str {
        &self.text[self.at..]
    }

    fn push(&mut self, kind: Kind, start: usize, end: usize) {
        let glued = self.tokens.last().is_some_and(|last| match &self.text[last.end..start] {
            "" => true,
            "-" => kind == Kind::Word,
            _ => false,
        });
        let piece = folded(&self.text[start..end]);
        let noise: &[char] = &['\'', '.', '’'];
        let folded = match kind {
            Kind::Word if piece.contains(noise) => Cow::Owned(piece.replace(noise, "")),
            _ => piece,
        };
        self.tokens.push(Token { kind, start, end, glued, folded });
        self.at = end;
    }

    /// Digits, and any `.`, `,` or `'` that has digits on both sides.
    fn end_of_number(&self, start: usize) -> usize {
        let bytes = self.text.as_bytes();
        let digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
        let mut end = start;
        while digit(end) || (matches!(bytes.get(end), Some(b'.' | b',' | b'\'')) && digit(end + 1)) {
            end += 1;
        }
        end
    }

    /// Letters, digits and accents, and an apostrophe between letters.
    fn end_of_word(&self, start: usize) -> usize {
        let mut chars = self.text[start..].char_indices().peekable();
        while let Some((offset, c)) = chars.next() {
            let apostrophe =
                matches!(c, '\'' | '’') && offset > 0 && chars.peek().is_some_and(|(_, next)| next.is_alphabetic());
            if !is_word(c) && !apostrophe {
                return start + offset;
            }
        }
        self.text.len()
    }

    /// "U.S.", "EE.UU.": one or two letters and a full stop, at least twice.
    fn end_of_acronym(&self, start: usize) -> Option<usize> {
        let bytes = self.text.as_bytes();
        let (mut end, mut parts) = (start, 0);
        loop {
            let letters = bytes[end..].iter().take(3).take_while(|byte| byte.is_ascii_alphabetic()).count();
            if !(1..=2).contains(&letters) {
                break;
            }
            match bytes.get(end + letters) {
                Some(b'.') => (end, parts) = (end + letters + 1, parts + 1),
                Some(byte) if byte.is_ascii_alphanumeric() || !byte.is_ascii() => break,
                _ if parts > 0 => (end, parts) = (end + letters, parts + 1),
                _ => break,
            }
        }
        (parts >= 2).then_some(end)
    }

    /// Whether the hyphen here stands inside a word ("micro-influencers", "24-hour") rather than between two figures.
    fn joins_words(&self) -> bool {
        let mut around = (self.text[..self.at].chars().next_back(), self.text[self.at + 1..].chars().next());
        matches!(&mut around, (Some(before), Some(after)) if is_word(*before) && is_word(*after) && !after.is_ascii_digit())
    }
}

fn is_word(c: char) -> bool {
    if c.is_ascii() {
        c.is_ascii_alphanumeric()
    } else {
        (c.is_alphanumeric() && super::spelled::vulgar(c).is_none()) || matches!(c, '\u{300}'..='\u{36f}') || is_mark(c)
    }
}

/// Vowel signs and joiners of scripts that write words with them.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{900}'..='\u{dff}' | '\u{200c}' | '\u{200d}' | '\u{fe0f}')
}

fn plain_sign(c: char) -> char {
    match c {
        '–' | '—' | '−' | '‐' | '‑' => '-',
        '，' | '、' => ',',
        '％' => '%',
        '；' => ';',
        other => other,
    }
}

fn is_unit(letters: &str) -> bool {
    matches!(
        letters,
        "k" | "m"
            | "mm"
            | "mn"
            | "mil"
            | "mill"
            | "eur"
            | "euro"
            | "euros"
            | "usd"
            | "gbp"
            | "mxn"
            | "cop"
            | "millones"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(text: &str) -> Vec<(String, bool)> {
        tokens(text).into_iter().map(|token| (token.folded.into_owned(), token.glued)).collect()
    }

    #[test]
    fn cuts_words_numbers_and_signs() {
        for (text, expected) in [
            ("Micro-influencers, don't", "micro +influencers +, dont"),
            ("100K+ 1.5M 20.000€", "100 +k ++ 1.5 +m 20.000 +€"),
            ("$500-$2,000", "$ +500 +- +$ +2,000"),
            ("10k–50k", "10 +k +- +50 +k"),
            ("5G 4x4 1080p 24-hour", "5g 4x4 1080p 24 +hour"),
            ("U.S. EE.UU. u.k", "us eeuu uk"),
            ("end. Next", "end +. next"),
            ("más ma\u{301}s", "mas mas"),
            ("Twitter/X", "twitter +/ +x"),
        ] {
            let glued = |(word, glued): (String, bool)| if glued { format!("+{word}") } else { word };
            assert_eq!(cut(text).into_iter().map(glued).collect::<Vec<_>>().join(" "), expected, "{text}");
        }
    }
}
