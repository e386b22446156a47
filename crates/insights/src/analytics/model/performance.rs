//! What a campaign brought in all.

use kernel::{Amount, Currency};
use serde::Serialize;
use utoipa::ToSchema;

use super::money::only_cost;
use super::{Cost, Revenue, Tally, rounded};
use crate::Figures;
use crate::analytics::earned::{EarnedMedia, EarnedMediaPrices};
use crate::analytics::store::Found;

/// What a campaign brought. What no post and no order says is null.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Performance {
    /// Accounts reached, as posts report; who is reached twice counts twice. Null where no post reports a reach.
    #[schema(example = 450_000)]
    pub total_reach: Option<i64>,
    /// The followers of the creators with measured posts: who could be reached, not who was.
    pub potential_reach: Option<i64>,
    /// Likes, comments, shares and saves.
    #[schema(example = 25_000)]
    pub total_engagement: Option<i64>,
    /// Views, as posts report.
    #[schema(example = 380_000)]
    pub total_views: Option<i64>,
    /// Likes.
    pub likes: Option<i64>,
    /// Comments.
    pub comments: Option<i64>,
    /// Shares.
    pub shares: Option<i64>,
    /// Saves.
    pub saves: Option<i64>,
    /// Engagement in percent of the views; null without views.
    #[schema(example = 6.58)]
    pub average_engagement_rate: Option<f64>,
    /// What the rate is a part of: `views`. Null where there is no rate.
    pub engagement_rate_denominator: Option<&'static str>,
    /// Reported and tracked ones together. A click on a tracked link that the platform reports too is in both.
    pub clicks: i64,
    /// Clicks that posts report.
    pub clicks_reported: Option<i64>,
    /// Clicks on tracked links: the first of each visitor and day, without programs.
    pub clicks_tracked: i64,
    /// Further clicks of the same visitors on the same day; in no other figure.
    pub clicks_repeated: i64,
    /// Clicks of programs; in no other figure.
    pub clicks_by_bots: i64,
    /// Reported conversions and orders together.
    pub conversions: i64,
    /// Conversions that posts report.
    pub conversions_reported: Option<i64>,
    /// Orders by tracked links and promo codes.
    pub orders: i64,
    /// What it brought, by currency; null where nothing is said.
    pub revenue: Option<Vec<Revenue>>,
    /// What was paid for it, whatever days are asked for, by currency; null where nothing was.
    pub cost: Option<Vec<Cost>>,
    /// The return on investment: (revenue − cost) / cost. Null as `roi_reason` says.
    #[schema(example = 3.2)]
    pub roi: Option<f64>,
    /// What the attention would have cost as advertising, in US dollars, by the prices of `method`. Never part of `roi`.
    pub earned_media_value: Option<Amount>,
    /// What one like, comment, share or save cost, with four decimals.
    pub cost_per_engagement: Option<f64>,
    /// What one view cost, with four decimals.
    pub cost_per_view: Option<f64>,
    /// What one conversion cost, with four decimals.
    pub cost_per_conversion: Option<f64>,
    /// The currency of those three.
    pub cost_currency: Option<Currency>,
}

fn some<T>(list: Vec<T>) -> Option<Vec<T>> {
    (!list.is_empty()).then_some(list)
}

impl Performance {
    pub(super) fn new(all: &Tally, costs: &[Cost], roi: Option<f64>, found: &Found, prices: &EarnedMedia) -> Self {
        let counts = all.counts();
        let average_engagement_rate = all.engagement_rate();
        // What was paid is of no day, so that only the whole campaign can be divided.
        let cost = only_cost(costs).filter(|_| found.whole);
        let per = |count: i64| {
            let (_, cost) = cost.filter(|_| count > 0)?;
            Some(rounded(cost.minor() as f64 / 100.0 / count as f64, 10_000.0))
        };
        let (engagement, views, conversions) = (all.engagement(), counts.views, all.conversions());
        let divided = engagement > 0 || views > 0 || conversions > 0;
        Self {
            total_reach: all.reach(),
            potential_reach: potential_reach(found),
            total_engagement: all.reported(|_| engagement),
            total_views: all.reported(|figures| figures.views),
            likes: all.reported(|figures| figures.likes),
            comments: all.reported(|figures| figures.comments),
            shares: all.reported(|figures| figures.shares),
            saves: all.reported(|figures| figures.saves),
            average_engagement_rate,
            engagement_rate_denominator: average_engagement_rate.map(|_| "views"),
            clicks: all.clicks(),
            clicks_reported: all.reported(|figures| figures.clicks),
            clicks_tracked: counts.link_clicks,
            clicks_repeated: counts.link_repeats,
            clicks_by_bots: counts.bot_clicks,
            conversions,
            conversions_reported: all.reported(|figures| figures.conversions),
            orders: counts.orders,
            revenue: some(all.revenue()),
            cost: some(costs.to_vec()),
            roi,
            earned_media_value: prices.of(counts),
            cost_per_engagement: per(engagement),
            cost_per_view: per(views),
            cost_per_conversion: per(conversions),
            cost_currency: cost.filter(|_| divided).map(|(currency, _)| currency),
        }
    }
}

/// The followers of those with measured posts, each of them once.
fn potential_reach(found: &Found) -> Option<i64> {
    let measured = |(_, _, figures): &&(_, _, Figures)| figures.metric_rows > 0;
    let mut ids: Vec<_> = found.creators.iter().filter(measured).map(|(id, ..)| *id).collect();
    ids.sort_unstable();
    ids.dedup();
    let followers = ids.iter().filter_map(|id| found.known.get(id)).map(|known| known.followers);
    (!ids.is_empty()).then(|| followers.sum())
}

/// How the figures are made.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FigureMethod {
    /// What counts as engagement.
    pub engagement: &'static str,
    /// How rates are made.
    pub engagement_rate: &'static str,
    /// How the return on investment is made.
    pub roi: &'static str,
    /// What costs are.
    pub cost: &'static str,
    /// By what earned media value is counted.
    pub earned_media_value: EarnedMediaPrices,
}

impl FigureMethod {
    pub(super) fn new(prices: &EarnedMedia) -> Self {
        Self {
            engagement: "likes + comments + shares + saves, as posts report them",
            engagement_rate: "engagement / views, in percent",
            roi: "(revenue - cost) / cost, where both are in one and the same currency; revenue is what posts report \
                  and what orders by tracked links and promo codes brought",
            cost: "completed payments less refunds and chargebacks",
            earned_media_value: prices.told(),
        }
    }
}
