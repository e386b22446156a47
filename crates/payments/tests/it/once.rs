//! Once, whatever happens: many at the same time, the same key again, answers that got lost.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use kernel::time;
use payments::Settings;
use serde_json::json;
use testkit::{FreshDb, both_engines};

use crate::{Counting, World, path};

const ALL: &str = "/api/v1/payments";

#[both_engines]
async fn every_post_that_spends_is_done_once_for_its_key(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let (pending, failed, paid) = (world.payment(10.0).await, world.payment(20.0).await, world.paid(30.0).await);
    let declined = json!({"payment_details": {"card_token": "tok_decline"}});
    assert_eq!(world.client.post(&format!("{failed}/process"), &declined).await.ok()["status"], "failed");
    world.work().await;
    for (at, body, other) in [
        (
            "/api/v1/payments".to_owned(),
            json!({"contract_id": world.contract, "amount": 1}),
            json!({"contract_id": world.contract, "amount": 2}),
        ),
        (format!("{pending}/process"), json!({"payment_method": "card"}), json!({"payment_method": "bank"})),
        (format!("{failed}/retry"), json!({"payment_method": "card"}), json!({})),
        (format!("{paid}/refund"), json!({"amount": 5}), json!({"amount": 6})),
    ] {
        let keyed = world.client.clone().with("idempotency-key", &format!("key of {at}"));
        let first = keyed.post(&at, &body).await;
        let again = keyed.post(&at, &body).await;
        assert_eq!((first.ok(), again.header("idempotency-replayed")), (again.ok(), "true"), "{at}");
        let message = keyed.post(&at, &other).await.refused(409)["detail"].to_string();
        assert!(message.contains("used for another request"), "{at}: {message}");
    }
    let summary = world.get("/api/v1/payments/summary").await;
    assert_eq!((&summary["total_count"], &summary["completed_count"]), (&json!(4), &json!(3)));
    assert_eq!(world.get(&paid).await["amount_refunded"], 5.0);
    world.verify().await;
}

#[both_engines]
async fn two_hundred_at_once_charge_once(fresh: FreshDb) {
    let gateway = Arc::new(Counting::default());
    let world = World::with(fresh, gateway.clone(), Settings::default()).await;
    let at = world.payment(99.99).await;
    let process = format!("{at}/process");
    let asked = (0..200).map(|_| {
        let (client, process) = (world.client.clone(), process.clone());
        tokio::spawn(async move { client.post(&process, &json!({"payment_method": "stripe"})).await.status })
    });
    let mut statuses = Vec::new();
    for asked in asked.collect::<Vec<_>>() {
        statuses.push(asked.await.unwrap());
    }
    assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");
    assert_eq!(statuses.iter().filter(|status| **status == 409).count(), 199, "{statuses:?}");
    assert_eq!(gateway.charges.load(Ordering::SeqCst), 1);
    assert_eq!(world.get(&at).await["status"], "completed");
    world.work().await;
    assert_eq!(world.balances("USD").await["brand"], -99.99);
    assert_eq!(world.verify().await.postings, 2);
}

#[both_engines]
async fn two_processes_charge_once(fresh: FreshDb) {
    let gateway = Arc::new(Counting::default());
    let world = World::with(fresh, gateway.clone(), Settings::default()).await;
    let other = http_base::App::builder(world.fresh.reopen().await, world.clock.clone());
    let other = other.authenticated_by(Arc::new(world.people.clone())).build();
    let second = payments::Payments::new(other.clone(), gateway.clone(), Settings::default(), world.contracts.clone());
    let neighbour = testkit::Client::new(payments::router(second).served(&other)).of(&world.brand);
    for round in 0..10 {
        let at = world.payment(1.0).await;
        let process = format!("{at}/process");
        let body = json!({});
        let (one, two) = tokio::join!(world.client.post(&process, &body), neighbour.post(&process, &body));
        let mut statuses = [one.status, two.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 409]);
        assert_eq!(gateway.charges.load(Ordering::SeqCst), round + 1);
    }
    world.verify().await;
}

#[both_engines]
async fn the_same_key_is_the_same_answer(fresh: FreshDb) {
    let gateway = Arc::new(Counting::default());
    let world = World::with(fresh, gateway.clone(), Settings::default()).await;
    let keyed = world.client.clone().with("idempotency-key", "create-1");
    let body = json!({"contract_id": world.contract, "amount": 10.0});
    let asked = (0..20).map(|_| {
        let (client, body) = (keyed.clone(), body.clone());
        tokio::spawn(async move { client.post(ALL, &body).await })
    });
    let mut answers = Vec::new();
    for asked in asked.collect::<Vec<_>>() {
        answers.push(asked.await.unwrap());
    }
    let first = answers[0].ok();
    for answer in &answers {
        assert_eq!(answer.ok(), first);
    }
    assert_eq!(answers.iter().filter(|answer| answer.header("idempotency-replayed") == "true").count(), 19);
    assert_eq!(world.get(ALL).await["total"], 1);
    keyed.post(ALL, &json!({"contract_id": world.contract, "amount": 11.0})).await.refused(409);
    keyed.post(&format!("{}/process", path(&first)), &body).await.refused(409);
    // Another's key is another key.
    let other = world.of(&world.people.business(&world.clock)).with("idempotency-key", "create-1");
    other.post(ALL, &body).await.refused(404);

    let at = path(&first);
    let keyed = world.client.clone().with("idempotency-key", "process-1");
    let process = format!("{at}/process");
    let once = keyed.post(&process, &json!({"payment_method": "card"})).await.ok();
    world.work().await;
    for _ in 0..3 {
        let again = keyed.post(&process, &json!({"payment_method": "card"})).await;
        assert_eq!(again.ok(), once);
    }
    world.client.post(&process, &json!({"payment_method": "card"})).await.refused(409);
    assert_eq!(gateway.charges.load(Ordering::SeqCst), 1);

    let keyed = world.client.clone().with("idempotency-key", "refund-1");
    let refund = format!("{at}/refund");
    let once = keyed.post(&refund, &json!({"amount": 3})).await.ok();
    assert_eq!(once["amount_refunded"], 3.0);
    assert_eq!(keyed.post(&refund, &json!({"amount": 3})).await.ok(), once);
    keyed.post(&refund, &json!({"amount": 4})).await.refused(409);
    assert_eq!(world.get(&at).await["amount_refunded"], 3.0);

    for key in ["", &"k".repeat(256)] {
        let odd = world.client.clone().with("idempotency-key", key);
        odd.post(ALL, &body).await.refused(422);
    }
    // A day later the key is free again.
    world.advance(25 * time::HOUR);
    let keyed = world.client.clone().with("idempotency-key", "create-1");
    assert_ne!(keyed.post(ALL, &body).await.ok()["id"], first["id"]);
    world.work().await;
    world.verify().await;
}

#[both_engines]
async fn a_key_whose_answer_got_lost_tells_what_came_of_it(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let at = world.payment(10.0).await;
    let process = format!("{at}/process");
    let keyed = world.client.clone().with("idempotency-key", "lost-1");
    let body = json!({"payment_details": {"card_token": "mock_outage"}});
    keyed.post(&process, &body).await.refused(502);
    // The payer's program tries again at once: the same attempt is asked for, and nothing new is begun.
    keyed.post(&process, &body).await.refused(502);
    world.client.post(&process, &body).await.refused(409);
    world.advance(time::HOUR);
    world.work().await;
    let told = keyed.post(&process, &body).await.ok();
    assert_eq!((&told["status"], &told["failure_code"]), (&json!("completed"), &serde_json::Value::Null));
    assert_eq!(keyed.post(&process, &body).await.ok(), told);
    let mut tx = world.app.read().await.unwrap();
    let attempts: i64 =
        tx.fetch_value("SELECT count(*) FROM payment_attempts WHERE kind = 'charge'", vec![]).await.unwrap();
    assert_eq!(attempts, 1);
    drop(tx);
    world.verify().await;
}

#[both_engines]
async fn whoever_hangs_up_is_paid_for_all_the_same(fresh: FreshDb) {
    let gateway = Arc::new(Counting::default());
    let world = World::with(fresh, gateway.clone(), Settings::default()).await;
    let at = world.payment(10.0).await;
    let (client, process) = (world.client.clone(), format!("{at}/process"));
    let asked = tokio::spawn(async move { client.post(&process, &json!({})).await.status });
    while gateway.charges.load(Ordering::SeqCst) == 0 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    asked.abort();
    for _ in 0..500 {
        if world.get(&at).await["status"] == "completed" {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(world.get(&at).await["status"], "completed");
    assert_eq!(gateway.charges.load(Ordering::SeqCst), 1);
    world.verify().await;
}

#[both_engines]
async fn an_attempt_whose_job_is_lost_is_found(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let at = world.payment(11.0).await;
    let body = json!({"payment_details": {"card_token": "mock_outage"}});
    world.client.post(&format!("{at}/process"), &body).await.refused(502);
    // Somebody takes every job and does nothing.
    let mut idle = jobs::Registry::new();
    for kind in world.registry.kinds() {
        idle.on(kind, |_, _| async { Ok(()) });
    }
    world.advance(10 * time::MINUTE);
    assert!(jobs::run_until_idle(world.app.db(), &world.clock, &idle).await.unwrap() > 0);
    // Nothing is left of it but the row: the sweep, which comes by the clock, finds that.
    world.advance(time::HOUR);
    world.work().await;
    assert_eq!(world.get(&at).await["status"], "completed");
    world.verify().await;
}

#[both_engines]
async fn without_a_provider_no_money_moves_and_it_is_said_what_to_set(fresh: FreshDb) {
    let world = World::with(fresh, Arc::new(payments::ClosedGateway), payments::Settings::default()).await;
    let at = world.payment(10.0).await;
    let refused = world.client.post(&format!("{at}/process"), &json!({})).await;
    assert!(refused.message().contains("STRIPE_SECRET_KEY") && refused.message().contains("PAYMENTS=mock"));
    refused.refused(503);
    assert_eq!(world.get(&at).await["status"], "pending");
    // What was paid elsewhere can be written down, and goes back elsewhere.
    world.client.put(&at, &json!({"status": "completed"})).await.ok();
    assert_eq!(world.client.post(&format!("{at}/refund"), &json!({})).await.ok()["refund_status"], "refunded");
}
