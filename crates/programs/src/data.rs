//! What programs keep about people, as it is told to them and taken away: of the account whose hub it is, and of each of its members.

use async_trait::async_trait;
use audience::ports::{Enrolment as Shown, Enrolments, Keeper};
use audience::{Member, MemberId};
use db::{Tx, args};
use http_base::data::As::{Json, Moment, Plain};
use http_base::data::{Data, Eraser, Holder, Table};
use kernel::{Clock, Result, Scope, Timestamp, WorkspaceId};
use serde_json::{Value, json};

use crate::engine::tell_progress;
use crate::enrol::{self, left};
use crate::rows::Enrolment;
use crate::store::enrolments;
use crate::store::sums::Moves;

/// What every export of an account tells, and every erasure takes away.
pub(crate) fn kept() -> Data {
    Data::told(SECTIONS.iter().copied()).erased_by(Erasing)
}

const SECTIONS: &[Table] = &[
    Table {
        name: "programs",
        columns: &[
            ("id", Plain),
            ("name", Plain),
            ("description", Plain),
            ("status", Plain),
            ("version", Plain),
            ("definition", Json),
            ("settings", Json),
            ("created_at", Moment),
            ("updated_at", Moment),
            ("published_at", Moment),
        ],
        from: "FROM programs WHERE (workspace_id = {account} OR workspace_id IN {owned}) ORDER BY created_at, id",
    },
    Table {
        name: "program_versions",
        columns: &[
            ("program_id", Plain),
            ("version", Plain),
            ("name", Plain),
            ("definition", Json),
            ("settings", Json),
            ("published_at", Moment),
        ],
        from: "FROM program_versions WHERE (workspace_id = {account} OR workspace_id IN {owned}) ORDER BY program_id, version",
    },
    Table {
        name: "program_enrollments",
        columns: &[
            ("id", Plain),
            ("program_id", Plain),
            ("version", Plain),
            ("member_id", Plain),
            ("run", Plain),
            ("status", Plain),
            ("node", Plain),
            ("memory", Json),
            ("how", Plain),
            ("reason", Plain),
            ("enrolled_at", Moment),
            ("ended_at", Moment),
        ],
        from: "FROM program_enrolments WHERE (workspace_id = {account} OR workspace_id IN {owned}) ORDER BY id",
    },
    Table {
        name: "program_batches",
        columns: &[
            ("id", Plain),
            ("program_id", Plain),
            ("kind", Plain),
            ("version", Plain),
            ("filter", Json),
            ("status", Plain),
            ("total", Plain),
            ("report", Json),
            ("error", Plain),
            ("created_at", Moment),
            ("started_at", Moment),
            ("finished_at", Moment),
        ],
        from: "FROM program_batches WHERE (workspace_id = {account} OR workspace_id IN {owned}) ORDER BY created_at, id",
    },
];

/// What is taken away with an account: the programs of its own hub, and everybody's runs. Of a workspace that others own as well nothing goes.
#[derive(Clone, Copy, Debug)]
struct Erasing;

#[async_trait]
impl Eraser for Erasing {
    async fn erase(&self, scope: Scope, tx: &mut Tx, of: &Holder, _: Timestamp) -> Result<()> {
        debug_assert!(scope.sees_everything(), "an erasure is the server's own");
        for sql in [
            "DELETE FROM program_replies WHERE workspace_id = {account}",
            "DELETE FROM program_node_tallies WHERE program_id IN (SELECT id FROM programs WHERE workspace_id = {account})",
            "DELETE FROM program_exit_tallies WHERE program_id IN (SELECT id FROM programs WHERE workspace_id = {account})",
            "DELETE FROM program_days WHERE workspace_id = {account}",
            "DELETE FROM program_batches WHERE workspace_id = {account}",
            "UPDATE program_batches SET account_id = NULL WHERE account_id = {account}",
            "DELETE FROM program_enrolments WHERE workspace_id = {account}",
            "DELETE FROM program_versions WHERE workspace_id = {account}",
            "DELETE FROM programs WHERE workspace_id = {account}",
            "UPDATE program_versions SET published_by = NULL WHERE published_by = {account}",
        ] {
            of.sql(sql).run(tx).await?;
        }
        Ok(())
    }
}

/// Who takes part in what, for the audience: what their profiles show, and what becomes of it when two become one or one is erased.
#[derive(Clone, Debug)]
pub struct TakingPart {
    clock: Clock,
}

impl TakingPart {
    /// It, by this clock.
    pub fn new(clock: Clock) -> Self {
        Self { clock }
    }
}

/// So many runs are shown in a profile.
const SHOWN: u32 = 100;

#[async_trait]
impl Enrolments for TakingPart {
    async fn counts(&self, tx: &mut Tx, workspace: WorkspaceId, members: &[MemberId]) -> Result<Vec<u64>> {
        let counted: std::collections::HashMap<_, _> =
            enrolments::counts(workspace, tx, members).await?.into_iter().collect();
        Ok(members.iter().map(|member| counted.get(member).copied().unwrap_or_default()).collect())
    }

    async fn of(&self, tx: &mut Tx, member: &Member) -> Result<Vec<Shown>> {
        let all = enrolments::of_member(member.workspace_id, tx, member.id, SHOWN).await?;
        let shown = all.into_iter().map(|(run, program_name)| Shown {
            program_id: run.program_id,
            program_name,
            status: run.status.word().to_owned(),
            progress: run.fraction(),
            enrolled_at: run.enrolled_at,
        });
        Ok(shown.collect())
    }
}

#[async_trait]
impl Keeper for TakingPart {
    async fn hold(&self, tx: &mut Tx, workspace: WorkspaceId, members: &[MemberId]) -> Result<()> {
        enrolments::hold(workspace, tx, members).await
    }

    /// Of two runs of one program that are under way the older one goes on, and the other one ends.
    async fn merge(&self, tx: &mut Tx, from: &Member, into: &Member) -> Result<()> {
        let workspace = from.workspace_id;
        let now = self.clock.now();
        let mut sums = Moves::default();
        for run in enrolments::under_way(workspace, tx, from.id).await? {
            let Some(theirs) = enrolments::running(workspace, tx, run.program_id, into.id).await? else { continue };
            let younger = if theirs.enrolled_at <= run.enrolled_at { &run } else { &theirs };
            enrol::leave_quietly(tx, std::slice::from_ref(younger), "merged", now, &mut sums).await?;
        }
        // Numbers of runs go on behind those that are there.
        let sql = "UPDATE program_enrolments SET member_id = $2, step = step + 1, run = run + COALESCE((SELECT max(o.run) FROM program_enrolments o \
                   WHERE o.member_id = $2 AND o.program_id = program_enrolments.program_id), 0) \
                   WHERE member_id = $1 AND workspace_id = $3";
        tx.execute(sql, args![from.id, into.id, workspace]).await?;
        let any = enrolments::under_way(workspace, tx, into.id).await?;
        if let Some(run) = any.first() {
            tell_progress(tx, run).await?;
        }
        sums.write(tx).await
    }

    async fn told(&self, tx: &mut Tx, member: &Member) -> Result<Vec<(&'static str, Vec<Value>)>> {
        let all = enrolments::of_member(member.workspace_id, tx, member.id, 10_000).await?;
        let told = all.into_iter().map(|(run, program)| {
            json!({"id": run.id, "program": program, "run": run.run, "status": run.status, "answers": run.memory.0.answers,
                "enrolled_at": run.enrolled_at, "ended_at": run.ended_at})
        });
        Ok(vec![("program_enrollments", told.collect())])
    }

    async fn erase(&self, tx: &mut Tx, member: &Member) -> Result<Vec<(&'static str, u64)>> {
        let now = self.clock.now();
        let workspace = member.workspace_id;
        let running: Vec<Enrolment> = enrolments::under_way(workspace, tx, member.id).await?;
        let mut sums = Moves::default();
        for run in &running {
            left(&mut sums, run, now);
        }
        sums.write(tx).await?;
        let replies = "DELETE FROM program_replies WHERE enrolment_id IN \
                       (SELECT id FROM program_enrolments WHERE member_id = $1 AND workspace_id = $2)";
        tx.execute(replies, args![member.id, workspace]).await?;
        let sql = "DELETE FROM program_enrolments WHERE member_id = $1 AND workspace_id = $2";
        let gone = tx.execute(sql, args![member.id, workspace]).await?;
        Ok(vec![("program_enrollments", gone)])
    }
}
