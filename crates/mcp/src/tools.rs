//! The tools: what a person does here most, one operation each. Whatever else there is, is found by `search_operations` and done by
//! `call_operation`.

mod table;

use std::sync::Arc;

use rmcp::model::{JsonObject, Tool, ToolAnnotations};
use serde_json::{Map, Value, json};

use crate::classes::Class;
use crate::document::{Document, Operation};

pub(crate) use table::TOOLS;

/// The tool that finds operations,
pub(crate) const SEARCH: &str = "search_operations";
/// and the one that calls any of them.
pub(crate) const CALL: &str = "call_operation";

/// What a tool's name stands for.
pub(crate) struct Known {
    /// Its name.
    pub(crate) name: &'static str,
    /// How it is called for people.
    title: &'static str,
    /// What it is for, for the model.
    about: &'static str,
    /// The operation that it calls.
    pub(crate) operation: &'static str,
    /// Which parameters and fields of the operation it takes.
    pub(crate) fields: &'static [&'static str],
    /// The set that it belongs to.
    pub(crate) set: &'static str,
}

/// A tool as it is listed, and when it is.
pub(crate) struct Listed {
    pub(crate) tool: Tool,
    pub(crate) set: &'static str,
    pub(crate) class: Class,
}

impl Listed {
    /// Is it shown to who may only read? What reaches every operation is: the operation says what they may do.
    pub(crate) fn reads_for_viewers(&self) -> bool {
        self.tool.name == CALL
    }
}

/// Those tools whose operations are in the document, and the two that reach every operation.
pub(crate) fn listed(document: &Document) -> Vec<Listed> {
    let of_table = TOOLS.iter().filter_map(|known| {
        let operation = document.by_id(known.operation)?;
        let tool = Tool::new(known.name, described(known.about, operation.class), schema(known, operation, document))
            .with_title(known.title)
            .with_annotations(hints(operation.class));
        Some(Listed { tool, set: known.set, class: operation.class })
    });
    of_table.chain([search(), call()]).collect()
}

/// The tool of this name.
pub(crate) fn known(name: &str) -> Option<&'static Known> {
    TOOLS.iter().find(|known| known.name == name)
}

fn described(about: &'static str, class: Class) -> String {
    match class {
        Class::Act => {
            format!("{about} The first call only answers a preview and a confirm_token.")
        }
        _ => about.to_owned(),
    }
}

/// Everything is said, for what is left out is taken for the worst.
fn hints(class: Class) -> ToolAnnotations {
    let (reads, acts) = (class == Class::Reads, class == Class::Act);
    ToolAnnotations::new().read_only(reads).destructive(acts).idempotent(reads).open_world(acts)
}

fn schema(known: &Known, operation: &Operation, document: &Document) -> Arc<JsonObject> {
    let body = operation.body.as_ref().map(|body| document.schemas.resolve(body));
    let mut properties = Map::new();
    let mut required = Vec::new();
    for field in known.fields {
        if let Some(parameter) = operation.parameters.iter().find(|parameter| parameter.name == *field) {
            properties.insert((*field).into(), document.schemas.brief(&parameter.schema));
            if parameter.required {
                required.push(*field);
            }
        } else if let Some(own) = body.and_then(|body| body["properties"].get(field)) {
            properties.insert((*field).into(), document.schemas.brief(own));
            let wanted = body.and_then(|body| body["required"].as_array());
            if wanted.is_some_and(|wanted| wanted.iter().any(|name| name == field)) {
                required.push(*field);
            }
        }
    }
    finish(properties, &required, operation.class)
}

/// With the fields that tools have in common.
fn finish(mut properties: Map<String, Value>, required: &[&str], class: Class) -> Arc<JsonObject> {
    if class == Class::Act {
        let about = "From the preview";
        properties.insert("confirm_token".into(), json!({"type": "string", "description": about}));
    } else {
        let about = "One of a result's more";
        properties.insert("cursor".into(), json!({"type": "string", "description": about}));
    }
    let schema =
        json!({"type": "object", "properties": properties, "required": required, "additionalProperties": false});
    Arc::new(schema.as_object().cloned().unwrap_or_default())
}

fn search() -> Listed {
    let about = "Finds operations of the whole server by words (what every other tool leaves out: payments, reports, badges, \
                 webhooks, programs, settings …): each with its parameters and body. Then use call_operation.";
    let properties = json!({
        "query": {"type": "string", "description": "Words such as: refund payment"},
        "limit": {"type": "integer", "minimum": 1, "maximum": 10, "default": 5},
    });
    let schema = finish(properties.as_object().cloned().unwrap_or_default(), &["query"], Class::Reads);
    let tool = Tool::new(SEARCH, about, schema).with_title("Search operations").with_annotations(hints(Class::Reads));
    Listed { tool, set: "operations", class: Class::Reads }
}

fn call() -> Listed {
    let about = "Calls any operation that search_operations found. What sends, pays, signs, accepts, approves, publishes or deletes \
                 answers a preview first; nothing happens before you call again with its confirm_token.";
    let properties = json!({
        "operation_id": {"type": "string"},
        "path_parameters": {"type": "object", "description": "Values for the {names} of the path"},
        "query": {"type": "object"},
        "body": {"description": "The JSON body"},
        "cursor": {"type": "string", "description": "One of a result's more"},
    });
    let schema = finish(properties.as_object().cloned().unwrap_or_default(), &["operation_id"], Class::Act);
    let tool = Tool::new(CALL, about, schema).with_title("Call an operation").with_annotations(hints(Class::Act));
    Listed { tool, set: "operations", class: Class::Act }
}
