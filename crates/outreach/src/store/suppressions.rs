//! Who wants no mail from a workspace.

use db::{Listing, Sql, Tx, args};
use http_base::Offsets;
use kernel::{Result, Scope, Timestamp, WorkspaceId};

/// An address that gets no mail.
pub type SuppressionId = kernel::Id<SuppressionMarker>;

#[doc(hidden)]
#[derive(Debug)]
pub enum SuppressionMarker {}

/// An address that gets no mail from a workspace.
#[derive(Clone, Debug, db::Row)]
#[row(table = "outreach_suppressions")]
pub struct Suppression {
    /// Its id.
    pub id: SuppressionId,
    /// Whose mails it does not get.
    pub workspace_id: WorkspaceId,
    /// As it was written.
    #[row(also = "address_key", by = key)]
    pub address: String,
    /// `unsubscribed`, `complained`, `bounced` or `manual`.
    pub reason: String,
    /// More of why.
    pub note: Option<String>,
    /// Since when.
    pub created_at: Timestamp,
}

/// How addresses are compared.
pub fn key(address: &str) -> String {
    address.trim().to_lowercase()
}

/// Writes an address down, or has its reason be the graver one; tells whether it is new.
pub async fn insert(scope: Scope, tx: &mut Tx, new: &Suppression) -> Result<bool> {
    debug_assert!(scope.sees_everything() || scope.workspace() == Some(new.workspace_id));
    if tx.insert_new(new).await? {
        return Ok(true);
    }
    // Their own word outweighs ours: what a person asked for is not lifted by the workspace.
    if matches!(new.reason.as_str(), "unsubscribed" | "complained") {
        let sql = "UPDATE outreach_suppressions SET reason = $3 WHERE workspace_id = $1 AND address_key = $2 \
                   AND reason IN ('bounced', 'manual')";
        tx.execute(sql, args![new.workspace_id, key(&new.address), &new.reason]).await?;
    }
    Ok(false)
}

/// Why this address gets no mail from this workspace, if that is so: however its domain is spelt.
pub async fn reason(scope: Scope, tx: &mut Tx, workspace: WorkspaceId, address: &str) -> Result<Option<String>> {
    debug_assert!(scope.sees_everything() || scope.workspace() == Some(workspace));
    let mut sql = Sql::new("SELECT reason FROM outreach_suppressions WHERE workspace_id = ");
    sql.bind(workspace);
    sql.and_in("address_key", mail::incoming::spellings(address));
    sql.push(" ORDER BY created_at, id LIMIT 1").optional(tx).await
}

/// One of them.
pub async fn by_id(scope: Scope, tx: &mut Tx, id: SuppressionId) -> Result<Option<Suppression>> {
    Sql::of::<Suppression>().and("id = ", id).within(scope, "workspace_id").optional(tx).await
}

/// Takes one away, if its reason is still this.
pub async fn delete(scope: Scope, tx: &mut Tx, id: SuppressionId, reason: &str) -> Result<bool> {
    let mut sql = Sql::new("DELETE FROM outreach_suppressions WHERE id = ");
    sql.bind(id).push(" AND reason = ").bind(reason);
    sql.within(scope, "workspace_id");
    Ok(sql.run(tx).await? == 1)
}

/// The list of a workspace, the newest first, and how long it is.
pub async fn list(
    scope: Scope,
    tx: &mut Tx,
    workspace: WorkspaceId,
    offsets: Offsets,
) -> Result<(Vec<Suppression>, u64)> {
    debug_assert!(scope.sees_everything() || scope.workspace() == Some(workspace));
    let mut filter = Sql::filter();
    filter.and("workspace_id = ", workspace);
    Listing::of::<Suppression>(filter).order("created_at DESC, id DESC").page(tx, offsets.limit, offsets.offset).await
}
