//! The directory in and out as a table.

use std::io::BufReader;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::Json;
use axum::body::Body as HttpBody;
use axum::extract::{FromRequest, Multipart, Request, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures::{Stream, TryStreamExt, stream};
use http_base::{Answer, Caller, Params};
use input::Input;
use kernel::{CreatorId, Error, Kind};
use tokio_util::io::{StreamReader, SyncIoBridge};

use crate::transfer::{Format, ImportReport, export_head, import};
use crate::{Directory, transfer};

/// A table of creators.
#[derive(Input)]
#[input(
    file = "CSV with a header row (`.csv`, `.tsv`) or JSON Lines (`.jsonl`, `.ndjson`). The columns are the fields of a new creator."
)]
pub(super) struct ImportForm;

/// Import creators
///
/// Takes CSV with a header row or JSON Lines, as a form with the file `file` or as the body itself. Valid rows are stored, a thousand
/// in a transaction; every other row is reported with its line and the reason. Sending a table again is safe: a row with the platform
/// and the handle or e-mail address of an entry changes that entry.
#[utoipa::path(post, path = "/api/v1/creators/import", tag = "Creators", request_body(content(
    (ImportForm = "multipart/form-data"), (String = "text/csv"), (String = "text/tab-separated-values"),
    (String = "application/jsonl"), (String = "application/x-ndjson"),
)), responses(
    (status = 200, description = "What became of the rows", body = ImportReport),
))]
pub(super) async fn import_creators(
    State(directory): State<Directory>,
    caller: Caller,
    request: Request,
) -> Answer<Json<ImportReport>> {
    let media_type =
        request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
    if !media_type.starts_with("multipart/form-data") {
        let format = Format::of_media_type(&media_type).ok_or_else(|| {
            let message =
                "Send the table as a form with the file `file`, or as a body of type text/csv or application/jsonl";
            Error::new(Kind::UnsupportedMediaType, message)
        })?;
        let body = request.into_body().into_data_stream();
        return take_in(&directory, &caller, Some(format), body).await;
    }
    let mut form = Multipart::from_request(request, &directory).await.map_err(|error| unreadable(&error))?;
    while let Some(field) = form.next_field().await.map_err(|error| unreadable(&error))? {
        if field.name() == Some("file") || field.file_name().is_some() {
            let name = field.file_name().unwrap_or_default().to_owned();
            let named = Format::of_name(&name);
            let typed = field.content_type().and_then(Format::of_media_type);
            if named.is_none() && typed.is_none() && name.contains('.') {
                let message =
                    format!("{name} is not a table that can be read here; send .csv, .tsv, .jsonl or .ndjson");
                return Err(Error::new(Kind::UnsupportedMediaType, message).into());
            }
            // The body of a field ends with the request: it is read here, and the report is made when it is through.
            return take_in_field(&directory, &caller, named.or(typed), field).await;
        }
    }
    Err(Error::invalid_field("file", "is missing: send a form with the file `file`").into())
}

fn unreadable(error: &impl std::fmt::Display) -> Error {
    Error::new(Kind::BadRequest, format!("The form could not be read: {error}"))
}

/// A field borrows its form, so that it is passed on through a pipe.
async fn take_in_field(
    directory: &Directory,
    caller: &Caller,
    format: Option<Format>,
    mut field: axum::extract::multipart::Field<'_>,
) -> Answer<Json<ImportReport>> {
    let (send, receive) = tokio::sync::mpsc::channel::<std::io::Result<Bytes>>(4);
    let passing_on = async move {
        loop {
            let chunk = match field.chunk().await {
                Ok(Some(chunk)) => Ok(chunk),
                Ok(None) => return,
                Err(error) => Err(std::io::Error::other(error.to_string())),
            };
            let is_end = chunk.is_err();
            if send.send(chunk).await.is_err() || is_end {
                return;
            }
        }
    };
    let chunks = stream::unfold(receive, |mut receive| async { receive.recv().await.map(|chunk| (chunk, receive)) });
    let (report, ()) = tokio::join!(take_in(directory, caller, format, Box::pin(chunks)), passing_on);
    report
}

async fn take_in<E: std::fmt::Display>(
    directory: &Directory,
    caller: &Caller,
    format: Option<Format>,
    chunks: impl Stream<Item = Result<Bytes, E>> + Send + Unpin + 'static,
) -> Answer<Json<ImportReport>> {
    let most = directory.app().limits().upload_bytes as u64;
    let seen = Arc::new(AtomicU64::new(0));
    let counted = seen.clone();
    let chunks =
        chunks.map_err(|error| std::io::Error::other(error.to_string())).and_then(move |chunk| {
            let fits = counted.fetch_add(chunk.len() as u64, Ordering::Relaxed) + chunk.len() as u64 <= most;
            async move {
                if fits { Ok(chunk) } else { Err(std::io::Error::other(format!("it is larger than {most} bytes"))) }
            }
        });
    let source = SyncIoBridge::new(StreamReader::new(Box::pin(chunks)));
    let source = Box::new(BufReader::with_capacity(1 << 16, source));
    match import(directory, caller.scope(), caller.workspace(), source, format, |_, _| {}).await {
        Ok(report) => Ok(Json(report)),
        Err(error) if seen.load(Ordering::Relaxed) > most => {
            Err(Error::new(Kind::TooLarge, error.message().to_owned()).because(&error).into())
        }
        Err(error) => Err(error.into()),
    }
}

/// How the table is wanted.
#[derive(Input)]
pub(super) struct ExportQuery {
    /// The format of the table: CSV or JSON Lines.
    #[input(one_of(&["csv", "jsonl"]), default = "csv")]
    format: &'static str,
}

/// Export the directory
///
/// Streams every entry as a table that `POST /api/v1/creators/import` reads.
#[utoipa::path(get, path = "/api/v1/creators/export", tag = "Creators", params(ExportQuery), responses(
    (status = 200, description = "The table", content((String = "text/csv"), (String = "application/x-ndjson"))),
))]
pub(super) async fn export_creators(
    State(directory): State<Directory>,
    caller: Caller,
    Params(query): Params<ExportQuery>,
) -> Answer<Response> {
    let (format, media_type, name) = match query.format {
        "jsonl" => (Format::JsonLines, "application/x-ndjson", "creators.jsonl"),
        _ => (Format::Csv, "text/csv; charset=utf-8", "creators.csv"),
    };
    let scope = caller.scope();
    let first = CreatorId::from_uuid(uuid::Uuid::nil());
    let batches = stream::try_unfold((directory, first), move |(directory, after)| async move {
        let batch = transfer::export_batch(&directory, scope, format, after).await?;
        Ok::<_, Error>(batch.map(|(bytes, last, _)| (Bytes::from(bytes), (directory, last))))
    });
    let head = stream::once(async move { Ok(Bytes::from(export_head(format))) });
    let body = HttpBody::from_stream(futures::StreamExt::chain(head, batches));
    let disposition = format!("attachment; filename=\"{name}\"");
    Ok(([(CONTENT_TYPE, media_type.to_owned()), (CONTENT_DISPOSITION, disposition)], body).into_response())
}
