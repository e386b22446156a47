//! Mail that came in and belongs to no mail of ours: it is kept until somebody says whose it is.

use db::{Listing, Sql, Tx};
use http_base::Offsets;
use kernel::{Result, Scope, Timestamp, WorkspaceId};

use super::suppressions::key;

/// So many are deleted in one transaction: a mail may be large, and nobody should wait for it.
const BITE: u32 = 200;

/// A mail that was kept.
pub type UnmatchedId = kernel::Id<UnmatchedMarker>;

#[doc(hidden)]
#[derive(Debug)]
pub enum UnmatchedMarker {}

/// A mail that was kept.
#[derive(Clone, Debug, db::Row)]
#[row(table = "outreach_unmatched")]
pub struct Unmatched {
    /// Its id.
    pub id: UnmatchedId,
    /// The only workspace that has written to this address; none if there is not exactly one: then administrators see it.
    pub workspace_id: Option<WorkspaceId>,
    /// Its Message-ID: it is kept once.
    pub message_id: String,
    /// From whom it is, or whom a report is about; empty where nobody is named.
    #[row(also = "address_key", by = key)]
    pub address: String,
    /// What it is: `reply`, `auto_reply`, `receipt`, `bounced`, `soft_bounce`, `complaint` or `report`.
    pub kind: String,
    /// Its subject.
    pub subject: Option<String>,
    /// All of it, as JSON.
    pub mail: String,
    /// When it came.
    pub created_at: Timestamp,
}

/// Keeps a mail, once.
pub async fn insert(scope: Scope, tx: &mut Tx, new: &Unmatched) -> Result<()> {
    debug_assert!(scope.sees_everything(), "nobody's mail is kept by the server");
    tx.insert_new(new).await.map(drop)
}

/// One of them.
pub async fn by_id(scope: Scope, tx: &mut Tx, id: UnmatchedId) -> Result<Option<Unmatched>> {
    Sql::of::<Unmatched>().and("id = ", id).within(scope, "workspace_id").optional(tx).await
}

/// Takes one away; false if it is gone already.
pub async fn delete(scope: Scope, tx: &mut Tx, id: UnmatchedId) -> Result<bool> {
    let mut sql = Sql::new("DELETE FROM outreach_unmatched WHERE id = ");
    sql.bind(id);
    sql.within(scope, "workspace_id");
    Ok(sql.run(tx).await? == 1)
}

/// Deletes some of those that came before this moment, the oldest first. Tells how many.
pub async fn forget(scope: Scope, tx: &mut Tx, before: Timestamp) -> Result<u64> {
    let mut sql =
        Sql::new("DELETE FROM outreach_unmatched WHERE id IN (SELECT id FROM outreach_unmatched WHERE created_at < ");
    sql.bind(before);
    sql.within(scope, "workspace_id");
    sql.push(" ORDER BY created_at LIMIT ").bind(BITE).push(")");
    sql.run(tx).await
}

/// Those that a scope may see, the newest first, and how many there are.
pub async fn list(scope: Scope, tx: &mut Tx, offsets: Offsets) -> Result<(Vec<Unmatched>, u64)> {
    let mut filter = Sql::filter();
    filter.within(scope, "workspace_id");
    Listing::of::<Unmatched>(filter).order("created_at DESC, id DESC").page(tx, offsets.limit, offsets.offset).await
}
