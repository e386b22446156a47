//! The routes of the chat. `docs/coaching.md` tells a website's owner how to use them.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use http_base::routes;
use http_base::{Answer, Body, Named, Params, Rate, Routes};
use input::rule::{self, Problem, Rule};
use kernel::Error;
use serde_json::json;

use super::entry::{Entry, token};
use super::session::count;
use super::shapes::{MessageBody, MessageList, WidgetScore, WidgetSeen, WidgetText, WidgetTyping, human_name};
use super::{pages, people, session, stream, visitor};
use crate::Channels;
use crate::channels::ChannelId;
use crate::conversations::{self, Handler, Talk, end_survey};
use crate::inbound::{Incoming, receive};
use crate::messages::{self, LONGEST, MessagesQuery, Shape};

/// The number of typing notices per visitor and minute.
const MOST_TYPING: u32 = 60;
/// The largest message, with all that stands around it.
pub(super) const MOST_BYTES: usize = 64 << 10;

pub(crate) fn router() -> Routes<Channels> {
    Routes::new()
        .merge(pages::router())
        .merge(session::router())
        .with(routes!(read, write).rate(Rate::Webhook).bytes(MOST_BYTES))
        .with(routes!(stream::stream).rate(Rate::Webhook))
        .with(routes!(seen, satisfaction, typing).rate(Rate::Webhook).bytes(MOST_BYTES))
}

/// The words of a message; one that is too long is told how long it is.
pub(super) fn words() -> impl Rule<Output = String> {
    rule::rule(
        || json!({"type": "string", "minLength": 1, "maxLength": LONGEST, "pattern": r"\S"}),
        |value, _| {
            let text = value.as_str().ok_or_else(|| Problem::new("wrong_type", "must be a text"))?.trim();
            let length = text.chars().count();
            if length == 0 {
                return Err(Problem::new("too_short", "must not be empty"));
            }
            if length > LONGEST {
                let message =
                    format!("A message has at most {LONGEST} characters; yours has {length}. Send it in parts.");
                return Err(Problem::new("too_long", message));
            }
            Ok(text.chars().filter(|letter| *letter != '\0').collect())
        },
    )
}

/// Read a chat
///
/// Always told the oldest first.
#[utoipa::path(get, path = "/api/v1/widget/{channel_id}/messages", tag = "Widget",
    params(("channel_id" = ChannelId, Path, description = "The channel's id"), MessagesQuery),
    responses((status = 200, description = "The messages", body = MessageList),
    (status = 401, description = "The token is not good", body = http_base::ErrorBody),
    (status = 403, description = "This website may not use the chat", body = http_base::ErrorBody)))]
async fn read(
    State(channels): State<Channels>,
    name: Named,
    headers: HeaderMap,
    Params(query): Params<MessagesQuery>,
) -> Answer<Response> {
    let mut tx = channels.app().read().await?;
    let entry = Entry::of(&channels, &mut tx, &name.0, &headers).await?;
    let visitor = entry.visitor(&mut tx, &headers).await?;
    let conversation = people::conversation(&mut tx, &visitor).await?;
    let mut rows = match (&conversation, query.after) {
        (None, _) => Vec::new(),
        (Some(own), Some(after)) => messages::store::shown_after(&mut tx, own.id, after, query.limit + 1).await?,
        (Some(own), None) => messages::store::shown_before(&mut tx, own.id, query.before, query.limit + 1).await?,
    };
    let more = rows.len() > query.limit as usize;
    rows.truncate(query.limit as usize);
    if query.after.is_none() {
        rows.reverse();
    }
    let body = MessageList {
        messages: MessageBody::all(&entry.channel, rows),
        latest_seq: conversation.as_ref().map_or(0, |own| own.seq),
        more,
        handler: conversation.as_ref().map_or(Handler::Bot, |own| own.handler),
        human_name: human_name(&entry.channel, conversation.as_ref()),
        typing: false,
        seen_by_coach: conversation.as_ref().map_or(0, |own| own.read_seq),
    };
    Ok(entry.answer(Json(body).into_response()))
}

/// Write in a chat
///
/// The answer comes by the stream. The same `client_id` twice is one message.
#[utoipa::path(post, path = "/api/v1/widget/{channel_id}/messages", tag = "Widget", request_body = WidgetText,
    params(("channel_id" = ChannelId, Path, description = "The channel's id")),
    responses((status = 201, description = "The message", body = MessageBody), (status = 200, description = "It is there already", body = MessageBody),
    (status = 401, description = "The token is not good", body = http_base::ErrorBody),
    (status = 403, description = "This website may not use the chat", body = http_base::ErrorBody),
    (status = 409, description = "The member is changed at the same moment")))]
async fn write(
    State(channels): State<Channels>,
    name: Named,
    headers: HeaderMap,
    Body { input, .. }: Body<WidgetText>,
) -> Answer<Response> {
    let now = channels.app().clock().now();
    // Before the one writer is held.
    if let Some(hash) = token(&headers).and_then(visitor::hash) {
        count(&channels, &format!("widget:{hash}"), channels.settings().visitor_messages).await?;
    }
    let mut tx = channels.app().write().await?;
    let entry = Entry::of(&channels, &mut tx, &name.0, &headers).await?;
    let mut visitor = entry.visitor(&mut tx, &headers).await?;
    visitor::used(&mut tx, &mut visitor, now).await?;
    let member = people::member(&mut tx, &entry.channel, &visitor).await?;
    let mut talk = Talk::open(&mut tx, entry.channel.clone(), member, now).await?;
    let incoming = Incoming { client_id: Some(input.client_id.to_string()), ..Incoming::text(input.text) };
    let (status, message) = if let Some(message) = receive(&channels, &mut tx, &mut talk, incoming).await? {
        talk.save(&mut tx).await?;
        conversations::typing::stopped(&mut tx, talk.conversation.id).await?;
        channels.live().wake_token_after(&mut tx, &visitor.token_hash);
        (StatusCode::CREATED, message)
    } else {
        let found = messages::store::by_client(&mut tx, talk.conversation.id, &input.client_id.to_string()).await?;
        let again = || Error::conflict("This message is taken in at the same moment; send it again");
        (StatusCode::OK, found.ok_or_else(again)?)
    };
    tx.commit().await?;
    Ok(entry.answer((status, Json(MessageBody::of(message, None))).into_response()))
}

/// Tell what a visitor has seen
///
/// Everything up to that message counts as read.
#[utoipa::path(post, path = "/api/v1/widget/{channel_id}/seen", tag = "Widget", request_body = WidgetSeen,
    params(("channel_id" = ChannelId, Path, description = "The channel's id")),
    responses((status = 204, description = "Noted"),
    (status = 401, description = "The token is not good", body = http_base::ErrorBody),
    (status = 403, description = "This website may not use the chat", body = http_base::ErrorBody)))]
async fn seen(
    State(channels): State<Channels>,
    name: Named,
    headers: HeaderMap,
    Body { input, .. }: Body<WidgetSeen>,
) -> Answer<Response> {
    let now = channels.app().clock().now();
    let mut tx = channels.app().write().await?;
    let entry = Entry::of(&channels, &mut tx, &name.0, &headers).await?;
    let visitor = entry.visitor(&mut tx, &headers).await?;
    if let Some(own) = people::conversation(&mut tx, &visitor).await? {
        let up_to = input.up_to.min(own.seq);
        if up_to > own.seen_seq {
            conversations::store::seen_up_to(&mut tx, own.id, up_to).await?;
            messages::store::read_up_to(&mut tx, own.id, up_to, now).await?;
        }
        if let Some(member) = audience::members::get(&mut tx, own.workspace_id, own.member_id).await? {
            audience::members::seen(&mut tx, &member, now).await?;
        }
        tx.commit().await?;
    }
    Ok(entry.answer(StatusCode::NO_CONTENT.into_response()))
}

/// Send a typing notice
///
/// The coach's live stream shows that the visitor is typing. The notice expires after eight seconds: repeat it every few seconds. It also ends with the
/// next message, or with `on: false`. At most 60 notices per minute.
#[utoipa::path(post, path = "/api/v1/widget/{channel_id}/typing", tag = "Widget", request_body = WidgetTyping,
    params(("channel_id" = ChannelId, Path, description = "The channel's id")),
    responses((status = 204, description = "Noted"),
    (status = 401, description = "The token is not good", body = http_base::ErrorBody),
    (status = 403, description = "This website may not use the chat", body = http_base::ErrorBody)))]
async fn typing(
    State(channels): State<Channels>,
    name: Named,
    headers: HeaderMap,
    Body { input, .. }: Body<WidgetTyping>,
) -> Answer<Response> {
    let now = channels.app().clock().now();
    if let Some(hash) = token(&headers).and_then(visitor::hash) {
        count(&channels, &format!("widget-typing:{hash}"), MOST_TYPING).await?;
    }
    let (entry, own, is_known) = {
        let mut tx = channels.app().read().await?;
        let entry = Entry::of(&channels, &mut tx, &name.0, &headers).await?;
        let visitor = entry.visitor(&mut tx, &headers).await?;
        let own = people::conversation(&mut tx, &visitor).await?;
        let is_known = match &own {
            Some(own) => conversations::typing::is_known(&mut tx, own.id, now).await?,
            None => false,
        };
        (entry, own, is_known)
    };
    // Before the first message there is no conversation to show.
    if let Some(own) = own.filter(|_| !(input.on && is_known)) {
        let mut tx = channels.app().write().await?;
        conversations::typing::writes(&mut tx, &own, input.on, now).await?;
        tx.commit().await?;
    }
    Ok(entry.answer(StatusCode::NO_CONTENT.into_response()))
}

/// Say how it was
///
/// The score of a message of the kind `satisfaction`; the last one holds.
#[utoipa::path(post, path = "/api/v1/widget/{channel_id}/satisfaction", tag = "Widget", request_body = WidgetScore,
    params(("channel_id" = ChannelId, Path, description = "The channel's id")),
    responses((status = 200, description = "The message with the score", body = MessageBody),
    (status = 401, description = "The token is not good", body = http_base::ErrorBody),
    (status = 403, description = "This website may not use the chat", body = http_base::ErrorBody)))]
async fn satisfaction(
    State(channels): State<Channels>,
    name: Named,
    headers: HeaderMap,
    Body { input, .. }: Body<WidgetScore>,
) -> Answer<Response> {
    let missing = || Error::not_found("Message");
    let now = channels.app().clock().now();
    let mut tx = channels.app().write().await?;
    let entry = Entry::of(&channels, &mut tx, &name.0, &headers).await?;
    let visitor = entry.visitor(&mut tx, &headers).await?;
    let own = people::conversation(&mut tx, &visitor).await?.ok_or_else(missing)?;
    let mut talk = Talk::load(&mut tx, own.id).await?.ok_or_else(missing)?;
    let found = messages::store::by_id(&mut tx, input.message_id).await?;
    let mut message =
        found.filter(|one| one.conversation_id == own.id && one.kind == Shape::Satisfaction).ok_or_else(missing)?;
    message.detail.0.score = Some(input.score);
    messages::store::describe(&mut tx, &message, now).await?;
    if let Some(id) = message.detail.0.escalation {
        let id = conversations::EscalationId::from_uuid(id);
        end_survey(&channels, &mut tx, &mut talk, id, input.score, input.comment.as_deref()).await?;
    }
    talk.save(&mut tx).await?;
    channels.live().wake_after(&mut tx, own.id);
    tx.commit().await?;
    Ok(entry.answer(Json(MessageBody::of(message, None)).into_response()))
}
