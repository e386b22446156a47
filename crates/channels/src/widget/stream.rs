//! What a chat is shown as it happens: server-sent events, which go on behind the last that was seen.

use std::collections::HashMap;
use std::convert::Infallible;
use std::time::Duration;

use axum::body::Body;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderName, HeaderValue};
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use db::Engine;
use http_base::{Answer, Named};
use kernel::{Error, Kind, Result, Timestamp};
use serde_json::{Value, json};
use tokio::sync::mpsc;
use tokio::time::Instant;

use super::entry::Entry;
use super::live::{Hint, Place};
use super::people;
use super::shapes::{MessageBody, human_name};
use super::visitor::{self, Visitor};
use crate::Channels;
use crate::channels::{Channel, ChannelId};
use crate::conversations::{Conversation, Handler};
use crate::messages;

/// The place in the chat that a page has.
const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");
/// How long a page waits before it comes back, in milliseconds.
const RETRY: u32 = 3_000;
/// How long a stream may be silent.
const HEARTBEAT: Duration = Duration::from_secs(20);
/// How often it is looked for what other processes wrote.
const POLL: Duration = Duration::from_secs(3);
/// How long a stream lasts.
const LONGEST: Duration = Duration::from_hours(1);
/// How many streams a token has.
const OF_TOKEN: usize = 5;
/// Whoever missed more begins anew.
const MOST_MISSED: u32 = 200;
/// How many pieces may wait for a page that is slow,
const WAITING: usize = 32;
/// and how long a further one is held back for it; then its stream ends.
const PATIENCE: Duration = Duration::from_secs(10);

/// Follow a chat
///
/// `hello` comes first, then messages that were missed (behind `Last-Event-ID`), then `message`, `changed`, `typing`, `handler` and `seen` as they happen. `reset` says that
/// too much was missed: read the messages anew. `closed` is the last, with the reason: `token`, `server` or `too_many`. A comment comes every 20 seconds.
#[utoipa::path(get, path = "/api/v1/widget/{channel_id}/stream", tag = "Widget",
    params(("channel_id" = ChannelId, Path, description = "The channel's id"),
    ("Last-Event-ID" = Option<String>, Header, description = "The number of the last message that was seen")),
    responses((status = 200, description = "The stream", body = String, content_type = "text/event-stream"),
    (status = 401, description = "The token is not good", body = http_base::ErrorBody),
    (status = 403, description = "This website may not use the chat", body = http_base::ErrorBody)))]
pub(super) async fn stream(State(channels): State<Channels>, name: Named, headers: HeaderMap) -> Answer<Response> {
    let mut tx = channels.app().read().await?;
    let entry = Entry::of(&channels, &mut tx, &name.0, &headers).await?;
    let visitor = entry.visitor(&mut tx, &headers).await?;
    drop(tx);
    let last = headers
        .get(LAST_EVENT_ID)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.trim().parse::<i64>().ok());
    let place = channels.live().take(&visitor.token_hash, OF_TOKEN).ok_or_else(|| {
        Error::new(Kind::RateLimited(30), "Too many chats are open on this server; read the messages in the meantime")
    })?;
    let (sender, receiver) = mpsc::channel::<Bytes>(WAITING);
    let following = Following {
        channel: entry.channel.clone(),
        visitor,
        seen: last,
        channels: channels.clone(),
        sender,
        shown: Shown::default(),
    };
    tokio::spawn(following.run(place));
    let pieces = futures::stream::unfold(receiver, |mut receiver| async move {
        let piece = receiver.recv().await?;
        Some((Ok::<_, Infallible>(piece), receiver))
    });
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static("text/event-stream")),
        (CACHE_CONTROL, HeaderValue::from_static("no-store")),
        // A proxy that collected what comes would hold it back.
        (HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no")),
    ];
    Ok(entry.answer((headers, Body::from_stream(pieces)).into_response()))
}

/// What a page knows already.
#[derive(Default)]
struct Shown {
    handler: Option<(Handler, Option<String>)>,
    read_seq: i64,
    changes: HashMap<i64, (Option<Timestamp>, bool)>,
}

/// A page that follows its chat.
struct Following {
    channels: Channels,
    channel: Channel,
    visitor: Visitor,
    /// The number of the last message that it has; nothing before it has begun.
    seen: Option<i64>,
    sender: mpsc::Sender<Bytes>,
    shown: Shown,
}

/// Why it ends; nothing if the page is gone.
enum End {
    Gone,
    Closed(&'static str),
}

impl Following {
    async fn run(mut self, place: Place) {
        let end = match self.follow(&place).await {
            Ok(end) => end,
            Err(error) => {
                tracing::warn!(%error, "a chat cannot be followed");
                End::Closed("server")
            }
        };
        if let End::Closed(reason) = end {
            let _ = self.sender.try_send(event("closed", None, &json!({"reason": reason})));
        }
    }

    async fn follow(&mut self, place: &Place) -> Result<End> {
        let live = self.channels.live().clone();
        let until = Instant::now() + LONGEST;
        let own = live.listen(super::live::topic(&self.visitor.token_hash));
        let conversation = self.look_up().await?;
        let mut hints = match &conversation {
            Some(conversation) => live.listen(conversation.id),
            None => own,
        };
        if !self.begin(conversation.as_ref()).await? {
            return Ok(End::Gone);
        }
        let mut following = conversation.map(|own| own.id);
        // Something may have come since it was looked up.
        let mut news = true;
        let mut beat = Instant::now() + HEARTBEAT;
        loop {
            if news {
                let now = self.look_up().await?;
                if let Some(conversation) = &now
                    && following != Some(conversation.id)
                {
                    following = Some(conversation.id);
                    hints = live.listen(conversation.id);
                }
                if let Some(conversation) = now
                    && !self.show(&conversation).await?
                {
                    return Ok(End::Gone);
                }
            }
            let poll = if self.channels.app().db().engine() == Engine::Postgres { POLL } else { HEARTBEAT };
            let next = (Instant::now() + poll).min(beat).min(until);
            news = tokio::select! {
                () = place.end.notified() => {
                    let reason = if self.is_good().await? { "too_many" } else { "token" };
                    return Ok(End::Closed(reason));
                }
                () = self.sender.closed() => return Ok(End::Gone),
                hint = hints.recv() => match hint {
                    Ok(Hint::News) | Err(tokio::sync::broadcast::error::RecvError::Lagged(_)) => true,
                    Ok(Hint::Typing { author, on }) => {
                        if !self.send(event("typing", None, &json!({"author": author, "on": on}))).await {
                            return Ok(End::Gone);
                        }
                        false
                    }
                    Ok(Hint::Ended(reason)) => return Ok(End::Closed(reason)),
                    Err(tokio::sync::broadcast::error::RecvError::Closed) => return Ok(End::Closed("server")),
                },
                () = tokio::time::sleep_until(next) => true,
            };
            if Instant::now() >= until {
                return Ok(End::Closed("server"));
            }
            if Instant::now() >= beat {
                beat = Instant::now() + HEARTBEAT;
                if !self.send(Bytes::from_static(b":\n\n")).await {
                    return Ok(End::Gone);
                }
                if !self.is_good().await? {
                    return Ok(End::Closed("token"));
                }
            }
        }
    }

    /// A page that does not read is cut off: it comes back, and goes on behind what it has. One that has missed much is waited for.
    async fn send(&self, piece: Bytes) -> bool {
        matches!(tokio::time::timeout(PATIENCE, self.sender.send(piece)).await, Ok(Ok(())))
    }

    async fn is_good(&self) -> Result<bool> {
        let mut tx = self.channels.app().read().await?;
        let now = self.channels.app().clock().now();
        visitor::is_good(&mut tx, &self.visitor.token_hash, now).await
    }

    /// The conversation as it stands, once there is one.
    async fn look_up(&mut self) -> Result<Option<Conversation>> {
        let mut tx = self.channels.app().read().await?;
        if self.visitor.member_id.is_none() {
            self.visitor.member_id = visitor::member_of(&mut tx, &self.visitor.token_hash).await?;
        }
        people::conversation(&mut tx, &self.visitor).await
    }

    async fn begin(&mut self, conversation: Option<&Conversation>) -> Result<bool> {
        let latest = conversation.map_or(0, |own| own.seq);
        let handler = conversation.map_or(Handler::Bot, |own| own.handler);
        let name = human_name(&self.channel, conversation);
        let resumed = self.seen.is_some_and(|seen| seen <= latest);
        let hello = json!({"latest_seq": latest, "handler": handler, "human_name": name, "resumed": resumed});
        let mut first = format!("retry: {RETRY}\n").into_bytes();
        first.extend_from_slice(&event("hello", None, &hello));
        self.shown.handler = Some((handler, name));
        self.shown.read_seq = conversation.map_or(0, |own| own.read_seq);
        self.seen = Some(self.seen.map_or(latest, |seen| seen.min(latest)));
        Ok(self.send(first.into()).await)
    }

    /// Shows what is new. False once the page is gone.
    async fn show(&mut self, own: &Conversation) -> Result<bool> {
        // A page that is slow does not hold the database.
        for piece in self.news(own).await? {
            if !self.send(piece).await {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// What is new, as it is written.
    async fn news(&mut self, own: &Conversation) -> Result<Vec<Bytes>> {
        let seen = self.seen.unwrap_or_default();
        let mut tx = self.channels.app().read().await?;
        let rows = messages::store::shown_after(&mut tx, own.id, seen, MOST_MISSED + 1).await?;
        if rows.len() > MOST_MISSED as usize {
            self.seen = Some(own.seq);
            return Ok(vec![Bytes::from_static(b"event: reset\ndata: {}\n\n")]);
        }
        let mut pieces = Vec::new();
        for row in &rows {
            self.shown.changes.insert(row.seq, (row.edited_at, row.deleted_at.is_some()));
        }
        for body in MessageBody::all(&self.channel, rows) {
            pieces.push(event("message", Some(body.seq), &json!(body)));
            self.seen = Some(body.seq);
        }
        let near = messages::store::shown_before(&mut tx, own.id, Some(seen + 1), 50).await?;
        let changed: Vec<_> = near
            .into_iter()
            .filter(|row| {
                let now = (row.edited_at, row.deleted_at.is_some());
                self.shown.changes.insert(row.seq, now).is_some_and(|before| before != now)
            })
            .collect();
        for body in MessageBody::all(&self.channel, changed) {
            pieces.push(event("changed", None, &json!(body)));
        }
        let handler = (own.handler, human_name(&self.channel, Some(own)));
        if self.shown.handler.as_ref() != Some(&handler) {
            pieces.push(event("handler", None, &json!({"handler": handler.0, "human_name": handler.1})));
            self.shown.handler = Some(handler);
        }
        if own.read_seq > self.shown.read_seq {
            self.shown.read_seq = own.read_seq;
            pieces.push(event("seen", None, &json!({"by": "coach", "up_to": own.read_seq})));
        }
        Ok(pieces)
    }
}

/// An event, as it is written: JSON has no line break in it.
fn event(name: &str, id: Option<i64>, data: &Value) -> Bytes {
    let id = id.map(|id| format!("id: {id}\n")).unwrap_or_default();
    format!("{id}event: {name}\ndata: {data}\n\n").into()
}
