//! Members, as channels know them: everything that is asked of the audience stands here.

use db::Tx;
use kernel::{Result, Timestamp, WorkspaceId};
use ports::messaging::{Identity, IdentityKind, Sender, To};
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};

pub(crate) use audience::{Audience, Channel as Medium, InteractionKind, Member, MemberId};

use crate::gate::Purpose;

/// Is it shown by a page or an app that asks us, rather than carried by a provider? Then that says itself that a machine answers.
pub(crate) const fn is_asked_for(medium: Medium) -> bool {
    matches!(medium, Medium::Web | Medium::Mobile)
}

/// An identity of a provider as the audience compares it; nothing where it says nothing.
pub(crate) fn known_by(identity: &Identity) -> Option<audience::Identity> {
    audience::Identity::new(kind_of(identity.kind), &identity.value)
}

fn kind_of(kind: IdentityKind) -> audience::IdentityKind {
    match kind {
        IdentityKind::Phone => audience::IdentityKind::Phone,
        IdentityKind::Bsuid => audience::IdentityKind::Bsuid,
        IdentityKind::ParentBsuid => audience::IdentityKind::ParentBsuid,
        IdentityKind::ChatId => audience::IdentityKind::ChatId,
        IdentityKind::Widget => audience::IdentityKind::Widget,
        IdentityKind::Device => audience::IdentityKind::Device,
        IdentityKind::External => audience::IdentityKind::External,
    }
}

fn provider_kind(kind: audience::IdentityKind) -> IdentityKind {
    match kind {
        audience::IdentityKind::Phone => IdentityKind::Phone,
        audience::IdentityKind::Bsuid => IdentityKind::Bsuid,
        audience::IdentityKind::ParentBsuid => IdentityKind::ParentBsuid,
        audience::IdentityKind::ChatId => IdentityKind::ChatId,
        audience::IdentityKind::Widget => IdentityKind::Widget,
        audience::IdentityKind::Device => IdentityKind::Device,
        audience::IdentityKind::External => IdentityKind::External,
    }
}

/// A member as the provider knows them, found or added; nothing where the provider names nobody.
pub(crate) async fn reached(
    tx: &mut Tx,
    workspace: WorkspaceId,
    medium: Medium,
    sender: &Sender,
) -> Result<Option<Member>> {
    let known: Vec<audience::Identity> = sender.identities.iter().filter_map(known_by).collect();
    if known.is_empty() {
        return Ok(None);
    }
    let mut profile = Map::new();
    for (field, value) in [("name", &sender.name), ("username", &sender.username)] {
        if let Some(value) = value.as_deref().map(clean).filter(|value| !value.is_empty()) {
            profile.insert(field.to_owned(), Value::from(value.chars().take(200).collect::<String>()));
        }
    }
    let language = sender.language.as_deref().and_then(language);
    let seed = audience::Seed { external_id: None, profile, timezone: None, language };
    audience::members::reach(tx, workspace, medium, &known, seed).await.map(Some)
}

/// The language of a tag such as `es-MX`, as the audience writes it.
pub(crate) fn language(tag: &str) -> Option<String> {
    let first = tag.split(['-', '_']).next()?.to_ascii_lowercase();
    ((2..=3).contains(&first.len()) && first.bytes().all(|b| b.is_ascii_lowercase())).then_some(first)
}

fn clean(text: &str) -> String {
    text.chars().filter(|letter| !letter.is_control()).collect::<String>().trim().to_owned()
}

/// What a member is called, or what stands for it.
pub(crate) fn name_of(member: &Member) -> String {
    member.name.clone().filter(|name| !name.trim().is_empty()).unwrap_or_else(|| match member.channel {
        Medium::Whatsapp | Medium::Telegram => member.external_id.chars().take(80).collect(),
        Medium::Web | Medium::Mobile => "Visitor".to_owned(),
    })
}

/// Has the member asked for no more of this?
pub(crate) async fn has_opted_out(tx: &mut Tx, member: &Member, medium: Medium, purpose: Purpose) -> Result<bool> {
    let wanted = match purpose {
        Purpose::Proactive => audience::Purpose::Marketing,
        _ => audience::Purpose::Any,
    };
    Ok(!audience::members::may(tx, member, medium, wanted).await?.may_answer())
}

/// Returns the identities by which a member can be reached on a channel. The newest comes last, and providers use the last one of a kind.
pub(crate) async fn to(tx: &mut Tx, member: &Member, medium: Medium) -> Result<To> {
    let mut rows = audience::members::identities(tx, member).await?;
    rows.sort_by_key(|row| row.created_at);
    let own = rows.into_iter().filter(|row| row.channel == medium && row.unreachable_at.is_none());
    Ok(own.map(|row| as_provider(&row.identity())).collect())
}

/// Returns an identity in the provider's form.
fn as_provider(own: &audience::Identity) -> Identity {
    let value = match own.kind {
        audience::IdentityKind::Phone => format!("+{}", own.value),
        _ => own.value.clone(),
    };
    Identity { kind: provider_kind(own.kind), value }
}

/// An identity by which a member could not be reached.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Tried<'a> {
    /// Its kind; nothing if the provider does not say.
    pub(crate) kind: Option<IdentityKind>,
    /// Its [fingerprint]; nothing for all identities of that kind.
    pub(crate) fingerprint: Option<&'a str>,
}

/// Returns the fingerprint of an identity. It identifies the identity in stored delivery results without revealing it.
pub(crate) fn fingerprint(value: &str) -> String {
    let digest = Sha256::digest(value);
    hex::encode(&digest[..8])
}

/// Marks an identity as unreachable. Device tokens are deleted instead, because Firebase never accepts such a token again. Returns whether anything
/// changed.
pub(crate) async fn not_reached(
    tx: &mut Tx,
    member: &Member,
    medium: Medium,
    tried: Tried<'_>,
    now: Timestamp,
) -> Result<bool> {
    let mut is_new = false;
    for row in audience::members::identities(tx, member).await? {
        let (own, known) = (row.identity(), as_provider(&row.identity()));
        let is_tried =
            Some(known.kind) == tried.kind && tried.fingerprint.is_none_or(|one| one == fingerprint(&known.value));
        if row.channel != medium || !is_tried || row.unreachable_at.is_some() {
            continue;
        }
        is_new |= if known.kind == IdentityKind::Device {
            audience::members::remove_identity(tx, member, medium, &own).await?
        } else {
            audience::members::unreachable(tx, member.workspace_id, medium, &own, Some(now)).await?
        };
    }
    Ok(is_new)
}

/// Is anybody reached by these at all?
pub(crate) fn reaches(to: &To, medium: Medium) -> bool {
    let wanted: &[IdentityKind] = match medium {
        Medium::Whatsapp => &[IdentityKind::Phone, IdentityKind::Bsuid, IdentityKind::ParentBsuid],
        Medium::Telegram => &[IdentityKind::ChatId],
        // The chat of a website, and an app that asks by itself, are there for whoever comes back.
        Medium::Web | Medium::Mobile => return true,
    };
    to.0.iter().any(|one| wanted.contains(&one.kind))
}

/// Writes down whether a member is reached by identities of this kind.
pub(crate) async fn reachable(
    tx: &mut Tx,
    member: &Member,
    medium: Medium,
    kind: IdentityKind,
    since: Option<Timestamp>,
) -> Result<()> {
    let rows = audience::members::identities(tx, member).await?;
    for row in rows.iter().filter(|row| row.channel == medium && provider_kind(row.kind) == kind) {
        audience::members::unreachable(tx, member.workspace_id, medium, &row.identity(), since).await?;
    }
    Ok(())
}
