//! Disputes of payers.

use db::{Sql, Tx};
use kernel::{Amount, PaymentId, Result, Scope, Timestamp, WorkspaceId};

use crate::Payment;

/// A dispute, as it stands.
#[derive(Clone, Debug, db::Row)]
#[row(table = "payment_disputes", key(provider, reference), fixed(payment_id, workspace_id, created_at))]
pub struct Dispute {
    /// At whom.
    pub provider: String,
    /// The provider's name for it.
    pub reference: String,
    /// Which payment is disputed.
    pub payment_id: PaymentId,
    /// Whose that is.
    pub workspace_id: WorkspaceId,
    /// How much of it.
    pub amount: Amount,
    /// Where it stands, in the provider's word.
    pub status: String,
    /// How far that is; it never goes back.
    pub step: i64,
    /// Has the payer's bank taken the money?
    pub withdrawn: bool,
    /// Why, in the provider's word.
    pub reason: Option<String>,
    /// Until when it can be answered.
    pub due: Option<Timestamp>,
    /// When it was first heard of.
    pub created_at: Timestamp,
    /// When it last moved.
    pub updated_at: Timestamp,
}

/// A dispute of a payment, as it is stored.
pub async fn dispute(scope: Scope, tx: &mut Tx, provider: &str, reference: &str) -> Result<Option<Dispute>> {
    let mut sql = Sql::of::<Dispute>();
    sql.and("provider = ", provider).and("reference = ", reference).within(scope, "workspace_id").optional(tx).await
}

/// Writes where a dispute stands now.
pub async fn put_dispute(scope: Scope, tx: &mut Tx, it: &Dispute) -> Result<()> {
    debug_assert!(scope.sees_everything(), "the provider's word is taken in by the server");
    tx.put(it).await
}

/// The dispute that tells of a payment: one that is open before one that is over, the newest first.
pub async fn telling_dispute(tx: &mut Tx, payment: &Payment, over: u8) -> Result<Option<Dispute>> {
    let mut sql = Sql::of::<Dispute>();
    sql.and("payment_id = ", payment.id).push(" ORDER BY CASE WHEN step < ").bind(over);
    sql.push(" THEN 0 ELSE 1 END, updated_at DESC, reference DESC LIMIT 1").optional(tx).await
}
