//! The routes of messages.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use http_base::idempotency::{Begun, IdempotencyKey, Once};
use http_base::routes;
use http_base::{Answer, Body, Done, Member, Named, Newcomer, Params, Routes, done};
use input::Input;
use kernel::{AccountId, Error, Proof, Result, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;

use super::model::Member as Place;
use super::shapes::{MessageBody, NewMessage, PersonBody, last_message};
use super::{ops, store};
use crate::pages::{PageBody, Paging};
use crate::ports::{self, Person};
use crate::{Inbox, feed};

pub(super) fn router() -> Routes<Inbox> {
    Routes::new()
        .with(routes!(send, conversations))
        .with(routes!(chat))
        .with(routes!(read))
        .with(routes!(block, unblock))
        .with(routes!(blocks))
        .with(routes!(search))
}

/// Send a message
///
/// To any account that takes it; the first one opens the conversation of the two. How many people a new account may write to whom it has nothing
/// to do with is bounded (429), and so is the same text to many of them. What asks to go elsewhere is delivered with a warning.
#[utoipa::path(post, path = "/api/v1/messages", tag = "Messages", request_body = NewMessage, params(IdempotencyKey), responses(
    (status = 201, description = "The message", body = MessageBody),
    (status = 403, description = "The other one takes no messages from this account"),
    (status = 409, description = "You have blocked this person, or the Idempotency-Key stands for another request")))]
async fn send(
    State(inbox): State<Inbox>,
    member: Member,
    once: Once,
    Body { input, sent }: Body<NewMessage>,
) -> Answer<Response> {
    let ready = ops::prepare(&inbox, &member, &input).await?;
    let mut tx = inbox.app().write().await?;
    let ticket = match once.begin(&mut tx, &member.caller(), &sent, inbox.app().clock().now()).await? {
        Begun::Answered(answer) => return Ok(answer),
        Begun::Go(ticket) => ticket,
    };
    let (message, sender) = ops::send(&inbox, &mut tx, ready, input).await?;
    let body = MessageBody::of(message, Some(&sender), false, None);
    let answer = ticket.keep(&mut tx, StatusCode::CREATED, &body).await?;
    tx.commit().await?;
    Ok(answer)
}

/// A conversation, as one of its two sees it.
#[derive(Serialize, ToSchema)]
struct ConversationBody {
    /// The other one of the two.
    other_user: PersonBody,
    /// The last message.
    #[schema(example = "Thanks for the collaboration!")]
    last_message: String,
    /// Who wrote it.
    last_sender_id: Option<AccountId>,
    /// How many messages one has not read.
    unread_count: i64,
    /// How many messages there are.
    messages_count: i64,
    /// When the last message was written.
    last_message_at: Timestamp,
}

/// A page of conversations.
#[derive(Serialize, ToSchema)]
struct ConversationList {
    #[serde(flatten)]
    page: PageBody,
    /// How many messages are unread in all conversations.
    unread_count: u64,
    /// The conversations of this page.
    conversations: Vec<ConversationBody>,
}

/// Which conversations are wanted.
#[derive(Input)]
struct ConversationQuery {
    /// Only those with something unread.
    #[input(flag(), default = false)]
    unread: bool,
    #[input(flatten)]
    paging: Paging,
}

/// List conversations
///
/// One's own, the one with the newest message first.
#[utoipa::path(get, path = "/api/v1/messages", tag = "Messages", params(ConversationQuery), responses(
    (status = 200, description = "A page of conversations", body = ConversationList)))]
async fn conversations(
    State(inbox): State<Inbox>,
    member: Member,
    Params(query): Params<ConversationQuery>,
) -> Answer<Json<ConversationList>> {
    let mut tx = inbox.app().db().snapshot().await?;
    let numbers = feed::numbers(&mut tx, member.id).await?;
    let rows = store::conversations(&mut tx, member.id, query.unread, query.paging).await?;
    let total =
        if query.unread { store::unread_conversations(&mut tx, member.id).await? } else { numbers.conversations };
    let last: Vec<_> = rows.iter().filter_map(|row| row.last_message_id).map(kernel::Id::uuid).collect();
    let mut last = store::by_ids(&mut tx, &last).await?;
    let others: Vec<AccountId> = rows.iter().map(|row| row.other_id).collect();
    let people = who(&inbox, &mut tx, &others).await?;
    let told = rows.into_iter().map(|row| {
        let place = last.iter().position(|message| Some(message.id) == row.last_message_id);
        let message = place.map(|place| last.swap_remove(place));
        ConversationBody {
            other_user: PersonBody::of(row.other_id, ports::find(&people, row.other_id)),
            last_sender_id: message.as_ref().map(|message| message.sender_id),
            last_message: last_message(message),
            unread_count: row.unread,
            messages_count: row.messages,
            last_message_at: row.last_at,
        }
    });
    let conversations = told.collect();
    Ok(Json(ConversationList { page: query.paging.of(total), unread_count: numbers.unread_messages, conversations }))
}

async fn who(inbox: &Inbox, tx: &mut db::Tx, ids: &[AccountId]) -> Result<Vec<Person>> {
    if ids.is_empty() { Ok(Vec::new()) } else { inbox.people().people(tx, ids).await }
}

kernel::word_schema!(ChatOrder, "Which messages come first.", "oldest" | "newest");

/// Which part of a conversation is wanted.
#[derive(Input)]
struct ChatQuery {
    /// Which messages come first: `oldest`, or `newest`.
    #[input(one_of(&["oldest", "newest"]), default = "oldest")]
    order: &'static str,
    #[input(flatten)]
    paging: Paging,
}

/// A page of a conversation.
#[derive(Serialize, ToSchema)]
struct ChatPage {
    #[serde(flatten)]
    page: PageBody,
    /// The other one of the two.
    other_user: PersonBody,
    /// The messages of this page.
    messages: Vec<MessageBody>,
}

/// Get the conversation with somebody
///
/// Oldest first, unless said otherwise. Whoever reads it has read all of it: what was unread is read from then on, and the other one sees that.
#[utoipa::path(get, path = "/api/v1/messages/{user_id}", tag = "Messages",
    params(("user_id" = AccountId, Path, description = "The other one's account"), ChatQuery),
    responses((status = 200, description = "A page of the conversation", body = ChatPage)))]
async fn chat(
    State(inbox): State<Inbox>,
    member: Member,
    name: Named,
    Params(query): Params<ChatQuery>,
) -> Answer<Json<ChatPage>> {
    let (me, them): (AccountId, AccountId) = (member.id, name.id("User")?);
    let mut tx = inbox.app().read().await?;
    let mut mine = store::member(&mut tx, me, them).await?;
    // A key that may only read leaves no trace of it.
    let is_watching = member.read_only && matches!(member.proof, Proof::ApiKey(_));
    if mine.as_ref().is_some_and(|mine| mine.unread > 0) && !is_watching {
        drop(tx);
        let mut writing = inbox.app().write().await?;
        ops::read(&inbox, &mut writing, me, them).await?;
        writing.commit().await?;
        tx = inbox.app().read().await?;
        mine = store::member(&mut tx, me, them).await?;
    }
    let people = inbox.people().people(&mut tx, &[me, them]).await?;
    let other = ports::find(&people, them);
    let Some(mine) = mine else {
        if other.is_none() {
            return Err(Error::not_found("User").into());
        }
        let page = query.paging.of(0);
        return Ok(Json(ChatPage { page, other_user: PersonBody::of(them, other), messages: Vec::new() }));
    };
    let conversation = store::between(&mut tx, me, them).await?;
    let total = conversation.map_or(0, |conversation| conversation.messages);
    let newest_first = query.order == "newest";
    let rows = store::chat(&mut tx, mine.conversation_id, newest_first, total, query.paging).await?;
    let theirs = store::member(&mut tx, them, me).await?;
    let told = rows.into_iter().map(|row| {
        let reader: Option<&Place> = if row.sender_id == me { theirs.as_ref() } else { Some(&mine) };
        let is_read = reader.is_some_and(|reader| reader.read_seq >= row.seq);
        let read_at = reader.and_then(|reader| reader.read_at);
        let sender = ports::find(&people, row.sender_id);
        MessageBody::of(row, sender, is_read, read_at)
    });
    let messages = told.collect();
    let page = query.paging.of(total.unsigned_abs());
    Ok(Json(ChatPage { page, other_user: PersonBody::of(them, other), messages }))
}

/// What was marked as read.
#[derive(Serialize, ToSchema)]
struct MessagesMarked {
    /// How many messages were unread.
    marked: i64,
    /// How many messages are unread now, in all conversations.
    unread_count: u64,
}

/// Mark a conversation as read
///
/// Without fetching it.
#[utoipa::path(post, path = "/api/v1/messages/{user_id}/read", tag = "Messages",
    params(("user_id" = AccountId, Path, description = "The other one's account")),
    responses((status = 200, description = "How many were marked", body = MessagesMarked)))]
async fn read(State(inbox): State<Inbox>, own: Newcomer, name: Named) -> Answer<Json<MessagesMarked>> {
    let (me, them): (AccountId, AccountId) = (own.account.id, name.id("User")?);
    let mut tx = inbox.app().write().await?;
    if store::member(&mut tx, me, them).await?.is_none() && who(&inbox, &mut tx, &[them]).await?.is_empty() {
        return Err(Error::not_found("User").into());
    }
    let marked = ops::read(&inbox, &mut tx, me, them).await?;
    let unread_count = feed::numbers(&mut tx, me).await?.unread_messages;
    tx.commit().await?;
    Ok(Json(MessagesMarked { marked, unread_count }))
}

/// Block somebody
///
/// They cannot write to one any more, and are not told why. What was written stays.
#[utoipa::path(post, path = "/api/v1/messages/{user_id}/block", tag = "Messages",
    params(("user_id" = AccountId, Path, description = "The account to be blocked")),
    responses((status = 200, description = "Blocked", body = Done), (status = 409, description = "It is your own account")))]
async fn block(State(inbox): State<Inbox>, own: Newcomer, name: Named) -> Answer<Json<Done>> {
    let (me, them): (AccountId, AccountId) = (own.account.id, name.id("User")?);
    if me == them {
        return Err(Error::conflict("You cannot block yourself").into());
    }
    let mut tx = inbox.app().write().await?;
    if who(&inbox, &mut tx, &[them]).await?.is_empty() {
        return Err(Error::not_found("User").into());
    }
    store::block(&mut tx, me, them, inbox.app().clock().now()).await?;
    tx.commit().await?;
    Ok(done("This person cannot write to you any more"))
}

/// Take a block back
///
/// Whoever is not blocked stays so.
#[utoipa::path(delete, path = "/api/v1/messages/{user_id}/block", tag = "Messages",
    params(("user_id" = AccountId, Path, description = "The account that is blocked")),
    responses((status = 200, description = "Not blocked any more", body = Done)))]
async fn unblock(State(inbox): State<Inbox>, own: Newcomer, name: Named) -> Answer<Json<Done>> {
    let them: AccountId = name.id("User")?;
    let mut tx = inbox.app().write().await?;
    if !store::unblock(&mut tx, own.account.id, them).await? {
        return Err(Error::new(kernel::Kind::NotFound, "This person is not blocked").into());
    }
    tx.commit().await?;
    Ok(done("This person can write to you again"))
}

/// Somebody who is blocked.
#[derive(Serialize, ToSchema)]
struct BlockedPerson {
    /// Who.
    user: PersonBody,
    /// Since when.
    blocked_at: Timestamp,
}

/// A page of those who are blocked.
#[derive(Serialize, ToSchema)]
struct BlockList {
    #[serde(flatten)]
    page: PageBody,
    /// The people of this page.
    blocks: Vec<BlockedPerson>,
}

/// List blocked people
///
/// Those whom one has blocked, the last one first.
#[utoipa::path(get, path = "/api/v1/messages/blocks", tag = "Messages", params(Paging), responses(
    (status = 200, description = "A page of people", body = BlockList)))]
async fn blocks(State(inbox): State<Inbox>, member: Member, Params(paging): Params<Paging>) -> Answer<Json<BlockList>> {
    let mut tx = inbox.app().read().await?;
    let (rows, total) = store::blocked(&mut tx, member.id, paging).await?;
    let ids: Vec<AccountId> = rows.iter().map(|(id, _)| *id).collect();
    let people = who(&inbox, &mut tx, &ids).await?;
    let told = rows
        .into_iter()
        .map(|(id, blocked_at)| BlockedPerson { user: PersonBody::of(id, ports::find(&people, id)), blocked_at });
    Ok(Json(BlockList { page: paging.of(total), blocks: told.collect() }))
}

/// What is searched for.
#[derive(Input)]
struct MessageQuery {
    /// Words that stand in the message, in any order, whatever their case and accents.
    #[input(text(200))]
    q: String,
    /// Only in the conversation with this account.
    #[input(id())]
    user_id: Option<AccountId>,
    #[input(flatten)]
    paging: Paging,
}

/// A page of messages that were found.
#[derive(Serialize, ToSchema)]
struct FoundMessages {
    #[serde(flatten)]
    page: PageBody,
    /// The messages of this page, the newest first.
    messages: Vec<MessageBody>,
}

/// Search messages
///
/// In one's own conversations, newest first.
#[utoipa::path(get, path = "/api/v1/messages/search", tag = "Messages", params(MessageQuery), responses(
    (status = 200, description = "A page of messages", body = FoundMessages)))]
async fn search(
    State(inbox): State<Inbox>,
    member: Member,
    Params(query): Params<MessageQuery>,
) -> Answer<Json<FoundMessages>> {
    let mut tx = inbox.app().read().await?;
    let words = store::search_key(&query.q);
    let (rows, total) = store::search(&mut tx, member.id, query.user_id, &words, query.paging).await?;
    let mut ids: Vec<AccountId> = rows.iter().map(|row| row.sender_id).collect();
    ids.sort();
    ids.dedup();
    let people = who(&inbox, &mut tx, &ids).await?;
    let conversations: Vec<_> = rows.iter().map(|row| row.conversation_id.uuid()).collect();
    let members = store::members_of(&mut tx, &conversations).await?;
    let told = rows.into_iter().map(|row| {
        let reader = members
            .iter()
            .find(|member| member.conversation_id == row.conversation_id && member.account_id == row.recipient_id);
        let is_read = reader.is_some_and(|reader| reader.read_seq >= row.seq);
        let read_at = reader.and_then(|reader| reader.read_at);
        let sender = ports::find(&people, row.sender_id);
        MessageBody::of(row, sender, is_read, read_at)
    });
    let messages = told.collect();
    Ok(Json(FoundMessages { page: query.paging.of(total), messages }))
}
