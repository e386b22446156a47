//! All SQL of promo codes.

use db::{Sql, Tx, args};
use http_base::Offsets;
use kernel::{CampaignId, Result, Scope, Timestamp, WorkspaceId};

use super::model::{PromoCode, PromoCodeId};
use crate::scoped;

/// Adds a code; [`kernel::Kind::Conflict`] if its workspace has it already.
pub(super) async fn insert(scope: Scope, tx: &mut Tx, code: &PromoCode) -> Result<()> {
    debug_assert!(scope.sees_everything() || scope.workspace() == Some(code.workspace_id));
    let sql = "INSERT INTO promo_codes (id, workspace_id, campaign_id, creator_id, code, code_key, discount, created_at, disabled_at) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    let values = args![
        code.id,
        code.workspace_id,
        code.campaign_id,
        code.creator_id,
        &code.code,
        &code.code_key,
        &code.discount,
        code.created_at,
        code.disabled_at,
    ];
    tx.execute_or_conflict(sql, values, "This promo code is taken already; choose another one").await.map(drop)
}

/// A code, if it is there and this scope's.
pub(super) async fn by_id(scope: Scope, tx: &mut Tx, id: PromoCodeId) -> Result<Option<PromoCode>> {
    let mut sql = Sql::new(format!("SELECT {} FROM promo_codes WHERE id = ", PromoCode::COLUMNS));
    sql.bind(id);
    scoped(&mut sql, scope, "workspace_id");
    tx.fetch_optional(&sql.text, sql.args).await
}

/// A workspace's codes, by how they are compared.
pub(crate) async fn by_keys(
    scope: Scope,
    tx: &mut Tx,
    workspace: WorkspaceId,
    keys: impl IntoIterator<Item = &str>,
) -> Result<Vec<PromoCode>> {
    let mut sql = Sql::new(format!("SELECT {} FROM promo_codes WHERE workspace_id = ", PromoCode::COLUMNS));
    sql.bind(workspace).push(" AND code_key IN ").bind_list(keys);
    scoped(&mut sql, scope, "workspace_id");
    tx.fetch_all(&sql.text, sql.args).await
}

/// A page of a campaign's codes, the newest first, and how many there are.
pub(super) async fn list(
    scope: Scope,
    tx: &mut Tx,
    campaign: CampaignId,
    offsets: Offsets,
) -> Result<(Vec<PromoCode>, u64)> {
    let mut sql = Sql::new("SELECT count(*) FROM promo_codes WHERE campaign_id = ");
    sql.bind(campaign);
    scoped(&mut sql, scope, "workspace_id");
    let total: u64 = tx.fetch_value(&sql.text, sql.args).await?;
    let mut sql = Sql::new(format!("SELECT {} FROM promo_codes WHERE campaign_id = ", PromoCode::COLUMNS));
    sql.bind(campaign);
    scoped(&mut sql, scope, "workspace_id");
    sql.push(" ORDER BY created_at DESC, id DESC LIMIT ").bind(offsets.limit).push(" OFFSET ").bind(offsets.offset);
    Ok((tx.fetch_all(&sql.text, sql.args).await?, total))
}

/// Takes a code back; false if it is not there or was taken back already.
pub(super) async fn disable(scope: Scope, tx: &mut Tx, id: PromoCodeId, now: Timestamp) -> Result<bool> {
    let mut sql = Sql::new("UPDATE promo_codes SET disabled_at = ");
    sql.bind(now).push(" WHERE disabled_at IS NULL AND id = ").bind(id);
    scoped(&mut sql, scope, "workspace_id");
    Ok(tx.execute(&sql.text, sql.args).await? == 1)
}
