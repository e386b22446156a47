//! What each creator brought.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use deals::model::Status;
use deals::store::Handed;
use kernel::{CreatorId, Platform};
use payments::store::PaidToCreator;
use serde::Serialize;
use utoipa::ToSchema;

use super::{Cost, Revenue, Tally, roi};
use crate::analytics::store::Found;

/// Where a creator's deliverables stand.
#[derive(Clone, Copy, PartialEq, Eq, Debug, kernel::Words)]
#[words(no_column)]
pub enum DeliveryStatus {
    /// Nothing was handed in yet.
    Pending,
    /// Something was handed in.
    InProgress,
    /// Something was not handed in by its deadline.
    Late,
    /// Everything was accepted.
    Completed,
}

impl DeliveryStatus {
    /// Of what was promised under contracts of which the furthest stands there. Where no deliverables are listed, the contract tells.
    pub fn of(promised: &Promised, contract: Status) -> Self {
        match promised {
            Promised { total: 0, .. } if contract == Status::Completed => Self::Completed,
            Promised { late, .. } if *late > 0 => Self::Late,
            Promised { total, approved, .. } if total == approved && *total > 0 => Self::Completed,
            Promised { submitted, approved, .. } if submitted + approved > 0 => Self::InProgress,
            _ => Self::Pending,
        }
    }
}

/// Deliverables, by where they stand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Promised {
    /// All of them.
    pub total: u64,
    /// Awaited.
    pub pending: u64,
    /// Handed in, and not judged yet.
    pub submitted: u64,
    /// Accepted.
    pub approved: u64,
    /// Not handed in by their deadline.
    pub late: u64,
}

impl From<&Handed> for Promised {
    fn from(handed: &Handed) -> Self {
        let Handed { total, pending, submitted, approved, late, .. } = *handed;
        Self { total, pending, submitted, approved, late }
    }
}

/// What a creator brought.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CreatorLine {
    /// Who.
    pub creator_id: CreatorId,
    /// Their name.
    #[schema(example = "TechReviewer123")]
    pub creator_name: String,
    /// Their platform, if the directory still has them.
    pub platform: Option<Platform>,
    /// Views, as posts report.
    #[schema(example = 125_000)]
    pub content_views: i64,
    /// Likes, comments, shares and saves.
    #[schema(example = 8_500)]
    pub engagement: i64,
    /// Engagement in percent of the views; null without views.
    #[schema(example = 6.8)]
    pub engagement_rate: Option<f64>,
    /// Accounts reached, where posts report it.
    pub reach: Option<i64>,
    /// Likes.
    pub likes: i64,
    /// Comments.
    pub comments: i64,
    /// Shares.
    pub shares: i64,
    /// Saves.
    pub saves: i64,
    /// Reported and tracked ones together.
    pub clicks: i64,
    /// Reported conversions and orders together.
    pub conversions: i64,
    /// What it brought, by currency.
    pub revenue: Vec<Revenue>,
    /// What they were paid, by currency, whatever days are asked for.
    pub cost: Vec<Cost>,
    /// (revenue − cost) / cost, where both are there, in one currency, and of all days.
    pub roi: Option<f64>,
    /// `pending`, `in_progress`, `late` or `completed`; null without a contract.
    pub delivery_status: Option<DeliveryStatus>,
    /// Their deliverables; null without a contract.
    pub deliverables: Option<Promised>,
    /// Where the furthest of their contracts stands: `draft`, `sent`, `signed` or `completed`; null without one.
    pub contract_status: Option<Status>,
}

fn rank(status: Status) -> Option<u8> {
    match status {
        Status::Completed => Some(3),
        Status::Signed => Some(2),
        Status::Sent => Some(1),
        Status::Draft => Some(0),
        Status::Cancelled | Status::Expired => None,
    }
}

#[derive(Default)]
struct Part {
    tally: Tally,
    contract: Option<Status>,
    promised: Promised,
    paid: Vec<PaidToCreator>,
}

/// A line for everyone with a contract that holds or may come to hold, with figures, or with payments; most engagement first.
pub(super) fn lines(found: &Found) -> Vec<CreatorLine> {
    let mut parts: BTreeMap<CreatorId, Part> = BTreeMap::new();
    for agreed in found.agreed.iter().filter(|agreed| rank(agreed.status).is_some()) {
        let part = parts.entry(agreed.creator_id).or_default();
        if part.contract.is_none_or(|known| rank(known) < rank(agreed.status)) {
            part.contract = Some(agreed.status);
        }
    }
    for (creator, currency, figures) in &found.creators {
        parts.entry(*creator).or_default().tally.add(currency, *figures);
    }
    for payment in &found.paid {
        parts.entry(payment.creator_id).or_default().paid.push(*payment);
    }
    for handed in &found.handed {
        parts.entry(handed.creator_id).or_default().promised = handed.into();
    }
    let mut lines: Vec<CreatorLine> = parts.into_iter().map(|(id, part)| line(found, id, &part)).collect();
    lines.sort_by(|one, other| {
        let key = |line: &CreatorLine| (Reverse(line.engagement), Reverse(line.content_views));
        key(one)
            .cmp(&key(other))
            .then_with(|| one.creator_name.cmp(&other.creator_name))
            .then(one.creator_id.cmp(&other.creator_id))
    });
    lines
}

fn line(found: &Found, id: CreatorId, part: &Part) -> CreatorLine {
    let known = found.known.get(&id);
    let (counts, revenue, cost) = (part.tally.counts(), part.tally.revenue(), Cost::in_all(&part.paid));
    CreatorLine {
        creator_id: id,
        creator_name: known.map_or_else(|| "A creator who is gone".to_owned(), |known| known.name.clone()),
        platform: known.map(|known| known.platform),
        content_views: counts.views,
        engagement: part.tally.engagement(),
        engagement_rate: part.tally.engagement_rate(),
        reach: part.tally.reach(),
        likes: counts.likes,
        comments: counts.comments,
        shares: counts.shares,
        saves: counts.saves,
        clicks: part.tally.clicks(),
        conversions: part.tally.conversions(),
        roi: roi(&revenue, &cost, found.whole).ok(),
        revenue,
        cost,
        delivery_status: part.contract.map(|contract| DeliveryStatus::of(&part.promised, contract)),
        deliverables: part.contract.map(|_| part.promised),
        contract_status: part.contract,
    }
}
