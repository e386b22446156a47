//! Where a payment stands.

use kernel::{Amount, Error, Result};

/// Where a payment stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug, kernel::Words)]
#[words(name = "PaymentStatus")]
pub enum Status {
    /// To be paid.
    Pending,
    /// Under way.
    Processing,
    /// Paid, for good; what went back of it is told beside that.
    Completed,
    /// It did not work; it may be tried again.
    Failed,
}

impl Status {
    /// May it move there by hand? What is paid stays paid; what is under way is not called back; to stay is always possible.
    pub fn next(self, to: Self) -> Result<Self> {
        match (self, to) {
            (from, to) if from == to => Ok(to),
            (Self::Completed, _) => {
                Err(Error::conflict("The payment is completed and cannot be opened again; refund it instead"))
            }
            (Self::Processing | Self::Failed, Self::Pending) => Err(Error::conflict(format!(
                "The payment is {} and cannot be pending again; process it to try once more",
                self.word()
            ))),
            (_, to) => Ok(to),
        }
    }

    /// May the gateway be asked for it now?
    pub fn start(self) -> Result<Self> {
        match self {
            Self::Pending | Self::Failed => Ok(Self::Processing),
            Self::Processing => {
                Err(Error::conflict("The payment is being processed already; look at it again in a moment"))
            }
            Self::Completed => Err(Error::conflict("The payment is completed; it is never paid twice")),
        }
    }
}

/// How much of a payment went back.
#[derive(Clone, Copy, PartialEq, Eq, Debug, kernel::Words)]
pub enum RefundStatus {
    /// Nothing.
    None,
    /// A refund is under way.
    Refunding,
    /// A part.
    PartiallyRefunded,
    /// All of it.
    Refunded,
}

impl RefundStatus {
    /// Of a payment of `amount`, of which so much went back and so much is on its way back.
    pub fn of(amount: Amount, refunded: Amount, refunding: Amount) -> Self {
        if refunding > Amount::default() {
            Self::Refunding
        } else if refunded == Amount::default() {
            Self::None
        } else if refunded < amount {
            Self::PartiallyRefunded
        } else {
            Self::Refunded
        }
    }
}

#[cfg(test)]
mod tests {
    use kernel::Kind;
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn whatever_is_tried_what_is_paid_stays_paid(moves in prop::collection::vec((0_usize..4, any::<bool>()), 0..30)) {
            let mut status = Status::Pending;
            let mut paid = false;
            for (to, by_hand) in moves {
                let moved = if by_hand { status.next(Status::ALL[to]) } else { status.start() };
                match moved {
                    Ok(next) => status = next,
                    Err(error) => prop_assert_eq!(error.kind(), Kind::Conflict),
                }
                prop_assert!(!paid || status == Status::Completed);
                paid |= status == Status::Completed;
            }
        }
    }

    #[test]
    fn refunds_are_told_beside_the_status() {
        let of = |refunded, refunding| {
            RefundStatus::of(Amount::from_minor(10), Amount::from_minor(refunded), Amount::from_minor(refunding))
        };
        assert_eq!(
            [of(0, 0), of(0, 5), of(4, 0), of(4, 6), of(10, 0)],
            [
                RefundStatus::None,
                RefundStatus::Refunding,
                RefundStatus::PartiallyRefunded,
                RefundStatus::Refunding,
                RefundStatus::Refunded
            ]
        );
    }
}
