//! Variables in messages: `{user_name}`, `{goals.0}`, `{city|your town}`.
//!
//! A brace that opens no variable is an ordinary letter. What is not known is left out with its comma: "Hey {user_name}, good morning" becomes
//! "Hey, good morning".

use audience::Member;
use serde_json::Value;

/// A value takes no more characters in a message.
const LONGEST: usize = 500;

/// A message with its variables filled by what is known of a member.
pub fn fill(template: &str, member: &Member) -> String {
    let mut filled = String::with_capacity(template.len());
    let mut rest = template;
    // Set where something was left out at the beginning of a sentence: what follows loses its comma, and begins with a capital.
    let mut begins = false;
    while let Some((before, name, default, after)) = next_variable(rest) {
        say(&mut filled, before, &mut begins);
        let value = value_of(name, member).or_else(|| default.map(str::to_owned));
        match value.filter(|value| !value.is_empty()) {
            Some(value) => {
                filled.push_str(&value);
                begins = false;
            }
            None if default.is_some() => {}
            None => begins = leave_out(&mut filled),
        }
        rest = after;
    }
    say(&mut filled, rest, &mut begins);
    filled.trim().to_owned()
}

/// The first variable of a text: what stands before it, its name, the words for where it is not known, and what follows.
fn next_variable(text: &str) -> Option<(&str, &str, Option<&str>, &str)> {
    let mut at = 0;
    loop {
        let open = text[at..].find('{').map(|place| at + place)?;
        let inside = &text[open + 1..];
        if let Some(close) = inside.find(['{', '}']).filter(|place| inside[*place..].starts_with('}')) {
            let (name, default) = match inside[..close].split_once('|') {
                Some((name, default)) => (name.trim(), Some(default.trim())),
                None => (inside[..close].trim(), None),
            };
            let begins = name.starts_with(|letter: char| letter.is_ascii_alphabetic() || letter == '_');
            if begins && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.')) {
                return Some((&text[..open], name, default, &inside[close + 1..]));
            }
        }
        at = open + 1;
    }
}

fn say(filled: &mut String, words: &str, begins: &mut bool) {
    if words.is_empty() || !*begins {
        filled.push_str(words);
        return;
    }
    let words = words.trim_start_matches([',', ' ', ';', ':']);
    let mut letters = words.chars();
    filled.extend(letters.next().into_iter().flat_map(char::to_uppercase));
    filled.push_str(letters.as_str());
    *begins = words.is_empty();
}

/// Takes the space and the comma away that led to what is left out; tells whether it stood at the beginning of a sentence.
fn leave_out(filled: &mut String) -> bool {
    let before = filled.trim_end_matches(' ');
    if before.is_empty() || before.ends_with(['.', '!', '?', '\n', '…']) {
        return true;
    }
    let length = before.strip_suffix(',').unwrap_or(before).len();
    filled.truncate(length);
    false
}

fn value_of(name: &str, member: &Member) -> Option<String> {
    let known = member.name.as_deref().map(str::trim).filter(|known| !known.is_empty());
    match name {
        "user_name" | "name" => return known.map(str::to_owned),
        "first_name" => return known.and_then(|known| known.split_whitespace().next()).map(str::to_owned),
        _ => {}
    }
    let mut parts = name.strip_prefix("profile.").unwrap_or(name).split('.');
    let first = member.profile.0.get(parts.next()?)?;
    let found = parts.try_fold(first, |value, part| match value {
        Value::Object(fields) => fields.get(part),
        Value::Array(items) => items.get(part.parse::<usize>().ok()?),
        _ => None,
    })?;
    told(found)
}

fn told(value: &Value) -> Option<String> {
    let text = match value {
        Value::Null | Value::Object(_) => return None,
        Value::String(text) => text.clone(),
        Value::Bool(flag) => flag.to_string(),
        Value::Number(number) => number.to_string(),
        Value::Array(items) => items.iter().filter_map(told).collect::<Vec<_>>().join(", "),
    };
    let text: String = audience::cleaned(&text).trim().chars().take(LONGEST).collect();
    (!text.is_empty()).then_some(text)
}

#[cfg(test)]
mod tests {
    use audience::{Channel, MemberId, Seed};
    use kernel::{Timestamp, WorkspaceId};
    use proptest::prelude::*;
    use serde_json::json;
    use uuid::Uuid;

    use super::*;

    fn member(name: Option<&str>) -> Member {
        let mut profile = json!({"goals": ["run", "sleep"], "age": 41, "empty": ""});
        if let Some(name) = name {
            profile["name"] = name.into();
        }
        let seed = Seed { profile: profile.as_object().unwrap().clone(), ..Seed::default() };
        let (id, workspace) = (MemberId::from_uuid(Uuid::nil()), WorkspaceId::from_uuid(Uuid::nil()));
        Member::new(id, workspace, Channel::Web, "x".into(), seed, Timestamp::from_micros(0))
    }

    #[test]
    fn variables_are_filled() {
        let told = |text: &str| fill(text, &member(Some("Ana Paz")));
        assert_eq!(told("Hey {user_name}! First {goals.0}, then {goals.1}."), "Hey Ana Paz! First run, then sleep.");
        assert_eq!(told("{city|your town}, {profile.age}, {first_name}"), "your town, 41, Ana");
        assert_eq!(told("{ not one } {}{{user_name}}"), "{ not one } {}{Ana Paz}");
    }

    #[test]
    fn what_is_not_known_goes_with_its_comma() {
        let told = |text: &str| fill(text, &member(None));
        assert_eq!(told("Hey {user_name}, good morning"), "Hey, good morning");
        assert_eq!(told("{user_name}, how are you?"), "How are you?");
        assert_eq!(told("Well done. {user_name}, go on!"), "Well done. Go on!");
        assert_eq!(told("Thanks, {user_name}!"), "Thanks!");
        assert_eq!(told("Hi {user_name|}there"), "Hi there");
        assert_eq!(told("{user_name}"), "");
    }

    proptest! {
        #[test]
        fn any_text_is_filled(text in "[ -~{}|.,a-zäß\n]{0,60}") {
            let filled = fill(&text, &member(None));
            if !text.contains('{') {
                prop_assert_eq!(filled, text.trim());
            }
        }
    }
}
