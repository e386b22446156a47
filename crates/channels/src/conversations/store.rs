//! All SQL of conversations, escalations and notes.

use db::{Engine, Listing, Sql, Tx, args};
use kernel::{AccountId, Result, Timestamp, WorkspaceId};

use super::model::{Conversation, ConversationId, Escalation, EscalationId, Handler, Note, Status};
use crate::channels::ChannelId;
use crate::members::MemberId;

/// What of conversations is wanted.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// Those on this channel.
    pub channel: Option<ChannelId>,
    /// Those on channels of this type.
    pub medium: Option<crate::members::Medium>,
    /// Those whom this one has.
    pub handler: Option<Handler>,
    /// Open or closed.
    pub status: Option<Status>,
    /// Those of this member.
    pub member: Option<MemberId>,
    /// Those of this person.
    pub assignee: Option<AccountId>,
    /// Those with something that nobody has read.
    pub unread: bool,
    /// Those whose member's name has this in it.
    pub search: Option<String>,
}

/// A page of conversations, the newest first, and how many there are.
pub async fn list(
    workspace: WorkspaceId,
    tx: &mut Tx,
    wanted: &Wanted,
    limit: u32,
    offset: u32,
) -> Result<(Vec<Conversation>, u64)> {
    let mut filter = Sql::filter();
    filter.and("workspace_id = ", workspace);
    filter.and_if("channel_id = ", wanted.channel).and_if("channel = ", wanted.medium);
    filter.and_if("handler = ", wanted.handler).and_if("status = ", wanted.status);
    filter.and_if("member_id = ", wanted.member).and_if("assignee = ", wanted.assignee);
    if wanted.unread {
        filter.push(" AND unread > 0");
    }
    if let Some(search) = &wanted.search {
        filter.push(" AND name_folded LIKE ").bind_contains(search);
    }
    Listing::of::<Conversation>(filter).order("last_message_at DESC, id DESC").page(tx, limit, offset).await
}

/// A conversation of a workspace.
pub async fn find(workspace: WorkspaceId, tx: &mut Tx, id: ConversationId) -> Result<Option<Conversation>> {
    Sql::of::<Conversation>().and("workspace_id = ", workspace).and("id = ", id).optional(tx).await
}

/// Those of these members who have a conversation that a person has.
pub async fn held(workspace: WorkspaceId, tx: &mut Tx, members: &[MemberId]) -> Result<Vec<MemberId>> {
    if members.is_empty() {
        return Ok(Vec::new());
    }
    let mut sql = Sql::new("SELECT DISTINCT member_id FROM channel_conversations WHERE workspace_id = ");
    sql.bind(workspace).and_in("member_id", members.iter().copied()).push(" AND handler <> 'bot'").all(tx).await
}

/// Those of these members who have a conversation on a channel that works.
pub async fn reached(workspace: WorkspaceId, tx: &mut Tx, members: &[MemberId]) -> Result<Vec<MemberId>> {
    if members.is_empty() {
        return Ok(Vec::new());
    }
    let mut sql = Sql::new(
        "SELECT DISTINCT member_id FROM channel_conversations AS t WHERE EXISTS (SELECT 1 FROM channels AS c WHERE c.id = t.channel_id \
         AND c.deleted_at IS NULL AND c.status = 'active') AND workspace_id = ",
    );
    sql.bind(workspace).and_in("member_id", members.iter().copied()).all(tx).await
}

/// Conversations whose last word was ours, said behind this place and not after `until`, in the order of (moment, member): when it was, whose
/// they are, and when the member wrote last (or the conversation began, where they never did).
pub async fn unanswered(
    workspace: WorkspaceId,
    tx: &mut Tx,
    (at, member): (Timestamp, MemberId),
    until: Timestamp,
    most: u32,
) -> Result<Vec<(Timestamp, MemberId, Timestamp)>> {
    let mut sql = Sql::new(
        "SELECT last_out_at, member_id, COALESCE(last_in_at, created_at) FROM channel_conversations WHERE workspace_id = ",
    );
    sql.bind(workspace).push(" AND last_out_at IS NOT NULL AND (last_out_at, member_id) > (").bind(at).push(", ");
    sql.bind(member)
        .push(")")
        .and("last_out_at <= ", until)
        .push(" AND (last_in_at IS NULL OR last_in_at < last_out_at)");
    sql.push(" ORDER BY last_out_at, member_id LIMIT ").bind(most).all(tx).await
}

/// A conversation, whoever's it is: for what the server does by itself.
pub async fn by_id(tx: &mut Tx, id: ConversationId) -> Result<Option<Conversation>> {
    Sql::of::<Conversation>().and("id = ", id).optional(tx).await
}

/// Returns the conversations with these ids, in any order.
pub(crate) async fn by_ids(tx: &mut Tx, ids: Vec<ConversationId>) -> Result<Vec<Conversation>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    Sql::of::<Conversation>().and_in("id", ids).all(tx).await
}

/// The one of a member on a channel.
pub async fn of(tx: &mut Tx, channel: ChannelId, member: MemberId) -> Result<Option<Conversation>> {
    Sql::of::<Conversation>().and("channel_id = ", channel).and("member_id = ", member).optional(tx).await
}

/// All of a member, the newest first.
pub async fn of_member(workspace: WorkspaceId, tx: &mut Tx, member: MemberId) -> Result<Vec<Conversation>> {
    let mut sql = Sql::of::<Conversation>();
    sql.and("workspace_id = ", workspace).and("member_id = ", member);
    sql.push(" ORDER BY last_message_at DESC, id LIMIT 20").all(tx).await
}

/// Takes a conversation for oneself until the transaction is over, and reads it as it stands then.
pub async fn lock(tx: &mut Tx, id: ConversationId) -> Result<Option<Conversation>> {
    tx.execute("UPDATE channel_conversations SET seq = seq WHERE id = $1", args![id]).await?;
    by_id(tx, id).await
}

/// Takes all conversations of these members for the transaction, in the order of their ids. SQLite has one writer.
pub async fn hold(workspace: WorkspaceId, tx: &mut Tx, members: &[MemberId]) -> Result<()> {
    if tx.engine() == Engine::Sqlite {
        return Ok(());
    }
    let mut sql = Sql::new("SELECT id FROM channel_conversations WHERE workspace_id = ");
    sql.bind(workspace).and_in("member_id", members.iter().copied()).push(" ORDER BY id FOR UPDATE");
    sql.all::<ConversationId>(tx).await.map(drop)
}

/// Writes a conversation that was [locked](lock) as it is now.
pub async fn save(tx: &mut Tx, of: &Conversation) -> Result<()> {
    let sql = "UPDATE channel_conversations SET status = $2, handler = $3, assignee = $4, escalation_id = $5, handler_at = $6, deadline = $7, name = $8, \
               name_folded = $9, seq = $10, in_seq = $11, out_seq = $12, answered_seq = $13, read_seq = $14, seen_seq = \
               $15, unread = $16, unknowns = $17, labelled = $18, draft = $19, draft_seq = $20, waiting_since = $21, \
               window_until = $22, last_in_at = $23, last_out_at = $24, last_message_at = $25, last_text = $26, \
               surveyed_id = $27, survey_until = $28, billed = $29 WHERE id = $1";
    let arguments = args![
        of.id,
        of.status,
        of.handler,
        of.assignee,
        of.escalation_id,
        of.handler_at,
        of.deadline,
        &of.name,
        &of.name_folded,
        of.seq,
        of.in_seq,
        of.out_seq,
        of.answered_seq,
        of.read_seq,
        of.seen_seq,
        of.unread,
        of.unknowns,
        of.labelled,
        &of.draft,
        of.draft_seq,
        of.waiting_since,
        of.window_until,
        of.last_in_at,
        of.last_out_at,
        of.last_message_at,
        &of.last_text,
        of.surveyed_id,
        of.survey_until,
        of.billed
    ];
    tx.execute(sql, arguments).await.map(drop)
}

/// Those whose deadline has passed.
pub async fn overdue(tx: &mut Tx, now: Timestamp, most: u32) -> Result<Vec<ConversationId>> {
    let sql =
        "SELECT id FROM channel_conversations WHERE deadline IS NOT NULL AND deadline <= $1 ORDER BY deadline LIMIT $2";
    tx.fetch_all(sql, args![now, most]).await
}

/// A call for a person.
pub async fn escalation(tx: &mut Tx, id: EscalationId) -> Result<Option<Escalation>> {
    tx.fetch_optional(&format!("SELECT {} FROM channel_escalations WHERE id = $1", Escalation::COLUMNS), args![id])
        .await
}

/// Returns the escalations with these ids, in any order.
pub(crate) async fn escalations_by_ids(tx: &mut Tx, ids: Vec<EscalationId>) -> Result<Vec<Escalation>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    Sql::of::<Escalation>().and_in("id", ids).all(tx).await
}

/// The calls of a conversation, the newest first.
pub async fn escalations(tx: &mut Tx, of: ConversationId, most: u32) -> Result<Vec<Escalation>> {
    let mut sql = Sql::of::<Escalation>();
    sql.and("conversation_id = ", of).push(" ORDER BY created_at DESC, id DESC LIMIT ").bind(most).all(tx).await
}

/// Writes down who came, once.
pub async fn taken(tx: &mut Tx, id: EscalationId, by: AccountId, now: Timestamp) -> Result<()> {
    let sql = "UPDATE channel_escalations SET taken_by = $2, taken_at = $3 WHERE id = $1 AND taken_at IS NULL";
    tx.execute(sql, args![id, by, now]).await.map(drop)
}

/// Writes down that it is over. Tells whether it was not yet.
pub async fn ended(tx: &mut Tx, id: EscalationId, by: &str, now: Timestamp) -> Result<bool> {
    let sql = "UPDATE channel_escalations SET ended_at = $2, ended_by = $3 WHERE id = $1 AND ended_at IS NULL";
    Ok(tx.execute(sql, args![id, now, by]).await? == 1)
}

/// Writes down how it was.
pub async fn rated(tx: &mut Tx, id: EscalationId, score: u8, comment: Option<&str>, now: Timestamp) -> Result<()> {
    let sql = "UPDATE channel_escalations SET satisfaction = $2, comment = COALESCE($3, comment), rated_at = $4 WHERE id = $1";
    tx.execute(sql, args![id, score, comment, now]).await.map(drop)
}

/// A page of a conversation's notes, the newest first, and how many there are.
pub async fn notes(tx: &mut Tx, of: &Conversation, limit: u32, offset: u32) -> Result<(Vec<Note>, u64)> {
    let mut filter = Sql::filter();
    filter.and("conversation_id = ", of.id);
    Listing::of::<Note>(filter).order("created_at DESC, id DESC").page(tx, limit, offset).await
}

/// Deletes a note of a conversation.
pub async fn delete_note(tx: &mut Tx, of: &Conversation, id: super::NoteId) -> Result<bool> {
    let sql = "DELETE FROM channel_notes WHERE id = $1 AND conversation_id = $2";
    Ok(tx.execute(sql, args![id, of.id]).await? == 1)
}

/// Takes the deadline away from a conversation whose member is gone.
pub async fn no_deadline(tx: &mut Tx, id: ConversationId) -> Result<()> {
    tx.execute("UPDATE channel_conversations SET deadline = NULL WHERE id = $1", args![id]).await.map(drop)
}

/// Writes down that those who work here have read up to this message. Tells whether that is new.
pub async fn read_up_to(tx: &mut Tx, id: ConversationId, seq: i64) -> Result<bool> {
    // What the member wrote since then is still unread.
    let sql = "UPDATE channel_conversations SET read_seq = $2, unread = (SELECT count(*) FROM channel_messages m \
               WHERE m.conversation_id = $1 AND m.seq > $2 AND m.author = 'member') WHERE id = $1 AND read_seq < $2";
    Ok(tx.execute(sql, args![id, seq]).await? == 1)
}

/// Writes down that the member has read up to this message.
pub async fn seen_up_to(tx: &mut Tx, id: ConversationId, seq: i64) -> Result<()> {
    let sql = "UPDATE channel_conversations SET seen_seq = $2 WHERE id = $1 AND seen_seq < $2";
    tx.execute(sql, args![id, seq]).await.map(drop)
}
