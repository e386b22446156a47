//! A document from its file to its chunks.
//!
//! Each reading has a number, and writes its text and chunks under it in small transactions, which nobody looks at. One last transaction makes
//! it the document's: the old chunks go and the new ones are there, at once. A reading that is not the last one any more (another file came,
//! the document went) comes to nothing, and takes what it wrote with it.

use ::jobs::{Failure, Outcome};
use db::{Json, Tx};
use events::TxExt as _;
use kernel::{Error, Result};
use mind::embed::StaticModel;
use mind::recall::{Language, language_of};
use reading::Reading;

use super::SYSTEM;
use crate::Knowledge;
use crate::chunker::{Piece, chunk};
use crate::events::{DocumentFailed, DocumentProcessed};
use crate::model::{About, Chunk, Document, DocumentId};
use crate::store::documents::Read;
use crate::store::{bases, chunks, contradictions, documents};

/// So many chunks are written in a transaction.
const BITE: usize = 500;

/// How far a reading is when its file is there,
const FETCHED: u32 = 10;
/// and when its text is.
const READ: u32 = 50;

/// Reads a document. What cannot be read is no failure of the job: the document says why.
pub(super) async fn run(of: &Knowledge, id: DocumentId, is_last: bool) -> Outcome {
    let app = of.app();
    let found = documents::by_id(SYSTEM, &mut app.read().await?, id).await?;
    let Some(document) = found else { return Ok(()) };
    let mut tx = app.write().await?;
    let begun = documents::begin(SYSTEM, &mut tx, &document, app.clock().now()).await?;
    tx.commit().await?;
    // It has another file by now (whose job is this one, run once more), or was read meanwhile.
    let Some(reading) = begun else { return Ok(()) };
    match read(of, &document, reading).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(why)) => Ok(fail(of, &document, reading, &why).await?),
        Err(error) if is_last => {
            tracing::warn!(%error, document = %id, "a document could not be read");
            let why = "The server could not read the document for a reason of its own; process it again later";
            Ok(fail(of, &document, reading, why).await?)
        }
        Err(error) => Err(Failure::retry(error.to_string())),
    }
}

/// Why a document cannot be read.
type Why = String;

async fn read(of: &Knowledge, document: &Document, number: i64) -> Result<Result<(), Why>> {
    let known = reading::Kind::parse(&document.file_type);
    let Some(kind) = known else { return Ok(Err("The kind of this file is not read any more".into())) };
    let Some(bytes) = ports::files::read_all(of.files(), &document.file).await? else {
        return Ok(Err("The file is not there any more; upload it again".into()));
    };
    if !progress(of, document, number, FETCHED).await? {
        return Ok(Ok(()));
    }
    let text = match of.readers().read(kind, bytes.into()).await? {
        // No database holds it; what stands in its place is as long.
        Ok(text) => Reading { text: text.text.replace('\0', " "), ..text },
        Err(unreadable) => return Ok(Err(unreadable.message)),
    };
    if !progress(of, document, number, READ).await? {
        return Ok(Ok(()));
    }
    let base = bases::find(SYSTEM, &mut of.app().read().await?, document.base_id).await?;
    let Some(base) = base else { return Ok(Ok(())) };
    let set = base.set();
    let (size, overlap) = (set.chunk_size as usize, set.overlap() as usize);
    // Some hundred milliseconds for a book: on a thread where nobody waits for it.
    let cut = tokio::task::spawn_blocking(move || {
        let pieces = chunk(&text.text, &text.blocks, size, overlap);
        (text, pieces)
    });
    let (text, pieces) = cut.await.map_err(Error::internal)?;
    if pieces.is_empty() {
        return Ok(Err("There is no text in this document".into()));
    }
    write(of, document, number, text, &pieces).await.map(Ok)
}

/// Tells how far it is; false if the reading has come to nothing.
async fn progress(of: &Knowledge, document: &Document, number: i64, percent: u32) -> Result<bool> {
    let mut tx = of.app().write().await?;
    let is_last = documents::progress(SYSTEM, &mut tx, (document.id, number), percent, of.app().clock().now()).await?;
    tx.commit().await?;
    Ok(is_last)
}

async fn write(of: &Knowledge, document: &Document, number: i64, text: Reading, pieces: &[Piece]) -> Result<()> {
    let (app, clock, key) = (of.app(), of.app().clock(), (document.id, number));
    let rows = rows(of, document, number, &text.text, pieces);
    let read = Read {
        chunks: rows.len() as u64,
        characters: text.text.chars().count() as u64,
        language: Some(language_of(&text.text)).filter(|language| *language != Language::Other).map(code),
        about: About {
            encoding: text.encoding,
            title: text.title,
            notes: text.notes,
            embedded_by: Some(StaticModel::id().to_owned()),
        },
    };
    let mut tx = app.db().write_long().await?;
    let mut goes_on = documents::progress(SYSTEM, &mut tx, key, READ, clock.now()).await?;
    if goes_on {
        chunks::put_text(SYSTEM, &mut tx, key, &text.text).await?;
    }
    tx.commit().await?;
    for (place, bite) in rows.chunks(BITE).enumerate() {
        if !goes_on {
            break;
        }
        let mut tx = app.db().write_long().await?;
        // From half to nearly all, by what is written.
        let percent = READ + ((place * BITE * 45) / rows.len()) as u32;
        goes_on = documents::progress(SYSTEM, &mut tx, key, percent, clock.now()).await?;
        if goes_on {
            chunks::put(SYSTEM, &mut tx, bite).await?;
        }
        tx.commit().await?;
    }
    let mut tx = app.db().write_long().await?;
    if goes_on && swap(of, &mut tx, document, number, &read).await? {
        return tx.commit().await;
    }
    drop(tx);
    let mut tx = app.db().write_long().await?;
    chunks::drop_version(SYSTEM, &mut tx, key).await?;
    tx.commit().await
}

/// Makes the reading the document's, if it is its last one and its base is there.
async fn swap(of: &Knowledge, tx: &mut Tx, document: &Document, number: i64, read: &Read) -> Result<bool> {
    let (clock, now) = (of.app().clock(), of.app().clock().now());
    if !documents::complete(SYSTEM, tx, (document.id, number), read, now).await? {
        return Ok(false);
    }
    chunks::keep_only(SYSTEM, tx, document.id, number).await?;
    contradictions::of_document_gone(tx, document.id).await?;
    bases::moved(SYSTEM, tx, document.base_id).await?;
    super::compare(tx, clock, document.id).await?;
    tx.event(DocumentProcessed { document: document.into(), chunk_count: read.chunks });
    Ok(true)
}

fn rows(of: &Knowledge, document: &Document, number: i64, text: &str, pieces: &[Piece]) -> Vec<Chunk> {
    let mut letters = text.char_indices().map(|(byte, _)| byte).chain([text.len()]);
    // Pieces begin one after the other, and may share what stands between; so beginnings and ends are each found in one pass.
    let begins: Vec<usize> = places(&mut letters, pieces.iter().map(|piece| piece.start));
    let mut letters = text.char_indices().map(|(byte, _)| byte).chain([text.len()]);
    let ends: Vec<usize> = places(&mut letters, pieces.iter().map(|piece| piece.end));
    let ranges = begins.into_iter().zip(ends);
    pieces
        .iter()
        .zip(ranges)
        .enumerate()
        .map(|(index, (piece, (begin, end)))| Chunk {
            id: of.app().clock().new_id(),
            document_id: document.id,
            base_id: document.base_id,
            version: number,
            chunk_index: index as u64,
            start_at: piece.start as u64,
            end_at: piece.end as u64,
            content: text[begin..end].to_owned(),
            metadata: Json(piece.metadata.clone()),
        })
        .collect()
}

/// The bytes of these characters, which come in rising order.
fn places(letters: &mut impl Iterator<Item = usize>, wanted: impl Iterator<Item = usize>) -> Vec<usize> {
    let (mut seen, mut byte) = (0, 0);
    wanted
        .map(|place| {
            while seen <= place {
                let Some(next) = letters.next() else { break };
                (byte, seen) = (next, seen + 1);
            }
            byte
        })
        .collect()
}

fn code(language: Language) -> String {
    language.code().to_owned()
}

async fn fail(of: &Knowledge, document: &Document, number: i64, why: &str) -> Result<()> {
    let mut tx = of.app().write().await?;
    chunks::drop_version(SYSTEM, &mut tx, (document.id, number)).await?;
    if documents::fail(SYSTEM, &mut tx, (document.id, number), why, of.app().clock().now()).await? {
        tx.event(DocumentFailed(document.into()));
    }
    tx.commit().await
}

#[cfg(test)]
mod tests {
    use super::places;

    #[test]
    fn characters_are_found_in_one_pass() {
        let text = "año 😀 x";
        let mut letters = text.char_indices().map(|(byte, _)| byte).chain([text.len()]);
        assert_eq!(places(&mut letters, [0, 2, 2, 4, 7].into_iter()), [0, 3, 3, 5, text.len()]);
    }
}
