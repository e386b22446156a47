//! What an event is, how it is told and how it is read.

use db::{EventRow, Tx};
use kernel::{Error, Result, WorkspaceId};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use utoipa::ToSchema;
use uuid::Uuid;

/// What it happened to, and whose that is.
pub trait Facts: Serialize + DeserializeOwned + ToSchema {
    /// The field of the payload that has the subject's id.
    const SUBJECT: &'static str;

    /// What it happened to. Subscribers get the events of one subject in their order.
    fn subject(&self) -> Uuid;

    /// Whose it is; nothing where it is everybody's.
    fn workspace(&self) -> Option<WorkspaceId>;
}

/// Something that happens. Made by [`macro@crate::event`].
pub trait Event: Facts {
    /// Its name: what it happens to, and what happens, `contract.signed`.
    const NAME: &'static str;
    /// What it means, for whoever subscribes to it.
    const ABOUT: &'static str;
}

/// Telling events.
pub trait TxExt {
    /// Tells that this happened. It is written just before the commit, and nobody waits for anybody else's events.
    fn event<E: Event>(&mut self, event: E);
}

impl TxExt for Tx {
    fn event<E: Event>(&mut self, event: E) {
        let payload = serde_json::to_string(&event).map_err(Error::internal);
        self.append_event(E::NAME, event.subject(), event.workspace(), payload);
    }
}

/// The event of this entry of the log; a fault where it is one of another kind.
pub fn read<E: Event>(row: &EventRow) -> Result<E> {
    if row.kind != E::NAME {
        return Err(Error::internal(format!("{} is not {}", row.kind, E::NAME)));
    }
    let mut payload: Value = serde_json::from_str(&row.payload).map_err(Error::internal)?;
    if let Value::Object(payload) = &mut payload {
        // Older entries have them beside the payload only.
        payload.entry("workspace_id").or_insert_with(|| json!(row.workspace));
        payload.entry(E::SUBJECT).or_insert_with(|| json!(row.subject));
    }
    serde_json::from_value(payload).map_err(|error| Error::internal(format!("{}: {error}", E::NAME)))
}
