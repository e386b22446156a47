//! A payment, as it is stored.

use kernel::{
    Amount, CampaignId, ContractId, CreatorId, Currency, Error, Money, PaymentId, Result, Timestamp, WorkspaceId,
};
use uuid::Uuid;

use super::{RefundStatus, Status};

/// A payment, as it is stored.
#[derive(Clone, Debug, db::Row)]
#[row(
    table = "payments",
    key(id),
    fixed(workspace_id, contract_id, campaign_id, creator_id, name, position, currency, awaits_delivery, created_at),
    compare(revision)
)]
pub struct Payment {
    /// Its id.
    pub id: PaymentId,
    /// The brand that pays.
    pub workspace_id: WorkspaceId,
    /// The contract that it is for.
    pub contract_id: ContractId,
    /// The contract's campaign.
    pub campaign_id: CampaignId,
    /// Who is paid.
    pub creator_id: CreatorId,
    /// The milestone's name; nothing if it was made by hand.
    pub name: Option<String>,
    /// Its place in the contract's schedule; those made by hand come after it.
    pub position: i64,
    /// The line of the contract's schedule in force that it pays, from 0; nothing if it was made by hand.
    pub line: Option<i64>,
    /// How much.
    #[row(of = currency)]
    pub amount: Money,
    /// Of what.
    pub currency: Currency,
    /// Where it stands.
    pub status: Status,
    /// Does it become due only when the content has been delivered?
    pub awaits_delivery: bool,
    /// When it is (or was) due.
    pub due_at: Option<Timestamp>,
    /// Has it been told that it is due?
    pub due_told: bool,
    /// How it is paid: `stripe`, `bank_transfer`, …
    pub payment_method: Option<String>,
    /// Through whom: `mock`, `stripe`, or `manual` where it was recorded by hand.
    pub provider: Option<String>,
    /// The provider's name for it.
    pub transaction_id: Option<String>,
    /// The charge that decides over it.
    pub attempt_id: Option<Uuid>,
    /// Why it failed, in a word.
    pub failure_code: Option<String>,
    /// Why it failed, in a sentence.
    pub failure: Option<String>,
    /// On its way back to the brand.
    #[row(of = currency)]
    pub refunding: Money,
    /// Back with the brand.
    #[row(of = currency)]
    pub refunded: Money,
    /// Taken back by the payer's bank, as long as a dispute is open or after one was lost.
    #[row(of = currency)]
    pub disputed: Money,
    /// Where the newest dispute stands, in the provider's word: `needs_response`, `won`, …
    pub dispute_status: Option<String>,
    /// Why the payer disputes it, in the provider's word: `fraudulent`.
    pub dispute_reason: Option<String>,
    /// Until when the dispute can be answered.
    pub dispute_due: Option<Timestamp>,
    /// Where the creator's share stands.
    pub payout_status: PayoutStatus,
    /// What has left for the creator, the fees in it.
    #[row(of = currency)]
    pub paid_out: Money,
    /// The fees of that.
    #[row(of = currency)]
    pub fees: Money,
    /// When it was paid.
    pub paid_at: Option<Timestamp>,
    /// Since when nothing of it moves, because the two sides of its contract are in a dispute.
    pub frozen_at: Option<Timestamp>,
    /// How often it was changed.
    pub revision: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// Where the creator's share of a payment stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug, kernel::Words)]
pub enum PayoutStatus {
    /// There is nothing to pass on (yet, or any more).
    None,
    /// The money is held until the creator's account is known.
    Waiting,
    /// Being passed on.
    InTransit,
    /// Passed on.
    Paid,
    /// It could not be passed on; it is held.
    Failed,
    /// It was passed on and taken back at the payment provider; it is held.
    Reversed,
}

/// Recorded by hand: no gateway has it.
pub(crate) const MANUAL: &str = "manual";
/// The failure of what an amendment of the contract has replaced.
pub(crate) const REPLACED: &str = "contract_amended";

impl Payment {
    /// One of a contract's that nobody has begun. The caller says its name, its place and when it is due.
    pub(crate) fn pending(
        id: PaymentId,
        (workspace_id, contract_id, campaign_id, creator_id): (WorkspaceId, ContractId, CampaignId, CreatorId),
        amount: Money,
        now: Timestamp,
    ) -> Self {
        let (currency, none) = (amount.currency(), Money::zero(amount.currency()));
        Self {
            id,
            workspace_id,
            contract_id,
            campaign_id,
            creator_id,
            name: None,
            position: 0,
            line: None,
            amount,
            currency,
            status: Status::Pending,
            awaits_delivery: false,
            due_at: None,
            due_told: false,
            payment_method: None,
            provider: None,
            transaction_id: None,
            attempt_id: None,
            failure_code: None,
            failure: None,
            refunding: none,
            refunded: none,
            disputed: none,
            dispute_status: None,
            dispute_reason: None,
            dispute_due: None,
            payout_status: PayoutStatus::None,
            paid_out: none,
            fees: none,
            paid_at: None,
            frozen_at: None,
            revision: 0,
            created_at: now,
            updated_at: now,
        }
    }

    /// So much of its currency.
    pub fn money(&self, amount: Amount) -> Money {
        Money::new(amount, self.currency)
    }

    /// What the server holds of it between brand and creator.
    pub fn held(&self) -> Result<Money> {
        if self.status != Status::Completed || self.is_manual() {
            return Ok(Money::zero(self.currency));
        }
        self.amount.minus(self.refunded)?.minus(self.disputed)?.minus(self.paid_out)
    }

    /// Did an amendment of its contract put others in its place? Then it is never paid.
    pub fn is_replaced(&self) -> bool {
        self.status == Status::Failed && self.failure_code.as_deref() == Some(REPLACED)
    }

    /// Refuses to move what is frozen.
    pub(crate) fn must_not_be_frozen(&self) -> Result<()> {
        if self.frozen_at.is_some() {
            return Err(Error::conflict(
                "The payment is frozen while its contract is disputed; it moves as the dispute is decided",
            ));
        }
        Ok(())
    }

    /// Refuses to pay what an amendment has replaced.
    pub(crate) fn must_stand(&self) -> Result<()> {
        if self.is_replaced() {
            return Err(Error::conflict(
                "An amendment of the contract has replaced this payment; pay those of the schedule in force",
            ));
        }
        Ok(())
    }

    /// Was it paid outside of a gateway?
    pub fn is_manual(&self) -> bool {
        self.provider.as_deref() == Some(MANUAL)
    }

    /// Is there a share of the creator's that is not on its way?
    pub fn can_pay_out(&self) -> Result<bool> {
        let waits = matches!(self.payout_status, PayoutStatus::Waiting | PayoutStatus::Failed);
        Ok(waits && self.frozen_at.is_none() && !self.refunding.is_positive() && self.held()?.is_positive())
    }

    /// What of it can still go back to the brand.
    pub fn refundable(&self) -> Result<Money> {
        if self.status != Status::Completed {
            return Ok(Money::zero(self.currency));
        }
        let left = self.amount.minus(self.refunded)?.minus(self.refunding)?.minus(self.disputed)?;
        Ok(if left.is_positive() { left } else { Money::zero(self.currency) })
    }

    /// How much of it went back.
    pub fn refund_status(&self) -> RefundStatus {
        RefundStatus::of(self.amount.amount(), self.refunded.amount(), self.refunding.amount())
    }

    /// Is it to be paid now?
    pub fn is_due(&self, now: Timestamp) -> bool {
        matches!(self.status, Status::Pending | Status::Failed)
            && !self.is_replaced()
            && !self.awaits_delivery
            && self.due_at.is_some_and(|due| due <= now)
    }

    /// May so much of it go back now? Nothing said is all that is left. An error says why not.
    pub fn may_refund(&self, wanted: Option<Amount>) -> Result<Money> {
        self.must_not_be_frozen()?;
        if self.status != Status::Completed {
            return Err(Error::conflict(format!(
                "The payment is {}; only one that is completed can be refunded",
                self.status.word()
            )));
        }
        if self.refunding.is_positive() {
            return Err(Error::conflict("A refund of this payment is under way; ask again when it has ended"));
        }
        if self.payout_status == PayoutStatus::InTransit {
            return Err(Error::conflict(
                "The creator's share is just being passed on; ask for the refund again in a moment",
            ));
        }
        let left = self.refundable()?;
        let amount = wanted.map_or(left, |wanted| self.money(wanted));
        let is_more = amount.is_more_than(left)?;
        if self.disputed.is_positive() && (wanted.is_none() || is_more) {
            return Err(Error::conflict(format!(
                "The payer's bank has taken back {} of the payment (dispute_status says where the dispute stands); what is disputed \
                 is not refunded as well",
                self.disputed
            )));
        }
        if !left.is_positive() {
            return Err(Error::conflict("The payment has been refunded in whole; there is nothing left of it"));
        }
        if is_more {
            return Err(Error::conflict(format!("Only {left} of the payment is left to refund")));
        }
        must_be_exact(amount)?;
        Ok(amount)
    }
}

/// Refuses a part of what its currency has no parts of.
pub(crate) fn must_be_exact(amount: Money) -> Result<()> {
    if amount.is_exact() {
        return Ok(());
    }
    Err(Error::invalid_field(
        "amount",
        format!("must be a whole number of {0}, which has no decimals", amount.currency()),
    ))
}
