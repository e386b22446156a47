//! Which member a visitor is.

use audience::{Identity, IdentityKind, Seed};
use db::Tx;
use kernel::{Error, Result};

use super::identity::Proven;
use super::shapes::WidgetSession;
use super::visitor::{self, Visitor};
use crate::Channels;
use crate::channels::Channel;
use crate::conversations::{self, Conversation};
use crate::members::{self, Medium, Member, MemberId};

/// Writes down by which device an app is rung. One that is somebody else's (another one logs in on the phone) changes hands.
pub(super) async fn rung_by(tx: &mut Tx, channel: &Channel, visitor: &Visitor, device: &str) -> Result<()> {
    let (Medium::Mobile, Some(id)) = (channel.kind, visitor.member_id) else { return Ok(()) };
    let Some(known) = Identity::new(IdentityKind::Device, device) else { return Ok(()) };
    let Some(member) = audience::members::get(tx, channel.workspace_id, id).await? else { return Ok(()) };
    if let Some(before) = audience::members::by_identity(tx, channel.workspace_id, channel.kind, &known).await?
        && before.id != member.id
    {
        audience::members::remove_identity(tx, &before, channel.kind, &known).await?;
    }
    audience::members::add_identity(tx, &member, channel.kind, &known).await?;
    audience::members::unreachable(tx, channel.workspace_id, channel.kind, &known, None).await.map(drop)
}

/// The member whom a website names, found or added.
pub(super) async fn proven(tx: &mut Tx, channel: &Channel, proven: &Proven, sent: &WidgetSession) -> Result<Member> {
    let known = Identity::new(IdentityKind::External, &proven.external_id)
        .ok_or_else(|| Error::invalid_field("identity", "names nobody"))?;
    let seed = Seed {
        external_id: Some(proven.external_id.clone()),
        profile: proven.profile.clone(),
        timezone: sent.time_zone.clone().filter(|name| jiff::tz::TimeZone::get(name).is_ok()),
        language: sent.language.as_deref().and_then(members::language),
    };
    audience::members::reach(tx, channel.workspace_id, channel.kind, &[known], seed).await
}

/// Makes two members one: who wrote before they logged in, and who they are.
pub(super) async fn merge(
    channels: &Channels,
    tx: &mut Tx,
    channel: &Channel,
    into: MemberId,
    from: MemberId,
) -> Result<()> {
    // Whoever was erased or merged in the meantime has nothing to bring.
    if audience::members::get(tx, channel.workspace_id, from).await?.is_none() {
        return Ok(());
    }
    let keepers = channels.audience().keepers();
    audience::members::merge(tx, keepers, channel.workspace_id, (into, from), None).await.map(drop)
}

/// The member who a visitor is; they are one from their first message on.
pub(super) async fn member(tx: &mut Tx, channel: &Channel, visitor: &Visitor) -> Result<Member> {
    if let Some(id) = visitor.member_id
        && let Some(member) = audience::members::get(tx, channel.workspace_id, id).await?
    {
        return Ok(member);
    }
    let by_token = || Identity::new(IdentityKind::Widget, &visitor.token_hash);
    let known = match &visitor.external_id {
        Some(id) => Identity::new(IdentityKind::External, id),
        None => by_token(),
    };
    let known = known.ok_or_else(|| Error::internal("a visitor has no name"))?;
    let seed = Seed {
        external_id: visitor.external_id.clone(),
        timezone: visitor.time_zone.clone(),
        language: visitor.language.clone(),
        ..Seed::default()
    };
    let member = audience::members::reach(tx, channel.workspace_id, channel.kind, &[known], seed).await?;
    visitor::is_member(tx, visitor, member.id).await?;
    Ok(member)
}

/// The conversation of a visitor, if there is one yet.
pub(super) async fn conversation(tx: &mut Tx, visitor: &Visitor) -> Result<Option<Conversation>> {
    match visitor.member_id {
        Some(member) => conversations::store::of(tx, visitor.channel_id, member).await,
        None => Ok(None),
    }
}
