//! Single cells: which say nothing, and which a spreadsheet would run as a formula.

use std::borrow::Cow;

/// What stands in a cell that has nothing to say, in lower case: by people, by spreadsheets (`#N/A`; `#N/D` in Spanish), by pandas, by databases.
const NOTHING: [&str; 17] = [
    "n/a", "#n/a", "#n/d", "n/d", "null", "(null)", "nil", "nan", "none", "<na>", "nat", "#null!", "-", "--", "–", "—",
    "\\n",
];

/// Does this text stand for nothing?
pub fn is_nothing(text: &str) -> bool {
    let text = text.trim();
    // Longer than all of these.
    text.is_empty() || (text.len() <= 8 && NOTHING.contains(&text.to_ascii_lowercase().as_str()))
}

/// Would a spreadsheet run it as a formula, or would it be taken for nothing when it comes back?
fn is_risky(text: &str) -> bool {
    let Some(first) = text.trim_start_matches(' ').chars().next() else { return false };
    matches!(first, '=' | '+' | '-' | '@' | '＝' | '＋' | '－' | '＠') || first.is_control() || is_nothing(text)
}

/// A text as a cell that no spreadsheet takes for a formula: with an apostrophe before it, where it needs one. [`as_written`] takes it
/// away again.
pub fn harmless(text: &str) -> Cow<'_, str> {
    if is_risky(text.trim_start_matches('\'')) { Cow::Owned(format!("'{text}")) } else { Cow::Borrowed(text) }
}

/// A cell as it was before it was made [`harmless`].
pub fn as_written(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(text) if is_risky(text.trim_start_matches('\'')) => text,
        _ => cell,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_says_nothing() {
        for text in ["", "  ", "N/A", "n/a", "#N/A", "null", "NULL", "NaN", "None", " - ", "—", "–", "<NA>"] {
            assert!(is_nothing(text), "{text}");
        }
        for text in ["NA", "0", "no", "Nora", "--x", "n/a.", "unknown"] {
            assert!(!is_nothing(text), "{text}");
        }
    }

    #[test]
    fn no_cell_is_a_formula() {
        for text in ["=1+1", "+1", "-1", "@SUM(A1)", "  =1", "\t=1", "\r1", "\u{1}", "-", "N/A", "'=1", "＝1"] {
            assert_eq!(harmless(text), format!("'{text}"));
        }
        for text in ["Ana = Ferreira", "", " ", "'quoted'", "a@b", "1-2"] {
            assert_eq!(harmless(text), text);
        }
    }

    proptest! {
        #[test]
        fn what_is_made_harmless_comes_back(text in "('{0,2} {0,2}[-=+@\t\r\na]?[-=+@'a1 ]{0,4}|.{0,6}|N/A|nan|-)") {
            let cell = harmless(&text);
            prop_assert_eq!(as_written(&cell), text.as_str());
            let first = cell.trim_start_matches(' ').chars().next();
            prop_assert!(first.is_none_or(|first| !matches!(first, '=' | '+' | '-' | '@') && !first.is_control()));
        }
    }
}
