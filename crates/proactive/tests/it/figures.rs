//! Figures: by day, by reason, and against those who were held out.

use kernel::time;
use serde_json::{Value, json};
use testkit::{FreshDb, both_engines};

use crate::world::{ANALYTICS, RULES, World};

#[both_engines]
async fn there_is_nothing_before_something_happened(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let rule = world.rule(json!({"type": "inactivity", "threshold_hours": 24})).await;
    let figures = world.coach().get(&format!("{ANALYTICS}?start_date=2024-01-01&end_date=2024-01-31")).await.ok();
    assert_eq!(figures["date_range"], json!({"start_date": "2024-01-01", "end_date": "2024-01-31"}));
    let summary = &figures["summary"];
    assert_eq!((&summary["total_triggers"], &summary["successful_engagements"]), (&json!(0), &json!(0)));
    assert_eq!((&summary["success_rate"], &summary["average_response_time_hours"]), (&Value::Null, &Value::Null));
    let own = &figures["rule_performance"][0];
    assert_eq!((&own["rule_id"], &own["triggers"], &own["success_rate"]), (&rule["id"], &json!(0), &Value::Null));
    let reply = world.coach().get(&format!("{ANALYTICS}?start_date=2024-02-01&end_date=2024-01-01")).await;
    assert_eq!(reply.status, 422);
    let other = world.anyone.of(&world.people.creator(&world.clock));
    assert_eq!(other.get(ANALYTICS).await.ok()["rule_performance"], json!([]));
}

#[both_engines]
async fn who_is_held_out_hears_nothing_and_is_compared(fresh: FreshDb) {
    let world = World::with_bot(fresh).await;
    let all = 120;
    for chat in 1..=all {
        world.told(chat, &format!("Member {chat}"), "thanks").await;
    }
    world.work().await;
    let rule =
        world.rule_with(json!({"type": "inactivity", "threshold_hours": 24}), json!({"holdout_percent": 50})).await;
    world.after(24 * time::HOUR + time::MINUTE).await;
    for _ in 0..3 {
        world.after(time::MINUTE).await;
    }
    let figures = world.coach().get(ANALYTICS).await.ok();
    let holdout = &figures["rule_performance"][0]["holdout"];
    assert_eq!(holdout["difference"], Value::Null, "nothing is over: {figures}");
    let written_to = i64::try_from(world.sent().len()).unwrap();
    assert!((40..80).contains(&written_to), "{written_to}");
    assert_eq!(figures["summary"]["total_triggers"], written_to, "who is held out is no trigger");
    // What comes now is about these firings alone.
    let own = format!("{RULES}/{}", rule["id"].as_str().unwrap());
    world.coach().put(&own, &json!({"is_active": false})).await.ok();
    // Whoever was written to answers; of the others one comes back by themselves.
    let path =
        format!("/api/v1/proactive-engine/rules/{}/firings?state=held_out&limit=100", rule["id"].as_str().unwrap());
    let held = world.coach().get(&path).await.ok();
    assert_eq!(held["pagination"]["total"], all - written_to);
    let names: Vec<&str> =
        held["firings"].as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap()).collect();
    world.clock.advance(time::HOUR);
    let mut came_back = 0;
    for chat in 1..=all {
        let name = format!("Member {chat}");
        let is_held = names.contains(&name.as_str());
        if !is_held || came_back == 0 {
            came_back += i64::from(is_held);
            world.told(chat, &name, "Hello").await;
        }
    }
    world.after(25 * time::HOUR).await;
    let figures = world.coach().get(ANALYTICS).await.ok();
    let holdout = &figures["rule_performance"][0]["holdout"];
    assert_eq!((&holdout["treated"], &holdout["treated_answered"]), (&json!(written_to), &json!(written_to)));
    assert_eq!((&holdout["held_out"], &holdout["held_out_answered"]), (&json!(all - written_to), &json!(1)));
    assert_eq!(holdout["effect"], "more");
    assert!(holdout["difference"].as_f64().unwrap() > 0.9 && holdout["low"].as_f64().unwrap() > 0.5, "{holdout}");
    assert_eq!(i64::try_from(world.sent().len()).unwrap(), written_to, "nobody who is held out hears anything");
}

#[both_engines]
async fn what_was_not_done_is_told_by_its_reason(fresh: FreshDb) {
    let world = World::new(fresh).await;
    world.member(5, "Dora").await;
    world.member(6, "Eva").await;
    world.rule(json!({"type": "inactivity", "threshold_hours": 24})).await;
    world.after(24 * time::HOUR + time::MINUTE).await;
    let figures = world.coach().get(ANALYTICS).await.ok();
    assert_eq!(figures["summary"]["suppressed_by_reason"], json!({"unreachable": 2}));
    assert_eq!(figures["rule_performance"][0]["suppressed_by_reason"], json!({"unreachable": 2}));
    assert_eq!((&figures["summary"]["suppressed"], &figures["summary"]["total_triggers"]), (&json!(2), &json!(0)));
}

#[both_engines]
async fn a_member_is_told_and_forgotten(fresh: FreshDb) {
    let world = World::with_bot(fresh).await;
    for (chat, name) in [(1, "Ana"), (2, "Berta")] {
        world.writes(chat, name, "thanks").await;
    }
    let rule = world.rule(json!({"type": "inactivity", "threshold_hours": 24})).await;
    world.after(24 * time::HOUR + time::MINUTE).await;
    let users = world.coach().get("/api/v1/users?order=asc").await.ok();
    let id = |place: usize| users["users"][place]["id"].as_str().unwrap().parse().unwrap();
    let mut tx = world.audience.app().write().await.unwrap();
    audience::members::merge(&mut tx, world.audience.keepers(), world.hub(), (id(0), id(1)), None).await.unwrap();
    tx.commit().await.unwrap();
    let firings = world.firings(&rule).await;
    assert!(firings.iter().all(|one| one["user_id"] == users["users"][0]["id"]), "{firings:?}");
    let mut tx = world.audience.app().write().await.unwrap();
    let erased =
        audience::members::erase(&mut tx, world.audience.keepers(), world.hub(), id(0), None).await.unwrap().unwrap();
    tx.commit().await.unwrap();
    assert_eq!(erased.ended.took.0.get("proactive_firings"), Some(&(firings.len() as u64)));
    assert!(world.firings(&rule).await.is_empty());
    assert_eq!(world.coach().get(ANALYTICS).await.ok()["summary"]["total_triggers"], 2, "sums name nobody, and stay");
}
