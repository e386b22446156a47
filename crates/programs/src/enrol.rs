//! How runs begin and end: by hand, by rules, by what happens.

use audience::{MemberId, Permitted, Purpose, members};
use db::Tx;
use events::TxExt as _;
use kernel::{Error, Result, Timestamp, WorkspaceId, time};

use crate::Programs;
use crate::engine::tell_progress;
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
    (workspace, member): (WorkspaceId, MemberId),
    program: ProgramId,
    how: How<'_>,
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
        leave(tx, &running, "reentered", now).await?;
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
    let mut sums = Moves::default();
    sums.day(workspace, program.id, now, DaySums { enrolled: 1, ..DaySums::default() });
    sums.write(tx).await?;
    tx.ring(replies::BELL);
    Ok(Begun::New(Box::new(run)))
}

/// Ends a run that is under way before its end. Tells whether it still was.
pub(crate) async fn leave(tx: &mut Tx, run: &Enrolment, reason: &str, now: Timestamp) -> Result<bool> {
    let is_left = leave_quietly(tx, run, reason, now).await?;
    if is_left {
        tell_progress(tx, run).await?;
    }
    Ok(is_left)
}

/// The same without telling the audience how far the member is now.
pub(crate) async fn leave_quietly(tx: &mut Tx, run: &Enrolment, reason: &str, now: Timestamp) -> Result<bool> {
    let status = if reason == "failed" { EnrolmentStatus::Failed } else { EnrolmentStatus::Exited };
    let Some(run) = enrolments::end(tx, run, status, reason, now).await? else { return Ok(false) };
    let (workspace_id, user_id, program_id) = (run.workspace_id, run.member_id, run.program_id);
    let reason = reason.to_owned();
    tx.event(ProgramLeft { workspace_id, user_id, program_id, enrollment_id: run.id, reason });
    let mut sums = Moves::default();
    left(&mut sums, &run, now);
    sums.write(tx).await?;
    Ok(true)
}

/// What is counted of a run that ended before its end.
pub(crate) fn left(sums: &mut Moves, run: &Enrolment, now: Timestamp) {
    sums.day(run.workspace_id, run.program_id, now, DaySums { gone: 1, ..DaySums::default() });
    if run.waiting_for != Waiting::Nothing {
        let tallies = [Tally::Node(run.node.clone(), Figure::Waiting, -1)];
        sums.add(run.program_id, run.version, &tallies);
    }
}
