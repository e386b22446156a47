//! The routes of post metrics.

use std::collections::HashSet;

use axum::Json;
use axum::extract::{RawQuery, Request, State};
use events::TxExt as _;
use http_base::Routes;
use http_base::routes;
use http_base::{Answer, Caller, Done, Named, Offsets, Page, Params, done, upload};
use input::form::read_query;
use input::{Input, Period};
use kernel::{CampaignId, CreatorId, Day, Error, Kind};
use serde::Serialize;
use utoipa::ToSchema;

use super::import::{Import, WANTED, recorded};
use super::model::{Metric, NewMetric};
use super::store::{self, Campaign, Wanted};
use crate::batch::{self, Rows};
use crate::events::MetricsDeleted;
use crate::shapes::{TableForm, TableQuery};
use crate::table::{Count, FORMATS, ImportReport, import};
use crate::{Insights, figures};

/// Every route of post metrics.
pub(crate) fn router() -> Routes<Insights> {
    Routes::new().with(routes!(list, record, delete)).with(routes!(record_table).file())
}

/// What became of rows.
#[derive(Serialize, ToSchema)]
#[schema(as = RecordedMetrics)]
struct Recorded {
    campaign_id: CampaignId,
    /// Rows that came. Of those with the same creator, post and day the last one holds.
    received: usize,
    #[serde(flatten)]
    count: Count,
    /// The rows as they are now, each once.
    metrics: Vec<Metric>,
}

type MetricRows = Rows<NewMetric>;

/// Record post metrics
///
/// One row or up to 1,000, each what one post gained on one day (not its total by then). The same creator, post and day again
/// replaces the row. All are taken in or none; every fault of every row is told at once.
#[utoipa::path(post, path = "/api/v1/analytics/campaigns/{campaign_id}/metrics", tag = "Analytics", request_body = MetricRows,
    params(("campaign_id" = String, Path, description = "The campaign's id or code")),
    responses((status = 200, description = "Taken in", body = Recorded)))]
async fn record(
    State(insights): State<Insights>,
    caller: Caller,
    name: Named,
    request: Request,
) -> Answer<Json<Recorded>> {
    let (app, scope) = (insights.app(), caller.scope());
    let now = app.clock().now();
    let body = batch::json_body(app, request).await?;
    let sent: Vec<NewMetric> = batch::rows(body, Day::of(now).plus(1))?;
    let received = sent.len();
    // Few rows share a commit with whoever else writes; many hold up nobody.
    let mut tx = if received > 20 { app.db().write_long().await? } else { app.write().await? };
    let campaign = Campaign::from(&campaigns::find(scope, &mut tx, &name.0).await?);
    creators_are_there(scope, &mut tx, &sent).await?;
    figures::lock(scope, &mut tx, campaign.workspace).await?;
    let rows = sent.into_iter().map(|row| row.stored(campaign, "api", now)).collect();
    let plan = store::compare(scope, &mut tx, campaign, rows).await?;
    let count = plan.count;
    let rows = if count.wrote() {
        let rows = store::write(scope, &mut tx, campaign, plan).await?;
        recorded(&mut tx, campaign, "api", count);
        tx.commit().await?;
        rows
    } else {
        plan.rows
    };
    Ok(Json(Recorded { campaign_id: campaign.id, received, count, metrics: rows }))
}

async fn creators_are_there(scope: kernel::Scope, tx: &mut db::Tx, rows: &[NewMetric]) -> kernel::Result<()> {
    let mut seen = HashSet::new();
    let ids: Vec<CreatorId> = rows.iter().map(|row| row.creator_id).filter(|id| seen.insert(*id)).collect();
    let found = creators::store::by_ids(scope, tx, &ids).await?;
    let found: HashSet<CreatorId> = found.iter().map(|creator| creator.id).collect();
    match ids.iter().find(|id| !found.contains(id)) {
        None => Ok(()),
        Some(id) => {
            let at = rows.iter().position(|row| row.creator_id == *id).unwrap_or_default();
            Err(Error::new(Kind::NotFound, format!("Creator not found: {id}, in row {}", at + 1)))
        }
    }
}

/// Import post metrics
///
/// CSV with a head, as a form with the file `file` or as the body itself (`text/csv`). The columns have the names of the
/// fields of a row, in any order; others are passed over; commas, semicolons or tabs set them apart. It is read as it
/// comes: rows that are right go in, a thousand in a transaction, and each other one is told with its line and reason. Safe to send again.
#[utoipa::path(post, path = "/api/v1/analytics/campaigns/{campaign_id}/metrics/csv", tag = "Analytics",
    params(("campaign_id" = String, Path, description = "The campaign's id or code"), TableQuery),
    request_body(content = TableForm, content_type = "multipart/form-data"),
    responses((status = 200, description = "What became of the rows", body = ImportReport)))]
async fn record_table(
    State(insights): State<Insights>,
    caller: Caller,
    name: Named,
    Params(query): Params<TableQuery>,
    request: Request,
) -> Answer<Json<ImportReport>> {
    let scope = caller.scope();
    let mut tx = insights.app().read().await?;
    let campaign = Campaign::from(&campaigns::find(scope, &mut tx, &name.0).await?);
    drop(tx);
    let last = Day::of(insights.app().clock().now()).plus(1);
    let how = (query.dry_run, query.numbers.mark());
    let into = Import::new(&insights, scope, campaign);
    let report =
        upload::table(insights.app(), request, FORMATS, |_, source| import(into, source, WANTED, last, how)).await?;
    Ok(Json(report))
}

/// Which rows are wanted.
#[derive(Input)]
struct MetricQuery {
    /// Only of this creator.
    #[input(id, alias = "influencer_id")]
    creator_id: Option<CreatorId>,
    #[input(flatten)]
    period: Period,
    #[input(flatten)]
    offsets: Offsets,
}

/// A page of rows.
#[derive(Serialize, ToSchema)]
#[schema(as = PostMetricList)]
struct MetricList {
    metrics: Vec<Metric>,
    #[serde(flatten)]
    page: Page,
}

/// List post metrics
///
/// The rows as they came in, the newest day first.
#[utoipa::path(get, path = "/api/v1/analytics/campaigns/{campaign_id}/metrics", tag = "Analytics",
    params(("campaign_id" = String, Path, description = "The campaign's id or code"), MetricQuery),
    responses((status = 200, description = "A page of rows", body = MetricList)))]
async fn list(
    State(insights): State<Insights>,
    caller: Caller,
    name: Named,
    Params(query): Params<MetricQuery>,
) -> Answer<Json<MetricList>> {
    let scope = caller.scope();
    let mut tx = insights.app().read().await?;
    let campaign = Campaign::from(&campaigns::find(scope, &mut tx, &name.0).await?);
    let wanted = Wanted { creator: query.creator_id, from: query.period.start, to: query.period.end };
    if let Some(creator) = wanted.creator
        && creators::store::by_id(scope, &mut tx, creator).await?.is_none()
    {
        return Err(Error::not_found("Creator").into());
    }
    let (rows, total) = store::list(scope, &mut tx, campaign, wanted, query.offsets).await?;
    Ok(Json(MetricList { metrics: rows, page: query.offsets.page(total) }))
}

/// Which row is meant.
#[derive(Input)]
struct KeyQuery {
    /// Its creator.
    #[input(id, alias = "influencer_id")]
    creator_id: CreatorId,
    /// Its post.
    #[input(text(2048), alias = "post")]
    post_id: String,
    /// Its day in UTC.
    #[input(day(), alias = "day", example = "2026-01-15")]
    date: Day,
}

/// Delete post metrics
///
/// The figures are then as if it had never come in.
#[utoipa::path(delete, path = "/api/v1/analytics/campaigns/{campaign_id}/metrics", tag = "Analytics",
    params(("campaign_id" = String, Path, description = "The campaign's id or code"), KeyQuery),
    responses((status = 200, description = "Deleted", body = Done)))]
async fn delete(
    State(insights): State<Insights>,
    caller: Caller,
    name: Named,
    RawQuery(query): RawQuery,
) -> Answer<Json<Done>> {
    let (app, scope) = (insights.app(), caller.scope());
    let mut tx = app.write().await?;
    let campaign = Campaign::from(&campaigns::find(scope, &mut tx, &name.0).await?);
    // Whoever does not know the campaign is not told what else is missing.
    let query: KeyQuery = read_query(&query.unwrap_or_default())?;
    figures::lock(scope, &mut tx, campaign.workspace).await?;
    let key = (query.creator_id, query.post_id, query.date);
    if !store::delete(scope, &mut tx, campaign, &key).await? {
        return Err(Error::new(Kind::NotFound, "There are no metrics of this creator, post and day").into());
    }
    let (creator, post, day) = key;
    tx.event(MetricsDeleted {
        workspace_id: campaign.workspace,
        campaign_id: campaign.id,
        creator_id: creator,
        post_id: post.clone(),
        date: day.to_string(),
    });
    tx.commit().await?;
    Ok(done(format!("The metrics of {post} on {day} were deleted")))
}
