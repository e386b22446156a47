//! The routes of orders.

use axum::Json;
use axum::extract::{Request, State};
use events::TxExt as _;
use http_base::Routes;
use http_base::routes;
use http_base::{Answer, Caller, Done, Named, Offsets, Page, Params, done, upload};
use input::{Input, Period};
use kernel::{Day, Error, Kind, Result, WorkspaceId};
use serde::Serialize;
use utoipa::ToSchema;

use super::import::{Import, WANTED, recorded};
use super::model::{NewOrder, OrderBody};
use super::{ops, store};
use crate::batch::Rows;
use crate::events::ConversionDeleted;
use crate::shapes::{TableForm, TableQuery};
use crate::table::{Count, FORMATS, ImportReport, import};
use crate::{Insights, batch, figures};

/// Every route of orders.
pub(crate) fn router() -> Routes<Insights> {
    Routes::new().with(routes!(record)).with(routes!(record_table).file()).with(routes!(delete)).with(routes!(list))
}

/// What became of orders.
#[derive(Serialize, ToSchema)]
#[schema(as = RecordedConversions)]
struct Recorded {
    /// Orders that came. Of those with the same `order_id` the last one holds.
    received: usize,
    #[serde(flatten)]
    count: Count,
    /// The orders as they are now, each once.
    conversions: Vec<OrderBody>,
}

fn workspace(caller: &Caller) -> Result<WorkspaceId> {
    let message = "Orders belong to businesses; this account works in no workspace";
    caller.workspace().ok_or_else(|| Error::new(Kind::Forbidden, message))
}

type ConversionRows = Rows<NewOrder>;

/// Record conversions
///
/// One order or up to 1,000, each by the promo code that was typed in or the tracked link that led to it: campaign and creator are
/// theirs. The same `order_id` again replaces the order, also with another code. All are taken in or none.
#[utoipa::path(post, path = "/api/v1/analytics/conversions", tag = "Conversions", request_body = ConversionRows, responses(
    (status = 200, description = "Taken in", body = Recorded),
    (status = 404, description = "The workspace has no such promo code or link"),
    (status = 409, description = "The promo code or link had been taken back before the order was made"),
))]
async fn record(State(insights): State<Insights>, caller: Caller, request: Request) -> Answer<Json<Recorded>> {
    let (app, scope, workspace) = (insights.app(), caller.scope(), workspace(&caller)?);
    let body = batch::json_body(app, request).await?;
    let sent: Vec<NewOrder> = batch::rows(body, Day::of(app.clock().now()).plus(1))?;
    let received = sent.len();
    let mut tx = if received > 20 { app.db().write_long().await? } else { app.write().await? };
    figures::lock(scope, &mut tx, workspace).await?;
    let mut plan = ops::plan(scope, &mut tx, workspace, app.clock(), sent).await?;
    if !plan.refused.is_empty() {
        return Err(plan.refused.swap_remove(0).1.into());
    }
    let count = plan.count;
    let orders = if count.wrote() {
        let orders = store::write(scope, &mut tx, workspace, plan).await?;
        recorded(&mut tx, workspace, "api", count);
        tx.commit().await?;
        orders
    } else {
        plan.orders
    };
    Ok(Json(Recorded { received, count, conversions: orders.into_iter().map(OrderBody::from).collect() }))
}

/// Import conversions
///
/// CSV with a head, as a form with the file `file` or as the body itself (`text/csv`). The columns have the names of the
/// fields of a conversion, in any order; others are passed over. Orders that are right go in, a thousand in a transaction,
/// and each other one is told with its line and reason. Safe to send again.
#[utoipa::path(post, path = "/api/v1/analytics/conversions/csv", tag = "Conversions", params(TableQuery),
    request_body(content = TableForm, content_type = "multipart/form-data"),
    responses((status = 200, description = "What became of the orders", body = ImportReport)))]
async fn record_table(
    State(insights): State<Insights>,
    caller: Caller,
    Params(query): Params<TableQuery>,
    request: Request,
) -> Answer<Json<ImportReport>> {
    let into = Import { insights: &insights, scope: caller.scope(), workspace: workspace(&caller)? };
    let last = Day::of(insights.app().clock().now()).plus(1);
    let how = (query.dry_run, query.numbers.mark());
    let report =
        upload::table(insights.app(), request, FORMATS, |_, source| import(into, source, WANTED, last, how)).await?;
    Ok(Json(report))
}

/// Delete a conversion
///
/// For an order that was cancelled: the figures are then as if it had never been told.
#[utoipa::path(delete, path = "/api/v1/analytics/conversions/{order_id}", tag = "Conversions",
    params(("order_id" = String, Path, description = "Your name for the order")),
    responses((status = 200, description = "Deleted", body = Done)))]
async fn delete(State(insights): State<Insights>, caller: Caller, name: Named) -> Answer<Json<Done>> {
    let (app, scope) = (insights.app(), caller.scope());
    let workspace = caller.workspace().ok_or_else(|| Error::not_found("Order"))?;
    let mut tx = app.write().await?;
    figures::lock(scope, &mut tx, workspace).await?;
    let order = store::delete(scope, &mut tx, workspace, &name.0).await?;
    let order = order.ok_or_else(|| Error::not_found("Order"))?;
    tx.event(ConversionDeleted {
        workspace_id: workspace,
        conversion_id: order.id,
        order_id: order.reference.clone(),
        campaign_id: order.campaign_id,
        creator_id: order.creator_id,
    });
    tx.commit().await?;
    Ok(done(format!("Order {} was deleted", order.reference)))
}

/// Which orders are wanted.
#[derive(Input)]
struct ConversionQuery {
    #[input(flatten)]
    period: Period,
    #[input(flatten)]
    offsets: Offsets,
}

/// A page of orders.
#[derive(Serialize, ToSchema)]
struct ConversionList {
    conversions: Vec<OrderBody>,
    #[serde(flatten)]
    page: Page,
}

/// List conversions
///
/// The orders of a campaign, the newest first.
#[utoipa::path(get, path = "/api/v1/analytics/campaigns/{campaign_id}/conversions", tag = "Conversions",
    params(("campaign_id" = String, Path, description = "The campaign's id or code"), ConversionQuery),
    responses((status = 200, description = "A page of orders", body = ConversionList)))]
async fn list(
    State(insights): State<Insights>,
    caller: Caller,
    name: Named,
    Params(query): Params<ConversionQuery>,
) -> Answer<Json<ConversionList>> {
    let scope = caller.scope();
    let mut tx = insights.app().read().await?;
    let campaign = campaigns::find(scope, &mut tx, &name.0).await?;
    let (orders, total) =
        store::list(scope, &mut tx, campaign.id, (query.period.start, query.period.end), query.offsets).await?;
    let conversions = orders.into_iter().map(OrderBody::from).collect();
    Ok(Json(ConversionList { conversions, page: query.offsets.page(total) }))
}
