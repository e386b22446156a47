//! Two members who are one person, and members who are to be forgotten.

use std::collections::BTreeMap;
use std::sync::Arc;

use db::{Json, Tx};
use events::TxExt as _;
use kernel::{AccountId, Error, Result, WorkspaceId};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::calendar;
use crate::events::{UserErased, UsersMerged};
use crate::model::{Ended, EndedId, How, Member, MemberId, NO_SCORE, Permitted, Purpose};
use crate::ports::Keeper;
use crate::store::{self, counts, gone};
use crate::told;

/// Makes two members one: everything of `from` becomes `into`'s, what `into` says of itself holds where both say something, and `from` is gone.
/// Whoever writes to `from` at the same moment finds them gone, and reaches `into` by the same identity the next time.
pub async fn merge(
    tx: &mut Tx,
    keepers: &[Arc<dyn Keeper>],
    workspace: WorkspaceId,
    (into, from): (MemberId, MemberId),
    by: Option<AccountId>,
) -> Result<Member> {
    if into == from {
        return Err(Error::invalid_field("user_id", "is the member themselves: name another one"));
    }
    // Always in the same order, so that two who merge the same members never wait for each other.
    for keeper in keepers {
        keeper.hold(tx, workspace, &[into.min(from), into.max(from)]).await?;
    }
    let first = store::members::locked(workspace, tx, into.min(from)).await?;
    let second = store::members::locked(workspace, tx, into.max(from)).await?;
    let (Some(first), Some(second)) = (first, second) else { return Err(Error::not_found("User")) };
    let (mut kept, gone_member) = if first.id == into { (first, second) } else { (second, first) };
    let mut took = BTreeMap::new();
    let tags = store::tags::clear(tx, &gone_member).await?;
    let labels: Vec<String> = tags.into_iter().map(|row| row.label).collect();
    took.insert("tags", labels.len() as u64);
    took.insert("identities", store::identities::give(tx, from, into).await?);
    took.insert("interactions", store::interactions::give(tx, from, into).await?);
    took.insert("notes", store::notes::give(tx, from, into).await?);
    took.insert("permissions", store::permissions::give(tx, from, into).await?);
    took.insert("badges", store::badges::give(tx, &gone_member, &kept).await?);
    let calendar = calendar::of(tx, workspace).await?;
    let added = (calendar.day(kept.created_at), calendar.day(gone_member.created_at));
    store::visits::join(tx, (&kept, &gone_member), added).await?;
    took.insert("days", gone::give_days(tx, &gone_member, &kept).await?);
    store::members::delete(tx, &gone_member).await?;
    let moves = vec![counts::Move::all(gone_member.channel, gone_member.is_active, -1)];
    counts::change(tx, workspace, moves).await?;
    take_over(&mut kept, &gone_member);
    kept.opted_out = says_no(tx, &kept).await?;
    let now = tx.clock().now();
    kept.updated_at = now;
    store::members::save_merged(tx, &kept).await?;
    kept.revision += 1;
    store::members::renew_words(tx, std::slice::from_ref(&kept)).await?;
    super::wake(tx, &kept, kept.active_at).await?;
    let current = store::members::by_id(workspace, tx, into).await?.unwrap_or(kept);
    store::tags::add(tx, &current, &labels, now).await?;
    super::refresh_score(tx, &current).await?;
    for keeper in keepers {
        keeper.merge(tx, &gone_member, &current).await?;
    }
    let id: EndedId = tx.clock().new_id();
    let proof = proof_of(id, from, &[]);
    let ended = Ended {
        id,
        workspace_id: workspace,
        member_id: from,
        account_id: by,
        kind: How::Merged,
        into_id: Some(into),
        took: Json(took.into_iter().map(|(name, count)| (name.to_owned(), count)).collect()),
        proof,
        at: now,
    };
    tx.insert(&ended).await?;
    tx.event(UsersMerged { workspace_id: workspace, user_id: into, merged_id: from });
    store::members::by_id(workspace, tx, into).await?.ok_or_else(|| Error::not_found("User"))
}

/// What one learns from the other: whatever was not known yet.
fn take_over(kept: &mut Member, gone: &Member) {
    let mut profile = kept.profile.0.clone();
    for (field, value) in &gone.profile.0 {
        let known = profile.entry(field.clone()).or_insert(Value::Null);
        if known.is_null() {
            *known = value.clone();
        }
    }
    kept.set_profile(profile);
    kept.timezone = kept.timezone.take().or_else(|| gone.timezone.clone());
    kept.language = kept.language.take().or_else(|| gone.language.clone());
    // The coach knows the person since the first of the two was seen.
    kept.created_at = kept.created_at.min(gone.created_at);
    kept.active_at = kept.active_at.max(gone.active_at);
    kept.last_active_at = kept.last_active_at.max(gone.last_active_at);
    kept.progress = kept.progress.max(gone.progress);
    kept.interactions += gone.interactions;
    if kept.last_active_at.is_none() {
        kept.score = NO_SCORE;
    }
}

async fn says_no(tx: &mut Tx, member: &Member) -> Result<bool> {
    let rows = store::permissions::of(tx, member).await?;
    let about_all: Vec<_> = rows.into_iter().filter(|row| row.channel.is_none()).collect();
    Ok(matches!(Permitted::of(&about_all, member.channel, Purpose::Any), Permitted::OptedOut(_)))
}

/// What is left of a member who was erased.
#[derive(Clone, Debug)]
pub struct Erased {
    /// The row of the erasure.
    pub ended: Ended,
    /// What has to be put before the export of the member's data, so that its hash is the proof. It is told once, and kept nowhere.
    pub receipt: String,
}

/// Erases a member with everything that is kept about them, here and by others. What stays: a row with ids, with how much there was of what, and with the
/// hash of what the member's export would have told; and the sums of days, which name nobody.
pub async fn erase(
    tx: &mut Tx,
    keepers: &[Arc<dyn Keeper>],
    workspace: WorkspaceId,
    id: MemberId,
    by: Option<AccountId>,
) -> Result<Option<Erased>> {
    for keeper in keepers {
        keeper.hold(tx, workspace, &[id]).await?;
    }
    let Some(member) = store::members::locked(workspace, tx, id).await? else { return Ok(None) };
    let export = told::export(tx, keepers, &member).await?;
    let mut took: BTreeMap<String, u64> = BTreeMap::new();
    took.insert("tags".into(), store::tags::clear(tx, &member).await?.len() as u64);
    for (name, count) in gone::erase(tx, &member).await? {
        took.insert(name.to_owned(), count);
    }
    store::members::delete(tx, &member).await?;
    counts::change(tx, workspace, vec![counts::Move::all(member.channel, member.is_active, -1)]).await?;
    // Totals of the audience come before those of others, as everywhere.
    for keeper in keepers {
        for (name, count) in keeper.erase(tx, &member).await? {
            *took.entry(name.to_owned()).or_default() += count;
        }
    }
    let mut secret = [0; 32];
    tx.clock().fill(&mut secret);
    let receipt = hex::encode(secret);
    let now = tx.clock().now();
    let id: EndedId = tx.clock().new_id();
    let mut hash = Sha256::new();
    hash.update(&receipt);
    hash.update(export.to_string());
    let ended = Ended {
        id,
        workspace_id: workspace,
        member_id: member.id,
        account_id: by,
        kind: How::Erased,
        into_id: None,
        took: Json(took),
        proof: hex::encode(hash.finalize()),
        at: now,
    };
    tx.insert(&ended).await?;
    tx.event(UserErased { workspace_id: workspace, user_id: member.id });
    Ok(Some(Erased { ended, receipt }))
}

/// A hash over ids, for what has no export.
fn proof_of(id: EndedId, member: MemberId, more: &[u8]) -> String {
    let mut hash = Sha256::new();
    hash.update(id.uuid().as_bytes());
    hash.update(member.uuid().as_bytes());
    hash.update(more);
    hex::encode(hash.finalize())
}
