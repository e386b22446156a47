//! Supabase Auth on a real socket: it keeps people, log-ins and refresh tokens as the real one does, and signs by HS256.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use jsonwebtoken::{EncodingKey, Header};
use kernel::Clock;
use serde_json::{Value, json};

pub(super) const SECRET: &str = "a-secret-that-only-the-project-has-42";

pub(super) struct GoTrue {
    pub(super) url: String,
    state: Arc<Mutex<State>>,
    clock: Clock,
}

#[derive(Default)]
struct State {
    /// By their ids.
    users: HashMap<String, User>,
    /// Refresh tokens: whose, of which log-in, used?
    tokens: HashMap<String, (String, String, bool)>,
    confirms_at_once: bool,
    failing: Option<(u16, Value)>,
    seen: Vec<String>,
}

#[derive(Clone)]
struct User {
    id: String,
    email: String,
    password: String,
    data: Value,
    /// A mail was sent.
    mailed: bool,
    /// It was answered, or none was asked for.
    confirmed: bool,
}

impl User {
    fn json(&self) -> Value {
        let at = "2026-01-01T00:00:00Z";
        json!({
            "id": self.id, "aud": "authenticated", "role": "authenticated", "email": self.email,
            "email_confirmed_at": self.confirmed.then_some(at), "confirmation_sent_at": self.mailed.then_some(at),
            "user_metadata": self.data, "app_metadata": {"provider": "email"}, "is_anonymous": false,
            "identities": [{"provider": "email", "identity_data": {"email": self.email, "email_verified": true}}],
        })
    }
}

impl GoTrue {
    pub(super) async fn start(clock: &Clock) -> Self {
        let state: Arc<Mutex<State>> = Arc::default();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (answering, issuer, own_clock) = (Arc::clone(&state), format!("{url}/auth/v1"), clock.clone());
        let handler = move |uri: Uri, headers: HeaderMap, body: Bytes| {
            let reply = answer(&mut answering.lock().unwrap(), &issuer, &own_clock, &uri, &headers, &body);
            async move { reply }
        };
        tokio::spawn(async move { axum::serve(listener, Router::new().fallback(handler)).await });
        Self { url, state, clock: clock.clone() }
    }

    /// Nobody has to answer a mail.
    pub(super) fn confirm_at_once(&self) {
        self.state.lock().unwrap().confirms_at_once = true;
    }

    /// They answer their mail.
    pub(super) fn confirm(&self, email: &str) {
        self.change(email, |user| user.confirmed = true);
    }

    pub(super) fn rename(&self, email: &str, to: &str) {
        self.change(email, |user| to.clone_into(&mut user.email));
    }

    fn change(&self, email: &str, change: impl FnOnce(&mut User)) {
        change(self.state.lock().unwrap().users.values_mut().find(|user| user.email == email).unwrap());
    }

    /// Answers everything with this from now on, or again as it should.
    pub(super) fn fail(&self, with: Option<(u16, Value)>) {
        self.state.lock().unwrap().failing = with;
    }

    /// The paths that were asked for since the last time.
    pub(super) fn seen(&self) -> Vec<String> {
        std::mem::take(&mut self.state.lock().unwrap().seen)
    }

    /// Someone who signed up there, without us.
    pub(super) fn add(&self, email: &str, data: Value, (mailed, confirmed): (bool, bool)) -> String {
        let id = self.clock.new_id::<()>().to_string();
        let user =
            User { id: id.clone(), email: email.into(), password: "SecurePass123!".into(), data, mailed, confirmed };
        self.state.lock().unwrap().users.insert(id.clone(), user);
        id
    }

    /// A token that it makes for this person, of a log-in of its own.
    pub(super) fn token(&self, user: &str) -> String {
        sign(&claims(&format!("{}/auth/v1", self.url), &self.clock, user, &self.clock.new_id::<()>().to_string()))
    }

    pub(super) fn claims(&self, user: &str) -> Value {
        claims(&format!("{}/auth/v1", self.url), &self.clock, user, &self.clock.new_id::<()>().to_string())
    }
}

fn claims(issuer: &str, clock: &Clock, user: &str, session: &str) -> Value {
    let now = clock.now().micros() / 1_000_000;
    json!({
        "iss": issuer, "aud": "authenticated", "sub": user, "role": "authenticated", "session_id": session,
        "iat": now, "exp": now + 3600, "is_anonymous": false,
    })
}

pub(super) fn sign(claims: &Value) -> String {
    jsonwebtoken::encode(&Header::default(), claims, &EncodingKey::from_secret(SECRET.as_bytes())).unwrap()
}

fn json_of(status: u16, body: &Value) -> Response {
    (StatusCode::from_u16(status).unwrap(), body.to_string()).into_response()
}

fn refusal(status: u16, code: &str, message: &str) -> Response {
    json_of(status, &json!({"code": status, "error_code": code, "msg": message}))
}

fn answer(state: &mut State, issuer: &str, clock: &Clock, uri: &Uri, headers: &HeaderMap, body: &Bytes) -> Response {
    state.seen.push(uri.to_string());
    if let Some((status, body)) = &state.failing {
        return json_of(*status, body);
    }
    if let Some(user) = uri.path().strip_prefix("/auth/v1/admin/users/") {
        let is_the_projects = |name: &str, value: &str| headers.get(name).is_some_and(|given| given == value);
        return match is_the_projects("apikey", "service") && is_the_projects("authorization", "Bearer service") {
            false => json_of(401, &json!({"message": "Invalid API key"})),
            true if state.users.remove(user).is_none() => refusal(404, "user_not_found", "User not found"),
            true => json_of(200, &json!({})),
        };
    }
    if headers.get("apikey").is_none_or(|key| key != "anon") {
        return json_of(401, &json!({"message": "Invalid API key"}));
    }
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    let told = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
    match (uri.path(), uri.query().unwrap_or_default()) {
        ("/auth/v1/signup", _) => {
            if state.users.values().any(|user| user.email == told("email")) {
                return refusal(422, "user_already_exists", "User already registered");
            }
            let at_once = state.confirms_at_once;
            let user = User {
                id: clock.new_id::<()>().to_string(),
                email: told("email"),
                password: told("password"),
                data: body["data"].clone(),
                mailed: !at_once,
                confirmed: at_once,
            };
            state.users.insert(user.id.clone(), user.clone());
            if at_once { session(state, issuer, clock, &user.id, None) } else { json_of(200, &user.json()) }
        }
        ("/auth/v1/token", "grant_type=password") => {
            let found =
                state.users.values().find(|user| user.email == told("email") && user.password == told("password"));
            match found.cloned() {
                None => refusal(400, "invalid_credentials", "Invalid login credentials"),
                Some(user) if !user.confirmed => refusal(400, "email_not_confirmed", "Email not confirmed"),
                Some(user) => session(state, issuer, clock, &user.id, None),
            }
        }
        ("/auth/v1/token", _) => match state.tokens.get_mut(&told("refresh_token")) {
            None => refusal(400, "refresh_token_not_found", "Invalid Refresh Token: Refresh Token Not Found"),
            Some((_, _, used)) if *used => {
                refusal(400, "refresh_token_already_used", "Invalid Refresh Token: Already Used")
            }
            Some((user, of, spent)) => {
                *spent = true;
                let (user, of) = (user.clone(), of.clone());
                session(state, issuer, clock, &user, Some(of))
            }
        },
        ("/auth/v1/logout", _) => match bearer(headers) {
            Some(claims) => {
                state.tokens.retain(|_, (_, session, _)| claims["session_id"] != json!(session));
                StatusCode::NO_CONTENT.into_response()
            }
            None => refusal(403, "bad_jwt", "invalid JWT"),
        },
        ("/auth/v1/user", _) => {
            let user = bearer(headers).and_then(|claims| state.users.get(claims["sub"].as_str()?).cloned());
            user.map_or_else(|| refusal(403, "bad_jwt", "invalid JWT"), |user| json_of(200, &user.json()))
        }
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}

fn bearer(headers: &HeaderMap) -> Option<Value> {
    let token = headers.get("authorization")?.to_str().ok()?.strip_prefix("Bearer ")?;
    let mut validation = jsonwebtoken::Validation::default();
    (validation.validate_exp, validation.validate_aud) = (false, false);
    validation.set_required_spec_claims::<&str>(&[]);
    let key = jsonwebtoken::DecodingKey::from_secret(SECRET.as_bytes());
    Some(jsonwebtoken::decode::<Value>(token, &key, &validation).ok()?.claims)
}

fn session(state: &mut State, issuer: &str, clock: &Clock, user: &str, of: Option<String>) -> Response {
    let of = of.unwrap_or_else(|| clock.new_id::<()>().to_string());
    let refresh = format!("r{}", clock.new_id::<()>());
    state.tokens.insert(refresh.clone(), (user.to_owned(), of.clone(), false));
    let access = sign(&claims(issuer, clock, user, &of));
    let user = state.users[user].json();
    json_of(
        200,
        &json!({"access_token": access, "token_type": "bearer", "expires_in": 3600, "refresh_token": refresh, "user": user}),
    )
}
