//! Where providers reach this server.

use axum::extract::State;
use http_base::routes;
use http_base::{Answer, Named, Params, Rate, Routes, ToBeSigned};
use input::Input;
use kernel::{Error, Kind, Result};
use ports::messaging::{HubSignature, SecretToken, Token};
use ports::webhook::Scheme;
use subtle::ConstantTimeEq as _;

use super::journal;
use crate::Channels;
use crate::channels::configuration::{APP_SECRET, HOOK_SECRET, VERIFY_TOKEN};
use crate::channels::{self, Channel, ChannelId};
use crate::members::Medium;

pub(crate) fn router() -> Routes<Channels> {
    // What is signed counts for its channel, and not for its address: a provider calls from few.
    Routes::new()
        .with(routes!(whatsapp_handshake).rate(Rate::Webhook))
        .with(routes!(whatsapp, telegram).rate(Rate::Signed))
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
async fn whatsapp(State(channels): State<Channels>, name: Named, request: ToBeSigned) -> Answer<&'static str> {
    take(&channels, &name, Medium::Whatsapp, request).await
}

/// Take what Telegram tells
///
/// Telegram proves itself by the secret that we gave it with the webhook's address.
#[utoipa::path(post, path = "/webhooks/telegram/{channel_id}", tag = "Channel webhooks",
    params(("channel_id" = ChannelId, Path, description = "The channel's id"),
    ("X-Telegram-Bot-Api-Secret-Token" = Option<String>, Header, description = "The secret")),
    responses((status = 200, description = "Taken", body = String, content_type = "text/plain"),
    (status = 403, description = "It is not Telegram's", body = http_base::ErrorBody)))]
async fn telegram(State(channels): State<Channels>, name: Named, request: ToBeSigned) -> Answer<&'static str> {
    take(&channels, &name, Medium::Telegram, request).await
}

/// Writes down what is signed. Nothing of a body is read before its signature is there, and nothing of it is trusted before that fits.
async fn take(channels: &Channels, name: &Named, kind: Medium, request: ToBeSigned) -> Answer<&'static str> {
    let channel = match channel(channels, name, kind).await {
        Ok(channel) => channel,
        Err(refusal) => return Err(request.by_nobody(refusal).await.into()),
    };
    let secret = |name| Ok::<_, Error>(channel.secret(channels.keys(), name)?.map(Token::from));
    let scheme: Box<dyn Scheme> = match kind {
        Medium::Whatsapp => Box::new(HubSignature { secret: secret(APP_SECRET)? }),
        _ => Box::new(SecretToken { secret: secret(HOOK_SECRET)? }),
    };
    let signed = request.signed_by(&*scheme, &channel.id.to_string(), channels.settings().webhook_bytes).await?;
    let mut tx = channels.app().write().await?;
    journal::write(&mut tx, channels.app().clock(), channel.id, &signed.body).await?;
    tx.commit().await?;
    Ok("ok")
}
