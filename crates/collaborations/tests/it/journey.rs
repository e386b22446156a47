//! From the accepted application to both ratings.

use collaborations::ContractWish;
use kernel::time::{DAY, HOUR};
use serde_json::json;
use testkit::{FreshDb, both_engines};

use crate::World;

#[both_engines]
async fn the_documents_journey(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let path = world.opened(ContractWish::None).await;
    let body = world.get(&path).await;
    assert_eq!(
        (&body["status"], &body["agreed_fee"], &body["waits_for"]),
        (&json!("ACCEPTED"), &json!(1500.0), &json!("SCHEDULE"))
    );
    assert_eq!(body["money"]["moved_by_us"], false);
    world.other_creator.get(&path).await.refused(404);
    world.other_business.get(&path).await.refused(404);
    // Nothing is rated or handed in before its time.
    let rating = json!({"rating": 5, "feedback": "Excellent"});
    world.business.post(&format!("{path}/rate"), &rating).await.refused(409);
    world.creator.post("/api/v1/submissions", &World::content(&path, "#summer2026")).await.refused(409);
    let schedule = format!("{path}/schedule");
    world.business.post(&schedule, &json!({"scheduled_date": "soon"})).await.refused(422);
    world.business.post(&schedule, &json!({"scheduled_date": "2030-01-01T00:00:00Z"})).await.refused(422);
    world.business.post(&schedule, &json!({"scheduled_date": "2030-03-16T00:00:00Z"})).await.refused(422);
    world.other_business.post(&schedule, &json!({"scheduled_date": "2030-03-01T10:00:00Z"})).await.refused(404);
    world.schedule(&path).await;
    let listed = world.creator.get("/api/v1/collaborations?status=SCHEDULED&role=CREATOR&page=1").await.ok();
    assert_eq!((&listed["total"], &listed["limit"]), (&json!(1), &json!(20)));
    assert_eq!(world.creator.get("/api/v1/collaborations?role=BUSINESS").await.ok()["total"], 0);
    assert_eq!(world.business.get("/api/v1/collaborations?role=business").await.ok()["total"], 1);
    world.creator.get("/api/v1/collaborations?status=FORGOTTEN").await.refused(422);

    // Content without the hashtag is found out, and sent back.
    world.other_creator.post("/api/v1/submissions", &World::content(&path, "#summer2026")).await.refused(404);
    world.business.post("/api/v1/submissions", &World::content(&path, "#summer2026")).await.refused(403);
    let poor = world.submit(&path, "Beautiful summer vibes").await;
    world.creator.post("/api/v1/submissions", &World::content(&path, "#summer2026")).await.refused(409);
    let seen = world.creator.get(&poor).await.ok();
    assert_eq!(
        (&seen["status"], &seen["ai_score"], &seen["platform"]),
        (&json!("SUBMITTED"), &json!(null), &json!("INSTAGRAM"))
    );
    world.creator.post(&format!("{poor}/analyze-ai"), &json!({})).await.refused(403);
    let found = world.business.post(&format!("{poor}/analyze-ai"), &json!({})).await.ok();
    assert_eq!((&found["status"], &found["passed_requirements"]), (&json!("UNDER_REVIEW"), &json!(false)));
    let notes = json!({"reviewer_notes": "The hashtag is missing", "requirements": ["#summer2026"]});
    world.creator.post(&format!("{poor}/reject"), &notes).await.refused(403);
    world.other_business.post(&format!("{poor}/reject"), &notes).await.refused(404);
    assert_eq!(world.business.post(&format!("{poor}/reject"), &notes).await.ok()["status"], "REJECTED");
    world.business.post(&format!("{poor}/approve"), &json!({})).await.refused(409);

    // The next version is good.
    let good = world.submit(&path, "Beautiful summer vibes #summer2026").await;
    let found = world.business.post(&format!("{good}/analyze-ai"), &json!({})).await.ok();
    assert_eq!(
        (&found["passed_requirements"], &found["ai_analysis"]["compliance_percentage"]),
        (&json!(true), &json!(100.0))
    );
    world.creator.post(&format!("{good}/approve"), &json!({})).await.refused(403);
    let approved = world.business.post(&format!("{good}/approve"), &json!({})).await.ok();
    assert_eq!(approved["reviewed_by"], json!(world.business_account.account.id));
    assert!(approved["message"].as_str().unwrap().contains("no money is moved"));
    world.business.post(&format!("{good}/approve"), &json!({})).await.refused(409);
    world.business.post(&format!("{good}/reject"), &notes).await.refused(409);

    // Both rate, each blind.
    let rate = format!("{path}/rate");
    world.business.post(&rate, &json!({"rating": 6})).await.refused(422);
    world.other_creator.post(&rate, &json!({"rating": 5})).await.refused(404);
    let first = world.business.post(&rate, &rating).await.ok();
    assert_eq!(
        (&first["status"], &first["creator_rating"], &first["business_rating"]),
        (&json!("APPROVED"), &json!(5), &json!(null))
    );
    world.business.post(&rate, &rating).await.refused(409);
    let blind = world.creator.get(&path).await.ok();
    assert_eq!((&blind["creator_rating"], &blind["ratings"]), (&json!(null), &json!([])));
    world.creator.post(&format!("{path}/rating/reply"), &json!({"reply": "Thank you"})).await.refused(409);
    let both = world.creator.post(&rate, &json!({"rating": 4, "feedback": "Prompt"})).await.ok();
    assert_eq!(
        (&both["status"], &both["creator_rating"], &both["business_rating"]),
        (&json!("COMPLETED"), &json!(5), &json!(4))
    );

    // What the creator gave is the satisfaction of those who work for this business, and of nobody else.
    let another = world.people.business(&world.clock);
    for (someone, given) in [(&world.business_account, (4, 1)), (&another, (0, 0))] {
        let scope = kernel::Caller::Account(someone.account.clone()).scope();
        let mut tx = world.app.db().read().await.unwrap();
        assert_eq!(collaborations::store::given_by_creators(scope, &mut tx).await.unwrap(), given);
    }

    let body = world.get(&path).await;
    assert!(body["creator"]["profile"]["karma_score"].as_i64().unwrap() > 0);
    assert_eq!(
        (&body["creator"]["profile"]["rating"], &body["business"]["profile"]["rating"]),
        (&json!(5.0), &json!(4.0))
    );
    assert_eq!(body["creator"]["profile"]["completed_collaborations"], 1);
    for (kind, times) in [
        ("collaboration.opened", 1),
        ("collaboration.scheduled", 1),
        ("submission.submitted", 2),
        ("submission.rejected", 1),
        ("submission.approved", 1),
        ("collaboration.rated", 2),
        ("collaboration.completed", 1),
    ] {
        assert_eq!(world.happened(kind).await, times, "{kind}");
    }
    world.creator.post(&format!("{path}/rating/reply"), &json!({"reply": "Thank you"})).await.ok();
    world.creator.post(&format!("{path}/rating/reply"), &json!({"reply": "Again"})).await.refused(409);
    let karma = world.creator.get("/api/v1/karma").await.ok();
    assert_eq!(
        (&karma["completed_collaborations"], &karma["next_tier"]["tier"]["name"]),
        (&json!(1), &json!("STARTER"))
    );
    assert_eq!(world.creator.get("/api/v1/karma/rules").await.ok()["tiers"][2]["name"], "PRO");
}

#[both_engines]
async fn another_day_is_proposed_to_the_other_side(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let path = world.scheduled().await;
    let (schedule, accept, decline) =
        (format!("{path}/schedule"), format!("{path}/schedule/accept"), format!("{path}/schedule/decline"));
    world.creator.post(&accept, &json!({})).await.refused(409);
    let later = json!({"scheduled_date": "2030-03-05T10:00:00Z"});
    let proposed = world.creator.post(&schedule, &later).await.ok();
    assert_eq!(
        (&proposed["scheduled_date"], &proposed["proposed_date"]),
        (&json!("2030-03-01T10:00:00Z"), &json!("2030-03-05T10:00:00Z"))
    );
    world.creator.post(&accept, &json!({})).await.refused(409);
    assert_eq!(world.business.post(&accept, &json!({})).await.ok()["scheduled_date"], "2030-03-05T10:00:00Z");
    // Who says the day that the other side proposed has agreed to it.
    let earlier = json!({"scheduled_date": "2030-03-02T10:00:00Z"});
    world.business.post(&schedule, &earlier).await.ok();
    assert_eq!(world.creator.post(&schedule, &earlier).await.ok()["scheduled_date"], "2030-03-02T10:00:00Z");
    world.business.post(&schedule, &later).await.ok();
    assert_eq!(world.creator.post(&decline, &json!({})).await.ok()["scheduled_date"], "2030-03-02T10:00:00Z");
    // What nobody answers lapses.
    world.business.post(&schedule, &later).await.ok();
    world.clock.advance(72 * HOUR);
    world.run().await;
    let body = world.get(&path).await;
    assert_eq!((&body["scheduled_date"], &body["proposed_date"]), (&json!("2030-03-02T10:00:00Z"), &json!(null)));
    assert_eq!(world.happened("collaboration.schedule_declined").await, 2);
    let file = world.creator.get(&format!("{path}/calendar.ics")).await.text();
    assert!(file.contains("DTSTART:20300302T100000Z") && file.contains("DTSTART:20300315T000000Z"), "{file}");
    world.other_creator.get(&format!("{path}/calendar.ics")).await.refused(404);
}

#[both_engines]
async fn bad_input_has_one_clear_answer(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let path = world.scheduled().await;
    let bad = json!({"collaboration_id": path.rsplit('/').next().unwrap(), "content_urls": [], "platform": "MYSPACE"});
    let faults = world.creator.post("/api/v1/submissions", &bad).await;
    faults.refused(422);
    assert!(
        ["content_urls", "platform"].iter().all(|name| faults.faults().iter().any(|one| one.contains(name))),
        "{:?}",
        faults.faults()
    );
    let mut many = World::content(&path, "#summer2026");
    many["content_urls"] = json!(vec!["https://example.com/a.jpg"; 500]);
    world.creator.post("/api/v1/submissions", &many).await.refused(422);
    let mut long = World::content(&path, "#summer2026");
    long["captions"] = json!({"instagram": "x".repeat(70_000)});
    world.creator.post("/api/v1/submissions", &long).await.refused(422);
    for junk in [json!({"captions": [1]}), json!({"captions": {"instagram": 5}}), json!({"platform": null})] {
        let mut body = World::content(&path, "x");
        for (name, value) in junk.as_object().unwrap() {
            body[name] = value.clone();
        }
        world.creator.post("/api/v1/submissions", &body).await.refused(422);
    }
    let nothing = "0190a000-0000-7000-8000-000000000000";
    let mut elsewhere = World::content(&path, "x");
    elsewhere["collaboration_id"] = json!(nothing);
    world.creator.post("/api/v1/submissions", &elsewhere).await.refused(404);
    for path in [
        format!("/api/v1/submissions/{nothing}"),
        "/api/v1/submissions/no-such-id".into(),
        format!("/api/v1/collaborations/{nothing}"),
        format!("/api/v1/profiles/{nothing}"),
    ] {
        world.creator.get(&path).await.refused(404);
        world.anyone.get(&path).await.refused(401);
    }
    world.creator.get("/api/v1/collaborations?page=0").await.refused(422);
    world.creator.get("/api/v1/collaborations?limit=101").await.refused(422);
    world.creator.post(&format!("{path}/cancel"), &json!({})).await.refused(422);
    world.clock.advance(DAY);
}
