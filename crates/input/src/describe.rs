//! What an input looks like, for OpenAPI: gathered from the rules that also read it.

use std::borrow::Cow;
use std::fmt::Write as _;

use kernel::money::MOST_MINOR;
use kernel::numeral::Kind;
use serde_json::{Map, Value, json};
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn, ParameterStyle};
use utoipa::openapi::{RefOr, Required, Schema};
use utoipa::{PartialSchema, ToSchema};

use crate::Input;
use crate::rule::Rule;

/// Schemas by the names under which others refer to them.
pub type Schemas = Vec<(String, RefOr<Schema>)>;

/// The fields of an input, in their order.
#[derive(Default)]
pub struct Description {
    /// Each with its finished schema.
    properties: Vec<(Property, Value)>,
    schemas: Schemas,
}

/// One field.
pub struct Property {
    /// Its name, and the others under which it is taken.
    pub names: &'static [&'static str],
    /// What it is.
    pub doc: &'static str,
    /// Must it be there?
    pub required: bool,
    /// May it be null?
    pub nullable: bool,
    /// What it is when it is missing.
    pub default: Option<Value>,
    /// An example.
    pub example: Option<Value>,
}

impl Description {
    /// The description of an input.
    pub fn of<T: Input>() -> Self {
        let mut description = Self::default();
        T::describe(&mut description);
        description
    }

    /// Adds a field that this rule reads.
    pub fn field(&mut self, property: Property, rule: &impl Rule) {
        let mut schema = rule.schema(&mut self.schemas);
        if property.nullable {
            schema = nullable(schema);
        }
        self.add(property, schema);
    }

    /// Adds a field with a schema of its own.
    pub fn add(&mut self, property: Property, mut schema: Value) {
        if let Value::Object(schema) = &mut schema {
            let mut doc = property.doc.to_owned();
            for alias in property.names.iter().skip(1) {
                let _ = write!(doc, " `{alias}` is taken too.");
            }
            let doc = doc.trim();
            if !doc.is_empty() {
                schema.insert("description".into(), doc.into());
            }
            if let Some(example) = &property.example {
                schema.insert("examples".into(), json!([example]));
            }
            if let Some(default) = &property.default {
                schema.insert("default".into(), default.clone());
            }
        }
        self.properties.push((property, schema));
    }

    /// Adds a part of a form that is a file.
    pub fn file(&mut self, names: &'static [&'static str], required: bool, doc: &'static str) {
        let file = Property { names, doc, required, nullable: false, default: None, example: None };
        self.add(file, json!({"type": "string", "format": "binary"}));
    }

    /// Is there a field of this name?
    pub fn has(&self, name: &str) -> bool {
        self.properties.iter().any(|(property, _)| property.names.contains(&name))
    }

    /// The fields that are numbers, under each of their names.
    pub fn numbers(&self) -> Vec<(&'static str, Kind)> {
        let kinds = self.properties.iter().filter_map(|(property, schema)| Some((property, kind_of(schema)?)));
        kinds.flat_map(|(property, kind)| property.names.iter().map(move |name| (*name, kind))).collect()
    }

    /// The schema of the object.
    pub fn object(&self, doc: &str) -> Value {
        let mut properties = Map::new();
        let mut required = Vec::new();
        for (property, schema) in &self.properties {
            properties.insert(property.names[0].to_owned(), schema.clone());
            if property.required {
                required.push(property.names[0]);
            }
        }
        let mut object = json!({"type": "object", "properties": properties});
        if !required.is_empty() {
            object["required"] = json!(required);
        }
        if !doc.is_empty() {
            object["description"] = doc.into();
        }
        object
    }

    /// The fields as parameters of a query.
    pub fn parameters(self, place: &ParameterIn) -> Vec<Parameter> {
        let parameters = self.properties.into_iter().map(|(property, schema)| {
            let mut schema = without_null(schema);
            let doc = schema.as_object_mut().and_then(|schema| schema.remove("description"));
            let is_list = schema["type"] == "array" || schema["type"][0] == "array";
            let mut parameter = ParameterBuilder::new()
                .name(property.names[0])
                .parameter_in(place.clone())
                .required(if property.required { Required::True } else { Required::False })
                .description(doc.as_ref().and_then(Value::as_str))
                .schema(Some(finished(schema)));
            if is_list {
                parameter = parameter.style(Some(ParameterStyle::Form)).explode(Some(false));
            }
            parameter.build()
        });
        parameters.collect()
    }

    /// Hands over the schemas that the fields refer to.
    pub fn hand_over(self, schemas: &mut Schemas) {
        schemas.extend(self.schemas);
    }
}

/// What numbers a schema takes, if it takes any.
fn kind_of(schema: &Value) -> Option<Kind> {
    if let Some(options) = schema["anyOf"].as_array() {
        return options.iter().find_map(kind_of);
    }
    let is = |name: &str| {
        schema["type"] == name || schema["type"].as_array().is_some_and(|types| types.contains(&name.into()))
    };
    let most = schema["maximum"].as_f64();
    match most {
        _ if is("integer") => Some(Kind::WHOLE),
        Some(most) if is("number") && most as i64 == MOST_MINOR / 100 => Some(Kind::MONEY),
        Some(most) if is("number") => Some(Kind::up_to(most)),
        _ => None,
    }
}

/// A JSON Schema as utoipa's type. What is not one of the kinds that it knows becomes a schema that takes anything.
pub fn finished(schema: Value) -> RefOr<Schema> {
    serde_json::from_value(schema).unwrap_or_default()
}

/// The schema that also takes null.
pub fn nullable(mut schema: Value) -> Value {
    let Value::Object(object) = &mut schema else { return schema };
    if let Some(Value::Array(options)) = object.get_mut("anyOf") {
        options.push(json!({"type": "null"}));
        return schema;
    }
    if object.contains_key("$ref") {
        return json!({"oneOf": [{"type": "null"}, schema]});
    }
    match object.get_mut("type") {
        Some(kind @ Value::String(_)) => *kind = json!([kind.clone(), "null"]),
        Some(Value::Array(kinds)) => kinds.push("null".into()),
        _ => return schema,
    }
    if let Some(Value::Array(words)) = object.get_mut("enum") {
        words.push(Value::Null);
    }
    schema
}

/// A query cannot send null: what may be missing is only not required.
fn without_null(mut schema: Value) -> Value {
    let Value::Object(object) = &mut schema else { return schema };
    if let Some(Value::Array(kinds)) = object.get_mut("type") {
        kinds.retain(|kind| kind != "null");
        if let [only] = kinds.as_slice() {
            let only = only.clone();
            object.insert("type".into(), only);
        }
    }
    if let Some(Value::Array(words)) = object.get_mut("enum") {
        words.retain(|word| !word.is_null());
    }
    for key in ["oneOf", "anyOf"] {
        let Some(Value::Array(options)) = object.get_mut(key) else { continue };
        options.retain(|option| *option != json!({"type": "null"}));
        if let [only] = options.as_slice() {
            let Value::Object(mut only) = only.clone() else { continue };
            object.remove(key);
            only.append(object);
            return Value::Object(only);
        }
    }
    schema
}

/// How others refer to a schema; the schema itself, and what it refers to, are handed over.
pub fn reference<T: ToSchema>(schemas: &mut Schemas) -> Value {
    let name: Cow<'static, str> = T::name();
    if !schemas.iter().any(|(known, _)| *known == name) {
        schemas.push((name.clone().into_owned(), <T as PartialSchema>::schema()));
        T::schemas(schemas);
    }
    json!({"$ref": format!("#/components/schemas/{name}")})
}

/// Names the type that a rule makes, where the rule alone leaves it open (`id`, `word`).
pub fn typed<T, R: Rule<Output = T>>(rule: R) -> R {
    rule
}
