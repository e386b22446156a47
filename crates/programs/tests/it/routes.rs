//! What the routes take and refuse.

use serde_json::{Value, json};
use testkit::{FreshDb, both_engines};

use crate::world::{PROGRAMS, USERS, World, flow, hello};

fn fields(error: &Value) -> Vec<String> {
    let details = error["error"]["details"].as_array().unwrap();
    let mut fields: Vec<String> = details.iter().map(|one| one["field"].as_str().unwrap().to_owned()).collect();
    fields.sort();
    fields
}

#[both_engines]
async fn what_is_wrong_with_a_flow_is_told_by_its_nodes(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let nodes = [
        ("start", "start", json!({"trigger": "tag"})),
        ("ask", "question", json!({"message": "", "choices": ["a"], "timeout_hours": 0})),
        ("who", "teleport", json!({})),
        ("m.1", "send_message", json!({"message": 5, "delay_hours": -1})),
    ];
    let error =
        world.coach.post(PROGRAMS, &json!({"name": "x", "flow_definition": flow(&nodes, &[])})).await.refused(422);
    let loc = error["detail"].as_array().unwrap();
    let place = |of: &Value| {
        of["loc"].as_array().unwrap().iter().map(|part| part.as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let places: Vec<Vec<String>> = loc.iter().map(place).collect();
    for wanted in [
        vec!["body", "flow_definition", "nodes", "start", "data", "tag"],
        vec!["body", "flow_definition", "nodes", "ask", "data", "message"],
        vec!["body", "flow_definition", "nodes", "who", "type"],
        vec!["body", "flow_definition", "nodes", "m.1", "data", "delay_hours"],
    ] {
        assert!(places.iter().any(|place| *place == wanted), "{wanted:?} in {places:?}");
    }
    let nodes = [
        ("start", "start", json!({})),
        ("c", "condition", json!({"rules": [{"field": "tags", "op": "contains", "value": "x"}]})),
        ("t", "tag", json!({"add": ["x"]})),
        ("m", "send_message", json!({"message": "{nonsense} and {profile.anything}"})),
    ];
    let edges = ["start -> c", "c/true -> t", "t -> c", "c/maybe -> m", "t -> nowhere"];
    let error =
        world.coach.post(PROGRAMS, &json!({"name": "x", "flow_definition": flow(&nodes, &edges)})).await.refused(422);
    let text = error.to_string();
    for wanted in
        ["way round", "nothing fills", "exit of the node", "not the id of a node", "no edge from its exit false"]
    {
        assert!(text.contains(wanted), "{wanted}: {text}");
    }
    let error = world.coach.post(PROGRAMS, &json!({"description": 7})).await.refused(422);
    assert_eq!(fields(&error), ["description", "flow_definition", "name"]);
    let error = world
        .coach
        .post(PROGRAMS, &json!({"name": "x", "flow_definition": hello(), "settings": {"completion_badge": "x"}}))
        .await
        .refused(422);
    assert_eq!(fields(&error), ["settings.completion_badge"]);
}

#[both_engines]
async fn what_is_strange_is_told_and_stops_publishing_where_it_must(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let nodes = [
        ("start", "start", json!({})),
        ("b", "award_badge", json!({"name": "Nobody has it"})),
        ("lost", "send_message", json!({"message": "Hello?"})),
    ];
    let body = json!({"name": "Strange", "flow_definition": flow(&nodes, &["start -> b"])});
    let made = world.coach.post(PROGRAMS, &body).await.json();
    let codes: Vec<_> =
        made["warnings"].as_array().unwrap().iter().map(|one| one["code"].as_str().unwrap().to_owned()).collect();
    for wanted in ["no_way_on", "unreachable", "no_badge"] {
        assert!(codes.iter().any(|code| code == wanted), "{wanted} in {codes:?}");
    }
    let path = format!("{PROGRAMS}/{}", made["id"].as_str().unwrap());
    let error = world.coach.post(&format!("{path}/publish"), &json!({})).await.refused(422);
    assert_eq!(fields(&error), ["flow_definition.nodes.lost"]);
    world.coach.put(&path, &json!({"flow_definition": flow(&nodes[..2], &["start -> b"])})).await.ok();
    let told = world.coach.post(&format!("{path}/publish"), &json!({})).await.ok();
    assert_eq!((&told["status"], &told["version"]), (&json!("published"), &json!(1)));
    world.coach.delete(&path).await.refused(409);
}

#[both_engines]
async fn a_person_is_called_for_somebody_who_works_there(fresh: FreshDb) {
    let world = World::with_channel(fresh).await;
    let nodes = |assignee: Value| {
        flow(
            &[("start", "start", json!({})), ("talk", "handoff", json!({"reason": "To talk", "assignee": assignee}))],
            &["start -> talk"],
        )
    };
    let draft = world.draft("Call", &nodes(json!("0190a000-0000-7000-8000-000000000005"))).await;
    let error = world.coach.post(&format!("{PROGRAMS}/{draft}/publish"), &json!({})).await.refused(422);
    assert_eq!(fields(&error), ["flow_definition.nodes.talk.data.assignee"]);
    let coach = world.hub.account.id;
    let program = world.program("Call the coach", &nodes(json!(coach))).await;
    let member = world.member(1, json!({})).await;
    world.enrol(&member, &program).await;
    world.work().await;
    let list = world.coach.get(&format!("/api/v1/conversations?assignee={coach}")).await.ok();
    let called = &list["conversations"][0];
    assert_eq!((&called["handler"], &called["user_id"]), (&json!("queue"), &json!(member)));
}

#[both_engines]
async fn programs_are_listed_found_and_deleted_and_are_nobody_elses(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let draft = world.draft("Über Yoga", &hello()).await;
    let program = world.program("Weight Loss", &hello()).await;
    let member = world.member(1, json!({})).await;
    let enroll = |id: &str| format!("{USERS}/{member}/programs/{id}/enroll");
    world.coach.post(&enroll(&draft), &json!({})).await.refused(409);
    let run = world.enrol(&member, &program).await;
    assert_eq!((&run["status"], &run["run"], &run["how"]), (&json!("active"), &json!(1), &json!("manual")));
    world.coach.post(&enroll(&program), &json!({})).await.refused(409);
    world.work().await;
    world.coach.post(&enroll(&program), &json!({})).await.refused(409);
    world.coach.post(&enroll("0190a000-0000-7000-8000-000000000000"), &json!({})).await.refused(404);
    let found = world.coach.get(&format!("{PROGRAMS}?search=uber")).await.ok();
    assert_eq!((&found["programs"][0]["id"], &found["pagination"]["total"]), (&json!(draft), &json!(1)));
    let found = world.coach.get(&format!("{PROGRAMS}?status=published")).await.ok();
    assert_eq!(
        (&found["programs"][0]["enrollment_count"], &found["programs"][0]["completion_rate"]),
        (&json!(1), &json!(1.0))
    );
    world.coach.get(&format!("{PROGRAMS}?status=lost&limit=0")).await.refused(422);
    let other = world.anyone.of(&world.stranger());
    for path in ["", "/versions", "/versions/1", "/nodes", "/enrollments"] {
        other.get(&format!("{PROGRAMS}/{program}{path}")).await.refused(404);
    }
    other.put(&format!("{PROGRAMS}/{program}"), &json!({"name": "mine"})).await.refused(404);
    other.post(&format!("{PROGRAMS}/{program}/publish"), &json!({})).await.refused(404);
    other.post(&format!("{PROGRAMS}/{program}/archive"), &json!({})).await.refused(404);
    other.delete(&format!("{PROGRAMS}/{draft}")).await.refused(404);
    other.post(&enroll(&program), &json!({})).await.refused(404);
    assert_eq!(other.get(PROGRAMS).await.ok()["programs"], json!([]));
    world.coach.delete(&format!("{PROGRAMS}/{draft}")).await.ok();
    world.coach.get(&format!("{PROGRAMS}/{draft}")).await.refused(404);
    let types = world.coach.get(&format!("{PROGRAMS}/node-types")).await.ok();
    assert_eq!(types["node_types"].as_array().unwrap().len(), 15);
    world.anyone.get(PROGRAMS).await.refused(401);
}

#[both_engines]
async fn messages_after_a_day_want_a_template_where_whatsapp_is_used(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let body = json!({"channel_type": "whatsapp", "channel_name": "WhatsApp", "configuration": {"phone_number": "+1234567890",
        "business_account_id": "102290129340398", "access_token": "EAAG-token", "webhook_verify_token": "verify-me",
        "app_secret": "0123456789abcdef0123456789abcdef", "phone_number_id": "106540352242922"}});
    assert_eq!(world.coach.post("/api/v1/channels", &body).await.status, 201);
    world.work().await;
    let node = |more: Value| {
        let mut data = json!({"message": "Tomorrow"});
        data.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let nodes = [("start", "start", json!({})), ("w", "wait", json!({"days": 1})), ("m", "send_message", data)];
        flow(&nodes, &["start -> w", "w -> m"])
    };
    let cold = world.draft("Cold", &node(json!({}))).await;
    let error = world.coach.post(&format!("{PROGRAMS}/{cold}/publish"), &json!({})).await.refused(422);
    assert_eq!(fields(&error), ["flow_definition.nodes.m.data.template"]);
    world.program("Warm", &node(json!({"template": {"name": "tomorrow", "language": "en"}}))).await;
    world.program("Now", &hello()).await;
}
