//! Contradictions.

use db::{Listing, Sql, Tx, args};
use http_base::Pages;
use kernel::{Result, Scope, Timestamp};

use crate::model::{Base, Contradiction, ContradictionId, DocumentId};

/// Writes down what two documents disagree in.
pub async fn insert(scope: Scope, tx: &mut Tx, found: &[Contradiction]) -> Result<()> {
    debug_assert!(scope.sees_everything(), "documents are compared by the server");
    tx.insert_all(found).await
}

/// A page of what the documents of a base disagree in, what was found last first, and how much there is.
pub async fn list(tx: &mut Tx, of: &Base, pages: Pages) -> Result<(Vec<Contradiction>, u64)> {
    let mut filter = Sql::filter();
    filter.and("base_id = ", of.id).push(" AND dismissed_at IS NULL");
    Listing::of::<Contradiction>(filter).order("created_at DESC, id DESC").page(tx, pages.limit, pages.offset()).await
}

/// The coach says that it is none; false if it is not there.
pub async fn dismiss(tx: &mut Tx, of: &Base, id: ContradictionId, now: Timestamp) -> Result<bool> {
    let sql =
        "UPDATE knowledge_contradictions SET dismissed_at = $3 WHERE id = $1 AND base_id = $2 AND dismissed_at IS NULL";
    Ok(tx.execute(sql, args![id, of.id, now]).await? == 1)
}

/// What was found of this document, dismissed or not, before its text became another one or it went.
pub async fn of_document_gone(tx: &mut Tx, id: DocumentId) -> Result<()> {
    for sql in [
        "DELETE FROM knowledge_contradictions WHERE older_document_id = $1",
        "DELETE FROM knowledge_contradictions WHERE newer_document_id = $1",
    ] {
        tx.execute(sql, args![id]).await?;
    }
    Ok(())
}
