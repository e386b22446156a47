use std::collections::HashMap;
use std::fmt;
use std::sync::LazyLock;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{rows, words};
use crate::text::{fold, folded};

static TABLE: LazyLock<Vec<Country>> =
    LazyLock::new(|| rows(include_str!("../../data/countries.tsv")).map(read).collect());

static BY_NAME: LazyLock<HashMap<String, CountryCode>> = LazyLock::new(|| {
    let mut by_name = HashMap::new();
    // A name is worth more than a demonym, and both more than a code: nobody's adjective hides a country.
    for names in [Country::names, Country::demonyms, Country::codes] {
        for (code, country) in countries() {
            for name in names(country) {
                by_name.entry(fold(name)).or_insert(code);
            }
        }
    }
    by_name
});

/// A country or territory of ISO 3166-1. Ordered by its two-letter code, which is also its form in JSON (`"ES"`).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CountryCode(u8);

/// The country that is meant by a code of two or three letters, an English or Spanish name, a common other name or a
/// demonym, without regard to case and accents: `"US"`, `"EEUU"`, `"Reino Unido"`, `"mexicana"`.
pub fn country(name: &str) -> Option<CountryCode> {
    let name = folded(name.trim());
    let plain = name.strip_prefix("the ").unwrap_or(&name);
    BY_NAME.get(&*name).or_else(|| BY_NAME.get(plain)).copied()
}

impl CountryCode {
    /// ISO 3166-1 alpha-2, upper case: `"ES"`.
    pub fn code(self) -> &'static str {
        self.row().codes[0]
    }

    /// ISO 3166-1 alpha-3, upper case: `"ESP"`.
    pub fn alpha3(self) -> &'static str {
        self.row().codes[1]
    }

    /// The name in English: `"Spain"`.
    pub fn english(self) -> &'static str {
        self.row().shown[0]
    }

    /// The name in Spanish: `"España"`.
    pub fn spanish(self) -> &'static str {
        self.row().shown[1]
    }

    fn row(self) -> &'static Country {
        &TABLE[usize::from(self.0)]
    }
}

/// A row of countries.tsv.
pub(crate) struct Country {
    codes: [&'static str; 2],
    shown: [&'static str; 2],
    others: Vec<&'static str>,
    pub(crate) english_demonyms: Vec<&'static str>,
    pub(crate) spanish_demonyms: Vec<&'static str>,
}

impl Country {
    /// What it is called, in either language.
    pub(crate) fn names(&self) -> Vec<&'static str> {
        self.shown.iter().chain(&self.others).copied().collect()
    }

    fn demonyms(&self) -> Vec<&'static str> {
        self.english_demonyms.iter().chain(&self.spanish_demonyms).copied().collect()
    }

    fn codes(&self) -> Vec<&'static str> {
        self.codes.to_vec()
    }
}

/// Every country with its row.
pub(crate) fn countries() -> impl Iterator<Item = (CountryCode, &'static Country)> {
    (0..=u8::MAX).map(CountryCode).zip(TABLE.iter())
}

fn read(mut cells: std::str::Split<'static, char>) -> Country {
    let mut cell = || cells.next().unwrap_or_default();
    Country {
        codes: [cell(), cell()],
        shown: [cell(), cell()],
        others: words(Some(cell())).collect(),
        english_demonyms: words(Some(cell())).collect(),
        spanish_demonyms: words(Some(cell())).collect(),
    }
}

impl fmt::Debug for CountryCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl fmt::Display for CountryCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl Serialize for CountryCode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

impl<'de> Deserialize<'de> for CountryCode {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        country(&name).ok_or_else(|| serde::de::Error::custom(format!("{name:?} is no country: send a code as \"ES\"")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_countries_by_all_their_names() {
        for (code, names) in [
            (
                "US",
                "US|us|USA|United States|the United States|the US|EEUU|EE.UU.|Estados Unidos|estadounidenses|American",
            ),
            ("GB", "UK|GB|GBR|Reino Unido|United Kingdom|England|Gran Bretaña|británica|U.K."),
            ("ES", "España|ESPANA|Spain|ESP|español|españolas|Spanish"),
            ("MX", "mexicano|Mexicana|México|Mexico|mejico|MEX"),
            ("AU", "Australia|AUS|aussie"),
            ("AT", "Austria|AUT|austríaca"),
            ("NE", "Niger"),
            ("NG", "Nigeria|nigerian"),
            ("TR", "Turkey|Türkiye|Turquía|turca"),
            ("CI", "Côte d'Ivoire|Ivory Coast|Costa de Marfil"),
            ("LC", "St. Lucia|Saint Lucia|Santa Lucía"),
            ("NL", "Holland|Países Bajos|the Netherlands|holandesas"),
            ("IN", "in|India|indian"),
            ("ML", "Mali"),
            ("KR", "South Korea|Corea del Sur|Korea|surcoreana"),
        ] {
            for name in names.split('|') {
                assert_eq!(country(name).map(CountryCode::code), Some(code), "{name}");
            }
        }
        for nothing in ["", " ", "Atlantis", "XX", "United", "\u{0}", "us a"] {
            assert_eq!(country(nothing), None, "{nothing:?}");
        }
    }

    #[test]
    fn every_country_is_found_by_its_codes_and_names() {
        assert_eq!(TABLE.len(), 249);
        for (code, row) in countries() {
            assert_eq!(code.code().len(), 2);
            assert_eq!(code.alpha3().len(), 3);
            for name in [code.code(), code.alpha3(), code.english(), code.spanish()] {
                assert_eq!(country(name), Some(code), "{name}");
            }
            assert!(row.names().iter().all(|name| country(name) == Some(code)), "{:?}", row.names());
        }
        let codes: Vec<_> = countries().map(|(code, _)| code.code()).collect();
        assert!(codes.is_sorted());
    }

    #[test]
    fn is_its_code_in_json() {
        let spain = country("Spain").unwrap();
        assert_eq!(serde_json::to_string(&spain).unwrap(), "\"ES\"");
        assert_eq!(serde_json::from_str::<CountryCode>("\"es\"").unwrap(), spain);
        assert!(serde_json::from_str::<CountryCode>("\"Mars\"").is_err());
    }
}
