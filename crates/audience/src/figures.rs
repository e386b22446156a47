//! The sums of days, for whoever adds up what came of it: channels' analytics and the hub's.

use db::Tx;
use kernel::{Day, Result, WorkspaceId};

use crate::Channel;
use crate::store::{counts, days};

pub use crate::store::days::DayOfChannel;

/// The sums of each day from `first` to `last`, of one channel or of each, in order. Days without anything are left out.
pub async fn days(
    tx: &mut Tx,
    workspace: WorkspaceId,
    channel: Option<Channel>,
    range: (Day, Day),
) -> Result<Vec<DayOfChannel>> {
    days::between(workspace, tx, channel, range).await
}

/// How many members came on each of those days, by channel, in order.
pub async fn members_by_day(
    tx: &mut Tx,
    workspace: WorkspaceId,
    channel: Option<Channel>,
    range: (Day, Day),
) -> Result<Vec<(Day, Channel, u64)>> {
    days::members_between(workspace, tx, channel, range).await
}

/// How many different members came in those days.
pub async fn members(tx: &mut Tx, workspace: WorkspaceId, channel: Option<Channel>, range: (Day, Day)) -> Result<u64> {
    days::distinct_between(workspace, tx, channel, range).await
}

/// The number of distinct members active within each of these spans of days (first and last day included), keyed by the span's first day. Spans
/// without active members are left out.
pub async fn members_in(tx: &mut Tx, workspace: WorkspaceId, spans: &[(Day, Day)]) -> Result<Vec<(Day, u64)>> {
    days::distinct_in(workspace, tx, spans).await
}

/// The same by channel. Whoever came over two channels counts once on each, so these may add up to more than [`members_in`].
pub async fn members_in_by_channel(
    tx: &mut Tx,
    workspace: WorkspaceId,
    spans: &[(Day, Day)],
) -> Result<Vec<(Day, Channel, u64)>> {
    days::distinct_in_by_channel(workspace, tx, spans).await
}

/// How many of those who came within each span were added to the audience within it or later.
pub async fn new_members_in(tx: &mut Tx, workspace: WorkspaceId, spans: &[(Day, Day)]) -> Result<Vec<(Day, u64)>> {
    days::new_in(workspace, tx, spans).await
}

/// How an audience stands now.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Standing {
    /// Its members.
    pub members: u64,
    /// The mean of the scores of those who have one, from 0 to 1; none while nobody has.
    pub mean_score: Option<f64>,
}

/// How an audience stands now.
pub async fn standing(tx: &mut Tx, workspace: WorkspaceId) -> Result<Standing> {
    let members = counts::of(workspace, tx, "", None, None).await?;
    let (scored, sum) = days::scored(workspace, tx).await?;
    let mean_score = (scored > 0).then(|| (sum as f64 / scored as f64 / 100.0).round() / 10_000.0);
    Ok(Standing { members, mean_score })
}
