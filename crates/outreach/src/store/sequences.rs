//! Sequences, and their runs: one for each entry that a sequence was begun for.

use db::{Cell, FromColumn, Sql, Tx, Value, args};
use http_base::Offsets;
use kernel::{AccountId, OutreachId, Result, Scope, Timestamp, WorkspaceId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A sequence.
pub type SequenceId = kernel::Id<SequenceMarker>;
/// A run of a sequence.
pub type RunId = kernel::Id<RunMarker>;

#[doc(hidden)]
#[derive(Debug)]
pub enum SequenceMarker {}
#[doc(hidden)]
#[derive(Debug)]
pub enum RunMarker {}

/// One mail of a sequence.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
pub struct Step {
    /// How many days after the one before (the first: after the beginning) it leaves.
    #[schema(example = 3, minimum = 0, maximum = 365)]
    pub after_days: u32,
    /// The subject, with variables; a follow-up without one answers in the thread of the first mail.
    #[schema(example = "Working with {{brand_name}}?")]
    pub subject: Option<String>,
    /// The text, with variables.
    #[schema(example = "Hi {{first_name|there}}, …")]
    pub message: String,
}

/// The steps, stored as JSON.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Steps(pub Vec<Step>);

impl FromColumn for Steps {
    fn from_cell(cell: Cell<'_>) -> Result<Self, String> {
        serde_json::from_str(&String::from_cell(cell)?).map(Self).map_err(|error| error.to_string())
    }
}

impl From<&Steps> for Value {
    fn from(steps: &Steps) -> Self {
        Self::Text(Some(serde_json::json!(steps.0).to_string()))
    }
}

db::row! {
    /// A first mail and its follow-ups.
    #[derive(Clone, Debug)]
    pub struct Sequence {
        /// Its id.
        pub id: SequenceId,
        /// Whose it is.
        pub workspace_id: WorkspaceId,
        /// What it is called.
        pub name: String,
        /// Its mails.
        pub steps: Steps,
        /// When it was written.
        pub created_at: Timestamp,
        /// When it was last changed.
        pub updated_at: Timestamp,
    }
}

db::row! {
    /// A sequence on its way to one creator. Its steps are those of when it began.
    #[derive(Clone, Debug)]
    pub struct Run {
        /// Its id.
        pub id: RunId,
        /// Whose it is.
        pub workspace_id: WorkspaceId,
        /// Of which sequence.
        pub sequence_id: SequenceId,
        /// For which entry.
        pub outreach_id: OutreachId,
        /// Who began it.
        pub by_account: Option<AccountId>,
        /// Its mails.
        pub steps: Steps,
        /// Which one is next, from 0.
        pub step: u32,
        /// `running`, `finished` or `stopped`.
        pub status: String,
        /// Why it stopped: `replied`, `bounced`, `unsubscribed`, `agreed`, `declined`, `by_hand`, `failed`, …
        pub reason: Option<String>,
        /// When the next mail is due.
        pub next_at: Option<Timestamp>,
        /// When it began.
        pub created_at: Timestamp,
        /// When it last moved.
        pub updated_at: Timestamp,
    }
}

fn scoped(sql: &mut Sql, scope: Scope) {
    if !scope.sees_everything() {
        sql.push(" AND workspace_id = ").bind(scope.workspace());
    }
}

/// Writes a sequence.
pub async fn insert(scope: Scope, tx: &mut Tx, sequence: &Sequence) -> Result<()> {
    debug_assert!(scope.sees_everything() || scope.workspace() == Some(sequence.workspace_id));
    let sql = format!("INSERT INTO outreach_sequences ({}) VALUES ($1, $2, $3, $4, $5, $6)", Sequence::COLUMNS);
    let arguments = args![
        sequence.id,
        sequence.workspace_id,
        &sequence.name,
        &sequence.steps,
        sequence.created_at,
        sequence.updated_at
    ];
    tx.execute(&sql, arguments).await.map(drop)
}

/// One sequence.
pub async fn by_id(scope: Scope, tx: &mut Tx, id: SequenceId) -> Result<Option<Sequence>> {
    let mut sql =
        Sql::new(format!("SELECT {} FROM outreach_sequences WHERE deleted_at IS NULL AND id = ", Sequence::COLUMNS));
    sql.bind(id);
    scoped(&mut sql, scope);
    tx.fetch_optional(&sql.text, sql.args).await
}

/// The sequences of a workspace, the newest first, and how many there are.
pub async fn list(scope: Scope, tx: &mut Tx, workspace: WorkspaceId, offsets: Offsets) -> Result<(Vec<Sequence>, u64)> {
    debug_assert!(scope.sees_everything() || scope.workspace() == Some(workspace));
    let sql = "SELECT count(*) FROM outreach_sequences WHERE deleted_at IS NULL AND workspace_id = $1";
    let total = tx.fetch_value(sql, args![workspace]).await?;
    let sql = format!(
        "SELECT {} FROM outreach_sequences WHERE deleted_at IS NULL AND workspace_id = $1 ORDER BY created_at DESC, id DESC \
         LIMIT $2 OFFSET $3",
        Sequence::COLUMNS
    );
    Ok((tx.fetch_all(&sql, args![workspace, offsets.limit, offsets.offset]).await?, total))
}

/// Takes a sequence away; what runs of it goes on.
pub async fn delete(scope: Scope, tx: &mut Tx, id: SequenceId, now: Timestamp) -> Result<bool> {
    let mut sql = Sql::new("UPDATE outreach_sequences SET deleted_at = ");
    sql.bind(now).push(" WHERE deleted_at IS NULL AND id = ").bind(id);
    scoped(&mut sql, scope);
    Ok(tx.execute(&sql.text, sql.args).await? == 1)
}

/// Begins a run; false if one is running for that entry already.
pub async fn begin(scope: Scope, tx: &mut Tx, run: &Run) -> Result<bool> {
    debug_assert!(scope.sees_everything() || scope.workspace() == Some(run.workspace_id));
    let values = args![
        run.id,
        run.workspace_id,
        run.sequence_id,
        run.outreach_id,
        run.by_account,
        &run.steps,
        run.step,
        &run.status,
        &run.reason,
        run.next_at,
        run.created_at,
        run.updated_at
    ];
    let insert = format!("INSERT INTO outreach_runs ({})", Run::COLUMNS);
    Ok(tx.insert_rows(&insert, "ON CONFLICT DO NOTHING", vec![values]).await? == 1)
}

/// A run, whatever its state.
pub async fn run_by_id(scope: Scope, tx: &mut Tx, id: RunId) -> Result<Option<Run>> {
    let mut sql = Sql::new(format!("SELECT {} FROM outreach_runs WHERE id = ", Run::COLUMNS));
    sql.bind(id);
    scoped(&mut sql, scope);
    tx.fetch_optional(&sql.text, sql.args).await
}

/// Moves a run on from this step, if it is still running and there: to the step after it, or to its end.
pub async fn advance(scope: Scope, tx: &mut Tx, run: &Run, next_at: Option<Timestamp>, now: Timestamp) -> Result<bool> {
    let status = if next_at.is_some() { "running" } else { "finished" };
    let mut sql = Sql::new("UPDATE outreach_runs SET step = step + 1, status = ");
    sql.bind(status).push(", next_at = ").bind(next_at).push(", updated_at = ").bind(now);
    sql.push(" WHERE id = ").bind(run.id).push(" AND status = 'running' AND step = ").bind(run.step);
    scoped(&mut sql, scope);
    Ok(tx.execute(&sql.text, sql.args).await? == 1)
}

/// Stops a run, if it is running.
pub async fn stop(scope: Scope, tx: &mut Tx, id: RunId, reason: &str, now: Timestamp) -> Result<bool> {
    let mut sql = Sql::new("UPDATE outreach_runs SET status = 'stopped', next_at = NULL, reason = ");
    sql.bind(reason).push(", updated_at = ").bind(now).push(" WHERE status = 'running' AND id = ").bind(id);
    scoped(&mut sql, scope);
    Ok(tx.execute(&sql.text, sql.args).await? == 1)
}

/// Stops whatever runs for this entry.
pub async fn stop_of_entry(scope: Scope, tx: &mut Tx, entry: OutreachId, reason: &str, now: Timestamp) -> Result<u64> {
    let mut sql = Sql::new("UPDATE outreach_runs SET status = 'stopped', next_at = NULL, reason = ");
    sql.bind(reason).push(", updated_at = ").bind(now).push(" WHERE status = 'running' AND outreach_id = ").bind(entry);
    scoped(&mut sql, scope);
    tx.execute(&sql.text, sql.args).await
}

/// The runs of a sequence, the newest first, and how many there are.
pub async fn runs(scope: Scope, tx: &mut Tx, sequence: SequenceId, offsets: Offsets) -> Result<(Vec<Run>, u64)> {
    let mut sql = Sql::new("SELECT count(*) FROM outreach_runs WHERE sequence_id = ");
    sql.bind(sequence);
    scoped(&mut sql, scope);
    let total = tx.fetch_value(&sql.text, sql.args).await?;
    let mut sql = Sql::new(format!("SELECT {} FROM outreach_runs WHERE sequence_id = ", Run::COLUMNS));
    sql.bind(sequence);
    scoped(&mut sql, scope);
    sql.push(" ORDER BY created_at DESC, id DESC LIMIT ").bind(offsets.limit).push(" OFFSET ").bind(offsets.offset);
    Ok((tx.fetch_all(&sql.text, sql.args).await?, total))
}
