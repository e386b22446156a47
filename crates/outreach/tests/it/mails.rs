//! Mails: queued, sent, told; templates, sequences, and those who want no more.

use outreach::Settings;
use serde_json::json;
use testkit::{FreshDb, both_engines};

use crate::world::{World, text};

const MAIL: &str = "/api/v1/outreach/email";
const MIA: &str = "mia@example.com";

#[both_engines]
async fn a_mail_is_queued_and_its_fate_told(fresh: FreshDb) {
    let settings = Settings { postal_address: Some("1 Main Street".into()), ..Settings::default() };
    let world = World::with(fresh, settings).await;
    let mail = world
        .body(json!({"subject": "Work with {{brand_name}}", "message": "Hi {{first_name}}, about {{product_name}}."}));
    let keyed = world.client.clone().with("idempotency-key", "k1");
    let sent = keyed.post(MAIL, &mail).await.ok();
    assert_eq!((&sent["success"], &sent["email_status"]), (&json!(true), &json!("pending")));
    assert_eq!(keyed.post(MAIL, &mail).await.ok(), sent, "the same key is the same mail");
    keyed.post(MAIL, &world.body(json!({"subject": "Other", "message": "b"}))).await.refused(409);
    let id = text(&sent["outreach_id"]);
    let entry = world.entry(&id).await;
    assert_eq!(
        (&entry["channel"], &entry["status"], &entry["email_status"]),
        (&json!("email"), &json!("initiated"), &json!("pending"))
    );
    world.run().await;
    let entry = world.entry(&id).await;
    assert_eq!(
        (&entry["status"], &entry["email_status"], &entry["stage"]),
        (&json!("sent"), &json!("sent"), &json!("contacted"))
    );
    assert_eq!(entry["last_contact_date"], "2026-03-02T09:00:00Z");
    assert_eq!(world.touches(&id).await[0]["status"], "kept", "no mail server is set, and the history says so");
    let mails = world.mails(MIA).await;
    assert_eq!(mails.len(), 1);
    assert_eq!(mails[0]["subject"], "Work with TechFit");
    let words = text(&mails[0]["text"]);
    assert!(words.starts_with("Hi Mia, about FitBand Pro.") && words.contains("1 Main Street"), "{words}");
    let headers = text(&mails[0]["headers"]);
    assert!(headers.contains("List-Unsubscribe-Post") && headers.contains("List-Unsubscribe=One-Click"), "{headers}");
    let again = world.client.post(MAIL, &mail).await.ok();
    assert_eq!(again["outreach_id"], json!(id), "one entry has the whole history");
    assert_eq!(world.entry(&id).await["message_type"], "follow_up");
    world.check_tallies().await;
}

#[both_engines]
async fn what_cannot_be_written_is_told(fresh: FreshDb) {
    let world = World::new(fresh).await;
    assert_eq!(world.client.post(MAIL, &world.body(json!({}))).await.faults(), ["subject", "message"]);
    for message in ["{{password}}", "{{product_description}}", "{{first_name"] {
        let reply = world.client.post(MAIL, &world.body(json!({"subject": "a", "message": message}))).await;
        assert_eq!(reply.faults(), ["message"], "{message}");
    }
    let header =
        world.client.post(MAIL, &world.body(json!({"subject": "a\r\nBcc: x@y.example", "message": "b"}))).await;
    assert_eq!(header.faults(), ["subject"]);
    let mut mute = world.body(json!({"subject": "a", "message": "b"}));
    let body = json!({"name": "No Mail", "platform": "instagram", "niche": "food", "followers_count": "9K"});
    mute["creator_id"] = world.client.post("/api/v1/creators", &body).await.ok()["id"].clone();
    assert_eq!(world.client.post(MAIL, &mute).await.faults(), ["creator_id"]);
    assert_eq!(world.client.get("/api/v1/outreach").await.ok()["total"], 0, "nothing is half written");
}

#[both_engines]
async fn templates_are_kept_and_shown(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let path = "/api/v1/outreach/templates";
    let new = json!({"name": "First word", "subject": "{{brand_name}}?", "message": "Hi {{first_name|there}}"});
    let made = world.client.post(path, &new).await.ok();
    let own = format!("{path}/{}", text(&made["id"]));
    world.client.post(path, &json!({"name": "FIRST word", "subject": "a", "message": "b"})).await.refused(409);
    assert_eq!(
        world.client.post(path, &json!({"name": "x", "subject": "{{no}}", "message": ""})).await.faults(),
        ["subject", "message"]
    );
    let preview = world.body(json!({"template_id": made["id"]}));
    let shown = world.client.post(&format!("{path}/preview"), &preview).await.ok();
    assert_eq!(shown, json!({"to": MIA, "subject": "TechFit?", "message": "Hi Mia"}));
    world.stranger.get(&own).await.refused(404);
    world.client.post(MAIL, &preview).await.ok();
    world.client.put(&own, &json!({"name": "First", "subject": "a", "message": "b"})).await.ok();
    assert_eq!(world.client.get(path).await.ok()["templates"][0]["name"], "First");
    world.client.delete(&own).await.ok();
    world.client.get(&own).await.refused(404);
    world.run().await;
    assert_eq!(world.mails(MIA).await[0]["subject"], "TechFit?");
}

#[both_engines]
async fn a_sequence_goes_on_until_they_answer(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let path = "/api/v1/outreach/sequences";
    let steps = json!([{"subject": "Hello {{first_name}}", "message": "One"}, {"after_days": 3, "message": "Two"},
        {"after_days": 4, "message": "Three"}]);
    let sequence = text(&world.client.post(path, &json!({"name": "Spring", "steps": steps})).await.ok()["id"]);
    let faulty = world
        .client
        .post(path, &json!({"name": "x", "steps": [{"message": "no subject"}, {"message": "{{no}}"}]}))
        .await;
    assert_eq!(faulty.faults(), ["steps.0.subject", "steps.1.message"]);
    let other = world.add_creator("Ana", "ana@example.com").await;
    let runs = format!("{path}/{sequence}/runs");
    let begin = json!({"campaign_id": "CAMP-001", "creator_ids": [world.creator, other, "0190a000-0000-7000-8000-000000000000"]});
    let begun = world.client.post(&runs, &begin).await.ok();
    assert_eq!((begun["started"].as_array().unwrap().len(), begun["skipped"].as_array().unwrap().len()), (2, 1));
    assert_eq!(world.client.post(&runs, &begin).await.ok()["started"], json!([]), "one at a time");
    world.run().await;
    world.days(2).await;
    assert_eq!((world.mails(MIA).await.len(), world.mails("ana@example.com").await.len()), (1, 1));
    world.days(1).await;
    let mails = world.mails(MIA).await;
    assert_eq!((&mails[1]["subject"], &mails[1]["in_reply_to"]), (&json!("Re: Hello Mia"), &mails[0]["message_id"]));
    let reply = json!({"message_id": "<r1@mail.example.com>", "in_reply_to": mails[1]["message_id"], "from": MIA, "text": "Yes, I'm interested."});
    assert_eq!(world.bring("application/json", &reply.to_string()).await.ok()["status"], "reply");
    world.days(4).await;
    world.days(30).await;
    assert_eq!((world.mails(MIA).await.len(), world.mails("ana@example.com").await.len()), (2, 3));
    let listed = world.client.get(&runs).await.ok();
    let of = |creator: &str| {
        let id = begun["started"][usize::from(creator != MIA)]["id"].clone();
        listed["runs"].as_array().unwrap().iter().find(|run| run["id"] == id).unwrap().clone()
    };
    assert_eq!((&of(MIA)["status"], &of(MIA)["reason"]), (&json!("stopped"), &json!("replied")));
    assert_eq!((&of("ana")["status"], &of("ana")["steps_done"]), (&json!("finished"), &json!(3)));
    let stop = format!("/api/v1/outreach/runs/{}/stop", text(&of("ana")["id"]));
    world.client.post(&stop, &json!({})).await.refused(409);
    world.check_tallies().await;
}

#[both_engines]
async fn whoever_unsubscribes_gets_no_more(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let mail = world.body(json!({"subject": "a", "message": "b"}));
    let id = text(&world.client.post(MAIL, &mail).await.ok()["outreach_id"]);
    let words = text(&world.mails(MIA).await[0]["text"]);
    let path = words
        .split("/api/v1/")
        .nth(1)
        .map(|rest| format!("/api/v1/{}", rest.split_whitespace().next().unwrap()))
        .unwrap();
    assert!(world.anyone.get(&path).await.text().contains("<form"), "to look changes nothing");
    assert_eq!(world.client.get("/api/v1/outreach/suppressions").await.ok()["total"], 0);
    let form = "application/x-www-form-urlencoded";
    for _ in 0..2 {
        let click = world.anyone.raw(axum::http::Method::POST, &path, form, "List-Unsubscribe=One-Click").await;
        assert_eq!(click.status, 200, "{}", click.text());
    }
    world.anyone.post(&format!("{path}x"), &json!({})).await.refused(404);
    // The mail was queued before: it is held back.
    world.run().await;
    assert_eq!(world.mails(MIA).await[0]["status"], "withheld");
    let entry = world.entry(&id).await;
    assert_eq!(
        (&entry["status"], &entry["email_status"], &entry["stage"]),
        (&json!("cancelled"), &json!("pending"), &json!("selected"))
    );
    assert!(world.client.post(MAIL, &mail).await.refused(409)["detail"].as_str().unwrap().contains("unsubscribed"));
    let list = world.client.get("/api/v1/outreach/suppressions").await.ok();
    let own = format!("/api/v1/outreach/suppressions/{}", text(&list["suppressions"][0]["id"]));
    world.client.delete(&own).await.refused(409);
    let manual = world.client.post("/api/v1/outreach/suppressions", &json!({"email": "Ana@Example.com"})).await.ok();
    world.client.post("/api/v1/outreach/suppressions", &json!({"email": "ana@example.com"})).await.refused(409);
    world.stranger.delete(&format!("/api/v1/outreach/suppressions/{}", text(&manual["id"]))).await.refused(404);
    world.client.delete(&format!("/api/v1/outreach/suppressions/{}", text(&manual["id"]))).await.ok();
    world.check_tallies().await;
}
