//! Where things stand, and where they may go from there.

use kernel::{Error, Result};

/// How someone is approached.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, kernel::Words)]
#[words(name = "OutreachChannel")]
pub enum Channel {
    /// By telephone.
    Call,
    /// By mail.
    Email,
    /// By whatever else: a direct message, a word at a fair.
    Message,
}

/// What a message is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, kernel::Words)]
#[words(name = "OutreachMessageType")]
pub enum MessageType {
    /// The first word.
    Outreach,
    /// Another one, after no answer.
    FollowUp,
    /// An answer.
    Reply,
}

/// Where an approach stands, of whatever was last done.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, kernel::Words)]
#[words(name = "OutreachStatus")]
pub enum Status {
    /// Nothing yet.
    Pending,
    /// Begun: a mail is queued, a call is being put through.
    Initiated,
    /// Being talked.
    #[word("in-progress")]
    InProgress,
    /// A call is arranged.
    Scheduled,
    /// A mail went out.
    Sent,
    /// They answered.
    Replied,
    /// The mail came back.
    Bounced,
    /// It is done.
    Completed,
    /// It went wrong.
    Failed,
    /// Nobody answered the call.
    NoAnswer,
    /// It was called off.
    Cancelled,
}

impl Status {
    /// May it go there from here? To where it is already, always.
    pub fn may_become(self, next: Self) -> bool {
        use Status as S;
        self == next
            || match self {
                S::Pending => true,
                S::Initiated => next != S::Pending,
                S::InProgress => matches!(next, S::Completed | S::Failed | S::NoAnswer | S::Cancelled),
                S::Scheduled => !matches!(next, S::Pending | S::Bounced),
                S::Sent => !matches!(next, S::Pending | S::NoAnswer),
                S::Replied => !matches!(next, S::Pending | S::Bounced | S::NoAnswer),
                // Another try.
                S::Bounced | S::Failed | S::NoAnswer | S::Cancelled => {
                    matches!(next, S::Initiated | S::InProgress | S::Scheduled | S::Sent | S::Replied | S::Cancelled)
                }
                S::Completed => false,
            }
    }

    /// The next status, or why it cannot be.
    pub fn next(self, next: Self) -> Result<Self> {
        if self.may_become(next) {
            return Ok(next);
        }
        Err(Error::conflict(format!("An entry that is {} cannot become {}", self.word(), next.word())))
    }
}

/// Where a call stands.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, kernel::Words)]
#[words(name = "OutreachCallStatus")]
pub enum CallStatus {
    /// Not arranged.
    Pending,
    /// Arranged for a time.
    Scheduled,
    /// Being put through.
    Initiated,
    /// Being talked.
    #[word("in-progress")]
    InProgress,
    /// It was talked.
    Completed,
    /// It went wrong.
    Failed,
    /// Nobody answered.
    NoAnswer,
    /// It was called off.
    Cancelled,
}

impl CallStatus {
    /// Is this call over?
    pub const fn is_over(self) -> bool {
        matches!(self, Self::Completed | Self::Failed | Self::NoAnswer | Self::Cancelled)
    }

    /// May one call go there from here? A call that is over stays so, whatever late events say.
    pub fn may_become(self, next: Self) -> bool {
        use CallStatus as S;
        match self {
            S::Pending => next != S::Pending,
            S::Scheduled => !matches!(next, S::Pending),
            S::Initiated => !matches!(next, S::Pending | S::Scheduled | S::Initiated),
            S::InProgress => next.is_over(),
            S::Completed | S::Failed | S::NoAnswer | S::Cancelled => false,
        }
    }

    /// The same as the status of the entry.
    pub const fn status(self) -> Status {
        match self {
            Self::Pending => Status::Pending,
            Self::Scheduled => Status::Scheduled,
            Self::Initiated => Status::Initiated,
            Self::InProgress => Status::InProgress,
            Self::Completed => Status::Completed,
            Self::Failed => Status::Failed,
            Self::NoAnswer => Status::NoAnswer,
            Self::Cancelled => Status::Cancelled,
        }
    }
}

/// Where the email stands: the last one, but a reply is never forgotten.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, kernel::Words)]
#[words(name = "OutreachEmailStatus")]
pub enum EmailStatus {
    /// None, or one that waits to be sent.
    Pending,
    /// It went out.
    Sent,
    /// They answered.
    Replied,
    /// It came back.
    Bounced,
    /// It could not be sent.
    Failed,
}

impl EmailStatus {
    /// May it go there from here?
    pub fn may_become(self, next: Self) -> bool {
        use EmailStatus as S;
        match self {
            S::Replied => false,
            S::Pending => next != S::Pending,
            // A bounce may come late; a second mail may fail after the first went out.
            S::Sent => matches!(next, S::Replied | S::Bounced | S::Failed),
            S::Bounced | S::Failed => matches!(next, S::Pending | S::Sent | S::Replied),
        }
    }
}

/// How far an approach has come in the pipeline.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, kernel::Words)]
#[words(name = "OutreachStage")]
pub enum Stage {
    /// Chosen for a campaign.
    Selected,
    /// Something reached them: a mail that went out, a call that was put through.
    Contacted,
    /// They answered.
    Replied,
    /// They are interested, and it is about the terms.
    Negotiating,
    /// Yes.
    Agreed,
    /// No.
    Declined,
}

impl Stage {
    const fn rank(self) -> u8 {
        match self {
            Self::Selected => 0,
            Self::Contacted => 1,
            Self::Replied => 2,
            Self::Negotiating => 3,
            Self::Agreed | Self::Declined => 4,
        }
    }

    /// Does this come before that one? Neither outcome comes before the other.
    pub const fn comes_before(self, other: Self) -> bool {
        self.rank() < other.rank()
    }

    /// May a person move it there? On, always; from an outcome to the other one; and from a no back to the table.
    pub fn may_become(self, next: Self) -> bool {
        self == next
            || self.comes_before(next)
            || matches!(
                (self, next),
                (Self::Agreed, Self::Declined) | (Self::Declined, Self::Negotiating | Self::Agreed)
            )
    }

    /// The next stage, or why it cannot be.
    pub fn next(self, next: Self) -> Result<Self> {
        if self.may_become(next) {
            return Ok(next);
        }
        Err(Error::conflict(format!("The pipeline does not go from {} to {}", self.word(), next.word())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_read_as_they_are_written() {
        for status in CallStatus::ALL {
            assert_eq!(CallStatus::parse(status.word()), Some(status));
        }
        assert_eq!(CallStatus::parse("No answer"), Some(CallStatus::NoAnswer));
        assert_eq!(Status::parse("IN-PROGRESS"), Some(Status::InProgress));
        assert_eq!(Stage::parse("won"), None);
    }

    #[test]
    fn what_is_over_stays_over() {
        for last in CallStatus::ALL.iter().filter(|status| status.is_over()) {
            assert!(CallStatus::ALL.iter().all(|next| !last.may_become(*next)), "{last:?}");
        }
        assert!(Status::ALL.iter().all(|next| *next == Status::Completed || !Status::Completed.may_become(*next)));
        assert!(EmailStatus::ALL.iter().all(|next| !EmailStatus::Replied.may_become(*next)));
    }

    #[test]
    fn the_pipeline_goes_one_way_but_for_outcomes() {
        for (from, to) in [(Stage::Replied, Stage::Contacted), (Stage::Agreed, Stage::Negotiating)] {
            assert!(from.next(to).is_err(), "{from:?} to {to:?}");
        }
        assert!(Stage::Declined.next(Stage::Negotiating).is_ok() && Stage::Selected.next(Stage::Agreed).is_ok());
    }
}
