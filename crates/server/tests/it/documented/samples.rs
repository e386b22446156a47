//! Values made from a schema: some that it takes, and some that it does not.

use std::collections::HashMap;

use jsonschema::{Draft, Validator};
use serde_json::{Map, Value, json};

use crate::document::NOTHING;

/// Where in a value something was put or left out, and the whole value with it.
pub(crate) type Variant = (Vec<String>, Value);

/// Schemas of a document, and what was compiled of them.
pub(crate) struct Schemas {
    components: Value,
    compiled: HashMap<String, Validator>,
}

impl Schemas {
    pub(crate) fn of(document: &Value) -> Self {
        Self { components: document["components"].clone(), compiled: HashMap::new() }
    }

    /// Does the schema take this value?
    pub(crate) fn takes(&mut self, schema: &Value, value: &Value) -> bool {
        let validator = self.compiled.entry(schema.to_string()).or_insert_with(|| {
            let mut whole = schema.clone();
            whole["components"] = self.components.clone();
            let options = jsonschema::options().with_draft(Draft::Draft202012).should_validate_formats(true);
            options.build(&whole).unwrap_or_else(|error| panic!("{schema}: {error}"))
        });
        validator.is_valid(value)
    }

    /// The schema that is meant, where another is referred to.
    pub(crate) fn followed(&self, schema: &Value) -> Value {
        match schema["$ref"].as_str().and_then(|reference| reference.strip_prefix("#/components")) {
            Some(pointer) => self.components.pointer(pointer).unwrap_or_else(|| panic!("{schema}")).clone(),
            None => schema.clone(),
        }
    }

    /// A value that is taken, with nothing in it that may be left out.
    pub(crate) fn least(&mut self, schema: &Value) -> Value {
        let own = self.followed(schema);
        if let Some(part) = parts(&own).into_iter().find(|part| part["type"] != "null") {
            return self.least(&part);
        }
        let Some(properties) = own["properties"].as_object() else {
            if own["type"] == "array" {
                let items =
                    if own["minItems"].as_u64() > Some(0) { vec![self.least(&own["items"])] } else { Vec::new() };
                return Value::Array(items);
            }
            let all = leaves(&own);
            let taken = all.iter().find(|value| !value.is_null() && self.takes(&own, value));
            return taken.unwrap_or_else(|| panic!("no value is known that {own} takes")).clone();
        };
        let fields = properties.iter().filter(|(name, _)| is_required(&own, name));
        let fields: Vec<_> = fields.map(|(name, property)| (name.clone(), property.clone())).collect();
        fields.into_iter().map(|(name, property)| (name, self.least(&property))).collect::<Map<_, _>>().into()
    }

    /// A value that is taken, with everything in it.
    pub(crate) fn most(&mut self, schema: &Value) -> Value {
        let own = self.followed(schema);
        if let Some(part) = parts(&own).into_iter().find(|part| part["type"] != "null") {
            return self.most(&part);
        }
        if own["items"].is_object() {
            return json!([self.most(&own["items"])]);
        }
        let Some(properties) = own["properties"].as_object().cloned() else { return self.least(&own) };
        properties.into_iter().map(|(name, property)| (name, self.most(&property))).collect::<Map<_, _>>().into()
    }

    /// Values of the schema with one thing put into them or left out, whether it is taken or not.
    pub(crate) fn variants(&mut self, schema: &Value) -> Vec<Variant> {
        let own = self.followed(schema);
        let mut all = Vec::new();
        for part in parts(&own) {
            all.extend(self.variants(&part));
        }
        if let Some(properties) = own["properties"].as_object().cloned() {
            let least = self.least(&own);
            for (name, property) in properties {
                for (place, value) in self.variants(&property) {
                    let mut whole = least.clone();
                    whole[&name] = value;
                    all.push(([vec![name.clone()], place].concat(), whole));
                }
                if is_required(&own, &name) {
                    let mut whole = least.clone();
                    whole.as_object_mut().unwrap().remove(&name);
                    all.push((vec![name], whole));
                }
            }
            return all;
        }
        if own["items"].is_object() {
            let items = self.variants(&own["items"]);
            all.extend(items.into_iter().map(|(place, item)| ([vec!["0".to_owned()], place].concat(), json!([item]))));
            let most = own["maxItems"].as_u64().filter(|most| *most <= 1_000);
            let least = self.least(&own["items"]);
            all.extend(most.map(|most| (Vec::new(), Value::Array(vec![least; most as usize + 1]))));
        }
        let known: Vec<_> = leaves(&own).into_iter().map(|value| (Vec::new(), value)).collect();
        all.extend(known);
        all
    }
}

/// What a schema is composed of: one of these.
pub(crate) fn parts(schema: &Value) -> Vec<Value> {
    ["anyOf", "oneOf"].iter().filter_map(|keyword| schema[*keyword].as_array()).flatten().cloned().collect()
}

pub(crate) fn is_required(schema: &Value, name: &str) -> bool {
    schema["required"].as_array().is_some_and(|required| required.iter().any(|own| own == name))
}

/// Values of every kind, those first that the schema speaks of.
fn leaves(schema: &Value) -> Vec<Value> {
    let mut all: Vec<Value> = schema["examples"].as_array().cloned().unwrap_or_default();
    all.extend(schema.get("default").cloned());
    // Of very many words (currencies, countries) some, from the first to the last.
    let words = schema["enum"].as_array().cloned().unwrap_or_default();
    all.extend(words.iter().step_by(words.len() / 20 + 1).chain(words.last()).cloned());
    all.extend(["minimum", "maximum", "exclusiveMinimum"].iter().filter_map(|bound| schema.get(*bound).cloned()));
    let beyond = |bound: &str, by: f64| schema[bound].as_f64().map(|bound| json!(bound + by));
    all.extend(
        [beyond("minimum", -1.0), beyond("maximum", 1.0), beyond("exclusiveMinimum", 0.01)].into_iter().flatten(),
    );
    for (bound, by) in [("minLength", 0), ("minLength", -1), ("maxLength", 0), ("maxLength", 1)] {
        let length = schema[bound].as_i64().map(|length| length + by);
        all.extend(
            length.filter(|length| (0..=20_000).contains(length)).map(|length| json!("x".repeat(length as usize))),
        );
    }
    let texts = [
        "Something else",
        NOTHING,
        "ana@example.com",
        "https://example.com/a",
        "2030-01-15T10:30:00Z",
        "2026-01-15",
        "USD",
        "XXX",
        "+14155550123",
        "125K",
        "",
        " ",
        "ana@",
        "https://",
        "2030-02-30T10:30:00Z",
        "2026-02-30",
        "+",
        "+1",
    ];
    // For a day a time of it is taken as well.
    let of_a_day = schema["format"] == "date";
    all.extend(texts.into_iter().filter(|text| !of_a_day || !text.contains('T')).map(Value::from));
    all.extend([
        json!(null),
        json!(true),
        json!(1),
        json!(0),
        json!(-1),
        json!(0.5),
        json!(1e15),
        json!([]),
        json!([null]),
        json!({}),
    ]);
    all
}
