//! Collaborations themselves.

use std::collections::HashMap;

use db::{Sql, Tx};
use kernel::{ApplicationId, CollaborationId, OfferId, Result, Scope};

use crate::model::Collaboration;

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
