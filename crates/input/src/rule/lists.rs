//! The rules of lists and objects.

use std::marker::PhantomData;

use serde_json::{Value, json};
use utoipa::ToSchema;

use super::{Problem, Rule, any_text, rule, storable, wrong_type};
use crate::describe::{Schemas, reference};
use crate::{Fields, Input};

/// A list of texts, or one text whose parts are set apart by commas, semicolons or bars. In text, a list may be written as JSON,
/// for parts that have those themselves.
pub fn texts(most_items: usize, most: usize) -> impl Rule<Output = Vec<String>> {
    rule(
        move || a_text_or_a_list(&json!({"type": "string"}), most_items),
        move |value, from_text| {
            let written = value.as_str().filter(|text| from_text && text.trim_start().starts_with('['));
            let written: Option<Vec<String>> = written.and_then(|text| serde_json::from_str(text).ok());
            let parts = match value {
                _ if written.is_some() => written.unwrap_or_default(),
                Value::String(text) => text.split([',', ';', '|']).map(str::to_owned).collect(),
                Value::Array(items) => items
                    .iter()
                    .map(|item| item.as_str().map(str::to_owned).ok_or_else(|| wrong_type("a list of texts")))
                    .collect::<Result<_, _>>()?,
                _ => return Err(wrong_type("a text or a list of texts")),
            };
            let parts: Vec<String> =
                parts.iter().map(|part| part.trim().to_owned()).filter(|part| !part.is_empty()).collect();
            if parts.len() > most_items {
                return Err(Problem::new("too_long", format!("must have at most {most_items} parts")));
            }
            parts.iter().try_for_each(|part| storable(part, most))?;
            Ok(parts)
        },
    )
}

fn a_text_or_a_list(text: &Value, most_items: usize) -> Value {
    json!({"anyOf": [text, {"type": "array", "items": text, "maxItems": most_items}]})
}

/// A text, or a list of texts that is joined with commas.
pub fn text_or_list(most: usize) -> impl Rule<Output = String> {
    rule(
        move || a_text_or_a_list(&json!({"type": "string", "maxLength": most}), 100),
        move |value, from_text| match value {
            Value::Array(_) => {
                let joined = texts(100, most).read(value, from_text)?.join(", ");
                storable(&joined, most).map(|()| joined)
            }
            _ => any_text(most).read(value, from_text).map_err(|problem| {
                if problem.is_of_type() { wrong_type("a text or a list of texts") } else { problem }
            }),
        },
    )
}

struct List<R> {
    least: usize,
    most: usize,
    item: R,
}

impl<R: Rule> Rule for List<R> {
    type Output = Vec<R::Output>;

    fn read(&self, value: &Value, from_text: bool) -> Result<Self::Output, Problem> {
        let split;
        let items = match value {
            Value::Array(items) => items,
            Value::String(text) if from_text => {
                split = text.split(',').map(|part| Value::String(part.trim().to_owned())).collect();
                &split
            }
            _ => return Err(wrong_type("a list")),
        };
        if items.len() > self.most {
            return Err(Problem::new("too_long", format!("must have at most {} items", self.most)));
        }
        if items.len() < self.least {
            return Err(Problem::new("too_short", "must have at least one item"));
        }
        let mut read = Vec::with_capacity(items.len());
        let mut faults = Vec::new();
        for (index, value) in items.iter().enumerate() {
            match self.item.read(value, from_text) {
                Ok(item) => read.push(item),
                Err(problem) => faults.extend(problem.below(&index.to_string()).faults),
            }
        }
        if faults.is_empty() { Ok(read) } else { Err(Problem { faults }) }
    }

    fn schema(&self, schemas: &mut Schemas) -> Value {
        let mut schema = json!({"type": "array", "items": self.item.schema(schemas), "maxItems": self.most});
        if self.least > 0 {
            schema["minItems"] = self.least.into();
        }
        schema
    }
}

/// A list in which every item keeps a rule; every item's faults are told. In text, items are set apart by commas.
pub fn list<R: Rule>(most_items: usize, item: R) -> impl Rule<Output = Vec<R::Output>> {
    List { least: 0, most: most_items, item }
}

/// The same with one item at least.
pub fn some<R: Rule>(most_items: usize, item: R) -> impl Rule<Output = Vec<R::Output>> {
    List { least: 1, most: most_items, item }
}

struct Nested<T>(PhantomData<fn() -> T>);

impl<T: Input + ToSchema> Rule for Nested<T> {
    type Output = T;

    fn read(&self, value: &Value, from_text: bool) -> Result<T, Problem> {
        Fields::within(value.as_object().ok_or_else(|| wrong_type("an object"))?, from_text)
    }

    fn schema(&self, schemas: &mut Schemas) -> Value {
        reference::<T>(schemas)
    }
}

/// An object that is an input of its own.
pub fn nested<T: Input + ToSchema>() -> impl Rule<Output = T> {
    Nested(PhantomData)
}

/// An object, kept as it is, of up to `most_bytes` of JSON.
pub fn object(most_bytes: usize) -> impl Rule<Output = serde_json::Map<String, Value>> {
    rule(
        || json!({"type": "object", "additionalProperties": true}),
        move |value, _| {
            let object = value.as_object().ok_or_else(|| wrong_type("an object"))?;
            let told = value.to_string();
            if told.len() > most_bytes {
                return Err(Problem::new("too_long", format!("must be at most {most_bytes} bytes of JSON")));
            }
            if told.contains("\\u0000") {
                return Err(Problem::new("not_storable", "must not contain a NUL character"));
            }
            Ok(object.clone())
        },
    )
}
