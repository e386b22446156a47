//! The sums of days, for whoever adds up what came of it: channels' analytics and the hub's.

use db::Tx;
use kernel::{Day, Result, WorkspaceId};

use crate::Channel;
use crate::store::days;

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
