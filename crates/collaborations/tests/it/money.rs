//! Contracts and money: drafted once, due once, frozen by disputes, given back.

use collaborations::ContractWish;
use kernel::time::{DAY, MINUTE};
use payments::Status;
use serde_json::{Value, json};
use testkit::{FreshDb, both_engines};

use crate::{Made as _, World};

impl World {
    /// Both sign the contract of a collaboration themselves.
    pub(crate) async fn sign(&self, path: &str) {
        let contract = self.contract(path).await;
        self.business.put(&contract, &json!({"status": "sent"})).await.ok();
        self.business.post(&format!("{contract}/sign"), &json!({"attest_counterpart": true})).await.refused(409);
        self.business.post(&format!("{contract}/sign"), &json!({})).await.ok();
        let schedule = json!({"scheduled_date": "2030-03-01T10:00:00Z"});
        if self.get(path).await["contract"] == "required" {
            self.creator.post(&format!("{path}/schedule"), &schedule).await.refused(409);
        }
        let signed = self.creator.post(&format!("{contract}/sign"), &json!({"name": "Ana"})).await.ok();
        assert_eq!(signed["status"], "signed");
    }

    async fn contract(&self, path: &str) -> String {
        format!("/api/v1/contracts/{}", self.get(path).await["contract_id"].as_str().unwrap())
    }

    /// A collaboration under a signed contract, of which content waits for its review; and that content.
    async fn under_contract(&self) -> (String, String) {
        let path = self.opened(ContractWish::Required).await;
        self.sign(&path).await;
        self.schedule(&path).await;
        let submission = self.submit(&path, "#summer2026").await;
        (path, submission)
    }

    async fn pay(&self, path: &str) {
        for payment in self.payments(path).await {
            if payment.status == Status::Pending {
                let at = format!("/api/v1/payments/{}/process", payment.id);
                assert_eq!(self.business.post(&at, &json!({})).await.ok()["status"], "completed");
            }
        }
    }

    /// What the jobs of payments have to do comes a while later.
    async fn settle(&self) {
        for _ in 0..3 {
            self.clock.advance(2 * MINUTE);
            self.run().await;
        }
        self.verify_ledger().await;
    }
}

#[both_engines]
async fn nothing_is_scheduled_before_both_have_signed(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let path = world.opened(ContractWish::Required).await;
    let body = world.get(&path).await;
    assert_eq!((&body["waits_for"], &body["money"]["contract_status"]), (&json!("SIGNATURES"), &json!("draft")));
    let schedule = json!({"scheduled_date": "2030-03-01T10:00:00Z"});
    world.business.post(&format!("{path}/schedule"), &schedule).await.refused(409);
    let contract = world.get(&world.contract(&path).await).await;
    assert_eq!((&contract["payment_amount"], &contract["terms"]["usage_rights"]), (&json!(1500.0), &json!("6 months")));
    assert_eq!(contract["deliverables_status"][0]["deadline"], "2030-03-15T00:00:00Z");
    world.sign(&path).await;
    world.schedule(&path).await;
    world
        .until(&path, |body| body["timeline"].as_array().unwrap().iter().any(|one| one["kind"] == "contract_signed"))
        .await;
    // The creator had no entry in the directory: the one that was made is the workspace's own.
    assert_eq!(
        world.other_business.get(&format!("/api/v1/contracts/{}", contract["id"].as_str().unwrap())).await.status,
        404
    );
}

#[both_engines]
async fn approval_makes_the_payment_due_exactly_once(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let (path, submission) = world.under_contract().await;
    assert!(world.payments(&path).await.iter().all(|one| one.awaits_delivery));
    let (approve, nothing) = (format!("{submission}/approve"), json!({}));
    let (a, b) = tokio::join!(world.business.post(&approve, &nothing), world.business.post(&approve, &nothing));
    assert!((a.status == 200) != (b.status == 200));
    let told = if a.status == 200 { a.json() } else { b.json() };
    assert!(told["message"].as_str().unwrap().contains("payment is due"));
    assert_eq!((world.happened("payment.due").await, world.happened("deliverable.approved").await), (1, 1));
    assert_eq!(world.get(&path).await["money"]["due"], 1500.0);
    world.pay(&path).await;
    let body = world.until(&path, |body| !body["money"]["paid_at"].is_null()).await;
    assert_eq!(body["money"]["paid"], 1500.0);
    world.business.post(&format!("{path}/rate"), &json!({"rating": 5})).await.ok();
    world.creator.post(&format!("{path}/rate"), &json!({"rating": 5})).await.ok();
    let karma = world.creator.get("/api/v1/karma").await.ok();
    let rules: Vec<&Value> = karma["history"].as_array().unwrap().iter().map(|one| &one["rule"]).collect();
    assert!(rules.contains(&&json!("paid")), "{karma:#}");
    world.settle().await;
}

#[both_engines]
async fn a_contract_that_is_signed_after_the_approval_is_paid_all_the_same(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let path = world.opened(ContractWish::Draft).await;
    world.schedule(&path).await;
    let submission = world.submit(&path, "#summer2026").await;
    let approved = world.business.post(&format!("{submission}/approve"), &json!({})).await.ok();
    assert!(approved["message"].as_str().unwrap().contains("no money is moved"));
    world.sign(&path).await;
    let body = world.until(&path, |body| body["money"]["due"] == 1500.0).await;
    assert_eq!(body["money"]["moved_by_us"], true);
    assert_eq!(world.happened("payment.due").await, 1);
}

#[both_engines]
async fn what_was_paid_goes_back_when_it_is_called_off(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let path = world.opened(ContractWish::Required).await;
    world.sign(&path).await;
    world.schedule(&path).await;
    world.pay(&path).await;
    world.settle().await;
    world.creator.post(&format!("{path}/cancel"), &json!({"reason": "I am ill"})).await.ok();
    world.settle().await;
    let payment = &world.payments(&path).await[0];
    assert_eq!((payment.refunded, payment.status), (payment.amount, Status::Completed));
    let body = world.get(&path).await;
    assert_eq!(
        (&body["status"], &body["money"]["contract_status"], &body["money"]["refunded"]),
        (&json!("CANCELLED"), &json!("cancelled"), &json!(1500.0))
    );
}

#[both_engines]
async fn disputes_freeze_the_payment_and_decisions_move_it(fresh: FreshDb) {
    let world = World::new(fresh).await;
    for (decision, pays_before, kept) in
        [("refunded", true, 0), ("split", true, 50_000), ("split", false, 50_000), ("paid", false, 150_000)]
    {
        let (path, _) = world.under_contract().await;
        if pays_before {
            world.pay(&path).await;
            world.settle().await;
        }
        let opened =
            world.creator.post(&format!("{path}/dispute"), &json!({"reason": "They never answer"})).await.made();
        assert_eq!(world.get(&path).await["money"]["is_frozen"], true);
        let payment = &world.payments(&path).await[0];
        let at = format!("/api/v1/payments/{}", payment.id);
        if pays_before {
            world.business.post(&format!("{at}/refund"), &json!({})).await.refused(409);
        } else {
            world.business.post(&format!("{at}/process"), &json!({})).await.refused(409);
        }
        // Cancelling the contract takes nothing out of the decision's hands.
        let decide = format!("/api/v1/admin/disputes/{}/decide", opened["id"].as_str().unwrap());
        let mut verdict = json!({"decision": decision, "reason": "The record says so"});
        if decision == "split" {
            verdict["creator_gets"] = json!(500);
        }
        world.admin.post(&decide, &verdict).await.ok();
        world.settle().await;
        if decision != "refunded" {
            world.pay(&path).await;
            world.settle().await;
        }
        let held: i64 = world
            .payments(&path)
            .await
            .iter()
            .filter(|one| one.status == Status::Completed)
            .map(|one| one.amount.minor() - one.refunded.minor())
            .sum();
        assert_eq!(held, kept, "{decision}");
        assert_eq!(world.get(&path).await["money"]["is_frozen"], false);
    }
    world.clock.advance(DAY);
}

#[both_engines]
async fn what_is_not_paid_for_two_weeks_costs_the_business(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let (path, submission) = world.under_contract().await;
    world.business.post(&format!("{submission}/approve"), &json!({})).await.ok();
    world
        .until(&path, |body| body["timeline"].as_array().unwrap().iter().any(|one| one["kind"] == "contract_signed"))
        .await;
    world.clock.advance(13 * DAY);
    world.run().await;
    assert_eq!(world.happened("collaboration.unpaid").await, 0);
    world.clock.advance(2 * DAY);
    world.run().await;
    world.clock.advance(DAY);
    world.run().await;
    assert_eq!(world.happened("collaboration.unpaid").await, 1);
    assert_eq!(world.standing(&world.business_account).await.failed, 1);
}
