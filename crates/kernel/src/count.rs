//! Counts as people write them: `125K`, `1.2M`, `950`.

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

/// Reads `125K`, `1.2M`, `950` or `125,000` (case does not matter); nothing if it is not a count below [`MOST`].
pub fn parse(text: &str) -> Option<u64> {
    parse_with_precision(text).map(|(count, _)| count)
}

/// Is `shown` a way to round `count`? `125K` stands for every count from 124 001 to 125 999.
pub fn agree(shown: &str, count: u64) -> bool {
    parse_with_precision(shown).is_some_and(|(value, last_digit)| value.abs_diff(count) < last_digit.max(1))
}

/// The count, and what its last written digit is worth.
fn parse_with_precision(text: &str) -> Option<(u64, u64)> {
    let text = text.trim();
    let (digits, unit) = match text.chars().last()?.to_ascii_uppercase() {
        letter if letter.is_ascii_digit() => (text, 1),
        letter => {
            let (unit, _) = UNITS.into_iter().find(|(_, own)| *own == letter)?;
            (text[..text.len() - 1].trim_end(), unit)
        }
    };
    let (whole, decimals) = digits.split_once('.').unwrap_or((digits, ""));
    let whole = ungrouped(whole)?;
    if digits.ends_with('.') || decimals.len() > 9 || !decimals.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let scale = 10_u64.pow(u32::try_from(decimals.len()).ok()?);
    let part = if decimals.is_empty() { 0 } else { decimals.parse::<u64>().ok()? };
    let value = (u128::from(whole) * u128::from(scale) + u128::from(part)) * u128::from(unit);
    if value % u128::from(scale) != 0 {
        return None;
    }
    let value = u64::try_from(value / u128::from(scale)).ok()?;
    (value <= MOST).then_some((value, unit / scale.min(unit)))
}

/// `125000` or `125,000`.
fn ungrouped(text: &str) -> Option<u64> {
    let mut groups = text.split(',');
    let first = groups.next()?;
    let grouped = text.contains(',');
    if first.is_empty() || (grouped && first.len() > 3) || first.len() > 15 {
        return None;
    }
    let mut digits = first.to_owned();
    for group in groups {
        if group.len() != 3 {
            return None;
        }
        digits.push_str(group);
    }
    digits.bytes().all(|b| b.is_ascii_digit()).then(|| digits.parse().ok())?
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
        for (text, count) in
            [("125K", 125_000), ("1.2m", 1_200_000), (" 950 ", 950), ("125,000", 125_000), ("1.25 K", 1250)]
        {
            assert_eq!(parse(text), Some(count), "{text}");
        }
        for text in ["", "many", "K", "1.2.3K", "-5", "1,2K", "12.5", "999999999999999", "1e9", "１K"] {
            assert_eq!(parse(text), None, "{text}");
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
