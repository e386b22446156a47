//! Logging in and out, and what one is told of oneself.

use std::time::Instant;

use accounts::HashCost;
use db::args;
use http_base::Mode;
use kernel::{Clock, WorkspaceId};
use serde_json::json;
use testkit::{FreshDb, both_engines};

use crate::world::{PASSWORD, World, settings, start, text};

#[both_engines]
async fn whoever_knows_the_password_gets_in(fresh: FreshDb) {
    let world = World::new(fresh).await;
    world.register("ana", "CREATOR").await;
    let body = world.try_log_in("ANA@Example.com", PASSWORD).await.ok();
    assert_eq!((body["token_type"].as_str(), body["expires_in"].as_i64()), (Some("bearer"), Some(1800)));
    assert_eq!(body["user"]["profile"]["completed_collaborations"], 0);
    let ana = world.log_in("ana").await;
    let me = ana.me().await.ok();
    assert_eq!((text(&me, "id"), text(&me, "role")), (ana.id.clone(), "INFLUENCER".into()));
    assert!(ana.client.get("/api/v1/auth/protected").await.ok()["message"].as_str().unwrap().contains("ana"));
    ana.client.get("/api/v1/auth/admin-only").await.refused(403);
    for (email, password) in
        [("ana@example.com", "WrongPass123!"), ("nobody@example.com", PASSWORD), ("ana@example.com", "SecurePass123! ")]
    {
        let told = world.try_log_in(email, password).await;
        told.refused(401);
        assert_eq!(told.message(), "The e-mail address or the password is wrong");
    }
    assert_eq!(
        world.client.post("/api/v1/auth/login", &json!({"email": "ana@example.com"})).await.faults(),
        ["password"]
    );
    assert_eq!((world.audited("login").await, world.audited("login.failed").await), (2, 3));
    for path in ["me", "protected", "admin-only", "sessions"] {
        world.client.get(&format!("/api/v1/auth/{path}")).await.refused(401);
    }
}

#[both_engines]
async fn what_was_typed_for_nobody_is_not_kept(fresh: FreshDb) {
    let world = World::new(fresh).await;
    world.try_log_in("hunter2@example.com", "some password").await.refused(401);
    let mut tx = world.db().read().await.unwrap();
    let kept: String = tx.fetch_value("SELECT coalesce(subject, '') || detail FROM audit_log", vec![]).await.unwrap();
    assert!(!kept.contains("hunter2") && !kept.contains("some password"), "{kept}");
}

#[both_engines]
async fn nobody_and_somebody_cost_the_same(fresh: FreshDb) {
    let mut dear = settings();
    dear.hash_cost = HashCost { memory_kib: 4096, passes: 1, lanes: 1 };
    dear.failures_of_pair = 1000;
    dear.failures_of_address = 1000;
    let world = World::with(fresh, dear, Mode::Serve).await;
    world.register("ana", "CREATOR").await;
    let hasher = world.accounts.hasher();
    // The quickest of several: whatever else the machine does only ever adds to it.
    let mut spent = [f64::INFINITY; 2];
    for _ in 0..12 {
        for (which, email) in ["ana@example.com", "nobody@example.com"].into_iter().enumerate() {
            let (before, started) = (hasher.computed(), Instant::now());
            world.try_log_in(email, "WrongPass123!").await.refused(401);
            assert_eq!(hasher.computed() - before, 1, "one hash each");
            spent[which] = spent[which].min(started.elapsed().as_secs_f64());
        }
    }
    let ratio = spent[0] / spent[1];
    assert!((0.5..2.0).contains(&ratio), "{spent:?}");
}

#[both_engines]
async fn a_log_in_raises_the_cost_of_an_old_hash(fresh: FreshDb) {
    let world = World::new(fresh).await;
    world.register("ana", "CREATOR").await;
    let mut tx = world.db().write().await.unwrap();
    // The same password, hashed at another cost.
    let dearer = accounts::Settings { hash_cost: HashCost { memory_kib: 16, passes: 1, lanes: 1 }, ..settings() };
    let hash = accounts::passwords::Hasher::start(&dearer, &Clock::system()).unwrap().hash(PASSWORD).await.unwrap();
    assert!(hash.starts_with("$argon2id$v=19$m=16,t=1,p=1$"), "{hash}");
    tx.execute("UPDATE accounts SET password_hash = $1", args![&hash]).await.unwrap();
    tx.commit().await.unwrap();
    world.log_in("ana").await;
    let kept: String =
        world.db().read().await.unwrap().fetch_value("SELECT password_hash FROM accounts", vec![]).await.unwrap();
    assert!(kept.starts_with("$argon2id$v=19$m=8,"), "{kept}");
    world.log_in("ana").await;
}

#[both_engines]
async fn logging_out_counts_at_once_and_everywhere(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let ana = world.someone("ana").await;
    let other = world.log_in("ana").await;
    let neighbour = world.neighbour().await.with("authorization", &format!("Bearer {}", ana.access));
    ana.me().await.ok();
    neighbour.get("/api/v1/auth/me").await.ok();
    assert_eq!(ana.post("/api/v1/auth/logout").await.ok()["message"], "Logged out successfully");
    ana.me().await.refused(401);
    if world.db().engine() == db::Engine::Sqlite {
        // Another process on one SQLite file looks ten times a second.
        tokio::time::sleep(std::time::Duration::from_millis(120)).await;
    }
    neighbour.get("/api/v1/auth/me").await.refused(401);
    world.refresh(&ana.refresh).await.refused(401);
    ana.post("/api/v1/auth/logout").await.refused(401);
    other.me().await.ok();
    assert_eq!(world.audited("logout").await, 1);
}

#[both_engines]
async fn an_ordinary_request_asks_the_database_nothing(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let ana = world.someone("ana").await;
    ana.me().await.ok();
    // Whatever the database says now, the log-in is known at this version.
    let mut tx = world.db().write().await.unwrap();
    tx.execute("UPDATE sessions SET ended_at = 1", vec![]).await.unwrap();
    tx.commit().await.unwrap();
    ana.me().await.ok();
    let mut tx = world.db().write().await.unwrap();
    accounts::store::moved(&mut tx).await.unwrap();
    tx.commit().await.unwrap();
    ana.me().await.refused(401);
}

#[both_engines]
async fn log_ins_are_listed_and_ended_by_their_owner(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let ana = world.someone("ana").await;
    let eve = world.someone("eve").await;
    world.clock.advance(kernel::time::MINUTE);
    let phone = world.log_in("ana").await;
    let list = phone.client.get("/api/v1/auth/sessions").await.ok();
    assert_eq!((list["total"].as_i64(), list["total_pages"].as_i64()), (Some(2), Some(1)));
    assert_eq!(list["sessions"][0]["current"], true);
    assert_eq!(list["sessions"][0]["ip_address"], "203.0.113.7");
    let first = text(&list["sessions"][1], "id");
    let page = phone.client.get("/api/v1/auth/sessions?limit=1&offset=1").await.ok();
    assert_eq!((text(&page["sessions"][0], "id"), page["page"].as_i64()), (first.clone(), Some(2)));
    let path = format!("/api/v1/auth/sessions/{first}");
    eve.client.delete(&path).await.refused(404);
    eve.client.delete("/api/v1/auth/sessions/nonsense").await.refused(404);
    ana.me().await.ok();
    phone.client.delete(&path).await.ok();
    phone.client.delete(&path).await.refused(404);
    ana.me().await.refused(401);
    assert_eq!(phone.client.get("/api/v1/auth/sessions").await.ok()["total"], 1);
    phone.client.get("/api/v1/auth/sessions?limit=0").await.refused(422);
}

#[both_engines]
async fn the_demo_has_an_administrator_and_serving_has_none(fresh: FreshDb) {
    let workspace: WorkspaceId = Clock::mock(start(), 9).new_id();
    let world = World::with(fresh, settings(), Mode::Demo(workspace)).await;
    let me = world.client.get("/api/v1/auth/me").await.ok();
    assert_eq!((text(&me, "user_type"), text(&me, "role")), ("ADMIN".into(), "ADMIN".into()));
    world.client.get("/api/v1/auth/protected").await.ok();
    world.client.get("/api/v1/auth/admin-only").await.ok();
    world.client.get("/api/v1/auth/sessions").await.refused(401);
    world.client.clone().with("authorization", "Bearer nonsense").get("/api/v1/auth/me").await.refused(401);
}

#[both_engines]
async fn an_account_counts_as_it_stands_now(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let ana = world.someone("ana").await;
    ana.client.get("/api/v1/auth/admin-only").await.refused(403);
    let mut tx = world.db().write().await.unwrap();
    tx.execute("UPDATE accounts SET user_type = 'ADMIN' WHERE username = 'ana'", vec![]).await.unwrap();
    accounts::store::moved(&mut tx).await.unwrap();
    tx.commit().await.unwrap();
    ana.client.get("/api/v1/auth/admin-only").await.ok();
    let mut tx = world.db().write().await.unwrap();
    tx.execute("UPDATE accounts SET erased_at = 1 WHERE username = 'ana'", vec![]).await.unwrap();
    accounts::store::moved(&mut tx).await.unwrap();
    tx.commit().await.unwrap();
    ana.me().await.refused(401);
    world.try_log_in("ana@example.com", PASSWORD).await.refused(401);
    world.refresh(&ana.refresh).await.refused(401);
}

#[both_engines]
async fn a_broken_database_is_no_bad_token(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let ana = world.someone("ana").await;
    world.db().close().await;
    assert_eq!(ana.me().await.status, 503);
}
