//! What a call of a tool asks of the server: one operation, with its path, query and body.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value};
use url::form_urlencoded;

use crate::document::{Document, Operation, Place};
use crate::tools::{self, Known};

/// What may stand in a part of a path as it is.
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~').remove(b'@');

/// A call that is understood.
pub(crate) struct Plan<'a> {
    pub(crate) operation: &'a Operation,
    /// The path, filled in.
    pub(crate) path: String,
    /// The path with its query.
    pub(crate) address: String,
    pub(crate) body: Option<Value>,
    pub(crate) confirm: Option<String>,
    pub(crate) cursor: Option<String>,
    /// The arguments without the token and the cursor: what a preview shows, and a token is for.
    pub(crate) arguments: Value,
    /// The values of the path's names.
    named: Map<String, Value>,
}

impl Plan<'_> {
    /// The path of another operation about the same thing.
    pub(crate) fn path_of(&self, other: &Operation) -> Option<String> {
        filled(&other.path, &self.named).ok()
    }
}

/// Understands the call of a tool; a fault says what to do about it.
pub(crate) fn plan<'a>(document: &'a Document, tool: &str, arguments: &Map<String, Value>) -> Result<Plan<'a>, String> {
    let mut left = arguments.clone();
    let confirm = taken(&mut left, "confirm_token")?;
    let cursor = taken(&mut left, "cursor")?;
    let whole = Value::Object(left.clone());
    let (operation, named, query, body) = match tools::known(tool) {
        Some(known) => of_tool(document, known, left)?,
        None => of_any(document, left)?,
    };
    let path = filled(&operation.path, &named)?;
    let query = encoded(&query)?;
    let address = if query.is_empty() { path.clone() } else { format!("{path}?{query}") };
    Ok(Plan { operation, path, address, body, confirm, cursor, arguments: whole, named })
}

type Parts<'a> = (&'a Operation, Map<String, Value>, Map<String, Value>, Option<Value>);

fn of_tool<'a>(document: &'a Document, known: &Known, left: Map<String, Value>) -> Result<Parts<'a>, String> {
    let operation = document.by_id(known.operation).ok_or("This tool is not there; list the tools again")?;
    let (mut named, mut query, mut body) = (Map::new(), Map::new(), Map::new());
    for (name, value) in left {
        if !known.fields.contains(&name.as_str()) {
            return Err(format!("There is no {name}; {} takes {}", known.name, known.fields.join(", ")));
        }
        let place =
            operation.parameters.iter().find(|parameter| parameter.name == name).map(|parameter| parameter.place);
        match place {
            Some(Place::Path) => named.insert(name, value),
            Some(Place::Query) => query.insert(name, value),
            None => body.insert(name, value),
        };
    }
    let body = operation.body.is_some().then_some(Value::Object(body));
    Ok((operation, named, query, body))
}

fn of_any(document: &Document, mut left: Map<String, Value>) -> Result<Parts<'_>, String> {
    let id = taken(&mut left, "operation_id")?.ok_or("operation_id is missing; find one with search_operations")?;
    let operation = document
        .by_id(&id)
        .ok_or_else(|| format!("There is no operation {id} for assistants; find one with search_operations"))?;
    let named = object(&mut left, "path_parameters")?;
    let query = object(&mut left, "query")?;
    let body = left.remove("body").filter(|body| !body.is_null());
    if let Some((name, _)) = left.iter().next() {
        return Err(format!("There is no {name}; it takes operation_id, path_parameters, query and body"));
    }
    Ok((operation, named, query, body))
}

fn taken(left: &mut Map<String, Value>, name: &str) -> Result<Option<String>, String> {
    match left.remove(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(format!("{name} must be a string")),
    }
}

fn object(left: &mut Map<String, Value>, name: &str) -> Result<Map<String, Value>, String> {
    match left.remove(name) {
        None | Some(Value::Null) => Ok(Map::new()),
        Some(Value::Object(fields)) => Ok(fields),
        Some(_) => Err(format!("{name} must be an object")),
    }
}

/// A value as it stands in an address.
fn spelt(name: &str, value: &Value) -> Result<String, String> {
    match value {
        Value::String(text) => Ok(text.clone()),
        Value::Number(_) | Value::Bool(_) => Ok(value.to_string()),
        _ => Err(format!("{name} must be a string, a number or a boolean")),
    }
}

fn filled(path: &str, named: &Map<String, Value>) -> Result<String, String> {
    let mut filled = String::new();
    for part in path.split('/').skip(1) {
        filled.push('/');
        let Some(name) = part.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) else {
            filled.push_str(part);
            continue;
        };
        let value = named.get(name).ok_or_else(|| format!("{name} is missing"))?;
        let value = spelt(name, value)?;
        if value.is_empty() || value.starts_with('.') {
            return Err(format!("{name} is not an id"));
        }
        filled.extend(utf8_percent_encode(&value, PLAIN));
    }
    Ok(filled)
}

fn encoded(query: &Map<String, Value>) -> Result<String, String> {
    let mut encoded = form_urlencoded::Serializer::new(String::new());
    for (name, value) in query {
        match value {
            Value::Null => {}
            Value::Array(all) => {
                let all: Vec<String> = all.iter().map(|one| spelt(name, one)).collect::<Result<_, _>>()?;
                encoded.append_pair(name, &all.join(","));
            }
            value => {
                encoded.append_pair(name, &spelt(name, value)?);
            }
        }
    }
    Ok(encoded.finish())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn fields(value: &Value) -> Map<String, Value> {
        value.as_object().cloned().unwrap()
    }

    #[test]
    fn a_value_never_leaves_its_part_of_the_path() {
        let named = fields(&json!({"id": "a/b?c#d%2e é"}));
        assert_eq!(filled("/x/{id}/send", &named).unwrap(), "/x/a%2Fb%3Fc%23d%252e%20%C3%A9/send");
        for bad in [json!({}), json!({"id": ""}), json!({"id": ".."}), json!({"id": {"a": 1}}), json!({"id": null})] {
            assert!(filled("/x/{id}", &fields(&bad)).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_query_is_encoded_and_its_lists_are_joined() {
        let query = fields(&json!({"a": "x&y=z", "b": [1, "two"], "c": true, "d": null}));
        assert_eq!(encoded(&query).unwrap(), "a=x%26y%3Dz&b=1%2Ctwo&c=true");
        assert!(encoded(&fields(&json!({"a": {"b": 1}}))).is_err());
    }
}
