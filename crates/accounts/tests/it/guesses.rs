//! Guessing is slowed, and strangers lock nobody out.

use kernel::time::MINUTE;
use testkit::{FreshDb, both_engines};

use crate::world::{PASSWORD, World};

const STRANGER: &str = "198.51.100.";

async fn guess(world: &World, from: &str, email: &str, password: &str) -> testkit::Reply {
    let client = world.client.clone().with("x-forwarded-for", from);
    client.post("/api/v1/auth/login", &serde_json::json!({"email": email, "password": password})).await
}

#[both_engines]
async fn one_place_has_ten_tries_and_then_waits(fresh: FreshDb) {
    let world = World::new(fresh).await;
    world.register("ana", "CREATOR").await;
    for email in ["ana@example.com", "nobody@example.com"] {
        for _ in 0..10 {
            guess(&world, "198.51.100.1", email, "WrongPass123!").await.refused(401);
        }
        let told = guess(&world, "198.51.100.1", email, "WrongPass123!").await;
        told.refused(429);
        let wait: i64 = told.header("retry-after").parse().unwrap();
        assert!((1..=91).contains(&wait), "{wait}");
    }
    // Even the right one has to wait there; elsewhere it does not.
    guess(&world, "198.51.100.1", "ana@example.com", PASSWORD).await.refused(429);
    guess(&world, "203.0.113.50", "ana@example.com", PASSWORD).await.ok();
    world.clock.advance(2 * MINUTE);
    guess(&world, "198.51.100.1", "ana@example.com", PASSWORD).await.ok();
    // It was right: what was wrong before is forgotten.
    for _ in 0..10 {
        guess(&world, "198.51.100.1", "ana@example.com", "WrongPass123!").await.refused(401);
    }
}

#[both_engines]
async fn strangers_do_not_lock_the_owner_out(fresh: FreshDb) {
    let world = World::new(fresh).await;
    world.register("ana", "CREATOR").await;
    let home = "203.0.113.7";
    guess(&world, home, "ana@example.com", PASSWORD).await.ok();
    // From many places at once, five tries from each.
    let mut refused = 0;
    for place in 0..30 {
        for _ in 0..5 {
            let status = guess(&world, &format!("{STRANGER}{place}"), "ana@example.com", "WrongPass123!").await.status;
            refused += usize::from(status == 429);
        }
    }
    assert_eq!(refused, 100, "of 150 tries from new places, 50 are looked at");
    guess(&world, home, "ana@example.com", PASSWORD).await.ok();
    // From a new place the owner has to wait, or sets a new password by mail.
    let hotel = "192.0.2.1";
    guess(&world, hotel, "ana@example.com", PASSWORD).await.refused(429);
    let client = world.client.clone().with("x-forwarded-for", hotel);
    client.post("/api/v1/auth/forgot-password", &serde_json::json!({"email": "ana@example.com"})).await.ok();
    world.work().await;
    let token = world.tokens("ana@example.com").await.pop().unwrap();
    let body = serde_json::json!({"token": token, "password": "NewPassword456!"});
    client.post("/api/v1/auth/reset-password", &body).await.ok();
    guess(&world, hotel, "ana@example.com", "NewPassword456!").await.ok();
}

#[both_engines]
async fn one_place_cannot_try_every_account(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let mut statuses = Vec::new();
    for number in 0..110 {
        statuses.push(guess(&world, "198.51.100.9", &format!("user{number}@example.com"), "password123").await.status);
    }
    assert_eq!(statuses.iter().filter(|status| **status == 401).count(), 100);
    assert_eq!(statuses.iter().filter(|status| **status == 429).count(), 10);
    // Addresses of IPv6 are counted by the network that one party has.
    for number in 0..10 {
        guess(&world, &format!("2001:db8::{number:x}"), "eve@example.com", "password123").await.refused(401);
    }
    guess(&world, "2001:db8::ffff", "eve@example.com", "password123").await.refused(429);
    guess(&world, "2001:db8:0:1::1", "eve@example.com", "password123").await.refused(401);
}

#[both_engines]
async fn whoever_is_right_is_never_slowed(fresh: FreshDb) {
    let world = World::new(fresh).await;
    world.register("ana", "CREATOR").await;
    let all = futures::future::join_all((0..60).map(|_| world.try_log_in("ana@example.com", PASSWORD))).await;
    assert!(all.iter().all(|reply| reply.status == 200));
}
