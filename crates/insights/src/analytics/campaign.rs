//! The analytics of a campaign.

use axum::extract::{RawQuery, State};
use axum::response::Response;
use http_base::cache::Key;
use http_base::{Answer, Caller, Named};
use input::form::read_query;
use input::{Input, Period};
use kernel::{Result, Scope};

use super::Analytics;
use super::model::CampaignAnalytics;
use super::store::{self, Found};

/// Which days, and which of the creators.
#[derive(Input)]
pub(super) struct CampaignAnalyticsQuery {
    #[input(flatten)]
    period: Period,
    /// How many creators at most.
    #[input(whole(1, 100).map(|limit| limit as u32), default = 100)]
    limit: u32,
    /// How many creators to leave out first.
    #[input(whole(0, u32::MAX.into()).map(|offset| offset as u32), default = 0)]
    offset: u32,
}

/// Everything that is told of a campaign, as of one moment.
pub(crate) async fn read(analytics: &Analytics, scope: Scope, name: &str, period: Period) -> Result<Found> {
    let mut tx = analytics.app().db().snapshot().await?;
    let campaign = campaigns::find(scope, &mut tx, name).await?;
    store::read(scope, &mut tx, campaign, period).await
}

/// Read the analytics of a campaign
///
/// What posts, tracked links, promo codes and orders say of a campaign: in all, by creator and by day; what it cost, and what was
/// delivered. What there is nothing to compute from is null. With dates, the figures are of those days; contracts, deliverables and
/// payments are always of the whole campaign.
#[utoipa::path(get, path = "/api/v1/analytics/campaigns/{campaign_id}", tag = "Analytics",
    params(("campaign_id" = String, Path, description = "The campaign's id or code"), CampaignAnalyticsQuery),
    responses((status = 200, description = "The analytics", body = CampaignAnalytics)))]
pub(super) async fn campaign(
    State(analytics): State<Analytics>,
    caller: Caller,
    name: Named,
    RawQuery(asked): RawQuery,
) -> Answer<Response> {
    let scope = caller.scope();
    let stamp = analytics.stamp(scope).await?;
    let asked = asked.unwrap_or_default();
    let key = Key { scope, asked: format!("{}?{asked}", name.0) };
    let make = || async {
        let wanted: CampaignAnalyticsQuery = read_query(&asked)?;
        let found = read(&analytics, scope, &name.0, wanted.period).await?;
        let prices = &analytics.insights().settings().earned_media;
        Ok(CampaignAnalytics::new(&found, prices, wanted.offset as usize, wanted.limit as usize))
    };
    Ok(analytics.answers().json(analytics.app(), key, stamp, make).await?)
}
