//! Facebook and Instagram, as they document `debug_token`, `me` and the trade of codes and tokens.

use axum::response::Response;
use kernel::Kind;
use ports::identity::{LogIns, Profile, Provider, Standing};
use providers::oauth::{FacebookSettings, InstagramSettings, OAuth, Settings};
use serde_json::{Value, json};

use super::service::{PATIENCE, Seen, Service, json, troubles};
use super::{assert_error, clock, code, token};

const NOW: i64 = 1_768_473_000;

fn facebook(url: &str) -> OAuth {
    let facebook =
        FacebookSettings { app_id: "77".into(), app_secret: "hush-secret".into(), base_url: format!("{url}/v25.0") };
    OAuth::new(Settings { facebook: Some(facebook), ..Settings::default() }, &clock()).unwrap()
}

fn instagram(url: &str, trust_tokens: bool) -> OAuth {
    let instagram = InstagramSettings {
        app_id: "88".into(),
        app_secret: "hush-secret".into(),
        base_url: format!("{url}/v25.0"),
        oauth_base_url: url.into(),
        trust_tokens,
    };
    OAuth::new(Settings { instagram: Some(instagram), ..Settings::default() }, &clock()).unwrap()
}

fn fault(code: i64, message: &str) -> Response {
    json(400, &json!({"error": {"message": message, "type": "OAuthException", "code": code, "fbtrace_id": "A"}}))
}

fn debugged(changes: &Value) -> Value {
    let mut data = json!({
        "app_id": "77", "type": "USER", "application": "Ours", "expires_at": NOW + 60, "is_valid": true,
        "issued_at": NOW - 60, "scopes": ["email", "public_profile"], "user_id": "501",
    });
    for (name, value) in changes.as_object().unwrap() {
        data[name] = value.clone();
    }
    json!({"data": data})
}

/// Facebook, which says this of every token but the application's own.
async fn facebook_that_says(of_token: Value, me: Value) -> Service {
    Service::start(move |seen: &Seen| match seen.path.as_str() {
        "/v25.0/debug_token" if seen.asked("access_token") != Some("77%7Chush-secret") => {
            fault(190, "Invalid OAuth access token signature.")
        }
        "/v25.0/debug_token" if seen.asked("input_token") == Some("hush-garbage") => {
            fault(100, "The input token hush-garbage is malformed")
        }
        "/v25.0/debug_token" => json(200, &of_token),
        "/v25.0/me" => json(200, &me),
        _ => json(404, &json!({})),
    })
    .await
}

#[tokio::test]
async fn facebook_says_for_whom_a_token_is() {
    let me = json!({"id": "501", "name": "Jo", "email": "jo@example.com", "picture": {"data": {"url": "https://p.example/1", "is_silhouette": false}}});
    let server = facebook_that_says(debugged(&json!({})), me.clone()).await;
    let facebook_ours = facebook(&server.url);
    let profile = facebook_ours.whose(Provider::Facebook, &token("hush-token")).await.unwrap();
    let expected = Profile {
        provider: Provider::Facebook,
        subject: "501".into(),
        handle: None,
        name: Some("Jo".into()),
        email: Some("jo@example.com".into()),
        email_verified: false,
        followers: None,
        picture: Some("https://p.example/1".into()),
        mock: false,
    };
    assert_eq!(profile, expected);
    let seen = server.seen();
    assert_eq!(seen[0].asked("input_token"), Some("hush-token"));
    // HMAC-SHA256 of the token with the secret.
    assert_eq!(seen[1].asked("appsecret_proof").map(str::len), Some(64));
    for changes in [json!({"expires_at": 0}), json!({"app_id": 77, "user_id": 501})] {
        let server = facebook_that_says(debugged(&changes), me.clone()).await;
        facebook(&server.url).whose(Provider::Facebook, &token("hush-token")).await.unwrap();
    }
    for (changes, words) in [
        (json!({"app_id": "78"}), "another application"),
        (json!({"app_id": null}), "another application"),
        (json!({"app_id": "78", "is_valid": false}), "does not accept"),
        (
            json!({"is_valid": false, "error": {"code": 190, "message": "expired hush-token", "subcode": 463}}),
            "does not accept",
        ),
        (json!({"is_valid": null}), "cannot be read"),
        (json!({"expires_at": NOW}), "does not accept"),
        (json!({"type": "PAGE"}), "does not accept"),
        (json!({"user_id": null}), "does not accept"),
        (json!({"user_id": "502"}), "does not accept"),
    ] {
        let server = facebook_that_says(debugged(&changes), me.clone()).await;
        let error = facebook(&server.url).whose(Provider::Facebook, &token("hush-token")).await.unwrap_err();
        let kind = if words == "cannot be read" { Kind::Provider } else { Kind::Unauthenticated };
        assert_error(&error, kind, words);
    }
}

#[tokio::test]
async fn a_refusal_of_the_token_is_told_from_one_of_our_secret() {
    let own = debugged(&json!({"type": "APP", "user_id": null}));
    let server = facebook_that_says(own, json!({})).await;
    let error = facebook(&server.url).whose(Provider::Facebook, &token("hush-garbage")).await.unwrap_err();
    assert_error(&error, Kind::Unauthenticated, "does not accept");
    let wrong = FacebookSettings {
        app_id: "77".into(),
        app_secret: "hush-wrong".into(),
        base_url: format!("{}/v25.0", server.url),
    };
    let wrong = OAuth::new(Settings { facebook: Some(wrong), ..Settings::default() }, &clock()).unwrap();
    let error = wrong.whose(Provider::Facebook, &token("hush-token")).await.unwrap_err();
    assert_error(&error, Kind::Provider, "check FACEBOOK_APP_ID and FACEBOOK_APP_SECRET");
}

#[tokio::test]
async fn a_code_of_facebook_is_traded() {
    let server = Service::start(|seen| match (seen.path.as_str(), seen.asked("code")) {
        ("/v25.0/oauth/access_token", Some("hush-good")) => {
            json(200, &json!({"access_token": "hush-token", "token_type": "bearer", "expires_in": 5_183_944}))
        }
        ("/v25.0/oauth/access_token", Some("hush-us")) => fault(1, "Error validating client secret."),
        ("/v25.0/oauth/access_token", _) => fault(100, "This authorization code has been used."),
        ("/v25.0/debug_token", _) => json(200, &debugged(&json!({}))),
        _ => json(200, &json!({"id": "501"})),
    })
    .await;
    let facebook = facebook(&server.url);
    let profile = facebook.whose(Provider::Facebook, &code("hush-good")).await.unwrap();
    assert_eq!((profile.subject.as_str(), profile.email), ("501", None));
    let error = facebook.whose(Provider::Facebook, &code("hush-used")).await.unwrap_err();
    assert_error(&error, Kind::Unauthenticated, "does not accept");
    let error = facebook.whose(Provider::Facebook, &code("hush-us")).await.unwrap_err();
    assert_error(&error, Kind::Provider, "FACEBOOK_APP_SECRET");
}

/// Instagram, which extends these tokens against our secret.
async fn instagram_for(ours: &'static [&'static str]) -> Service {
    Service::start(move |seen: &Seen| match seen.path.as_str() {
        "/v25.0/me" if seen.asked("access_token").is_some_and(|token| token.starts_with("hush-")) => json(
            200,
            &json!({
                "user_id": 17_841_405_793_187_218_u64, "id": "9", "username": "jo.cooks", "name": "Jo", "account_type": "BUSINESS",
                "profile_picture_url": "https://p.example/1", "followers_count": 50_000,
            }),
        ),
        "/v25.0/me" => fault(190, "Invalid OAuth access token - Cannot parse access token"),
        "/access_token" if seen.asked("client_secret") == Some("hush-secret") && ours.contains(&seen.asked("access_token").unwrap()) => {
            json(200, &json!({"access_token": "hush-long", "token_type": "bearer", "expires_in": 5_183_944}))
        }
        "/access_token" => fault(101, "Error validating application hush-secret"),
        "/oauth/access_token" if seen.sent("code") == Some("hush-listed") => {
            json(200, &json!({"data": [{"access_token": "hush-1", "user_id": "9", "permissions": "instagram_business_basic"}]}))
        }
        "/oauth/access_token" if seen.sent("code") == Some("hush-single") => json(200, &json!({"access_token": "hush-1", "user_id": 9})),
        "/oauth/access_token" if seen.sent("code") == Some("hush-us") => {
            json(400, &json!({"error_type": "OAuthException", "code": 400, "error_message": "Invalid platform app"}))
        }
        "/oauth/access_token" => json(
            400,
            &json!({"error_type": "OAuthException", "code": 400, "error_message": "Matching code was not found or was already used"}),
        ),
        _ => json(404, &json!({})),
    })
    .await
}

#[tokio::test]
async fn a_token_of_instagram_is_ours_if_our_secret_extends_it() {
    let server = instagram_for(&["hush-ours"]).await;
    let asking = instagram(&server.url, false);
    let profile = asking.whose(Provider::Instagram, &token("hush-ours")).await.unwrap();
    let expected = Profile {
        provider: Provider::Instagram,
        subject: "17841405793187218".into(),
        handle: Some("jo.cooks".into()),
        name: Some("Jo".into()),
        email: None,
        email_verified: false,
        followers: Some(50_000),
        picture: Some("https://p.example/1".into()),
        mock: false,
    };
    assert_eq!(profile, expected);
    let error = asking.whose(Provider::Instagram, &token("hush-theirs")).await.unwrap_err();
    assert_error(&error, Kind::Unauthenticated, "made for another application");
    let error = asking.whose(Provider::Instagram, &token("expired")).await.unwrap_err();
    assert_error(&error, Kind::Unauthenticated, "does not accept");
    // Only whoever runs the server can wave it through.
    let trusting = instagram(&server.url, true);
    trusting.whose(Provider::Instagram, &token("hush-theirs")).await.unwrap();
}

#[tokio::test]
async fn a_code_of_instagram_is_traded_in_either_form() {
    let server = instagram_for(&[]).await;
    let instagram = instagram(&server.url, false);
    for text in ["hush-listed", "hush-single", "hush-listed#_"] {
        let profile = instagram.whose(Provider::Instagram, &code(text)).await.unwrap();
        assert_eq!(profile.handle.as_deref(), Some("jo.cooks"), "{text}");
    }
    for (text, kind, words) in [
        ("hush-used", Kind::Unauthenticated, "does not accept"),
        ("hush-us", Kind::Provider, "check INSTAGRAM_APP_ID and INSTAGRAM_APP_SECRET"),
    ] {
        assert_error(&instagram.whose(Provider::Instagram, &code(text)).await.unwrap_err(), kind, words);
    }
}

#[tokio::test]
async fn their_troubles_are_told() {
    for (trouble, words) in troubles() {
        let server = Service::start(move |_| trouble()).await;
        for (asking, provider) in
            [(facebook(&server.url), Provider::Facebook), (instagram(&server.url, false), Provider::Instagram)]
        {
            let asked = tokio::time::timeout(PATIENCE, asking.whose(provider, &token("hush-token"))).await;
            assert_error(&asked.expect("it ends in time").unwrap_err(), Kind::Provider, words);
        }
    }
}

#[tokio::test]
async fn what_is_not_set_up_is_off_or_in_the_demo_a_stand_in() {
    let (serving, demo) =
        (OAuth::new(Settings::default(), &clock()).unwrap(), OAuth::for_demo(Settings::default(), &clock()).unwrap());
    for provider in Provider::ALL {
        let error = serving.whose(provider, &token("hush-token")).await.unwrap_err();
        assert_error(&error, Kind::Unavailable, "is not set up here: set ");
        let profile = demo.whose(provider, &token("hush-token")).await.unwrap();
        assert!(profile.mock && !profile.email_verified && !format!("{profile:?}").contains("hush"));
        assert_eq!((serving.standing(provider), demo.standing(provider)), (Standing::Off, Standing::Mock));
    }
    // One that is set up is asked in the demo as well.
    let server = instagram_for(&[]).await;
    let instagram = InstagramSettings {
        app_id: "88".into(),
        app_secret: "hush-secret".into(),
        base_url: server.url.clone(),
        oauth_base_url: server.url.clone(),
        trust_tokens: false,
    };
    let settings = Settings { instagram: Some(instagram), ..Settings::default() };
    let demo = OAuth::for_demo(settings, &clock()).unwrap();
    assert_eq!(demo.standing(Provider::Instagram), Standing::Real);
    demo.whose(Provider::Instagram, &token("hush-theirs")).await.unwrap_err();
}
