//! The templates of a workspace.

use db::{Sql, Tx, args};
use http_base::Offsets;
use kernel::{Result, Scope, Timestamp, WorkspaceId};
use mind::text::fold;

/// A template.
pub type TemplateId = kernel::Id<TemplateMarker>;

#[doc(hidden)]
#[derive(Debug)]
pub enum TemplateMarker {}

db::row! {
    /// A mail that is written once and filled for each creator.
    #[derive(Clone, Debug)]
    pub struct Template {
        /// Its id.
        pub id: TemplateId,
        /// Whose it is.
        pub workspace_id: WorkspaceId,
        /// What it is called; once in a workspace.
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
}

const TAKEN: &str = "A template of this name is there already; change that one, or choose another name";

/// Writes a template.
pub async fn insert(scope: Scope, tx: &mut Tx, template: &Template) -> Result<()> {
    debug_assert!(scope.sees_everything() || scope.workspace() == Some(template.workspace_id));
    let sql = "INSERT INTO outreach_templates (id, workspace_id, name, name_key, subject, body, created_at, updated_at) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    let arguments = args![
        template.id,
        template.workspace_id,
        &template.name,
        fold(&template.name),
        &template.subject,
        &template.body,
        template.created_at,
        template.updated_at
    ];
    tx.execute_or_conflict(sql, arguments, TAKEN).await.map(drop)
}

fn scoped(sql: &mut Sql, scope: Scope) {
    if !scope.sees_everything() {
        sql.push(" AND workspace_id = ").bind(scope.workspace());
    }
}

/// Writes a template over what was, if it was last changed at `was`.
pub async fn update(scope: Scope, tx: &mut Tx, template: &Template, was: Timestamp) -> Result<bool> {
    let mut sql = Sql::new("UPDATE outreach_templates SET name = ");
    sql.bind(&template.name).push(", name_key = ").bind(fold(&template.name));
    sql.push(", subject = ").bind(&template.subject).push(", body = ").bind(&template.body);
    sql.push(", updated_at = ").bind(template.updated_at).push(" WHERE id = ").bind(template.id);
    sql.push(" AND updated_at = ").bind(was);
    scoped(&mut sql, scope);
    Ok(tx.execute_or_conflict(&sql.text, sql.args, TAKEN).await? == 1)
}

/// One template.
pub async fn by_id(scope: Scope, tx: &mut Tx, id: TemplateId) -> Result<Option<Template>> {
    let mut sql = Sql::new(format!("SELECT {} FROM outreach_templates WHERE id = ", Template::COLUMNS));
    sql.bind(id);
    scoped(&mut sql, scope);
    tx.fetch_optional(&sql.text, sql.args).await
}

/// Takes a template away; mails that were written with it stay.
pub async fn delete(scope: Scope, tx: &mut Tx, id: TemplateId) -> Result<bool> {
    let mut sql = Sql::new("DELETE FROM outreach_templates WHERE id = ");
    sql.bind(id);
    scoped(&mut sql, scope);
    Ok(tx.execute(&sql.text, sql.args).await? == 1)
}

/// The templates of a workspace by name, and how many there are.
pub async fn list(scope: Scope, tx: &mut Tx, workspace: WorkspaceId, offsets: Offsets) -> Result<(Vec<Template>, u64)> {
    debug_assert!(scope.sees_everything() || scope.workspace() == Some(workspace));
    let total =
        tx.fetch_value("SELECT count(*) FROM outreach_templates WHERE workspace_id = $1", args![workspace]).await?;
    let sql = format!(
        "SELECT {} FROM outreach_templates WHERE workspace_id = $1 ORDER BY name_key LIMIT $2 OFFSET $3",
        Template::COLUMNS
    );
    Ok((tx.fetch_all(&sql, args![workspace, offsets.limit, offsets.offset]).await?, total))
}
