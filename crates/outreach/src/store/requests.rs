//! Requests that were sent with an `Idempotency-Key`, and what came of them.

use db::{Tx, args};
use kernel::{Error, OutreachId, Result, Scope, Timestamp, WorkspaceId};

use super::touches::TouchId;

/// What a request is known by.
pub(crate) struct Request<'a> {
    pub(crate) workspace: WorkspaceId,
    pub(crate) key: &'a str,
    /// Of what it asks for.
    pub(crate) fingerprint: &'a str,
}

/// Claims a key for a request: `None` if it is the first with it, else what came of the first. The same key for something else is 409.
pub(crate) async fn claim(
    scope: Scope,
    tx: &mut Tx,
    request: &Request<'_>,
    outcome: (OutreachId, TouchId),
    now: Timestamp,
) -> Result<Option<(OutreachId, TouchId)>> {
    debug_assert!(scope.sees_everything() || scope.workspace() == Some(request.workspace));
    let sql = "INSERT INTO outreach_requests (workspace_id, request_key, fingerprint, outreach_id, touch_id, created_at) \
               VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (workspace_id, request_key) DO NOTHING";
    let arguments = args![request.workspace, request.key, request.fingerprint, outcome.0, outcome.1, now];
    if tx.execute(sql, arguments).await? == 1 {
        return Ok(None);
    }
    let sql =
        "SELECT fingerprint, outreach_id, touch_id FROM outreach_requests WHERE workspace_id = $1 AND request_key = $2";
    let (fingerprint, entry, touch): (String, OutreachId, TouchId) =
        tx.fetch_one(sql, args![request.workspace, request.key]).await?;
    if fingerprint != request.fingerprint {
        return Err(Error::conflict("This Idempotency-Key was used for another request; choose a new one"));
    }
    Ok(Some((entry, touch)))
}

/// Says which entry a claimed request came to.
pub(crate) async fn settle(scope: Scope, tx: &mut Tx, request: &Request<'_>, entry: OutreachId) -> Result<()> {
    debug_assert!(scope.sees_everything() || scope.workspace() == Some(request.workspace));
    let sql = "UPDATE outreach_requests SET outreach_id = $3 WHERE workspace_id = $1 AND request_key = $2";
    tx.execute(sql, args![request.workspace, request.key, entry]).await.map(drop)
}
