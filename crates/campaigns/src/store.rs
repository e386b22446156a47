//! All of the campaigns' SQL.

use std::collections::HashMap;

use db::{FromRow, Listing, Sql, Tx, args};
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
    Ok(of_ids(tx, "id, product_name", ids).await?.into_iter().collect())
}

/// Columns of these campaigns, also of those that are gone, in no order: for rows that name them and were found in the caller's scope.
pub async fn of_ids<R: FromRow + Send>(
    tx: &mut Tx,
    columns: &str,
    ids: impl IntoIterator<Item = CampaignId>,
) -> Result<Vec<R>> {
    let mut sql = Sql::new(format!("SELECT {columns} FROM campaigns WHERE TRUE"));
    sql.and_in("id", ids);
    if sql.args.is_empty() { Ok(Vec::new()) } else { sql.all(tx).await }
}

/// Columns of a page of those campaigns, also of those that are gone, whose ids a statement finds in the caller's scope; newest first.
pub async fn newest_of<R: FromRow + Send>(tx: &mut Tx, columns: &str, ids: Sql, offsets: Offsets) -> Result<Vec<R>> {
    let text = format!("SELECT {columns} FROM campaigns WHERE id IN ({}) ORDER BY created_at DESC, id DESC", ids.text);
    let mut sql = Sql { text, args: ids.args };
    sql.push(" LIMIT ").bind(offsets.limit).push(" OFFSET ").bind(offsets.offset).all(tx).await
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
    if !note_selection(tx, campaign, (creator, outreach), notes, now).await? {
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

/// Writes down that a creator was selected, and counts nothing; false if it had been written down before.
pub async fn note_selection(
    tx: &mut Tx,
    campaign: &Campaign,
    (creator, outreach): (CreatorId, OutreachId),
    notes: Option<&str>,
    now: Timestamp,
) -> Result<bool> {
    let sql = "INSERT INTO selections (campaign_id, creator_id, outreach_id, notes, selected_at) VALUES ($1, $2, $3, $4, $5) \
               ON CONFLICT (campaign_id, creator_id) DO NOTHING";
    Ok(tx.execute(sql, args![campaign.id, creator, outreach, notes, now]).await? == 1)
}
