//! What takes a token that was mailed: confirming an address, setting a password; and changing it.

use creators::Creator;
use db::args;
use kernel::time::{HOUR, MINUTE};
use kernel::{Clock, CreatorId, Scope};
use serde_json::{Value, json};
use testkit::{FreshDb, Reply, both_engines};
use uuid::Uuid;

use crate::world::{PASSWORD, World};

const NEW: &str = "NewPassword456!";

async fn verify(world: &World, token: &str) -> Reply {
    world.client.post("/api/v1/auth/verify-email", &json!({"token": token})).await
}

async fn reset(world: &World, token: &str, password: &str) -> Reply {
    world.clock.advance(kernel::time::SECOND);
    world.client.post("/api/v1/auth/reset-password", &json!({"token": token, "password": password})).await
}

async fn forgot(world: &World, email: &str) -> Value {
    let answer = world.client.post("/api/v1/auth/forgot-password", &json!({"email": email})).await.ok();
    world.work().await;
    answer
}

fn entry(clock: &Clock, name: &str, email: &str, platform: &str) -> Creator {
    let body = json!({"name": name, "email": email, "platform": platform, "niche": "food", "followers_count": "10K"});
    Creator::new(testkit::read(body), clock.new_id(), None, clock.now()).unwrap()
}

#[both_engines]
async fn an_address_is_confirmed_once(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let ana = world.someone("ana").await;
    assert_eq!(ana.post("/api/v1/auth/resend-verification").await.ok()["message"], "Verification email sent");
    let tokens = world.tokens(&ana.email).await;
    assert_eq!(tokens.len(), 2);
    let (subject, text, html) = world.mails(&ana.email).await[0].clone();
    assert_eq!(subject, "Confirm your e-mail address");
    assert!(text.contains(&format!("https://flow.example/verify-email?token={}", tokens[0])), "{text}");
    assert!(html.contains(&tokens[0]) && html.contains("Hello ana"), "{html}");
    let mut tx = world.db().read().await.unwrap();
    let stored: i64 =
        tx.fetch_value("SELECT count(*) FROM mail_tokens WHERE hash = $1", args![&tokens[0]]).await.unwrap();
    assert_eq!(stored, 0, "only the hash is kept");
    // The newer mail does not make the older one useless.
    assert_eq!(verify(&world, &tokens[0]).await.ok()["message"], "Email verified successfully");
    verify(&world, &tokens[0]).await.refused(400);
    verify(&world, "not-a-token").await.refused(400);
    ana.me().await.refused(401);
    let ana = world.log_in("ana").await;
    assert_eq!(ana.me().await.ok()["is_verified"], true);
    assert!(ana.post("/api/v1/auth/resend-verification").await.ok()["message"].as_str().unwrap().contains("already"));
    // The second mail's link has ended with the first; that everything else has is told by a third.
    verify(&world, &tokens[1]).await.refused(400);
    let mails = world.mails(&ana.email).await;
    assert_eq!((mails.len(), mails[2].0.as_str()), (3, "Your e-mail address was confirmed"));
    assert_eq!(world.client.post("/api/v1/auth/verify-email", &json!({})).await.faults(), ["token"]);
    world.client.post("/api/v1/auth/resend-verification", &json!({})).await.refused(401);
}

#[both_engines]
async fn a_token_is_good_for_its_purpose_and_its_time(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let ana = world.someone("ana").await;
    let token = world.tokens(&ana.email).await.remove(0);
    reset(&world, &token, NEW).await.refused(400);
    world.clock.advance(24 * HOUR);
    verify(&world, &token).await.refused(400);
    forgot(&world, &ana.email).await;
    let token = world.tokens(&ana.email).await.pop().unwrap();
    verify(&world, &token).await.refused(400);
    world.clock.advance(60 * MINUTE);
    reset(&world, &token, NEW).await.refused(400);
    world.try_log_in(&ana.email, PASSWORD).await.ok();
}

#[both_engines]
async fn confirming_many_times_at_once_does_it_once(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let ana = world.someone("ana").await;
    let token = world.tokens(&ana.email).await.remove(0);
    let all = futures::future::join_all((0..50).map(|_| verify(&world, &token))).await;
    assert_eq!(all.iter().filter(|reply| reply.status == 200).count(), 1);
    assert_eq!(all.iter().filter(|reply| reply.status == 400).count(), 49);
}

#[both_engines]
async fn a_forgotten_password_is_set_anew(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let ana = world.someone("ana").await;
    let told = forgot(&world, "ANA@example.com").await;
    assert_eq!(forgot(&world, "nobody@example.com").await, told, "the same answer");
    forgot(&world, &ana.email).await;
    let tokens = world.tokens(&ana.email).await;
    assert_eq!(
        (tokens.len(), world.mails(&ana.email).await.len(), world.mails("nobody@example.com").await.len()),
        (3, 3, 0)
    );
    assert_eq!(reset(&world, &tokens[1], "x").await.faults(), ["password"]);
    assert_eq!(reset(&world, &tokens[1], "ana@example.com").await.faults(), ["password"], "it is known whose it is");
    assert_eq!(reset(&world, &tokens[1], NEW).await.ok()["message"], "Password reset successful");
    ana.me().await.refused(401);
    world.refresh(&ana.refresh).await.refused(401);
    for token in [&tokens[1], &tokens[2]] {
        reset(&world, token, "Another-Pass-9").await.refused(400);
    }
    world.try_log_in(&ana.email, PASSWORD).await.refused(401);
    world.log_in_with("ana", NEW).await;
    assert_eq!(world.mails(&ana.email).await.last().unwrap().0, "Your password was changed");
    assert_eq!(world.audited("password.reset").await, 1);
    assert_eq!(
        world.client.post("/api/v1/auth/forgot-password", &json!({"email": "no mail"})).await.faults(),
        ["email"]
    );
}

#[both_engines]
async fn nobody_is_buried_in_mail(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let ana = world.someone("ana").await;
    for _ in 0..20 {
        forgot(&world, &ana.email).await;
    }
    assert_eq!(world.mails(&ana.email).await.len(), 1 + 6);
    let mut told: Vec<u16> = Vec::new();
    for _ in 0..8 {
        told.push(ana.post("/api/v1/auth/resend-verification").await.status);
    }
    assert_eq!(told, [200, 200, 200, 200, 200, 200, 429, 429]);
}

#[both_engines]
async fn changing_a_password_ends_every_other_log_in(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let ana = world.someone("ana").await;
    let other = world.log_in("ana").await;
    let change = async |current: &str, new: &str| {
        world.clock.advance(kernel::time::SECOND);
        let body = json!({"current_password": current, "new_password": new});
        ana.client.post("/api/v1/auth/change-password", &body).await
    };
    forgot(&world, &ana.email).await;
    let token = world.tokens(&ana.email).await.pop().unwrap();
    change("WrongPass123!", NEW).await.refused(403);
    assert_eq!(change(PASSWORD, "x").await.faults(), ["new_password"]);
    assert_eq!(change(PASSWORD, PASSWORD).await.faults(), ["new_password"]);
    assert_eq!(change(PASSWORD, "ana@example").await.faults(), ["new_password"]);
    other.me().await.ok();
    assert_eq!(change(PASSWORD, NEW).await.ok()["message"], "Password changed successfully");
    ana.me().await.ok();
    world.refresh(&ana.refresh).await.ok();
    other.me().await.refused(401);
    world.refresh(&other.refresh).await.refused(401);
    reset(&world, &token, "Another-Pass-9").await.refused(400);
    world.try_log_in(&ana.email, PASSWORD).await.refused(401);
    world.log_in_with("ana", NEW).await;
    assert_eq!(world.mails(&ana.email).await.last().unwrap().0, "Your password was changed");
    for _ in 0..10 {
        change("WrongPass123!", "Another-Pass-9").await;
    }
    change("WrongPass123!", "Another-Pass-9").await.refused(429);
}

#[both_engines]
async fn a_creator_claims_the_entries_of_their_address(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let mut tx = world.db().write().await.unwrap();
    for (name, email, platform) in [
        ("José", "José@Example.com", "instagram"),
        ("José again", "josé@example.com", "youtube"),
        ("Jose, who is another", "jose@example.com", "tiktok"),
        ("Somebody", "somebody@example.com", "instagram"),
    ] {
        creators::store::insert(Scope::system(), &mut tx, &mut entry(&world.clock, name, email, platform))
            .await
            .unwrap();
    }
    tx.commit().await.unwrap();
    let before = world.db().current_version("creators").await.unwrap();
    let body = json!({"email": "josé@example.com", "password": PASSWORD, "username": "jose", "user_type": "CREATOR"});
    assert_eq!(world.client.post("/api/v1/auth/register/email", &body).await.status, 201);
    let claimed = async || -> Vec<String> {
        let mut tx = world.db().read().await.unwrap();
        let all = creators::store::export_after(Scope::system(), &mut tx, CreatorId::from_uuid(Uuid::nil()), 10).await;
        let mut names: Vec<String> =
            all.unwrap().into_iter().filter(|one| one.claimed_by.is_some()).map(|one| one.name).collect();
        names.sort();
        names
    };
    assert!(claimed().await.is_empty(), "nothing before the address is confirmed");
    let token = world.tokens("josé@example.com").await.remove(0);
    verify(&world, &token).await.ok();
    // What is added later is theirs as well, at once.
    let mut tx = world.db().write().await.unwrap();
    let mut late = entry(&world.clock, "José, later", "JOSÉ@example.com", "twitter");
    creators::store::insert(Scope::system(), &mut tx, &mut late).await.unwrap();
    tx.commit().await.unwrap();
    assert!(late.claimed_by.is_some());
    assert_eq!(claimed().await, ["José", "José again", "José, later"]);
    assert!(world.db().current_version("creators").await.unwrap() > before, "the directory has moved on");
}
