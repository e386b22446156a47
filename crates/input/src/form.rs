//! Queries and forms: `a=1&b=2`, decoded and read as an input.

use std::borrow::Cow;

use kernel::{Error, Kind, Result};
use percent_encoding::percent_decode_str;

use crate::{Fields, Input};

/// Reads a query as it stands in the address.
pub fn read_query<T: Input>(query: &str) -> Result<T> {
    Fields::of_text("query", pairs(query)?).read()
}

/// Reads what a page's form sends (`application/x-www-form-urlencoded`).
pub fn read_form<T: Input>(body: &[u8]) -> Result<T> {
    let text = std::str::from_utf8(body).map_err(|_| Error::new(Kind::BadRequest, "The form is not valid UTF-8"))?;
    Fields::of_text("form", pairs(text)?).read()
}

/// The pairs, decoded. [`Kind::BadRequest`] for text that is not UTF-8 or holds a NUL character.
pub fn pairs(query: &str) -> Result<Vec<(String, String)>> {
    let pairs = query.split('&').filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            Ok((decoded(name)?, decoded(value)?))
        })
        .collect()
}

fn decoded(text: &str) -> Result<String> {
    let spaced = text.replace('+', " ");
    let text: Cow<'_, str> = percent_decode_str(&spaced)
        .decode_utf8()
        .map_err(|_| Error::new(Kind::BadRequest, "The query is not valid UTF-8"))?;
    if text.contains('\0') {
        return Err(Error::new(Kind::BadRequest, "The query must not contain a NUL character"));
    }
    Ok(text.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn queries_are_decoded() {
        let decoded = pairs("search=Jos%C3%A9+P%25&x&y=%zz").unwrap();
        assert_eq!(decoded[0], ("search".into(), "José P%".into()));
        assert_eq!(decoded[1], ("x".into(), String::new()));
        assert_eq!(decoded[2], ("y".into(), "%zz".into()));
        assert!(pairs("a=%ff").is_err() && pairs("a=%00").is_err());
    }
}
