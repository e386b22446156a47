//! Firings.

use channels::messages::MessageId;
use db::{Engine, Listing, Sql, Stored as _, Tx, args};
use kernel::{Result, Timestamp, WorkspaceId};

use audience::MemberId;

use crate::model::{Firing, FiringId, Reason, Rule, State};

/// For ever, as far as an answer goes that ends what has not gone out yet.
pub(crate) fn for_ever() -> Timestamp {
    Timestamp::from_micros(i64::MAX)
}

/// Writes firings down, but for those whose silence has one. Tells how many are new.
pub(crate) async fn insert(tx: &mut Tx, firings: &[Firing]) -> Result<u64> {
    let rows = firings.iter().map(Firing::values).collect();
    tx.insert_rows(Firing::INTO, "ON CONFLICT DO NOTHING", rows).await
}

/// A firing, whoever's it is.
pub(crate) async fn by_id(tx: &mut Tx, id: FiringId) -> Result<Option<Firing>> {
    Sql::of::<Firing>().and("id = ", id).optional(tx).await
}

/// Those that are due, the longest waiting first.
pub(crate) async fn due(tx: &mut Tx, now: Timestamp, most: u32) -> Result<Vec<FiringId>> {
    let sql = "SELECT id FROM proactive_firings WHERE due_at <= $1 ORDER BY due_at, id LIMIT $2";
    tx.fetch_all(sql, args![now, most]).await
}

/// A page of a rule's firings, the newest first, and how many there are.
pub(crate) async fn page(
    tx: &mut Tx,
    rule: &Rule,
    state: Option<State>,
    limit: u32,
    offset: u32,
) -> Result<(Vec<Firing>, u64)> {
    let mut filter = Sql::filter();
    filter.and("rule_id = ", rule.id).and("workspace_id = ", rule.workspace_id).and_if("state = ", state);
    Listing::of::<Firing>(filter).order("created_at DESC, id DESC").page(tx, limit, offset).await
}

/// Would a member's word count for anything, or end it?
pub(crate) async fn is_awaited(tx: &mut Tx, member: MemberId, now: Timestamp) -> Result<bool> {
    let sql = "SELECT EXISTS (SELECT 1 FROM proactive_firings WHERE member_id = $1 AND awaits_until > $2)";
    tx.fetch_value(sql, args![member, now]).await
}

/// For what it would: the latest first.
pub(crate) async fn awaited(tx: &mut Tx, member: MemberId, now: Timestamp) -> Result<Vec<Firing>> {
    let mut sql = Sql::of::<Firing>();
    sql.and("member_id = ", member).and("awaits_until > ", now);
    sql.push(" ORDER BY COALESCE(fired_at, created_at) DESC, id DESC LIMIT 1000").all(tx).await
}

/// When messages of rules were handed over for a member since a moment, the latest first; but for this firing.
pub(crate) async fn said_since(tx: &mut Tx, firing: &Firing, since: Timestamp) -> Result<Vec<Timestamp>> {
    let sql = "SELECT said_at FROM proactive_firings WHERE member_id = $1 AND said_at > $2 AND id <> $3 \
               AND state IN ('sending', 'fired', 'succeeded') ORDER BY said_at DESC LIMIT 1000";
    tx.fetch_all(sql, args![firing.member_id, since, firing.id]).await
}

/// Writes down that a firing is not carried out, and why; false if it is not what it was.
pub(crate) async fn suppress(tx: &mut Tx, firing: &Firing, reason: Reason) -> Result<bool> {
    let sql = "UPDATE proactive_firings SET state = 'suppressed', reason = $3, due_at = NULL, awaits_until = NULL \
               WHERE id = $1 AND state = $2";
    Ok(tx.execute(sql, args![firing.id, firing.state, reason]).await? == 1)
}

/// Gives a firing back to its message that is under way: it could not be held back any more.
pub(crate) async fn back_under_way(tx: &mut Tx, firing: &Firing) -> Result<()> {
    let sql = "UPDATE proactive_firings SET state = 'sending', reason = NULL, awaits_until = $2 WHERE id = $1 AND state = 'suppressed'";
    tx.execute(sql, args![firing.id, for_ever()]).await.map(drop)
}

/// Writes down that a message was handed over; false if the firing is not what it was.
pub(crate) async fn said(tx: &mut Tx, firing: &Firing, message: MessageId, now: Timestamp) -> Result<bool> {
    // The provider may have it already.
    let sql = "UPDATE proactive_firings SET state = CASE WHEN state = 'queued' THEN 'sending' ELSE state END, message_id = $2, said_at = $3 \
               WHERE id = $1 AND message_id IS NULL";
    Ok(tx.execute(sql, args![firing.id, message, now]).await? == 1)
}

/// Writes down how many actions were carried out, and when the next one is due.
pub(crate) async fn step(tx: &mut Tx, firing: &Firing, step: i64, due_at: Option<Timestamp>) -> Result<bool> {
    let sql = "UPDATE proactive_firings SET step = $3, due_at = $4, attempts = 0 WHERE id = $1 AND step = $2";
    Ok(tx.execute(sql, args![firing.id, firing.step, step, due_at]).await? == 1)
}

/// Writes down that a firing was carried out, or would have been: from then on an answer counts. False if it was already.
pub(crate) async fn fired(tx: &mut Tx, id: FiringId, state: State, at: Timestamp, until: Timestamp) -> Result<bool> {
    let sql = "UPDATE proactive_firings SET state = $2, fired_at = $3, awaits_until = $4 WHERE id = $1 AND state IN ('queued', 'sending')";
    Ok(tx.execute(sql, args![id, state, at, until]).await? == 1)
}

/// Writes down that a provider refused the message. Tells whether that is new.
pub(crate) async fn failed(tx: &mut Tx, firing: &Firing) -> Result<bool> {
    let sql = "UPDATE proactive_firings SET state = 'failed', due_at = NULL, awaits_until = NULL WHERE id = $1 AND state = $2";
    Ok(tx.execute(sql, args![firing.id, firing.state]).await? == 1)
}

/// Writes down that a member answered. Nothing more is done for them then.
pub(crate) async fn answered(tx: &mut Tx, firing: &Firing, state: State, at: Timestamp) -> Result<bool> {
    let sql = "UPDATE proactive_firings SET state = $3, responded_at = $4, due_at = NULL, awaits_until = NULL WHERE id = $1 AND state = $2";
    Ok(tx.execute(sql, args![firing.id, firing.state, state, at]).await? == 1)
}

/// Has a firing that could not be worked wait; tells how often that was now.
pub(crate) async fn put_off(tx: &mut Tx, id: FiringId, until: Timestamp) -> Result<Option<i64>> {
    let sql = "UPDATE proactive_firings SET attempts = attempts + 1, due_at = $2 WHERE id = $1 AND due_at IS NOT NULL RETURNING attempts";
    tx.fetch_optional(sql, args![id, until]).await
}

/// A member's firings, the newest first: for what is told to them.
pub(crate) async fn of_member(workspace: WorkspaceId, tx: &mut Tx, member: MemberId) -> Result<Vec<Firing>> {
    let mut sql = Sql::of::<Firing>();
    sql.and("member_id = ", member).and("workspace_id = ", workspace);
    sql.push(" ORDER BY created_at DESC, id DESC").all(tx).await
}

/// Takes all firings of these members for the transaction, in the order of their ids. SQLite has one writer.
pub(crate) async fn hold(workspace: WorkspaceId, tx: &mut Tx, members: &[MemberId]) -> Result<()> {
    if tx.engine() == Engine::Sqlite {
        return Ok(());
    }
    let mut sql = Sql::new("SELECT id FROM proactive_firings WHERE workspace_id = ");
    sql.bind(workspace).and_in("member_id", members.iter().copied()).push(" ORDER BY id FOR UPDATE");
    sql.all::<FiringId>(tx).await.map(drop)
}
