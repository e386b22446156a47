//! Each trigger but inactivity.

use audience::members;
use kernel::time;
use serde_json::json;
use testkit::{FreshDb, both_engines};

use crate::world::{MadeUp, RULES, World};

#[both_engines]
async fn no_reply_is_noticed_once_however_often_one_asks(fresh: FreshDb) {
    let world = World::with_bot(fresh).await;
    world.told(1, "Ana", "/start").await;
    world.told(2, "Berta", "/start").await;
    // Moments of members are told in whole seconds: the welcome comes later than what it answers.
    world.after(2 * time::SECOND).await;
    let rule = world.rule(json!({"type": "no_reply", "threshold_hours": 24})).await;
    world.clock.advance(time::HOUR);
    world.writes(2, "Berta", "thanks").await;
    world.after(23 * time::HOUR + 2 * time::MINUTE).await;
    assert_eq!(world.sent(), ["[rule] Hey Ana!"], "Berta had the last word");
    // The message itself has no answer either: that is no other silence.
    world.after(25 * time::HOUR).await;
    world.after(25 * time::HOUR).await;
    assert_eq!((world.sent().len(), world.firings(&rule).await.len()), (1, 1));
}

#[both_engines]
async fn programs_that_stand_still_or_are_nearly_done_are_noticed(fresh: FreshDb) {
    let world = World::with_bot(fresh).await;
    let (ana, berta) = (world.member(1, "Ana").await, world.member(2, "Berta").await);
    world.programs.put(ana.id, world.clock.now(), 0.5);
    world.programs.put(berta.id, world.clock.now(), 0.5);
    let stalled =
        world.rule(json!({"type": "program_stalled", "threshold_hours": 48, "program_id": MadeUp::id()})).await;
    let delayed = json!([{"type": "tag", "tag": "nearly", "delay_minutes": 5}]);
    let near = world.rule_with(json!({"type": "badge_near", "at_least": 0.8}), json!({"actions": delayed})).await;
    world.after(47 * time::HOUR).await;
    world.programs.put(berta.id, world.clock.now(), 0.9);
    world.after(time::HOUR + time::MINUTE).await;
    assert_eq!(world.sent(), ["[rule] Hey Ana!"]);
    assert_eq!(world.firings(&stalled).await.len(), 1);
    // The next step is no other firing of the same run.
    world.programs.put(berta.id, world.clock.now(), 0.95);
    world.after(time::HOUR).await;
    world.after(time::HOUR).await;
    let told = world.firings(&near).await;
    assert_eq!((told.len(), &told[0]["name"], &told[0]["state"]), (1, &json!("Berta"), &json!("fired")));
}

#[both_engines]
async fn rules_may_be_about_some(fresh: FreshDb) {
    let world = World::with_bot(fresh).await;
    let (ana, berta) = (world.member(1, "Ana").await, world.member(2, "Berta").await);
    world.member(3, "Carl").await;
    let mut tx = world.audience.app().write().await.unwrap();
    members::tag(&mut tx, &ana, &["VIP".into()], &[], world.clock.now()).await.unwrap();
    tx.commit().await.unwrap();
    world.programs.put(berta.id, world.clock.now(), 0.1);
    let rule = async |more: serde_json::Value| {
        let mut trigger = json!({"type": "inactivity", "threshold_hours": 24});
        trigger.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        world.rule_with(trigger, json!({"actions": [{"type": "webhook"}]})).await
    };
    let vip = rule(json!({"applies_to": "tag", "tag": "vip"})).await;
    let web = rule(json!({"applies_to": "channel", "channel": "web"})).await;
    let telegram = rule(json!({"applies_to": "channel", "channel": "telegram"})).await;
    let program = rule(json!({"applies_to": "program", "program_id": MadeUp::id()})).await;
    world.after(24 * time::HOUR + time::MINUTE).await;
    let names = async |rule| {
        let firings = world.firings(rule).await;
        let mut names: Vec<String> = firings.iter().map(|one| one["name"].as_str().unwrap().to_owned()).collect();
        names.sort();
        names
    };
    assert_eq!(names(&vip).await, ["Ana"]);
    assert!(names(&web).await.is_empty());
    assert_eq!(names(&telegram).await, ["Ana", "Berta", "Carl"]);
    assert_eq!(names(&program).await, ["Berta"]);
}

#[both_engines]
async fn a_date_of_the_profile_comes_in_the_members_own_morning(fresh: FreshDb) {
    let world = World::with_bot(fresh).await;
    let follow = async || {
        let subscribers = proactive::subscribers(&world.proactive);
        events::run_until_idle(world.channels.app().db(), &world.clock, &subscribers).await.unwrap();
    };
    follow().await;
    let ana = world.member(1, "Ana").await;
    let path = format!("/api/v1/users/{}", ana.id);
    let known = json!({"profile_data": {"name": "Ana", "birthday": "1990-03-04"}, "timezone": "America/New_York"});
    world.coach().put(&path, &known).await.ok();
    let rule = world.rule(json!({"type": "date", "field": "birthday", "time": "10:30"})).await;
    world.work().await;
    // 10:30 in New York is 15:30 in UTC, on the day after the next one.
    world.after(2 * time::DAY + 5 * time::HOUR).await;
    assert!(world.sent().is_empty());
    world.after(31 * time::MINUTE).await;
    assert_eq!(world.sent(), ["[rule] Hey Ana!"]);
    let preview = world.coach().get(&format!("{RULES}/{}/preview", rule["id"].as_str().unwrap())).await.ok();
    assert_eq!((&preview["would_fire"], &preview["users"][0]["name"]), (&json!(1), &json!("Ana")));
    // What is changed afterwards holds.
    let known = json!({"profile_data": {"name": "Ana", "birthday": "1990-03-20"}});
    world.coach().put(&path, &known).await.ok();
    follow().await;
    world.after(16 * time::DAY).await;
    world.after(time::MINUTE).await;
    assert_eq!(world.sent().len(), 2);
    for _ in 0..3 {
        world.after(30 * time::DAY).await;
    }
    assert_eq!(world.firings(&rule).await.len(), 2, "once a year");
}

#[both_engines]
async fn a_score_that_falls_below_a_mark_is_news_once(fresh: FreshDb) {
    let world = World::with_bot(fresh).await;
    let work = async || {
        jobs::run_until_idle(world.audience.app().db(), &world.clock, &audience_jobs(&world)).await.unwrap();
        world.work().await;
    };
    world.writes(1, "Ana", "thanks").await;
    // Seven days of two weeks are a score of 1; Berta has one day.
    world.writes(2, "Berta", "thanks").await;
    for _ in 0..6 {
        world.clock.advance(time::DAY);
        world.told(1, "Ana", "thanks").await;
    }
    work().await;
    let path = format!("/api/v1/users/{}", world.id_of("Ana").await);
    assert_eq!(world.coach().get(&path).await.ok()["engagement_score"], json!(1.0));
    let rule = world.rule(json!({"type": "score_below", "below": 0.5})).await;
    work().await;
    assert!(world.firings(&rule).await.is_empty(), "Berta was below already");
    for _ in 0..16 {
        world.clock.advance(time::DAY);
        work().await;
    }
    assert_eq!(world.sent(), ["[rule] Hey Ana!"]);
    assert_eq!(world.firings(&rule).await.len(), 1);
    let preview = world.coach().get(&format!("{RULES}/{}/preview", rule["id"].as_str().unwrap())).await.ok();
    assert_eq!(preview["would_fire"], serde_json::Value::Null, "what scores were is not kept");
}

fn audience_jobs(world: &World) -> jobs::Registry {
    audience::jobs(&world.audience)
}
