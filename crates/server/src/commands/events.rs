//! `events`: what can happen, and what a subscriber could not handle.

use std::process::ExitCode;

use db::{Db, EventId};
use kernel::{Clock, Error, Result};
use serde_json::json;

use crate::build::event_kinds;

/// More than this is not listed at once.
const MOST: u32 = 1_000;

/// Prints every kind of event with its schema.
pub(super) fn kinds() -> Result<()> {
    let kinds = event_kinds().into_iter().map(|kind| {
        Ok(json!({"name": kind.name, "description": kind.about, "subject": kind.subject, "payload": kind.schema()?}))
    });
    let kinds = kinds.collect::<Result<Vec<_>>>()?;
    super::tell(&serde_json::to_string_pretty(&kinds).map_err(Error::internal)?);
    Ok(())
}

/// Prints what was set aside.
pub(super) async fn failed(db: &Db) -> Result<()> {
    let aside = ::events::set_aside(&mut db.read().await?, MOST).await?;
    for one in &aside {
        let why = one.error.as_deref().unwrap_or_default().replace('\n', " ");
        super::tell(&format!("{}  {}  {}  tried {} times: {why}", one.subscriber, one.id, one.kind, one.attempts));
    }
    eprintln!(
        "{} events were set aside; `influencerflow events retry SUBSCRIBER` has them tried once more",
        aside.len()
    );
    db.close().await;
    Ok(())
}

/// Has this event of a subscriber tried once more, or all of its events; the status is a failure if there is none.
pub(super) async fn retry(db: &Db, subscriber: &str, event: Option<EventId>) -> Result<ExitCode> {
    let mut tx = db.write().await?;
    let count = ::events::retry(&mut tx, subscriber, event, Clock::system().now()).await?;
    tx.commit().await?;
    eprintln!("{count} events of {subscriber} will be tried once more");
    db.close().await;
    Ok(if count > 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
