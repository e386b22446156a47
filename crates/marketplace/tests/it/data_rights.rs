//! What is told to people of themselves, and taken away.

use http_base::data::Holder;
use kernel::{Scope, UserType};
use serde_json::json;
use testkit::{FreshDb, both_engines};

use crate::world::World;

#[both_engines]
async fn a_creator_is_told_all_and_forgotten(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let entry = world.entry("mia", json!({})).await;
    let (first, second) = (
        world.published(&World::open_to_all(&json!({}))).await,
        world.published(&World::open_to_all(&json!({}))).await,
    );
    let (open, accepted) =
        (world.apply(&world.creator, &first, Some(900)).await, world.apply(&world.creator, &second, Some(900)).await);
    world.business.post(&format!("{accepted}/review"), &json!({"action": "accept"})).await.ok();
    let data = marketplace::slice(&world.market).data;
    let mut holder = Holder::of(world.person.account.id, UserType::Creator);
    holder.claimed = vec![entry.id];
    let (scope, now) = (Scope::system(), world.clock.now());
    let mut tx = world.app.write().await.unwrap();
    for section in &data.sections {
        let told = section.fetch(scope, &mut tx, &holder, 0).await.unwrap();
        let expected = if section.name() == "applications" { 2 } else { 0 };
        assert_eq!(told.len(), expected, "{}", section.name());
    }
    for eraser in &data.erasers {
        eraser.erase(scope, &mut tx, &holder, now).await.unwrap();
    }
    tx.commit().await.unwrap();
    let (open, accepted) = (world.business.get(&open).await.ok(), world.business.get(&accepted).await.ok());
    assert_eq!((&open["status"], &accepted["status"]), (&json!("WITHDRAWN"), &json!("ACCEPTED")));
    for seen in [&open, &accepted] {
        assert!(seen["message"].is_null() && seen["figures"]["followers"].is_null());
        assert_eq!(seen["media_attachments"], json!([]));
    }
}

#[both_engines]
async fn a_business_that_is_gone_offers_nothing(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let path = world.published(&World::open_to_all(&json!({}))).await;
    let application = world.apply(&world.creator, &path, Some(900)).await;
    let data = marketplace::slice(&world.market).data;
    let (scope, now, owner) = (Scope::system(), world.clock.now(), world.owner.account.id);
    let mut holder = Holder::of(owner, UserType::Business);
    let workspace = world.owner.account.workspace.unwrap();
    holder.owned = vec![workspace];
    let mut tx = world.app.write().await.unwrap();
    let offers = data.sections.iter().find(|section| section.name() == "offers").unwrap();
    assert_eq!(offers.fetch(scope, &mut tx, &holder, 0).await.unwrap().len(), 1);
    // As an account is erased: it has left its workspaces by now.
    accounts::workspaces::store::leave(scope, &mut tx, &world.clock, workspace, owner).await.unwrap();
    for eraser in &data.erasers {
        eraser.erase(scope, &mut tx, &holder, now).await.unwrap();
    }
    tx.commit().await.unwrap();
    assert_eq!(world.anyone.get(&path).await.ok()["status"], "ARCHIVED");
    assert_eq!(world.creator.get(&application).await.ok()["status"], "REJECTED");
}
