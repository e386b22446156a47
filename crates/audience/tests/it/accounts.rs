//! What is kept for an account is told to it, and goes with it.

use audience::{InteractionKind, members};
use http_base::data::Holder;
use kernel::{Scope, WorkspaceId};
use serde_json::json;
use testkit::{FreshDb, both_engines};

use crate::world::World;

#[both_engines]
async fn a_coach_is_told_their_audience_and_takes_it_along(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let slice = audience::slice(&world.audience);
    let made = world.add("john", "web", json!({"name": "John"})).await;
    let path = format!("/api/v1/users/{}", made["id"].as_str().unwrap());
    world.coach().post(&format!("{path}/notes"), &json!({"content": "A note"})).await;
    world.coach().post(&format!("{path}/tags"), &json!({"tags": ["vip"]})).await.ok();
    let ana = world.reach("34600111222", "Ana").await;
    let mut tx = world.write().await;
    members::interaction(&mut tx, &ana, InteractionKind::MessageReceived, ana.channel, world.clock.now())
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let csv = "external_id,channel\nzoe,web\n";
    world.coach().raw(axum::http::Method::POST, "/api/v1/users/import", "text/csv", csv.to_owned()).await;
    world.work().await;
    // A workspace of which the coach is one of two owners.
    let shared: WorkspaceId = world.clock.new_id();
    world.deeds.0.lock().unwrap().push(shared);
    let manager =
        world.people.someone(&world.clock, kernel::UserType::Business, Some(shared), kernel::WorkspaceRole::Owner);
    world.anyone.of(&manager).post("/api/v1/users", &json!({"external_id": "x", "channel": "web"})).await;
    world.other().post("/api/v1/users", &json!({"external_id": "y", "channel": "web"})).await;
    let mut holder = Holder::of(world.coach.account.id, world.coach.account.user_type);
    holder.owned = vec![shared];
    let mut told = std::collections::BTreeMap::new();
    for section in &slice.data.sections {
        let mut tx = world.read().await;
        let rows = section.fetch(Scope::system(), &mut tx, &holder, 0).await.unwrap();
        told.insert(section.name(), rows.len());
        assert_eq!(
            section.fetch(Scope::system(), &mut tx, &holder, rows.len() as u64).await.unwrap().len(),
            0,
            "{}",
            section.name()
        );
    }
    let told = |name: &str| told[name];
    assert_eq!((told("audience_users"), told("audience_notes"), told("audience_tags")), (4, 1, 1));
    assert_eq!((told("audience_identities"), told("audience_interactions"), told("audience_imports")), (4, 1, 1));
    let mut tx = world.write().await;
    for eraser in &slice.data.erasers {
        eraser.erase(Scope::system(), &mut tx, &holder, world.clock.now()).await.unwrap();
    }
    tx.commit().await.unwrap();
    for table in
        ["members", "words", "counts", "identities", "tags", "notes", "interactions", "member_days", "days", "imports"]
    {
        let sql = format!("SELECT count(*) FROM audience_{table} WHERE workspace_id = $1");
        let left: u64 = world.read().await.fetch_value(&sql, db::args![world.hub()]).await.unwrap();
        assert_eq!(left, 0, "{table}");
    }
    assert_eq!(
        world.anyone.of(&manager).get("/api/v1/users").await.ok()["pagination"]["total"],
        1,
        "others own it still"
    );
    world.deeds.0.lock().unwrap().clear();
    let mut tx = world.write().await;
    for eraser in &slice.data.erasers {
        eraser.erase(Scope::system(), &mut tx, &holder, world.clock.now()).await.unwrap();
    }
    tx.commit().await.unwrap();
    assert_eq!(world.anyone.of(&manager).get("/api/v1/users").await.ok()["pagination"]["total"], 0);
    assert_eq!(world.other().get("/api/v1/users").await.ok()["pagination"]["total"], 1);
}
