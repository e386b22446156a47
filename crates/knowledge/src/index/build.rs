//! An index is brought up to date: what is in it is compared with what the base has, and what differs is changed in one step.

use std::collections::HashSet;
use std::sync::Arc;

use db::{Db, Tx};
use kernel::{Error, Result, Scope};
use parking_lot::RwLock;

use super::built::{Built, New, Source};
use crate::model::{BaseId, Chunk, Correction, Document, DocumentId};
use crate::store::{bases, chunks, corrections, documents};

/// So many chunks are read at a time,
const BITE: u64 = 2_000;
/// of so many documents.
const MANY: usize = 200;

/// What has to be done to an index.
#[derive(Debug, Default)]
struct Changes {
    gone: Vec<Source>,
    documents: Vec<DocumentId>,
    corrections: Vec<Correction>,
}

/// Brings the index of a base up to date.
pub(super) async fn update(db: &Db, base: BaseId, held: &Arc<RwLock<Built>>) -> Result<()> {
    let mut tx = db.snapshot().await?;
    let version = bases::find(Scope::system(), &mut tx, base).await?.map_or(i64::MAX, |base| base.version);
    let known = documents::revisions(&mut tx, base).await?;
    let of_coach = corrections::all(&mut tx, base).await?;
    let changes = changes(&held.read(), &known, &of_coach);
    let sources = known.len() + of_coach.len();
    let (live, dead) = held.read().places();
    let new = changes.documents.len() + changes.corrections.len();
    // Where little of it would stay, or much of it is of what is gone, it is made anew, beside the one that is asked meanwhile.
    if 2 * new > sources || dead > live {
        let every: Vec<DocumentId> = known.into_iter().map(|(id, _)| id).collect();
        let built = anew(&mut tx, base, &every, of_coach, version).await?;
        let was = std::mem::replace(&mut *held.write(), built);
        // It may be large, and takes a while to be given back.
        drop(tokio::task::spawn_blocking(move || drop(was)));
        return Ok(());
    }
    let mut read_in: Vec<New> = Vec::new();
    for ids in changes.documents.chunks(MANY) {
        let documents = documents::several(&mut tx, base, ids).await?;
        read_in.extend(read(&mut tx, documents).await?);
    }
    read_in.extend(changes.corrections.iter().map(New::correction));
    drop(tx);
    let built = Arc::clone(held);
    blocking(move || {
        let mut built = built.write();
        changes.gone.iter().for_each(|source| built.remove(*source));
        for one in &read_in {
            built.add(one);
        }
        built.is_of(version);
    })
    .await
}

/// What differs between an index and its base.
fn changes(built: &Built, documents: &[(DocumentId, i64)], of_coach: &[Correction]) -> Changes {
    let there: HashSet<Source> = documents
        .iter()
        .map(|(id, _)| Source::Document(*id))
        .chain(of_coach.iter().map(|one| Source::Correction(one.id)))
        .collect();
    let is_new = |source: Source, revision: i64| built.revision(source) != Some(revision);
    let new = documents.iter().filter(|(id, revision)| is_new(Source::Document(*id), *revision));
    let answered = of_coach.iter().filter(|one| is_new(Source::Correction(one.id), one.revision));
    Changes {
        gone: built.sources().filter(|source| !there.contains(source)).collect(),
        documents: new.map(|(id, _)| *id).collect(),
        corrections: answered.cloned().collect(),
    }
}

/// An index of all that there is.
async fn anew(
    tx: &mut Tx,
    base: BaseId,
    every: &[DocumentId],
    of_coach: Vec<Correction>,
    version: i64,
) -> Result<Built> {
    let mut built = Built::default();
    for ids in every.chunks(MANY) {
        let documents = documents::several(tx, base, ids).await?;
        let mut rest = documents.as_slice();
        while !rest.is_empty() {
            let (some, others) = rest.split_at(bite(rest));
            let read = read(tx, some.to_vec()).await?;
            built = blocking(move || {
                for one in &read {
                    built.add(one);
                }
                built
            })
            .await?;
            rest = others;
        }
    }
    blocking(move || {
        for one in &of_coach {
            built.add(&New::correction(one));
        }
        built.is_of(version);
        built.shrink();
        built
    })
    .await
}

/// How many of these documents are read at a time: one at least.
fn bite(documents: &[Document]) -> usize {
    let mut chunks = 0;
    let fitting = documents.iter().take_while(|document| {
        chunks += document.chunk_count;
        chunks <= BITE
    });
    fitting.count().max(1)
}

/// These documents with their chunks.
async fn read(tx: &mut Tx, mut documents: Vec<Document>) -> Result<Vec<New>> {
    documents.sort_unstable_by_key(|document| document.id);
    let mut chunks = chunks::of_documents(tx, &documents).await?.into_iter().peekable();
    let mut read = Vec::with_capacity(documents.len());
    for document in &documents {
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
