//! Supabase Auth, as it answers.

use kernel::time::{MINUTE, SECOND};
use kernel::{Clock, Kind};
use ports::identity::{Ending, IdentityBackend, LogIn, Newcomer, SignUp, Subject};
use providers::supabase::{Settings, Supabase};
use serde_json::{Value, json};

use super::service::{PATIENCE, Seen, Service, json, troubles};
use super::{assert_error, clock, tokens};

const NOW: i64 = 1_768_473_000;
const SECRET: &str = "hush-hush-hush-hush-hush-hush-hush";

fn supabase(url: &str, secret: &str, clock: &Clock) -> Supabase {
    let settings = Settings {
        url: format!("{url}/"),
        anon_key: "hush-anon".into(),
        service_role_key: "hush-service".into(),
        jwt_secret: secret.into(),
    };
    Supabase::new(settings, clock).unwrap()
}

fn user(changes: &Value) -> Value {
    let mut user = json!({
        "id": "7d14e5d3-81ce-44a4-be1f-3777b09b5a2b", "aud": "authenticated", "role": "authenticated", "email": "jo@example.com",
        "email_confirmed_at": "2026-01-01T00:00:00Z", "confirmation_sent_at": "2026-01-01T00:00:00Z", "phone": "",
        "app_metadata": {"provider": "email", "providers": ["email"]},
        "user_metadata": {"user_type": "CREATOR", "username": "jo", "country": "ES"},
        "identities": [{"provider": "email", "identity_data": {"email": "jo@example.com"}}], "is_anonymous": false,
    });
    for (name, value) in changes.as_object().unwrap() {
        user[name] = value.clone();
    }
    user
}

fn session(user: &Value) -> Value {
    json!({"access_token": "hush-access", "token_type": "bearer", "expires_in": 3600, "expires_at": 1, "refresh_token": "hush-refresh", "user": user})
}

const JO: Newcomer<'_> = Newcomer {
    email: "jo@example.com",
    password: "hush-password",
    user_type: "CREATOR",
    username: "jo",
    country: None,
};

async fn answering(status: u16, body: Value) -> Service {
    Service::start(move |_| json(status, &body)).await
}

fn jo() -> Subject {
    Subject {
        id: "7d14e5d3-81ce-44a4-be1f-3777b09b5a2b".into(),
        email: Some("jo@example.com".into()),
        email_proven: true,
        user_type: Some("CREATOR".into()),
        username: Some("jo".into()),
        country: Some("ES".into()),
    }
}

fn assert_in(log_in: &LogIn) {
    assert_eq!((log_in.tokens.access.as_str(), log_in.tokens.refresh.as_str()), ("hush-access", "hush-refresh"));
    assert_eq!((log_in.tokens.expires_in, &log_in.subject), (3600, &jo()));
}

#[tokio::test]
async fn signing_up_ends_with_a_mail_or_inside_or_taken() {
    let server = answering(200, user(&json!({"email_confirmed_at": null}))).await;
    let asked = supabase(&server.url, "", &clock()).sign_up(JO).await.unwrap();
    assert_eq!(asked, SignUp::Confirm(Subject { email_proven: false, ..jo() }));
    let seen = server.seen();
    assert_eq!((seen[0].path.as_str(), seen[0].header("apikey")), ("/auth/v1/signup", Some("hush-anon")));
    assert_eq!(seen[0].header("authorization"), None);
    assert_eq!(seen[0].json()["data"]["user_type"], "CREATOR");

    let server = answering(200, session(&user(&json!({})))).await;
    let SignUp::In(log_in) = supabase(&server.url, "", &clock()).sign_up(JO).await.unwrap() else { panic!("not in") };
    assert_in(&log_in);

    for (status, taken) in [
        // Nobody is told who is there: a user who is nobody.
        (200, user(&json!({"id": "00000000-0000-4000-8000-000000000000", "identities": []}))),
        (422, json!({"code": 422, "error_code": "user_already_exists", "msg": "User already registered"})),
        (400, json!({"code": 400, "msg": "User already registered"})),
        (422, json!({"code": "email_exists", "message": "A user with this email address has already been registered"})),
    ] {
        let server = answering(status, taken).await;
        assert_eq!(supabase(&server.url, "", &clock()).sign_up(JO).await.unwrap(), SignUp::Taken);
    }
    for (status, body, kind, words) in [
        (
            422,
            json!({"error_code": "weak_password", "msg": "Password should be at least 12 characters."}),
            Kind::Invalid,
            "at least 12 characters",
        ),
        (
            422,
            json!({"error_code": "signup_disabled", "msg": "Signups not allowed for this instance"}),
            Kind::Forbidden,
            "Nobody can sign up here",
        ),
        (
            429,
            json!({"error_code": "over_email_send_rate_limit", "msg": "email rate limit exceeded"}),
            Kind::RateLimited(60),
            "try again in 60 s",
        ),
        (
            401,
            json!({"message": "Invalid API key", "hint": "Double check hush-anon"}),
            Kind::Provider,
            "check SUPABASE_ANON_KEY",
        ),
        (200, json!({"access_token": "hush"}), Kind::Provider, "cannot be read"),
    ] {
        let server = answering(status, body).await;
        assert_error(&supabase(&server.url, "", &clock()).sign_up(JO).await.unwrap_err(), kind, words);
    }
}

#[tokio::test]
async fn an_address_is_proven_by_an_answered_mail_or_by_google() {
    let google = |email: &str, verified: bool| json!([{"provider": "google", "identity_data": {"email": email, "email_verified": verified}}]);
    for (changes, proven) in [
        (json!({}), true),
        (json!({"email_confirmed_at": null}), false),
        // Confirmed at once, without a mail: anybody could have said it.
        (json!({"confirmation_sent_at": null}), false),
        (json!({"confirmation_sent_at": null, "user_metadata": {"email_verified": true}}), false),
        (json!({"confirmation_sent_at": null, "invited_at": "2026-01-01T00:00:00Z"}), true),
        (json!({"confirmation_sent_at": null, "identities": google("JO@example.com", true)}), true),
        (json!({"confirmation_sent_at": null, "identities": google("jo@example.com", false)}), false),
        (json!({"confirmation_sent_at": null, "identities": google("other@example.com", true)}), false),
    ] {
        let server = answering(200, user(&changes)).await;
        let subject = supabase(&server.url, "", &clock()).whose("hush-access").await.unwrap();
        assert_eq!(subject.email_proven, proven, "{changes}");
        assert_eq!(server.seen()[0].header("authorization"), Some("Bearer hush-access"));
    }
    let server = answering(200, user(&json!({"is_anonymous": true}))).await;
    supabase(&server.url, "", &clock()).whose("hush-access").await.unwrap_err();
}

#[tokio::test]
async fn logging_in_is_refused_in_every_spelling() {
    let server = answering(200, session(&user(&json!({})))).await;
    assert_in(&supabase(&server.url, "", &clock()).log_in("jo@example.com", "hush-password").await.unwrap());
    let seen = server.seen();
    assert_eq!((seen[0].path.as_str(), seen[0].query.as_str()), ("/auth/v1/token", "grant_type=password"));
    for (status, body, words) in [
        (
            400,
            json!({"code": 400, "error_code": "invalid_credentials", "msg": "Invalid login credentials"}),
            "Wrong email or password",
        ),
        (
            400,
            json!({"code": "invalid_credentials", "message": "Invalid login credentials hush-password"}),
            "Wrong email or password",
        ),
        (
            400,
            json!({"error": "invalid_grant", "error_description": "Invalid login credentials"}),
            "Wrong email or password",
        ),
        (400, json!({"msg": "Invalid login credentials"}), "Wrong email or password"),
        (400, json!({"error": "invalid_grant", "error_description": "Email not confirmed"}), "not been confirmed"),
        (400, json!({"error_code": "email_not_confirmed", "msg": "Email not confirmed"}), "not been confirmed"),
        (403, json!({"error_code": "user_banned", "msg": "User is banned"}), "closed"),
    ] {
        let server = answering(status, body).await;
        let error = supabase(&server.url, "", &clock()).log_in("jo@example.com", "hush-password").await.unwrap_err();
        assert_error(&error, Kind::Unauthenticated, words);
        // A password is tried once.
        assert_eq!(server.seen().len(), 1);
    }
}

#[tokio::test]
async fn tokens_are_refreshed_and_ended() {
    let server = answering(200, session(&user(&json!({})))).await;
    assert_in(&supabase(&server.url, "", &clock()).refresh("hush-old").await.unwrap());
    let seen = server.seen();
    assert_eq!(
        (seen[0].query.as_str(), seen[0].json()),
        ("grant_type=refresh_token", json!({"refresh_token": "hush-old"}))
    );
    for (status, body) in [
        (
            400,
            json!({"error_code": "refresh_token_not_found", "msg": "Invalid Refresh Token: Refresh Token Not Found"}),
        ),
        (400, json!({"error_code": "refresh_token_already_used", "msg": "Invalid Refresh Token: Already Used"})),
        (400, json!({"error": "invalid_grant", "error_description": "Invalid Refresh Token"})),
        (400, json!({"msg": "Invalid Refresh Token"})),
        (403, json!({"code": "session_expired", "message": "x"})),
    ] {
        let server = answering(status, body).await;
        let error = supabase(&server.url, "", &clock()).refresh("hush-old").await.unwrap_err();
        assert_error(&error, Kind::Unauthenticated, "log in again");
    }
    for (ending, scope) in [(Ending::This, "local"), (Ending::All, "global"), (Ending::Others, "others")] {
        let server = answering(204, Value::Null).await;
        supabase(&server.url, "", &clock()).log_out("hush-access", ending).await.unwrap();
        let seen: Vec<Seen> = server.seen();
        assert_eq!((seen[0].method.as_str(), seen[0].path.as_str()), ("POST", "/auth/v1/logout"));
        assert_eq!(
            (seen[0].asked("scope"), seen[0].header("authorization")),
            (Some(scope), Some("Bearer hush-access"))
        );
    }
    // What has ended already is as well.
    let server = answering(403, json!({"error_code": "session_not_found", "msg": "x"})).await;
    supabase(&server.url, "", &clock()).log_out("hush-access", Ending::This).await.unwrap();
    let server = answering(401, json!({"message": "No API key found in request"})).await;
    let error = supabase(&server.url, "", &clock()).log_out("hush-access", Ending::This).await.unwrap_err();
    assert_error(&error, Kind::Provider, "SUPABASE_ANON_KEY");
}

fn claims(server: &Service) -> Value {
    json!({
        "iss": format!("{}/auth/v1", server.url), "aud": "authenticated", "sub": "7d14e5d3-81ce-44a4-be1f-3777b09b5a2b",
        "role": "authenticated", "session_id": "1a2b", "email": "jo@example.com", "exp": NOW + 60, "iat": NOW,
        "is_anonymous": false, "user_metadata": {"role": "ADMIN"},
    })
}

fn with(claims: &Value, name: &str, value: Value) -> Value {
    let mut claims = claims.clone();
    claims[name] = value;
    claims
}

#[tokio::test]
async fn a_token_by_shared_secret_is_checked_here() {
    let server = answering(500, json!({})).await;
    let clock = clock();
    let supabase = supabase(&server.url, SECRET, &clock);
    let good = claims(&server);
    let verified = supabase.verify(&tokens::shared(SECRET.as_bytes(), &good)).await.unwrap();
    assert_eq!(
        (verified.subject.as_str(), verified.session.as_str()),
        ("7d14e5d3-81ce-44a4-be1f-3777b09b5a2b", "1a2b")
    );
    assert_eq!(verified.expires_at.micros(), (NOW + 60) * SECOND);
    for bad in [
        tokens::shared(b"hush-other-hush-other-hush-other", &good),
        tokens::unsigned(&good),
        tokens::shared(SECRET.as_bytes(), &with(&good, "iss", json!("https://other.supabase.co/auth/v1"))),
        tokens::shared(SECRET.as_bytes(), &with(&good, "iss", Value::Null)),
        tokens::shared(SECRET.as_bytes(), &with(&good, "aud", json!("other"))),
        tokens::shared(SECRET.as_bytes(), &with(&good, "exp", json!(NOW - 31))),
        tokens::shared(SECRET.as_bytes(), &with(&good, "sub", json!(""))),
        tokens::shared(SECRET.as_bytes(), &with(&good, "session_id", Value::Null)),
        tokens::shared(SECRET.as_bytes(), &with(&good, "is_anonymous", json!(true))),
        // The project's own keys are JWTs of the same secret.
        tokens::shared(SECRET.as_bytes(), &with(&good, "role", json!("service_role"))),
        "hush".into(),
        "x".repeat(20_000),
    ] {
        assert_error(&supabase.verify(&bad).await.unwrap_err(), Kind::Unauthenticated, "not valid");
    }
    // Nobody was asked.
    assert!(server.seen().is_empty());
    clock.advance(2 * MINUTE);
    supabase.verify(&tokens::shared(SECRET.as_bytes(), &good)).await.unwrap_err();
}

#[tokio::test]
async fn a_token_by_key_pair_is_checked_with_the_published_keys() {
    let keys = json!({"keys": [tokens::curve_jwk("ec"), tokens::rsa_jwk(tokens::FIRST, "rsa")]});
    let server = Service::start(move |seen| {
        if seen.path == "/auth/v1/.well-known/jwks.json" { json(200, &keys) } else { json(404, &json!({})) }
    })
    .await;
    let supabase = supabase(&server.url, "", &clock());
    let good = claims(&server);
    supabase.verify(&tokens::curve("ec", &good)).await.unwrap();
    supabase.verify(&tokens::rsa(tokens::FIRST, "rsa", &good)).await.unwrap();
    assert_eq!(server.seen().len(), 1);
    let public = serde_json::to_vec(&tokens::rsa_jwk(tokens::FIRST, "rsa")).unwrap();
    for bad in [
        tokens::rsa(tokens::SECOND, "rsa", &good),
        tokens::rsa(tokens::FIRST, "ec", &good),
        tokens::curve("rsa", &good),
        // No secret is set: HS256 is not read at all, neither with nothing nor with what is public.
        tokens::shared(b"", &good),
        tokens::shared(&public, &good),
        tokens::shared(tokens::FIRST, &good),
    ] {
        assert_error(&supabase.verify(&bad).await.unwrap_err(), Kind::Unauthenticated, "not valid");
    }
}

#[tokio::test]
async fn its_troubles_are_told() {
    for (trouble, words) in troubles() {
        let server = Service::start(move |_| trouble()).await;
        let supabase = supabase(&server.url, "", &clock());
        let asked = tokio::time::timeout(PATIENCE, supabase.log_in("jo@example.com", "hush-password")).await;
        let error = asked.expect("it ends in time").unwrap_err();
        // Being slowed down is passed on to whoever is too quick.
        let kind = if words.starts_with("try again in 30") { Kind::RateLimited(30) } else { Kind::Provider };
        assert_error(&error, kind, words);
    }
}

#[tokio::test]
async fn a_user_is_deleted_by_the_projects_own_key() {
    let service = Service::start(|seen| match seen.path.rsplit('/').next().unwrap() {
        "there" => json(200, &json!({})),
        "gone" => json(404, &json!({"code": 404, "error_code": "user_not_found", "msg": "User not found"})),
        "forbidden" => json(403, &json!({"code": 403, "error_code": "not_admin", "msg": "hush-service is no key"})),
        _ => json(500, &json!({"msg": "unexpected"})),
    })
    .await;
    let clock = clock();
    let backend = supabase(&service.url, SECRET, &clock);
    backend.delete("there").await.unwrap();
    let asked = &service.seen()[0];
    assert_eq!((&asked.method, asked.path.as_str()), (&axum::http::Method::DELETE, "/auth/v1/admin/users/there"));
    assert_eq!(
        (asked.header("apikey"), asked.header("authorization")),
        (Some("hush-service"), Some("Bearer hush-service"))
    );
    backend.delete("gone").await.unwrap();
    assert_error(&backend.delete("forbidden").await.unwrap_err(), Kind::Provider, "check SUPABASE_SERVICE_ROLE_KEY");
    assert_error(&backend.delete("trouble").await.unwrap_err(), Kind::Provider, "having trouble (500)");
    service.seen();
    // An odd id is no other path.
    backend.delete("../users/there?x").await.unwrap_err();
    assert!(
        service
            .seen()
            .iter()
            .all(|asked| asked.path.starts_with("/auth/v1/admin/users/..%2F") && asked.query.is_empty())
    );

    let settings = Settings {
        url: service.url.clone(),
        anon_key: "hush-anon".into(),
        service_role_key: "".into(),
        jwt_secret: SECRET.into(),
    };
    let without = Supabase::new(settings, &clock).unwrap();
    assert_error(&without.delete("there").await.unwrap_err(), Kind::Unavailable, "set it, or delete the user there");
    assert!(service.seen().is_empty());
}
