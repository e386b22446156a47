//! A table that is uploaded. It is taken in first, in memory or on the disk, while nobody waits for its client but this request; only then
//! somebody reads it, on a thread of its own. So slow clients hold no thread, of which SQLite, PDFs and others need some as well; and the
//! reader ends with its request.

use std::io::{self, BufReader, Read, Seek as _, Write as _};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::extract::{FromRequest as _, Multipart, Request};
use axum::http::header::CONTENT_TYPE;
use bytes::{Bytes, BytesMut};
use futures::StreamExt as _;
use input::table::{Format, Source};
use kernel::{Error, Kind, Result};
use tempfile::SpooledTempFile;

use crate::App;
pub use crate::pace::fault_of;
use crate::uploads::Room;

/// What is kept in memory of a file; more of it goes to the disk, as much at once.
const PIECE: usize = 1 << 20;

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
    let (format, file) = take_in(app, request, formats).await?;
    let until = Until(Arc::new(AtomicBool::new(false)));
    let file = Kept { file, is_over: Arc::clone(&until.0) };
    // `until` is dropped with this future, whether or not it came to its end.
    read(format, Box::new(BufReader::with_capacity(1 << 16, file))).await
}

/// A file that is here, and the room that it takes.
struct Taken {
    file: SpooledTempFile,
    /// Why it is not whole: its beginning is read all the same, and the reader told at its end.
    broken: Option<Error>,
    _room: Room,
}

async fn take_in(app: &App, request: Request, formats: &[Format]) -> Result<(Option<Format>, Taken)> {
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
        let mut chunks = request.into_body().into_data_stream();
        let mut spool = Spool::new(app);
        while let Some(chunk) = chunks.next().await {
            match chunk {
                Ok(chunk) => spool.add(chunk).await?,
                Err(error) => return Ok((Some(format), spool.broken(fault_of(&error)).await?)),
            }
        }
        return Ok((Some(format), spool.finish(None).await?));
    }
    let mut form = Multipart::from_request(request, &()).await.map_err(|error| fault_of(&error))?;
    while let Some(mut field) = form.next_field().await.map_err(|error| fault_of(&error))? {
        if field.name() != Some("file") && field.file_name().is_none() {
            continue;
        }
        let name = field.file_name().unwrap_or_default();
        let format =
            known(Format::of_name(name)).or_else(|| known(field.content_type().and_then(Format::of_media_type)));
        if format.is_none() && name.contains('.') {
            let endings: Vec<_> = formats.iter().map(|format| format.endings()).collect();
            let message = format!("{name} is not a table that can be read here; send {}", endings.join(", "));
            return Err(Error::new(Kind::UnsupportedMediaType, message));
        }
        let mut spool = Spool::new(app);
        loop {
            match field.chunk().await {
                Ok(Some(chunk)) => spool.add(chunk).await?,
                Ok(None) => return Ok((format, spool.finish(None).await?)),
                Err(error) => return Ok((format, spool.broken(fault_of(&error)).await?)),
            }
        }
    }
    Err(Error::invalid_field("file", "is missing: send a form with the file `file`"))
}

/// A file that is taken in: its beginning in memory, and on the disk what is more. Temporary files have no name, so that nothing of them
/// stays, whatever happens.
struct Spool<'a> {
    app: &'a App,
    file: Option<SpooledTempFile>,
    room: Room,
    waiting: BytesMut,
    bytes: u64,
}

impl<'a> Spool<'a> {
    fn new(app: &'a App) -> Self {
        let file = Some(SpooledTempFile::new(PIECE));
        Self { app, file, room: app.uploads().room(), waiting: BytesMut::new(), bytes: 0 }
    }

    async fn add(&mut self, chunk: Bytes) -> Result<()> {
        let most = self.app.limits().upload_bytes as u64;
        self.bytes += chunk.len() as u64;
        if self.bytes > most {
            return Err(Error::new(Kind::TooLarge, format!("The file is larger than {most} bytes")));
        }
        self.waiting.extend_from_slice(&chunk);
        if self.waiting.len() >= PIECE { self.put_away().await } else { Ok(()) }
    }

    /// Writes what waits. A thread for it is held for as long as the disk takes, and not for a client.
    async fn put_away(&mut self) -> Result<()> {
        self.room.grow(self.waiting.len() as u64, self.app.limits())?;
        let (piece, file) = (self.waiting.split().freeze(), self.file.take());
        let written = tokio::task::spawn_blocking(move || {
            let mut file = file.ok_or_else(|| io::Error::other("the file of an upload is gone"))?;
            file.write_all(&piece).map(|()| file)
        });
        self.file = Some(written.await.map_err(Error::internal)?.map_err(|error| no_room(&error))?);
        Ok(())
    }

    /// What broke off is good as far as it came; what was cut off, because it was too large or too slow, is not taken in at all.
    async fn broken(self, error: Error) -> Result<Taken> {
        if error.kind() == Kind::BadRequest && self.bytes > 0 { self.finish(Some(error)).await } else { Err(error) }
    }

    async fn finish(mut self, broken: Option<Error>) -> Result<Taken> {
        // What fits into memory is there at once.
        if self.waiting.len() as u64 == self.bytes {
            let mut file = SpooledTempFile::new(2 * PIECE);
            file.write_all(&self.waiting).and_then(|()| file.rewind()).map_err(|error| no_room(&error))?;
            return Ok(Taken { file, broken, _room: self.room });
        }
        self.put_away().await?;
        let mut file = self.file.take().ok_or_else(|| Error::internal("the file of an upload is gone"))?;
        file.rewind().map_err(|error| no_room(&error))?;
        Ok(Taken { file, broken, _room: self.room })
    }
}

fn no_room(error: &io::Error) -> Error {
    Error::new(Kind::Unavailable, "The server cannot keep the file while it is read; try again later").because(error)
}

/// Says that the request is over, when it is dropped.
struct Until(Arc<AtomicBool>);

impl Drop for Until {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// A file for as long as its request goes on.
struct Kept {
    file: Taken,
    is_over: Arc<AtomicBool>,
}

impl Read for Kept {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.is_over.load(Ordering::Relaxed) {
            return Err(io::Error::other("the request is over"));
        }
        match (self.file.file.read(buffer)?, &self.file.broken) {
            (0, Some(error)) if !buffer.is_empty() => Err(io::Error::other(error.message().to_owned())),
            (read, _) => Ok(read),
        }
    }
}
