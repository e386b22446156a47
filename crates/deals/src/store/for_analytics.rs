//! What analytics tell of contracts: what was agreed, and what of it was delivered.

use db::{Sql, Tx};
use kernel::{Amount, CampaignId, CreatorId, Currency, Result, Scope};

use super::contracts::scoped;
use crate::model::Status;

/// A creator's contracts in a campaign, of one status and currency.
#[derive(Clone, Copy, Debug, db::Row)]
pub struct Agreed {
    /// With whom.
    pub creator_id: CreatorId,
    /// Where they stand.
    pub status: Status,
    /// In which currency they pay.
    pub currency: Currency,
    /// How many there are.
    pub count: u64,
    /// What they pay in all.
    pub amount: Amount,
}

/// The contracts of a campaign, by creator, status and currency.
pub async fn agreed_by_creator(scope: Scope, tx: &mut Tx, campaign: CampaignId) -> Result<Vec<Agreed>> {
    let mut sql = Sql::new(
        "SELECT creator_id, status, currency, count(*), CAST(sum(total_amount) AS BIGINT) FROM contracts WHERE campaign_id = ",
    );
    sql.bind(campaign);
    scoped(&mut sql, scope);
    sql.push(" GROUP BY creator_id, status, currency ORDER BY creator_id, status, currency");
    sql.all(tx).await
}

/// What a creator promised in a campaign, by where it stands.
#[derive(Clone, Copy, Debug, db::Row)]
pub struct Handed {
    /// Who promised it.
    pub creator_id: CreatorId,
    /// How many deliverables.
    pub total: u64,
    /// Of them awaited,
    pub pending: u64,
    /// handed in and not judged yet,
    pub submitted: u64,
    /// accepted,
    pub approved: u64,
    /// not handed in by their deadline.
    pub late: u64,
    /// How many have a deadline that can be judged: they were handed in, or are late.
    pub judged: u64,
    /// How many of those were handed in by it.
    pub on_time: u64,
}

/// The deliverables of a campaign's contracts that hold or may come to hold, by creator.
pub async fn handed_by_creator(scope: Scope, tx: &mut Tx, campaign: CampaignId) -> Result<Vec<Handed>> {
    const WAS_HANDED_IN: &str = "d.deadline IS NOT NULL AND COALESCE(d.submitted_at, d.approved_at) IS NOT NULL";
    let count = |condition: &str| format!("CAST(sum(CASE WHEN {condition} THEN 1 ELSE 0 END) AS BIGINT)");
    let columns = [
        count("d.status = 'pending'"),
        count("d.status = 'submitted'"),
        count("d.status = 'approved'"),
        count("d.status = 'late'"),
        count(&format!("d.status = 'late' OR ({WAS_HANDED_IN})")),
        count(&format!(
            "d.status <> 'late' AND {WAS_HANDED_IN} AND COALESCE(d.submitted_at, d.approved_at) <= d.deadline"
        )),
    ];
    let mut sql = Sql::new(format!(
        "SELECT contracts.creator_id, count(*), {} FROM contracts \
         JOIN contract_deliverables AS d ON d.contract_id = contracts.id \
         WHERE contracts.status NOT IN ('cancelled', 'expired') AND contracts.campaign_id = ",
        columns.join(", ")
    ));
    sql.bind(campaign);
    scoped(&mut sql, scope);
    sql.push(" GROUP BY contracts.creator_id ORDER BY contracts.creator_id");
    sql.all(tx).await
}

/// How many contracts there are of each status.
pub async fn counts(scope: Scope, tx: &mut Tx) -> Result<Vec<(Status, u64)>> {
    let mut sql = Sql::new("SELECT status, count(*) FROM contracts WHERE TRUE");
    scoped(&mut sql, scope);
    sql.push(" GROUP BY status");
    sql.all(tx).await
}
