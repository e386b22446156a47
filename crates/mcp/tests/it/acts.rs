//! What is shown first: the token is for one person, one tool and one set of arguments, and works once.

use mcp::Settings;
use serde_json::{Value, json};
use testkit::{FreshDb, Someone, both_engines};

use crate::world::{ERAS, World};

fn deletion(campaign: &str) -> Value {
    json!({"operation_id": "delete_campaign", "path_parameters": {"campaign_id": campaign}})
}

fn with_token(mut arguments: Value, token: &Value) -> Value {
    arguments["confirm_token"] = token.clone();
    arguments
}

/// Is the campaign there still?
async fn is_there(world: &World, who: &Someone, campaign: &str) -> bool {
    let read = json!({"operation_id": "get_campaign", "path_parameters": {"campaign_id": campaign}});
    !world.call(who, "call_operation", read).await.told().1
}

#[both_engines]
async fn an_act_is_shown_and_happens_on_the_second_call_once(fresh: FreshDb) {
    let world = World::new(fresh).await;
    for era in ERAS {
        let campaign = world.campaign(&world.brand, "A wristband").await;
        let call = |arguments| {
            world.ask(era, &world.brand, "tools/call", json!({"name": "call_operation", "arguments": arguments}))
        };
        let shown = call(deletion(&campaign)).await.done();
        assert_eq!(shown["nothing_was_done_yet"], true);
        assert_eq!(shown["preview"]["request"], format!("DELETE /api/v1/campaigns/{campaign}"));
        assert_eq!(shown["data"]["product_name"], "FitBand Pro", "the thing itself is shown: {shown}");
        assert!(is_there(&world, &world.brand, &campaign).await);

        let confirmed = with_token(deletion(&campaign), &shown["confirm_token"]);
        call(confirmed.clone()).await.done();
        assert!(!is_there(&world, &world.brand, &campaign).await);
        let again = call(confirmed).await.failed();
        assert!(again["error"].as_str().unwrap().contains("Nothing was done"), "{again}");
    }
}

#[both_engines]
async fn a_token_is_for_its_person_its_arguments_and_its_time(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let (one, two) = (world.campaign(&world.brand, "One").await, world.campaign(&world.brand, "Two").await);
    let theirs = world.campaign(&world.other, "Theirs").await;
    let token = world.call(&world.brand, "call_operation", deletion(&one)).await.done()["confirm_token"].clone();
    let refused = async |who: &Someone, arguments: Value| {
        let said = world.call(who, "call_operation", arguments).await.failed();
        assert!(said["error"].as_str().unwrap().contains("not for this call"), "{said}");
    };
    refused(&world.brand, with_token(deletion(&two), &token)).await;
    refused(&world.other, with_token(deletion(&theirs), &token)).await;
    refused(&world.brand, with_token(deletion(&one), &json!("act_none-of-ours"))).await;
    let mut more = deletion(&one);
    more["query"] = json!({"force": true});
    refused(&world.brand, with_token(more, &token)).await;
    assert!(is_there(&world, &world.brand, &one).await && is_there(&world, &world.brand, &two).await);
    assert!(is_there(&world, &world.other, &theirs).await);

    world.clock.advance(10 * kernel::time::MINUTE);
    refused(&world.brand, with_token(deletion(&one), &token)).await;
    let token = world.call(&world.brand, "call_operation", deletion(&one)).await.done()["confirm_token"].clone();
    world.clock.advance(9 * kernel::time::MINUTE);
    // Another log-in of the same person may go on; the order of keys does not matter.
    let again = world.people.log_in_again(&world.brand, &world.clock);
    let arguments =
        json!({"path_parameters": {"campaign_id": one}, "confirm_token": token, "operation_id": "delete_campaign"});
    world.call(&again, "call_operation", arguments).await.done();
    assert!(!is_there(&world, &world.brand, &one).await);
}

#[both_engines]
async fn of_two_calls_with_a_token_one_happens(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let campaign = world.campaign(&world.brand, "One").await;
    let token = world.call(&world.brand, "call_operation", deletion(&campaign)).await.done()["confirm_token"].clone();
    let confirmed = with_token(deletion(&campaign), &token);
    let calls = (0..8).map(|_| world.call(&world.brand, "call_operation", confirmed.clone()));
    let replies = futures::future::join_all(calls).await;
    assert_eq!(replies.iter().filter(|reply| !reply.told().1).count(), 1);
}

#[both_engines]
async fn what_is_anothers_is_not_there(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let theirs = world.campaign(&world.other, "Theirs").await;
    let read = json!({"operation_id": "get_campaign", "path_parameters": {"campaign_id": theirs}});
    assert_eq!(world.call(&world.brand, "call_operation", read).await.failed()["status"], 404);
    // Not even a preview.
    let shown = world.call(&world.brand, "call_operation", deletion(&theirs)).await.failed();
    assert_eq!((&shown["status"], shown.get("confirm_token")), (&json!(404), None), "{shown}");
    let uri = json!({"uri": format!("influencerflow://campaigns/{theirs}")});
    let reply = world.ask(ERAS[0], &world.brand, "resources/read", uri).await;
    assert_eq!(reply.body["error"]["code"], -32002, "{}", reply.body);
    let listed = world.call(&world.brand, "list_campaigns", json!({})).await.done();
    assert_eq!(listed["data"]["total"], 0, "{listed}");
}

#[both_engines]
async fn a_key_has_so_many_calls_and_acts(fresh: FreshDb) {
    let settings = Settings { calls: 6, acts: 1, ..Settings::default() };
    let world = World::set(fresh, settings).await;
    let campaign = world.campaign(&world.brand, "One").await;
    let token = world.call(&world.brand, "call_operation", deletion(&campaign)).await.done()["confirm_token"].clone();
    world.call(&world.brand, "call_operation", with_token(deletion(&campaign), &token)).await.done();
    let campaign = world.campaign(&world.brand, "Two").await;
    let token = world.call(&world.brand, "call_operation", deletion(&campaign)).await.done()["confirm_token"].clone();
    let said = world.call(&world.brand, "call_operation", with_token(deletion(&campaign), &token)).await.failed();
    assert!(said["error"].as_str().unwrap().contains("acts"), "{said}");
    let said = world.call(&world.brand, "list_campaigns", json!({})).await.failed();
    assert!(said["error"].as_str().unwrap().contains("calls"), "{said}");
    // Another's are their own.
    world.call(&world.other, "list_campaigns", json!({})).await.done();
}

#[both_engines]
async fn what_is_not_for_assistants_is_not_found(fresh: FreshDb) {
    let world = World::new(fresh).await;
    for id in ["log_in", "receive_email", "no_such_operation"] {
        let said = world.call(&world.brand, "call_operation", json!({"operation_id": id})).await.failed();
        assert!(said["error"].as_str().unwrap().contains("no operation"), "{said}");
    }
    for arguments in [
        json!({}),
        json!({"operation_id": 7}),
        json!({"operation_id": "get_campaign"}),
        json!({"operation_id": "get_campaign", "path_parameters": {"campaign_id": "../../audit"}}),
        json!({"operation_id": "get_campaign", "path_parameters": [], "body": 1}),
        json!({"operation_id": "list_campaigns", "headers": {}}),
    ] {
        world.call(&world.brand, "call_operation", arguments).await.failed();
    }
}
