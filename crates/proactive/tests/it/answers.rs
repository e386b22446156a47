//! What counts as an answer, and for which firing.

use kernel::time;
use serde_json::{Value, json};
use testkit::{FreshDb, both_engines};

use crate::world::{ANALYTICS, RULES, World};

fn quiet(hours: i64) -> Value {
    json!({"type": "inactivity", "threshold_hours": hours})
}

async fn shown(world: &World, rule: &Value) -> Value {
    world.coach().get(&format!("{RULES}/{}", rule["id"].as_str().unwrap())).await.ok()
}

#[both_engines]
async fn an_answer_in_time_is_a_success(fresh: FreshDb) {
    let world = World::with_bot(fresh).await;
    for (chat, name) in [(1, "Ana"), (2, "Berta")] {
        world.writes(chat, name, "thanks").await;
    }
    let rule = world.rule(quiet(24)).await;
    world.after(24 * time::HOUR + time::MINUTE).await;
    assert_eq!(world.sent().len(), 2);
    let now = shown(&world, &rule).await;
    assert_eq!((&now["triggered_count"], &now["success_rate"]), (&json!(2), &Value::Null), "nothing is over yet");
    world.clock.advance(2 * time::HOUR);
    world.writes(1, "Ana", "I am fine").await;
    assert_eq!(shown(&world, &rule).await["success_rate"], 1.0, "one is over, by an answer");
    // The hours of the other one are over, and Ana is not silent for long enough yet.
    world.after(22 * time::HOUR).await;
    let now = shown(&world, &rule).await;
    assert_eq!((&now["triggered_count"], &now["success_rate"]), (&json!(2), &json!(0.5)));
    // Too late.
    world.writes(2, "Berta", "Hello").await;
    let now = shown(&world, &rule).await;
    assert_eq!(now["success_rate"], 0.5);
    let figures = world.coach().get(ANALYTICS).await.ok();
    let hours = figures["summary"]["average_response_time_hours"].as_f64().unwrap();
    assert!((1.9..=2.1).contains(&hours), "{figures}");
    assert_eq!(figures["summary"]["successful_engagements"], 1);
    assert_eq!(figures["rule_performance"][0]["successes"], 1);
    assert_eq!(figures["rule_performance"][0]["holdout"], Value::Null);
}

#[both_engines]
async fn only_the_latest_is_credited(fresh: FreshDb) {
    let world = World::with_bot(fresh).await;
    world.writes(1, "Ana", "thanks").await;
    let first = world.rule_with(quiet(24), json!({"success_hours": 168})).await;
    let second = world.rule_with(quiet(50), json!({"success_hours": 168})).await;
    world.after(24 * time::HOUR + time::MINUTE).await;
    world.after(26 * time::HOUR).await;
    assert_eq!(world.sent().len(), 2);
    world.clock.advance(time::HOUR);
    world.writes(1, "Ana", "Hello").await;
    assert_eq!(world.states(&first).await[0].0, "fired");
    assert_eq!(world.states(&second).await[0].0, "succeeded");
    assert_ne!(world.firings(&first).await[0]["responded_at"], Value::Null, "that they wrote is known all the same");
    let figures = world.coach().get(ANALYTICS).await.ok();
    assert_eq!(
        (&figures["summary"]["total_triggers"], &figures["summary"]["successful_engagements"]),
        (&json!(2), &json!(1))
    );
    assert_eq!(figures["summary"]["success_rate"], 0.5);
}

#[both_engines]
async fn a_tap_on_a_button_is_an_answer(fresh: FreshDb) {
    let world = World::with_bot(fresh).await;
    world.writes(1, "Ana", "thanks").await;
    let action = json!([{"type": "send_message", "message_template": "[rule] All well?", "buttons": [{"title": "Yes"}, {"title": "No"}]}]);
    let rule = world.rule_with(quiet(24), json!({"actions": action})).await;
    world.after(24 * time::HOUR + time::MINUTE).await;
    assert_eq!(world.sent(), ["[rule] All well?"]);
    world.clock.advance(time::MINUTE);
    world.writes(1, "Ana", "Yes").await;
    assert_eq!(world.states(&rule).await[0].0, "succeeded");
}
