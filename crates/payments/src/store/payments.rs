//! Payments, read.

use db::{Listing, Sql, Tx};
use http_base::Offsets;
use kernel::{CampaignId, ContractId, CreatorId, Currency, PaymentId, Result, Scope};

use super::scoped;
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

/// The payment, if it is there and this scope's.
pub async fn by_id(scope: Scope, tx: &mut Tx, id: PaymentId) -> Result<Option<Payment>> {
    let mut sql = Sql::of::<Payment>();
    scoped(sql.and("id = ", id), scope);
    sql.optional(tx).await
}

/// Every payment of a contract, in the order of its schedule.
pub async fn of_contract(scope: Scope, tx: &mut Tx, contract: ContractId) -> Result<Vec<Payment>> {
    let mut sql = Sql::of::<Payment>();
    scoped(sql.and("contract_id = ", contract), scope);
    sql.push(" ORDER BY position, id").all(tx).await
}

/// A page of the payments, newest first (those of one contract in the order of its schedule), and how many there are in all.
pub async fn list(scope: Scope, tx: &mut Tx, wanted: &Wanted, offsets: Offsets) -> Result<(Vec<Payment>, u64)> {
    let mut filter = Sql::filter();
    filter.and_if("contract_id = ", wanted.contract).and_if("campaign_id = ", wanted.campaign);
    filter.and_if("creator_id = ", wanted.creator).and_if("status = ", wanted.status);
    scoped(filter.and_if("currency = ", wanted.currency), scope);
    let order = if wanted.contract.is_some() { "position, id" } else { "created_at DESC, id DESC" };
    Listing::of::<Payment>(filter).order(order).page(tx, offsets.limit, offsets.offset).await
}

/// Completed payments to a creator whose share waits for their account, or did not get there.
pub async fn to_pay_out(scope: Scope, tx: &mut Tx, creator: CreatorId, provider: &str) -> Result<Vec<PaymentId>> {
    let mut sql = Sql::new("SELECT id FROM payments WHERE payout_status IN ('waiting', 'failed')");
    scoped(sql.and("creator_id = ", creator).and("provider = ", provider), scope);
    sql.push(" ORDER BY created_at, id").all(tx).await
}
