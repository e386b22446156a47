//! What happens to payments.

use events::{Kind, event};
use kernel::{AccountId, Amount, CampaignId, ContractId, CreatorId, PaymentId, Timestamp, WorkspaceId};

use crate::model::{Payment, Status};

/// Everything that happens here.
pub const EVENTS: &[Kind] = &[
    Kind::of::<PaymentCreated>(),
    Kind::of::<PaymentDue>(),
    Kind::of::<PaymentProcessing>(),
    Kind::of::<PaymentCompleted>(),
    Kind::of::<PaymentFailed>(),
    Kind::of::<PaymentReplaced>(),
    Kind::of::<PaymentChargedTwice>(),
    Kind::of::<PaymentPaidOut>(),
    Kind::of::<PaymentPayoutFailed>(),
    Kind::of::<PaymentPayoutReversed>(),
    Kind::of::<PaymentRefunding>(),
    Kind::of::<PaymentRefunded>(),
    Kind::of::<PaymentRefundFailed>(),
    Kind::of::<PaymentDisputed>(),
    Kind::of::<PaymentDisputeUpdated>(),
    Kind::of::<PaymentDisputeClosed>(),
    Kind::of::<PayoutAccountChanged>(),
];

/// Where a creator's money goes was said, or changed.
#[event("payout_account.changed", subject = creator_id)]
pub struct PayoutAccountChanged {
    /// Whose it is: everybody's who pays the creator, and so nobody's.
    pub workspace_id: Option<WorkspaceId>,
    /// The creator's entry.
    pub creator_id: CreatorId,
    /// Who said so.
    pub account_id: AccountId,
    /// Who had said so before; null if nobody had.
    pub was_set_by: Option<AccountId>,
    /// From when on it is paid to.
    pub pays_from: Timestamp,
}

/// A payment, as it stands after what happened.
#[event(subject = payment_id)]
pub struct PaymentFacts {
    /// The brand that pays.
    pub workspace_id: WorkspaceId,
    /// The payment.
    pub payment_id: PaymentId,
    /// The contract that it is for.
    pub contract_id: ContractId,
    /// The contract's campaign.
    pub campaign_id: CampaignId,
    /// Who is paid.
    pub creator_id: CreatorId,
    /// The milestone's name; null if it was made by hand.
    pub milestone: Option<String>,
    /// How much.
    pub amount: Amount,
    /// Of what (ISO 4217).
    #[schema(example = "USD")]
    pub currency: String,
    /// How much of it is back with the brand.
    pub refunded: Amount,
    /// How much of it the payer's bank has taken back.
    pub disputed: Amount,
    /// Where the newest dispute stands, in the provider's word; null without one.
    pub dispute_status: Option<String>,
    /// Where it stands.
    pub status: Status,
}

impl PaymentFacts {
    /// Of this payment.
    pub fn of(payment: &Payment) -> Self {
        Self {
            workspace_id: payment.workspace_id,
            payment_id: payment.id,
            contract_id: payment.contract_id,
            campaign_id: payment.campaign_id,
            creator_id: payment.creator_id,
            milestone: payment.name.clone(),
            amount: payment.amount.amount(),
            currency: payment.currency.to_string(),
            refunded: payment.refunded.amount(),
            disputed: payment.disputed.amount(),
            dispute_status: payment.dispute_status.clone(),
            status: payment.status,
        }
    }
}

/// A payment was planned.
#[event("payment.created")]
pub struct PaymentCreated(pub PaymentFacts);

/// A payment is due.
#[event("payment.due")]
pub struct PaymentDue(pub PaymentFacts);

/// The payment provider was asked for a payment.
#[event("payment.processing")]
pub struct PaymentProcessing(pub PaymentFacts);

/// A payment was paid.
#[event("payment.completed")]
pub struct PaymentCompleted(pub PaymentFacts);

/// A payment was refused, or will not be paid because its contract was called off.
#[event("payment.failed")]
pub struct PaymentFailed(pub PaymentFacts);

/// An amendment of the contract planned something else in place of a payment.
#[event("payment.replaced")]
pub struct PaymentReplaced(pub PaymentFacts);

/// A payment was charged once more; the second charge goes back.
#[event("payment.charged_twice")]
pub struct PaymentChargedTwice(pub PaymentFacts);

/// The creator has their share of a payment.
#[event("payment.paid_out")]
pub struct PaymentPaidOut(pub PaymentFacts);

/// The creator's share of a payment could not be passed on.
#[event("payment.payout_failed")]
pub struct PaymentPayoutFailed(pub PaymentFacts);

/// The creator's share of a payment was taken back at the payment provider.
#[event("payment.payout_reversed")]
pub struct PaymentPayoutReversed(pub PaymentFacts);

/// A refund of a payment is under way.
#[event("payment.refunding")]
pub struct PaymentRefunding(pub PaymentFacts);

/// A payment went back to the brand, or a part of it.
#[event("payment.refunded")]
pub struct PaymentRefunded(pub PaymentFacts);

/// A refund of a payment failed.
#[event("payment.refund_failed")]
pub struct PaymentRefundFailed(pub PaymentFacts);

/// The payer disputes a payment.
#[event("payment.disputed")]
pub struct PaymentDisputed(pub PaymentFacts);

/// There is news of a dispute.
#[event("payment.dispute_updated")]
pub struct PaymentDisputeUpdated(pub PaymentFacts);

/// A dispute is over: its status says how it ended.
#[event("payment.dispute_closed")]
pub struct PaymentDisputeClosed(pub PaymentFacts);
