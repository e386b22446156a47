//! Collaborations themselves.

use std::collections::HashMap;

use db::{Listing, Sql, Tx, args};
use http_base::Pages;
use kernel::{AccountId, ApplicationId, CollaborationId, ContractId, OfferId, Result, Scope, Timestamp, WorkspaceId};

use crate::model::{Collaboration, Side, Status};

/// What a scope lets through: a workspace its own, a person theirs as a creator.
pub(super) fn scoped(sql: &mut Sql, scope: Scope) {
    match scope.person() {
        Some(account) => sql.and("creator_id = ", account),
        None => sql.within(scope, "workspace_id"),
    };
}

/// Adds a collaboration; false if its application has one already.
pub async fn insert(scope: Scope, tx: &mut Tx, new: &Collaboration) -> Result<bool> {
    debug_assert!(scope.sees_everything() || scope.workspace() == Some(new.workspace_id) || scope.person().is_some());
    tx.insert_new(new).await
}

/// The collaboration, if it is there and this scope's.
pub async fn find(scope: Scope, tx: &mut Tx, id: CollaborationId) -> Result<Option<Collaboration>> {
    let mut sql = Sql::of::<Collaboration>();
    scoped(sql.and("id = ", id), scope);
    sql.optional(tx).await
}

/// The same for changing it: until the commit nobody else reads it by this, so that whoever comes second sees what the first one did.
pub async fn lock(scope: Scope, tx: &mut Tx, id: CollaborationId) -> Result<Option<Collaboration>> {
    let mut sql = Sql::new("UPDATE collaborations SET revision = revision + 1 WHERE TRUE");
    scoped(sql.and("id = ", id), scope);
    sql.push(" RETURNING ").push(Collaboration::COLUMNS).optional(tx).await
}

/// Writes a collaboration over what was, if it is still as it was read.
pub async fn save(scope: Scope, tx: &mut Tx, of: &Collaboration) -> Result<()> {
    tx.save(of)
        .only(|sql| scoped(sql, scope))
        .or_conflict("The collaboration was changed by someone else meanwhile; read it again and repeat your change")
        .await?;
    tx.changed(Some(of.workspace_id));
    Ok(())
}

/// The collaboration that an application led to.
pub async fn by_application(scope: Scope, tx: &mut Tx, id: ApplicationId) -> Result<Option<CollaborationId>> {
    let mut sql = Sql::new("SELECT id FROM collaborations WHERE TRUE");
    scoped(sql.and("application_id = ", id), scope);
    sql.optional(tx).await
}

/// A collaboration of this creator with this workspace: the one that was named, if it is theirs, or else the newest that is not over.
pub async fn of_pair(
    scope: Scope,
    tx: &mut Tx,
    (creator, workspace): (AccountId, WorkspaceId),
    named: Option<CollaborationId>,
) -> Result<Option<CollaborationId>> {
    let mut sql = Sql::new("SELECT id FROM collaborations WHERE TRUE");
    scoped(sql.and("creator_id = ", creator).and("workspace_id = ", workspace), scope);
    match named {
        Some(id) => sql.and("id = ", id),
        None => sql.push(" AND status NOT IN ('COMPLETED', 'CANCELLED') ORDER BY created_at DESC, id DESC LIMIT 1"),
    };
    sql.optional(tx).await
}

/// Have this creator and this workspace worked together, or are they about to?
pub async fn have_agreed(scope: Scope, tx: &mut Tx, creator: AccountId, workspace: WorkspaceId) -> Result<bool> {
    let mut sql = Sql::new("SELECT 1 FROM collaborations WHERE status <> 'CANCELLED'");
    scoped(sql.and("creator_id = ", creator).and("workspace_id = ", workspace), scope);
    let found: Option<i32> = sql.push(" LIMIT 1").optional(tx).await?;
    Ok(found.is_some())
}

/// How many collaborations an offer has led to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// In all.
    pub all: u64,
    /// That hold one of the offer's places: all but those that were cancelled.
    pub holding: u64,
    /// That were completed.
    pub completed: u64,
}

/// How many collaborations these offers have led to, in one statement; an offer without any is not in it.
pub async fn counts_by_offer(tx: &mut Tx, offers: &[OfferId]) -> Result<HashMap<OfferId, Counts>> {
    let mut counts = HashMap::new();
    if offers.is_empty() {
        return Ok(counts);
    }
    let mut sql = Sql::new(
        "SELECT offer_id, count(*), sum(CASE WHEN status = 'CANCELLED' THEN 0 ELSE 1 END), \
         sum(CASE WHEN status = 'COMPLETED' THEN 1 ELSE 0 END) FROM collaborations WHERE TRUE",
    );
    let rows: Vec<(OfferId, i64, i64, i64)> =
        sql.and_in("offer_id", offers.iter().copied()).push(" GROUP BY offer_id").all(tx).await?;
    for (offer, all, holding, completed) in rows {
        counts.insert(offer, Counts { all: all as u64, holding: holding as u64, completed: completed as u64 });
    }
    Ok(counts)
}

/// Which collaborations are wanted.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wanted {
    /// Only of this status.
    pub status: Option<Status>,
    /// Only those in which whoever asks has this side.
    pub side: Option<Side>,
}

/// A page of the collaborations, the newest first, and how many there are in all.
pub async fn list(scope: Scope, tx: &mut Tx, wanted: Wanted, pages: Pages) -> Result<(Vec<Collaboration>, u64)> {
    let mut filter = Sql::filter();
    scoped(filter.and_if("status = ", wanted.status), scope);
    let has = if scope.person().is_some() { Some(Side::Creator) } else { scope.workspace().map(|_| Side::Business) };
    if wanted.side.is_some() && has.is_some() && wanted.side != has {
        return Ok((Vec::new(), 0));
    }
    let listing = Listing::of::<Collaboration>(filter).order("created_at DESC, id DESC");
    listing.page(tx, pages.limit, pages.offset()).await
}

/// Collaborations for which it is time, the longest due first, some of them.
pub async fn due(scope: Scope, tx: &mut Tx, now: Timestamp, limit: u32) -> Result<Vec<CollaborationId>> {
    debug_assert!(scope.sees_everything());
    let sql = "SELECT id FROM collaborations WHERE wake_at <= $1 ORDER BY wake_at, id LIMIT $2";
    tx.fetch_all(sql, args![now, limit]).await
}

/// Collaborations of which a proposed day was not answered in time.
pub async fn unanswered(scope: Scope, tx: &mut Tx, now: Timestamp, limit: u32) -> Result<Vec<CollaborationId>> {
    debug_assert!(scope.sees_everything());
    let sql = "SELECT id FROM collaborations WHERE proposed_until <= $1 ORDER BY proposed_until, id LIMIT $2";
    tx.fetch_all(sql, args![now, limit]).await
}

/// Collaborations under a signed contract whose content was approved before, and of which nothing was heard of a payment since.
pub async fn unpaid(scope: Scope, tx: &mut Tx, before: Timestamp, limit: u32) -> Result<Vec<CollaborationId>> {
    debug_assert!(scope.sees_everything());
    let sql = "SELECT id FROM collaborations WHERE approved_at <= $1 AND approved_at IS NOT NULL AND signed_at IS NOT NULL \
               AND paid_at IS NULL AND unpaid_at IS NULL AND status IN ('APPROVED', 'COMPLETED') ORDER BY approved_at, id LIMIT $2";
    tx.fetch_all(sql, args![before, limit]).await
}

/// The collaboration of a contract.
pub async fn by_contract(scope: Scope, tx: &mut Tx, contract: ContractId) -> Result<Option<CollaborationId>> {
    let mut sql = Sql::new("SELECT id FROM collaborations WHERE TRUE");
    scoped(sql.and("contract_id = ", contract), scope);
    sql.optional(tx).await
}

/// What an account has completed on one side, by category, the most first. It is public.
pub async fn completed_by_category(tx: &mut Tx, account: AccountId, side: Side) -> Result<Vec<(String, u64)>> {
    let column = match side {
        Side::Business => "business_id",
        Side::Creator => "creator_id",
    };
    let mut sql = Sql::new("SELECT category, count(*) FROM collaborations WHERE status = 'COMPLETED' AND NOT is_own");
    sql.and(&format!("{column} = "), account);
    sql.push(" GROUP BY category ORDER BY count(*) DESC, category LIMIT 20").all(tx).await
}
