//! Two members become one, and members are forgotten.

use audience::{Channel, Identity, IdentityKind, InteractionKind, Purpose, Seed, members};
use kernel::time;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use testkit::{FreshDb, both_engines};

use crate::world::{World, id_of};

async fn happen(world: &World, member: &audience::Member, kind: InteractionKind) {
    let mut tx = world.write().await;
    members::interaction(&mut tx, member, kind, member.channel, world.clock.now()).await.unwrap();
    tx.commit().await.unwrap();
}

/// Two members who have something of everything.
async fn two(world: &World) -> (Value, audience::Member) {
    let kept = world.add("ana@example.com", "web", json!({"name": "Ana", "goals": ["run"]})).await;
    let path = format!("/api/v1/users/{}", kept["id"].as_str().unwrap());
    let gone = world.reach("34600111222", "Ana G.").await;
    let other = format!("/api/v1/users/{}", gone.id);
    let coach = world.coach();
    let badge = coach.post("/api/v1/badges", &json!({"name": "First"})).await.json();
    coach.post(&format!("{other}/badges"), &json!({"badge_id": badge["id"]})).await.ok();
    world.clock.advance(time::HOUR);
    coach.post(&format!("{path}/badges"), &json!({"badge_id": badge["id"]})).await.ok();
    coach.post(&format!("{path}/tags"), &json!({"tags": ["vip", "web"]})).await.ok();
    coach.post(&format!("{other}/tags"), &json!({"tags": ["VIP", "phone"]})).await.ok();
    coach.post(&format!("{other}/notes"), &json!({"content": "Called on Monday"})).await;
    coach.put(&other, &json!({"profile_data": {"name": "Ana G.", "age": 30}, "timezone": "Europe/Madrid"})).await.ok();
    happen(world, &gone, InteractionKind::MessageReceived).await;
    happen(world, &gone, InteractionKind::AiAnswer).await;
    happen(world, &world.member(id_of(&kept)).await, InteractionKind::WidgetOpened).await;
    let mut tx = world.write().await;
    members::opt_out(&mut tx, &gone, (None, Purpose::Any), "STOP", world.clock.now()).await.unwrap();
    tx.commit().await.unwrap();
    world.letters.0.lock().unwrap().push((gone.id, "Dear coach".into()));
    (kept, gone)
}

#[both_engines]
async fn they_are_known_since_the_first_of_the_two(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let older = world.reach("34600111222", "Ana G.").await;
    world.clock.advance(time::HOUR);
    let newer = world.add("ana@example.com", "web", json!({"name": "Ana"})).await;
    let path = format!("/api/v1/users/{}/merge", newer["id"].as_str().unwrap());
    world.coach().post(&path, &json!({"user_id": older.id})).await.ok();
    assert_eq!(world.member(id_of(&newer)).await.created_at, older.created_at);
    // Whoever is younger brings no later day.
    world.clock.advance(time::HOUR);
    let youngest = world.reach("34600333444", "A.").await;
    world.coach().post(&path, &json!({"user_id": youngest.id})).await.ok();
    assert_eq!(world.member(id_of(&newer)).await.created_at, older.created_at);
}

#[both_engines]
async fn two_become_one(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let (kept, gone) = two(&world).await;
    let path = format!("/api/v1/users/{}", kept["id"].as_str().unwrap());
    let merged = world.coach().post(&format!("{path}/merge"), &json!({"user_id": gone.id})).await.ok();
    assert_eq!(merged["profile_data"], json!({"name": "Ana", "goals": ["run"], "age": 30}));
    assert_eq!((&merged["timezone"], &merged["opted_out"]), (&json!("Europe/Madrid"), &json!(true)));
    assert_eq!(merged["total_interactions"], 5);
    let mut tags: Vec<&str> = merged["tags"].as_array().unwrap().iter().map(|tag| tag.as_str().unwrap()).collect();
    tags.sort_unstable();
    assert_eq!(tags, ["phone", "vip", "web"]);
    assert_eq!(merged["badges_earned"].as_array().unwrap().len(), 1);
    assert_eq!(merged["badges_earned"][0]["earned_at"], "2026-03-02T09:00:00Z", "the older one");
    assert_eq!(merged["recent_interactions"].as_array().unwrap().len(), 5);
    assert_eq!(world.coach().get(&format!("{path}/notes")).await.ok()["notes"][0]["content"], "Called on Monday");
    world.coach().get(&format!("/api/v1/users/{}", gone.id)).await.refused(404);
    assert_eq!(world.reach("34600111222", "x").await.id, id_of(&kept), "they are known by it");
    assert_eq!(world.letters.0.lock().unwrap()[0].0, id_of(&kept));
    let list = world.coach().get("/api/v1/users").await.ok();
    assert_eq!(list["pagination"]["total"], 1);
    assert_eq!(world.coach().get("/api/v1/users?channel=whatsapp").await.ok()["pagination"]["total"], 0);
    assert_eq!(world.coach().get("/api/v1/users?search=34600111222").await.ok()["pagination"]["total"], 0);
    assert_eq!(world.coach().get("/api/v1/users/tags").await.ok()["pagination"]["total"], 3);
    let proofs = world.coach().get("/api/v1/users/erasures").await.ok();
    let proof = &proofs["erasures"][0];
    assert_eq!(
        (&proof["kind"], &proof["user_id"], &proof["into_id"]),
        (&json!("merged"), &json!(gone.id), &kept["id"])
    );
    assert_eq!(proof["took"]["identities"], 1);
    assert_eq!(world.other().get("/api/v1/users/erasures").await.ok()["erasures"], json!([]));
    let own = json!({"user_id": kept["id"]});
    assert_eq!(world.coach().post(&format!("{path}/merge"), &own).await.faults(), ["user_id"]);
    world.coach().post(&format!("{path}/merge"), &json!({"user_id": gone.id})).await.refused(404);
}

#[both_engines]
async fn nobody_is_merged_with_somebody_elses(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let own = world.add("john", "web", json!({})).await;
    let theirs = world.other().post("/api/v1/users", &json!({"external_id": "x", "channel": "web"})).await.json();
    let path = format!("/api/v1/users/{}/merge", own["id"].as_str().unwrap());
    world.coach().post(&path, &json!({"user_id": theirs["id"]})).await.refused(404);
    let path = format!("/api/v1/users/{}/merge", theirs["id"].as_str().unwrap());
    world.coach().post(&path, &json!({"user_id": own["id"]})).await.refused(404);
    assert_eq!(world.other().get("/api/v1/users").await.ok()["pagination"]["total"], 1);
}

#[both_engines]
async fn a_member_is_erased_with_proof(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let (_, gone) = two(&world).await;
    let path = format!("/api/v1/users/{}", gone.id);
    let export = world.coach().get(&format!("{path}/export")).await;
    assert_eq!(export.header("cache-control"), "private, no-store");
    let told = export.ok();
    assert_eq!(told["user"]["profile_data"], json!({"name": "Ana G.", "age": 30}));
    assert_eq!(told["identities"][0]["value"], "34600111222");
    assert_eq!(
        (told["letters"].clone(), told["permissions"][0]["how"].clone()),
        (json!([{"text": "Dear coach"}]), json!("STOP"))
    );
    assert_eq!((told["notes"].as_array().unwrap().len(), told["interactions"].as_array().unwrap().len()), (1, 3));
    let erased = world.coach().delete(&path).await.ok();
    assert_eq!(
        erased["took"],
        json!({"badges": 1, "days": 1, "identities": 1, "interactions": 3, "letters": 1, "notes": 1, "permissions": 1, "tags": 2})
    );
    // Whoever has the export and the receipt can show that it is what was erased.
    let mut hash = Sha256::new();
    hash.update(erased["receipt"].as_str().unwrap());
    hash.update(export.text());
    let hash: Vec<String> = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    let hash = hash.concat();
    assert_eq!(erased["proof"], json!(hash));
    let proof = world.coach().get(&format!("/api/v1/users/erasures/{}", erased["id"].as_str().unwrap())).await.ok();
    assert_eq!((&proof["proof"], proof.get("receipt")), (&erased["proof"], None));
    for table in ["identities", "permissions", "tags", "notes", "badges_earned", "interactions", "member_days", "words"]
    {
        let sql = format!("SELECT count(*) FROM audience_{table} WHERE member_id = $1");
        let left: u64 = world.read().await.fetch_value(&sql, db::args![gone.id]).await.unwrap();
        assert_eq!(left, 0, "{table}");
    }
    world.coach().delete(&path).await.refused(404);
    world.coach().get(&path).await.refused(404);
    assert_eq!(world.letters.0.lock().unwrap().len(), 0);
    for text in world.happened().await.iter().map(|(_, payload)| payload.to_string()) {
        assert!(!text.contains("Ana") && !text.contains("34600"), "{text}");
    }
    let again = world.reach("34600111222", "Ana").await;
    assert!(again.id != gone.id, "somebody new");
    assert_eq!(
        world.other().get(&format!("/api/v1/users/erasures/{}", erased["id"].as_str().unwrap())).await.status,
        404
    );
}

#[both_engines]
async fn merging_erasing_and_writing_at_once(fresh: FreshDb) {
    let world = World::new(fresh).await;
    for round in 0..6 {
        let one = world.reach(&format!("3460011122{round}"), "One").await;
        let two = world.add(&format!("two-{round}"), "web", json!({})).await;
        let two_id = id_of(&two);
        let mut tasks = Vec::new();
        for (into, from) in [(one.id, two_id), (two_id, one.id)] {
            let client = world.coach();
            tasks.push(tokio::spawn(async move {
                client.post(&format!("/api/v1/users/{into}/merge"), &json!({"user_id": from})).await.status
            }));
        }
        if round % 2 == 0 {
            let client = world.coach();
            let path = format!("/api/v1/users/{}", one.id);
            tasks.push(tokio::spawn(async move { client.delete(&path).await.status }));
        }
        for _ in 0..4 {
            let (app, hub) = (world.audience.app().clone(), world.hub());
            tasks.push(tokio::spawn(async move {
                let by = [Identity::new(IdentityKind::Phone, &format!("3460011122{round}")).unwrap()];
                let mut tx = app.write().await.unwrap();
                let now = app.clock().now();
                let Ok(member) = members::reach(&mut tx, hub, Channel::Whatsapp, &by, Seed::default()).await else {
                    return 409;
                };
                let kind = InteractionKind::MessageReceived;
                if members::interaction(&mut tx, &member, kind, Channel::Whatsapp, now).await.is_err() {
                    return 409;
                }
                tx.commit().await.unwrap();
                200
            }));
        }
        for task in tasks {
            let status = task.await.unwrap();
            assert!([200, 404, 409].contains(&status), "{status}");
        }
    }
    // Nothing is left that belongs to nobody, and the counts are those of the rows.
    for table in ["identities", "interactions", "member_days", "words", "tags"] {
        let sql =
            format!("SELECT count(*) FROM audience_{table} WHERE member_id NOT IN (SELECT id FROM audience_members)");
        assert_eq!(world.counted(&sql).await, 0, "{table}");
    }
    let members = world.counted("SELECT count(*) FROM audience_members").await;
    assert_eq!(world.coach().get("/api/v1/users").await.ok()["pagination"]["total"], members);
    assert_eq!(
        world.counted("SELECT CAST(sum(interactions) AS BIGINT) FROM audience_members").await,
        world.counted("SELECT count(*) FROM audience_interactions").await
    );
}
