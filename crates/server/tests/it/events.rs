//! Every event of every slice: listed, told apart, and of the schema that it says.

use std::collections::BTreeSet;
use std::path::Path;

use influencerflow::build::event_kinds;
use serde_json::{Map, Value, json};

/// A value of this schema. Without `all`, what is not required is left out.
fn example(schema: &Value, all: bool) -> Value {
    if let Some(given) = schema.get("example").or_else(|| schema["examples"].get(0)) {
        return given.clone();
    }
    if let Some(one) = schema["enum"].get(0) {
        return one.clone();
    }
    if let Some(parts) = schema["allOf"].as_array() {
        let parts = parts.iter().map(|part| example(part, all));
        let fields = parts.filter_map(|part| part.as_object().cloned()).flatten();
        return Value::Object(fields.collect());
    }
    if let Some(forms) = schema["oneOf"].as_array() {
        return example(forms.iter().find(|form| form["type"] != "null").unwrap(), all);
    }
    let name = match &schema["type"] {
        Value::Array(names) => names.iter().find(|name| *name != "null").unwrap(),
        name => name,
    };
    match name.as_str().unwrap_or_else(|| panic!("no type in {schema}")) {
        "object" => {
            let required: BTreeSet<&str> =
                schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
            let fields = schema["properties"].as_object().unwrap().iter();
            let wanted = fields.filter(|(name, _)| all || required.contains(name.as_str()));
            Value::Object(wanted.map(|(name, field)| (name.clone(), example(field, all))).collect::<Map<_, _>>())
        }
        "string" if schema["format"] == "uuid" => json!("0190a000-0000-7000-8000-000000000000"),
        "string" => json!("text"),
        "integer" => json!(7),
        "number" => json!(7.5),
        "boolean" => json!(true),
        "array" => json!([example(&schema["items"], all)]),
        other => panic!("{other} has no example"),
    }
}

/// The names of the fields of an object's schema, also of what is flattened into it.
fn fields(schema: &Value) -> Vec<(String, Value)> {
    let own = schema["properties"].as_object().cloned().into_iter().flatten();
    own.chain(schema["allOf"].as_array().into_iter().flatten().flat_map(fields)).collect()
}

#[test]
fn every_event_is_what_its_schema_says() {
    let mut names = BTreeSet::new();
    for kind in event_kinds() {
        let name = kind.name;
        assert!(names.insert(name), "two events are called {name}");
        let (what, happened) = name.split_once('.').unwrap_or_default();
        let plain =
            |word: &str| !word.is_empty() && word.chars().all(|letter| letter.is_ascii_lowercase() || letter == '_');
        assert!(plain(what) && plain(happened), "{name} is not like contract.signed");
        assert!(kind.about.ends_with('.'), "{name}: {}", kind.about);

        let schema = kind.schema().unwrap();
        let fields = fields(&schema);
        for needed in ["workspace_id", kind.subject] {
            assert!(fields.iter().any(|(field, _)| field == needed), "{name} tells no {needed}: {schema}");
        }
        for (field, schema) in &fields {
            let said =
                schema["description"].as_str().is_some() || schema.get("oneOf").is_some() || schema["allOf"].is_array();
            assert!(said, "{name}: {field} has no description: {schema}");
            for personal in ["email", "phone", "address", "_name"] {
                assert!(!field.contains(personal), "{name} tells {field}: people are told by ids");
            }
        }
        let full = example(&schema, true);
        assert_eq!(kind.round_trip(full.clone()).unwrap(), full, "{name}");
        let least = kind.round_trip(example(&schema, false)).unwrap_or_else(|error| panic!("{name}: {error}"));
        for (field, value) in least.as_object().unwrap() {
            assert!(full.get(field).is_some(), "{name} writes {field}, which is not in its schema: {value}");
        }
    }
}

#[test]
fn every_event_is_listed() {
    let listed: BTreeSet<String> = event_kinds().iter().map(|kind| kind.name.to_owned()).collect();
    let mut written = BTreeSet::new();
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    for slice in std::fs::read_dir(crates).unwrap() {
        let Ok(text) = std::fs::read_to_string(slice.unwrap().path().join("src/events.rs")) else { continue };
        let names = text.split("#[event(\"").skip(1).filter_map(|rest| rest.split('"').next());
        written.extend(names.map(str::to_owned));
    }
    assert_eq!(listed, written, "the lists EVENTS and the events differ");
    assert!(written.len() > 50);
}
