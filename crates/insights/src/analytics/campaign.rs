//! The analytics of a campaign.

use axum::extract::{RawQuery, State};
use axum::response::Response;
use http_base::cache::Key;
use http_base::{Answer, Caller, Named, Offsets};
use input::form::read_query;
use input::{Fields, Input};
use kernel::{Result, Scope};
use utoipa::IntoParams;

use super::Analytics;
use super::model::CampaignAnalytics;
use super::period::Period;
use super::store::{self, Found};

/// How many creators are told unless said otherwise.
const CREATORS: u32 = 100;

/// Which days, and which of the creators.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes the query that `Wanted` reads")]
pub(super) struct WantedQuery {
    /// From this day on, in UTC.
    #[param(example = "2024-06-01")]
    start_date: Option<String>,
    /// Up to this day, in UTC, the day itself included.
    #[param(example = "2024-06-30")]
    end_date: Option<String>,
    /// How many creators at most.
    #[param(minimum = 1, maximum = 100, default = 100)]
    limit: Option<u32>,
    /// How many creators to leave out first.
    #[param(minimum = 0, default = 0)]
    offset: Option<u32>,
}

struct Wanted {
    period: Period,
    offsets: Offsets,
}

impl Input for Wanted {
    fn read(fields: &mut Fields) -> Option<Self> {
        let period = Period::read(fields)?;
        let limited = fields.has("limit");
        let offsets = Offsets::read(fields)?;
        let offsets = if limited { offsets } else { Offsets { limit: CREATORS, ..offsets } };
        Some(Self { period, offsets })
    }
}

/// Everything that is told of a campaign, as of one moment.
pub(crate) async fn read(analytics: &Analytics, scope: Scope, name: &str, period: Period) -> Result<Found> {
    let mut tx = analytics.app().db().snapshot().await?;
    let campaign = campaigns::find(scope, &mut tx, name).await?;
    store::read(scope, &mut tx, campaign, period).await
}

/// Campaign analytics
///
/// What posts, tracked links, promo codes and orders say of a campaign: in all, by creator and by day; what it cost, and what was
/// delivered. What there is nothing to compute from is null. With dates, the figures are of those days; contracts, deliverables and
/// payments are always of the whole campaign.
#[utoipa::path(get, path = "/api/v1/analytics/campaigns/{campaign_id}", tag = "Analytics",
    params(("campaign_id" = String, Path, description = "The campaign's id or code"), WantedQuery),
    responses((status = 200, description = "The analytics", body = CampaignAnalytics)))]
pub(super) async fn campaign(
    State(analytics): State<Analytics>,
    caller: Caller,
    name: Named,
    RawQuery(asked): RawQuery,
) -> Answer<Response> {
    let scope = caller.scope();
    let stamp = analytics.stamp().await?;
    let asked = asked.unwrap_or_default();
    let key = Key { scope, asked: format!("{}?{asked}", name.0) };
    if let Some(kept) = analytics.kept(&key, stamp) {
        return Ok(kept);
    }
    let wanted: Wanted = read_query(&asked)?;
    // Boxed, so that a kept answer does not carry the room of making one about.
    let found = Box::pin(read(&analytics, scope, &name.0, wanted.period)).await?;
    let prices = &analytics.insights().settings().earned_media;
    let Offsets { limit, offset } = wanted.offsets;
    let body = CampaignAnalytics::new(&found, prices, offset as usize, limit as usize);
    Ok(analytics.answer(key, stamp, &body)?)
}
