//! JSON as it is sent: read into a value, with every key that was given twice.

use std::cell::RefCell;
use std::fmt;

use kernel::{Error, Fault, Kind, Result};
use serde::de::{DeserializeSeed, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

/// Reads one JSON document. Malformed text is [`Kind::BadRequest`]; a key given twice, or a number that no computer holds,
/// is [`Kind::Invalid`]: which of the two was meant is not ours to guess.
pub fn parse(text: &[u8]) -> Result<Value> {
    let repeated = RefCell::new(Vec::new());
    let mut reader = serde_json::Deserializer::from_slice(text);
    let value = Reader { place: &Place::Body, repeated: &repeated }
        .deserialize(&mut reader)
        .and_then(|value| reader.end().map(|()| value))
        .map_err(|error| malformed(&error))?;
    let repeated = repeated.into_inner();
    if repeated.is_empty() { Ok(value) } else { Err(Error::invalid(repeated)) }
}

fn malformed(error: &serde_json::Error) -> Error {
    if error.to_string().starts_with("number out of range") {
        return Error::invalid(vec![Fault {
            loc: vec!["body".into()],
            message: format!("has a number beyond any bound, at line {} column {}", error.line(), error.column()),
            kind: "out_of_range",
        }]);
    }
    Error::new(Kind::BadRequest, format!("The body is not valid JSON: {error}"))
}

/// Where a value stands. Spelled out only for a fault: a copy for each value would cost its length each time.
enum Place<'a> {
    Body,
    Field(&'a Place<'a>, &'a str),
    Item(&'a Place<'a>, usize),
}

impl Place<'_> {
    fn spelled_out(&self) -> Vec<String> {
        let (above, name) = match self {
            Self::Body => return vec!["body".to_owned()],
            Self::Field(above, name) => (above, (*name).to_owned()),
            Self::Item(above, index) => (above, index.to_string()),
        };
        let mut path = above.spelled_out();
        path.push(name);
        path
    }
}

#[derive(Clone, Copy)]
struct Reader<'a> {
    place: &'a Place<'a>,
    repeated: &'a RefCell<Vec<Fault>>,
}

impl<'de> DeserializeSeed<'de> for Reader<'_> {
    type Value = Value;
    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Reader<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Value, E> {
        Number::from_f64(value).map(Value::Number).ok_or_else(|| E::custom("number out of range"))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(item) =
            items.next_element_seed(Reader { place: &Place::Item(self.place, list.len()), ..self })?
        {
            list.push(item);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut map = Map::new();
        while let Some(key) = entries.next_key::<String>()? {
            let place = Place::Field(self.place, &key);
            let value = entries.next_value_seed(Reader { place: &place, ..self })?;
            if map.contains_key(&key) {
                let mut repeated = self.repeated.borrow_mut();
                if repeated.len() > 100 {
                    return Err(A::Error::custom("the same keys are given again and again"));
                }
                let message = "is given twice; give it once".into();
                repeated.push(Fault { loc: place.spelled_out(), message, kind: "repeated" });
            }
            map.insert(key, value);
        }
        Ok(Value::Object(map))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_serde_json_reads() {
        for text in ["null", "[]", r#"{"a": [1, -2, 3.5, "é\u00e9", true, {"b": null}]}"#, "\"\"", " 1 "] {
            assert_eq!(parse(text.as_bytes()).unwrap(), serde_json::from_str::<Value>(text).unwrap());
        }
    }

    #[test]
    fn says_what_is_wrong() {
        for (text, kind) in [
            (&b"{\"half\": "[..], Kind::BadRequest),
            (b"", Kind::BadRequest),
            (b"{} {}", Kind::BadRequest),
            (b"\"\xff\"", Kind::BadRequest),
            (b"\"\\ud800\"", Kind::BadRequest),
            (b"NaN", Kind::BadRequest),
            (b"[1e999]", Kind::Invalid),
            (b"{\"a\": 1, \"b\": {\"c\": 1, \"c\": 2}}", Kind::Invalid),
        ] {
            assert_eq!(parse(text).unwrap_err().kind(), kind, "{}", String::from_utf8_lossy(text));
        }
        let deep = "[".repeat(100_000);
        assert_eq!(parse(deep.as_bytes()).unwrap_err().kind(), Kind::BadRequest);
        let twice = parse(br#"{"b": {"c": 1, "c": 2}}"#).unwrap_err();
        assert_eq!(twice.faults()[0].loc, ["body", "b", "c"]);
    }

    #[test]
    fn a_long_key_over_many_items_takes_no_longer_than_the_same_bytes_apart() {
        let (key, items) = ("k".repeat(1 << 19), vec!["0"; 1 << 18].join(","));
        let time = |text: String| {
            let started = std::time::Instant::now();
            parse(text.as_bytes()).unwrap();
            started.elapsed()
        };
        let apart = time(format!(r#"{{"{key}": 0, "b": [{items}]}}"#));
        let together = time(format!(r#"{{"{key}": [{items}]}}"#));
        assert!(together < apart * 5 + std::time::Duration::from_millis(100), "{together:?} against {apart:?}");
    }
}
