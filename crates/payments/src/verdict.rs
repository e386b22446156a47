//! What a dispute, or the end of a collaboration, does to the payments of a contract, in the transaction that decides it.

use db::Tx;
use events::TxExt as _;
use jobs::NewJob;
use kernel::{Amount, ContractId, Error, Money, Result, Scope};

use crate::events::{PaymentFacts, PaymentRefunding};
use crate::jobs::{PATIENCE, PAYOUTS};
use crate::model::{Payment, Status};
use crate::plan::{Milestone, Plan};
use crate::{Payments, call_off, replan, store};

const SYSTEM: Scope = Scope::system();

/// What became of the payments of a contract.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Verdict {
    /// What goes back to the brand.
    pub refunded: Amount,
    /// What the brand still has to pay.
    pub to_pay: Amount,
    /// What was paid outside of a gateway, and goes back the same way: nobody here can move it.
    pub outside: Amount,
}

impl Payments {
    /// Nothing of a contract's payments moves any more: they are neither charged nor passed on nor refunded. What is at the payment provider
    /// already comes to its end there, and stays with us.
    pub async fn freeze(&self, tx: &mut Tx, contract: ContractId) -> Result<usize> {
        let frozen = store::freeze(SYSTEM, tx, contract, Some(self.app.clock().now())).await?;
        Ok(frozen.len())
    }

    /// They move again. What was held for the creator meanwhile is passed on.
    pub async fn thaw(&self, tx: &mut Tx, contract: ContractId) -> Result<()> {
        for mut payment in store::freeze(SYSTEM, tx, contract, None).await? {
            if payment.can_pay_out()? {
                self.desk().pay_out(tx, &mut payment).await?;
                payment.updated_at = self.app.clock().now();
                let was = payment.status;
                store::save(SYSTEM, tx, &payment, was).await?;
            }
        }
        Ok(())
    }

    /// The creator keeps, or gets, so much of what a contract pays in all, and no more: what was paid beyond it goes back to the brand, what
    /// is not paid yet of it becomes due now, and everything else is called off. Payments that were frozen move again for it.
    ///
    /// [`kernel::Kind::Conflict`] if a payment is just being charged, refunded or passed on: nothing is done then, and it may be asked again.
    pub async fn leave_creator(&self, tx: &mut Tx, plan: &Plan, gets: Amount, reason: &str) -> Result<Verdict> {
        let now = self.app.clock().now();
        store::freeze(SYSTEM, tx, plan.contract, None).await?;
        let there = store::of_contract(SYSTEM, tx, plan.contract).await?;
        if there.iter().any(|payment| payment.status == Status::Processing) {
            return Err(Error::conflict("A payment of the contract is being processed; try again in a moment"));
        }
        // What is held goes back before what was passed on; the newest first. What was paid outside is out of reach.
        let mut paid: Vec<Payment> = there.into_iter().filter(|one| given(one) > 0).collect();
        let is_held = |one: &Payment| one.held().is_ok_and(Money::is_positive);
        paid.sort_by_key(|one| (one.is_manual(), !is_held(one), std::cmp::Reverse(one.position)));
        let (by_us, outside): (Vec<&Payment>, Vec<&Payment>) = paid.iter().partition(|one| !one.is_manual());
        let sums: Vec<i64> = by_us.iter().map(|one| given(one)).collect();
        let shares = shares(&sums, outside.iter().map(|one| given(one)).sum(), gets.minor());
        for (payment, part) in by_us.iter().zip(&shares.back).filter(|(_, part)| **part > 0) {
            self.refund_part(tx, payment.id, Amount::from_minor(*part), reason).await?;
        }
        let to_pay = shares.to_pay;
        if to_pay > 0 {
            let name = "dispute_decision".to_owned();
            let milestone = Milestone { name, amount: gets, due_on: Some(now), on_delivery: false, was: None };
            let plan = Plan { milestones: vec![milestone], ..plan.clone() };
            replan(SYSTEM, tx, self.app.clock(), plan.clone(), Money::new(gets, plan.currency)).await?;
        } else {
            call_off(SYSTEM, tx, self.app.clock(), plan.contract).await?;
        }
        // What of the creator's share was held meanwhile is passed on once the rest has gone back.
        let job = NewJob::new(PAYOUTS, &plan.creator)?.at(now.plus(4 * PATIENCE));
        jobs::enqueue(tx, self.app.clock(), job).await?;
        let refunded = shares.back.iter().sum();
        let [refunded, to_pay, outside] = [refunded, to_pay, shares.outside].map(Amount::from_minor);
        Ok(Verdict { refunded, to_pay, outside })
    }

    async fn refund_part(&self, tx: &mut Tx, id: kernel::PaymentId, part: Amount, reason: &str) -> Result<()> {
        let now = self.app.clock().now();
        let mut payment = store::take(SYSTEM, tx, id).await?.ok_or_else(|| Error::not_found("Payment"))?;
        let amount = payment.may_refund(Some(part))?;
        payment.updated_at = now;
        self.desk().refund(tx, &mut payment, amount, Some(reason.to_owned()), None).await?;
        tx.event(PaymentRefunding(PaymentFacts::of(&payment)));
        store::save(SYSTEM, tx, &payment, Status::Completed).await
    }
}

/// What the brand has given for it and not got back, or asked back.
fn given(payment: &Payment) -> i64 {
    if payment.status != Status::Completed {
        return 0;
    }
    payment.amount.minor() - payment.refunded.minor() - payment.refunding.minor() - payment.disputed.minor()
}

/// What is to be done so that the creator has so much.
#[derive(Debug)]
struct Shares {
    /// What goes back of each payment, in their order.
    back: Vec<i64>,
    /// What has to go back outside.
    outside: i64,
    /// What is still to be paid.
    to_pay: i64,
}

/// Of payments of so much each, and so much that was paid outside, the creator is to have `gets`.
fn shares(paid: &[i64], paid_outside: i64, gets: i64) -> Shares {
    let all = paid.iter().sum::<i64>() + paid_outside;
    let mut excess = (all - gets).max(0);
    let back = paid.iter().map(|one| {
        let part = excess.min(*one);
        excess -= part;
        part
    });
    let back = back.collect();
    Shares { back, outside: excess, to_pay: (gets - all).max(0) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// To the last cent: what was paid, less what goes back, and with what is still to be paid, is what the creator gets. And nothing goes
        /// back that was not paid.
        #[test]
        fn no_cent_is_lost(paid in prop::collection::vec(1_i64..10_000_000, 0..8), outside in 0_i64..10_000_000, gets in 0_i64..50_000_000) {
            let shares = shares(&paid, outside, gets);
            let all = paid.iter().sum::<i64>() + outside;
            prop_assert_eq!(all - shares.back.iter().sum::<i64>() - shares.outside + shares.to_pay, gets);
            prop_assert!(shares.back.iter().zip(&paid).all(|(back, paid)| (0..=*paid).contains(back)));
            prop_assert!((0..=outside).contains(&shares.outside) && (shares.to_pay == 0 || all <= gets));
        }
    }
}
