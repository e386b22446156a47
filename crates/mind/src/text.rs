//! Folding of text, so that "José", "JOSE" and "𝓙𝓸𝓼𝓮" compare equal: names, niches, handles, words of a query.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization;

/// Lower case, without accents, compatibility forms made plain, runs of white space and control characters made one
/// space, none at the ends: `" José  GARCÍA"` is `"jose garcia"`, `"Straße"` is `"strasse"`, `"Ø"` is `"o"`.
///
/// Folding what is folded changes nothing. The length of the answer is at most some small multiple of the input's.
pub fn fold(text: &str) -> String {
    if text.is_ascii() {
        return fold_ascii(text);
    }
    let mut folded = String::with_capacity(text.len());
    let mut gap = false;
    let mut put = |piece: char| {
        if piece.is_whitespace() || piece.is_control() {
            gap = true;
            return;
        }
        if std::mem::take(&mut gap) && !folded.is_empty() {
            folded.push(' ');
        }
        folded.push(piece);
    };
    for decomposed in text.nfkd().filter(|&c| !is_dropped(c)) {
        for lower in decomposed.to_lowercase().nfkd().filter(|&c| !is_dropped(c)) {
            match letters_of(lower) {
                Some(letters) => letters.chars().for_each(&mut put),
                None => put(lower),
            }
        }
    }
    folded.nfc().collect()
}

/// As [`fold`], but borrowing what is folded already: most words of most queries.
pub fn folded(text: &str) -> Cow<'_, str> {
    let plain = |byte: u8| byte.is_ascii_graphic() && !byte.is_ascii_uppercase();
    if text.bytes().all(plain) { Cow::Borrowed(text) } else { Cow::Owned(fold(text)) }
}

/// Whether two texts say the same but for case, accents and spacing.
pub fn same(left: &str, right: &str) -> bool {
    folded(left) == folded(right)
}

fn fold_ascii(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    let mut gap = false;
    for byte in text.bytes() {
        if byte.is_ascii_whitespace() || byte.is_ascii_control() {
            gap = true;
            continue;
        }
        if std::mem::take(&mut gap) && !folded.is_empty() {
            folded.push(' ');
        }
        folded.push(char::from(byte.to_ascii_lowercase()));
    }
    folded
}

/// Accents once they stand alone, and what has no width: joiners, directions, variation selectors, the soft hyphen.
fn is_dropped(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{2064}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}')
}

/// Letters that Unicode does not take apart, spelt as one types them without such keys.
pub(crate) fn letters_of(lower: char) -> Option<&'static str> {
    Some(match lower {
        'ß' => "ss",
        'ø' => "o",
        'æ' => "ae",
        'œ' => "oe",
        'ł' => "l",
        'đ' | 'ð' => "d",
        'þ' => "th",
        'ħ' => "h",
        'ı' => "i",
        'ŋ' => "n",
        'ŧ' => "t",
        'ς' => "σ",
        '‘' | '’' | '´' | 'ʼ' => "'",
        '“' | '”' | '„' => "\"",
        '‐' | '‑' | '–' | '—' | '−' => "-",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn folds_case_accents_and_spacing() {
        for (text, expected) in [
            ("José", "jose"),
            ("  JOSÉ \t García\n", "jose garcia"),
            ("Straße", "strasse"),
            ("STRASSE", "strasse"),
            ("Ørsted Ærø", "orsted aero"),
            ("Łódź", "lodz"),
            ("İstanbul ılık", "istanbul ilik"),
            ("Ελλάς ΕΛΛΑΣ", "ελλασ ελλασ"),
            ("𝓣𝓮𝓬𝓱 Ｍｉｋｅ ﬁt", "tech mike fit"),
            ("Jose\u{301}", "jose"),
            ("a\u{0}b", "a b"),
            ("zero\u{200b}width\u{feff}", "zerowidth"),
            ("한국어", "한국어"),
            ("日本語 ガ", "日本語 ガ"),
            ("हिन्दी", "हिन्दी"),
            ("don’t – stop", "don't - stop"),
            ("", ""),
            (" \n ", ""),
        ] {
            assert_eq!(fold(text), expected, "{text:?}");
        }
        assert!(same("Niños", "ninos"));
        assert!(!same("nino", "nina"));
        assert!(matches!(folded("vegan"), Cow::Borrowed("vegan")));
        assert!(matches!(folded("Vegan"), Cow::Owned(_)));
    }

    proptest! {
        #[test]
        fn folding_twice_is_folding_once(text in "\\PC*") {
            let once = fold(&text);
            prop_assert_eq!(fold(&once), once.clone());
            prop_assert_eq!(folded(&text), once);
        }

        #[test]
        fn ascii_takes_the_same_road(text in "[ -~\\t\\n]*") {
            let mut odd = fold(&format!("{text} é"));
            odd.truncate(odd.len() - 1);
            prop_assert_eq!(fold(&text), odd.trim_end());
        }
    }
}
