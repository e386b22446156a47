//! The sums of days, for whoever adds up what came of it: channels' analytics and the hub's.

use db::Tx;
use kernel::{Day, Error, Result, WorkspaceId};

use crate::Channel;
use crate::store::visits::{self, Which};
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

/// How many different members came within each of these spans of days (first and last included; at most 366 days), in the order of the spans. Spans may
/// overlap.
pub async fn members_in(tx: &mut Tx, workspace: WorkspaceId, spans: &[(Day, Day)]) -> Result<Vec<u64>> {
    of_spans(spans, visits::distinct(workspace, tx, spans, Which::All).await?)
}

/// How many of those who came within each span were added to the audience within it or later.
pub async fn new_members_in(tx: &mut Tx, workspace: WorkspaceId, spans: &[(Day, Day)]) -> Result<Vec<u64>> {
    of_spans(spans, visits::distinct(workspace, tx, spans, Which::New).await?)
}

/// How many different members came over each channel within each of these spans of at most 31 days, by the place of the span. Whoever came over two
/// channels counts on each, so these may add up to more than [`members_in`].
pub async fn members_in_by_channel(
    tx: &mut Tx,
    workspace: WorkspaceId,
    spans: &[(Day, Day)],
) -> Result<Vec<(usize, Channel, u64)>> {
    let found = visits::distinct(workspace, tx, spans, Which::OfChannels).await?;
    let told = found.into_iter().map(|(place, channel, count)| {
        let place = usize::try_from(place).map_err(Error::internal)?;
        Ok((place, channel, u64::try_from(count).unwrap_or_default()))
    });
    told.collect()
}

/// Sums over the channels.
fn of_spans(spans: &[(Day, Day)], found: Vec<(u64, Channel, i64)>) -> Result<Vec<u64>> {
    let mut sums = vec![0; spans.len()];
    for (place, _, count) in found {
        let sum = sums.get_mut(usize::try_from(place).map_err(Error::internal)?);
        *sum.ok_or_else(|| Error::internal("a span that was not asked for"))? += count;
    }
    // What is taken away under one channel may have been counted under another: only the sum is a number of members.
    Ok(sums.into_iter().map(|sum| u64::try_from(sum).unwrap_or_default()).collect())
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
