//! Payments become due with what they pay for.

use serde_json::{Value, json};
use testkit::{FreshDb, both_engines};

use crate::World;

impl World {
    /// Has the deliverable at this place handed in and accepted.
    pub(crate) async fn deliver(&self, path: &str, place: usize) {
        let listed = self.get(&format!("{path}/deliverables")).await;
        assert_eq!(listed["deliverables"][place]["position"], place);
        let at = format!("{path}/deliverables/{}", listed["deliverables"][place]["id"].as_str().unwrap());
        self.creator.put(&at, &json!({"status": "submitted"})).await.ok();
        self.business.put(&at, &json!({"status": "approved"})).await.ok();
    }

    /// The milestones that still wait for their delivery.
    pub(crate) async fn waiting(&self, path: &str) -> Vec<String> {
        let payments = self.payments(path).await;
        let waiting = payments.iter().filter(|one| one["awaits_delivery"] == true);
        waiting.map(|one| one["milestone"].as_str().unwrap().to_owned()).collect()
    }
}

fn content() -> Value {
    json!({"terms": {"usage_rights": "6 months", "deliverables": [
        {"type": "youtube_video", "milestone": "Content delivery"},
        {"type": "reel", "milestone": "content_delivery"},
        {"type": "story"},
        {"type": "report", "deadline": "2030-05-01"},
    ]}, "payment_schedule": [
        {"milestone": "contract_signing", "amount": 200},
        {"milestone": "content delivery", "amount": 400},
        {"milestone": "stories", "amount": 100, "deliverables": ["Story"]},
        {"milestone": "the end", "amount": 300},
        {"milestone": "figures", "amount": 200, "deliverables": [3], "due_date": "2030-06-01"},
    ]})
}

#[both_engines]
async fn each_milestone_becomes_due_with_its_own(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let path = world.signed(content()).await;
    assert_eq!(world.waiting(&path).await, ["content delivery", "stories", "the end", "figures"]);
    // Out of order: the second of two, then what belongs to another line.
    world.deliver(&path, 1).await;
    assert_eq!(world.waiting(&path).await.len(), 4, "the video of the same milestone is missing");
    world.deliver(&path, 2).await;
    assert_eq!(world.waiting(&path).await, ["content delivery", "the end", "figures"]);
    assert_eq!(world.happened("payment.due").await, 2);
    world.deliver(&path, 3).await;
    assert_eq!(world.waiting(&path).await, ["content delivery", "the end"]);
    assert_eq!(world.payments(&path).await[4]["due_date"], "2030-06-01T23:59:59Z", "never before its date");
    assert_eq!(world.happened("payment.due").await, 2);
    assert_eq!(world.happened("contract.delivered").await, 0);
    // Approved twice: refused, and nothing happens.
    let listed = world.get(&format!("{path}/deliverables")).await;
    let again = format!("{path}/deliverables/{}", listed["deliverables"][2]["id"].as_str().unwrap());
    for status in ["approved", "submitted", "pending"] {
        world.business.put(&again, &json!({"status": status})).await.refused(409);
    }
    world.deliver(&path, 0).await;
    assert!(world.waiting(&path).await.is_empty(), "the last one makes due what has none of its own, too");
    assert_eq!(world.happened("payment.due").await, 4);
    assert_eq!(world.happened("contract.delivered").await, 1);
    world.check(&path).await;
}

#[both_engines]
async fn many_approved_at_once_make_all_due(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let path = world.signed(content()).await;
    let listed = world.get(&format!("{path}/deliverables")).await;
    let places: Vec<String> = listed["deliverables"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| format!("{path}/deliverables/{}", one["id"].as_str().unwrap()))
        .collect();
    for place in &places {
        world.creator.put(place, &json!({"status": "submitted"})).await.ok();
    }
    let approved = json!({"status": "approved"});
    let answers =
        futures::future::join_all(places.iter().chain(&places).map(|place| world.business.put(place, &approved))).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 4);
    assert!(world.waiting(&path).await.is_empty());
    assert_eq!(world.happened("payment.due").await, 4);
    assert_eq!(world.happened("contract.delivered").await, 1);
}

#[both_engines]
async fn what_a_line_names_must_be_there(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let lines =
        |reference: Value| json!({"payment_schedule": [{"milestone": "x", "amount": 1200, "deliverables": reference}]});
    for wrong in [json!(["podcast"]), json!([1]), json!(7), json!([null])] {
        let faults = world.business.post("/api/v1/contracts", &world.body(&lines(wrong.clone()))).await.faults();
        assert_eq!(faults, ["payment_schedule.0.deliverables"], "{wrong}");
    }
    let path = world.signed(lines(json!("YouTube video"))).await;
    assert_eq!(world.get(&path).await["payment_schedule"][0]["deliverables"], "YouTube video", "as it was sent");
    let frozen = world.get(&format!("{path}/document")).await;
    assert_eq!(frozen["schedule"][0]["deliverables"], json!([0]));
    world.deliver(&path, 0).await;
    assert!(world.waiting(&path).await.is_empty());
}

#[both_engines]
async fn an_amendment_changes_what_is_waited_for(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let path = world.signed(content()).await;
    world.deliver(&path, 0).await;
    world.deliver(&path, 2).await;
    let before = world.payments(&path).await;
    // The reel is called off: what it held up is due as soon as both have signed.
    let terms = json!({"usage_rights": "6 months", "deliverables": [
        {"type": "youtube_video", "milestone": "Content delivery"}, {"type": "photo"}, {"type": "story"}, {"type": "report", "deadline": "2030-05-01"}]});
    world.amend(&path, json!({"terms": terms})).await;
    assert_eq!(world.waiting(&path).await, ["the end", "figures"]);
    let after = world.payments(&path).await;
    let ids = |rows: &[Value]| rows.iter().map(|row| row["id"].clone()).collect::<Vec<_>>();
    assert_eq!(ids(&before), ids(&after), "the lines say the same, so the payments are the same");
    // What was due stays due, though more is to be delivered for it now.
    let terms = json!({"usage_rights": "6 months", "deliverables": [
        {"type": "youtube_video", "milestone": "Content delivery"}, {"type": "photo"}, {"type": "story"}, {"type": "report", "deadline": "2030-05-01"},
        {"type": "podcast", "milestone": "content delivery"}]});
    world.amend(&path, json!({"terms": terms})).await;
    assert_eq!(world.waiting(&path).await, ["the end", "figures"]);
    for place in [1, 3] {
        world.deliver(&path, place).await;
    }
    assert_eq!(world.waiting(&path).await, ["the end"]);
    // The podcast is called off, and with that everything is delivered.
    let terms = json!({"usage_rights": "6 months", "deliverables": [
        {"type": "youtube_video", "milestone": "Content delivery"}, {"type": "photo"}, {"type": "story"}, {"type": "report", "deadline": "2030-05-01"}]});
    world.amend(&path, json!({"terms": terms})).await;
    assert!(world.waiting(&path).await.is_empty());
    world.check(&path).await;
    world.verify_ledger().await;
}
