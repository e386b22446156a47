//! The event log: what happened, in order, for ever. Notifications, webhooks, the activity feed and the audit read it.

use kernel::{Id, Result, Timestamp, WorkspaceId};
use uuid::Uuid;

use crate::{Tx, Value, args};

#[doc(hidden)]
#[derive(Debug)]
pub enum EventMarker {}
/// An entry of the event log.
pub type EventId = Id<EventMarker>;

/// The topic that counts events.
pub const EVENTS: &str = "events";

/// Something that happened.
#[derive(Clone, Debug, PartialEq, crate::Row)]
pub struct EventRow {
    /// Its id.
    pub id: EventId,
    /// Its place in the log; what is read in this order is read without gaps.
    pub seq: i64,
    /// What happened: `creator.created`.
    pub kind: String,
    /// What it happened to.
    pub subject: Uuid,
    /// Whose it is; nothing where it is everybody's.
    pub workspace: Option<WorkspaceId>,
    /// The rest, as JSON.
    pub payload: String,
    /// When.
    pub created_at: Timestamp,
}

/// An event that waits for its transaction's commit.
pub(crate) struct Pending {
    id: Uuid,
    kind: String,
    subject: Uuid,
    workspace: Option<WorkspaceId>,
    payload: String,
    at: Timestamp,
}

impl Tx {
    /// Tells that something happened. It is written just before the commit, with a place in the log, so that others who
    /// write events wait for as short as can be.
    pub fn event<S>(
        &mut self,
        kind: &str,
        subject: Id<S>,
        workspace: Option<WorkspaceId>,
        payload: String,
        id: EventId,
        now: Timestamp,
    ) {
        let (id, subject) = (id.uuid(), subject.uuid());
        self.events.push(Pending { id, kind: kind.to_owned(), subject, workspace, payload, at: now });
    }

    pub(crate) async fn flush_events(&mut self) -> Result<()> {
        if self.events.is_empty() {
            return Ok(());
        }
        let events = std::mem::take(&mut self.events);
        let count = i64::try_from(events.len()).map_err(kernel::Error::internal)?;
        let last = self.advance(EVENTS, count).await?;
        let rows: Vec<Vec<Value>> = (last - count + 1..=last)
            .zip(events)
            .map(|(seq, event)| {
                args![event.id, seq, event.kind, event.subject, event.workspace, event.payload, event.at]
            })
            .collect();
        self.insert_rows("INSERT INTO events (id, seq, kind, subject, workspace, payload, created_at)", "", rows)
            .await?;
        self.ring(EVENTS);
        Ok(())
    }

    /// The events after this place in the log, oldest first.
    pub async fn events_after(&mut self, seq: i64, limit: u32) -> Result<Vec<EventRow>> {
        let sql = format!("SELECT {} FROM events WHERE seq > $1 ORDER BY seq LIMIT $2", EventRow::COLUMNS);
        self.fetch_all(&sql, args![seq, limit]).await
    }
}
