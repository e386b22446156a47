//! An import: its file is taken in, and a job reads it.

use std::io::{self, BufRead as _, BufReader, Read};

use ::jobs::{Failure, NewJob, Outcome, enqueue};
use bytes::{Buf as _, Bytes};
use db::{Json, Tx};
use events::TxExt as _;
use futures::StreamExt as _;
use http_base::batches::{Batch, Batches};
use input::table::{Format, Said, Source};
use kernel::numeral::Mark;
use kernel::{Account, Error, Kind, Result, Timestamp, time};
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc;

use super::rows::{self, MemberRow, SHAPE};
use super::write::write;
use crate::events::UsersImported;
use crate::model::{Import, ImportId, ImportStatus, Report};
use crate::{Audience, store};

/// Reads an import.
pub(crate) const JOB: &str = "audience.import";
/// Rows in one transaction.
const ROWS: usize = 500;
/// Bytes that are moved at once.
const PIECE: usize = 1 << 16;
/// An audience has no more imports waiting than this.
const MOST_OPEN: u64 = 5;
/// Files that nobody has read by then are taken away.
const WAITS: i64 = 2 * time::DAY;
/// So many are swept in one go.
const BITE: u32 = 100;

/// What the job is about.
#[derive(Serialize, Deserialize)]
pub(crate) struct Payload {
    pub(crate) import: ImportId,
}

/// Takes a file in, and has it read.
pub(crate) async fn keep(
    audience: &Audience,
    account: &Account,
    format: Option<Format>,
    decimal: Option<Mark>,
    source: Source,
) -> Result<Import> {
    let (app, clock) = (audience.app(), audience.app().clock());
    let id: ImportId = clock.new_id();
    let name = format!("audience/imports/{id}");
    let mut import = Import {
        id,
        workspace_id: account.hub(),
        account_id: account.id,
        file: Some(name.clone()),
        format: match format {
            Some(Format::Csv) => "csv",
            Some(Format::JsonLines) => "jsonl",
            None => "any",
        }
        .to_owned(),
        decimal_mark: decimal.map(|mark| if mark == Mark::Comma { "comma" } else { "point" }.to_owned()),
        bytes: 0,
        bytes_read: 0,
        status: ImportStatus::Pending,
        error: None,
        report: Json(Report::default()),
        created_at: clock.now(),
        finished_at: None,
    };
    let mut tx = app.write().await?;
    if store::imports::open(import.workspace_id, &mut tx).await? >= MOST_OPEN {
        let message =
            format!("{MOST_OPEN} imports of this audience wait already; send the next one when one of them is through");
        return Err(Error::new(Kind::RateLimited(30), message));
    }
    // The row is there before its file, so that a sweep finds what dies in between.
    tx.insert(&import).await?;
    tx.commit().await?;
    let kept = store_file(audience, &name, source).await.and_then(|bytes| match bytes {
        0 => Err(Error::invalid_field("file", "is empty: send a table with a head and a row for each member")),
        bytes => Ok(bytes),
    });
    match kept {
        Ok(bytes) => import.bytes = bytes,
        Err(error) => {
            audience.files().delete(&name).await?;
            import.file = None;
            end(&mut import, ImportStatus::Failed, Some(&error), clock.now());
            let mut tx = app.write().await?;
            store::imports::save(&mut tx, &import, ImportStatus::Pending).await?;
            tx.commit().await?;
            return Err(error);
        }
    }
    let mut tx = app.write().await?;
    store::imports::save(&mut tx, &import, ImportStatus::Pending).await?;
    enqueue(&mut tx, clock, NewJob::new(JOB, &Payload { import: id })?.dedupe(id.to_string())).await?;
    tx.commit().await?;
    Ok(import)
}

fn end(import: &mut Import, status: ImportStatus, error: Option<&Error>, now: Timestamp) {
    import.status = status;
    import.error = error.map(|error| {
        let faults = error.faults();
        if faults.is_empty() { error.message().to_owned() } else { input::table::told(error) }
    });
    import.finished_at = Some(now);
}

/// Moves a file to where files are kept; tells how large it is.
async fn store_file(audience: &Audience, name: &str, mut source: Source) -> Result<u64> {
    let (send, mut receive) = mpsc::channel::<io::Result<Bytes>>(4);
    let reading = tokio::task::spawn_blocking(move || {
        loop {
            let piece = source.fill_buf().map(Bytes::copy_from_slice);
            let length = piece.as_ref().map_or(0, Bytes::len);
            source.consume(length);
            let is_end = length == 0;
            // A fault is told as well, and is the end.
            if (length > 0 || piece.is_err()) && send.blocking_send(piece).is_err() {
                return;
            }
            if is_end {
                return;
            }
        }
    });
    let mut upload = audience.files().create(name).await?;
    let mut bytes = 0;
    while let Some(piece) = receive.recv().await {
        let piece = match piece {
            Ok(piece) => piece,
            Err(error) => {
                upload.abort().await;
                return Err(Error::new(Kind::BadRequest, "The file broke off; send it again").because(error));
            }
        };
        bytes += piece.len() as u64;
        upload.write(piece).await?;
    }
    reading.await.map_err(Error::internal)?;
    upload.finish().await?;
    Ok(bytes)
}

/// A file that comes in pieces, as something to be read on a thread.
struct Pieces {
    receive: mpsc::Receiver<Result<Bytes>>,
    piece: Bytes,
}

impl Read for Pieces {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.piece.is_empty() {
            match self.receive.blocking_recv() {
                Some(Ok(piece)) => self.piece = piece,
                Some(Err(error)) => return Err(io::Error::other(error.message().to_owned())),
                None => return Ok(0),
            }
        }
        let length = buffer.len().min(self.piece.len());
        buffer[..length].copy_from_slice(&self.piece[..length]);
        self.piece.advance(length);
        Ok(length)
    }
}

/// The job: reads an import to its end. One that was broken off goes on behind the rows that are written.
pub(crate) async fn run(audience: Audience, payload: Payload) -> Outcome {
    let app = audience.app();
    let mut tx = app.write().await?;
    let Some(mut import) = store::imports::for_job(&mut tx, payload.import).await? else { return Ok(()) };
    if matches!(import.status, ImportStatus::Completed | ImportStatus::Failed) {
        return Ok(());
    }
    let was = std::mem::replace(&mut import.status, ImportStatus::Processing);
    store::imports::save(&mut tx, &import, was).await?;
    tx.commit().await?;
    let Some(name) = import.file.clone() else {
        return Err(Failure::GiveUp("its file is gone".to_owned()));
    };
    let read = read(&audience, &name, &mut import).await;
    let fault = match read {
        Ok(()) => None,
        // What another attempt may find otherwise is tried again; what is wrong with the file is told.
        Err(error)
            if matches!(
                error.kind(),
                Kind::Invalid | Kind::BadRequest | Kind::TooLarge | Kind::UnsupportedMediaType
            ) =>
        {
            Some(error)
        }
        Err(error) => return Err(error.into()),
    };
    let status = if fault.is_some() { ImportStatus::Failed } else { ImportStatus::Completed };
    end(&mut import, status, fault.as_ref(), app.clock().now());
    import.file = None;
    if status == ImportStatus::Completed {
        import.bytes_read = import.bytes;
    }
    let mut tx = app.write().await?;
    if store::imports::save(&mut tx, &import, ImportStatus::Processing).await? {
        let (added, updated) = (import.report.0.added, import.report.0.updated);
        tx.event(UsersImported { workspace_id: import.workspace_id, import_id: import.id, added, updated });
    }
    tx.commit().await?;
    // After the commit: a file that stays for once is swept.
    audience.files().delete(&name).await?;
    Ok(())
}

async fn read(audience: &Audience, name: &str, import: &mut Import) -> Result<()> {
    let Some(mut stream) = audience.files().read(name, None).await? else {
        return Err(Error::new(Kind::BadRequest, "The file is not there any more; send it again"));
    };
    let (send, receive) = mpsc::channel(4);
    let pump = tokio::spawn(async move {
        while let Some(piece) = stream.next().await {
            if send.send(piece).await.is_err() {
                return;
            }
        }
    });
    let source: Source = Box::new(BufReader::with_capacity(PIECE, Pieces { receive, piece: Bytes::new() }));
    let format = match import.format.as_str() {
        "csv" => Some(Format::Csv),
        "jsonl" => Some(Format::JsonLines),
        _ => None,
    };
    let decimal = import.decimal_mark.as_deref().map(|mark| if mark == "comma" { Mark::Comma } else { Mark::Point });
    let said = Said { format, decimal };
    let mut batches = Batches::of::<MemberRow>(source, said, &SHAPE, ROWS, rows::member);
    let mut done = 0;
    let already = import.report.0.processed;
    while let Some(batch) = batches.next().await? {
        let before = done;
        done += batch.rows.len() as u64;
        // What an attempt that was broken off has written already.
        if done <= already {
            continue;
        }
        let mut tx = audience.app().db().write_long().await?;
        let skip = already.saturating_sub(before) as usize;
        take(&mut tx, batch, skip, import).await?;
        tx.commit().await?;
    }
    drop(batches);
    pump.abort();
    Ok(())
}

async fn take(tx: &mut Tx, batch: Batch<MemberRow>, skip: usize, import: &mut Import) -> Result<()> {
    let mut next = import.clone();
    let report = &mut next.report.0;
    let mut good = Vec::with_capacity(batch.rows.len());
    for taken in batch.rows.into_iter().skip(skip) {
        report.processed += 1;
        match taken.row {
            Ok(row) => good.push((taken.line, row)),
            Err(why) => report.refuse(taken.line, why),
        }
    }
    write(tx, next.workspace_id, good, report).await?;
    report.errors.sort_by_key(|fault| fault.line);
    next.bytes_read = batch.bytes.min(next.bytes);
    if !store::imports::save(tx, &next, ImportStatus::Processing).await? {
        return Err(Error::conflict("The import was ended meanwhile"));
    }
    *import = next;
    Ok(())
}

/// Takes away files that nobody has read in time.
pub(crate) async fn sweep(audience: &Audience) -> Result<()> {
    let app = audience.app();
    loop {
        let now = app.clock().now();
        let left = store::imports::left(&mut app.read().await?, now.plus(-WAITS), BITE).await?;
        for mut import in left.iter().cloned() {
            if let Some(name) = import.file.take() {
                audience.files().delete(&name).await?;
            }
            let was = import.status;
            let late = Error::new(Kind::BadRequest, "It was not read in time; send the table again");
            if matches!(was, ImportStatus::Pending | ImportStatus::Processing) {
                end(&mut import, ImportStatus::Failed, Some(&late), now);
            }
            let mut tx = app.write().await?;
            store::imports::save(&mut tx, &import, was).await?;
            tx.commit().await?;
        }
        if left.len() < BITE as usize {
            return Ok(());
        }
    }
}
