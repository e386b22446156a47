//! Signing up.

use db::args;
use serde_json::json;
use testkit::{FreshDb, both_engines};

use crate::world::{PASSWORD, World, text};

#[both_engines]
async fn c_and_d_make_the_same_kind_of_account(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let sent = json!({"email": "Brand@Example.com", "password": "password123", "role": "BRAND"});
    let reply = world.client.post("/api/v1/auth/signup", &sent).await;
    assert_eq!(reply.status, 201);
    let user = reply.json()["user"].clone();
    assert_eq!(
        (text(&user, "email"), text(&user, "role"), text(&user, "user_type")),
        ("Brand@Example.com".into(), "BRAND".into(), "BUSINESS".into())
    );
    assert_eq!(text(&user, "username"), "Brand");
    assert!(user["workspace_id"].is_string(), "a business has a workspace");
    let user = world.register("my_username", "CREATOR").await;
    assert_eq!(user["is_verified"], false);
    assert_eq!(user["created_at"], "2026-01-15T10:30:00Z");
    assert!(user["workspace_id"].is_null());
    let nothing = json!({"tier_level": 0, "karma_score": 0, "rating": null, "completed_collaborations": 0,
        "instagram_handle": null, "instagram_followers": null});
    assert_eq!(user["profile"], nothing);
    assert_eq!(world.audited("signup").await, 2);
    assert_eq!(world.mails("brand@example.com").await.len(), 1);
    let mut tx = world.db().read().await.unwrap();
    let hash: String = tx
        .fetch_value("SELECT password_hash FROM accounts WHERE email_key = $1", args!["brand@example.com"])
        .await
        .unwrap();
    assert!(hash.starts_with("$argon2id$") && !hash.contains("password123"));
    let role: String = tx.fetch_value("SELECT role FROM workspace_members", vec![]).await.unwrap();
    assert_eq!(role, "owner");
}

#[both_engines]
async fn an_address_and_a_name_are_somebodys_once(fresh: FreshDb) {
    let world = World::new(fresh).await;
    world.register("ana", "CREATOR").await;
    let again = async |email: &str, name: &str| {
        let body = json!({"email": email, "password": PASSWORD, "username": name, "user_type": "CREATOR"});
        world.client.post("/api/v1/auth/register/email", &body).await
    };
    assert_eq!(again("ANA@example.COM", "other").await.refused(400)["detail"], "Email already registered");
    assert_eq!(again("other@example.com", "Ana").await.refused(400)["detail"], "Username already taken");
    let body = json!({"email": "ana@example.com", "password": PASSWORD, "role": "BRAND"});
    assert_eq!(
        world.client.post("/api/v1/auth/signup", &body).await.refused(400)["detail"],
        "Email already registered"
    );
    // C has no user name to be taken: another one is made.
    let body = json!({"email": "ana@other.example", "password": PASSWORD, "role": "INFLUENCER"});
    let made = world.client.post("/api/v1/auth/signup", &body).await.json();
    let name = text(&made["user"], "username");
    assert!(name.starts_with("ana_"), "{name}");
    assert_eq!(world.rows("accounts").await, 2);
}

#[both_engines]
async fn of_many_at_once_one_gets_the_address(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let sign_up = async |number: usize| {
        let body = json!({"email": "same@example.com", "password": PASSWORD, "username": format!("name{number}"), "user_type": "BUSINESS"});
        world.client.post("/api/v1/auth/register/email", &body).await.status
    };
    let all = futures::future::join_all((0..20).map(sign_up)).await;
    assert_eq!(all.iter().filter(|status| **status == 201).count(), 1, "{all:?}");
    assert_eq!(all.iter().filter(|status| **status == 400).count(), 19, "{all:?}");
    assert_eq!((world.rows("accounts").await, world.rows("workspaces").await), (1, 1));
}

#[both_engines]
async fn every_fault_is_told_and_nobody_becomes_an_administrator(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let bad = json!({"email": "no mail", "password": "x", "role": "KING"});
    assert_eq!(world.client.post("/api/v1/auth/signup", &bad).await.faults(), ["email", "password", "role"]);
    let bad = json!({"email": "a@b", "username": "a b", "user_type": "KING", "country": "Spain"});
    let mut faults = world.client.post("/api/v1/auth/register/email", &bad).await.faults();
    faults.sort();
    assert_eq!(faults, ["country", "email", "password", "user_type", "username"]);
    for (path, field) in [("/api/v1/auth/signup", "role"), ("/api/v1/auth/register/email", "user_type")] {
        for word in ["ADMIN", "admin", "Admin "] {
            let body = json!({"email": "a@example.com", "password": PASSWORD, "username": "admin", field: word});
            assert_eq!(world.client.post(path, &body).await.faults(), [field]);
        }
    }
    let weak =
        json!({"email": "ana.lopez@example.com", "password": "ana.lopez", "username": "ana_l", "user_type": "CREATOR"});
    let told = world.client.post("/api/v1/auth/register/email", &weak).await;
    assert_eq!(told.faults(), ["password"]);
    assert!(told.message().contains("too close to your e-mail address"), "{}", told.message());
    assert_eq!(world.rows("accounts").await, 0);
}
