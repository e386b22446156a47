//! The job that enrols many.

use std::time::Duration;

use audience::members;
use jobs::{Context, Outcome, Payload, Registry};
use kernel::{Error, Kind, Result};
use serde::{Deserialize, Serialize};

use super::judge::{Judge, Left};
use super::rows::{Batch, BatchId, BatchStatus};
use super::store;
use crate::Programs;
use crate::enrol::{self, Begun, How, Refusal};
use crate::rows::ProgramStatus;
use crate::store::programs as stored;

/// Enrols a batch.
pub(super) const JOB: &str = "programs.enroll_many";
/// Members that are looked at in one transaction that writes,
const TOGETHER: u32 = 500;
/// and in one statement that counts.
const COUNTED: u32 = 2_000;

/// What the job is about.
#[derive(Serialize, Deserialize)]
pub(super) struct About {
    pub(super) batch: BatchId,
}

/// Registers the job.
pub(crate) fn register(registry: &mut Registry, of: &Programs) {
    let own = of.clone();
    registry.on_within(JOB, Duration::from_hours(2), move |context: Context, payload: Payload| {
        let programs = own.clone();
        async move {
            let about: About = payload.read()?;
            let outcome = run(&programs, about.batch).await;
            // Nobody comes back to it: it must not look as if it went on.
            if outcome.is_err() && context.attempt >= context.max_attempts {
                fail(&programs, about.batch, "It failed again and again; ask for it once more").await?;
            }
            outcome
        }
    });
}

/// Works a batch to its end. One that was broken off goes on behind those who were come to.
async fn run(programs: &Programs, id: BatchId) -> Outcome {
    let app = programs.app();
    let Some(batch) = store::for_job(&mut app.read().await?, id).await? else { return Ok(()) };
    if batch.status == BatchStatus::Pending && !begin(programs, &batch).await? {
        return Ok(());
    }
    loop {
        match piece(programs, id).await {
            Ok(true) => {}
            Ok(false) => return Ok(()),
            // What another attempt cannot find otherwise is told; the rest is tried again.
            Err(error) if matches!(error.kind(), Kind::Invalid | Kind::NotFound) => {
                return Ok(fail(programs, id, error.message()).await?);
            }
            Err(error) => return Err(error.into()),
        }
    }
}

/// Counts whom the filter finds. Tells whether the batch goes on.
async fn begin(programs: &Programs, batch: &Batch) -> Result<bool> {
    let (app, most) = (programs.app(), programs.settings().most);
    let choice = batch.filter.0.choice(batch.created_at);
    let (mut after, mut total) = (members::beginning(), 0_u64);
    while total <= most {
        // Each piece in a transaction of its own, so that none is open for long.
        let mut tx = app.read().await?;
        let (found, last) =
            members::chosen(&mut tx, batch.workspace_id, &choice, after, batch.created_at, COUNTED).await?;
        total += found.len() as u64;
        match last {
            Some(last) => after = last,
            None => break,
        }
    }
    let now = app.clock().now();
    let next = if total > most {
        let why = format!("The filter finds more than {most} members; narrow it");
        batch.ended(BatchStatus::Failed, Some(why), now)
    } else {
        Batch { status: BatchStatus::Running, total: Some(total), started_at: Some(now), ..batch.clone() }
    };
    let mut tx = app.write().await?;
    let is_saved = store::save(&mut tx, &next, batch).await?;
    tx.commit().await?;
    Ok(is_saved && next.status.is_open())
}

async fn fail(programs: &Programs, id: BatchId, why: &str) -> Result<()> {
    let mut tx = programs.app().write().await?;
    let Some(batch) = store::for_job(&mut tx, id).await? else { return Ok(()) };
    let next = batch.ended(BatchStatus::Failed, Some(why.to_owned()), programs.app().clock().now());
    if batch.status.is_open() {
        store::save(&mut tx, &next, &batch).await?;
    }
    tx.commit().await
}

/// Enrols the next piece, in one transaction with the place that it came to. Tells whether there is more.
async fn piece(programs: &Programs, id: BatchId) -> Result<bool> {
    let now = programs.app().clock().now();
    let mut tx = programs.app().db().write_long().await?;
    let Some(batch) = store::for_job(&mut tx, id).await?.filter(|batch| batch.status.is_open()) else {
        return Ok(false);
    };
    let workspace = batch.workspace_id;
    let program = stored::find(workspace, &mut tx, batch.program_id).await?;
    let program = program.ok_or_else(|| Error::not_found("Program"))?;
    if program.status != ProgramStatus::Published {
        return Err(Error::new(Kind::Invalid, "The program is not published any more"));
    }
    let published = programs.flows().get(&mut tx, workspace, program.id, program.version).await?;
    let reentry = published.map(|published| published.reentry()).unwrap_or_default();
    let judge = Judge::of(&mut tx, workspace, program.id, reentry).await?;
    let after = batch.after_at.zip(batch.after_id).unwrap_or_else(members::beginning);
    let choice = batch.filter.0.choice(batch.created_at);
    let (found, last) = members::chosen(&mut tx, workspace, &choice, after, batch.created_at, TOGETHER).await?;
    let mut next = batch.clone();
    let mut all = judge.judge(&mut tx, &found).await?;
    // In the order of members, as everybody who moves many of them does.
    all.sort_by_key(|(member, _)| *member);
    for (member, left) in all {
        match left {
            Some(why) => next.report.0.leave(why),
            None => {
                match enrol::begin(programs, &mut tx, (workspace, member), program.id, How::automatic("bulk")).await? {
                    Begun::New(_) => next.report.0.enrol(),
                    Begun::Running(_) => next.report.0.leave(Left::Already),
                    Begun::Refused(Refusal::Once) => next.report.0.leave(Left::TakenPart),
                    Begun::Refused(Refusal::OptedOut) => next.report.0.leave(Left::OptedOut),
                    Begun::Refused(_) => next.report.0.leave(Left::Other),
                }
            }
        }
    }
    match last {
        Some((at, member)) => (next.after_at, next.after_id) = (Some(at), Some(member)),
        None => next = next.ended(BatchStatus::Completed, None, now),
    }
    // Whoever stopped it meanwhile, or works it as well, was first: then nobody of this piece begins here.
    if !store::save(&mut tx, &next, &batch).await? {
        return Ok(true);
    }
    tx.commit().await?;
    Ok(next.status.is_open())
}
