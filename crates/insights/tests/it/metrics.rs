//! Post metrics, as they come in one by one or many at once.

use futures::future::join_all;
use serde_json::{Value, json};
use testkit::{FreshDb, both_engines};

use crate::world::World;

fn counts(answer: &Value) -> [u64; 4] {
    ["received", "created", "replaced", "unchanged"].map(|name| answer[name].as_u64().unwrap())
}

#[both_engines]
async fn a_row_comes_in_and_is_replaced(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let row = world.row(json!({"likes": 7, "reach": 80, "revenue": 12.5, "currency": "eur", "platform": "YouTube",
        "post_url": "https://youtube.com/watch?v=p1"}));
    let first = world.record(&row).await;
    assert_eq!(counts(&first), [1, 1, 0, 0]);
    let stored = &first["metrics"][0];
    for (name, value) in [
        ("views", json!(100)),
        ("likes", json!(7)),
        ("saves", json!(0)),
        ("reach", json!(80)),
        ("revenue", json!(12.5)),
        ("currency", json!("EUR")),
        ("platform", json!("youtube")),
        ("date", json!("2026-03-01")),
        ("source", json!("api")),
    ] {
        assert_eq!(stored[name], value, "{name}");
    }
    let before = world.version().await;
    assert_eq!(counts(&world.record(&row).await), [1, 0, 0, 1]);
    assert_eq!(world.version().await, before, "what says the same changes nothing");
    // The same row in dollars, and under the other names.
    let again = json!({"influencer_id": world.creators[0], "post": "p1", "day": "2026-03-01T23:59:59Z", "views": 50,
        "revenue": 3});
    let second = world.client.post("/api/v1/analytics/campaigns/CAMP-001/metrics", &again).await.ok();
    assert_eq!(counts(&second), [1, 0, 1, 0]);
    assert_eq!((&second["metrics"][0]["likes"], &second["metrics"][0]["currency"]), (&json!(0), &json!("USD")));
    assert_eq!(second["metrics"][0]["reach"], Value::Null);
    assert!(world.version().await > before);
    assert_eq!(world.number("SELECT count(*) FROM figures_by_day").await, 1, "nothing is left of the euros");
    assert_eq!(world.number("SELECT revenue FROM figures_by_creator WHERE currency = 'USD'").await, 300);
    world.check_sums().await;
    assert_eq!(world.events().await, ["metrics.recorded", "metrics.recorded"]);
}

#[both_engines]
async fn many_rows_are_taken_in_or_none(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let rows: Vec<Value> = (0..1000)
        .map(|at| {
            world.row(json!({"post_id": format!("p{}", at % 600), "views": at, "creator_id": world.creators[at % 3]}))
        })
        .collect();
    let answer = world.record(&json!(rows)).await;
    assert_eq!(counts(&answer), [1000, 600, 0, 0], "of the same row the last one holds");
    assert_eq!(answer["metrics"].as_array().unwrap().len(), 600);
    assert_eq!(answer["metrics"][0]["views"], 600);
    world.check_sums().await;
    // Half of them again, and half new.
    let rows: Vec<Value> = (400..800)
        .map(|at| world.row(json!({"post_id": format!("p{at}"), "views": 1, "creator_id": world.creators[at % 3]})))
        .collect();
    assert_eq!(counts(&world.record(&json!({"metrics": rows})).await), [400, 200, 200, 0]);
    world.check_sums().await;

    let count = world.number("SELECT count(*) FROM post_metrics").await;
    let (good, bad) = (world.row(json!({"post_id": "new"})), world.row(json!({"views": -1, "date": "2027-01-01"})));
    let faults = world.client.post(&world.path("metrics"), &json!({"metrics": [good, bad, {}]})).await.faults();
    assert_eq!(
        faults,
        [
            "metrics.1.date",
            "metrics.1.views",
            "metrics.2.post_id",
            "metrics.2.views",
            "metrics.2.creator_id",
            "metrics.2.date"
        ]
    );
    let nobody = world.row(json!({"creator_id": world.campaign, "post_id": "new"}));
    let reply = world.client.post(&world.path("metrics"), &json!([good, nobody])).await;
    assert!(reply.message().contains("row 2"), "{}", reply.text());
    reply.refused(404);
    assert_eq!(world.number("SELECT count(*) FROM post_metrics").await, count);
}

#[both_engines]
async fn twenty_at_once_leave_one_row_and_its_sums(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let bodies: Vec<Value> = (0..20).map(|at| world.row(json!({"views": at % 4 + 1, "revenue": 1}))).collect();
    let path = world.path("metrics");
    let answers = join_all(bodies.iter().map(|body| world.client.post(&path, body))).await;
    let created: u64 = answers.iter().map(|answer| answer.ok()["created"].as_u64().unwrap()).sum();
    assert_eq!((created, world.number("SELECT count(*) FROM post_metrics").await), (1, 1));
    assert_eq!(world.number("SELECT metric_rows FROM figures_by_creator_day").await, 1);
    world.check_sums().await;
    // Different rows at once meet in the same sums.
    let bodies: Vec<Value> = (0..20).map(|at| world.row(json!({"post_id": format!("x{at}"), "views": 5}))).collect();
    join_all(bodies.iter().map(|body| world.client.post(&path, body))).await;
    assert_eq!(world.number("SELECT metric_rows FROM figures_by_day WHERE currency = ''").await, 20);
    world.check_sums().await;
}

#[both_engines]
async fn rows_are_listed_and_taken_out(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let rows: Vec<Value> = (1..=9)
        .map(|day| {
            world.row(json!({"date": format!("2026-02-0{day}"), "creator_id": world.creators[day % 2], "views": day}))
        })
        .collect();
    world.record(&json!(rows)).await;
    let list = |query: &str| {
        let path = world.path(&format!("metrics?{query}"));
        let client = world.client.clone();
        async move { client.get(&path).await.ok() }
    };
    let page = list("limit=4&offset=4").await;
    assert_eq!((&page["total"], &page["page"], &page["total_pages"]), (&json!(9), &json!(2), &json!(3)));
    let days: Vec<&str> = page["metrics"].as_array().unwrap().iter().map(|row| row["date"].as_str().unwrap()).collect();
    assert_eq!(days, ["2026-02-05", "2026-02-04", "2026-02-03", "2026-02-02"]);
    let some = list(&format!("creator_id={}&start_date=2026-02-03&end_date=2026-02-07", world.creators[1])).await;
    assert_eq!((&some["total"], some["metrics"].as_array().unwrap().len()), (&json!(3), 3));
    assert_eq!(list("start_date=2027-01-01").await["total"], 0);
    for wrong in
        ["limit=0", "limit=101", "start_date=soon", "start_date=2026-02-03&end_date=2026-02-02", "creator_id=x"]
    {
        world.client.get(&world.path(&format!("metrics?{wrong}"))).await.refused(422);
    }
    world.client.get(&world.path(&format!("metrics?creator_id={}", world.campaign))).await.refused(404);

    let one = world.path(&format!("metrics?creator_id={}&post_id=p1&date=2026-02-03", world.creators[1]));
    let before = world.version().await;
    world.client.delete(&one).await.ok();
    assert!(world.version().await > before);
    world.client.delete(&one).await.refused(404);
    assert_eq!(world.client.delete(&world.path("metrics?post_id=p1")).await.faults(), ["creator_id", "date"]);
    assert_eq!(list("limit=1").await["total"], 8);
    world.check_sums().await;
    assert_eq!(world.events().await, ["metrics.recorded", "metrics.deleted"]);
}

#[both_engines]
async fn nobody_else_knows_of_it(fresh: FreshDb) {
    let world = World::new(fresh).await;
    world.record(&world.row(json!({}))).await;
    let (path, row) = (world.path("metrics"), world.row(json!({})));
    let one = format!("{path}?creator_id={}&post_id=p1&date=2026-03-01", world.creators[0]);
    for other in [&world.stranger, &world.creator] {
        other.post(&path, &row).await.refused(404);
        other.get(&path).await.refused(404);
        other.delete(&one).await.refused(404);
        other.raw(axum::http::Method::POST, &format!("{path}/csv"), "text/csv", "x").await.refused(404);
    }
    world.anyone.post(&path, &row).await.refused(401);
    world.viewer.get(&path).await.ok();
    world.viewer.post(&path, &row).await.refused(403);
    world.viewer.delete(&one).await.refused(403);
    world.client.post("/api/v1/analytics/campaigns/CAMP-999/metrics", &row).await.refused(404);
    assert_eq!(world.number("SELECT count(*) FROM post_metrics").await, 1);
    // The same row in another's campaign is another row.
    world.stranger.post(&format!("/api/v1/analytics/campaigns/{}/metrics", world.strange), &row).await.ok();
    assert_eq!(world.number("SELECT count(*) FROM post_metrics").await, 2);
    world.check_sums().await;
}

#[both_engines]
async fn bodies_that_are_none(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let path = world.path("metrics");
    for (media_type, body, status) in [
        ("application/json", "", 400),
        ("application/json", "{", 400),
        ("application/json", "[]", 422),
        ("application/json", "7", 422),
        ("application/json", "{\"metrics\": []}", 422),
        ("application/json", "{\"metrics\": 7}", 422),
        ("application/json", "{\"views\": 1, \"views\": 2}", 422),
        ("text/csv", "a,b", 415),
    ] {
        world.client.raw(axum::http::Method::POST, &path, media_type, body).await.refused(status);
    }
    let many = vec![world.row(json!({})); 1001];
    let reply = world.client.post(&path, &json!(many)).await;
    assert!(reply.message().contains("CSV"), "{}", reply.text());
    reply.refused(422);
    let large = " ".repeat(2 << 20);
    world.client.raw(axum::http::Method::POST, &path, "application/json", large).await.refused(413);
    for (day, status) in
        [("2005-01-01", 200), ("2004-12-31", 422), ("2026-03-03", 200), ("2026-03-04", 422), ("2026-02-30", 422)]
    {
        assert_eq!(world.client.post(&path, &world.row(json!({"date": day}))).await.status, status, "{day}");
    }
    assert_eq!(world.events().await.len(), 2);
}
