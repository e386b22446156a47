//! The description of the routes: whole, true, and at the place where it is looked for.

use std::collections::HashSet;
use std::path::Path;

use axum::http::Method;
use db::Engine;
use serde_json::Value;
use testkit::fresh_db;

use crate::document::{NOTHING, There, routes};
use crate::world::{What, World};

/// What belongs to an account: the demo's administrator has none.
// The last is there once somebody has a chat.
const PERSONAL: [&str; 6] =
    ["/api/v1/audit", "/api/v1/live", "/api/v1/messages", "/api/v1/notifications", "/api/v1/workspace", "/widget-demo"];

async fn demo() -> World {
    World::new(fresh_db(Engine::Sqlite).await, What::Demo).await
}

fn says(value: &Value) -> bool {
    value.as_str().is_some_and(|text| !text.trim().is_empty())
}

/// Every value under this name, however deep.
fn each<'v>(value: &'v Value, name: &str, found: &mut Vec<&'v Value>) {
    match value {
        Value::Object(fields) => {
            found.extend(fields.get(name));
            fields.values().for_each(|field| each(field, name, found));
        }
        Value::Array(items) => items.iter().for_each(|item| each(item, name, found)),
        _ => {}
    }
}

#[tokio::test]
async fn every_route_is_described() {
    let world = demo().await;
    let mut ids = HashSet::new();
    let document = world.client.get("/openapi.json").await.ok();
    let tags = document["tags"].as_array().unwrap();
    let routes = routes(&world).await;
    assert!(routes.len() >= 25, "{}", routes.len());
    for route in &routes {
        let (label, operation) = (route.label(), &route.operation);
        assert!(says(&operation["summary"]), "{label} has no summary");
        assert!(
            operation["tags"]
                .as_array()
                .is_some_and(|own| own.len() == 1 && tags.iter().any(|tag| tag["name"] == own[0])),
            "{label} has no tag of http/src/openapi/tags.rs"
        );
        let id = operation["operationId"].as_str().unwrap_or_else(|| panic!("{label} has no id"));
        assert!(ids.insert(id.to_owned()), "{label} has the id of another: {id}");
        let responses = operation["responses"].as_object().unwrap();
        // Who only sends on answers with the way, and no body.
        let good = responses.iter().find(|(status, _)| status.starts_with('2') || *status == "302");
        let (status, good) = good.unwrap_or_else(|| panic!("{label} has no good answer"));
        assert!(says(&good["description"]), "{label}: {status} is not described");
        let content = good["content"].as_object();
        assert!(
            ["204", "302"].contains(&status.as_str())
                || route.kind() == "webhook"
                || content.is_some_and(|content| content.values().all(|body| body.get("schema").is_some())),
            "{label}: the answer has no schema"
        );
        // The chat's pages are the same for everybody, and look at no token.
        let looks_at_none = route.is_public() || route.path.starts_with("/widget");
        assert_eq!(responses.contains_key("401"), !looks_at_none, "{label}: 401");
        assert!(route.lets_everybody_in() || !route.is_public(), "{label}: a token");
        let none = Vec::new();
        let parameters = operation["parameters"].as_array().unwrap_or(&none);
        for parameter in parameters {
            assert!(
                says(&parameter["description"]) && parameter.get("schema").is_some(),
                "{label}: {}",
                parameter["name"]
            );
        }
        for name in route.path.split(['{', '}']).skip(1).step_by(2) {
            assert!(
                parameters.iter().any(|own| own["name"] == name && own["in"] == "path" && own["required"] == true),
                "{label}: {name}"
            );
        }
        let wants_body = route.method == Method::PUT;
        assert!(!wants_body || operation.get("requestBody").is_some(), "{label} takes a body, which is not described");
    }
}

#[tokio::test]
async fn every_schema_is_there_and_says_what_its_fields_are() {
    let world = demo().await;
    let document = world.client.get("/openapi.json").await.ok();
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
    assert!(
        says(&document["info"]["title"])
            && says(&document["info"]["version"])
            && says(&document["info"]["description"])
    );
    let mut references = Vec::new();
    each(&document, "$ref", &mut references);
    assert!(references.len() > 50);
    for reference in references {
        let pointer = reference.as_str().unwrap().strip_prefix('#').unwrap();
        assert!(document.pointer(pointer).is_some(), "{reference} leads nowhere");
    }
    let kinds = ["type", "$ref", "oneOf", "anyOf", "allOf", "enum", "const"];
    for (name, schema) in document["components"]["schemas"].as_object().unwrap() {
        for (field, property) in schema["properties"].as_object().into_iter().flatten() {
            let known = property.as_object().is_some_and(|own| kinds.iter().any(|kind| own.contains_key(*kind)));
            assert!(known || says(&property["description"]), "{name}.{field} is of no kind");
        }
    }
}

#[tokio::test]
async fn every_route_of_the_documents_is_in_it() {
    let world = demo().await;
    let bare = |path: &str| {
        let path = path.trim_end_matches('/');
        path.split('/').map(|part| if part.starts_with('{') { "{}" } else { part }).collect::<Vec<_>>().join("/")
    };
    let described: HashSet<String> =
        routes(&world).await.iter().map(|route| format!("{} {}", route.method, bare(&route.path))).collect();
    let list = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/sources.md");
    let list = std::fs::read_to_string(list).unwrap();
    let mut looked_for = 0;
    for line in list.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next()) {
        let Some((method, path)) = line.split_once(' ') else { panic!("{line}") };
        if ["/docs", "/redoc", "/openapi.json"].contains(&path) {
            assert_eq!(world.client.get(path).await.status, 200, "{path}");
        } else {
            assert!(described.contains(&format!("{method} {}", bare(path))), "{line} is not described");
        }
        looked_for += 1;
    }
    assert!(looked_for > 120, "{looked_for}");
}

/// Only `routes!` puts a route into the description with the same stroke that serves it. The pages of the description are not in it, and neither is the
/// receiver of the demo, which `serve` does not have.
#[test]
fn no_route_goes_past_the_description() {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut folders = vec![crates];
    let mut looked_at = 0;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if path.is_dir() && !["tests", "benches", "target", "bench"].contains(&name.as_str()) {
                folders.push(path);
            } else if name.rsplit('.').next() == Some("rs")
                && !["http/src/docs.rs", "server/src/demo_receiver.rs"].iter().any(|own| path.ends_with(own))
            {
                let source = std::fs::read_to_string(&path).unwrap();
                // A test at the end of a file may serve what it likes.
                let served = source.split("#[cfg(test)]").next().unwrap_or_default();
                assert!(!served.contains(".route("), "{} serves a route that is not described", path.display());
                looked_at += 1;
            }
        }
    }
    assert!(looked_at > 50);
}

#[tokio::test]
async fn a_trailing_slash_never_matters() {
    let world = demo().await;
    let there = There::of(&world).await;
    let client = world.client.clone();
    for route in routes(&world).await.into_iter().filter(|route| route.path != "/") {
        let path = route.filled(&there);
        let send = async |path: &str| match route.method {
            Method::GET => client.get(path).await,
            _ => client.raw(route.method.clone(), path, "text/strange", "?").await,
        };
        if route.method == Method::DELETE {
            continue;
        }
        let (without, with) = (send(&path).await, send(&format!("{path}/")).await);
        assert_eq!(without.status, with.status, "{}", route.label());
        if route.method == Method::GET {
            // The pages of mailed links want the link's token.
            let is_of_a_link = ["/verify-email", "/reset-password", "/invitations/accept"].contains(&path.as_str());
            let refused = is_of_a_link
                || path.contains(NOTHING)
                || route.wants_a_person()
                || PERSONAL.iter().any(|own| path.starts_with(own));
            assert!(refused || without.status == 200, "{}: {}", route.label(), without.text());
            if without.status != 200 {
                continue;
            }
            let moves = ["/health", "/metrics"].iter().any(|end| path.ends_with(end));
            assert!(moves || without.bytes == with.bytes, "{}", route.label());
            let query = client.get(&format!("{path}/?limit=1")).await;
            assert_eq!(query.status, client.get(&format!("{path}?limit=1")).await.status, "{}", route.label());
        }
    }
    for page in ["/docs", "/redoc", "/openapi.json"] {
        assert_eq!(client.get(&format!("{page}/")).await.status, 200, "{page}");
    }
}

#[tokio::test]
async fn the_pages_of_the_documentation_ask_nobody_else() {
    let world = demo().await;
    for page in ["/docs", "/redoc"] {
        let html = world.client.get(page).await;
        assert!(html.header("content-type").starts_with("text/html"));
        let mut pieces = html.text().split(['"', '\'']).map(str::to_owned).collect::<Vec<_>>().into_iter();
        let outside = pieces.find(|piece| piece.starts_with("http") || piece.starts_with("//"));
        assert_eq!(outside, None, "{page} asks somebody else");
    }
    for path in ["/docs/swagger-ui-bundle.js", "/redoc/redoc.standalone.js"] {
        let plain = world.client.get(path).await;
        assert_eq!((plain.status, plain.header("content-type")), (200, "text/javascript"), "{path}");
        let packed = world.client.clone().with("accept-encoding", "br, gzip").get(path).await;
        assert_eq!((packed.header("content-encoding"), packed.header("vary")), ("gzip", "accept-encoding"), "{path}");
        assert!(packed.bytes.len() > 100_000 && plain.bytes.len() > 2 * packed.bytes.len(), "{path}");
    }
    world.client.get("/docs/nothing.js").await.refused(404);
}

#[tokio::test]
async fn the_pages_fit_a_telephone_and_have_an_icon() {
    let world = demo().await;
    for page in ["/", "/docs", "/redoc"] {
        let html = world.client.clone().with("accept", "text/html").get(page).await;
        let text = html.text();
        assert!(text.contains("name=\"viewport\" content=\"width=device-width"), "{page}");
        assert!(text.contains("rel=\"icon\" href=\"/favicon.ico\""), "{page}");
    }
    let icon = world.client.get("/favicon.ico").await;
    assert_eq!((icon.status, icon.header("content-type")), (200, "image/x-icon"));
    assert!(icon.bytes.starts_with(&[0, 0, 1, 0, 1, 0]), "one picture");
    // Redoc is given one section at a time: its script and the document are not in the page, nor asked for before that is known.
    let redoc = world.client.get("/redoc").await;
    assert!(!redoc.text().contains("redoc.standalone.js") && redoc.text().contains("/redoc/redoc-initializer.js"));
    let start = world.client.get("/redoc/redoc-initializer.js").await;
    assert_eq!((start.status, start.header("content-type")), (200, "text/javascript"));
    assert!(start.text().contains("/redoc/redoc.standalone.js") && start.text().contains("sectionOnly"));
    // Every operation stands in a section that the document lists, or nobody would find it there.
    let document = world.client.get("/openapi.json").await.ok();
    let listed: Vec<&str> =
        document["tags"].as_array().into_iter().flatten().filter_map(|tag| tag["name"].as_str()).collect();
    for route in routes(&world).await {
        let tags = route.operation["tags"].as_array().cloned().unwrap_or_default();
        let known = tags.iter().any(|tag| tag.as_str().is_some_and(|tag| listed.contains(&tag)));
        assert!(known, "{} is in no section", route.label());
    }
}

#[tokio::test]
async fn every_operation_schema_and_property_is_described() {
    let world = demo().await;
    let document = world.client.get("/openapi.json").await.ok();
    for route in routes(&world).await {
        assert!(says(&route.operation["description"]), "{} has no description", route.label());
    }
    for (name, schema) in document["components"]["schemas"].as_object().unwrap() {
        // What a schema is that could not be read when the document was made.
        assert_ne!(*schema, serde_json::json!({"type": "object"}), "{name} says nothing");
        for (property, says_of_it) in schema["properties"].as_object().into_iter().flatten() {
            assert!(says(&says_of_it["description"]), "{name}.{property} has no description");
        }
    }
}

/// A generator of clients calls an object that stands inside of a schema by both names, and leaves the schema out where that name is taken.
#[tokio::test]
async fn no_inline_object_has_the_name_of_a_schema() {
    let document = demo().await.client.get("/openapi.json").await.ok();
    let schemas = document["components"]["schemas"].as_object().unwrap();
    let taken: HashSet<String> = schemas.keys().map(|name| name.to_lowercase()).collect();
    for (name, schema) in schemas {
        for (property, inner) in schema["properties"].as_object().into_iter().flatten() {
            let is_object = inner["type"] == "object"
                || inner["type"].as_array().is_some_and(|types| types.iter().any(|kind| kind == "object"));
            if inner["$ref"].is_null() && (is_object || !inner["enum"].is_null()) {
                let generated = format!("{name}{}", property.replace('_', "")).to_lowercase();
                assert!(!taken.contains(&generated), "{name}.{property} would be generated as {generated}");
            }
        }
    }
}
