//! What knowledge keeps about people, as it is told to them and taken away: all of it is a hub's, and told to whoever owns that.

use std::sync::Arc;

use async_trait::async_trait;
use db::{Tx, args};
use http_base::data::As::{Flag, Json, Moment, Plain};
use http_base::data::{Data, Eraser, Holder, Table};
use kernel::{Result, Scope, Timestamp, WorkspaceId};

/// What every export tells, and every erasure takes away.
pub(crate) fn kept(owners: Arc<dyn Owners>) -> Data {
    Data::told(SECTIONS.iter().copied()).erased_by(Erasing(owners))
}

/// What is told. A document's text stands in it; the file itself is downloaded.
pub const SECTIONS: &[Table] = &[
    Table {
        name: "knowledge_bases",
        columns: &[
            ("id", Plain),
            ("name", Plain),
            ("description", Plain),
            ("settings", Json),
            ("document_count", Plain),
            ("total_size_bytes", Plain),
            ("created_at", Moment),
            ("updated_at", Moment),
        ],
        from: "FROM knowledge_bases WHERE (owner_id = {account} OR owner_id IN {owned}) AND deleted_at IS NULL ORDER BY created_at DESC, id DESC",
    },
    Table {
        name: "knowledge_documents",
        columns: &[
            ("knowledge_documents.id", Plain),
            ("knowledge_documents.base_id", Plain),
            ("knowledge_documents.title", Plain),
            ("knowledge_documents.file_name", Plain),
            ("knowledge_documents.file_type", Plain),
            ("knowledge_documents.file_size_bytes", Plain),
            ("knowledge_documents.metadata", Json),
            ("knowledge_documents.status", Plain),
            ("knowledge_documents.error", Plain),
            ("knowledge_documents.dated", Moment),
            ("knowledge_documents.stale_after", Moment),
            ("knowledge_documents.created_at", Moment),
            ("knowledge_documents.processed_at", Moment),
            ("knowledge_texts.content", Plain),
        ],
        from: "FROM knowledge_documents LEFT JOIN knowledge_texts ON knowledge_texts.document_id = knowledge_documents.id \
               AND knowledge_texts.version = knowledge_documents.version WHERE (knowledge_documents.owner_id = {account} \
               OR knowledge_documents.owner_id IN {owned}) \
               ORDER BY knowledge_documents.created_at, knowledge_documents.id",
    },
    Table {
        name: "knowledge_corrections",
        columns: &[
            ("id", Plain),
            ("base_id", Plain),
            ("question", Plain),
            ("answer", Plain),
            ("revision", Plain),
            ("stale_after", Moment),
            ("created_at", Moment),
            ("updated_at", Moment),
        ],
        from: "FROM knowledge_corrections WHERE owner_id = {account} OR owner_id IN {owned} ORDER BY created_at, id",
    },
    Table {
        name: "knowledge_correction_versions",
        columns: &[
            ("knowledge_correction_versions.correction_id", Plain),
            ("knowledge_correction_versions.revision", Plain),
            ("knowledge_correction_versions.question", Plain),
            ("knowledge_correction_versions.answer", Plain),
            ("knowledge_correction_versions.changed_at", Moment),
        ],
        from: "FROM knowledge_correction_versions JOIN knowledge_corrections ON knowledge_corrections.id = \
               knowledge_correction_versions.correction_id WHERE (knowledge_corrections.owner_id = {account} \
               OR knowledge_corrections.owner_id IN {owned}) \
               ORDER BY knowledge_corrections.created_at, knowledge_corrections.id, knowledge_correction_versions.revision",
    },
    Table {
        name: "knowledge_questions",
        columns: &[
            ("id", Plain),
            ("base_id", Plain),
            ("gap_id", Plain),
            ("question", Plain),
            ("outcome", Plain),
            ("by_member", Flag),
            ("asked_at", Moment),
        ],
        from: "FROM knowledge_questions WHERE owner_id = {account} OR owner_id IN {owned} ORDER BY asked_at, id",
    },
    Table {
        name: "knowledge_contradictions",
        columns: &[
            ("id", Plain),
            ("base_id", Plain),
            ("older_document_id", Plain),
            ("newer_document_id", Plain),
            ("older_quote", Plain),
            ("newer_quote", Plain),
            ("created_at", Moment),
            ("dismissed_at", Moment),
        ],
        from: "FROM knowledge_contradictions WHERE owner_id = {account} OR owner_id IN {owned} ORDER BY created_at, id",
    },
];

/// Who owns a workspace; the wiring says.
#[async_trait]
pub trait Owners: Send + Sync {
    /// Does anybody own this workspace still?
    async fn is_owned(&self, tx: &mut Tx, workspace: WorkspaceId) -> Result<bool>;
}

/// What is taken away: all of an account's own hub, and of workspaces that nobody owns any more.
struct Erasing(Arc<dyn Owners>);

#[async_trait]
impl Eraser for Erasing {
    async fn erase(&self, scope: Scope, tx: &mut Tx, of: &Holder, now: Timestamp) -> Result<()> {
        debug_assert!(scope.sees_everything(), "an erasure is the server's own");
        let own = WorkspaceId::from_uuid(of.account.uuid());
        for hub in std::iter::once(own).chain(of.owned.iter().copied()) {
            if hub == own || !self.0.is_owned(tx, hub).await? {
                erase_hub(tx, hub, now).await?;
            }
        }
        Ok(())
    }
}

async fn erase_hub(tx: &mut Tx, hub: WorkspaceId, now: Timestamp) -> Result<()> {
    // Files that no document names any more are swept after it, those of uploads under way as well.
    let sql = "INSERT INTO knowledge_files (name, owner_id, given_up, sweep_at) \
               SELECT file, owner_id, TRUE, $2 FROM knowledge_documents WHERE owner_id = $1 ON CONFLICT (name) DO NOTHING";
    tx.execute(sql, args![hub, now]).await?;
    let sql = "UPDATE knowledge_files SET given_up = TRUE, sweep_at = $2 WHERE owner_id = $1";
    tx.execute(sql, args![hub, now]).await?;
    for sql in [
        "DELETE FROM knowledge_chunks WHERE base_id IN (SELECT id FROM knowledge_bases WHERE owner_id = $1)",
        "DELETE FROM knowledge_texts WHERE document_id IN (SELECT id FROM knowledge_documents WHERE owner_id = $1)",
        "DELETE FROM knowledge_documents WHERE owner_id = $1",
        "DELETE FROM knowledge_contradictions WHERE owner_id = $1",
        "DELETE FROM knowledge_questions WHERE owner_id = $1",
        "DELETE FROM knowledge_gaps WHERE owner_id = $1",
        "DELETE FROM knowledge_correction_versions WHERE correction_id IN \
         (SELECT id FROM knowledge_corrections WHERE owner_id = $1)",
        "DELETE FROM knowledge_corrections WHERE owner_id = $1",
        "DELETE FROM knowledge_bases WHERE owner_id = $1",
    ] {
        tx.execute(sql, args![hub]).await?;
    }
    Ok(())
}
