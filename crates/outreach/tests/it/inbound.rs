//! Mail that comes in: who may bring it, what it belongs to, what it does.

use serde_json::{Value, json};
use testkit::{FreshDb, both_engines};

use crate::world::{World, text};

const JSON: &str = "application/json";
const RAW: &str = "message/rfc822";

async fn sent(world: &World) -> (String, String) {
    let mail = world.body(json!({"subject": "Hello", "message": "Would you?"}));
    let id = text(&world.client.post("/api/v1/outreach/email", &mail).await.ok()["outreach_id"]);
    world.run().await;
    let message_id = text(&world.touches(&id).await.last().unwrap()["message_id"]);
    (id, message_id)
}

fn statuses(touches: &[Value]) -> Vec<String> {
    touches.iter().map(|touch| text(&touch["status"])).collect()
}

#[both_engines]
async fn only_what_is_signed_comes_in(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let path = "/api/v1/outreach/inbound";
    world.anyone.post(path, &json!({})).await.refused(403);
    for header in ["t=1,v1=00", "v1=00", "nonsense", "t=99999999999999999999,v1="] {
        world.anyone.clone().with("x-influencerflow-signature", header).post(path, &json!({})).await.refused(403);
    }
    assert_eq!(world.bring(JSON, "{}").await.faults(), ["message_id"]);
    world.bring(JSON, "{\"half\": ").await.refused(400);
    world.bring(RAW, "no mail").await.refused(400);
    let stray = json!({"message_id": "<x@y>", "in_reply_to": "<nobody@influencerflow>", "text": "Hi"});
    assert_eq!(world.bring(JSON, &stray.to_string()).await.ok(), json!({"status": "unknown", "outreach_id": null}));
}

#[both_engines]
async fn a_reply_finds_its_entry_and_teaches(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let (id, message_id) = sent(&world).await;
    let away = format!(
        "From: mia@example.com\r\nMessage-ID: <away@b>\r\nIn-Reply-To: {message_id}\r\nAuto-Submitted: auto-replied\r\n\
        Subject: Away\r\n\r\nI am on holiday.\r\n"
    );
    assert_eq!(world.bring(RAW, &away).await.ok()["status"], "auto_reply");
    assert_eq!(world.entry(&id).await["email_status"], "sent");
    let reply = format!(
        "From: Mia <mia@example.com>\r\nMessage-ID: <r1@b>\r\nReferences: <other@x> {message_id}\r\nSubject: Re: Hello\r\n\r\n\
        I'd love to! My rate is $1,500 per reel.\r\n\r\nOn Mon, x <us@example.com> wrote:\r\n> not interested\r\n"
    );
    for status in ["reply", "duplicate", "duplicate"] {
        assert_eq!(world.bring(RAW, &reply).await.ok(), json!({"status": status, "outreach_id": id}));
    }
    let entry = world.entry(&id).await;
    assert_eq!(
        (&entry["status"], &entry["email_status"], &entry["stage"]),
        (&json!("replied"), &json!("replied"), &json!("negotiating"))
    );
    assert_eq!(
        (&entry["collaboration_rate"], &entry["interest_level"]),
        (&json!("1500 USD"), &json!("very_interested"))
    );
    assert_eq!(statuses(&world.touches(&id).await), ["kept", "auto_reply", "received"]);
    world.check_tallies().await;
}

#[both_engines]
async fn a_bounce_for_good_ends_it(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let (id, message_id) = sent(&world).await;
    let bounce = |own: &str, status: &str| json!({"message_id": own, "in_reply_to": message_id, "bounce_status": status, "auto_submitted": "auto-replied"});
    assert_eq!(world.bring(JSON, &bounce("<b1@mx>", "4.2.2").to_string()).await.ok()["status"], "soft_bounce");
    assert_eq!(world.entry(&id).await["email_status"], "sent");
    assert_eq!(world.bring(JSON, &bounce("<b2@mx>", "5.1.1").to_string()).await.ok()["status"], "bounced");
    let entry = world.entry(&id).await;
    assert_eq!((&entry["status"], &entry["email_status"]), (&json!("bounced"), &json!("bounced")));
    assert_eq!(statuses(&world.touches(&id).await), ["bounced", "soft_bounce", "bounced"]);
    let list = world.client.get("/api/v1/outreach/suppressions").await.ok();
    assert_eq!(list["suppressions"][0]["reason"], "bounced");
    let mail = world.body(json!({"subject": "Hello", "message": "Again"}));
    world.client.post("/api/v1/outreach/email", &mail).await.refused(409);
    world.check_tallies().await;
}

#[both_engines]
async fn whoever_writes_to_be_left_alone_is(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let (id, message_id) = sent(&world).await;
    let reply = json!({"message_id": "<r1@b>", "references": message_id, "text": "No thanks. Please remove me from your list."});
    assert_eq!(world.bring(JSON, &reply.to_string()).await.ok()["status"], "reply");
    assert_eq!(world.entry(&id).await["stage"], "declined");
    let list = world.client.get("/api/v1/outreach/suppressions").await.ok();
    assert_eq!(list["suppressions"][0]["reason"], "unsubscribed");
}
