//! When a document says that it is from, or valid from.

use super::words;

/// The age of a document, as far as it tells.
#[derive(Clone, Copy, PartialEq, PartialOrd, Debug, Default)]
pub(super) struct Dated {
    /// Days since 1970-01-01 that its title or first lines say, or that the caller does.
    pub stated: Option<i32>,
    /// Days since 1970-01-01 when it was added.
    pub added: Option<i32>,
    /// It calls itself old: archived, superseded, no longer valid.
    pub retired: bool,
}

/// What a document says of itself when it no longer holds.
const RETIRED: &[&str] = &[
    "archived",
    "archive",
    "superseded",
    "obsolete",
    "outdated",
    "deprecated",
    "no longer valid",
    "old version",
    "expired",
    "old price",
    "archivado",
    "obsoleto",
    "obsoleta",
    "derogado",
    "derogada",
    "sustituido",
    "sustituida",
    "ya no es valid",
    "version antigua",
    "caducado",
    "caducada",
    "antigua tarifa",
    "antiguas tarifas",
    "tarifas antiguas",
    "precios antiguos",
    "historico",
];

const MONTHS: [[&str; 4]; 12] = [
    ["january", "jan", "enero", "ene"],
    ["february", "feb", "febrero", "feb"],
    ["march", "mar", "marzo", "mar"],
    ["april", "apr", "abril", "abr"],
    ["may", "may", "mayo", "may"],
    ["june", "jun", "junio", "jun"],
    ["july", "jul", "julio", "jul"],
    ["august", "aug", "agosto", "ago"],
    ["september", "sep", "septiembre", "sept"],
    ["october", "oct", "octubre", "oct"],
    ["november", "nov", "noviembre", "nov"],
    ["december", "dec", "diciembre", "dic"],
];

impl Dated {
    /// From the title, the first lines, and what the caller knows.
    pub(super) fn of(title: &str, start: &str, dated: Option<i32>, added: Option<i32>) -> Self {
        let head = &start[..start.floor_char_boundary(400)];
        let folded = crate::text::fold(&format!("{title}\n{}", &head[..head.floor_char_boundary(200)]));
        let retired = RETIRED.iter().any(|sign| folded.contains(sign));
        Self { stated: stated_in(title).or(dated).or_else(|| stated_in(head)), added, retired }
    }

    /// Whether this one is newer than another, as far as both tell: by what they say, else by when they were added.
    pub(super) fn newer_than(&self, other: &Self) -> bool {
        if self.retired != other.retired {
            return other.retired;
        }
        match (self.stated, other.stated) {
            (Some(own), Some(its)) if own != its => own > its,
            (Some(_), Some(_)) => self.added > other.added,
            // What says no date is taken to be of the day it was added, when that is known.
            (Some(own), None) => other.added.is_some_and(|its| own > its),
            (None, Some(its)) => self.added.is_some_and(|own| own > its),
            (None, None) => match (self.added, other.added) {
                (Some(own), Some(its)) => own > its,
                _ => false,
            },
        }
    }
}

/// The latest date that a text says, in days since 1970-01-01; of a month its first day, of a year its first day.
pub(super) fn stated_in(text: &str) -> Option<i32> {
    let mut all: Vec<String> = Vec::new();
    words::each(text, |word| all.push(word.folded.into_owned()));
    let year = |word: &str| word.parse::<i32>().ok().filter(|year| word.len() == 4 && (2000..2100).contains(year));
    let month = |word: &str| (1..).zip(&MONTHS).find(|(_, names)| names.contains(&word)).map(|(month, _)| month);
    let mut latest = None;
    for (i, word) in all.iter().enumerate() {
        let pieces: Vec<i32> = word.split('.').filter_map(|piece| piece.parse().ok()).collect();
        let day = if let [day, month, year] = pieces[..]
            && (1..=31).contains(&day)
            && (1..=12).contains(&month)
            && (2000..2100).contains(&year)
        {
            Some(days(year, month, day))
        } else if let Some(year) = year(word) {
            let number = |at: usize| all.get(at).and_then(|word| word.parse::<i32>().ok());
            let before: Vec<&String> = all[i.saturating_sub(4)..i].iter().rev().collect();
            let named = before.iter().take(3).position(|word| month(word).is_some());
            if let Some(place) = named {
                // "12 March 2026", "March 12, 2026", "12 de marzo de 2026".
                let near = [i.checked_sub(place + 2), i.checked_sub(place + 3), Some(i - place)];
                let day = near
                    .into_iter()
                    .flatten()
                    .filter(|&at| at < i)
                    .find_map(|at| number(at).filter(|day| (1..=31).contains(day)));
                Some(days(year, month(before[place]).unwrap_or(1), day.unwrap_or(1)))
            } else if let (Some(month @ 1..=12), Some(day @ 1..=31)) = (number(i + 1), number(i + 2)) {
                Some(days(year, month, day))
            } else if let (Some(month @ 1..=12), Some(day @ 1..=31)) =
                (i.checked_sub(1).and_then(number), i.checked_sub(2).and_then(number))
            {
                Some(days(year, month, day))
            } else if let Some(month @ 1..=12) = number(i + 1) {
                Some(days(year, month, 1))
            } else {
                Some(days(year, 1, 1))
            }
        } else {
            None
        };
        latest = latest.max(day);
    }
    latest
}

/// Days since 1970-01-01 of a date of the Gregorian calendar.
const fn days(year: i32, month: i32, day: i32) -> i32 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year - era * 400;
    let of_year = (153 * (month + if month > 2 { -3 } else { 9 }) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_as_people_write_them() {
        for (text, expected) in [
            ("Prices 2026", Some((2026, 1, 1))),
            ("Price list, 12 March 2026", Some((2026, 3, 12))),
            ("Updated March 12, 2026", Some((2026, 3, 12))),
            ("Actualizado el 5 de septiembre de 2025", Some((2025, 9, 5))),
            ("prices-2025-11-30.xlsx", Some((2025, 11, 30))),
            ("Valid from 01/02/2026", Some((2026, 2, 1))),
            ("Tarifas 01.02.2026", Some((2026, 2, 1))),
            ("Marzo 2026 (antes: enero 2024)", Some((2026, 3, 1))),
            ("Room 1200", None),
        ] {
            assert_eq!(stated_in(text), expected.map(|(y, m, d)| days(y, m, d)), "{text}");
        }
        assert_eq!(days(1970, 1, 1), 0);
        assert_eq!(days(2000, 3, 1), 11_017);
    }

    #[test]
    fn the_newer_of_two() {
        let old = Dated::of("Prices 2024", "", None, Some(20_000));
        let new = Dated::of("Prices 2026", "", None, Some(19_000));
        assert!(new.newer_than(&old) && !old.newer_than(&new));
        let retired = Dated::of("Prices (archived)", "", None, Some(30_000));
        assert!(old.newer_than(&retired) && !retired.newer_than(&old));
        let [first, second] = [1, 2].map(|day| Dated::of("Prices", "", None, Some(day)));
        assert!(second.newer_than(&first) && !first.newer_than(&second));
    }
}
