//! What contracts ask of payments, in their own transactions.

use db::Tx;
use events::TxExt as _;
use kernel::{
    Amount, CampaignId, Clock, ContractId, CreatorId, Currency, Error, Money, PaymentId, Result, Scope, Timestamp,
    WorkspaceId,
};

use crate::events::{PaymentCreated, PaymentDue, PaymentFacts, PaymentFailed};
use crate::model::Payment;
use crate::store;

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
    /// One payment each, in this order: the lines of the contract's schedule, counted from 0.
    pub milestones: Vec<Milestone>,
}

/// One payment of a plan.
#[derive(Clone, Debug)]
pub struct Milestone {
    /// `contract_signing`, `content_delivery`, …
    pub name: String,
    /// How much; more than 0.
    pub amount: Amount,
    /// Not due before this moment; nothing where no date was agreed.
    pub due_on: Option<Timestamp>,
    /// Is it due only once the content has been [`delivered`]? Otherwise it is due at its date or, without one, at once.
    pub on_delivery: bool,
    /// For [`replan`](crate::replan): the line of the schedule before that said the same, if one did.
    pub was: Option<usize>,
}

/// What of a contract has been delivered.
#[derive(Clone, Copy, Debug)]
pub enum Delivered<'a> {
    /// Everything.
    Everything,
    /// What these lines of its schedule pay for.
    Lines(&'a [usize]),
}

/// Makes the payments of a signed contract. [`kernel::Kind::Conflict`] if it has been planned before, [`kernel::Kind::Invalid`] if an
/// amount is none of its currency. Where the creator signs last, `scope` is [`Scope::system`].
pub async fn plan(scope: Scope, tx: &mut Tx, clock: &Clock, plan: Plan) -> Result<Vec<PaymentId>> {
    let now = clock.now();
    let there = store::of_contract(scope, tx, plan.contract).await?;
    if there.iter().any(|payment| payment.line.is_some()) {
        return Err(Error::conflict("The payments of this contract have been made already"));
    }
    let first = there.iter().map(|payment| payment.position + 1).max().unwrap_or(0);
    let mut payments = Vec::with_capacity(plan.milestones.len());
    for ((line, position), milestone) in (0..).zip(first..).zip(&plan.milestones) {
        payments.push(drawn_up(&plan, milestone, milestone.amount, (line, position), (clock, now))?);
    }
    add(scope, tx, &payments).await?;
    Ok(payments.into_iter().map(|payment| payment.id).collect())
}

/// A payment of a milestone, or of what is left of it to pay.
pub(crate) fn drawn_up(
    plan: &Plan,
    milestone: &Milestone,
    amount: Amount,
    (line, position): (i64, i64),
    (clock, now): (&Clock, Timestamp),
) -> Result<Payment> {
    let amount = Money::new(amount, plan.currency);
    if !amount.is_positive() || !amount.is_exact() {
        let message = format!("has an amount that is none of {}: {}", plan.currency, amount.amount().to_number());
        return Err(Error::invalid_field("payment_schedule", message));
    }
    let due_at = if milestone.on_delivery { milestone.due_on } else { Some(milestone.due_on.unwrap_or(now)) };
    let whose = (plan.workspace, plan.contract, plan.campaign, plan.creator);
    Ok(Payment {
        name: Some(milestone.name.clone()),
        position,
        line: Some(line),
        awaits_delivery: milestone.on_delivery,
        due_at,
        due_told: !milestone.on_delivery && due_at.is_some_and(|due| due <= now),
        ..Payment::pending(clock.new_id(), whose, amount, now)
    })
}

/// Writes payments that were drawn up, and tells of them.
pub(crate) async fn add(scope: Scope, tx: &mut Tx, payments: &[Payment]) -> Result<()> {
    store::insert(scope, tx, payments).await?;
    for payment in payments {
        tx.event(PaymentCreated(PaymentFacts::of(payment)));
        if payment.due_told {
            tx.event(PaymentDue(PaymentFacts::of(payment)));
        }
    }
    Ok(())
}

/// Content of a contract has been delivered: what waits for that becomes due, now or at its date. Tells how many payments that are;
/// may be called again without harm.
pub async fn delivered(
    scope: Scope,
    tx: &mut Tx,
    clock: &Clock,
    contract: ContractId,
    what: Delivered<'_>,
) -> Result<usize> {
    let lines = match what {
        Delivered::Everything => None,
        Delivered::Lines([]) => return Ok(0),
        Delivered::Lines(lines) => Some(lines),
    };
    let released = store::release(scope, tx, contract, lines, clock.now()).await?;
    // What was paid before it was due is not asked for again.
    for payment in released.iter().filter(|payment| payment.due_told && payment.is_due(clock.now())) {
        tx.event(PaymentDue(PaymentFacts::of(payment)));
    }
    Ok(released.len())
}

/// The contract was called off: what of it has not been paid yet will not be. What is under way or paid stays as it is, and may be
/// refunded. Tells how many payments that are.
pub async fn call_off(scope: Scope, tx: &mut Tx, clock: &Clock, contract: ContractId) -> Result<usize> {
    let ended = store::call_off(scope, tx, contract, clock.now()).await?;
    for payment in &ended {
        tx.event(PaymentFailed(PaymentFacts::of(payment)));
    }
    Ok(ended.len())
}
