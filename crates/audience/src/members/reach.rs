//! Finding members by what they are known by, and adding those who are not there.

use db::Tx;
use events::TxExt as _;
use kernel::{Error, Result, Timestamp, WorkspaceId};

use super::what_happens::gone;
use crate::calendar;
use crate::events::UserCreated;
use crate::model::{Channel, Identity, IdentityKind, Member, MemberId, Seed, cleaned};
use crate::store::{days, identities, members, visits};

/// Finds the member who is known on this channel by one of these identities, or adds one. The first identity that somebody has decides;
/// what nobody has yet becomes theirs as well. However many reach for the same identity at once, there is one member.
pub async fn reach(
    tx: &mut Tx,
    workspace: WorkspaceId,
    channel: Channel,
    known_by: &[Identity],
    seed: Seed,
) -> Result<Member> {
    reach_or_add(tx, workspace, channel, known_by, seed).await.map(|(member, _)| member)
}

/// The same; tells as well whether the member is new.
pub async fn reach_or_add(
    tx: &mut Tx,
    workspace: WorkspaceId,
    channel: Channel,
    known_by: &[Identity],
    seed: Seed,
) -> Result<(Member, bool)> {
    if known_by.is_empty() {
        return Err(Error::internal("nobody is reached without an identity"));
    }
    let now = tx.clock().now();
    let mut behind_gate = false;
    // Somebody may take an identity, or be erased, between two statements: whoever comes second looks again.
    for _ in 0..5 {
        let found = find(tx, workspace, channel, known_by).await?;
        if let Some((member, unknown)) = found {
            if !unknown {
                return Ok((member, false));
            }
            if behind_gate {
                // Locked, so that nobody who is erased meanwhile gets an identity.
                if members::locked(workspace, tx, member.id).await?.is_none() {
                    continue;
                }
                identities::claim(tx, (workspace, channel), member.id, known_by, now).await?;
                return Ok((member, false));
            }
        }
        if !behind_gate {
            identities::gate(workspace, tx, channel).await?;
            behind_gate = true;
            continue;
        }
        let id: MemberId = tx.clock().new_id();
        let claimed = identities::claim(tx, (workspace, channel), id, known_by, now).await?;
        let external_id = match &seed.external_id {
            Some(given) => given.clone(),
            None => called(id, known_by),
        };
        if claimed == 0 {
            continue;
        }
        // Some of them were somebody's in the meantime: all of them are that member's then.
        let wanted = distinct(known_by);
        if claimed < wanted {
            let other = find_other(tx, workspace, channel, known_by, id).await?;
            let other = match other {
                Some(other) => members::locked(workspace, tx, other.id).await?,
                None => None,
            };
            if let Some(member) = other {
                identities::give(tx, id, member.id).await?;
                return Ok((member, false));
            }
            identities::give_up(tx, id).await?;
            continue;
        }
        let member = added(tx, workspace, channel, external_id, seed, id, now).await?;
        return Ok((member, true));
    }
    Err(Error::conflict("Others are changing this member at the same moment; try again"))
}

/// How many identities these are.
fn distinct(known_by: &[Identity]) -> u64 {
    let mut sorted: Vec<&Identity> = known_by.iter().collect();
    sorted.sort();
    sorted.dedup();
    sorted.len() as u64
}

/// Whom the first of these that somebody has belongs to, and whether some of them are nobody's yet.
async fn find(
    tx: &mut Tx,
    workspace: WorkspaceId,
    channel: Channel,
    known_by: &[Identity],
) -> Result<Option<(Member, bool)>> {
    let rows = identities::known(workspace, tx, channel, known_by).await?;
    let first = known_by.iter().find_map(|wanted| {
        rows.iter().find(|row| row.kind == wanted.kind && row.value == wanted.value).map(|row| row.member_id)
    });
    let Some(id) = first else { return Ok(None) };
    let unknown = (rows.len() as u64) < distinct(known_by);
    Ok(members::by_id(workspace, tx, id).await?.map(|member| (member, unknown)))
}

async fn find_other(
    tx: &mut Tx,
    workspace: WorkspaceId,
    channel: Channel,
    known_by: &[Identity],
    own: MemberId,
) -> Result<Option<Member>> {
    let rows = identities::known(workspace, tx, channel, known_by).await?;
    match rows.iter().find(|row| row.member_id != own) {
        Some(row) => members::by_id(workspace, tx, row.member_id).await,
        None => Ok(None),
    }
}

/// What somebody is called whom nobody has named.
fn called(id: MemberId, known_by: &[Identity]) -> String {
    let of = |kind| known_by.iter().find(|identity| identity.kind == kind).map(|identity| identity.value.clone());
    let named = of(IdentityKind::External)
        .or_else(|| of(IdentityKind::Phone))
        .or_else(|| of(IdentityKind::Bsuid))
        .or_else(|| of(IdentityKind::ChatId));
    // A token's hash names nobody: visitors are called by their member's id.
    named.unwrap_or_else(|| format!("visitor-{id}"))
}

/// The row of somebody new, whose identities are written already. If their name on the channel is taken, they are called by their id.
async fn added(
    tx: &mut Tx,
    workspace: WorkspaceId,
    channel: Channel,
    external_id: String,
    seed: Seed,
    id: MemberId,
    now: Timestamp,
) -> Result<Member> {
    let external_id: String = cleaned(&external_id).chars().take(255).collect();
    let mut member = Member::new(id, workspace, channel, external_id, seed, now);
    if !members::insert(tx, &member).await? {
        let seed =
            Seed { external_id: None, profile: member.profile.0, timezone: member.timezone, language: member.language };
        member = Member::new(id, workspace, channel, format!("member-{id}"), seed, now);
        if !members::insert(tx, &member).await? {
            return Err(Error::internal("an id is there twice"));
        }
    }
    arrived(tx, &member, now).await?;
    Ok(member)
}

/// What goes along with somebody new: they came today.
async fn arrived(tx: &mut Tx, member: &Member, now: Timestamp) -> Result<()> {
    let (workspace, channel) = (member.workspace_id, member.channel);
    let today = calendar::day(tx, workspace, now).await?;
    let is_visit = days::came(tx, member, channel, today).await?;
    days::sum(tx, workspace, channel, today, days::Sums { new_members: 1, ..days::Sums::default() }).await?;
    if is_visit {
        visits::count(tx, member, today, channel, today).await?;
    }
    tx.event(UserCreated { workspace_id: workspace, user_id: member.id, channel });
    Ok(())
}

/// What became of adding somebody by name.
pub(crate) enum Added {
    /// They are there now.
    New(Box<Member>),
    /// Somebody is there already.
    Taken,
}

/// Adds somebody by the name that the coach gives them.
pub(crate) async fn add(
    tx: &mut Tx,
    workspace: WorkspaceId,
    channel: Channel,
    external_id: &str,
    seed: Seed,
) -> Result<Added> {
    let now = tx.clock().now();
    let known_by = of_name(channel, external_id);
    identities::gate(workspace, tx, channel).await?;
    let id: MemberId = tx.clock().new_id();
    let member = Member::new(id, workspace, channel, external_id.to_owned(), seed, now);
    if members::is_taken(workspace, tx, channel, external_id).await?
        || identities::claim(tx, (workspace, channel), id, &known_by, now).await? < known_by.len() as u64
        || !members::insert(tx, &member).await?
    {
        return Ok(Added::Taken);
    }
    arrived(tx, &member, now).await?;
    Ok(Added::New(Box::new(member)))
}

/// By what somebody of this name is known on this channel.
pub(crate) fn of_name(channel: Channel, external_id: &str) -> Vec<Identity> {
    let own = Identity::new(IdentityKind::External, external_id);
    own.into_iter().chain(Identity::implied(channel, external_id)).collect()
}

/// Makes an identity a member's. [`kernel::Kind::Conflict`] if it is somebody else's on this channel.
pub async fn add_identity(tx: &mut Tx, member: &Member, channel: Channel, identity: &Identity) -> Result<bool> {
    let (workspace, now) = (member.workspace_id, tx.clock().now());
    let one = std::slice::from_ref(identity);
    if members::locked(workspace, tx, member.id).await?.is_none() {
        return Err(gone());
    }
    if identities::claim(tx, (workspace, channel), member.id, one, now).await? == 1 {
        return Ok(true);
    }
    let known = identities::known(workspace, tx, channel, one).await?;
    match known.first() {
        Some(row) if row.member_id == member.id => Ok(false),
        _ => {
            Err(Error::conflict("Another member is known by this on the channel; merge the two if they are one person"))
        }
    }
}

/// Takes an identity from a member; tells whether it was theirs.
pub async fn remove_identity(tx: &mut Tx, member: &Member, channel: Channel, identity: &Identity) -> Result<bool> {
    identities::remove(tx, member, channel, identity).await
}

/// Writes down since when nobody is reached by an identity; with nothing, that they are again. Tells whether it is there.
pub async fn unreachable(
    tx: &mut Tx,
    workspace: WorkspaceId,
    channel: Channel,
    identity: &Identity,
    since: Option<Timestamp>,
) -> Result<bool> {
    identities::set_unreachable(workspace, tx, channel, identity, since).await
}
