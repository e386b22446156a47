//! What people are told, and how they read it.

use inbox::events::NotificationCreated;
use inbox::{Group, NotificationType, Texts};
use kernel::time;
use serde_json::json;
use testkit::{FreshDb, both_engines};

use crate::world::{World, notice, times};

const LIST: &str = "/api/v1/notifications";

#[both_engines]
async fn a_person_is_told_of_each_happening_once(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let received = |happening| notice(&world.business, NotificationType::ApplicationReceived, happening);
    world.notify(vec![received("a"), notice(&world.creator, NotificationType::ApplicationRejected, "a")]).await;
    world.clock.advance(time::SECOND);
    world.notify(vec![received("a"), received("b"), received("b")]).await;
    let business = world.of(&world.business);
    let list = business.get(LIST).await.ok();
    assert_eq!(
        (&list["total"], &list["unread_count"], &list["page"], &list["limit"]),
        (&json!(2), &json!(2), &json!(1), &json!(20))
    );
    let newest = &list["notifications"][0];
    assert_eq!(newest["type"], "APPLICATION_RECEIVED");
    assert_eq!((&newest["title"], &newest["content"]), (&json!("New application"), &json!("somebody applied")));
    assert_eq!(newest["related_offer_id"], "00000000-0000-0000-0000-000000000007");
    assert_eq!((&newest["is_read"], &newest["read_at"], &newest["count"]), (&json!(false), &json!(null), &json!(1)));
    let told = world.of(&world.creator).get(LIST).await.ok();
    assert_eq!(told["notifications"][0]["title"], "Nueva solicitud", "in the language of their country");
    assert_eq!(times::<NotificationCreated>(&world.happened().await), 3);
    // Whoever is not there is told nothing, and that is no fault.
    let nobody = world.people.creator(&world.clock);
    world.notify(vec![notice(&nobody, NotificationType::TierUpgraded, "c")]).await;
    assert_eq!(world.of(&nobody).get(LIST).await.ok()["total"], 0);
}

#[both_engines]
async fn what_is_read_and_deleted_is_counted_exactly(fresh: FreshDb) {
    let world = World::new(fresh).await;
    for happening in ["a", "b", "c", "d"] {
        let kind = if happening == "d" { NotificationType::PaymentDue } else { NotificationType::ApplicationReceived };
        world.notify(vec![notice(&world.business, kind, happening)]).await;
        world.clock.advance(time::SECOND);
    }
    let (business, creator) = (world.of(&world.business), world.of(&world.creator));
    let list = business.get(LIST).await.ok();
    let id = |at: usize| list["notifications"][at]["id"].as_str().unwrap().to_owned();
    let read = |id: &str| format!("{LIST}/{id}/read");
    creator.json(axum::http::Method::PATCH, &read(&id(0)), &json!({})).await.refused(404);
    let patch = |path: String| {
        let business = business.clone();
        async move { business.ask(axum::http::Method::PATCH, &path, None, axum::body::Body::empty()).await }
    };
    let once = patch(read(&id(0))).await.ok();
    assert_eq!((&once["id"], &once["is_read"]), (&json!(id(0)), &json!(true)));
    world.clock.advance(time::HOUR);
    let twice = patch(read(&id(0))).await.ok();
    assert_eq!(twice["read_at"], once["read_at"], "it was read before, and stays so");
    let unread = async || business.get("/api/v1/notifications/unread-count").await.ok()["unread_count"].clone();
    assert_eq!(unread().await, 3);
    creator.delete(&format!("{LIST}/{}", id(1))).await.refused(404);
    assert_eq!(business.delete(&format!("{LIST}/{}", id(1))).await.status, 204);
    business.delete(&format!("{LIST}/{}", id(1))).await.refused(404);
    business.delete(&format!("{LIST}/nonsense")).await.refused(404);
    assert_eq!(unread().await, 2);
    for (filter, wanted) in [
        ("is_read=true", 1),
        ("is_read=false", 2),
        ("type=application_received", 2),
        ("type=PAYMENT_DUE&is_read=true", 1),
        ("type=TIER_UPGRADED", 0),
    ] {
        let found = business.get(&format!("{LIST}?{filter}")).await.ok();
        assert_eq!(found["total"], wanted, "{filter}");
        assert_eq!(found["notifications"].as_array().unwrap().len(), wanted, "{filter}");
        assert_eq!(found["unread_count"], 2, "{filter}");
    }
    for bad in ["page=0", "limit=0", "limit=101", "type=NONSENSE", "is_read=perhaps"] {
        business.get(&format!("{LIST}?{bad}")).await.refused(422);
    }
    let second = business.get(&format!("{LIST}?page=2&limit=1")).await.ok();
    assert_eq!((&second["notifications"][0]["id"], &second["page"]), (&json!(id(2)), &json!(2)));
    let some = business.post("/api/v1/notifications/read-all", &json!({"type": "PAYMENT_DUE"})).await.ok();
    assert_eq!((&some["marked"], &some["unread_count"]), (&json!(0), &json!(2)));
    let early = json!({"until": "2026-03-02T09:00:00Z"});
    let some = business.post("/api/v1/notifications/read-all", &early).await.ok();
    assert_eq!((&some["marked"], &some["unread_count"]), (&json!(1), &json!(1)), "what came later stays unread");
    let all =
        business.ask(axum::http::Method::POST, "/api/v1/notifications/read-all", None, axum::body::Body::empty()).await;
    assert_eq!((&all.ok()["marked"], unread().await), (&json!(1), json!(0)));
}

#[both_engines]
async fn floods_are_bounded(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let group = Group {
        name: "application.received:7".into(),
        first: 3,
        per: time::DAY,
        rest: std::sync::Arc::new(|count| {
            Texts::new(("Applications", format!("{count} more")), ("Solicitudes", format!("{count} más")))
        }),
    };
    let one = |number: usize| {
        let told = notice(&world.business, NotificationType::ApplicationReceived, &number.to_string());
        inbox::Notice { group: Some(group.clone()), ..told }
    };
    for number in 0..5 {
        world.notify(vec![one(number)]).await;
        world.clock.advance(time::SECOND);
    }
    let business = world.of(&world.business);
    let list = business.get(LIST).await.ok();
    assert_eq!((&list["total"], &list["unread_count"]), (&json!(4), &json!(4)));
    assert_eq!(
        (&list["notifications"][0]["content"], &list["notifications"][0]["count"]),
        (&json!("2 more"), &json!(2))
    );
    // One that was handled before counts no more.
    world.notify(vec![one(4)]).await;
    // What was read is unread again once it stands for more.
    business.post("/api/v1/notifications/read-all", &json!({})).await.ok();
    world.notify((5..300).map(one).collect()).await;
    let list = business.get(LIST).await.ok();
    assert_eq!((&list["total"], &list["unread_count"]), (&json!(4), &json!(1)));
    assert_eq!(list["notifications"][0]["content"], "297 more");
    world.clock.advance(time::DAY);
    world.notify(vec![one(300)]).await;
    assert_eq!(business.get(LIST).await.ok()["total"], 5, "the next day begins anew");

    // Of recommendations two are shown in a day, and six in a week; the rest waits for the digest.
    for number in 0..30 {
        let told = notice(&world.creator, NotificationType::OfferRecommended, &format!("o{number}"));
        world.notify(vec![told]).await;
        if number % 5 == 4 {
            world.clock.advance(time::DAY);
        }
    }
    let shown = world.of(&world.creator).get(&format!("{LIST}?type=OFFER_RECOMMENDED")).await.ok();
    assert!((6..=8).contains(&shown["total"].as_u64().unwrap()), "{}", shown["total"]);
}

#[both_engines]
async fn what_is_old_is_forgotten_and_counts_no_more(fresh: FreshDb) {
    let world = World::new(fresh).await;
    for happening in ["a", "b"] {
        world.notify(vec![notice(&world.business, NotificationType::PaymentDue, happening)]).await;
    }
    world.clock.advance(179 * time::DAY);
    world.notify(vec![notice(&world.business, NotificationType::PaymentDue, "c")]).await;
    world.work().await;
    let business = world.of(&world.business);
    assert_eq!(business.get(LIST).await.ok()["total"], 3);
    world.clock.advance(2 * time::DAY);
    world.work().await;
    let list = business.get(LIST).await.ok();
    assert_eq!((&list["total"], &list["unread_count"]), (&json!(1), &json!(1)));
}

#[both_engines]
async fn many_at_once_are_counted_exactly(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let all: Vec<_> = (0..40)
        .map(|number| notice(&world.business, NotificationType::ApplicationReceived, &format!("{number}")))
        .collect();
    world.notify(all).await;
    let business = world.of(&world.business);
    let list = business.get(&format!("{LIST}?limit=100")).await.ok();
    let ids: Vec<String> =
        list["notifications"].as_array().unwrap().iter().map(|row| row["id"].as_str().unwrap().to_owned()).collect();
    let tasks = ids.iter().take(20).flat_map(|id| [id.clone(), id.clone()]).map(|id| {
        let business = business.clone();
        tokio::spawn(async move {
            let path = format!("{LIST}/{id}/read");
            business.ask(axum::http::Method::PATCH, &path, None, axum::body::Body::empty()).await.ok();
        })
    });
    let tasks: Vec<_> = tasks.collect();
    let others = (40..60).map(|number| {
        let (inbox, told) =
            (world.inbox.clone(), notice(&world.business, NotificationType::PaymentDue, &format!("{number}")));
        tokio::spawn(async move {
            let mut tx = inbox.app().db().write().await.unwrap();
            inbox.notifier().notify(&mut tx, vec![told]).await.unwrap();
            tx.commit().await.unwrap();
        })
    });
    let others: Vec<_> = others.collect();
    for task in tasks.into_iter().chain(others) {
        task.await.unwrap();
    }
    let list = business.get(&format!("{LIST}?limit=100")).await.ok();
    let unread = list["notifications"].as_array().unwrap().iter().filter(|row| row["is_read"] == false).count();
    assert_eq!((&list["total"], &list["unread_count"], unread), (&json!(60), &json!(40), 40));
}
