//! The routes of the server itself: what it is, and how it is.

use std::sync::Arc;

use axum::Json;
use axum::extract::{FromRef, State};
use axum::http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, VARY};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{Html, IntoResponse, Response};
use kernel::{Error, Kind, Timestamp};
use metrics_exporter_prometheus::PrometheusHandle;
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::slice::Gauges;
use crate::{Answer, App, Check, Mode};

const PAGE: &str = include_str!("../assets/index.html");

/// What the server's own routes reach.
#[derive(Clone)]
pub struct Core {
    app: App,
    about: Arc<About>,
}

/// What the server says of itself.
pub struct About {
    /// The version of the program.
    pub version: &'static str,
    /// What is on, and on what: `creators`, `embeddings-local`, `payments-mock`, …
    pub features: Vec<String>,
    /// The parts that health looks at.
    pub checks: Vec<Check>,
    /// The figures for Prometheus, if they are counted.
    pub metrics: Option<PrometheusHandle>,
    /// The bearer token that reads the figures outside of the demo (`METRICS_TOKEN`); without one nobody does.
    pub metrics_token: Option<String>,
    /// Figures that are looked up rather than counted.
    pub gauges: Vec<Gauges>,
}

impl FromRef<Core> for App {
    fn from_ref(core: &Core) -> Self {
        core.app.clone()
    }
}

/// `/`, `/health`, `/api/v1/health` and `/api/v1/info`.
pub fn router(app: App, about: Arc<About>) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(root))
        .routes(routes!(health))
        .routes(routes!(health_of_parts))
        .routes(routes!(info))
        .routes(routes!(metrics_text))
        .with_state(Core { app, about })
}

fn mode_word(mode: Mode) -> &'static str {
    match mode {
        Mode::Demo(_) => "demo",
        Mode::Serve => "production",
    }
}

/// What this server is.
#[derive(Serialize, ToSchema)]
struct Welcome {
    /// A greeting.
    #[schema(example = "Welcome to InfluencerFlow API")]
    message: &'static str,
    /// The version of the program.
    version: &'static str,
    /// Always `active`: whoever reads it was answered.
    status: &'static str,
    /// What is on.
    features: Vec<String>,
    /// How it runs, and where to read on.
    note: String,
}

/// Welcome
///
/// What this server is, as JSON; a page for browsers (`Accept: text/html`).
#[utoipa::path(get, path = "/", tag = "Server", responses((status = 200, description = "What this server is", body = Welcome)))]
async fn root(State(core): State<Core>, headers: HeaderMap) -> Response {
    let accepts = headers.get(ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if accepts.contains("text/html") {
        return ([(VARY, "Accept")], Html(PAGE)).into_response();
    }
    let note = match core.app.mode() {
        Mode::Demo(_) => {
            "Running in demo mode: sample data, local stand-ins for every provider, this machine only. See /docs"
        }
        Mode::Serve => "See /docs for every route",
    };
    let welcome = Welcome {
        message: "Welcome to InfluencerFlow API",
        version: core.about.version,
        status: "active",
        features: core.about.features.clone(),
        note: note.into(),
    };
    ([(VARY, "Accept")], Json(welcome)).into_response()
}

/// Is the server up?
#[derive(Serialize, ToSchema)]
struct Health {
    /// `healthy`, or `unhealthy` when a part of it is not.
    status: &'static str,
    /// `demo` or `production`.
    mode: &'static str,
}

/// Health, in short
#[utoipa::path(get, path = "/health", tag = "Server", responses(
    (status = 200, description = "Every part is well", body = Health),
    (status = 503, description = "A part is not; `/api/v1/health` says which", body = Health),
))]
async fn health(State(core): State<Core>) -> Response {
    let (well, _) = look(&core).await;
    let body = Health { status: if well { "healthy" } else { "unhealthy" }, mode: mode_word(core.app.mode()) };
    (status_of(well), Json(body)).into_response()
}

/// How every part is.
#[derive(Serialize, ToSchema)]
struct HealthOfParts {
    /// `ok`, or `degraded` when a part is not well.
    status: &'static str,
    /// The version of the program.
    version: &'static str,
    /// When it was looked.
    timestamp: Timestamp,
    /// Each part by its name, with its figures or what is wrong.
    parts: Value,
}

/// Health, part by part
#[utoipa::path(get, path = "/api/v1/health", tag = "Server", responses(
    (status = 200, description = "Every part is well", body = HealthOfParts),
    (status = 503, description = "A part is not", body = HealthOfParts),
))]
async fn health_of_parts(State(core): State<Core>) -> Response {
    let (well, parts) = look(&core).await;
    let body = HealthOfParts {
        status: if well { "ok" } else { "degraded" },
        version: core.about.version,
        timestamp: core.app.clock().now(),
        parts,
    };
    (status_of(well), Json(body)).into_response()
}

fn status_of(well: bool) -> StatusCode {
    if well { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE }
}

async fn look(core: &Core) -> (bool, Value) {
    let looked = core.about.checks.iter().map(|check| async { (check.name, check.look().await) });
    let mut parts = serde_json::Map::new();
    let mut well = true;
    for (name, found) in futures::future::join_all(looked).await {
        let told = match found {
            Ok(figures) => json!({"status": "ok", "figures": figures}),
            Err(error) => {
                tracing::error!(part = name, %error, "a part is not well");
                well = false;
                json!({"status": "failed", "message": error.message()})
            }
        };
        parts.insert(name.to_owned(), told);
    }
    (well, Value::Object(parts))
}

/// What this API is.
#[derive(Serialize, ToSchema)]
struct Info {
    /// Its name.
    api_name: &'static str,
    /// The version of the program.
    version: &'static str,
    /// `demo` or `production`.
    environment: &'static str,
    /// Where to read on.
    docs_url: &'static str,
    /// `operational`, or `degraded` when a part is not well.
    health: &'static str,
}

/// What this API is
#[utoipa::path(get, path = "/api/v1/info", tag = "Server", responses((status = 200, description = "What this API is", body = Info)))]
async fn info(State(core): State<Core>) -> Json<Info> {
    let (well, _) = look(&core).await;
    Json(Info {
        api_name: "InfluencerFlow",
        version: core.about.version,
        environment: mode_word(core.app.mode()),
        docs_url: "/docs",
        health: if well { "operational" } else { "degraded" },
    })
}

/// Figures for Prometheus
///
/// Requests by route and status, latencies, and figures of the database, the index and the jobs. Outside of the demo it
/// wants the token of the setting `METRICS_TOKEN`.
#[utoipa::path(get, path = "/metrics", tag = "Server", responses(
    (status = 200, description = "Prometheus text format", body = String, content_type = "text/plain"),
))]
async fn metrics_text(State(core): State<Core>, headers: HeaderMap) -> Answer<Response> {
    if core.app.mode() == Mode::Serve && !may_read_figures(&core.about, &headers) {
        return Err(
            Error::new(Kind::Unauthenticated, "Send the token of the setting METRICS_TOKEN as a bearer token").into()
        );
    }
    for gauges in &core.about.gauges {
        gauges().await;
    }
    let text = core.about.metrics.as_ref().map(|handle| {
        handle.run_upkeep();
        handle.render()
    });
    Ok(([(CONTENT_TYPE, "text/plain; version=0.0.4")], text.unwrap_or_default()).into_response())
}

/// Every byte is compared, so that the time tells nothing of how many were right.
fn may_read_figures(about: &About, headers: &HeaderMap) -> bool {
    let given = headers
        .get(AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "));
    match (given, &about.metrics_token) {
        (Some(given), Some(token)) => {
            let differing = given.bytes().zip(token.bytes()).fold(0, |bits, (one, other)| bits | (one ^ other));
            given.len() == token.len() && differing == 0
        }
        _ => false,
    }
}
