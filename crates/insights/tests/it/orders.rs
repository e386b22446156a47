//! Promo codes and the orders that name them.

use futures::future::join_all;
use kernel::time;
use serde_json::{Value, json};
use testkit::{FreshDb, both_engines};

use crate::world::World;

const PATH: &str = "/api/v1/analytics/conversions";

#[both_engines]
async fn an_order_counts_for_whom_its_code_is(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let promo = world.promo(world.campaign, 0, "ANA20").await;
    let link = world.link(1, json!({"code": "ben-link"})).await;
    let order =
        json!({"order_id": "1001", "code": "ana20", "revenue": 49.9, "ordered_at": "2026-03-01T23:30:00-02:00"});
    let told = world.client.post(PATH, &order).await.ok();
    assert_eq!((&told["received"], &told["created"]), (&json!(1), &json!(1)));
    let stored = &told["conversions"][0];
    assert_eq!(stored["creator_id"], json!(world.creators[0]));
    assert_eq!(
        (&stored["promo_code_id"], &stored["revenue"], &stored["currency"]),
        (&promo["id"], &json!(49.9), &json!("USD"))
    );
    assert_eq!(world.number("SELECT day FROM figures_by_day").await, 20_514, "2026-03-02 in UTC");
    assert_eq!(world.client.post(PATH, &order).await.ok()["unchanged"], 1);

    // The shop finds out that a link led to it: it moves to another creator, and keeps its time.
    let moved = world
        .client
        .post(PATH, &json!({"order_id": "1001", "link_code": "ben-link", "revenue": 40, "currency": "EUR"}))
        .await
        .ok();
    assert_eq!((&moved["replaced"], &moved["conversions"][0]["link_id"]), (&json!(1), &link["id"]));
    assert_eq!(moved["conversions"][0]["ordered_at"], "2026-03-02T01:30:00Z");
    assert_eq!(
        (&moved["conversions"][0]["promo_code_id"], &moved["conversions"][0]["id"]),
        (&Value::Null, &stored["id"])
    );
    assert_eq!(world.number("SELECT count(*) FROM figures_by_creator").await, 1);
    assert_eq!(world.number("SELECT order_revenue FROM figures_by_creator WHERE currency = 'EUR'").await, 4000);
    // And then that it was another campaign's code after all.
    world.promo(world.second, 1, "BEN5").await;
    world.client.post(PATH, &json!({"order_id": "1001", "code": "BEN5"})).await.ok();
    world.check_sums().await;
    let listed = |campaign| {
        let path =
            format!("/api/v1/analytics/campaigns/{campaign}/conversions?start_date=2026-03-02&end_date=2026-03-02");
        let client = world.client.clone();
        async move { client.get(&path).await.ok() }
    };
    assert_eq!(listed(world.campaign).await["total"], 0);
    let list = listed(world.second).await;
    assert_eq!((&list["total"], &list["conversions"][0]["order_id"]), (&json!(1), &json!("1001")));
    assert_eq!(list["conversions"][0]["revenue"], Value::Null);

    world.client.delete(&format!("{PATH}/1001")).await.ok();
    world.client.delete(&format!("{PATH}/1001")).await.refused(404);
    assert_eq!(world.number("SELECT count(*) FROM figures_by_creator_day").await, 0);
    let events = world.events().await;
    assert_eq!(events.iter().filter(|kind| *kind == "conversions.recorded").count(), 3);
    assert!(events.contains(&"conversion.deleted".to_owned()) && events.contains(&"promo_code.created".to_owned()));
}

#[both_engines]
async fn many_orders_are_taken_in_or_none(fresh: FreshDb) {
    let world = World::new(fresh).await;
    world.promo(world.campaign, 0, "ANA20").await;
    world.promo(world.second, 1, "BEN5").await;
    let orders: Vec<Value> = (0..300)
        .map(|at| json!({"reference": format!("o{}", at % 250), "promo_code": if at % 2 == 0 { "ana20" } else { "ben5" }, "revenue": at}))
        .collect();
    let told = world.client.post(PATH, &json!({"conversions": orders})).await.ok();
    assert_eq!(
        (&told["received"], &told["created"], told["conversions"].as_array().unwrap().len()),
        (&json!(300), &json!(250), 250)
    );
    world.check_sums().await;
    let mixed = json!([{"order_id": "new", "code": "ANA20"}, {"order_id": "lost", "code": "NOBODY"}]);
    let reply = world.client.post(PATH, &mixed).await;
    assert!(reply.message().contains("nobody") && reply.message().contains("lost"), "{}", reply.text());
    reply.refused(404);
    let faults = world.client.post(PATH, &json!([{"code": "ANA20", "revenue": -1}, {"order_id": "x"},
        {"order_id": "x", "code": "a", "link_code": "b"}, {"order_id": "x", "code": "ANA20", "ordered_at": "2027-01-01"}])).await.faults();
    assert_eq!(faults, ["0.order_id", "0.revenue", "1.code", "2.link_code", "3.ordered_at"]);
    assert_eq!(world.number("SELECT count(*) FROM orders").await, 250);

    let csv = "order_id,code,revenue,ordered_at\no1,ANA20,7,2026-03-01\nx1,ana20,,\nx2,nope,1,\nx3,ben5,1,2030-01-01\n";
    let dry = world.table(&format!("{PATH}/csv?dry_run=true"), csv).await.ok();
    assert_eq!(world.number("SELECT count(*) FROM orders").await, 250);
    let report = world.table(&format!("{PATH}/csv"), csv).await.ok();
    for name in ["processed", "created", "replaced", "failed", "errors"] {
        assert_eq!(dry[name], report[name], "{name}");
    }
    assert_eq!((&report["created"], &report["replaced"], &report["failed"]), (&json!(1), &json!(1), &json!(2)));
    let lines: Vec<u64> =
        report["errors"].as_array().unwrap().iter().map(|fault| fault["line"].as_u64().unwrap()).collect();
    assert_eq!((lines.contains(&4), lines.contains(&5)), (true, true));
    world.check_sums().await;
}

#[both_engines]
async fn a_code_is_a_workspaces_own(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let promo = world.promo(world.campaign, 0, "Ana20").await;
    let path = world.path("promo-codes");
    let body = json!({"creator_id": world.creators[1], "code": "ANA20"});
    world.client.post(&path, &body).await.refused(409);
    world.client.post(&format!("/api/v1/analytics/campaigns/{}/promo-codes", world.second), &body).await.refused(409);
    // Somebody else may have the same.
    let strange = format!("/api/v1/analytics/campaigns/{}/promo-codes", world.strange);
    assert_eq!(world.stranger.post(&strange, &body).await.status, 201);
    world.stranger.post(&path, &body).await.refused(404);
    world.stranger.get(&path).await.refused(404);
    let own = format!("/api/v1/analytics/promo-codes/{}", promo["id"].as_str().unwrap());
    world.stranger.delete(&own).await.refused(404);
    world.viewer.delete(&own).await.refused(403);
    world.creator.post(PATH, &json!({"order_id": "1", "code": "ANA20"})).await.refused(403);
    world.anyone.post(PATH, &json!({"order_id": "1", "code": "ANA20"})).await.refused(401);
    world.stranger.post(PATH, &json!({"order_id": "1", "code": "ANA20"})).await.ok();
    world.client.delete(&format!("{PATH}/1")).await.refused(404);
    world.client.get(&format!("/api/v1/analytics/campaigns/{}/conversions", world.strange)).await.refused(404);
    let list = world.client.get(&path).await.ok();
    assert_eq!((&list["total"], &list["promo_codes"][0]["code"]), (&json!(1), &json!("Ana20")));
    for wrong in [
        json!({"code": "A B"}),
        json!({"code": ""}),
        json!({"code": null}),
        json!({"code": "x".repeat(41)}),
        json!({"discount": 7}),
        json!({"creator_id": "x"}),
    ] {
        let mut body = json!({"creator_id": world.creators[1], "code": "NEW"});
        body.as_object_mut().unwrap().extend(wrong.as_object().unwrap().clone());
        world.client.post(&path, &body).await.refused(422);
    }
    world.check_sums().await;
}

#[both_engines]
async fn a_code_that_was_taken_back_counts_what_was_before(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let promo = world.promo(world.campaign, 0, "ANA20").await;
    world.clock.advance(time::HOUR);
    let path = format!("/api/v1/analytics/promo-codes/{}", promo["id"].as_str().unwrap());
    world.client.delete(&path).await.ok();
    world.client.delete(&path).await.ok();
    world.clock.advance(time::HOUR);
    world.client.post(PATH, &json!({"order_id": "1", "code": "ANA20"})).await.refused(409);
    world
        .client
        .post(PATH, &json!({"order_id": "1", "code": "ANA20", "ordered_at": "2026-03-02T09:30:00Z"}))
        .await
        .ok();
    let body = json!({"creator_id": world.creators[1], "code": "ANA20"});
    world.client.post(&world.path("promo-codes"), &body).await.refused(409);
    world.check_sums().await;
}

#[both_engines]
async fn the_same_order_from_many_at_once_is_one(fresh: FreshDb) {
    let world = World::new(fresh).await;
    world.promo(world.campaign, 0, "ANA20").await;
    world.promo(world.second, 1, "BEN5").await;
    let bodies: Vec<Value> = (0..20)
        .map(|at| json!({"order_id": "1001", "code": if at % 2 == 0 { "ANA20" } else { "BEN5" }, "revenue": at}))
        .collect();
    let answers = join_all(bodies.iter().map(|body| world.client.post(PATH, body))).await;
    let created: u64 = answers.iter().map(|answer| answer.ok()["created"].as_u64().unwrap()).sum();
    assert_eq!((created, world.number("SELECT count(*) FROM orders").await), (1, 1));
    world.check_sums().await;
}
