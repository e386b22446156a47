//! Tracked links, and who follows them.

use axum::body::Body;
use axum::http::Method;
use futures::future::join_all;
use kernel::time;
use serde_json::{Value, json};
use testkit::{FreshDb, both_engines};

use crate::world::{BROWSER, World};

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text")).to_owned()
}

#[both_engines]
async fn whoever_follows_a_link_is_sent_on_and_counted(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let link = world.link(0, json!({"label": "Bio", "url": "https://shop.example.com/ä?x=1"})).await;
    let code = text(&link["code"]);
    assert_eq!(link["short_url"], format!("https://flow.example.com/t/{code}"));
    let before = world.version().await;
    let reply = world.follow(&code, "203.0.113.7", BROWSER).await;
    assert_eq!((reply.status, reply.header("location")), (302, "https://shop.example.com/%C3%A4?x=1"));
    assert_eq!(reply.header("cache-control"), "no-store");
    assert!(world.version().await > before, "what was kept of the figures is not true any more");
    world.follow(&code, "203.0.113.7", BROWSER).await;
    world.follow(&code, "203.0.113.8", BROWSER).await;
    world.follow(&code, "203.0.113.7", &format!("{BROWSER} other")).await;
    // One customer's network is one visitor.
    world.follow(&code, "2001:db8:1:2:3::4", BROWSER).await;
    world.follow(&code, "2001:db8:1:2:5::6", BROWSER).await;
    world.follow(&code, "203.0.113.9", "Twitterbot/1.0").await;
    world
        .anyone
        .clone()
        .with("user-agent", BROWSER)
        .ask(Method::HEAD, &format!("/t/{code}"), None, Body::empty())
        .await;
    let ahead = world.anyone.clone().with("user-agent", BROWSER).with("sec-purpose", "prefetch;prerender");
    assert_eq!(ahead.get(&format!("/t/{code}")).await.status, 302);
    let path = format!("/api/v1/analytics/links/{}", text(&link["id"]));
    let told = world.client.get(&path).await.ok();
    let figures = |told: &Value| ["clicks", "repeat_clicks", "bot_clicks"].map(|name| told[name].as_i64().unwrap());
    assert_eq!(figures(&told), [4, 2, 3]);
    assert_eq!((&told["days"][0]["date"], figures(&told["days"][0])), (&json!("2026-03-02"), [4, 2, 3]));
    world.check_sums().await;

    // On the next day the same visitor is a new one.
    world.clock.advance(time::DAY);
    world.follow(&code, "203.0.113.7", BROWSER).await;
    let list = world.client.get(&world.path("links")).await.ok();
    assert_eq!((&list["total"], figures(&list["links"][0])), (&json!(1), [5, 2, 3]));
    assert_eq!(world.client.get(&path).await.ok()["days"].as_array().unwrap().len(), 2);
    world.check_sums().await;
}

#[both_engines]
async fn what_is_kept_of_visitors_is_soon_forgotten(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let code = text(&world.link(0, json!({})).await["code"]);
    for _ in 0..4 {
        world.follow(&code, "203.0.113.7", BROWSER).await;
        world.clock.advance(time::DAY);
    }
    assert_eq!(world.number("SELECT count(*) FROM link_visitors").await, 4);
    assert_eq!(world.number("SELECT count(*) FROM link_salts").await, 4);
    let forget = insights::jobs(&world.insights);
    let mut tx = world.app.write().await.unwrap();
    let job = jobs::NewJob::new("insights.forget", &()).unwrap();
    jobs::enqueue(&mut tx, &world.clock, job).await.unwrap();
    tx.commit().await.unwrap();
    jobs::run_until_idle(world.app.db(), &world.clock, &forget).await.unwrap();
    // Today is the fifth day: of the first two nothing is left.
    assert_eq!(world.number("SELECT count(*) FROM link_visitors").await, 2);
    assert_eq!(world.number("SELECT count(*) FROM link_salts").await, 2);
    assert_eq!(world.number("SELECT CAST(sum(clicks) AS BIGINT) FROM link_days").await, 4, "the figures stay");
    world.check_sums().await;
}

#[both_engines]
async fn many_clicks_at_once_are_all_counted(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let code = text(&world.link(0, json!({})).await["code"]);
    let addresses: Vec<String> = (0..30).map(|at| format!("203.0.113.{}", at % 10)).collect();
    let replies = join_all(addresses.iter().map(|address| world.follow(&code, address, BROWSER))).await;
    assert!(replies.iter().all(|reply| reply.status == 302));
    assert_eq!(world.number("SELECT link_clicks FROM figures_by_creator").await, 10);
    assert_eq!(world.number("SELECT link_repeats FROM figures_by_creator").await, 20);
    world.check_sums().await;
}

#[both_engines]
async fn codes_of_ones_own(fresh: FreshDb) {
    let world = World::new(fresh).await;
    assert_eq!(world.link(0, json!({"code": "ana-fitband"})).await["code"], "ana-fitband");
    let body = json!({"creator_id": world.creators[1], "url": "https://x.example", "code": "ana-fitband"});
    world.client.post(&world.path("links"), &body).await.refused(409);
    let strange = format!("/api/v1/analytics/campaigns/{}/links", world.strange);
    world.stranger.post(&strange, &body).await.refused(409);
    for (field, value) in [
        ("code", json!("x y z")),
        ("code", json!("abc")),
        ("url", json!("javascript:alert(1)")),
        ("url", json!("https://a:b@x.example")),
        ("url", json!(null)),
        ("url", json!("https://flow.example.com/t/ana-fitband")),
        ("creator_id", json!(7)),
        ("label", json!("x".repeat(201))),
    ] {
        let mut body = json!({"creator_id": world.creators[1], "url": "https://x.example"});
        body[field] = value;
        assert_eq!(world.client.post(&world.path("links"), &body).await.faults(), [field], "{body}");
    }
    let nobody = json!({"creator_id": world.campaign, "url": "https://x.example"});
    world.client.post(&world.path("links"), &nobody).await.refused(404);
}

#[both_engines]
async fn a_link_that_was_taken_down_leads_nowhere(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let link = world.link(0, json!({})).await;
    let (code, path) = (text(&link["code"]), format!("/api/v1/analytics/links/{}", text(&link["id"])));
    world.follow(&code, "203.0.113.7", BROWSER).await;
    world.viewer.delete(&path).await.refused(403);
    for other in [&world.stranger, &world.creator] {
        other.get(&path).await.refused(404);
        other.delete(&path).await.refused(404);
        other.get(&world.path("links")).await.refused(404);
        other
            .post(&world.path("links"), &json!({"creator_id": world.creators[0], "url": "https://x.example"}))
            .await
            .refused(404);
    }
    world.client.delete(&path).await.ok();
    world.client.delete(&path).await.ok();
    assert_eq!(world.follow(&code, "203.0.113.7", BROWSER).await.status, 404);
    assert_eq!(world.follow("nothing", "203.0.113.7", BROWSER).await.status, 404);
    let told = world.client.get(&path).await.ok();
    assert_eq!((&told["clicks"], told["disabled_at"].is_string()), (&json!(1), true));
    assert_eq!(world.events().await, ["link.created", "link.disabled"]);
    world.check_sums().await;
}

#[both_engines]
async fn nobody_waits_for_figures_that_cannot_be_written(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let code = text(&world.link(0, json!({})).await["code"]);
    let mut tx = world.app.write().await.unwrap();
    tx.execute("ALTER TABLE link_days RENAME TO link_days_of_old", vec![]).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(world.follow(&code, "203.0.113.7", BROWSER).await.status, 302);
    assert_eq!(world.number("SELECT count(*) FROM figures_by_day").await, 0);
    assert_eq!(world.number("SELECT count(*) FROM link_visitors").await, 0, "all of it or nothing");
}

#[both_engines]
async fn a_link_that_leads_where_it_should_not_is_reported_and_taken_down(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let link = world.link(0, json!({"url": "https://bücher.example/käse"})).await;
    assert_eq!(link["url"], "https://xn--bcher-kva.example/k%C3%A4se");
    let report = format!("/t/{}/report", text(&link["code"]));
    let reason = json!({"reason": "It asks for my password"});
    for _ in 0..2 {
        assert_eq!(world.anyone.post(&report, &reason).await.status, 202);
    }
    assert_eq!(world.anyone.post("/t/nowhere/report", &reason).await.status, 404);
    let path = "/api/v1/analytics/link-reports";
    world.client.get(path).await.refused(403);
    let admin = &world.admin;
    let told = admin.get(path).await.ok();
    assert_eq!((&told["total"], &told["reports"][0]["reason"]), (&json!(1), &reason["reason"]), "once a day: {told}");
    assert_eq!(told["reports"][0]["link_id"], link["id"]);
    admin.delete(&format!("/api/v1/analytics/links/{}", text(&link["id"]))).await.ok();
    assert_eq!(world.anyone.get(&format!("/t/{}", text(&link["code"]))).await.status, 404);
    assert!(admin.get(path).await.ok()["reports"][0]["disabled_at"].is_string());
}
