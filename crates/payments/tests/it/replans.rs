//! Amendments: what is not paid yet is planned anew.

use kernel::{Amount, Currency, Kind, Money, Scope, time};
use payments::{Milestone, Replanned};
use proptest::prelude::*;
use serde_json::{Value, json};
use testkit::{FreshDb, both_engines};

use crate::plans::milestone;
use crate::{World, usd};

/// The line said the same at this place before.
fn same(was: usize, milestone: Milestone) -> Milestone {
    Milestone { was: Some(was), ..milestone }
}

impl World {
    async fn replan(&self, currency: Currency, milestones: Vec<Milestone>) -> kernel::Result<Replanned> {
        let total = Amount::from_minor(milestones.iter().map(|one| one.amount.minor()).sum());
        let total = Money::new(total, currency);
        let plan = self.planned(currency, milestones);
        let mut tx = self.app.write().await.unwrap();
        let done = payments::replan(Scope::system(), &mut tx, &self.clock, plan, total).await?;
        tx.commit().await.unwrap();
        Ok(done)
    }

    async fn rows(&self) -> Vec<Value> {
        let listed = self.get(&format!("/api/v1/payments/contract/{}?limit=100", self.contract)).await;
        listed["payments"].as_array().unwrap().clone()
    }

    /// Name, amount and status of the contract's payments that stand.
    async fn told(&self) -> Vec<(String, f64, String)> {
        let rows = self.rows().await;
        let standing = rows.iter().filter(|row| row["failure_code"] != "contract_amended");
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        standing.map(|row| (text(&row["milestone"]), row["amount"].as_f64().unwrap(), text(&row["status"]))).collect()
    }

    async fn at(&self, name: &str) -> String {
        crate::path(self.rows().await.iter().find(|row| row["milestone"] == name).unwrap())
    }

    async fn pay(&self, name: &str) -> String {
        let at = self.at(name).await;
        self.client.post(&format!("{at}/process"), &json!({})).await.ok();
        at
    }
}

fn row(name: &str, amount: f64, status: &str) -> (String, f64, String) {
    (name.to_owned(), amount, status.to_owned())
}

#[both_engines]
async fn what_is_paid_counts_and_the_rest_is_planned_anew(fresh: FreshDb) {
    let world = World::new(fresh).await;
    world
        .plan(
            usd(),
            vec![
                milestone("signing", 40_000, None, false),
                milestone("draft", 20_000, None, true),
                milestone("delivery", 60_000, None, true),
            ],
        )
        .await
        .unwrap();
    world.pay("signing").await;
    let (draft, delivery) = (world.at("draft").await, world.at("delivery").await);
    // More in all: the first line grows, the second one stays as it is, the third one is another one, and there is a fourth.
    let done = world
        .replan(
            usd(),
            vec![
                milestone("Signing", 50_000, None, false),
                same(1, milestone("draft", 20_000, None, true)),
                milestone("delivery", 70_000, None, true),
                milestone("bonus", 10_000, Some(world.clock.now().plus(time::DAY)), false),
            ],
        )
        .await
        .unwrap();
    assert_eq!((done.kept.len(), done.replaced.len(), done.made.len()), (2, 1, 3));
    assert_eq!(
        world.told().await,
        [
            row("signing", 400.0, "completed"),
            row("draft", 200.0, "pending"),
            row("Signing", 100.0, "pending"),
            row("delivery", 700.0, "pending"),
            row("bonus", 100.0, "pending"),
        ]
    );
    assert_eq!(world.at("draft").await, draft);
    world.client.get(&delivery).await.refused(404);
    world.client.post(&format!("{delivery}/process"), &json!({})).await.refused(404);
    assert_eq!(world.events("payment.replaced").await, 1);
    // Once more, with less: what is paid is more than the first line, and takes from the next ones.
    world.pay("bonus").await;
    world
        .replan(usd(), vec![milestone("first", 30_000, None, false), milestone("second", 50_000, None, true)])
        .await
        .unwrap();
    assert_eq!(
        world.told().await,
        [row("signing", 400.0, "completed"), row("bonus", 100.0, "completed"), row("second", 300.0, "pending")]
    );
    // Never less than was paid; exactly that leaves nothing to pay.
    let refused = world.replan(usd(), vec![milestone("first", 49_999, None, false)]).await.unwrap_err();
    assert!(refused.kind() == Kind::Conflict && refused.message().contains("500.00 USD"), "{refused}");
    world.replan(usd(), vec![milestone("first", 50_000, None, false)]).await.unwrap();
    assert_eq!(world.told().await.len(), 2);
    // What went back does not count as paid any more.
    world.work().await;
    let bonus = world.at("bonus").await;
    world.client.post(&format!("{bonus}/refund"), &json!({"amount": 25})).await.ok();
    world.replan(usd(), vec![milestone("first", 50_000, None, false)]).await.unwrap();
    assert_eq!(world.told().await.pop().unwrap(), row("first", 25.0, "pending"));
    world.verify().await;
}

#[both_engines]
async fn what_failed_is_replaced_and_never_paid(fresh: FreshDb) {
    let (world, stripe) = crate::stripe::world(fresh).await;
    world.plan(usd(), vec![milestone("a", 10_000, None, false), milestone("b", 5_000, None, false)]).await.unwrap();
    let failed = world.at("a").await;
    assert_eq!(world.process_with(&failed, "pm_declined").await.ok()["status"], "failed");
    let done = world
        .replan(usd(), vec![same(0, milestone("a", 10_000, None, false)), same(1, milestone("b", 5_000, None, false))])
        .await
        .unwrap();
    assert_eq!((done.kept.len(), done.replaced.len(), done.made.len()), (1, 1, 1));
    for press in ["process", "retry"] {
        let reply = world.client.post(&format!("{failed}/{press}"), &json!({})).await;
        assert!(reply.refused(409)["detail"].as_str().unwrap().contains("replaced this payment"), "{}", reply.text());
    }
    world.client.put(&failed, &json!({"status": "completed"})).await.refused(409);
    // The card goes through after all: that money goes back.
    let late = stripe.change("payment_intents", &json!({"status": "succeeded", "last_payment_error": null}));
    world.tell("evt_late", "payment_intent.succeeded", &late).await.ok();
    world.work().await;
    assert_eq!(world.get(&failed).await["status"], "failed");
    assert_eq!(world.balances("USD").await, json!({"brand": 0.0, "escrow": 0.0}));
    assert_eq!(world.told().await, [row("b", 50.0, "pending"), row("a", 100.0, "pending")]);
    world.verify().await;
}

#[both_engines]
async fn the_currency_changes_until_money_has_moved(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let euro = Currency::parse("EUR").unwrap();
    world.plan(usd(), vec![milestone("a", 10_000, None, false), milestone("b", 5_000, None, false)]).await.unwrap();
    let by_hand = world.payment(7.0).await;
    let refused = world.replan(euro, vec![milestone("a", 10_000, None, false)]).await.unwrap_err();
    assert!(refused.message().contains("made by hand"), "{refused}");
    world.client.put(&by_hand, &json!({"status": "failed"})).await.ok();
    let done = world.replan(euro, vec![same(0, milestone("a", 10_000, None, false))]).await.unwrap();
    assert_eq!((done.replaced.len(), done.made.len()), (2, 1));
    world.pay("a").await;
    let refused = world.replan(usd(), vec![milestone("a", 20_000, None, false)]).await.unwrap_err();
    assert!(refused.message().contains("moved for this contract in EUR"), "{refused}");
    world.verify().await;
}

#[both_engines]
async fn payments_by_hand_count_where_there_is_no_schedule(fresh: FreshDb) {
    let world = World::new(fresh).await;
    world.paid(400.0).await;
    let waiting = world.payment(100.0).await;
    // Still none: they stay.
    assert_eq!(
        world.replan(usd(), vec![]).await.unwrap_err().kind(),
        Kind::Conflict,
        "nothing in all is less than was paid"
    );
    let done = world
        .replan(usd(), vec![milestone("a", 30_000, None, false), milestone("b", 90_000, None, true)])
        .await
        .unwrap();
    assert_eq!((done.kept.len(), done.replaced.len(), done.made.len()), (1, 1, 1));
    world.client.get(&waiting).await.refused(404);
    assert_eq!(world.told().await, [row("", 400.0, "completed"), row("b", 800.0, "pending")]);
    // From now on there is one, and what is made by hand is beside it.
    world.payment(50.0).await;
    world.replan(usd(), vec![milestone("b", 120_000, None, true)]).await.unwrap();
    assert_eq!(world.told().await.len(), 3);
    world.verify().await;
}

#[both_engines]
async fn processing_or_an_amendment_is_first(fresh: FreshDb) {
    let world = World::new(fresh).await;
    world.plan(usd(), vec![milestone("line", 10_000, None, false)]).await.unwrap();
    let mut charged = 0.0;
    for round in 1..=20_i64 {
        let Some(at) = world.rows().await.iter().find(|row| row["status"] == "pending").map(crate::path) else { break };
        let (process, body) = (format!("{at}/process"), json!({}));
        let amount = 10_000 + round * 100;
        let (pressed, amended) = tokio::join!(
            world.client.post(&process, &body),
            world.replan(usd(), vec![milestone("line", amount, None, false)])
        );
        amended.unwrap();
        assert!(matches!(pressed.status, 200 | 404 | 409), "{}", pressed.text());
        let rows = world.rows().await;
        let sum: f64 = rows.iter().map(|row| row["amount"].as_f64().unwrap()).sum();
        assert_eq!((sum * 100.0).round() as i64, amount, "{rows:?}");
        let paid: f64 =
            rows.iter().filter(|row| row["status"] == "completed").map(|row| row["amount"].as_f64().unwrap()).sum();
        assert_eq!(paid > charged, pressed.status == 200, "{}", pressed.text());
        charged = paid;
        world.verify().await;
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    /// Whatever was paid, and whatever the schedules: what is given and what is to be paid come to what the contract pays in all.
    #[test]
    fn nothing_is_lost_and_nothing_paid_twice(
        first in prop::collection::vec(1_i64..50_000, 1..6),
        paid in prop::collection::vec(any::<bool>(), 6),
        then in prop::collection::vec((1_i64..50_000, any::<bool>()), 1..6),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let world = World::new(testkit::fresh_db(db::Engine::Sqlite).await).await;
            let name = |at: usize| format!("line {at}");
            let plan = first.iter().enumerate().map(|(at, amount)| milestone(&name(at), *amount, None, at % 2 == 1));
            world.plan(usd(), plan.collect()).await.unwrap();
            let mut given = 0;
            for (at, amount) in first.iter().enumerate().filter(|(at, _)| paid[*at]) {
                world.pay(&name(at)).await;
                given += amount;
            }
            let lines: Vec<Milestone> = then.iter().enumerate().map(|(at, (amount, keep))| {
                match first.get(at).filter(|_| *keep) {
                    Some(before) => same(at, milestone(&name(at), *before, None, at % 2 == 1)),
                    None => milestone(&name(at + usize::from(*keep)), *amount, None, at % 2 == 0),
                }
            }).collect();
            let total: i64 = lines.iter().map(|line| line.amount.minor()).sum();
            if let Err(error) = world.replan(usd(), lines).await {
                assert!(error.kind() == Kind::Conflict && given > total, "{error}");
            } else {
                let sum: f64 = world.rows().await.iter().map(|row| row["amount"].as_f64().unwrap()).sum();
                assert_eq!((sum * 100.0).round() as i64, total);
            }
            world.verify().await;
        });
    }
}
