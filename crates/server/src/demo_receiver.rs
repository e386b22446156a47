//! The receiver of the demo's webhooks: a route of the demo itself, on this machine alone, so that the log of deliveries has something to show.
//!
//! It verifies each request as any receiver should, and answers 204. While the demo's past is told nobody listens yet: then the same receiver is asked
//! within the process, and does not always take what it is sent, so that the log shows how that looks. What it refused can be replayed; the route takes it.

use std::collections::HashMap;
use std::sync::Arc;

use async_trait::async_trait;
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use db::Db;
use events::Subscribers;
use http_base::{ApiError, App};
use jobs::Registry;
use kernel::{Clock, Error, Kind, Result, Timestamp, time};
use parking_lot::Mutex;
use ports::outward::{Answer, Fault, Outward, Request, StandIn};
use serde_json::json;
use webhooks::model::secret;

use crate::build::{self, Server};
use crate::demo;
use crate::demo_told::{Person, Told};

/// Where it stands.
pub(crate) const PATH: &str = "/demo/receiver";
/// The name of its secret among what the demo keeps.
const SECRET: &str = "demo_receiver";
/// So old, or so far in the future, a request may be.
const TOLERANCE: i64 = 5 * time::MINUTE;

/// The route, for the demo alone.
pub(crate) fn router(app: App) -> Router {
    Router::new().route(PATH, post(receive)).with_state(app)
}

async fn receive(State(app): State<App>, headers: HeaderMap, body: Bytes) -> Response {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    match demo::kept(app.db(), SECRET).await {
        Ok(secret) if is_genuine(&secret, header, &body, app.clock().now()) => StatusCode::NO_CONTENT.into_response(),
        Ok(_) => {
            let message = "The signature does not fit: this receiver takes what the demo's own webhooks send, within five minutes";
            ApiError(Error::new(Kind::Unauthenticated, message)).into_response()
        }
        Err(error) => ApiError(error).into_response(),
    }
}

/// Is this a request that the holder of the secret signed a moment ago?
fn is_genuine<'a>(secret: &str, header: impl Fn(&str) -> Option<&'a str>, body: &[u8], now: Timestamp) -> bool {
    let (Some(id), Some(at), Some(signature)) =
        (header("webhook-id"), header("webhook-timestamp"), header("webhook-signature"))
    else {
        return false;
    };
    let (Ok(at), Ok(body)) = (at.parse::<i64>(), std::str::from_utf8(body)) else { return false };
    let is_fresh = (now.micros() - at.saturating_mul(time::SECOND)).abs() <= TOLERANCE;
    is_fresh && secret::verify(secret, id, at, body, signature)
}

/// The same receiver while nobody listens: it is asked within the process. Of every six deliveries it is not ready for the second at the first attempt,
/// and does not understand the fifth.
#[derive(Debug)]
struct Rehearsal {
    secret: String,
    clock: Clock,
    /// Deliveries that were seen, by `webhook-id`, with their numbers.
    seen: Mutex<HashMap<String, usize>>,
}

#[async_trait]
impl Outward for Rehearsal {
    async fn send(&self, request: Request) -> Result<Answer, Fault> {
        let header = |name: &str| {
            let found = request.headers.iter().find(|(own, _)| own == name);
            found.map(|(_, value)| value.as_str())
        };
        if !is_genuine(&self.secret, header, &request.body, self.clock.now()) {
            return Ok(StandIn::answer(401, "the signature does not fit"));
        }
        let id = header("webhook-id").unwrap_or_default().to_owned();
        let mut seen = self.seen.lock();
        let (number, is_new) = (seen.len(), !seen.contains_key(&id));
        let number = *seen.entry(id).or_insert(number);
        Ok(match number % 6 {
            1 if is_new => StandIn::answer(503, "starting up, please try again"),
            4 => {
                let stop = ("webhook-delivery".to_owned(), "abort-message".to_owned());
                Answer { headers: vec![stop], ..StandIn::answer(422, "this version does not know the event yet") }
            }
            _ => StandIn::answer(204, ""),
        })
    }
}

/// What follows events and what delivers them while the demo's past is told.
pub(crate) struct Deliveries {
    db: Db,
    clock: Clock,
    subscribers: Subscribers,
    jobs: Registry,
}

impl Deliveries {
    /// Subscribes somebody to these events, for the receiver. What happens from now on is delivered.
    pub(crate) async fn begin(server: &Server, told: &Told, who: &Person, events: &[&str]) -> Result<Self> {
        let app = &server.app;
        let secret = demo::kept(app.db(), SECRET).await?;
        let outward = Rehearsal { secret: secret.clone(), clock: app.clock().clone(), seen: Mutex::default() };
        let webhooks = build::webhooks(app, &server.secrets, Arc::new(outward))?;
        let (db, clock) = (app.db().clone(), app.clock().clone());
        let (subscribers, jobs) = (webhooks::subscribers(&webhooks), webhooks::jobs(&webhooks).unscheduled());
        let begun = Self { db, clock, subscribers, jobs };
        // What happened before is passed over.
        begun.work().await?;
        let body = json!({"url": format!("{}{PATH}", app.public_url()), "events": events, "secret": secret,
            "description": "The demo's own receiver: it verifies the signature and answers 204"});
        told.post(who, "/api/v1/webhooks", &body).await?;
        Ok(begun)
    }

    /// Delivers what is due.
    pub(crate) async fn work(&self) -> Result<()> {
        events::run_until_idle(&self.db, &self.clock, &self.subscribers).await?;
        jobs::run_until_idle(&self.db, &self.clock, &self.jobs).await.map(drop)
    }
}
