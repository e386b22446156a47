//! Results that a model can read: some 2,000 tokens at most, with a cursor to whatever was left out.
//!
//! A cursor is the place of the value that was cut (a JSON pointer), a colon, and how many of its parts (elements, fields, characters)
//! were told. The same call with the cursor answers the value from there.

use serde_json::{Map, Value, json};

/// How many characters of JSON the data of a result may have: four make a token.
pub(crate) const MOST: usize = 7_000;
/// How many cursors a result tells.
const CURSORS: usize = 8;
/// A value that was cut is told with at least so much room, or not at all.
const LEAST: usize = 40;

/// What fits of a value.
#[derive(Debug)]
pub(crate) struct Fitted {
    /// The part that fits.
    pub(crate) data: Value,
    /// Where to go on.
    pub(crate) more: Vec<String>,
}

/// What fits of an answer, from a cursor on; nothing if the cursor is of no use with it.
pub(crate) fn fit(whole: &Value, cursor: Option<&str>) -> Option<Fitted> {
    let (at, from) = match cursor {
        None => ("", 0),
        Some(cursor) => {
            let (at, from) = cursor.rsplit_once(':')?;
            (at, from.parse().ok()?)
        }
    };
    let value = whole.pointer(at)?;
    let rest = match value {
        Value::Array(all) => all.get(from..)?.to_vec().into(),
        Value::Object(fields) => {
            Value::Object(fields.iter().skip(from).map(|(name, value)| (name.clone(), value.clone())).collect())
        }
        Value::String(text) => text.chars().skip(from).collect::<String>().into(),
        other => other.clone(),
    };
    let mut cut = Cut { more: Vec::new() };
    let data = cut.down(&rest, MOST, at, from);
    Some(Fitted { data, more: cut.more })
}

/// What fits of a value into so many characters.
pub(crate) fn within(value: &Value, room: usize) -> Fitted {
    let mut cut = Cut { more: Vec::new() };
    let data = cut.down(value, room, "", 0);
    Fitted { data, more: cut.more }
}

/// How long a value is as JSON, in characters.
fn length(value: &Value) -> usize {
    value.to_string().chars().count()
}

struct Cut {
    more: Vec<String>,
}

impl Cut {
    fn left(&mut self, at: &str, told: usize) {
        if self.more.len() < CURSORS {
            self.more.push(format!("{at}:{told}"));
        }
    }

    /// The part of a value that fits into so much room. `from` parts of it were told before.
    fn down(&mut self, value: &Value, room: usize, at: &str, from: usize) -> Value {
        if length(value) <= room {
            return value.clone();
        }
        match value {
            Value::String(text) => self.text(text, room, at, from),
            Value::Array(all) => self.list(all, room, at, from),
            Value::Object(fields) => self.fields(fields, room, at, from),
            other => other.clone(),
        }
    }

    fn text(&mut self, text: &str, room: usize, at: &str, from: usize) -> Value {
        let (mut told, mut used) = (String::new(), 2);
        for character in text.chars() {
            used += length(&json!(character)) - 2;
            if used > room {
                break;
            }
            told.push(character);
        }
        self.left(at, from + told.chars().count());
        Value::String(told)
    }

    fn list(&mut self, all: &[Value], room: usize, at: &str, from: usize) -> Value {
        let (mut told, mut used) = (Vec::new(), 2);
        for (place, value) in all.iter().enumerate() {
            let long = length(value) + 1;
            if used + long <= room {
                told.push(value.clone());
                used += long;
                continue;
            }
            if told.is_empty() && room > used + LEAST {
                // One that does not fit even alone: a part of it, or nobody would ever come past it.
                let at = format!("{at}/{}", from + place);
                told.push(self.down(value, room - used, &at, 0));
            }
            break;
        }
        if told.len() < all.len() {
            self.left(at, from + told.len());
        }
        Value::Array(told)
    }

    /// Short fields are told whole, and long ones share what room is left.
    fn fields(&mut self, fields: &Map<String, Value>, room: usize, at: &str, from: usize) -> Value {
        let name_of = |name: &str| length(&json!(name)) + 2;
        let mut kept: Vec<(&String, &Value)> = Vec::new();
        let mut room_left = room.saturating_sub(2);
        for (name, value) in fields {
            let least = name_of(name) + length(value).min(LEAST);
            if least > room_left {
                break;
            }
            room_left -= least;
            kept.push((name, value));
        }
        if kept.len() < fields.len() {
            self.left(at, from + kept.len());
        }
        let mut by_length: Vec<(usize, usize)> =
            kept.iter().enumerate().map(|(place, (_, value))| (length(value), place)).collect();
        by_length.sort_unstable();
        let mut rooms = vec![0; kept.len()];
        let mut shared = room_left + kept.iter().map(|(_, value)| length(value).min(LEAST)).sum::<usize>();
        for (done, (long, place)) in by_length.iter().enumerate() {
            rooms[*place] = (*long).min(shared / (kept.len() - done));
            shared -= rooms[*place];
        }
        let told = kept.iter().zip(rooms).map(|((name, value), room)| {
            let at = format!("{at}/{}", name.replace('~', "~0").replace('/', "~1"));
            ((*name).clone(), self.down(value, room, &at, 0))
        });
        Value::Object(told.collect())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn any_value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<i64>().prop_map(Value::from),
            "\\PC{0,300}".prop_map(Value::from),
            "[a-z\"\\\\\n]{0,3000}".prop_map(Value::from)
        ];
        leaf.prop_recursive(4, 120, 30, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..40).prop_map(Value::Array),
                prop::collection::btree_map("[a-z/~]{1,8}", inner, 0..30)
                    .prop_map(|fields| Value::Object(fields.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn what_is_told_fits_and_what_was_cut_can_be_asked_for(whole in any_value()) {
            let told = fit(&whole, None).unwrap();
            prop_assert!(length(&told.data) <= MOST);
            prop_assert_eq!(told.more.is_empty(), told.data == whole);
            for cursor in &told.more {
                let next = fit(&whole, Some(cursor)).unwrap();
                prop_assert!(length(&next.data) <= MOST);
                prop_assert!(!next.more.contains(cursor), "{} goes nowhere", cursor);
            }
        }
    }

    #[test]
    fn a_long_list_is_told_to_its_end() {
        let whole = json!({"items": (0..2_000).map(|n| json!({"n": n, "text": "x".repeat(90)})).collect::<Vec<_>>()});
        let (mut cursor, mut seen) = (None, Vec::new());
        loop {
            let told = fit(&whole, cursor.as_deref()).unwrap();
            let items = told.data.get("items").unwrap_or(&told.data).as_array().unwrap().clone();
            seen.extend(items.iter().map(|item| item["n"].as_u64().unwrap()));
            match told.more.as_slice() {
                [] => break,
                [next] => cursor = Some(next.clone()),
                many => panic!("{many:?}"),
            }
        }
        assert_eq!(seen, (0..2_000).collect::<Vec<u64>>());
    }

    #[test]
    fn a_cursor_of_something_else_is_refused() {
        for cursor in ["", "x", "/a:b", "/b:0", "/a:9"] {
            assert!(fit(&json!({"a": [1]}), Some(cursor)).is_none(), "{cursor}");
        }
    }
}
