//! How figures are written in explanations.

/// A rate given in thousandths of a percent, with at most two decimals: `5.9%`, `0.87%`.
pub(super) fn rate(thousandths: u32) -> String {
    let hundredths = (u64::from(thousandths) + 5) / 10;
    match (hundredths / 100, hundredths % 100) {
        (whole, 0) => format!("{whole}%"),
        (whole, part) if part % 10 == 0 => format!("{whole}.{}%", part / 10),
        (whole, part) => format!("{whole}.{part:02}%"),
    }
}

/// `a, b and c`.
pub(super) fn list<T: AsRef<str>>(items: &[T]) -> String {
    match items {
        [] => String::new(),
        [only] => only.as_ref().to_owned(),
        [first @ .., last] => {
            let first: Vec<_> = first.iter().map(AsRef::as_ref).collect();
            format!("{} and {}", first.join(", "), last.as_ref())
        }
    }
}

/// The first letter in upper case.
pub(super) fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_as_in_the_documents() {
        assert_eq!(
            [5900, 870, 1005, 3000, 120, 4, 5].map(rate),
            ["5.9%", "0.87%", "1.01%", "3%", "0.12%", "0%", "0.01%"]
        );
    }

    #[test]
    fn lists_read_like_sentences() {
        assert_eq!(list(&["a", "b", "c"]), "a, b and c");
        assert_eq!((list(&["a"]), list::<&str>(&[]), capital("ñu")), ("a".into(), String::new(), "Ñu".into()));
    }
}
