//! The rules of fields that several types of nodes have.

use input::rule::{self, Problem, Rule};
use serde_json::{Value, json};

use super::nodes::{Choice, LONGEST_MESSAGE};

/// The rule of a message.
pub(super) fn message() -> impl Rule<Output = String> {
    rule::text(LONGEST_MESSAGE)
}

/// The rule of a field of a profile: words parted by dots.
pub(super) fn path() -> impl Rule<Output = String> {
    const PATTERN: &str = r"^(profile\.)?[A-Za-z_][A-Za-z0-9_-]*(\.[A-Za-z0-9_-]+)*$";
    rule::rule(
        || json!({"type": "string", "maxLength": 200, "pattern": PATTERN, "examples": ["profile.weight"]}),
        |value, from_text| {
            let path = rule::text(200).read(value, from_text)?;
            let path = path.strip_prefix("profile.").unwrap_or(&path).to_owned();
            let fits = |part: &str| {
                !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
            };
            let begins = path.starts_with(|letter: char| letter.is_ascii_alphabetic() || letter == '_');
            if !begins || path.split('.').count() > 6 || !path.split('.').all(fits) {
                return Err(Problem::new("wrong_format", "must be a field of the profile such as profile.weight"));
            }
            Ok(path)
        },
    )
}

/// The rule of a field that takes any value that JSON has, but none that is huge.
pub(super) fn anything() -> impl Rule<Output = Value> {
    rule::rule(
        || json!({"type": ["string", "number", "boolean", "array", "object"]}),
        |value, _| {
            let told = value.to_string();
            if told.len() > 16 << 10 || told.contains("\\u0000") {
                return Err(Problem::new("too_long", "must be at most 16384 bytes of JSON, without NUL characters"));
            }
            Ok(value.clone())
        },
    )
}

/// The rule of a time of day, in minutes after midnight.
pub(super) fn time_of_day() -> impl Rule<Output = u16> {
    rule::rule(
        || json!({"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$", "examples": ["09:00"]}),
        |value, from_text| {
            let text = rule::text(5).read(value, from_text)?;
            let parts = text.split_once(':').filter(|(hour, minute)| hour.len() == 2 && minute.len() == 2);
            let digits = |part: &str, most: u16| -> Option<u16> {
                let number = part.bytes().all(|byte| byte.is_ascii_digit()).then(|| part.parse().ok()).flatten();
                number.filter(|number| *number < most)
            };
            parts
                .and_then(|(hour, minute)| Some(digits(hour, 24)? * 60 + digits(minute, 60)?))
                .ok_or_else(|| Problem::new("wrong_format", "must be a time of day such as 09:00"))
        },
    )
}

pub(super) fn choice() -> impl Rule<Output = Choice> {
    let object = || rule::nested::<Choice>();
    rule::rule(
        || {
            let text = json!({"type": "string", "maxLength": 64});
            let named = json!({"type": "object", "required": ["id", "title"], "properties": {
                "id": {"type": "string", "maxLength": 64}, "title": {"type": "string", "maxLength": 80}}});
            json!({"anyOf": [text, named]})
        },
        move |value, from_text| match value {
            Value::String(_) => {
                let text = rule::text(64).read(value, from_text)?;
                Ok(Choice { id: text.clone(), title: text })
            }
            _ => object().read(value, from_text),
        },
    )
}
