//! What others do with members: in their own transaction, and in this audience alone.
//!
//! Every function takes the transaction of its caller. One that writes locks the member first and the sums of the day last, for which all
//! writers of a workspace's channel wait: handle one member in a transaction, and commit soon.

mod found;
mod known;
mod permissions;
mod reach;
mod together;
mod what_happens;

use std::collections::HashMap;

use db::Tx;
use kernel::{Result, WorkspaceId};

use crate::model::{Channel, Identity, IdentityRow, Member, MemberId, Name};
use crate::store;

pub use found::{Choice, Chosen, added_after, among, beginning, chosen, scored_below, silent};
pub(crate) use known::{MOST_TAGS, tagged, too_many_tags};
pub use known::{badge_named, badges, learn, tag, tags};
pub use permissions::{may, opt_in, opt_out, opted_out, permissions};
pub(crate) use reach::{Added, add, of_name};
pub use reach::{add_identity, reach, reach_or_add, remove_identity, unreachable};
pub use together::{Erased, erase, merge};
pub use what_happens::{give_badge, interaction, progress, progress_of, refresh_score, seen};
pub(crate) use what_happens::{rest, wake};

/// A member, if they are there and of this audience.
pub async fn get(tx: &mut Tx, workspace: WorkspaceId, id: MemberId) -> Result<Option<Member>> {
    store::members::by_id(workspace, tx, id).await
}

/// A member as nobody else changes them until the transaction is over.
pub async fn lock(tx: &mut Tx, workspace: WorkspaceId, id: MemberId) -> Result<Option<Member>> {
    store::members::locked(workspace, tx, id).await
}

/// Those of these members that are there, in any order: one statement for a page.
pub async fn of_ids(tx: &mut Tx, workspace: WorkspaceId, ids: &[MemberId]) -> Result<Vec<Member>> {
    store::members::by_ids(workspace, tx, ids).await
}

/// How these members are called: one statement for a page. Who is not there is left out.
pub async fn names(tx: &mut Tx, workspace: WorkspaceId, ids: &[MemberId]) -> Result<HashMap<MemberId, Name>> {
    let names = store::members::names(workspace, tx, ids).await?;
    Ok(names.into_iter().map(|name| (name.id, name)).collect())
}

/// The member who is known by this identity on a channel, if somebody is.
pub async fn by_identity(
    tx: &mut Tx,
    workspace: WorkspaceId,
    channel: Channel,
    identity: &Identity,
) -> Result<Option<Member>> {
    let known = store::identities::known(workspace, tx, channel, std::slice::from_ref(identity)).await?;
    match known.first() {
        Some(row) => store::members::by_id(workspace, tx, row.member_id).await,
        None => Ok(None),
    }
}

/// By what a member is known, on all channels.
pub async fn identities(tx: &mut Tx, member: &Member) -> Result<Vec<IdentityRow>> {
    store::identities::of(tx, member).await
}

/// How many members an audience has, on a channel or on all of them.
pub async fn count(tx: &mut Tx, workspace: WorkspaceId, channel: Option<Channel>) -> Result<u64> {
    store::counts::of(workspace, tx, "", channel, None).await
}
