//! The routes of reports.

use axum::body::Body;
use axum::extract::{RawQuery, State};
use axum::http::HeaderMap;
use axum::http::header::{ACCEPT, CONTENT_DISPOSITION, CONTENT_TYPE, VARY};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use campaigns::Campaign;
use futures::{StreamExt as _, stream};
use http_base::cache::Key;
use http_base::sheet::Sheet as Wanted;
use http_base::{Answer, Caller, Named, Params};
use input::form::read_query;
use input::{Input, Period};
use kernel::Error;

use super::csv::Sheet;
use super::pdf::Paper;
use crate::analytics::{Analytics, model, read, store};

/// Of which days the table is wanted, and how.
#[derive(Input)]
pub(crate) struct TableQuery {
    #[input(flatten)]
    period: Period,
    #[input(flatten)]
    sheet: Wanted,
}

/// Download a campaign report as CSV
///
/// A line for every creator and day with figures, by creator and then by day. Revenue has two columns for each currency. Cells that a
/// spreadsheet would run as a formula begin with an apostrophe.
#[utoipa::path(get, path = "/api/v1/analytics/campaigns/{campaign_id}/report.csv", tag = "Analytics",
    params(("campaign_id" = String, Path, description = "The campaign's id or code"), TableQuery),
    responses((status = 200, description = "The table", body = String, content_type = "text/csv")))]
pub(crate) async fn table(
    State(analytics): State<Analytics>,
    caller: Caller,
    name: Named,
    Params(TableQuery { period, sheet }): Params<TableQuery>,
    headers: HeaderMap,
) -> Answer<Response> {
    let scope = caller.scope();
    let mut tx = analytics.app().db().snapshot().await?;
    let campaign = campaigns::find(scope, &mut tx, &name.0).await?;
    let sheet = Sheet::new(&store::currencies(&mut tx, &campaign).await?, sheet.dialect(&headers));
    drop(tx);
    let head = sheet.head();
    let disposition = format!("attachment; filename=\"{}.csv\"", model::code(campaign.code).to_lowercase());
    let lines = lines(analytics, campaign, period, sheet);
    let body = Body::from_stream(stream::once(async move { Ok::<_, Error>(Bytes::from(head)) }).chain(lines));
    let media_type = "text/csv; charset=utf-8".to_owned();
    let heads = [(CONTENT_TYPE, media_type), (CONTENT_DISPOSITION, disposition), (VARY, ACCEPT.to_string())];
    Ok((heads, body).into_response())
}

/// The lines, read part by part as they are taken.
fn lines(
    analytics: Analytics,
    campaign: Campaign,
    period: Period,
    sheet: Sheet,
) -> impl futures::Stream<Item = Result<Bytes, Error>> {
    stream::try_unfold((analytics, campaign, sheet, Some(Sheet::FIRST)), move |state| async move {
        let (analytics, campaign, sheet, after) = state;
        let Some(after) = after else { return Ok(None) };
        let mut tx = analytics.app().read().await?;
        let rows = store::creator_days(&mut tx, &campaign, period, after, Sheet::PART).await?;
        let mut ids: Vec<_> = rows.iter().map(|(creator, ..)| *creator).collect();
        ids.dedup();
        let names = creators::store::names(&mut tx, ids).await?;
        drop(tx);
        let (bytes, next) = sheet.lines(&rows, &names);
        Ok(Some((Bytes::from(bytes), (analytics, campaign, sheet, next))))
    })
}

/// Download a campaign report as PDF
///
/// The key figures with what they mean, charts by day and by creator, the creators, the budget, and how the figures are made. The same
/// figures are always the same bytes.
#[utoipa::path(get, path = "/api/v1/analytics/campaigns/{campaign_id}/report.pdf", tag = "Analytics",
    params(("campaign_id" = String, Path, description = "The campaign's id or code"), Period),
    responses((status = 200, description = "The report", body = inline(http_base::Binary), content_type = "application/pdf")))]
pub(crate) async fn paper(
    State(analytics): State<Analytics>,
    caller: Caller,
    name: Named,
    RawQuery(asked): RawQuery,
) -> Answer<Response> {
    let scope = caller.scope();
    let stamp = analytics.stamp(scope).await?;
    let asked = asked.unwrap_or_default();
    let key = Key { scope, asked: format!("{}?{asked}", name.0) };
    let draw = || async {
        let period: Period = read_query(&asked)?;
        let found = read(&analytics, scope, &name.0, period).await?;
        let prices = analytics.insights().settings().earned_media.clone();
        let drawing = tokio::task::spawn_blocking(move || Paper::new(&found, &prices).draw());
        drawing.await.map_err(Error::internal)?
    };
    let file = analytics.papers().bytes(analytics.app(), key, stamp, draw).await?;
    let heads = [(CONTENT_TYPE, "application/pdf"), (CONTENT_DISPOSITION, "inline; filename=\"campaign-report.pdf\"")];
    Ok((heads, file).into_response())
}
