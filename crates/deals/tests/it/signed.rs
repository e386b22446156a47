//! Signing by account and by link, amendments, deliverables, the trail.

use serde_json::json;
use testkit::{FreshDb, both_engines};

use crate::World;

#[both_engines]
async fn a_business_that_signs_alone_speaks_for_the_creator_and_that_is_told(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let path = world.signed(json!({})).await;
    let signatures = world.check(&path).await["signatures"].clone();
    let methods: Vec<_> =
        signatures.as_array().unwrap().iter().map(|one| (one["party"].clone(), one["method"].clone())).collect();
    assert!(methods.contains(&(json!("business"), json!("account"))));
    assert!(methods.contains(&(json!("creator"), json!("attested"))));
    assert_eq!(world.planned(|_| true).await, 2);
    assert_eq!(world.planned(|one| one.amount.minor() == 40_000 && !one.awaits_delivery).await, 1);
    assert_eq!(world.planned(|one| one.amount.minor() == 80_000 && one.awaits_delivery).await, 1);
    assert_eq!(world.happened("contract.signed").await, 1);
}

#[both_engines]
async fn both_sides_sign_in_order_the_creator_by_a_mailed_link(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let path = world.draft(json!({"signing_order": "business_first"})).await;
    let asked = world.business.post(&format!("{path}/send"), &json!({"message": "Looking forward!"})).await.ok();
    assert_eq!((&asked["status"], &asked["awaits"]), (&json!("sent"), &json!(["business", "creator"])));
    assert!(world.tokens().await.is_empty(), "the creator is asked when the business has signed");
    world.creator.post(&format!("{path}/sign"), &json!({})).await.refused(409);
    let half = world.business.post(&format!("{path}/sign"), &json!({"name": "Bo Lindqvist"})).await.ok();
    assert_eq!(
        (&half["status"], &half["signed_at"]),
        (&json!("sent"), &json!(null)),
        "who was asked answers for themselves"
    );
    world.business.post(&format!("{path}/sign"), &json!({})).await.refused(409);
    let token = world.tokens().await.pop().unwrap();
    let link = format!("/api/v1/contracts/sign/{token}");
    let shown = world.anyone.get(&link).await.ok();
    assert_eq!(
        (&shown["can_sign"], &shown["party"], &shown["business_name"]),
        (&json!(true), &json!("creator"), &json!("TechCorp"))
    );
    assert_eq!(
        deals::model::hash(shown["document"].as_str().unwrap().as_bytes()),
        shown["document_hash"].as_str().unwrap()
    );
    assert_eq!(world.anyone.post(&link, &json!({})).await.faults(), ["name"]);
    world.anyone.post(&link, &json!({"name": "Ana", "document_hash": "0000"})).await.refused(409);
    let signed =
        world.anyone.clone().with("user-agent", "Firefox").post(&link, &json!({"name": "Ana Ferreira"})).await.ok();
    assert_eq!(signed["status"], "signed");
    world.anyone.post(&link, &json!({"name": "Ana Ferreira"})).await.refused(409);
    world.anyone.get(&format!("/api/v1/contracts/sign/{}", "0".repeat(64))).await.refused(404);
    let details = world.check(&path).await;
    let by_link = &details["signatures"][1];
    assert_eq!(
        (&by_link["method"], &by_link["name"], &by_link["email"]),
        (&json!("link"), &json!("Ana Ferreira"), &json!("ana@example.com"))
    );
    assert_eq!(by_link["agent"], "Firefox");
    let trail = world.get(&format!("{path}/audit")).await;
    let kinds: Vec<_> =
        trail["entries"].as_array().unwrap().iter().map(|entry| entry["kind"].as_str().unwrap().to_owned()).collect();
    assert_eq!(
        kinds,
        ["created", "sent", "signature_requested", "signature", "signature_requested", "viewed", "signature", "signed"]
    );
    let stored = world.count("contract_links WHERE status = 'used'").await;
    assert_eq!(stored, 1);
}

#[both_engines]
async fn asked_again_the_first_link_is_dead(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let path = world.draft(json!({})).await;
    world.business.post(&format!("{path}/send"), &json!({})).await.ok();
    world.clock.advance(kernel::time::MINUTE);
    world
        .business
        .post(&format!("{path}/send"), &json!({"signers": [{"party": "creator", "email": "agent@example.com"}]}))
        .await
        .ok();
    let tokens = world.tokens().await;
    world.anyone.get(&format!("/api/v1/contracts/sign/{}", tokens[0])).await.refused(409);
    world.anyone.post(&format!("/api/v1/contracts/sign/{}", tokens[1]), &json!({"name": "Ana"})).await.ok();
    assert_eq!(world.business.post(&format!("{path}/sign"), &json!({})).await.ok()["status"], "signed");
    let wrong = json!({"signers": [{"party": "creator", "email": "a@b.example"}, {"party": "creator", "email": "c@d.example"}]});
    assert_eq!(world.business.post(&format!("{path}/send"), &wrong).await.faults(), ["signers"]);
    world.check(&path).await;
}

#[both_engines]
async fn the_creator_signs_by_account(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let path = world.sent(json!({})).await;
    world.creator.post(&format!("{path}/sign"), &json!({"attest_counterpart": true})).await.refused(403);
    let half = world.creator.post(&format!("{path}/sign"), &json!({"name": "Ana Ferreira"})).await.ok();
    assert_eq!((&half["status"], &half["awaits"]), (&json!("sent"), &json!(["business"])));
    assert_eq!(world.business.post(&format!("{path}/sign"), &json!({})).await.ok()["status"], "signed");
    let details = world.check(&path).await;
    assert!(details["signatures"].as_array().unwrap().iter().all(|one| one["method"] == "account"));
}

#[both_engines]
async fn an_amendment_counts_once_both_have_signed_it(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let path = world.signed(json!({})).await;
    let before = world.business.get(&format!("{path}/document")).await.bytes;
    let terms = json!({"deliverables": [{"type": "youtube_video"}, {"type": "story"}], "usage_rights": "1 year"});
    let amendments = format!("{path}/amendments");
    assert_eq!(world.business.post(&amendments, &json!({})).await.faults(), ["terms"]);
    world.creator.post(&amendments, &json!({"terms": terms})).await.refused(403);
    let proposed = world.business.post(&amendments, &json!({"terms": terms, "note": "One more story"})).await;
    assert_eq!(proposed.status, 201, "{}", proposed.text());
    world.business.post(&amendments, &json!({"terms": {}})).await.refused(409);
    assert_eq!(world.get(&path).await["terms"]["usage_rights"], "6 months");
    assert_eq!(world.business.get(&format!("{path}/document")).await.bytes, before);
    let half = world.business.post(&format!("{amendments}/2/sign"), &json!({})).await.ok();
    assert_eq!(half["version"], 1, "nobody speaks for the creator unless it says so");
    world.other_creator.post(&format!("{amendments}/2/sign"), &json!({})).await.refused(404);
    world.creator.post(&format!("{amendments}/3/sign"), &json!({})).await.refused(404);
    let both = world.creator.post(&format!("{amendments}/2/sign"), &json!({})).await.ok();
    assert_eq!(
        (&both["version"], &both["terms"]["usage_rights"], &both["status"]),
        (&json!(2), &json!("1 year"), &json!("signed"))
    );
    assert_eq!(both["deliverables_status"].as_array().unwrap().len(), 2);
    assert_eq!(
        world.planned(|_| true).await,
        2,
        "the payments are those of the first signature: their lines say the same"
    );
    // Another one, withdrawn.
    world.business.post(&amendments, &json!({"terms": {"usage_rights": "2 years"}})).await.json();
    assert_eq!(world.business.delete(&format!("{amendments}/3")).await.ok()["version"], 2);
    world.creator.post(&format!("{amendments}/3/sign"), &json!({})).await.refused(409);
    let list = world.get(&amendments).await;
    let states: Vec<_> = list["amendments"].as_array().unwrap().iter().map(|one| one["status"].clone()).collect();
    assert_eq!(states, [json!("in_force"), json!("withdrawn")]);
    world.check(&path).await;
}

#[both_engines]
async fn the_last_approved_deliverable_makes_payments_due(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let path =
        world.signed(json!({"terms": {}, "deliverables": {"reel": 2, "story": {"deadline": "2030-04-01"}}})).await;
    let listed = world.get(&format!("{path}/deliverables")).await;
    assert_eq!((&listed["total"], &listed["deliverables"][0]["quantity"]), (&json!(2), &json!(2)));
    let places: Vec<String> = listed["deliverables"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| format!("{path}/deliverables/{}", one["id"].as_str().unwrap()))
        .collect();
    world.business.put(&places[0], &json!({"status": "approved"})).await.refused(409);
    assert_eq!(world.business.put(&places[0], &json!({"status": "late"})).await.faults(), ["status"]);
    let handed =
        world.creator.put(&places[0], &json!({"status": "submitted", "content_url": "https://youtu.be/1"})).await.ok();
    assert_eq!((&handed["status"], &handed["content_url"]), (&json!("submitted"), &json!("https://youtu.be/1")));
    world.creator.put(&places[0], &json!({"status": "approved"})).await.refused(403);
    world.other_creator.put(&places[0], &json!({"status": "submitted"})).await.refused(404);
    assert_eq!(
        world.business.put(&places[0], &json!({"status": "pending", "note": "no CTA"})).await.ok()["status"],
        "pending"
    );
    world.creator.put(&places[0], &json!({"status": "submitted"})).await.ok();
    world.business.put(&places[0], &json!({"status": "approved"})).await.ok();
    world.business.put(&places[0], &json!({"status": "pending"})).await.refused(409);
    assert_eq!(world.planned(|one| one.awaits_delivery).await, 1, "a story is still missing");
    world.business.post(&format!("{path}/complete"), &json!({})).await.refused(409);
    world.creator.put(&places[1], &json!({"status": "submitted"})).await.ok();
    world.business.put(&places[1], &json!({"status": "approved"})).await.ok();
    assert_eq!(world.planned(|one| one.awaits_delivery).await, 0);
    world.business.post(&format!("{path}/complete"), &json!({})).await.refused(409);
    for payment in world.payments(&path).await {
        world.pay(&payment).await;
    }
    assert_eq!(world.business.post(&format!("{path}/complete"), &json!({})).await.ok()["status"], "completed");
    world.check(&path).await;
}

#[both_engines]
async fn whatever_is_changed_behind_its_back_is_found(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let path = world.signed(json!({})).await;
    world.check(&path).await;
    for (spoil, heal) in [
        (
            "UPDATE contract_audit SET detail = '{}' WHERE seq = 2",
            "UPDATE contract_audit SET detail = (SELECT kept FROM spare) WHERE seq = 2",
        ),
        (
            "UPDATE contract_versions SET document = document || ' '",
            "UPDATE contract_versions SET document = trim(document)",
        ),
        (
            "UPDATE contract_signatures SET signed_at = signed_at + 1",
            "UPDATE contract_signatures SET signed_at = signed_at - 1",
        ),
        ("UPDATE contract_audit SET seq = 99 WHERE seq = 3", "UPDATE contract_audit SET seq = 3 WHERE seq = 99"),
        (
            "UPDATE contract_signatures SET party = 'business', version = 9 WHERE party = 'business'",
            "UPDATE contract_signatures SET version = 1 WHERE version = 9",
        ),
    ] {
        if world.count("contract_audit WHERE seq = 2").await == 1 && spoil.contains("seq = 2") {
            world.execute("CREATE TABLE spare (kept TEXT)").await;
            world.execute("INSERT INTO spare SELECT detail FROM contract_audit WHERE seq = 2").await;
        }
        assert!(world.execute(spoil).await > 0, "{spoil}");
        let verdict = world.get(&format!("{path}/audit/verify")).await;
        assert_eq!(verdict["valid"], false, "{spoil}");
        assert!(!verdict["faults"].as_array().unwrap().is_empty());
        let found = deals::ops::verify::everything(world.app.db()).await.unwrap();
        assert_eq!((found.contracts, found.broken.len()), (1, 1));
        world.execute(heal).await;
        world.check(&path).await;
    }
}

#[both_engines]
async fn who_signed_for_the_creator_is_who_is_paid(fresh: FreshDb) {
    use payments::{Contracts as _, Payee};
    let world = World::new(fresh).await;
    let payee = async |path: &str| {
        let id = path.rsplit('/').next().unwrap().parse().unwrap();
        let mut tx = world.app.read().await.unwrap();
        deals::Contracts.payee(&mut tx, id).await.unwrap()
    };
    let draft = world.draft(json!({})).await;
    assert_eq!(payee(&draft).await, Payee::default(), "nobody has signed");
    // The brand states that the creator agreed elsewhere: nobody signed here.
    assert_eq!(payee(&world.signed(json!({})).await).await, Payee::default());
    // By the creator's account,
    let path = world.sent(json!({})).await;
    world.creator.post(&format!("{path}/sign"), &json!({"name": "Ana"})).await.ok();
    let account = world.creator_account.account.id;
    assert_eq!(payee(&path).await, Payee { account: Some(account), address: None });
    // and by a link, wherever it was sent.
    let path = world.draft(json!({})).await;
    let signers = json!({"signers": [{"party": "creator", "email": "Agent@Example.com", "name": "Ana"}]});
    world.business.post(&format!("{path}/send"), &signers).await.ok();
    let token = world.tokens().await.pop().unwrap();
    world.anyone.post(&format!("/api/v1/contracts/sign/{token}"), &json!({"name": "Ana"})).await.ok();
    assert_eq!(payee(&path).await, Payee { account: None, address: Some("agent@example.com".into()) });
}
