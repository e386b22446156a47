//! A payment from its making to its end, and who sees it.

use kernel::{UserType, WorkspaceRole};
use serde_json::{Value, json};
use testkit::{FreshDb, both_engines};

use crate::{World, path};

const ALL: &str = "/api/v1/payments";

#[both_engines]
async fn a_payment_is_made_and_paid(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let sent = json!({"contract_id": world.contract, "amount": 400.0, "due_date": "2026-02-01T00:00:00+01:00"});
    let made = world.client.post(ALL, &sent).await.ok();
    assert_eq!(
        (&made["status"], &made["amount"], &made["due_date"]),
        (&json!("pending"), &json!(400.0), &json!("2026-01-31T23:00:00Z"))
    );
    for empty in ["transaction_id", "paid_at", "payment_method", "provider", "failure_code"] {
        assert_eq!(made[empty], Value::Null, "{empty}");
    }
    let at = path(&made);
    let body = json!({"payment_method": "stripe", "payment_details": {"card_token": "mock_token_123"}});
    let processed = world.client.post(&format!("{at}/process"), &body).await.ok();
    assert_eq!(
        (&processed["status"], &processed["payment_id"], &processed["provider"]),
        (&json!("completed"), &made["id"], &json!("mock"))
    );
    assert!(processed["transaction_id"].as_str().unwrap().contains("mock"), "{processed}");
    assert_eq!(processed["estimated_completion"], crate::START);
    let read = world.get(&at).await;
    assert_eq!((&read["status"], &read["payment_method"]), (&json!("completed"), &json!("stripe")));
    assert_eq!(read["transaction_id"], processed["transaction_id"]);
    for again in ["process", "retry"] {
        world.client.post(&format!("{at}/{again}"), &json!({})).await.refused(409);
    }
    world.client.put(&at, &json!({"status": "pending"})).await.refused(409);
    world.client.put(&at, &json!({"amount": 1})).await.refused(409);
    assert_eq!(world.get(&at).await["payout_status"], "in_transit");
    world.work().await;
    assert_eq!(world.get(&at).await["payout_status"], "paid");
    assert_eq!(world.balances("USD").await, json!({"brand": -400.0, "escrow": 0.0, "creator": 400.0}));
    world.verify().await;
}

#[both_engines]
async fn what_is_refused_may_be_tried_again(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let at = world.payment(10.0).await;
    let with = |token: &str| json!({"payment_details": {"card_token": token}});
    world.client.post(&format!("{at}/retry"), &with("tok")).await.refused(409);
    let body = world.client.post(&format!("{at}/process"), &with("mock_decline")).await.ok();
    assert_eq!((&body["status"], &body["failure_code"]), (&json!("failed"), &json!("card_declined")));
    let body = world.client.post(&format!("{at}/retry"), &with("mock_insufficient")).await.ok();
    assert_eq!((&body["status"], &body["failure_code"]), (&json!("failed"), &json!("insufficient_funds")));
    assert_eq!(world.get(&at).await["failure_message"], body["failure_message"]);
    world.client.put(&at, &json!({"amount": 12.5})).await.ok();
    assert_eq!(
        world.client.raw(axum::http::Method::POST, &format!("{at}/retry"), "application/json", "").await.ok()["status"],
        "completed"
    );
    let read = world.get(&at).await;
    assert_eq!((&read["failure_code"], &read["amount"]), (&Value::Null, &json!(12.5)));
    world.work().await;
    assert_eq!(world.balances("USD").await["brand"], -12.5);
    world.verify().await;
}

#[both_engines]
async fn what_a_gateway_answers_late_is_found(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let with = |token: &str| json!({"payment_details": {"card_token": token}});
    let (lost, slow) = (world.payment(7.0).await, world.payment(8.0).await);
    let told = world.client.post(&format!("{lost}/process"), &with("mock_outage")).await;
    assert!(told.refused(502)["detail"].as_str().unwrap().contains("settled by itself"), "{}", told.text());
    assert_eq!(world.client.post(&format!("{slow}/process"), &with("mock_slow")).await.ok()["status"], "processing");
    for at in [&lost, &slow] {
        assert_eq!(world.get(at).await["status"], "processing");
        world.client.post(&format!("{at}/process"), &with("tok")).await.refused(409);
        world.client.put(at, &json!({"status": "completed"})).await.refused(409);
    }
    world.work().await;
    assert_eq!(world.get(&lost).await["status"], "processing", "a request may still be at it");
    world.advance(kernel::time::HOUR);
    world.work().await;
    for at in [&lost, &slow] {
        assert_eq!(world.get(at).await["status"], "completed");
    }
    assert_eq!(world.verify().await.postings, 4);
}

#[both_engines]
async fn payments_are_recorded_by_hand(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let at = world.payment(700.25).await;
    assert_eq!(
        world.client.put(&at, &json!({"amount": 800.0, "due_date": "2026-02-01T00:00:00Z"})).await.ok()["amount"],
        800.0
    );
    assert_eq!(world.client.put(&at, &json!({"status": "perhaps"})).await.faults(), ["status"]);
    assert_eq!(world.client.put(&at, &json!({"paid_at": "2026-01-14T00:00:00Z"})).await.faults(), ["paid_at"]);
    let paid = json!({"status": "COMPLETED", "payment_method": "bank_transfer", "transaction_id": "TXN-1", "paid_at": "2026-01-14T00:00:00Z"});
    let body = world.client.put(&at, &paid).await.ok();
    for field in ["payment_method", "transaction_id", "paid_at"] {
        assert_eq!(body[field], paid[field]);
    }
    assert_eq!(
        (&body["status"], &body["provider"], &body["payout_status"]),
        (&json!("completed"), &json!("manual"), &json!("none"))
    );
    for change in [
        json!({"status": "pending"}),
        json!({"status": "failed"}),
        json!({"transaction_id": "TXN-2"}),
        json!({"amount": 1.0}),
    ] {
        world.client.put(&at, &change).await.refused(409);
    }
    assert_eq!(world.client.put(&at, &json!({"status": "completed"})).await.ok()["status"], "completed");
    assert_eq!(world.balances("USD").await, json!({"brand": -800.0, "creator": 800.0}));
    assert_eq!(world.verify().await.postings, 1);
}

#[both_engines]
async fn lists_and_figures_agree(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let none = world.get(&format!("{ALL}/summary")).await;
    assert_eq!(
        (&none["total_amount"], &none["total_count"], &none["currency"]),
        (&json!(0.0), &json!(0), &Value::Null)
    );
    world.paid(400.0).await;
    world.payment(100.5).await;
    let other = world.contract_of("EUR");
    let summary = world.get(&format!("{ALL}/summary")).await;
    assert_eq!(
        (&summary["total_amount"], &summary["total_count"], &summary["currency"]),
        (&json!(500.5), &json!(2), &json!("USD"))
    );
    assert_eq!((&summary["pending_amount"], &summary["completed_amount"]), (&json!(100.5), &json!(400.0)));
    let dashboard = world.get(&format!("{ALL}/dashboard")).await;
    for kind in ["total", "pending", "completed", "processing", "failed"] {
        let shown = &dashboard[format!("{kind}_payments")];
        assert_eq!(
            (&shown["amount"], &shown["count"]),
            (&summary[format!("{kind}_amount")], &summary[format!("{kind}_count")])
        );
    }
    assert_eq!(dashboard["recent_payments"][0]["creator_name"], "Zoë Ångström");
    // Another currency: nothing is summed across.
    world.client.post(ALL, &json!({"contract_id": other, "amount": 5})).await.ok();
    let summary = world.get(&format!("{ALL}/summary")).await;
    assert_eq!((&summary["total_amount"], &summary["total_count"]), (&Value::Null, &json!(3)));
    let by: Vec<_> = summary["by_currency"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| (row["currency"].clone(), row["total"]["amount"].clone()))
        .collect();
    assert_eq!(by, [(json!("EUR"), json!(5.0)), (json!("USD"), json!(500.5))]);

    let body = world.get(&format!("{ALL}?contract_id={}&status=Completed", world.contract)).await;
    assert_eq!((&body["total"], &body["page"], &body["total_pages"]), (&json!(1), &json!(1), &json!(1)));
    assert_eq!(world.get(&format!("{ALL}?currency=eur")).await["total"], 1);
    let page = world.get(&format!("{ALL}?limit=2&offset=2")).await;
    assert_eq!((page["payments"].as_array().unwrap().len(), &page["page"]), (1, &json!(2)));
    let of_contract = world.get(&format!("{ALL}/contract/{}", world.contract)).await;
    let amounts: Vec<_> = of_contract["payments"].as_array().unwrap().iter().map(|row| row["amount"].clone()).collect();
    assert_eq!(amounts, [json!(400.0), json!(100.5)]);
    assert_eq!(world.client.get(&format!("{ALL}?status=perhaps&limit=0")).await.faults(), ["status", "limit"]);
    let nothing = "0190a000-0000-7000-8000-000000000000";
    for path in [
        format!("{ALL}/{nothing}"),
        format!("{ALL}/contract/{nothing}"),
        format!("{ALL}/contract/x"),
        format!("{ALL}?contract_id={nothing}"),
    ] {
        world.client.get(&path).await.refused(404);
    }
}

#[both_engines]
async fn what_cannot_be_paid_is_refused(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let faults =
        world.client.post(ALL, &json!({"contract_id": world.contract, "amount": 0, "due_date": "soon"})).await.faults();
    assert_eq!(faults, ["amount", "due_date"]);
    let nothing = "0190a000-0000-7000-8000-000000000000";
    world.client.post(ALL, &json!({"contract_id": nothing, "amount": 1})).await.refused(404);
    let wrong = json!({"contract_id": world.contract, "amount": 1, "currency": "EUR"});
    assert_eq!(world.client.post(ALL, &wrong).await.faults(), ["currency"]);
    let yen = world.contract_of("JPY");
    assert_eq!(world.client.post(ALL, &json!({"contract_id": yen, "amount": 100.5})).await.faults(), ["amount"]);
    let made = world.client.post(ALL, &json!({"contract_id": yen, "amount": 100, "currency": "jpy"})).await.ok();
    assert_eq!((&made["currency"], &made["amount"]), (&json!("JPY"), &json!(100.0)));
    let at = world.payment(5.0).await;
    assert_eq!(
        world.client.post(&format!("{at}/process"), &json!({"payment_method": 7})).await.faults(),
        ["payment_method"]
    );
    let card = json!({"payment_details": {"card_token": "4242424242424242"}});
    assert_eq!(world.client.post(&format!("{at}/process"), &card).await.faults(), ["payment_details.card_token"]);
    for (status, word) in [("draft", "draft"), ("sent", "sent"), ("cancelled", "cancelled")] {
        world.set_contract(status);
        assert!(world.client.post(&format!("{at}/process"), &json!({})).await.message().contains(word));
    }
    assert_eq!(world.get(&at).await["status"], "pending");
    let late = json!({"contract_id": world.contract, "amount": 1});
    world.client.post(ALL, &late).await.refused(409);
    world.set_contract("completed");
    world.client.post(&format!("{at}/process"), &json!({})).await.ok();
}

#[both_engines]
async fn everybody_sees_their_own(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let at = world.paid(20.0).await;
    world.work().await;
    let process = format!("{at}/process");
    let other = world.of(&world.people.business(&world.clock));
    for reply in [
        other.get(&at).await,
        other.post(&process, &json!({})).await,
        other.put(&at, &json!({"amount": 1})).await,
        other.post(&format!("{at}/refund"), &json!({})).await,
        other.post(ALL, &json!({"contract_id": world.contract, "amount": 1})).await,
        other.get(&format!("{ALL}/contract/{}", world.contract)).await,
    ] {
        reply.refused(404);
    }
    assert_eq!(other.get(ALL).await.ok()["total"], 0);
    assert_eq!(other.get(&format!("{ALL}/summary")).await.ok()["total_count"], 0);
    assert_eq!(other.get(&format!("{ALL}/ledger")).await.ok()["total"], 0);

    let creator = world.of(&world.creator_account);
    assert_eq!(creator.get(&at).await.ok()["amount"], 20.0);
    assert_eq!(creator.get(ALL).await.ok()["total"], 1);
    let ledger = creator.get(&format!("{ALL}/ledger")).await.ok();
    assert_eq!((&ledger["total"], &ledger["balances"][0]["balance"]), (&json!(1), &json!(20.0)));
    for reply in [
        creator.post(&process, &json!({})).await,
        creator.put(&at, &json!({"amount": 1})).await,
        creator.post(&format!("{at}/refund"), &json!({})).await,
        creator.post(ALL, &json!({"contract_id": world.contract, "amount": 1})).await,
        creator.post(&format!("{ALL}/ledger/verify"), &json!({})).await,
    ] {
        reply.refused(403);
    }
    let stranger = world.of(&world.people.creator(&world.clock));
    stranger.get(&at).await.refused(404);
    assert_eq!(stranger.get(&format!("{ALL}/ledger")).await.ok()["total"], 0);

    let viewer =
        world.people.someone(&world.clock, UserType::Business, world.brand.account.workspace, WorkspaceRole::Viewer);
    let viewer = world.of(&viewer);
    viewer.get(&at).await.ok();
    viewer.post(&format!("{at}/refund"), &json!({})).await.refused(403);
    world.client.post(&format!("{ALL}/ledger/verify"), &json!({})).await.refused(403);
    let admin = world.of(&world.people.admin(&world.clock));
    let found = admin.post(&format!("{ALL}/ledger/verify"), &json!({})).await.ok();
    assert_eq!((&found["sound"], &found["postings"]), (&json!(true), &json!(2)));
    for path in [ALL, &at, &format!("{ALL}/ledger"), &format!("{ALL}/dashboard")] {
        world.anyone().get(path).await.refused(401);
    }
    let account = format!("{ALL}/payout-accounts/{}", world.creator);
    let new = json!({"account": "acct_2"});
    world.client.put(&account, &new).await.refused(403);
    stranger.put(&account, &new).await.refused(404);
    admin.put(&account, &new).await.refused(403);
    let just_now = world.of(&world.people.log_in_again(&world.creator_account, &world.clock));
    assert_eq!(just_now.put(&account, &json!({"account": "a b"})).await.faults(), ["account"]);
    assert_eq!(just_now.put(&account, &new).await.ok()["account"], "acct_2");
    assert_eq!(admin.get(&account).await.ok()["account"], "acct_2");
}
