//! How numbers are shown: a workbook keeps a date as the number of days since 1900, and 20 % as 0.2.

use std::collections::HashMap;

use crate::model::{Limits, Unreadable};
use crate::xml::{Node, Xml};

/// What a number is shown as.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) enum Format {
    #[default]
    General,
    Date,
    Time,
    DateTime,
    Percent,
    /// With a sign of money before it or after it.
    Money {
        sign: String,
        before: bool,
    },
}

#[derive(Default)]
pub(super) struct Formats {
    of_cells: Vec<Format>,
    pub(super) from_1904: bool,
}

impl Formats {
    pub(super) fn read(text: &str, limits: &Limits, what: &'static str) -> Result<Self, Unreadable> {
        let mut own: HashMap<u32, Format> = HashMap::new();
        let mut formats = Self::default();
        let mut xml = Xml::new(text, limits, what);
        let mut of_cells = false;
        while let Some(node) = xml.next()? {
            match node {
                Node::Start(element) => match element.name.as_str() {
                    "numFmt" => {
                        let id = element.get("numFmtId").and_then(|id| id.parse().ok());
                        if let (Some(id), Some(code)) = (id, element.get("formatCode")) {
                            own.insert(id, of_code(&code));
                        }
                    }
                    "cellXfs" => of_cells = true,
                    "xf" if of_cells => {
                        let id = element.get("numFmtId").and_then(|id| id.parse().ok()).unwrap_or(0);
                        formats.of_cells.push(own.get(&id).cloned().unwrap_or_else(|| built_in(id)));
                    }
                    _ => {}
                },
                Node::End(name) if name == "cellXfs" => of_cells = false,
                _ => {}
            }
        }
        Ok(formats)
    }

    pub(super) fn of(&self, cell: usize) -> &Format {
        self.of_cells.get(cell).unwrap_or(&Format::General)
    }
}

/// Formats that every workbook has (ECMA-376, part 1, 18.8.30; 27 to 58 are dates of East Asia).
fn built_in(id: u32) -> Format {
    match id {
        9 | 10 => Format::Percent,
        14..=17 | 27..=31 | 36 | 50..=54 | 57 | 58 => Format::Date,
        18..=21 | 32..=35 | 45..=47 | 55 | 56 => Format::Time,
        22 => Format::DateTime,
        _ => Format::General,
    }
}

/// What a format says in its first part, which is that of positive numbers: `dd/mm/yyyy`, `[$€-2] #,##0.00`, `0%`.
fn of_code(code: &str) -> Format {
    let mut plain = String::new();
    let mut money: Option<(String, bool)> = None;
    let mut letters = code.chars();
    let money_of =
        |text: &str| text.chars().find(|letter| "$€£¥₽₹₺₩".contains(*letter)).map(|letter| letter.to_string());
    while let Some(letter) = letters.next() {
        let before = !plain.contains(['0', '#', '?']);
        match letter {
            ';' => break,
            '\\' | '_' | '*' => {
                letters.next();
            }
            '"' => {
                let text: String = letters.by_ref().take_while(|letter| *letter != '"').collect();
                money = money.or_else(|| money_of(&text).map(|sign| (sign, before)));
            }
            '[' => {
                let text: String = letters.by_ref().take_while(|letter| *letter != ']').collect();
                let text = text.to_lowercase();
                if let Some(rest) = text.strip_prefix('$') {
                    let sign = rest.split('-').next().unwrap_or_default().to_uppercase();
                    money = money.or_else(|| (!sign.is_empty()).then_some((sign, before)));
                } else if ["h", "hh", "m", "mm", "s", "ss"].contains(&text.as_str()) {
                    plain.push('h');
                }
            }
            _ => {
                money = money.or_else(|| money_of(&letter.to_string()).map(|sign| (sign, before)));
                plain.extend(letter.to_lowercase());
            }
        }
    }
    let plain = plain.replace("general", "").replace("am/pm", "").replace("a/p", "");
    let (day, time) = (plain.contains(['d', 'y']), plain.contains(['h', 's']));
    match (day, time, plain.contains('m')) {
        (true, true, _) => Format::DateTime,
        (false, true, _) => Format::Time,
        (true, false, _) | (false, false, true) => Format::Date,
        _ if plain.contains('%') => Format::Percent,
        _ => money.map_or(Format::General, |(sign, before)| Format::Money { sign, before }),
    }
}

/// A number as it is shown.
pub(super) fn shown(value: &str, format: &Format, from_1904: bool) -> String {
    let Some(number) = value.parse::<f64>().ok().filter(|number| number.is_finite()) else { return value.to_owned() };
    let date = || (0.0..2_958_466.0).contains(&number).then(|| moment(number, from_1904));
    match format {
        Format::General => plain(number, value),
        Format::Percent => format!("{}%", plain(number * 100.0, value)),
        Format::Money { sign, before: true } => format!("{sign}{}", cents(number, value)),
        Format::Money { sign, before: false } => format!("{} {sign}", cents(number, value)),
        Format::Date => date().map_or_else(|| plain(number, value), |(day, _)| day),
        Format::Time => date().map_or_else(|| plain(number, value), |(_, time)| time),
        Format::DateTime => date().map_or_else(|| plain(number, value), |(day, time)| format!("{day} {time}")),
    }
}

/// A number without what binary fractions add: `19.99`, not `19.989999999999998`. Fifteen digits are what a cell keeps.
fn plain(number: f64, value: &str) -> String {
    if number == 0.0 {
        return "0".to_owned();
    }
    if !(1e-9..1e15).contains(&number.abs()) {
        return value.to_owned();
    }
    let rounded = format!("{number:.14e}").parse().unwrap_or(number);
    format!("{rounded}")
}

fn cents(number: f64, value: &str) -> String {
    let plain = plain((number * 100.0).round() / 100.0, value);
    match plain.split_once('.') {
        Some((_, cents)) if cents.len() == 1 => format!("{plain}0"),
        _ => plain,
    }
}

/// Day and time of a number of days: `2026-03-01`, `09:30`.
fn moment(number: f64, from_1904: bool) -> (String, String) {
    let minutes = (number * 1440.0).round() as i64;
    let (days, minute) = (minutes.div_euclid(1440), minutes.rem_euclid(1440));
    // Day 60 is the 29th of February 1900, which never was.
    let since_1900 = if days < 60 { days + 1 } else { days };
    let days = if from_1904 { days + 1462 } else { since_1900 };
    let (year, month, day) = civil(days - 25_569);
    (format!("{year:04}-{month:02}-{day:02}"), format!("{:02}:{:02}", minute / 60, minute % 60))
}

/// Year, month and day of so many days after the 1st of January 1970 (Howard Hinnant, `civil_from_days`).
fn civil(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (year + era * 400 + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_shown_as_the_workbook_shows_them() {
        let show = |value: &str, code: &str| shown(value, &of_code(code), false);
        assert_eq!(show("45292", "dd/mm/yyyy"), "2024-01-01");
        assert_eq!(show("45292.395833333336", "d mmm yy\\ h:mm"), "2024-01-01 09:30");
        assert_eq!(show("0.395833333333333", "h:mm AM/PM"), "09:30");
        assert_eq!(show("0.2", "0%"), "20%");
        assert_eq!(show("19.989999999999998", "General"), "19.99");
        assert_eq!(show("20.5", "\"$\"#,##0.00"), "$20.50");
        assert_eq!(show("20", "#,##0.00\\ [$€-40A]"), "20 €");
        assert_eq!(show("1234567", "#,##0"), "1234567");
        assert_eq!(show("3", "0 \"days\""), "3");
        assert_eq!(show("1", "[Red]0"), "1");
        assert_eq!(shown("0", &Format::Date, true), "1904-01-01");
        assert_eq!(shown("59", &Format::Date, false), "1900-02-28");
        assert_eq!(shown("61", &Format::Date, false), "1900-03-01");
        assert_eq!(shown("-5", &Format::Date, false), "-5");
        assert_eq!(shown("1e300", &Format::General, false), "1e300");
        assert_eq!(shown("nan", &Format::Date, false), "nan");
    }
}
