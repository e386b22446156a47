//! Payments, read.

use db::{Sql, Tx};
use http_base::Offsets;
use kernel::{CampaignId, ContractId, CreatorId, PaymentId, Result, Scope};

use super::scoped;
use crate::Currency;
use crate::model::{Payment, Status};

/// Which payments are wanted.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wanted {
    /// Only of this contract.
    pub contract: Option<ContractId>,
    /// Only of this campaign.
    pub campaign: Option<CampaignId>,
    /// Only to this creator.
    pub creator: Option<CreatorId>,
    /// Only of this status.
    pub status: Option<Status>,
    /// Only in this currency.
    pub currency: Option<Currency>,
}

impl Wanted {
    fn filter(&self, sql: &mut Sql, scope: Scope) {
        if let Some(contract) = self.contract {
            sql.push(" AND contract_id = ").bind(contract);
        }
        if let Some(campaign) = self.campaign {
            sql.push(" AND campaign_id = ").bind(campaign);
        }
        if let Some(creator) = self.creator {
            sql.push(" AND creator_id = ").bind(creator);
        }
        if let Some(status) = self.status {
            sql.push(" AND status = ").bind(status);
        }
        if let Some(currency) = self.currency {
            sql.push(" AND currency = ").bind(currency);
        }
        scoped(sql, scope);
    }
}

/// The payment, if it is there and this scope's.
pub async fn by_id(scope: Scope, tx: &mut Tx, id: PaymentId) -> Result<Option<Payment>> {
    let mut sql = Sql::new(format!("SELECT {} FROM payments WHERE id = ", Payment::COLUMNS));
    sql.bind(id);
    scoped(&mut sql, scope);
    tx.fetch_optional(&sql.text, sql.args).await
}

/// Every payment of a contract, in the order of its schedule.
pub async fn of_contract(scope: Scope, tx: &mut Tx, contract: ContractId) -> Result<Vec<Payment>> {
    let mut sql = Sql::new(format!("SELECT {} FROM payments WHERE contract_id = ", Payment::COLUMNS));
    sql.bind(contract);
    scoped(&mut sql, scope);
    sql.push(" ORDER BY position, id");
    tx.fetch_all(&sql.text, sql.args).await
}

/// A page of the payments, newest first (those of one contract in the order of its schedule), and how many there are in all.
pub async fn list(scope: Scope, tx: &mut Tx, wanted: &Wanted, offsets: Offsets) -> Result<(Vec<Payment>, u64)> {
    let mut sql = Sql::new("SELECT count(*) FROM payments WHERE TRUE");
    wanted.filter(&mut sql, scope);
    let total: u64 = tx.fetch_value(&sql.text, sql.args).await?;
    let mut sql = Sql::new(format!("SELECT {} FROM payments WHERE TRUE", Payment::COLUMNS));
    wanted.filter(&mut sql, scope);
    let order = if wanted.contract.is_some() { "position, id" } else { "created_at DESC, id DESC" };
    sql.push(" ORDER BY ").push(order).push(" LIMIT ").bind(offsets.limit).push(" OFFSET ").bind(offsets.offset);
    Ok((tx.fetch_all(&sql.text, sql.args).await?, total))
}

/// Completed payments to a creator whose share waits for their account, or did not get there.
pub async fn to_pay_out(scope: Scope, tx: &mut Tx, creator: CreatorId, provider: &str) -> Result<Vec<PaymentId>> {
    let mut sql = Sql::new("SELECT id FROM payments WHERE payout_status IN ('waiting', 'failed') AND creator_id = ");
    sql.bind(creator).push(" AND provider = ").bind(provider);
    scoped(&mut sql, scope);
    sql.push(" ORDER BY created_at, id");
    tx.fetch_all(&sql.text, sql.args).await
}
