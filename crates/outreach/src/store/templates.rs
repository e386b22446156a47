//! The templates of a workspace.

use db::{Listing, Sql, Tx};
use http_base::Offsets;
use kernel::{Result, Scope, Timestamp, WorkspaceId};
use mind::text::fold;

/// A template.
pub type TemplateId = kernel::Id<TemplateMarker>;

#[doc(hidden)]
#[derive(Debug)]
pub enum TemplateMarker {}

/// A mail that is written once and filled for each creator.
#[derive(Clone, Debug, db::Row)]
#[row(table = "outreach_templates", key(id), fixed(workspace_id, created_at))]
pub struct Template {
    /// Its id.
    pub id: TemplateId,
    /// Whose it is.
    pub workspace_id: WorkspaceId,
    /// What it is called; once in a workspace.
    #[row(also = "name_key", by = fold)]
    pub name: String,
    /// The subject, with variables.
    pub subject: String,
    /// The text, with variables.
    pub body: String,
    /// When it was written.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

const TAKEN: &str = "A template of this name is there already; change that one, or choose another name";

/// Writes a template.
pub async fn insert(scope: Scope, tx: &mut Tx, template: &Template) -> Result<()> {
    debug_assert!(scope.sees_everything() || scope.workspace() == Some(template.workspace_id));
    tx.insert_or_conflict(template, TAKEN).await
}

/// Writes a template over what was, if it was last changed at `was`.
pub async fn update(scope: Scope, tx: &mut Tx, template: &Template, was: Timestamp) -> Result<bool> {
    let save = tx.save(template).was("updated_at", was).within(scope, "workspace_id");
    save.unless_taken(TAKEN).done().await
}

/// One template.
pub async fn by_id(scope: Scope, tx: &mut Tx, id: TemplateId) -> Result<Option<Template>> {
    Sql::of::<Template>().and("id = ", id).within(scope, "workspace_id").optional(tx).await
}

/// Takes a template away; mails that were written with it stay.
pub async fn delete(scope: Scope, tx: &mut Tx, id: TemplateId) -> Result<bool> {
    let mut sql = Sql::new("DELETE FROM outreach_templates WHERE TRUE");
    Ok(sql.and("id = ", id).within(scope, "workspace_id").run(tx).await? == 1)
}

/// The templates of a workspace by name, and how many there are.
pub async fn list(scope: Scope, tx: &mut Tx, workspace: WorkspaceId, offsets: Offsets) -> Result<(Vec<Template>, u64)> {
    debug_assert!(scope.sees_everything() || scope.workspace() == Some(workspace));
    let mut filter = Sql::filter();
    filter.and("workspace_id = ", workspace);
    Listing::of::<Template>(filter).order("name_key").page(tx, offsets.limit, offsets.offset).await
}
