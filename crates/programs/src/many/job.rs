//! The job that works batches: it enrols members, and moves or ends runs.

use audience::members;
use db::Tx;
use jobs::{Context, NewJob, Outcome, Payload, Registry};
use kernel::{Error, Kind, Result, Timestamp};
use serde::{Deserialize, Serialize};

use super::judge::{Judge, Left};
use super::rows::{Batch, BatchId, BatchKind, BatchStatus};
use super::{runs, store};
use crate::Programs;
use crate::enrol::{self, Begun, How, Refusal};
use crate::rows::{Program, ProgramStatus};
use crate::store::sums::Moves;
use crate::store::{enrolments, programs as stored};

/// Works a batch.
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
    registry.on(JOB, move |context: Context, payload: Payload| {
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

/// Works the next piece of a batch. Each piece asks for the next one, so that others have their turn, and so that its attempts are counted anew: a
/// batch during which the server stops again and again is given up only if it comes no further.
async fn run(programs: &Programs, id: BatchId) -> Outcome {
    let app = programs.app();
    let Some(batch) = store::for_job(&mut app.read().await?, id).await? else { return Ok(()) };
    if batch.status == BatchStatus::Pending && !begin(programs, &batch).await? {
        return Ok(());
    }
    match piece(programs, id).await {
        Ok(()) => Ok(()),
        // What another attempt cannot find otherwise is told; the rest is tried again.
        Err(error) if matches!(error.kind(), Kind::Invalid | Kind::NotFound) => {
            Ok(fail(programs, id, error.message()).await?)
        }
        Err(error) => Err(error.into()),
    }
}

/// Counts whom the filter finds, or the runs. Tells whether the batch goes on.
async fn begin(programs: &Programs, batch: &Batch) -> Result<bool> {
    let (app, most) = (programs.app(), programs.settings().most);
    if batch.kind != BatchKind::Enroll {
        let mut tx = app.write().await?;
        let program = program_of(&mut tx, batch).await?;
        let below = batch.version.unwrap_or_else(|| runs::below(&program, batch.kind));
        let total = enrolments::count_below(&program, &mut tx, below).await?;
        let is_saved = store::save(&mut tx, &batch.begun(total, app.clock().now()), batch).await?;
        tx.commit().await?;
        return Ok(is_saved);
    }
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
        batch.begun(total, now)
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

/// Has a job work the next piece of a batch.
pub(super) async fn ask(tx: &mut Tx, id: BatchId) -> Result<()> {
    let clock = tx.clock().clone();
    jobs::enqueue(tx, &clock, NewJob::new(JOB, &About { batch: id })?.dedupe(id.to_string())).await.map(drop)
}

/// Works the next piece, in one transaction with the place that it came to and with the job for what is left.
async fn piece(programs: &Programs, id: BatchId) -> Result<()> {
    let now = programs.app().clock().now();
    let mut tx = programs.app().db().write_long().await?;
    let Some(batch) = store::for_job(&mut tx, id).await?.filter(|batch| batch.status.is_open()) else {
        return Ok(());
    };
    let program = program_of(&mut tx, &batch).await?;
    let next = if batch.kind == BatchKind::Enroll {
        enrol_some(programs, &program, &mut tx, &batch, now).await?
    } else {
        runs_of(programs, &program, &mut tx, &batch, now).await?
    };
    // Whoever stopped it meanwhile, or works it as well, was first: then nothing of this piece happens here.
    if !store::save(&mut tx, &next, &batch).await? {
        return Err(Error::conflict("The batch was worked or stopped by somebody else at the same moment"));
    }
    if next.status.is_open() {
        ask(&mut tx, id).await?;
    }
    tx.commit().await
}

async fn program_of(tx: &mut Tx, batch: &Batch) -> Result<Program> {
    let program = stored::find(batch.workspace_id, tx, batch.program_id).await?;
    program.ok_or_else(|| Error::not_found("Program"))
}

/// Moves or ends some more runs.
async fn runs_of(programs: &Programs, program: &Program, tx: &mut Tx, batch: &Batch, now: Timestamp) -> Result<Batch> {
    let below = batch.version.unwrap_or_else(|| runs::below(program, batch.kind));
    let done = runs::some(programs, program, tx, (batch.kind, below), batch.after_run, now).await?;
    let mut next = batch.clone();
    let report = &mut next.report.0;
    report.done += done.changed + done.left;
    if batch.kind == BatchKind::Move {
        report.moved += done.changed;
        report.stayed += done.left;
    } else {
        report.cancelled += done.changed;
    }
    match done.last {
        Some(last) => next.after_run = Some(last),
        None => next = next.ended(BatchStatus::Completed, None, now),
    }
    Ok(next)
}

/// Enrols some more members.
async fn enrol_some(
    programs: &Programs,
    program: &Program,
    tx: &mut Tx,
    batch: &Batch,
    now: Timestamp,
) -> Result<Batch> {
    let workspace = batch.workspace_id;
    if program.status != ProgramStatus::Published {
        return Err(Error::new(Kind::Invalid, "The program is not published any more"));
    }
    let published = programs.flows().get(tx, workspace, program.id, program.version).await?;
    let reentry = published.map(|published| published.reentry()).unwrap_or_default();
    let judge = Judge::of(tx, workspace, program.id, reentry).await?;
    let after = batch.after_at.zip(batch.after_id).unwrap_or_else(members::beginning);
    let choice = batch.filter.0.choice(batch.created_at);
    let (found, last) = members::chosen(tx, workspace, &choice, after, batch.created_at, TOGETHER).await?;
    let mut next = batch.clone();
    let mut all = judge.judge(tx, &found).await?;
    // In the order of members, as everybody who moves many of them does.
    all.sort_by_key(|(member, _)| *member);
    let begin: Vec<_> = all.iter().filter(|(_, left)| left.is_none()).map(|(member, _)| *member).collect();
    enrolments::hold(workspace, tx, &begin).await?;
    let (mut sums, how) = (Moves::default(), How::automatic("bulk"));
    for (member, left) in all {
        match left {
            Some(why) => next.report.0.leave(why),
            None => match enrol::begin_counted(programs, tx, (workspace, member), program.id, how, &mut sums).await? {
                Begun::New(_) => next.report.0.enrol(),
                Begun::Running(_) => next.report.0.leave(Left::Already),
                Begun::Refused(Refusal::Once) => next.report.0.leave(Left::TakenPart),
                Begun::Refused(Refusal::OptedOut) => next.report.0.leave(Left::OptedOut),
                Begun::Refused(_) => next.report.0.leave(Left::Other),
            },
        }
    }
    sums.write(tx).await?;
    match last {
        Some((at, member)) => (next.after_at, next.after_id) = (Some(at), Some(member)),
        None => next = next.ended(BatchStatus::Completed, None, now),
    }
    Ok(next)
}
