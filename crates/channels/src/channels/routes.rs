//! The routes of channels.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use db::Tx;
use events::TxExt as _;
use http_base::routes;
use http_base::{Answer, Body, Done, Member, Named, Pages, Params, Routes, done};
use input::Input;
use kernel::{Clock, Error, Kind, Result, WorkspaceId};

use super::checklist::steps;
use super::configuration::{self, Configuration, HOOK_SECRET, IDENTITY_SECRET};
use super::model::{Channel, ChannelId, Status};
use super::secrets::Sealed;
use super::shapes::{ChannelBody, ChannelChanges, ChannelList, Checklist, NewChannel, Verification};
use super::{store, verify};
use crate::Channels;
use crate::events::{ChannelChanged, ChannelCreated, ChannelDeleted};
use crate::members::{Medium, is_asked_for};

pub(crate) fn router() -> Routes<Channels> {
    Routes::new()
        .with(routes!(list, create))
        .with(routes!(show, update, delete))
        .with(routes!(checklist))
        .with(routes!(check))
}

/// Which channels are wanted.
#[derive(Input)]
struct ChannelQuery {
    /// Only those of this type.
    #[input(word_of_query())]
    channel_type: Option<Medium>,
    #[input(flatten)]
    pages: Pages,
}

/// List channels
///
/// Those of one's workspace, the oldest first.
#[utoipa::path(get, path = "/api/v1/channels", tag = "Channels", params(ChannelQuery),
    responses((status = 200, description = "A page of channels", body = ChannelList)))]
async fn list(
    State(channels): State<Channels>,
    member: Member,
    Params(query): Params<ChannelQuery>,
) -> Answer<Json<ChannelList>> {
    let (limit, offset) = (query.pages.limit, query.pages.offset());
    let mut tx = channels.app().read().await?;
    let (rows, total) = store::list(member.hub(), &mut tx, query.channel_type, limit, offset).await?;
    let rows = rows.into_iter().map(|(channel, last)| ChannelBody::of(&channels, channel, last)).collect();
    Ok(Json(ChannelList { channels: rows, pagination: query.pages.pagination(total) }))
}

/// Create a channel
///
/// A chat on a website is `active` at once. WhatsApp, Telegram and mobile are `pending_verification` until their provider has said that they
/// work: what is still missing for that is told by the channel's checklist. Secrets are kept sealed and never told again; `secrets_set`
/// says which there are. For a website the answer has its `identity_secret`, once.
#[utoipa::path(post, path = "/api/v1/channels", tag = "Channels", request_body = NewChannel, responses(
    (status = 201, description = "The new channel", body = ChannelBody),
    (status = 409, description = "The workspace has as many channels as it may"),
    (status = 503, description = "This server has no key to keep secrets with")))]
async fn create(
    State(channels): State<Channels>,
    member: Member,
    Body { input, .. }: Body<NewChannel>,
) -> Answer<(StatusCode, Json<ChannelBody>)> {
    let (clock, keys) = (channels.app().clock(), channels.keys());
    let (id, now): (ChannelId, _) = (clock.new_id(), clock.now());
    let (mut set, mut sealed) = (Configuration::default(), Sealed::default());
    let told = configuration::apply(input.kind, &mut set, input.configuration)?;
    let missing = configuration::missing(input.kind, &set, |name| {
        told.0.iter().any(|(own, value)| *own == name && value.is_some())
    });
    if !missing.is_empty() {
        return Err(Error::invalid(missing).into());
    }
    sealed.apply(keys, id, &told)?;
    let made = own_secrets(clock, input.kind);
    for (name, secret) in &made {
        sealed.set(keys, id, name, secret)?;
    }
    let channel = Channel {
        id,
        workspace_id: member.hub(),
        kind: input.kind,
        name: input.name,
        status: if input.kind == Medium::Web { Status::Active } else { Status::PendingVerification },
        reason: None,
        configuration: db::Json(set),
        secrets: db::Json(sealed),
        revision: 1,
        user_count: 0,
        verified_at: None,
        created_at: now,
        updated_at: now,
        deleted_at: None,
    };
    let mut tx = channels.app().write().await?;
    if store::count(channel.workspace_id, &mut tx).await? >= store::MOST {
        let message = format!("A workspace has at most {} channels; delete one that you do not use", store::MOST);
        return Err(Error::new(Kind::Conflict, message).into());
    }
    known_bases(&channels, &mut tx, channel.workspace_id, &channel.configuration.0).await?;
    tx.insert(&channel).await?;
    tx.event(ChannelCreated { workspace_id: channel.workspace_id, channel_id: id, channel: channel.kind });
    if channel.kind != Medium::Web {
        verify::enqueue(&mut tx, clock, id).await?;
    }
    tx.commit().await?;
    let told = made.into_iter().find(|(name, _)| *name == IDENTITY_SECRET).map(|(_, secret)| secret);
    Ok((StatusCode::CREATED, Json(ChannelBody::of(&channels, channel, None).telling(told))))
}

/// Secrets that we make ourselves: what Telegram proves itself with, and what a website proves with who its visitors are.
fn own_secrets(clock: &Clock, kind: Medium) -> Vec<(&'static str, String)> {
    let name = match kind {
        Medium::Telegram => HOOK_SECRET,
        Medium::Web | Medium::Mobile => IDENTITY_SECRET,
        Medium::Whatsapp => return Vec::new(),
    };
    vec![(name, random(clock))]
}

/// 32 random bytes.
fn random(clock: &Clock) -> String {
    let mut bytes = [0; 32];
    clock.fill(&mut bytes);
    hex::encode(bytes)
}

/// Refuses bases that the workspace does not have.
async fn known_bases(channels: &Channels, tx: &mut Tx, workspace: WorkspaceId, set: &Configuration) -> Result<()> {
    let Some(wanted) = set.knowledge_base_ids.as_ref().filter(|all| !all.is_empty()) else { return Ok(()) };
    let known = channels.answerer().bases(tx, workspace, wanted).await?;
    match wanted.iter().find(|id| !known.contains(id)) {
        None => Ok(()),
        Some(id) => {
            let message = format!("{id} is none of your knowledge bases; GET /api/v1/knowledge-bases lists them");
            Err(Error::invalid(vec![configuration::fault("knowledge_base_ids", "unknown_value", message)]))
        }
    }
}

/// Show a channel
///
/// With its configuration; of its secrets it is told only which are set.
#[utoipa::path(get, path = "/api/v1/channels/{channel_id}", tag = "Channels",
    params(("channel_id" = ChannelId, Path, description = "The channel's id")),
    responses((status = 200, description = "The channel", body = ChannelBody)))]
async fn show(State(channels): State<Channels>, member: Member, name: Named) -> Answer<Json<ChannelBody>> {
    let mut tx = channels.app().read().await?;
    let channel = found(&mut tx, &member, &name).await?;
    Ok(Json(ChannelBody::read(&channels, &mut tx, channel).await?))
}

pub(super) async fn found(tx: &mut Tx, member: &Member, name: &Named) -> Result<Channel> {
    store::find(member.hub(), tx, name.id("Channel")?).await?.ok_or_else(|| Error::not_found("Channel"))
}

/// Update a channel
///
/// What is missing stays as it is. A change of what its provider knows it by has the channel checked anew.
#[utoipa::path(put, path = "/api/v1/channels/{channel_id}", tag = "Channels", request_body = ChannelChanges,
    params(("channel_id" = ChannelId, Path, description = "The channel's id")), responses(
    (status = 200, description = "The channel as it is now", body = ChannelBody),
    (status = 409, description = "Somebody else has changed it meanwhile"),
    (status = 503, description = "This server has no key to keep secrets with")))]
async fn update(
    State(channels): State<Channels>,
    member: Member,
    name: Named,
    Body { input, .. }: Body<ChannelChanges>,
) -> Answer<Json<ChannelBody>> {
    let (clock, keys) = (channels.app().clock(), channels.keys());
    let mut tx = channels.app().write().await?;
    let before = found(&mut tx, &member, &name).await?;
    let mut channel = before.clone();
    input::set(&mut channel.name, input.name);
    let mut to_check = false;
    if let Some(sent) = input.configuration {
        let secrets = configuration::apply(channel.kind, &mut channel.configuration.0, sent)?;
        to_check = channel.secrets.0.apply(keys, channel.id, &secrets)?
            || channel.set().phone_number_id != before.set().phone_number_id;
        let missing = configuration::missing(channel.kind, channel.set(), |name| channel.secrets.0.has(name));
        if !missing.is_empty() {
            return Err(Error::invalid(missing).into());
        }
        known_bases(&channels, &mut tx, channel.workspace_id, channel.set()).await?;
    }
    match input.status {
        Some("inactive") => (channel.status, channel.reason) = (Status::Inactive, None),
        Some(_) if channel.status == Status::Inactive => {
            channel.status = if channel.kind == Medium::Web { Status::Active } else { Status::PendingVerification };
            to_check = channel.kind != Medium::Web;
        }
        _ => {}
    }
    let mut told = None;
    if input.rotate_identity_secret == Some(true) {
        if !is_asked_for(channel.kind) {
            let message = "only the chat of a website and an app have an identity secret";
            return Err(Error::invalid_field("rotate_identity_secret", message).into());
        }
        let secret = random(clock);
        channel.secrets.0.set(keys, channel.id, IDENTITY_SECRET, &secret)?;
        told = Some(secret);
    }
    channel.updated_at = clock.now();
    store::save(&mut tx, &channel).await?;
    tx.event(ChannelChanged { workspace_id: channel.workspace_id, channel_id: channel.id, channel: channel.kind });
    if to_check && channel.status != Status::Inactive {
        verify::enqueue(&mut tx, clock, channel.id).await?;
    }
    let body = ChannelBody::read(&channels, &mut tx, channel).await?;
    tx.commit().await?;
    Ok(Json(body.telling(told)))
}

/// Delete a channel
///
/// Nothing more goes out or comes in over it, and its secrets are forgotten. Its conversations stay, to be read.
#[utoipa::path(delete, path = "/api/v1/channels/{channel_id}", tag = "Channels",
    params(("channel_id" = ChannelId, Path, description = "The channel's id")),
    responses((status = 200, description = "Deleted", body = Done)))]
async fn delete(State(channels): State<Channels>, member: Member, name: Named) -> Answer<Json<Done>> {
    let now = channels.app().clock().now();
    let mut tx = channels.app().write().await?;
    let channel = found(&mut tx, &member, &name).await?;
    store::delete(&mut tx, &channel, now).await?;
    tx.event(ChannelDeleted { workspace_id: channel.workspace_id, channel_id: channel.id, channel: channel.kind });
    tx.commit().await?;
    // The provider is told as well, as far as it can be; if it cannot, what it still tells is refused.
    if channel.kind == Medium::Telegram
        && let (Some(messenger), Ok(account)) =
            (channels.messenger(channel.kind), verify::account_of(&channels, &channel))
        && let Err(fault) = messenger.remove_webhook(&account).await
    {
        tracing::warn!(channel = %channel.id, %fault, "the webhook of a deleted channel is still set");
    }
    Ok(done(format!("The channel {} is deleted", channel.name)))
}

/// Show what a channel still lacks
///
/// Each step with where to find what it wants, by the names on the provider's screens.
#[utoipa::path(get, path = "/api/v1/channels/{channel_id}/checklist", tag = "Channels",
    params(("channel_id" = ChannelId, Path, description = "The channel's id")),
    responses((status = 200, description = "Its steps", body = Checklist)))]
async fn checklist(State(channels): State<Channels>, member: Member, name: Named) -> Answer<Json<Checklist>> {
    let mut tx = channels.app().read().await?;
    let channel = found(&mut tx, &member, &name).await?;
    let base = channels.app().public_url();
    let steps = steps(&channel, base);
    let complete = steps.iter().all(|step| step.done || step.optional);
    let snippet = (channel.kind == Medium::Web)
        .then(|| format!("<script src=\"{base}/widget.js\" data-channel=\"{}\" async></script>", channel.id));
    Ok(Json(Checklist { channel_id: channel.id, status: channel.status, complete, steps, snippet }))
}

/// Check a channel
///
/// Asks its provider how it stands, and tells what it said in its own words. Telegram is given the address of the webhook as well. A channel that works is
/// `active` from then on, one that does not is `error`.
#[utoipa::path(post, path = "/api/v1/channels/{channel_id}/verify", tag = "Channels",
    params(("channel_id" = ChannelId, Path, description = "The channel's id")),
    responses((status = 200, description = "What the provider says", body = Verification),
    (status = 409, description = "The channel is switched off"),
    (status = 503, description = "This server has no key to keep secrets with")))]
async fn check(State(channels): State<Channels>, member: Member, name: Named) -> Answer<Json<Verification>> {
    let channel = found(&mut channels.app().read().await?, &member, &name).await?;
    if channel.status == Status::Inactive {
        return Err(Error::conflict("The channel is switched off; set its status to active first").into());
    }
    let (standing, status) = verify::verify(&channels, &channel).await?;
    let (webhook, webhook_error) = match standing.webhook {
        Some(hook) => (hook.url, hook.last_error),
        None => (None, None),
    };
    Ok(Json(Verification {
        channel_id: channel.id,
        status,
        says: standing.says,
        code: standing.code,
        name: standing.name,
        number: standing.number,
        quality: standing.quality,
        tier: standing.tier,
        webhook,
        webhook_error,
        notes: standing.notes,
        mock: channels.messenger(channel.kind).is_some_and(|messenger| !messenger.is_real()),
    }))
}
