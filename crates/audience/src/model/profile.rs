//! What is known of a member: open fields, and the rules of the few that are not.

use input::rule::{self, Problem, Rule};
use jiff::tz::TimeZone;
use serde_json::{Map, Value, json};

use super::Member;

/// A profile takes no more bytes of JSON than this,
const MOST_BYTES: usize = 32 << 10;
/// nests no deeper,
const MOST_LEVELS: usize = 8;
/// and has no more values in all.
const MOST_VALUES: usize = 1_000;
/// A name that is shown has no more characters than this.
const LONGEST_NAME: usize = 200;
/// A member is found by so many words,
const MOST_WORDS: usize = 16;
/// and by so many letters of each.
const LONGEST_WORD: usize = 40;

/// The rule of a profile. In text it is written as JSON.
pub(crate) fn profile() -> impl Rule<Output = Map<String, Value>> {
    rule::rule(
        || {
            let name = json!({"type": ["string", "null"], "description": "The name that is shown and searched for"});
            json!({"type": "object", "properties": {"name": name}, "additionalProperties": true, "maxProperties": MOST_VALUES})
        },
        |value, from_text| {
            let written = value.as_str().filter(|_| from_text);
            let written: Option<Value> = written.and_then(|text| serde_json::from_str(text).ok());
            let object = rule::object(MOST_BYTES).read(written.as_ref().unwrap_or(value), from_text)?;
            let mut values = 0;
            for value in object.values() {
                measure(value, 1, &mut values)?;
            }
            if object.get("name").is_some_and(|name| !(name.is_string() || name.is_null())) {
                return Err(Problem::new("wrong_type", "must be a text").below("name"));
            }
            Ok(object)
        },
    )
}

fn measure(value: &Value, level: usize, values: &mut usize) -> Result<(), Problem> {
    *values += 1;
    if level > MOST_LEVELS {
        return Err(Problem::new("too_deep", format!("must be nested at most {MOST_LEVELS} levels deep")));
    }
    if *values > MOST_VALUES {
        return Err(Problem::new("too_long", format!("must have at most {MOST_VALUES} values")));
    }
    match value {
        Value::Array(items) => items.iter().try_for_each(|item| measure(item, level + 1, values)),
        Value::Object(fields) => fields.values().try_for_each(|field| measure(field, level + 1, values)),
        _ => Ok(()),
    }
}

/// The rule of an external id.
pub(crate) fn external_id() -> impl Rule<Output = String> {
    rule::reference(255).and_then(|id| {
        if id.chars().any(char::is_control) {
            return Err(Problem::new("wrong_format", "must have no control characters in it"));
        }
        Ok(id)
    })
}

/// The rule of a time zone: a name of the time zone database, in its own spelling.
pub fn time_zone() -> impl Rule<Output = String> {
    rule::rule(
        || json!({"type": "string", "maxLength": 64, "examples": ["America/New_York"]}),
        |value, from_text| {
            let name = rule::text(64).read(value, from_text)?;
            let known = TimeZone::get(&name).ok().and_then(|zone| zone.iana_name().map(str::to_owned));
            known.ok_or_else(|| Problem::new("unknown_value", "must be a time zone such as America/New_York"))
        },
    )
}

/// The rule of a language: a language tag such as `en` or `pt-BR` (RFC 5646, as far as its form can tell).
pub(crate) fn language() -> impl Rule<Output = String> {
    rule::rule(
        || {
            let pattern = "^[A-Za-z]{2,3}([-_][A-Za-z0-9]{1,8})*$";
            json!({"type": "string", "minLength": 2, "maxLength": 35, "pattern": pattern, "examples": ["en"]})
        },
        |value, from_text| {
            let tag = rule::text(35).read(value, from_text)?.replace('_', "-");
            let mut parts = tag.split('-');
            let first = parts.next().unwrap_or_default();
            let is_language = (2..=3).contains(&first.len()) && first.bytes().all(|byte| byte.is_ascii_alphabetic());
            let fits =
                |part: &str| (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric());
            if !is_language || !parts.clone().all(fits) {
                return Err(Problem::new("unknown_value", "must be a language such as en, es or pt-BR"));
            }
            let rest = parts.map(|part| match part.len() {
                2 => part.to_ascii_uppercase(),
                4 => part[..1].to_ascii_uppercase() + &part[1..].to_ascii_lowercase(),
                _ => part.to_ascii_lowercase(),
            });
            Ok(std::iter::once(first.to_ascii_lowercase()).chain(rest).collect::<Vec<_>>().join("-"))
        },
    )
}

/// A text of somebody else's without NUL and other control characters (but line breaks and tabs), which no database and no screen wants.
pub fn cleaned(text: &str) -> String {
    text.chars().filter(|letter| !letter.is_control() || matches!(letter, '\n' | '\t')).collect()
}

/// The name in a profile, as it is shown.
pub(crate) fn name_of(profile: &Map<String, Value>) -> Option<String> {
    let name = profile.get("name")?.as_str()?;
    let name: String = cleaned(name).split_whitespace().collect::<Vec<_>>().join(" ");
    let name: String = name.chars().take(LONGEST_NAME).collect();
    (!name.is_empty()).then_some(name)
}

/// The words of a text as a search compares them: folded, parted by space and by marks.
pub(crate) fn words_of(text: &str) -> Vec<String> {
    let folded = mind::text::fold(text);
    let parts = folded.split(|letter: char| letter.is_whitespace() || letter.is_ascii_punctuation());
    parts.filter(|part| !part.is_empty()).map(|part| part.chars().take(LONGEST_WORD).collect()).collect()
}

/// What a search finds a member by: the words of the name, of the external id and of an address in the profile, each after a space.
pub(crate) fn search_text(member: &Member) -> String {
    let email = member.profile.0.get("email").and_then(Value::as_str).unwrap_or_default();
    let mut words: Vec<String> = Vec::new();
    for text in [member.name.as_deref().unwrap_or_default(), &member.external_id, email] {
        for word in words_of(text) {
            if words.len() < MOST_WORDS && !words.contains(&word) {
                words.push(word);
            }
        }
    }
    words.iter().fold(String::new(), |text, word| text + " " + word)
}

/// The words of a member's search text.
pub(crate) fn words(search_text: &str) -> impl Iterator<Item = &str> {
    search_text.split(' ').filter(|word| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_folded_and_few() {
        assert_eq!(
            words_of("José  GARCÍA-López (VIP) 👩‍👩‍👧 مرحبا"),
            ["jose", "garcia", "lopez", "vip", "👩👩👧", "مرحبا"]
        );
        assert!(words_of(" - , \0 ").is_empty());
    }

    #[test]
    fn languages_are_written_alike() {
        let read = |text: &str| language().read(&json!(text), false).ok();
        assert_eq!(read("EN"), Some("en".into()));
        assert_eq!(read("pt_br"), Some("pt-BR".into()));
        assert_eq!(read("zh-hant-tw"), Some("zh-Hant-TW".into()));
        assert_eq!((read("e"), read("english"), read("en-"), read("日本")), (None, None, None, None));
    }

    #[test]
    fn a_profile_has_bounds() {
        let mut deep = json!(1);
        for _ in 0..9 {
            deep = json!({"a": deep});
        }
        assert!(profile().read(&deep, false).is_err());
        assert!(profile().read(&json!({"name": 5}), false).is_err());
        assert!(profile().read(&json!({"a": vec![0; 1_001]}), false).is_err());
        assert!(profile().read(&json!({"a": "x".repeat(40_000)}), false).is_err());
        assert!(profile().read(&json!({"name": "\u{202e}José 👨‍👩‍👧‍👦", "goals": ["a"]}), false).is_ok());
    }
}
