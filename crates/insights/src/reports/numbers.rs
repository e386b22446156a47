//! Numbers as reports tell them.

use kernel::{Currency, Money};

/// `1,234,567`.
pub(super) fn grouped(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut told = String::with_capacity(digits.len() + digits.len() / 3 + 1);
    if number < 0 {
        told.push('-');
    }
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            told.push(',');
        }
        told.push(digit);
    }
    told
}

/// The same for narrow columns: in short from ten million on (`63.6M`).
pub(super) fn counted(number: i64) -> String {
    if number < 10_000_000 { grouped(number) } else { kernel::count::short(number.unsigned_abs()) }
}

/// `USD 1,200.00`; whole for a currency without decimals.
pub(super) fn amount(currency: Currency, amount: Money) -> String {
    let sign = if amount.minor() < 0 { "-" } else { "" };
    let minor = amount.minor().unsigned_abs();
    let whole = grouped((minor / 100).cast_signed());
    if currency.decimals() == 0 {
        format!("{currency} {sign}{whole}")
    } else {
        format!("{currency} {sign}{whole}.{:02}", minor % 100)
    }
}

/// Of what may not be known.
pub(super) fn or_dash<T>(value: Option<T>, told: impl Fn(T) -> String) -> String {
    value.map_or_else(|| "–".to_owned(), told)
}

/// `6.58 %`.
pub(super) fn percent(rate: f64) -> String {
    format!("{rate:.2} %")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_people_write_them() {
        assert_eq!(
            [grouped(0), grouped(999), grouped(1_000), grouped(-1_234_567)],
            ["0", "999", "1,000", "-1,234,567"]
        );
        assert_eq!(amount(Currency::USD, Money::from_minor(-123_456)), "USD -1,234.56");
        assert_eq!(amount(Currency::parse("JPY").unwrap(), Money::from_minor(500_000)), "JPY 5,000");
        assert_eq!([counted(9_999_999), counted(63_604_687)], ["9,999,999", "63.6M"]);
        assert_eq!(or_dash(None, percent), "–");
    }
}
