//! Lines of calendar files (RFC 5545).

use kernel::Timestamp;

/// `20260115T103000Z`.
pub fn moment(at: Timestamp) -> String {
    let text = at.to_string();
    let digits: String = text.chars().take(19).filter(|letter| !matches!(letter, '-' | ':')).collect();
    format!("{digits}Z")
}

/// A text as a property's value.
pub fn escaped(text: &str) -> String {
    let plain: String =
        text.replace("\r\n", "\n").chars().filter(|letter| *letter == '\n' || !letter.is_control()).collect();
    plain.replace('\\', "\\\\").replace(';', "\\;").replace(',', "\\,").replace('\n', "\\n")
}

/// A line of at most 75 bytes; what is longer goes on after a space in the next.
pub fn folded(line: &str) -> String {
    let (mut told, mut length) = (String::with_capacity(line.len() + 2), 0);
    for letter in line.chars() {
        if length + letter.len_utf8() > 75 {
            told.push_str("\r\n ");
            length = 1;
        }
        told.push(letter);
        length += letter.len_utf8();
    }
    told.push_str("\r\n");
    told
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn moments_are_utc() {
        assert_eq!(moment("2026-01-15T10:30:00.5Z".parse().unwrap()), "20260115T103000Z");
    }

    proptest! {
        #[test]
        fn no_text_breaks_out_of_its_line(text in "[\\PC\n\r;,\\\\]{0,300}") {
            let told = folded(&format!("SUMMARY:{}", escaped(&text)));
            for line in told.trim_end_matches("\r\n").split("\r\n") {
                prop_assert!(line.len() <= 75);
                prop_assert!(!line.contains('\n'));
            }
            prop_assert!(told.split("\r\n").skip(1).all(|line| line.is_empty() || line.starts_with(' ')));
        }
    }
}
