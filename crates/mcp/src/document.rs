//! The server's operations, as its OpenAPI document tells them.

mod schema;
mod search;

use std::collections::HashMap;

use axum::http::Method;
use serde_json::Value;
use utoipa::openapi::OpenApi;

use crate::classes::{Class, Classes};

pub(crate) use schema::Schemas;

/// Where a parameter stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Place {
    Path,
    Query,
}

/// A parameter of the address.
#[derive(Clone, Debug)]
pub(crate) struct Parameter {
    pub(crate) name: String,
    pub(crate) place: Place,
    pub(crate) required: bool,
    pub(crate) schema: Value,
}

/// An operation.
#[derive(Clone, Debug)]
pub(crate) struct Operation {
    pub(crate) id: String,
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) summary: String,
    pub(crate) about: String,
    pub(crate) parameters: Vec<Parameter>,
    /// What its body holds, where it takes JSON.
    pub(crate) body: Option<Value>,
    /// Does it take a key by which a repeated request is known?
    pub(crate) idempotent: bool,
    pub(crate) class: Class,
}

/// All operations that assistants may call.
pub(crate) struct Document {
    operations: Vec<Operation>,
    by_id: HashMap<String, usize>,
    pub(crate) schemas: Schemas,
}

impl Document {
    /// Reads the document.
    pub(crate) fn read(document: &OpenApi) -> Self {
        let whole = serde_json::to_value(document).unwrap_or_default();
        let classes = Classes::listed();
        let mut operations = Vec::new();
        for (path, item) in whole["paths"].as_object().into_iter().flatten() {
            for (method, operation) in item.as_object().into_iter().flatten() {
                let Ok(method) = method.to_ascii_uppercase().parse::<Method>() else { continue };
                let class = classes.of(&method, path);
                if class != Class::Never && operation.is_object() && operation["operationId"].is_string() {
                    operations.push(read(path, method, operation, class));
                }
            }
        }
        let by_id = operations.iter().enumerate().map(|(at, operation)| (operation.id.clone(), at)).collect();
        Self { operations, by_id, schemas: Schemas::of(&whole) }
    }

    /// All of them.
    pub(crate) fn operations(&self) -> &[Operation] {
        &self.operations
    }

    /// The one with this id.
    pub(crate) fn by_id(&self, id: &str) -> Option<&Operation> {
        self.by_id.get(id).map(|at| &self.operations[*at])
    }

    /// The one with this method and path, as the document spells it.
    pub(crate) fn by_path(&self, method: &str, path: &str) -> Option<&Operation> {
        let same =
            |operation: &&Operation| operation.method.as_str().eq_ignore_ascii_case(method) && operation.path == path;
        self.operations.iter().find(same)
    }

    /// What reads the thing that an operation is about: the nearest GET on the way up its path, with the same ids in it.
    pub(crate) fn reader_of(&self, operation: &Operation) -> Option<&Operation> {
        let mut path = operation.path.as_str();
        while path.contains('{') {
            if path.ends_with('}')
                && let Some(found) = self.by_path("GET", path)
            {
                return Some(found);
            }
            path = path.rsplit_once('/')?.0;
        }
        None
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn read(path: &str, method: Method, operation: &Value, class: Class) -> Operation {
    let listed = || operation["parameters"].as_array().into_iter().flatten();
    let parameters = listed().filter_map(|parameter| {
        let place = match parameter["in"].as_str()? {
            "path" => Place::Path,
            "query" => Place::Query,
            _ => return None,
        };
        let mut schema = parameter["schema"].clone();
        if let (Some(fields), Some(about)) = (schema.as_object_mut(), parameter["description"].as_str()) {
            fields.insert("description".into(), about.into());
        }
        let required = place == Place::Path || parameter["required"] == true;
        Some(Parameter { name: text(&parameter["name"]), place, required, schema })
    });
    let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
    Operation {
        id: text(&operation["operationId"]),
        path: path.to_owned(),
        summary: text(&operation["summary"]),
        about: text(&operation["description"]),
        parameters: parameters.collect(),
        body: schema.is_object().then(|| schema.clone()),
        idempotent: listed().any(|parameter| parameter["name"] == "Idempotency-Key"),
        class,
        method,
    }
}
