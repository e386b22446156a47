//! Making, changing, showing and deleting rules.

use kernel::time;
use serde_json::{Value, json};
use testkit::{FreshDb, both_engines};

use crate::world::{MadeUp, RULES, World};

fn examples() -> Value {
    json!({"name": "Inactivity Follow-up", "description": "Send follow-up message after 24 hours of inactivity",
        "trigger_conditions": {"type": "inactivity", "threshold_hours": 24, "applies_to": "all_users"},
        "actions": [{"type": "send_message", "message_template": "Hey {user_name}!", "delay_minutes": 0}], "is_active": true})
}

#[both_engines]
async fn a_rule_is_made_listed_changed_paused_and_deleted(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let reply = world.coach().post(RULES, &examples()).await;
    assert_eq!(reply.status, 201);
    let made = reply.json();
    for field in ["name", "description", "trigger_conditions", "actions", "is_active"] {
        assert_eq!(made[field], examples()[field], "{field}");
    }
    assert_eq!((&made["triggered_count"], &made["success_rate"]), (&json!(0), &Value::Null));
    let path = format!("{RULES}/{}", made["id"].as_str().unwrap());
    assert_eq!(world.coach().get(&path).await.ok(), made);
    let list = world.coach().get(RULES).await.ok();
    assert_eq!((&list["rules"], &list["pagination"]["total"]), (&json!([made]), &json!(1)));

    let change = json!({"name": "Calm", "is_active": false, "revision": 1});
    let changed = world.coach().put(&path, &change).await.ok();
    assert_eq!(
        (&changed["name"], &changed["is_active"], &changed["revision"]),
        (&json!("Calm"), &json!(false), &json!(2))
    );
    assert_eq!(changed["description"], made["description"], "what is missing stays");
    assert_eq!(world.coach().put(&path, &change).await.status, 409, "made of an older revision");

    let stranger = world.anyone.of(&world.people.creator(&world.clock));
    assert_eq!(stranger.get(RULES).await.ok()["rules"], json!([]));
    assert_eq!(stranger.get(&path).await.status, 404);
    assert_eq!(stranger.put(&path, &json!({"name": "mine"})).await.status, 404);
    assert_eq!(stranger.delete(&path).await.status, 404);
    assert_eq!(stranger.get(&format!("{path}/firings")).await.status, 404);
    assert_eq!(stranger.get(&format!("{path}/preview")).await.status, 404);
    assert_eq!(world.anyone.get(RULES).await.status, 401);

    assert_eq!(world.coach().delete(&path).await.status, 200);
    assert_eq!(world.coach().get(&path).await.status, 404);
    assert_eq!(world.coach().get(RULES).await.ok()["rules"], json!([]));
    for kind in ["proactive.rule_created", "proactive.rule_changed", "proactive.rule_deleted"] {
        assert_eq!(world.happened(kind).await.len(), 1, "{kind}");
    }
}

#[both_engines]
async fn every_fault_is_told(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let faults = async |body: Value| {
        let reply = world.coach().post(RULES, &body).await;
        assert_eq!(reply.status, 422, "{body}");
        let told = reply.json()["error"]["details"].as_array().unwrap().clone();
        told.iter().map(|fault| fault["field"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let told = faults(json!({"trigger_conditions": {"type": "full_moon"}, "actions": []})).await;
    assert!(told.iter().any(|field| field == "name"), "{told:?}");
    assert!(told.iter().any(|field| field.ends_with("type")), "{told:?}");
    let with = |trigger: Value, action: Value| json!({"name": "x", "trigger_conditions": trigger, "actions": [action]});
    let says = json!({"type": "send_message", "message_template": "Hi"});
    let quiet = json!({"type": "inactivity", "threshold_hours": 24});
    for (trigger, action, field) in [
        (json!({"type": "inactivity"}), says.clone(), "threshold_hours"),
        (json!({"type": "badge_near"}), says.clone(), "at_least"),
        (json!({"type": "date"}), says.clone(), "field"),
        (json!({"type": "date", "field": "birthday", "time": "9 o'clock"}), says.clone(), "time"),
        (json!({"type": "score_below"}), says.clone(), "below"),
        (json!({"type": "inactivity", "threshold_hours": 24, "applies_to": "tag"}), says.clone(), "tag"),
        (json!({"type": "inactivity", "threshold_hours": 24, "applies_to": "nobody"}), says.clone(), "applies_to"),
        (
            json!({"type": "program_stalled", "threshold_hours": 24, "program_id": world.hub()}),
            says.clone(),
            "program_id",
        ),
        (quiet.clone(), json!({"type": "send_message"}), "message_template"),
        (quiet.clone(), json!({"type": "shout"}), "type"),
        (quiet.clone(), json!({"type": "enrol", "program_id": world.hub()}), "program_id"),
    ] {
        let told = faults(with(trigger.clone(), action.clone())).await;
        assert!(told.iter().any(|own| own.ends_with(field)), "{trigger} {action}: {told:?}");
    }
    let twice = json!({"name": "x", "trigger_conditions": quiet, "actions": [says, says]});
    assert!(faults(twice).await.iter().any(|field| field.ends_with("actions")));
}

#[both_engines]
async fn a_preview_is_what_fires_then(fresh: FreshDb) {
    let world = World::with_bot(fresh).await;
    for (chat, name) in [(1, "Ana"), (2, "Berta"), (3, "Carl")] {
        world.writes(chat, name, "thanks").await;
        world.after(2 * time::DAY).await;
    }
    world.after(5 * time::DAY).await;
    // Ana has been silent for 11 days, Berta for 9, Carl for 7.
    let mut body = examples();
    body["actions"][0]["message_template"] = json!("[rule] Hey {user_name}!");
    let draft = |days: u32| {
        let mut draft = body.clone();
        draft["days"] = json!(days);
        draft
    };
    let week = world.coach().post("/api/v1/proactive-engine/preview", &draft(7)).await.ok();
    assert_eq!((&week["would_fire"], &week["more"]), (&json!(1), &json!(false)));
    assert_eq!(week["users"][0]["name"], "Carl");
    assert_eq!(world.coach().post("/api/v1/proactive-engine/preview", &draft(30)).await.ok()["would_fire"], 3);
    assert_eq!(world.coach().get(RULES).await.ok()["pagination"]["total"], 0, "a preview keeps nothing");
    let rule = world.coach().post(RULES, &body).await.json();
    let path = format!("{RULES}/{}/preview", rule["id"].as_str().unwrap());
    assert_eq!(world.coach().get(&path).await.ok(), week);
    assert_eq!(world.coach().get(&format!("{path}?days=31")).await.status, 422);
    world.after(time::MINUTE).await;
    assert_eq!(world.sent(), ["[rule] Hey Carl!"], "it looks back seven days, and no further");
}

#[both_engines]
async fn everything_but_messages_is_done_as_well(fresh: FreshDb) {
    let world = World::with_bot(fresh).await;
    world.writes(1, "Ana", "thanks").await;
    let rule = world
        .rule_with(
            json!({"type": "inactivity", "threshold_hours": 24}),
            json!({"actions": [{"type": "tag", "tag": "Quiet"}, {"type": "enrol", "program_id": MadeUp::id()},
                {"type": "notify_coach"}, {"type": "webhook", "delay_minutes": 60}]}),
        )
        .await;
    world.after(24 * time::HOUR + time::MINUTE).await;
    let user = world.coach().get("/api/v1/users").await.ok()["users"][0].clone();
    let id = user["id"].as_str().unwrap();
    let tags = world.coach().get(&format!("/api/v1/users/{id}/tags")).await.ok();
    assert!(tags.to_string().contains("Quiet"), "{tags}");
    assert_eq!(world.programs.0.lock().unwrap().len(), 1);
    assert_eq!(world.happened("proactive.coach_notified").await[0]["user_id"], json!(id));
    assert_eq!(world.states(&rule).await[0].0, "queued", "an action is left");
    assert!(world.happened("proactive.fired").await.is_empty());
    world.after(time::HOUR).await;
    assert_eq!(world.states(&rule).await[0].0, "fired");
    assert_eq!(world.happened("proactive.fired").await.len(), 1);
    assert!(world.sent().is_empty());
}
