//! Texts and chunks, each of a version of its document.

use db::{Sql, Tx, args};
use kernel::{Result, Scope};

use crate::model::{BaseId, Chunk, ChunkId, Document, DocumentId};

/// Writes the text of a reading.
pub async fn put_text(scope: Scope, tx: &mut Tx, of: (DocumentId, i64), content: &str) -> Result<()> {
    debug_assert!(scope.sees_everything(), "documents are read by the server");
    let sql = "INSERT INTO knowledge_texts (document_id, version, content) VALUES ($1, $2, $3)";
    tx.execute(sql, args![of.0, of.1, content]).await.map(drop)
}

/// Writes chunks of a reading.
pub async fn put(scope: Scope, tx: &mut Tx, chunks: &[Chunk]) -> Result<()> {
    debug_assert!(scope.sees_everything(), "documents are read by the server");
    tx.insert_all(chunks).await
}

/// Takes away the texts and chunks of a document but for those of this version.
pub async fn keep_only(scope: Scope, tx: &mut Tx, of: DocumentId, version: i64) -> Result<()> {
    debug_assert!(scope.sees_everything(), "documents are read by the server");
    for sql in [
        "DELETE FROM knowledge_chunks WHERE document_id = $1 AND version <> $2",
        "DELETE FROM knowledge_texts WHERE document_id = $1 AND version <> $2",
    ] {
        tx.execute(sql, args![of, version]).await?;
    }
    Ok(())
}

/// Takes away what a reading wrote that came to nothing.
pub async fn drop_version(scope: Scope, tx: &mut Tx, (of, version): (DocumentId, i64)) -> Result<()> {
    debug_assert!(scope.sees_everything(), "documents are read by the server");
    for sql in [
        "DELETE FROM knowledge_chunks WHERE document_id = $1 AND version = $2",
        "DELETE FROM knowledge_texts WHERE document_id = $1 AND version = $2",
    ] {
        tx.execute(sql, args![of, version]).await?;
    }
    Ok(())
}

/// The text of a document that is shown.
pub async fn text(tx: &mut Tx, of: &Document) -> Result<Option<String>> {
    let sql = "SELECT content FROM knowledge_texts WHERE document_id = $1 AND version = $2";
    tx.fetch_optional(sql, args![of.id, of.version]).await
}

/// Chunks of a document that are shown, in their order.
pub async fn page(tx: &mut Tx, of: &Document, limit: u32, offset: u32) -> Result<Vec<Chunk>> {
    // By its place rather than by an offset: each page is one step of the index.
    let mut sql = Sql::of::<Chunk>();
    sql.and("document_id = ", of.id).and("version = ", of.version).and("chunk_index >= ", offset);
    sql.push(" ORDER BY chunk_index LIMIT ").bind(limit).all(tx).await
}

/// Chunks of these bases by their ids.
pub async fn several(tx: &mut Tx, of: &[BaseId], ids: &[ChunkId]) -> Result<Vec<Chunk>> {
    Sql::of::<Chunk>().and_in("base_id", of.iter().copied()).and_in("id", ids.iter().copied()).all(tx).await
}

/// The chunks of these documents, of the version that each of them shows, in the order of the documents and then their own. The documents
/// come in the order of their ids.
pub async fn of_documents(tx: &mut Tx, of: &[Document]) -> Result<Vec<Chunk>> {
    let columns = Chunk::columns("knowledge_chunks");
    let mut sql = Sql::new(format!(
        "SELECT {columns} FROM knowledge_documents JOIN knowledge_chunks ON knowledge_chunks.document_id = knowledge_documents.id \
         AND knowledge_chunks.version = knowledge_documents.version WHERE TRUE"
    ));
    sql.and_in("knowledge_documents.id", of.iter().map(|document| document.id));
    sql.push(" ORDER BY knowledge_chunks.document_id, knowledge_chunks.chunk_index").all(tx).await
}
