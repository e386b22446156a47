//! What knowledge does by itself: documents are read and compared, reminders are made, what was deleted is cleared away.

mod compare;
mod process;

use std::time::Duration;

use ::jobs::{Context, NewJob, Outcome, Payload, Registry, enqueue};
use db::Tx;
use events::TxExt as _;
use kernel::{Clock, Result, Scope, time};
use serde::{Deserialize, Serialize};

use crate::events::{CorrectionStale, DocumentStale};
use crate::model::DocumentId;
use crate::{Knowledge, store, uploads};

const SYSTEM: Scope = Scope::system();

/// Reads a document.
const PROCESS: &str = "knowledge.process";
/// Compares a document with the others of its base.
const COMPARE: &str = "knowledge.compare";
/// Clears away what was deleted.
pub(crate) const CLEAR: &str = "knowledge.clear";
const RECOVER: &str = "knowledge.recover";
const STALE: &str = "knowledge.stale";
const FORGET: &str = "knowledge.forget_gaps";
const SWEEP: &str = "knowledge.sweep_files";

/// A document that nobody has been at for so long is given to somebody once more.
const LEFT_BEHIND: i64 = 30 * time::MINUTE;
/// So often a document is tried to be read before it counts as one that cannot be.
const ATTEMPTS: u32 = 5;

/// What a job is about.
#[derive(Serialize, Deserialize)]
struct About {
    document_id: DocumentId,
}

/// The jobs of this crate.
pub fn jobs(of: &Knowledge) -> Registry {
    let mut registry = Registry::new();
    let with = of.clone();
    registry.on(PROCESS, move |context: Context, payload: Payload| {
        let of = with.clone();
        async move { process::run(&of, payload.read::<About>()?.document_id, context.attempt >= context.max_attempts).await }
    });
    let with = of.clone();
    registry.on(COMPARE, move |_: Context, payload: Payload| {
        let of = with.clone();
        async move { compare::run(&of, payload.read::<About>()?.document_id).await }
    });
    let with = of.clone();
    registry.on(CLEAR, move |_: Context, _| clear(with.clone())).every(Duration::from_hours(1), CLEAR);
    let with = of.clone();
    registry.on(RECOVER, move |_: Context, _| recover(with.clone())).every(Duration::from_mins(10), RECOVER);
    let with = of.clone();
    registry.on(STALE, move |_: Context, _| stale(with.clone())).every(Duration::from_hours(1), STALE);
    let with = of.clone();
    registry.on(FORGET, move |_: Context, _| forget(with.clone())).every(Duration::from_hours(24), FORGET);
    let with = of.clone();
    registry.on(SWEEP, move |_: Context, _| sweep(with.clone())).every(Duration::from_hours(1), SWEEP);
    registry
}

/// Has a document read, once this transaction is committed.
pub(crate) async fn process(tx: &mut Tx, clock: &Clock, document_id: DocumentId) -> Result<()> {
    let job = NewJob::new(PROCESS, &About { document_id })?.dedupe(document_id.to_string()).max_attempts(ATTEMPTS);
    enqueue(tx, clock, job).await.map(drop)
}

/// Has a document compared with the others, once this transaction is committed.
async fn compare(tx: &mut Tx, clock: &Clock, document_id: DocumentId) -> Result<()> {
    let job = NewJob::new(COMPARE, &About { document_id })?.dedupe(document_id.to_string()).max_attempts(3);
    enqueue(tx, clock, job).await.map(drop)
}

/// Takes away what belonged to bases that were deleted, some documents at a time, and then their files.
async fn clear(of: Knowledge) -> Outcome {
    let (app, clock) = (of.app(), of.app().clock());
    loop {
        let gone = store::bases::deleted(SYSTEM, &mut app.read().await?).await?;
        if gone.is_empty() {
            break;
        }
        for id in gone {
            loop {
                let mut tx = app.db().write_long().await?;
                let more = store::bases::clear_some(SYSTEM, &mut tx, id, clock.now()).await?;
                if !more {
                    store::bases::forget(SYSTEM, &mut tx, id).await?;
                }
                tx.commit().await?;
                if !more {
                    break;
                }
            }
        }
    }
    uploads::sweep(&of).await?;
    Ok(())
}

/// Documents whose job is gone (it was given up, or never came to be) get another one.
async fn recover(of: Knowledge) -> Outcome {
    let (app, clock) = (of.app(), of.app().clock());
    let before = clock.now().plus(-LEFT_BEHIND);
    let left = store::documents::left_behind(SYSTEM, &mut app.read().await?, before).await?;
    let mut tx = app.write().await?;
    for document in left {
        process(&mut tx, clock, document).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// Reminds coaches of what they wanted to look at again by now.
async fn stale(of: Knowledge) -> Outcome {
    loop {
        let now = of.app().clock().now();
        let mut tx = of.app().write().await?;
        let documents = store::documents::remind(SYSTEM, &mut tx, now).await?;
        let corrections = store::corrections::remind(SYSTEM, &mut tx, now).await?;
        for document in &documents {
            tx.event(DocumentStale(document.into()));
        }
        for correction in &corrections {
            tx.event(CorrectionStale::from(correction));
        }
        tx.commit().await?;
        if documents.is_empty() && corrections.is_empty() {
            return Ok(());
        }
    }
}

/// Forgets what nobody asked for a long time.
async fn forget(of: Knowledge) -> Outcome {
    let before = of.app().clock().now().plus(-i64::from(of.settings().gaps_days) * time::DAY);
    loop {
        let mut tx = of.app().write().await?;
        let gone = store::gaps::forget(SYSTEM, &mut tx, before).await?;
        tx.commit().await?;
        if gone == 0 {
            return Ok(());
        }
    }
}

async fn sweep(of: Knowledge) -> Outcome {
    uploads::sweep(&of).await?;
    Ok(())
}
