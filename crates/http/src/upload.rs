//! A table that is uploaded, as a source that can be read line by line while it comes: it is never held whole.

use std::io::BufReader;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::extract::multipart::Field;
use axum::extract::{FromRequest as _, Multipart, Request};
use axum::http::header::CONTENT_TYPE;
use bytes::Bytes;
use futures::{Stream, TryStreamExt as _, stream};
use input::table::{Format, Source};
use kernel::{Error, Kind, Result};
use tokio_util::io::{StreamReader, SyncIoBridge};

use crate::App;

/// Takes in the table of a request, which is a form with the file `file` or the body itself, in one of these formats. `read` is told the
/// format, as far as its name or its media type says it, and may block: it reads on a thread of its own.
pub async fn table<T, F>(
    app: &App,
    request: Request,
    formats: &[Format],
    read: impl FnOnce(Option<Format>, Source) -> F + Send,
) -> Result<T>
where
    F: Future<Output = Result<T>> + Send,
    T: Send,
{
    let most = app.limits().upload_bytes as u64;
    let known = |format: Option<Format>| format.filter(|format| formats.contains(format));
    let media_type = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let media_type = media_type.unwrap_or_default().to_ascii_lowercase();
    if !media_type.starts_with("multipart/form-data") {
        let Some(format) = known(Format::of_media_type(&media_type)) else {
            let types: Vec<_> = formats.iter().map(|format| format.media_type()).collect();
            let message =
                format!("Send the table as a form with the file `file`, or as a body of type {}", types.join(" or "));
            return Err(Error::new(Kind::UnsupportedMediaType, message));
        };
        let chunks = request.into_body().into_data_stream();
        return bounded(most, chunks, |source| read(Some(format), source)).await;
    }
    let mut form = Multipart::from_request(request, &()).await.map_err(|error| unreadable(&error))?;
    while let Some(field) = form.next_field().await.map_err(|error| unreadable(&error))? {
        if field.name() == Some("file") || field.file_name().is_some() {
            let name = field.file_name().unwrap_or_default();
            let format =
                known(Format::of_name(name)).or_else(|| known(field.content_type().and_then(Format::of_media_type)));
            if format.is_none() && name.contains('.') {
                let endings: Vec<_> = formats.iter().map(|format| format.endings()).collect();
                let message = format!("{name} is not a table that can be read here; send {}", endings.join(", "));
                return Err(Error::new(Kind::UnsupportedMediaType, message));
            }
            // The body of a field ends with the request: it is read here, and the report is made when it is through.
            return of_field(most, field, |source| read(format, source)).await;
        }
    }
    Err(Error::invalid_field("file", "is missing: send a form with the file `file`"))
}

fn unreadable(error: &impl std::fmt::Display) -> Error {
    Error::new(Kind::BadRequest, format!("The form could not be read: {error}"))
}

/// A field borrows its form, so that it is passed on through a pipe.
async fn of_field<T, F>(most: u64, mut field: Field<'_>, read: impl FnOnce(Source) -> F + Send) -> Result<T>
where
    F: Future<Output = Result<T>> + Send,
    T: Send,
{
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
    let (report, ()) = tokio::join!(bounded(most, Box::pin(chunks), read), passing_on);
    report
}

async fn bounded<T, F, E: std::fmt::Display>(
    most: u64,
    chunks: impl Stream<Item = std::result::Result<Bytes, E>> + Send + Unpin + 'static,
    read: impl FnOnce(Source) -> F + Send,
) -> Result<T>
where
    F: Future<Output = Result<T>> + Send,
{
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
    match read(Box::new(BufReader::with_capacity(1 << 16, source))).await {
        Err(error) if seen.load(Ordering::Relaxed) > most => {
            Err(Error::new(Kind::TooLarge, error.message().to_owned()).because(&error))
        }
        done => done,
    }
}
