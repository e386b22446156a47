//! All SQL of promo codes.

use db::{Listing, Sql, Tx};
use http_base::Offsets;
use kernel::{CampaignId, Result, Scope, Timestamp, WorkspaceId};

use super::model::{PromoCode, PromoCodeId};

/// Adds a code; [`kernel::Kind::Conflict`] if its workspace has it already.
pub(super) async fn insert(scope: Scope, tx: &mut Tx, code: &PromoCode) -> Result<()> {
    debug_assert!(scope.sees_everything() || scope.workspace() == Some(code.workspace_id));
    tx.insert_or_conflict(code, "This promo code is taken already; choose another one").await
}

/// A code, if it is there and this scope's.
pub(super) async fn by_id(scope: Scope, tx: &mut Tx, id: PromoCodeId) -> Result<Option<PromoCode>> {
    Sql::of::<PromoCode>().and("id = ", id).within(scope, "workspace_id").optional(tx).await
}

/// A workspace's codes, by how they are compared.
pub(crate) async fn by_keys(
    scope: Scope,
    tx: &mut Tx,
    workspace: WorkspaceId,
    keys: impl IntoIterator<Item = &str>,
) -> Result<Vec<PromoCode>> {
    let mut sql = Sql::of::<PromoCode>();
    sql.and("workspace_id = ", workspace).and_in("code_key", keys).within(scope, "workspace_id").all(tx).await
}

/// A page of a campaign's codes, the newest first, and how many there are.
pub(super) async fn list(
    scope: Scope,
    tx: &mut Tx,
    campaign: CampaignId,
    offsets: Offsets,
) -> Result<(Vec<PromoCode>, u64)> {
    let mut filter = Sql::filter();
    filter.and("campaign_id = ", campaign).within(scope, "workspace_id");
    Listing::of::<PromoCode>(filter).order("created_at DESC, id DESC").page(tx, offsets.limit, offsets.offset).await
}

/// Takes a code back; false if it is not there or was taken back already.
pub(super) async fn disable(scope: Scope, tx: &mut Tx, id: PromoCodeId, now: Timestamp) -> Result<bool> {
    let mut sql = Sql::new("UPDATE promo_codes SET disabled_at = ");
    sql.bind(now).push(" WHERE disabled_at IS NULL AND id = ").bind(id);
    sql.within(scope, "workspace_id");
    Ok(sql.run(tx).await? == 1)
}
