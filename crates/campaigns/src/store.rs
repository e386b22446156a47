//! All of the campaigns' SQL.

use std::collections::HashMap;

use db::{Listing, Sql, Tx, args};
use http_base::Offsets;
use kernel::{Amount, CampaignId, CreatorId, Error, OutreachId, Result, Scope, Timestamp, WorkspaceId};
use mind::text::fold;

use crate::model::Name;
use crate::{Campaign, Status, TOPIC};

/// The topic that counts codes.
const CODES: &str = "campaign_codes";

/// What a scope lets through of the campaigns: its own, and none that was taken away.
fn scoped(sql: &mut Sql, scope: Scope) {
    sql.push(" AND deleted_at IS NULL").within(scope, "workspace_id");
}

/// Adds a campaign and gives it its code.
pub async fn insert(scope: Scope, tx: &mut Tx, campaign: &mut Campaign) -> Result<()> {
    debug_assert!(scope.sees_everything() || scope.workspace() == Some(campaign.workspace_id));
    campaign.code = tx.next_version(CODES).await?.unsigned_abs();
    tx.next_version(TOPIC).await?;
    tx.changed(Some(campaign.workspace_id));
    tx.insert(campaign).await
}

/// Writes a campaign over what was, if nobody changed it since it was read (at `was`).
pub async fn update(scope: Scope, tx: &mut Tx, campaign: &Campaign, was: (Status, Timestamp)) -> Result<()> {
    tx.save(campaign)
        .was("status", was.0)
        .was("updated_at", was.1)
        .only(|sql| scoped(sql, scope))
        .or_conflict("The campaign was changed by someone else meanwhile; read it again and repeat your change")
        .await?;
    tx.changed(Some(campaign.workspace_id));
    tx.next_version(TOPIC).await.map(drop)
}

/// Takes a campaign away. What refers to it (outreach, contracts) keeps it by its id.
pub async fn delete(scope: Scope, tx: &mut Tx, id: CampaignId, now: Timestamp) -> Result<bool> {
    let mut sql = Sql::new("UPDATE campaigns SET deleted_at = ");
    sql.bind(now).push(", updated_at = ").bind(now).push(" WHERE id = ").bind(id);
    scoped(&mut sql, scope);
    let deleted: Option<WorkspaceId> = sql.push(" RETURNING workspace_id").optional(tx).await?;
    if deleted.is_some() {
        tx.changed(deleted);
        tx.next_version(TOPIC).await?;
    }
    Ok(deleted.is_some())
}

/// The campaign of this id or code, if it is there and this scope's.
pub async fn by_name(scope: Scope, tx: &mut Tx, name: &Name) -> Result<Option<Campaign>> {
    let mut sql = Sql::of::<Campaign>();
    match name {
        Name::Id(id) => sql.and("id = ", *id),
        Name::Code(code) => sql.and("code = ", *code),
    };
    scoped(&mut sql, scope);
    sql.optional(tx).await
}

/// What these campaigns are for, also those that are gone: for rows that name them and were found in the caller's scope.
pub async fn titles(tx: &mut Tx, ids: impl IntoIterator<Item = CampaignId>) -> Result<HashMap<CampaignId, String>> {
    let mut sql = Sql::new("SELECT id, product_name FROM campaigns WHERE id IN ");
    sql.bind_list(ids);
    if sql.args.is_empty() {
        return Ok(HashMap::new());
    }
    let titles: Vec<(CampaignId, String)> = sql.all(tx).await?;
    Ok(titles.into_iter().collect())
}

/// Joins the campaigns that are there and this scope's to rows whose column names one: others are left out.
pub fn join(sql: &mut Sql, column: &str, scope: Scope) {
    sql.push(" JOIN campaigns ON campaigns.id = ").push(column).push(" AND campaigns.deleted_at IS NULL");
    sql.within(scope, "campaigns.workspace_id");
}

/// Which campaigns are wanted.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// Only of this status.
    pub status: Option<Status>,
    /// Only of this brand, compared without regard to case and accents.
    pub brand: Option<String>,
}

/// A page of the campaigns, newest first, and how many there are in all.
pub async fn list(scope: Scope, tx: &mut Tx, wanted: &Wanted, offsets: Offsets) -> Result<(Vec<Campaign>, u64)> {
    let mut filter = Sql::filter();
    filter.and_if("status = ", wanted.status).and_if("brand_key = ", wanted.brand.as_deref().map(fold));
    scoped(&mut filter, scope);
    let listing = Listing::of::<Campaign>(filter).order("created_at DESC, id DESC");
    listing.page(tx, offsets.limit, offsets.offset).await
}

/// How many campaigns there are of each status, and what their budgets come to.
pub async fn totals(scope: Scope, tx: &mut Tx) -> Result<Vec<(Status, u64, Amount)>> {
    let mut sql = Sql::new("SELECT status, count(*), CAST(sum(total_budget) AS BIGINT) FROM campaigns WHERE TRUE");
    scoped(&mut sql, scope);
    sql.push(" GROUP BY status").all(tx).await
}

/// Remembers that a creator was selected; the entry of an earlier selection, if there is one.
pub async fn select(
    scope: Scope,
    tx: &mut Tx,
    campaign: &Campaign,
    creator: CreatorId,
    outreach: OutreachId,
    notes: Option<&str>,
    now: Timestamp,
) -> Result<Option<OutreachId>> {
    debug_assert!(scope.sees_everything() || scope.workspace() == Some(campaign.workspace_id));
    let sql = "INSERT INTO selections (campaign_id, creator_id, outreach_id, notes, selected_at) VALUES ($1, $2, $3, $4, $5) \
               ON CONFLICT (campaign_id, creator_id) DO NOTHING";
    if tx.execute(sql, args![campaign.id, creator, outreach, notes, now]).await? == 0 {
        let sql = "SELECT outreach_id FROM selections WHERE campaign_id = $1 AND creator_id = $2";
        return tx.fetch_one(sql, args![campaign.id, creator]).await.map(Some);
    }
    let sql = "UPDATE campaigns SET influencer_count = influencer_count + 1 WHERE id = $1 AND status <> 'completed' \
               AND deleted_at IS NULL";
    if tx.execute(sql, args![campaign.id]).await? == 0 {
        return Err(Error::conflict("The campaign is completed; creators are selected for one that is not"));
    }
    tx.changed(Some(campaign.workspace_id));
    tx.next_version(TOPIC).await?;
    Ok(None)
}
