//! What is kept about people who are called is told to them, and taken away as far as the law lets it be.

use calls::data::{Erasing, SECTIONS};
use http_base::data::{Eraser as _, Holder, Section as _};
use kernel::{Scope, UserType};
use serde_json::{Value, json};
use testkit::{FreshDb, both_engines};

use crate::stand_in::{StandIn, answer};
use crate::telephony::{event, hook, placed};
use crate::world::{NUMBER, Parts, World};

async fn told(world: &World, section: &str, of: &Holder) -> Vec<Value> {
    let section = SECTIONS.iter().find(|known| known.name == section).unwrap();
    let mut tx = world.fresh.db.read().await.unwrap();
    section.fetch(Scope::system(), &mut tx, of, 0).await.unwrap()
}

fn claimed(world: &World) -> Holder {
    Holder { claimed: vec![world.creator], ..Holder::of(world.clock.new_id(), UserType::Creator) }
}

async fn erase(world: &World, of: &Holder) {
    let mut tx = world.fresh.db.write().await.unwrap();
    Erasing.erase(Scope::system(), &mut tx, of, world.clock.now()).await.unwrap();
    tx.commit().await.unwrap();
}

#[both_engines]
async fn what_was_said_goes_and_the_proof_of_a_call_stays(fresh: FreshDb) {
    let twilio = StandIn::start(|_| answer(201, &placed())).await;
    let world = World::new(fresh, Parts::twilio(&twilio.url)).await;
    world.consent().await;
    let never_rung = json!({"creator_id": world.creator, "phone_number": "+34600000002", "source": "Form"});
    world.client.post("/api/v1/outreach/consents", &never_rung).await.ok();
    world.client.post("/api/v1/voice-call/outbound-call", &world.outbound()).await.ok();
    hook(&world.client, "voice", &event("in-progress", &[])).await;
    hook(&world.client, "gather?turn=1", &event("in-progress", &[("SpeechResult", "Stop calling me")])).await;
    hook(&world.client, "status", &event("completed", &[("CallDuration", "9")])).await;
    hook(&world.client, "recording", &[("CallSid", "CA1"), ("RecordingSid", "RE1")]).await;
    let mia = claimed(&world);

    let calls = told(&world, "calls_to_you", &mia).await;
    assert_eq!((calls.len(), &calls[0]["to_number"], &calls[0]["rings"]), (1, &json!(NUMBER), &json!(true)));
    assert_eq!(told(&world, "call_consents_of_you", &mia).await.len(), 2);
    let listed = told(&world, "do_not_call_of_you", &mia).await;
    assert_eq!(
        (listed.len(), &listed[0]["phone_number"], &listed[0]["workspace_id"]),
        (1, &json!(NUMBER), &json!(null))
    );
    let nobody = Holder::of(world.clock.new_id(), UserType::Creator);
    for section in SECTIONS {
        assert!(told(&world, section.name, &nobody).await.is_empty(), "{}", section.name);
    }

    erase(&world, &mia).await;
    erase(&world, &mia).await;
    assert_eq!(world.rows("voice_sessions").await, 0);
    let calls = told(&world, "calls_to_you", &mia).await;
    assert_eq!((calls.len(), &calls[0]["to_number"], &calls[0]["status"]), (1, &json!(NUMBER), &json!("completed")));
    let consents = told(&world, "call_consents_of_you", &mia).await;
    assert_eq!(
        (consents.len(), &consents[0]["phone_number"]),
        (1, &json!(NUMBER)),
        "a number that was never rung goes"
    );
    assert!(!consents[0]["revoked_at"].is_null());
    let path = format!("/api/v1/voice-call/recordings/{}", calls[0]["id"].as_str().unwrap());
    world.client.get(&path).await.refused(404);
    let refused = world.client.post("/api/v1/voice-call/outbound-call", &world.outbound()).await;
    refused.refused(403);
    assert!(
        refused.message().contains("do-not-call list") && refused.message().contains("no consent"),
        "{}",
        refused.message()
    );
    assert_eq!(twilio.rang(), 1);
}

#[both_engines]
async fn of_a_mock_call_no_number_is_left(fresh: FreshDb) {
    let world = World::new(fresh, Parts::mock()).await;
    world.consent().await;
    world.client.post("/api/v1/voice-call/outbound-call", &world.outbound()).await.ok();
    let mia = claimed(&world);
    assert!(told(&world, "calls_to_you", &mia).await[0].to_string().contains(NUMBER));
    erase(&world, &mia).await;
    assert!(!told(&world, "calls_to_you", &mia).await[0].to_string().contains(NUMBER));
    assert_eq!((world.rows("voice_sessions").await, world.rows("call_consents").await), (0, 0));
}
