//! What contracts ask of payments, in their own transactions.

use db::Tx;
use kernel::{
    CampaignId, Clock, ContractId, CreatorId, Error, Money, PaymentId, Result, Scope, Timestamp, WorkspaceId,
};

use crate::model::{Payment, PayoutStatus, Status};
use crate::{Currency, store};

/// The payments of a contract that all sides have signed.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The contract.
    pub contract: ContractId,
    /// Its campaign.
    pub campaign: CampaignId,
    /// Who is paid.
    pub creator: CreatorId,
    /// The brand that pays.
    pub workspace: WorkspaceId,
    /// In which currency.
    pub currency: Currency,
    /// One payment each, in this order.
    pub milestones: Vec<Milestone>,
}

/// One payment of a plan.
#[derive(Clone, Debug)]
pub struct Milestone {
    /// `contract_signing`, `content_delivery`, …
    pub name: String,
    /// How much; more than 0.
    pub amount: Money,
    /// Not due before this moment; nothing where no date was agreed.
    pub due_on: Option<Timestamp>,
    /// Is it due only once the content has been [`delivered`]? Otherwise it is due at its date or, without one, at once.
    pub on_delivery: bool,
}

/// Makes the payments of a signed contract. [`kernel::Kind::Conflict`] if it has been planned before, [`kernel::Kind::Invalid`] if an
/// amount is none of its currency. Where the creator signs last, `scope` is [`Scope::system`].
pub async fn plan(scope: Scope, tx: &mut Tx, clock: &Clock, plan: Plan) -> Result<Vec<PaymentId>> {
    let now = clock.now();
    let there = store::of_contract(scope, tx, plan.contract).await?;
    if there.iter().any(|payment| payment.name.is_some()) {
        return Err(Error::conflict("The payments of this contract have been made already"));
    }
    let first = there.iter().map(|payment| payment.position + 1).max().unwrap_or(0);
    let mut payments = Vec::with_capacity(plan.milestones.len());
    for (position, milestone) in (first..).zip(plan.milestones) {
        if milestone.amount <= Money::default() || !plan.currency.fits(milestone.amount) {
            let message = format!("has an amount that is none of {}: {}", plan.currency, milestone.amount.to_number());
            return Err(Error::invalid_field("payment_schedule", message));
        }
        let due_at = if milestone.on_delivery { milestone.due_on } else { Some(milestone.due_on.unwrap_or(now)) };
        payments.push(Payment {
            id: clock.new_id(),
            workspace_id: plan.workspace,
            contract_id: plan.contract,
            campaign_id: plan.campaign,
            creator_id: plan.creator,
            name: Some(milestone.name),
            position,
            amount: milestone.amount,
            currency: plan.currency,
            status: Status::Pending,
            awaits_delivery: milestone.on_delivery,
            due_at,
            due_told: !milestone.on_delivery && due_at.is_some_and(|due| due <= now),
            payment_method: None,
            provider: None,
            transaction_id: None,
            attempt_id: None,
            failure_code: None,
            failure: None,
            refunding: Money::default(),
            refunded: Money::default(),
            payout_status: PayoutStatus::None,
            paid_out: Money::default(),
            fees: Money::default(),
            paid_at: None,
            revision: 0,
            created_at: now,
            updated_at: now,
        });
    }
    store::insert(scope, tx, &payments).await?;
    for payment in &payments {
        tell(tx, clock, "payment.created", payment);
        if payment.due_told {
            tell(tx, clock, "payment.due", payment);
        }
    }
    Ok(payments.into_iter().map(|payment| payment.id).collect())
}

/// The content of a contract has been delivered: what waits for that becomes due, now or at its date. Tells how many payments that are;
/// may be called again without harm.
pub async fn delivered(scope: Scope, tx: &mut Tx, clock: &Clock, contract: ContractId) -> Result<usize> {
    let released = store::release(scope, tx, contract, clock.now()).await?;
    for payment in released.iter().filter(|payment| payment.due_told) {
        tell(tx, clock, "payment.due", payment);
    }
    Ok(released.len())
}

/// The contract was called off: what of it has not been paid yet will not be. What is under way or paid stays as it is, and may be
/// refunded. Tells how many payments that are.
pub async fn call_off(scope: Scope, tx: &mut Tx, clock: &Clock, contract: ContractId) -> Result<usize> {
    let ended = store::call_off(scope, tx, contract, clock.now()).await?;
    for payment in &ended {
        tell(tx, clock, "payment.failed", payment);
    }
    Ok(ended.len())
}

/// Tells what happened to a payment.
pub(crate) fn tell(tx: &mut Tx, clock: &Clock, kind: &str, payment: &Payment) {
    let payload = serde_json::json!({
        "contract_id": payment.contract_id,
        "campaign_id": payment.campaign_id,
        "creator_id": payment.creator_id,
        "milestone": payment.name,
        "amount": payment.amount,
        "currency": payment.currency,
        "refunded": payment.refunded,
        "status": payment.status,
    });
    tx.event(kind, payment.id, Some(payment.workspace_id), payload.to_string(), clock.new_id(), clock.now());
}
