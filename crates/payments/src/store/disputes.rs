//! Disputes of payers.

use db::{Sql, Tx, args};
use kernel::{Money, PaymentId, Result, Scope, Timestamp, WorkspaceId};

db::row! {
    /// A dispute, as it stands.
    #[derive(Clone, Debug)]
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
        pub amount: Money,
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
}

/// A dispute of a payment that this transaction has taken.
pub async fn dispute(_: Scope, tx: &mut Tx, provider: &str, reference: &str) -> Result<Option<Dispute>> {
    let sql = format!("SELECT {} FROM payment_disputes WHERE provider = $1 AND reference = $2", Dispute::COLUMNS);
    tx.fetch_optional(&sql, args![provider, reference]).await
}

/// Writes where a dispute stands now.
pub async fn put_dispute(scope: Scope, tx: &mut Tx, it: &Dispute) -> Result<()> {
    debug_assert!(scope.sees_everything(), "the provider's word is taken in by the server");
    let mut sql = Sql::new(format!("INSERT INTO payment_disputes ({}) VALUES ", Dispute::COLUMNS));
    sql.bind_list(args![
        &it.provider,
        &it.reference,
        it.payment_id,
        it.workspace_id,
        it.amount,
        &it.status,
        it.step,
        it.withdrawn,
        &it.reason,
        it.due,
        it.created_at,
        it.updated_at,
    ]);
    sql.push(
        " ON CONFLICT (provider, reference) DO UPDATE SET amount = excluded.amount, status = excluded.status, step = excluded.step, \
         withdrawn = excluded.withdrawn, reason = excluded.reason, due = excluded.due, updated_at = excluded.updated_at",
    );
    tx.execute(&sql.text, sql.args).await.map(drop)
}

/// The dispute that tells of a payment: one that is open before one that is over, the newest first.
pub async fn telling_dispute(_: Scope, tx: &mut Tx, payment: PaymentId, over: u8) -> Result<Option<Dispute>> {
    let sql = format!(
        "SELECT {} FROM payment_disputes WHERE payment_id = $1 \
         ORDER BY CASE WHEN step < $2 THEN 0 ELSE 1 END, updated_at DESC, reference DESC LIMIT 1",
        Dispute::COLUMNS
    );
    tx.fetch_optional(&sql, args![payment, i64::from(over)]).await
}
