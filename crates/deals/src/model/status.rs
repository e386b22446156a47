//! Where contracts and deliverables stand, and where they may go.

use kernel::{Error, Result};

/// Where a contract stands.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, kernel::Words)]
#[words(name = "ContractStatus")]
pub enum Status {
    /// Being written.
    Draft,
    /// Its text is fixed and offered for signing.
    Sent,
    /// Both sides have signed.
    Signed,
    /// Everything was delivered and paid, or the workspace says so.
    Completed,
    /// Called off.
    Cancelled,
    /// Nobody signed it in time.
    Expired,
}

/// A side of a contract.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, kernel::Words)]
#[words(name = "ContractParty")]
pub enum Party {
    /// Who pays.
    Business,
    /// Who delivers.
    Creator,
}

/// Who has to sign before whom.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, kernel::Words)]
pub enum SigningOrder {
    /// Whoever comes first.
    Any,
    /// The creator only after the business.
    BusinessFirst,
    /// The business only after the creator.
    CreatorFirst,
}

/// By what a signature was given.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, kernel::Words)]
#[words(name = "SigningMethod")]
pub enum Method {
    /// By an account that had proved who it is.
    Account,
    /// By a one-time link that was mailed.
    Link,
    /// By the demo's administrator, who needs no token.
    Demo,
    /// Not here: the workspace states that this side agreed elsewhere.
    Attested,
}

/// Where a deliverable stands.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, kernel::Words)]
pub enum DeliverableStatus {
    /// Awaited.
    Pending,
    /// Handed in, and not judged yet.
    Submitted,
    /// Accepted.
    Approved,
    /// Not handed in by its deadline; it may still be.
    Late,
}

impl Status {
    /// May it move there? A contract never goes back once somebody has signed it, and what is over stays over.
    pub fn next(self, to: Self) -> Result<Self> {
        use Status::{Cancelled, Completed, Draft, Expired, Sent, Signed};
        match (self, to) {
            (Draft, Sent)
            | (Sent, Draft | Signed | Expired)
            | (Signed, Completed)
            | (Draft | Sent | Signed, Cancelled)
            | (Expired, Draft) => Ok(to),
            (Draft, Signed) => Err(Error::conflict("The contract is a draft; send it first, then sign it")),
            (Signed, Signed) => Err(Error::conflict("The contract is signed already")),
            (Signed, _) => Err(Error::conflict(format!(
                "The contract is signed and cannot be {}; propose an amendment, complete it or cancel it",
                to.word()
            ))),
            (Expired, _) => Err(Error::conflict("The contract has expired; take it back to draft and send it again")),
            (Completed | Cancelled, _) => {
                Err(Error::conflict(format!("The contract is {} and stays so; make a new one", self.word())))
            }
            (from, to) => {
                Err(Error::conflict(format!("The contract is {} and cannot become {}", from.word(), to.word())))
            }
        }
    }

    /// May its text still be changed in place?
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Draft)
    }
}

impl Party {
    /// The other side.
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::Business => Self::Creator,
            Self::Creator => Self::Business,
        }
    }
}

impl SigningOrder {
    /// May this side sign, if the other one has or has not?
    pub fn allows(self, party: Party, other_has_signed: bool) -> Result<()> {
        let waits = match self {
            Self::Any => false,
            Self::BusinessFirst => party == Party::Creator,
            Self::CreatorFirst => party == Party::Business,
        };
        if waits && !other_has_signed {
            return Err(Error::conflict(format!(
                "The {} signs first, as this contract's signing_order says; sign after that",
                party.other().word()
            )));
        }
        Ok(())
    }
}

impl DeliverableStatus {
    /// May it move there? What was approved is final: a payment hangs on it.
    pub fn next(self, to: Self) -> Result<Self> {
        use DeliverableStatus::{Approved, Late, Pending, Submitted};
        match (self, to) {
            (Pending | Late, Submitted) | (Submitted, Approved | Pending) | (Pending, Late) => Ok(to),
            (Approved, _) => Err(Error::conflict("The deliverable is approved, and that is final")),
            (Pending | Late, Approved) => {
                Err(Error::conflict("The deliverable has not been submitted; submit it first, then approve it"))
            }
            (from, to) => {
                Err(Error::conflict(format!("The deliverable is {} and cannot become {}", from.word(), to.word())))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_contract_moves_as_the_documents_say() {
        use Status::{Cancelled, Completed, Draft, Expired, Sent, Signed};
        for (from, to) in
            [(Draft, Sent), (Sent, Signed), (Signed, Completed), (Sent, Draft), (Sent, Expired), (Expired, Draft)]
        {
            assert!(from.next(to).is_ok(), "{from:?} {to:?}");
        }
        for (from, to) in [
            (Draft, Signed),
            (Signed, Signed),
            (Signed, Draft),
            (Signed, Sent),
            (Completed, Signed),
            (Completed, Cancelled),
            (Cancelled, Draft),
            (Expired, Signed),
            (Draft, Completed),
        ] {
            assert!(from.next(to).is_err(), "{from:?} {to:?}");
        }
    }

    proptest::proptest! {
        /// However often and wherever one tries to move it: a contract that was signed is never open again, and what is over stays over.
        #[test]
        fn what_was_signed_is_never_open_again(moves in proptest::collection::vec(0_usize..Status::ALL.len(), 0..60)) {
            let (mut at, mut was_signed) = (Status::Draft, false);
            for to in moves {
                let over = matches!(at, Status::Completed | Status::Cancelled);
                if let Ok(next) = at.next(Status::ALL[to]) {
                    proptest::prop_assert!(!over);
                    at = next;
                }
                was_signed |= at == Status::Signed;
                proptest::prop_assert!(!(was_signed && matches!(at, Status::Draft | Status::Sent | Status::Expired)));
            }
        }

        /// An approval is final, and nothing is approved that was not submitted just before.
        #[test]
        fn nothing_is_approved_unseen(moves in proptest::collection::vec(0_usize..DeliverableStatus::ALL.len(), 0..60)) {
            let mut at = DeliverableStatus::Pending;
            for to in moves {
                let Ok(next) = at.next(DeliverableStatus::ALL[to]) else { continue };
                proptest::prop_assert_ne!(at, DeliverableStatus::Approved);
                if next == DeliverableStatus::Approved {
                    proptest::prop_assert_eq!(at, DeliverableStatus::Submitted);
                }
                at = next;
            }
        }
    }

    #[test]
    fn the_order_of_signing_is_kept() {
        use Party::{Business, Creator};
        assert!(SigningOrder::Any.allows(Creator, false).is_ok());
        assert!(SigningOrder::BusinessFirst.allows(Business, false).is_ok());
        assert!(SigningOrder::BusinessFirst.allows(Creator, false).is_err());
        assert!(SigningOrder::BusinessFirst.allows(Creator, true).is_ok());
        assert!(SigningOrder::CreatorFirst.allows(Business, false).is_err());
    }
}
