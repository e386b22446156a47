//! Two who press at the same time: one wins, the other is told.

use collaborations::ContractWish;
use serde_json::json;
use testkit::{FreshDb, both_engines};

use crate::World;

#[both_engines]
async fn of_approval_rejection_and_cancellation_one_wins(fresh: FreshDb) {
    let world = World::new(fresh).await;
    for _ in 0..4 {
        let path = world.scheduled().await;
        let submission = world.submit(&path, "#summer2026").await;
        let (approve, reject, cancel) =
            (format!("{submission}/approve"), format!("{submission}/reject"), format!("{path}/cancel"));
        let (notes, reason) = (json!({"reviewer_notes": "No"}), json!({"reason": "I cannot"}));
        let nothing = json!({});
        let (a, b, c, d) = tokio::join!(
            world.business.post(&approve, &nothing),
            world.business.post(&reject, &notes),
            world.creator.post(&cancel, &reason),
            world.business.post(&approve, &nothing),
        );
        let decided = [&a, &b, &d].iter().filter(|reply| reply.status == 200).count();
        let cancelled = c.status == 200;
        for reply in [&a, &b, &c, &d] {
            assert!([200, 409].contains(&reply.status), "{}", reply.text());
        }
        // A rejection leaves the collaboration open, so that it may be cancelled after it.
        assert!(decided <= 1 && (decided == 1 || cancelled));
        let body = world.get(&path).await;
        let wanted = if cancelled {
            "CANCELLED"
        } else if b.status == 200 {
            "SCHEDULED"
        } else {
            "APPROVED"
        };
        assert_eq!(body["status"], wanted);
        assert!(!(cancelled && (a.status == 200 || d.status == 200)));
    }
}

#[both_engines]
async fn an_application_opens_one_collaboration(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let agreed = world.agreement(&world.business_account, &world.creator_account, ContractWish::Draft);
    let once = || async {
        let mut tx = world.app.write().await.unwrap();
        let opened = collaborations::open(&world.of, &mut tx, &agreed).await;
        if opened.is_ok() {
            tx.commit().await.unwrap();
        }
        opened
    };
    let (one, other) = tokio::join!(once(), once());
    assert!(one.is_ok() != other.is_ok());
    assert_eq!((world.happened("collaboration.opened").await, world.happened("contract.created").await), (1, 1));
    let mut tx = world.app.read().await.unwrap();
    let counts = collaborations::counts_by_offer(&mut tx, &[agreed.offer.id]).await.unwrap();
    assert_eq!(counts[&agreed.offer.id], collaborations::Counts { all: 1, holding: 1, completed: 0 });
}

#[both_engines]
async fn both_ratings_at_once_complete_it_once(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let path = world.approved().await;
    let rate = format!("{path}/rate");
    let (five, four) = (json!({"rating": 5}), json!({"rating": 4}));
    let (a, b, c) = tokio::join!(
        world.business.post(&rate, &five),
        world.creator.post(&rate, &four),
        world.business.post(&rate, &four),
    );
    assert_eq!(b.status, 200, "{}", b.text());
    assert!((a.status == 200) != (c.status == 200), "{} {}", a.text(), c.text());
    assert_eq!(world.status(&path).await, "COMPLETED");
    assert_eq!(world.happened("collaboration.completed").await, 1);
    let standing = world.standing(&world.creator_account).await;
    assert_eq!((standing.completed, standing.rating_count), (1, 1));
}
