//! Many runs that are under way go on in a new version, or end with their program.

use db::Tx;
use kernel::{AccountId, Error, Result, Timestamp};

use super::job::ask;
use super::rows::{Batch, BatchKind};
use super::store;
use crate::flows::Published;
use crate::model::{EnrolmentId, Waiting, Work};
use crate::rows::{Enrolment, Program};
use crate::store::enrolments;
use crate::store::sums::Moves;
use crate::{Programs, enrol};

/// Runs that are looked at in one transaction.
const TOGETHER: u32 = 500;
/// Up to so many are done within the request that asks for it.
const AT_ONCE: u32 = 2_000;

/// What became of some runs.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Done {
    /// The last of them; there may be more behind it.
    pub(crate) last: Option<EnrolmentId>,
    /// How many were moved or ended,
    pub(crate) changed: u64,
    /// and how many were left as they were.
    pub(crate) left: u64,
}

/// Writes down that all runs of a program (of versions below its own, where they move) are to be moved or ended by a job, if they are too many for a
/// request. What was asked for before and is under way still gives way to it.
pub(crate) async fn begin(
    of: &Program,
    tx: &mut Tx,
    kind: BatchKind,
    by: AccountId,
    now: Timestamp,
) -> Result<Option<Batch>> {
    store::supersede(of, tx, now).await?;
    if !enrolments::are_more_below(of, tx, below(of, kind), AT_ONCE).await? {
        return Ok(None);
    }
    let batch = Batch::new(of, tx.clock().new_id(), by, kind, now);
    tx.insert(&batch).await?;
    ask(tx, batch.id).await?;
    Ok(Some(batch))
}

/// The version below which runs are meant: all of them, where they end.
pub(super) fn below(of: &Program, kind: BatchKind) -> i64 {
    if kind == BatchKind::Move { of.version } else { i64::MAX }
}

/// Moves or ends all of them now, some at a time.
pub(crate) async fn all(programs: &Programs, of: &Program, kind: BatchKind, now: Timestamp) -> Result<Done> {
    let mut all = Done::default();
    loop {
        let mut tx = programs.app().db().write_long().await?;
        let done = some(programs, of, &mut tx, (kind, below(of, kind)), all.last, now).await?;
        tx.commit().await?;
        if done.last.is_none() {
            return Ok(all);
        }
        all = Done { last: done.last, changed: all.changed + done.changed, left: all.left + done.left };
    }
}

/// Moves or ends those of the next runs behind this one that are of a lower version.
pub(super) async fn some(
    programs: &Programs,
    of: &Program,
    tx: &mut Tx,
    (kind, version): (BatchKind, i64),
    behind: Option<EnrolmentId>,
    now: Timestamp,
) -> Result<Done> {
    let runs = enrolments::below(of, tx, version, behind, TOGETHER).await?;
    let Some(last) = runs.last().map(|run| run.id) else { return Ok(Done::default()) };
    let changed = if kind == BatchKind::Move {
        carry(programs, tx, &runs, version, now).await?
    } else {
        enrol::leave_all(tx, &runs, "archived", now).await?
    };
    Ok(Done { last: Some(last), changed, left: runs.len() as u64 - changed })
}

/// Has those go on in a version whose node is there still. Tells how many do.
async fn carry(programs: &Programs, tx: &mut Tx, runs: &[Enrolment], version: i64, now: Timestamp) -> Result<u64> {
    let Some(first) = runs.first() else { return Ok(0) };
    enrolments::hold_runs(first.workspace_id, tx, &runs.iter().map(|run| run.id).collect::<Vec<_>>()).await?;
    let published = programs.flows().get(tx, first.workspace_id, first.program_id, version).await?;
    let published = published.ok_or_else(|| Error::internal("a published program has no version"))?;
    let mut fitting = Vec::new();
    for run in runs {
        if fits(programs, tx, run, &published).await? {
            fitting.push((run, due(run, &published, now)));
        }
    }
    let carried = enrolments::carry(tx, &fitting, version).await?;
    let mut sums = Moves::default();
    for (run, _) in fitting.iter().filter(|(run, _)| carried.contains(&run.id)) {
        sums.carried(run, version);
    }
    sums.write(tx).await?;
    Ok(carried.len() as u64)
}

/// Is the node that a run is at still there, with its type? What is out of the house comes back to the version that asked.
async fn fits(programs: &Programs, tx: &mut Tx, run: &Enrolment, published: &Published) -> Result<bool> {
    if matches!(run.waiting_for, Waiting::Assistant | Waiting::Server) {
        return Ok(false);
    }
    let old = programs.flows().get(tx, run.workspace_id, run.program_id, run.version).await?;
    let kind = old.and_then(|old| old.flow.node(&run.node).map(|node| node.work.kind()));
    Ok(kind.is_some() && published.flow.node(&run.node).map(|node| node.work.kind()) == kind)
}

/// When a run that is carried over goes on: a wait of days, hours and minutes that would be over earlier now is over earlier; every other one keeps its time.
fn due(run: &Enrolment, published: &Published, now: Timestamp) -> Option<Timestamp> {
    let due = run.due_at?;
    let began = run.memory.0.began.map(Timestamp::from_micros);
    let node = published.flow.node(&run.node);
    let (Some(began), Some(Work::Wait(wait))) = (began, node.map(|node| &node.work)) else { return Some(due) };
    if wait.until.is_some() || wait.until_date.is_some() {
        return Some(due);
    }
    let span = (wait.days * 24 * 60 + wait.hours * 60 + wait.minutes) * kernel::time::MINUTE;
    Some(due.min(began.plus(span).max(now)))
}
