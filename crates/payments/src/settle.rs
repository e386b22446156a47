//! What came of an attempt is written down: once, whoever hears of it first.

use db::Tx;
use events::TxExt as _;
use jobs::NewJob;
use kernel::{Clock, Error, Money, Result, Scope, Timestamp};
use ports::gateway::{Gateway, Outcome};
use uuid::Uuid;

use crate::events::{
    PaymentChargedTwice, PaymentCompleted, PaymentFacts, PaymentFailed, PaymentPaidOut, PaymentPayoutFailed,
    PaymentRefundFailed, PaymentRefunded,
};
use crate::jobs::{ATTEMPT, PATIENCE};
use crate::ledger::{Posting, post};
use crate::model::{Attempt, AttemptKind, AttemptStatus, Payment, PayoutStatus, Status, part};
use crate::{Contracts, Fees, Settings, store};

/// With what attempts are made and settled.
#[derive(Clone, Copy)]
pub(crate) struct Desk<'a> {
    pub(crate) clock: &'a Clock,
    pub(crate) gateway: &'a dyn Gateway,
    pub(crate) settings: Settings,
    pub(crate) contracts: &'a dyn Contracts,
    pub(crate) fees: &'a dyn Fees,
}

/// What stands written after an outcome.
pub(crate) struct Settled {
    /// The payment as it is now.
    pub(crate) payment: Payment,
    /// What is to be asked next for the same purpose.
    pub(crate) next: Option<Uuid>,
}

pub(crate) const SYSTEM: Scope = Scope::system();

impl Desk<'_> {
    /// Writes down an outcome. What is known already stays: an outcome that comes twice, or late, changes nothing; but money that moved is
    /// always told by the ledger, also where the provider had said before that it would not.
    pub(crate) async fn settle(&self, tx: &mut Tx, id: Uuid, outcome: Outcome) -> Result<Settled> {
        let gone = || Error::internal(format!("attempt {id} is not there"));
        let attempt = store::attempt(SYSTEM, tx, id).await?.ok_or_else(gone)?;
        // Whoever settles an attempt of this payment waits here for whoever does so already.
        let mut payment = store::take(SYSTEM, tx, attempt.payment_id).await?.ok_or_else(gone)?;
        let mut attempt = store::attempt(SYSTEM, tx, id).await?.ok_or_else(gone)?;
        let (was, now) = (payment.status, self.clock.now());
        let mut next = None;
        match outcome {
            Outcome::Underway { reference, .. } => {
                if attempt.status == AttemptStatus::Open && attempt.reference.as_ref() != Some(&reference) {
                    store::name_attempt(SYSTEM, tx, id, &reference).await?;
                    if payment.attempt_id == Some(id) {
                        payment.transaction_id = Some(reference);
                        store::save(SYSTEM, tx, &payment, was).await?;
                    }
                }
            }
            Outcome::Done { reference } => {
                let before = attempt.status;
                // A charge that was refused may go through after all, when the payer tried again.
                let counts = before == AttemptStatus::Open
                    || before == AttemptStatus::Failed && attempt.kind == AttemptKind::Charge;
                attempt.status = AttemptStatus::Done;
                attempt.reference = Some(reference);
                (attempt.failure_code, attempt.failure, attempt.settled_at) = (None, None, Some(now));
                if counts && store::close_attempt(SYSTEM, tx, &attempt, before).await? {
                    next = self.done(tx, &mut payment, &attempt).await?;
                    payment.updated_at = now;
                    store::save(SYSTEM, tx, &payment, was).await?;
                }
            }
            Outcome::Refused { reference, code, message } => {
                let before = attempt.status;
                attempt.status = AttemptStatus::Failed;
                attempt.reference = reference;
                (attempt.failure_code, attempt.failure, attempt.settled_at) = (Some(code), Some(message), Some(now));
                if before == AttemptStatus::Done {
                    if matches!(attempt.kind, AttemptKind::Refund | AttemptKind::Return) {
                        attempt.status = before;
                        self.refund_came_back(tx, &mut payment, &attempt).await?;
                    }
                } else if before == AttemptStatus::Open && store::close_attempt(SYSTEM, tx, &attempt, before).await? {
                    refused(tx, &mut payment, &attempt);
                    if attempt.kind == AttemptKind::Refund && self.is_held_again(tx, &payment).await? {
                        // The share was taken back for nothing: it goes to the creator again.
                        self.pay_out(tx, &mut payment).await?;
                    }
                    payment.updated_at = now;
                    store::save(SYSTEM, tx, &payment, was).await?;
                }
            }
        }
        Ok(Settled { payment, next })
    }

    async fn done(&self, tx: &mut Tx, payment: &mut Payment, attempt: &Attempt) -> Result<Option<Uuid>> {
        let (id, amount, fee, now) = (Some(attempt.id), attempt.amount, attempt.fee, self.clock.now());
        match attempt.kind {
            AttemptKind::Charge => {
                let decides = payment.attempt_id == id && payment.status != Status::Completed;
                if decides {
                    payment.status = Status::Completed;
                    payment.paid_at = Some(now);
                    payment.transaction_id.clone_from(&attempt.reference);
                    (payment.failure_code, payment.failure) = (None, None);
                    tx.event(PaymentCompleted(PaymentFacts::of(payment)));
                    self.pay_out(tx, payment).await?;
                } else {
                    // The payment was tried again or paid otherwise meanwhile: this money goes back.
                    tracing::error!(payment = %payment.id, attempt = %attempt.id, "a charge went through late; it is given back");
                    tx.event(PaymentChargedTwice(PaymentFacts::of(payment)));
                    self.begin(tx, payment, AttemptKind::Return, amount, attempt.reference.clone(), None).await?;
                }
                post(SYSTEM, tx, payment, id, &Posting::charge(amount), now).await?;
            }
            AttemptKind::Payout => {
                payment.paid_out = payment.paid_out.plus(amount)?;
                payment.fees = payment.fees.plus(fee)?;
                payment.payout_status = PayoutStatus::Paid;
                tx.event(PaymentPaidOut(PaymentFacts::of(payment)));
                post(SYSTEM, tx, payment, id, &Posting::payout(amount, fee)?, now).await?;
            }
            AttemptKind::TakeBack => {
                payment.paid_out = payment.paid_out.minus(amount)?;
                payment.fees = payment.fees.minus(fee)?;
                let back = payment.refunding;
                let next = self
                    .begin(
                        tx,
                        payment,
                        AttemptKind::Refund,
                        back,
                        payment.transaction_id.clone(),
                        attempt.reason.clone(),
                    )
                    .await?;
                post(SYSTEM, tx, payment, id, &Posting::take_back(amount, fee)?, now).await?;
                return Ok(Some(next));
            }
            AttemptKind::Refund => {
                payment.refunding = payment.refunding.minus(amount)?;
                payment.refunded = payment.refunded.plus(amount)?;
                if payment.refunded == payment.amount {
                    payment.payout_status = PayoutStatus::None;
                }
                tx.event(PaymentRefunded(PaymentFacts::of(payment)));
                post(SYSTEM, tx, payment, id, &Posting::refund(amount), now).await?;
            }
            AttemptKind::Return => {
                post(SYSTEM, tx, payment, id, &Posting::refund(amount), now).await?;
            }
            AttemptKind::RefundFailed | AttemptKind::Dispute | AttemptKind::DisputeWon => {
                return Err(Error::internal("what is only heard was asked"));
            }
        }
        Ok(None)
    }

    /// Is there money of the creator's that was taken back from them, and went to nobody?
    async fn is_held_again(&self, tx: &mut Tx, payment: &Payment) -> Result<bool> {
        let attempts = store::attempts_of(SYSTEM, tx, payment.id).await?;
        let taken = attempts.iter().any(|it| it.kind == AttemptKind::TakeBack && it.status == AttemptStatus::Done);
        Ok(taken && payment.held()?.is_positive())
    }

    /// Passes the creator's share on, or holds it until their account is known, good, and whoever's who signed the contract. The payment is to
    /// be saved by the caller.
    pub(crate) async fn pay_out(&self, tx: &mut Tx, payment: &mut Payment) -> Result<()> {
        let amount = payment.held()?;
        if !amount.is_positive() {
            payment.payout_status = PayoutStatus::None;
            return Ok(());
        }
        if payment.frozen_at.is_some() {
            payment.payout_status = PayoutStatus::Waiting;
            return Ok(());
        }
        let known = store::payout_account(SYSTEM, tx, payment.creator_id, self.gateway.name()).await?;
        let payee = self.contracts.payee(tx, payment.contract_id).await?;
        let now = self.clock.now();
        let account = match known {
            Some(known) => {
                (known.good_from <= now && payee.is(known.set_by, known.address.as_deref())).then_some(known.account)
            }
            None => self.gateway.usual_account(),
        };
        payment.payout_status = match account {
            None => PayoutStatus::Waiting,
            Some(account) => {
                let share = self.fees.share(tx, self.settings.fee, payment.creator_id).await?;
                let fee = part(amount, share.into(), 10_000);
                let mut attempt = self.attempt(payment, AttemptKind::Payout, amount);
                attempt.fee = fee;
                attempt.account = Some(account);
                attempt.source.clone_from(&payment.transaction_id);
                self.write(tx, attempt, self.clock.now()).await?;
                PayoutStatus::InTransit
            }
        };
        Ok(())
    }

    /// Begins to give so much of a payment back to the brand: from what is held, and for the rest from what went to the creator. Answers
    /// what is to be asked first. The payment is to be saved by the caller.
    pub(crate) async fn refund(
        &self,
        tx: &mut Tx,
        payment: &mut Payment,
        amount: Money,
        reason: Option<String>,
        asked_with: Option<String>,
    ) -> Result<Uuid> {
        let take = amount.minus(payment.held()?)?;
        payment.refunding = amount;
        let later = self.clock.now().plus(PATIENCE);
        if !take.is_positive() {
            let source = payment.transaction_id.clone();
            let attempt = Attempt { source, reason, asked_with, ..self.attempt(payment, AttemptKind::Refund, amount) };
            let id = attempt.id;
            self.write(tx, attempt, later).await?;
            return Ok(id);
        }
        let transfer = store::attempts_of(SYSTEM, tx, payment.id).await?.into_iter().rev();
        let transfer = transfer
            .filter(|it| it.kind == AttemptKind::Payout && it.status == AttemptStatus::Done)
            .find_map(|it| it.reference);
        let transfer = transfer.ok_or_else(|| Error::internal("a share was passed on, and no transfer is known"))?;
        let fee = part(payment.fees, take.minor(), payment.paid_out.minor());
        let mut attempt = self.attempt(payment, AttemptKind::TakeBack, take);
        attempt.fee = if take == payment.paid_out { payment.fees } else { fee };
        attempt.source = Some(transfer);
        attempt.reason = reason;
        attempt.asked_with = asked_with;
        let id = attempt.id;
        self.write(tx, attempt, later).await?;
        Ok(id)
    }

    /// An attempt of this payment that was not made yet.
    pub(crate) fn attempt(&self, payment: &Payment, kind: AttemptKind, amount: Money) -> Attempt {
        Attempt {
            id: self.clock.new_id::<()>().uuid(),
            payment_id: payment.id,
            workspace_id: payment.workspace_id,
            kind,
            status: AttemptStatus::Open,
            provider: self.gateway.name().into(),
            amount,
            fee: Money::zero(amount.currency()),
            currency: amount.currency(),
            method: None,
            customer: None,
            account: None,
            source: None,
            reference: None,
            reason: None,
            failure_code: None,
            failure: None,
            asked_with: None,
            created_at: self.clock.now(),
            settled_at: None,
        }
    }

    async fn begin(
        &self,
        tx: &mut Tx,
        payment: &Payment,
        kind: AttemptKind,
        amount: Money,
        source: Option<String>,
        reason: Option<String>,
    ) -> Result<Uuid> {
        let attempt = Attempt { source, reason, ..self.attempt(payment, kind, amount) };
        let id = attempt.id;
        self.write(tx, attempt, self.clock.now()).await?;
        Ok(id)
    }

    /// Writes an attempt and the job that sees to it from `at` on.
    pub(crate) async fn write(&self, tx: &mut Tx, attempt: Attempt, at: Timestamp) -> Result<()> {
        store::insert_attempt(SYSTEM, tx, &attempt).await?;
        see_to(tx, self.clock, attempt.id, at).await
    }
}

fn refused(tx: &mut Tx, payment: &mut Payment, attempt: &Attempt) {
    match attempt.kind {
        AttemptKind::Charge => {
            if payment.attempt_id == Some(attempt.id) && payment.status == Status::Processing {
                payment.status = Status::Failed;
                payment.failure_code.clone_from(&attempt.failure_code);
                payment.failure.clone_from(&attempt.failure);
                tx.event(PaymentFailed(PaymentFacts::of(payment)));
            }
        }
        AttemptKind::Payout => {
            payment.payout_status = PayoutStatus::Failed;
            tx.event(PaymentPayoutFailed(PaymentFacts::of(payment)));
        }
        AttemptKind::TakeBack | AttemptKind::Refund => {
            payment.refunding = Money::zero(payment.currency);
            tx.event(PaymentRefundFailed(PaymentFacts::of(payment)));
        }
        AttemptKind::Return => tx.event(PaymentRefundFailed(PaymentFacts::of(payment))),
        AttemptKind::RefundFailed | AttemptKind::Dispute | AttemptKind::DisputeWon => {}
    }
}

/// Has a job look at an attempt from `at` on.
pub(crate) async fn see_to(tx: &mut Tx, clock: &Clock, id: Uuid, at: Timestamp) -> Result<()> {
    // With its back-off of up to an hour, a few days.
    let job = NewJob::new(ATTEMPT, &id)?.dedupe(id.to_string()).at(at).max_attempts(100);
    jobs::enqueue(tx, clock, job).await.map(drop)
}
