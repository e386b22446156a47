//! What can be reported, by whom, how often; and what a decision does.

use kernel::time::DAY;
use serde_json::{Value, json};
use testkit::{FreshDb, both_engines};

use crate::world::World;

fn decide(report: &Value) -> String {
    format!("/api/v1/admin/reports/{}/decide", report["id"].as_str().unwrap())
}

fn restore(report: &Value) -> String {
    format!("/api/v1/admin/reports/{}/restore", report["id"].as_str().unwrap())
}

#[both_engines]
async fn one_has_one_open_report_of_a_thing(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let offer = world.offer();
    let report = world.reported(offer).await;
    assert_eq!((&report["status"], &report["reason"]), (&json!("open"), &json!("scam")));
    let again = json!({"subject": "OFFER", "subject_id": offer, "reason": "spam"});
    world.creator.client.post("/api/v1/reports", &again).await.refused(409);
    // Once it is decided, there may be another.
    let decision = json!({"action": "dismiss", "reason": "The fee is a deposit"});
    let decided = world.admin.client.post(&decide(&report), &decision).await.ok();
    assert_eq!((&decided["status"], &decided["action"]), (&json!("decided"), &json!("dismiss")));
    assert_eq!(world.creator.client.post("/api/v1/reports", &again).await.status, 201);
    let own = world.creator.client.get("/api/v1/reports").await.ok();
    assert_eq!(own["total"], 2);
    // What was dismissed is not told to whom it was about.
    assert_eq!(world.brand.client.get("/api/v1/moderation/decisions").await.ok()["total"], 0);
}

#[both_engines]
async fn what_one_cannot_see_or_owns_is_not_reported(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let offer = world.offer();
    let body = |subject: &str, id: &str, reason: &str| json!({"subject": subject, "subject_id": id, "reason": reason});
    let (reports, offer) = ("/api/v1/reports", offer.to_string());
    world.anyone.post(reports, &body("offer", &offer, "spam")).await.refused(401);
    world.brand.client.post(reports, &body("offer", &offer, "spam")).await.refused(409);
    let nobody = "0190a000-0000-7000-8000-000000000000";
    for subject in ["offer", "profile", "message", "rating"] {
        world.creator.client.post(reports, &body(subject, nobody, "spam")).await.refused(404);
    }
    let faults = world.creator.client.post(reports, &body("planet", "x", "boring")).await;
    faults.refused(422);
    assert_eq!(faults.faults().len(), 3, "{}", faults.text());
    // "other" has to be said in words.
    world.creator.client.post(reports, &body("offer", &offer, "other")).await.refused(422);
}

#[both_engines]
async fn reports_are_bounded_by_the_day(fresh: FreshDb) {
    let world = World::new(fresh).await;
    for _ in 0..moderation::model::MOST_A_DAY {
        world.reported(world.offer()).await;
    }
    let body = json!({"subject": "offer", "subject_id": world.offer(), "reason": "spam"});
    let refused = world.creator.client.post("/api/v1/reports", &body).await;
    refused.refused(429);
    assert_eq!(refused.header("retry-after"), "54001");
    world.clock.advance(DAY);
    let fresh = world.log_in(&world.creator.email).await.ok();
    let client =
        world.anyone.clone().with("authorization", &format!("Bearer {}", fresh["access_token"].as_str().unwrap()));
    assert_eq!(client.post("/api/v1/reports", &body).await.status, 201);
}

#[both_engines]
async fn administrators_alone_read_and_decide(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let report = world.reported(world.offer()).await;
    let decision = json!({"action": "hide", "reason": "It asks for fees"});
    for client in [&world.creator.client, &world.brand.client] {
        client.get("/api/v1/admin/reports").await.refused(403);
        client.post(&decide(&report), &decision).await.refused(403);
        client.post(&restore(&report), &json!({})).await.refused(403);
    }
    let page = world.admin.client.get("/api/v1/admin/reports?status=open&subject=offer&limit=5").await.ok();
    assert_eq!((&page["total"], &page["reports"][0]["id"]), (&json!(1), &report["id"]));
    assert_eq!(page["reports"][0]["owner_id"], json!(world.brand.id));
    assert_eq!(world.admin.client.get("/api/v1/admin/reports?status=decided").await.ok()["total"], 0);
    world.admin.client.get("/api/v1/admin/reports?status=lost").await.refused(422);
    let nothing = "/api/v1/admin/reports/0190a000-0000-7000-8000-000000000000/decide";
    world.admin.client.post(nothing, &decision).await.refused(404);
}

#[both_engines]
async fn a_thing_is_hidden_once_and_shown_again_once(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let offer = world.offer();
    let report = world.reported(offer).await;
    let admin = &world.admin.client;
    admin.post(&restore(&report), &json!({})).await.refused(409);
    let decision = json!({"action": "hide", "reason": "It asks for fees in advance"});
    let path = decide(&report);
    // Two press at the same time: one decides.
    let (one, other) = tokio::join!(admin.post(&path, &decision), admin.post(&path, &decision));
    let mut answers = [one.status, other.status];
    answers.sort_unstable();
    assert_eq!(answers, [200, 409]);
    assert!(world.offers.is_hidden(offer));
    let told = world.brand.client.get("/api/v1/moderation/decisions").await.ok();
    assert_eq!(told["decisions"][0]["reason"], "It asks for fees in advance");
    assert_eq!(told["decisions"][0].get("reporter_id"), None);
    assert_eq!(admin.post(&restore(&report), &json!({})).await.ok()["status"], "restored");
    assert!(!world.offers.is_hidden(offer));
    admin.post(&restore(&report), &json!({})).await.refused(409);
    let audit = admin.get("/api/v1/audit?kind=moderation.decided").await.ok();
    assert_eq!(audit["total"], 1, "{audit}");
    assert_eq!(audit["entries"][0]["detail"]["reason"], "It asks for fees in advance");
    let events = world.app.read().await.unwrap().newest_events(None, &[], 100).await.unwrap();
    let mut kinds: Vec<&str> = events.iter().map(|event| event.kind.as_str()).collect();
    kinds.retain(|kind| kind.starts_with("moderation"));
    assert_eq!(kinds, ["moderation.restored", "moderation.decided", "moderation.reported"]);
}

#[both_engines]
async fn a_suspended_account_is_kept_out_until_it_is_restored(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let body = json!({"subject": "profile", "subject_id": world.brand.id, "reason": "impersonation"});
    let report = world.creator.client.post("/api/v1/reports", &body).await;
    assert_eq!(report.status, 201, "{}", report.text());
    let report = report.json();
    let key = world.brand.client.post("/api/v1/api-keys", &json!({"name": "robot", "scope": "read"})).await;
    let decision = json!({"action": "suspend", "reason": "This is not the brand that it says it is"});
    world.admin.client.post(&decide(&report), &decision).await.ok();
    let refresh = json!({"refresh_token": world.brand.refresh});
    let says_why = |reply: testkit::Reply| {
        reply.refused(403);
        assert!(reply.message().contains("not the brand that it says it is"), "{}", reply.text());
    };
    says_why(world.brand.client.get("/api/v1/auth/me").await);
    says_why(world.log_in(&world.brand.email).await);
    says_why(world.anyone.post("/api/v1/auth/refresh", &refresh).await);
    assert_eq!(key.status, 201, "{}", key.text());
    let robot = world.anyone.clone().with("authorization", &format!("Bearer {}", key.json()["key"].as_str().unwrap()));
    says_why(robot.get("/api/v1/auth/me").await);
    // Whoever guesses the password is not told.
    let wrong = json!({"email": world.brand.email, "password": "WrongPass123!"});
    world.anyone.post("/api/v1/auth/login", &wrong).await.refused(401);
    world.admin.client.post(&restore(&report), &json!({})).await.ok();
    world.brand.client.get("/api/v1/auth/me").await.ok();
    world.anyone.post("/api/v1/auth/refresh", &refresh).await.ok();
    world.log_in(&world.brand.email).await.ok();
}

#[both_engines]
async fn an_administrator_is_not_suspended(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let body = json!({"subject": "profile", "subject_id": world.admin.id, "reason": "spam"});
    let report = world.creator.client.post("/api/v1/reports", &body).await.json();
    let decision = json!({"action": "suspend", "reason": "Because"});
    world.admin.client.post(&decide(&report), &decision).await.refused(409);
    // Nothing was decided by that.
    world.admin.client.post(&decide(&report), &json!({"action": "warn", "reason": "Mind your words"})).await.ok();
}
