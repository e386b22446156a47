//! Whether a document says something else of the same than another one: told to the coach, who decides.

use ::jobs::Outcome;
use db::Tx;
use events::TxExt as _;
use kernel::Result;
use mind::recall::Question;

use super::SYSTEM;
use crate::Knowledge;
use crate::disagree::{Claim, claims, disagreements};
use crate::events::ContradictionFound;
use crate::index::Source;
use crate::model::{ChunkId, Contradiction, Document, DocumentId};
use crate::store::{bases, chunks, contradictions, documents};

/// So many of its claims are compared with the rest of the base,
const CLAIMS: usize = 200;
/// and so many passages are looked at for each.
const PASSAGES: usize = 6;
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
    let asked = of.indices().ask(&base, move |built| {
        let mut own = claims(&text);
        own.truncate(CLAIMS);
        let mut found: Vec<(DocumentId, ChunkId, Claim, Claim, f64)> = Vec::new();
        for mine in &own {
            for passage in built.lexicon().search(&Question::new(&mine.text), PASSAGES) {
                let Some(slot) = built.slot(passage.slot) else { continue };
                let Source::Document(other) = slot.source else { continue };
                if other == id {
                    continue;
                }
                let theirs = claims(built.lexicon().text(passage.slot));
                let both = disagreements(std::slice::from_ref(mine), &theirs);
                found.extend(
                    both.into_iter()
                        .map(|(mine, theirs, likeness)| (other, slot.chunk, mine.clone(), theirs.clone(), likeness)),
                );
            }
        }
        found
    });
    let passages = asked.await?;
    // Where those passages stand in their documents.
    let ids: Vec<ChunkId> = passages.iter().map(|(_, chunk, ..)| *chunk).collect();
    let rows = chunks::several(&mut app.read().await?, document.base_id, &ids).await?;
    let start = |id: ChunkId| rows.iter().find(|chunk| chunk.id == id).map(|chunk| chunk.start_at as usize);
    let placed = passages.into_iter().filter_map(|(other, chunk, mine, theirs, likeness)| {
        Some((other, mine, theirs.moved_by(start(chunk)?), likeness))
    });
    let mut found: Vec<(DocumentId, Claim, Claim, f64)> = placed.collect();
    // Two chunks may share a sentence.
    found.sort_by_key(|one| (one.0, one.1.start, one.2.start));
    found.dedup_by(|one, other| (one.0, one.1.start, one.2.start) == (other.0, other.1.start, other.2.start));
    found.truncate(MOST);
    Ok(keep(of, &document, found).await?)
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
    let others = documents::several(&mut tx, own.base_id, &ids).await?;
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
