//! What assistants are told of the whole server: a class for every operation, and tools that fit into a small context.

use std::collections::BTreeMap;

use influencerflow::demo_market::{self, BRAND, PASSWORD};
use mcp::classes::{Class, Classes};
use serde_json::{Value, json};
use testkit::{Client, both_engines};

use crate::document::routes;
use crate::world::What::{Demo, Empty};
use crate::world::{World, settings, text};

/// How many characters the list of tools may have: 8,000 tokens of four characters.
const TOOLS: usize = 32_000;

/// Somebody of the demo who has logged in, without the document: the door is not in it.
async fn assistant(world: &World, email: &str) -> Client {
    let entered = world.client.post("/api/v1/auth/login", &json!({"email": email, "password": PASSWORD})).await.ok();
    let bearer = format!("Bearer {}", text(&entered, "access_token"));
    let accepted = "application/json, text/event-stream";
    world.client.clone().before_routes().with("authorization", &bearer).with("accept", accepted)
}

/// Asks the door; answers the result.
async fn ask(assistant: &Client, method: &str, params: Value) -> Value {
    let message = json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params});
    let told = assistant.clone().with("mcp-protocol-version", "2025-11-25").post("/mcp", &message).await.ok();
    assert!(told["result"].is_object(), "{told}");
    told["result"].clone()
}

#[both_engines(Empty)]
async fn every_operation_that_changes_something_has_a_class(world: World) {
    let classes = Classes::listed();
    let listed: BTreeMap<String, Class> =
        classes.all().map(|(method, path, class)| (format!("{method} {path}"), class)).collect();
    let routes = routes(&world).await;
    let unlisted = routes.iter().filter(|route| !route.method.is_safe() && !listed.contains_key(&route.label()));
    let unlisted: Vec<String> = unlisted.map(crate::document::Route::label).collect();
    assert!(unlisted.is_empty(), "say in crates/mcp/src/classes.txt what these are to an assistant: {unlisted:#?}");
    let gone = listed.keys().filter(|label| !routes.iter().any(|route| route.label() == **label));
    let gone: Vec<&String> = gone.collect();
    assert!(gone.is_empty(), "crates/mcp/src/classes.txt lists routes that are not there: {gone:#?}");
    // What is deleted is gone: none of it happens at once.
    let at_once = listed.iter().filter(|(label, class)| label.starts_with("DELETE") && **class == Class::Safe);
    assert_eq!(at_once.count(), 0);
    // Files cannot be sent by a tool.
    for route in &routes {
        let body = &route.operation["requestBody"]["content"];
        if body.is_object() && !route.takes_json() {
            assert_eq!(listed.get(&route.label()), Some(&Class::Never), "{}", route.label());
        }
    }
}

#[both_engines(Demo)]
async fn the_tools_fit_into_a_small_context(world: World) {
    demo_market::load(&world.server, &settings()).await.unwrap();
    let brand = assistant(&world, BRAND).await;
    let told = ask(&brand, "tools/list", json!({})).await;
    let size = told["tools"].to_string().chars().count();
    eprintln!("{} tools, some {} tokens", told["tools"].as_array().unwrap().len(), size / 4);
    assert!(size <= TOOLS, "{size} characters");
    assert_eq!(told["tools"].as_array().unwrap().len(), mcp::tools(), "a tool names an operation that is not there");
    // Every field that a tool takes is one of its operation, described.
    for tool in told["tools"].as_array().unwrap() {
        let properties = tool["inputSchema"]["properties"].as_object().unwrap();
        let fields = mcp::fields(tool["name"].as_str().unwrap());
        for field in fields {
            assert!(properties.contains_key(*field), "{}: {field} is not there", tool["name"]);
        }
    }
}

#[both_engines(Demo)]
async fn calls_are_audited_and_the_demo_lets_nobody_in_without_a_token(world: World) {
    demo_market::load(&world.server, &settings()).await.unwrap();
    let message = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/list"});
    assert_eq!(world.client.clone().before_routes().post("/mcp", &message).await.status, 401);
    let brand = assistant(&world, BRAND).await;
    let asked = json!({"name": "list_campaigns", "arguments": {"limit": 3}});
    assert_eq!(ask(&brand, "tools/call", asked).await["isError"], false);
    let log = brand.get("/api/v1/audit?kind=assistant.called").await.ok();
    let entry = &log["entries"][0];
    assert_eq!((&entry["subject"], &entry["detail"]["path"]), (&json!("list_campaigns"), &json!("/api/v1/campaigns")));
}
