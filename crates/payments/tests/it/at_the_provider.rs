//! What is done with our money at Stripe, without our asking: refunds and reversals of its dashboard, and payers' disputes.

use serde_json::{Value, json};
use testkit::{FreshDb, both_engines};

use crate::World;
use crate::stripe::world;
use crate::stripe_stand_in::{Stripe, Trouble};

/// A refund that somebody made in the dashboard.
fn refund(id: &str, units: i64, status: &str) -> Value {
    json!({"id": id, "object": "refund", "amount": units, "currency": "usd", "charge": "ch_1", "payment_intent": "pi_1", "status": status,
        "reason": "requested_by_customer", "metadata": {}, "failure_reason": if status == "failed" { json!("lost_or_stolen_card") } else { json!(null) }})
}

fn dispute(id: &str, units: i64, status: &str) -> Value {
    json!({"id": id, "object": "dispute", "amount": units, "currency": "usd", "charge": "ch_1", "payment_intent": "pi_1", "status": status,
        "reason": "product_not_received", "evidence_details": {"due_by": 1_770_000_000}, "balance_transactions": [], "metadata": {}})
}

impl World {
    /// A payment of 100 that was charged as `pi_1`, and passed on as `tr_2` if the creator's account is known.
    async fn charged(&self, passed_on: bool) -> String {
        if passed_on {
            self.set_account().await;
        }
        let at = self.payment(100.0).await;
        assert_eq!(self.process_with(&at, "pm_card").await.ok()["transaction_id"], "pi_1");
        self.work().await;
        assert_eq!(self.get(&at).await["payout_status"], if passed_on { "paid" } else { "waiting" });
        at
    }
}

async fn started(fresh: testkit::FreshDb, passed_on: bool) -> (World, Stripe, String) {
    let (world, stripe) = world(fresh).await;
    let at = world.charged(passed_on).await;
    (world, stripe, at)
}

#[both_engines]
async fn a_refund_of_the_dashboard_counts_once(fresh: FreshDb) {
    let (world, _stripe, at) = started(fresh, false).await;
    world.tell("evt_1", "refund.created", &refund("re_a", 3_000, "pending")).await.ok();
    assert_eq!(world.get(&at).await["amount_refunded"], 0.0);
    for round in 0..3 {
        world.tell(&format!("evt_2{round}"), "refund.updated", &refund("re_a", 3_000, "succeeded")).await.ok();
        world.tell(&format!("evt_3{round}"), "charge.refund.updated", &refund("re_a", 3_000, "succeeded")).await.ok();
        world.tell(&format!("evt_4{round}"), "refund.created", &refund("re_a", 3_000, "pending")).await.ok();
    }
    let read = world.get(&at).await;
    assert_eq!((&read["amount_refunded"], &read["refund_status"]), (&json!(30.0), &json!("partially_refunded")));
    assert_eq!(world.balances("USD").await, json!({"brand": -70.0, "escrow": 70.0}));
    // More than is left, another currency, or another program's charge.
    world.tell("evt_5", "refund.created", &refund("re_b", 7_001, "succeeded")).await.refused(409);
    let mut other = refund("re_c", 100, "succeeded");
    other["currency"] = json!("eur");
    world.tell("evt_6", "refund.created", &other).await.refused(409);
    other["payment_intent"] = json!("pi_of_somebody");
    world.tell("evt_7", "refund.created", &other).await.ok();
    // The rest by our button; its event is known.
    world.client.post(&format!("{at}/refund"), &json!({})).await.ok();
    let read = world.get(&at).await;
    assert_eq!((&read["amount_refunded"], &read["refund_status"]), (&json!(100.0), &json!("refunded")));
    assert_eq!(world.verify().await.postings, 3);
}

#[both_engines]
async fn a_charge_says_that_something_went_back_and_the_refunds_are_asked_for(fresh: FreshDb) {
    let (world, stripe, at) = started(fresh, true).await;
    world.client.post(&format!("{at}/refund"), &json!({"amount": 10})).await.ok();
    stripe.add("refunds", &refund("re_a", 2_000, "succeeded"));
    stripe.add("refunds", &refund("re_b", 500, "succeeded"));
    let charge = json!({"id": "ch_1", "object": "charge", "payment_intent": "pi_1", "amount": 10_000, "amount_refunded": 3_500, "currency": "usd", "refunded": false});
    world.tell("evt_1", "charge.refunded", &charge).await.ok();
    world.tell("evt_2", "refund.created", &refund("re_a", 2_000, "succeeded")).await.ok();
    world.work().await;
    world.tell("evt_3", "refund.created", &refund("re_b", 500, "succeeded")).await.ok();
    world.tell("evt_4", "charge.refunded", &charge).await.ok();
    world.work().await;
    assert_eq!(world.get(&at).await["amount_refunded"], 35.0);
    // The creator still has their share of what was refunded there: so much is missing to the server's owner.
    assert_eq!(world.balances("USD").await, json!({"brand": -65.0, "escrow": -25.0, "creator": 81.0, "fees": 9.0}));
    world
        .tell("evt_5", "charge.refunded", &json!({"id": "ch_9", "object": "charge", "payment_intent": "pi_9"}))
        .await
        .ok();
    world.work().await;
    world.verify().await;
}

#[both_engines]
async fn a_refund_that_comes_back_is_held_again(fresh: FreshDb) {
    let (world, stripe, at) = started(fresh, false).await;
    world.tell("evt_1", "refund.created", &refund("re_a", 3_000, "succeeded")).await.ok();
    for round in 0..3 {
        world.tell(&format!("evt_2{round}"), "refund.failed", &refund("re_a", 3_000, "failed")).await.ok();
        world.tell(&format!("evt_3{round}"), "refund.updated", &refund("re_a", 3_000, "succeeded")).await.ok();
    }
    assert_eq!(world.get(&at).await["refund_status"], "none");
    assert_eq!(world.balances("USD").await, json!({"brand": -100.0, "escrow": 100.0}));
    // Failed before we heard that it was done: it never was.
    world.tell("evt_4", "refund.failed", &refund("re_b", 1_000, "failed")).await.ok();
    world.tell("evt_5", "refund.created", &refund("re_b", 1_000, "succeeded")).await.ok();
    assert_eq!(world.get(&at).await["amount_refunded"], 0.0);
    // One of ours comes back, too.
    world.client.post(&format!("{at}/refund"), &json!({"amount": 40})).await.ok();
    let ours = stripe.change("refunds", &json!({"status": "failed", "failure_reason": "expired_or_canceled_card"}));
    world.tell("evt_6", "refund.failed", &ours).await.ok();
    world.tell("evt_7", "refund.updated", &ours).await.ok();
    assert_eq!(world.get(&at).await["refund_status"], "none");
    world.client.post(&format!("{at}/refund"), &json!({})).await.ok();
    assert_eq!(world.balances("USD").await, json!({"brand": 0.0, "escrow": 0.0}));
    world.verify().await;
}

#[both_engines]
async fn a_lost_dispute_takes_the_money(fresh: FreshDb) {
    let (world, _stripe, at) = started(fresh, false).await;
    world.tell("evt_1", "charge.dispute.created", &dispute("du_1", 10_000, "needs_response")).await.ok();
    let read = world.get(&at).await;
    assert_eq!(
        (&read["dispute_status"], &read["dispute_reason"], &read["amount_disputed"]),
        (&json!("needs_response"), &json!("product_not_received"), &json!(100.0))
    );
    assert_eq!((&read["dispute_respond_by"], &read["status"]), (&json!("2026-02-02T02:40:00Z"), &json!("completed")));
    assert_eq!(world.balances("USD").await, json!({"brand": 0.0, "escrow": 0.0}));
    assert!(
        world.client.post(&format!("{at}/refund"), &json!({})).await.refused(409)["detail"]
            .as_str()
            .unwrap()
            .contains("taken back 100.00 USD")
    );
    // Nothing of it goes to the creator meanwhile.
    world.set_account().await;
    world.work().await;
    assert_eq!(world.get(&at).await["payout_status"], "waiting");
    for round in 0..3 {
        world
            .tell(
                &format!("evt_2{round}"),
                "charge.dispute.funds_withdrawn",
                &dispute("du_1", 10_000, "needs_response"),
            )
            .await
            .ok();
        world.tell(&format!("evt_3{round}"), "charge.dispute.closed", &dispute("du_1", 10_000, "lost")).await.ok();
        world
            .tell(&format!("evt_4{round}"), "charge.dispute.updated", &dispute("du_1", 10_000, "under_review"))
            .await
            .ok();
    }
    let read = world.get(&at).await;
    assert_eq!((&read["dispute_status"], &read["amount_disputed"]), (&json!("lost"), &json!(100.0)));
    assert_eq!((world.events("payment.disputed").await, world.events("payment.dispute_closed").await), (1, 1));
    assert_eq!(world.verify().await.postings, 2);
}

#[both_engines]
async fn a_won_dispute_gives_it_back_and_the_creator_is_paid(fresh: FreshDb) {
    let (world, stripe, at) = started(fresh, false).await;
    world.tell("evt_0", "charge.dispute.created", &dispute("du_1", 10_000, "warning_needs_response")).await.ok();
    let read = world.get(&at).await;
    assert_eq!((&read["dispute_status"], &read["amount_disputed"]), (&json!("warning_needs_response"), &json!(0.0)));
    world.tell("evt_1", "charge.dispute.updated", &dispute("du_1", 10_000, "needs_response")).await.ok();
    world.set_account().await;
    world.work().await;
    assert!(stripe.made("transfers").is_empty());
    world.tell("evt_2", "charge.dispute.closed", &dispute("du_1", 10_000, "won")).await.ok();
    world.tell("evt_3", "charge.dispute.funds_reinstated", &dispute("du_1", 10_000, "won")).await.ok();
    world.tell("evt_4", "charge.dispute.created", &dispute("du_1", 10_000, "needs_response")).await.ok();
    world.work().await;
    let read = world.get(&at).await;
    assert_eq!(
        (&read["dispute_status"], &read["amount_disputed"], &read["payout_status"]),
        (&json!("won"), &json!(0.0), &json!("paid"))
    );
    assert_eq!(world.balances("USD").await, json!({"brand": -100.0, "escrow": 0.0, "creator": 90.0, "fees": 10.0}));
    world.verify().await;
    // Known only when it was over, and over without money: nothing moves.
    let before = world.verify().await.postings;
    world.tell("evt_5", "charge.dispute.closed", &dispute("du_2", 10_000, "won")).await.ok();
    world.tell("evt_6", "charge.dispute.created", &dispute("du_2", 10_000, "needs_response")).await.ok();
    // Lost after the share was passed on: it is missing.
    world.tell("evt_7", "charge.dispute.closed", &dispute("du_3", 4_000, "lost")).await.ok();
    assert_eq!(world.verify().await.postings, before + 1);
    assert_eq!(world.balances("USD").await["escrow"], -40.0);
    // What is left can still be refunded, and no more.
    assert!(
        world
            .client
            .post(&format!("{at}/refund"), &json!({"amount": 60.01}))
            .await
            .refused(409)
            .to_string()
            .contains("40.00")
    );
    world.client.post(&format!("{at}/refund"), &json!({"amount": 60})).await.ok();
    world.work().await;
    world.verify().await;
}

#[both_engines]
async fn a_transfer_that_is_reversed_there_is_held_again(fresh: FreshDb) {
    let (world, stripe, at) = started(fresh, true).await;
    let reversal = |id: &str, units: i64| json!({"id": id, "object": "transfer_reversal", "amount": units, "currency": "usd", "metadata": {}, "transfer": "tr_2"});
    let transfer = |reversals: Vec<Value>| {
        let mut transfer = stripe.made("transfers")[0].clone();
        transfer["reversals"] = json!({"object": "list", "data": reversals, "has_more": false});
        transfer
    };
    for round in 0..3 {
        world.tell(&format!("evt_1{round}"), "transfer.reversed", &transfer(vec![reversal("trr_a", 4_500)])).await.ok();
    }
    let read = world.get(&at).await;
    assert_eq!((&read["payout_status"], &read["refund_status"]), (&json!("paid"), &json!("none")));
    assert_eq!(world.balances("USD").await, json!({"brand": -100.0, "escrow": 50.0, "creator": 45.0, "fees": 5.0}));
    // The second one comes in a list with the first.
    world
        .tell("evt_2", "transfer.reversed", &transfer(vec![reversal("trr_b", 4_500), reversal("trr_a", 4_500)]))
        .await
        .ok();
    assert_eq!(world.get(&at).await["payout_status"], "reversed");
    assert_eq!(world.balances("USD").await, json!({"brand": -100.0, "escrow": 100.0, "creator": 0.0, "fees": 0.0}));
    // It is not passed on again by itself, and can go back to the brand.
    world.set_account().await;
    world.work().await;
    assert_eq!(stripe.made("transfers").len(), 1);
    world.client.post(&format!("{at}/refund"), &json!({})).await.ok();
    assert_eq!(world.balances("USD").await["brand"], 0.0);
    world.tell("evt_3", "transfer.reversed", &transfer(vec![reversal("trr_c", 1)])).await.refused(409);
    world.verify().await;
}

#[both_engines]
async fn our_own_reversal_is_not_heard_as_another_one(fresh: FreshDb) {
    let (world, stripe, at) = started(fresh, true).await;
    world.client.post(&format!("{at}/refund"), &json!({"amount": 50})).await.ok();
    let mut transfer = stripe.made("transfers")[0].clone();
    transfer["reversals"] = json!({"data": stripe.made("transfers/tr_2/reversals")});
    world.tell("evt_1", "transfer.reversed", &transfer).await.ok();
    for refund in stripe.made("refunds") {
        world.tell("evt_2", "refund.created", &refund).await.ok();
    }
    assert_eq!(world.balances("USD").await, json!({"brand": -50.0, "escrow": 0.0, "creator": 45.0, "fees": 5.0}));
    world.verify().await;
}

#[both_engines]
async fn what_follows_from_a_charge_says_that_it_was_done(fresh: FreshDb) {
    let (world, stripe) = world(fresh).await;
    let at = world.payment(100.0).await;
    // The charge's own event has not come yet, and its name is known from the answer.
    assert_eq!(world.process_with(&at, "pm_slow").await.ok()["status"], "processing");
    world.tell("evt_1", "refund.created", &refund("re_a", 3_000, "succeeded")).await.ok();
    let read = world.get(&at).await;
    assert_eq!((&read["status"], &read["amount_refunded"]), (&json!("completed"), &json!(30.0)));
    let done = stripe.change("payment_intents", &json!({"status": "succeeded"}));
    world.tell("evt_2", "payment_intent.succeeded", &done).await.ok();
    let failed = stripe.change(
        "payment_intents",
        &json!({"status": "requires_payment_method", "last_payment_error": {"code": "card_declined", "message": "No"}}),
    );
    world.tell("evt_3", "payment_intent.payment_failed", &failed).await.ok();
    assert_eq!(world.get(&at).await["status"], "completed");
    world.verify().await;
    // The answer was lost, and with it the charge's name: Stripe is asked to tell it again.
    let at = world.payment(5.0).await;
    stripe.trouble(&[Trouble::Half, Trouble::Half]);
    world.process_with(&at, "pm_card").await.refused(502);
    stripe.trouble(&[]);
    let mut lost = refund("re_b", 200, "succeeded");
    lost["payment_intent"] = json!("pi_2");
    world.tell("evt_4", "refund.created", &lost).await.refused(409);
    world.later().await;
    world.tell("evt_4", "refund.created", &lost).await.ok();
    assert_eq!(world.get(&at).await["amount_refunded"], 2.0);
    world.verify().await;
}

#[both_engines]
async fn a_debit_that_bounces_later_fails_and_is_tried_again(fresh: FreshDb) {
    let (world, stripe) = world(fresh).await;
    let at = world.payment(100.0).await;
    assert_eq!(world.process_with(&at, "pm_slow").await.ok()["status"], "processing");
    let bounced = stripe.change("payment_intents", &json!({"status": "requires_payment_method", "last_payment_error": {"code": "debit_not_authorized", "message": "The bank said no."}}));
    for round in 0..2 {
        world.tell(&format!("evt_1{round}"), "payment_intent.payment_failed", &bounced).await.ok();
    }
    let read = world.get(&at).await;
    assert_eq!((&read["status"], &read["failure_code"]), (&json!("failed"), &json!("debit_not_authorized")));
    let again = json!({"payment_details": {"card_token": "pm_card"}});
    assert_eq!(world.client.post(&format!("{at}/retry"), &again).await.ok()["status"], "completed");
    world.verify().await;
}

#[both_engines]
async fn many_at_once_count_once(fresh: FreshDb) {
    let (world, _stripe, at) = started(fresh, true).await;
    let told = (0..12).map(|round| {
        let world = &world;
        async move {
            let (kind, object) = match round % 3 {
                0 => ("refund.created", refund("re_a", 2_000, "succeeded")),
                1 => ("charge.dispute.created", dispute("du_1", 3_000, "needs_response")),
                _ => ("charge.dispute.closed", dispute("du_1", 3_000, "lost")),
            };
            world.tell(&format!("evt_{round}"), kind, &object).await.ok();
        }
    });
    futures::future::join_all(told).await;
    let read = world.get(&at).await;
    assert_eq!(
        (&read["amount_refunded"], &read["amount_disputed"], &read["dispute_status"]),
        (&json!(20.0), &json!(30.0), &json!("lost"))
    );
    world.verify().await;
}
