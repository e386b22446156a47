//! The routes of the chat. `docs/coaching.md` tells a website's owner how to use them.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, HeaderValue};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use db::Tx;
use http_base::path::Two;
use http_base::routes;
use http_base::{Answer, Body, Mode, Named, Params, Peer, Rate, Routes};
use input::rule::{self, Problem, Rule};
use input::{Fields, Input};
use kernel::{Error, Kind, Result, Timestamp};
use ports::counters::Quota;
use serde_json::json;

use super::entry::{Entry, token, web};
use super::identity::{Claimed, Proven, prove};
use super::shapes::{
    ConfigurationBody, MessageBody, MessageList, SessionBody, WidgetIdentity, WidgetScore, WidgetSeen, WidgetSession,
    WidgetText, human_name,
};
use super::visitor::{self, Visitor};
use super::{assets, people, stream};
use crate::Channels;
use crate::channels::configuration::IDENTITY_SECRET;
use crate::channels::{self, ChannelId};
use crate::conversations::{self, Handler, Talk, end_survey};
use crate::inbound::{Incoming, receive};
use crate::members::Medium;
use crate::messages::{self, LONGEST, Shape};

/// The largest message, with all that stands around it.
const MOST_BYTES: usize = 64 << 10;

pub(crate) fn router() -> Routes<Channels> {
    Routes::new()
        .with(routes!(loader, page, file, demo).rate(Rate::Free))
        .with(routes!(configuration).rate(Rate::Webhook))
        .with(routes!(session, end).bytes(MOST_BYTES))
        .with(routes!(read, write).rate(Rate::Webhook).bytes(MOST_BYTES))
        .with(routes!(stream::stream).rate(Rate::Webhook))
        .with(routes!(seen, satisfaction).rate(Rate::Webhook).bytes(MOST_BYTES))
}

/// The words of a message; one that is too long is told how long it is.
pub(super) fn words() -> impl Rule<Output = String> {
    rule::rule(
        || json!({"type": "string", "minLength": 1, "maxLength": LONGEST}),
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

/// Load the chat
///
/// The one script that a website has on its pages: `<script src="…/widget.js" data-channel="ID" async></script>`.
#[utoipa::path(get, path = "/widget.js", tag = "Widget", responses(
    (status = 200, description = "The script", body = String, content_type = "text/javascript"),
    (status = 304, description = "You have it")))]
async fn loader(headers: HeaderMap) -> Response {
    assets::loader(&headers)
}

/// Show the page of the chat
///
/// What the iframe of the chat shows; only the pages of `allowed_origins` may embed it.
#[utoipa::path(get, path = "/widget/{channel_id}", tag = "Widget",
    params(("channel_id" = ChannelId, Path, description = "The channel's id")),
    responses((status = 200, description = "The page", body = String, content_type = "text/html")))]
async fn page(State(channels): State<Channels>, name: Named) -> Answer<Response> {
    let channel = web(&mut channels.app().read().await?, &name.0).await?;
    let allowed = channel.set().allowed_origins.as_deref().unwrap_or_default();
    Ok(assets::page(&assets::frame_ancestors(allowed))?)
}

/// Fetch a file of the chat's page
#[utoipa::path(get, path = "/widget/files/{version}/{name}", tag = "Widget",
    params(("version" = String, Path, description = "The version that the page names"), ("name" = String, Path, description = "The file's name")),
    responses((status = 200, description = "The file", content((String = "text/javascript"), (String = "text/css")))))]
async fn file(Two(version, name): Two) -> Answer<Response> {
    assets::file(&version, &name).ok_or_else(|| Error::not_found("File").into())
}

/// Try the chat
///
/// In the demo: a website with the newest chat on it.
#[utoipa::path(get, path = "/widget-demo", tag = "Widget",
    responses((status = 200, description = "The page", body = String, content_type = "text/html"),
    (status = 404, description = "There is no demo here, or no chat", body = http_base::ErrorBody)))]
async fn demo(State(channels): State<Channels>) -> Answer<Response> {
    if !matches!(channels.app().mode(), Mode::Demo(_)) {
        return Err(Error::not_found("Page").into());
    }
    let newest = channels::store::newest(&mut channels.app().read().await?, Medium::Web).await?;
    let channel =
        newest.ok_or_else(|| Error::new(Kind::NotFound, "There is no chat yet; make a channel of the type web"))?;
    Ok(assets::demo_page(channels.app().public_url(), channel.id.uuid())?)
}

/// Show how the chat looks
///
/// For the pages that show it; no token is wanted.
#[utoipa::path(get, path = "/api/v1/widget/{channel_id}/configuration", tag = "Widget",
    params(("channel_id" = ChannelId, Path, description = "The channel's id"), ("Origin" = Option<String>, Header, description = "The page that asks")),
    responses((status = 200, description = "How it looks", body = ConfigurationBody),
    (status = 403, description = "This website may not use the chat", body = http_base::ErrorBody)))]
async fn configuration(State(channels): State<Channels>, name: Named, headers: HeaderMap) -> Answer<Response> {
    let entry = Entry::of(&channels, &mut channels.app().read().await?, &name.0, &headers).await?;
    let body = Json(ConfigurationBody::from(&entry.channel));
    let answer = ([(CACHE_CONTROL, HeaderValue::from_static("no-cache"))], body).into_response();
    Ok(entry.answer(answer))
}

impl From<WidgetIdentity> for Claimed {
    fn from(sent: WidgetIdentity) -> Self {
        let WidgetIdentity { jwt, external_id, user_hash, profile } = sent;
        let mut profile = profile.unwrap_or_default();
        // What a website says of its visitors is a few short texts.
        profile.retain(|name, value| {
            matches!(name.as_str(), "name" | "email") && value.as_str().is_some_and(|text| text.chars().count() <= 200)
        });
        Self { jwt, external_id, user_hash, profile }
    }
}

/// Uses one of a quota; too much is 429.
async fn count(channels: &Channels, key: &str, most: u32) -> Result<()> {
    let verdict = match channels.counters().take(key, Quota { most, per: Duration::from_secs(60) }).await {
        Ok(verdict) => verdict,
        Err(error) => {
            // Better too much than nothing at all.
            tracing::warn!(%error, "the chat cannot be counted");
            return Ok(());
        }
    };
    if verdict.allowed {
        return Ok(());
    }
    let wait = u32::try_from(verdict.retry_after.as_millis().div_ceil(1_000).max(1)).unwrap_or(u32::MAX);
    Err(Error::new(
        Kind::RateLimited(wait),
        format!("That was too much within a minute ({most} are allowed); try again in {wait} s"),
    ))
}

/// Begin a chat, or find it again
///
/// Whoever is not known to the website gets a token of their own, and finds their conversation by it. With a proof of the website (a JWT, or the
/// hash of their id) they find it on every device, and what they wrote before they logged in becomes part of it.
#[utoipa::path(post, path = "/api/v1/widget/{channel_id}/session", tag = "Widget", request_body = WidgetSession,
    params(("channel_id" = ChannelId, Path, description = "The channel's id"), ("Origin" = Option<String>, Header, description = "The page that asks")),
    responses((status = 200, description = "The chat of this token", body = SessionBody), (status = 201, description = "A new token", body = SessionBody),
    (status = 401, description = "The website's proof does not hold, or one is wanted", body = http_base::ErrorBody),
    (status = 403, description = "This website may not use the chat", body = http_base::ErrorBody)))]
async fn session(
    State(channels): State<Channels>,
    name: Named,
    peer: Peer,
    headers: HeaderMap,
    Body { input, .. }: Body<WidgetSession>,
) -> Answer<Response> {
    let now = channels.app().clock().now();
    let (entry, proven, is_known) = {
        let mut tx = channels.app().read().await?;
        let entry = Entry::of(&channels, &mut tx, &name.0, &headers).await?;
        let proven = match input.identity.clone() {
            Some(claimed) => {
                let secret = entry.channel.needed(channels.keys(), IDENTITY_SECRET)?;
                Some(prove(&secret, claimed.into(), now)?)
            }
            None => None,
        };
        let is_known = known(&mut tx, &entry, &input, now).await?.is_some();
        (entry, proven, is_known)
    };
    // Many people may share an address: only those count there of whom nothing is known.
    if proven.is_none()
        && !is_known
        && let Some(address) = peer.address
    {
        count(&channels, &format!("widget:{address}"), channels.settings().sessions).await?;
    }
    let mut tx = channels.app().write().await?;
    // The token may have ended in the meantime.
    let known = known(&mut tx, &entry, &input, now).await?;
    let (status, token, visitor) = begin(&channels, &mut tx, &entry, proven, known, &input).await?;
    if let Some(device) = &input.device_token {
        people::rung_by(&mut tx, &entry.channel, &visitor, device).await?;
    }
    let body = told(&channels, &mut tx, &entry, token, &visitor).await?;
    tx.commit().await?;
    Ok(entry.answer((status, [(CACHE_CONTROL, HeaderValue::from_static("no-store"))], Json(body)).into_response()))
}

/// Whose token the page has, if it is still good.
async fn known(tx: &mut Tx, entry: &Entry, sent: &WidgetSession, now: Timestamp) -> Result<Option<(Visitor, String)>> {
    let Some(token) = &sent.visitor_token else { return Ok(None) };
    let found = visitor::find(tx, entry.channel.id, token, now).await?;
    Ok(found.map(|visitor| (visitor, token.clone())))
}

type Begun = (StatusCode, String, Visitor);

/// Whose chat it is: that of the token, that of whom the website names, or a new one.
async fn begin(
    channels: &Channels,
    tx: &mut Tx,
    entry: &Entry,
    proven: Option<Proven>,
    known: Option<(Visitor, String)>,
    sent: &WidgetSession,
) -> Result<Begun> {
    let now = tx.clock().now();
    let fresh = |external_id, member_id| Visitor {
        token_hash: String::new(),
        workspace_id: entry.channel.workspace_id,
        channel_id: entry.channel.id,
        member_id,
        external_id,
        language: sent.language.as_deref().and_then(crate::members::language),
        time_zone: sent.time_zone.clone().filter(|name| jiff::tz::TimeZone::get(name).is_ok()),
        page: sent.page.as_deref().and_then(|page| page.split(['?', '#']).next()).map(str::to_owned),
        created_at: now,
        expires_at: now,
    };
    let Some(proven) = proven else {
        if let Some((mut visitor, token)) = known.filter(|(visitor, _)| visitor.is_identified() || !entry.is_closed()) {
            visitor::used(tx, &mut visitor, now).await?;
            return Ok((StatusCode::OK, token, visitor));
        }
        if entry.is_closed() {
            return Err(super::entry::only_known());
        }
        let token = visitor::make(channels.app().clock());
        let visitor = visitor::add(tx, &entry.channel, &token, fresh(None, None)).await?;
        return Ok((StatusCode::CREATED, token, visitor));
    };
    if let Some((visitor, token)) = &known
        && visitor.external_id.as_deref() == Some(proven.external_id.as_str())
    {
        let mut visitor = visitor.clone();
        visitor::used(tx, &mut visitor, now).await?;
        return Ok((StatusCode::OK, token.clone(), visitor));
    }
    let member = people::proven(tx, &entry.channel, &proven, sent).await?;
    if let Some((before, _)) = known.filter(|(visitor, _)| !visitor.is_identified()) {
        if let Some(from) = before.member_id.filter(|from| *from != member.id) {
            people::merge(channels, tx, &entry.channel, member.id, from).await?;
        }
        visitor::end(tx, &before.token_hash).await?;
    }
    let token = visitor::make(channels.app().clock());
    let visitor = visitor::add(tx, &entry.channel, &token, fresh(Some(proven.external_id), Some(member.id))).await?;
    Ok((StatusCode::CREATED, token, visitor))
}

async fn told(
    channels: &Channels,
    tx: &mut Tx,
    entry: &Entry,
    token: String,
    visitor: &Visitor,
) -> Result<SessionBody> {
    let conversation = people::conversation(tx, visitor).await?;
    let unread = match &conversation {
        Some(own) => messages::store::unseen(tx, own.id, own.seen_seq).await?,
        None => 0,
    };
    Ok(SessionBody {
        token,
        identified: visitor.is_identified(),
        expires_at: visitor.expires_at,
        latest_seq: conversation.as_ref().map_or(0, |own| own.seq),
        unread,
        handler: conversation.as_ref().map_or(Handler::Bot, |own| own.handler),
        human_name: human_name(channels, tx, conversation.as_ref()).await?,
        consent_needed: false,
        configuration: (&entry.channel).into(),
    })
}

/// End a chat's token
///
/// For a website whose visitor logs out. A token that has ended already is no fault.
#[utoipa::path(delete, path = "/api/v1/widget/{channel_id}/session", tag = "Widget",
    params(("channel_id" = ChannelId, Path, description = "The channel's id")),
    responses((status = 204, description = "It has ended"),
    (status = 403, description = "This website may not use the chat", body = http_base::ErrorBody)))]
async fn end(State(channels): State<Channels>, name: Named, headers: HeaderMap) -> Answer<Response> {
    let mut tx = channels.app().write().await?;
    let entry = Entry::of(&channels, &mut tx, &name.0, &headers).await?;
    if let Some(hash) = token(&headers).and_then(visitor::hash) {
        visitor::end(&mut tx, &hash).await?;
        tx.commit().await?;
        channels.live().ended(&hash);
    }
    Ok(entry.answer(StatusCode::NO_CONTENT.into_response()))
}

/// Which messages are wanted.
#[derive(Input)]
#[input(check = WidgetMessagesQuery::check)]
struct WidgetMessagesQuery {
    /// Those behind this number.
    #[input(whole(0, i64::MAX))]
    after: Option<i64>,
    /// Those before this number; without either, the newest.
    #[input(whole(0, i64::MAX))]
    before: Option<i64>,
    /// How many at most.
    #[input(whole(1, 100).map(|limit| limit as u32), default = 50)]
    limit: u32,
}

impl WidgetMessagesQuery {
    fn check(&self, fields: &mut Fields) {
        if self.after.is_some() && self.before.is_some() {
            fields.fault("after", "conflict", "must not be given together with before");
        }
    }
}

/// Read a chat
///
/// Always told the oldest first.
#[utoipa::path(get, path = "/api/v1/widget/{channel_id}/messages", tag = "Widget",
    params(("channel_id" = ChannelId, Path, description = "The channel's id"), WidgetMessagesQuery),
    responses((status = 200, description = "The messages", body = MessageList),
    (status = 401, description = "The token is not good", body = http_base::ErrorBody),
    (status = 403, description = "This website may not use the chat", body = http_base::ErrorBody)))]
async fn read(
    State(channels): State<Channels>,
    name: Named,
    headers: HeaderMap,
    Params(query): Params<WidgetMessagesQuery>,
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
        messages: MessageBody::all(&channels, &mut tx, &entry.channel, rows).await?,
        latest_seq: conversation.as_ref().map_or(0, |own| own.seq),
        more,
        handler: conversation.as_ref().map_or(Handler::Bot, |own| own.handler),
        human_name: human_name(&channels, &mut tx, conversation.as_ref()).await?,
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
    let (status, message) = match receive(&channels, &mut tx, &mut talk, incoming).await? {
        Some(message) => {
            talk.save(&mut tx).await?;
            channels.live().wake_token_after(&mut tx, &visitor.token_hash);
            (StatusCode::CREATED, message)
        }
        None => {
            let found = messages::store::by_client(&mut tx, talk.conversation.id, &input.client_id.to_string()).await?;
            (
                StatusCode::OK,
                found.ok_or_else(|| Error::conflict("This message is taken in at the same moment; send it again"))?,
            )
        }
    };
    tx.commit().await?;
    Ok(entry.answer((status, Json(MessageBody::of(message, None))).into_response()))
}

/// Tell what a visitor has seen
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
