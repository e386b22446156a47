//! Disputes and the statements in them.

use db::{Listing, Sql, Tx};
use http_base::Pages;
use kernel::{Result, Scope};

use crate::model::{Collaboration, Dispute, DisputeId, Statement};

/// Opens a dispute of a collaboration that this transaction has locked; a collaboration has one at most.
pub async fn open_dispute(tx: &mut Tx, new: &Dispute) -> Result<()> {
    let message = "This collaboration was disputed before, and the decision stands";
    tx.insert_or_conflict(new, message).await
}

/// The dispute of a collaboration.
pub async fn dispute_of(tx: &mut Tx, of: &Collaboration) -> Result<Option<Dispute>> {
    Sql::of::<Dispute>().and("collaboration_id = ", of.id).optional(tx).await
}

/// A dispute, if it is there; for administrators.
pub async fn dispute(scope: Scope, tx: &mut Tx, id: DisputeId) -> Result<Option<Dispute>> {
    Sql::of::<Dispute>().and("id = ", id).within(scope, "workspace_id").optional(tx).await
}

/// Writes the decision of a dispute, if there was none yet.
pub async fn save_dispute(tx: &mut Tx, of: &Dispute) -> Result<()> {
    let open = |sql: &mut Sql| _ = sql.push(" AND decided_at IS NULL");
    tx.save(of).only(open).or_conflict("The dispute was decided by someone else meanwhile").await
}

/// A page of the disputes, the newest first.
pub async fn disputes(scope: Scope, tx: &mut Tx, open: Option<bool>, pages: Pages) -> Result<(Vec<Dispute>, u64)> {
    let mut filter = Sql::filter();
    filter.within(scope, "workspace_id");
    match open {
        Some(true) => _ = filter.push(" AND decided_at IS NULL"),
        Some(false) => _ = filter.push(" AND decided_at IS NOT NULL"),
        None => {}
    }
    Listing::of::<Dispute>(filter).order("opened_at DESC, id DESC").page(tx, pages.limit, pages.offset()).await
}

/// Adds a statement.
pub async fn add_statement(tx: &mut Tx, new: &Statement) -> Result<()> {
    tx.insert(new).await
}

/// Every statement, the first one first.
pub async fn statements(tx: &mut Tx, of: &Dispute) -> Result<Vec<Statement>> {
    Sql::of::<Statement>().and("dispute_id = ", of.id).push(" ORDER BY created_at, id").all(tx).await
}
