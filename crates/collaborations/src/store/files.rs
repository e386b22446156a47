//! Files of content. Each is written down before it is stored, so that a sweep finds what died in between.

use db::{Sql, Tx, args};
use kernel::time::DAY;
use kernel::{Result, Scope, SubmissionId, Timestamp};

use crate::model::{Collaboration, ContentFile, FileId};

/// How long a file may belong to no submission.
const LOOSE_FOR: i64 = 2 * DAY;
/// How many are looked at in one go.
const BITE: u32 = 200;

/// Writes down that a file is about to be. To be committed before it is.
pub async fn begin_file(scope: Scope, tx: &mut Tx, file: &ContentFile) -> Result<()> {
    debug_assert!(scope.sees_everything() || scope.person() == Some(file.creator_id));
    tx.insert(file).await
}

/// The file is there.
pub async fn keep_file(tx: &mut Tx, file: &ContentFile) -> Result<()> {
    tx.save(file).or_conflict("The upload took too long and was given up; send the file again").await
}

/// How many files of a collaboration are there, or on their way.
pub async fn count_files(tx: &mut Tx, of: &Collaboration) -> Result<u64> {
    tx.fetch_value("SELECT count(*) FROM submission_files WHERE collaboration_id = $1", args![of.id]).await
}

/// Files of a collaboration: those of its submissions, and those that belong to none yet.
pub async fn files(tx: &mut Tx, of: &Collaboration) -> Result<Vec<ContentFile>> {
    let mut sql = Sql::of::<ContentFile>();
    sql.and("collaboration_id = ", of.id).push(" AND stored_at IS NOT NULL ORDER BY created_at, id").all(tx).await
}

/// A file of a collaboration.
pub async fn file(tx: &mut Tx, of: &Collaboration, id: FileId) -> Result<Option<ContentFile>> {
    let mut sql = Sql::of::<ContentFile>();
    sql.and("collaboration_id = ", of.id).and("id = ", id).push(" AND stored_at IS NOT NULL").optional(tx).await
}

/// Has files that belong to no submission yet belong to this one. Tells how many did.
pub async fn attach(tx: &mut Tx, of: &Collaboration, ids: &[FileId], to: SubmissionId) -> Result<u64> {
    if ids.is_empty() {
        return Ok(0);
    }
    let mut sql = Sql::new("UPDATE submission_files SET submission_id = ");
    sql.bind(to).push(" WHERE submission_id IS NULL AND stored_at IS NOT NULL").and("collaboration_id = ", of.id);
    sql.and_in("id", ids.iter().copied()).run(tx).await
}

/// Files that belong to nothing for too long, some of them.
pub async fn loose_files(scope: Scope, tx: &mut Tx, now: Timestamp) -> Result<Vec<ContentFile>> {
    debug_assert!(scope.sees_everything());
    let mut sql = Sql::of::<ContentFile>();
    sql.push(" AND submission_id IS NULL").and("created_at < ", now.plus(-LOOSE_FOR));
    sql.push(" ORDER BY created_at, id LIMIT ").bind(BITE).all(tx).await
}

/// Takes a file off the list, unless it came to belong to a submission meanwhile. Tells whether it did.
pub async fn forget_file(scope: Scope, tx: &mut Tx, id: FileId) -> Result<bool> {
    debug_assert!(scope.sees_everything());
    let sql = "DELETE FROM submission_files WHERE id = $1 AND submission_id IS NULL";
    Ok(tx.execute(sql, args![id]).await? == 1)
}

/// May this scope see files of a collaboration that it was let to? Loose ones are the creator's alone.
pub fn sees_file(scope: Scope, of: &Collaboration, file: &ContentFile) -> bool {
    file.submission_id.is_some() || scope.sees_everything() || scope.person() == Some(of.creator_id)
}
