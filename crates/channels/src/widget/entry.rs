//! Who comes in: which channel is meant, from which page, and with which token.

use axum::http::HeaderMap;
use axum::http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, AUTHORIZATION, HOST, HeaderValue, ORIGIN, VARY};
use axum::response::Response;
use db::Tx;
use kernel::{Error, Kind, Result};

use super::visitor::{self, Visitor};
use crate::Channels;
use crate::channels::{self, Channel, ChannelId, Status, origins};
use crate::members::{Medium, is_asked_for};

/// A channel that a page asks for, and what it is answered with.
pub(super) struct Entry {
    pub(super) channel: Channel,
    /// The page's origin, if it is another one and allowed.
    origin: Option<HeaderValue>,
}

impl Entry {
    /// The channel of this name, for a page that may show it.
    pub(super) async fn of(channels: &Channels, tx: &mut Tx, name: &str, headers: &HeaderMap) -> Result<Self> {
        let channel = chat(tx, name).await?;
        // An app works without push notifications, so an error of Firebase does not block it.
        let serves =
            channel.status == Status::Active || channel.kind == Medium::Mobile && channel.status == Status::Error;
        if !serves {
            return Err(Error::not_found("Channel"));
        }
        let origin = allowed(channels, &channel, headers)?;
        Ok(Self { channel, origin })
    }

    /// The answer, as a page of another origin may read it.
    pub(super) fn answer(self, mut response: Response) -> Response {
        if let Some(origin) = self.origin {
            response.headers_mut().insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
            response.headers_mut().append(VARY, HeaderValue::from_static("origin"));
        }
        response
    }

    /// Whose token it is. In a chat that is only for people whom the website knows, nobody else's is good.
    pub(super) async fn visitor(&self, tx: &mut Tx, headers: &HeaderMap) -> Result<Visitor> {
        let token = token(headers).ok_or_else(unknown)?;
        let now = tx.clock().now();
        let visitor = visitor::find(tx, self.channel.id, token, now).await?.ok_or_else(unknown)?;
        if self.is_closed() && !visitor.is_identified() {
            return Err(only_known());
        }
        Ok(visitor)
    }

    /// Is the chat only for people whom the website knows?
    pub(super) fn is_closed(&self) -> bool {
        self.channel.set().identity_mode.as_deref() == Some("required")
    }
}

/// A chat of a website that is there.
pub(super) async fn web(tx: &mut Tx, name: &str) -> Result<Channel> {
    let found = chat(tx, name).await?;
    if found.kind == Medium::Web { Ok(found) } else { Err(Error::not_found("Channel")) }
}

/// The same, or that of an app.
async fn chat(tx: &mut Tx, name: &str) -> Result<Channel> {
    let missing = || Error::not_found("Channel");
    let id: ChannelId = name.parse().map_err(|_| missing())?;
    let found = channels::store::by_id(tx, id).await?;
    found.filter(|channel| is_asked_for(channel.kind) && channel.deleted_at.is_none()).ok_or_else(missing)
}

/// The token of a request.
pub(super) fn token(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

fn unknown() -> Error {
    Error::new(Kind::Unauthenticated, "This chat has ended; begin a new one with POST …/session")
}

/// Nobody but people whom the website knows.
pub(super) fn only_known() -> Error {
    Error::new(Kind::Unauthenticated, "This chat is only for people who are logged in on the website.")
}

/// The foreign origin that asks, if it is allowed; nothing if it is our own or none.
fn allowed(channels: &Channels, channel: &Channel, headers: &HeaderMap) -> Result<Option<HeaderValue>> {
    let Some(header) = headers.get(ORIGIN) else { return Ok(None) };
    let origin = header.to_str().unwrap_or("null").trim_end_matches('/').to_lowercase();
    let host = headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default().to_lowercase();
    let of_origin = origin.split_once("://").map_or("", |(_, host)| host);
    let own = channels.app().public_url();
    let is_own = (!host.is_empty() && of_origin == host)
        || own.to_lowercase().strip_prefix(&origin).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    if is_own {
        return Ok(None);
    }
    if origins::allows(channel.set().allowed_origins.as_deref().unwrap_or_default(), &origin) {
        return Ok(Some(header.clone()));
    }
    let message = format!(
        "This website may not use the chat: its address {origin} is not among the allowed origins of the channel. The coach can add it to allowed_origins."
    );
    Err(Error::new(Kind::Forbidden, message))
}
