//! Two who come at once.

use futures::future::join_all;
use serde_json::json;
use testkit::{FreshDb, both_engines};

use crate::World;

#[both_engines]
async fn two_signers_at_once_both_sign(fresh: FreshDb) {
    let world = World::new(fresh).await;
    for _ in 0..10 {
        let path = world.sent(json!({})).await;
        let sign = format!("{path}/sign");
        let body = json!({"attest_counterpart": false});
        let none = json!({});
        let (one, other) = tokio::join!(world.business.post(&sign, &body), world.creator.post(&sign, &none));
        assert_eq!((one.status, other.status), (200, 200), "{} {}", one.text(), other.text());
        let details = world.check(&path).await;
        assert_eq!((&details["status"], details["signatures"].as_array().unwrap().len()), (&json!("signed"), 2));
    }
    assert_eq!(world.planned(|_| true).await, 20);
}

#[both_engines]
async fn one_signature_comes_of_many_at_once(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let path = world.sent(json!({})).await;
    let sign = format!("{path}/sign");
    let none = json!({});
    let answers = join_all((0..30).map(|_| world.business.post(&sign, &none))).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1);
    assert!(answers.iter().all(|answer| matches!(answer.status, 200 | 409)));
    world.check(&path).await;
    assert_eq!(world.planned(|_| true).await, 2);
    assert_eq!(world.count("contract_signatures").await, 2);
}

#[both_engines]
async fn signing_and_cancelling_at_once_leave_one_of_them(fresh: FreshDb) {
    let world = World::new(fresh).await;
    for _ in 0..10 {
        let path = world.sent(json!({})).await;
        let (sign, cancel) = (format!("{path}/sign"), format!("{path}/cancel"));
        let none = json!({});
        let (signed, cancelled) = tokio::join!(world.business.post(&sign, &none), world.business.post(&cancel, &none));
        // Cancelled after it was signed is fine, signed after it was cancelled is not.
        assert_eq!(cancelled.status, 200);
        let details = world.check(&path).await;
        assert_eq!(details["status"], "cancelled");
        assert_eq!(details["signed_at"].is_string(), signed.status == 200, "{}", signed.text());
        assert!(matches!(signed.status, 200 | 409));
    }
    assert_eq!(
        world.planned(|one| one.status == payments::Status::Pending).await,
        0,
        "what was planned was called off"
    );
}

#[both_engines]
async fn a_link_is_good_once_however_often_it_is_used(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let path = world.draft(json!({})).await;
    world.business.post(&format!("{path}/send"), &json!({})).await.ok();
    let link = format!("/api/v1/contracts/sign/{}", world.tokens().await[0]);
    let name = json!({"name": "Ana Ferreira"});
    let answers = join_all((0..20).map(|_| world.anyone.post(&link, &name))).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1);
    assert!(answers.iter().all(|answer| matches!(answer.status, 200 | 409)));
    world.check(&path).await;
}
