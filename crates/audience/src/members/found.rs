//! Members found by what they did last, or by their score: for whoever goes through an audience piece by piece.

use db::Tx;
use kernel::{Result, Timestamp, WorkspaceId};

use crate::model::{Channel, Member, MemberId};
use crate::store::found;

/// Who did something last (or was added, where they never did anything) behind this place and not after `until`, in the order of (moment, id).
pub async fn silent(
    tx: &mut Tx,
    workspace: WorkspaceId,
    after: (Timestamp, MemberId),
    until: Timestamp,
    most: u32,
) -> Result<Vec<(Timestamp, MemberId)>> {
    found::silent(workspace, tx, after, until, most).await
}

/// Who has a score below this one (in millionths) and behind this place, in the order of (score, id).
pub async fn scored_below(
    tx: &mut Tx,
    workspace: WorkspaceId,
    after: (i64, MemberId),
    below: i64,
    most: u32,
) -> Result<Vec<(i64, MemberId)>> {
    found::scored_below(workspace, tx, after, below, most).await
}

/// Those of these members who came from a channel, if one is named, and have a tag (as tags are compared), if one is.
pub async fn among(
    tx: &mut Tx,
    workspace: WorkspaceId,
    ids: &[MemberId],
    channel: Option<Channel>,
    tag: Option<&str>,
) -> Result<Vec<MemberId>> {
    found::among(workspace, tx, ids, channel, tag).await
}

/// Members in the order in which they were added, behind this place.
pub async fn added_after(
    tx: &mut Tx,
    workspace: WorkspaceId,
    after: (Timestamp, MemberId),
    most: u32,
) -> Result<Vec<Member>> {
    found::added_after(workspace, tx, after, most).await
}

/// Which members are chosen: those of whom all of this holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choice {
    /// They came from this channel.
    pub channel: Option<Channel>,
    /// They are active, or they are not.
    pub is_active: Option<bool>,
    /// They have this tag, whatever its case.
    pub tag: Option<String>,
    /// Each of these words begins a word of theirs.
    pub search: Option<String>,
    /// They have done nothing since then, and were added before.
    pub silent_since: Option<Timestamp>,
}

/// A member who was chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Chosen {
    /// Who.
    pub id: MemberId,
    /// Where they came from first.
    pub channel: Channel,
}

/// Where a walk through an audience begins, for [`chosen`]: before everybody.
pub fn beginning() -> (Timestamp, MemberId) {
    (Timestamp::from_micros(0), MemberId::from_uuid(uuid::Uuid::nil()))
}

/// Looks at `look_at` members in the order in which they were added, behind a place and not after `until`: who of them is chosen, and the place of the last
/// one that was looked at; none once all were.
pub async fn chosen(
    tx: &mut Tx,
    workspace: WorkspaceId,
    choice: &Choice,
    after: (Timestamp, MemberId),
    until: Timestamp,
    look_at: u32,
) -> Result<(Vec<Chosen>, Option<(Timestamp, MemberId)>)> {
    found::chosen(workspace, tx, choice, after, until, look_at).await
}
