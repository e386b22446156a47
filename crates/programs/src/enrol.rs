//! How runs begin and end: by hand, by rules, by what happens.

use audience::{MemberId, Permitted, Purpose, members};
use db::Tx;
use events::TxExt as _;
use kernel::{Error, Result, Timestamp, WorkspaceId, time};

use crate::Programs;
use crate::engine::{tell_progress, tell_progress_of};
use crate::events::{ProgramEnrolled, ProgramLeft};
use crate::model::kind::Reentry;
use crate::model::{Figure, ProgramId, State, Tally, Waiting};
use crate::rows::{Enrolment, EnrolmentStatus, ProgramStatus};
use crate::store::sums::{DaySums, Moves};
use crate::store::{enrolments, programs as stored, replies};

/// How often a member begins the same program within a day without anybody having asked for it: two programs that enrol in each other come to an end.
const MOST_A_DAY: i64 = 10;

/// How a member comes to be enrolled.
#[derive(Clone, Copy, Debug)]
pub(crate) struct How<'a> {
    name: &'a str,
    by_hand: bool,
}

impl<'a> How<'a> {
    /// By a person's word.
    pub(crate) const fn by_hand(name: &'a str) -> Self {
        Self { name, by_hand: true }
    }

    /// By a rule, a tag, another program.
    pub(crate) const fn automatic(name: &'a str) -> Self {
        Self { name, by_hand: false }
    }
}

/// What came of it.
pub(crate) enum Begun {
    /// A new run.
    New(Box<Enrolment>),
    /// One is under way already.
    Running(Box<Enrolment>),
    /// None, and why.
    Refused(Refusal),
}

/// Why somebody does not begin a program.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Refusal {
    /// There is no such program.
    NoProgram,
    /// There is no such member.
    NoMember,
    /// It is a draft.
    Draft,
    /// It is archived.
    Archived,
    /// They took part once, and once is all.
    Once,
    /// They want no messages.
    OptedOut,
    /// They began it too often today.
    TooOften,
}

impl Refusal {
    /// As it is told.
    pub(crate) fn error(self) -> Error {
        match self {
            Self::NoProgram => Error::not_found("Program"),
            Self::NoMember => Error::not_found("User"),
            Self::Draft => Error::conflict("The program is a draft; publish it first"),
            Self::Archived => Error::conflict("The program is archived; nobody begins it any more"),
            Self::Once => Error::conflict("The member has taken part already, and the program may be taken once"),
            Self::OptedOut => Error::conflict("The member has asked for no more messages"),
            Self::TooOften => Error::conflict("The member began this program too often today"),
        }
    }
}

/// Enrols a member, if they may begin. The run goes on with the next tick.
pub(crate) async fn begin(
    programs: &Programs,
    tx: &mut Tx,
    who: (WorkspaceId, MemberId),
    program: ProgramId,
    how: How<'_>,
) -> Result<Begun> {
    let mut sums = Moves::default();
    let begun = begin_counted(programs, tx, who, program, how, &mut sums).await?;
    sums.write(tx).await?;
    Ok(begun)
}

/// The same, where the caller writes what is counted: at the end, if more is locked before.
pub(crate) async fn begin_counted(
    programs: &Programs,
    tx: &mut Tx,
    (workspace, member): (WorkspaceId, MemberId),
    program: ProgramId,
    how: How<'_>,
    sums: &mut Moves,
) -> Result<Begun> {
    let Some(program) = stored::find(workspace, tx, program).await? else {
        return Ok(Begun::Refused(Refusal::NoProgram));
    };
    match program.status {
        ProgramStatus::Draft => return Ok(Begun::Refused(Refusal::Draft)),
        ProgramStatus::Archived => return Ok(Begun::Refused(Refusal::Archived)),
        ProgramStatus::Published => {}
    }
    let Some(member) = members::get(tx, workspace, member).await? else {
        return Ok(Begun::Refused(Refusal::NoMember));
    };
    let may = members::may(tx, &member, member.channel, Purpose::Any).await?;
    if matches!(may, Permitted::OptedOut(_)) {
        return Ok(Begun::Refused(Refusal::OptedOut));
    }
    let Some(published) = programs.flows().get(tx, workspace, program.id, program.version).await? else {
        return Err(Error::internal("a published program has no version"));
    };
    let now = programs.app().clock().now();
    let (last, today) = enrolments::runs(workspace, tx, program.id, member.id, now.plus(-time::DAY)).await?;
    if let Some(running) = enrolments::running(workspace, tx, program.id, member.id).await? {
        if published.reentry() != Reentry::Always || (!how.by_hand && today >= MOST_A_DAY) {
            return Ok(Begun::Running(Box::new(running)));
        }
        leave_counted(tx, std::slice::from_ref(&running), "reentered", now, sums).await?;
    } else if last > 0 && published.reentry() == Reentry::Never {
        return Ok(Begun::Refused(Refusal::Once));
    } else if !how.by_hand && today >= MOST_A_DAY {
        return Ok(Begun::Refused(Refusal::TooOften));
    }
    let start = published.flow.start().map(|(start, _)| start.id.clone()).unwrap_or_default();
    let state = State::begin(&start, now);
    let run = Enrolment {
        id: programs.app().clock().new_id(),
        workspace_id: workspace,
        program_id: program.id,
        version: program.version,
        member_id: member.id,
        run: last + 1,
        status: EnrolmentStatus::Active,
        node: state.node,
        step: state.step,
        due_at: state.due_at,
        waiting_for: state.waiting,
        listens: false,
        is_held: false,
        memory: db::Json(state.memory),
        progress: 0,
        how: how.name.chars().take(100).collect(),
        reason: None,
        faults: 0,
        enrolled_at: now,
        moved_at: now,
        ended_at: None,
    };
    if !tx.insert_new(&run).await? {
        // Somebody else enrolled them at the same moment.
        let running = enrolments::running(workspace, tx, program.id, member.id).await?;
        let running = running.ok_or_else(|| Error::conflict("Somebody else enrols this member; try again"))?;
        return Ok(Begun::Running(Box::new(running)));
    }
    tx.event(ProgramEnrolled {
        workspace_id: workspace,
        user_id: member.id,
        program_id: program.id,
        enrollment_id: run.id,
    });
    tell_progress(tx, &run).await?;
    sums.day(workspace, program.id, now, DaySums { enrolled: 1, ..DaySums::default() });
    tx.ring(replies::BELL);
    Ok(Begun::New(Box::new(run)))
}

/// Ends a run that is under way before its end. Tells whether it still was.
pub(crate) async fn leave(tx: &mut Tx, run: &Enrolment, reason: &str, now: Timestamp) -> Result<bool> {
    Ok(leave_all(tx, std::slice::from_ref(run), reason, now).await? == 1)
}

/// The same of many runs of a workspace, in a few statements. Tells how many still were under way.
pub(crate) async fn leave_all(tx: &mut Tx, runs: &[Enrolment], reason: &str, now: Timestamp) -> Result<u64> {
    let mut sums = Moves::default();
    let left = leave_counted(tx, runs, reason, now, &mut sums).await?;
    sums.write(tx).await?;
    Ok(left)
}

async fn leave_counted(tx: &mut Tx, runs: &[Enrolment], reason: &str, now: Timestamp, sums: &mut Moves) -> Result<u64> {
    let Some(workspace) = runs.first().map(|run| run.workspace_id) else { return Ok(0) };
    enrolments::hold_runs(workspace, tx, &runs.iter().map(|run| run.id).collect::<Vec<_>>()).await?;
    let left = leave_quietly(tx, runs, reason, now, sums).await?;
    tell_progress_of(tx, workspace, &left.iter().map(|run| run.member_id).collect()).await?;
    Ok(left.len() as u64)
}

/// The same without telling the audience how far the members are now. Tells the runs as they stood.
pub(crate) async fn leave_quietly(
    tx: &mut Tx,
    runs: &[Enrolment],
    reason: &str,
    now: Timestamp,
    sums: &mut Moves,
) -> Result<Vec<Enrolment>> {
    let status = if reason == "failed" { EnrolmentStatus::Failed } else { EnrolmentStatus::Exited };
    let ended = enrolments::end(tx, runs, status, reason, now).await?;
    for run in &ended {
        let (workspace_id, user_id, program_id) = (run.workspace_id, run.member_id, run.program_id);
        let reason = reason.to_owned();
        tx.event(ProgramLeft { workspace_id, user_id, program_id, enrollment_id: run.id, reason });
        left(sums, run, now);
    }
    Ok(ended)
}

/// What is counted of a run that ended before its end.
pub(crate) fn left(sums: &mut Moves, run: &Enrolment, now: Timestamp) {
    sums.day(run.workspace_id, run.program_id, now, DaySums { gone: 1, ..DaySums::default() });
    if run.waiting_for != Waiting::Nothing {
        let tallies = [Tally::Node(run.node.clone(), Figure::Waiting, -1)];
        sums.add(run.program_id, run.version, &tallies);
    }
}
