//! Which events can be subscribed to.

use std::sync::Arc;

use events::Kind;
use kernel::Result;
use serde_json::{Map, Value, json};

use crate::ports::Sides;

/// An event that can be subscribed to.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Its name: `user.created`.
    pub name: &'static str,
    /// What it means.
    pub about: &'static str,
    /// The schema of its payload.
    pub schema: Value,
    /// A payload as it may be.
    pub example: Value,
    /// Is the hub told whose it is?
    pub to_owner: bool,
    /// Is the other side told?
    pub to_other: bool,
}

/// Every event that can be subscribed to, by name. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Catalogue(Arc<Vec<Entry>>);

impl Catalogue {
    /// Of these kinds those that some hub may see: their payload has a workspace, or they have another side.
    pub fn new(kinds: &[Kind], sides: &dyn Sides) -> Result<Self> {
        let mut entries = Vec::new();
        for kind in kinds {
            let told = sides.told(kind.name);
            let schema = kind.schema()?;
            let to_owner = told.owner && is_somebodys(&schema);
            if to_owner || told.other {
                let example = example(&schema);
                let (name, about, to_other) = (kind.name, kind.about, told.other);
                entries.push(Entry { name, about, schema, example, to_owner, to_other });
            }
        }
        entries.sort_by_key(|entry| entry.name);
        Ok(Self(Arc::new(entries)))
    }

    /// All of them, by name.
    pub fn entries(&self) -> &[Entry] {
        &self.0
    }

    /// The one of this name.
    pub fn find(&self, name: &str) -> Option<&Entry> {
        self.0.binary_search_by_key(&name, |entry| entry.name).ok().map(|place| &self.0[place])
    }
}

/// Does every payload of this schema have a workspace?
fn is_somebodys(schema: &Value) -> bool {
    let own = schema["properties"].get("workspace_id");
    let parts = schema["allOf"].as_array().into_iter().flatten();
    own.is_some_and(|field| !field.to_string().contains("\"null\"")) || parts.into_iter().any(is_somebodys)
}

/// Something that this schema describes.
fn example(schema: &Value) -> Value {
    if let Some(given) = schema.get("example").or_else(|| schema["examples"].get(0)) {
        return given.clone();
    }
    if let Some(word) = schema["enum"].get(0) {
        return word.clone();
    }
    if let Some(parts) = schema["allOf"].as_array() {
        let mut all = Map::new();
        for part in parts {
            if let Value::Object(some) = example(part) {
                all.extend(some);
            }
        }
        return Value::Object(all);
    }
    if let Some(choices) = schema["oneOf"].as_array().or_else(|| schema["anyOf"].as_array()) {
        let real = choices.iter().find(|choice| choice["type"] != "null");
        return real.map_or(Value::Null, example);
    }
    let kind = match &schema["type"] {
        Value::Array(kinds) => kinds.iter().find(|kind| *kind != "null").and_then(Value::as_str),
        kind => kind.as_str(),
    };
    match (kind, schema["format"].as_str()) {
        (Some("object"), _) => {
            let fields = schema["properties"].as_object().into_iter().flatten();
            Value::Object(fields.map(|(name, field)| (name.clone(), example(field))).collect())
        }
        (Some("array"), _) => json!([example(&schema["items"])]),
        (Some("integer"), _) => json!(1),
        (Some("number"), _) => json!(100.0),
        (Some("boolean"), _) => json!(true),
        (_, Some("uuid")) => json!("0190a000-0000-7000-8000-000000000001"),
        (_, Some("date-time")) => json!("2026-01-15T10:30:00Z"),
        (_, Some("date")) => json!("2026-01-15"),
        _ => json!("text"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ports::{Plain, Told};

    #[test]
    fn examples_are_what_the_schemas_say() {
        let kinds: Vec<Kind> = audience::events::EVENTS.iter().chain(crate::events::EVENTS).copied().collect();
        let catalogue = Catalogue::new(&kinds, &Plain).unwrap();
        for entry in catalogue.entries() {
            let kind = kinds.iter().find(|kind| kind.name == entry.name).unwrap();
            assert_eq!(kind.round_trip(entry.example.clone()).unwrap(), entry.example, "{}", entry.name);
        }
        assert!(catalogue.find("user.created").is_some() && catalogue.find("moon.rises").is_none());
    }

    #[test]
    fn what_is_nobodys_is_told_to_nobody() {
        let with = |field| is_somebodys(&json!({"properties": {"workspace_id": field}}));
        assert!(with(json!({"type": "string", "format": "uuid"})));
        assert!(!with(json!({"type": ["string", "null"]})) && !with(json!({"oneOf": [{"type": "null"}, {}]})));
        assert!(!is_somebodys(&json!({"properties": {}})));
        assert_eq!(Plain.told("x"), Told { owner: true, other: false });
    }
}
