//! Corrections, and how they were worded before.

use db::{Listing, Sql, Tx, args, contains_pattern};
use http_base::Pages;
use kernel::{Result, Scope, Timestamp, WorkspaceId};

use super::is_of;
use crate::model::{Base, BaseId, Correction, CorrectionId, CorrectionVersion};

/// Adds a correction to a base of this scope's.
pub async fn insert(scope: Scope, tx: &mut Tx, new: &Correction) -> Result<()> {
    debug_assert!(is_of(scope, new.owner_id));
    tx.insert(new).await
}

/// A correction of a base.
pub async fn find(tx: &mut Tx, of: &Base, id: CorrectionId) -> Result<Option<Correction>> {
    Sql::of::<Correction>().and("id = ", id).and("base_id = ", of.id).optional(tx).await
}

/// A correction of a hub, of whichever base.
pub async fn by_id(scope: Scope, tx: &mut Tx, owner: WorkspaceId, id: CorrectionId) -> Result<Option<Correction>> {
    debug_assert!(scope.sees_everything(), "whoever asks for a correction names its base");
    let mut sql = Sql::of::<Correction>();
    sql.and("id = ", id).and("owner_id = ", owner);
    sql.push(" AND EXISTS (SELECT 1 FROM knowledge_bases WHERE knowledge_bases.id = base_id AND deleted_at IS NULL)");
    sql.optional(tx).await
}

/// Corrections of these bases by their ids.
pub async fn several(tx: &mut Tx, of: &[BaseId], ids: &[CorrectionId]) -> Result<Vec<Correction>> {
    Sql::of::<Correction>().and_in("base_id", of.iter().copied()).and_in("id", ids.iter().copied()).all(tx).await
}

/// How many corrections a base has.
pub async fn count(tx: &mut Tx, of: &Base) -> Result<u64> {
    tx.fetch_value("SELECT count(*) FROM knowledge_corrections WHERE base_id = $1", args![of.id]).await
}

/// A page of a base's corrections, the newest first, and how many there are.
pub async fn list(tx: &mut Tx, of: &Base, search: Option<&str>, pages: Pages) -> Result<(Vec<Correction>, u64)> {
    let mut filter = Sql::filter();
    filter.and("base_id = ", of.id);
    if let Some(search) = search {
        filter.and("question_folded LIKE ", contains_pattern(search)).push(" ESCAPE '\\'");
    }
    Listing::of::<Correction>(filter).order("created_at DESC, id DESC").page(tx, pages.limit, pages.offset()).await
}

/// All of a base: what an index is built with.
pub async fn all(tx: &mut Tx, of: BaseId) -> Result<Vec<Correction>> {
    Sql::of::<Correction>().and("base_id = ", of).push(" ORDER BY created_at, id").all(tx).await
}

/// Writes another wording over what was; what was is kept as history.
pub async fn reword(tx: &mut Tx, was: &Correction, now: &Correction) -> Result<()> {
    let message = "The correction was changed by someone else meanwhile; read it again and repeat your change";
    tx.save(now).was("revision", was.revision).or_conflict(message).await?;
    let version = CorrectionVersion {
        correction_id: was.id,
        revision: was.revision,
        question: was.question.clone(),
        answer: was.answer.clone(),
        changed_at: now.updated_at,
    };
    tx.insert(&version).await
}

/// Writes what is no wording of a correction.
pub async fn save(tx: &mut Tx, correction: &Correction) -> Result<()> {
    let message = "The correction was changed by someone else meanwhile; read it again and repeat your change";
    tx.save(correction).was("revision", correction.revision).or_conflict(message).await
}

/// How a correction was worded before, the last wording first.
pub async fn history(tx: &mut Tx, of: &Correction) -> Result<Vec<CorrectionVersion>> {
    let mut sql = Sql::of::<CorrectionVersion>();
    sql.and("correction_id = ", of.id).push(" ORDER BY revision DESC LIMIT 100").all(tx).await
}

/// Takes a correction away, with its history; false if it is not there.
pub async fn delete(tx: &mut Tx, of: &Base, id: CorrectionId) -> Result<bool> {
    let sql = "DELETE FROM knowledge_corrections WHERE id = $1 AND base_id = $2";
    if tx.execute(sql, args![id, of.id]).await? == 0 {
        return Ok(false);
    }
    tx.execute("DELETE FROM knowledge_correction_versions WHERE correction_id = $1", args![id]).await?;
    Ok(true)
}

/// Corrections that should be looked at again, and whose coach was not reminded of it, some of them. They are marked as reminded of.
pub async fn remind(scope: Scope, tx: &mut Tx, now: Timestamp) -> Result<Vec<Correction>> {
    debug_assert!(scope.sees_everything(), "reminders are the server's");
    let sql = format!(
        "UPDATE knowledge_corrections SET reminded_at = $1 WHERE id IN (SELECT id FROM knowledge_corrections \
         WHERE stale_after <= $1 AND reminded_at IS NULL ORDER BY stale_after LIMIT 200) AND reminded_at IS NULL RETURNING {}",
        Correction::COLUMNS
    );
    tx.fetch_all(&sql, args![now]).await
}
