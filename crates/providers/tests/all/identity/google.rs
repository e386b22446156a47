//! Sign in with Google, as it documents id tokens, tokeninfo and userinfo.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use axum::response::Response;
use kernel::time::{HOUR, MINUTE};
use kernel::{Clock, Kind};
use ports::identity::{LogIns, Profile, Provider};
use providers::oauth::{GoogleSettings, OAuth, Settings};
use serde_json::{Value, json};

use super::service::{PATIENCE, Seen, Service, json, troubles};
use super::{assert_error, clock, code, token, tokens};

const NOW: i64 = 1_768_473_000;

fn google(url: &str, clock: &Clock) -> OAuth {
    let google = GoogleSettings {
        client_ids: vec!["web.example".into(), "android.example".into()],
        client_secret: "hush-secret".into(),
        accounts_base_url: url.into(),
        oauth_base_url: url.into(),
    };
    OAuth::new(Settings { google: Some(google), ..Settings::default() }, clock).unwrap()
}

fn places(seen: &Seen) -> Response {
    let host = format!("http://{}", seen.header("host").unwrap());
    json(
        200,
        &json!({
            "issuer": "https://accounts.google.com", "authorization_endpoint": format!("{host}/o/auth"),
            "token_endpoint": format!("{host}/token"), "userinfo_endpoint": format!("{host}/userinfo"),
            "jwks_uri": format!("{host}/certs"),
        }),
    )
}

fn claims() -> Value {
    json!({
        "iss": "https://accounts.google.com", "azp": "web.example", "aud": "web.example", "sub": "110",
        "email": "jo@gmail.com", "email_verified": true, "name": "Jo", "picture": "https://lh3.example/jo",
        "iat": NOW - 10, "exp": NOW + 3600,
    })
}

fn with(name: &str, value: Value) -> Value {
    let mut claims = claims();
    claims[name] = value;
    claims
}

fn of_several(aud: Value, azp: Value) -> Value {
    let mut claims = with("aud", aud);
    claims["azp"] = azp;
    claims
}

async fn keys_of_the_first() -> Service {
    Service::start(|seen| match seen.path.as_str() {
        "/.well-known/openid-configuration" => places(seen),
        // What is of no use is passed over.
        "/certs" => json(200, &json!({"keys": [{"kty": "what"}, {"kty": "oct", "k": "aHVzaA", "kid": "first"}, tokens::rsa_jwk(tokens::FIRST, "first")]})),
        _ => json(404, &json!({})),
    })
    .await
}

async fn whose(google: &OAuth, text: &str) -> kernel::Result<Profile> {
    google.whose(Provider::Google, &token(text)).await
}

#[tokio::test]
async fn an_id_token_is_believed_if_it_is_ours() {
    let (server, clock) = (keys_of_the_first().await, clock());
    let google = google(&server.url, &clock);
    let profile = whose(&google, &tokens::rsa(tokens::FIRST, "first", &claims())).await.unwrap();
    let expected = Profile {
        provider: Provider::Google,
        subject: "110".into(),
        handle: None,
        name: Some("Jo".into()),
        email: Some("jo@gmail.com".into()),
        email_verified: true,
        followers: None,
        picture: Some("https://lh3.example/jo".into()),
        mock: false,
    };
    assert_eq!(profile, expected);
    // The apps' clients are ours, too, and the issuer may come without its scheme.
    let app = json!({"iss": "accounts.google.com", "aud": "android.example", "sub": "110", "exp": NOW + 1});
    assert_eq!(whose(&google, &tokens::rsa(tokens::FIRST, "first", &app)).await.unwrap().email, None);
    // Of several it is named among, one of ours asked for it; and clocks differ by a little.
    for good in [
        of_several(json!(["web.example", "other.example"]), json!("web.example")),
        of_several(json!(["web.example"]), Value::Null),
        with("iat", json!(NOW + 20)),
    ] {
        assert!(whose(&google, &tokens::rsa(tokens::FIRST, "first", &good)).await.is_ok(), "{good}");
    }
    // Asked once: where its keys are, and the keys.
    assert_eq!(server.seen().len(), 2);
}

#[tokio::test]
async fn an_id_token_that_is_not_ours_or_not_good_is_refused() {
    let (server, clock) = (keys_of_the_first().await, clock());
    let google = google(&server.url, &clock);
    let good = tokens::rsa(tokens::FIRST, "first", &claims());
    let rsa = |claims: &Value| tokens::rsa(tokens::FIRST, "first", claims);
    let public = serde_json::to_vec(&tokens::rsa_jwk(tokens::FIRST, "first")).unwrap();
    let mut forged = good.clone();
    forged.replace_range(good.len() - 8.., "AAAAAAAA");
    for (text, words) in [
        (rsa(&with("aud", json!("other.example"))), "made for another application"),
        (rsa(&with("aud", json!(["other.example"]))), "made for another application"),
        (rsa(&of_several(json!(["web.example", "other.example"]), Value::Null)), "made for another application"),
        (
            rsa(&of_several(json!(["web.example", "other.example"]), json!("other.example"))),
            "made for another application",
        ),
        (rsa(&of_several(json!(["web.example", "android.example"]), Value::Null)), "made for another application"),
        (rsa(&of_several(json!([]), json!("web.example"))), "made for another application"),
        (rsa(&with("iat", json!(NOW + 60))), "does not accept"),
        (rsa(&with("iat", json!(NOW + 400 * 24 * 3600))), "does not accept"),
        (rsa(&with("iat", json!("soon"))), "does not accept"),
        (rsa(&with("iss", json!("https://evil.example"))), "does not accept"),
        (rsa(&with("exp", json!(NOW - 31))), "does not accept"),
        (rsa(&with("exp", Value::Null)), "does not accept"),
        (rsa(&with("exp", json!("soon"))), "does not accept"),
        (rsa(&with("nbf", json!(NOW + 60))), "does not accept"),
        (rsa(&with("sub", Value::Null)), "does not accept"),
        (rsa(&with("sub", json!(""))), "does not accept"),
        (rsa(&json!({})), "does not accept"),
        // Signed by others, or not at all; by what is public, taken for a shared secret.
        (tokens::rsa(tokens::SECOND, "first", &claims()), "does not accept"),
        (tokens::shared(&public, &claims()), "does not accept"),
        (tokens::shared(b"hush", &claims()), "does not accept"),
        (tokens::curve("first", &claims()), "does not accept"),
        (tokens::unsigned(&claims()), "does not accept"),
        (forged, "does not accept"),
        ("eyJ.eyJ.x".into(), "does not accept"),
        (String::new(), "no token"),
        ("two words".into(), "no token"),
        ("x".repeat(9000), "no token"),
    ] {
        let error = whose(&google, &text).await.unwrap_err();
        assert_error(&error, Kind::Unauthenticated, words);
    }
}

#[tokio::test]
async fn only_google_own_addresses_are_vouched_for() {
    let (server, clock) = (keys_of_the_first().await, clock());
    let google = google(&server.url, &clock);
    for (email, verified, workspace, vouched) in [
        ("jo@gmail.com", json!(true), Value::Null, true),
        ("Jo@GMAIL.com", json!("true"), Value::Null, true),
        ("jo@firm.example", json!(true), json!("firm.example"), true),
        ("jo@firm.example", json!(true), Value::Null, false),
        ("jo@gmail.com", json!(false), Value::Null, false),
        ("jo@gmail.com", Value::Null, Value::Null, false),
        ("jo@notgmail.com", json!(true), Value::Null, false),
        ("jo@gmail.com.evil.example", json!(true), Value::Null, false),
    ] {
        let mut claims = claims();
        (claims["email"], claims["email_verified"], claims["hd"]) = (json!(email), verified, workspace);
        let profile = whose(&google, &tokens::rsa(tokens::FIRST, "first", &claims)).await.unwrap();
        assert_eq!((profile.email.as_deref(), profile.email_verified), (Some(email), vouched), "{claims}");
    }
}

#[tokio::test]
async fn a_changed_key_is_fetched_once_and_no_flood_of_unknown_ones_is_passed_on() {
    let (changed, fetched) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
    let server = Service::start({
        let (changed, fetched) = (Arc::clone(&changed), Arc::clone(&fetched));
        move |seen| match seen.path.as_str() {
            "/.well-known/openid-configuration" => places(seen),
            "/certs" => {
                fetched.fetch_add(1, Ordering::SeqCst);
                let (key, id) =
                    if changed.load(Ordering::SeqCst) { (tokens::SECOND, "second") } else { (tokens::FIRST, "first") };
                json(200, &json!({"keys": [tokens::rsa_jwk(key, id)]}))
            }
            _ => json(404, &json!({})),
        }
    })
    .await;
    let clock = clock();
    let google = google(&server.url, &clock);
    let (old, new) = (tokens::rsa(tokens::FIRST, "first", &claims()), tokens::rsa(tokens::SECOND, "second", &claims()));
    whose(&google, &old).await.unwrap();
    changed.store(true, Ordering::SeqCst);
    // Right after a fetch nobody causes another.
    for made_up in 0..20 {
        whose(&google, &tokens::rsa(tokens::SECOND, &format!("made-up-{made_up}"), &claims())).await.unwrap_err();
    }
    assert_eq!(fetched.load(Ordering::SeqCst), 1);
    clock.advance(MINUTE);
    whose(&google, &new).await.unwrap();
    assert_eq!(fetched.load(Ordering::SeqCst), 2);
    whose(&google, &old).await.unwrap_err();
    whose(&google, &new).await.unwrap();
    assert_eq!(fetched.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn keys_at_hand_outlive_an_outage_for_a_day() {
    let down = Arc::new(AtomicBool::new(false));
    let server = Service::start({
        let down = Arc::clone(&down);
        move |seen| match seen.path.as_str() {
            _ if down.load(Ordering::SeqCst) => json(500, &json!({})),
            "/.well-known/openid-configuration" => places(seen),
            _ => json(200, &json!({"keys": [tokens::rsa_jwk(tokens::FIRST, "first")]})),
        }
    })
    .await;
    let clock = clock();
    let google = google(&server.url, &clock);
    let long = tokens::rsa(tokens::FIRST, "first", &with("exp", json!(NOW + 1_000_000)));
    whose(&google, &long).await.unwrap();
    down.store(true, Ordering::SeqCst);
    clock.advance(2 * HOUR);
    whose(&google, &long).await.unwrap();
    clock.advance(23 * HOUR);
    assert_error(&whose(&google, &long).await.unwrap_err(), Kind::Provider, "having trouble");
}

async fn access_tokens(looked: Value, status: u16, person: Value) -> Service {
    Service::start(move |seen| match seen.path.as_str() {
        "/.well-known/openid-configuration" => places(seen),
        "/tokeninfo" => json(status, &looked),
        "/userinfo" => json(200, &person),
        _ => json(404, &json!({})),
    })
    .await
}

#[tokio::test]
async fn an_access_token_is_looked_up_for_whom_it_is() {
    let person = json!({"sub": "110", "name": "Jo", "email": "jo@gmail.com", "email_verified": true});
    let looked = json!({"azp": "web.example", "aud": "web.example", "sub": "110", "scope": "openid", "exp": "1", "expires_in": "3599"});
    let server = access_tokens(looked.clone(), 200, person.clone()).await;
    let clock = clock();
    let profile = whose(&google(&server.url, &clock), "ya29.a0hush").await.unwrap();
    assert_eq!((profile.subject.as_str(), profile.email_verified), ("110", true));
    let seen = server.seen();
    assert_eq!(seen[0].asked("access_token"), Some("ya29.a0hush"));
    assert_eq!(seen[2].header("authorization"), Some("Bearer ya29.a0hush"));

    let change = |name: &str, value: Value| {
        let mut looked = looked.clone();
        looked[name] = value;
        looked
    };
    for (looked, status, words) in [
        (change("aud", json!("other.example")), 200, "another application"),
        (change("aud", Value::Null), 200, "another application"),
        (change("expires_in", json!("0")), 200, "does not accept"),
        (change("sub", json!("111")), 200, "does not accept"),
        (json!({"error": "invalid_token", "error_description": "Invalid Value ya29.a0hush"}), 400, "does not accept"),
    ] {
        let server = access_tokens(looked, status, person.clone()).await;
        let error = whose(&google(&server.url, &clock), "ya29.a0hush").await.unwrap_err();
        assert_error(&error, Kind::Unauthenticated, words);
    }
}

#[tokio::test]
async fn a_code_is_traded_with_our_secret_once() {
    let server = Service::start(|seen| match seen.path.as_str() {
        "/.well-known/openid-configuration" => places(seen),
        "/token" if seen.sent("code") == Some("hush-good") => {
            json(200, &json!({"access_token": "ya29.x", "id_token": tokens::rsa(tokens::FIRST, "first", &claims())}))
        }
        "/token" if seen.sent("code") == Some("hush-500") => json(500, &json!({})),
        "/token" if seen.sent("code") == Some("hush-us") => json(401, &json!({"error": "invalid_client"})),
        "/token" => json(400, &json!({"error": "invalid_grant", "error_description": "Bad Request hush-used"})),
        _ => json(200, &json!({"keys": [tokens::rsa_jwk(tokens::FIRST, "first")]})),
    })
    .await;
    let google = google(&server.url, &clock());
    assert_eq!(google.whose(Provider::Google, &code("hush-good")).await.unwrap().subject, "110");
    let seen = server.seen();
    assert_eq!(seen[1].sent("client_secret"), Some("hush-secret"));
    assert_eq!(seen[1].sent("redirect_uri"), Some("https%3A%2F%2Fapp.example%2Fback"));
    for (text, kind, words) in [
        ("hush-used", Kind::Unauthenticated, "does not accept"),
        ("hush-us", Kind::Provider, "check GOOGLE_CLIENT_ID"),
        ("hush-500", Kind::Provider, "having trouble"),
    ] {
        assert_error(&google.whose(Provider::Google, &code(text)).await.unwrap_err(), kind, words);
    }
    // None of them was sent twice.
    assert_eq!(server.seen().iter().filter(|seen| seen.path == "/token").count(), 3);
}

#[tokio::test]
async fn its_troubles_are_told() {
    for (trouble, words) in troubles() {
        let server = Service::start(move |_| trouble()).await;
        let google = google(&server.url, &clock());
        let asked = tokio::time::timeout(PATIENCE, whose(&google, "ya29.hush")).await;
        assert_error(&asked.expect("it ends in time").unwrap_err(), Kind::Provider, words);
    }
    let nobody = google("http://127.0.0.1:9", &clock());
    assert_error(&whose(&nobody, "ya29.hush").await.unwrap_err(), Kind::Provider, "GOOGLE_OAUTH_BASE_URL");
}
