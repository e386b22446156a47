//! What is asked of a gateway, as it is stored.

use kernel::{Currency, Money, PaymentId, Result, Timestamp, WorkspaceId};
use ports::gateway::{Order, What};
use uuid::Uuid;

/// One thing that was (or is to be) asked of a gateway. Its id is the gateway's idempotency key.
#[derive(Clone, Debug, db::Row)]
#[row(table = "payment_attempts")]
pub struct Attempt {
    /// Its id.
    pub id: Uuid,
    /// For which payment.
    pub payment_id: PaymentId,
    /// Whose that is.
    pub workspace_id: WorkspaceId,
    /// What is asked.
    pub kind: AttemptKind,
    /// What became of it.
    pub status: AttemptStatus,
    /// Whom it is asked of.
    pub provider: String,
    /// How much, the fee in it.
    #[row(of = currency)]
    pub amount: Money,
    /// What of that stays with the server's owner; only of what goes to or comes from the creator.
    #[row(of = currency)]
    pub fee: Money,
    /// Of what.
    pub currency: Currency,
    /// What is charged: the gateway's token of a card or account. Never a card's number.
    pub method: Option<String>,
    /// Whose that is, as the gateway knows them.
    pub customer: Option<String>,
    /// Where a payout goes.
    pub account: Option<String>,
    /// The gateway's name of the charge or transfer that this goes back on or comes from.
    pub source: Option<String>,
    /// The gateway's name of what came of it.
    pub reference: Option<String>,
    /// Why a refund is made.
    pub reason: Option<String>,
    /// Why it failed, in a word.
    pub failure_code: Option<String>,
    /// Why it failed, in a sentence.
    pub failure: Option<String>,
    /// The `Idempotency-Key` of the request that made it.
    pub asked_with: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was known what became of it.
    pub settled_at: Option<Timestamp>,
}

/// What is asked.
#[derive(Clone, Copy, PartialEq, Eq, Debug, kernel::Words)]
pub enum AttemptKind {
    /// Take the money from the brand.
    Charge,
    /// Pass the creator's share on.
    Payout,
    /// Get the creator's share back.
    TakeBack,
    /// Give money back to the brand.
    Refund,
    /// Give back a charge that went through after the payment had been paid otherwise.
    Return,
    /// A refund that had been done came back: the payer's bank did not take it. Heard, never asked.
    RefundFailed,
    /// The payer's bank took back what is disputed. Heard, never asked.
    Dispute,
    /// The payer's bank gave back what was disputed. Heard, never asked.
    DisputeWon,
}

/// What became of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, kernel::Words)]
pub enum AttemptStatus {
    /// Nobody knows yet.
    Open,
    /// It was done.
    Done,
    /// It was not done, and will not be.
    Failed,
}

impl Attempt {
    /// The same as the gateway is asked. The creator's share leaves without the fee.
    pub fn order(&self) -> Result<Order> {
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let what = match self.kind {
            AttemptKind::Charge => What::Charge { method: self.method.clone(), customer: self.customer.clone() },
            AttemptKind::Payout => What::Payout { account: text(&self.account), charge: self.source.clone() },
            AttemptKind::TakeBack => What::TakeBack { transfer: text(&self.source) },
            _ => What::Refund { charge: text(&self.source) },
        };
        let amount = match self.kind {
            AttemptKind::Payout | AttemptKind::TakeBack => self.amount.minus(self.fee)?,
            _ => self.amount,
        };
        Ok(Order {
            key: self.id.to_string(),
            payment: self.payment_id.to_string(),
            what,
            amount,
            reference: self.reference.clone(),
        })
    }
}
