//! Where a collaboration stands, and where it may go.

use kernel::{Error, Result};

/// Where a collaboration stands.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, kernel::Words)]
#[words(name = "CollaborationStatus")]
pub enum Status {
    /// The application was accepted. Nothing is scheduled yet.
    #[word("ACCEPTED")]
    Accepted,
    /// The day is agreed, and content is awaited.
    #[word("SCHEDULED")]
    Scheduled,
    /// Content was handed in and waits for the business.
    #[word("CONTENT_SUBMITTED", also = "SUBMITTED")]
    ContentSubmitted,
    /// The content was approved. The two may rate each other.
    #[word("APPROVED")]
    Approved,
    /// It is over, and was kept.
    #[word("COMPLETED")]
    Completed,
    /// It was called off.
    #[word("CANCELLED", also = "CANCELED")]
    Cancelled,
    /// The two disagree, and an administrator decides.
    #[word("DISPUTED")]
    Disputed,
}

/// A side of a collaboration.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, kernel::Words)]
#[words(name = "CollaborationSide")]
pub enum Side {
    /// Who asked for the content.
    #[word("BUSINESS", also = "BRAND")]
    Business,
    /// Who makes it.
    #[word("CREATOR", also = "INFLUENCER")]
    Creator,
}

/// Who did something.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, kernel::Words)]
#[words(name = "CollaborationActor")]
pub enum By {
    /// The business.
    #[word("BUSINESS")]
    Business,
    /// The creator.
    #[word("CREATOR")]
    Creator,
    /// An administrator.
    #[word("ADMIN")]
    Admin,
    /// The server, because a deadline has passed.
    #[word("SYSTEM")]
    System,
}

impl Status {
    /// May it move there? What is completed or cancelled stays so.
    pub fn next(self, to: Self) -> Result<Self> {
        use Status::{Accepted, Approved, Cancelled, Completed, ContentSubmitted, Disputed, Scheduled};
        match (self, to) {
            (Accepted, Scheduled | Cancelled)
            | (Scheduled, ContentSubmitted | Cancelled | Disputed)
            | (ContentSubmitted, Scheduled | Approved | Cancelled | Disputed)
            | (Approved, Completed | Disputed) => Ok(to),
            (Completed | Cancelled, _) => {
                Err(Error::conflict(format!("The collaboration is {} and stays so", self.word())))
            }
            (Disputed, _) => {
                Err(Error::conflict("The collaboration is disputed; an administrator decides what becomes of it"))
            }
            (Accepted, ContentSubmitted | Approved) => {
                Err(Error::conflict("The collaboration is not scheduled yet; schedule it first"))
            }
            (Accepted, Disputed) => {
                Err(Error::conflict("Nothing is due yet: cancel the collaboration instead of disputing it"))
            }
            (Scheduled, Approved) => {
                Err(Error::conflict("No content waits for a decision; the creator has to submit it first"))
            }
            (ContentSubmitted, ContentSubmitted) => {
                Err(Error::conflict("A submission waits for the business already; wait for its answer"))
            }
            (Approved, _) => Err(Error::conflict("The content is approved; open a dispute if that is wrong")),
            (from, to) => {
                Err(Error::conflict(format!("The collaboration is {} and cannot become {}", from.word(), to.word())))
            }
        }
    }

    /// May the decision of a dispute move it there? Nothing else moves what is disputed.
    pub fn decided(self, to: Self) -> Result<Self> {
        match (self, to) {
            (Self::Disputed, Self::Approved | Self::Cancelled) => Ok(to),
            _ => Err(Error::conflict("The collaboration is not disputed; there is nothing to decide")),
        }
    }

    /// Is it over?
    pub const fn is_over(self) -> bool {
        matches!(self, Self::Completed | Self::Cancelled)
    }
}

impl Side {
    /// The other one.
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::Business => Self::Creator,
            Self::Creator => Self::Business,
        }
    }
}

impl From<Side> for By {
    fn from(side: Side) -> Self {
        match side {
            Side::Business => Self::Business,
            Side::Creator => Self::Creator,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        /// Wherever one tries to move it: what is over stays over, nothing is approved that nobody handed in, and nothing completes that
        /// was not approved.
        #[test]
        fn every_way_leads_through_its_steps(moves in proptest::collection::vec(0_usize..Status::ALL.len(), 0..80)) {
            let (mut at, mut was_submitted, mut was_approved) = (Status::Accepted, false, false);
            for to in moves {
                let moved = at.next(Status::ALL[to]).or_else(|_| at.decided(Status::ALL[to]));
                let Ok(next) = moved else { continue };
                proptest::prop_assert!(!at.is_over());
                proptest::prop_assert!(at != Status::Disputed || at.next(Status::ALL[to]).is_err());
                proptest::prop_assert_ne!(next, Status::Accepted);
                was_submitted |= next == Status::ContentSubmitted;
                if next == Status::Approved {
                    proptest::prop_assert!(was_submitted || at == Status::Disputed);
                }
                was_approved |= next == Status::Approved;
                proptest::prop_assert!(next != Status::Completed || was_approved);
                at = next;
            }
        }

        /// From everywhere it comes to an end in a few steps: no state is a trap.
        #[test]
        fn no_state_is_a_trap(start in 0_usize..Status::ALL.len()) {
            let mut reached = vec![Status::ALL[start]];
            for _ in 0..Status::ALL.len() {
                for from in reached.clone() {
                    reached.extend(Status::ALL.iter().filter_map(|to| from.next(*to).or_else(|_| from.decided(*to)).ok()));
                }
            }
            proptest::prop_assert!(reached.iter().any(|status| status.is_over()));
        }
    }

    #[test]
    fn words_are_read_in_any_case() {
        assert_eq!(Status::parse("content submitted"), Some(Status::ContentSubmitted));
        assert_eq!(Status::parse("scheduled"), Some(Status::Scheduled));
        assert_eq!(Side::parse("influencer"), Some(Side::Creator));
    }
}
