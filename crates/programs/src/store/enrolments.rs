//! Members' runs through programs.

use std::collections::{BTreeSet, HashMap, HashSet};

use audience::MemberId;
use db::{Engine, Listing, Sql, Tx, args};
use kernel::{Id, Result, Timestamp, WorkspaceId};

use crate::model::{EnrolmentId, ProgramId, Waiting};
use crate::rows::{Enrolment, EnrolmentStatus, Program};

/// A run of this workspace.
pub(crate) async fn find(workspace: WorkspaceId, tx: &mut Tx, id: EnrolmentId) -> Result<Option<Enrolment>> {
    Sql::of::<Enrolment>().and("workspace_id = ", workspace).and("id = ", id).optional(tx).await
}

/// The run that a member has under way in a program.
pub(crate) async fn running(
    workspace: WorkspaceId,
    tx: &mut Tx,
    program: ProgramId,
    member: MemberId,
) -> Result<Option<Enrolment>> {
    let mut sql = Sql::of::<Enrolment>();
    sql.and("workspace_id = ", workspace).and("program_id = ", program).and("member_id = ", member);
    sql.push(" AND ended_at IS NULL").optional(tx).await
}

/// How often a member began a program, and how often since a moment.
pub(crate) async fn runs(
    workspace: WorkspaceId,
    tx: &mut Tx,
    program: ProgramId,
    member: MemberId,
    since: Timestamp,
) -> Result<(i64, i64)> {
    let sql = "SELECT COALESCE(max(run), 0), CAST(COALESCE(sum(CASE WHEN enrolled_at > $4 THEN 1 ELSE 0 END), 0) AS BIGINT) \
               FROM program_enrolments WHERE member_id = $1 AND program_id = $2 AND workspace_id = $3";
    tx.fetch_one(sql, args![member, program, workspace, since]).await
}

/// Which runs of a program are wanted.
#[derive(Clone, Debug, Default)]
pub(crate) struct Wanted {
    /// Those that stand so.
    pub(crate) status: Option<EnrolmentStatus>,
    /// Those that are at this node now.
    pub(crate) node: Option<String>,
}

/// A page of a program's runs, the newest first, and how many there are.
pub(crate) async fn page(
    workspace: WorkspaceId,
    tx: &mut Tx,
    program: ProgramId,
    wanted: &Wanted,
    limit: u32,
    offset: u32,
) -> Result<(Vec<Enrolment>, u64)> {
    let mut filter = Sql::filter();
    filter.and("program_id = ", program).and("workspace_id = ", workspace).and_if("status = ", wanted.status);
    if let Some(node) = &wanted.node {
        filter.and("node = ", node).push(" AND ended_at IS NULL");
    }
    Listing::of::<Enrolment>(filter).order("enrolled_at DESC, id DESC").page(tx, limit, offset).await
}

/// A member's runs with the names of their programs, the newest first.
pub(crate) async fn of_member(
    workspace: WorkspaceId,
    tx: &mut Tx,
    member: MemberId,
    most: u32,
) -> Result<Vec<(Enrolment, String)>> {
    let sql = format!(
        "SELECT {}, p.name FROM program_enrolments e JOIN programs p ON p.id = e.program_id \
         WHERE e.member_id = $1 AND e.workspace_id = $2 ORDER BY e.enrolled_at DESC, e.id DESC LIMIT $3",
        Enrolment::columns("e")
    );
    tx.fetch_all(&sql, args![member, workspace, most]).await
}

/// How many runs each of these members has begun.
pub(crate) async fn counts(workspace: WorkspaceId, tx: &mut Tx, of: &[MemberId]) -> Result<Vec<(MemberId, u64)>> {
    if of.is_empty() {
        return Ok(Vec::new());
    }
    let mut sql = Sql::new("SELECT member_id, count(*) FROM program_enrolments WHERE workspace_id = ");
    sql.bind(workspace).and_in("member_id", of.iter().copied()).push(" GROUP BY member_id").all(tx).await
}

/// The mean progress of a member's runs that are under way, in millionths.
pub(crate) async fn mean_progress(workspace: WorkspaceId, tx: &mut Tx, member: MemberId) -> Result<Option<f64>> {
    let sql = "SELECT CAST(avg(progress) AS DOUBLE PRECISION) FROM program_enrolments \
               WHERE member_id = $1 AND workspace_id = $2 AND ended_at IS NULL";
    tx.fetch_value(sql, args![member, workspace]).await
}

/// The same of these members, in the order of their ids; who has no run under way has none.
pub(crate) async fn mean_progress_of(
    workspace: WorkspaceId,
    tx: &mut Tx,
    members: &BTreeSet<MemberId>,
) -> Result<Vec<(MemberId, Option<f64>)>> {
    if members.is_empty() {
        return Ok(Vec::new());
    }
    // Each by an index of their own runs: for a list SQLite may go through those of the whole workspace.
    let mut sql = Sql::new(
        "SELECT m.column1, (SELECT CAST(avg(e.progress) AS DOUBLE PRECISION) FROM program_enrolments AS e \
         WHERE e.member_id = m.column1 AND e.ended_at IS NULL AND e.workspace_id = ",
    );
    sql.bind(workspace).push(") FROM (VALUES ");
    for (place, member) in members.iter().enumerate() {
        sql.push(if place == 0 { "(" } else { ",(" }).bind(*member).push(")");
    }
    let means: HashMap<MemberId, Option<f64>> =
        sql.push(") AS m").all::<(MemberId, Option<f64>)>(tx).await?.into_iter().collect();
    Ok(members.iter().map(|member| (*member, means.get(member).copied().flatten())).collect())
}

/// Takes the runs of these members that are under way for the transaction, in the order of their ids. Whoever changes several runs does it before
/// anything else, so that no two wait for each other. SQLite has one writer.
pub(crate) async fn hold(workspace: WorkspaceId, tx: &mut Tx, members: &[MemberId]) -> Result<()> {
    take(workspace, tx, "member_id", members).await
}

/// The same of these runs.
pub(crate) async fn hold_runs(workspace: WorkspaceId, tx: &mut Tx, runs: &[EnrolmentId]) -> Result<()> {
    take(workspace, tx, "id", runs).await
}

async fn take<M>(workspace: WorkspaceId, tx: &mut Tx, column: &str, of: &[Id<M>]) -> Result<()> {
    if of.is_empty() || tx.engine() == Engine::Sqlite {
        return Ok(());
    }
    let mut sql = Sql::new("SELECT id FROM program_enrolments WHERE ended_at IS NULL AND workspace_id = ");
    sql.bind(workspace).and_in(column, of.iter().copied()).push(" ORDER BY id FOR UPDATE");
    sql.all::<EnrolmentId>(tx).await.map(drop)
}

/// When the next run is due.
pub(crate) async fn next_due(tx: &mut Tx) -> Result<Option<Timestamp>> {
    let sql = "SELECT min(due_at) FROM program_enrolments WHERE status = 'active' AND due_at IS NOT NULL";
    tx.fetch_value(sql, args![]).await
}

/// Runs that are due, those that are due longest first. In a transaction that writes, no other one that asks so gets the same.
pub(crate) async fn due(tx: &mut Tx, now: Timestamp, most: u32) -> Result<Vec<Enrolment>> {
    let lock = if tx.writes() && tx.engine() == Engine::Postgres { " FOR UPDATE SKIP LOCKED" } else { "" };
    let sql = format!(
        "SELECT {} FROM program_enrolments WHERE status = 'active' AND due_at IS NOT NULL AND due_at <= $1 \
         ORDER BY due_at LIMIT $2{lock}",
        Enrolment::COLUMNS
    );
    tx.fetch_all(&sql, args![now, most]).await
}

/// Writes a run as it was moved, if it still stands at the step that was read, and is under way.
pub(crate) async fn moved(tx: &mut Tx, run: &Enrolment, read_at_step: i64) -> Result<bool> {
    Ok(!all_moved(tx, &[(run, read_at_step)]).await?.is_empty())
}

/// The same of many, in one statement for hundreds. Tells which of them still stood as they were read.
pub(crate) async fn all_moved(tx: &mut Tx, runs: &[(&Enrolment, i64)]) -> Result<HashSet<EnrolmentId>> {
    let update = "UPDATE program_enrolments SET status = given.column3, node = given.column4, step = given.column5, \
                  due_at = given.column6, waiting_for = given.column7, listens = given.column8, is_held = given.column9, \
                  memory = given.column10, progress = given.column11, reason = given.column12, faults = given.column13, \
                  moved_at = given.column14, ended_at = given.column15 FROM";
    let which = "WHERE program_enrolments.id = given.column1 AND program_enrolments.step = given.column2 \
                 AND program_enrolments.status = 'active' RETURNING id";
    let rows = runs.iter().map(|(run, read_at_step)| {
        args![
            run.id,
            *read_at_step,
            run.status,
            &run.node,
            run.step,
            run.due_at,
            run.waiting_for,
            run.listens,
            run.is_held,
            &run.memory,
            run.progress,
            &run.reason,
            run.faults,
            run.moved_at,
            run.ended_at
        ]
    });
    let rows = rows.collect();
    Ok(tx.change_rows(update, which, rows).await?.into_iter().collect())
}

/// Has a run come again later, because a person has the conversation, or because it could not be moved.
pub(crate) async fn put_off(
    tx: &mut Tx,
    run: &Enrolment,
    again: Timestamp,
    is_held: bool,
    faults: i64,
) -> Result<bool> {
    let sql = "UPDATE program_enrolments SET due_at = $3, is_held = $4, faults = $5 WHERE id = $1 AND step = $2 AND status = 'active'";
    Ok(tx.execute(sql, args![run.id, run.step, again, is_held, faults]).await? == 1)
}

/// Has the member's runs go on that waited for a person.
pub(crate) async fn release(workspace: WorkspaceId, tx: &mut Tx, member: MemberId, now: Timestamp) -> Result<u64> {
    let sql = "UPDATE program_enrolments SET due_at = $3, is_held = FALSE \
               WHERE member_id = $1 AND workspace_id = $2 AND is_held AND status = 'active'";
    tx.execute(sql, args![member, workspace, now]).await
}

/// Does any of a member's runs wait for a message of theirs?
pub(crate) async fn listens(workspace: WorkspaceId, tx: &mut Tx, member: MemberId) -> Result<bool> {
    let sql = "SELECT EXISTS (SELECT 1 FROM program_enrolments WHERE member_id = $1 AND listens AND workspace_id = $2)";
    tx.fetch_value(sql, args![member, workspace]).await
}

/// The runs of a member that wait for a message of theirs and have heard none yet, those that have waited longest first.
pub(crate) async fn listening(workspace: WorkspaceId, tx: &mut Tx, member: MemberId) -> Result<Vec<Enrolment>> {
    let mut sql = Sql::of::<Enrolment>();
    sql.and("member_id = ", member).push(" AND listens").and("workspace_id = ", workspace);
    sql.push(" AND NOT EXISTS (SELECT 1 FROM program_replies r WHERE r.enrolment_id = program_enrolments.id)");
    sql.push(" ORDER BY moved_at, id LIMIT 100").all(tx).await
}

/// The runs of a member that wait for a person to hand the conversation back.
pub(crate) async fn at_person(workspace: WorkspaceId, tx: &mut Tx, member: MemberId) -> Result<Vec<Enrolment>> {
    let mut sql = Sql::of::<Enrolment>();
    sql.and("member_id = ", member).and("workspace_id = ", workspace);
    sql.push(" AND status = 'active' AND waiting_for = 'person' ORDER BY moved_at, id LIMIT 100").all(tx).await
}

/// The runs of a member that are under way.
pub(crate) async fn under_way(workspace: WorkspaceId, tx: &mut Tx, member: MemberId) -> Result<Vec<Enrolment>> {
    let mut sql = Sql::of::<Enrolment>();
    sql.and("member_id = ", member).and("workspace_id = ", workspace);
    sql.push(" AND ended_at IS NULL ORDER BY moved_at, id LIMIT 1000").all(tx).await
}

/// The runs of a program that are under way in a version below this one, behind `after`, by their ids.
pub(crate) async fn below(
    of: &Program,
    tx: &mut Tx,
    version: i64,
    after: Option<EnrolmentId>,
    most: u32,
) -> Result<Vec<Enrolment>> {
    let mut sql = Sql::of::<Enrolment>();
    sql.and("program_id = ", of.id).and("workspace_id = ", of.workspace_id).push(" AND ended_at IS NULL");
    sql.and("version < ", version).and_if("id > ", after).push(" ORDER BY id LIMIT ").bind(most).all(tx).await
}

/// How many of them there are.
pub(crate) async fn count_below(of: &Program, tx: &mut Tx, version: i64) -> Result<u64> {
    let sql = "SELECT count(*) FROM program_enrolments WHERE program_id = $1 AND workspace_id = $2 AND ended_at IS NULL AND version < $3";
    tx.fetch_value(sql, args![of.id, of.workspace_id, version]).await
}

/// Are there more of them than so many?
pub(crate) async fn are_more_below(of: &Program, tx: &mut Tx, version: i64, than: u32) -> Result<bool> {
    let sql = "SELECT count(*) FROM (SELECT 1 AS one FROM program_enrolments WHERE program_id = $1 AND workspace_id = $2 \
               AND ended_at IS NULL AND version < $3 LIMIT $4) AS counted";
    let some: u32 = tx.fetch_value(sql, args![of.id, of.workspace_id, version, i64::from(than) + 1]).await?;
    Ok(some > than)
}

/// Ends these runs that are under way, wherever they are; those that have ended already are left alone. Tells the others as they stood, by their ids.
pub(crate) async fn end(
    tx: &mut Tx,
    runs: &[Enrolment],
    status: EnrolmentStatus,
    reason: &str,
    now: Timestamp,
) -> Result<Vec<Enrolment>> {
    // The step is counted up, so that whoever planned to move one finds that it stands elsewhere.
    let mut sql = Sql::new("UPDATE program_enrolments SET status = ");
    sql.bind(status).push(", reason = ").bind(reason).push(", ended_at = ").bind(now).push(", moved_at = ").bind(now);
    sql.push(", due_at = NULL, listens = FALSE, is_held = FALSE, step = step + 1 WHERE ended_at IS NULL");
    sql.and_in("id", runs.iter().map(|run| run.id)).push(" RETURNING ").push(Enrolment::COLUMNS);
    let mut ended: Vec<Enrolment> = sql.all(tx).await?;
    ended.sort_by_key(|run| run.id);
    let mut sql = Sql::new("DELETE FROM program_replies WHERE TRUE");
    sql.and_in("enrolment_id", runs.iter().map(|run| run.id)).run(tx).await?;
    Ok(ended)
}

/// Stops a run, or has it go on. What was due meanwhile is due then. Tells whether it stood as it was read.
pub(crate) async fn set_paused(tx: &mut Tx, run: &Enrolment, paused: bool) -> Result<bool> {
    let (status, listens) = if paused {
        (EnrolmentStatus::Paused, false)
    } else {
        (EnrolmentStatus::Active, matches!(run.waiting_for, Waiting::Answer | Waiting::TimeOrReply))
    };
    let sql = "UPDATE program_enrolments SET status = $3, listens = $4, is_held = FALSE, step = step + 1 \
               WHERE id = $1 AND step = $2 AND status = $5";
    Ok(tx.execute(sql, args![run.id, run.step, status, listens, run.status]).await? == 1)
}

/// Has runs that are under way go on in another version, each at its moment. Tells which of them still stood as they were read.
pub(crate) async fn carry(
    tx: &mut Tx,
    runs: &[(&Enrolment, Option<Timestamp>)],
    version: i64,
) -> Result<HashSet<EnrolmentId>> {
    let update = "UPDATE program_enrolments SET version = given.column3, due_at = given.column4, step = step + 1 FROM";
    let which = "WHERE program_enrolments.id = given.column1 AND program_enrolments.step = given.column2 \
                 AND program_enrolments.ended_at IS NULL RETURNING id";
    let rows = runs.iter().map(|(run, due_at)| args![run.id, run.step, version, *due_at]).collect();
    Ok(tx.change_rows(update, which, rows).await?.into_iter().collect())
}
