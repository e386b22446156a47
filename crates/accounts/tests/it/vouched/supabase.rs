//! Accounts where Supabase keeps the passwords.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use db::args;
use http_base::Mode;
use jsonwebtoken::{EncodingKey, Header};
use kernel::Clock;
use kernel::time::HOUR;
use ports::identity::IdentityBackend;
use providers::supabase::{Settings, Supabase};
use serde_json::{Value, json};
use testkit::{Client, FreshDb, both_engines};

use super::gotrue::{GoTrue, SECRET, sign};
use crate::world::{PASSWORD, World, start, text};

async fn world(fresh: FreshDb) -> (World, GoTrue) {
    let clock = Clock::mock(start(), 7);
    let gotrue = GoTrue::start(&clock).await;
    let settings = Settings {
        url: gotrue.url.clone(),
        anon_key: "anon".into(),
        service_role_key: "service".into(),
        jwt_secret: SECRET.into(),
    };
    let backend: Arc<dyn IdentityBackend> = Arc::new(Supabase::new(settings, &clock).unwrap());
    let by = accounts::Vouching { log_ins: None, backend: Some(backend) };
    (World::vouched(fresh, clock, Mode::Serve, by).await, gotrue)
}

fn with(world: &World, token: &str) -> Client {
    world.client.clone().with("authorization", &format!("Bearer {token}"))
}

async fn me(world: &World, token: &str) -> (u16, Value) {
    let reply = with(world, token).get("/api/v1/auth/me").await;
    (reply.status, reply.json())
}

#[both_engines]
async fn signing_up_logging_in_going_on_and_out(fresh: FreshDb) {
    let (world, gotrue) = world(fresh).await;
    let body = json!({"email": "joan@example.com", "password": PASSWORD, "role": "BRAND"});
    let made = world.client.post("/api/v1/auth/signup", &body).await;
    assert_eq!(made.status, 201, "{}", made.text());
    let user = made.json()["user"].clone();
    assert_eq!(
        (&user["user_type"], &user["is_verified"], &user["username"]),
        (&json!("BUSINESS"), &json!(false), &json!("joan"))
    );
    assert!(user["workspace_id"].is_string());
    // Here no password is kept, and none is mailed about.
    let mut tx = world.db().read().await.unwrap();
    let kept: i64 =
        tx.fetch_value("SELECT count(*) FROM accounts WHERE password_hash IS NOT NULL", vec![]).await.unwrap();
    drop(tx);
    assert_eq!((kept, world.mails("joan@example.com").await.len()), (0, 0));
    assert_eq!(world.client.post("/api/v1/auth/signup", &body).await.status, 400);
    // The mail is answered there.
    let refused = world.try_log_in("joan@example.com", PASSWORD).await;
    assert!(refused.status == 401 && refused.text().contains("not been confirmed"), "{}", refused.text());
    gotrue.confirm("joan@example.com");
    let entered = world.try_log_in("joan@example.com", PASSWORD).await;
    assert_eq!(entered.status, 200, "{}", entered.text());
    let entered = entered.json();
    assert_eq!((&entered["user"]["id"], &entered["user"]["is_verified"]), (&user["id"], &json!(true)));
    assert_eq!((&entered["expires_in"], &entered["token_type"]), (&json!(3600), &json!("bearer")));
    let (access, refresh) = (text(&entered, "access_token"), text(&entered, "refresh_token"));
    assert_eq!(me(&world, &access).await.1["id"], user["id"]);
    let sessions = with(&world, &access).get("/api/v1/auth/sessions").await.json();
    assert_eq!(
        (&sessions["sessions"][0]["method"], &sessions["sessions"][0]["current"]),
        (&json!("supabase"), &json!(true))
    );
    // Refreshed by the body and by the header; the old one is dead.
    let second = world.refresh(&refresh).await;
    assert_eq!(second.status, 200, "{}", second.text());
    let second = second.json();
    assert_ne!(second["refresh_token"], json!(refresh));
    assert_eq!(world.refresh(&refresh).await.status, 401);
    let third = with(&world, &text(&second, "refresh_token"))
        .ask(axum::http::Method::POST, "/api/v1/auth/refresh", None, axum::body::Body::empty())
        .await;
    assert_eq!(third.status, 200, "{}", third.text());
    let third = third.json();
    let newest = text(&third, "access_token");
    assert_eq!(me(&world, &newest).await.0, 200);
    // An access token refreshes nothing, and is sent to nobody.
    gotrue.seen();
    assert_eq!(world.refresh(&newest).await.status, 401);
    assert_eq!(gotrue.seen(), Vec::<String>::new());
    // Logged out, it is out there as well.
    let out = with(&world, &newest)
        .ask(axum::http::Method::POST, "/api/v1/auth/logout", None, axum::body::Body::empty())
        .await;
    assert_eq!(out.status, 200, "{}", out.text());
    assert_eq!(gotrue.seen(), ["/auth/v1/logout?scope=local"]);
    assert_eq!((me(&world, &newest).await.0, me(&world, &access).await.0), (401, 401));
    assert_eq!(world.refresh(&text(&third, "refresh_token")).await.status, 401);
    assert_eq!((world.audited("login").await, world.audited("logout").await), (1, 1));
}

#[both_engines]
async fn whoever_is_erased_is_taken_out_there_as_well(fresh: FreshDb) {
    let (world, gotrue) = world(fresh).await;
    gotrue.confirm_at_once();
    let body = json!({"email": "joan@example.com", "password": PASSWORD, "role": "CREATOR"});
    assert_eq!(world.client.post("/api/v1/auth/signup", &body).await.status, 201);
    let access = text(&world.try_log_in("joan@example.com", PASSWORD).await.json(), "access_token");
    let subject: String = {
        let mut tx = world.db().read().await.unwrap();
        tx.fetch_value("SELECT supabase_id FROM accounts WHERE supabase_id IS NOT NULL", vec![]).await.unwrap()
    };
    let path = format!("/auth/v1/admin/users/{subject}");
    with(&world, &access).json(axum::http::Method::DELETE, "/api/v1/account", &json!({})).await.ok();
    gotrue.seen();
    // The service is down: it is asked again later.
    gotrue.fail(Some((503, json!({}))));
    world.work().await;
    assert!(gotrue.seen().contains(&path));
    gotrue.fail(None);
    world.clock.advance(HOUR);
    world.work().await;
    assert_eq!(gotrue.seen(), [path]);
    assert_eq!(world.try_log_in("joan@example.com", PASSWORD).await.status, 401, "nobody is there any more");
    world.clock.advance(HOUR);
    gotrue.seen();
    world.work().await;
    assert_eq!(gotrue.seen(), Vec::<String>::new(), "it is done once");
}

#[both_engines]
async fn wrong_passwords_are_counted_and_told_as_ever(fresh: FreshDb) {
    let (world, gotrue) = world(fresh).await;
    gotrue.add("jo@example.com", json!({}), (true, true));
    for wrong in [
        json!({"code": 400, "error_code": "invalid_credentials", "msg": "Invalid login credentials"}),
        json!({"code": "invalid_credentials", "message": "Invalid login credentials"}),
        json!({"error": "invalid_grant", "error_description": "Invalid login credentials"}),
        json!({"msg": "Invalid login credentials"}),
    ] {
        gotrue.fail(Some((400, wrong)));
        let reply = world.try_log_in("jo@example.com", "WrongPass123!").await;
        assert!(reply.status == 401 && reply.text().contains("Wrong email or password"), "{}", reply.text());
    }
    gotrue.fail(None);
    assert_eq!(world.audited("login.failed").await, 4);
    for _ in 0..6 {
        assert_eq!(world.try_log_in("jo@example.com", "WrongPass123!").await.status, 401);
    }
    gotrue.seen();
    assert_eq!(world.try_log_in("jo@example.com", "WrongPass123!").await.status, 429);
    assert!(gotrue.seen().is_empty());
}

#[both_engines]
async fn its_troubles_are_ours_to_tell_and_not_a_wrong_password(fresh: FreshDb) {
    let (world, gotrue) = world(fresh).await;
    for (failing, status) in [
        ((500, json!({"code": 500, "error_code": "unexpected_failure", "msg": "Database error"})), 502),
        ((503, json!({})), 502),
        ((429, json!({"error_code": "over_request_rate_limit", "msg": "x"})), 429),
        ((401, json!({"message": "Invalid API key"})), 502),
        ((200, json!({"access_token": 1})), 502),
        ((200, json!([])), 502),
    ] {
        gotrue.fail(Some(failing));
        let reply = world.try_log_in("jo@example.com", PASSWORD).await;
        assert_eq!(reply.status, status, "{}", reply.text());
        let body = json!({"email": "jo@example.com", "password": PASSWORD, "role": "BRAND"});
        assert_eq!(world.client.post("/api/v1/auth/signup", &body).await.status, status);
        assert_eq!(world.refresh("some-token").await.status, status);
    }
    assert_eq!((world.rows("accounts").await, world.audited("login.failed").await), (0, 0));
}

#[both_engines]
async fn whoever_logs_in_there_is_known_here(fresh: FreshDb) {
    let (world, gotrue) = world(fresh).await;
    let ana =
        gotrue.add("ana@example.com", json!({"role": "BRAND", "username": "ana.b", "country": "es"}), (true, true));
    let token = gotrue.token(&ana);
    let (status, body) = me(&world, &token).await;
    assert_eq!(status, 200, "{body}");
    assert_eq!(
        (&body["user_type"], &body["username"], &body["country"]),
        (&json!("BUSINESS"), &json!("ana.b"), &json!("ES"))
    );
    assert_eq!((&body["email"], &body["is_verified"]), (&json!("ana@example.com"), &json!(true)));
    // Asked once.
    gotrue.seen();
    assert_eq!(me(&world, &token).await.0, 200);
    assert!(gotrue.seen().is_empty());
    assert_eq!(world.rows("accounts").await, 1);
    // What people say of themselves makes no administrator, and a creator where it says nothing of use.
    for (data, user_type) in [
        (json!({"role": "ADMIN"}), "CREATOR"),
        (json!({"user_type": "admin", "role": "BRAND"}), "CREATOR"),
        (json!({"role": 7, "username": ["x"]}), "CREATOR"),
        (json!({"user_type": "business"}), "BUSINESS"),
        (Value::Null, "CREATOR"),
    ] {
        let id = gotrue.add(&format!("{}@example.com", world.clock.new_id::<()>()), data.clone(), (true, true));
        let (status, body) = me(&world, &gotrue.token(&id)).await;
        assert_eq!((status, body["user_type"].as_str()), (200, Some(user_type)), "{data}");
        assert_eq!(with(&world, &gotrue.token(&id)).get("/api/v1/auth/admin-only").await.status, 403);
    }
    // A changed address is followed, unless it is somebody else's.
    gotrue.rename("ana@example.com", "ana@new.example");
    assert_eq!(me(&world, &gotrue.token(&ana)).await.1["email"], "ana@new.example");
    gotrue.add("taken@example.com", json!({}), (true, true));
    let taker = gotrue.token(&gotrue.add("first@example.com", json!({}), (true, true)));
    assert_eq!(me(&world, &taker).await.0, 200);
    gotrue.rename("ana@new.example", "first@example.com");
    assert_eq!(me(&world, &gotrue.token(&ana)).await.1["email"], "ana@new.example");
}

#[both_engines]
async fn an_account_from_before_is_taken_over_by_nobody(fresh: FreshDb) {
    let (world, gotrue) = world(fresh).await;
    // Accounts of the built-in back end: the administrator, and two from before.
    let mut ids = Vec::new();
    for (name, user_type, verified) in [("boss", "ADMIN", true), ("old", "CREATOR", true), ("new", "CREATOR", false)] {
        let hash = world.accounts.hasher().hash(PASSWORD).await.unwrap();
        let new = accounts::NewAccount {
            email: Some(format!("{name}@example.com")),
            username: Some(name.into()),
            password_hash: Some(hash),
            is_verified: verified,
            ..accounts::NewAccount::of(kernel::UserType::parse(user_type).unwrap())
        };
        let mut tx = world.db().write().await.unwrap();
        let made = accounts::store::insert_account(kernel::Scope::system(), &mut tx, &world.clock, new).await.unwrap();
        tx.commit().await.unwrap();
        ids.push(made.id.to_string());
    }
    // They go on with their own passwords, which nobody is asked about.
    for name in ["boss", "old", "new"] {
        let entered = world.try_log_in(&format!("{name}@example.com"), PASSWORD).await;
        assert_eq!(entered.status, 200, "{}", entered.text());
        assert_eq!(world.refresh(&text(&entered.json(), "refresh_token")).await.status, 200);
    }
    assert!(gotrue.seen().is_empty());
    // Somebody signs up there with their addresses.
    for (email, proof) in [
        ("boss@example.com", (true, true)),
        // Confirmed at once, without a mail.
        ("old@example.com", (false, true)),
        // Nor that of an account whose address nobody has proved here.
        ("new@example.com", (false, true)),
    ] {
        let stranger = gotrue.add(email, json!({}), proof);
        let (status, body) = me(&world, &gotrue.token(&stranger)).await;
        assert_eq!(status, 409, "{email}: {body}");
    }
    // Who has proved the address on both sides is the same person.
    let same = gotrue.add("OLD@example.com", json!({}), (true, true));
    let (status, body) = me(&world, &gotrue.token(&same)).await;
    assert_eq!((status, body["id"].as_str()), (200, Some(ids[1].as_str())), "{body}");
    assert_eq!(world.audited("identity.linked").await, 1);
    // Who has proved it there is its owner, whoever registered it here: the stranger is out, and their password, too.
    let owner = gotrue.add("NEW@example.com", json!({}), (true, true));
    let (status, body) = me(&world, &gotrue.token(&owner)).await;
    assert_eq!((status, body["id"].as_str()), (200, Some(ids[2].as_str())), "{body}");
    let mut tx = world.db().read().await.unwrap();
    let sql = "SELECT count(*) FROM accounts WHERE username = 'new' AND password_hash IS NULL";
    assert_eq!(tx.fetch_value::<i64>(sql, vec![]).await.unwrap(), 1);
}

#[both_engines]
async fn a_password_set_here_by_mail_shuts_the_other_way(fresh: FreshDb) {
    let (world, gotrue) = world(fresh).await;
    let id = gotrue.add("jo@example.com", json!({}), (true, true));
    let entered = world.log_in("jo").await;
    assert_eq!(
        world.client.post("/api/v1/auth/forgot-password", &json!({"email": "jo@example.com"})).await.status,
        200
    );
    world.work().await;
    let token = world.tokens("jo@example.com").await.pop().unwrap();
    let reset =
        world.client.post("/api/v1/auth/reset-password", &json!({"token": token, "password": "Quite-Another-1"})).await;
    assert_eq!(reset.status, 200, "{}", reset.text());
    // Whoever knows the password over there gets in no more.
    assert_eq!((entered.me().await.status, world.refresh(&entered.refresh).await.status), (401, 401));
    assert_eq!(me(&world, &gotrue.token(&id)).await.0, 401);
    assert_eq!(world.try_log_in("jo@example.com", PASSWORD).await.status, 401);
    assert_eq!(world.log_in_with("jo", "Quite-Another-1").await.me().await.status, 200);
}

#[both_engines]
async fn confirmed_at_once_proves_nothing(fresh: FreshDb) {
    let (world, gotrue) = world(fresh).await;
    gotrue.confirm_at_once();
    let body = json!({"email": "jo@example.com", "password": PASSWORD, "username": "jo_d", "user_type": "CREATOR", "country": "ES"});
    let made = world.client.post("/api/v1/auth/register/email", &body).await;
    assert_eq!((made.status, &made.json()["user"]["is_verified"]), (201, &json!(false)), "{}", made.text());
    let entered = world.log_in("jo").await;
    let me = entered.me().await.json();
    assert_eq!((&me["is_verified"], &me["username"], &me["country"]), (&json!(false), &json!("jo_d"), &json!("ES")));
}

#[both_engines]
async fn tokens_that_are_not_its_own_are_refused(fresh: FreshDb) {
    let (world, gotrue) = world(fresh).await;
    let jo = gotrue.add("jo@example.com", json!({}), (true, true));
    let claims = gotrue.claims(&jo);
    let change = |name: &str, value: Value| {
        let mut claims = claims.clone();
        claims[name] = value;
        claims
    };
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let by = |secret: &[u8], claims: &Value| {
        jsonwebtoken::encode(&Header::default(), claims, &EncodingKey::from_secret(secret)).unwrap()
    };
    for (refused, why) in [
        (sign(&change("iss", json!("https://other.supabase.co/auth/v1"))), "another issuer"),
        (sign(&change("aud", json!("anon"))), "another audience"),
        (sign(&change("exp", json!(1_700_000_000))), "over"),
        (sign(&change("role", json!("service_role"))), "the project's own key"),
        (sign(&change("session_id", json!("not-an-id"))), "no log-in"),
        (sign(&change("is_anonymous", json!(true))), "nobody"),
        (by(b"another secret, as long as the real one", &claims), "another secret"),
        (by(crate::world::SECRET.as_bytes(), &claims), "our own secret"),
        (format!("{}.{}.", part(&json!({"alg": "none", "typ": "JWT"})), part(&claims)), "unsigned"),
        (format!("{}.{}.x", part(&json!({"alg": "RS256", "typ": "JWT", "kid": "k"})), part(&claims)), "no such key"),
        ("garbage".to_owned(), "garbage"),
    ] {
        let (status, body) = me(&world, &refused).await;
        // Whether there is such a key is asked of the service, which has none to show here.
        let expected = if why == "no such key" { 502 } else { 401 };
        assert_eq!(status, expected, "{why}: {body}");
    }
    assert_eq!(world.rows("accounts").await, 0);
    // Its token of somebody who is not there any more is refused by itself.
    assert_eq!(me(&world, &gotrue.token(&world.clock.new_id::<()>().to_string())).await.0, 401);
    let good = gotrue.token(&jo);
    assert_eq!(me(&world, &good).await.0, 200);
    world.clock.advance(2 * HOUR);
    assert_eq!(me(&world, &good).await.0, 401);
}

#[both_engines]
async fn a_log_in_ended_here_is_ended(fresh: FreshDb) {
    let (world, gotrue) = world(fresh).await;
    gotrue.add("jo@example.com", json!({}), (true, true));
    let (one, other) = (world.log_in("jo").await, world.log_in("jo").await);
    let sessions = one.client.get("/api/v1/auth/sessions").await.json();
    let ids: Vec<&Value> =
        sessions["sessions"].as_array().unwrap().iter().filter(|row| row["current"] == json!(false)).collect();
    let path = format!("/api/v1/auth/sessions/{}", text(ids[0], "id"));
    assert_eq!(one.client.delete(&path).await.status, 200);
    assert_eq!((one.me().await.status, other.me().await.status), (200, 401));
    // It cannot be refreshed either, and is then ended there, too.
    gotrue.seen();
    assert_eq!(world.refresh(&other.refresh).await.status, 401);
    assert!(gotrue.seen().iter().any(|path| path.contains("/logout")));
    // An erased account is nobody's any more.
    let mut tx = world.db().write().await.unwrap();
    tx.execute("UPDATE accounts SET erased_at = $2 WHERE email = $1", args!["jo@example.com", world.clock.now()])
        .await
        .unwrap();
    accounts::store::moved(&mut tx).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(one.me().await.status, 401);
}
