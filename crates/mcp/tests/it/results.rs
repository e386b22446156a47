//! Results are short, and lead to all of what they leave out.

use serde_json::{Value, json};
use testkit::{FreshDb, both_engines};

use crate::world::{ERAS, World};

/// Four characters make a token, by rule of thumb.
const MOST: usize = 8_000;

#[both_engines]
async fn a_long_list_is_read_to_its_end_in_short_results(fresh: FreshDb) {
    let world = World::new(fresh).await;
    for n in 0..30 {
        world.campaign(&world.brand, &format!("{n} {}", "a long story ".repeat(60))).await;
    }
    let (mut cursor, mut seen, mut calls) = (Value::Null, Vec::new(), 0);
    loop {
        let reply = world.call(&world.brand, "list_campaigns", json!({"limit": 30, "cursor": cursor})).await;
        let text = reply.result()["content"][0]["text"].as_str().unwrap();
        assert!(text.chars().count() <= MOST, "{}", text.len());
        let told = reply.done();
        let rows = told["data"].as_array().or_else(|| told["data"]["campaigns"].as_array());
        seen.extend(rows.unwrap_or_else(|| panic!("{told}")).iter().map(|row| row["id"].clone()));
        let list = told["more"]
            .as_array()
            .into_iter()
            .flatten()
            .find(|more| more.as_str().unwrap().starts_with("/campaigns:"));
        calls += 1;
        match list {
            Some(next) => cursor = next.clone(),
            None => break,
        }
    }
    seen.dedup();
    assert_eq!((seen.len(), calls > 2), (30, true));
    let said = world.call(&world.brand, "list_campaigns", json!({"cursor": "/nowhere:3"})).await.failed();
    assert!(said["error"].as_str().unwrap().contains("cursor"), "{said}");
}

#[both_engines]
async fn operations_are_found_by_words_and_called(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let found =
        world.call(&world.brand, "search_operations", json!({"query": "deleting: delete campaigns"})).await.done();
    let first = &found["operations"][0];
    assert_eq!((&first["operation_id"], &first["needs_confirmation"]), (&json!("delete_campaign"), &json!(true)));
    assert_eq!(first["parameters"][0]["name"], "campaign_id");
    let found = world.call(&world.brand, "search_operations", json!({"query": "create campaign", "limit": 1})).await;
    assert!(found.result()["content"][0]["text"].as_str().unwrap().chars().count() <= MOST);
    let body = &found.done()["operations"][0]["body"];
    assert!(body["properties"]["total_budget"].is_object(), "{body}");
    for query in ["", "xyzzy"] {
        world.call(&world.brand, "search_operations", json!({"query": query})).await.failed();
    }
}

#[both_engines]
async fn a_fault_says_what_to_do(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let said = world.call(&world.brand, "draft_campaign", json!({"product_name": "X"})).await.failed();
    assert_eq!(said["status"], 422);
    let fields: Vec<&str> =
        said["fields"].as_array().unwrap().iter().map(|one| one["field"].as_str().unwrap()).collect();
    assert!(fields.contains(&"total_budget"), "{said}");
    let said = world.call(&world.brand, "draft_campaign", json!({"status": "active"})).await.failed();
    assert!(said["error"].as_str().unwrap().contains("takes product_name"), "{said}");
    let reply = world.call(&world.brand, "no_such_tool", json!({})).await;
    assert_eq!(reply.body["error"]["code"], -32602, "{}", reply.body);
}

#[both_engines]
async fn things_are_resources_and_usual_tasks_are_prompts(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let campaign = world.campaign(&world.brand, "A wristband").await;
    for era in ERAS {
        let listed = world.ask(era, &world.brand, "resources/list", json!({})).await;
        let uri = format!("influencerflow://campaigns/{campaign}");
        assert_eq!(listed.result()["resources"][0]["uri"], uri, "{}", listed.body);
        let read = world.ask(era, &world.brand, "resources/read", json!({"uri": uri})).await;
        let text = read.result()["contents"][0]["text"].as_str().unwrap();
        assert!(text.contains("A wristband"), "{text}");
        for uri in [
            "influencerflow://campaigns",
            "influencerflow://audit",
            "https://example.com/",
            "influencerflow://campaigns/a?b",
        ] {
            let reply = world.ask(era, &world.brand, "resources/read", json!({"uri": uri})).await;
            assert!(reply.body["error"]["code"].is_number(), "{uri}: {}", reply.body);
        }
        let asked = json!({"name": "campaign_report", "arguments": {"campaign_id": campaign}});
        let prompt = world.ask(era, &world.brand, "prompts/get", asked).await;
        assert!(prompt.result()["messages"][0]["content"]["text"].as_str().unwrap().contains(&campaign));
        let reply = world.ask(era, &world.brand, "prompts/get", json!({"name": "campaign_report"})).await;
        assert_eq!(reply.body["error"]["code"], -32602, "{}", reply.body);
    }
}

#[both_engines]
async fn what_is_over_is_forgotten(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let campaign = world.campaign(&world.brand, "One").await;
    let arguments = json!({"operation_id": "delete_campaign", "path_parameters": {"campaign_id": campaign}});
    world.call(&world.brand, "call_operation", arguments).await.done();
    let count = async || -> i64 {
        let mut tx = world.app.read().await.unwrap();
        tx.fetch_value("SELECT count(*) FROM mcp_confirmations", vec![]).await.unwrap()
    };
    assert_eq!(count().await, 1);
    world.clock.advance(2 * kernel::time::DAY);
    let counters = std::sync::Arc::new(ports::counters::LocalCounters::new(world.clock.clone()));
    let slice = mcp::slice(&mcp::Mcp::new(world.app.clone(), counters, mcp::Settings::default()));
    jobs::run_until_idle(world.app.db(), &world.clock, &slice.jobs).await.unwrap();
    assert_eq!(count().await, 0);
}
