//! What members allow.

use std::collections::{HashMap, HashSet};

use db::Tx;
use events::TxExt as _;
use kernel::{Result, Timestamp, WorkspaceId};

use super::found::Chosen;
use super::what_happens::gone;
use crate::events::{UserOptedIn, UserOptedOut};
use crate::model::{Channel, Member, MemberId, Permission, Permitted, Purpose};
use crate::store;

/// May a member be written to on this channel, for this purpose? As it stands now, read in this transaction.
pub async fn may(tx: &mut Tx, member: &Member, channel: Channel, purpose: Purpose) -> Result<Permitted> {
    let rows = store::permissions::of(tx, member).await?;
    Ok(Permitted::of(&rows, channel, purpose))
}

/// Those of these members who want no more messages on their channel: one statement for many.
pub async fn opted_out(tx: &mut Tx, workspace: WorkspaceId, members: &[Chosen]) -> Result<HashSet<MemberId>> {
    let ids: Vec<MemberId> = members.iter().map(|member| member.id).collect();
    let mut of: HashMap<MemberId, Vec<Permission>> = HashMap::new();
    for row in store::permissions::of_all(workspace, tx, &ids).await? {
        of.entry(row.member_id).or_default().push(row);
    }
    let said_no = |member: &&Chosen| {
        let rows = of.get(&member.id).map_or(&[][..], Vec::as_slice);
        matches!(Permitted::of(rows, member.channel, Purpose::Any), Permitted::OptedOut(_))
    };
    Ok(members.iter().filter(said_no).map(|member| member.id).collect())
}

/// Everything that a member has said about being written to, oldest first.
pub async fn permissions(tx: &mut Tx, member: &Member) -> Result<Vec<Permission>> {
    store::permissions::of(tx, member).await
}

/// Writes down that a member wants no more: on one channel or on all, of everything or of what is unasked; `how` they said so. What says
/// nothing new is not written twice. Tells whether it was new.
pub async fn opt_out(
    tx: &mut Tx,
    member: &Member,
    about: (Option<Channel>, Purpose),
    how: &str,
    at: Timestamp,
) -> Result<bool> {
    say(tx, member, about, false, how, at).await
}

/// Writes down that a member agreed.
pub async fn opt_in(
    tx: &mut Tx,
    member: &Member,
    about: (Option<Channel>, Purpose),
    how: &str,
    at: Timestamp,
) -> Result<bool> {
    say(tx, member, about, true, how, at).await
}

async fn say(
    tx: &mut Tx,
    member: &Member,
    (channel, purpose): (Option<Channel>, Purpose),
    allowed: bool,
    how: &str,
    at: Timestamp,
) -> Result<bool> {
    if store::members::locked(member.workspace_id, tx, member.id).await?.is_none() {
        return Err(gone());
    }
    let rows = store::permissions::of(tx, member).await?;
    let at = at.min(tx.clock().now());
    let affects = |row: &&Permission| {
        row.purpose == purpose && (row.channel.is_none() || channel.is_none() || row.channel == channel)
    };
    let newest = rows.iter().rev().find(affects);
    if newest.is_some_and(|row| row.allowed == allowed && row.channel == channel) {
        return Ok(false);
    }
    // What was said later counts, however late it is told.
    let at = newest.map_or(at, |row| at.max(row.at.plus(1)));
    let row = Permission {
        id: tx.clock().new_id(),
        workspace_id: member.workspace_id,
        member_id: member.id,
        channel,
        purpose,
        allowed,
        how: crate::model::cleaned(how).chars().take(500).collect(),
        at,
    };
    tx.insert(&row).await?;
    if purpose == Purpose::Any && channel.is_none() {
        store::members::set_opted_out(tx, member, !allowed).await?;
    }
    let (workspace_id, user_id) = (member.workspace_id, member.id);
    if allowed {
        tx.event(UserOptedIn { workspace_id, user_id, channel });
    } else {
        tx.event(UserOptedOut { workspace_id, user_id, channel });
    }
    Ok(true)
}
