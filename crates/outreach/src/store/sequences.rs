//! Sequences, and their runs: one for each entry that a sequence was begun for.

use db::{Json, Listing, Sql, Tx};
use http_base::Offsets;
use input::Input;
use kernel::{AccountId, OutreachId, Result, Scope, Timestamp, WorkspaceId};
use serde::{Deserialize, Serialize};

use crate::letter::{mail_text, subject_line};

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

/// An email of a sequence.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, Input)]
#[input(name = "SequenceStep")]
pub struct Step {
    /// How many days after the previous email it is sent; of the first one, how many days after the start.
    #[input(whole(0, 365).map(|days| days as u32), default = 0, example = 3)]
    pub after_days: u32,
    /// The subject, with variables. The first email needs one; a later one without a subject replies in the thread of the first.
    #[input(subject_line(), example = "Working with {{brand_name}}?")]
    pub subject: Option<String>,
    /// The text, with variables.
    #[input(mail_text(), alias = "body", example = "Hi {{first_name|there}}, …")]
    pub message: String,
}

/// The steps, stored as JSON.
pub type Steps = Json<Vec<Step>>;

/// A first mail and its follow-ups.
#[derive(Clone, Debug, db::Row)]
#[row(table = "outreach_sequences")]
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

/// A sequence on its way to one creator. Its steps are those of when it began.
#[derive(Clone, Debug, db::Row)]
#[row(table = "outreach_runs")]
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

/// Writes a sequence.
pub async fn insert(scope: Scope, tx: &mut Tx, sequence: &Sequence) -> Result<()> {
    debug_assert!(scope.sees_everything() || scope.workspace() == Some(sequence.workspace_id));
    tx.insert(sequence).await
}

/// One sequence.
pub async fn by_id(scope: Scope, tx: &mut Tx, id: SequenceId) -> Result<Option<Sequence>> {
    let mut sql = Sql::of::<Sequence>();
    sql.push(" AND deleted_at IS NULL").and("id = ", id).within(scope, "workspace_id").optional(tx).await
}

/// The sequences of a workspace, the newest first, and how many there are.
pub async fn list(scope: Scope, tx: &mut Tx, workspace: WorkspaceId, offsets: Offsets) -> Result<(Vec<Sequence>, u64)> {
    debug_assert!(scope.sees_everything() || scope.workspace() == Some(workspace));
    let mut filter = Sql::filter();
    filter.push(" AND deleted_at IS NULL").and("workspace_id = ", workspace);
    Listing::of::<Sequence>(filter).order("created_at DESC, id DESC").page(tx, offsets.limit, offsets.offset).await
}

/// Takes a sequence away; what runs of it goes on.
pub async fn delete(scope: Scope, tx: &mut Tx, id: SequenceId, now: Timestamp) -> Result<bool> {
    let mut sql = Sql::new("UPDATE outreach_sequences SET deleted_at = ");
    sql.bind(now).push(" WHERE deleted_at IS NULL AND id = ").bind(id);
    sql.within(scope, "workspace_id");
    Ok(sql.run(tx).await? == 1)
}

/// Begins a run; false if one is running for that entry already.
pub async fn begin(scope: Scope, tx: &mut Tx, run: &Run) -> Result<bool> {
    debug_assert!(scope.sees_everything() || scope.workspace() == Some(run.workspace_id));
    tx.insert_new(run).await
}

/// A run, whatever its state.
pub async fn run_by_id(scope: Scope, tx: &mut Tx, id: RunId) -> Result<Option<Run>> {
    Sql::of::<Run>().and("id = ", id).within(scope, "workspace_id").optional(tx).await
}

/// Moves a run on from this step, if it is still running and there: to the step after it, or to its end.
pub async fn advance(scope: Scope, tx: &mut Tx, run: &Run, next_at: Option<Timestamp>, now: Timestamp) -> Result<bool> {
    let status = if next_at.is_some() { "running" } else { "finished" };
    let mut sql = Sql::new("UPDATE outreach_runs SET step = step + 1, status = ");
    sql.bind(status).push(", next_at = ").bind(next_at).push(", updated_at = ").bind(now);
    sql.push(" WHERE id = ").bind(run.id).push(" AND status = 'running' AND step = ").bind(run.step);
    sql.within(scope, "workspace_id");
    Ok(sql.run(tx).await? == 1)
}

/// Stops a run, if it is running.
pub async fn stop(scope: Scope, tx: &mut Tx, id: RunId, reason: &str, now: Timestamp) -> Result<bool> {
    let mut sql = Sql::new("UPDATE outreach_runs SET status = 'stopped', next_at = NULL, reason = ");
    sql.bind(reason).push(", updated_at = ").bind(now).push(" WHERE status = 'running' AND id = ").bind(id);
    sql.within(scope, "workspace_id");
    Ok(sql.run(tx).await? == 1)
}

/// Stops whatever runs for this entry.
pub async fn stop_of_entry(scope: Scope, tx: &mut Tx, entry: OutreachId, reason: &str, now: Timestamp) -> Result<u64> {
    let mut sql = Sql::new("UPDATE outreach_runs SET status = 'stopped', next_at = NULL, reason = ");
    sql.bind(reason).push(", updated_at = ").bind(now).push(" WHERE status = 'running' AND outreach_id = ").bind(entry);
    sql.within(scope, "workspace_id");
    sql.run(tx).await
}

/// The runs of a sequence, the newest first, and how many there are.
pub async fn runs(scope: Scope, tx: &mut Tx, sequence: SequenceId, offsets: Offsets) -> Result<(Vec<Run>, u64)> {
    let mut filter = Sql::filter();
    filter.and("sequence_id = ", sequence).within(scope, "workspace_id");
    Listing::of::<Run>(filter).order("created_at DESC, id DESC").page(tx, offsets.limit, offsets.offset).await
}
