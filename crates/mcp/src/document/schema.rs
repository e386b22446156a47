//! JSON Schemas of the document, small enough to be read by a model.

use serde_json::{Map, Value, json};

/// What is told of a schema, and how much.
#[derive(Clone, Copy)]
struct Manner {
    /// How deep it is told; what lies deeper is any value.
    depth: usize,
    /// Which of its keys are told.
    keys: &'static [&'static str],
    /// How many words an enumeration may have, to be told.
    words: usize,
    /// How many characters of a description are told, to the end of a sentence.
    about: usize,
}

/// For a tool, which stands in the context of every conversation. The server says what else is wanted when it is not there.
const BRIEF: Manner =
    Manner { depth: 3, keys: &["type", "enum", "const", "minimum", "maximum", "description"], words: 14, about: 64 };

/// For an operation that was looked for.
const WHOLE: Manner = Manner {
    depth: 5,
    keys: &[
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
        "default",
        "description",
    ],
    words: 40,
    about: 600,
};

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

    /// The schema without references and examples, in a few words.
    pub(crate) fn brief(&self, schema: &Value) -> Value {
        self.told_in(schema, BRIEF)
    }

    /// The schema without references and examples.
    pub(crate) fn whole(&self, schema: &Value) -> Value {
        self.told_in(schema, WHOLE)
    }

    fn told_in(&self, schema: &Value, manner: Manner) -> Value {
        let Some(depth) = manner.depth.checked_sub(1) else { return json!({}) };
        let deeper = Manner { depth, ..manner };
        let resolved = self.resolve(schema);
        let mut told = Map::new();
        for key in manner.keys {
            let Some(value) = schema.get(key).or_else(|| resolved.get(key)) else { continue };
            match (*key, value) {
                ("enum", Value::Array(words)) if words.len() > manner.words => continue,
                ("description", Value::String(text)) => {
                    told.insert((*key).into(), sentences(text, manner.about).into())
                }
                ("default", Value::Null) => continue,
                _ => told.insert((*key).into(), value.clone()),
            };
        }
        if let Some(items) = resolved.get("items") {
            told.insert("items".into(), self.told_in(items, deeper));
        }
        if let Some(fields) = resolved["properties"].as_object() {
            let fields = fields.iter().map(|(name, field)| (name.clone(), self.told_in(field, deeper)));
            told.insert("properties".into(), Value::Object(fields.collect()));
            if let Some(required) = resolved.get("required") {
                told.insert("required".into(), required.clone());
            }
        }
        for key in ["oneOf", "anyOf", "allOf"] {
            let Some(choices) = resolved[key].as_array() else { continue };
            // That something may be left out is said by its not being required.
            let choices: Vec<&Value> = choices.iter().filter(|choice| choice["type"] != "null").collect();
            if let [only] = choices.as_slice() {
                let Value::Object(only) = self.told_in(only, deeper) else { continue };
                for (name, value) in only {
                    told.entry(name).or_insert(value);
                }
            } else {
                let choices = choices.into_iter().map(|choice| self.told_in(choice, deeper));
                told.insert(key.into(), choices.collect());
            }
        }
        Value::Object(told)
    }
}

/// The first sentences of a text, so many characters at most; the first always has its beginning told.
fn sentences(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let cut: String = text.chars().take(most).collect();
    match cut.rfind(". ") {
        Some(end) => cut[..=end].to_owned(),
        None => format!("{}…", cut.trim_end()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_followed_and_long_things_cut() {
        let words: Vec<String> = (0..50).map(|n| format!("W{n}")).collect();
        let document = json!({"components": {"schemas": {
            "Word": {"type": "string", "enum": words, "description": "A word"},
            "Loop": {"type": "object", "properties": {"next": {"$ref": "#/components/schemas/Loop"}}, "required": ["next"]},
        }}});
        let schemas = Schemas::of(&document);
        let optional = json!({"oneOf": [{"type": "null"}, {"$ref": "#/components/schemas/Word"}], "default": null});
        assert_eq!(schemas.brief(&optional), json!({"type": "string", "description": "A word"}));
        let told = schemas.brief(&json!({"$ref": "#/components/schemas/Loop"}));
        assert_eq!(told["properties"]["next"]["properties"]["next"]["properties"]["next"], json!({}));
        assert_eq!(sentences("One. Two and more", 8), "One.");
        assert_eq!(sentences("One and two", 8), "One and…");
    }
}
