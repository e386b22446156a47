//! JSON Schemas of the document, small enough to be read by a model.

use serde_json::{Map, Value, json};

/// How deep a schema is told; what lies deeper is any value.
const DEPTH: usize = 4;

/// What is told of a schema.
const TOLD: [&str; 13] = [
    "type",
    "enum",
    "const",
    "format",
    "minimum",
    "maximum",
    "minItems",
    "maxItems",
    "minLength",
    "maxLength",
    "pattern",
    "default",
    "description",
];

/// The document's named schemas.
pub(crate) struct Schemas(Map<String, Value>);

impl Schemas {
    pub(crate) fn of(document: &Value) -> Self {
        Self(document["components"]["schemas"].as_object().cloned().unwrap_or_default())
    }

    /// The schema that this one names, or itself.
    pub(crate) fn resolve<'a>(&'a self, schema: &'a Value) -> &'a Value {
        let named = schema["$ref"].as_str().and_then(|name| name.rsplit('/').next());
        named.and_then(|name| self.0.get(name)).unwrap_or(schema)
    }

    /// The schema without references and examples.
    pub(crate) fn told(&self, schema: &Value) -> Value {
        self.to_depth(schema, DEPTH)
    }

    fn to_depth(&self, schema: &Value, depth: usize) -> Value {
        let resolved = self.resolve(schema);
        let Some(depth) = depth.checked_sub(1) else { return json!({}) };
        let mut told = Map::new();
        for key in TOLD {
            if let Some(value) = schema.get(key).or_else(|| resolved.get(key)) {
                told.insert(key.into(), value.clone());
            }
        }
        if let Some(items) = resolved.get("items") {
            told.insert("items".into(), self.to_depth(items, depth));
        }
        if let Some(fields) = resolved["properties"].as_object() {
            let fields = fields.iter().map(|(name, field)| (name.clone(), self.to_depth(field, depth)));
            told.insert("properties".into(), Value::Object(fields.collect()));
            if let Some(required) = resolved.get("required") {
                told.insert("required".into(), required.clone());
            }
        }
        for key in ["oneOf", "anyOf", "allOf"] {
            let Some(choices) = resolved[key].as_array() else { continue };
            let choices = choices.iter().map(|choice| self.to_depth(choice, depth));
            told.insert(key.into(), choices.collect());
        }
        Value::Object(told)
    }
}
