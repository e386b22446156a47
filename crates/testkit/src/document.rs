//! Holds answers against the service's own description (`/openapi.json`): the status, the type of the body, and the body itself.
//!
//! A body may hold no field that its schema does not name. The document cannot say so, because later versions may add some;
//! so each schema is closed here, where it is used, before it is compiled.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use axum::http::Method;
use jsonschema::{Draft, Validator};
use serde_json::{Map, Value, json};

use crate::Reply;

/// Where schemas with names stand.
const NAMED: &str = "#/components/schemas/";

/// A description, and what was compiled of it so far.
pub(crate) struct Document {
    whole: Value,
    /// By template: its segments, and its operations.
    paths: Vec<(Vec<String>, Map<String, Value>)>,
    /// By operation, status and media type. Only what is asked is compiled: a test asks little of a large document.
    compiled: Mutex<HashMap<String, Arc<Validator>>>,
}

impl Document {
    pub(crate) fn new(mut whole: Value) -> Self {
        let mut paths = Vec::new();
        if let Some(Value::Object(described)) = whole.get_mut("paths").map(Value::take) {
            for (template, item) in described {
                if let Value::Object(operations) = item {
                    paths.push((segments(&template).map(str::to_owned).collect(), operations));
                }
            }
        }
        Self { whole, paths, compiled: Mutex::default() }
    }

    /// What is wrong with this answer to a request of this method and path; nothing, if no documented route was asked.
    pub(crate) fn faults(&self, method: &Method, path: &str, reply: &Reply) -> Vec<String> {
        let head = method == Method::HEAD;
        let method = if head { "get".to_owned() } else { method.as_str().to_ascii_lowercase() };
        let Some((template, operation)) = self.operation(&method, path) else { return Vec::new() };
        // What the client has already is HTTP's own answer to `If-None-Match`, the same for every GET.
        if reply.status == 304 && method == "get" {
            return Vec::new();
        }
        let status = reply.status.to_string();
        let Some(response) = operation["responses"].get(&status).map(|response| self.followed(response)) else {
            return vec![format!("the status {status} is not documented")];
        };
        let media_type = reply.header("content-type").split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        let contents = response["content"].as_object();
        if head || media_type.is_empty() && reply.bytes.is_empty() && contents.is_none() {
            return Vec::new();
        }
        let Some(content) = contents.and_then(|contents| contents.get(&media_type)) else {
            return vec![format!("{status} is not documented to answer {media_type:?}")];
        };
        // What is compressed is asked for by tests of the compression.
        if media_type != "application/json" || !reply.header("content-encoding").is_empty() {
            return Vec::new();
        }
        let body: Value = match serde_json::from_slice(&reply.bytes) {
            Ok(body) => body,
            Err(error) => return vec![format!("the body is no JSON: {error}")],
        };
        let validator = self.validator(format!("{method} {template} {status}"), &content["schema"]);
        validator.iter_errors(&body).map(|error| format!("{}: {error}", error.instance_path())).collect()
    }

    /// The operation that is asked by this method and path. Words in a template go before names, as in the router.
    fn operation(&self, method: &str, path: &str) -> Option<(String, &Value)> {
        let asked: Vec<&str> = segments(path.split('?').next().unwrap_or_default()).collect();
        let is_name = |own: &str| own.starts_with('{');
        let fits = |own: &[String]| {
            own.len() == asked.len() && own.iter().zip(&asked).all(|(own, asked)| is_name(own) || own == asked)
        };
        let names = |own: &[String]| own.iter().map(|own| is_name(own)).collect::<Vec<_>>();
        let (own, operations) = self.paths.iter().filter(|(own, _)| fits(own)).min_by_key(|(own, _)| names(own))?;
        Some((own.join("/"), operations.get(method)?))
    }

    /// What a `$ref` leads to.
    fn followed<'v>(&'v self, value: &'v Value) -> &'v Value {
        let pointer = value["$ref"].as_str().and_then(|reference| reference.strip_prefix('#'));
        pointer.and_then(|pointer| self.whole.pointer(pointer)).unwrap_or(value)
    }

    fn validator(&self, key: String, schema: &Value) -> Arc<Validator> {
        let mut compiled = self.compiled.lock().expect("nobody panicked while holding it");
        let validator = compiled.entry(key).or_insert_with_key(|key| {
            let validator = jsonschema::options()
                .with_draft(Draft::Draft202012)
                .should_validate_formats(true)
                .build(&self.whole_schema(schema))
                .unwrap_or_else(|error| panic!("the schema of {key} cannot be compiled: {error}"));
            Arc::new(validator)
        });
        Arc::clone(validator)
    }

    /// The closed schema, with the named ones that it needs.
    fn whole_schema(&self, schema: &Value) -> Value {
        let mut named = Map::new();
        let mut whole = self.closed(schema, true);
        let mut wanted = references(&whole);
        while let Some(name) = wanted.pop() {
            if !named.contains_key(&name) {
                let own = self.closed(self.named(&name), false);
                wanted.extend(references(&own));
                named.insert(name, own);
            }
        }
        if !named.is_empty() {
            whole["components"] = json!({"schemas": named});
        }
        whole
    }

    fn named(&self, name: &str) -> &Value {
        let own = self.whole["components"]["schemas"].get(name);
        own.unwrap_or_else(|| panic!("the document has no schema {name}"))
    }

    /// The schema, so that no object within it has a property that it does not name. `used`: it describes a value by itself, and is
    /// no part of another's composition, whose other parts name properties, too.
    fn closed(&self, schema: &Value, used: bool) -> Value {
        let Value::Object(schema) = schema else { return schema.clone() };
        let mut closed = Map::new();
        for (keyword, value) in schema {
            let value = match (keyword.as_str(), value) {
                ("properties", Value::Object(properties)) => {
                    properties.iter().map(|(name, own)| (name.clone(), self.closed(own, true))).collect()
                }
                ("items" | "additionalProperties", own) => self.closed(own, true),
                ("allOf" | "anyOf" | "oneOf", Value::Array(parts)) => {
                    parts.iter().map(|part| self.closed(part, false)).collect()
                }
                // Not part of JSON Schema, or only for people.
                ("example" | "examples" | "default" | "description", _) => continue,
                _ => value.clone(),
            };
            closed.insert(keyword.clone(), value);
        }
        let mut shape = Shape::default();
        self.look(schema, &mut shape, 0);
        if used && shape.names_properties && !shape.is_open {
            closed.insert("unevaluatedProperties".to_owned(), json!(false));
        }
        Value::Object(closed)
    }

    /// What a schema says of objects, with all that it is composed of.
    fn look(&self, schema: &Map<String, Value>, shape: &mut Shape, depth: usize) {
        assert!(depth < 20, "a schema is composed of itself: {schema:?}");
        shape.names_properties |= schema.contains_key("properties");
        let mut is_composed = false;
        let followed = schema.get("$ref").and_then(Value::as_str).and_then(|name| name.strip_prefix(NAMED));
        let parts = ["allOf", "anyOf", "oneOf"].iter().filter_map(|keyword| schema.get(*keyword)?.as_array()).flatten();
        for part in followed.map(|name| self.named(name)).into_iter().chain(parts) {
            is_composed = true;
            if let Value::Object(part) = part {
                self.look(part, shape, depth + 1);
            }
        }
        let may_be_object = schema
            .get("type")
            .is_none_or(|own| own == "object" || own.as_array().is_some_and(|own| own.contains(&json!("object"))));
        let says_which =
            ["properties", "additionalProperties", "enum", "const"].iter().any(|own| schema.contains_key(*own));
        shape.is_open |= may_be_object && !is_composed && !says_which;
    }
}

/// What a schema says of objects.
#[derive(Default)]
struct Shape {
    names_properties: bool,
    /// Whatever object will do.
    is_open: bool,
}

fn segments(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter(|segment| !segment.is_empty())
}

/// The names of the schemas that are referred to, however deep.
fn references(schema: &Value) -> Vec<String> {
    match schema {
        Value::Object(fields) => {
            let own = fields.get("$ref").and_then(Value::as_str).and_then(|reference| reference.strip_prefix(NAMED));
            own.map(str::to_owned).into_iter().chain(fields.values().flat_map(references)).collect()
        }
        Value::Array(items) => items.iter().flat_map(references).collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use axum::http::header::CONTENT_TYPE;
    use axum::response::Response;

    use super::*;

    fn document() -> Document {
        let named = json!({"type": "object", "required": ["id"], "properties": {"id": {"type": "integer"}}});
        let list = json!({"allOf": [
            {"$ref": "#/components/schemas/Page"},
            {"type": "object", "required": ["items"], "properties": {"items": {"type": "array", "items": {"$ref": "#/components/schemas/Item"}}}},
        ]});
        let item = json!({"allOf": [{"$ref": "#/components/schemas/Named"}, {"type": "object", "properties": {
            "free": {"type": "object"}, "by": {"oneOf": [{"type": "null"}, {"$ref": "#/components/schemas/Named"}]}}}]});
        let page = json!({"type": "object", "required": ["total"], "properties": {"total": {"type": "integer"}}});
        let answers = |schema: &str| {
            json!({"200": {"description": "", "content": {"application/json": {"schema": {"$ref": format!("{NAMED}{schema}")}}}},
            "404": {"$ref": "#/components/responses/NotFound"}, "204": {"description": ""}})
        };
        Document::new(json!({
            "paths": {
                "/things": {"get": {"responses": answers("List")}},
                "/things/{id}": {"get": {"responses": answers("Named")}, "delete": {"responses": answers("Named")}},
                "/things/newest": {"get": {"responses": answers("Item")}},
            },
            "components": {
                "responses": {"NotFound": {"description": "", "content": {"text/html": {"schema": {"type": "string"}}}}},
                "schemas": {"Named": named, "List": list, "Item": item, "Page": page},
            },
        }))
    }

    async fn faults(asked: &str, status: u16, media_type: &str, body: &str) -> usize {
        let (method, path) = asked.split_once(' ').unwrap();
        let mut response = Response::builder().status(status);
        if !media_type.is_empty() {
            response = response.header(CONTENT_TYPE, media_type);
        }
        let response = response.body(Body::from(body.to_owned())).unwrap();
        let reply = Reply::read(asked.to_owned(), response).await;
        document().faults(&method.parse().unwrap(), path, &reply).len()
    }

    #[tokio::test]
    async fn status_and_media_type_must_be_documented() {
        let json = "application/json";
        assert_eq!(faults("GET /things/7?a=b", 200, "application/json; charset=utf-8", r#"{"id": 7}"#).await, 0);
        assert_eq!(faults("GET /things/7", 201, json, r#"{"id": 7}"#).await, 1);
        assert_eq!(faults("GET /things/7", 200, "text/html", "7").await, 1);
        assert_eq!(faults("GET /things/7", 200, "", "").await, 1, "a body is documented");
        assert_eq!(faults("GET /things/7", 404, "text/html", "no").await, 0);
        assert_eq!(faults("GET /things/7", 404, json, "{}").await, 1);
        assert_eq!(faults("GET /things/7", 304, "", "").await, 0);
        assert_eq!(faults("DELETE /things/7", 204, "", "").await, 0);
        assert_eq!(faults("DELETE /things/7", 204, json, "{}").await, 1, "no body is documented");
        assert_eq!(faults("HEAD /things/7", 200, json, "").await, 0);
        for undocumented in ["POST /things/7", "GET /other", "GET /things/7/parts"] {
            assert_eq!(faults(undocumented, 500, json, "{}").await, 0, "{undocumented}");
        }
    }

    #[tokio::test]
    async fn bodies_are_as_their_schemas_say_and_hold_nothing_else() {
        for (path, body, wrong) in [
            ("/things/7", r#"{"id": "7"}"#, 1),
            ("/things/7", "{}", 1),
            ("/things/7", r#"{"id": 7, "other": 1}"#, 1),
            ("/things/7", "no JSON", 1),
            ("/things/newest", r#"{"id": 7, "free": {"any": 1}, "by": {"id": 1}}"#, 0),
            ("/things/newest", r#"{"id": 7, "by": null}"#, 0),
            ("/things/newest", r#"{"id": 7, "by": {"id": 1, "other": 1}}"#, 1),
            ("/things/newest", r#"{"id": 7, "other": 1}"#, 1),
            ("/things", r#"{"total": 1, "items": [{"id": 7, "free": {}}]}"#, 0),
            ("/things", r#"{"total": 1, "items": [{"id": 7, "other": {}}]}"#, 1),
            ("/things", r#"{"total": 1, "items": [], "other": 1}"#, 1),
        ] {
            let found = faults(&format!("GET {path}"), 200, "application/json", body).await;
            assert_eq!(found.min(1), wrong, "{path}: {body}");
        }
    }
}
