//! What single fields of a configuration may hold.

use input::rule::{self, Problem, Rule};
use serde_json::{Value, json};

fn pattern(
    of: &'static str,
    most: usize,
    example: &'static str,
    what: &'static str,
    fits: fn(&str) -> bool,
) -> impl Rule<Output = String> {
    rule::rule(
        move || json!({"type": "string", "maxLength": most, "pattern": of, "examples": [example]}),
        move |value, from_text| {
            let text = rule::text(most).read(value, from_text)?;
            if fits(&text) { Ok(text) } else { Err(Problem::new("wrong_format", what)) }
        },
    )
}

/// A phone number in E.164; spaces, dots, hyphens and brackets are left out.
pub(super) fn phone() -> impl Rule<Output = String> {
    rule::rule(
        || json!({"type": "string", "maxLength": 40, "examples": ["+34600000000"]}),
        |value, from_text| {
            let text = rule::text(40).read(value, from_text)?;
            e164(&text).ok_or_else(|| {
                Problem::new("wrong_format", "must be a phone number with its country code, such as +34600000000")
            })
        },
    )
}

/// The number as E.164 writes it.
pub(super) fn e164(text: &str) -> Option<String> {
    let digits: String = text.chars().filter(|c| !matches!(c, ' ' | '.' | '-' | '(' | ')' | '\u{a0}')).collect();
    let bare = digits.strip_prefix('+')?;
    let fits = (7..=15).contains(&bare.len()) && bare.bytes().all(|b| b.is_ascii_digit()) && !bare.starts_with('0');
    fits.then_some(digits)
}

pub(super) fn digits() -> impl Rule<Output = String> {
    pattern(r"^\d{5,32}$", 32, "106540352242922", "must be the digits that Meta shows as Phone number ID", |text| {
        (5..=32).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit())
    })
}

pub(super) fn template() -> impl Rule<Output = String> {
    pattern(
        r"^[a-z0-9_]+:[a-zA-Z_]+$",
        540,
        "we_have_an_answer:en_US",
        "must be a template's name and language, such as we_have_an_answer:en_US",
        |text| {
            text.split_once(':').is_some_and(|(name, language)| {
                !name.is_empty()
                    && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
                    && (2..=8).contains(&language.len())
                    && language.bytes().all(|b| b.is_ascii_alphabetic() || b == b'_')
            })
        },
    )
}

pub(super) fn bot_token() -> impl Rule<Output = String> {
    pattern(
        r"^\d+:[A-Za-z0-9_-]{20,}$",
        200,
        "123456789:AAF…",
        "must be the token that BotFather shows, such as 123456789:AAF…",
        |text| {
            text.split_once(':').is_some_and(|(id, key)| {
                !id.is_empty()
                    && id.bytes().all(|b| b.is_ascii_digit())
                    && key.len() >= 20
                    && key.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'))
            })
        },
    )
}

pub(super) fn colour() -> impl Rule<Output = String> {
    pattern("^#[0-9a-fA-F]{6}$", 7, "#2563eb", "must be a colour such as #2563eb", |text| {
        text.strip_prefix('#').is_some_and(|hex| hex.len() == 6 && hex.bytes().all(|b| b.is_ascii_hexdigit()))
    })
}

pub(super) fn https() -> impl Rule<Output = String> {
    pattern("^https://", 2_048, "https://example.com/privacy", "must be an address that begins with https://", |text| {
        text.strip_prefix("https://").is_some_and(|rest| !rest.is_empty() && !rest.contains(char::is_whitespace))
    })
}

/// A service account of Firebase: the JSON file, as an object or as text.
pub(super) fn service_account() -> impl Rule<Output = String> {
    rule::rule(
        || json!({"type": ["object", "string"], "maxLength": 8192}),
        |value, _| {
            let wrong =
                || Problem::new("wrong_format", "must be the JSON file of a service account, as Firebase gives it out");
            let object: Value = match value {
                Value::String(text) if text.len() <= 8_192 => serde_json::from_str(text).map_err(|_| wrong())?,
                Value::Object(_) => value.clone(),
                _ => return Err(wrong()),
            };
            let has = |name: &str| object.get(name).and_then(Value::as_str).is_some_and(|text| !text.is_empty());
            if !["project_id", "client_email", "private_key"].into_iter().all(has) {
                return Err(wrong());
            }
            Ok(object.to_string())
        },
    )
}

pub(super) fn zone() -> impl Rule<Output = String> {
    rule::rule(
        || json!({"type": "string", "maxLength": 64, "examples": ["Europe/Madrid"]}),
        |value, from_text| {
            let text = rule::text(64).read(value, from_text)?;
            match jiff::tz::TimeZone::get(&text) {
                Ok(_) => Ok(text),
                Err(_) => Err(Problem::new("unknown_value", "must be a time zone such as Europe/Madrid")),
            }
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_those_of_the_whole_world() {
        assert_eq!(e164("+34 600-00 (00) 00").as_deref(), Some("+34600000000"));
        for none in ["600000000", "+0123456789", "+12345", "+1234567890123456", "+12a4567890", ""] {
            assert_eq!(e164(none), None, "{none}");
        }
    }
}
