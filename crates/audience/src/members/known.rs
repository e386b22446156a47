//! What others learn of members, and sort them by.

use std::collections::HashMap;

use db::Tx;
use events::TxExt as _;
use input::rule::Rule as _;
use kernel::{Error, Result, Timestamp, WorkspaceId};
use mind::text::fold;
use serde_json::{Map, Value};

use super::what_happens::gone;
use crate::events::{UserTagged, UserUpdated};
use crate::model::{Badge, BadgeId, Member, MemberId, profile, tag as tag_rule};
use crate::store::{badges, members, tags as stored};

/// A member has no more tags than this.
pub(crate) const MOST_TAGS: usize = 100;

/// The tags of these members, as they are written: one statement for a page. Who has none is left out.
pub async fn tags(tx: &mut Tx, workspace: WorkspaceId, ids: &[MemberId]) -> Result<HashMap<MemberId, Vec<String>>> {
    let mut all: HashMap<MemberId, Vec<String>> = HashMap::new();
    if ids.is_empty() {
        return Ok(all);
    }
    for row in stored::of_all(tx, workspace, ids).await? {
        all.entry(row.member_id).or_default().push(row.label);
    }
    Ok(all)
}

/// Gives a member tags, and takes others from them. What is no tag, and what would be one too many, is left out. Tells which they did not have.
pub async fn tag(
    tx: &mut Tx,
    member: &Member,
    add: &[String],
    remove: &[String],
    at: Timestamp,
) -> Result<Vec<String>> {
    if members::locked(member.workspace_id, tx, member.id).await?.is_none() {
        return Err(gone());
    }
    for tag in remove {
        stored::remove(tx, member, &fold(tag)).await?;
    }
    let room = MOST_TAGS.saturating_sub(stored::of(tx, member).await?.len());
    let fits = add.iter().filter_map(|tag| tag_rule().read(&tag.as_str().into(), false).ok());
    let fits: Vec<String> = fits.take(room).collect();
    let added = stored::add(tx, member, &fits, at).await?;
    tagged(tx, member, added.iter().map(|row| row.tag.clone()));
    Ok(added.into_iter().map(|row| row.label).collect())
}

/// Tells that a member has these tags from now on.
pub(crate) fn tagged(tx: &mut Tx, member: &Member, tags: impl Iterator<Item = String>) {
    for tag in tags {
        tx.event(UserTagged { workspace_id: member.workspace_id, user_id: member.id, tag });
    }
}

/// Changes what is known of a member, as they stand in this transaction. A profile that would be too large stays as it is. Tells the member as they
/// are now, and whether anything changed.
pub async fn learn(
    tx: &mut Tx,
    workspace: WorkspaceId,
    id: MemberId,
    change: impl FnOnce(&mut Map<String, Value>) + Send,
) -> Result<(Member, bool)> {
    let before = members::locked(workspace, tx, id).await?.ok_or_else(gone)?;
    let mut known = before.profile.0.clone();
    change(&mut known);
    let known = Value::Object(known);
    let Ok(known) = profile().read(&known, false) else { return Ok((before, false)) };
    let mut member = before.clone();
    member.set_profile(known);
    if member == before {
        return Ok((before, false));
    }
    let now = tx.clock().now();
    members::save_known(tx, &mut member, &before, now).await?;
    tx.event(UserUpdated { workspace_id: workspace, user_id: id, channel: member.channel });
    Ok((member, true))
}

/// Those of these badges that an audience has.
pub async fn badges(tx: &mut Tx, workspace: WorkspaceId, ids: &[BadgeId]) -> Result<Vec<Badge>> {
    let mut found = Vec::with_capacity(ids.len());
    for id in ids {
        found.extend(badges::by_id(workspace, tx, *id).await?);
    }
    Ok(found)
}

/// The badge of this name, whatever its case.
pub async fn badge_named(tx: &mut Tx, workspace: WorkspaceId, name: &str) -> Result<Option<Badge>> {
    badges::by_name(workspace, tx, name).await
}

/// What is said of somebody who has too many tags.
pub(crate) fn too_many_tags() -> Error {
    Error::conflict(format!("A member has at most {MOST_TAGS} tags; take some away first"))
}
