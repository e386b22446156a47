//! Whether two tags, mentions or codes are the same to a platform, and how they differ if they only look so.

use unicode_normalization::UnicodeNormalization as _;

use super::text::{fold_char, is_invisible};

/// How what stands in a caption compares with what is asked.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Likeness {
    Same,
    /// The same but for accents.
    Accents,
    /// It looks the same and is not: this letter is another.
    LooksAlike(char),
    Other,
}

/// Compatibility forms made plain, without what cannot be seen, in lower case.
pub(super) fn key(text: &str) -> String {
    text.nfkc().filter(|&c| !is_invisible(c)).flat_map(char::to_lowercase).nfkc().collect()
}

/// [`key`] without accents.
pub(super) fn plain(text: &str) -> String {
    let mut plain = String::new();
    for c in text.nfkc() {
        fold_char(c, false, &mut plain);
    }
    plain
}

pub(super) fn compare(found: &str, asked: &str) -> Likeness {
    let (found_key, asked_key) = (key(found), key(asked));
    if found_key == asked_key {
        return Likeness::Same;
    }
    if plain(found) == plain(asked) {
        return Likeness::Accents;
    }
    let looks = |text: &str| unicode_security::skeleton(text).collect::<String>();
    // In capitals and in small letters: "І" looks like "I", "і" like "i".
    let alike = looks(&found_key) == looks(&asked_key) || looks(&plain(found)) == looks(&plain(asked));
    if alike {
        let other = found_key.chars().find(|&c| !c.is_ascii() && !asked_key.contains(c));
        let other = other.or_else(|| found_key.chars().zip(asked_key.chars()).find(|(a, b)| a != b).map(|(a, _)| a));
        return Likeness::LooksAlike(other.unwrap_or('?'));
    }
    Likeness::Other
}

/// A mark that belongs to the letter before it.
pub(super) fn is_mark(c: char) -> bool {
    unicode_normalization::char::is_combining_mark(c)
}
