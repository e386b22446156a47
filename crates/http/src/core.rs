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
use subtle::ConstantTimeEq as _;
use utoipa::ToSchema;

use crate::slice::Gauges;
use crate::{Answer, App, Check, Mode, Rate, Routes, routes};

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
pub fn router(app: App, about: Arc<About>) -> Routes {
    Routes::new()
        .with(routes!(root).rate(Rate::Free))
        .with(routes!(health).rate(Rate::Free))
        .with(routes!(health_of_parts).rate(Rate::Free))
        .with(routes!(info).rate(Rate::Free))
        .with(routes!(metrics_text).rate(Rate::Free))
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
    /// Which parts are on, and on what they run.
    features: Vec<String>,
    /// In which mode it runs, and where the documentation is.
    note: String,
}

/// Get the welcome page
///
/// What this server is, as JSON, or as a page for those who ask for `text/html`.
#[utoipa::path(get, path = "/", tag = "Server", responses((status = 200, description = "What this server is",
    content((Welcome = "application/json"), (String = "text/html")))))]
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

kernel::word_schema!(Wellness, "Whether every part of the server works.", "healthy" | "unhealthy");
kernel::word_schema!(WellnessOfParts, "Whether every part of the server works.", "ok" | "degraded");
kernel::word_schema!(ServerMode, "As what the server runs.", "demo" | "production");

/// The health of the server.
#[derive(Serialize, ToSchema)]
struct Health {
    /// `healthy`, or `unhealthy` when a part of it is not.
    #[schema(value_type = Wellness)]
    status: &'static str,
    /// `demo` or `production`.
    #[schema(value_type = ServerMode)]
    mode: &'static str,
}

/// Get the health of the server
///
/// For load balancers: whether every part of the server works.
#[utoipa::path(get, path = "/health", tag = "Server", responses(
    (status = 200, description = "Every part works", body = Health),
    (status = 503, description = "A part does not work; `/api/v1/health` says which", body = Health),
))]
async fn health(State(core): State<Core>) -> Response {
    let (well, _) = look(&core).await;
    let body = Health { status: if well { "healthy" } else { "unhealthy" }, mode: mode_word(core.app.mode()) };
    (status_of(well), Json(body)).into_response()
}

/// The health of the server, part by part.
#[derive(Serialize, ToSchema)]
struct HealthOfParts {
    /// `ok`, or `degraded` when a part is not well.
    #[schema(value_type = WellnessOfParts)]
    status: &'static str,
    /// The version of the program.
    version: &'static str,
    /// When the parts were checked.
    timestamp: Timestamp,
    /// Each part by its name, with its `status`, its `figures` or a `message` that says what is wrong.
    #[schema(value_type = Object)]
    parts: Value,
}

/// Get the health of every part
///
/// Every part of the server with its figures, or with what is wrong.
#[utoipa::path(get, path = "/api/v1/health", tag = "Server", responses(
    (status = 200, description = "Every part works", body = HealthOfParts),
    (status = 503, description = "A part does not work", body = HealthOfParts),
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
    /// Where the documentation is.
    docs_url: &'static str,
    /// `operational`, or `degraded` when a part is not well.
    health: &'static str,
}

/// Get information about the API
///
/// Its name and version, and where its documentation is.
#[utoipa::path(get, path = "/api/v1/info", tag = "Server", responses((status = 200, description = "Information about the API", body = Info)))]
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

/// Get metrics
///
/// For Prometheus: requests by route and status, latencies, and metrics of the database, the index and the jobs. Outside of the demo the
/// token of the setting `METRICS_TOKEN` is wanted.
#[utoipa::path(get, path = "/metrics", tag = "Server", security(("bearer" = [])), responses(
    (status = 200, description = "Metrics in the text format of Prometheus", body = String, content_type = "text/plain"),
    (status = 401, description = "Outside of the demo the token of `METRICS_TOKEN` is wanted"),
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

/// Compared in constant time: it tells nothing of how many letters were right.
fn may_read_figures(about: &About, headers: &HeaderMap) -> bool {
    let given = headers
        .get(AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "));
    match (given, &about.metrics_token) {
        (Some(given), Some(token)) => given.as_bytes().ct_eq(token.as_bytes()).into(),
        _ => false,
    }
}
