//! The directory in and out as a table.

use axum::Json;
use axum::body::Body as HttpBody;
use axum::extract::{Request, State};
use axum::http::HeaderMap;
use axum::http::header::{ACCEPT, CONTENT_DISPOSITION, CONTENT_TYPE, VARY};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures::stream;
use http_base::sheet::{Numbers, Sheet};
use http_base::{Answer, Caller, Params, Taking, upload};
use input::Input;
use kernel::{CreatorId, Error};

use crate::transfer::{Format, ImportReport, Said, export_head, import};
use crate::{Directory, Viewer, transfer};

/// A table of creators.
#[derive(Input)]
#[input(
    file = "CSV with a header row (`.csv`, `.tsv`) or JSON Lines (`.jsonl`, `.ndjson`). The columns are the fields of a new creator."
)]
pub(super) struct ImportForm;

/// Import creators
///
/// Takes CSV with a header row or JSON Lines, as a form with the file `file` or as the body itself. Valid rows are stored, a thousand
/// in a transaction; every other row is reported with its line and the reason. Sending a table again is safe: a row changes the entry of
/// its platform and handle (or link to the profile), else of its `id` from an export; who has no handle is known by name and address.
#[utoipa::path(post, path = "/api/v1/creators/import", tag = "Creators", params(Numbers), request_body(content(
    (ImportForm = "multipart/form-data"), (String = "text/csv"), (String = "text/tab-separated-values"),
    (String = "application/jsonl"), (String = "application/x-ndjson"),
)), responses(
    (status = 200, description = "What became of the rows", body = ImportReport),
    (status = 409, description = "Somebody else changed the same entries meanwhile; import again"),
))]
pub(super) async fn import_creators(
    State(directory): State<Directory>,
    caller: Caller,
    Params(numbers): Params<Numbers>,
    request: Request,
) -> Answer<Json<ImportReport>> {
    let formats = [Format::Csv, Format::JsonLines];
    let report = upload::table(directory.app(), request, &formats, |format, source| {
        let said = Said { format, decimal: numbers.mark() };
        import(&directory, caller.scope(), caller.workspace(), source, said, |_, _| {})
    });
    Ok(Json(report.await?))
}

/// How the table is wanted.
#[derive(Input)]
pub(super) struct ExportQuery {
    /// The format of the table: CSV or JSON Lines.
    #[input(one_of(&["csv", "jsonl"]), default = "csv")]
    format: &'static str,
    #[input(flatten)]
    sheet: Sheet,
}

/// Export the directory
///
/// Streams every entry that you find as a table that `POST /api/v1/creators/import` reads, with the e-mail addresses of those that your
/// workspace added. Cells that a spreadsheet would run as a formula begin with an apostrophe, which the import takes away again. The
/// number of exports in a day is limited.
#[utoipa::path(get, path = "/api/v1/creators/export", tag = "Creators", params(ExportQuery), responses(
    (status = 200, description = "The table", content((String = "text/csv"), (String = "application/x-ndjson"))),
))]
pub(super) async fn export_creators(
    State(directory): State<Directory>,
    caller: Taking,
    Params(query): Params<ExportQuery>,
    headers: HeaderMap,
) -> Answer<Response> {
    let dialect = query.sheet.dialect(&headers);
    let (format, media_type, name) = match query.format {
        "jsonl" => (Format::JsonLines, "application/x-ndjson", "creators.jsonl"),
        _ => (Format::Csv, "text/csv; charset=utf-8", "creators.csv"),
    };
    let viewer = Viewer::from(&caller.0);
    let first = CreatorId::from_uuid(uuid::Uuid::nil());
    let batches = stream::try_unfold((directory, first), move |(directory, after)| async move {
        let batch = transfer::export_batch(&directory, viewer, (format, dialect), after).await?;
        Ok::<_, Error>(batch.map(|(bytes, last, _)| (Bytes::from(bytes), (directory, last))))
    });
    let head = stream::once(async move { Ok(Bytes::from(export_head(format, dialect))) });
    let body = HttpBody::from_stream(futures::StreamExt::chain(head, batches));
    let disposition = format!("attachment; filename=\"{name}\"");
    let heads = [(CONTENT_TYPE, media_type.to_owned()), (CONTENT_DISPOSITION, disposition), (VARY, ACCEPT.to_string())];
    Ok((heads, body).into_response())
}
