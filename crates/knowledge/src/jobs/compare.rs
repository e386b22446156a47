//! Whether a document says something else of the same than another one: told to the coach, who decides.

use std::collections::HashMap;

use ::jobs::Outcome;
use db::Tx;
use events::TxExt as _;
use kernel::Result;
use mind::recall::Question;

use super::SYSTEM;
use crate::disagree::{Claim, claims, disagreements};
use crate::events::ContradictionFound;
use crate::index::Source;
use crate::model::{Base, Chunk, ChunkId, Contradiction, Document, DocumentId};
use crate::store::{bases, chunks, contradictions, documents};
use crate::{Knowledge, blocking};

/// So many of its claims are compared with the rest of the base,
const CLAIMS: usize = 200;
/// and so many passages are looked at for each.
const PASSAGES: usize = 6;
/// So many claims are looked for at once,
const AT_ONCE: usize = 8;
/// and so many passages are read at once.
const READ: usize = 200;
/// So many contradictions of one document are told.
const MOST: usize = 50;

/// Compares a document with the passages of its base that speak of the same.
pub(super) async fn run(of: &Knowledge, id: DocumentId) -> Outcome {
    let app = of.app();
    let mut tx = app.db().snapshot().await?;
    let Some(document) = documents::by_id(SYSTEM, &mut tx, id).await? else { return Ok(()) };
    let Some(base) = bases::find(SYSTEM, &mut tx, document.base_id).await? else { return Ok(()) };
    let Some(text) = chunks::text(&mut tx, &document).await? else { return Ok(()) };
    drop(tx);
    let own = blocking(move || {
        let mut own = claims(&text);
        own.truncate(CLAIMS);
        own
    })
    .await?;
    let near = passages(of, &base, id, &own).await?;
    // What they say, and where they stand in their documents.
    let mut ids: Vec<ChunkId> = near.iter().map(|(_, _, chunk)| *chunk).collect();
    ids.sort_unstable();
    ids.dedup();
    let mut rows: Vec<Chunk> = Vec::with_capacity(ids.len());
    for some in ids.chunks(READ) {
        rows.extend(chunks::several(&mut app.read().await?, &[document.base_id], some).await?);
    }
    let found = blocking(move || {
        let theirs = rows.into_iter().map(|chunk| {
            let start = chunk.start_at as usize;
            (chunk.id, claims(&chunk.content).into_iter().map(|claim| claim.moved_by(start)).collect())
        });
        compared(&own, &near, &theirs.collect())
    });
    Ok(keep(of, &document, found.await?).await?)
}

/// Which of these claims disagree with claims of the passages near them.
fn compared(
    own: &[Claim],
    near: &[(usize, DocumentId, ChunkId)],
    theirs: &HashMap<ChunkId, Vec<Claim>>,
) -> Vec<(DocumentId, Claim, Claim, f64)> {
    let mut found: Vec<(DocumentId, Claim, Claim, f64)> = Vec::new();
    for (mine, other, chunk) in near {
        let Some(theirs) = theirs.get(chunk) else { continue };
        let both = disagreements(std::slice::from_ref(&own[*mine]), theirs);
        found.extend(both.into_iter().map(|(mine, theirs, likeness)| (*other, mine.clone(), theirs.clone(), likeness)));
    }
    // Two chunks may share a sentence.
    found.sort_by_key(|one| (one.0, one.1.start, one.2.start));
    found.dedup_by(|one, other| (one.0, one.1.start, one.2.start) == (other.0, other.1.start, other.2.start));
    found.truncate(MOST);
    found
}

/// The passages of other documents that speak of the same as each of these claims: the claim's place, the document, the chunk.
async fn passages(
    of: &Knowledge,
    base: &Base,
    id: DocumentId,
    own: &[Claim],
) -> Result<Vec<(usize, DocumentId, ChunkId)>> {
    let mut near = Vec::new();
    // Some at a time, so that whoever brings the index up to date has not to wait for all of them.
    for (turn, some) in own.chunks(AT_ONCE).enumerate() {
        let questions: Vec<Question> = some.iter().map(|claim| Question::new(&claim.text)).collect();
        let asked = of.indices().ask(std::slice::from_ref(base), move |built| {
            let mut found = Vec::new();
            let Some(built) = built.first() else { return found };
            for (place, question) in questions.iter().enumerate() {
                for passage in built.lexicon().search(question, PASSAGES) {
                    let Some(slot) = built.slot(passage.slot) else { continue };
                    if let Source::Document(other) = slot.source
                        && other != id
                    {
                        found.push((turn * AT_ONCE + place, other, slot.chunk));
                    }
                }
            }
            found
        });
        near.extend(asked.await?);
    }
    Ok(near)
}

async fn keep(of: &Knowledge, document: &Document, found: Vec<(DocumentId, Claim, Claim, f64)>) -> Result<()> {
    if found.is_empty() {
        return Ok(());
    }
    let (clock, now) = (of.app().clock(), of.app().clock().now());
    let mut tx = of.app().write().await?;
    // As they are now: what was read again meanwhile is compared by a job of its own.
    let Some(own) = same_text(&mut tx, document).await? else { return Ok(()) };
    if bases::find(SYSTEM, &mut tx, own.base_id).await?.is_none() {
        return Ok(());
    }
    let mut ids: Vec<DocumentId> = found.iter().map(|(other, ..)| *other).collect();
    ids.sort_unstable();
    ids.dedup();
    let others = documents::several(&mut tx, &[own.base_id], &ids).await?;
    contradictions::of_document_gone(&mut tx, own.id).await?;
    let mut kept = Vec::new();
    for (other, mine, theirs, likeness) in found {
        let Some(other) = others.iter().find(|document| document.id == other) else { continue };
        let is_newer = (own.date(), own.id) > (other.date(), other.id);
        let ((older, old), (newer, new)) =
            if is_newer { ((other, theirs), (&own, mine)) } else { ((&own, mine), (other, theirs)) };
        kept.push(Contradiction {
            id: clock.new_id(),
            base_id: own.base_id,
            owner_id: own.owner_id,
            older_document_id: older.id,
            newer_document_id: newer.id,
            older_version: older.version,
            newer_version: newer.version,
            older_start: old.start as u64,
            older_end: old.end as u64,
            newer_start: new.start as u64,
            newer_end: new.end as u64,
            older_quote: old.text,
            newer_quote: new.text,
            likeness,
            dismissed_at: None,
            created_at: now,
        });
    }
    contradictions::insert(SYSTEM, &mut tx, &kept).await?;
    if let Some(first) = kept.first() {
        tx.event(ContradictionFound::from(first));
    }
    tx.commit().await
}

async fn same_text(tx: &mut Tx, document: &Document) -> Result<Option<Document>> {
    let found = documents::by_id(SYSTEM, tx, document.id).await?;
    Ok(found.filter(|found| found.version == document.version))
}
