//! A Stripe that behaves as the real one is documented to, at its worst too: objects by idempotency key, over real HTTP.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Query, Request};
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Response};
use futures::stream;
use hmac::{Hmac, KeyInit as _, Mac as _};
use providers::Limits;
use providers::stripe::{StripeGateway, StripeSettings};
use serde_json::{Value, json};
use sha2::Sha256;
use tokio::sync::Notify;

const KEY: &str = "sk_test_do_not_show";
pub(crate) const WEBHOOK_SECRET: &str = "whsec_of_the_tests";

/// One request as it came.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    pub(crate) asked: String,
    pub(crate) key: Option<String>,
    pub(crate) form: Vec<(String, String)>,
}

impl Seen {
    pub(crate) fn field(&self, name: &str) -> Option<&str> {
        self.form.iter().find(|(field, _)| field == name).map(|(_, value)| value.as_str())
    }
}

#[derive(Default)]
struct State {
    seen: Vec<Seen>,
    /// Path, idempotency key, object: in the order in which they were made.
    objects: Vec<(String, String, Value)>,
    /// How the next requests that move money go wrong, instead of being done.
    trouble: Vec<Trouble>,
}

/// How a request goes wrong.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Trouble {
    /// Refused with this status; nothing is done.
    Status(u16),
    /// Done, but the answer is this status.
    DoneThen(u16),
    /// Done, but half of the answer is lost.
    Half,
    /// Done, but the answer never comes.
    Hang,
    /// Done, and answered once it is let go.
    Hold,
}

/// A running stand-in.
#[derive(Clone)]
pub(crate) struct Stripe {
    url: String,
    state: Arc<Mutex<State>>,
    go_on: Arc<Notify>,
}

impl Stripe {
    pub(crate) async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let stripe = Self {
            url: format!("http://{}/v1", listener.local_addr().unwrap()),
            state: Arc::default(),
            go_on: Arc::default(),
        };
        let on = stripe.clone();
        let app = Router::new().fallback(move |request: Request| {
            let on = on.clone();
            async move { on.answer(request).await }
        });
        tokio::spawn(async move { axum::serve(listener, app).await });
        stripe
    }

    pub(crate) fn gateway(&self) -> Arc<StripeGateway> {
        let limits = Limits {
            connect: Duration::from_secs(2),
            read: Duration::from_millis(400),
            total: Duration::from_secs(2),
            attempts: 2,
            first_pause: Duration::from_millis(5),
            max_answer_bytes: 1 << 20,
        };
        let settings = StripeSettings {
            base_url: self.url.clone(),
            webhook_secret: Some(WEBHOOK_SECRET.into()),
            limits,
            ..StripeSettings::new(KEY)
        };
        Arc::new(StripeGateway::new(&settings).unwrap())
    }

    pub(crate) fn trouble(&self, trouble: &[Trouble]) {
        self.state.lock().unwrap().trouble = trouble.to_vec();
    }

    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.state.lock().unwrap().seen.clone()
    }

    /// Everything that was made below this path.
    pub(crate) fn made(&self, path: &str) -> Vec<Value> {
        let state = self.state.lock().unwrap();
        state.objects.iter().filter(|(made, ..)| made == path).map(|(_, _, object)| object.clone()).collect()
    }

    /// Waits until something has been made below this path.
    pub(crate) async fn wait_for(&self, path: &str) -> Value {
        for _ in 0..500 {
            if let Some(object) = self.made(path).pop() {
                return object;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        panic!("nothing was made at {path}")
    }

    /// Changes the newest object below a path, as somebody at Stripe's end would.
    pub(crate) fn change(&self, path: &str, change: &Value) -> Value {
        let mut state = self.state.lock().unwrap();
        let (_, _, object) = state.objects.iter_mut().rev().find(|(made, ..)| made == path).expect("it was made");
        for (name, value) in change.as_object().unwrap() {
            object[name] = value.clone();
        }
        object.clone()
    }

    /// Puts an object there, as somebody at Stripe's end would.
    pub(crate) fn add(&self, path: &str, object: &Value) {
        let key = format!("dashboard {}", object["id"]);
        self.state.lock().unwrap().objects.push((path.into(), key, object.clone()));
    }

    /// Lets go what is held.
    pub(crate) fn go_on(&self) {
        self.go_on.notify_one();
    }

    async fn answer(&self, request: Request) -> Response {
        let (head, body) = request.into_parts();
        let header = |name: &str| head.headers.get(name).map(|value| value.to_str().unwrap().to_owned());
        assert_eq!(header("authorization").as_deref(), Some(format!("Bearer {KEY}").as_str()));
        assert_eq!(header("stripe-version").as_deref(), Some("2025-03-31.basil"));
        let path = head.uri.path().trim_start_matches("/v1/").to_owned();
        let bytes = axum::body::to_bytes(body, 1 << 20).await.unwrap();
        let read = |query: &[u8]| {
            let uri = format!("/?{}", std::str::from_utf8(query).unwrap()).parse().unwrap();
            Query::<Vec<(String, String)>>::try_from_uri(&uri).unwrap().0
        };
        if head.method == Method::GET {
            let query = read(head.uri.query().unwrap_or_default().as_bytes());
            self.note(format!("GET {path}"), None, query.clone());
            return self.look_up(&path, &query);
        }
        assert_eq!(header("content-type").as_deref(), Some("application/x-www-form-urlencoded"));
        let (form, key) = (read(&bytes), header("idempotency-key").expect("an idempotency key"));
        self.note(format!("POST {path}"), Some(key.clone()), form.clone());
        let trouble = {
            let mut state = self.state.lock().unwrap();
            if state.trouble.is_empty() { None } else { Some(state.trouble.remove(0)) }
        };
        if let Some(Trouble::Status(status)) = trouble {
            let error = json!({"error": {"type": "api_error", "message": "trouble"}});
            return (StatusCode::from_u16(status).unwrap(), error.to_string()).into_response();
        }
        let answer = self.make(&path, &key, &form);
        match trouble {
            Some(Trouble::DoneThen(status)) => StatusCode::from_u16(status).unwrap().into_response(),
            Some(Trouble::Half) => {
                let broken = std::io::Error::other("broken off");
                Body::from_stream(stream::iter([Ok(Bytes::from_static(b"{\"id\": \"pi")), Err(broken)])).into_response()
            }
            Some(Trouble::Hang) => std::future::pending().await,
            Some(Trouble::Hold) => {
                self.go_on.notified().await;
                answer
            }
            _ => answer,
        }
    }

    fn note(&self, asked: String, key: Option<String>, form: Vec<(String, String)>) {
        self.state.lock().unwrap().seen.push(Seen { asked, key, form });
    }

    /// Makes an object, or gives the one of this key again.
    fn make(&self, path: &str, key: &str, form: &[(String, String)]) -> Response {
        let mut state = self.state.lock().unwrap();
        if let Some((_, _, object)) = state.objects.iter().find(|(_, known, _)| known == key) {
            return object.to_string().into_response();
        }
        if let Some(id) = path.strip_prefix("payment_intents/").and_then(|rest| rest.strip_suffix("/cancel")) {
            let (.., object) = state.objects.iter_mut().find(|(.., object)| object["id"] == id).expect("an intent");
            if object["status"] == "succeeded" {
                let error = json!({"error": {"type": "invalid_request_error", "code": "payment_intent_unexpected_state",
                    "message": "You cannot cancel this PaymentIntent because it has a status of succeeded."}});
                return (StatusCode::BAD_REQUEST, error.to_string()).into_response();
            }
            object["status"] = json!("canceled");
            return object.to_string().into_response();
        }
        let field = |name: &str| form.iter().find(|(field, _)| field == name).map(|(_, value)| value.clone());
        let number = state.objects.len() + 1;
        let kind = path.rsplit('/').next().unwrap();
        let (object, prefix, status) = match kind {
            "payment_intents" => ("payment_intent", "pi", "succeeded"),
            "transfers" => ("transfer", "tr", "paid"),
            "reversals" => ("transfer_reversal", "trr", "done"),
            _ if field("amount").as_deref() == Some("1313") => ("refund", "re", "failed"),
            _ => ("refund", "re", "succeeded"),
        };
        let mut made = json!({
            "id": format!("{prefix}_{number}"), "object": object, "status": status,
            "amount": field("amount").unwrap().parse::<i64>().unwrap(),
            "currency": field("currency").unwrap_or_else(|| "usd".into()),
            "metadata": {"attempt": field("metadata[attempt]"), "payment": field("metadata[payment]")},
            "transfer_group": field("transfer_group"), "payment_intent": field("payment_intent"),
        });
        if kind == "payment_intents" {
            made["latest_charge"] = json!(format!("ch_{number}"));
            made["client_secret"] = json!(format!("pi_{number}_secret"));
            match field("payment_method").as_deref() {
                None => made["status"] = json!("requires_payment_method"),
                Some("pm_declined") => {
                    made["status"] = json!("requires_payment_method");
                    let error = json!({"type": "card_error", "code": "card_declined", "decline_code": "insufficient_funds",
                        "message": "Your card has insufficient funds."});
                    made["last_payment_error"] = error.clone();
                    let mut answer = json!({"error": error});
                    answer["error"]["payment_intent"] = made.clone();
                    state.objects.push((path.into(), key.into(), made));
                    return (StatusCode::PAYMENT_REQUIRED, answer.to_string()).into_response();
                }
                Some("pm_action") => {
                    made["status"] = json!("requires_action");
                    made["next_action"] = json!({"redirect_to_url": {"url": "https://bank.example/3ds"}});
                }
                Some("pm_unknown") => {
                    let error = json!({"error": {"type": "invalid_request_error", "code": "resource_missing",
                        "message": "No such PaymentMethod: 'pm_unknown'"}});
                    return (StatusCode::BAD_REQUEST, error.to_string()).into_response();
                }
                Some("pm_slow") => made["status"] = json!("processing"),
                Some(_) => {}
            }
        }
        state.objects.push((path.into(), key.into(), made.clone()));
        made.to_string().into_response()
    }

    fn look_up(&self, path: &str, query: &[(String, String)]) -> Response {
        let state = self.state.lock().unwrap();
        let objects = state.objects.iter();
        if let Some(id) = path.strip_prefix("payment_intents/").filter(|id| *id != "search") {
            let found = objects.clone().find(|(.., object)| object["id"] == id);
            return found
                .map_or(StatusCode::NOT_FOUND.into_response(), |(.., object)| object.to_string().into_response());
        }
        let wanted = |name: &str| query.iter().find(|(field, _)| field == name).map(|(_, value)| value.as_str());
        let fits = |made: &str, object: &Value| match path {
            "payment_intents/search" => {
                made == "payment_intents"
                    && wanted("query")
                        == Some(&format!("metadata['attempt']:'{}'", object["metadata"]["attempt"].as_str().unwrap()))
            }
            _ => {
                made == path
                    && wanted("transfer_group").is_none_or(|group| object["transfer_group"] == group)
                    && wanted("payment_intent").is_none_or(|intent| object["payment_intent"] == intent)
            }
        };
        let data: Vec<&Value> =
            objects.filter(|(made, _, object)| fits(made, object)).map(|(.., object)| object).collect();
        json!({"object": "list", "data": data, "has_more": false}).to_string().into_response()
    }
}

/// The header that Stripe signs a body with.
pub(crate) fn signature(body: &str, seconds: i64) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(WEBHOOK_SECRET.as_bytes()).unwrap();
    mac.update(format!("{seconds}.{body}").as_bytes());
    format!("t={seconds},v1={}", hex::encode(mac.finalize().into_bytes()))
}
