//! How a chat is begun, found again and ended.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, HeaderValue};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use db::Tx;
use http_base::routes;
use http_base::{Answer, Body, Named, Peer, Routes};
use kernel::{Error, Kind, Result, Timestamp};
use ports::counters::Quota;

use super::entry::{Entry, token};
use super::identity::{Claimed, Proven, prove};
use super::people;
use super::routes::MOST_BYTES;
use super::shapes::{SessionBody, WidgetIdentity, WidgetSession, human_name};
use super::visitor::{self, Visitor};
use crate::Channels;
use crate::channels::ChannelId;
use crate::channels::configuration::IDENTITY_SECRET;
use crate::conversations::Handler;
use crate::messages;

pub(super) fn router() -> Routes<Channels> {
    Routes::new().with(routes!(session, end).bytes(MOST_BYTES))
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
pub(super) async fn count(channels: &Channels, key: &str, most: u32) -> Result<()> {
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
    let body = told(&mut tx, &entry, token, &visitor).await?;
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

async fn told(tx: &mut Tx, entry: &Entry, token: String, visitor: &Visitor) -> Result<SessionBody> {
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
        human_name: human_name(&entry.channel, conversation.as_ref()),
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
