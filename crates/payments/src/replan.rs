//! An amendment of a contract comes into force: what is not paid yet is planned anew.

use db::Tx;
use events::TxExt as _;
use kernel::{Amount, Clock, ContractId, Error, Money, PaymentId, Result, Scope};

use crate::events::{PaymentFacts, PaymentReplaced};
use crate::model::{Payment, REPLACED, Status};
use crate::plan::{Plan, add, drawn_up};
use crate::store;

/// What became of a contract's payments.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Replanned {
    /// Paid, under way, or as they were to be anyway: they stay.
    pub kept: Vec<PaymentId>,
    /// Neither begun nor wanted any more, or begun in vain: they are never paid.
    pub replaced: Vec<PaymentId>,
    /// New.
    pub made: Vec<PaymentId>,
}

/// The payments that count towards what the contract pays in all. What is made by hand counts only where there is no schedule.
fn counted(there: Vec<Payment>) -> Vec<Payment> {
    let planned = there.iter().any(|payment| payment.line.is_some());
    there.into_iter().filter(|payment| (payment.line.is_some() || !planned) && !payment.is_replaced()).collect()
}

/// Has money begun to move for it?
fn is_begun(payment: &Payment) -> bool {
    matches!(payment.status, Status::Processing | Status::Completed)
}

/// What the brand has given for it, or is giving.
fn given(payment: &Payment) -> i64 {
    if is_begun(payment) { payment.amount.minor() - payment.refunded.minor() } else { 0 }
}

/// May a contract come to pay so much in all? [`kernel::Kind::Conflict`] says why not: more has been paid already, or
/// money has moved in another currency.
pub async fn may_replan(scope: Scope, tx: &mut Tx, contract: ContractId, total: Money) -> Result<()> {
    let there = store::of_contract(scope, tx, contract).await?;
    check(&there, total)
}

fn check(there: &[Payment], total: Money) -> Result<()> {
    let others = || there.iter().filter(|payment| payment.currency != total.currency());
    if let Some(moved) = others().find(|payment| is_begun(payment)) {
        return Err(Error::conflict(format!(
            "Money has moved for this contract in {}: its currency cannot change any more",
            moved.currency
        )));
    }
    let planned = there.iter().any(|payment| payment.line.is_some());
    if others().any(|payment| planned && payment.line.is_none() && payment.status == Status::Pending) {
        return Err(Error::conflict(
            "A payment that was made by hand waits in the contract's currency: pay it, or record what became of it, before the \
             currency changes",
        ));
    }
    let paid = Amount::from_minor(counted(there.to_vec()).iter().map(given).sum());
    let paid = Money::new(paid, total.currency());
    if paid.is_more_than(total)? {
        return Err(Error::conflict(format!(
            "{paid} of this contract is paid or being paid, more than the {total} it would pay in all: refund the difference first, or \
             amend it to at least that"
        )));
    }
    Ok(())
}

/// Plans anew what is not paid yet, in the transaction that puts an amendment into force.
///
/// - What is paid or under way stays, and counts towards the line that said the same before, else to a line of its name, else to the
///   first lines; what is left of each line is a payment.
/// - A payment that nobody has begun stays if its line says the same as before and as much is left of it: what was due stays due. The others
///   are removed, and their ids are no payments any more.
/// - What has failed stays as it is, but is never paid: its line has a new payment.
///
/// `total` is what the contract pays in all. [`kernel::Kind::Conflict`] as [`may_replan`]. The ledger is not touched.
pub async fn replan(scope: Scope, tx: &mut Tx, clock: &Clock, plan: Plan, total: Money) -> Result<Replanned> {
    let now = clock.now();
    // From here on nobody begins one of these; whoever was quicker is seen as under way below.
    let unpaid = store::take_unpaid(scope, tx, plan.contract).await?;
    let there = store::of_contract(scope, tx, plan.contract).await?;
    let had_schedule = there.iter().any(|payment| payment.line.is_some());
    check(&there, total)?;
    if plan.milestones.is_empty() && !had_schedule {
        // What is made by hand stays so.
        return Ok(Replanned::default());
    }
    let first = there.iter().map(|payment| payment.position + 1).max().unwrap_or(0);
    let mut done = Replanned::default();
    let counting = counted(there);
    let mut left: Vec<i64> = plan.milestones.iter().map(|milestone| milestone.amount.minor()).collect();
    for (payment, line) in settled(&plan, &counting, &mut left) {
        store::set_line(scope, tx, payment, line).await?;
        done.kept.push(payment);
    }
    let (mut open, failed): (Vec<Payment>, Vec<Payment>) = unpaid
        .into_iter()
        .filter(|payment| counting.iter().any(|one| one.id == payment.id))
        .partition(|payment| payment.status == Status::Pending);
    let mut made = Vec::new();
    for ((line, milestone), left) in (0_i64..).zip(&plan.milestones).zip(left) {
        if left == 0 {
            continue;
        }
        let same = open.iter().position(|payment| {
            payment.line.is_some()
                && payment.line == milestone.was.and_then(|was| i64::try_from(was).ok())
                && (payment.amount.minor(), payment.currency) == (left, plan.currency)
        });
        if let Some(same) = same {
            let mut payment = open.swap_remove(same);
            payment.line = Some(line);
            payment.updated_at = now;
            store::save(scope, tx, &payment, Status::Pending).await?;
            done.kept.push(payment.id);
        } else {
            let place = (line, first + line);
            made.push(drawn_up(&plan, milestone, Amount::from_minor(left), place, (clock, now))?);
        }
    }
    for payment in open {
        store::remove(scope, tx, &payment).await?;
        tx.event(PaymentReplaced(PaymentFacts::of(&payment)));
        done.replaced.push(payment.id);
    }
    for mut payment in failed {
        // Without its attempt a charge that goes through late is given back.
        (payment.attempt_id, payment.line, payment.updated_at) = (None, None, now);
        payment.failure_code = Some(REPLACED.into());
        payment.failure = Some("An amendment of the contract has replaced this payment".into());
        store::save(scope, tx, &payment, Status::Failed).await?;
        tx.event(PaymentReplaced(PaymentFacts::of(&payment)));
        done.replaced.push(payment.id);
    }
    add(scope, tx, &made).await?;
    done.made.extend(made.into_iter().map(|payment| payment.id));
    Ok(done)
}

/// Which lines are settled by what was given already: takes it off `left`, and tells each payment's line.
fn settled(plan: &Plan, counting: &[Payment], left: &mut [i64]) -> Vec<(PaymentId, Option<i64>)> {
    let mut begun: Vec<(&Payment, i64, Option<usize>)> =
        counting.iter().filter(|payment| is_begun(payment)).map(|payment| (payment, given(payment), None)).collect();
    let ways: [fn(&Payment, &crate::Milestone) -> bool; 3] = [
        |payment, milestone| {
            let was = milestone.was.and_then(|was| i64::try_from(was).ok());
            was.is_some() && was == payment.line
        },
        |payment, milestone| payment.name.as_ref().is_some_and(|name| plain(name) == plain(&milestone.name)),
        |_, _| true,
    ];
    for fits in ways {
        for (payment, given, line) in &mut begun {
            for (at, milestone) in plan.milestones.iter().enumerate() {
                if (line.is_none() || *given > 0) && fits(payment, milestone) {
                    let part = left[at].min(*given);
                    left[at] -= part;
                    *given -= part;
                    if part > 0 || *given == 0 {
                        line.get_or_insert(at);
                    }
                }
            }
        }
    }
    begun.into_iter().map(|(payment, _, line)| (payment.id, line.and_then(|line| i64::try_from(line).ok()))).collect()
}

/// A name as names are compared: `content_delivery` is "Content delivery".
fn plain(name: &str) -> String {
    name.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}
