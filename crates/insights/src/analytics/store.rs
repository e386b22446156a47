//! What analytics read: sums, never rows, in a number of statements that depends on nothing.

use std::collections::HashMap;

use campaigns::Campaign;
use db::{EventRow, Sql, Tx, args};
use deals::store::{Agreed, Handed};
use input::Period;
use kernel::{CampaignId, CreatorId, Day, Platform, Result, Scope};
use payments::store::PaidToCreator;

use crate::Figures;

/// Someone who works for a campaign, as the directory has them (or had them).
#[derive(Clone, Debug, db::Row)]
pub struct Known {
    /// Their id.
    pub id: CreatorId,
    /// Their name.
    pub name: String,
    /// Where they are.
    pub platform: Platform,
    /// How many follow them.
    pub followers: i64,
}

/// Everything that the analytics of a campaign are made of.
#[derive(Clone, Debug)]
pub struct Found {
    /// The campaign.
    pub campaign: Campaign,
    /// Which days are asked for.
    pub period: Period,
    /// Are all of its days with figures among them?
    pub whole: bool,
    /// Its figures by day and currency, in the period.
    pub days: Vec<(Day, String, Figures)>,
    /// Its figures by creator and currency, in the period.
    pub creators: Vec<(CreatorId, String, Figures)>,
    /// Its contracts, of all days.
    pub agreed: Vec<Agreed>,
    /// Its deliverables, of all days.
    pub handed: Vec<Handed>,
    /// Its payments, of all days.
    pub paid: Vec<PaidToCreator>,
    /// Who works for it.
    pub known: HashMap<CreatorId, Known>,
}

/// Reads a campaign that was found in this scope. The transaction should be a snapshot, so that the parts are of one moment.
pub async fn read(scope: Scope, tx: &mut Tx, campaign: Campaign, period: Period) -> Result<Found> {
    let id = campaign.id;
    let sql = format!(
        "SELECT day, currency, {} FROM figures_by_day WHERE campaign_id = $1 ORDER BY day, currency",
        Figures::COLUMNS
    );
    let mut days: Vec<(Day, String, Figures)> = tx.fetch_all(&sql, args![id]).await?;
    let all = days.len();
    days.retain(|(day, ..)| period.has(*day));
    let whole = days.len() == all;
    let creators = if whole {
        let sql =
            format!("SELECT creator_id, currency, {} FROM figures_by_creator WHERE campaign_id = $1", Figures::COLUMNS);
        tx.fetch_all(&sql, args![id]).await?
    } else {
        let sql = format!(
            "SELECT creator_id, currency, {} FROM figures_by_creator_day AS f \
             WHERE campaign_id = $1 AND day >= $2 AND day <= $3 GROUP BY creator_id, currency",
            Figures::sums("f")
        );
        let (start, end) = period.ends();
        tx.fetch_all(&sql, args![id, start, end]).await?
    };
    let agreed = deals::store::agreed_by_creator(scope, tx, id).await?;
    let handed = deals::store::handed_by_creator(scope, tx, id).await?;
    let paid = payments::store::paid_by_creator(scope, tx, id).await?;
    // Whoever is paid for a campaign has a contract in it.
    let sql = "SELECT DISTINCT creator_id FROM figures_by_creator WHERE campaign_id = $1";
    let mut ids: Vec<CreatorId> = tx.fetch_all(sql, args![id]).await?;
    ids.extend(agreed.iter().map(|agreed| agreed.creator_id));
    ids.sort_unstable();
    ids.dedup();
    let known: Vec<Known> = creators::store::of_ids(tx, Known::COLUMNS, &ids).await?;
    let known = known.into_iter().map(|known| (known.id, known)).collect();
    Ok(Found { campaign, period, whole, days, creators, agreed, handed, paid, known })
}

/// A creator's figures of a day.
pub type CreatorDay = (CreatorId, Day, String, Figures);

/// The figures of a campaign, by creator, day and currency, after this creator and day.
pub async fn creator_days(
    tx: &mut Tx,
    campaign: &Campaign,
    period: Period,
    after: (CreatorId, Day),
    limit: usize,
) -> Result<Vec<CreatorDay>> {
    let sql = format!(
        "SELECT creator_id, day, currency, {} FROM figures_by_creator_day WHERE campaign_id = $1 AND (creator_id, day) > ($2, $3) \
         AND day >= $4 AND day <= $5 ORDER BY creator_id, day, currency LIMIT $6",
        Figures::COLUMNS
    );
    let (start, end) = period.ends();
    tx.fetch_all(&sql, args![campaign.id, after.0, after.1, start, end, limit]).await
}

/// The currencies in which a campaign brought revenue.
pub async fn currencies(tx: &mut Tx, campaign: &Campaign) -> Result<Vec<String>> {
    let sql =
        "SELECT DISTINCT currency FROM figures_by_creator WHERE campaign_id = $1 AND currency <> '' ORDER BY currency";
    tx.fetch_all(sql, args![campaign.id]).await
}

/// What a campaign brought, in one currency.
#[derive(Clone, Debug, db::Row)]
pub struct Brought {
    /// The campaign.
    pub campaign_id: CampaignId,
    /// The currency of the revenue.
    pub currency: String,
    /// Views, as posts report.
    pub views: i64,
    /// Likes, comments, shares and saves.
    pub engagement: i64,
    /// Reported and ordered together, in minor units.
    pub revenue: i64,
    /// Of how many rows; without any, nothing is known of revenue.
    pub revenue_rows: i64,
}

/// What every campaign brought that anything is known of. The campaigns are looked through once.
pub async fn brought(scope: Scope, tx: &mut Tx) -> Result<Vec<Brought>> {
    let mut sql = Sql::new(
        "SELECT f.campaign_id, f.currency, CAST(sum(f.views) AS BIGINT), \
         CAST(sum(f.likes + f.comments + f.shares + f.saves) AS BIGINT), CAST(sum(f.revenue + f.order_revenue) AS BIGINT), \
         CAST(sum(f.revenue_rows + f.order_revenue_rows) AS BIGINT) FROM figures_by_creator f",
    );
    campaigns::store::join(&mut sql, "f.campaign_id", scope);
    sql.push(" GROUP BY f.campaign_id, f.currency ORDER BY f.campaign_id, f.currency").all(tx).await
}

/// What the campaigns cost that brought anything: by campaign and currency, less what went back.
pub async fn costs(scope: Scope, tx: &mut Tx) -> Result<Vec<(CampaignId, String, i64)>> {
    let brought = "SELECT campaign_id FROM figures_by_creator WHERE revenue_rows > 0 OR order_revenue_rows > 0";
    payments::store::paid_by_campaign(scope, tx, brought).await
}

/// The newest events that a brand cares about.
pub async fn events(scope: Scope, tx: &mut Tx, hidden: &[&str], most: u32) -> Result<Vec<EventRow>> {
    // A creator works in no workspace, and the log is of workspaces.
    if scope.person().is_some() {
        return Ok(Vec::new());
    }
    if scope.workspace().is_none() && !scope.sees_everything() {
        return Ok(Vec::new());
    }
    tx.newest_events(scope.workspace(), hidden, most).await
}
