//! What contracts ask of payments.

use kernel::{Amount, Currency, Kind, Scope, Timestamp, time};
use payments::{Milestone, Plan};
use serde_json::json;
use testkit::{FreshDb, both_engines};

use crate::{World, usd};

pub(crate) fn milestone(name: &str, minor: i64, due_on: Option<Timestamp>, on_delivery: bool) -> Milestone {
    Milestone { name: name.into(), amount: Amount::from_minor(minor), due_on, on_delivery, was: None }
}

impl World {
    pub(crate) fn planned(&self, currency: Currency, milestones: Vec<Milestone>) -> Plan {
        Plan {
            contract: self.contract,
            campaign: self.campaign,
            creator: self.creator,
            workspace: self.brand.account.workspace.unwrap(),
            currency,
            milestones,
        }
    }

    pub(crate) async fn plan(&self, currency: Currency, milestones: Vec<Milestone>) -> kernel::Result<usize> {
        let plan = self.planned(currency, milestones);
        let mut tx = self.app.write().await.unwrap();
        let made = payments::plan(Scope::system(), &mut tx, &self.clock, plan).await?;
        tx.commit().await.unwrap();
        Ok(made.len())
    }

    pub(crate) async fn events(&self, kind: &str) -> usize {
        let mut tx = self.app.read().await.unwrap();
        let all = tx.newest_events(None, &[], 1000).await.unwrap();
        all.iter().filter(|event| event.kind == kind).count()
    }
}

#[both_engines]
async fn signing_makes_the_payments_and_delivery_makes_them_due(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let now = world.clock.now();
    let (soon, later) = (now.plus(time::DAY), now.plus(30 * time::DAY));
    let milestones = vec![
        milestone("contract_signing", 40_000, None, false),
        milestone("first_draft", 10_000, Some(soon), false),
        milestone("content_delivery", 60_000, None, true),
        milestone("last_part", 10_000, Some(later), true),
    ];
    assert_eq!(world.plan(usd(), milestones.clone()).await.unwrap(), 4);
    assert_eq!(world.plan(usd(), milestones).await.unwrap_err().kind(), Kind::Conflict);
    let listed = world.get(&format!("/api/v1/payments/contract/{}", world.contract)).await;
    let rows = listed["payments"].as_array().unwrap();
    let told: Vec<_> = rows
        .iter()
        .map(|row| (row["milestone"].as_str().unwrap(), row["due_date"].clone(), row["awaits_delivery"].clone()))
        .collect();
    assert_eq!(
        told,
        [
            ("contract_signing", json!(now), json!(false)),
            ("first_draft", json!(soon), json!(false)),
            ("content_delivery", json!(null), json!(true)),
            ("last_part", json!(later), json!(true)),
        ]
    );
    assert_eq!((world.events("payment.created").await, world.events("payment.due").await), (4, 1));

    let mut tx = world.app.write().await.unwrap();
    assert_eq!(
        payments::delivered(Scope::system(), &mut tx, &world.clock, world.contract, payments::Delivered::Everything)
            .await
            .unwrap(),
        2
    );
    assert_eq!(
        payments::delivered(Scope::system(), &mut tx, &world.clock, world.contract, payments::Delivered::Everything)
            .await
            .unwrap(),
        0
    );
    tx.commit().await.unwrap();
    assert_eq!(world.events("payment.due").await, 2);
    let mut tx = world.app.read().await.unwrap();
    let all = payments::store::of_contract(Scope::system(), &mut tx, world.contract).await.unwrap();
    drop(tx);
    assert_eq!(all.iter().map(|payment| payment.is_due(now)).collect::<Vec<_>>(), [true, false, true, false]);

    // Dates make due what is left, once.
    for (days, due) in [(2, 3), (2, 3), (40, 4)] {
        world.advance(days * time::DAY);
        let mut tx = world.app.write().await.unwrap();
        jobs::enqueue(&mut tx, &world.clock, jobs::NewJob::new("payments.due", &()).unwrap()).await.unwrap();
        tx.commit().await.unwrap();
        world.work().await;
        assert_eq!(world.events("payment.due").await, due);
    }
    let by_hand = world.payment(1.0).await;
    assert_eq!(world.get(&by_hand).await["milestone"], json!(null));
}

#[both_engines]
async fn a_line_becomes_due_with_what_it_pays_for(fresh: FreshDb) {
    let world = World::new(fresh).await;
    // What was made by hand before, with a name, is no line of the schedule.
    let early = world
        .client
        .post("/api/v1/payments", &json!({"contract_id": world.contract, "amount": 5, "milestone": "a"}))
        .await
        .ok();
    assert_eq!(early["milestone"], "a");
    let milestones =
        vec![milestone("a", 100, None, true), milestone("a", 200, None, true), milestone("b", 300, None, true)];
    assert_eq!(world.plan(usd(), milestones).await.unwrap(), 3);
    let release = |lines: &'static [usize]| {
        let world = &world;
        async move {
            let mut tx = world.app.write().await.unwrap();
            let what = payments::Delivered::Lines(lines);
            let released =
                payments::delivered(Scope::system(), &mut tx, &world.clock, world.contract, what).await.unwrap();
            tx.commit().await.unwrap();
            released
        }
    };
    assert_eq!((release(&[]).await, release(&[1]).await, release(&[1]).await), (0, 1, 0));
    let waiting = || async {
        let listed = world.get(&format!("/api/v1/payments/contract/{}", world.contract)).await;
        let waits = |row: &serde_json::Value| row["awaits_delivery"] == true;
        listed["payments"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|row| waits(row))
            .map(|row| row["amount"].as_f64().unwrap())
            .collect::<Vec<_>>()
    };
    assert_eq!(waiting().await, [1.0, 3.0]);
    // Paid before it was due, it is not asked for when it would be.
    let listed = world.get(&format!("/api/v1/payments/contract/{}", world.contract)).await;
    let first = listed["payments"].as_array().unwrap().iter().find(|row| row["amount"] == 1.0).unwrap();
    world.client.post(&format!("{}/process", crate::path(first)), &json!({})).await.ok();
    let due = world.events("payment.due").await;
    assert_eq!(release(&[0, 2, 7]).await, 2);
    assert_eq!(world.events("payment.due").await, due + 1);
    assert!(waiting().await.is_empty());
}

#[both_engines]
async fn what_is_called_off_is_not_paid(fresh: FreshDb) {
    let world = World::new(fresh).await;
    world.plan(usd(), vec![milestone("a", 100, None, false), milestone("b", 200, None, false)]).await.unwrap();
    let listed = world.get("/api/v1/payments").await;
    let first = crate::path(&listed["payments"][0]);
    world.client.post(&format!("{first}/process"), &json!({})).await.ok();
    let mut tx = world.app.write().await.unwrap();
    assert_eq!(payments::call_off(Scope::system(), &mut tx, &world.clock, world.contract).await.unwrap(), 1);
    tx.commit().await.unwrap();
    world.set_contract("cancelled");
    let listed = world.get("/api/v1/payments?status=failed").await;
    assert_eq!((&listed["total"], &listed["payments"][0]["failure_code"]), (&json!(1), &json!("contract_cancelled")));
    let second = crate::path(&listed["payments"][0]);
    world.client.post(&format!("{second}/retry"), &json!({})).await.refused(409);
    world.work().await;
    world.client.post(&format!("{first}/refund"), &json!({})).await.ok();
    world.verify().await;
}

#[both_engines]
async fn amounts_fit_their_currency(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let yen = Currency::parse("JPY").unwrap();
    for minor in [0, -100, 150] {
        let refused = world.plan(yen, vec![milestone("a", minor, None, false)]).await;
        assert_eq!(refused.unwrap_err().kind(), Kind::Invalid, "{minor}");
    }
    assert_eq!(world.plan(yen, vec![milestone("a", 10_000, None, false)]).await.unwrap(), 1);
    assert_eq!(world.get("/api/v1/payments").await["payments"][0]["amount"], 100.0);
}
