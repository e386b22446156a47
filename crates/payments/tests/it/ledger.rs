//! The ledger: it always balances, whatever is done; what was tampered with is found; and a million entries are looked through quickly.

use std::sync::Arc;
use std::time::Instant;

use db::{Engine, args};
use kernel::Clock;
use payments::{MockGateway, Settings, ledger};
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};
use testkit::{FreshDb, both_engines};

use crate::World;

/// Something that somebody does to a payment.
#[derive(Clone, Debug)]
enum Deed {
    Make(f64, &'static str),
    Process(usize, &'static str),
    Refund(usize, Option<f64>),
    Record(usize),
    Change(usize, f64),
    Work,
    Wait,
}

fn deeds() -> impl Strategy<Value = Vec<Deed>> {
    let amount =
        prop_oneof![(1_u32..100_000).prop_map(|cents| f64::from(cents) / 100.0), (1_u32..1000).prop_map(f64::from)];
    let token =
        prop_oneof![3 => Just("tok"), 1 => Just("mock_decline"), 1 => Just("mock_slow"), 1 => Just("mock_outage")];
    let one = prop_oneof![
        3 => (amount.clone(), prop_oneof![Just("USD"), Just("EUR"), Just("JPY")]).prop_map(|(amount, currency)| Deed::Make(amount, currency)),
        4 => (0_usize..8, token).prop_map(|(which, token)| Deed::Process(which, token)),
        3 => (0_usize..8, prop::option::of(amount.clone())).prop_map(|(which, amount)| Deed::Refund(which, amount)),
        1 => (0_usize..8).prop_map(Deed::Record),
        1 => (0_usize..8, amount).prop_map(|(which, amount)| Deed::Change(which, amount)),
        2 => Just(Deed::Work),
        1 => Just(Deed::Wait),
    ];
    prop::collection::vec(one, 40)
}

async fn act(world: &World, contracts: &Value, payments: &mut Vec<String>, deed: &Deed) {
    let which = |at: usize| payments.get(at).or(payments.first()).cloned();
    let reply = match deed {
        Deed::Make(amount, currency) => {
            let body = json!({"contract_id": contracts[currency], "amount": amount});
            let reply = world.client.post("/api/v1/payments", &body).await;
            if reply.status == 200 {
                payments.push(crate::path(&reply.json()));
            }
            reply
        }
        Deed::Process(at, token) => {
            let Some(path) = which(*at) else { return };
            world.client.post(&format!("{path}/process"), &json!({"payment_details": {"card_token": token}})).await
        }
        Deed::Refund(at, amount) => {
            let Some(path) = which(*at) else { return };
            world.client.post(&format!("{path}/refund"), &json!({"amount": amount})).await
        }
        Deed::Record(at) => {
            let Some(path) = which(*at) else { return };
            world.client.put(&path, &json!({"status": "completed"})).await
        }
        Deed::Change(at, amount) => {
            let Some(path) = which(*at) else { return };
            world.client.put(&path, &json!({"amount": amount})).await
        }
        Deed::Work => {
            world.work().await;
            return;
        }
        Deed::Wait => {
            world.advance(kernel::time::HOUR);
            world.work().await;
            return;
        }
    };
    assert!(matches!(reply.status, 200 | 409 | 422 | 502), "{deed:?}: {} {}", reply.status, reply.text());
}

#[both_engines]
async fn whatever_is_done_no_cent_is_lost(fresh: FreshDb) {
    let world = World::with(fresh, Arc::new(MockGateway), Settings { fee: 777, ..Settings::default() }).await;
    let contracts = json!({"USD": world.contract, "EUR": world.contract_of("EUR"), "JPY": world.contract_of("JPY")});
    let mut runner = TestRunner::deterministic();
    for _ in 0..12 {
        let mut payments = Vec::new();
        for deed in deeds().new_tree(&mut runner).unwrap().current() {
            act(&world, &contracts, &mut payments, &deed).await;
        }
        let found = world.verify().await;
        for currency in ["USD", "EUR", "JPY"] {
            let sum: i64 = found
                .balances
                .iter()
                .filter(|row| row.currency.code() == currency)
                .map(|row| row.balance.minor())
                .sum();
            assert_eq!(sum, 0, "{currency}");
        }
    }
    world.advance(kernel::time::DAY);
    world.work().await;
    let found = world.verify().await;
    assert!(found.postings > 50, "{}", found.postings);
    // What brands paid less what went back is what creators have, with the fees; nothing is held once all is passed on.
    let held = found.balances.iter().filter(|row| row.account == ledger::Account::Escrow);
    for row in held {
        assert_eq!(row.balance.minor(), 0, "{row:?}");
    }
}

#[both_engines]
async fn the_ledger_is_paged_and_balances_are_derived(fresh: FreshDb) {
    let world = World::new(fresh).await;
    for amount in [1.0, 2.0, 3.0] {
        world.paid(amount).await;
    }
    world.work().await;
    let page = world.get("/api/v1/payments/ledger?limit=5&offset=5").await;
    assert_eq!((&page["total"], &page["page"], &page["total_pages"]), (&json!(12), &json!(2), &json!(3)));
    let body = world.get("/api/v1/payments/ledger?account=ESCROW&currency=usd").await;
    assert_eq!((&body["total"], &body["balances"][0]["balance"]), (&json!(6), &json!(0.0)));
    let of: f64 = world.get("/api/v1/payments/ledger?limit=100").await["entries"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["amount"].as_f64().unwrap())
        .sum();
    assert!(of.abs() < 1e-9);
    assert_eq!(world.get("/api/v1/payments/ledger?currency=EUR").await["total"], 0);
    assert_eq!(
        world.client.get("/api/v1/payments/ledger?currency=KWD&account=bank").await.faults(),
        ["currency", "account"]
    );
}

#[both_engines]
async fn what_is_written_is_not_changed(fresh: FreshDb) {
    let world = World::new(fresh).await;
    world.paid(5.0).await;
    for sql in ["UPDATE ledger_entries SET amount = 1", "DELETE FROM ledger_entries WHERE line = 0"] {
        let mut tx = world.app.write().await.unwrap();
        let refused = tx.execute(sql, vec![]).await.unwrap_err();
        assert!(refused.to_string().contains("the ledger is never changed"), "{refused}");
    }
    world.verify().await;
}

#[both_engines]
async fn what_was_tampered_with_is_found(fresh: FreshDb) {
    let world = World::new(fresh).await;
    for amount in [1.0, 2.0, 3.0] {
        world.paid(amount).await;
        world.work().await;
    }
    world.verify().await;
    let before: Vec<(i64, i64, i64)> = {
        let mut tx = world.app.read().await.unwrap();
        tx.fetch_all("SELECT posting, line, amount FROM ledger_entries ORDER BY posting, line", vec![]).await.unwrap()
    };
    unlock(&world).await;
    for (sql, undo, words) in [
        (
            "UPDATE ledger_entries SET amount = amount + 1 WHERE posting = 3 AND line = 1",
            "UPDATE ledger_entries SET amount = amount - 1 WHERE posting = 3 AND line = 1",
            "posting 3 does not balance: its 2 lines come to 0.01 USD",
        ),
        (
            "UPDATE ledger_entries SET amount = amount * 2 WHERE posting = 3",
            "UPDATE ledger_entries SET amount = amount / 2 WHERE posting = 3",
            "the charge of 2.00 USD",
        ),
        (
            "UPDATE ledger_entries SET posting = 60 WHERE posting = 6",
            "UPDATE ledger_entries SET posting = 6 WHERE posting = 60",
            "postings 6 to 59 are missing",
        ),
        (
            "UPDATE ledger_entries SET currency = 'EUR' WHERE posting = 2 AND line = 0",
            "UPDATE ledger_entries SET currency = 'USD' WHERE posting = 2 AND line = 0",
            "posting 2 mixes currencies",
        ),
        (
            "UPDATE payments SET refunded = 50 WHERE amount = 200",
            "UPDATE payments SET refunded = 0 WHERE amount = 200",
            "says otherwise of itself",
        ),
        ("DELETE FROM ledger_entries WHERE posting = 6", "", "postings 6 to 6 are missing at the end"),
        ("DELETE FROM ledger_entries WHERE posting = 2", "", "posting 2 is missing"),
    ] {
        for (sql, sound) in [(sql, false), (undo, true)] {
            if sql.is_empty() {
                continue;
            }
            let mut tx = world.app.write().await.unwrap();
            tx.execute(sql, vec![]).await.unwrap();
            tx.commit().await.unwrap();
            let found = ledger::verify(world.app.db()).await.unwrap();
            assert_eq!(found.sound, sound, "{sql}: {:?}", found.faults);
            assert!(sound || found.faults.iter().any(|fault| fault.contains(words)), "{sql}: {:?}", found.faults);
        }
    }
    assert_eq!(before.len(), 12);
}

#[both_engines]
#[ignore = "a million entries take a minute to write"]
async fn a_million_entries_within_ten_seconds(fresh: FreshDb) {
    let world = World::new(fresh).await;
    fill(&world, 200_000).await;
    world.app.db().analyze().await.unwrap();
    let started = Instant::now();
    let found = world.verify().await;
    let took = started.elapsed();
    eprintln!(
        "{:?}: {} entries in {} postings verified in {took:?}",
        world.app.db().engine(),
        found.entries,
        found.postings
    );
    assert_eq!((found.entries, found.postings), (1_000_000, 400_000));
    assert!(took.as_secs_f64() < 10.0, "{took:?}");
}

/// Takes the lock off the ledger, as somebody with the database's password could.
async fn unlock(world: &World) {
    let sqlite = ["DROP TRIGGER ledger_is_not_changed", "DROP TRIGGER ledger_is_not_shortened"];
    let postgres = ["DROP TRIGGER ledger_is_not_changed ON ledger_entries"];
    let all: &[&str] = if world.app.db().engine() == Engine::Sqlite { &sqlite } else { &postgres };
    let mut tx = world.app.write().await.unwrap();
    for sql in all {
        tx.execute(sql, vec![]).await.unwrap();
    }
    tx.commit().await.unwrap();
}

/// So many payments that were charged (two lines) and paid out (three).
async fn fill(world: &World, payments: usize) {
    let clock: &Clock = &world.clock;
    let (now, workspace) = (clock.now(), world.brand.account.workspace);
    for bite in 0..payments / 5_000 {
        let (mut rows, mut attempts, mut lines) = (Vec::new(), Vec::new(), Vec::new());
        for at in 0..5_000 {
            let id = clock.new_id::<()>();
            rows.push(args![
                id,
                workspace,
                world.contract,
                world.campaign,
                world.creator,
                at,
                1_000,
                "USD",
                "completed",
                false,
                true,
                "mock",
                "paid",
                1_000,
                100,
                1,
                now,
                now
            ]);
            for (kind, fee) in [("charge", 0), ("payout", 100)] {
                let attempt = clock.new_id::<()>();
                let posting = (bite * 5_000 + at) * 2 + usize::from(kind == "payout") + 1;
                attempts.push(args![attempt, id, workspace, kind, "done", "mock", 1_000, fee, "USD", now]);
                let moved: &[(&str, i64)] = match kind {
                    "charge" => &[("brand", -1_000), ("escrow", 1_000)],
                    _ => &[("escrow", -1_000), ("creator", 900), ("fees", 100)],
                };
                for (line, (account, amount)) in moved.iter().enumerate() {
                    lines.push(args![
                        posting,
                        line,
                        kind,
                        *account,
                        "USD",
                        *amount,
                        workspace,
                        world.creator,
                        id,
                        attempt,
                        now
                    ]);
                }
            }
        }
        let mut tx = world.app.db().write_long().await.unwrap();
        let into = "INSERT INTO payments (id, workspace_id, contract_id, campaign_id, creator_id, position, amount, currency, status, \
                    awaits_delivery, due_told, provider, payout_status, paid_out, fees, revision, created_at, updated_at)";
        tx.insert_rows(into, "", rows).await.unwrap();
        let into = "INSERT INTO payment_attempts (id, payment_id, workspace_id, kind, status, provider, amount, fee, currency, created_at)";
        tx.insert_rows(into, "", attempts).await.unwrap();
        let into = "INSERT INTO ledger_entries (posting, line, kind, account, currency, amount, workspace_id, creator_id, payment_id, \
                    attempt_id, created_at)";
        tx.insert_rows(into, "", lines).await.unwrap();
        tx.commit().await.unwrap();
    }
    let mut tx = world.app.write().await.unwrap();
    tx.advance(ledger::TOPIC, i64::try_from(payments * 2).unwrap()).await.unwrap();
    tx.commit().await.unwrap();
}
