//! Contracts themselves.

use db::{Listing, Sql, Tx};
use http_base::Offsets;
use kernel::{CampaignId, ContractId, CreatorId, Result, Scope, Timestamp, WorkspaceId};

use crate::model::{Contract, Status};

/// What a scope lets through: a workspace its own; a creator what was ever offered to the entries that they claimed.
pub(super) fn scoped(sql: &mut Sql, scope: Scope) {
    match scope.person() {
        Some(account) => {
            sql.push(" AND contracts.sent_at IS NOT NULL");
            creators::store::held_by(sql, "contracts.creator_id", account)
        }
        None => sql.within(scope, "contracts.workspace_id"),
    };
}

/// The same of what hangs on contracts.
pub(super) fn of_contracts(sql: &mut Sql, scope: Scope) {
    if !scope.sees_everything() {
        sql.push(" AND contract_id IN (SELECT id FROM contracts WHERE TRUE");
        scoped(sql, scope);
        sql.push(")");
    }
}

/// Adds a contract.
pub async fn insert(scope: Scope, tx: &mut Tx, contract: &Contract) -> Result<()> {
    debug_assert!(scope.sees_everything() || scope.workspace() == Some(contract.workspace_id));
    tx.changed(Some(contract.workspace_id));
    tx.insert(contract).await
}

/// The contract, if it is there and this scope's.
pub async fn find(scope: Scope, tx: &mut Tx, id: ContractId) -> Result<Option<Contract>> {
    let mut sql = Sql::of::<Contract>();
    scoped(sql.and("id = ", id), scope);
    sql.optional(tx).await
}

/// Was a contract ever offered to one of these entries of the directory by this workspace?
pub async fn are_parties(scope: Scope, tx: &mut Tx, workspace: WorkspaceId, creators: &[CreatorId]) -> Result<bool> {
    let mut sql = Sql::new("SELECT id FROM contracts WHERE sent_at IS NOT NULL AND workspace_id = ");
    sql.bind(workspace).and_in("creator_id", creators.iter().copied());
    scoped(&mut sql, scope);
    let found: Option<ContractId> = sql.push(" LIMIT 1").optional(tx).await?;
    Ok(found.is_some())
}

/// The same for changing it: until the commit nobody else reads it by this, so that whoever comes second sees what the first one did.
pub async fn lock(scope: Scope, tx: &mut Tx, id: ContractId) -> Result<Option<Contract>> {
    let mut sql = Sql::new("UPDATE contracts SET revision = revision + 1 WHERE TRUE");
    scoped(sql.and("id = ", id), scope);
    sql.push(" RETURNING ").push(Contract::COLUMNS).optional(tx).await
}

/// Writes a contract over what was, if it is still as it was read.
pub async fn save(scope: Scope, tx: &mut Tx, contract: &Contract, was: Status) -> Result<()> {
    tx.save(contract)
        .was("status", was)
        .only(|sql| scoped(sql, scope))
        .or_conflict("The contract was changed by someone else meanwhile; read it again and repeat your change")
        .await?;
    tx.changed(Some(contract.workspace_id));
    Ok(())
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
    let mut filter = Sql::filter();
    filter.and_if("campaign_id = ", wanted.campaign).and_if("creator_id = ", wanted.creator);
    scoped(filter.and_if("status = ", wanted.status), scope);
    let listing = Listing::of::<Contract>(filter).order("created_at DESC, id DESC");
    let (contracts, total) = listing.page::<Contract>(tx, offsets.limit, offsets.offset).await?;
    let titles = campaigns::store::titles(tx, contracts.iter().map(|contract| contract.campaign_id)).await?;
    let names = creators::store::names(tx, contracts.iter().map(|contract| contract.creator_id)).await?;
    let listed = contracts.into_iter().map(|contract| {
        let (title, name) = (titles.get(&contract.campaign_id), names.get(&contract.creator_id));
        (contract, title.cloned(), name.cloned())
    });
    Ok((listed.collect(), total))
}

/// Contracts that nobody signed in time, the longest overdue first.
pub async fn due_to_expire(scope: Scope, tx: &mut Tx, now: Timestamp, limit: u32) -> Result<Vec<ContractId>> {
    let mut sql = Sql::new("SELECT id FROM contracts WHERE status = 'sent'");
    scoped(sql.and("expires_at <= ", now), scope);
    sql.push(" ORDER BY expires_at, id LIMIT ").bind(limit).all(tx).await
}

/// The next contracts in the order of their ids, for whoever goes through all of them.
pub async fn contracts_after(scope: Scope, tx: &mut Tx, after: ContractId, limit: u32) -> Result<Vec<Contract>> {
    let mut sql = Sql::of::<Contract>();
    scoped(sql.and("id > ", after), scope);
    sql.push(" ORDER BY id LIMIT ").bind(limit).all(tx).await
}

/// What the campaign of a contract is for, and the creator's name; also of those that were deleted since.
pub async fn names(tx: &mut Tx, contract: &Contract) -> Result<(Option<String>, Option<String>)> {
    let mut titles = campaigns::store::titles(tx, [contract.campaign_id]).await?;
    let mut names = creators::store::names(tx, [contract.creator_id]).await?;
    Ok((titles.remove(&contract.campaign_id), names.remove(&contract.creator_id)))
}
