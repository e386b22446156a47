//! Applications: who may apply, who decides, who comes first.

use db::args;
use futures::future::join_all;
use kernel::UserType;
use kernel::time::HOUR;
use serde_json::{Value, json};
use testkit::{Client, FreshDb, both_engines};

use crate::world::World;

#[both_engines]
async fn once_for_each_offer_and_between_two_alone(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let path = world.published(&World::open_to_all(&json!({}))).await;
    let sent = World::application(&path, Some(1500));
    world.business.post("/api/v1/applications", &sent).await.refused(403);
    world.unproved(&world.person).post("/api/v1/applications", &sent).await.refused(403);
    let nothing = json!({"offer_id": "0190a000-0000-7000-8000-000000000000"});
    world.creator.post("/api/v1/applications", &nothing).await.refused(404);
    let wrong = world.creator.post("/api/v1/applications", &json!({"proposed_fee": -5})).await.refused(422);
    assert_eq!(wrong["error"]["details"].as_array().unwrap().len(), 2);
    let application = world.apply(&world.creator, &path, Some(1500)).await;
    world.creator.post("/api/v1/applications", &sent).await.refused(409);
    for client in [&world.creator, &world.business, &world.admin] {
        let seen = client.get(&application).await.ok();
        assert_eq!((&seen["status"], &seen["proposed_fee"]), (&json!("APPLIED"), &json!(1500.0)));
    }
    assert!(world.creator.get(&application).await.ok()["rank"].is_null(), "for the business only");
    assert!(world.business.get(&application).await.ok()["rank"]["score"].is_number());
    for client in [&world.other_creator, &world.other_business] {
        client.get(&application).await.refused(404);
        for action in ["withdraw", "counter/accept", "counter/decline"] {
            client.post(&format!("{application}/{action}"), &json!({})).await.refused(404);
        }
        client.post(&format!("{application}/review"), &json!({"action": "accept"})).await.refused(404);
        client.post(&format!("{application}/counter"), &json!({"fee": 5})).await.refused(404);
        client.post(&format!("{application}/shortlist"), &json!({})).await.refused(404);
    }
    // The wrong side of it sees it, and may not.
    world.creator.post(&format!("{application}/review"), &json!({"action": "accept"})).await.refused(403);
    world.creator.post(&format!("{application}/counter"), &json!({"fee": 5})).await.refused(403);
    world.creator.post(&format!("{application}/shortlist"), &json!({})).await.refused(403);
    world.business.post(&format!("{application}/withdraw"), &json!({})).await.refused(403);
    world.business.post(&format!("{application}/review"), &json!({"action": "perhaps"})).await.refused(422);
    assert_eq!(world.creator.get("/api/v1/applications?status=applied").await.ok()["total"], 1);
    assert_eq!(world.creator.get("/api/v1/applications?status=REJECTED").await.ok()["total"], 0);
    assert_eq!(world.business.get("/api/v1/applications").await.ok()["total"], 1);
    assert_eq!(world.other_business.get("/api/v1/applications").await.ok()["total"], 0);
    let list = format!("{path}/applications");
    assert_eq!(world.business.get(&list).await.ok()["total"], 1);
    world.other_business.get(&list).await.refused(403);
    world.creator.get(&list).await.refused(403);

    let accepted = world
        .business
        .post(&format!("{application}/review"), &json!({"action": "accept", "rejection_reason": null}))
        .await
        .ok();
    assert_eq!((&accepted["status"], &accepted["agreed_fee"]), (&json!("ACCEPTED"), &json!(1500.0)));
    assert!(accepted["collaboration_id"].is_string());
    for decided in [json!({"action": "accept"}), json!({"action": "reject"})] {
        world.business.post(&format!("{application}/review"), &decided).await.refused(409);
    }
    world.creator.post(&format!("{application}/withdraw"), &json!({})).await.refused(409);
    assert_eq!(world.business.get(&path).await.ok()["collaborations_count"], 1);
    for (kind, times) in [("application.received", 1), ("application.accepted", 1), ("collaboration.opened", 1)] {
        assert_eq!(world.happened(kind).await, times, "{kind}");
    }
}

#[both_engines]
async fn who_lacks_something_is_told_what(fresh: FreshDb) {
    let world = World::new(fresh).await;
    world.entry("mia", json!({"followers_count_numeric": 20_000, "engagement_rate": 1.0})).await;
    let path = world.published(&World::example()).await;
    let told = world.creator.post("/api/v1/applications", &World::application(&path, None)).await.refused(403);
    let fields: Vec<&str> =
        told["error"]["details"].as_array().unwrap().iter().map(|one| one["field"].as_str().unwrap()).collect();
    assert_eq!(
        fields,
        [
            "requirements.influencer.min_followers",
            "requirements.influencer.min_engagement_rate",
            "requirements.regular.min_engagement_rate"
        ]
    );
    assert!(told["detail"].is_string());
    // Figures are kept as they are when one applies.
    let other = world.register(UserType::Creator, "ana").await;
    let entry = world.entry("ana", json!({})).await;
    let ana = world.anyone.of(&other);
    let application = world.apply(&ana, &path, Some(800)).await;
    let seen = world.business.get(&application).await.ok();
    assert_eq!(
        (&seen["class"], &seen["figures"]["followers"], &seen["figures"]["source"]),
        (&json!("INFLUENCER"), &json!(60_000), &json!("DIRECTORY"))
    );
    assert!(seen["match"]["match_score"].as_f64().unwrap() > 60.0, "{}", seen["match"]);
    let mut changed = entry.clone();
    changed.followers = 5;
    let mut tx = world.app.write().await.unwrap();
    creators::store::update(kernel::Scope::system(), &mut tx, &mut changed, entry.seq).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(world.business.get(&application).await.ok()["figures"]["followers"], 60_000);
}

#[both_engines]
async fn nothing_is_taken_that_is_closed_or_ones_own(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let paused = world.published(&World::open_to_all(&json!({}))).await;
    world.business.post(&format!("{paused}/pause"), &json!({})).await.ok();
    let draft = world.offer(&World::open_to_all(&json!({}))).await;
    let hidden = world.published(&World::open_to_all(&json!({"is_public": false}))).await;
    for (path, status) in [(&paused, 409), (&draft, 404), (&hidden, 404)] {
        world.creator.post("/api/v1/applications", &World::application(path, None)).await.refused(status);
    }
    let open = world.published(&World::open_to_all(&json!({}))).await;
    let mut tx = world.app.write().await.unwrap();
    let workspace = world.owner.account.workspace.unwrap();
    let (scope, now) = (kernel::Scope::system(), world.clock.now());
    let role = kernel::WorkspaceRole::Viewer;
    accounts::workspaces::store::join(scope, &mut tx, workspace, world.person.account.id, role, now).await.unwrap();
    tx.commit().await.unwrap();
    let refused = world.creator.post("/api/v1/applications", &World::application(&open, None)).await.refused(403);
    assert!(
        refused["detail"].as_str().unwrap().contains("yourself")
            || refused["detail"].as_str().unwrap().contains("themselves")
    );
    let yen = world.published(&World::open_to_all(&json!({"currency": "JPY"}))).await;
    let cents = json!({"offer_id": yen.rsplit('/').next().unwrap(), "proposed_fee": 10.5});
    world.other_creator.post("/api/v1/applications", &cents).await.refused(422);
}

#[both_engines]
async fn a_counter_is_taken_or_left_or_lapses(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let path = world.published(&World::open_to_all(&json!({}))).await;
    let application = world.apply(&world.creator, &path, None).await;
    world.creator.post(&format!("{application}/counter/accept"), &json!({})).await.refused(409);
    world.business.post(&format!("{application}/counter"), &json!({"fee": 0})).await.refused(422);
    let countered = world
        .business
        .post(&format!("{application}/counter"), &json!({"fee": 1200, "message": "Two reels"}))
        .await
        .ok();
    assert_eq!((&countered["counter"]["fee"], &countered["status"]), (&json!(1200.0), &json!("APPLIED")));
    world.business.post(&format!("{application}/counter/accept"), &json!({})).await.refused(403);
    world.creator.post(&format!("{application}/counter/decline"), &json!({})).await.ok();
    world.creator.post(&format!("{application}/counter/accept"), &json!({})).await.refused(409);
    world.business.post(&format!("{application}/counter"), &json!({"fee": 1300})).await.ok();
    world.clock.advance(73 * HOUR);
    world.creator.post(&format!("{application}/counter/accept"), &json!({})).await.refused(409);
    assert!(world.creator.get(&application).await.ok()["counter"].is_null());
    world.run().await;
    world.run().await;
    assert_eq!(world.happened("application.counter_lapsed").await, 1);
    world.business.post(&format!("{application}/counter"), &json!({"fee": 1400})).await.ok();
    let accepted = world.creator.post(&format!("{application}/counter/accept"), &json!({})).await.ok();
    assert_eq!((&accepted["status"], &accepted["agreed_fee"]), (&json!("ACCEPTED"), &json!(1400.0)));
    // Without a fee of their own, others ask for the lower end of the budget.
    let other = world.apply(&world.other_creator, &path, None).await;
    let accepted = world.business.post(&format!("{other}/review"), &json!({"action": "accept"})).await.ok();
    assert_eq!(accepted["agreed_fee"], 500.0);
}

#[both_engines]
async fn two_who_take_the_last_place(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let path = world.published(&World::open_to_all(&json!({"places": 1}))).await;
    let first = world.apply(&world.creator, &path, Some(900)).await;
    let second = world.apply(&world.other_creator, &path, Some(900)).await;
    let accept = json!({"action": "accept"});
    let both = [format!("{first}/review"), format!("{second}/review")];
    let answers = join_all(both.iter().map(|path| world.business.post(path, &accept))).await;
    let mut statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409]);
    let offer = world.business.get(&path).await.ok();
    assert_eq!(
        (&offer["collaborations_count"], &offer["places_left"], &offer["closed_reason"]),
        (&json!(1), &json!(0), &json!("PLACES_FILLED"))
    );
    let late = world.register(UserType::Creator, "late").await;
    world.anyone.of(&late).post("/api/v1/applications", &World::application(&path, None)).await.refused(409);
    // The same accepted twice at once opens one collaboration.
    let path = world.published(&World::open_to_all(&json!({}))).await;
    let one = format!("{}/review", world.apply(&world.creator, &path, Some(900)).await);
    let answers = join_all((0..4).map(|_| world.business.post(&one, &accept))).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1);
    assert_eq!(world.business.get(&path).await.ok()["collaborations_count"], 1);
    // Accepting and withdrawing at once: one of them wins, and nothing is left between.
    let path = world.published(&World::open_to_all(&json!({}))).await;
    let application = world.apply(&world.creator, &path, Some(900)).await;
    let (review, withdraw) = (format!("{application}/review"), format!("{application}/withdraw"));
    let nothing = json!({});
    let answers = join_all([world.business.post(&review, &accept), world.creator.post(&withdraw, &nothing)]).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1);
    let seen = world.business.get(&application).await.ok();
    assert_eq!(seen["status"] == "ACCEPTED", seen["collaboration_id"].is_string());
}

async fn order(client: &Client, path: &str) -> Vec<String> {
    let list = client.get(path).await.ok();
    let names = list["applications"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["creator"]["username"].as_str().unwrap().to_owned());
    names.collect()
}

#[both_engines]
async fn applicants_are_ranked_and_many_are_rejected_together(fresh: FreshDb) {
    let world = World::new(fresh).await;
    world.entry("mia", json!({})).await;
    let path = world.published(&World::open_to_all(&json!({}))).await;
    let mut applications: Vec<(String, String)> = Vec::new();
    for (name, fee) in [("dear", 5000), ("cheap", 400), ("middle", 1900)] {
        let someone = world.register(UserType::Creator, name).await;
        applications.push((name.to_owned(), world.apply(&world.anyone.of(&someone), &path, Some(fee)).await));
    }
    applications.push(("mia".to_owned(), world.apply(&world.creator, &path, Some(400)).await));
    let list = format!("{path}/applications");
    assert_eq!(order(&world.business, &list).await, ["mia", "cheap", "middle", "dear"]);
    let shown = world.business.get(&list).await.ok();
    assert_eq!(shown["applications"][0]["rank"]["reasons"].as_array().unwrap().len(), 4);
    world.business.post(&format!("{}/shortlist", applications[0].1), &json!({"shortlisted": true})).await.ok();
    assert_eq!(order(&world.business, &list).await[0], "dear");
    assert_eq!(
        order(&world.business, &format!("{list}?shortlisted=false&sort_by=recent")).await,
        ["mia", "middle", "cheap"]
    );
    let ids: Vec<Value> = applications[1..3].iter().map(|(_, path)| json!(path.rsplit('/').next().unwrap())).collect();
    let reject = format!("{path}/applications/reject");
    world.other_business.post(&reject, &json!({"application_ids": ids})).await.refused(403);
    world.business.post(&reject, &json!({})).await.refused(422);
    let done = world.business.post(&reject, &json!({"application_ids": ids, "reason": "Another audience"})).await.ok();
    assert_eq!(done["rejected"].as_array().unwrap().len(), 2);
    let again = world.business.post(&reject, &json!({"application_ids": ids})).await.ok();
    assert_eq!((again["rejected"].as_array().unwrap().len(), again["skipped"].as_array().unwrap().len()), (0, 2));
    assert_eq!(world.business.get(&applications[1].1).await.ok()["rejection_reason"], "Another audience");
    // What is archived answers whoever still waits.
    world.business.post(&format!("{path}/archive"), &json!({})).await.ok();
    assert_eq!(world.business.get(&format!("{list}?status=REJECTED")).await.ok()["total"], 4);
    assert_eq!(world.happened("application.rejected").await, 4);
}

#[both_engines]
async fn a_place_is_given_back_and_who_waits_is_answered(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let path = world.published(&World::open_to_all(&json!({"places": 1}))).await;
    let first = world.apply(&world.creator, &path, Some(900)).await;
    let second = world.apply(&world.other_creator, &path, Some(900)).await;
    let accepted = world.business.post(&format!("{first}/review"), &json!({"action": "accept"})).await.ok();
    let router = collaborations::router(world.market.collaborations().clone()).served(&world.app);
    let business = Client::new(router).of(&world.owner);
    let cancel = format!("/api/v1/collaborations/{}/cancel", accepted["collaboration_id"].as_str().unwrap());
    let cancelled = business.post(&cancel, &json!({"reason": "The product is not ready"})).await;
    assert_eq!(cancelled.status, 200, "{}", cancelled.text());
    world.run().await;
    assert_eq!(world.business.get(&path).await.ok()["places_left"], 1);
    // Nobody waits for longer than the content could be made.
    world.clock.advance(60 * 24 * HOUR);
    world.run().await;
    let ended = world.other_creator.get(&second).await.ok();
    assert_eq!((&ended["status"], ended["rejection_reason"].is_string()), (&json!("REJECTED"), true));
}

#[both_engines]
async fn many_applicants_are_told_in_the_background(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let path = world.published(&World::open_to_all(&json!({}))).await;
    let application = world.apply(&world.creator, &path, Some(900)).await;
    let mut tx = world.app.write().await.unwrap();
    let id = application.rsplit('/').next().unwrap().parse().unwrap();
    let scope = kernel::Scope::system();
    let one = marketplace::store::applications::find(scope, &mut tx, id).await.unwrap().unwrap();
    let many: Vec<marketplace::model::Application> = (0..250)
        .map(|_| marketplace::model::Application {
            id: world.clock.new_id(),
            creator_id: world.clock.new_id(),
            ..one.clone()
        })
        .collect();
    tx.insert_all(&many).await.unwrap();
    tx.commit().await.unwrap();
    world.business.json(axum::http::Method::PATCH, &path, &json!({"title": "Another"})).await.ok();
    assert_eq!(world.happened("application.outdated").await, 100);
    world.run().await;
    assert_eq!(world.happened("application.outdated").await, 251);
    world.business.post(&format!("{path}/archive"), &json!({})).await.ok();
    world.run().await;
    let mut tx = world.app.read().await.unwrap();
    let left: i64 =
        tx.fetch_value("SELECT count(*) FROM applications WHERE status = 'APPLIED'", args![]).await.unwrap();
    assert_eq!(left, 0);
}
