//! Payments through Stripe, over real HTTP: what is sent, what goes wrong on the way, and what its webhook tells.

use axum::http::Method;
use kernel::time;
use payments::Settings;
use serde_json::{Value, json};
use testkit::{FreshDb, Reply, both_engines};

use crate::World;
use crate::stripe_stand_in::{Stripe, Trouble, signature};

const WEBHOOK: &str = "/api/v1/payments/webhook";
const INTENTS: &str = "payment_intents";

pub(crate) async fn world(fresh: FreshDb) -> (World, Stripe) {
    let stripe = Stripe::start().await;
    let world = World::with(fresh, stripe.gateway(), Settings { fee: 1_000, ..Settings::default() }).await;
    (world, stripe)
}

impl World {
    pub(crate) async fn process_with(&self, at: &str, token: &str) -> Reply {
        self.client.post(&format!("{at}/process"), &json!({"payment_details": {"card_token": token}})).await
    }

    pub(crate) async fn tell(&self, id: &str, kind: &str, object: &Value) -> Reply {
        let body = json!({"id": id, "object": "event", "type": kind, "data": {"object": object}}).to_string();
        let signed = signature(&body, self.clock.now().micros() / time::SECOND);
        self.anyone().with("stripe-signature", &signed).raw(Method::POST, WEBHOOK, "application/json", body).await
    }

    pub(crate) async fn set_account(&self) {
        let path = format!("/api/v1/payments/payout-accounts/{}", self.creator);
        let just_now = self.people.log_in_again(&self.creator_account, &self.clock);
        self.of(&just_now).put(&path, &json!({"account": "acct_1"})).await.ok();
    }

    /// Waits until the jobs of attempts look again.
    pub(crate) async fn later(&self) {
        self.advance(time::HOUR);
        self.work().await;
    }
}

#[both_engines]
async fn money_goes_its_way_and_back(fresh: FreshDb) {
    let (world, stripe) = world(fresh).await;
    let at = world.payment(100.0).await;
    let body = json!({"payment_method": "card", "payment_details": {"card_token": "pm_card", "customer": "cus_1"}});
    let processed = world.client.post(&format!("{at}/process"), &body).await.ok();
    assert_eq!(
        (&processed["status"], &processed["transaction_id"], &processed["provider"]),
        (&json!("completed"), &json!("pi_1"), &json!("stripe"))
    );
    let asked = stripe.seen();
    let payment = at.rsplit('/').next().unwrap();
    for (field, value) in [
        ("amount", "10000"),
        ("currency", "usd"),
        ("payment_method", "pm_card"),
        ("customer", "cus_1"),
        ("confirm", "true"),
        ("off_session", "true"),
        ("transfer_group", payment),
        ("metadata[payment]", payment),
        ("metadata[attempt]", asked[0].key.as_deref().unwrap()),
    ] {
        assert_eq!(asked[0].field(field), Some(value), "{field}");
    }
    // Nobody knows where the creator's share goes: it is held.
    world.work().await;
    assert_eq!(world.get(&at).await["payout_status"], "waiting");
    assert_eq!(world.balances("USD").await, json!({"brand": -100.0, "escrow": 100.0}));
    world.client.post(&format!("{at}/refund"), &json!({"amount": 10})).await.ok();
    world.set_account().await;
    world.work().await;
    assert_eq!(world.get(&at).await["payout_status"], "paid");
    let transfer = stripe.seen().into_iter().find(|seen| seen.asked == "POST transfers").unwrap();
    for (field, value) in
        [("amount", "8100"), ("destination", "acct_1"), ("source_transaction", "ch_1"), ("transfer_group", payment)]
    {
        assert_eq!(transfer.field(field), Some(value), "{field}");
    }
    assert_eq!(world.balances("USD").await, json!({"brand": -90.0, "escrow": 0.0, "creator": 81.0, "fees": 9.0}));
    assert_eq!(world.client.post(&format!("{at}/refund"), &json!({})).await.ok()["refund_status"], "refunded");
    assert_eq!(stripe.made("transfers/tr_3/reversals")[0]["amount"], 8_100);
    assert_eq!(
        stripe.made("refunds").iter().map(|it| it["amount"].clone()).collect::<Vec<_>>(),
        [json!(1_000), json!(9_000)]
    );
    world.verify().await;
}

#[both_engines]
async fn what_the_bank_refuses_is_told(fresh: FreshDb) {
    let (world, stripe) = world(fresh).await;
    let at = world.payment(5.0).await;
    for (token, code) in [("pm_declined", "insufficient_funds"), ("pm_unknown", "resource_missing")] {
        let body = world.process_with(&at, token).await.ok();
        assert_eq!((&body["status"], &body["failure_code"]), (&json!("failed"), &json!(code)));
        assert!(!body["failure_message"].as_str().unwrap().is_empty());
    }
    assert_eq!(world.process_with(&at, "pm_card").await.ok()["status"], "completed");
    assert_eq!(stripe.made(INTENTS).iter().filter(|it| it["status"] == "succeeded").count(), 1);
    world.verify().await;
}

#[both_engines]
async fn what_was_certainly_not_done_fails_and_may_be_tried_again(fresh: FreshDb) {
    let (world, stripe) = world(fresh).await;
    let at = world.payment(5.0).await;
    for (status, words) in [(401, "check STRIPE_SECRET_KEY"), (403, "STRIPE_SECRET_KEY may do"), (429, "try again in")]
    {
        stripe.trouble(&[Trouble::Status(status), Trouble::Status(status)]);
        let reply = world.process_with(&at, "pm_card").await;
        assert!(reply.refused(502)["detail"].as_str().unwrap().contains(words), "{}", reply.text());
        assert!(!reply.text().contains("do_not_show"));
        assert_eq!(world.get(&at).await["status"], "failed");
    }
    stripe.trouble(&[]);
    assert_eq!(world.process_with(&at, "pm_card").await.ok()["status"], "completed");
    assert_eq!(stripe.made(INTENTS).len(), 1);
    world.verify().await;
}

#[both_engines]
async fn a_lost_answer_is_found_and_nothing_is_charged_twice(fresh: FreshDb) {
    let (world, stripe) = world(fresh).await;
    for trouble in [Trouble::DoneThen(500), Trouble::Half, Trouble::Hang, Trouble::Status(500), Trouble::Status(409)] {
        let at = world.payment(5.0).await;
        let before = stripe.made(INTENTS).len();
        stripe.trouble(&[trouble, trouble]);
        let reply = world.process_with(&at, "pm_card").await;
        assert!(
            reply.refused(502)["detail"].as_str().unwrap().contains("do not pay it again"),
            "{trouble:?}: {}",
            reply.text()
        );
        assert_eq!(world.get(&at).await["status"], "processing", "{trouble:?}");
        world.process_with(&at, "pm_card").await.refused(409);
        stripe.trouble(&[]);
        world.later().await;
        assert_eq!(world.get(&at).await["status"], "completed", "{trouble:?}");
        assert_eq!(stripe.made(INTENTS).len(), before + 1, "{trouble:?}");
    }
    // Trouble that passes is not even told.
    let at = world.payment(5.0).await;
    stripe.trouble(&[Trouble::Half]);
    assert_eq!(world.process_with(&at, "pm_card").await.ok()["status"], "completed");
    assert_eq!(stripe.made(INTENTS).len(), 6);
    world.verify().await;
}

#[both_engines]
async fn a_refund_whose_answer_is_lost_is_found(fresh: FreshDb) {
    let (world, stripe) = world(fresh).await;
    world.set_account().await;
    let at = world.payment(50.0).await;
    world.process_with(&at, "pm_card").await.ok();
    world.work().await;
    // First the reversal's answer is lost, then the refund's.
    for round in 0..2 {
        stripe.trouble(&[Trouble::Half, Trouble::Half]);
        let refund = format!("{at}/refund");
        let body = json!({"amount": 20});
        if round == 1 {
            stripe.trouble(&[]);
        }
        let reply = world.client.post(&refund, &body).await;
        assert_eq!(reply.status, if round == 0 { 502 } else { 200 }, "{}", reply.text());
        if round == 0 {
            assert_eq!(world.get(&at).await["refund_status"], "refunding");
            world.client.post(&refund, &body).await.refused(409);
        }
        stripe.trouble(&[]);
        world.later().await;
    }
    assert_eq!(world.get(&at).await["amount_refunded"], 40.0);
    assert_eq!((stripe.made("refunds").len(), stripe.made("transfers/tr_2/reversals").len()), (2, 2));
    assert_eq!(world.balances("USD").await, json!({"brand": -10.0, "escrow": 0.0, "creator": 9.0, "fees": 1.0}));
    world.verify().await;
}

#[both_engines]
async fn a_crash_before_the_question_is_asked_later(fresh: FreshDb) {
    let (world, stripe) = world(fresh).await;
    let at = world.payment(5.0).await;
    stripe.trouble(&[Trouble::Status(503), Trouble::Status(503)]);
    world.process_with(&at, "pm_card").await.refused(502);
    assert_eq!(stripe.made(INTENTS).len(), 0);
    stripe.trouble(&[]);
    world.later().await;
    assert_eq!(world.get(&at).await["status"], "completed");
    let keys: std::collections::BTreeSet<_> =
        stripe.seen().into_iter().filter(|seen| seen.asked == "POST payment_intents").map(|seen| seen.key).collect();
    assert_eq!((keys.len(), stripe.made(INTENTS).len()), (1, 1), "always the same key");
    // So old that Stripe may have forgotten the key: then it is not asked again.
    let at = world.payment(6.0).await;
    stripe.trouble(&[Trouble::Status(503), Trouble::Status(503)]);
    world.process_with(&at, "pm_card").await.refused(502);
    stripe.trouble(&[]);
    world.advance(25 * time::HOUR);
    world.work().await;
    let read = world.get(&at).await;
    assert_eq!((&read["status"], &read["failure_code"]), (&json!("failed"), &json!("never_arrived")));
    assert_eq!(stripe.made(INTENTS).len(), 1);
    world.verify().await;
}

#[both_engines]
async fn the_payer_has_to_confirm(fresh: FreshDb) {
    let (world, stripe) = world(fresh).await;
    let at = world.payment(5.0).await;
    let body = world.process_with(&at, "pm_action").await.ok();
    assert_eq!(
        (&body["status"], &body["client_secret"], &body["next_action_url"]),
        (&json!("processing"), &json!("pi_1_secret"), &json!("https://bank.example/3ds"))
    );
    assert_eq!(body["estimated_completion"], Value::Null);
    let intent = stripe.change(INTENTS, &json!({"status": "succeeded"}));
    world.tell("evt_1", "payment_intent.succeeded", &intent).await.ok();
    assert_eq!(world.get(&at).await["status"], "completed");
    // Without a card the payer is asked for one, by the same way.
    let at = world.payment(6.0).await;
    let body = world.client.post(&format!("{at}/process"), &json!({})).await.ok();
    assert_eq!((&body["status"], &body["client_secret"]), (&json!("processing"), &json!("pi_2_secret")));
    stripe.change(INTENTS, &json!({"status": "succeeded"}));
    world.later().await;
    assert_eq!(world.get(&at).await["status"], "completed");
    world.verify().await;
}

#[both_engines]
async fn the_payers_secret_is_told_again_and_stored_nowhere(fresh: FreshDb) {
    let (world, stripe) = world(fresh).await;
    let at = world.payment(5.0).await;
    let client = world.client.clone().with("idempotency-key", "once");
    let body = json!({"payment_details": {"card_token": "pm_action"}});
    for _ in 0..3 {
        let told = client.post(&format!("{at}/process"), &body).await.ok();
        assert_eq!((&told["status"], &told["client_secret"]), (&json!("processing"), &json!("pi_1_secret")));
    }
    assert_eq!(stripe.made(INTENTS).len(), 1);
    let mut tx = world.fresh.db.read().await.unwrap();
    for (table, column) in [("idempotency_keys", "body"), ("payment_attempts", "reference"), ("events", "payload")] {
        let sql = format!("SELECT count(*) FROM {table} WHERE {column} LIKE '%secret%'");
        assert_eq!(tx.fetch_value::<i64>(&sql, vec![]).await.unwrap(), 0, "{table}");
    }
    drop(tx);
    // Once it has gone through, that is what is told from then on.
    stripe.change(INTENTS, &json!({"status": "succeeded"}));
    world.later().await;
    let told = client.post(&format!("{at}/process"), &body).await.ok();
    assert_eq!((&told["status"], &told["client_secret"]), (&json!("completed"), &Value::Null));
    world.verify().await;
}

#[both_engines]
async fn a_payer_who_left_is_let_go_and_the_payment_begun_anew(fresh: FreshDb) {
    let (world, stripe) = world(fresh).await;
    let (at, other) = (world.payment(5.0).await, world.payment(6.0).await);
    world.process_with(&other, "pm_action").await.ok();
    world.process_with(&at, "pm_action").await.ok();
    world.later().await;
    assert_eq!(world.get(&at).await["status"], "processing", "an hour is not long");
    world.advance(25 * time::HOUR);
    world.work().await;
    for path in [&at, &other] {
        let read = world.get(path).await;
        assert_eq!((&read["status"], &read["failure_code"]), (&json!("failed"), &json!("canceled")), "{read}");
    }
    assert!(stripe.made(INTENTS).iter().all(|intent| intent["status"] == "canceled"));
    assert_eq!(world.process_with(&at, "pm_card").await.ok()["status"], "completed");
    // One that went through just before it would have been taken back has gone through.
    let late = world.payment(7.0).await;
    world.process_with(&late, "pm_action").await.ok();
    stripe.change(INTENTS, &json!({"status": "succeeded"}));
    world.advance(25 * time::HOUR);
    world.work().await;
    assert_eq!(world.get(&late).await["status"], "completed");
    world.verify().await;
}

#[both_engines]
async fn a_share_that_was_taken_back_for_a_refund_that_failed_goes_to_the_creator_again(fresh: FreshDb) {
    let (world, stripe) = world(fresh).await;
    world.set_account().await;
    let at = world.payment(100.0).await;
    world.process_with(&at, "pm_card").await.ok();
    world.work().await;
    assert_eq!(world.balances("USD").await["creator"], 90.0);
    let body = world.client.post(&format!("{at}/refund"), &json!({"amount": 13.13})).await.ok();
    assert_eq!(body["amount_refunded"], 0.0, "{body}");
    world.work().await;
    assert_eq!(stripe.made("transfers").len(), 2, "it was passed on again");
    assert_eq!(world.balances("USD").await, json!({"brand": -100.0, "escrow": 0.0, "creator": 90.0, "fees": 10.0}));
    assert_eq!(world.get(&at).await["payout_status"], "paid");
    // Another refund works as ever.
    world.client.post(&format!("{at}/refund"), &json!({"amount": 20})).await.ok();
    assert_eq!(world.balances("USD").await["brand"], -80.0);
    world.verify().await;
}

#[both_engines]
async fn the_webhook_comes_before_the_answer(fresh: FreshDb) {
    let (world, stripe) = world(fresh).await;
    let at = world.payment(5.0).await;
    stripe.trouble(&[Trouble::Hold]);
    let (client, process) = (world.client.clone(), format!("{at}/process"));
    let asked =
        tokio::spawn(
            async move { client.post(&process, &json!({"payment_details": {"card_token": "pm_card"}})).await },
        );
    let intent = stripe.wait_for(INTENTS).await;
    world.tell("evt_1", "payment_intent.succeeded", &intent).await.ok();
    assert_eq!(world.get(&at).await["status"], "completed");
    stripe.go_on();
    let body = asked.await.unwrap().ok();
    assert_eq!((&body["status"], &body["transaction_id"]), (&json!("completed"), &json!("pi_1")));
    world.work().await;
    assert_eq!(world.balances("USD").await["brand"], -5.0);
    assert_eq!(world.verify().await.postings, 1);
}

#[both_engines]
async fn five_times_and_in_any_order(fresh: FreshDb) {
    let (world, stripe) = world(fresh).await;
    let at = world.payment(5.0).await;
    assert_eq!(world.process_with(&at, "pm_slow").await.ok()["status"], "processing");
    let early = stripe.made(INTENTS)[0].clone();
    let failed = stripe.change(
        INTENTS,
        &json!({"status": "requires_payment_method", "last_payment_error": {"code": "card_declined", "message": "No"}}),
    );
    let done = stripe.change(INTENTS, &json!({"status": "succeeded", "last_payment_error": null}));
    for round in 0..5 {
        world.tell("evt_done", "payment_intent.succeeded", &done).await.ok();
        world.tell("evt_early", "payment_intent.processing", &early).await.ok();
        world.tell(&format!("evt_failed_{round}"), "payment_intent.payment_failed", &failed).await.ok();
        world.tell(&format!("evt_done_{round}"), "payment_intent.succeeded", &done).await.ok();
        assert_eq!(world.get(&at).await["status"], "completed");
    }
    world.later().await;
    assert_eq!(world.verify().await.postings, 1);

    // The other way round: what was refused goes through after all, on the same intent.
    let at = world.payment(6.0).await;
    let body = world.process_with(&at, "pm_declined").await.ok();
    assert_eq!(body["status"], "failed");
    let done = stripe.change(INTENTS, &json!({"status": "succeeded", "last_payment_error": null}));
    world.tell("evt_late", "payment_intent.succeeded", &done).await.ok();
    assert_eq!(world.get(&at).await["status"], "completed");
    world.verify().await;
}

#[both_engines]
async fn a_charge_that_comes_too_late_goes_back(fresh: FreshDb) {
    let (world, stripe) = world(fresh).await;
    let at = world.payment(5.0).await;
    world.process_with(&at, "pm_declined").await.ok();
    let late = stripe.change(INTENTS, &json!({"status": "succeeded", "last_payment_error": null}));
    assert_eq!(world.process_with(&at, "pm_card").await.ok()["status"], "completed");
    world.tell("evt_late", "payment_intent.succeeded", &late).await.ok();
    assert_eq!(world.balances("USD").await, json!({"brand": -10.0, "escrow": 10.0}));
    world.verify().await;
    world.work().await;
    assert_eq!(stripe.made("refunds")[0]["payment_intent"], "pi_1");
    assert_eq!(world.balances("USD").await, json!({"brand": -5.0, "escrow": 5.0}));
    let read = world.get(&at).await;
    assert_eq!(
        (&read["status"], &read["refund_status"], &read["transaction_id"]),
        (&json!("completed"), &json!("none"), &json!("pi_2"))
    );
    world.verify().await;
}

#[both_engines]
async fn only_stripe_is_listened_to(fresh: FreshDb) {
    let (world, stripe) = world(fresh).await;
    let at = world.payment(5.0).await;
    world.process_with(&at, "pm_slow").await.ok();
    let done = stripe.change(INTENTS, &json!({"status": "succeeded"}));
    let body = json!({"id": "evt_1", "type": "payment_intent.succeeded", "data": {"object": done}}).to_string();
    let seconds = world.clock.now().micros() / time::SECOND;
    let post = |header: String, body: String| {
        let client = world.anyone().with("stripe-signature", &header);
        async move { client.raw(Method::POST, WEBHOOK, "application/json", body).await }
    };
    post(signature(&body, seconds - 301), body.clone()).await.refused(401);
    post(signature(&body, seconds), body.replace('5', "6")).await.refused(401);
    post("t=1".into(), body.clone()).await.refused(401);
    world.anyone().raw(Method::POST, WEBHOOK, "application/json", body.clone()).await.refused(401);
    post(signature("{", seconds), "{".into()).await.refused(400);
    // Signed, but about another amount, another's attempt, or something else altogether.
    let mut other = done.clone();
    other["amount"] = json!(1);
    world.tell("evt_2", "payment_intent.succeeded", &other).await.refused(409);
    other["metadata"]["attempt"] = json!("0190a000-0000-7000-8000-000000000000");
    world.tell("evt_3", "payment_intent.succeeded", &other).await.ok();
    world.tell("evt_4", "customer.created", &json!({"object": "customer"})).await.ok();
    assert_eq!(world.get(&at).await["status"], "processing");
    post(signature(&body, seconds), body).await.ok();
    assert_eq!(world.get(&at).await["status"], "completed");
    world.verify().await;
}

#[both_engines]
async fn yen_have_no_cents_and_payouts_that_fail_are_held(fresh: FreshDb) {
    let (world, stripe) = world(fresh).await;
    world.set_account().await;
    let yen = world.contract_of("JPY");
    let made = world.client.post("/api/v1/payments", &json!({"contract_id": yen, "amount": 500})).await.ok();
    let at = crate::path(&made);
    world.process_with(&at, "pm_card").await.ok();
    assert_eq!(stripe.seen()[0].field("amount"), Some("500"));
    stripe.trouble(&[Trouble::Status(400)]);
    world.work().await;
    let read = world.get(&at).await;
    assert_eq!((&read["status"], &read["payout_status"]), (&json!("completed"), &json!("failed")));
    world.set_account().await;
    world.work().await;
    assert_eq!(world.get(&at).await["payout_status"], "paid");
    assert_eq!(stripe.made("transfers")[0]["amount"], 450);
    world.verify().await;
}
