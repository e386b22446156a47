//! Who comes in, and what they are shown, in both eras of the protocol.

use mcp::Settings;
use serde_json::{Value, json};
use testkit::{FreshDb, both_engines};

use crate::world::{ERAS, World};

fn names(list: &Value, key: &str) -> Vec<String> {
    list[key].as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap().to_owned()).collect()
}

#[both_engines]
async fn nobody_comes_in_without_a_token(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let message = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/list"});
    for headers in [vec![], vec![("authorization", "Bearer none-of-ours")], vec![("authorization", "Basic eDp5")]] {
        let reply = world.post(&headers, &message).await;
        assert_eq!((reply.status.as_u16(), &reply.headers["www-authenticate"]), (401, &"Bearer".parse().unwrap()));
        assert_eq!(reply.body["error"]["code"], "AUTHENTICATION_REQUIRED");
    }
}

#[both_engines]
async fn both_eras_are_spoken(fresh: FreshDb) {
    let world = World::new(fresh).await;
    for version in ["2025-06-18", ERAS[0]] {
        let asked =
            json!({"protocolVersion": version, "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}});
        let begun = world.ask(version, &world.brand, "initialize", asked).await;
        assert_eq!(begun.result()["protocolVersion"], version);
        assert!(begun.headers.get("mcp-session-id").is_none(), "there are no sessions");
        assert!(begun.result()["instructions"].as_str().unwrap().contains("confirm_token"));
    }
    let found = world.ask(ERAS[1], &world.brand, "server/discover", json!({})).await;
    assert!(found.result()["supportedVersions"].as_array().unwrap().contains(&json!(ERAS[1])), "{}", found.body);
    let mut shown = Vec::new();
    for era in ERAS {
        let listed = world.ask(era, &world.brand, "tools/list", json!({})).await;
        shown.push(names(listed.result(), "tools"));
        let prompts = world.ask(era, &world.brand, "prompts/list", json!({})).await;
        assert!(names(prompts.result(), "prompts").contains(&"plan_campaign".to_owned()));
        let templates = world.ask(era, &world.brand, "resources/templates/list", json!({})).await;
        let uri = &templates.result()["resourceTemplates"][0]["uriTemplate"];
        assert_eq!(uri, "influencerflow://campaigns/{campaign_id}");
    }
    assert_eq!(shown[0], shown[1]);
    let listed = world.ask(ERAS[1], &world.brand, "tools/list", json!({})).await;
    assert_eq!(
        (&listed.result()["cacheScope"], &listed.result()["resultType"]),
        (&json!("private"), &json!("complete"))
    );
}

#[both_engines]
async fn only_this_servers_names_and_pages_are_let_in(fresh: FreshDb) {
    let world = World::set(fresh, Settings { hosts: vec!["inner.example.com".into()], ..Settings::default() }).await;
    let ask = async |more: &[(&str, &str)]| {
        let reply = world.ask_with(ERAS[1], &world.brand, "tools/list", json!({}), more).await;
        reply.status.as_u16()
    };
    for host in ["flow.example.com", "flow.example.com:443", "inner.example.com", "localhost:8000", "127.0.0.1"] {
        assert_eq!(ask(&[("host", host)]).await, 200, "{host}");
    }
    assert_eq!(ask(&[("host", "rebound.example.net")]).await, 403);
    for origin in ["https://flow.example.com", "https://console.example.com"] {
        assert_eq!(ask(&[("origin", origin)]).await, 200, "{origin}");
    }
    for origin in ["https://evil.example.net", "http://flow.example.com", "https://flow.example.com:8443", "null"] {
        assert_eq!(ask(&[("origin", origin)]).await, 403, "{origin}");
    }
}

#[both_engines]
async fn tools_are_shown_by_set_and_by_what_the_token_may(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let shown = async |who, more: &[(&str, &str)]| {
        let listed = world.ask_with(ERAS[1], who, "tools/list", json!({}), more).await;
        names(listed.result(), "tools")
    };
    let all = shown(&world.brand, &[]).await;
    assert_eq!(
        all,
        ["list_campaigns", "draft_campaign", "search_operations", "call_operation"],
        "as the routes that are here"
    );
    assert_eq!(shown(&world.brand, &[("x-mcp-toolsets", "campaigns")]).await, ["list_campaigns", "draft_campaign"]);
    assert_eq!(shown(&world.brand, &[("x-mcp-toolsets", "coaching, operations")]).await, &all[2..]);
    let reading = ["list_campaigns", "search_operations", "call_operation"];
    assert_eq!(shown(&world.brand, &[("x-mcp-readonly", "true")]).await, reading);
    assert_eq!(shown(&world.viewer, &[]).await, reading);
    // What is not shown cannot be called,
    let call = json!({"name": "draft_campaign", "arguments": {}});
    let reply = world.ask_with(ERAS[0], &world.brand, "tools/call", call, &[("x-mcp-readonly", "true")]).await;
    assert_eq!(reply.body["error"]["code"], -32602, "{}", reply.body);
    // and what reaches every operation is bound by it as well.
    let call = json!({"name": "call_operation", "arguments": {"operation_id": "create_campaign", "body": {}}});
    let reply = world.ask_with(ERAS[0], &world.brand, "tools/call", call.clone(), &[("x-mcp-readonly", "true")]).await;
    assert!(reply.failed()["error"].as_str().unwrap().contains("may only read"), "{}", reply.body);
    let refused = world.ask(ERAS[0], &world.viewer, "tools/call", call).await.failed();
    assert!(refused["error"].as_str().unwrap().contains("only read"), "{refused}");
}

#[both_engines]
async fn every_hint_is_said(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let listed = world.ask(ERAS[1], &world.brand, "tools/list", json!({})).await;
    for tool in listed.result()["tools"].as_array().unwrap() {
        let hints = &tool["annotations"];
        for hint in ["readOnlyHint", "destructiveHint", "idempotentHint", "openWorldHint"] {
            assert!(hints[hint].is_boolean(), "{tool}: what is not said is taken for the worst");
        }
        let acts = tool["inputSchema"]["properties"].get("confirm_token").is_some();
        assert_eq!(hints["destructiveHint"] == true, acts, "{tool}");
        assert_eq!(tool["inputSchema"]["additionalProperties"], false);
    }
    let draft = &listed.result()["tools"][1];
    assert_eq!((&draft["name"], &draft["annotations"]["destructiveHint"]), (&json!("draft_campaign"), &json!(false)));
}
