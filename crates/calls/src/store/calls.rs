//! Calls.

use db::{Sql, Tx, args};
use kernel::{CampaignId, CreatorId, Result, Scope, Timestamp, WorkspaceId};

use crate::model::{Call, CallId};

/// By what a call is named.
#[derive(Clone, Copy, Debug)]
pub enum Named<'a> {
    /// By our own id.
    Id(CallId),
    /// By the provider's conversation.
    Conversation(&'a str),
    /// By the telephony's call.
    Sid(&'a str),
}

/// Writes a new call. A 409 if its number is being called already.
pub async fn insert(scope: Scope, tx: &mut Tx, call: &Call) -> Result<()> {
    debug_assert!(scope.sees_everything() || scope.workspace() == call.workspace_id);
    let message =
        "This number is being called already, or was asked for with the same key; wait until that call is over";
    tx.insert_or_conflict(call, message).await
}

/// Writes what has changed of a call that was [taken](take).
pub async fn update(scope: Scope, tx: &mut Tx, call: &Call) -> Result<()> {
    tx.save(call).within(scope, "workspace_id").done().await.map(drop)
}

fn condition(sql: &mut Sql, name: Named<'_>) {
    match name {
        Named::Id(id) => sql.push("id = ").bind(id),
        Named::Conversation(id) => sql.push("conversation_id = ").bind(id),
        Named::Sid(sid) => sql.push("call_sid = ").bind(sid),
    };
}

/// One call.
pub async fn by_name(scope: Scope, tx: &mut Tx, name: Named<'_>) -> Result<Option<Call>> {
    let mut sql = Sql::new(format!("SELECT {} FROM calls WHERE ", Call::COLUMNS));
    condition(&mut sql, name);
    sql.within(scope, "workspace_id");
    sql.optional(tx).await
}

/// One call for a change: until this transaction ends, nobody else changes it.
pub async fn take(scope: Scope, tx: &mut Tx, name: Named<'_>) -> Result<Option<Call>> {
    // An update that changes nothing holds the row on both engines, and reads what was committed last.
    let mut sql = Sql::new("UPDATE calls SET updated_at = updated_at WHERE ");
    condition(&mut sql, name);
    sql.within(scope, "workspace_id");
    sql.push(" RETURNING ").push(Call::COLUMNS);
    sql.optional(tx).await
}

/// The call of a telephony's sid for a change: by that sid, or by our own name for it where the sid is not known yet.
pub async fn take_by_sid(scope: Scope, tx: &mut Tx, sid: &str, ours: Option<CallId>) -> Result<Option<Call>> {
    if let Some(call) = take(scope, tx, Named::Sid(sid)).await? {
        return Ok(Some(call));
    }
    match ours {
        Some(id) => Ok(take(scope, tx, Named::Id(id)).await?.filter(|call| call.call_sid.is_none())),
        None => Ok(None),
    }
}

/// The call that was asked for with this key.
pub async fn asked_once(scope: Scope, tx: &mut Tx, key: &str) -> Result<Option<Call>> {
    let mut sql = Sql::of::<Call>();
    sql.and("asked_once = ", key);
    sql.within(scope, "workspace_id");
    sql.optional(tx).await
}

/// The newest call to this number since then.
pub async fn by_number(scope: Scope, tx: &mut Tx, number: &str, since: Timestamp) -> Result<Option<Call>> {
    let mut sql = Sql::of::<Call>();
    sql.and("to_number = ", number).push(" AND created_at >= ").bind(since).push(" AND direction = 'outbound-api'");
    sql.within(scope, "workspace_id");
    sql.push(" ORDER BY created_at DESC, id DESC LIMIT 1");
    sql.optional(tx).await
}

/// When this number was last rung since then, by anybody here and to an end. What never rang (it failed, or was lost) does not count.
pub(crate) async fn last_rung(scope: Scope, tx: &mut Tx, number: &str, since: Timestamp) -> Result<Option<Timestamp>> {
    debug_assert!(scope.sees_everything());
    let sql = "SELECT created_at FROM calls WHERE to_number = $1 AND created_at > $2 AND rings AND direction = 'outbound-api' \
               AND ended_at IS NOT NULL AND status NOT IN ('failed', 'lost', 'canceled') ORDER BY created_at DESC LIMIT 1";
    tx.fetch_optional(sql, args![number, since]).await
}

/// How many calls of a workspace, or of all, rang since then, and for how many seconds; one that goes on counts as the longest.
pub(crate) async fn rang(
    scope: Scope,
    tx: &mut Tx,
    workspace: Option<WorkspaceId>,
    since: Timestamp,
    longest: u64,
) -> Result<(u64, u64)> {
    debug_assert!(scope.sees_everything());
    let mut sql = Sql::new("SELECT count(*), CAST(coalesce(sum(CASE WHEN ended_at IS NULL THEN ");
    sql.bind(longest).push(" ELSE coalesce(duration_seconds, 0) END), 0) AS BIGINT) FROM calls WHERE rings");
    sql.push(" AND direction = 'outbound-api' AND status NOT IN ('failed', 'lost') AND created_at > ").bind(since);
    if let Some(workspace) = workspace {
        sql.push(" AND workspace_id = ").bind(workspace);
    }
    sql.one(tx).await
}

/// The newest mock call for a campaign with a creator.
pub async fn last_mock_of(scope: Scope, tx: &mut Tx, campaign: CampaignId, creator: CreatorId) -> Result<Option<Call>> {
    let mut sql = Sql::new(format!("SELECT {} FROM calls WHERE provider = 'mock' AND creator_id = ", Call::COLUMNS));
    sql.bind(creator).push(" AND campaign_id = ").bind(campaign);
    sql.within(scope, "workspace_id");
    sql.push(" ORDER BY created_at DESC, id DESC LIMIT 1");
    sql.optional(tx).await
}

/// Calls that somebody should look after now, the longest waiting first.
pub async fn due(scope: Scope, tx: &mut Tx, now: Timestamp, most: u32) -> Result<Vec<Call>> {
    let mut sql = Sql::new(format!("SELECT {} FROM calls WHERE look_at IS NOT NULL AND look_at <= ", Call::COLUMNS));
    sql.bind(now);
    sql.within(scope, "workspace_id");
    sql.push(" ORDER BY look_at LIMIT ").bind(most);
    sql.all(tx).await
}

/// Takes the duty to look after a call until then; false if somebody else has it.
pub async fn look_later(scope: Scope, tx: &mut Tx, call: &Call, until: Timestamp) -> Result<bool> {
    let mut sql = Sql::new("UPDATE calls SET look_at = ");
    sql.bind(until).push(" WHERE id = ").bind(call.id).push(" AND look_at = ").bind(call.look_at);
    sql.within(scope, "workspace_id");
    Ok(sql.run(tx).await? == 1)
}

/// Which of these conversations are known, and whether they are over and analysed.
pub async fn conversations(scope: Scope, tx: &mut Tx, ids: &[String]) -> Result<Vec<(String, bool)>> {
    let mut sql =
        Sql::new("SELECT conversation_id, look_at IS NULL FROM calls WHERE kind = 'agent' AND conversation_id IN ");
    sql.bind_list(ids.iter().map(String::as_str));
    sql.within(scope, "workspace_id");
    sql.all(tx).await
}

/// Is there any call of an agent whose conversation is not known yet?
pub async fn nameless(scope: Scope, tx: &mut Tx) -> Result<bool> {
    let mut sql =
        Sql::new("SELECT count(*) FROM calls WHERE look_at IS NOT NULL AND kind = 'agent' AND conversation_id IS NULL");
    sql.within(scope, "workspace_id");
    Ok(sql.one::<u64>(tx).await? > 0)
}

/// Is this sid another call's already? Mock calls to one number have one sid, as C shows it; the second needs another.
pub(crate) async fn sid_is_taken(scope: Scope, tx: &mut Tx, sid: &str) -> Result<bool> {
    // Names are unique over all workspaces.
    debug_assert!(scope.sees_everything());
    Ok(tx.fetch_value::<u64>("SELECT count(*) FROM calls WHERE call_sid = $1", args![sid]).await? > 0)
}
