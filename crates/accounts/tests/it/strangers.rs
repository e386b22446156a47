//! Somebody's address, registered by a stranger before its owner comes: in whatever order the owner arrives, nothing is left to the
//! stranger; and until the owner comes, the address opens nothing.

use db::args;
use serde_json::json;
use testkit::{FreshDb, Reply, both_engines};

use crate::vouched::oauth::{Vouching, enter, of_google, world as vouched_world};
use crate::world::{LoggedIn, PASSWORD, World, text};

const OWN: &str = "NewPassword456!";

/// What a stranger may leave behind: a log-in, and (from before addresses had to be proved) a key, a linked provider, an invitation.
struct Left {
    stranger: LoggedIn,
    key: String,
}

async fn pre_registered(world: &World, vouching: &Vouching) -> Left {
    world.register("owner", "BUSINESS").await;
    let stranger = world.log_in("owner").await;
    // Nothing of it is to be had while nobody has proved the address.
    for (path, body) in [
        ("/api/v1/api-keys", json!({"name": "Mine", "scope": "write"})),
        ("/api/v1/auth/identities", json!({"provider": "google", "access_token": "stranger"})),
        ("/api/v1/workspace/invitations", json!({"email": "friend@example.com", "role": "owner"})),
        ("/api/v1/account/export", json!({})),
    ] {
        let told = stranger.client.post(path, &body).await;
        told.refused(403);
        assert!(told.message().contains("Verify your e-mail address first"), "{path}: {}", told.text());
    }
    // It was before: the rows that an older version left.
    set_proved(world, true).await;
    let key = stranger.client.post("/api/v1/api-keys", &json!({"name": "Mine", "scope": "write"})).await.json();
    vouching.vouch("stranger", of_google("666", "stranger@gmail.com", true));
    let body = json!({"provider": "google", "access_token": "stranger"});
    assert_eq!(stranger.client.post("/api/v1/auth/identities", &body).await.status, 201);
    let body = json!({"email": "friend@example.com", "role": "owner"});
    assert_eq!(stranger.client.post("/api/v1/workspace/invitations", &body).await.status, 201);
    set_proved(world, false).await;
    Left { stranger, key: text(&key, "key") }
}

async fn set_proved(world: &World, proved: bool) {
    let mut tx = world.db().write().await.unwrap();
    let sql = "UPDATE accounts SET is_verified = $1 WHERE username = 'owner'";
    tx.execute(sql, args![proved]).await.unwrap();
    accounts::store::moved(&mut tx).await.unwrap();
    tx.commit().await.unwrap();
}

impl Left {
    /// None of it lets the stranger in any more.
    async fn is_nothing(&self, world: &World) {
        self.stranger.me().await.refused(401);
        world.refresh(&self.stranger.refresh).await.refused(401);
        let by_key = world.client.clone().with("authorization", &format!("Bearer {}", self.key));
        by_key.get("/api/v1/auth/me").await.refused(401);
        // Their own Google makes them somebody else.
        let entered = enter(&world.client, ports::identity::Provider::Google, "stranger").await;
        assert_ne!(entered.json()["user"]["id"], self.stranger.id.as_str());
        let mut tx = world.db().read().await.unwrap();
        let open: i64 = tx
            .fetch_value("SELECT count(*) FROM invitations WHERE revoked_at IS NULL AND accepted_at IS NULL", vec![])
            .await
            .unwrap();
        assert_eq!(open, 0, "an invitation is open");
    }
}

async fn verify(world: &World, token: &str) -> Reply {
    world.client.post("/api/v1/auth/verify-email", &json!({"token": token})).await
}

async fn reset(world: &World) -> Reply {
    world.client.post("/api/v1/auth/forgot-password", &json!({"email": "owner@example.com"})).await.ok();
    world.work().await;
    let token = world.tokens("owner@example.com").await.pop().unwrap();
    world.clock.advance(kernel::time::SECOND);
    world.client.post("/api/v1/auth/reset-password", &json!({"token": token, "password": OWN})).await
}

async fn last_mail(world: &World) -> String {
    world.mails("owner@example.com").await.pop().unwrap().0
}

#[both_engines]
async fn the_owner_arrives_by_confirming(fresh: FreshDb) {
    let (world, vouching) = vouched_world(fresh).await;
    let left = pre_registered(&world, &vouching).await;
    let token = world.tokens("owner@example.com").await.remove(0);
    world.clock.advance(kernel::time::SECOND);
    verify(&world, &token).await.ok();
    assert_eq!(last_mail(&world).await, "Your e-mail address was confirmed");
    left.is_nothing(&world).await;
    // The mail tells the owner how the stranger's password ends, too.
    reset(&world).await.ok();
    world.try_log_in("owner@example.com", PASSWORD).await.refused(401);
    world.log_in_with("owner", OWN).await;
}

#[both_engines]
async fn a_password_that_was_chosen_elsewhere_does_not_count_any_more(fresh: FreshDb) {
    let world = World::new(fresh).await;
    world.register("owner", "CREATOR").await;
    let stranger = world.log_in("owner").await;
    let token = world.tokens("owner@example.com").await.remove(0);
    let elsewhere = world.client.clone().with("x-forwarded-for", "198.51.100.9");
    world.clock.advance(kernel::time::SECOND);
    let told = elsewhere.post("/api/v1/auth/verify-email", &json!({"token": token})).await.ok();
    assert!(text(&told, "message").contains("does not count any more"), "{told}");
    stranger.me().await.refused(401);
    world.try_log_in("owner@example.com", PASSWORD).await.refused(401);
    let token = world.tokens("owner@example.com").await.pop().unwrap();
    let body = json!({"token": token, "password": OWN});
    elsewhere.post("/api/v1/auth/reset-password", &body).await.ok();
    world.log_in_with("owner", OWN).await;
    // Whoever gives it chose it, and keeps it, wherever they are.
    world.register("ana", "CREATOR").await;
    let token = world.tokens("ana@example.com").await.remove(0);
    elsewhere
        .post("/api/v1/auth/verify-email", &json!({"token": token, "password": "Another-Pass-9"}))
        .await
        .refused(403);
    elsewhere.post("/api/v1/auth/verify-email", &json!({"token": token, "password": PASSWORD})).await.ok();
    world.log_in("ana").await;
}

#[both_engines]
async fn the_owner_arrives_by_a_reset(fresh: FreshDb) {
    let (world, vouching) = vouched_world(fresh).await;
    let left = pre_registered(&world, &vouching).await;
    let confirming = world.tokens("owner@example.com").await.remove(0);
    reset(&world).await.ok();
    assert_eq!(last_mail(&world).await, "Your password was changed");
    left.is_nothing(&world).await;
    world.try_log_in("owner@example.com", PASSWORD).await.refused(401);
    verify(&world, &confirming).await.refused(400);
    let owner = world.log_in_with("owner", OWN).await;
    assert_eq!(owner.me().await.ok()["is_verified"], true, "the mail was answered");
}

#[both_engines]
async fn the_owner_arrives_by_google(fresh: FreshDb) {
    let (world, vouching) = vouched_world(fresh).await;
    let left = pre_registered(&world, &vouching).await;
    vouching.vouch("owner", of_google("1", "owner@example.com", true));
    let entered = enter(&world.client, ports::identity::Provider::Google, "owner").await;
    assert_eq!(entered.status, 200, "{}", entered.text());
    let user = entered.json()["user"].clone();
    assert_eq!((&user["id"], &user["is_verified"]), (&json!(left.stranger.id), &json!(true)));
    left.is_nothing(&world).await;
    world.try_log_in("owner@example.com", PASSWORD).await.refused(401);
    // And again: the link is the owner's.
    assert_eq!(enter(&world.client, ports::identity::Provider::Google, "owner").await.json()["user"]["id"], user["id"]);
    // A reset later ends that as well, and the owner is told.
    reset(&world).await.ok();
    assert_eq!(last_mail(&world).await, "Your password was changed");
    world.log_in_with("owner", OWN).await;
}

#[both_engines]
async fn a_change_ends_everything_else_too(fresh: FreshDb) {
    let (world, vouching) = vouched_world(fresh).await;
    let left = pre_registered(&world, &vouching).await;
    set_proved(&world, true).await;
    let owner = world.log_in("owner").await;
    world.clock.advance(kernel::time::SECOND);
    let body = json!({"current_password": PASSWORD, "new_password": OWN});
    owner.client.post("/api/v1/auth/change-password", &body).await.ok();
    left.is_nothing(&world).await;
    owner.me().await.ok();
    assert_eq!(last_mail(&world).await, "Your password was changed");
}

#[both_engines]
async fn until_the_owner_comes_the_address_opens_nothing(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let mut tx = world.db().write().await.unwrap();
    for (to, text) in [("famous@example.com", "our secret offer"), ("other@example.com", "something else")] {
        let mail =
            mail::NewMail { to: to.into(), subject: "Offer".into(), text: text.into(), ..mail::NewMail::default() };
        mail::queue(&mut tx, world.accounts.app(), mail).await.unwrap();
    }
    tx.commit().await.unwrap();
    world.register("famous", "CREATOR").await;
    let stranger = world.log_in("famous").await;
    stranger.post("/api/v1/account/export").await.refused(403);
    // What is theirs alone they may erase, and nothing else goes with it.
    let body = json!({"password": PASSWORD, "erase_directory_entry": true}).to_string();
    let gone = stranger.client.raw(axum::http::Method::DELETE, "/api/v1/account", "application/json", body).await;
    gone.ok();
    let mut tx = world.db().read().await.unwrap();
    let all = http_base::Offsets { limit: 1000, offset: 0 };
    let (mails, _) =
        mail::store::list(kernel::Scope::system(), &mut tx, Some("famous@example.com"), all).await.unwrap();
    let offers: Vec<_> =
        mails.into_iter().filter(|mail| mail.subject == "Offer").filter_map(|mail| mail.body_text).collect();
    assert_eq!(offers, ["our secret offer"], "another's mail stays");
}
