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

/// More than this of a timeline is not shown at once: the two may write each other as much as they like.
const SHOWN: u32 = 500;

/// What happened, the first thing first; where that is too much, the newest of it.
pub async fn timeline(tx: &mut Tx, of: &Collaboration) -> Result<Vec<Entry>> {
    let mut sql = Sql::of::<Entry>();
    sql.and("collaboration_id = ", of.id).push(" ORDER BY created_at DESC, id DESC LIMIT ").bind(SHOWN);
    let mut entries: Vec<Entry> = sql.all(tx).await?;
    entries.reverse();
    Ok(entries)
}
