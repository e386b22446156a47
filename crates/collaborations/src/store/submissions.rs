//! Content that was handed in.

use db::{Sql, Tx};
use kernel::{Result, Scope, SubmissionId};

use super::collaborations::scoped;
use crate::model::{Collaboration, Submission, SubmissionStatus};

/// Adds a submission of a collaboration that this transaction has locked.
pub async fn add_submission(tx: &mut Tx, new: &Submission) -> Result<()> {
    tx.insert_or_conflict(new, "A submission waits for the business already; wait for its answer").await
}

/// The submission, if it is there and this scope's.
pub async fn submission(scope: Scope, tx: &mut Tx, id: SubmissionId) -> Result<Option<Submission>> {
    let mut sql = Sql::of::<Submission>();
    scoped(sql.and("id = ", id), scope);
    sql.optional(tx).await
}

/// Every submission of a collaboration, the first one first.
pub async fn submissions(tx: &mut Tx, of: &Collaboration) -> Result<Vec<Submission>> {
    Sql::of::<Submission>().and("collaboration_id = ", of.id).push(" ORDER BY version").all(tx).await
}

/// Writes a submission of a collaboration that this transaction has locked, if it still stood where it was read.
pub async fn save_submission(tx: &mut Tx, of: &Submission, was: SubmissionStatus) -> Result<()> {
    let message = "The submission was decided by someone else meanwhile; read it again";
    tx.save(of).was("status", was).or_conflict(message).await
}
