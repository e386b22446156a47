//! An index is brought up to date: what is in it is compared with what the base has, and what differs is changed in one step.

use std::collections::HashSet;
use std::sync::Arc;

use db::{Db, Tx};
use kernel::{Error, Result, Scope};
use parking_lot::RwLock;

use super::built::{Built, New, Source};
use crate::model::{BaseId, Chunk, Correction, Document, DocumentId};
use crate::store::{bases, chunks, corrections, documents};

/// So many chunks are read at a time.
const BITE: u64 = 2_000;

/// What has to be done to an index.
#[derive(Debug, Default)]
struct Changes {
    gone: Vec<Source>,
    documents: Vec<Document>,
    corrections: Vec<Correction>,
    chunks: u64,
}

/// Brings the index of a base up to date.
pub(super) async fn update(db: &Db, base: BaseId, held: &Arc<RwLock<Built>>) -> Result<()> {
    let mut tx = db.snapshot().await?;
    let version = bases::find(Scope::system(), &mut tx, base).await?.map_or(i64::MAX, |base| base.version);
    let changes = changes(&mut tx, base, held).await?;
    let (live, dead) = held.read().places();
    // Where little of it would stay, or much of it is of what is gone, it is made anew, beside the one that is asked meanwhile.
    if changes.chunks as usize > live / 2 || dead > live {
        let all = Changes {
            gone: Vec::new(),
            documents: every_document(&mut tx, base).await?,
            corrections: corrections::all(&mut tx, base).await?,
            chunks: 0,
        };
        let mut new = Built::default();
        let mut rest = all.documents.as_slice();
        while !rest.is_empty() {
            let (some, others) = rest.split_at(bite(rest));
            let read = read(&mut tx, some).await?;
            new = blocking(move || {
                read.iter().for_each(|one| new.add(one));
                new
            })
            .await?;
            rest = others;
        }
        let of_coach: Vec<New> = all.corrections.iter().map(New::correction).collect();
        new = blocking(move || {
            of_coach.iter().for_each(|one| new.add(one));
            new.is_of(version);
            new.shrink();
            new
        })
        .await?;
        let was = std::mem::replace(&mut *held.write(), new);
        // It may be large, and takes a while to be given back.
        drop(tokio::task::spawn_blocking(move || drop(was)));
        return Ok(());
    }
    let mut read_in = Vec::new();
    let mut rest = changes.documents.as_slice();
    while !rest.is_empty() {
        let (some, others) = rest.split_at(bite(rest));
        read_in.extend(read(&mut tx, some).await?);
        rest = others;
    }
    read_in.extend(changes.corrections.iter().map(New::correction));
    drop(tx);
    let built = Arc::clone(held);
    blocking(move || {
        let mut built = built.write();
        changes.gone.iter().for_each(|source| built.remove(*source));
        read_in.iter().for_each(|one| built.add(one));
        built.is_of(version);
    })
    .await
}

/// What differs between the index and the base.
async fn changes(tx: &mut Tx, base: BaseId, built: &RwLock<Built>) -> Result<Changes> {
    let (documents, of_coach) = (every_document(tx, base).await?, corrections::all(tx, base).await?);
    let built = built.read();
    let mut there: HashSet<Source> = HashSet::new();
    let mut is_new = |source: Source, revision: i64| {
        there.insert(source);
        built.revision(source) != Some(revision)
    };
    let documents: Vec<Document> =
        documents.into_iter().filter(|one| is_new(Source::Document(one.id), one.revision)).collect();
    let corrections: Vec<Correction> =
        of_coach.into_iter().filter(|one| is_new(Source::Correction(one.id), one.revision)).collect();
    let gone = built.sources().filter(|source| !there.contains(source)).collect();
    let chunks = documents.iter().map(|document| document.chunk_count).sum::<u64>() + corrections.len() as u64;
    Ok(Changes { gone, documents, corrections, chunks })
}

/// Every document of a base that can be searched.
async fn every_document(tx: &mut Tx, base: BaseId) -> Result<Vec<Document>> {
    let (mut all, mut after): (Vec<Document>, Option<DocumentId>) = (Vec::new(), None);
    loop {
        let page = documents::searchable(tx, base, after).await?;
        let Some(last) = page.last() else { return Ok(all) };
        after = Some(last.id);
        all.extend(page);
    }
}

/// How many of these documents are read at a time: one at least.
fn bite(documents: &[Document]) -> usize {
    let mut chunks = 0;
    let fitting = documents.iter().take_while(|document| {
        chunks += document.chunk_count;
        chunks <= BITE
    });
    fitting.count().max(1).min(500)
}

/// These documents with their chunks.
async fn read(tx: &mut Tx, documents: &[Document]) -> Result<Vec<New>> {
    let mut chunks = chunks::of_documents(tx, documents).await?.into_iter().peekable();
    let mut read = Vec::with_capacity(documents.len());
    for document in documents {
        let mut own: Vec<Chunk> = Vec::new();
        while let Some(chunk) = chunks.next_if(|chunk| chunk.document_id == document.id) {
            own.push(chunk);
        }
        read.push(New::document(document, own));
    }
    Ok(read)
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(Error::internal)
}
