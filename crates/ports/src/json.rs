//! JSON as others send it, cleaned where it comes in: what no database holds (NUL, half a surrogate pair, bytes that are no UTF-8) is taken
//! out before it is read, and numbers, switches and texts are taken in whatever form they come.

use std::borrow::Cow;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// Reads JSON of others, cleaned.
pub fn parse<T: DeserializeOwned>(bytes: &[u8]) -> serde_json::Result<T> {
    serde_json::from_slice(&clean(bytes))
}

/// The same text without NUL characters, and with U+FFFD for half a surrogate pair and for what is no UTF-8.
pub fn clean(bytes: &[u8]) -> Cow<'_, [u8]> {
    let text = String::from_utf8_lossy(bytes);
    if !text.contains("\\u") && !text.contains('\0') {
        return match text {
            Cow::Borrowed(text) => Cow::Borrowed(text.as_bytes()),
            Cow::Owned(text) => Cow::Owned(text.into_bytes()),
        };
    }
    let (mut rest, mut cleaned) = (text.as_bytes(), Vec::with_capacity(text.len()));
    while let Some(first) = rest.first() {
        let (used, kept) = match (*first, unit(rest)) {
            (0, _) => (1, &b""[..]),
            (_, Some(0)) => (6, &b""[..]),
            (_, Some(0xd800..=0xdbff)) if matches!(unit(&rest[6..]), Some(0xdc00..=0xdfff)) => (12, &rest[..12]),
            (_, Some(0xd800..=0xdfff)) => (6, &b"\\ufffd"[..]),
            // An escape of any other kind: what follows the backslash is not looked at by itself.
            (b'\\', _) => (rest.len().min(2), &rest[..rest.len().min(2)]),
            _ => (1, &rest[..1]),
        };
        cleaned.extend_from_slice(kept);
        rest = &rest[used..];
    }
    Cow::Owned(cleaned)
}

/// The unit of UTF-16 that an escape `\uXXXX` at the beginning stands for.
fn unit(text: &[u8]) -> Option<u16> {
    let digits = text.strip_prefix(b"\\u")?.get(..4)?;
    let digits =
        std::str::from_utf8(digits).ok().filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()))?;
    u16::from_str_radix(digits, 16).ok()
}

fn number(value: &Value) -> Option<f64> {
    let number = match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    };
    number.filter(|number| number.is_finite())
}

/// For `deserialize_with`: a whole number of 0 or more, whether it comes as `12`, `12.4` or `"12"`; anything else is nothing.
pub fn whole<'de, D: Deserializer<'de>>(from: D) -> Result<Option<u64>, D::Error> {
    let value = Value::deserialize(from)?;
    Ok(value.as_u64().or_else(|| number(&value).filter(|number| *number >= 0.0).map(|number| number.round() as u64)))
}

/// The same of a number that may be below 0.
pub fn integer<'de, D: Deserializer<'de>>(from: D) -> Result<Option<i64>, D::Error> {
    let value = Value::deserialize(from)?;
    Ok(value.as_i64().or_else(|| number(&value).map(|number| number.round() as i64)))
}

/// For `deserialize_with`: a switch, whether it comes as `true`, `"true"` or `1`.
pub fn flag<'de, D: Deserializer<'de>>(from: D) -> Result<bool, D::Error> {
    Ok(match Value::deserialize(from)? {
        Value::Bool(flag) => flag,
        Value::String(text) => matches!(text.trim().to_ascii_lowercase().as_str(), "true" | "yes" | "1" | "on"),
        Value::Number(number) => number.as_f64().is_some_and(|number| number != 0.0),
        _ => false,
    })
}

/// For `deserialize_with`: a text; of numbers and switches what they would be written as. Lists and objects are none.
pub fn text<'de, D: Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    Ok(match Value::deserialize(from)? {
        Value::String(text) => Some(text),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    })
}

/// For `deserialize_with`: what is null, missing, or of another form than it should be is as if it were empty.
pub fn lenient<'de, D: Deserializer<'de>, T: Default + DeserializeOwned>(from: D) -> Result<T, D::Error> {
    Ok(serde_json::from_value(Value::deserialize(from)?).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn what_no_database_holds_is_taken_out() {
        for (sent, read) in [
            (&br#"{"a": "x\u0000y"}"#[..], json!({"a": "xy"})),
            (br#"{"a": "\ud83d\ude00 \ud83d x \ude00"}"#, json!({"a": "😀 \u{fffd} x \u{fffd}"})),
            (br#"{"a": "\\u0000 \\ud800"}"#, json!({"a": "\\u0000 \\ud800"})),
            (br#"{"a": "\\\u0000"}"#, json!({"a": "\\"})),
            (b"{\"a\": \"\xff\0\"}", json!({"a": "\u{fffd}"})),
            (br#"{"\ud800": [1.5, "\u00e9"]}"#, json!({"\u{fffd}": [1.5, "é"]})),
        ] {
            assert_eq!(parse::<Value>(sent).unwrap(), read, "{}", String::from_utf8_lossy(sent));
        }
        assert!(parse::<Value>(br#"{"a": "\u00"#).is_err() && parse::<Value>(b"{\"a\": \"\\").is_err());
    }

    proptest! {
        /// Whatever is valid and holds none of that is read as it is.
        #[test]
        fn what_is_clean_stays(text in "[^\\x00]*") {
            let sent = json!({"a": text}).to_string();
            prop_assert_eq!(parse::<Value>(sent.as_bytes()).unwrap(), json!({"a": text}));
        }

        /// Whatever is sent: what is read can be stored.
        #[test]
        fn what_is_read_can_be_stored(units in proptest::collection::vec(any::<u16>(), 0..40)) {
            let escaped: Vec<String> = units.iter().map(|unit| format!("\\u{unit:04x}")).collect();
            let escaped = escaped.concat();
            let read: Value = parse(format!("{{\"a\": \"{escaped}\"}}").as_bytes()).unwrap();
            let wanted = String::from_utf16_lossy(&units).replace('\0', "");
            prop_assert_eq!(read["a"].as_str().unwrap(), wanted);
        }

        #[test]
        fn whatever_bytes_come_nothing_breaks(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = parse::<Value>(&bytes);
        }
    }

    #[derive(Deserialize)]
    struct Loose {
        #[serde(default, deserialize_with = "whole")]
        whole: Option<u64>,
        #[serde(default, deserialize_with = "flag")]
        flag: bool,
        #[serde(default, deserialize_with = "text")]
        text: Option<String>,
    }

    #[test]
    fn numbers_switches_and_texts_in_every_form() {
        for (sent, whole, flag, text) in [
            (json!({"whole": 12, "flag": true, "text": "x"}), Some(12), true, Some("x")),
            (json!({"whole": 12.4, "flag": "true", "text": true}), Some(12), true, Some("true")),
            (json!({"whole": "12.6", "flag": 1, "text": 5}), Some(13), true, Some("5")),
            (json!({"whole": -1, "flag": "false", "text": []}), None, false, None),
            (json!({"whole": null, "flag": null, "text": null}), None, false, None),
            (json!({}), None, false, None),
        ] {
            let read: Loose = serde_json::from_value(sent.clone()).unwrap();
            assert_eq!((read.whole, read.flag, read.text.as_deref()), (whole, flag, text), "{sent}");
        }
    }
}
