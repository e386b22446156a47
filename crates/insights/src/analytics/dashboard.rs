//! The dashboard over all campaigns.

use std::collections::BTreeMap;

use axum::extract::State;
use axum::response::Response;
use campaigns::Status;
use db::Tx;
use http_base::cache::Key;
use http_base::{Answer, Caller};
use kernel::{Amount, CampaignId, Result, Scope};
use serde::Serialize;
use utoipa::ToSchema;

use super::Analytics;
use super::activity::{self, Activity};
use super::model::{percent, rounded};
use super::{model, store};

/// What there is.
#[derive(Clone, Debug, Serialize, ToSchema)]
struct Overview {
    #[schema(example = 12)]
    total_campaigns: u64,
    #[schema(example = 3)]
    active_campaigns: u64,
    /// The whole directory.
    #[schema(example = 145)]
    total_creators: usize,
    #[schema(example = 28)]
    total_contracts: u64,
    /// The budgets of all campaigns, in US dollars.
    #[schema(example = 125_000)]
    total_budget_managed: Amount,
}

/// What it brought.
#[derive(Clone, Debug, Serialize, ToSchema)]
struct PerformanceMetrics {
    /// The mean of the campaigns that have a return on investment; null where none has.
    #[schema(example = 2.8)]
    average_campaign_roi: Option<f64>,
    /// How many campaigns that are.
    campaigns_with_roi: usize,
    /// All engagement in percent of all views; null without views.
    #[schema(example = 5.2)]
    average_engagement_rate: Option<f64>,
    /// The mean of the ratings from 1 to 5 that creators gave after a collaboration, of those that are shown; null where there is none.
    #[schema(example = 4.6)]
    creator_satisfaction_score: Option<f64>,
    /// How many in a hundred of the contracts that were signed are completed; null where none was signed.
    #[schema(example = 89.3)]
    contract_completion_rate: Option<f64>,
}

/// The dashboard.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct AnalyticsDashboard {
    overview: Overview,
    performance_metrics: PerformanceMetrics,
    /// What happened last, the newest first: twenty at most.
    recent_activity: Vec<Activity>,
}

/// What the campaigns brought and cost, in one look.
struct Returns {
    /// The mean return of the campaigns that have one.
    mean: Option<f64>,
    /// How many these are.
    with_roi: usize,
    views: i64,
    engagement: i64,
}

async fn returns(scope: Scope, tx: &mut Tx) -> Result<Returns> {
    type Sums = Vec<(String, i64)>;
    let mut campaigns: BTreeMap<CampaignId, (Sums, Sums)> = BTreeMap::new();
    let (mut views, mut engagement) = (0_i64, 0_i64);
    for brought in store::brought(scope, tx).await? {
        views = views.saturating_add(brought.views);
        engagement = engagement.saturating_add(brought.engagement);
        if brought.revenue_rows > 0 {
            campaigns.entry(brought.campaign_id).or_default().0.push((brought.currency, brought.revenue));
        }
    }
    if !campaigns.is_empty() {
        for (campaign, currency, amount) in store::costs(scope, tx).await? {
            // Payments outlive campaigns that were deleted.
            if let Some((_, costs)) = campaigns.get_mut(&campaign) {
                costs.push((currency, amount));
            }
        }
    }
    let ratios: Vec<f64> =
        campaigns.values().filter_map(|(revenue, costs)| model::ratio(revenue, costs).ok()).collect();
    let mean = ratios.iter().sum::<f64>() / ratios.len() as f64;
    let mean = (!ratios.is_empty()).then(|| (mean * 100.0).round() / 100.0);
    Ok(Returns { mean, with_roi: ratios.len(), views, engagement })
}

async fn read(analytics: &Analytics, scope: Scope) -> Result<AnalyticsDashboard> {
    // The directory as the list of creators counts it.
    analytics.directory().catalogue().fresh().await?;
    let total_creators = analytics.directory().catalogue().read().len();
    let mut tx = analytics.app().db().snapshot().await?;
    let campaigns = campaigns::store::totals(scope, &mut tx).await?;
    let contracts = deals::store::counts(scope, &mut tx).await?;
    let returns = returns(scope, &mut tx).await?;
    let (stars, ratings) = collaborations::store::given_by_creators(scope, &mut tx).await?;
    let recent_activity = activity::recent(scope, &mut tx).await?;
    let of = |wanted: deals::model::Status| {
        contracts.iter().filter(|(status, _)| *status == wanted).map(|(_, count)| count.cast_signed()).sum::<i64>()
    };
    let (signed, completed) = (of(deals::model::Status::Signed), of(deals::model::Status::Completed));
    let active = campaigns.iter().filter(|(status, ..)| *status == Status::Active);
    let budgets = campaigns.iter().fold(0_i64, |sum, (.., budget)| sum.saturating_add(budget.minor()));
    Ok(AnalyticsDashboard {
        overview: Overview {
            total_campaigns: campaigns.iter().map(|(_, count, _)| count).sum(),
            active_campaigns: active.map(|(_, count, _)| count).sum(),
            total_creators,
            total_contracts: contracts.iter().map(|(_, count)| count).sum(),
            total_budget_managed: Amount::from_minor(budgets),
        },
        performance_metrics: PerformanceMetrics {
            average_campaign_roi: returns.mean,
            campaigns_with_roi: returns.with_roi,
            average_engagement_rate: percent(returns.engagement, returns.views),
            creator_satisfaction_score: (ratings > 0).then(|| rounded(stars as f64 / ratings as f64, 100.0)),
            contract_completion_rate: percent(completed, signed + completed),
        },
        recent_activity,
    })
}

/// Read the analytics dashboard
///
/// What there is, what it brought, and what happened last: of the caller's workspace; an administrator's is of all.
#[utoipa::path(get, path = "/api/v1/analytics/dashboard", tag = "Analytics",
    responses((status = 200, description = "The dashboard", body = AnalyticsDashboard)))]
pub(super) async fn dashboard(State(analytics): State<Analytics>, caller: Caller) -> Answer<Response> {
    let scope = caller.scope();
    let stamp = analytics.stamp(scope).await?;
    let key = Key { scope, asked: "dashboard".to_owned() };
    Ok(analytics.answers().json(analytics.app(), key, stamp, || read(&analytics, scope)).await?)
}
