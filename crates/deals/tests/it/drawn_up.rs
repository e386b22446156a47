//! Drawing up, listing, changing.

use deals::model::hash;
use kernel::Scope;
use serde_json::json;
use testkit::{FreshDb, both_engines};

use crate::World;

#[both_engines]
async fn the_documents_journey(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let path = world.draft(json!({})).await;
    let draft = world.get(&path).await;
    assert_eq!((&draft["status"], &draft["signed_at"], &draft["version"]), (&json!("draft"), &json!(null), &json!(1)));
    assert_eq!(draft["contract_url"], format!("{path}/pdf"));
    assert_eq!(draft["campaign"]["title"], "Wireless Earbuds Pro");
    assert_eq!(draft["creator"]["name"], "Ana Ferreira");
    assert_eq!(draft["deliverables_status"][0]["type"], "youtube_video");
    assert_eq!(draft["deliverables_status"][0]["status"], "pending");
    assert_eq!(
        draft["deliverables"][0]["type"], "youtube_video",
        "the list inside the terms is answered as deliverables, too"
    );
    world.business.post(&format!("{path}/sign"), &json!({})).await.refused(409);
    let changed = world.business.put(&path, &json!({"payment_amount": 1250.5, "payment_schedule": []})).await.ok();
    assert_eq!((&changed["payment_amount"], &changed["payment_schedule"]), (&json!(1250.5), &json!([])));
    assert_eq!(changed["terms"], draft["terms"]);
    assert_eq!(changed["unprintable"], json!([]));
    let cuneiform = json!({"terms": {"usage_rights": "6 months, 𒀭𒂗 🌸 अनुष्का ณัฐ 𠮷 Đặng מיכל"}});
    let told = world.business.put(&path, &cuneiform).await.ok();
    assert_eq!(
        told["unprintable"],
        json!(["𒀭 (U+1202D)", "𒂗 (U+12097)"]),
        "what no font has is named when it is written"
    );
    world.business.put(&path, &json!({"terms": draft["terms"]})).await.ok();
    assert_eq!(world.business.put(&path, &json!({"status": "SENT"})).await.ok()["status"], "sent");
    let fixed = world.business.put(&path, &json!({"payment_amount": 1})).await;
    fixed.refused(409);
    let signed = world.business.post(&format!("{path}/sign"), &json!({})).await.ok();
    assert_eq!(signed["status"], "signed");
    assert!(signed["signed_at"].is_string());
    world.business.post(&format!("{path}/sign"), &json!({})).await.refused(409);
    world.business.put(&path, &json!({"status": "draft"})).await.refused(409);
    world.business.put(&path, &json!({"terms": {"usage_rights": "for ever"}})).await.refused(409);
    let done = world.business.put(&path, &json!({"status": "completed"})).await.ok();
    assert_eq!(done["status"], "completed");
    world.business.post(&format!("{path}/sign"), &json!({})).await.refused(409);
    world.business.post(&format!("{path}/cancel"), &json!({})).await.refused(409);
    assert_eq!(world.check(&path).await["status"], "completed");
}

#[both_engines]
async fn a_sent_contract_goes_back_to_draft_until_somebody_signed(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let path = world.sent(json!({})).await;
    assert_eq!(
        world.business.put(&path, &json!({"status": "draft", "terms": {"usage_rights": "1 year"}})).await.ok()["version"],
        2
    );
    world.business.put(&path, &json!({"status": "sent"})).await.ok();
    world.business.post(&format!("{path}/sign"), &json!({"attest_counterpart": false})).await.ok();
    assert_eq!(world.get(&path).await["awaits"], json!(["creator"]));
    world.business.put(&path, &json!({"status": "draft"})).await.refused(409);
    world.business.post(&format!("{path}/cancel"), &json!({"reason": "changed our mind"})).await.ok();
    world.creator.post(&format!("{path}/sign"), &json!({})).await.refused(409);
    world.check(&path).await;
}

#[both_engines]
async fn all_that_is_wrong_is_told(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let url = "/api/v1/contracts";
    let mut faults =
        world.business.post(url, &world.body(&json!({"payment_amount": -1, "terms": "none"}))).await.faults();
    faults.sort();
    assert_eq!(faults, ["payment_amount", "terms"]);
    for (fields, fault) in [
        (json!({"payment_schedule": [{"amount": 1199.99}]}), "payment_schedule"),
        (json!({"payment_schedule": [{"percentage": 50}, {"percentage": 49}]}), "payment_schedule"),
        (
            json!({"terms": {"deliverables": [{"type": "reel", "deadline": "2020-01-01"}]}}),
            "terms.deliverables.0.deadline",
        ),
        (json!({"terms": {"deliverables": [{"type": "reel", "deadline": "soon"}]}}), "terms.deliverables.0.deadline"),
        (
            json!({"terms": {"end_date": "2030-02-01", "deliverables": [{"type": "reel", "deadline": "2030-02-02"}]}}),
            "terms.deliverables.0.deadline",
        ),
        (json!({"terms": {"start_date": "2030-03-01", "end_date": "2030-02-01"}}), "terms.start_date"),
        (json!({"terms": {"end_date": "2029-02-01"}}), "terms.end_date"),
        (json!({"currency": "ZZZ"}), "currency"),
        (json!({"currency": "JPY", "payment_amount": 100.5, "payment_schedule": []}), "payment_amount"),
        (json!({"signing_order": "youngest_first"}), "signing_order"),
        (json!({"expires_at": "2029-01-01T00:00:00Z"}), "expires_at"),
        (json!({"deliverables": 7}), "deliverables"),
    ] {
        let faults = world.business.post(url, &world.body(&fields)).await.faults();
        assert_eq!(faults, [fault], "{fields}");
    }
    let nobody = json!({"creator_id": "0190a000-0000-7000-8000-000000000000"});
    world.business.post(url, &world.body(&nobody)).await.refused(404);
    world.business.post(url, &world.body(&json!({"campaign_id": "CAMP-099"}))).await.refused(404);
    assert_eq!(
        world.business.post(url, &world.body(&json!({"campaign_id": "camp-001"}))).await.ok()["campaign_id"],
        json!(world.campaign)
    );
    let path = world.draft(json!({})).await;
    assert_eq!(world.business.put(&path, &json!({"status": "torn up"})).await.faults(), ["status"]);
    assert_eq!(world.business.put(&path, &json!({"payment_amount": 100})).await.faults(), ["payment_schedule"]);
    assert_eq!(world.business.get("/api/v1/contracts?status=lost").await.faults(), ["status"]);
}

#[both_engines]
async fn nobody_else_learns_of_it(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let path = world.draft(json!({})).await;
    for client in [&world.other_business, &world.other_creator, &world.creator] {
        client.get(&path).await.refused(404);
        client.get(&format!("{path}/pdf")).await.refused(404);
        client.get(&format!("{path}/audit")).await.refused(404);
        client.put(&path, &json!({"status": "sent"})).await.refused(404);
        client.post(&format!("{path}/sign"), &json!({})).await.refused(404);
        client.post(&format!("{path}/amendments"), &json!({})).await.refused(404);
        assert_eq!(client.get("/api/v1/contracts").await.ok()["total"], 0);
    }
    world.anyone.get(&path).await.refused(401);
    world.other_business.post("/api/v1/contracts", &world.body(&json!({}))).await.refused(404);
    world.creator.post("/api/v1/contracts", &world.body(&json!({}))).await.refused(403);
    // Once it was sent, the creator sees it; changing it is not theirs.
    world.business.put(&path, &json!({"status": "sent"})).await.ok();
    assert_eq!(world.creator.get("/api/v1/contracts").await.ok()["total"], 1);
    assert_eq!(world.creator.get(&path).await.ok()["status"], "sent");
    assert!(world.creator.get(&format!("{path}/pdf")).await.bytes.starts_with(b"%PDF-"));
    world.creator.put(&path, &json!({"payment_amount": 9000})).await.refused(403);
    world.creator.post(&format!("{path}/cancel"), &json!({})).await.refused(403);
    world.creator.post(&format!("{path}/send"), &json!({})).await.refused(403);
    world.other_creator.get(&path).await.refused(404);
}

#[both_engines]
async fn lists_filter_and_page(fresh: FreshDb) {
    let world = World::new(fresh).await;
    for _ in 0..3 {
        world.draft(json!({})).await;
    }
    world.sent(json!({})).await;
    let list = world.get("/api/v1/contracts?limit=2&offset=2").await;
    assert_eq!((&list["total"], &list["page"], &list["total_pages"]), (&json!(4), &json!(2), &json!(2)));
    assert_eq!(list["contracts"][0]["campaign_title"], "Wireless Earbuds Pro");
    assert_eq!(world.get("/api/v1/contracts?status=SENT").await["total"], 1);
    assert_eq!(world.get("/api/v1/contracts?campaign_id=CAMP-001&status=draft").await["total"], 3);
    assert_eq!(world.get(&format!("/api/v1/contracts/creator/{}", world.creator_id)).await["total"], 4);
    assert_eq!(world.get("/api/v1/contracts/campaign/CAMP-001?limit=1").await["total_pages"], 4);
    world.business.get("/api/v1/contracts/campaign/CAMP-002").await.refused(404);
    world.business.get("/api/v1/contracts?creator_id=0190a000-0000-7000-8000-000000000000").await.refused(404);
    world.other_business.get("/api/v1/contracts/campaign/CAMP-001").await.refused(404);
    world.other_creator.get("/api/v1/contracts/campaign/CAMP-001").await.refused(404);
}

#[both_engines]
async fn what_is_signed_can_be_hashed_again(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let path = world.signed(json!({})).await;
    let details = world.get(&path).await;
    let document = world.business.get(&format!("{path}/document")).await;
    for signature in details["signatures"].as_array().unwrap() {
        assert_eq!(signature["document_hash"], hash(&document.bytes));
    }
    let one = world.business.get(&format!("{path}/pdf")).await;
    assert_eq!(one.header("content-type"), "application/pdf");
    assert_eq!(one.bytes, world.business.get(&format!("{path}/pdf")).await.bytes);
    // What others change afterwards does not change what was signed.
    let (scope, mut tx) = (Scope::system(), world.app.write().await.unwrap());
    let mut creator = creators::store::by_id(scope, &mut tx, world.creator_id).await.unwrap().unwrap();
    let seq = creator.seq;
    creator.name = "Somebody Else".into();
    creators::store::update(scope, &mut tx, &mut creator, seq).await.unwrap();
    let mut campaign = campaigns::find(scope, &mut tx, "CAMP-001").await.unwrap();
    let was = (campaign.status, campaign.updated_at);
    campaign.brand_name = "Other Corp".into();
    campaigns::store::update(scope, &mut tx, &campaign, was).await.unwrap();
    tx.commit().await.unwrap();
    world.clock.advance(kernel::time::DAY);
    assert_eq!(one.bytes, world.business.get(&format!("{path}/pdf")).await.bytes);
}
