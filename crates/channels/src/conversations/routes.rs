//! The routes of conversations.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use db::Tx;
use http_base::idempotency::{Begun, IdempotencyKey, Once};
use http_base::path::Two;
use http_base::routes;
use http_base::{Answer, Body, Done, MaybeBody, Member, Named, Pages, Params, Routes, done};
use input::Input;
use kernel::{AccountId, Error, Result};
use mind::text::fold;

use super::handling::{give_back, take_over};
use super::model::{Conversation, ConversationId, Handler, Move, Note, NoteId, Status};
use super::shapes::{
    ConversationBody, ConversationList, CostBody, DetailsBody, DraftBody, HandBack, MessageList, NewConversationNote,
    NewReply, NoteBody, NoteList,
};
use super::store::{self, Wanted};
use super::summary;
use super::talk::Talk;
use crate::Channels;
use crate::channels::ChannelId;
use crate::gate::Purpose;
use crate::members::{Medium, MemberId};
use crate::messages::outgoing::{self, NewOutgoing};
use crate::messages::{Author, Detail, Message, MessageBody, MessagesQuery, Price, media};

pub(crate) fn router() -> Routes<Channels> {
    Routes::new()
        .with(routes!(list))
        .with(routes!(show))
        .with(routes!(messages, reply))
        .with(routes!(take))
        .with(routes!(hand_back))
        .with(routes!(close))
        .with(routes!(notes, add_note))
        .with(routes!(delete_note))
        .merge(media::router())
}

/// Which conversations are wanted.
#[derive(Input)]
struct ConversationQuery {
    /// Those whom this one has: `queue` are those that wait for a person.
    #[input(word_of_query())]
    handler: Option<Handler>,
    /// Those that are open, or closed.
    #[input(word_of_query())]
    status: Option<Status>,
    /// Those on channels of this type.
    #[input(word_of_query())]
    channel: Option<Medium>,
    /// Those on this channel.
    #[input(id())]
    channel_id: Option<ChannelId>,
    /// Those of this member.
    #[input(id())]
    user_id: Option<MemberId>,
    /// Conversations that this person has, or that are assigned to them in the queue.
    #[input(id())]
    assignee: Option<AccountId>,
    /// Only those with something that nobody has read.
    #[input(flag(), default = false)]
    unread: bool,
    /// Those whose member's name has this in it.
    #[input(text(200))]
    search: Option<String>,
    #[input(flatten)]
    pages: Pages,
}

/// List the conversations of channels
///
/// Those of one's workspace on all of its channels, the newest first.
#[utoipa::path(get, path = "/api/v1/conversations", tag = "Conversations", params(ConversationQuery),
    responses((status = 200, description = "A page of conversations", body = ConversationList)))]
async fn list(
    State(channels): State<Channels>,
    member: Member,
    Params(query): Params<ConversationQuery>,
) -> Answer<Json<ConversationList>> {
    let wanted = Wanted {
        channel: query.channel_id,
        medium: query.channel,
        handler: query.handler,
        status: query.status,
        member: query.user_id,
        assignee: query.assignee,
        unread: query.unread,
        search: query.search.as_deref().map(fold).filter(|search| !search.is_empty()),
    };
    let mut tx = channels.app().read().await?;
    let (rows, total) = store::list(member.hub(), &mut tx, &wanted, query.pages.limit, query.pages.offset()).await?;
    let conversations = rows.into_iter().map(ConversationBody::from).collect();
    Ok(Json(ConversationList { conversations, pagination: query.pages.pagination(total) }))
}

async fn found(tx: &mut Tx, member: &Member, name: &Named) -> Result<Conversation> {
    let id = name.id("Conversation")?;
    store::find(member.hub(), tx, id).await?.ok_or_else(|| Error::not_found("Conversation"))
}

/// The same, held until the transaction is over.
async fn held(tx: &mut Tx, member: &Member, name: &Named) -> Result<Talk> {
    let id = found(tx, member, name).await?.id;
    Talk::load(tx, id).await?.ok_or_else(|| Error::conflict("The member was erased; there is nobody to write to"))
}

async fn bodies(tx: &mut Tx, messages: Vec<Message>) -> Result<Vec<MessageBody>> {
    let mut files: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for (id, file) in media::of(tx, &messages).await? {
        files.entry(id).or_default().push(file);
    }
    Ok(messages
        .into_iter()
        .map(|message| (files.remove(&message.id), message))
        .map(|(own, message)| MessageBody::of(message, own.unwrap_or_default()))
        .collect())
}

fn costs(prices: Vec<Price>) -> Vec<CostBody> {
    let mut counted: BTreeMap<(String, Option<String>, bool), u64> = BTreeMap::new();
    for price in prices {
        *counted
            .entry((price.category.unwrap_or_else(|| "unknown".to_owned()), price.rule, price.billable))
            .or_default() += 1;
    }
    let costs = counted.into_iter().map(|((category, rule, billable), messages)| CostBody {
        category,
        rule,
        messages,
        billable,
    });
    costs.collect()
}

/// Show a conversation
///
/// With what a person needs who answers: a summary in the member's own words, what the assistant would have said, calls for a person, what the
/// provider charges for, and the last twenty messages.
#[utoipa::path(get, path = "/api/v1/conversations/{conversation_id}", tag = "Conversations",
    params(("conversation_id" = ConversationId, Path, description = "The conversation's id")),
    responses((status = 200, description = "The conversation", body = DetailsBody)))]
async fn show(State(channels): State<Channels>, member: Member, name: Named) -> Answer<Json<DetailsBody>> {
    let mut tx = channels.app().read().await?;
    let conversation = found(&mut tx, &member, &name).await?;
    let newest = crate::messages::store::before(&mut tx, conversation.id, None, 50).await?;
    let escalations = store::escalations(&mut tx, conversation.id, 10).await?;
    let of = audience::members::get(&mut tx, conversation.workspace_id, conversation.member_id).await?;
    let open = escalations.iter().find(|row| conversation.escalation_id == Some(row.id));
    let summary = of.map(|of| summary::of(&of, &newest, open)).unwrap_or_default();
    let costs = costs(crate::messages::store::charged(&mut tx, conversation.id).await?);
    let mut last: Vec<Message> = newest.into_iter().take(20).collect();
    last.reverse();
    let messages = bodies(&mut tx, last).await?;
    let draft = conversation.draft.clone().zip(conversation.draft_seq).map(|(text, seq)| DraftBody { text, seq });
    let escalations = escalations.into_iter().map(Into::into).collect();
    Ok(Json(DetailsBody { conversation: conversation.into(), summary, draft, escalations, costs, messages }))
}

/// List the messages of a conversation
///
/// Always told the oldest first. To have read them up to the newest, ask without `before` and `after`: that counts as reading.
#[utoipa::path(get, path = "/api/v1/conversations/{conversation_id}/messages", tag = "Conversations",
    params(("conversation_id" = ConversationId, Path, description = "The conversation's id"), MessagesQuery),
    responses((status = 200, description = "The messages", body = MessageList)))]
async fn messages(
    State(channels): State<Channels>,
    member: Member,
    name: Named,
    Params(query): Params<MessagesQuery>,
) -> Answer<Json<MessageList>> {
    let mut tx = channels.app().read().await?;
    let conversation = found(&mut tx, &member, &name).await?;
    let more_than = query.limit + 1;
    let mut rows = match query.after {
        Some(after) => crate::messages::store::after(&mut tx, conversation.id, after, more_than).await?,
        None => crate::messages::store::before(&mut tx, conversation.id, query.before, more_than).await?,
    };
    let more = rows.len() > query.limit as usize;
    rows.truncate(query.limit as usize);
    if query.after.is_none() {
        rows.reverse();
    }
    let messages = bodies(&mut tx, rows).await?;
    drop(tx);
    let is_newest = query.before.is_none() && query.after.is_none();
    if is_newest && conversation.unread > 0 && !member.read_only {
        let mut tx = channels.app().write().await?;
        if store::read_up_to(&mut tx, conversation.id, conversation.seq).await? {
            channels.live().wake_after(&mut tx, conversation.id);
            tx.commit().await?;
        }
    }
    Ok(Json(MessageList { messages, latest_seq: conversation.seq, more }))
}

/// Reply in a conversation
///
/// Whoever replies has the conversation from then on, and the assistant is silent until it is handed back. A reply passes at any hour, but not WhatsApp's
/// 24 hours: later it waits until the member writes, or goes by `template`; `status` and `error` say which.
#[utoipa::path(post, path = "/api/v1/conversations/{conversation_id}/messages", tag = "Conversations", request_body = NewReply,
    params(("conversation_id" = ConversationId, Path, description = "The conversation's id"), IdempotencyKey), responses(
    (status = 201, description = "The message", body = MessageBody),
    (status = 409, description = "The member is gone, or the key stands for another request")))]
async fn reply(
    State(channels): State<Channels>,
    member: Member,
    name: Named,
    once: Once,
    Body { input, sent }: Body<NewReply>,
) -> Answer<Response> {
    let now = channels.app().clock().now();
    let mut tx = channels.app().write().await?;
    let ticket = match once.begin(&mut tx, &member.caller(), &sent, now).await? {
        Begun::Answered(answer) => return Ok(answer),
        Begun::Go(ticket) => ticket,
    };
    let mut talk = held(&mut tx, &member, &name).await?;
    take_over(&channels, &mut tx, &mut talk, member.id).await?;
    let new = NewOutgoing {
        author: Author::Human,
        account: Some(member.id),
        purpose: Purpose::Human,
        detail: Detail { template: input.template.map(Into::into), ..Detail::default() },
        ..NewOutgoing::notice(input.text)
    };
    let message = outgoing::queue(&channels, &mut tx, &mut talk, new).await?;
    talk.conversation.answered_seq = talk.conversation.in_seq;
    talk.conversation.read_seq = talk.conversation.in_seq;
    talk.conversation.unread = 0;
    talk.save(&mut tx).await?;
    let answer = ticket.keep(&mut tx, StatusCode::CREATED, &MessageBody::of(message, Vec::new())).await?;
    tx.commit().await?;
    Ok(answer)
}

/// Take a conversation over
///
/// The assistant is silent in it until it is handed back, or until nobody has written for too long (`CHANNEL_HANDBACK_HOURS`).
#[utoipa::path(post, path = "/api/v1/conversations/{conversation_id}/take-over", tag = "Conversations",
    params(("conversation_id" = ConversationId, Path, description = "The conversation's id")), responses(
    (status = 200, description = "It is yours", body = ConversationBody),
    (status = 409, description = "The member is gone")))]
async fn take(State(channels): State<Channels>, member: Member, name: Named) -> Answer<Json<ConversationBody>> {
    let mut tx = channels.app().write().await?;
    let mut talk = held(&mut tx, &member, &name).await?;
    take_over(&channels, &mut tx, &mut talk, member.id).await?;
    talk.save(&mut tx).await?;
    tx.commit().await?;
    Ok(Json(talk.conversation.into()))
}

/// Hand a conversation back
///
/// The assistant answers again, and what waited for that goes on. If a person had been called, the member is asked how it was.
#[utoipa::path(post, path = "/api/v1/conversations/{conversation_id}/hand-back", tag = "Conversations", request_body = HandBack,
    params(("conversation_id" = ConversationId, Path, description = "The conversation's id")), responses(
    (status = 200, description = "The assistant has it", body = ConversationBody),
    (status = 409, description = "The assistant has it already, or the member is gone")))]
async fn hand_back(
    State(channels): State<Channels>,
    member: Member,
    name: Named,
    MaybeBody(Body { input, .. }): MaybeBody<HandBack>,
) -> Answer<Json<ConversationBody>> {
    let mut tx = channels.app().write().await?;
    let mut talk = held(&mut tx, &member, &name).await?;
    give_back(&channels, &mut tx, &mut talk, Move::HandBack, "handed_back").await?;
    if let Some(note) = input.note {
        write_note(&channels, &mut tx, &talk.conversation, &member, note).await?;
    }
    talk.save(&mut tx).await?;
    tx.commit().await?;
    Ok(Json(talk.conversation.into()))
}

/// Close a conversation
///
/// It is put away, and the assistant has it again; when the member writes, it is open.
#[utoipa::path(post, path = "/api/v1/conversations/{conversation_id}/close", tag = "Conversations",
    params(("conversation_id" = ConversationId, Path, description = "The conversation's id")), responses(
    (status = 200, description = "It is closed", body = ConversationBody),
    (status = 409, description = "It is closed already, or the member is gone")))]
async fn close(State(channels): State<Channels>, member: Member, name: Named) -> Answer<Json<ConversationBody>> {
    let mut tx = channels.app().write().await?;
    let mut talk = held(&mut tx, &member, &name).await?;
    talk.conversation.must_be_open()?;
    if talk.conversation.handler != Handler::Bot {
        give_back(&channels, &mut tx, &mut talk, Move::HandBack, "closed").await?;
    }
    talk.conversation.status = Status::Closed;
    (talk.conversation.unread, talk.conversation.waiting_since) = (0, None);
    talk.conversation.read_seq = talk.conversation.in_seq;
    talk.save(&mut tx).await?;
    tx.commit().await?;
    Ok(Json(talk.conversation.into()))
}

/// List the notes of a conversation
///
/// The newest first. Members never see them.
#[utoipa::path(get, path = "/api/v1/conversations/{conversation_id}/notes", tag = "Conversations",
    params(("conversation_id" = ConversationId, Path, description = "The conversation's id"), Pages),
    responses((status = 200, description = "A page of notes", body = NoteList)))]
async fn notes(
    State(channels): State<Channels>,
    member: Member,
    name: Named,
    Params(pages): Params<Pages>,
) -> Answer<Json<NoteList>> {
    let mut tx = channels.app().read().await?;
    let conversation = found(&mut tx, &member, &name).await?;
    let (rows, total) = store::notes(&mut tx, &conversation, pages.limit, pages.offset()).await?;
    Ok(Json(NoteList { notes: rows.into_iter().map(NoteBody::from).collect(), pagination: pages.pagination(total) }))
}

/// Add a note to a conversation
///
/// For those who work here; the member never sees it.
#[utoipa::path(post, path = "/api/v1/conversations/{conversation_id}/notes", tag = "Conversations", request_body = NewConversationNote,
    params(("conversation_id" = ConversationId, Path, description = "The conversation's id")),
    responses((status = 201, description = "The note", body = NoteBody)))]
async fn add_note(
    State(channels): State<Channels>,
    member: Member,
    name: Named,
    Body { input, .. }: Body<NewConversationNote>,
) -> Answer<(StatusCode, Json<NoteBody>)> {
    let mut tx = channels.app().write().await?;
    let conversation = found(&mut tx, &member, &name).await?;
    let note = write_note(&channels, &mut tx, &conversation, &member, input.text).await?;
    tx.commit().await?;
    Ok((StatusCode::CREATED, Json(note.into())))
}

async fn write_note(channels: &Channels, tx: &mut Tx, of: &Conversation, by: &Member, text: String) -> Result<Note> {
    let clock = channels.app().clock();
    let note = Note {
        id: clock.new_id(),
        workspace_id: of.workspace_id,
        conversation_id: of.id,
        account_id: Some(by.id),
        text,
        created_at: clock.now(),
    };
    tx.insert(&note).await?;
    Ok(note)
}

/// Delete a note of a conversation
///
/// Whoever works here may delete it.
#[utoipa::path(delete, path = "/api/v1/conversations/{conversation_id}/notes/{note_id}", tag = "Conversations",
    params(("conversation_id" = ConversationId, Path, description = "The conversation's id"), ("note_id" = NoteId, Path, description = "The note's id")),
    responses((status = 200, description = "Deleted", body = Done)))]
async fn delete_note(State(channels): State<Channels>, member: Member, Two(of, note): Two) -> Answer<Json<Done>> {
    let note: NoteId = note.parse().map_err(|_| Error::not_found("Note"))?;
    let mut tx = channels.app().write().await?;
    let conversation = found(&mut tx, &member, &Named(of)).await?;
    if !store::delete_note(&mut tx, &conversation, note).await? {
        return Err(Error::not_found("Note").into());
    }
    tx.commit().await?;
    Ok(done("The note is deleted"))
}
