//! Counts as people write them: `125K`, `1.2M`, `950`.

use crate::numeral::{Hint, Kind, Refused, Written};

const UNITS: [(u64, char); 3] = [(1_000_000_000, 'B'), (1_000_000, 'M'), (1_000, 'K')];

/// The largest count that is believed, of followers or views: more than there are people, less than wraps anything.
pub const MOST: u64 = 100_000_000_000;

/// A count in its short form, with at most one decimal: `374K`, `1.2M`, `950`.
pub fn short(count: u64) -> String {
    for (unit, letter) in UNITS {
        // Rounded to a tenth of the unit, 999 950 belongs to the next unit already.
        if count >= unit - unit / 20_000 * u64::from(unit > 1000) && count + unit / 20_000 >= unit {
            let tenths = (u128::from(count) * 10 + u128::from(unit) / 2) / u128::from(unit);
            let (whole, tenth) = (tenths / 10, tenths % 10);
            return if tenth == 0 { format!("{whole}{letter}") } else { format!("{whole}.{tenth}{letter}") };
        }
    }
    count.to_string()
}

/// Digits in groups of three: `1,234,567`.
pub fn grouped(number: u64, separator: char) -> String {
    let digits = number.to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.char_indices() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(separator);
        }
        grouped.push(digit);
    }
    grouped
}

/// Reads `125K`, `1.2M`, `950` or `125,000` (case does not matter); nothing if it is not a count up to [`MOST`], or may be two.
pub fn parse(text: &str) -> Option<u64> {
    read(text).ok().map(|(_, count)| count)
}

/// Reads a count, and how it is told in short as it was written: `1,2 m` is `1.2M`.
pub fn read(text: &str) -> Result<(String, u64), Refused> {
    let (shown, count, _) = read_with_precision(text)?;
    Ok((shown, count))
}

/// Is `shown` a way to round `count`? `125K` stands for every count from 124 001 to 125 999.
pub fn agree(shown: &str, count: u64) -> bool {
    read_with_precision(shown).is_ok_and(|(_, value, last_digit)| value.abs_diff(count) < last_digit.max(1))
}

/// The count as it is told, its value, and what its last written digit is worth.
fn read_with_precision(text: &str) -> Result<(String, u64, u64), Refused> {
    let written = Written::parse(text)?;
    if written.is_money() {
        return Err(Refused::NoNumber);
    }
    let value = written.read(Kind::WHOLE, Hint::PROGRAMS)?;
    let count = value.whole().and_then(|whole| u64::try_from(whole).ok()).filter(|count| *count <= MOST);
    let (shown, last_digit) = written.short(value);
    count.map(|count| (shown, count, last_digit)).ok_or(Refused::NoNumber)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_counts_as_in_the_documents() {
        for (count, shown) in [
            (0, "0"),
            (950, "950"),
            (999, "999"),
            (1000, "1K"),
            (1249, "1.2K"),
            (1250, "1.3K"),
            (125_000, "125K"),
            (374_000, "374K"),
            (999_949, "999.9K"),
            (999_950, "1M"),
            (1_200_000, "1.2M"),
            (999_950_000, "1B"),
            (5_050_000_000, "5.1B"),
        ] {
            assert_eq!(short(count), shown, "{count}");
        }
    }

    #[test]
    fn reads_what_people_write() {
        for (text, count) in [
            ("125K", 125_000),
            ("1.2m", 1_200_000),
            (" 950 ", 950),
            ("125,000", 125_000),
            ("1.25 K", 1250),
            ("1,2K", 1200),
        ] {
            assert_eq!(parse(text), Some(count), "{text}");
        }
        for text in ["", "many", "K", "1.2.3K", "-5", "125.000", "12.5", "999999999999999", "1e9", "１K"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn what_is_shown_is_written_in_one_way() {
        for (text, shown) in
            [("1,2 m", "1.2M"), ("1.20M", "1.20M"), ("125,000", "125000"), ("1.25 K", "1.25K"), ("1 234", "1234")]
        {
            assert_eq!(read(text).unwrap().0, shown, "{text}");
            assert_eq!(parse(shown), parse(text), "{text}");
        }
    }

    #[test]
    fn agreement_allows_rounding_only() {
        assert!(agree("125K", 125_400) && agree("125K", 124_600) && agree("950", 950));
        assert!(!agree("125K", 999) && !agree("125K", 126_000) && !agree("951", 950) && !agree("many", 1));
    }

    #[test]
    fn every_short_count_reads_back_and_agrees() {
        for count in (0..3_000_000).step_by(37).chain((0..100_000_000_000).step_by(123_456_789)) {
            assert!(agree(&short(count), count), "{count} is shown as {}", short(count));
        }
    }
}
