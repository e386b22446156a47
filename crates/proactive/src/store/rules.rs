//! Rules.

use db::{Listing, Sql, Tx, args};
use kernel::{Error, Result, Timestamp, WorkspaceId};

use audience::MemberId;

use crate::model::{Rule, RuleId, TriggerKind};

/// A page of a workspace's rules, the oldest first, and how many there are.
pub(crate) async fn page(workspace: WorkspaceId, tx: &mut Tx, limit: u32, offset: u32) -> Result<(Vec<Rule>, u64)> {
    let mut filter = Sql::filter();
    filter.and("workspace_id = ", workspace).push(" AND deleted_at IS NULL");
    Listing::of::<Rule>(filter).order("created_at, id").page(tx, limit, offset).await
}

/// How many rules a workspace has.
pub(crate) async fn count(workspace: WorkspaceId, tx: &mut Tx) -> Result<u64> {
    let sql = "SELECT count(*) FROM proactive_rules WHERE workspace_id = $1 AND deleted_at IS NULL";
    tx.fetch_value(sql, args![workspace]).await
}

/// A rule of a workspace that is not deleted.
pub(crate) async fn find(workspace: WorkspaceId, tx: &mut Tx, id: RuleId) -> Result<Option<Rule>> {
    let mut sql = Sql::of::<Rule>();
    sql.and("workspace_id = ", workspace).and("id = ", id).push(" AND deleted_at IS NULL").optional(tx).await
}

/// A rule, whoever's it is, also a deleted one: for what the server does by itself.
pub(crate) async fn by_id(tx: &mut Tx, id: RuleId) -> Result<Option<Rule>> {
    Sql::of::<Rule>().and("id = ", id).optional(tx).await
}

/// Names of a workspace's rules, deleted ones too where they are among these ids: one statement.
pub(crate) async fn names(workspace: WorkspaceId, tx: &mut Tx, and: &[RuleId]) -> Result<Vec<(RuleId, String)>> {
    let mut sql = Sql::new("SELECT id, name FROM proactive_rules WHERE workspace_id = ");
    sql.bind(workspace).push(" AND (deleted_at IS NULL OR id IN ").bind_list(and.iter().copied()).push(")");
    sql.push(" ORDER BY created_at, id").all(tx).await
}

/// Rules that fire, of everybody, behind this one.
pub(crate) async fn active(tx: &mut Tx, behind: Option<RuleId>, most: u32) -> Result<Vec<Rule>> {
    let mut sql = Sql::of::<Rule>();
    sql.push(" AND is_active = TRUE AND deleted_at IS NULL").and_if("id > ", behind);
    sql.push(" ORDER BY id LIMIT ").bind(most).all(tx).await
}

/// A workspace's rules of one kind that fire.
pub(crate) async fn active_of(workspace: WorkspaceId, tx: &mut Tx, kind: TriggerKind) -> Result<Vec<Rule>> {
    let mut sql = Sql::of::<Rule>();
    sql.and("workspace_id = ", workspace).and("kind = ", kind);
    sql.push(" AND is_active = TRUE AND deleted_at IS NULL ORDER BY id").all(tx).await
}

/// Saves a rule over what was read; a 409 if somebody else changed it meanwhile.
pub(crate) async fn save(tx: &mut Tx, rule: &mut Rule) -> Result<()> {
    let sql = "UPDATE proactive_rules SET name = $4, description = $5, kind = $6, conditions = $7, actions = $8, is_active = $9, \
               holdout_percent = $10, success_hours = $11, scan_at = $12, scan_id = $13, updated_at = $14, deleted_at = $15, \
               revision = revision + 1 WHERE id = $1 AND workspace_id = $2 AND revision = $3 AND deleted_at IS NULL";
    let arguments = args![
        rule.id,
        rule.workspace_id,
        rule.revision,
        &rule.name,
        &rule.description,
        rule.kind,
        &rule.conditions,
        &rule.actions,
        rule.is_active,
        rule.holdout_percent,
        rule.success_hours,
        rule.scan_at,
        rule.scan_id,
        rule.updated_at,
        rule.deleted_at
    ];
    if tx.execute(sql, arguments).await? == 0 {
        return Err(Error::conflict(
            "Somebody else has changed the rule meanwhile; look at it again, and repeat what you want",
        ));
    }
    rule.revision += 1;
    Ok(())
}

/// Moves a rule's cursor on, if it and the rule stand as they were read. What looks at the same rule elsewhere waits here, and finds it moved.
pub(crate) async fn advance(tx: &mut Tx, rule: &Rule, to: (Timestamp, MemberId)) -> Result<bool> {
    let sql = "UPDATE proactive_rules SET scan_at = $4, scan_id = $5 WHERE id = $1 AND scan_at = $2 AND scan_id = $3 AND revision = $6 \
               AND is_active = TRUE AND deleted_at IS NULL";
    let arguments = args![rule.id, rule.scan_at, rule.scan_id, to.0, to.1, rule.revision];
    Ok(tx.execute(sql, arguments).await? == 1)
}
