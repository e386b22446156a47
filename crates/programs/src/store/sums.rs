//! What is counted: by node, by exit and by day, moved in the transaction of what it counts. Whoever moves sums does it last, and in the order
//! of their keys, so that no two wait for each other.

use std::collections::BTreeMap;

use audience::calendar::{self, Calendar};
use db::{Sql, Tx, args};
use kernel::{Day, Result, Timestamp, WorkspaceId, time};

use crate::model::{Figure, ProgramId, Tally, Waiting};
use crate::rows::Enrolment;

/// A quarter of an hour, in microseconds.
const QUARTER: i64 = 15 * time::MINUTE;

/// What is moved of the sums, gathered until the end of a transaction.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Moves {
    nodes: BTreeMap<(ProgramId, i64, String), [i64; 5]>,
    exits: BTreeMap<(ProgramId, i64, String, String), [i64; 3]>,
    /// By the quarter of an hour: every time zone's day is made of whole ones.
    quarters: BTreeMap<(WorkspaceId, ProgramId, i64), DaySums>,
}

/// The sums of a day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct DaySums {
    /// Who began.
    pub(crate) enrolled: i64,
    /// Who completed.
    pub(crate) completed: i64,
    /// Who left before the end.
    pub(crate) gone: i64,
    /// How long those took together who completed, in microseconds.
    pub(crate) took: i64,
}

impl DaySums {
    fn add(&mut self, by: Self) {
        self.enrolled += by.enrolled;
        self.completed += by.completed;
        self.gone += by.gone;
        self.took += by.took;
    }
}

impl Moves {
    /// Adds what a step counts.
    pub(crate) fn add(&mut self, program: ProgramId, version: i64, tallies: &[Tally]) {
        for tally in tallies {
            match tally {
                Tally::Node(node, figure, by) => {
                    let at = match figure {
                        Figure::Entered => 0,
                        Figure::Waiting => 1,
                        Figure::Left => 2,
                        Figure::Replied => 3,
                        Figure::Failed => 4,
                    };
                    self.nodes.entry((program, version, node.clone())).or_default()[at] += by;
                }
                Tally::Exit(node, exit) => {
                    self.exits.entry((program, version, node.clone(), exit.clone())).or_default()[0] += 1;
                }
                Tally::Won(node, exit) => {
                    self.exits.entry((program, version, node.clone(), exit.clone())).or_default()[1] += 1;
                }
                Tally::Heard(node, exit) => {
                    self.exits.entry((program, version, node.clone(), exit.clone())).or_default()[2] += 1;
                }
            }
        }
    }

    /// Adds that something failed at a node of a run.
    pub(crate) fn failed(&mut self, run: &Enrolment, node: &str) {
        self.add(run.program_id, run.version, &[Tally::Node(node.to_owned(), Figure::Failed, 1)]);
    }

    /// Adds that a run goes on in another version, at the node where it is.
    pub(crate) fn carried(&mut self, run: &Enrolment, version: i64) {
        let is_waiting = i64::from(run.waiting_for != Waiting::Nothing);
        let node = |figure, by| Tally::Node(run.node.clone(), figure, by);
        self.add(run.program_id, run.version, &[node(Figure::Waiting, -is_waiting), node(Figure::Left, is_waiting)]);
        self.add(run.program_id, version, &[node(Figure::Entered, is_waiting), node(Figure::Waiting, is_waiting)]);
    }

    /// Adds what happened on the day of a moment.
    pub(crate) fn day(&mut self, workspace: WorkspaceId, program: ProgramId, at: Timestamp, by: DaySums) {
        let quarter = at.micros().div_euclid(QUARTER);
        self.quarters.entry((workspace, program, quarter)).or_default().add(by);
    }

    /// Writes them.
    pub(crate) async fn write(self, tx: &mut Tx) -> Result<()> {
        let rows = self
            .nodes
            .into_iter()
            .filter(|(_, by)| *by != [0; 5])
            .map(|((program, version, node), by)| args![program, version, node, by[0], by[1], by[2], by[3], by[4]]);
        let into =
            "INSERT INTO program_node_tallies (program_id, version, node, entered, waiting, gone, replied, failed)";
        let conflict = "ON CONFLICT (program_id, version, node) DO UPDATE SET \
                        entered = program_node_tallies.entered + excluded.entered, \
                        waiting = program_node_tallies.waiting + excluded.waiting, \
                        gone = program_node_tallies.gone + excluded.gone, \
                        replied = program_node_tallies.replied + excluded.replied, \
                        failed = program_node_tallies.failed + excluded.failed";
        tx.insert_rows(into, conflict, rows.collect()).await?;
        let rows = self
            .exits
            .into_iter()
            .map(|((program, version, node, exit), by)| args![program, version, node, exit, by[0], by[1], by[2]]);
        let into = "INSERT INTO program_exit_tallies (program_id, version, node, exit_name, passed, won, replied)";
        let conflict = "ON CONFLICT (program_id, version, node, exit_name) DO UPDATE SET \
                        passed = program_exit_tallies.passed + excluded.passed, won = program_exit_tallies.won + excluded.won, \
                        replied = program_exit_tallies.replied + excluded.replied";
        tx.insert_rows(into, conflict, rows.collect()).await?;
        let mut days: BTreeMap<(WorkspaceId, ProgramId, Day), DaySums> = BTreeMap::new();
        let mut known: Option<(WorkspaceId, Calendar)> = None;
        for ((workspace, program, quarter), by) in self.quarters {
            let calendar = match known.take().filter(|(of, _)| *of == workspace) {
                Some((_, calendar)) => calendar,
                None => calendar::of(tx, workspace).await?,
            };
            let day = calendar.day(Timestamp::from_micros(quarter * QUARTER));
            days.entry((workspace, program, day)).or_default().add(by);
            known = Some((workspace, calendar));
        }
        let rows = days.into_iter().map(|((workspace, program, day), by)| {
            args![workspace, day, program, by.enrolled, by.completed, by.gone, by.took]
        });
        let into = "INSERT INTO program_days (workspace_id, day, program_id, enrolled, completed, gone, took)";
        let conflict = "ON CONFLICT (program_id, day) DO UPDATE SET enrolled = program_days.enrolled + excluded.enrolled, \
                        completed = program_days.completed + excluded.completed, gone = program_days.gone + excluded.gone, \
                        took = program_days.took + excluded.took";
        tx.insert_rows(into, conflict, rows.collect()).await.map(drop)
    }
}

/// What a program's sums of all days come to.
#[derive(Clone, Copy, Debug, PartialEq, db::Row)]
pub(crate) struct Totals {
    pub(crate) program_id: ProgramId,
    pub(crate) enrolled: i64,
    pub(crate) completed: i64,
    pub(crate) gone: i64,
    pub(crate) took: i64,
}

/// Those of these programs; one that nobody began is left out.
pub(crate) async fn totals(workspace: WorkspaceId, tx: &mut Tx, of: &[ProgramId]) -> Result<Vec<Totals>> {
    if of.is_empty() {
        return Ok(Vec::new());
    }
    let mut sql = Sql::new(
        "SELECT program_id, CAST(sum(enrolled) AS BIGINT), CAST(sum(completed) AS BIGINT), CAST(sum(gone) AS BIGINT), \
         CAST(sum(took) AS BIGINT) FROM program_days WHERE workspace_id = ",
    );
    sql.bind(workspace).and_in("program_id", of.iter().copied()).push(" GROUP BY program_id").all(tx).await
}

/// The figures of a node.
#[derive(Clone, Debug, Default, PartialEq, Eq, db::Row)]
pub(crate) struct NodeTally {
    pub(crate) node: String,
    pub(crate) entered: i64,
    pub(crate) waiting: i64,
    pub(crate) gone: i64,
    pub(crate) replied: i64,
    pub(crate) failed: i64,
}

/// The figures of each node of a version, or of all versions together.
pub(crate) async fn nodes(tx: &mut Tx, program: ProgramId, version: Option<i64>) -> Result<Vec<NodeTally>> {
    let mut sql = Sql::new(
        "SELECT node, CAST(sum(entered) AS BIGINT), CAST(sum(waiting) AS BIGINT), CAST(sum(gone) AS BIGINT), \
         CAST(sum(replied) AS BIGINT), CAST(sum(failed) AS BIGINT) FROM program_node_tallies WHERE program_id = ",
    );
    sql.bind(program).and_if("version = ", version).push(" GROUP BY node ORDER BY node").all(tx).await
}

/// How often an exit was taken, and (of splits) by how many who completed the program afterwards, and who replied afterwards.
#[derive(Clone, Debug, PartialEq, Eq, db::Row)]
pub(crate) struct ExitTally {
    pub(crate) node: String,
    pub(crate) exit_name: String,
    pub(crate) passed: i64,
    pub(crate) won: i64,
    pub(crate) replied: i64,
}

/// Those of each exit of a version, or of all versions together.
pub(crate) async fn exits(tx: &mut Tx, program: ProgramId, version: Option<i64>) -> Result<Vec<ExitTally>> {
    let mut sql = Sql::new(
        "SELECT node, exit_name, CAST(sum(passed) AS BIGINT), CAST(sum(won) AS BIGINT), \
         CAST(sum(replied) AS BIGINT) FROM program_exit_tallies WHERE program_id = ",
    );
    sql.bind(program)
        .and_if("version = ", version)
        .push(" GROUP BY node, exit_name ORDER BY node, exit_name")
        .all(tx)
        .await
}
