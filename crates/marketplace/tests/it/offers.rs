//! Offers: from draft to archive, who sees what, lists.

use axum::http::Method;
use kernel::time::DAY;
use serde_json::{Value, json};
use testkit::{FreshDb, both_engines};

use crate::world::World;

fn fields(error: &Value) -> Vec<&str> {
    error["error"]["details"].as_array().unwrap().iter().map(|fault| fault["field"].as_str().unwrap()).collect()
}

fn titles(list: &Value) -> Vec<&str> {
    list["offers"].as_array().unwrap().iter().map(|offer| offer["title"].as_str().unwrap()).collect()
}

#[both_engines]
async fn from_draft_to_archive(fresh: FreshDb) {
    let world = World::new(fresh).await;
    world.creator.post("/api/v1/offers", &World::example()).await.refused(403);
    world.anyone.post("/api/v1/offers", &World::example()).await.refused(401);
    world.unproved(&world.owner).post("/api/v1/offers", &World::example()).await.refused(403);
    let mut wrong = World::example();
    wrong["category"] = json!("NONSENSE");
    wrong["platforms"] = json!(["MYSPACE"]);
    wrong["budget_min"] = json!(-1);
    let told = world.business.post("/api/v1/offers", &wrong).await.refused(422);
    assert_eq!(fields(&told), ["category", "platforms.0", "budget_min"]);
    let path = world.offer(&World::example()).await;
    // A draft is its business's alone.
    for client in [&world.creator, &world.other_business, &world.anyone] {
        client.get(&path).await.refused(404);
    }
    world.other_business.post(&format!("{path}/publish"), &json!({})).await.refused(404);
    assert_eq!(world.anyone.get("/api/v1/offers").await.ok()["total"], 0);
    let draft = world.business.get(&path).await.ok();
    assert_eq!(
        (&draft["status"], &draft["is_open"], &draft["closed_reason"]),
        (&json!("DRAFT"), &json!(false), &json!("NOT_PUBLISHED"))
    );
    for (name, sent) in World::example().as_object().unwrap() {
        let told = &draft[name];
        let same = match sent {
            Value::Object(sent) => sent.iter().all(|(field, value)| match (value, &told[field]) {
                (Value::Object(value), told) => {
                    value.iter().all(|(field, value)| value.as_f64() == told[field].as_f64())
                }
                (value, told) => value == told,
            }),
            sent => sent.as_f64().map_or(sent == told, |number| told.as_f64() == Some(number)),
        };
        assert!(same, "{name}: sent {sent}, told {told}");
    }

    let moved = world.business.post(&format!("{path}/publish"), &json!({})).await.ok();
    assert_eq!((&moved["status"], &moved["is_open"]), (&json!("ACTIVE"), &json!(true)));
    world.business.post(&format!("{path}/publish"), &json!({})).await.refused(409);
    for client in [&world.other_business, &world.creator] {
        client.json(Method::PATCH, &path, &json!({"title": "Mine"})).await.refused(403);
        client.post(&format!("{path}/pause"), &json!({})).await.refused(403);
        client.post(&format!("{path}/archive"), &json!({})).await.refused(403);
    }
    world.business.post(&format!("{path}/pause"), &json!({})).await.ok();
    let paused = world.anyone.get(&path).await.ok();
    assert_eq!((&paused["is_open"], &paused["closed_reason"]), (&json!(false), &json!("PAUSED")));
    world.business.post(&format!("{path}/pause"), &json!({})).await.refused(409);
    assert_eq!(world.business.post(&format!("{path}/resume"), &json!({})).await.ok()["is_open"], true);
    world.clock.advance(30 * DAY);
    let late = world.anyone.get(&path).await.ok();
    assert_eq!(late["closed_reason"], "DEADLINE_PASSED");
    assert_eq!(world.anyone.get("/api/v1/offers?is_open=true").await.ok()["total"], 0);
    let archived = world.business.post(&format!("{path}/archive"), &json!({})).await.ok();
    assert_eq!((&archived["status"], &archived["closed_reason"]), (&json!("ARCHIVED"), &json!("ARCHIVED")));
    for action in ["publish", "archive", "pause", "resume"] {
        world.business.post(&format!("{path}/{action}"), &json!({})).await.refused(409);
    }
    assert_eq!(world.anyone.get("/api/v1/offers").await.ok()["total"], 0);
    for (kind, times) in [("offer.published", 1), ("offer.paused", 1), ("offer.resumed", 1), ("offer.archived", 1)] {
        assert_eq!(world.happened(kind).await, times, "{kind}");
    }
}

#[both_engines]
async fn deadlines_lie_ahead_when_it_is_published(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let path = world.offer(&World::example()).await;
    world.clock.advance(60 * DAY);
    let told = world.business.post(&format!("{path}/publish"), &json!({})).await.refused(422);
    assert_eq!(fields(&told), ["application_deadline", "content_deadline"]);
    let later =
        json!({"application_deadline": "2026-05-01T00:00:00+02:00", "content_deadline": "2026-04-30T22:00:00Z"});
    let told = world.business.json(Method::PATCH, &path, &later).await.refused(422);
    assert_eq!(fields(&told), ["content_deadline"], "the same moment in another zone is not after it");
    let later = json!({"application_deadline": "2026-05-01T00:00:00Z", "content_deadline": null});
    world.business.json(Method::PATCH, &path, &later).await.ok();
    world.business.post(&format!("{path}/publish"), &json!({})).await.ok();
}

#[both_engines]
async fn views_count_once_a_day_and_never_the_owners(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let path = world.published(&World::example()).await;
    for client in [&world.creator, &world.creator, &world.other_creator, &world.business, &world.anyone, &world.anyone]
    {
        client.get(&path).await.ok();
    }
    assert_eq!(world.business.get(&path).await.ok()["views_count"], 3);
    world.clock.advance(DAY);
    assert_eq!(world.creator.get(&path).await.ok()["views_count"], 4);
    // What other processes count is found out by the table.
    let same = world.anyone.clone().with("user-agent", "another browser");
    assert_eq!(same.get(&path).await.ok()["views_count"], 5);
    assert_eq!(same.get(&path).await.ok()["views_count"], 5);
    world.clock.advance(3 * DAY);
    world.run().await;
    let (system, mut tx) = (kernel::Scope::system(), world.app.write().await.unwrap());
    let left = marketplace::store::views::forget(system, &mut tx, kernel::Day(i64::MAX)).await.unwrap();
    assert_eq!(left, 0, "viewers of earlier days are forgotten");
}

#[both_engines]
async fn lists_find_what_is_asked_for(fresh: FreshDb) {
    let world = World::new(fresh).await;
    for more in [
        json!({"title": "Campaña de verano"}),
        json!({"title": "Winter video", "category": "FOOD", "platforms": ["YOUTUBE"], "content_specs": {"formats": ["SHORT"]},
            "budget_min": 3000, "budget_max": 5000, "currency": "USD", "countries": ["FR"]}),
        json!({"title": "Hidden", "is_public": false}),
    ] {
        world.clock.advance(1_000);
        world.published(&World::open_to_all(&more)).await;
    }
    let found = async |query: &str| {
        let list = world.anyone.get(&format!("/api/v1/offers?{query}")).await.ok();
        titles(&list).into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(found("").await, ["Winter video", "Campaña de verano"], "the newest first, and nothing hidden");
    for (query, expected) in [
        ("search=campana", vec!["Campaña de verano"]),
        ("search=VERANO%20camp", vec!["Campaña de verano"]),
        ("search=nothing-like-it", vec![]),
        ("category=food", vec!["Winter video"]),
        ("category=FOOD,FASHION&platforms=TIKTOK", vec!["Campaña de verano"]),
        ("platforms=YOUTUBE", vec!["Winter video"]),
        ("budget_min=2500", vec!["Winter video"]),
        ("budget_min=1000&budget_max=2500", vec!["Campaña de verano"]),
        ("budget_max=100", vec![]),
        ("currency=eur", vec!["Campaña de verano"]),
        ("country=Spain", vec!["Campaña de verano"]),
        ("country=fr", vec!["Winter video", "Campaña de verano"]),
        ("deadline_from=2026-02-02", vec![]),
        ("deadline_until=2026-02-02", vec!["Winter video", "Campaña de verano"]),
        ("sort_by=budget", vec!["Winter video", "Campaña de verano"]),
        ("sort_by=budget&page=2&limit=1", vec!["Campaña de verano"]),
        ("page=100000", vec![]),
    ] {
        assert_eq!(found(query).await, expected, "{query}");
    }
    for query in [
        "category=NONSENSE",
        "platforms=MYSPACE",
        "budget_min=5&budget_max=1",
        "sort_by=luck",
        "page=0",
        "limit=101",
        "country=Nowhere",
    ] {
        world.anyone.get(&format!("/api/v1/offers?{query}")).await.refused(422);
    }
    // Popular is what many apply to, then what many look at.
    let path = world.published(&World::open_to_all(&json!({"title": "Popular"}))).await;
    world.apply(&world.other_creator, &path, None).await;
    assert_eq!(found("sort_by=popular").await[0], "Popular");
    let own = world.business.get("/api/v1/offers/me/created?status=active").await.ok();
    assert_eq!(own["total"], 4);
    assert_eq!(world.other_business.get("/api/v1/offers/me/created").await.ok()["total"], 0);
    world.creator.get("/api/v1/offers/me/created").await.refused(403);
}

#[both_engines]
async fn a_creator_is_told_whether_and_how_well_it_fits(fresh: FreshDb) {
    let world = World::new(fresh).await;
    world.entry("mia", json!({})).await;
    world.entry("leo", json!({"niche": "cars", "about": "Engines and races", "followers_count_numeric": 800, "engagement_rate": null})).await;
    let path = world.published(&World::example()).await;
    assert!(world.anyone.get(&path).await.ok()["eligibility"].is_null());
    let seen = world.creator.get(&path).await.ok();
    assert_eq!((&seen["eligibility"]["class"], &seen["eligibility"]["missing"]), (&json!("INFLUENCER"), &json!([])));
    let fit = &seen["match"];
    assert!(fit["match_score"].as_f64().unwrap() > 65.0 && fit["niche_match"].as_f64().unwrap() >= 70.0, "{fit}");
    assert_eq!(fit["reasons"].as_array().unwrap().len(), 4);
    let other = world.other_creator.get(&path).await.ok();
    assert_eq!(other["eligibility"]["eligible"], false);
    let missing = other["eligibility"]["missing"].as_array().unwrap();
    let followers =
        missing.iter().find(|one| one["class"] == "REGULAR" && one["requirement"] == "min_followers").unwrap();
    assert_eq!((&followers["required"], &followers["actual"]), (&json!(1_000.0), &json!(800.0)));
    assert!(other["match"]["match_score"].as_f64() < fit["match_score"].as_f64());
    // The list tells the same, and can be narrowed to it.
    let listed = world.creator.get("/api/v1/offers?eligible=true&sort_by=match").await.ok();
    assert_eq!((&listed["total"], &listed["offers"][0]["match"]["match_score"]), (&json!(1), &fit["match_score"]));
    assert_eq!(world.other_creator.get("/api/v1/offers?eligible=true").await.ok()["total"], 0);
    assert_eq!(world.other_creator.get("/api/v1/offers?eligible=false").await.ok()["total"], 1);
    // The first page of a creator leaves out what they have applied to.
    assert_eq!(world.creator.get("/api/v1/offers/recommended").await.ok()["total"], 1);
    world.apply(&world.creator, &path, Some(1500)).await;
    assert_eq!(world.creator.get("/api/v1/offers/recommended").await.ok()["total"], 0);
    world.business.get("/api/v1/offers/recommended").await.refused(403);
}

#[both_engines]
async fn an_edit_keeps_what_others_applied_to(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let path = world.published(&World::open_to_all(&json!({}))).await;
    let application = world.apply(&world.creator, &path, Some(1500)).await;
    let changed = json!({"title": "Another", "budget_max": 1000});
    let offer = world.business.json(Method::PATCH, &path, &changed).await.ok();
    assert_eq!((&offer["version"], &offer["title"]), (&json!(2), &json!("Another")));
    let seen = world.creator.get(&application).await.ok();
    assert_eq!((&seen["offer_version"], &seen["is_outdated"]), (&json!(1), &json!(true)));
    assert_eq!(
        (&seen["offer_as_applied"]["budget_max"], &seen["offer"]["budget_max"]),
        (&json!(2000.0), &json!(1000.0))
    );
    assert_eq!((world.happened("offer.changed").await, world.happened("application.outdated").await), (1, 1));
    // What is not asked of creators makes no version, and tells nobody.
    world.business.json(Method::PATCH, &path, &json!({"places": 2})).await.ok();
    assert_eq!(world.happened("application.outdated").await, 1);
    // Once somebody is accepted, nothing gets worse.
    world.business.post(&format!("{application}/review"), &json!({"action": "accept"})).await.ok();
    for worse in [
        json!({"budget_max": 900}),
        json!({"budget_min": 400}),
        json!({"content_deadline": "2026-02-20T00:00:00Z"}),
        json!({"currency": "USD"}),
    ] {
        world.business.json(Method::PATCH, &path, &worse).await.refused(409);
    }
    world
        .business
        .json(Method::PATCH, &path, &json!({"budget_max": 3000, "content_deadline": "2026-04-01T00:00:00Z"}))
        .await
        .ok();
    world.business.json(Method::PATCH, &path, &json!({"places": 0})).await.refused(422);
    let agreed = world.creator.get(&application).await.ok();
    assert_eq!((&agreed["agreed_fee"], &agreed["offer_version"]), (&json!(1500.0), &json!(1)));
}
