//! How people want to be told.

use inbox::NotificationType;
use kernel::time;
use serde_json::json;
use testkit::{FreshDb, both_engines};

use crate::world::{World, notice};

const PREFERENCES: &str = "/api/v1/notifications/preferences";

#[both_engines]
async fn people_choose_how_they_are_told(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let business = world.of(&world.business);
    let usual = business.get(PREFERENCES).await.ok();
    assert_eq!(
        (&usual["language"], &usual["time_zone"], &usual["digest_hour"]),
        (&json!("en"), &json!("Europe/Berlin"), &json!(8))
    );
    let changed = json!({"language": "es", "time_zone": "America/bogota", "digest_hour": 21, "channels": [
        {"type": "APPLICATION_RECEIVED", "email": true},
        {"type": "payment_due", "in_app": false},
        {"type": "CONTRACT_SIGNED", "in_app": false, "digest": false},
        {"type": "ACCOUNT_NOTICE", "in_app": false}]});
    let now = business.put(PREFERENCES, &changed).await.ok();
    assert_eq!((&now["time_zone"], &now["next_digest_at"]), (&json!("America/Bogota"), &json!("2026-03-03T02:00:00Z")));
    let of = |kind: &str| now["channels"].as_array().unwrap().iter().find(|row| row["type"] == kind).unwrap().clone();
    assert_eq!(of("ACCOUNT_NOTICE")["in_app"], true, "what the server says is always shown");
    assert_eq!(of("APPLICATION_RECEIVED")["email"], true);
    for bad in [
        json!({"time_zone": "Europe/Atlantis"}),
        json!({"language": "tlh"}),
        json!({"digest_hour": 24}),
        json!({"channels": [{"type": "NONSENSE"}]}),
    ] {
        business.put(PREFERENCES, &bad).await.refused(422);
    }
    for (kind, happening) in [
        (NotificationType::ApplicationReceived, "a"),
        (NotificationType::PaymentDue, "b"),
        (NotificationType::ContractSigned, "c"),
        (NotificationType::ContractEnded, "d"),
    ] {
        world.notify(vec![notice(&world.business, kind, happening)]).await;
    }
    let list = business.get("/api/v1/notifications").await.ok();
    assert_eq!((&list["total"], &list["notifications"][0]["title"]), (&json!(2), &json!("Nueva solicitud")));
    world.work().await;
    let letters = world.town.letters();
    assert_eq!(letters.len(), 1, "{letters:?}");
    assert_eq!((letters[0].0.as_str(), letters[0].1.as_str()), ("fashion_brand@example.com", "Nueva solicitud"));
    assert!(letters[0].2.contains("alguien se ha postulado"), "{}", letters[0].2);
    world.work().await;
    assert!(world.town.letters().is_empty(), "it is mailed once");
    // The digest of the rest comes at their hour; what was read meanwhile is not in it.
    world.clock.advance(16 * time::HOUR);
    world.work().await;
    assert!(world.town.letters().is_empty());
    world.clock.advance(2 * time::HOUR);
    world.work().await;
    let letters = world.town.letters();
    assert_eq!(letters.len(), 1, "{letters:?}");
    assert_eq!(letters[0].1, "Tu día: 2 novedades");
    world.clock.advance(2 * time::DAY);
    world.work().await;
    assert!(world.town.letters().is_empty(), "nothing is told twice");
}

#[both_engines]
async fn nobody_is_mailed_at_an_address_that_nobody_answered(fresh: FreshDb) {
    let world = World::new(fresh).await;
    world.town.change(world.creator.account.id, |person| person.email = None);
    world.notify(vec![notice(&world.creator, NotificationType::ApplicationAccepted, "a")]).await;
    world.notify(vec![notice(&world.creator, NotificationType::ContractSigned, "b")]).await;
    world.clock.advance(2 * time::DAY);
    world.work().await;
    assert!(world.town.letters().is_empty());
    assert_eq!(world.of(&world.creator).get("/api/v1/notifications").await.ok()["total"], 2);
}

#[both_engines]
async fn what_was_read_is_in_no_digest(fresh: FreshDb) {
    let world = World::new(fresh).await;
    for happening in ["a", "b"] {
        world.notify(vec![notice(&world.creator, NotificationType::ContractSigned, happening)]).await;
    }
    let creator = world.of(&world.creator);
    creator.post("/api/v1/notifications/read-all", &json!({})).await.ok();
    world.clock.advance(2 * time::DAY);
    world.work().await;
    assert!(world.town.letters().is_empty());
    world.notify(vec![notice(&world.creator, NotificationType::ContractSigned, "c")]).await;
    world.clock.advance(2 * time::DAY);
    world.work().await;
    let letters = world.town.letters();
    assert_eq!((letters.len(), letters[0].1.as_str()), (1, "Tu día: 1 novedad"));
}
