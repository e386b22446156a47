//! The audience in and out as a table.

use axum::Json;
use axum::body::Body as HttpBody;
use axum::extract::{Request, State};
use axum::http::header::{ACCEPT, CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE, VARY};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use futures::stream;
use http_base::sheet::{Numbers, Sheet};
use http_base::{Answer, Member as Asking, Named, Pages, Pagination, Params, Rate, Routes, Taking, routes, upload};
use input::Input;
use input::table::Format;
use kernel::{Error, Kind, Result, Timestamp, WorkspaceId};
use serde::Serialize;
use utoipa::ToSchema;

use crate::model::{Import, ImportId, ImportStatus, Report};
use crate::{Audience, store, transfer};

pub(super) fn router() -> Routes<Audience> {
    Routes::new()
        .with(routes!(import).file())
        .with(routes!(list))
        .with(routes!(show))
        .with(routes!(export).rate(Rate::Export))
}

/// The hub of whoever takes something out; the demo's administrator has one, too.
pub(super) fn hub_of(taking: &Taking) -> Result<WorkspaceId> {
    let own = taking.account().map(kernel::Account::hub).or_else(|| taking.workspace());
    own.ok_or_else(|| {
        Error::new(Kind::Unauthenticated, "Authentication is required: send a bearer token in the Authorization header")
    })
}

/// A table of members.
#[derive(Input)]
#[input(
    name = "AudienceImportForm",
    file = "CSV with a header row (`.csv`, `.tsv`) or JSON Lines (`.jsonl`, `.ndjson`). Columns: `external_id` and `channel`; and, where there is something to say, \
            `name`, `email`, `phone`, `timezone`, `language`, `tags`, `profile_data` (JSON), `opted_out`, `consent`, and any `profile_…`, which becomes a field of the profile."
)]
struct ImportForm;

/// An import, and how far it is.
#[derive(Serialize, ToSchema)]
#[schema(as = UserImport)]
struct ImportBody {
    /// Its id.
    id: ImportId,
    /// How it stands.
    status: ImportStatus,
    /// How much of the file was read, from 0 to 1.
    #[schema(minimum = 0, maximum = 1)]
    progress: f64,
    /// How large the file is.
    bytes: u64,
    /// What became of the rows so far.
    #[serde(flatten)]
    report: Report,
    /// Why it could not be read to its end; null if it could, or is still read.
    error: Option<String>,
    /// When it was sent.
    created_at: Timestamp,
    /// When it was through.
    finished_at: Option<Timestamp>,
}

impl From<Import> for ImportBody {
    fn from(import: Import) -> Self {
        let Import { id, status, bytes, bytes_read, report, error, created_at, finished_at, .. } = import;
        let progress = if bytes == 0 { 0.0 } else { (bytes_read as f64 / bytes as f64 * 1_000.0).round() / 1_000.0 };
        Self { id, status, progress, bytes, report: report.0, error, created_at, finished_at }
    }
}

/// Import users
///
/// Takes CSV with a header row or JSON Lines, as a form with the file `file` or as the body itself, and answers at once: a job reads it. Each row
/// adds a member, or changes the one of its `external_id` and `channel`; bad rows are told with their line, and take no others with them. Sending a table
/// again is safe.
#[utoipa::path(post, path = "/api/v1/users/import", tag = "Audience", params(Numbers), request_body(content(
    (ImportForm = "multipart/form-data"), (String = "text/csv"), (String = "text/tab-separated-values"),
    (String = "application/jsonl"), (String = "application/x-ndjson"),
)), responses((status = 202, description = "The import: ask for it until it is through", body = ImportBody)))]
async fn import(
    State(audience): State<Audience>,
    asking: Asking,
    Params(numbers): Params<Numbers>,
    request: Request,
) -> Answer<(StatusCode, Json<ImportBody>)> {
    let formats = [Format::Csv, Format::JsonLines];
    let kept = upload::table(audience.app(), request, &formats, |format, source| {
        transfer::keep(&audience, &asking, format, numbers.mark(), source)
    });
    Ok((StatusCode::ACCEPTED, Json(kept.await?.into())))
}

/// A page of imports.
#[derive(Serialize, ToSchema)]
struct UserImportList {
    /// The imports of this page.
    imports: Vec<ImportBody>,
    /// Where it stands.
    pagination: Pagination,
}

/// List imports of users
///
/// The newest first.
#[utoipa::path(get, path = "/api/v1/users/imports", tag = "Audience", params(Pages), responses(
    (status = 200, description = "A page of imports", body = UserImportList)))]
async fn list(
    State(audience): State<Audience>,
    asking: Asking,
    Params(pages): Params<Pages>,
) -> Answer<Json<UserImportList>> {
    let mut tx = audience.app().read().await?;
    let (rows, total) = store::imports::page(asking.hub(), &mut tx, pages.limit, pages.offset()).await?;
    let imports = rows.into_iter().map(Into::into).collect();
    Ok(Json(UserImportList { imports, pagination: pages.pagination(total) }))
}

/// Get an import of users
///
/// How far it is, and what became of its rows.
#[utoipa::path(get, path = "/api/v1/users/imports/{import_id}", tag = "Audience",
    params(("import_id" = ImportId, Path, description = "The import's id")),
    responses((status = 200, description = "The import", body = ImportBody)))]
async fn show(State(audience): State<Audience>, asking: Asking, name: Named) -> Answer<Json<ImportBody>> {
    let mut tx = audience.app().read().await?;
    let import = store::imports::by_id(asking.hub(), &mut tx, name.id("Import")?).await?;
    Ok(Json(import.ok_or_else(|| Error::not_found("Import"))?.into()))
}

/// How the table is wanted.
#[derive(Input)]
struct UserExportQuery {
    /// The format of the table: CSV or JSON Lines.
    #[input(one_of(&["csv", "jsonl"]), default = "csv")]
    format: &'static str,
    #[input(flatten)]
    sheet: Sheet,
}

/// Export users
///
/// Streams every member of one's audience as a table that `POST /api/v1/users/import` reads. Cells that a spreadsheet would run as a formula begin with an
/// apostrophe, which the import takes away again. The number of exports in a day is limited.
#[utoipa::path(get, path = "/api/v1/users/export", tag = "Audience", params(UserExportQuery), responses(
    (status = 200, description = "The table", content((String = "text/csv"), (String = "application/x-ndjson")))))]
async fn export(
    State(audience): State<Audience>,
    taking: Taking,
    Params(query): Params<UserExportQuery>,
    headers: HeaderMap,
) -> Answer<Response> {
    let hub = hub_of(&taking)?;
    let dialect = query.sheet.dialect(&headers);
    let (format, media_type, name) = match query.format {
        "jsonl" => (Format::JsonLines, "application/x-ndjson", "users.jsonl"),
        _ => (Format::Csv, "text/csv; charset=utf-8", "users.csv"),
    };
    let batches = stream::try_unfold((audience, None), move |(audience, after)| async move {
        let batch = transfer::batch(&audience, hub, (format, dialect), after).await?;
        Ok::<_, Error>(batch.map(|(bytes, place)| (Bytes::from(bytes), (audience, place))))
    });
    let head = stream::once(async move { Ok(Bytes::from(transfer::head(format, dialect))) });
    let body = HttpBody::from_stream(futures::StreamExt::chain(head, batches));
    let heads = [
        (CONTENT_TYPE, media_type.to_owned()),
        (CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
        (VARY, ACCEPT.to_string()),
        (CACHE_CONTROL, "private, no-store".to_owned()),
    ];
    Ok((heads, body).into_response())
}
