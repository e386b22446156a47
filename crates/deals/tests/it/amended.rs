//! Amendments that change money.

use serde_json::{Value, json};
use testkit::{FreshDb, both_engines};

use crate::World;

impl World {
    /// Proposes an amendment; answers its number.
    pub(crate) async fn propose(&self, path: &str, fields: &Value) -> i64 {
        let reply = self.business.post(&format!("{path}/amendments"), fields).await;
        assert_eq!(reply.status, 201, "{}", reply.text());
        reply.json()["versions"].as_array().unwrap().last().unwrap()["version"].as_i64().unwrap()
    }

    /// An amendment that both sides sign.
    pub(crate) async fn amend(&self, path: &str, fields: Value) -> Value {
        let version = self.propose(path, &fields).await;
        let sign = format!("{path}/amendments/{version}/sign");
        self.creator.post(&sign, &json!({})).await.ok();
        self.business.post(&sign, &json!({})).await.ok()
    }

    /// Milestone, amount and status of each payment.
    async fn told(&self, path: &str) -> Value {
        let payments = self.payments(path).await;
        payments.iter().map(|one| json!([one["milestone"], one["amount"], one["status"]])).collect()
    }
}

#[both_engines]
async fn an_amendment_plans_anew_what_is_not_paid(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let path = world.signed(json!({})).await;
    let first = world.payments(&path).await;
    world.pay(&first[0]).await;
    let more = json!({"payment_amount": 1500, "payment_schedule": [
        {"milestone": "contract_signing", "amount": 400}, {"milestone": "content_delivery", "amount": 900}, {"milestone": "bonus", "amount": 200, "due_date": "2030-07-01"}]});
    let version = world.propose(&path, &more).await;
    assert_eq!(
        world.told(&path).await,
        json!([["contract_signing", 400.0, "completed"], ["content_delivery", 800.0, "pending"]]),
        "only proposed"
    );
    let sign = format!("{path}/amendments/{version}/sign");
    world.business.post(&sign, &json!({})).await.ok();
    assert_eq!(world.payments(&path).await.len(), 2, "one side alone changes nothing");
    let both = world.creator.post(&sign, &json!({})).await.ok();
    assert_eq!((&both["payment_amount"], &both["version"]), (&json!(1500.0), &json!(2)));
    assert_eq!(
        world.told(&path).await,
        json!([
            ["contract_signing", 400.0, "completed"],
            ["content_delivery", 900.0, "pending"],
            ["bonus", 200.0, "pending"]
        ])
    );
    let trail = world.get(&format!("{path}/audit")).await;
    let amended = trail["entries"].as_array().unwrap().iter().find(|entry| entry["kind"] == "amended").unwrap().clone();
    let said = &amended["detail"]["payments"];
    assert_eq!(
        (
            said["kept"].as_array().unwrap().len(),
            said["made"].as_array().unwrap().len(),
            said["replaced"].as_array().unwrap().len()
        ),
        (1, 2, 1),
        "{amended}"
    );
    assert_eq!(said["replaced"][0], first[1]["id"]);
    world.business.get(&format!("/api/v1/payments/{}", first[1]["id"].as_str().unwrap())).await.refused(404);
    // Less in all, but not less than was paid; what was delivered is due under the new plan as well.
    world.deliver(&path, 0).await;
    world.amend(&path, json!({"payment_amount": 700, "payment_schedule": [{"milestone": "contract_signing", "amount": 400}, {"milestone": "content_delivery", "amount": 300}]})).await;
    let rows = world.payments(&path).await;
    assert_eq!((rows.len(), &rows[1]["amount"], &rows[1]["awaits_delivery"]), (2, &json!(300.0), &json!(false)));
    assert_eq!(rows[1]["due_date"], json!(world.clock.now()), "everything is delivered");
    world.pay(&rows[1]).await;
    world.business.post(&format!("{path}/complete"), &json!({})).await.ok();
    world.check(&path).await;
    world.verify_ledger().await;
}

#[both_engines]
async fn never_less_than_was_paid(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let path = world.signed(json!({})).await;
    let rows = world.payments(&path).await;
    world.pay(&rows[0]).await;
    let amendments = format!("{path}/amendments");
    let less = json!({"payment_amount": 399.99, "payment_schedule": [{"milestone": "all", "amount": 399.99}]});
    let message = world.business.post(&amendments, &less).await.refused(409)["detail"].to_string();
    assert!(
        message.contains("400.00 USD") && message.contains("399.99 USD") && message.contains("refund"),
        "{message}"
    );
    let message =
        world.business.post(&amendments, &json!({"currency": "EUR"})).await.refused(409)["detail"].to_string();
    assert!(message.contains("Money has moved for this contract in USD"), "{message}");
    // Proposed in time, but paid before it was signed: whoever signs is told, and it can be withdrawn.
    let version = world
        .propose(&path, &json!({"payment_amount": 500, "payment_schedule": [{"milestone": "all", "amount": 500}]}))
        .await;
    let sign = format!("{amendments}/{version}/sign");
    world.business.post(&sign, &json!({})).await.ok();
    world.pay(&rows[1]).await;
    let message = world.creator.post(&sign, &json!({})).await.refused(409)["detail"].to_string();
    assert!(message.contains("1200.00 USD") && message.contains("cannot come into force"), "{message}");
    assert_eq!(world.get(&path).await["payment_amount"], 1200.0);
    world.business.delete(&format!("{amendments}/{version}")).await.ok();
    world.check(&path).await;
    world.verify_ledger().await;
}

#[both_engines]
async fn before_money_moves_the_currency_may_change(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let path = world.signed(json!({})).await;
    let amended = world.amend(&path, json!({"currency": "JPY"})).await;
    assert_eq!(amended["currency"], "JPY");
    let rows = world.payments(&path).await;
    assert_eq!(
        (rows.len(), &rows[0]["currency"], &rows[1]["currency"], &rows[1]["awaits_delivery"]),
        (2, &json!("JPY"), &json!("JPY"), &json!(true))
    );
    world.pay(&rows[0]).await;
    world.verify_ledger().await;
}

#[both_engines]
async fn a_contract_without_a_schedule_gets_one(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let path = world.signed(json!({"payment_schedule": []})).await;
    assert!(world.payments(&path).await.is_empty());
    world.amend(&path, json!({"payment_amount": 900, "payment_schedule": [{"milestone": "half", "percentage": 50}, {"milestone": "rest", "percentage": 50}]})).await;
    assert_eq!(world.told(&path).await, json!([["half", 450.0, "pending"], ["rest", 450.0, "pending"]]));
    // And loses it again: what is pending goes, and payments are made by hand.
    let rows = world.payments(&path).await;
    world.pay(&rows[0]).await;
    world.amend(&path, json!({"payment_schedule": []})).await;
    assert_eq!(world.told(&path).await, json!([["half", 450.0, "completed"]]));
    world.check(&path).await;
    world.verify_ledger().await;
}

#[both_engines]
async fn an_amendment_and_a_payment_at_once(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let none = json!({});
    for round in 0..8 {
        let path = world.signed(json!({})).await;
        let rows = world.payments(&path).await;
        let total = 600 + round * 100;
        let version = world
            .propose(
                &path,
                &json!({"payment_amount": total, "payment_schedule": [{"milestone": "all", "amount": total}]}),
            )
            .await;
        let sign = format!("{path}/amendments/{version}/sign");
        world.business.post(&sign, &none).await.ok();
        let process = format!("/api/v1/payments/{}/process", rows[1]["id"].as_str().unwrap());
        let (signed, paid) = tokio::join!(world.creator.post(&sign, &none), world.business.post(&process, &none));
        let in_force = signed.status == 200;
        assert!(
            matches!(signed.status, 200 | 409) && matches!(paid.status, 200 | 404 | 409),
            "{} {}",
            signed.text(),
            paid.text()
        );
        let after = world.payments(&path).await;
        let sum: f64 = after.iter().map(|row| row["amount"].as_f64().unwrap()).sum();
        let wanted = if in_force { i64::from(total) } else { 1200 };
        assert_eq!(sum.round() as i64, wanted, "{after:?}");
        assert_eq!(after.iter().any(|row| row["status"] == "completed"), paid.status == 200);
        // Less than the 800 that were just paid, it cannot have come into force after them.
        assert!(in_force || total < 800 && paid.status == 200, "{}", signed.text());
        world.check(&path).await;
    }
    world.verify_ledger().await;
}
