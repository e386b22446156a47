//! What webhooks ask of others, as traits that the server's wiring fills.

use async_trait::async_trait;
use db::{EventRow, Tx};
use kernel::{Result, WorkspaceId};
use serde_json::{Map, Value};

/// Who is told of a kind of event.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Told {
    /// The hub whose it is.
    pub owner: bool,
    /// Whoever is the other side of it.
    pub other: bool,
}

/// Who has to do with an event beside the workspace whose it is.
#[async_trait]
pub trait Sides: Send + Sync + 'static {
    /// Who may be told of this kind; nobody if neither.
    fn told(&self, kind: &str) -> Told;

    /// The hubs of the other sides of this event. Asked only for kinds that have some.
    async fn others(&self, tx: &mut Tx, event: &EventRow, payload: &Map<String, Value>) -> Result<Vec<WorkspaceId>>;
}

/// Who knows more of what happened than the event's ids.
#[async_trait]
pub trait Enrich: Send + Sync + 'static {
    /// Adds what this hub may see, as `data` of the body: `profile_data` of a member, the `text` of a message. The connection is for reading.
    async fn enrich(
        &self,
        tx: &mut Tx,
        hub: WorkspaceId,
        event: &EventRow,
        data: &mut Map<String, Value>,
    ) -> Result<()>;
}

/// Only whose it is, and nothing but ids.
#[derive(Clone, Copy, Debug)]
pub struct Plain;

#[async_trait]
impl Sides for Plain {
    fn told(&self, _: &str) -> Told {
        Told { owner: true, other: false }
    }

    async fn others(&self, _: &mut Tx, _: &EventRow, _: &Map<String, Value>) -> Result<Vec<WorkspaceId>> {
        Ok(Vec::new())
    }
}

#[async_trait]
impl Enrich for Plain {
    async fn enrich(&self, _: &mut Tx, _: WorkspaceId, _: &EventRow, _: &mut Map<String, Value>) -> Result<()> {
        Ok(())
    }
}
