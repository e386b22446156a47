//! What is kept about people is told to them, and taken away.

use std::sync::Arc;

use axum::http::Method;
use http_base::data::{Eraser as _, Holder, PAGE, Section as _};
use kernel::{Scope, UserType, time};
use outreach::Settings;
use outreach::data::{Erasing, SECTIONS};
use ports::files::{Files as _, MemoryFiles};
use serde_json::{Value, json};
use testkit::{Form, FreshDb, both_engines};

use crate::world::{World, text};

const MAIL: &str = "/api/v1/outreach/email";

/// Every record of a section.
async fn told(world: &World, section: &str, of: &Holder) -> Vec<Value> {
    let section = SECTIONS.iter().find(|known| known.name == section).unwrap();
    let (mut all, mut tx) = (Vec::new(), world.app.read().await.unwrap());
    loop {
        let page = section.fetch(Scope::system(), &mut tx, of, all.len() as u64).await.unwrap();
        let is_last = page.len() < PAGE as usize;
        all.extend(page);
        if is_last {
            return all;
        }
    }
}

/// The owner of the workspace.
fn owner(world: &World) -> Holder {
    let workspace = world.owner.account.workspace;
    let holder = Holder::of(world.owner.account.id, UserType::Business);
    Holder { workspace, owned: workspace.into_iter().collect(), ..holder }
}

/// The account that has claimed the creator.
fn claimed(world: &World) -> Holder {
    let (claimed, addresses) = (vec![world.creator.parse().unwrap()], vec!["mia@example.com".into()]);
    Holder { claimed, addresses, ..Holder::of(world.clock.new_id(), UserType::Creator) }
}

/// Mia was written to, talked with and recorded; a further mail is queued, and an offer is drafted. The entry, and the link in the
/// first mail.
async fn approached(world: &World) -> (String, String) {
    let mail = world.body(json!({"subject": "Hello Mia", "message": "Would you?"}));
    let id = text(&world.client.post(MAIL, &mail).await.ok()["outreach_id"]);
    world.run().await;
    let words = text(&world.mails("mia@example.com").await[0]["text"]);
    let rest = words.split("/api/v1/").nth(1).unwrap().split_whitespace().next().unwrap().to_owned();
    let call = world.body(json!({"scheduled_time": "2026-03-04T14:00:00Z"}));
    let call = text(&world.client.post("/api/v1/outreach/call/schedule", &call).await.ok()["call_id"]);
    assert_eq!(call, id);
    let form = Form::new()
        .text("call_id", &id)
        .text("transcript", "Mia: I'd love to. I charge $1,200 per reel. Send the contract on Monday.")
        .text("notes", "Mia is nice")
        .text("next_steps", "Call Mia")
        .file("recording", "call.mp3", b"ID3\x04 the voice of Mia");
    world.client.upload("/api/v1/outreach/call/complete", &form).await.ok();
    world.client.post(&format!("/api/v1/outreach/{id}/negotiation/offer"), &json!({"cap": 300, "cpm": 20})).await.ok();
    let mail = world.body(json!({"subject": "Mia, once more", "message": "Still there?"}));
    world.client.post(MAIL, &mail).await.ok();
    (id, format!("/api/v1/{rest}"))
}

#[both_engines]
async fn owners_and_creators_are_told_what_is_kept(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let (id, _) = approached(&world).await;
    world
        .client
        .post("/api/v1/outreach/suppressions", &json!({"email": "mia@example.com", "note": "said so"}))
        .await
        .ok();
    for number in 0..PAGE + 50 {
        let template = json!({"name": format!("T{number}"), "subject": "s", "message": "m"});
        world.client.post("/api/v1/outreach/templates", &template).await.ok();
    }
    let (owner, mia, nobody) = (owner(&world), claimed(&world), Holder::of(world.clock.new_id(), UserType::Creator));
    let viewer = Holder { owned: Vec::new(), ..owner.clone() };

    let log = told(&world, "outreach_log", &owner).await;
    assert_eq!((log.len(), &log[0]["id"], &log[0]["notes"]), (1, &json!(id), &json!("Mia is nice")));
    assert_eq!(told(&world, "outreach_templates", &owner).await.len(), PAGE as usize + 50);
    let statuses = |touches: &[Value]| touches.iter().map(|touch| text(&touch["status"])).collect::<Vec<_>>();
    let (all, hers) = (told(&world, "outreach_touches", &owner).await, told(&world, "outreach_with_you", &mia).await);
    assert!(statuses(&all).contains(&"draft".to_owned()) && !statuses(&hers).contains(&"draft".to_owned()));
    assert_eq!(hers.len() + 1, all.len());
    assert_eq!(hers.iter().filter(|touch| touch["address"] == "mia@example.com").count(), 2);
    let about = told(&world, "outreach_about_you", &mia).await;
    assert!(about.len() == 1 && text(&about[0]["call_transcript"]).contains("I charge $1,200"), "{about:?}");
    assert_eq!(told(&world, "outreach_suppressions_of_you", &mia).await[0]["note"], "said so");
    for section in SECTIONS {
        for stranger in [&viewer, &nobody] {
            assert!(told(&world, section.name, stranger).await.is_empty(), "{}", section.name);
        }
    }
}

#[both_engines]
async fn what_was_said_goes_and_the_list_still_holds(fresh: FreshDb) {
    let files = MemoryFiles::default();
    let world = World::of(fresh, Settings::default(), Arc::new(files.clone()), None).await;
    let (id, link) = approached(&world).await;
    let file: String = {
        let mut tx = world.app.read().await.unwrap();
        tx.fetch_value("SELECT recording_file FROM outreach_logs", vec![]).await.unwrap()
    };
    let mia = claimed(&world);
    for _ in 0..2 {
        let mut tx = world.app.write().await.unwrap();
        Erasing.erase(Scope::system(), &mut tx, &mia, world.clock.now()).await.unwrap();
        tx.commit().await.unwrap();
    }
    world.clock.advance(time::HOUR);
    world.run().await;
    assert_eq!(files.size(&file).await.unwrap(), None, "her voice is gone");
    assert!(world.mails("mia@example.com").await.is_empty());
    let entry = world.entry(&id).await;
    assert_eq!(
        (&entry["status"], &entry["call_status"]),
        (&json!("completed"), &json!("completed")),
        "that it was stays"
    );
    let touches = world.touches(&id).await;
    let follow_ups = world.client.get("/api/v1/outreach/follow-ups").await.ok();
    for kept in [&entry, &json!(touches), &follow_ups] {
        let kept = kept.to_string().to_lowercase();
        assert!(!kept.contains("mia") && !kept.contains("1,200") && !kept.contains("$300"), "{kept}");
    }
    assert!(touches.iter().all(|touch| touch["status"] != "queued" && touch["status"] != "draft"), "{touches:?}");
    world.client.get(&format!("/api/v1/outreach/call/{id}/recording")).await.refused(404);
    world.client.get(&format!("/api/v1/outreach/call/{id}/transcript")).await.refused(404);
    world.check_tallies().await;
    // The link in a mail that they still have does no harm.
    let clicked = world.anyone.raw(Method::POST, &link, "application/x-www-form-urlencoded", "").await.ok();
    assert_eq!(clicked["message"], "Your address gets no more of these mails");
}

#[both_engines]
async fn an_erased_address_stays_on_the_list_without_its_note(fresh: FreshDb) {
    let world = World::new(fresh).await;
    world
        .client
        .post("/api/v1/outreach/suppressions", &json!({"email": "mia@example.com", "note": "Mia said so"}))
        .await
        .ok();
    let mia = claimed(&world);
    let mut tx = world.app.write().await.unwrap();
    Erasing.erase(Scope::system(), &mut tx, &mia, world.clock.now()).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(told(&world, "outreach_suppressions_of_you", &mia).await[0]["note"], json!(null));
    let mail = world.body(json!({"subject": "a", "message": "b"}));
    world.client.post(MAIL, &mail).await.refused(409);
}
