use std::sync::LazyLock;

use super::{CountryCode, country, rows, words};
use crate::text::folded;

static TABLE: LazyLock<Vec<Region>> =
    LazyLock::new(|| rows(include_str!("../../data/regions.tsv")).map(read).collect());

/// A part of the world that one names when one means several countries: "LATAM", "Europe", "DACH".
#[derive(Debug, PartialEq, Eq)]
pub struct Region {
    /// As one says it in an English sentence, with its article: `"Latin America"`, `"the Caribbean"`.
    pub english: &'static str,
    /// As one says it in a Spanish sentence, with its article: `"Latinoamérica"`, `"el Caribe"`.
    pub spanish: &'static str,
    /// The countries in it, in the order of their codes.
    pub countries: Vec<CountryCode>,
    pub(crate) others: Vec<&'static str>,
}

/// The region of that name, English or Spanish, without regard to case and accents.
pub fn region(name: &str) -> Option<&'static Region> {
    let name = folded(name.trim());
    regions().find(|region| region.names().any(|known| folded(known) == name))
}

impl Region {
    pub(crate) fn names(&self) -> impl Iterator<Item = &'static str> {
        [self.english, self.spanish].into_iter().chain(self.others.iter().copied())
    }
}

/// Every region.
pub(crate) fn regions() -> std::slice::Iter<'static, Region> {
    TABLE.iter()
}

fn read(mut cells: std::str::Split<'static, char>) -> Region {
    let mut cell = || cells.next().unwrap_or_default();
    let (english, spanish, others) = (cell(), cell(), words(Some(cell())).collect());
    let mut countries: Vec<_> = cell().split(',').filter_map(country).collect();
    countries.sort_unstable();
    Region { english, spanish, countries, others }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_regions() {
        let latam = region("latam").unwrap();
        assert_eq!(latam, region("Latinoamérica").unwrap());
        assert_eq!(latam.countries.len(), 20);
        assert!(latam.countries.contains(&country("Mexico").unwrap()));
        assert!(region("Atlantis").is_none());
    }

    #[test]
    fn names_every_country_by_a_code_that_exists() {
        for mut cells in rows(include_str!("../../data/regions.tsv")) {
            let codes: Vec<_> = cells.next_back().unwrap().split(',').collect();
            assert!(codes.iter().all(|code| country(code).is_some_and(|known| known.code() == *code)), "{codes:?}");
        }
    }
}
