//! The routes of exports.

use audience::calendar;
use axum::Json;
use axum::body::Body as HttpBody;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use futures::stream;
use http_base::{Answer, Anyone, Body, Member, Named, Pages, Pagination, Params, Routes, routes};
use input::Input;
use input::rule::{Problem, Rule, texts};
use kernel::{Error, Kind, Result, Timestamp, time};
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use super::model::{Export, ExportId, ExportStatus, FileFormat, KEPT, MOST, WITHIN};
use super::{link, make, store};
use crate::Hub;
use crate::detailed::{DateRange, Dates};
use crate::model::Metric;

pub(crate) fn router() -> Routes<Hub> {
    Routes::new().with(routes!(ask, list)).with(routes!(show)).with(routes!(download))
}

/// Metrics by their words, one at least. A word that is none is a fault of the list: which of a few it is shows at once.
fn metrics() -> impl Rule<Output = Vec<Metric>> {
    let words = || Metric::ALL.iter().map(|metric| metric.word());
    let known = move |asked: Vec<String>| {
        let read: Option<Vec<Metric>> = asked.iter().map(|word| Metric::parse(word)).collect();
        let read = read.filter(|metrics| !metrics.is_empty());
        read.ok_or_else(|| {
            let all = words().collect::<Vec<_>>().join(", ");
            Problem::new("unknown_value", format!("must be a list of one or more of {all}"))
        })
    };
    let most = Metric::ALL.len();
    texts(most, 40).and_then(known).described(move || {
        json!({"type": "array", "minItems": 1, "maxItems": most, "items": {"type": "string", "enum": words().collect::<Vec<_>>()}})
    })
}

/// Figures that are wanted as a file.
#[derive(Debug, Input)]
struct AnalyticsExportRequest {
    /// What is counted; each once.
    #[input(metrics(), example = ["users", "interactions", "programs"])]
    metrics: Vec<Metric>,
    #[input(flatten)]
    dates: Dates,
    /// How the file is written: `csv` or `jsonl`.
    #[input(word(), default = FileFormat::Csv)]
    format: FileFormat,
    /// Who is written to once it can be fetched; nobody if nothing is said.
    #[input(email(), example = "creator@example.com")]
    email: Option<String>,
}

/// An export, and how far it is.
#[derive(Serialize, ToSchema)]
struct AnalyticsExport {
    /// Its id.
    export_id: ExportId,
    /// How it stands.
    status: ExportStatus,
    /// How much of its file is written, from 0 to 1.
    #[schema(minimum = 0, maximum = 1)]
    progress: f64,
    /// When it may be completed, by how long the last export took; null if there was none, or it is over.
    estimated_completion: Option<Timestamp>,
    /// Which metrics are in it.
    metrics: Vec<Metric>,
    /// Which days are in it.
    date_range: DateRange,
    /// How its file is written.
    format: FileFormat,
    /// Who is written to once it is completed.
    email: Option<String>,
    /// Where its file is fetched, for an hour, by whoever has this link; null before it is completed. Asking again tells a new one.
    download_url: Option<String>,
    /// How many rows its file has, without the head; null before it is completed.
    rows: Option<u64>,
    /// How large its file is; null before it is completed.
    bytes: Option<u64>,
    /// When it was asked for.
    created_at: Timestamp,
    /// When its file was written.
    completed_at: Option<Timestamp>,
    /// Until when it is kept.
    expires_at: Timestamp,
}

impl AnalyticsExport {
    fn of(hub: &Hub, export: Export, took: Option<i64>) -> Result<Self> {
        let now = hub.app().clock().now();
        let is_done = export.status == ExportStatus::Completed;
        let url = is_done.then(|| link::url(&export, hub.app().public_url(), now, link::SHOWN)).transpose()?;
        let is_open = export.status == ExportStatus::Processing;
        Ok(Self {
            progress: crate::model::rounded(export.parts_done as f64 / export.parts.max(1) as f64),
            // What is late is expected any moment.
            estimated_completion: took.filter(|_| is_open).map(|took| export.created_at.plus(took).max(now)),
            metrics: export.metrics(),
            date_range: (export.first_day, export.last_day).into(),
            download_url: url,
            rows: is_done.then_some(export.rows_written),
            bytes: is_done.then_some(export.bytes),
            export_id: export.id,
            status: export.status,
            format: export.format,
            email: export.email,
            created_at: export.created_at,
            completed_at: export.completed_at,
            expires_at: export.expires_at,
        })
    }
}

/// Export figures
///
/// A job writes a file with a row for each metric and day, and one for each of its segments that has anything. Ten exports may be asked for within 24
/// hours; those that failed do not count.
#[utoipa::path(post, path = "/api/v1/analytics/export", tag = "Analytics", request_body = AnalyticsExportRequest, responses(
    (status = 202, description = "The export: ask for it until it is completed", body = AnalyticsExport),
    (status = 429, description = "Ten were asked for within 24 hours; Retry-After says when the next may be")))]
async fn ask(
    State(hub): State<Hub>,
    member: Member,
    Body { input, .. }: Body<AnalyticsExportRequest>,
) -> Answer<(StatusCode, Json<AnalyticsExport>)> {
    let (own, clock) = (member.hub(), hub.app().clock());
    let now = clock.now();
    let mut metrics = input.metrics;
    metrics.sort_unstable();
    metrics.dedup();
    let mut tx = hub.app().write().await?;
    store::gate(&mut tx, own).await?;
    let (first_day, last_day) = input.dates.range(calendar::day(&mut tx, own, now).await?);
    let asked = store::asked(own, &mut tx, now.plus(-WITHIN), MOST).await?;
    if let Some(oldest) = asked.first().filter(|_| asked.len() >= MOST as usize) {
        let wait = (oldest.plus(WITHIN).micros() - now.micros() + time::SECOND - 1) / time::SECOND;
        let message = format!("{MOST} exports were asked for within 24 hours; the next may be in {wait} seconds");
        return Err(Error::new(Kind::RateLimited(u32::try_from(wait.max(1)).unwrap_or(u32::MAX)), message).into());
    }
    let export = Export {
        id: clock.new_id(),
        workspace_id: own,
        account_id: member.id,
        parts: metrics.len() as u64,
        metrics: db::Json(metrics.iter().map(|metric| metric.word().to_owned()).collect()),
        first_day,
        last_day,
        format: input.format,
        email: input.email,
        secret: link::secret(clock),
        status: ExportStatus::Processing,
        parts_done: 0,
        rows_written: 0,
        bytes: 0,
        created_at: now,
        completed_at: None,
        expires_at: now.plus(KEPT),
    };
    tx.insert(&export).await?;
    ::jobs::enqueue(&mut tx, clock, make::job(export.id)?).await?;
    let took = store::last_took(own, &mut tx).await?;
    tx.commit().await?;
    Ok((StatusCode::ACCEPTED, Json(AnalyticsExport::of(&hub, export, took)?)))
}

/// A page of exports.
#[derive(Serialize, ToSchema)]
struct AnalyticsExportList {
    /// The exports of this page.
    exports: Vec<AnalyticsExport>,
    /// Where it stands.
    pagination: Pagination,
}

/// List exports of figures
///
/// Those of the last seven days, the newest first.
#[utoipa::path(get, path = "/api/v1/analytics/export", tag = "Analytics", params(Pages), responses(
    (status = 200, description = "A page of exports", body = AnalyticsExportList)))]
async fn list(
    State(hub): State<Hub>,
    member: Member,
    Params(pages): Params<Pages>,
) -> Answer<Json<AnalyticsExportList>> {
    let mut tx = hub.app().read().await?;
    let (rows, total) = store::page(member.hub(), &mut tx, pages.limit, pages.offset()).await?;
    let took = store::last_took(member.hub(), &mut tx).await?;
    let exports = rows.into_iter().map(|export| AnalyticsExport::of(&hub, export, took)).collect::<Result<_>>()?;
    Ok(Json(AnalyticsExportList { exports, pagination: pages.pagination(total) }))
}

/// Get an export of figures
///
/// How far it is and, once it is completed, where its file is fetched.
#[utoipa::path(get, path = "/api/v1/analytics/export/{export_id}", tag = "Analytics",
    params(("export_id" = ExportId, Path, description = "The export's id")),
    responses((status = 200, description = "The export", body = AnalyticsExport)))]
async fn show(State(hub): State<Hub>, member: Member, name: Named) -> Answer<Json<AnalyticsExport>> {
    let mut tx = hub.app().read().await?;
    let export = store::by_id(member.hub(), &mut tx, name.id("Export")?).await?;
    let export = export.ok_or_else(|| Error::not_found("Export"))?;
    let took = store::last_took(member.hub(), &mut tx).await?;
    Ok(Json(AnalyticsExport::of(&hub, export, took)?))
}

/// By what a file is fetched without a token.
#[derive(Input)]
struct AnalyticsExportLink {
    /// Until when the link is good, in seconds since 1970, as it was told.
    #[input(whole(0, 100_000_000_000))]
    expires: Option<i64>,
    /// The link's signature, as it was told.
    #[input(text(64))]
    signature: Option<String>,
}

/// Download an export of figures
///
/// By the link that the export tells, without a token; or with the bearer token of whoever sees the export.
#[utoipa::path(get, path = "/api/v1/analytics/export/{export_id}/download", tag = "Analytics",
    params(("export_id" = ExportId, Path, description = "The export's id"), AnalyticsExportLink), responses(
    (status = 200, description = "The file", content((String = "text/csv"), (String = "application/x-ndjson"))),
    (status = 401, description = "There is neither a good link nor a token"),
    (status = 404, description = "There is no such export, or it is somebody else's"),
    (status = 409, description = "It is not completed yet, or failed")))]
async fn download(
    State(hub): State<Hub>,
    Anyone(caller): Anyone,
    name: Named,
    Params(query): Params<AnalyticsExportLink>,
) -> Answer<Response> {
    let now = hub.app().clock().now();
    let mut tx = hub.app().read().await?;
    let found = match name.id::<ExportId>("Export") {
        Ok(id) => store::any(&mut tx, id).await?.filter(|export| export.expires_at > now),
        Err(_) => None,
    };
    drop(tx);
    let has_link = match (&found, query.expires, query.signature) {
        (Some(export), Some(until), Some(signature)) => link::is_good(export, until, &signature, now)?,
        _ => false,
    };
    let hub_of = caller.account().map(kernel::Account::hub);
    if !has_link && hub_of.is_none() {
        let message =
            "This link is no good, or is over: ask for the export with a bearer token, and follow the new one";
        return Err(Error::new(Kind::Unauthenticated, message).into());
    }
    let export = found.filter(|export| has_link || hub_of == Some(export.workspace_id));
    let export = export.ok_or_else(|| Error::not_found("Export"))?;
    if export.status != ExportStatus::Completed {
        let message = format!("The export is {}; it can be fetched once it is completed", export.status.word());
        return Err(Error::conflict(message).into());
    }
    let heads = [
        (CONTENT_TYPE, export.format.media_type().to_owned()),
        (CONTENT_DISPOSITION, format!("attachment; filename=\"{}\"", export.file_name())),
        (CACHE_CONTROL, "private, no-store".to_owned()),
    ];
    let id = export.id;
    let parts = stream::try_unfold((hub, 0), move |(hub, place)| async move {
        let mut tx = hub.app().read().await?;
        let part = store::part(&mut tx, id, place).await?;
        drop(tx);
        Ok::<_, Error>(part.map(|part| (Bytes::from(part), (hub, place + 1))))
    });
    Ok((heads, HttpBody::from_stream(parts)).into_response())
}
