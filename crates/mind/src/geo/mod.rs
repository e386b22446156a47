//! Countries, regions of the world and languages by any of the names people give them, in English and Spanish.

mod city;
mod country;
mod language;
mod region;

pub use country::{CountryCode, country};
pub use language::{LanguageCode, language};
pub use region::{Region, region};

pub(crate) use city::cities;
pub(crate) use country::countries;
pub(crate) use language::languages;
pub(crate) use region::regions;

/// The rows of one of this crate's tables: tab-separated, `#` opens a comment.
pub(crate) fn rows(table: &'static str) -> impl Iterator<Item = std::str::Split<'static, char>> {
    table.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).map(|line| line.split('\t'))
}

/// The words of one cell, which `|` divides.
pub(crate) fn words(cell: Option<&'static str>) -> impl Iterator<Item = &'static str> {
    cell.unwrap_or_default().split('|').filter(|word| !word.is_empty())
}
