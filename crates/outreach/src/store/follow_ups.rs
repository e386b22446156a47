//! What is left to be done after a conversation.

use db::{Listing, Sql, Tx, args};
use http_base::Offsets;
use kernel::{Clock, OutreachId, Result, Scope, Timestamp, WorkspaceId};

use crate::Entry;

/// Something to be done.
pub type FollowUpId = kernel::Id<FollowUpMarker>;

#[doc(hidden)]
#[derive(Debug)]
pub enum FollowUpMarker {}

/// Something to be done.
#[derive(Clone, Debug, db::Row)]
#[row(table = "outreach_follow_ups")]
pub struct FollowUp {
    /// Its id.
    pub id: FollowUpId,
    /// Whose it is.
    pub workspace_id: WorkspaceId,
    /// Of which entry.
    pub outreach_id: OutreachId,
    /// What.
    pub text: String,
    /// Since when.
    pub created_at: Timestamp,
    /// When it was done.
    pub done_at: Option<Timestamp>,
}

/// Writes down what is to be done, each thing once for an entry; tells how many are new.
pub async fn create(scope: Scope, tx: &mut Tx, clock: &Clock, entry: &Entry, texts: &[String]) -> Result<u64> {
    debug_assert!(scope.sees_everything() || scope.workspace() == Some(entry.workspace_id));
    let known: Vec<String> =
        tx.fetch_all("SELECT text FROM outreach_follow_ups WHERE outreach_id = $1", args![entry.id]).await?;
    let mut fresh: Vec<&String> = Vec::new();
    for text in texts.iter().filter(|text| !text.trim().is_empty()) {
        let same = |other: &String| mind::text::same(other, text);
        if !known.iter().any(same) && !fresh.iter().copied().any(same) {
            fresh.push(text);
        }
    }
    let now = clock.now();
    let new = |text: &String| FollowUp {
        id: clock.new_id(),
        workspace_id: entry.workspace_id,
        outreach_id: entry.id,
        text: text.clone(),
        created_at: now,
        done_at: None,
    };
    let new: Vec<FollowUp> = fresh.into_iter().map(new).collect();
    tx.insert_all(&new).await?;
    Ok(new.len() as u64)
}

/// What a workspace has to do, the newest first, and how much it is.
pub async fn open(scope: Scope, tx: &mut Tx, workspace: WorkspaceId, offsets: Offsets) -> Result<(Vec<FollowUp>, u64)> {
    debug_assert!(scope.sees_everything() || scope.workspace() == Some(workspace));
    let mut filter = Sql::filter();
    filter.push(" AND done_at IS NULL").and("workspace_id = ", workspace);
    Listing::of::<FollowUp>(filter).order("created_at DESC, id DESC").page(tx, offsets.limit, offsets.offset).await
}

/// Says that something is done; it is told as it is now. Done twice is done.
pub async fn done(scope: Scope, tx: &mut Tx, id: FollowUpId, now: Timestamp) -> Result<Option<FollowUp>> {
    let mut sql = Sql::new("UPDATE outreach_follow_ups SET done_at = COALESCE(done_at, ");
    sql.bind(now).push(") WHERE TRUE").and("id = ", id).within(scope, "workspace_id");
    sql.push(" RETURNING ").push(FollowUp::COLUMNS).optional(tx).await
}
