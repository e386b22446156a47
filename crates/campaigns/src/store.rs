//! All of the campaigns' SQL.

use db::{Sql, Tx, args};
use http_base::Offsets;
use kernel::{CampaignId, CreatorId, Error, Money, OutreachId, Result, Scope, Timestamp};
use mind::text::fold;

use crate::model::Name;
use crate::{Campaign, Status, TOPIC};

/// The topic that counts codes.
const CODES: &str = "campaign_codes";

/// What a scope lets through of the campaigns.
fn scoped(sql: &mut Sql, scope: Scope) {
    if !scope.sees_everything() {
        sql.push(" AND workspace_id = ").bind(scope.workspace());
    }
}

/// Adds a campaign and gives it its code.
pub async fn insert(scope: Scope, tx: &mut Tx, campaign: &mut Campaign) -> Result<()> {
    debug_assert!(scope.sees_everything() || scope.workspace() == Some(campaign.workspace_id));
    campaign.code = tx.next_version(CODES).await?.unsigned_abs();
    tx.next_version(TOPIC).await?;
    let sql = "INSERT INTO campaigns (id, code, workspace_id, product_name, brand_name, brand_key, product_description, \
               target_audience, key_use_cases, campaign_goal, product_niche, total_budget, status, influencer_count, exclusions, \
               created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)";
    let values = args![
        campaign.id,
        campaign.code,
        campaign.workspace_id,
        &campaign.product_name,
        &campaign.brand_name,
        fold(&campaign.brand_name),
        &campaign.product_description,
        &campaign.target_audience,
        &campaign.key_use_cases,
        &campaign.campaign_goal,
        &campaign.product_niche,
        campaign.total_budget,
        campaign.status,
        campaign.influencer_count,
        &campaign.exclusions,
        campaign.created_at,
        campaign.updated_at,
    ];
    tx.execute(sql, values).await.map(drop)
}

/// Writes a campaign over what was, if nobody changed it since it was read (at `was`).
pub async fn update(scope: Scope, tx: &mut Tx, campaign: &Campaign, was: (Status, Timestamp)) -> Result<()> {
    let mut sql = Sql::new("UPDATE campaigns SET product_name = ");
    sql.bind(&campaign.product_name).push(", brand_name = ").bind(&campaign.brand_name);
    sql.push(", brand_key = ").bind(fold(&campaign.brand_name));
    sql.push(", product_description = ").bind(&campaign.product_description);
    sql.push(", target_audience = ").bind(&campaign.target_audience);
    sql.push(", key_use_cases = ").bind(&campaign.key_use_cases);
    sql.push(", campaign_goal = ").bind(&campaign.campaign_goal);
    sql.push(", product_niche = ").bind(&campaign.product_niche);
    sql.push(", total_budget = ").bind(campaign.total_budget);
    sql.push(", status = ").bind(campaign.status);
    sql.push(", exclusions = ").bind(&campaign.exclusions);
    sql.push(", updated_at = ").bind(campaign.updated_at);
    sql.push(" WHERE deleted_at IS NULL AND id = ").bind(campaign.id);
    sql.push(" AND status = ").bind(was.0).push(" AND updated_at = ").bind(was.1);
    scoped(&mut sql, scope);
    if tx.execute(&sql.text, sql.args).await? == 0 {
        return Err(Error::conflict(
            "The campaign was changed by someone else meanwhile; read it again and repeat your change",
        ));
    }
    tx.next_version(TOPIC).await.map(drop)
}

/// Takes a campaign away. What refers to it (outreach, contracts) keeps it by its id.
pub async fn delete(scope: Scope, tx: &mut Tx, id: CampaignId, now: Timestamp) -> Result<bool> {
    let mut sql = Sql::new("UPDATE campaigns SET deleted_at = ");
    sql.bind(now).push(", updated_at = ").bind(now).push(" WHERE deleted_at IS NULL AND id = ").bind(id);
    scoped(&mut sql, scope);
    let deleted = tx.execute(&sql.text, sql.args).await? == 1;
    tx.next_version(TOPIC).await?;
    Ok(deleted)
}

/// The campaign of this id or code, if it is there and this scope's.
pub async fn by_name(scope: Scope, tx: &mut Tx, name: &Name) -> Result<Option<Campaign>> {
    let mut sql = Sql::new(format!("SELECT {} FROM campaigns WHERE deleted_at IS NULL", Campaign::COLUMNS));
    match name {
        Name::Id(id) => sql.push(" AND id = ").bind(*id),
        Name::Code(code) => sql.push(" AND code = ").bind(*code),
    };
    scoped(&mut sql, scope);
    tx.fetch_optional(&sql.text, sql.args).await
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
    let filter = |sql: &mut Sql| {
        if let Some(status) = wanted.status {
            sql.push(" AND status = ").bind(status);
        }
        if let Some(brand) = &wanted.brand {
            sql.push(" AND brand_key = ").bind(fold(brand));
        }
        scoped(sql, scope);
    };
    let mut sql = Sql::new("SELECT count(*) FROM campaigns WHERE deleted_at IS NULL");
    filter(&mut sql);
    let total: u64 = tx.fetch_value(&sql.text, sql.args).await?;
    let mut sql = Sql::new(format!("SELECT {} FROM campaigns WHERE deleted_at IS NULL", Campaign::COLUMNS));
    filter(&mut sql);
    sql.push(" ORDER BY created_at DESC, id DESC LIMIT ").bind(offsets.limit).push(" OFFSET ").bind(offsets.offset);
    Ok((tx.fetch_all(&sql.text, sql.args).await?, total))
}

/// How many campaigns there are of each status, and what their budgets come to.
pub async fn totals(scope: Scope, tx: &mut Tx) -> Result<Vec<(Status, u64, Money)>> {
    let mut sql =
        Sql::new("SELECT status, count(*), CAST(sum(total_budget) AS BIGINT) FROM campaigns WHERE deleted_at IS NULL");
    scoped(&mut sql, scope);
    sql.push(" GROUP BY status");
    tx.fetch_all(&sql.text, sql.args).await
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
    tx.next_version(TOPIC).await?;
    Ok(None)
}
