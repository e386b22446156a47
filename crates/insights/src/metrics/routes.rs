//! The routes of post metrics.

use std::collections::HashSet;

use axum::Json;
use axum::extract::{RawQuery, Request, State};
use http_base::{Answer, Caller, Named, Offsets, Page, Params};
use input::form::read_query;
use input::rule;
use input::{Fields, Input};
use kernel::{CampaignId, CreatorId, Error, Kind};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::import::{Import, WANTED, recorded};
use super::model::{MetricBody, NewMetric};
use super::store::{self, Campaign, Wanted};
use crate::batch::{self, Dated};
use crate::day::{Day, day};
use crate::shapes::{Done, TableForm};
use crate::table::{Count, ImportReport, import, take_in};
use crate::{Insights, figures};

/// Every route of post metrics.
pub(crate) fn router() -> OpenApiRouter<Insights> {
    OpenApiRouter::new().routes(routes!(list, record, delete)).routes(routes!(record_table))
}

/// What a post gained on a day. Only for the documentation: what is read, and how, is in `model`.
#[derive(Deserialize, ToSchema)]
#[schema(as = PostMetricInput)]
#[expect(dead_code, reason = "describes the row that `NewMetric` reads")]
struct MetricInput {
    /// The creator of the post, of the directory; `influencer_id` is taken too.
    creator_id: CreatorId,
    /// The platform's name for the post; `post` is taken too. Without it the post is named by its address.
    #[schema(example = "CxYz123", max_length = 300)]
    post_id: Option<String>,
    /// Where the post is.
    #[schema(example = "https://www.instagram.com/p/CxYz123/")]
    post_url: Option<String>,
    /// `instagram`, `youtube`, `tiktok` or `twitter`.
    platform: Option<String>,
    /// The day in UTC that the figures were gained on, or a time on it; `day` is taken too. From 2005-01-01 to tomorrow.
    #[schema(value_type = Day)]
    date: String,
    /// At least one figure must be given. Counts that are left out are 0.
    #[schema(minimum = 0, example = 15_000)]
    views: Option<i64>,
    #[schema(minimum = 0)]
    likes: Option<i64>,
    #[schema(minimum = 0)]
    comments: Option<i64>,
    #[schema(minimum = 0)]
    shares: Option<i64>,
    #[schema(minimum = 0)]
    saves: Option<i64>,
    #[schema(minimum = 0)]
    clicks: Option<i64>,
    #[schema(minimum = 0)]
    conversions: Option<i64>,
    /// Accounts reached; left out it is unknown, not 0.
    #[schema(minimum = 0)]
    reach: Option<i64>,
    /// What it brought, with no more decimals than its currency has; left out it is unknown, not 0.
    #[schema(minimum = 0)]
    revenue: Option<f64>,
    /// The currency of the revenue (ISO 4217).
    #[schema(default = "USD")]
    currency: Option<String>,
}

/// One row or many.
#[derive(Deserialize, ToSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "describes the body that `batch::rows` reads")]
enum MetricsInput {
    /// One row,
    One(Box<MetricInput>),
    /// a list of up to 1,000,
    Many(Vec<MetricInput>),
    /// or an object with such a list.
    Listed { metrics: Vec<MetricInput> },
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
    metrics: Vec<MetricBody>,
}

/// Record post metrics
///
/// One row or up to 1,000, each what one post gained on one day (not its total by then). The same creator, post and day again
/// replaces the row. All are taken in or none; every fault of every row is told at once.
#[utoipa::path(post, path = "/api/v1/analytics/campaigns/{campaign_id}/metrics", tag = "Analytics", request_body = MetricsInput,
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
    let sent: Vec<NewMetric> = batch::rows(body, "metrics", Day::of(now).plus(1))?;
    let received = sent.len();
    // Few rows share a commit with whoever else writes; many hold up nobody.
    let mut tx = if received > 20 { app.db().write_long().await? } else { app.write().await? };
    let campaign = Campaign::from(&campaigns::find(scope, &mut tx, &name.0).await?);
    creators_are_there(scope, &mut tx, &sent).await?;
    figures::lock(scope, &mut tx, campaign.workspace).await?;
    let rows = sent.into_iter().map(|row| row.stored("api", now)).collect();
    let plan = store::compare(scope, &mut tx, campaign, rows).await?;
    let count = plan.count;
    let rows = if count.wrote() {
        let rows = store::write(scope, &mut tx, campaign, plan).await?;
        recorded(&mut tx, app, campaign, "api", count);
        tx.commit().await?;
        rows
    } else {
        plan.rows
    };
    let metrics = rows.into_iter().map(MetricBody::from).collect();
    Ok(Json(Recorded { campaign_id: campaign.id, received, count, metrics }))
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

/// How a table is taken in.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
struct TableQuery {
    /// True to be told what would come of the table, without taking it in.
    #[param(default = false)]
    dry_run: Option<bool>,
}

impl Input for TableQuery {
    fn read(fields: &mut Fields) -> Option<Self> {
        Some(Self { dry_run: fields.optional("dry_run", rule::flag()) })
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
    let dry_run = query.dry_run.unwrap_or_default();
    let into = Import::new(&insights, scope, campaign);
    let report = take_in(&insights, request, |source| import(into, source, WANTED, last, dry_run)).await?;
    Ok(Json(report))
}

/// Which rows are wanted.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes the query that `ListQuery` reads")]
struct WantedQuery {
    /// Only of this creator.
    creator_id: Option<CreatorId>,
    /// Only of this day in UTC and later ones.
    start_date: Option<Day>,
    /// Only of this day in UTC and earlier ones.
    end_date: Option<Day>,
}

struct ListQuery {
    wanted: Wanted,
    offsets: Offsets,
}

impl Input for ListQuery {
    fn read(fields: &mut Fields) -> Option<Self> {
        let wanted = Wanted {
            creator: fields.optional_as(&["creator_id", "influencer_id"], rule::id()),
            from: fields.optional("start_date", day()),
            to: fields.optional("end_date", day()),
        };
        if wanted.from.zip(wanted.to).is_some_and(|(from, to)| from > to) {
            fields.fault("start_date", "out_of_range", "must not be after end_date");
        }
        Some(Self { wanted, offsets: Offsets::read(fields)? })
    }
}

/// A page of rows.
#[derive(Serialize, ToSchema)]
#[schema(as = PostMetricList)]
struct MetricList {
    metrics: Vec<MetricBody>,
    #[serde(flatten)]
    page: Page,
}

/// List post metrics
///
/// The rows as they came in, the newest day first.
#[utoipa::path(get, path = "/api/v1/analytics/campaigns/{campaign_id}/metrics", tag = "Analytics",
    params(("campaign_id" = String, Path, description = "The campaign's id or code"), WantedQuery, Offsets),
    responses((status = 200, description = "A page of rows", body = MetricList)))]
async fn list(
    State(insights): State<Insights>,
    caller: Caller,
    name: Named,
    Params(query): Params<ListQuery>,
) -> Answer<Json<MetricList>> {
    let scope = caller.scope();
    let mut tx = insights.app().read().await?;
    let campaign = Campaign::from(&campaigns::find(scope, &mut tx, &name.0).await?);
    if let Some(creator) = query.wanted.creator
        && creators::store::by_id(scope, &mut tx, creator).await?.is_none()
    {
        return Err(Error::not_found("Creator").into());
    }
    let (rows, total) = store::list(scope, &mut tx, campaign, query.wanted, query.offsets).await?;
    Ok(Json(MetricList { metrics: rows.into_iter().map(MetricBody::from).collect(), page: query.offsets.page(total) }))
}

/// Which row is meant.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
struct KeyQuery {
    /// Its creator.
    creator_id: CreatorId,
    /// Its post.
    post_id: String,
    /// Its day in UTC.
    date: Day,
}

impl Input for KeyQuery {
    fn read(fields: &mut Fields) -> Option<Self> {
        let creator_id = fields.required_as(&["creator_id", "influencer_id"], rule::id());
        let post_id = fields.required_as(&["post_id", "post"], rule::text(2048));
        let date = fields.required_as(NewMetric::NAMES, day());
        Some(Self { creator_id: creator_id?, post_id: post_id?, date: date? })
    }
}

/// Delete a row of post metrics
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
    let payload = json!({"campaign_id": campaign.id, "creator_id": creator, "post_id": post, "date": day}).to_string();
    tx.event(
        "metrics.deleted",
        campaign.id,
        Some(campaign.workspace),
        payload,
        app.clock().new_id(),
        app.clock().now(),
    );
    tx.commit().await?;
    Ok(Json(Done { message: format!("The metrics of {post} on {day} were deleted") }))
}
