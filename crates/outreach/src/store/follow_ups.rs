//! What is left to be done after a conversation.

use db::{Sql, Tx, args};
use http_base::Offsets;
use kernel::{Clock, OutreachId, Result, Scope, Timestamp, WorkspaceId};

use crate::Entry;

/// Something to be done.
pub type FollowUpId = kernel::Id<FollowUpMarker>;

#[doc(hidden)]
#[derive(Debug)]
pub enum FollowUpMarker {}

db::row! {
    /// Something to be done.
    #[derive(Clone, Debug)]
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
    let row = |text: &String| {
        let id: FollowUpId = clock.new_id();
        args![id, entry.workspace_id, entry.id, text, now, None::<Timestamp>]
    };
    let rows = fresh.into_iter().map(row).collect();
    tx.insert_rows(&format!("INSERT INTO outreach_follow_ups ({})", FollowUp::COLUMNS), "", rows).await
}

/// What a workspace has to do, the newest first, and how much it is.
pub async fn open(scope: Scope, tx: &mut Tx, workspace: WorkspaceId, offsets: Offsets) -> Result<(Vec<FollowUp>, u64)> {
    debug_assert!(scope.sees_everything() || scope.workspace() == Some(workspace));
    let sql = "SELECT count(*) FROM outreach_follow_ups WHERE workspace_id = $1 AND done_at IS NULL";
    let total = tx.fetch_value(sql, args![workspace]).await?;
    let sql = format!(
        "SELECT {} FROM outreach_follow_ups WHERE workspace_id = $1 AND done_at IS NULL ORDER BY created_at DESC, id DESC \
         LIMIT $2 OFFSET $3",
        FollowUp::COLUMNS
    );
    Ok((tx.fetch_all(&sql, args![workspace, offsets.limit, offsets.offset]).await?, total))
}

/// Says that something is done; it is told as it is now. Done twice is done.
pub async fn done(scope: Scope, tx: &mut Tx, id: FollowUpId, now: Timestamp) -> Result<Option<FollowUp>> {
    let mut sql = Sql::new("UPDATE outreach_follow_ups SET done_at = COALESCE(done_at, ");
    sql.bind(now).push(") WHERE id = ").bind(id);
    if !scope.sees_everything() {
        sql.push(" AND workspace_id = ").bind(scope.workspace());
    }
    sql.push(" RETURNING ").push(FollowUp::COLUMNS);
    tx.fetch_optional(&sql.text, sql.args).await
}
