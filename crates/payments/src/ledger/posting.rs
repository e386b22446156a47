//! Postings: what is written.

use db::{Tx, args};
use kernel::{Amount, Currency, Error, Money, Result, Scope, Timestamp};
use uuid::Uuid;

use super::TOPIC;
use crate::Payment;

/// Whose money it is. More than 0 is what came to them, less what left them.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, kernel::Words)]
#[words(name = "LedgerAccount")]
pub enum Account {
    /// The brand that pays.
    Brand,
    /// What the server's owner holds between brand and creator.
    Escrow,
    /// The creator who is paid.
    Creator,
    /// What the server's owner keeps.
    Fees,
}

/// A movement of money, in lines that sum to zero.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Posting {
    /// What it is: `charge`, …
    pub kind: &'static str,
    /// Of what.
    pub currency: Currency,
    /// What each account gets; less than 0 is what it gives.
    pub lines: Vec<(Account, Amount)>,
}

impl Posting {
    fn new(kind: &'static str, currency: Currency, lines: [(Account, i64); 3]) -> Self {
        let lines = lines.into_iter().filter(|(_, minor)| *minor != 0);
        Self { kind, currency, lines: lines.map(|(account, minor)| (account, Amount::from_minor(minor))).collect() }
    }

    fn between(kind: &'static str, from: Account, to: Account, amount: Money) -> Self {
        let minor = amount.minor();
        Self::new(kind, amount.currency(), [(from, -minor), (to, minor), (Account::Fees, 0)])
    }

    /// The brand has paid, and the money is held.
    pub fn charge(amount: Money) -> Self {
        Self::between("charge", Account::Brand, Account::Escrow, amount)
    }

    /// What was held goes to the creator, without the fee.
    pub fn payout(amount: Money, fee: Money) -> Result<Self> {
        let (net, all, fee) = (amount.minus(fee)?.minor(), amount.minor(), fee.minor());
        let lines = [(Account::Escrow, -all), (Account::Creator, net), (Account::Fees, fee)];
        Ok(Self::new("payout", amount.currency(), lines))
    }

    /// What went to the creator is held again.
    pub fn take_back(amount: Money, fee: Money) -> Result<Self> {
        let (net, all, fee) = (amount.minus(fee)?.minor(), amount.minor(), fee.minor());
        let lines = [(Account::Creator, -net), (Account::Fees, -fee), (Account::Escrow, all)];
        Ok(Self::new("take_back", amount.currency(), lines))
    }

    /// What was held goes back to the brand.
    pub fn refund(amount: Money) -> Self {
        Self::between("refund", Account::Escrow, Account::Brand, amount)
    }

    /// A refund did not arrive: the money is held again.
    pub fn refund_failed(amount: Money) -> Self {
        Self::between("refund_failed", Account::Brand, Account::Escrow, amount)
    }

    /// The payer's bank has taken the money back.
    pub fn dispute(amount: Money) -> Self {
        Self::between("dispute", Account::Escrow, Account::Brand, amount)
    }

    /// The payer's bank has given the money back: the dispute was won.
    pub fn dispute_won(amount: Money) -> Self {
        Self::between("dispute_won", Account::Brand, Account::Escrow, amount)
    }

    /// The brand has paid the creator outside of a gateway.
    pub fn recorded(amount: Money) -> Self {
        Self::between("recorded", Account::Brand, Account::Creator, amount)
    }

    /// The creator has paid back outside of a gateway.
    pub fn recorded_refund(amount: Money) -> Self {
        Self::between("recorded_refund", Account::Creator, Account::Brand, amount)
    }

    /// Does what is given come to what is got?
    pub fn balances(&self) -> bool {
        self.lines.iter().map(|(_, amount)| i128::from(amount.minor())).sum::<i128>() == 0 && self.lines.len() > 1
    }
}

/// Writes a posting. On PostgreSQL others who post wait from here to the commit: call it late.
pub async fn post(
    scope: Scope,
    tx: &mut Tx,
    payment: &Payment,
    attempt: Option<Uuid>,
    posting: &Posting,
    now: Timestamp,
) -> Result<()> {
    debug_assert!(scope.sees_everything() || scope.workspace() == Some(payment.workspace_id));
    if !posting.balances() || posting.currency != payment.currency {
        return Err(Error::internal(format!("a posting that is none of its payment's was refused: {posting:?}")));
    }
    let number = tx.next_version(TOPIC).await?;
    let rows = posting.lines.iter().enumerate().map(|(line, (account, amount))| {
        args![
            number,
            line,
            posting.kind,
            *account,
            posting.currency,
            *amount,
            payment.workspace_id,
            payment.creator_id,
            payment.id,
            attempt,
            now,
        ]
    });
    let insert = "INSERT INTO ledger_entries (posting, line, kind, account, currency, amount, workspace_id, creator_id, payment_id, \
                  attempt_id, created_at)";
    tx.insert_rows(insert, "", rows.collect()).await.map(drop)
}

#[cfg(test)]
mod tests {
    use kernel::money::MOST_MINOR;
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn every_posting_balances(amount in 1..=MOST_MINOR, fee in 0.0..=0.5) {
            let usd = |minor| Money::new(Amount::from_minor(minor), Currency::USD);
            let (amount, fee) = (usd(amount), usd((amount as f64 * fee) as i64));
            for posting in [
                Posting::charge(amount),
                Posting::payout(amount, fee).unwrap(),
                Posting::take_back(amount, fee).unwrap(),
                Posting::refund(amount),
                Posting::refund_failed(amount),
                Posting::dispute(amount),
                Posting::dispute_won(amount),
                Posting::recorded(amount),
                Posting::recorded_refund(amount),
            ] {
                prop_assert!(posting.balances(), "{posting:?}");
            }
        }
    }

    #[test]
    fn what_does_not_balance_is_none() {
        let lines = vec![(Account::Brand, Amount::from_minor(-5)), (Account::Escrow, Amount::from_minor(4))];
        let posting = |lines| Posting { kind: "charge", currency: Currency::USD, lines };
        assert!(!posting(lines).balances() && !posting(Vec::new()).balances());
    }
}
