//! Figures as one writes them.

use kernel::count::grouped;

use super::Lang;

/// "100K+", "10K–100K", "up to €800".
pub(super) fn compact(min: Option<String>, max: Option<String>) -> Option<String> {
    Some(match (min, max) {
        (None, None) => return None,
        (Some(min), None) => format!("{min}+"),
        (None, Some(max)) => format!("up to {max}"),
        (Some(min), Some(max)) => format!("{min}–{max}"),
    })
}

/// The bound of a tier is one below a round number, which is what one says.
pub(super) fn rounded_up(max: u64) -> u64 {
    if max >= 999 && (max + 1).is_multiple_of(1_000) { max + 1 } else { max }
}

/// "950", "125K", "1.5M"; all digits where shortening would change the number.
pub(super) fn short_count(value: u64) -> String {
    for (unit, letter) in [(1_000_000, 'M'), (1_000, 'K')] {
        if value >= unit && value.is_multiple_of(unit / 10) {
            let tenths = value % unit / (unit / 10);
            let whole = grouped(value / unit, ',');
            return if tenths == 0 { format!("{whole}{letter}") } else { format!("{whole}.{tenths}{letter}") };
        }
    }
    grouped(value, ',')
}

pub(super) fn percent(value: f64) -> String {
    let rounded = format!("{value:.2}");
    format!("{}%", rounded.trim_end_matches('0').trim_end_matches('.'))
}

/// Money as one writes it: `$2,000` and `€800` in English, `2.000 $` and `800 €` in Spanish, the code where there is no sign.
pub(super) fn money(minor: i64, currency: Option<&str>, lang: Lang) -> String {
    let (thousands, decimals) = if lang == Lang::En { (',', '.') } else { ('.', ',') };
    let cents = minor.unsigned_abs() % 100;
    let mut digits = grouped(minor.unsigned_abs() / 100, thousands);
    if cents > 0 {
        digits = format!("{digits}{decimals}{cents:02}");
    }
    let sign = match currency {
        Some("EUR") => "€",
        Some("USD") => "$",
        Some("GBP") => "£",
        Some(code) => return format!("{digits} {code}"),
        None => return digits,
    };
    if lang == Lang::En { format!("{sign}{digits}") } else { format!("{digits} {sign}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shortens_only_what_stays_the_same_number() {
        for (value, short) in [
            (950, "950"),
            (1_000, "1K"),
            (1_250, "1,250"),
            (12_500, "12.5K"),
            (125_000, "125K"),
            (1_500_000, "1.5M"),
            (999_999, "999,999"),
            (1_250_000, "1,250K"),
            (0, "0"),
        ] {
            assert_eq!(short_count(value), short);
        }
    }

    #[test]
    fn writes_money_as_the_language_does() {
        assert_eq!(money(200_000, Some("USD"), Lang::En), "$2,000");
        assert_eq!(money(200_050, Some("EUR"), Lang::Es), "2.000,50 €");
        assert_eq!(money(80_000, Some("MXN"), Lang::Es), "800 MXN");
        assert_eq!(money(80_000, None, Lang::En), "800");
    }
}
