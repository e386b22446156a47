//! Things as resources: `influencerflow://campaigns/{campaign_id}` and others, each read by its own operation.

use rmcp::ErrorData;
use rmcp::model::{CacheScope, ReadResourceResult, Resource, ResourceContents, ResourceTemplate};
use serde_json::{Map, Value, json};

use crate::act;
use crate::ask::{Asked, Guest, ask};
use crate::document::{Document, Operation};
use crate::door::Door;
use crate::fit;

const SCHEME: &str = "influencerflow://";
const JSON: &str = "application/json";

/// A kind of thing: what it is called, what reads one, and what lists some of them.
struct Noun {
    name: &'static str,
    reader: &'static str,
    lister: Option<&'static str>,
}

const NOUNS: &[Noun] = &[
    Noun { name: "creator", reader: "get_creator_profile", lister: None },
    Noun { name: "campaign", reader: "get_campaign", lister: Some("list_campaigns") },
    Noun { name: "outreach entry", reader: "get_outreach_entry", lister: None },
    Noun { name: "contract", reader: "read_contract", lister: Some("list_contracts") },
    Noun { name: "payment", reader: "read_payment", lister: None },
    Noun { name: "offer", reader: "get_offer", lister: None },
    Noun { name: "application", reader: "get_application", lister: None },
    Noun { name: "collaboration", reader: "read_collaboration", lister: None },
    Noun { name: "submission", reader: "read_submission", lister: None },
    Noun { name: "knowledge base", reader: "get_knowledge_base", lister: Some("list_knowledge_bases") },
    Noun { name: "knowledge document", reader: "get_document", lister: None },
    Noun { name: "member", reader: "get_user", lister: None },
    Noun { name: "conversation", reader: "show_conversation", lister: None },
    Noun { name: "program", reader: "show_program", lister: None },
    Noun { name: "channel", reader: "show_channel", lister: None },
];

/// How many things of a kind are listed.
const LISTED: usize = 10;

/// The URI of a route: its path after the version.
fn uri_of(path: &str) -> String {
    format!("{SCHEME}{}", path.trim_start_matches("/api/v1/"))
}

fn readers(document: &Document) -> impl Iterator<Item = (&'static Noun, &Operation)> {
    NOUNS.iter().filter_map(|noun| Some((noun, document.by_id(noun.reader)?)))
}

/// One template for each kind of thing.
pub(crate) fn templates(document: &Document) -> Vec<ResourceTemplate> {
    let told = readers(document).map(|(noun, reader)| {
        ResourceTemplate::new(uri_of(&reader.path), noun.name).with_title(reader.summary.clone()).with_mime_type(JSON)
    });
    told.collect()
}

/// Some things of the caller's: the first of each kind that is listed. What they may not see is not there.
pub(crate) async fn list(door: &Door, guest: &Guest) -> Vec<Resource> {
    let mut listed = Vec::new();
    for (noun, reader) in readers(&door.document) {
        let Some(operation) = noun.lister.and_then(|id| door.document.by_id(id)) else { continue };
        let address = format!("{}?limit={LISTED}", operation.path);
        let asked = Asked { method: operation.method.clone(), address, body: None, key: None };
        let Ok(answered) = ask(&door.router, guest, &asked).await else { continue };
        if answered.status.is_success() {
            listed.extend(rows(&answered.body).iter().filter_map(|row| resource(noun, reader, row)));
        }
    }
    listed
}

/// The rows of a list, whatever it calls them.
fn rows(body: &Value) -> &[Value] {
    let list = body.as_array().or_else(|| body.as_object()?.values().find_map(Value::as_array));
    list.map_or(&[], Vec::as_slice)
}

fn resource(noun: &Noun, reader: &Operation, row: &Value) -> Option<Resource> {
    let parameter = reader.parameters.first()?;
    let id = row.get(&parameter.name).or_else(|| row.get("id"))?.as_str()?;
    let path = reader.path.replace(&format!("{{{}}}", parameter.name), id);
    let title = ["name", "title", "product_name"].iter().find_map(|field| row[*field].as_str());
    let resource = Resource::new(uri_of(&path), format!("{} {id}", noun.name)).with_mime_type(JSON);
    Some(match title {
        Some(title) => resource.with_title(title),
        None => resource,
    })
}

/// Reads one, by the operation whose path fits its URI.
pub(crate) async fn read(door: &Door, guest: &Guest, uri: &str) -> Result<ReadResourceResult, ErrorData> {
    let missing = || ErrorData::resource_not_found("There is no such resource", Some(json!({"uri": uri})));
    let path = uri.strip_prefix(SCHEME).ok_or_else(missing)?;
    let plain = path.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'/' | b'@'));
    let address = format!("/api/v1/{path}");
    let fits = readers(&door.document).any(|(_, reader)| fits(&reader.path, &address));
    if !plain || !fits {
        return Err(missing());
    }
    let answered = act::read(door, guest, uri, address).await;
    let answered = answered.map_err(|error| ErrorData::invalid_request(error.message().to_owned(), None))?;
    if !answered.status.is_success() {
        let said = answered.body["error"]["message"].as_str().unwrap_or("There is no such resource").to_owned();
        return Err(ErrorData::resource_not_found(said, Some(json!({"uri": uri, "status": answered.status.as_u16()}))));
    }
    let told = fit::within(&answered.body, fit::MOST);
    let mut value = Map::from_iter([("data".to_owned(), told.data)]);
    if !told.more.is_empty() {
        value.insert("shortened".into(), true.into());
    }
    let contents = ResourceContents::text(Value::Object(value).to_string(), uri).with_mime_type(JSON);
    Ok(ReadResourceResult::new(vec![contents]).with_ttl_ms(0).with_cache_scope(CacheScope::Private))
}

/// Is this a path of the route?
fn fits(route: &str, path: &str) -> bool {
    let (route, path): (Vec<&str>, Vec<&str>) = (route.split('/').collect(), path.split('/').collect());
    let same = |(own, part): (&&str, &&str)| own == part || (own.starts_with('{') && !part.is_empty());
    route.len() == path.len() && route.iter().zip(&path).all(same)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_fits_its_route_alone() {
        assert!(fits("/api/v1/a/{id}", "/api/v1/a/7"));
        for other in ["/api/v1/a/", "/api/v1/a", "/api/v1/a/7/b", "/api/v1/b/7"] {
            assert!(!fits("/api/v1/a/{id}", other), "{other}");
        }
    }
}
