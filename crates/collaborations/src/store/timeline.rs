//! What happened to a collaboration, in its order. Whoever has found (or locked) the collaboration may read and add to it.

use db::{Json, Sql, Tx};
use kernel::{AccountId, CollaborationId, Id, Result, Timestamp};
use serde_json::Value;

use crate::model::{By, Collaboration};

/// Something that happened to a collaboration.
#[derive(Clone, Debug, db::Row)]
#[row(table = "collaboration_timeline")]
pub struct Entry {
    /// Its id.
    pub id: Id<Entry>,
    /// To which collaboration.
    pub collaboration_id: CollaborationId,
    /// What: `opened`, `scheduled`, …
    pub kind: String,
    /// Who did it.
    pub actor: By,
    /// By which account.
    pub account_id: Option<AccountId>,
    /// What more is to be known.
    pub detail: Json<Value>,
    /// When.
    pub created_at: Timestamp,
}

/// Adds to the timeline.
pub async fn record(
    tx: &mut Tx,
    of: &Collaboration,
    kind: &str,
    (actor, account_id): (By, Option<AccountId>),
    detail: Value,
    now: Timestamp,
) -> Result<()> {
    let id = tx.clock().id_at(now);
    let (kind, detail) = (kind.to_owned(), Json(detail));
    tx.insert(&Entry { id, collaboration_id: of.id, kind, actor, account_id, detail, created_at: now }).await
}

/// Everything that happened, the first thing first.
pub async fn timeline(tx: &mut Tx, of: &Collaboration) -> Result<Vec<Entry>> {
    Sql::of::<Entry>().and("collaboration_id = ", of.id).push(" ORDER BY created_at, id").all(tx).await
}
