//! Refunds: in part and in whole, from what is held and from what was passed on.

use std::sync::Arc;

use payments::{MockGateway, Settings};
use serde_json::json;
use testkit::{FreshDb, both_engines};

use crate::World;

#[both_engines]
async fn a_payment_goes_back_in_parts(fresh: FreshDb) {
    let world = World::with(fresh, Arc::new(MockGateway), Settings { fee: 1_000, ..Settings::default() }).await;
    let at = world.payment(100.0).await;
    let refund = format!("{at}/refund");
    assert!(world.client.post(&refund, &json!({})).await.message().contains("only one that is completed"));
    world.client.post(&format!("{at}/process"), &json!({})).await.ok();
    assert!(world.client.post(&refund, &json!({"amount": 1})).await.message().contains("being passed on"));
    world.work().await;
    assert_eq!(world.balances("USD").await, json!({"brand": -100.0, "escrow": 0.0, "creator": 90.0, "fees": 10.0}));
    assert_eq!(world.client.post(&refund, &json!({"amount": 0})).await.faults(), ["amount"]);
    assert!(world.client.post(&refund, &json!({"amount": 100.01})).await.message().contains("100.00 USD"));
    let body = world.client.post(&refund, &json!({"amount": 33.33, "reason": "late"})).await.ok();
    assert_eq!(
        (&body["refund_status"], &body["amount_refunded"], &body["status"]),
        (&json!("partially_refunded"), &json!(33.33), &json!("completed"))
    );
    assert_eq!(world.balances("USD").await, json!({"brand": -66.67, "escrow": 0.0, "creator": 60.0, "fees": 6.67}));
    world.verify().await;
    let body = world.client.post(&refund, &json!({})).await.ok();
    assert_eq!((&body["refund_status"], &body["amount_refunded"]), (&json!("refunded"), &json!(100.0)));
    assert_eq!(world.balances("USD").await, json!({"brand": 0.0, "escrow": 0.0, "creator": 0.0, "fees": 0.0}));
    world.client.post(&refund, &json!({})).await.refused(409);
    world.client.put(&at, &json!({"status": "failed"})).await.refused(409);
    assert_eq!(world.get("/api/v1/payments/summary").await["by_currency"][0]["refunded_amount"], 100.0);
    world.verify().await;
}

#[both_engines]
async fn what_was_recorded_by_hand_goes_back_by_hand(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let at = world.payment(50.0).await;
    world.client.put(&at, &json!({"status": "completed"})).await.ok();
    assert_eq!(
        world.client.post(&format!("{at}/refund"), &json!({"amount": 20.5})).await.ok()["amount_refunded"],
        20.5
    );
    assert_eq!(world.balances("USD").await, json!({"brand": -29.5, "creator": 29.5}));
    assert_eq!(world.client.post(&format!("{at}/refund"), &json!({})).await.ok()["refund_status"], "refunded");
    world.verify().await;
}

#[both_engines]
async fn whole_yen_go_back_in_whole_yen(fresh: FreshDb) {
    let world = World::with(fresh, Arc::new(MockGateway), Settings { fee: 333, ..Settings::default() }).await;
    let yen = world.contract_of("JPY");
    let made = world.client.post("/api/v1/payments", &json!({"contract_id": yen, "amount": 1001})).await.ok();
    let at = crate::path(&made);
    world.client.post(&format!("{at}/process"), &json!({})).await.ok();
    world.work().await;
    assert_eq!(world.balances("JPY").await, json!({"brand": -1001.0, "escrow": 0.0, "creator": 968.0, "fees": 33.0}));
    assert_eq!(world.client.post(&format!("{at}/refund"), &json!({"amount": 0.5})).await.faults(), ["amount"]);
    world.client.post(&format!("{at}/refund"), &json!({"amount": 7})).await.ok();
    assert_eq!(world.balances("JPY").await, json!({"brand": -994.0, "escrow": 0.0, "creator": 961.0, "fees": 33.0}));
    world.client.post(&format!("{at}/refund"), &json!({})).await.ok();
    assert_eq!(world.balances("JPY").await["fees"], 0.0);
    world.verify().await;
}

#[both_engines]
async fn many_refunds_at_once_never_give_back_too_much(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let at = world.paid(100.0).await;
    world.work().await;
    let asked = (0..40).map(|_| {
        let (client, refund) = (world.client.clone(), format!("{at}/refund"));
        tokio::spawn(async move { client.post(&refund, &json!({"amount": 30})).await.status })
    });
    let mut done = 0;
    for asked in asked.collect::<Vec<_>>() {
        let status = asked.await.unwrap();
        assert!(status == 200 || status == 409, "{status}");
        done += u32::from(status == 200);
    }
    assert!((1..=3).contains(&done), "{done}");
    assert_eq!(world.get(&at).await["amount_refunded"], f64::from(done) * 30.0);
    world.verify().await;
}
