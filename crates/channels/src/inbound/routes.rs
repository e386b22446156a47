//! Where providers reach this server.

use std::time::Duration;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::HeaderMap;
use http_base::routes;
use http_base::{Answer, Named, Params, Rate, Routes};
use input::Input;
use kernel::{Error, Kind, Result};
use ports::counters::Quota;
use ports::messaging::{HubSignature, SecretToken, Token};
use ports::webhook::{self, Scheme};
use subtle::ConstantTimeEq as _;

use super::journal;
use crate::Channels;
use crate::channels::configuration::{APP_SECRET, HOOK_SECRET, VERIFY_TOKEN};
use crate::channels::{self, Channel, ChannelId};
use crate::members::Medium;

pub(crate) fn router() -> Routes<Channels> {
    // Counted for each channel once the signature was checked, and not for each address: a provider calls from few.
    Routes::new().with(routes!(whatsapp_handshake, whatsapp).rate(Rate::Free)).with(routes!(telegram).rate(Rate::Free))
}

/// The handshake, as Meta asks for it.
#[derive(Input)]
struct HandshakeQuery {
    /// `subscribe`.
    #[input(text(40), name = "hub.mode")]
    mode: Option<String>,
    /// The word that was set as `webhook_verify_token`.
    #[input(text(512), name = "hub.verify_token")]
    token: Option<String>,
    /// What is to be answered.
    #[input(text(512), name = "hub.challenge")]
    challenge: Option<String>,
}

async fn channel(channels: &Channels, name: &Named, kind: Medium) -> Result<Channel> {
    let id: ChannelId = name.id("Channel")?;
    let found = channels::store::by_id(&mut channels.app().read().await?, id).await?;
    found
        .filter(|channel| channel.kind == kind && channel.deleted_at.is_none())
        .ok_or_else(|| Error::not_found("Channel"))
}

/// Answer Meta's handshake
///
/// With the right `hub.verify_token` the answer is `hub.challenge` as text; with another one it is 403.
#[utoipa::path(get, path = "/webhooks/whatsapp/{channel_id}", tag = "Channel webhooks",
    params(("channel_id" = ChannelId, Path, description = "The channel's id"), HandshakeQuery), responses(
    (status = 200, description = "The challenge", body = String, content_type = "text/plain"),
    (status = 403, description = "The word is another one", body = http_base::ErrorBody)))]
async fn whatsapp_handshake(
    State(channels): State<Channels>,
    name: Named,
    Params(query): Params<HandshakeQuery>,
) -> Answer<String> {
    let channel = channel(&channels, &name, Medium::Whatsapp).await?;
    let wanted = channel.secret(channels.keys(), VERIFY_TOKEN)?.unwrap_or_default();
    let given = query.token.unwrap_or_default();
    let fits = !wanted.is_empty() && bool::from(wanted.as_bytes().ct_eq(given.as_bytes()));
    let asks = query.mode.as_deref() == Some("subscribe");
    match query.challenge {
        Some(challenge) if fits && asks => Ok(challenge),
        _ => {
            let message = "The handshake does not fit: hub.mode must be subscribe, and hub.verify_token the webhook_verify_token of the channel";
            Err(Error::new(Kind::Forbidden, message).into())
        }
    }
}

/// Take what WhatsApp tells
///
/// Signed over the raw body with the app's secret (`X-Hub-Signature-256`). It is written down and answered at once; what it says is done afterwards, in its order,
/// and each message counts once, however often it is told.
#[utoipa::path(post, path = "/webhooks/whatsapp/{channel_id}", tag = "Channel webhooks",
    params(("channel_id" = ChannelId, Path, description = "The channel's id"),
    ("X-Hub-Signature-256" = Option<String>, Header, description = "`sha256=` and the HMAC of the body")),
    responses((status = 200, description = "Taken", body = String, content_type = "text/plain"),
    (status = 403, description = "It is not signed", body = http_base::ErrorBody)))]
async fn whatsapp(State(channels): State<Channels>, name: Named, request: Request) -> Answer<&'static str> {
    let channel = channel(&channels, &name, Medium::Whatsapp).await?;
    let secret = channel.secret(channels.keys(), APP_SECRET)?.map(Token::from);
    take(&channels, &channel, &HubSignature { secret }, request).await
}

/// Take what Telegram tells
///
/// Telegram proves itself by the secret that we gave it with the webhook's address.
#[utoipa::path(post, path = "/webhooks/telegram/{channel_id}", tag = "Channel webhooks",
    params(("channel_id" = ChannelId, Path, description = "The channel's id"),
    ("X-Telegram-Bot-Api-Secret-Token" = Option<String>, Header, description = "The secret")),
    responses((status = 200, description = "Taken", body = String, content_type = "text/plain"),
    (status = 403, description = "It is not Telegram's", body = http_base::ErrorBody)))]
async fn telegram(State(channels): State<Channels>, name: Named, request: Request) -> Answer<&'static str> {
    let channel = channel(&channels, &name, Medium::Telegram).await?;
    let secret = channel.secret(channels.keys(), HOOK_SECRET)?.map(Token::from);
    take(&channels, &channel, &SecretToken { secret }, request).await
}

fn signature<'h>(headers: &'h HeaderMap, scheme: &dyn Scheme) -> Option<&'h str> {
    headers.get(scheme.header()).and_then(|value| value.to_str().ok())
}

/// Writes down what is signed. Nothing of a body is read before its signature is there, and nothing of it is trusted before that fits.
async fn take(channels: &Channels, channel: &Channel, scheme: &dyn Scheme, request: Request) -> Answer<&'static str> {
    let (head, body) = request.into_parts();
    let now = channels.app().clock().now();
    scheme.is_open()?;
    let signature = signature(&head.headers, scheme);
    let asked = webhook::Request { url: "", media_type: "", body: b"", signature };
    if signature.is_none() {
        scheme.check(asked, now)?;
    }
    let body = read(channels, body).await?;
    scheme.check(webhook::Request { body: &body, ..asked }, now)?;
    let quota = Quota { most: channels.settings().webhooks, per: Duration::from_secs(1) };
    let verdict = channels.counters().take(&format!("webhooks:{}", channel.id), quota).await;
    if verdict.as_ref().is_ok_and(|verdict| !verdict.allowed) {
        // A provider comes again.
        let message =
            format!("This channel is told more than {} webhooks a second; tell it again in a second", quota.most);
        return Err(Error::new(Kind::RateLimited(1), message).into());
    }
    let mut tx = channels.app().write().await?;
    journal::write(&mut tx, channels.app().clock(), channel.id, &body).await?;
    tx.commit().await?;
    Ok("ok")
}

async fn read(channels: &Channels, body: Body) -> Result<axum::body::Bytes> {
    let most = channels.settings().webhook_bytes;
    axum::body::to_bytes(body, most).await.map_err(|fault| {
        Error::new(Kind::TooLarge, format!("The body is larger than {most} bytes, or broke off")).because(fault)
    })
}
