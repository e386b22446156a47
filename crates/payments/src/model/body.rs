//! Payments as they are told.

use kernel::{Amount, CampaignId, ContractId, CreatorId, Currency, PaymentId, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;

use super::{Payment, PayoutStatus, RefundStatus, Status};

/// A payment of a contract: how much, for what, and where it stands.
#[derive(Serialize, ToSchema)]
#[schema(as = Payment)]
pub struct PaymentBody {
    id: PaymentId,
    contract_id: ContractId,
    campaign_id: CampaignId,
    creator_id: CreatorId,
    /// The milestone's name in the contract's schedule; null for a payment made by hand.
    #[schema(example = "content_delivery")]
    milestone: Option<String>,
    amount: Amount,
    currency: Currency,
    status: Status,
    /// How it is paid: `stripe`, `bank_transfer`, …
    #[schema(example = "stripe")]
    payment_method: Option<String>,
    /// Through whom it was paid: `mock`, `stripe`, or `manual` where it was recorded by hand.
    #[schema(example = "mock")]
    provider: Option<String>,
    /// The provider's name for it.
    transaction_id: Option<String>,
    /// When it is due; null while it waits for the delivery of the content and no date was agreed.
    due_date: Option<Timestamp>,
    /// Does it become due only once the content is delivered?
    awaits_delivery: bool,
    paid_at: Option<Timestamp>,
    refund_status: RefundStatus,
    /// Back with the brand.
    amount_refunded: Amount,
    /// Where the newest dispute of it stands, in the payment provider's word: `warning_needs_response`, `needs_response`, `under_review`,
    /// `won`, `lost`, …; null if nobody disputes it.
    #[schema(example = "needs_response")]
    dispute_status: Option<String>,
    /// Why it is disputed, in the provider's word.
    #[schema(example = "product_not_received")]
    dispute_reason: Option<String>,
    /// Until when the dispute can be answered, at the payment provider.
    dispute_respond_by: Option<Timestamp>,
    /// Taken back by the payer's bank: while a dispute is open, and for good once it is lost.
    amount_disputed: Amount,
    /// Where the creator's share stands.
    payout_status: PayoutStatus,
    /// Why it failed, in a word: `card_declined`.
    failure_code: Option<String>,
    /// Why it failed, in a sentence.
    failure_message: Option<String>,
    created_at: Timestamp,
    updated_at: Timestamp,
}

impl From<Payment> for PaymentBody {
    fn from(payment: Payment) -> Self {
        Self {
            id: payment.id,
            contract_id: payment.contract_id,
            campaign_id: payment.campaign_id,
            creator_id: payment.creator_id,
            refund_status: payment.refund_status(),
            milestone: payment.name,
            amount: payment.amount.amount(),
            currency: payment.currency,
            status: payment.status,
            payment_method: payment.payment_method,
            provider: payment.provider,
            transaction_id: payment.transaction_id,
            due_date: payment.due_at,
            awaits_delivery: payment.awaits_delivery,
            paid_at: payment.paid_at,
            amount_refunded: payment.refunded.amount(),
            dispute_status: payment.dispute_status,
            dispute_reason: payment.dispute_reason,
            dispute_respond_by: payment.dispute_due,
            amount_disputed: payment.disputed.amount(),
            payout_status: payment.payout_status,
            failure_code: payment.failure_code,
            failure_message: payment.failure,
            created_at: payment.created_at,
            updated_at: payment.updated_at,
        }
    }
}

/// What came of processing a payment.
#[derive(Serialize, ToSchema)]
pub struct ProcessedBody {
    payment_id: PaymentId,
    /// `completed`; `processing` while the provider or the payer has still something to do; `failed` if it was refused.
    status: Status,
    /// The provider's name for it.
    #[schema(example = "txn_mock_0190a000000070008000000000000000")]
    transaction_id: Option<String>,
    /// When it was completed; null while nobody knows when it will be.
    estimated_completion: Option<Timestamp>,
    /// Who moved the money: `mock` moves none.
    #[schema(example = "mock")]
    provider: Option<String>,
    /// Why it was refused, in a word.
    failure_code: Option<String>,
    /// Why it was refused, and what to do.
    failure_message: Option<String>,
    /// Where the payer goes on, if the payer has to confirm it.
    next_action_url: Option<String>,
    /// With this the payer's page goes on (Stripe.js), if the payer has to confirm it.
    client_secret: Option<String>,
}

impl ProcessedBody {
    /// Of the payment as it is now, with what the payer must do, if anything.
    pub fn new(payment: Payment, wanted: Option<ports::gateway::Wanted>) -> Self {
        let (client_secret, next_action_url) = wanted.map_or((None, None), |wanted| (wanted.client_secret, wanted.url));
        Self {
            payment_id: payment.id,
            status: payment.status,
            transaction_id: payment.transaction_id,
            estimated_completion: payment.paid_at,
            provider: payment.provider,
            failure_code: payment.failure_code,
            failure_message: payment.failure,
            next_action_url,
            client_secret,
        }
    }
}
