//! From sums to what is told. Pure: the same sums are the same answer.

mod budget;
mod creators;
mod money;
mod performance;
mod tally;
mod timeline;

pub use budget::{Budget, CurrencyBudget, Delivery};
pub use creators::{CreatorLine, DeliveryStatus, Promised};
pub use money::{Cost, Revenue, ratio, roi};
pub use performance::{FigureMethod, Performance};
pub use tally::Tally;
pub use timeline::{DayRevenue, Timeline, TimelineDay};

use kernel::{CampaignId, Day};
use serde::Serialize;
use utoipa::ToSchema;

use super::earned::EarnedMedia;
use super::store::Found;
use crate::Figures;

/// `part` of `whole` in percent, with two decimals; nothing of nothing.
pub fn percent(part: i64, whole: i64) -> Option<f64> {
    (whole > 0).then(|| rounded(part as f64 / whole as f64 * 100.0, 100.0))
}

/// Rounded to so many parts of one.
pub(super) fn rounded(number: f64, parts: f64) -> f64 {
    (number * parts).round() / parts
}

/// Which days an answer is about.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PeriodBody {
    /// The first day that was asked for.
    pub start_date: Option<Day>,
    /// The last day that was asked for.
    pub end_date: Option<Day>,
    /// The first of these days that has figures.
    pub first_day: Option<Day>,
    /// The last of these days that has figures.
    pub last_day: Option<Day>,
    /// Are all of the campaign's days with figures among them?
    pub whole: bool,
}

/// Everything that is told of a campaign.
#[derive(Clone, Debug)]
pub struct Described {
    /// Which days it is about.
    pub period: PeriodBody,
    /// What it brought.
    pub performance: Performance,
    /// Why there is no return on investment.
    pub roi_reason: Option<&'static str>,
    /// Who brought it; most engagement first.
    pub creators: Vec<CreatorLine>,
    /// When.
    pub timeline: Timeline,
    /// What it may cost, and did.
    pub budget: Budget,
    /// What was delivered.
    pub delivery: Delivery,
    /// How the figures are made.
    pub method: FigureMethod,
}

/// Describes what was found.
pub fn describe(found: &Found, prices: &EarnedMedia) -> Described {
    let mut all = Tally::default();
    for (_, currency, figures) in &found.days {
        all.add(currency, *figures);
    }
    let costs = Cost::in_all(&found.paid);
    let roi = roi(&all.revenue(), &costs, found.whole);
    let creators = creators::lines(found);
    let day = |day: Option<&(Day, String, Figures)>| day.map(|(day, ..)| *day);
    Described {
        period: PeriodBody {
            start_date: found.period.start,
            end_date: found.period.end,
            first_day: day(found.days.first()),
            last_day: day(found.days.last()),
            whole: found.whole,
        },
        performance: Performance::new(&all, &costs, roi.ok(), found, prices),
        roi_reason: roi.err(),
        creators,
        timeline: Timeline::new(found.period, &found.days),
        budget: Budget::new(found, &costs),
        delivery: Delivery::new(&found.handed),
        method: FigureMethod::new(prices),
    }
}

/// The analytics of a campaign.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CampaignAnalytics {
    campaign_id: CampaignId,
    #[schema(example = "CAMP-001")]
    campaign_code: String,
    /// What the campaign is for.
    product_name: String,
    /// The days that the figures are of.
    period: PeriodBody,
    performance: Performance,
    /// Why `performance.roi` is null; null where it is not.
    roi_reason: Option<&'static str>,
    /// A page of the creators under contract or with figures, most engagement first.
    creator_performance: Vec<CreatorLine>,
    /// How many creators there are in all.
    total_creators: usize,
    /// Every day in UTC from the first to the last one with figures, or of the period, without gaps.
    timeline: Vec<TimelineDay>,
    /// Were days left out because there are more than 3,660?
    timeline_clipped: bool,
    /// What was planned, agreed and paid.
    budget: Budget,
    /// How much of what was agreed was delivered, and in time.
    delivery: Delivery,
    /// How the figures are made.
    method: FigureMethod,
}

impl CampaignAnalytics {
    /// As it is told, with this page of the creators.
    pub fn new(found: &Found, prices: &EarnedMedia, offset: usize, limit: usize) -> Self {
        let Described { period, performance, roi_reason, creators, timeline, budget, delivery, method } =
            describe(found, prices);
        Self {
            campaign_id: found.campaign.id,
            campaign_code: code(found.campaign.code),
            product_name: found.campaign.product_name.clone(),
            period,
            performance,
            roi_reason,
            total_creators: creators.len(),
            creator_performance: creators.into_iter().skip(offset).take(limit).collect(),
            timeline: timeline.days,
            timeline_clipped: timeline.clipped,
            budget,
            delivery,
            method,
        }
    }
}

/// A campaign's code by its number.
pub fn code(number: u64) -> String {
    format!("CAMP-{number:03}")
}
