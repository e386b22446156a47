//! Variables in texts about a member: `{user_name}`, `{goals.0}`, `{profile.city|your town}`. Programs and proactive rules fill the same way.
//!
//! A brace that does not open a variable is an ordinary letter. What is not known is left out, with the comma that goes with it: "Hello
//! {user_name}, good morning" becomes "Hello, good morning".

use std::fmt::Write as _;

use serde_json::{Map, Value};

use crate::model::Member;

/// A value takes no more characters in a text.
const LONGEST: usize = 500;

/// What fills variables.
#[derive(Clone, Debug, Default)]
pub struct Values {
    /// What is known by a name of its own.
    pub own: Map<String, Value>,
    /// The profile.
    pub profile: Map<String, Value>,
    /// What was answered, by the ids of questions.
    pub answers: Map<String, Value>,
}

impl Values {
    /// What is known of a member by their names and their profile.
    pub fn of(member: &Member) -> Self {
        let name = member.name.as_deref().map(str::trim).filter(|name| !name.is_empty());
        let mut own = Map::new();
        for (variable, value) in names(name) {
            own.insert(variable.to_owned(), value.into());
        }
        Self { own, profile: member.profile.0.clone(), answers: Map::new() }
    }

    /// The value of a variable, if it is known.
    pub fn get(&self, name: &str) -> Option<&Value> {
        let mut parts = name.split('.');
        let first = parts.next()?;
        let found = match first {
            "profile" => parts.next().and_then(|field| self.profile.get(field)),
            "answers" => parts.next().and_then(|node| self.answers.get(node)),
            _ => self.own.get(first).or_else(|| self.profile.get(first)),
        };
        parts.try_fold(found?, |value, part| match value {
            Value::Object(fields) => fields.get(part),
            Value::Array(items) => items.get(part.parse::<usize>().ok()?),
            _ => None,
        })
    }
}

/// A piece of a text.
enum Piece<'t> {
    Words(&'t str),
    Variable { name: &'t str, default: Option<&'t str> },
}

fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let (mut begun, mut at) = (0, 0);
    while let Some(open) = text[at..].find('{').map(|place| at + place) {
        let inside = text[open + 1..].find(['{', '}']).map(|place| open + 1 + place);
        let closed = inside.filter(|place| text[*place..].starts_with('}'));
        let variable = closed.and_then(|close| variable(&text[open + 1..close]).map(|variable| (variable, close)));
        match variable {
            Some((variable, close)) => {
                pieces.push(Piece::Words(&text[begun..open]));
                pieces.push(variable);
                (begun, at) = (close + 1, close + 1);
            }
            None => at = open + 1,
        }
    }
    pieces.push(Piece::Words(&text[begun..]));
    pieces
}

fn variable(inside: &str) -> Option<Piece<'_>> {
    let (name, default) = match inside.split_once('|') {
        Some((name, default)) => (name.trim(), Some(default.trim())),
        None => (inside.trim(), None),
    };
    let mut parts = name.split('.');
    let begins = name.starts_with(|letter: char| letter.is_ascii_alphabetic() || letter == '_');
    let fits = |part: &str| {
        !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
    };
    (begins && name.len() <= 200 && parts.all(fits)).then_some(Piece::Variable { name, default })
}

/// The names of all variables in a text.
pub fn variables(text: &str) -> Vec<String> {
    let named = pieces(text).into_iter().filter_map(|piece| match piece {
        Piece::Variable { name, .. } => Some(name.to_owned()),
        Piece::Words(_) => None,
    });
    named.collect()
}

/// The variables that hold a name: `user_name`, `name` and `first_name`; none where it is not known.
pub fn names(name: Option<&str>) -> Vec<(&'static str, String)> {
    let Some(name) = name else { return Vec::new() };
    let first = name.split_whitespace().next().unwrap_or(name);
    vec![("user_name", name.to_owned()), ("name", name.to_owned()), ("first_name", first.to_owned())]
}

/// A text with its variables filled.
pub fn fill(text: &str, values: &Values) -> String {
    let mut filled = String::with_capacity(text.len());
    // Set where something was left out at the beginning of a sentence: what follows loses its comma, and begins with a capital.
    let mut begins = false;
    for piece in pieces(text) {
        match piece {
            Piece::Words(words) if begins && !words.is_empty() => {
                let words = words.trim_start_matches([',', ' ', ';', ':']);
                let mut letters = words.chars();
                filled.extend(letters.next().into_iter().flat_map(char::to_uppercase));
                filled.push_str(letters.as_str());
                begins = words.is_empty();
            }
            Piece::Words(words) => filled.push_str(words),
            Piece::Variable { name, default } => {
                let value = values.get(name).and_then(told).or_else(|| default.map(str::to_owned));
                match value.filter(|value| !value.is_empty()) {
                    Some(value) => {
                        filled.push_str(&value);
                        begins = false;
                    }
                    None if default.is_some() => {}
                    None => begins = leave_out(&mut filled),
                }
            }
        }
    }
    filled
}

/// Takes the space or the comma away that led to what is left out; tells whether it stood at the beginning of a sentence.
fn leave_out(filled: &mut String) -> bool {
    let before = filled.trim_end_matches(' ');
    if before.is_empty() || before.ends_with(['.', '!', '?', '\n', '…']) {
        return true;
    }
    let before = before.strip_suffix(',').unwrap_or(before).len();
    filled.truncate(before);
    false
}

/// A value as it stands in a text.
pub fn told(value: &Value) -> Option<String> {
    let text = match value {
        Value::Null | Value::Object(_) => return None,
        Value::String(text) => text.clone(),
        Value::Bool(flag) => flag.to_string(),
        Value::Number(number) => number.to_string(),
        Value::Array(items) => items.iter().filter_map(told).collect::<Vec<_>>().join(", "),
    };
    let text: String = crate::cleaned(&text).trim().chars().take(LONGEST).collect();
    (!text.is_empty()).then_some(text)
}

/// A value whose texts have their variables filled. A text that is one variable becomes what the variable holds, with its type.
pub fn fill_value(value: &Value, values: &Values) -> Value {
    match value {
        Value::String(text) => match pieces(text).as_slice() {
            [Piece::Words(""), Piece::Variable { name, default }, Piece::Words("")] => {
                let held = values.get(name).filter(|held| !held.is_null()).cloned();
                held.or_else(|| default.map(Value::from)).unwrap_or(Value::Null)
            }
            _ => Value::from(fill(text, values)),
        },
        Value::Array(items) => items.iter().map(|item| fill_value(item, values)).collect(),
        Value::Object(fields) => fields.iter().map(|(name, field)| (name.clone(), fill_value(field, values))).collect(),
        other => other.clone(),
    }
}

/// The address with its variables filled, each as one part of it.
pub fn fill_address(url: &str, values: &Values) -> String {
    let mut filled = String::with_capacity(url.len());
    for piece in pieces(url) {
        match piece {
            Piece::Words(words) => filled.push_str(words),
            Piece::Variable { name, default } => {
                let value = values.get(name).and_then(told).or_else(|| default.map(str::to_owned)).unwrap_or_default();
                for byte in value.bytes() {
                    if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~') {
                        filled.push(char::from(byte));
                    } else {
                        let _ = write!(filled, "%{byte:02X}");
                    }
                }
            }
        }
    }
    filled
}

#[cfg(test)]
mod tests {
    use kernel::{Timestamp, WorkspaceId};
    use proptest::prelude::*;
    use serde_json::json;
    use uuid::Uuid;

    use super::*;
    use crate::model::{Channel, MemberId, Seed};

    fn values(name: Option<&str>) -> Values {
        let mut own = Map::new();
        if let Some(name) = name {
            own.insert("user_name".into(), name.into());
        }
        let profile = json!({"goals": ["run", "sleep"], "age": 41, "empty": ""});
        Values { own, profile: profile.as_object().unwrap().clone(), answers: Map::new() }
    }

    #[test]
    fn variables_are_filled() {
        let told = |text: &str| fill(text, &values(Some("Ana")));
        assert_eq!(told("Hey {user_name}! First {goals.0}, then {goals.1}."), "Hey Ana! First run, then sleep.");
        assert_eq!(told("{profile.city|your town}, {age}"), "your town, 41");
        assert_eq!(told("{ not one } {}{{user_name}}"), "{ not one } {}{Ana}");
        assert_eq!(told("{goals}"), "run, sleep");
        assert_eq!(fill_value(&json!({"a": ["{age}", "x {age}"]}), &values(None)), json!({"a": [41, "x 41"]}));
        assert_eq!(
            fill_address("https://a.example/{goals.0}?q={user_name|a b&c}", &values(None)),
            "https://a.example/run?q=a%20b%26c"
        );
    }

    #[test]
    fn what_is_not_known_goes_with_its_comma() {
        let told = |text: &str| fill(text, &values(None));
        assert_eq!(told("Hello {user_name}, good morning"), "Hello, good morning");
        assert_eq!(told("{user_name}, how are you?"), "How are you?");
        assert_eq!(told("Well done. {user_name}, go on!"), "Well done. Go on!");
        assert_eq!(told("Thanks, {user_name}!"), "Thanks!");
        assert_eq!(told("Hey {user_name}! {empty}"), "Hey! ");
        assert_eq!(told("Hi {user_name|}there"), "Hi there");
    }

    #[test]
    fn a_member_is_called_by_their_names() {
        let profile = json!({"name": "Ana Paz", "city": "Lugo"});
        let seed = Seed { profile: profile.as_object().unwrap().clone(), ..Seed::default() };
        let (id, workspace) = (MemberId::from_uuid(Uuid::nil()), WorkspaceId::from_uuid(Uuid::nil()));
        let at = Timestamp::from_micros(0);
        let member = |seed| Member::new(id, workspace, Channel::Web, "x".into(), seed, at);
        let told = |text: &str, seed| fill(text, &Values::of(&member(seed)));
        assert_eq!(told("{user_name}, {first_name}, {city}, {program_name|-}", seed), "Ana Paz, Ana, Lugo, -");
        assert_eq!(told("Hey {user_name}, good morning", Seed::default()), "Hey, good morning");
    }

    proptest! {
        #[test]
        fn any_text_is_filled(text in "[ -~{}|.,a-zäß\n]{0,60}", name in proptest::option::of("\\PC{0,12}")) {
            let filled = fill(&text, &values(name.as_deref()));
            if !text.contains('{') {
                prop_assert_eq!(filled, text);
            }
        }
    }
}
