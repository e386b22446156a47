//! All SQL of messages. Each statement names one of the two whose they are.

use db::{Json, Listing, Sql, Tx, args};
use kernel::{AccountId, Result, Timestamp, time};
use uuid::Uuid;

use super::model::{Conversation, ConversationId, Member, Message, MessageId, Warning, in_order};
use super::safety;
use crate::notifications::NotificationId;
use crate::pages::Paging;

/// How many openings are compared with.
const COMPARED: u32 = 400;

/// The conversation of two people, if there is one.
pub(crate) async fn between(tx: &mut Tx, one: AccountId, other: AccountId) -> Result<Option<Conversation>> {
    let (low, high) = in_order(one, other);
    Sql::of::<Conversation>().and("low = ", low).and("high = ", high).optional(tx).await
}

/// How this account stands with the conversation with the other.
pub(crate) async fn member(tx: &mut Tx, account: AccountId, other: AccountId) -> Result<Option<Member>> {
    Sql::of::<Member>().and("account_id = ", account).and("other_id = ", other).optional(tx).await
}

/// The two of each of these conversations.
pub(crate) async fn members_of(tx: &mut Tx, conversations: &[Uuid]) -> Result<Vec<Member>> {
    if conversations.is_empty() {
        return Ok(Vec::new());
    }
    let mut sql = Sql::new(format!(
        "SELECT {} FROM conversations AS c JOIN conversation_members AS m ON (m.account_id = c.low AND m.other_id = c.high) \
         OR (m.account_id = c.high AND m.other_id = c.low) WHERE TRUE",
        Member::columns("m")
    ));
    sql.and_in("c.id", conversations.iter().copied()).all(tx).await
}

/// Opens the conversation of two people; false if there is one already.
pub(crate) async fn open(tx: &mut Tx, conversation: &Conversation) -> Result<bool> {
    if !tx.insert_new(conversation).await? {
        return Ok(false);
    }
    for (account_id, other_id) in [(conversation.low, conversation.high), (conversation.high, conversation.low)] {
        let member = Member {
            account_id,
            other_id,
            conversation_id: conversation.id,
            unread: 0,
            read_seq: 0,
            read_at: None,
            notice_id: None,
            last_at: conversation.created_at,
        };
        tx.insert(&member).await?;
    }
    Ok(true)
}

/// Takes the next number of the conversation of these two for a message of `sender`. Whoever else writes in it waits for the end of this
/// transaction. Nothing if there is no conversation.
pub(crate) async fn next(
    tx: &mut Tx,
    sender: AccountId,
    recipient: AccountId,
    message: MessageId,
) -> Result<Option<(ConversationId, i64)>> {
    let (low, high) = in_order(sender, recipient);
    let sql = "UPDATE conversations SET messages = messages + 1, last_message_id = $3, \
               answered = (answered OR opened_by <> $4) WHERE low = $1 AND high = $2 RETURNING id, messages";
    tx.fetch_optional(sql, args![low, high, message, sender]).await
}

/// Has a message stand in the conversation of both. Answers how many are unread for the recipient, and the notification that tells them so.
pub(crate) async fn stand(
    tx: &mut Tx,
    sender: AccountId,
    recipient: AccountId,
    now: Timestamp,
) -> Result<(i64, Option<NotificationId>)> {
    let sql = "UPDATE conversation_members SET last_at = $3 WHERE account_id = $1 AND other_id = $2";
    tx.execute(sql, args![sender, recipient, now]).await?;
    let sql = "UPDATE conversation_members SET unread = unread + 1, last_at = $3 WHERE account_id = $1 AND other_id = $2 \
               RETURNING unread, notice_id";
    tx.fetch_one(sql, args![recipient, sender, now]).await
}

/// Writes down which notification tells an account of what is unread.
pub(crate) async fn told_by(
    tx: &mut Tx,
    account: AccountId,
    other: AccountId,
    notice: Option<NotificationId>,
) -> Result<()> {
    let sql = "UPDATE conversation_members SET notice_id = $3 WHERE account_id = $1 AND other_id = $2";
    tx.execute(sql, args![account, other, notice]).await.map(drop)
}

/// Marks everything in a conversation as read by this account. Answers what was unread, and the notification that told of it; nothing if
/// nothing was.
pub(crate) async fn read(
    tx: &mut Tx,
    account: AccountId,
    other: AccountId,
    now: Timestamp,
) -> Result<Option<(i64, Option<NotificationId>)>> {
    // The conversation first, as whoever writes in it does.
    let (low, high) = in_order(account, other);
    let lock = "UPDATE conversations SET messages = messages WHERE low = $1 AND high = $2 RETURNING messages";
    let Some(last) = tx.fetch_optional::<i64>(lock, args![low, high]).await? else { return Ok(None) };
    let sql =
        "SELECT unread, notice_id FROM conversation_members WHERE account_id = $1 AND other_id = $2 AND unread > 0";
    let Some(was) = tx.fetch_optional(sql, args![account, other]).await? else { return Ok(None) };
    let sql = "UPDATE conversation_members SET unread = 0, notice_id = NULL, read_seq = $3, read_at = $4 \
               WHERE account_id = $1 AND other_id = $2";
    tx.execute(sql, args![account, other, last, now]).await?;
    Ok(Some(was))
}

/// A row of the list of conversations: how one stands with it, and its last message.
#[derive(db::Row)]
pub(crate) struct Listed {
    pub(crate) other_id: AccountId,
    pub(crate) unread: i64,
    pub(crate) last_at: Timestamp,
    pub(crate) messages: i64,
    pub(crate) last_message_id: Option<MessageId>,
}

/// A page of an account's conversations, the one with the newest message first; only those with something unread, if that is wanted.
pub(crate) async fn conversations(
    tx: &mut Tx,
    account: AccountId,
    only_unread: bool,
    paging: Paging,
) -> Result<Vec<Listed>> {
    let unread = if only_unread { " AND unread > 0" } else { "" };
    // The page is found in its index before anything is joined to it.
    let sql = format!(
        "SELECT m.other_id, m.unread, m.last_at, c.messages, c.last_message_id FROM \
         (SELECT other_id, conversation_id, unread, last_at FROM conversation_members WHERE account_id = $1{unread} \
         ORDER BY last_at DESC, conversation_id DESC LIMIT $2 OFFSET $3) AS m \
         JOIN conversations AS c ON c.id = m.conversation_id ORDER BY m.last_at DESC, m.conversation_id DESC"
    );
    tx.fetch_all(&sql, args![account, paging.limit, paging.offset()]).await
}

/// How many conversations with something unread an account has.
pub(crate) async fn unread_conversations(tx: &mut Tx, account: AccountId) -> Result<u64> {
    let sql = "SELECT count(*) FROM conversation_members WHERE account_id = $1 AND unread > 0";
    tx.fetch_value(sql, args![account]).await
}

/// Messages by their ids, for one of their two.
pub(crate) async fn by_ids(tx: &mut Tx, ids: &[Uuid]) -> Result<Vec<Message>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    Sql::of::<Message>().and_in("id", ids.iter().copied()).all(tx).await
}

/// A page of a conversation: oldest first, or newest first.
pub(crate) async fn chat(
    tx: &mut Tx,
    conversation: ConversationId,
    newest_first: bool,
    total: i64,
    paging: Paging,
) -> Result<Vec<Message>> {
    // Numbers have no gaps: a page is a stretch of them, and no row before it is looked at.
    let (limit, offset) = (i64::from(paging.limit), i64::from(paging.offset()));
    let (first, last) =
        if newest_first { (total - offset - limit + 1, total - offset) } else { (offset + 1, offset + limit) };
    let mut sql = Sql::of::<Message>();
    sql.and("conversation_id = ", conversation).and("seq >= ", first).and("seq <= ", last);
    sql.push(if newest_first { " ORDER BY seq DESC" } else { " ORDER BY seq" }).all(tx).await
}

/// A page of an account's messages that have these words in them, newest first, and how many there are.
pub(crate) async fn search(
    tx: &mut Tx,
    account: AccountId,
    with: Option<AccountId>,
    words: &str,
    paging: Paging,
) -> Result<(Vec<Message>, u64)> {
    let mut filter = Sql::filter();
    match with {
        Some(other) => filter
            .push(" AND conversation_id = (SELECT conversation_id FROM conversation_members WHERE account_id = ")
            .bind(account)
            .push(" AND other_id = ")
            .bind(other)
            .push(")"),
        None => filter.push(" AND (sender_id = ").bind(account).push(" OR recipient_id = ").bind(account).push(")"),
    };
    filter.push(" AND hidden_at IS NULL");
    for word in words.split_whitespace() {
        filter.push(" AND content_key LIKE ").bind_contains(word);
    }
    let listing = Listing::of::<Message>(filter).order("created_at DESC, id DESC");
    listing.page(tx, paging.limit, paging.offset()).await
}

/// Whom of the two the other one does not want to hear of: whoever blocked stands first.
pub(crate) async fn blocks(tx: &mut Tx, one: AccountId, other: AccountId) -> Result<Vec<AccountId>> {
    let sql = "SELECT account_id FROM message_blocks WHERE (account_id = $1 AND blocked_id = $2) \
               OR (account_id = $2 AND blocked_id = $1)";
    tx.fetch_all(sql, args![one, other]).await
}

/// Blocks somebody; one who is blocked already stays so.
pub(crate) async fn block(tx: &mut Tx, account: AccountId, other: AccountId, now: Timestamp) -> Result<()> {
    let sql =
        "INSERT INTO message_blocks (account_id, blocked_id, created_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
    tx.execute(sql, args![account, other, now]).await.map(drop)
}

/// Takes a block back; false if there was none.
pub(crate) async fn unblock(tx: &mut Tx, account: AccountId, other: AccountId) -> Result<bool> {
    let sql = "DELETE FROM message_blocks WHERE account_id = $1 AND blocked_id = $2";
    Ok(tx.execute(sql, args![account, other]).await? == 1)
}

/// A page of those whom an account has blocked, the last one first, and how many there are.
pub(crate) async fn blocked(
    tx: &mut Tx,
    account: AccountId,
    paging: Paging,
) -> Result<(Vec<(AccountId, Timestamp)>, u64)> {
    let mut filter = Sql::filter();
    filter.and("account_id = ", account);
    let listing = Listing::new("message_blocks", "blocked_id, created_at", filter);
    listing.order("created_at DESC, blocked_id").page(tx, paging.limit, paging.offset()).await
}

/// When an account opened conversations with people that it had nothing to do with, newest first, and with what texts; but for this one.
pub(crate) async fn openings(
    tx: &mut Tx,
    account: AccountId,
    but: ConversationId,
    since: Timestamp,
) -> Result<Vec<(Timestamp, i64)>> {
    let sql = "SELECT created_at, opening FROM conversations WHERE opened_by = $1 AND opening IS NOT NULL AND created_at > $2 \
               AND id <> $3 ORDER BY created_at DESC LIMIT $4";
    tx.fetch_all(sql, args![account, since, but, COMPARED]).await
}

/// When an account last sent a text that people had to be warned of.
pub(crate) async fn last_warned(tx: &mut Tx, account: AccountId, now: Timestamp) -> Result<Option<Timestamp>> {
    let plain = Json(vec![Warning::Link]);
    let sql = "SELECT created_at FROM messages WHERE sender_id = $1 AND created_at > $2 AND warnings <> '[]' AND warnings <> $3 \
               ORDER BY created_at DESC, id DESC LIMIT 1";
    tx.fetch_optional(sql, args![account, now.plus(-time::DAY), plain]).await
}

/// Whose a message is: the account that wrote it. For moderators.
pub async fn owner(tx: &mut Tx, message: MessageId) -> Result<Option<AccountId>> {
    tx.fetch_optional("SELECT sender_id FROM messages WHERE id = $1", args![message]).await
}

/// Whose a message is, for one of its two; nothing for anybody else, or while it is hidden.
pub async fn seen(tx: &mut Tx, by: AccountId, message: MessageId) -> Result<Option<AccountId>> {
    let sql =
        "SELECT sender_id FROM messages WHERE id = $1 AND (sender_id = $2 OR recipient_id = $2) AND hidden_at IS NULL";
    tx.fetch_optional(sql, args![message, by]).await
}

/// Hides a message from both: its text stays as evidence, and is shown to nobody. False if it is not there or was hidden before.
pub async fn hide(tx: &mut Tx, message: MessageId, now: Timestamp) -> Result<bool> {
    let sql = "UPDATE messages SET hidden_at = $2 WHERE id = $1 AND hidden_at IS NULL";
    Ok(tx.execute(sql, args![message, now]).await? == 1)
}

/// Shows a message to both again. False if it is not there or not hidden.
pub async fn restore(tx: &mut Tx, message: MessageId) -> Result<bool> {
    let sql = "UPDATE messages SET hidden_at = NULL WHERE id = $1 AND hidden_at IS NOT NULL";
    Ok(tx.execute(sql, args![message]).await? == 1)
}

/// What a text is searched by.
pub(crate) fn search_key(text: &str) -> String {
    safety::key(text)
}
