//! The tick: what was heard first, then what is due, hundreds at a time.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use db::{Db, Engine};
use futures::FutureExt as _;
use futures::future::BoxFuture;
use futures::stream::{self, StreamExt as _};
use jobs::Service;
use kernel::{Clock, Result, Timestamp, WorkspaceId, time};
use tokio::sync::watch;

use super::apply::{apply, is_quiet, quietly};
use super::plan::{Known, Plan, plan};
use crate::model::{Event, Said, Waiting};
use crate::rows::Enrolment;
use crate::store::enrolments;
use crate::store::replies::{self, Reply};
use crate::{Programs, enrol};

/// How often it is looked for what is due.
const POLL: Duration = Duration::from_secs(1);
/// How many runs are looked at together.
const TOGETHER: u32 = 500;
/// How many transactions are open at once for runs that have something to be done.
const HANDS: usize = 8;
/// How many runs share a transaction on SQLite, whose one writer they would wait for one by one; few, since couriers wait for it, too. On PostgreSQL
/// each member's have their own: several conversations that are held at once could wait for each other.
const SHARED: usize = 8;
/// How often a run that cannot be moved is tried.
const ATTEMPTS: i64 = 8;
/// When a run is looked at again that waits for a person, in case nobody tells that they have handed the conversation back.
const RECHECK: i64 = 15 * time::MINUTE;

/// Moves what is due.
pub(crate) struct Tick(pub(crate) Programs);

impl Service for Tick {
    fn run(self: Arc<Self>, db: Db, clock: Clock, mut stopping: watch::Receiver<bool>) -> BoxFuture<'static, ()> {
        async move {
            let mut bell = db.bell(replies::BELL);
            while !*stopping.borrow() {
                bell.mark_unchanged();
                match self.round(&db, &clock).await {
                    Ok(0) => {}
                    Ok(_) => continue,
                    Err(error) => tracing::error!(%error, "programs cannot be moved; trying again"),
                }
                tokio::select! {
                    _ = stopping.changed() => {}
                    _ = bell.changed() => {}
                    () = tokio::time::sleep(POLL) => {}
                }
            }
        }
        .boxed()
    }

    fn run_due(self: Arc<Self>, db: Db, clock: Clock) -> BoxFuture<'static, Result<usize>> {
        async move {
            let mut moved = 0;
            loop {
                match self.round(&db, &clock).await? {
                    0 => return Ok(moved),
                    more => moved += more,
                }
            }
        }
        .boxed()
    }
}

impl Tick {
    /// Works what was heard, and moves up to some hundreds of runs that are due. Tells how much that was.
    async fn round(&self, db: &Db, clock: &Clock) -> Result<usize> {
        let now = clock.now();
        let heard = self.replies(db, now).await?;
        let mut tx = db.read().await?;
        if enrolments::next_due(&mut tx).await?.is_none_or(|due| due > now) {
            return Ok(heard);
        }
        let due = enrolments::due(&mut tx, now, TOGETHER).await?;
        drop(tx);
        let mut of: BTreeMap<WorkspaceId, Vec<Enrolment>> = BTreeMap::new();
        for run in due {
            of.entry(run.workspace_id).or_default().push(run);
        }
        let mut moved = heard;
        for (workspace, runs) in of {
            moved += self.of_workspace(db, workspace, runs, now).await?;
        }
        Ok(moved)
    }

    async fn of_workspace(
        &self,
        db: &Db,
        workspace: WorkspaceId,
        mut runs: Vec<Enrolment>,
        now: Timestamp,
    ) -> Result<usize> {
        // In the order of members, so that no two who do the same wait for each other.
        runs.sort_by_key(|run| (run.member_id, run.id));
        let mut tx = db.read().await?;
        let mut members: Vec<_> = runs.iter().map(|run| run.member_id).collect();
        members.dedup();
        let known = Known::of(&mut tx, workspace, &members).await?;
        let (mut quiet, mut loud, mut put_off) = (Vec::new(), Vec::new(), Vec::new());
        for run in runs {
            if known.is_held(run.member_id) {
                put_off.push(run);
                continue;
            }
            match plan(&self.0, &mut tx, &run, &known, &Event::Due, now).await {
                Ok(Some(planned)) if is_quiet(&planned) => quiet.push(planned),
                Ok(Some(planned)) => loud.push((run, Some(planned))),
                Ok(None) => loud.push((run, None)),
                Err(error) => {
                    tracing::error!(%error, enrolment = %run.id, "a run cannot be planned");
                    loud.push((run, None));
                }
            }
        }
        drop(tx);
        let count = quiet.len() + loud.len() + put_off.len();
        self.hold(db, &put_off, now).await?;
        if let Err(error) = self.together(db, &quiet, now).await {
            tracing::warn!(%error, "runs that are due are moved one by one");
            loud.extend(quiet.into_iter().map(|planned| (planned.run.clone(), Some(planned))));
            loud.sort_by_key(|(run, _)| (run.member_id, run.id));
        }
        // A member's runs come after each other; on PostgreSQL those of several at once.
        let (at_once, hands) = if db.engine() == Engine::Sqlite { (SHARED, 1) } else { (1, HANDS) };
        let mut groups: Vec<Vec<(Enrolment, Option<Plan>)>> = Vec::new();
        for one in loud {
            match groups.last_mut() {
                Some(last)
                    if last.len() < at_once || last.last().is_some_and(|(run, _)| run.member_id == one.0.member_id) =>
                {
                    last.push(one);
                }
                _ => groups.push(vec![one]),
            }
        }
        let each = stream::iter(groups).map(|runs| async move { self.some(db, &runs, now).await });
        let done: Vec<Result<()>> = each.buffer_unordered(hands).collect().await;
        done.into_iter().collect::<Result<Vec<()>>>()?;
        Ok(count)
    }

    /// Has runs wait whose member's conversation a person has.
    async fn hold(&self, db: &Db, runs: &[Enrolment], now: Timestamp) -> Result<()> {
        if runs.is_empty() {
            return Ok(());
        }
        let mut tx = db.write().await?;
        for run in runs {
            enrolments::put_off(&mut tx, run, now.plus(RECHECK), true, run.faults).await?;
        }
        tx.commit().await
    }

    /// Moves runs that have nothing else to be done, in one transaction.
    async fn together(&self, db: &Db, plans: &[Plan], now: Timestamp) -> Result<()> {
        if plans.is_empty() {
            return Ok(());
        }
        let mut tx = db.write_long().await?;
        quietly(&mut tx, plans, now).await?;
        tx.commit().await
    }

    /// Moves members' runs with everything that they want done: in one transaction, or each in its own where that fails.
    async fn some(&self, db: &Db, runs: &[(Enrolment, Option<Plan>)], now: Timestamp) -> Result<()> {
        let is_moved = match self.shared(db, runs, now).await {
            Ok(is_moved) => is_moved,
            Err(error) => {
                tracing::warn!(%error, "runs that are due are moved one by one");
                false
            }
        };
        for (run, plan) in runs {
            if !is_moved || plan.is_none() {
                self.one(db, run, plan.as_ref(), now).await?;
            }
        }
        Ok(())
    }

    /// Moves those that are planned in one transaction. Tells whether it did: for a single one that is left to [`Tick::one`].
    async fn shared(&self, db: &Db, runs: &[(Enrolment, Option<Plan>)], now: Timestamp) -> Result<bool> {
        if runs.len() < 2 {
            return Ok(false);
        }
        let mut tx = db.write_long().await?;
        if let Some((first, _)) = runs.first() {
            let ids: Vec<_> = runs.iter().map(|(run, _)| run.id).collect();
            enrolments::hold_runs(first.workspace_id, &mut tx, &ids).await?;
        }
        for (_, plan) in runs {
            if let Some(plan) = plan {
                apply(&self.0, &mut tx, plan, now).await?;
            }
        }
        tx.commit().await?;
        Ok(true)
    }

    /// Moves one run. One that cannot be moved comes again later, and holds up nobody else's; at last it is given up.
    async fn one(&self, db: &Db, run: &Enrolment, plan: Option<&Plan>, now: Timestamp) -> Result<()> {
        let why = match plan {
            Some(plan) => match self.moved(db, plan, now).await {
                Ok(()) => return Ok(()),
                Err(error) => error.to_string(),
            },
            None => "nothing can be made of it".to_owned(),
        };
        let faults = run.faults + 1;
        let mut tx = db.write().await?;
        if faults >= ATTEMPTS {
            tracing::error!(why, enrolment = %run.id, "a run was given up");
            enrol::leave(&mut tx, run, "failed", now).await?;
        } else {
            tracing::warn!(why, enrolment = %run.id, faults, "a run cannot be moved; it comes again");
            let again = now.plus(time::SECOND << faults.min(12));
            enrolments::put_off(&mut tx, run, again, false, faults).await?;
        }
        tx.commit().await
    }

    async fn moved(&self, db: &Db, plan: &Plan, now: Timestamp) -> Result<()> {
        let mut tx = db.write().await?;
        if apply(&self.0, &mut tx, plan, now).await? {
            tx.commit().await?;
        }
        Ok(())
    }

    /// Works what members wrote. Tells how much that was.
    async fn replies(&self, db: &Db, now: Timestamp) -> Result<usize> {
        let due = replies::due(&mut db.read().await?, now, TOGETHER).await?;
        for reply in &due {
            if let Err(error) = self.reply(db, reply, now).await {
                let mut tx = db.write().await?;
                if reply.faults + 1 >= ATTEMPTS {
                    tracing::error!(%error, enrolment = %reply.enrolment_id, "a reply was given up");
                    replies::take(&mut tx, reply.id).await?;
                } else {
                    tracing::warn!(%error, enrolment = %reply.enrolment_id, "a reply is worked again later");
                    replies::put_off(&mut tx, reply, now.plus(time::SECOND << reply.faults.min(12))).await?;
                }
                tx.commit().await?;
            }
        }
        Ok(due.len())
    }

    async fn reply(&self, db: &Db, reply: &Reply, now: Timestamp) -> Result<()> {
        let said = Said { text: reply.said.0.text.clone(), pressed: reply.said.0.pressed.clone() };
        let mut tx = db.write().await?;
        if !replies::take(&mut tx, reply.id).await? {
            return Ok(());
        }
        step_one(&self.0, &mut tx, reply.workspace_id, reply.enrolment_id, &Event::Reply(said), now).await?;
        tx.commit().await
    }
}

/// Has something happen to one run, in this transaction. A 409 if it was moved meanwhile: whoever wants it tries again.
pub(super) async fn step_one(
    programs: &Programs,
    tx: &mut db::Tx,
    workspace: WorkspaceId,
    id: crate::model::EnrolmentId,
    event: &Event,
    now: Timestamp,
) -> Result<()> {
    let found = enrolments::find(workspace, tx, id).await?;
    let Some(run) = found.filter(|run| run.ended_at.is_none()) else { return Ok(()) };
    if run.status != crate::rows::EnrolmentStatus::Active {
        // Paused: what came back meanwhile is lost to it, and its time runs out instead.
        return Ok(());
    }
    if run.waiting_for == Waiting::Nothing {
        return Ok(());
    }
    let known = Known::of(tx, workspace, &[run.member_id]).await?;
    let Some(planned) = plan(programs, tx, &run, &known, event, now).await? else { return Ok(()) };
    if apply(programs, tx, &planned, now).await? {
        Ok(())
    } else {
        Err(kernel::Error::conflict("The run was moved meanwhile; try again"))
    }
}
