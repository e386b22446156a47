//! What surrounds every handler: ids, logs and figures, time limits, compression, CORS and the headers of caution.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::{MatchedPath, Request, State};
use axum::http::header::{self, HeaderName, HeaderValue};
use axum::http::{Method, StatusCode};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use futures::FutureExt;
use kernel::{Error, Kind};
use tower_http::compression::{CompressionLayer, Predicate, predicate::SizeAbove};
use tower_http::cors::{AllowOrigin, CorsLayer};

use crate::policy::{Policies, Takes};
use crate::telemetry::{self, REQUEST, log_error};
use crate::{ApiError, App, conditional, limits, uploads};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const SLOW: Duration = Duration::from_secs(1);

/// What the layers know: the application, and what holds for each route.
#[derive(Clone)]
struct Known(App, Arc<Policies>);

/// Puts the layers around the routes, for each of which its policy holds. `origins` are the web origins that browsers may call from (`CORS_ORIGINS`).
pub fn around(router: Router, policies: Policies, app: &App, origins: &[HeaderValue]) -> Router {
    let compression = CompressionLayer::new().compress_when(SizeAbove::new(1024).and(NotAudio));
    let mut router = router
        .fallback(nothing_there)
        .method_not_allowed_fallback(wrong_method)
        .layer(from_fn_with_state(Known(app.clone(), Arc::new(policies)), watch))
        .layer(compression);
    if !origins.is_empty() {
        let cors = CorsLayer::new()
            .allow_origin(AllowOrigin::list(origins.iter().cloned()))
            .allow_methods([Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE])
            .allow_headers([
                header::AUTHORIZATION,
                header::CONTENT_TYPE,
                crate::idempotency::HEADER,
                header::IF_NONE_MATCH,
                HeaderName::from_static("last-event-id"),
                HeaderName::from_static("mcp-protocol-version"),
                HeaderName::from_static("mcp-method"),
                HeaderName::from_static("mcp-name"),
                HeaderName::from_static("x-mcp-toolsets"),
                HeaderName::from_static("x-mcp-readonly"),
                REQUEST_ID,
            ])
            .expose_headers([
                REQUEST_ID,
                header::RETRY_AFTER,
                header::CONTENT_DISPOSITION,
                header::ETAG,
                limits::LIMIT,
                limits::REMAINING,
                limits::RESET,
            ])
            .max_age(Duration::from_hours(1));
        router = router.layer(cors);
    }
    router
}

/// Recordings are compressed already, and players ask for ranges of them. Live streams would wait in the compressor.
#[derive(Clone, Copy)]
struct NotAudio;

impl Predicate for NotAudio {
    fn should_compress<B: axum::body::HttpBody>(&self, response: &axum::http::Response<B>) -> bool {
        let media_type = response.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        !media_type.is_some_and(|media_type| {
            media_type.starts_with("audio/") || matches!(media_type, "application/pdf" | "text/event-stream")
        })
    }
}

async fn nothing_there(request: Request) -> ApiError {
    let path = request.uri().path();
    Error::new(Kind::NotFound, format!("There is nothing at {path}; /docs lists every route")).into()
}

async fn wrong_method(request: Request) -> ApiError {
    let message = format!("{} is not for {}; /docs lists every route", request.method(), request.uri().path());
    Error::new(Kind::MethodNotAllowed, message).into()
}

/// Answers the request within its time, whatever the handler does, and tells of it. One layer does all of this: each one more costs
/// every request a copy of all that is inside of it.
async fn watch(State(Known(app, policies)): State<Known>, mut request: Request, next: Next) -> Response {
    let started = Instant::now();
    let now = app.clock().now();
    let request_id = given_id(&request).unwrap_or_else(|| app.clock().request_id().to_string());
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().cloned();
    let policy = route.as_ref().map(|route| policies.of(&method, route.as_str())).unwrap_or_default();
    if policy.takes != Takes::Json {
        request.extensions_mut().insert(policy);
    }
    let limit = policy.takes.time(app.limits());

    let known = conditional::asked(&request);
    let answer = async {
        let answered = async {
            let response = if policy.takes == Takes::File {
                // Boxed: every other request would carry its room.
                Box::pin(uploads::guard(app.clone(), policy.rate, request, next)).await
            } else {
                limits::guard(app.clone(), policy.rate, request, next).await
            };
            match known {
                Some(known) => conditional::tag(known, response).await,
                None => response,
            }
        };
        let handled = AssertUnwindSafe(answered).catch_unwind();
        match tokio::time::timeout(limit, handled).await {
            Ok(Ok(response)) => response,
            Ok(Err(panic)) => ApiError(Error::internal(panic_text(panic.as_ref()))).into_response(),
            Err(_) => {
                let message = format!("The request took longer than {} seconds and was given up", limit.as_secs());
                ApiError(Error::new(Kind::TimedOut, message)).into_response()
            }
        }
    };
    let mut response = REQUEST.scope((request_id.clone(), now), answer).await;

    let route = route.as_ref().map_or("unmatched", MatchedPath::as_str);
    tell(&method, route, response.status(), started.elapsed(), &request_id);
    let headers = response.headers_mut();
    if let Ok(id) = HeaderValue::from_str(&request_id) {
        headers.insert(REQUEST_ID, id);
    }
    add_caution(headers, route);
    response
}

/// The id that a proxy or a client gave, if it is one that may be repeated in a log.
fn given_id(request: &Request) -> Option<String> {
    let id = request.headers().get(REQUEST_ID)?.to_str().ok()?;
    let fits = (8..=64).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    fits.then(|| id.to_owned())
}

fn panic_text(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().copied().or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    format!("a handler panicked: {}", text.unwrap_or("without a word"))
}

fn tell(method: &Method, route: &str, status: StatusCode, took: Duration, request_id: &str) {
    telemetry::count(method, route, status, took);
    let (status, millis) = (status.as_u16(), took.as_secs_f64() * 1e3);
    if took > SLOW {
        tracing::warn!(%method, route, status, millis, request_id, "slow request");
    } else if method.is_safe() {
        tracing::debug!(%method, route, status, millis, request_id, "request");
    } else {
        tracing::info!(%method, route, status, millis, request_id, "request");
    }
}

/// Headers that keep browsers from guessing, framing and leaking.
fn add_caution(headers: &mut axum::http::HeaderMap, route: &str) {
    let page = matches!(route, "/" | "/docs" | "/docs/{*file}" | "/redoc" | "/redoc/{*file}");
    let policy = if page {
        "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
         worker-src 'self' blob:; frame-ancestors 'none'; base-uri 'self'"
    } else {
        "default-src 'none'; frame-ancestors 'none'"
    };
    // A page that says itself who may embed it (the web widget's) is not to be taken for one that nobody may.
    let own = headers.get(header::CONTENT_SECURITY_POLICY).and_then(|policy| policy.to_str().ok());
    let embedded = own.is_some_and(|own| own.contains("frame-ancestors") && !own.contains("frame-ancestors 'none'"));
    if !embedded {
        headers.entry(header::X_FRAME_OPTIONS).or_insert(HeaderValue::from_static("DENY"));
    }
    for (name, value) in [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CONTENT_SECURITY_POLICY, policy),
    ] {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    // Answers are for whoever asked, unless a route says otherwise.
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("private, no-cache"));
}

/// A server that cannot answer at all yet (or any more) says so in the one body.
pub fn refuse(error: Error) -> Response {
    log_error(&error, StatusCode::SERVICE_UNAVAILABLE);
    ApiError(error).into_response()
}
