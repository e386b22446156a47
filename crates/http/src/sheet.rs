//! How tables are asked for and sent: their dialect, and what their numbers are written with.

use axum::http::HeaderMap;
use axum::http::header::ACCEPT;
use input::Input;
use input::table::{Delimiter, Dialect};
use kernel::numeral::Mark;

/// What is said of a table that comes in.
#[derive(Clone, Copy, Debug, Default, Input)]
pub struct Numbers {
    /// The mark before the decimals of the file's numbers. Without it the file shows it: all values of a column, the other columns, the
    /// delimiter. A value that stays ambiguous is refused with both readings.
    #[input(one_of(&["point", "comma"]), example = "comma")]
    decimal: Option<&'static str>,
}

impl Numbers {
    /// The mark, if it is said.
    pub fn mark(self) -> Option<Mark> {
        self.decimal.map(|name| if name == "comma" { Mark::Comma } else { Mark::Point })
    }
}

/// How a table is wanted.
#[derive(Clone, Copy, Debug, Default, Input)]
pub struct Sheet {
    /// What stands between the cells of CSV. With semicolons, decimals stand behind commas: so spreadsheets open it where the comma is
    /// the decimal mark.
    #[input(one_of(&["comma", "semicolon", "tab"]), default = "comma")]
    delimiter: &'static str,
    /// True to begin CSV with a byte order mark, by which Excel sees that it is UTF-8. Left out, browsers get one, and whoever accepts
    /// `application/vnd.ms-excel`.
    #[input(flag)]
    bom: Option<bool>,
}

impl Sheet {
    /// The dialect that suits whoever asks.
    pub fn dialect(self, headers: &HeaderMap) -> Dialect {
        let accepted =
            headers.get(ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default().to_ascii_lowercase();
        let for_eyes = ["text/html", "application/vnd.ms-excel"].iter().any(|kind| accepted.contains(kind));
        Dialect { delimiter: Delimiter::named(self.delimiter).unwrap_or_default(), mark: self.bom.unwrap_or(for_eyes) }
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn browsers_and_spreadsheets_get_a_mark() {
        let sheet = |query: &str| input::form::read_query::<Sheet>(query).unwrap();
        let accepting = |kinds: &'static str| HeaderMap::from_iter([(ACCEPT, HeaderValue::from_static(kinds))]);
        for (query, headers, mark) in [
            ("", HeaderMap::new(), false),
            ("", accepting("*/*"), false),
            ("", accepting("text/csv"), false),
            ("", accepting("text/html,application/xhtml+xml,*/*;q=0.8"), true),
            ("bom=false", accepting("text/html"), false),
            ("", accepting("application/vnd.ms-excel"), true),
            ("bom=true", HeaderMap::new(), true),
        ] {
            assert_eq!(sheet(query).dialect(&headers).mark, mark, "{query} {headers:?}");
        }
        assert_eq!(sheet("delimiter=semicolon").dialect(&HeaderMap::new()).delimiter, Delimiter::Semicolon);
        assert!(input::form::read_query::<Sheet>("delimiter=x").is_err());
    }
}
