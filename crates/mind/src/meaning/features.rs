//! A sentence as numbers, exactly as `tools/understanding/features.py` counts them: hashed words, pairs and triples of words, and
//! pieces of words.

use super::amounts::is_currency;
use super::numbers::counts_as_number;
use crate::text::fold;

/// Buckets are told by so many bits.
pub(super) const BITS: u32 = 15;
/// Pieces of words count less than words.
pub(super) const PIECES: f32 = 0.7;
/// Pieces are cut from words of at least so many letters.
const CUT_FROM: usize = 4;

/// Words without apostrophes; a number is `0`, a currency `$`.
fn tokens(text: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut word = String::new();
    for letter in fold(text).chars() {
        if letter.is_alphanumeric() {
            word.push(letter);
        } else if letter != '\'' {
            end(&mut word, &mut found);
            match letter {
                '$' | '\u{20ac}' | '\u{a3}' => found.push("$".into()),
                '?' | '!' | '%' | '@' => found.push(letter.into()),
                _ => {}
            }
        }
    }
    end(&mut word, &mut found);
    found
}

fn end(word: &mut String, found: &mut Vec<String>) {
    if word.is_empty() {
        return;
    }
    let mut token = std::mem::take(word);
    if token.bytes().any(|byte| byte.is_ascii_digit()) || counts_as_number(&token) {
        "0".clone_into(&mut token);
    } else if is_currency(&token) {
        "$".clone_into(&mut token);
    }
    if token != "0" || found.last().is_none_or(|last| last != "0") {
        found.push(token);
    }
}

/// FNV-1a, its high bits mixed down.
struct Hash(u32);

impl Hash {
    const fn new(kind: u8) -> Self {
        Self(0x811c_9dc5).byte(kind)
    }

    const fn byte(self, byte: u8) -> Self {
        Self((self.0 ^ byte as u32).wrapping_mul(0x0100_0193))
    }

    fn text(self, text: &str) -> Self {
        text.bytes().fold(self, Self::byte)
    }

    const fn bucket(self) -> usize {
        ((self.0 ^ (self.0 >> 15)) & ((1 << BITS) - 1)) as usize
    }
}

/// The buckets of words, and those of pieces of words.
pub(super) fn hashed(text: &str) -> (Vec<usize>, Vec<usize>) {
    let tokens = tokens(text);
    let (mut words, mut pieces) = (Vec::with_capacity(tokens.len() * 3 + 2), Vec::new());
    words.extend(tokens.iter().map(|token| Hash::new(b'1').text(token).bucket()));
    let row: Vec<&str> = ["^"].into_iter().chain(tokens.iter().map(String::as_str)).chain(["$$"]).collect();
    words.extend(row.windows(2).map(|pair| Hash::new(b'2').text(pair[0]).byte(b' ').text(pair[1]).bucket()));
    words.extend(
        row.windows(3)
            .map(|three| Hash::new(b'3').text(three[0]).byte(b' ').text(three[1]).byte(b' ').text(three[2]).bucket()),
    );
    let mut ends = Vec::new();
    for token in tokens {
        if token.chars().count() < CUT_FROM {
            continue;
        }
        let marked = format!("<{token}>");
        ends.clear();
        ends.extend(marked.char_indices().map(|(at, _)| at).chain([marked.len()]));
        for size in 3..=5 {
            pieces.extend(ends.windows(size + 1).map(|cut| Hash::new(b'c').text(&marked[cut[0]..cut[size]]).bucket()));
        }
    }
    (words, pieces)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_those_of_the_training() {
        assert_eq!(
            tokens("Don't call me, f\u{fc}nfzehnhundert Euro for R$ 1.500!"),
            ["dont", "call", "me", "0", "$", "for", "r", "$", "0", "!"]
        );
    }
}
