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
async fn where_it_is_wished_sign_up_tells_nothing_and_a_mail_does(fresh: FreshDb) {
    let settings = accounts::Settings { quiet_sign_up: true, ..crate::world::settings() };
    let world = World::with(fresh, settings, http_base::Mode::Serve).await;
    let sign_up = async |email: &str, name: &str| {
        world.clock.advance(kernel::time::SECOND);
        let body = json!({"email": email, "password": PASSWORD, "username": name, "user_type": "CREATOR"});
        let reply = world.client.post("/api/v1/auth/register/email", &body).await;
        (reply.status, reply.json())
    };
    let new = sign_up("ana@example.com", "ana").await;
    assert_eq!(new.0, 202);
    let computed = world.accounts.hasher().computed();
    assert_eq!(sign_up("ANA@example.com", "another").await, new, "the same answer");
    assert_eq!(world.accounts.hasher().computed(), computed + 1, "after the same work");
    let subjects: Vec<String> = world.mails("ana@example.com").await.into_iter().map(|mail| mail.0).collect();
    assert_eq!(subjects, ["Confirm your e-mail address", "You have an account already"]);
    assert_eq!(world.rows("accounts").await, 1);
    // A name is told, whether the address is known or not.
    assert_eq!(sign_up("ana@example.com", "Ana").await.0, 400);
    assert_eq!(sign_up("new@example.com", "ana").await.0, 400);
    for _ in 0..20 {
        sign_up("ana@example.com", "another").await;
    }
    assert!(world.mails("ana@example.com").await.len() <= 1 + 6, "nobody is buried in mail");
}

#[both_engines]
async fn a_password_is_the_same_however_it_is_spelt(fresh: FreshDb) {
    let world = World::new(fresh).await;
    // One device sends é and the digits as one character each, another composes them or sends full-width ones.
    let (one, other) = ("Caf\u{e9} caliente 2026", "Cafe\u{301} caliente ２０２６");
    let body = json!({"email": "ana@example.com", "password": one, "username": "ana", "user_type": "CREATOR"});
    assert_eq!(world.client.post("/api/v1/auth/register/email", &body).await.status, 201);
    world.try_log_in("ana@example.com", one).await.ok();
    world.try_log_in("ana@example.com", other).await.ok();
    // A hash from before passwords were spelt one way is good for what it was made of, and is made anew by that.
    let old = accounts_hash_of_before(other);
    let mut tx = world.db().write().await.unwrap();
    tx.execute("UPDATE accounts SET password_hash = $1 WHERE email_key = 'ana@example.com'", args![&old])
        .await
        .unwrap();
    tx.commit().await.unwrap();
    world.try_log_in("ana@example.com", one).await.refused(401);
    world.try_log_in("ana@example.com", other).await.ok();
    world.try_log_in("ana@example.com", one).await.ok();
}

/// As passwords were hashed before: as they were typed.
fn accounts_hash_of_before(password: &str) -> String {
    use argon2::password_hash::PasswordHasher as _;
    let params = argon2::Params::new(8, 1, 1, None).unwrap();
    let argon2 = argon2::Argon2::new(argon2::Algorithm::Argon2id, argon2::Version::V0x13, params);
    let hash: argon2::password_hash::phc::PasswordHash =
        argon2.hash_password_with_salt(password.as_bytes(), &[7; 16]).unwrap();
    hash.to_string()
}

#[both_engines]
async fn a_short_name_is_told_what_it_lacks(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let body = json!({"email": "ana@example.com", "password": PASSWORD, "username": "a", "user_type": "CREATOR"});
    let reply = world.client.post("/api/v1/auth/register/email", &body).await;
    assert_eq!(reply.faults(), ["username"]);
    assert!(reply.text().contains("too short with 1 of at least 3"), "{}", reply.text());
    // An address of one letter makes a name of its own.
    let body = json!({"email": "a@example.com", "password": PASSWORD, "role": "BRAND"});
    assert_eq!(world.client.post("/api/v1/auth/signup", &body).await.status, 201);
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
