use std::collections::HashMap;
use std::fmt;
use std::sync::LazyLock;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{rows, words};
use crate::text::{fold, folded};

static TABLE: LazyLock<Vec<Language>> =
    LazyLock::new(|| rows(include_str!("../../data/languages.tsv")).map(read).collect());

static BY_NAME: LazyLock<HashMap<String, LanguageCode>> = LazyLock::new(|| {
    let mut by_name = HashMap::new();
    for names in [Language::names, Language::others] {
        for (code, language) in languages() {
            for name in names(language) {
                by_name.entry(fold(name)).or_insert(code);
            }
        }
    }
    by_name
});

/// One of the world's larger languages, in JSON its ISO 639-1 code (`"es"`).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LanguageCode(u8);

/// The language that is meant by a code of ISO 639-1 (with or without a region: `"es-MX"`), an English, Spanish or own
/// name, or a word for its speakers, without regard to case and accents: `"Castellano"`, `"deutsch"`, `"hispanohablantes"`.
pub fn language(name: &str) -> Option<LanguageCode> {
    let name = folded(name.trim());
    BY_NAME.get(&*name).copied().or_else(|| {
        let (code, region) = name.split_once(['-', '_'])?;
        let tag = code.len() == 2 && (2..=4).contains(&region.len());
        tag.then(|| BY_NAME.get(code).copied()).flatten()
    })
}

impl LanguageCode {
    /// ISO 639-1, lower case: `"es"`.
    pub fn code(self) -> &'static str {
        self.row().shown[0]
    }

    /// The name in English: `"Spanish"`.
    pub fn english(self) -> &'static str {
        self.row().shown[1]
    }

    /// The name in Spanish, lower case as one writes it there: `"español"`.
    pub fn spanish(self) -> &'static str {
        self.row().shown[2]
    }

    fn row(self) -> &'static Language {
        &TABLE[usize::from(self.0)]
    }
}

/// A row of languages.tsv.
pub(crate) struct Language {
    shown: [&'static str; 3],
    others: Vec<&'static str>,
    /// Nouns for those who speak it ("hispanohablantes"), which need no "speaking" beside them.
    pub(crate) speakers: Vec<&'static str>,
}

impl Language {
    /// Its code and names.
    fn names(&self) -> Vec<&'static str> {
        self.shown.to_vec()
    }

    fn others(&self) -> Vec<&'static str> {
        self.others.iter().chain(&self.speakers).copied().collect()
    }

    /// Its names as they come in a sentence, where a code of two letters would be a word of its own ("no", "it").
    pub(crate) fn spoken_names(&self) -> impl Iterator<Item = &'static str> {
        self.shown[1..].iter().chain(&self.others).copied()
    }
}

/// Every language with its row.
pub(crate) fn languages() -> impl Iterator<Item = (LanguageCode, &'static Language)> {
    (0..=u8::MAX).map(LanguageCode).zip(TABLE.iter())
}

fn read(mut cells: std::str::Split<'static, char>) -> Language {
    let mut cell = || cells.next().unwrap_or_default();
    Language {
        shown: [cell(), cell(), cell()],
        others: words(Some(cell())).collect(),
        speakers: words(Some(cell())).collect(),
    }
}

impl fmt::Debug for LanguageCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl fmt::Display for LanguageCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl Serialize for LanguageCode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

impl<'de> Deserialize<'de> for LanguageCode {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        language(&name)
            .ok_or_else(|| serde::de::Error::custom(format!("{name:?} is no language: send a code as \"es\"")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_languages_by_all_their_names() {
        for (code, names) in [
            ("es", "es|ES|Spanish|español|Espanol|castellano|hispanohablantes|es-MX|es_419"),
            ("en", "en|English|inglés|ingles|en-US"),
            ("de", "German|alemán|Deutsch|DE"),
            ("pt", "português|portuguese|Portugués|pt-BR"),
            ("zh", "Chinese|mandarin|中文|chino"),
            ("hi", "Hindi|हिन्दी"),
            ("ca", "català|Catalan|catalán"),
            ("ja", "日本語|Japanese"),
        ] {
            for name in names.split('|') {
                assert_eq!(language(name).map(LanguageCode::code), Some(code), "{name}");
            }
        }
        for nothing in ["", "Klingon", "xx", "es-", "english-speaking"] {
            assert_eq!(language(nothing), None, "{nothing:?}");
        }
    }

    #[test]
    fn every_language_is_found_by_its_code_and_names() {
        assert!(TABLE.len() >= 60);
        for (code, _) in languages() {
            for name in [code.code(), code.english(), code.spanish()] {
                assert_eq!(language(name), Some(code), "{name}");
            }
        }
    }
}
