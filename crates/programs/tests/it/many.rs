//! Many members are enrolled together.

use std::time::Instant;

use serde_json::{Value, json};
use testkit::{FreshDb, both_engines};

use crate::world::{PROGRAMS, USERS, World, flow};

fn waits() -> Value {
    flow(&[("start", "start", json!({})), ("w", "wait", json!({"days": 1}))], &["start -> w"])
}

#[both_engines]
async fn a_filter_is_looked_at_and_enrolled(fresh: FreshDb) {
    let world = World::with_channel(fresh).await;
    let program = world.program("Many", &waits()).await;
    let path = format!("{PROGRAMS}/{program}/enrollments");
    let mut members = Vec::new();
    for chat in 1..=8 {
        let tags = if chat <= 6 { json!(["VIP"]) } else { json!([]) };
        members.push(world.member(chat, json!({"tags": tags})).await);
    }
    // One is in it, one has been, one wants nothing, and one cannot be reached.
    world.enrol(&members[0], &program).await;
    world.enrol(&members[1], &program).await;
    world.coach.delete(&format!("{USERS}/{}/programs/{program}", members[1])).await.ok();
    let stop = json!({"allowed": false, "purpose": "any", "channel": "telegram", "how": "said so"});
    let reply = world.coach.post(&format!("{USERS}/{}/permissions", members[2]), &stop).await;
    assert!(reply.status < 300, "{}", reply.text());
    let web = json!({"external_id": "v1", "channel": "web", "tags": ["vip"]});
    assert_eq!(world.coach.post(USERS, &web).await.status, 201);
    world.work().await;
    let left = json!({"enrolled_already": 1, "taken_part": 1, "opted_out": 1, "unreachable": 1, "other": 0});
    let asked = json!({"filter": {"tag": "vip"}, "preview": true});
    let told = world.coach.post(&path, &asked).await.ok();
    assert_eq!((&told["found"], &told["would_enroll"], &told["skipped"]), (&json!(7), &json!(3), &left));
    assert_eq!(
        (&told["is_complete"], &told["looked_at"], &told["is_too_many"]),
        (&json!(true), &json!(9), &json!(false))
    );
    assert_eq!(world.coach.get(&path).await.ok()["pagination"]["total"], 2, "a preview enrols nobody");
    let wanted = json!({"filter": {"tag": "vip"}});
    let begun = world.coach.post(&path, &wanted).await;
    assert_eq!(begun.status, 202, "{}", begun.text());
    let begun = begun.json();
    let id = begun["id"].as_str().unwrap();
    assert_eq!((&begun["status"], &begun["total"]), (&json!("pending"), &json!(null)));
    let again = world.coach.post(&path, &wanted).await.json();
    assert_eq!(again["id"], begun["id"], "the same is not begun twice");
    // Who is added later is not in it.
    world.clock.advance(1);
    world.member(99, json!({"tags": ["vip"]})).await;
    world.work().await;
    let batch = format!("{path}/batches/{id}");
    let told = world.coach.get(&batch).await.ok();
    assert_eq!((&told["status"], &told["total"], &told["done"]), (&json!("completed"), &json!(7), &json!(7)), "{told}");
    assert_eq!((&told["enrolled"], &told["skipped"]), (&json!(3), &left));
    let all = world.coach.get(&path).await.ok();
    assert_eq!(all["pagination"]["total"], 5);
    assert_eq!(all["enrollments"].as_array().unwrap().iter().filter(|run| run["how"] == "bulk").count(), 3);
    let listed = world.coach.get(&format!("{path}/batches")).await.ok();
    assert_eq!((&listed["pagination"]["total"], &listed["batches"][0]["id"]), (&json!(1), &json!(id)));
    world.coach.post(&format!("{batch}/cancel"), &json!({})).await.refused(409);
    // Once more: who was enrolled is in it now, and only the new one begins.
    let second = world.coach.post(&path, &wanted).await.json();
    world.work().await;
    let told = world.coach.get(&format!("{path}/batches/{}", second["id"].as_str().unwrap())).await.ok();
    assert_eq!((&told["enrolled"], &told["skipped"]["enrolled_already"]), (&json!(1), &json!(4)));
    let stranger = world.anyone.of(&world.stranger());
    stranger.get(&batch).await.refused(404);
    stranger.post(&path, &wanted).await.refused(404);
    stranger.post(&format!("{batch}/cancel"), &json!({})).await.refused(404);
    let draft = world.draft("Draft", &waits()).await;
    world.coach.post(&format!("{PROGRAMS}/{draft}/enrollments"), &wanted).await.refused(409);
    world.coach.get(&format!("{PROGRAMS}/{draft}/enrollments/batches/{id}")).await.refused(404);
    world.coach.post(&path, &json!({})).await.refused(422);
}

#[both_engines]
async fn a_batch_that_is_stopped_or_broken_off_enrols_nobody_twice(fresh: FreshDb) {
    let world = World::with_channel(fresh).await;
    let program = world.program("Broken", &waits()).await;
    let path = format!("{PROGRAMS}/{program}/enrollments");
    let hub = world.hub.account.hub();
    let db = world.process.programs.app().db().clone();
    let mut tx = db.write_long().await.unwrap();
    for chat in 1..=1_200 {
        let known = audience::Identity::new(audience::IdentityKind::ChatId, &chat.to_string()).unwrap();
        let seed = audience::Seed::named(Some("Ana"));
        audience::members::reach(&mut tx, hub, audience::Channel::Telegram, &[known], seed).await.unwrap();
    }
    tx.commit().await.unwrap();
    let stopped = world.coach.post(&path, &json!({"filter": {"channel": "telegram"}})).await.json();
    let cancel = format!("{path}/batches/{}/cancel", stopped["id"].as_str().unwrap());
    assert_eq!(world.coach.post(&cancel, &json!({})).await.ok()["status"], "cancelled");
    assert_eq!(world.coach.post(&cancel, &json!({})).await.ok()["status"], "cancelled", "twice is once");
    world.process.work(&world.clock).await;
    assert_eq!(world.coach.get(&path).await.ok()["pagination"]["total"], 0);
    let begun = world.coach.post(&path, &json!({"filter": {"search": "ana", "status": "active"}})).await.json();
    // Two processes work at once: whoever comes second finds that the batch has come further.
    let (one, other) = (world.process.clone(), world.another());
    tokio::join!(one.work(&world.clock), other.work(&world.clock));
    let told = world.coach.get(&format!("{path}/batches/{}", begun["id"].as_str().unwrap())).await.ok();
    assert_eq!(
        (&told["status"], &told["enrolled"], &told["done"]),
        (&json!("completed"), &json!(1_200), &json!(1_200)),
        "{told}"
    );
    let all = world.coach.get(&path).await.ok();
    assert_eq!(all["pagination"]["total"], 1_200);
    assert_eq!(world.happened("program.enrolled").await, 1_000, "as many as are looked at here");
    assert_eq!(world.coach.get(&format!("{PROGRAMS}/{program}")).await.ok()["enrollment_count"], 1_200);
}

#[both_engines]
#[ignore = "takes minutes: tools/test --all runs it"]
async fn twenty_thousand_are_looked_at_tried_and_enrolled(fresh: FreshDb) {
    const ALL: u64 = 20_000;
    let world = World::with_channel(fresh).await;
    let program = world.program("Large", &waits()).await;
    let hub = world.hub.account.hub();
    let db = world.process.programs.app().db().clone();
    for batch in 0..ALL / 500 {
        let mut tx = db.write_long().await.unwrap();
        for place in 1..=500 {
            let known = audience::Identity::new(audience::IdentityKind::ChatId, &(batch * 500 + place).to_string());
            let seed = audience::Seed::named(Some("Ana"));
            audience::members::reach(&mut tx, hub, audience::Channel::Telegram, &[known.unwrap()], seed).await.unwrap();
        }
        tx.commit().await.unwrap();
    }
    let path = format!("{PROGRAMS}/{program}/enrollments");
    let began = Instant::now();
    let told = world.coach.post(&path, &json!({"filter": {"search": "ana"}, "preview": true})).await.ok();
    let previewed = began.elapsed();
    assert_eq!((&told["would_enroll"], &told["is_complete"]), (&json!(ALL), &json!(true)));
    let began = Instant::now();
    let told = world.coach.post(&format!("{PROGRAMS}/{program}/dry-run"), &json!({"after_days": 90})).await.ok();
    let tried = began.elapsed();
    assert_eq!((&told["sampled"], &told["sampled_share"]), (&json!(2_000), &json!(0.1)));
    assert_eq!(told["nodes"], json!([{"node_id": "w", "waiting": 0, "ended": ALL}]));
    let begun = world.coach.post(&path, &json!({"filter": {}})).await.json();
    let began = Instant::now();
    let registry = programs::jobs(&world.process.programs);
    jobs::run_until_idle(&db, &world.clock, &registry).await.unwrap();
    let enrolled = began.elapsed();
    let told = world.coach.get(&format!("{path}/batches/{}", begun["id"].as_str().unwrap())).await.ok();
    assert_eq!((&told["status"], &told["enrolled"]), (&json!("completed"), &json!(ALL)), "{told}");
    println!("{ALL} members: previewed in {previewed:?}, tried in {tried:?}, enrolled and moved in {enrolled:?}");
    assert!(previewed.as_secs() < 5 && tried.as_secs() < 5 && enrolled.as_secs() < 180);
}
