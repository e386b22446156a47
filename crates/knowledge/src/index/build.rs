//! An index is brought up to date: what is in it is compared with what the base has, and what differs is changed.
//!
//! Documents are read some at a time, and made ready while the next are read; whoever asks meanwhile waits only until some are taken in. A
//! document is taken out and put in again in one step, so that nobody finds half of one.

use std::collections::HashSet;
use std::sync::Arc;

use db::{Db, Tx};
use kernel::{Error, Result, Scope};
use parking_lot::RwLock;

use super::built::{Built, Ready, Source};
use crate::blocking;
use crate::model::{BaseId, Chunk, Correction, Document, DocumentId};
use crate::store::{bases, chunks, corrections, documents};

/// So many chunks are read at a time,
const BITE: u64 = 1_000;
/// of so many documents.
const MANY: usize = 200;

/// What has to be done to an index.
#[derive(Debug, Default)]
struct Changes {
    gone: Vec<Source>,
    documents: Vec<DocumentId>,
    corrections: Vec<Correction>,
}

/// What became of an index.
#[derive(Clone, Copy, Debug)]
pub(super) struct Updated {
    /// Of which version of the base it is.
    pub(super) version: i64,
    /// How much memory it takes, in bytes.
    pub(super) bytes: u64,
}

/// Brings the index of a base up to date.
pub(super) async fn update(db: &Db, base: BaseId, held: &Arc<RwLock<Built>>) -> Result<Updated> {
    let mut tx = db.snapshot().await?;
    let version = bases::find(Scope::system(), &mut tx, base).await?.map_or(i64::MAX, |base| base.version);
    let known = documents::revisions(&mut tx, base).await?;
    let of_coach = corrections::all(&mut tx, base).await?;
    let sources = known.len() + of_coach.len();
    let built = Arc::clone(held);
    let (changes, is_anew) = blocking(move || {
        let built = built.read();
        let changes = changes(&built, &known, &of_coach);
        let (live, dead) = built.places();
        let new = changes.documents.len() + changes.corrections.len();
        // Where little of it would stay, or much of it is of what is gone, it is made anew, beside the one that is asked meanwhile.
        let is_anew = 2 * new > sources || dead > live;
        if is_anew {
            let documents = known.into_iter().map(|(id, _)| id).collect();
            (Changes { gone: Vec::new(), documents, corrections: of_coach }, true)
        } else {
            (changes, false)
        }
    })
    .await?;
    let target = if is_anew { Arc::default() } else { Arc::clone(held) };
    take_in(&mut tx, base, changes, &target).await?;
    drop(tx);
    let held = Arc::clone(held);
    blocking(move || {
        let mut own = target.write();
        own.is_of(version);
        let bytes = if is_anew {
            own.shrink();
            let new = std::mem::take(&mut *own);
            let bytes = new.bytes();
            // The old one may be large, and takes a while to be given back.
            let was = std::mem::replace(&mut *held.write(), new);
            drop(was);
            bytes
        } else {
            own.bytes()
        };
        Updated { version, bytes: bytes as u64 }
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

/// Makes the changes.
async fn take_in(tx: &mut Tx, base: BaseId, changes: Changes, target: &Arc<RwLock<Built>>) -> Result<()> {
    let built = Arc::clone(target);
    let mut work = tokio::task::spawn_blocking(move || {
        let ready = changes.corrections.iter().map(Ready::correction).collect();
        built.write().change(&changes.gone, ready);
    });
    for ids in changes.documents.chunks(MANY) {
        let documents = documents::several(tx, &[base], ids).await?;
        let mut rest = documents.as_slice();
        while !rest.is_empty() {
            let (some, others) = rest.split_at(bite(rest));
            rest = others;
            // Read while those before are made ready.
            let read = read(tx, some.to_vec()).await?;
            work.await.map_err(Error::internal)?;
            let built = Arc::clone(target);
            work = tokio::task::spawn_blocking(move || {
                let ready = read.iter().map(|(document, chunks)| Ready::document(document, chunks)).collect();
                drop(read);
                built.write().change(&[], ready);
            });
        }
    }
    work.await.map_err(Error::internal)
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
async fn read(tx: &mut Tx, mut documents: Vec<Document>) -> Result<Vec<(Document, Vec<Chunk>)>> {
    documents.sort_unstable_by_key(|document| document.id);
    let mut chunks = chunks::of_documents(tx, &documents).await?.into_iter().peekable();
    let mut read = Vec::with_capacity(documents.len());
    for document in documents {
        let mut own: Vec<Chunk> = Vec::new();
        while let Some(chunk) = chunks.next_if(|chunk| chunk.document_id == document.id) {
            own.push(chunk);
        }
        read.push((document, own));
    }
    Ok(read)
}
