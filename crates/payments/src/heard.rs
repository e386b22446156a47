//! What the provider tells by itself: what came of our orders, and what was done with our money without one.
//!
//! Whatever it says may come more than once and in any order. So everything is known by the provider's own name for it: a refund or a reversal
//! that was made there becomes an attempt that is done, once; a refund that has failed stays so; a dispute goes through its steps and
//! never back. What concerns no charge or transfer of ours is another program's, and is left alone.

use db::Tx;
use events::TxExt as _;
use jobs::NewJob;
use kernel::{Error, Kind, Money, Result};
use ports::gateway::{Back, Dispute, News, Outcome, Word};
use uuid::Uuid;

use crate::events::{
    PaymentDisputeClosed, PaymentDisputeUpdated, PaymentDisputed, PaymentFacts, PaymentPayoutReversed,
    PaymentRefundFailed, PaymentRefunded,
};
use crate::jobs::REFUNDS;
use crate::ledger::{Posting, post};
use crate::model::{Attempt, AttemptKind, AttemptStatus, Payment, PayoutStatus, Status, part};
use crate::settle::{Desk, SYSTEM};
use crate::store;

impl Desk<'_> {
    /// Takes in what the provider says. `event` is the name of what said it.
    pub(crate) async fn hear(&self, tx: &mut Tx, event: &str, news: News) -> Result<()> {
        match news {
            News::Order(word) => self.hear_of_order(tx, word).await,
            News::Refund(back) => self.hear_of_refund(tx, back).await,
            News::Reversal(back) => self.hear_of_reversal(tx, back).await,
            News::Dispute(dispute) => self.hear_of_dispute(tx, dispute).await,
            News::Refunds { charge } => {
                // Not even to be asked about if it is not ours.
                if self.charge(tx, &charge).await?.is_none() {
                    return Ok(());
                }
                let job = NewJob::new(REFUNDS, &charge)?.dedupe(format!("{charge} {event}"));
                jobs::enqueue(tx, self.clock, job).await.map(drop)
            }
        }
    }

    async fn hear_of_order(&self, tx: &mut Tx, word: Word) -> Result<()> {
        // What another program does with the same account of the provider is not ours.
        let Ok(id) = word.key.parse::<Uuid>() else { return Ok(()) };
        let Some(attempt) = store::attempt(SYSTEM, tx, id).await? else {
            tracing::info!(%id, "an event of the payment provider is about an attempt that is not ours");
            return Ok(());
        };
        let asked = attempt.order()?.amount;
        if asked != word.amount {
            return Err(refused(
                "The event is about another amount than was asked for; it was not taken in",
                &format!("attempt {id}: {asked} asked, {} told", word.amount),
            ));
        }
        self.settle(tx, id, word.outcome).await.map(drop)
    }

    /// Our attempt behind one of the provider's charges.
    async fn charge(&self, tx: &mut Tx, reference: &str) -> Result<Option<Attempt>> {
        self.ours(tx, AttemptKind::Charge, reference).await
    }

    async fn ours(&self, tx: &mut Tx, kind: AttemptKind, reference: &str) -> Result<Option<Attempt>> {
        let found = store::by_reference(SYSTEM, tx, self.gateway.name(), &[kind], reference).await?;
        if found.is_none() && store::has_nameless(SYSTEM, tx, self.gateway.name(), kind).await? {
            return Err(Error::conflict(
                "The event may be about something whose answer was lost: it is looked for; tell the event again",
            ));
        }
        Ok(found)
    }

    /// The charge behind something that happened to it, and its payment, taken. What follows from a charge tells that it was done.
    async fn charged(&self, tx: &mut Tx, reference: &str) -> Result<Option<(Attempt, Payment)>> {
        let Some(mut charge) = self.charge(tx, reference).await? else { return Ok(None) };
        if charge.status != AttemptStatus::Done {
            self.settle(tx, charge.id, Outcome::Done { reference: reference.to_owned() }).await?;
            charge.status = AttemptStatus::Done;
        }
        let payment = store::take(SYSTEM, tx, charge.payment_id).await?;
        Ok(payment.map(|payment| (charge, payment)))
    }

    async fn hear_of_refund(&self, tx: &mut Tx, back: Back) -> Result<()> {
        let Some((charge, mut payment)) = self.charged(tx, &back.of).await? else { return Ok(()) };
        let kinds = [AttemptKind::Refund, AttemptKind::Return];
        if let Some(known) = store::by_reference(SYSTEM, tx, self.gateway.name(), &kinds, &back.reference).await? {
            return self.settle(tx, known.id, back.outcome).await.map(drop);
        }
        let amount = told(&payment, back.amount)?;
        let mut attempt = self.attempt(&payment, AttemptKind::Refund, amount);
        attempt.source = Some(back.of);
        attempt.reference = Some(back.reference);
        attempt.reason = Some("made at the payment provider".into());
        attempt.settled_at = Some(self.clock.now());
        match back.outcome {
            // When it is done it will be told.
            Outcome::Underway { .. } => Ok(()),
            // Kept, so that an older word that comes later does not count.
            Outcome::Refused { code, message, .. } => {
                attempt.status = AttemptStatus::Failed;
                (attempt.failure_code, attempt.failure) = (Some(code), Some(message));
                store::insert_attempt(SYSTEM, tx, &attempt).await
            }
            Outcome::Done { .. } if payment.attempt_id != Some(charge.id) => {
                self.returned(tx, &payment, &attempt).await
            }
            Outcome::Done { .. } => {
                let taken = payment.refunded.plus(payment.refunding)?;
                if taken.plus(amount)?.is_more_than(payment.amount)? {
                    return Err(refused(
                        "The event is about more than is left of the payment (a refund of ours may be under way); tell it again later",
                        &format!("payment {}: {amount} more of {}, {taken} gone", payment.id, payment.amount),
                    ));
                }
                attempt.status = AttemptStatus::Done;
                payment.refunded = payment.refunded.plus(amount)?;
                let waits = matches!(payment.payout_status, PayoutStatus::Waiting | PayoutStatus::Failed);
                if waits && !payment.held()?.is_positive() {
                    payment.payout_status = PayoutStatus::None;
                }
                tx.event(PaymentRefunded(PaymentFacts::of(&payment)));
                self.write_down(tx, &mut payment, &attempt, &Posting::refund(amount)).await
            }
        }
    }

    /// A charge that had come too late was given back there, before we did it.
    async fn returned(&self, tx: &mut Tx, payment: &Payment, told: &Attempt) -> Result<()> {
        let attempts = store::attempts_of(SYSTEM, tx, payment.id).await?;
        let ours = attempts
            .into_iter()
            .find(|it| it.kind == AttemptKind::Return && it.status != AttemptStatus::Done && it.source == told.source);
        let Some(mut ours) = ours.filter(|it| it.amount == told.amount) else {
            return Err(refused(
                "The event is about a part of a charge that is given back in whole; it was not taken in",
                &format!("payment {}", payment.id),
            ));
        };
        let before = ours.status;
        ours.status = AttemptStatus::Done;
        ours.reference.clone_from(&told.reference);
        (ours.failure_code, ours.failure, ours.settled_at) = (None, None, told.settled_at);
        if store::close_attempt(SYSTEM, tx, &ours, before).await? {
            post(SYSTEM, tx, payment, Some(ours.id), &Posting::refund(ours.amount), self.clock.now()).await?;
        }
        Ok(())
    }

    /// A refund that was done came back: the bank of the payer did not take it. The payment is saved here.
    pub(crate) async fn refund_came_back(&self, tx: &mut Tx, payment: &mut Payment, refund: &Attempt) -> Result<()> {
        let reference = refund.reference.clone().unwrap_or_else(|| refund.id.to_string());
        let kinds = [AttemptKind::RefundFailed];
        if store::by_reference(SYSTEM, tx, self.gateway.name(), &kinds, &reference).await?.is_some() {
            return Ok(());
        }
        let mut attempt = self.attempt(payment, AttemptKind::RefundFailed, refund.amount);
        attempt.status = AttemptStatus::Done;
        attempt.settled_at = Some(self.clock.now());
        attempt.source.clone_from(&refund.source);
        attempt.reference = Some(reference);
        if refund.kind == AttemptKind::Return {
            attempt.reason = Some("return".into());
        } else {
            payment.refunded = payment.refunded.minus(refund.amount)?;
        }
        tx.event(PaymentRefundFailed(PaymentFacts::of(payment)));
        self.write_down(tx, payment, &attempt, &Posting::refund_failed(refund.amount)).await
    }

    async fn hear_of_reversal(&self, tx: &mut Tx, back: Back) -> Result<()> {
        let Some(payout) = self.ours(tx, AttemptKind::Payout, &back.of).await? else { return Ok(()) };
        if payout.status != AttemptStatus::Done {
            self.settle(tx, payout.id, Outcome::Done { reference: back.of.clone() }).await?;
        }
        let Some(mut payment) = store::take(SYSTEM, tx, payout.payment_id).await? else { return Ok(()) };
        let kinds = [AttemptKind::TakeBack];
        if store::by_reference(SYSTEM, tx, self.gateway.name(), &kinds, &back.reference).await?.is_some() {
            return Ok(());
        }
        let net = told(&payment, back.amount)?;
        let passed_on = payment.paid_out.minus(payment.fees)?;
        if net.is_more_than(passed_on)? {
            return Err(refused(
                "The event takes back more than the creator has of the payment; it was not taken in",
                &format!("payment {}: {net} of {passed_on}", payment.id),
            ));
        }
        // The fee goes back with its share, as it does when we take a share back ourselves.
        let whole = net == passed_on;
        let grown = part(payment.paid_out, net.minor(), passed_on.minor());
        let grown = if net.is_more_than(grown)? { net } else { grown };
        let amount = if whole { payment.paid_out } else { grown };
        let mut attempt = self.attempt(&payment, AttemptKind::TakeBack, amount);
        attempt.fee = amount.minus(net)?;
        attempt.status = AttemptStatus::Done;
        attempt.source = Some(back.of);
        attempt.reference = Some(back.reference);
        attempt.reason = Some("made at the payment provider".into());
        attempt.settled_at = Some(self.clock.now());
        payment.paid_out = payment.paid_out.minus(amount)?;
        payment.fees = payment.fees.minus(attempt.fee)?;
        if whole {
            payment.payout_status = PayoutStatus::Reversed;
        }
        tx.event(PaymentPayoutReversed(PaymentFacts::of(&payment)));
        let posting = Posting::take_back(amount, attempt.fee)?;
        self.write_down(tx, &mut payment, &attempt, &posting).await
    }

    async fn hear_of_dispute(&self, tx: &mut Tx, heard: Dispute) -> Result<()> {
        let Some((charge, mut payment)) = self.charged(tx, &heard.of).await? else { return Ok(()) };
        if payment.attempt_id != Some(charge.id) || payment.status != Status::Completed {
            tracing::error!(payment = %payment.id, dispute = heard.reference, "a charge is disputed that does not pay its payment");
            return Ok(());
        }
        let now = self.clock.now();
        let known = store::dispute(SYSTEM, tx, self.gateway.name(), &heard.reference).await?;
        if known.as_ref().is_some_and(|known| known.step > i64::from(heard.step)) {
            return Ok(());
        }
        let was_withdrawn = known.as_ref().is_some_and(|known| known.withdrawn);
        // What was taken is what is given back, whatever is told of it later.
        let amount = match &known {
            Some(known) if was_withdrawn => payment.money(known.amount),
            _ => told(&payment, heard.amount)?,
        };
        let over = heard.step >= Dispute::OVER;
        let is_news = known.as_ref().is_none_or(|known| known.status != heard.status);
        let dispute = store::Dispute {
            provider: self.gateway.name().to_owned(),
            reference: heard.reference,
            payment_id: payment.id,
            workspace_id: payment.workspace_id,
            amount: amount.amount(),
            status: heard.status,
            step: heard.step.into(),
            withdrawn: heard.withdrawn,
            reason: heard.reason,
            due: heard.respond_by,
            created_at: known.as_ref().map_or(now, |known| known.created_at),
            updated_at: now,
        };
        store::put_dispute(SYSTEM, tx, &dispute).await?;
        if let Some(telling) = store::telling_dispute(tx, &payment, Dispute::OVER).await? {
            payment.dispute_status = Some(telling.status);
            payment.dispute_reason = telling.reason;
            payment.dispute_due = telling.due;
        }
        let moved = match (was_withdrawn, dispute.withdrawn) {
            (false, true) => Some((AttemptKind::Dispute, Posting::dispute(amount), payment.disputed.plus(amount)?)),
            (true, false) => {
                Some((AttemptKind::DisputeWon, Posting::dispute_won(amount), payment.disputed.minus(amount)?))
            }
            _ => None,
        };
        if let Some((.., disputed)) = &moved {
            payment.disputed = *disputed;
        }
        if is_news {
            let facts = PaymentFacts::of(&payment);
            match (&known, over) {
                (_, true) => tx.event(PaymentDisputeClosed(facts)),
                (None, _) => tx.event(PaymentDisputed(facts)),
                _ => tx.event(PaymentDisputeUpdated(facts)),
            }
        }
        let Some((kind, posting, _)) = moved else {
            payment.updated_at = now;
            return store::save(SYSTEM, tx, &payment, payment.status).await;
        };
        if kind == AttemptKind::DisputeWon
            && matches!(payment.payout_status, PayoutStatus::None | PayoutStatus::Waiting | PayoutStatus::Failed)
            && !payment.refunding.is_positive()
        {
            // What waited for the dispute goes on to the creator.
            self.pay_out(tx, &mut payment).await?;
        }
        let mut attempt = self.attempt(&payment, kind, amount);
        attempt.status = AttemptStatus::Done;
        attempt.settled_at = Some(now);
        attempt.source = Some(heard.of);
        attempt.reference = Some(dispute.reference);
        attempt.reason = dispute.reason;
        self.write_down(tx, &mut payment, &attempt, &posting).await
    }

    /// Writes what was done: the attempt, the payment, and the ledger last.
    async fn write_down(&self, tx: &mut Tx, payment: &mut Payment, attempt: &Attempt, posting: &Posting) -> Result<()> {
        let now = self.clock.now();
        payment.updated_at = now;
        store::insert_attempt(SYSTEM, tx, attempt).await?;
        store::save(SYSTEM, tx, payment, payment.status).await?;
        post(SYSTEM, tx, payment, Some(attempt.id), posting, now).await
    }
}

/// The amount that is told, if it is of the payment's currency.
fn told(payment: &Payment, amount: Money) -> Result<Money> {
    if !amount.is_positive() || payment.currency != amount.currency() {
        return Err(refused(
            "The event is about another currency than the payment's, or about nothing; it was not taken in",
            &format!("payment {}: {amount} told", payment.id),
        ));
    }
    Ok(amount)
}

fn refused(message: &str, told: &str) -> Error {
    Error::new(Kind::Conflict, message.to_owned()).because(told.to_owned())
}
