//! Bases.

use db::{Listing, Sql, Tx, args, contains_pattern};
use http_base::Pages;
use kernel::{Result, Scope, Timestamp, WorkspaceId};

use super::{is_of, owned};
use crate::model::{Base, BaseId};

/// Adds a base.
pub async fn insert(scope: Scope, tx: &mut Tx, base: &Base) -> Result<()> {
    debug_assert!(is_of(scope, base.owner_id));
    tx.insert(base).await
}

/// How many bases a hub has.
pub async fn count(scope: Scope, tx: &mut Tx, owner: WorkspaceId) -> Result<u64> {
    let mut sql = Sql::new("SELECT count(*) FROM knowledge_bases WHERE deleted_at IS NULL");
    owned(sql.and("owner_id = ", owner), scope);
    sql.one(tx).await
}

/// A base, if it is there and this scope's.
pub async fn find(scope: Scope, tx: &mut Tx, id: BaseId) -> Result<Option<Base>> {
    let mut sql = Sql::of::<Base>();
    owned(sql.push(" AND deleted_at IS NULL").and("id = ", id), scope);
    sql.optional(tx).await
}

/// Those of these bases that are there and a hub's, in one statement.
pub async fn several(scope: Scope, tx: &mut Tx, owner: WorkspaceId, ids: &[BaseId]) -> Result<Vec<Base>> {
    let mut sql = Sql::of::<Base>();
    owned(sql.push(" AND deleted_at IS NULL").and("owner_id = ", owner).and_in("id", ids.iter().copied()), scope);
    sql.push(" ORDER BY id").all(tx).await
}

/// A page of a hub's bases, the newest first, and how many there are.
pub async fn list(
    scope: Scope,
    tx: &mut Tx,
    owner: WorkspaceId,
    search: Option<&str>,
    pages: Pages,
) -> Result<(Vec<Base>, u64)> {
    let mut filter = Sql::filter();
    owned(filter.push(" AND deleted_at IS NULL").and("owner_id = ", owner), scope);
    if let Some(search) = search {
        filter.and("name_folded LIKE ", contains_pattern(search)).push(" ESCAPE '\\'");
    }
    Listing::of::<Base>(filter).order("created_at DESC, id DESC").page(tx, pages.limit, pages.offset()).await
}

/// Writes the name, the description and the settings over what was; false if the base is gone.
pub async fn save(scope: Scope, tx: &mut Tx, base: &Base) -> Result<bool> {
    tx.save(base).only(|sql| owned(sql.push(" AND deleted_at IS NULL"), scope)).done().await
}

/// Counts the version of a base up: what is found in it has changed. False if the base is gone.
pub async fn moved(scope: Scope, tx: &mut Tx, id: BaseId) -> Result<bool> {
    counted(scope, tx, id, 0, 0).await
}

/// The same, and moves how many documents it has and how large they are.
pub async fn counted(scope: Scope, tx: &mut Tx, id: BaseId, documents: i64, bytes: i64) -> Result<bool> {
    let mut sql = Sql::new("UPDATE knowledge_bases SET version = version + 1, document_count = document_count + ");
    sql.bind(documents).push(", total_size_bytes = total_size_bytes + ").bind(bytes);
    owned(sql.push(" WHERE deleted_at IS NULL").and("id = ", id), scope);
    Ok(sql.run(tx).await? == 1)
}

/// Has whoever writes to a base from here on wait for the end of this transaction.
pub async fn hold(scope: Scope, tx: &mut Tx, id: BaseId) -> Result<()> {
    let mut sql = Sql::new("UPDATE knowledge_bases SET version = version WHERE TRUE");
    owned(sql.and("id = ", id), scope);
    sql.run(tx).await.map(drop)
}

/// Takes a base away from everybody's eyes; its rows go afterwards. False if it is gone already.
pub async fn delete(scope: Scope, tx: &mut Tx, id: BaseId, now: Timestamp) -> Result<bool> {
    let mut sql = Sql::new("UPDATE knowledge_bases SET version = version + 1, deleted_at = ");
    owned(sql.bind(now).push(" WHERE deleted_at IS NULL").and("id = ", id), scope);
    Ok(sql.run(tx).await? == 1)
}

/// Bases that were deleted and still have rows, some of them.
pub async fn deleted(scope: Scope, tx: &mut Tx) -> Result<Vec<BaseId>> {
    debug_assert!(scope.sees_everything(), "what was deleted is nobody's any more");
    let sql = "SELECT id FROM knowledge_bases WHERE deleted_at IS NOT NULL ORDER BY deleted_at LIMIT 100";
    tx.fetch_all(sql, vec![]).await
}

/// Takes some of the documents of a deleted base away. False once none is left.
pub async fn clear_some(scope: Scope, tx: &mut Tx, id: BaseId, now: Timestamp) -> Result<bool> {
    debug_assert!(scope.sees_everything(), "what was deleted is nobody's any more");
    let sql = "SELECT id, owner_id, file FROM knowledge_documents WHERE base_id = $1 ORDER BY created_at, id LIMIT 50";
    let some: Vec<(crate::model::DocumentId, WorkspaceId, String)> = tx.fetch_all(sql, args![id]).await?;
    for (document, owner, file) in &some {
        super::files::disown(scope, tx, *owner, file, now).await?;
        super::documents::forget(scope, tx, *document).await?;
    }
    Ok(!some.is_empty())
}

/// Takes the row of a deleted base away, with what else names it.
pub async fn forget(scope: Scope, tx: &mut Tx, id: BaseId) -> Result<()> {
    debug_assert!(scope.sees_everything(), "what was deleted is nobody's any more");
    for sql in [
        "DELETE FROM knowledge_contradictions WHERE base_id = $1",
        "DELETE FROM knowledge_questions WHERE base_id = $1",
        "DELETE FROM knowledge_gaps WHERE base_id = $1",
        "DELETE FROM knowledge_correction_versions WHERE correction_id IN (SELECT id FROM knowledge_corrections WHERE base_id = $1)",
        "DELETE FROM knowledge_corrections WHERE base_id = $1",
        "DELETE FROM knowledge_bases WHERE id = $1 AND deleted_at IS NOT NULL",
    ] {
        tx.execute(sql, args![id]).await?;
    }
    Ok(())
}
