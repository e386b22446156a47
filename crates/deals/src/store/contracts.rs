//! Contracts themselves.

use db::{Sql, Tx, args};
use http_base::Offsets;
use kernel::{CampaignId, ContractId, CreatorId, Error, Result, Scope, Timestamp};

use crate::model::{Contract, Status};

/// What a scope lets through: a workspace its own; a creator what was ever offered to the entries that they claimed.
pub(super) fn scoped(sql: &mut Sql, scope: Scope) {
    if scope.sees_everything() {
        return;
    }
    match scope.person() {
        Some(account) => {
            sql.push(" AND contracts.sent_at IS NOT NULL AND contracts.creator_id IN (SELECT id FROM creators WHERE claimed_by = ");
            sql.bind(account).push(" AND deleted_at IS NULL)");
        }
        None => {
            sql.push(" AND contracts.workspace_id = ").bind(scope.workspace());
        }
    }
}

/// Adds a contract.
pub async fn insert(scope: Scope, tx: &mut Tx, contract: &Contract) -> Result<()> {
    debug_assert!(scope.sees_everything() || scope.workspace() == Some(contract.workspace_id));
    tx.next_version(crate::TOPIC).await?;
    let mut sql = Sql::new(format!("INSERT INTO contracts ({}) VALUES ", Contract::COLUMNS));
    sql.bind_list(args![
        contract.id,
        contract.workspace_id,
        contract.campaign_id,
        contract.creator_id,
        contract.status,
        contract.version,
        contract.revision,
        contract.currency,
        contract.total_amount,
        &contract.terms,
        contract.deliverables.as_ref().map_or(db::Value::Text(None), Into::into),
        &contract.payment_schedule,
        contract.signing_order,
        contract.sent_at,
        contract.signed_at,
        contract.completed_at,
        contract.ended_at,
        contract.expires_at,
        contract.created_at,
        contract.updated_at,
    ]);
    tx.execute(&sql.text, sql.args).await.map(drop)
}

/// The contract, if it is there and this scope's.
pub async fn find(scope: Scope, tx: &mut Tx, id: ContractId) -> Result<Option<Contract>> {
    let mut sql = Sql::new(format!("SELECT {} FROM contracts WHERE id = ", Contract::COLUMNS));
    sql.bind(id);
    scoped(&mut sql, scope);
    tx.fetch_optional(&sql.text, sql.args).await
}

/// The same for changing it: until the commit nobody else reads it by this, so that whoever comes second sees what the first one did.
pub async fn lock(scope: Scope, tx: &mut Tx, id: ContractId) -> Result<Option<Contract>> {
    let mut sql = Sql::new("UPDATE contracts SET revision = revision + 1 WHERE id = ");
    sql.bind(id);
    scoped(&mut sql, scope);
    sql.push(" RETURNING ").push(Contract::COLUMNS);
    tx.fetch_optional(&sql.text, sql.args).await
}

/// Writes a contract over what was, if it is still as it was read.
pub async fn save(scope: Scope, tx: &mut Tx, contract: &Contract, was: Status) -> Result<()> {
    let mut sql = Sql::new("UPDATE contracts SET status = ");
    sql.bind(contract.status).push(", version = ").bind(contract.version);
    sql.push(", currency = ").bind(contract.currency).push(", total_amount = ").bind(contract.total_amount);
    sql.push(", terms = ").bind(&contract.terms).push(", deliverables = ");
    sql.bind(contract.deliverables.as_ref().map_or(db::Value::Text(None), Into::into));
    sql.push(", payment_schedule = ").bind(&contract.payment_schedule);
    sql.push(", signing_order = ").bind(contract.signing_order);
    sql.push(", sent_at = ").bind(contract.sent_at).push(", signed_at = ").bind(contract.signed_at);
    sql.push(", completed_at = ").bind(contract.completed_at).push(", ended_at = ").bind(contract.ended_at);
    sql.push(", expires_at = ").bind(contract.expires_at).push(", updated_at = ").bind(contract.updated_at);
    sql.push(" WHERE id = ").bind(contract.id).push(" AND status = ").bind(was);
    sql.push(" AND revision = ").bind(contract.revision);
    scoped(&mut sql, scope);
    if tx.execute(&sql.text, sql.args).await? == 0 {
        return Err(Error::conflict(
            "The contract was changed by someone else meanwhile; read it again and repeat your change",
        ));
    }
    tx.next_version(crate::TOPIC).await.map(drop)
}

/// Which contracts are wanted.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wanted {
    /// Only of this campaign.
    pub campaign: Option<CampaignId>,
    /// Only with this creator.
    pub creator: Option<CreatorId>,
    /// Only of this status.
    pub status: Option<Status>,
}

/// A contract with the names of what it joins.
pub type Listed = (Contract, Option<String>, Option<String>);

/// A page of the contracts, newest first, with what the campaign is for and the creator's name; and how many there are in all.
pub async fn list(scope: Scope, tx: &mut Tx, wanted: Wanted, offsets: Offsets) -> Result<(Vec<Listed>, u64)> {
    let filter = |sql: &mut Sql| {
        if let Some(campaign) = wanted.campaign {
            sql.push(" AND contracts.campaign_id = ").bind(campaign);
        }
        if let Some(creator) = wanted.creator {
            sql.push(" AND contracts.creator_id = ").bind(creator);
        }
        if let Some(status) = wanted.status {
            sql.push(" AND contracts.status = ").bind(status);
        }
        scoped(sql, scope);
    };
    let mut sql = Sql::new("SELECT count(*) FROM contracts WHERE 1 = 1");
    filter(&mut sql);
    let total: u64 = tx.fetch_value(&sql.text, sql.args).await?;
    let mut sql = Sql::new(format!(
        "SELECT {}, campaigns.product_name, creators.name FROM contracts \
         LEFT JOIN campaigns ON campaigns.id = contracts.campaign_id LEFT JOIN creators ON creators.id = contracts.creator_id WHERE 1 = 1",
        Contract::columns("contracts")
    ));
    filter(&mut sql);
    sql.push(" ORDER BY contracts.created_at DESC, contracts.id DESC LIMIT ").bind(offsets.limit);
    sql.push(" OFFSET ").bind(offsets.offset);
    Ok((tx.fetch_all(&sql.text, sql.args).await?, total))
}

/// Contracts that nobody signed in time, the longest overdue first.
pub async fn due_to_expire(scope: Scope, tx: &mut Tx, now: Timestamp, limit: u32) -> Result<Vec<ContractId>> {
    let mut sql = Sql::new("SELECT id FROM contracts WHERE status = 'sent' AND expires_at <= ");
    sql.bind(now);
    scoped(&mut sql, scope);
    sql.push(" ORDER BY expires_at, id LIMIT ").bind(limit);
    tx.fetch_all(&sql.text, sql.args).await
}

/// What the campaign of a contract is for, and the creator's name; also of those that were deleted since.
pub async fn names(_: Scope, tx: &mut Tx, contract: &Contract) -> Result<(Option<String>, Option<String>)> {
    let sql = "SELECT (SELECT product_name FROM campaigns WHERE id = $1), (SELECT name FROM creators WHERE id = $2)";
    tx.fetch_one(sql, args![contract.campaign_id, contract.creator_id]).await
}
