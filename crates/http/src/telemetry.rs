//! What is told of every request: its id, a log line, and figures for Prometheus.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use axum::http::{Method, StatusCode};
use kernel::{Error, Timestamp};
use metrics::{Counter, Histogram};
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};
use parking_lot::RwLock;

tokio::task_local! {
    /// The request that this task answers: its id, and when it came.
    pub(crate) static REQUEST: (String, Timestamp);
}

/// Upper bounds of the buckets of `http_request_duration_seconds`.
const BUCKETS: [f64; 14] = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];

/// The id of the request being answered, and when it came; outside of any, an empty one.
pub fn current_request() -> (String, Timestamp) {
    REQUEST.try_with(Clone::clone).unwrap_or_else(|_| (String::new(), Timestamp::from_micros(0)))
}

/// Logs an error as loudly as it matters: our faults as errors, others' for whoever looks for them.
pub(crate) fn log_error(error: &Error, status: StatusCode) {
    let context = error.context().unwrap_or_default();
    let (request_id, _) = current_request();
    if status.is_server_error() {
        tracing::error!(%request_id, status = status.as_u16(), message = error.message(), context, "request failed");
    } else {
        tracing::debug!(%request_id, status = status.as_u16(), message = error.message(), context, "request refused");
    }
}

/// The figures of one kind of answer.
struct Figures {
    requests: Counter,
    durations: Histogram,
}

/// Looked up by the address of the route's text, which lives as long as the router, and so is no other route's.
type Known = HashMap<(usize, Method, u16), Arc<Figures>>;

/// Counts an answered request. Labels are made once for each kind of answer, for they cost more than the counting.
pub(crate) fn count(method: &Method, route: &str, status: StatusCode, took: Duration) {
    static KNOWN: LazyLock<RwLock<Known>> = LazyLock::new(RwLock::default);
    let key = (route.as_ptr() as usize, method.clone(), status.as_u16());
    let known = KNOWN.read().get(&key).cloned();
    let figures = known.unwrap_or_else(|| {
        let (method, route) = (method.as_str().to_owned(), route.to_owned());
        let labels = [("method", method), ("route", route.clone()), ("status", status.as_str().to_owned())];
        let figures = Arc::new(Figures {
            requests: metrics::counter!("http_requests_total", &labels),
            durations: metrics::histogram!("http_request_duration_seconds", "route" => route),
        });
        KNOWN.write().insert(key, figures.clone());
        figures
    });
    figures.requests.increment(1);
    figures.durations.record(took.as_secs_f64());
}

/// Starts to count for Prometheus; the handle tells the figures. Once in a process.
pub fn install_metrics() -> Result<PrometheusHandle, BuildError> {
    PrometheusBuilder::new().set_buckets_for_metric(Matcher::Suffix("_seconds".into()), &BUCKETS)?.install_recorder()
}
