//! A stand-in for Firebase Cloud Messaging and Google's tokens on a socket.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse as _, Response};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode};
use serde_json::{Value, json};

pub(crate) const PEM: &str = include_str!("../identity/first.rsa.pem");
pub(crate) const OTHER_PEM: &str = include_str!("../identity/second.rsa.pem");
pub(crate) const PROJECT: &str = "coach-app-1";
pub(crate) const EMAIL: &str = "push@coach-app-1.iam.gserviceaccount.com";

#[derive(Default)]
pub(crate) struct State {
    /// What was sent, with what was only asked.
    pub(crate) asked: Vec<Value>,
    /// How many tokens were made.
    pub(crate) tokens: u32,
    /// Tokens below this number are no good any more.
    pub(crate) good_from: u32,
}

/// A running stand-in; it ends with the test's runtime.
pub(crate) struct Firebase {
    pub(crate) url: String,
    pub(crate) state: Arc<Mutex<State>>,
}

impl Firebase {
    pub(crate) async fn start() -> Self {
        let state: Arc<Mutex<State>> = Arc::default();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (kept, base) = (Arc::clone(&state), url.clone());
        let handler = move |uri: Uri, headers: HeaderMap, body: Bytes| {
            let answered = answer(&mut kept.lock().unwrap(), &base, uri.path(), &headers, &body);
            async move { answered }
        };
        let app = Router::new().fallback(handler);
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self { url, state }
    }
}

/// The JSON that Google's console gives.
pub(crate) fn service_account(pem: &str) -> String {
    json!({"type": "service_account", "project_id": PROJECT, "private_key_id": "kid-1", "private_key": pem, "client_email": EMAIL,
        "token_uri": "http://attacker.example/token"})
    .to_string()
}

fn told(status: u16, body: &Value) -> Response {
    (StatusCode::from_u16(status).unwrap(), [(header::CONTENT_TYPE, "application/json")], body.to_string())
        .into_response()
}

fn refused(code: u16, status: &str, message: &str, detail: Option<&str>) -> Response {
    let details: Vec<Value> = detail
        .map(|word| json!({"@type": "type.googleapis.com/google.firebase.fcm.v1.FcmError", "errorCode": word}))
        .into_iter()
        .collect();
    let mut response =
        told(code, &json!({"error": {"code": code, "message": message, "status": status, "details": details}}));
    if code == 429 {
        response.headers_mut().insert("retry-after", "30".parse().unwrap());
    }
    response
}

fn answer(state: &mut State, base: &str, path: &str, headers: &HeaderMap, body: &[u8]) -> Response {
    if path == "/token" {
        return token(state, base, body);
    }
    let bearer = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let number: Option<u32> = bearer.strip_prefix("Bearer ya29.token-").and_then(|number| number.parse().ok());
    if number.is_none_or(|number| number < state.good_from || number > state.tokens) {
        return refused(401, "UNAUTHENTICATED", "Request had invalid authentication credentials.", None);
    }
    if path != format!("/v1/projects/{PROJECT}/messages:send") {
        return refused(
            403,
            "PERMISSION_DENIED",
            "Permission 'cloudmessaging.messages.create' denied on resource",
            None,
        );
    }
    let asked: Value = serde_json::from_slice(body).unwrap_or_default();
    state.asked.push(asked.clone());
    let message = &asked["message"];
    if message["topic"].is_string() {
        return told(200, &json!({"name": format!("projects/{PROJECT}/messages/fake_message_id")}));
    }
    match message["token"].as_str().unwrap_or_default() {
        "" => refused(
            400,
            "INVALID_ARGUMENT",
            "Exactly one of token, topic or condition is required",
            Some("INVALID_ARGUMENT"),
        ),
        "gone" => refused(404, "NOT_FOUND", "Requested entity was not found.", Some("UNREGISTERED")),
        "other" => refused(403, "PERMISSION_DENIED", "SenderId mismatch", Some("SENDER_ID_MISMATCH")),
        "no token" => refused(
            400,
            "INVALID_ARGUMENT",
            "The registration token is not a valid FCM registration token",
            Some("INVALID_ARGUMENT"),
        ),
        "busy" => refused(429, "RESOURCE_EXHAUSTED", "Quota exceeded", Some("QUOTA_EXCEEDED")),
        "away" => refused(503, "UNAVAILABLE", "The service is currently unavailable.", Some("UNAVAILABLE")),
        "apns" => {
            refused(401, "UNAUTHENTICATED", "Auth error from APNS or Web Push Service", Some("THIRD_PARTY_AUTH_ERROR"))
        }
        "odd" => refused(400, "INVALID_ARGUMENT", "Invalid value at 'message.data[0].value'", Some("INVALID_ARGUMENT")),
        _ => told(200, &json!({"name": format!("projects/{PROJECT}/messages/0:{}", state.asked.len())})),
    }
}

fn token(state: &mut State, base: &str, body: &[u8]) -> Response {
    let form: std::collections::HashMap<String, String> = form_urlencoded::parse(body).into_owned().collect();
    let mut wanted = Validation::new(Algorithm::RS256);
    wanted.set_audience(&[format!("{base}/token")]);
    wanted.set_issuer(&[EMAIL]);
    wanted.validate_exp = false;
    let key = DecodingKey::from_rsa_pem(public_pem().as_bytes()).unwrap();
    let claims = decode::<Value>(form.get("assertion").map_or("", String::as_str), &key, &wanted);
    let Ok(claims) = claims else {
        return told(400, &json!({"error": "invalid_grant", "error_description": "Invalid JWT Signature."}));
    };
    let fits = form.get("grant_type").map(String::as_str) == Some("urn:ietf:params:oauth:grant-type:jwt-bearer")
        && claims.claims["scope"] == "https://www.googleapis.com/auth/firebase.messaging"
        && claims.claims["exp"].as_i64() == claims.claims["iat"].as_i64().map(|at| at + 3600);
    if !fits {
        return told(400, &json!({"error": "invalid_scope", "error_description": "Invalid OAuth scope"}));
    }
    state.tokens += 1;
    let token = format!("ya29.token-{}", state.tokens);
    told(200, &json!({"access_token": token, "expires_in": 3599, "token_type": "Bearer"}))
}

/// Made of [`PEM`] once: openssl rsa -pubout.
fn public_pem() -> &'static str {
    include_str!("first.public.pem")
}
