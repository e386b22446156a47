//! What programs ask of others; the wiring fills it in.

use async_trait::async_trait;
use db::Tx;
use kernel::{Result, WorkspaceId};
use uuid::Uuid;

/// Whoever answers from what the coach knows.
#[async_trait]
pub trait Answers: Send + Sync + 'static {
    /// Answers a question from these bases of the workspace, or from all of them if none is named; nothing where there is no sure answer. Outside of every
    /// transaction; it may take seconds.
    async fn answer(
        &self,
        workspace: WorkspaceId,
        bases: &[Uuid],
        question: &str,
        language: Option<&str>,
    ) -> Result<Option<String>>;

    /// Which of these bases the workspace has.
    async fn bases(&self, tx: &mut Tx, workspace: WorkspaceId, ids: &[Uuid]) -> Result<Vec<Uuid>>;
}
