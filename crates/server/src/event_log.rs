//! What the server does about the event log as a whole: old events go, and the figures tell who is behind.

use std::time::Duration;

use events::Subscribers;
use http_base::Routes;
use http_base::{App, Slice};
use jobs::Registry;
use kernel::time;

/// The job that deletes events which are old and were read by all.
const FORGET: &str = "events.forget";

/// As a slice without routes.
pub(crate) fn slice(app: &App, subscribers: &Subscribers, keep_days: u32) -> Slice {
    let mut jobs = Registry::new();
    let (of_job, all) = (app.clone(), subscribers.clone());
    jobs.every(Duration::from_hours(6), FORGET).on(FORGET, move |_, _| {
        let (app, all) = (of_job.clone(), all.clone());
        async move {
            let before = app.clock().now().plus(-i64::from(keep_days) * time::DAY);
            let forgotten = events::forget(app.db(), before, &all).await?;
            if forgotten > 0 {
                tracing::info!(forgotten, "old events were deleted");
            }
            Ok(())
        }
    });
    let (app, all) = (app.clone(), subscribers.clone());
    Slice::new("events", Routes::new()).jobs(jobs).gauges(move || {
        let (app, all) = (app.clone(), all.clone());
        async move {
            if let Err(error) = events::gauges(app.db(), app.clock(), &all).await {
                tracing::warn!(%error, "the figures of events cannot be read");
            }
        }
    })
}
