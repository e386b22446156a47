//! Calls.

use db::{Sql, Tx, args};
use kernel::{CampaignId, CreatorId, Result, Scope, Timestamp};

use super::scoped;
use crate::model::{Call, CallId, json};

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
    let sql = format!(
        "INSERT INTO calls ({}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, \
         $20, $21, $22, $23, $24, $25)",
        Call::COLUMNS
    );
    let refused = call.would_be_refused.as_ref().map(|reasons| json(&reasons.0)).transpose()?;
    let conversation = call.conversation.as_ref().map(|conversation| json(&conversation.0)).transpose()?;
    let values = args![
        call.id,
        call.workspace_id,
        call.outreach_id,
        call.campaign_id,
        call.creator_id,
        &call.kind,
        &call.provider,
        call.rings,
        &call.direction,
        &call.conversation_id,
        &call.call_sid,
        &call.to_number,
        &call.from_number,
        call.status,
        &call.asked_once,
        call.requested_by,
        refused,
        &call.error,
        call.duration_seconds,
        &call.recording_sid,
        conversation,
        call.look_at,
        call.created_at,
        call.updated_at,
        call.ended_at,
    ];
    let message =
        "This number is being called already, or was asked for with the same key; wait until that call is over";
    tx.execute_or_conflict(&sql, values, message).await.map(drop)
}

/// Writes what has changed of a call that was [taken](take).
pub async fn update(scope: Scope, tx: &mut Tx, call: &Call) -> Result<()> {
    let conversation = call.conversation.as_ref().map(|conversation| json(&conversation.0)).transpose()?;
    let mut sql = Sql::new("UPDATE calls SET status = ");
    sql.bind(call.status).push(", conversation_id = ").bind(&call.conversation_id);
    sql.push(", call_sid = ").bind(&call.call_sid).push(", error = ").bind(&call.error);
    sql.push(", duration_seconds = ").bind(call.duration_seconds).push(", recording_sid = ").bind(&call.recording_sid);
    sql.push(", conversation = ").bind(conversation).push(", look_at = ").bind(call.look_at);
    sql.push(", from_number = ").bind(&call.from_number);
    sql.push(", updated_at = ").bind(call.updated_at).push(", ended_at = ").bind(call.ended_at);
    sql.push(" WHERE id = ").bind(call.id);
    scoped(&mut sql, scope);
    tx.execute(&sql.text, sql.args).await.map(drop)
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
    scoped(&mut sql, scope);
    tx.fetch_optional(&sql.text, sql.args).await
}

/// One call for a change: until this transaction ends, nobody else changes it.
pub async fn take(scope: Scope, tx: &mut Tx, name: Named<'_>) -> Result<Option<Call>> {
    // An update that changes nothing holds the row on both engines, and reads what was committed last.
    let mut sql = Sql::new("UPDATE calls SET updated_at = updated_at WHERE ");
    condition(&mut sql, name);
    scoped(&mut sql, scope);
    sql.push(" RETURNING ").push(Call::COLUMNS);
    tx.fetch_optional(&sql.text, sql.args).await
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
    let mut sql = Sql::new(format!("SELECT {} FROM calls WHERE asked_once = ", Call::COLUMNS));
    sql.bind(key);
    scoped(&mut sql, scope);
    tx.fetch_optional(&sql.text, sql.args).await
}

/// The newest call to this number since then.
pub async fn by_number(scope: Scope, tx: &mut Tx, number: &str, since: Timestamp) -> Result<Option<Call>> {
    let mut sql = Sql::new(format!("SELECT {} FROM calls WHERE to_number = ", Call::COLUMNS));
    sql.bind(number).push(" AND created_at >= ").bind(since).push(" AND direction = 'outbound-api'");
    scoped(&mut sql, scope);
    sql.push(" ORDER BY created_at DESC, id DESC LIMIT 1");
    tx.fetch_optional(&sql.text, sql.args).await
}

/// The newest mock call for a campaign with a creator.
pub async fn last_mock_of(scope: Scope, tx: &mut Tx, campaign: CampaignId, creator: CreatorId) -> Result<Option<Call>> {
    let mut sql = Sql::new(format!("SELECT {} FROM calls WHERE provider = 'mock' AND creator_id = ", Call::COLUMNS));
    sql.bind(creator).push(" AND campaign_id = ").bind(campaign);
    scoped(&mut sql, scope);
    sql.push(" ORDER BY created_at DESC, id DESC LIMIT 1");
    tx.fetch_optional(&sql.text, sql.args).await
}

/// Calls that somebody should look after now, the longest waiting first.
pub async fn due(scope: Scope, tx: &mut Tx, now: Timestamp, most: u32) -> Result<Vec<Call>> {
    let mut sql = Sql::new(format!("SELECT {} FROM calls WHERE look_at IS NOT NULL AND look_at <= ", Call::COLUMNS));
    sql.bind(now);
    scoped(&mut sql, scope);
    sql.push(" ORDER BY look_at LIMIT ").bind(most);
    tx.fetch_all(&sql.text, sql.args).await
}

/// Takes the duty to look after a call until then; false if somebody else has it.
pub async fn look_later(scope: Scope, tx: &mut Tx, call: &Call, until: Timestamp) -> Result<bool> {
    let mut sql = Sql::new("UPDATE calls SET look_at = ");
    sql.bind(until).push(" WHERE id = ").bind(call.id).push(" AND look_at = ").bind(call.look_at);
    scoped(&mut sql, scope);
    Ok(tx.execute(&sql.text, sql.args).await? == 1)
}

/// Which of these conversations are known, and whether they are over and analysed.
pub async fn conversations(scope: Scope, tx: &mut Tx, ids: &[String]) -> Result<Vec<(String, bool)>> {
    let mut sql =
        Sql::new("SELECT conversation_id, look_at IS NULL FROM calls WHERE kind = 'agent' AND conversation_id IN ");
    sql.bind_list(ids.iter().map(String::as_str));
    scoped(&mut sql, scope);
    tx.fetch_all(&sql.text, sql.args).await
}

/// Is there any call of an agent whose conversation is not known yet?
pub async fn nameless(scope: Scope, tx: &mut Tx) -> Result<bool> {
    let mut sql =
        Sql::new("SELECT count(*) FROM calls WHERE look_at IS NOT NULL AND kind = 'agent' AND conversation_id IS NULL");
    scoped(&mut sql, scope);
    Ok(tx.fetch_value::<u64>(&sql.text, sql.args).await? > 0)
}

/// Is this sid another call's already? Mock calls to one number have one sid, as C shows it; the second needs another.
pub(crate) async fn sid_is_taken(scope: Scope, tx: &mut Tx, sid: &str) -> Result<bool> {
    // Names are unique over all workspaces.
    debug_assert!(scope.sees_everything());
    Ok(tx.fetch_value::<u64>("SELECT count(*) FROM calls WHERE call_sid = $1", args![sid]).await? > 0)
}
