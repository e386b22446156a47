//! TikTok, as it documents user info and the trade of codes.

use kernel::Kind;
use ports::identity::{LogIns, Profile, Provider};
use providers::oauth::{OAuth, Settings, TikTokSettings};
use serde_json::{Value, json};

use super::service::{PATIENCE, Seen, Service, json, troubles};
use super::{assert_error, clock, code, token};

fn tiktok(url: &str, trust_tokens: bool) -> OAuth {
    let tiktok = TikTokSettings {
        client_key: "key".into(),
        client_secret: "hush-secret".into(),
        base_url: format!("{url}/v2"),
        trust_tokens,
    };
    OAuth::new(Settings { tiktok: Some(tiktok), ..Settings::default() }, &clock()).unwrap()
}

fn info(user: &Value, code: &str) -> Value {
    json!({"data": {"user": user}, "error": {"code": code, "message": "", "log_id": "1"}})
}

async fn server() -> Service {
    Service::start(|seen: &Seen| match (seen.path.as_str(), seen.header("authorization").unwrap_or_default()) {
        ("/v2/user/info/", "Bearer hush-full") => {
            let user = json!({"open_id": "o-1", "username": "jo", "display_name": "Jo", "follower_count": 1200, "is_verified": false});
            json(200, &info(&user, "ok"))
        }
        ("/v2/user/info/", "Bearer hush-basic") if seen.query.contains("username") => json(401, &info(&json!({"open_id": ""}), "scope_not_authorized")),
        ("/v2/user/info/", "Bearer hush-basic") => json(200, &info(&json!({"open_id": "o-1", "display_name": "Jo"}), "ok")),
        ("/v2/user/info/", _) => json(401, &json!({"data": {}, "error": {"code": "access_token_invalid", "message": "hush-x is invalid", "log_id": "1"}})),
        ("/v2/oauth/token/", _) => {
            let token = |token: &str, open_id: &str| {
                json(200, &json!({"access_token": token, "open_id": open_id, "expires_in": 86_400, "refresh_token": "r", "refresh_expires_in": 1, "scope": "user.info.basic", "token_type": "Bearer"}))
            };
            match seen.sent("code") {
                Some("hush-good") => token("hush-full", "o-1"),
                Some("hush-basic") => token("hush-basic", "o-1"),
                Some("hush-mixed") => token("hush-full", "o-2"),
                Some("hush-us") => json(401, &json!({"error": "invalid_client", "error_description": "Client key or secret is incorrect.", "log_id": "1"})),
                // Refusals come with status 200, too.
                _ => json(200, &json!({"error": "invalid_grant", "error_description": "Authorization code is expired.", "log_id": "1"})),
            }
        }
        _ => json(404, &json!({})),
    })
    .await
}

#[tokio::test]
async fn a_code_is_traded_and_its_token_is_ours() {
    let server = server().await;
    let tiktok = tiktok(&server.url, false);
    let profile = tiktok.whose(Provider::TikTok, &code("hush-good")).await.unwrap();
    let expected = Profile {
        provider: Provider::TikTok,
        subject: "o-1".into(),
        handle: Some("jo".into()),
        name: Some("Jo".into()),
        email: None,
        email_verified: false,
        followers: Some(1200),
        picture: None,
        mock: false,
    };
    assert_eq!(profile, expected);
    assert_eq!(server.seen()[0].sent("client_key"), Some("key"));
    // Who granted less tells less.
    let profile = tiktok.whose(Provider::TikTok, &code("hush-basic")).await.unwrap();
    assert_eq!((profile.subject.as_str(), profile.handle, profile.followers), ("o-1", None, None));
    for (text, kind, words) in [
        ("hush-old", Kind::Unauthenticated, "does not accept"),
        ("hush-mixed", Kind::Unauthenticated, "does not accept"),
        ("hush-us", Kind::Provider, "check TIKTOK_CLIENT_KEY and TIKTOK_CLIENT_SECRET"),
    ] {
        assert_error(&tiktok.whose(Provider::TikTok, &code(text)).await.unwrap_err(), kind, words);
    }
}

#[tokio::test]
async fn a_bare_token_proves_nothing_and_is_taken_only_where_that_is_set() {
    let server = server().await;
    let error = tiktok(&server.url, false).whose(Provider::TikTok, &token("hush-full")).await.unwrap_err();
    assert_error(&error, Kind::Invalid, "send code and redirect_uri");
    assert!(server.seen().is_empty());
    let trusting = tiktok(&server.url, true);
    assert_eq!(trusting.whose(Provider::TikTok, &token("hush-full")).await.unwrap().subject, "o-1");
    let error = trusting.whose(Provider::TikTok, &token("hush-x")).await.unwrap_err();
    assert_error(&error, Kind::Unauthenticated, "does not accept");
}

#[tokio::test]
async fn its_troubles_are_told() {
    for (trouble, words) in troubles() {
        let server = Service::start(move |_| trouble()).await;
        let tiktok = tiktok(&server.url, false);
        let asked = tokio::time::timeout(PATIENCE, tiktok.whose(Provider::TikTok, &code("hush-good"))).await;
        assert_error(&asked.expect("it ends in time").unwrap_err(), Kind::Provider, words);
    }
}
