//! What analytics tell of payments: what was paid and what of it went back, never across currencies.

use db::{Sql, Tx};
use kernel::{Amount, CampaignId, CreatorId, Currency, Result, Scope};

use super::scoped;

/// What was paid to a creator for a campaign, in one currency.
#[derive(Clone, Copy, Debug, db::Row)]
pub struct PaidToCreator {
    /// Who was paid.
    pub creator_id: CreatorId,
    /// In which currency.
    pub currency: Currency,
    /// What was paid.
    pub paid: Amount,
    /// What of that went back: refunded, or taken back by the payer's bank.
    pub refunded: Amount,
}

/// The completed payments of a campaign, by creator and currency.
pub async fn paid_by_creator(scope: Scope, tx: &mut Tx, campaign: CampaignId) -> Result<Vec<PaidToCreator>> {
    let mut sql = Sql::new(
        "SELECT creator_id, currency, CAST(sum(amount) AS BIGINT), CAST(sum(refunded + disputed) AS BIGINT) \
         FROM payments WHERE status = 'completed' AND campaign_id = ",
    );
    sql.bind(campaign);
    scoped(&mut sql, scope);
    sql.push(" GROUP BY creator_id, currency ORDER BY creator_id, currency").all(tx).await
}

/// What was paid by campaign and currency, less what went back; of the campaigns that a query of the caller's own answers with.
pub async fn paid_by_campaign(scope: Scope, tx: &mut Tx, campaigns: &str) -> Result<Vec<(CampaignId, String, i64)>> {
    let mut sql = Sql::new(
        "SELECT campaign_id, currency, CAST(sum(amount - refunded - disputed) AS BIGINT) FROM payments WHERE status = 'completed' \
         AND campaign_id IN (",
    );
    scoped(sql.push(campaigns).push(")"), scope);
    sql.push(" GROUP BY campaign_id, currency ORDER BY campaign_id, currency").all(tx).await
}
