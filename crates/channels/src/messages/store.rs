//! All SQL of messages.

use db::{Sql, Tx, args};
use kernel::{Result, Timestamp, WorkspaceId};

use super::model::{Message, MessageId, Price, Status};
use crate::channels::ChannelId;
use crate::conversations::ConversationId;

/// A message by its id.
pub async fn by_id(tx: &mut Tx, id: MessageId) -> Result<Option<Message>> {
    Sql::of::<Message>().and("id = ", id).optional(tx).await
}

/// Returns the messages with these ids, in any order.
pub(crate) async fn by_ids(tx: &mut Tx, ids: Vec<MessageId>) -> Result<Vec<Message>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    Sql::of::<Message>().and_in("id", ids).all(tx).await
}

/// A message by its provider's name for it.
pub async fn by_provider(tx: &mut Tx, channel: ChannelId, provider_id: &str) -> Result<Option<Message>> {
    Sql::of::<Message>().and("channel_id = ", channel).and("provider_id = ", provider_id).optional(tx).await
}

/// A message by its sender's name for it.
pub async fn by_client(tx: &mut Tx, conversation: ConversationId, client_id: &str) -> Result<Option<Message>> {
    Sql::of::<Message>().and("conversation_id = ", conversation).and("client_id = ", client_id).optional(tx).await
}

/// Those behind this number, the oldest first.
pub async fn after(tx: &mut Tx, conversation: ConversationId, seq: i64, most: u32) -> Result<Vec<Message>> {
    let mut sql = Sql::of::<Message>();
    sql.and("conversation_id = ", conversation).and("seq > ", seq).push(" ORDER BY seq LIMIT ").bind(most).all(tx).await
}

/// Those before this number (or the newest), the newest first.
pub async fn before(tx: &mut Tx, conversation: ConversationId, seq: Option<i64>, most: u32) -> Result<Vec<Message>> {
    let mut sql = Sql::of::<Message>();
    sql.and("conversation_id = ", conversation).and_if("seq < ", seq);
    sql.push(" ORDER BY seq DESC LIMIT ").bind(most).all(tx).await
}

/// The same of what is shown to the member: nothing that was held back or has not gone out yet.
pub async fn shown_before(
    tx: &mut Tx,
    conversation: ConversationId,
    seq: Option<i64>,
    most: u32,
) -> Result<Vec<Message>> {
    let mut sql = Sql::of::<Message>();
    sql.and("conversation_id = ", conversation).push(SHOWN).and_if("seq < ", seq);
    sql.push(" ORDER BY seq DESC LIMIT ").bind(most).all(tx).await
}

/// Those behind this number that are shown to the member, the oldest first.
pub async fn shown_after(tx: &mut Tx, conversation: ConversationId, seq: i64, most: u32) -> Result<Vec<Message>> {
    let mut sql = Sql::of::<Message>();
    sql.and("conversation_id = ", conversation).push(SHOWN).and("seq > ", seq);
    sql.push(" ORDER BY seq LIMIT ").bind(most).all(tx).await
}

const SHOWN: &str = " AND status IN ('received', 'sent', 'delivered', 'read')";

/// How many messages a conversation has.
pub async fn count(tx: &mut Tx, conversation: ConversationId) -> Result<u64> {
    let sql = "SELECT count(*) FROM channel_messages WHERE conversation_id = $1";
    tx.fetch_value(sql, args![conversation]).await
}

/// What the member wrote since they were last answered, the oldest first.
pub async fn unanswered(tx: &mut Tx, conversation: ConversationId, since: i64) -> Result<Vec<Message>> {
    let mut sql = Sql::of::<Message>();
    sql.and("conversation_id = ", conversation)
        .and("seq > ", since)
        .push(" AND author = 'member' AND deleted_at IS NULL");
    sql.push(" ORDER BY seq LIMIT 20").all(tx).await
}

/// When the member was last told something that nobody asked for, the oldest first.
pub async fn proactive(tx: &mut Tx, conversation: ConversationId, since: Timestamp) -> Result<Vec<Timestamp>> {
    let sql = "SELECT created_at FROM channel_messages WHERE conversation_id = $1 AND purpose = 'proactive' AND created_at > $2 \
               AND status IN ('sent', 'delivered', 'read') ORDER BY created_at LIMIT 100";
    tx.fetch_all(sql, args![conversation, since]).await
}

/// What waits in a conversation for the member to write, or for a person to hand it back.
pub async fn held(tx: &mut Tx, conversation: ConversationId) -> Result<Vec<Message>> {
    let mut sql = Sql::of::<Message>();
    sql.push(" AND status = 'held'")
        .and("conversation_id = ", conversation)
        .push(" ORDER BY seq LIMIT 50")
        .all(tx)
        .await
}

/// What a machine wrote in a conversation that has not gone out yet.
pub async fn automatic(tx: &mut Tx, conversation: ConversationId) -> Result<Vec<Message>> {
    let mut sql = Sql::of::<Message>();
    sql.and("conversation_id = ", conversation)
        .push(" AND status IN ('held', 'queued') AND purpose IN ('answer', 'program', 'proactive')")
        .all(tx)
        .await
}

/// Has its status follow what was heard of it, if that is news. Tells whether it was.
pub async fn heard(tx: &mut Tx, id: MessageId, news: Status, why: Option<&str>, now: Timestamp) -> Result<bool> {
    let mut sql = Sql::new("UPDATE channel_messages SET status = ");
    sql.bind(news).push(", error = ").bind(why);
    let column = match news {
        Status::Sent => Some("sent_at"),
        Status::Delivered => Some("delivered_at"),
        Status::Read => Some("read_at"),
        _ => None,
    };
    if let Some(column) = column {
        sql.push(", ").push(column).push(" = ").bind(now);
    }
    if news >= Status::Sent && news != Status::Received {
        sql.push(", due_at = NULL");
    }
    sql.push(" WHERE id = ").bind(id).push(" AND status IN ").bind_list(news.follows());
    Ok(sql.run(tx).await? == 1)
}

/// Has it wait: until a moment, or until the member writes. Only what has not gone out yet does.
pub async fn hold(tx: &mut Tx, id: MessageId, until: Option<Timestamp>, why: Option<&str>) -> Result<bool> {
    let sql = "UPDATE channel_messages SET status = 'held', due_at = $2, error = $3 WHERE id = $1 AND status IN ('held', 'queued')";
    Ok(tx.execute(sql, args![id, until, why]).await? == 1)
}

/// Has it go out after all.
pub async fn release(tx: &mut Tx, id: MessageId) -> Result<bool> {
    let sql = "UPDATE channel_messages SET status = 'queued', due_at = NULL WHERE id = $1 AND status = 'held'";
    Ok(tx.execute(sql, args![id]).await? == 1)
}

/// Writes down by what name its provider knows it.
pub async fn named(tx: &mut Tx, id: MessageId, provider_id: &str) -> Result<()> {
    let sql = "UPDATE channel_messages SET provider_id = $2 WHERE id = $1 AND provider_id IS NULL \
               AND NOT EXISTS (SELECT 1 FROM channel_messages o WHERE o.channel_id = channel_messages.channel_id AND o.provider_id = $2)";
    tx.execute(sql, args![id, provider_id]).await.map(drop)
}

/// Writes down what its provider charges, once. Tells whether it is charged and was not known to be.
pub async fn priced(tx: &mut Tx, id: MessageId, price: &Price) -> Result<bool> {
    let sql = "UPDATE channel_messages SET pricing = $2 WHERE id = $1 AND pricing IS NULL";
    Ok(tx.execute(sql, args![id, db::Json(price)]).await? == 1 && price.billable)
}

/// What is charged in a conversation, by category.
pub async fn charged(tx: &mut Tx, conversation: ConversationId) -> Result<Vec<Price>> {
    let sql = "SELECT pricing FROM channel_messages WHERE conversation_id = $1 AND pricing IS NOT NULL ORDER BY seq DESC LIMIT 1000";
    let rows: Vec<db::Json<Price>> = tx.fetch_all(sql, args![conversation]).await?;
    Ok(rows.into_iter().map(|row| row.0).collect())
}

/// Writes what the member made of a message of theirs.
pub async fn edit(tx: &mut Tx, id: MessageId, body: &str, at: Timestamp) -> Result<bool> {
    let sql = "UPDATE channel_messages SET body = $2, edited_at = $3 WHERE id = $1 AND deleted_at IS NULL \
               AND (edited_at IS NULL OR edited_at <= $3)";
    Ok(tx.execute(sql, args![id, body, at]).await? == 1)
}

/// Takes the words of a message away.
pub async fn take_back(tx: &mut Tx, id: MessageId, at: Timestamp) -> Result<bool> {
    let sql =
        "UPDATE channel_messages SET body = '', detail = '{}', deleted_at = $2 WHERE id = $1 AND deleted_at IS NULL";
    Ok(tx.execute(sql, args![id, at]).await? == 1)
}

/// Writes what else there is to a message over what was.
pub async fn describe(tx: &mut Tx, message: &Message, now: Timestamp) -> Result<()> {
    let sql = "UPDATE channel_messages SET detail = $2, edited_at = $3 WHERE id = $1";
    tx.execute(sql, args![message.id, &message.detail, now]).await.map(drop)
}

/// A message of a workspace.
pub async fn find(workspace: WorkspaceId, tx: &mut Tx, id: MessageId) -> Result<Option<Message>> {
    Sql::of::<Message>().and("workspace_id = ", workspace).and("id = ", id).optional(tx).await
}

/// How many messages to the member lie behind what they have seen.
pub async fn unseen(tx: &mut Tx, conversation: ConversationId, seen: i64) -> Result<u64> {
    let sql = "SELECT count(*) FROM channel_messages WHERE conversation_id = $1 AND seq > $2 AND author <> 'member' \
               AND status IN ('sent', 'delivered', 'read') AND kind <> 'notice'";
    tx.fetch_value(sql, args![conversation, seen]).await
}

/// Writes down that the member has read what was sent to them, up to this number.
pub async fn read_up_to(tx: &mut Tx, conversation: ConversationId, seq: i64, now: Timestamp) -> Result<()> {
    let sql = "UPDATE channel_messages SET status = 'read', read_at = $3 WHERE conversation_id = $1 AND seq <= $2 AND status IN ('sent', 'delivered')";
    tx.execute(sql, args![conversation, seq, now]).await.map(drop)
}

/// Gives a message that waited the number that it is shown by now.
pub async fn renumber(tx: &mut Tx, id: MessageId, seq: i64) -> Result<()> {
    tx.execute("UPDATE channel_messages SET seq = $2 WHERE id = $1", args![id, seq]).await.map(drop)
}

/// Is a message on its way that was written before this one? One whose moment has come is, too: of several that waited for the morning the first goes first.
pub async fn has_earlier(tx: &mut Tx, conversation: ConversationId, seq: i64, now: Timestamp) -> Result<bool> {
    // Nobody has more than so many on their way.
    let sql = "SELECT EXISTS (SELECT 1 FROM channel_messages WHERE conversation_id = $1 AND seq < $2 AND seq > $3 \
               AND (status = 'queued' OR (status = 'held' AND due_at <= $4)))";
    tx.fetch_value(sql, args![conversation, seq, seq - 100, now]).await
}
