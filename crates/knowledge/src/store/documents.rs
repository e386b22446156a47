//! Documents: what they are, and how their readings take each other's place.

use db::{Json, Listing, Sql, Tx, args, contains_pattern};
use http_base::Pages;
use kernel::{Result, Scope, Timestamp};

use super::{is_of, owned};
use crate::model::{About, Base, BaseId, Document, DocumentId, Status};

/// Which documents are wanted.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// Only those that stand here.
    pub status: Option<Status>,
    /// Only those whose title or file's name has this in it, folded.
    pub search: Option<String>,
}

/// Adds a document to a base of this scope's.
pub async fn insert(scope: Scope, tx: &mut Tx, new: &Document) -> Result<()> {
    debug_assert!(is_of(scope, new.owner_id));
    tx.insert(new).await
}

/// A document of a base.
pub async fn find(tx: &mut Tx, of: &Base, id: DocumentId) -> Result<Option<Document>> {
    Sql::of::<Document>().and("id = ", id).and("base_id = ", of.id).optional(tx).await
}

/// The same for changing it: until the commit nobody else reads it by this.
pub async fn lock(tx: &mut Tx, of: &Base, id: DocumentId) -> Result<Option<Document>> {
    let mut sql = Sql::new("UPDATE knowledge_documents SET revision = revision + 1 WHERE TRUE");
    sql.and("id = ", id).and("base_id = ", of.id);
    sql.push(" RETURNING ").push(Document::COLUMNS).optional(tx).await
}

/// Writes a document over what was, if it is still as it was locked.
pub async fn save(tx: &mut Tx, document: &Document) -> Result<()> {
    let message = "The document was changed by someone else meanwhile; read it again and repeat your change";
    tx.save(document).or_conflict(message).await
}

/// A page of a base's documents, the newest first, and how many there are.
pub async fn list(tx: &mut Tx, of: &Base, wanted: &Wanted, pages: Pages) -> Result<(Vec<Document>, u64)> {
    let mut filter = Sql::filter();
    filter.and("base_id = ", of.id).and_if("status = ", wanted.status);
    if let Some(search) = &wanted.search {
        filter.and("title_folded LIKE ", contains_pattern(search)).push(" ESCAPE '\\'");
    }
    Listing::of::<Document>(filter).order("created_at DESC, id DESC").page(tx, pages.limit, pages.offset()).await
}

/// The first document of a base with just these bytes, but for one.
pub async fn same_bytes(tx: &mut Tx, of: &Base, sha256: &str, but: Option<DocumentId>) -> Result<Option<DocumentId>> {
    let mut sql = Sql::new("SELECT id FROM knowledge_documents WHERE TRUE");
    sql.and("base_id = ", of.id).and("sha256 = ", sha256).and_if("id <> ", but);
    sql.push(" ORDER BY created_at, id LIMIT 1").optional(tx).await
}

/// The document, whosever it is: for the job that reads it. Nothing once its base is deleted.
pub async fn by_id(scope: Scope, tx: &mut Tx, id: DocumentId) -> Result<Option<Document>> {
    debug_assert!(scope.sees_everything(), "whoever asks for a document names its base");
    let mut sql = Sql::of::<Document>();
    sql.and("id = ", id);
    sql.push(" AND EXISTS (SELECT 1 FROM knowledge_bases WHERE knowledge_bases.id = base_id AND deleted_at IS NULL)");
    sql.optional(tx).await
}

/// Begins a reading of a document's file. Answers its number; nothing if the document has another file by now, or is not to be read.
pub async fn begin(scope: Scope, tx: &mut Tx, of: &Document, now: Timestamp) -> Result<Option<i64>> {
    debug_assert!(scope.sees_everything(), "documents are read by the server");
    let sql = "UPDATE knowledge_documents SET status = $3, percent = 5, error = NULL, reading = reading + 1, revision = revision + 1, \
               updated_at = $4 WHERE id = $1 AND file = $2 AND status IN ($5, $3) RETURNING reading";
    tx.fetch_optional(sql, args![of.id, &of.file, Status::Processing, now, Status::Pending]).await
}

/// Tells how far a reading is; false if it is not the last one any more.
pub async fn progress(
    scope: Scope,
    tx: &mut Tx,
    (id, reading): (DocumentId, i64),
    percent: u32,
    now: Timestamp,
) -> Result<bool> {
    debug_assert!(scope.sees_everything(), "documents are read by the server");
    let sql =
        "UPDATE knowledge_documents SET percent = $4, updated_at = $5 WHERE id = $1 AND reading = $2 AND status = $3";
    Ok(tx.execute(sql, args![id, reading, Status::Processing, percent, now]).await? == 1)
}

/// What a reading came to.
#[derive(Clone, Debug)]
pub struct Read {
    /// How many chunks there are.
    pub chunks: u64,
    /// How many characters the text has.
    pub characters: u64,
    /// Its language.
    pub language: Option<String>,
    /// What became known of it.
    pub about: About,
}

/// Makes a reading the document's text and chunks: all at once. False if it is not the last reading any more.
pub async fn complete(
    scope: Scope,
    tx: &mut Tx,
    (id, reading): (DocumentId, i64),
    read: &Read,
    now: Timestamp,
) -> Result<bool> {
    debug_assert!(scope.sees_everything(), "documents are read by the server");
    let sql = "UPDATE knowledge_documents SET status = $3, percent = 100, error = NULL, version = reading, revision = revision + 1, \
               chunk_count = $5, characters = $6, language = $7, about = $8, updated_at = $9, processed_at = $9 \
               WHERE id = $1 AND reading = $2 AND status = $4";
    let args = args![
        id,
        reading,
        Status::Completed,
        Status::Processing,
        read.chunks,
        read.characters,
        &read.language,
        Json(&read.about),
        now
    ];
    Ok(tx.execute(sql, args).await? == 1)
}

/// Says why a document could not be read. False if that was not its last reading.
pub async fn fail(
    scope: Scope,
    tx: &mut Tx,
    (id, reading): (DocumentId, i64),
    why: &str,
    now: Timestamp,
) -> Result<bool> {
    debug_assert!(scope.sees_everything(), "documents are read by the server");
    let sql = "UPDATE knowledge_documents SET status = $3, error = $5, revision = revision + 1, updated_at = $6, processed_at = $6 \
               WHERE id = $1 AND reading = $2 AND status = $4";
    Ok(tx.execute(sql, args![id, reading, Status::Failed, Status::Processing, why, now]).await? == 1)
}

/// Takes a document away: its text, its chunks, and what was found out about it.
pub async fn delete(tx: &mut Tx, of: &Document) -> Result<bool> {
    rest_of(tx, of.id).await?;
    let sql = "DELETE FROM knowledge_documents WHERE id = $1 AND base_id = $2";
    Ok(tx.execute(sql, args![of.id, of.base_id]).await? == 1)
}

/// The same of a document whose base was deleted.
pub(super) async fn forget(scope: Scope, tx: &mut Tx, id: DocumentId) -> Result<()> {
    debug_assert!(scope.sees_everything(), "what was deleted is nobody's any more");
    rest_of(tx, id).await?;
    tx.execute("DELETE FROM knowledge_documents WHERE id = $1", args![id]).await.map(drop)
}

async fn rest_of(tx: &mut Tx, id: DocumentId) -> Result<()> {
    super::contradictions::of_document_gone(tx, id).await?;
    for sql in
        ["DELETE FROM knowledge_chunks WHERE document_id = $1", "DELETE FROM knowledge_texts WHERE document_id = $1"]
    {
        tx.execute(sql, args![id]).await?;
    }
    Ok(())
}

/// Documents that have been on their way since before this moment: whoever was at them may be gone.
pub async fn left_behind(scope: Scope, tx: &mut Tx, before: Timestamp) -> Result<Vec<DocumentId>> {
    debug_assert!(scope.sees_everything(), "documents are read by the server");
    let sql = "SELECT id FROM knowledge_documents WHERE status IN ('pending', 'processing') AND updated_at < $1 \
               ORDER BY updated_at LIMIT 500";
    tx.fetch_all(sql, args![before]).await
}

/// Documents that should be looked at again, and whose coach was not reminded of it, some of them. They are marked as reminded of.
pub async fn remind(scope: Scope, tx: &mut Tx, now: Timestamp) -> Result<Vec<Document>> {
    debug_assert!(scope.sees_everything(), "reminders are the server's");
    let sql = format!(
        "UPDATE knowledge_documents SET reminded_at = $1, revision = revision + 1 WHERE id IN (SELECT id FROM knowledge_documents \
         WHERE stale_after <= $1 AND reminded_at IS NULL ORDER BY stale_after LIMIT 200) AND reminded_at IS NULL RETURNING {}",
        Document::COLUMNS
    );
    tx.fetch_all(&sql, args![now]).await
}

/// Documents of these bases by their ids: what passages are shown with.
pub async fn several(tx: &mut Tx, of: &[BaseId], ids: &[DocumentId]) -> Result<Vec<Document>> {
    Sql::of::<Document>().and_in("base_id", of.iter().copied()).and_in("id", ids.iter().copied()).all(tx).await
}

/// Every document of a base that can be searched, with its revision, by their ids: what an index is compared with.
pub async fn revisions(tx: &mut Tx, of: BaseId) -> Result<Vec<(DocumentId, i64)>> {
    let sql = "SELECT id, revision FROM knowledge_documents WHERE base_id = $1 AND version > 0 ORDER BY id";
    tx.fetch_all(sql, args![of]).await
}

/// Only those of whom this scope may know, by their base; for tests and the demo.
pub async fn count(scope: Scope, tx: &mut Tx, base: BaseId) -> Result<u64> {
    let mut sql = Sql::new("SELECT count(*) FROM knowledge_documents WHERE TRUE");
    owned(sql.and("base_id = ", base), scope);
    sql.one(tx).await
}
