//! Numbers as reports tell them.

/// `1,234,567`.
pub(super) fn grouped(number: i64) -> String {
    let sign = if number < 0 { "-" } else { "" };
    format!("{sign}{}", kernel::count::grouped(number.unsigned_abs(), ','))
}

/// The same for narrow columns: in short from ten million on (`63.6M`).
pub(super) fn counted(number: i64) -> String {
    if number < 10_000_000 { grouped(number) } else { kernel::count::short(number.unsigned_abs()) }
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
        assert_eq!([counted(9_999_999), counted(63_604_687)], ["9,999,999", "63.6M"]);
        assert_eq!(or_dash(None, percent), "–");
    }
}
