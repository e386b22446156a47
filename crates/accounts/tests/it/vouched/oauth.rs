//! Getting in by a provider: who gets in, as whom, and who does not.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use db::args;
use http_base::Mode;
use kernel::{Clock, Error, Kind, Result};
use ports::identity::{Grant, LogIns, Profile, Provider, Standing};
use providers::oauth::OAuth;
use serde_json::{Value, json};
use testkit::{Client, FreshDb, Reply, both_engines};

use crate::world::{PASSWORD, World, start, text};

/// Providers that vouch for whom they are told to.
#[derive(Default)]
pub(crate) struct Vouching(Mutex<HashMap<(Provider, String), Profile>>);

fn someone(provider: Provider, subject: &str) -> Profile {
    Profile {
        provider,
        subject: subject.into(),
        handle: None,
        name: Some("Jo Doe".into()),
        email: None,
        email_verified: false,
        followers: None,
        picture: None,
        mock: false,
    }
}

pub(crate) fn of_google(subject: &str, email: &str, email_verified: bool) -> Profile {
    Profile { email: Some(email.into()), email_verified, ..someone(Provider::Google, subject) }
}

impl Vouching {
    pub(crate) fn vouch(&self, token: &str, profile: Profile) {
        self.0.lock().unwrap().insert((profile.provider, token.into()), profile);
    }
}

#[async_trait]
impl LogIns for Vouching {
    async fn whose(&self, provider: Provider, grant: &Grant) -> Result<Profile> {
        let brought = match grant {
            Grant::Token(token) => token.clone(),
            Grant::Code { code, redirect_uri, .. } => format!("{code} at {redirect_uri}"),
        };
        let found = self.0.lock().unwrap().get(&(provider, brought)).cloned();
        found.ok_or_else(|| Error::new(Kind::Unauthenticated, "not accepted"))
    }

    fn standing(&self, _: Provider) -> Standing {
        Standing::Real
    }
}

pub(crate) async fn world(fresh: FreshDb) -> (World, Arc<Vouching>) {
    let vouching = Arc::new(Vouching::default());
    (vouched(fresh, Mode::Serve, vouching.clone()).await, vouching)
}

async fn vouched(fresh: FreshDb, mode: Mode, log_ins: Arc<dyn LogIns>) -> World {
    let by = accounts::Vouching { log_ins: Some(log_ins), backend: None };
    World::vouched(fresh, Clock::mock(start(), 7), mode, by).await
}

pub(crate) async fn enter(client: &Client, provider: Provider, token: &str) -> Reply {
    let body = json!({"provider": provider.word(), "access_token": token, "user_type": "CREATOR", "country": "ES"});
    client.post("/api/v1/auth/login/oauth", &body).await
}

fn as_them(world: &World, body: &Value) -> Client {
    world.client.clone().with("authorization", &format!("Bearer {}", text(body, "access_token")))
}

/// Someone registered by mail; their address is proved or not.
async fn registered(world: &World, name: &str, proved: bool) -> String {
    let id = text(&world.register(name, "CREATOR").await, "id");
    if proved {
        let mut tx = world.db().write().await.unwrap();
        tx.execute("UPDATE accounts SET is_verified = $2 WHERE username = $1", args![name, true]).await.unwrap();
        tx.commit().await.unwrap();
    }
    id
}

#[both_engines]
async fn instagram_registers_and_keeps_the_profile(fresh: FreshDb) {
    let (world, vouching) = world(fresh).await;
    let profile =
        |followers| Profile { handle: Some("jo.cooks".into()), followers, ..someone(Provider::Instagram, "178") };
    vouching.vouch("t", profile(Some(50_000)));
    let register = json!({"access_token": "t", "user_type": "CREATOR", "country": "ES"});
    let reply = world.client.post("/api/v1/auth/register/instagram", &register).await;
    assert_eq!(reply.status, 201, "{}", reply.text());
    let body = reply.json();
    let user = &body["user"];
    assert_eq!((user["username"].as_str(), user["email"].as_str()), (Some("jo.cooks"), None));
    assert_eq!((user["user_type"].as_str(), user["country"].as_str()), (Some("CREATOR"), Some("ES")));
    let profile_of = |user: &Value| user["profile"].clone();
    assert_eq!(profile_of(user)["instagram_handle"], "@jo.cooks");
    assert_eq!(profile_of(user)["instagram_followers"], 50_000);
    assert_eq!((&profile_of(user)["tier_level"], &profile_of(user)["karma_score"]), (&json!(0), &json!(0)));
    assert_eq!(
        (&body["provider"], &body["token_type"], &body["expires_in"]),
        (&json!("instagram"), &json!("bearer"), &json!(1800))
    );
    assert_eq!(as_them(&world, &body).get("/api/v1/auth/me").await.json()["id"], user["id"]);
    // Once.
    assert_eq!(world.client.post("/api/v1/auth/register/instagram", &register).await.status, 409);
    // Logging in reads it anew; what is not told stays.
    vouching.vouch("t", profile(Some(61_000)));
    let again = enter(&world.client, Provider::Instagram, "t").await;
    assert_eq!((again.status, again.json()["message"].as_str()), (200, None));
    assert_eq!(again.json()["user"]["id"], user["id"]);
    assert_eq!(profile_of(&again.json()["user"])["instagram_followers"], 61_000);
    vouching.vouch("t", Profile { handle: Some("jo.bakes".into()), ..profile(None) });
    let again = enter(&world.client, Provider::Instagram, "t").await.json();
    assert_eq!(profile_of(&again["user"])["instagram_followers"], 61_000);
    assert_eq!(profile_of(&again["user"])["instagram_handle"], "@jo.bakes");
    assert_eq!((world.rows("accounts").await, world.rows("identities").await), (1, 1));
    assert_eq!((world.audited("signup").await, world.audited("login").await), (1, 3));
    // The log-in is like any other.
    let refreshed = world.refresh(&text(&again, "refresh_token")).await;
    assert_eq!(refreshed.status, 200, "{}", refreshed.text());
}

#[both_engines]
async fn a_log_in_makes_an_account_when_there_is_none(fresh: FreshDb) {
    let (world, vouching) = world(fresh).await;
    for (provider, subject) in [(Provider::Facebook, "1"), (Provider::TikTok, "1"), (Provider::Google, "1")] {
        vouching.vouch("t", someone(provider, subject));
        let made = enter(&world.client, provider, "t").await;
        assert_eq!((made.status, made.json()["message"].as_str()), (201, Some("New user created")), "{}", made.text());
        let known = enter(&world.client, provider, "t").await;
        assert_eq!(known.status, 200);
        assert_eq!(known.json()["user"]["id"], made.json()["user"]["id"]);
    }
    assert_eq!(world.rows("accounts").await, 3);
    // Without saying what one is, nobody becomes anything; whoever is somebody needs not say it.
    vouching.vouch("new", someone(Provider::TikTok, "2"));
    let reply =
        world.client.post("/api/v1/auth/login/oauth", &json!({"provider": "tiktok", "access_token": "new"})).await;
    assert_eq!((reply.status, reply.json()["detail"][0]["loc"][1].as_str()), (422, Some("user_type")));
    let reply =
        world.client.post("/api/v1/auth/login/oauth", &json!({"provider": "TikTok", "access_token": "t"})).await;
    assert_eq!(reply.status, 200);
    // A business gets its workspace, by a code as well.
    vouching.vouch("c at https://a.example/back", someone(Provider::TikTok, "3"));
    let by_code =
        json!({"provider": "tiktok", "code": "c", "redirect_uri": "https://a.example/back", "user_type": "BRAND"});
    let reply = world.client.post("/api/v1/auth/login/oauth", &by_code).await;
    assert_eq!(reply.status, 201, "{}", reply.text());
    assert_eq!(reply.json()["user"]["user_type"], "BUSINESS");
    assert!(reply.json()["user"]["workspace_id"].is_string());
    // A name that is taken is made another.
    let names = [("n1", "4"), ("n2", "5")]
        .map(|(token, subject)| (token, Profile { handle: Some("twin".into()), ..someone(Provider::TikTok, subject) }));
    let mut seen = Vec::new();
    for (token, profile) in names {
        vouching.vouch(token, profile);
        seen.push(text(&enter(&world.client, Provider::TikTok, token).await.json()["user"], "username"));
    }
    assert!(seen[0] == "twin" && seen[1].starts_with("twin_"), "{seen:?}");
}

#[both_engines]
async fn faulty_bodies_and_refused_tokens(fresh: FreshDb) {
    let (world, _) = world(fresh).await;
    let reply = |body: Value| {
        let client = world.client.clone();
        async move {
            let reply = client.post("/api/v1/auth/login/oauth", &body).await;
            let faults = reply.json()["error"]["details"].as_array().cloned().unwrap_or_default();
            let fields: Vec<String> = faults.iter().map(|fault| text(fault, "field")).collect();
            (reply.status, fields.join(" "))
        }
    };
    let told = |status: u16, fields: &str| (status, fields.to_owned());
    assert_eq!(
        reply(json!({"provider": "myspace", "access_token": "t", "user_type": "CREATOR"})).await,
        told(422, "provider")
    );
    assert_eq!(reply(json!({})).await, told(422, "provider access_token"));
    assert_eq!(reply(json!({"provider": "google", "code": "c"})).await, told(422, "redirect_uri"));
    assert_eq!(
        reply(json!({"provider": "google", "access_token": "t", "user_type": "ADMIN", "country": "XX"})).await,
        told(422, "user_type country")
    );
    assert_eq!(
        reply(json!({"provider": "google", "access_token": "unknown", "user_type": "CREATOR"})).await,
        told(401, "")
    );
    let faulty = world.client.post("/api/v1/auth/register/instagram", &json!({"user_type": "CREATOR"})).await;
    assert_eq!((faulty.status, faulty.json()["error"]["details"][0]["field"].as_str()), (422, Some("access_token")));
    assert_eq!((world.rows("accounts").await, world.rows("sessions").await), (0, 0));
}

#[both_engines]
async fn an_account_is_entered_by_its_address_only_if_both_sides_have_proved_it(fresh: FreshDb) {
    let (world, vouching) = world(fresh).await;
    let (proved, unproved) = (registered(&world, "proved", true).await, registered(&world, "unproved", false).await);
    let admin = registered(&world, "boss", true).await;
    let mut tx = world.db().write().await.unwrap();
    tx.execute("UPDATE accounts SET user_type = 'ADMIN' WHERE username = $1", args!["boss"]).await.unwrap();
    tx.commit().await.unwrap();
    for (token, email, vouched) in [
        ("says-so", "proved@example.com", false),
        ("says-so-of-unproved", "unproved@example.com", false),
        ("knows-of-admin", "boss@example.com", true),
        ("in-capitals", "PROVED@Example.com", false),
    ] {
        vouching.vouch(token, of_google(token, email, vouched));
        let refused = enter(&world.client, Provider::Google, token).await;
        assert_eq!(refused.status, 409, "{token}: {}", refused.text());
        assert!(refused.text().contains("log in to that with its password, then link Google"), "{}", refused.text());
    }
    assert_eq!(world.rows("identities").await, 0);
    vouching.vouch("knows", of_google("110", "Proved@example.com", true));
    let entered = enter(&world.client, Provider::Google, "knows").await;
    assert_eq!(entered.status, 200, "{}", entered.text());
    assert_eq!(text(&entered.json()["user"], "id"), proved);
    assert_eq!(world.audited("identity.linked").await, 1);
    // The password goes on being a way in, and another Google account of the same address is not let in beside.
    assert_eq!(world.try_log_in("proved@example.com", PASSWORD).await.status, 200);
    vouching.vouch("second", of_google("111", "proved@example.com", true));
    assert_eq!(enter(&world.client, Provider::Google, "second").await.status, 409);
    assert!(unproved != proved && admin != proved);
}

#[both_engines]
async fn an_address_nobody_vouches_for_is_not_kept(fresh: FreshDb) {
    let (world, vouching) = world(fresh).await;
    vouching
        .vouch("squatter", Profile { email: Some("victim@example.com".into()), ..someone(Provider::Facebook, "1") });
    let made = enter(&world.client, Provider::Facebook, "squatter").await.json();
    assert_eq!((&made["user"]["email"], &made["user"]["is_verified"]), (&Value::Null, &json!(false)));
    // The owner registers as if nothing had been.
    world.register("victim", "CREATOR").await;
    // One that is vouched for is, and is proved.
    vouching.vouch("g", of_google("9", "jo@gmail.com", true));
    let made = enter(&world.client, Provider::Google, "g").await.json();
    assert_eq!((&made["user"]["email"], &made["user"]["is_verified"]), (&json!("jo@gmail.com"), &json!(true)));
    let body = json!({"email": "jo@gmail.com", "password": PASSWORD, "username": "other", "user_type": "CREATOR"});
    assert_eq!(world.client.post("/api/v1/auth/register/email", &body).await.status, 400);
}

#[both_engines]
async fn ones_own_providers_are_linked_and_unlinked(fresh: FreshDb) {
    let (world, vouching) = world(fresh).await;
    registered(&world, "joan", true).await;
    let jo = world.log_in("joan").await;
    let path = "/api/v1/auth/identities";
    assert_eq!(jo.client.get(path).await.json(), json!({"identities": [], "has_password": true}));
    vouching.vouch("g", of_google("1", "elsewhere@gmail.com", true));
    vouching.vouch("i", Profile { handle: Some("jo".into()), followers: Some(9), ..someone(Provider::Instagram, "1") });
    vouching.vouch("i2", someone(Provider::Instagram, "2"));
    let google = json!({"provider": "google", "access_token": "g"});
    let linked = jo.client.post(path, &google).await;
    assert_eq!((linked.status, linked.json()["identities"][0]["provider"].as_str()), (201, Some("google")));
    assert_eq!(jo.client.post(path, &google).await.status, 200);
    assert_eq!(jo.client.post(path, &json!({"provider": "instagram", "access_token": "i"})).await.status, 201);
    assert_eq!(jo.client.post(path, &json!({"provider": "instagram", "access_token": "i2"})).await.status, 409);
    assert_eq!(jo.client.post(path, &json!({"provider": "google", "access_token": "forged"})).await.status, 401);
    assert_eq!(world.client.post(path, &google).await.status, 401);
    let me = jo.me().await.json();
    assert_eq!((&me["profile"]["instagram_handle"], &me["profile"]["instagram_followers"]), (&json!("@jo"), &json!(9)));
    assert_eq!(me["email"], "joan@example.com");
    // It is a way in now, and nobody else's.
    let by_google = enter(&world.client, Provider::Google, "g").await;
    assert_eq!((by_google.status, by_google.json()["user"]["id"].as_str()), (200, Some(jo.id.as_str())));
    let ana = world.someone("ana").await;
    assert_eq!(ana.client.post(path, &google).await.status, 403, "an address that nobody has proved links nothing");
    registered(&world, "bea", true).await;
    assert_eq!(world.log_in("bea").await.client.post(path, &google).await.status, 409);
    // Unlinked, it is no way in any more, and who came by it is out.
    assert_eq!(ana.client.delete("/api/v1/auth/identities/google").await.status, 404);
    assert_eq!(jo.client.delete("/api/v1/auth/identities/myspace").await.status, 404);
    assert_eq!(jo.client.delete("/api/v1/auth/identities/google").await.status, 200);
    assert_eq!(as_them(&world, &by_google.json()).get("/api/v1/auth/me").await.status, 401);
    assert_eq!(jo.me().await.status, 200);
    assert_eq!(jo.client.delete("/api/v1/auth/identities/google").await.status, 404);
    assert_eq!(jo.client.delete("/api/v1/auth/identities/instagram").await.status, 200);
    assert_eq!(jo.me().await.json()["profile"]["instagram_handle"], Value::Null);
    assert_eq!((world.audited("identity.linked").await, world.audited("identity.unlinked").await), (2, 2));
}

#[both_engines]
async fn the_last_way_in_stays(fresh: FreshDb) {
    let (world, vouching) = world(fresh).await;
    vouching.vouch("t", someone(Provider::TikTok, "1"));
    vouching.vouch("f", someone(Provider::Facebook, "1"));
    let jo = as_them(&world, &enter(&world.client, Provider::TikTok, "t").await.json());
    let refused = jo.delete("/api/v1/auth/identities/tiktok").await;
    assert_eq!(refused.status, 409, "{}", refused.text());
    let linked = jo.post("/api/v1/auth/identities", &json!({"provider": "facebook", "access_token": "f"})).await;
    assert_eq!((linked.status, linked.json()["has_password"].as_bool()), (201, Some(false)));
    // Both at once: one stays.
    let (one, other) =
        tokio::join!(jo.delete("/api/v1/auth/identities/tiktok"), jo.delete("/api/v1/auth/identities/facebook"));
    let mut statuses = [one.status, other.status];
    statuses.sort_unstable();
    assert_eq!((statuses, world.rows("identities").await), ([200, 409], 1));
}

#[both_engines]
async fn many_at_once_are_one_account(fresh: FreshDb) {
    let (world, vouching) = world(fresh).await;
    vouching.vouch("t", of_google("1", "jo@gmail.com", true));
    let entering = (0..20).map(|_| enter(&world.client, Provider::Google, "t"));
    let replies = futures::future::join_all(entering).await;
    let created = replies.iter().filter(|reply| reply.status == 201).count();
    assert_eq!(created, 1, "{:?}", replies.iter().map(|reply| reply.status).collect::<Vec<_>>());
    assert!(replies.iter().all(|reply| matches!(reply.status, 200 | 201)));
    assert_eq!((world.rows("accounts").await, world.rows("identities").await), (1, 1));
}

#[both_engines]
async fn the_stand_in_is_for_the_demo_alone(fresh: FreshDb) {
    let clock = Clock::mock(start(), 3);
    let demo = OAuth::for_demo(providers::oauth::Settings::default(), &clock).unwrap();
    // Even if it were put there by mistake.
    let fresh_world = vouched(fresh, Mode::Serve, Arc::new(demo)).await;
    let reply = enter(&fresh_world.client, Provider::Google, "google_token_1").await;
    assert_eq!(reply.status, 500, "{}", reply.text());
    assert_eq!(fresh_world.rows("accounts").await, 0);
    let body = json!({"access_token": "instagram_token_1", "user_type": "CREATOR", "country": "ES"});
    let reply = fresh_world.client.post("/api/v1/auth/register/instagram", &body).await;
    assert_eq!(reply.status, 500);
}

#[both_engines]
async fn in_the_demo_every_token_is_someone(fresh: FreshDb) {
    let clock = Clock::mock(start(), 3);
    let demo = OAuth::for_demo(providers::oauth::Settings::default(), &clock).unwrap();
    let world = vouched(fresh, Mode::Demo(clock.new_id()), Arc::new(demo)).await;
    let body = json!({"access_token": "instagram_token_1", "user_type": "CREATOR", "country": "ES"});
    let made = world.client.post("/api/v1/auth/register/instagram", &body).await;
    assert_eq!((made.status, made.json()["provider"].as_str()), (201, Some("mock")), "{}", made.text());
    let profile = &made.json()["user"]["profile"];
    assert!(text(profile, "instagram_handle").starts_with('@') && profile["instagram_followers"].is_null());
    let known = enter(&world.client, Provider::Instagram, "instagram_token_1").await;
    assert_eq!((known.status, &known.json()["user"]["id"]), (200, &made.json()["user"]["id"]));
    assert_eq!(enter(&world.client, Provider::Instagram, "instagram_token_2").await.status, 201);
}

#[both_engines]
async fn what_is_not_set_up_says_what_to_set(fresh: FreshDb) {
    let none = OAuth::new(providers::oauth::Settings::default(), &Clock::mock(start(), 3)).unwrap();
    let world = vouched(fresh, Mode::Serve, Arc::new(none)).await;
    let reply = enter(&world.client, Provider::TikTok, "t").await;
    assert_eq!(reply.status, 503);
    assert!(reply.text().contains("set TIKTOK_CLIENT_KEY and TIKTOK_CLIENT_SECRET"), "{}", reply.text());
}
