//! Where things stand, and where they may go from there.

use kernel::{Error, Result};

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$word_doc:meta])* $variant:ident = $word:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
        pub enum $name { $($(#[$word_doc])* $variant,)* }

        impl $name {
            /// Every word of it.
            pub const WORDS: &'static [&'static str] = &[$($word,)*];
            /// Every one of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// As it is written.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }

            /// Reads the word, without regard to case; a space stands for what joins two words, too.
            pub fn parse(word: &str) -> Option<Self> {
                let word = word.trim().replace(' ', "_");
                Self::ALL.iter().copied().find(|one| one.as_str().eq_ignore_ascii_case(&word))
            }
        }
    };
}

words! {
    /// How someone is approached.
    Channel {
        /// By telephone.
        Call = "call",
        /// By mail.
        Email = "email",
        /// By whatever else: a direct message, a word at a fair.
        Message = "message",
    }
}

words! {
    /// What a message is.
    MessageType {
        /// The first word.
        Outreach = "outreach",
        /// Another one, after no answer.
        FollowUp = "follow_up",
        /// An answer.
        Reply = "reply",
    }
}

words! {
    /// A's status of an entry, with B's words: of whatever was last done.
    Status {
        /// Nothing yet.
        Pending = "pending",
        /// Begun: a mail is queued, a call is being put through.
        Initiated = "initiated",
        /// Being talked.
        InProgress = "in-progress",
        /// A call is arranged.
        Scheduled = "scheduled",
        /// A mail went out.
        Sent = "sent",
        /// They answered.
        Replied = "replied",
        /// The mail came back.
        Bounced = "bounced",
        /// It is done.
        Completed = "completed",
        /// It went wrong.
        Failed = "failed",
        /// Nobody answered the call.
        NoAnswer = "no_answer",
        /// It was called off.
        Cancelled = "cancelled",
    }
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
        Err(Error::conflict(format!("An entry that is {} cannot become {}", self.as_str(), next.as_str())))
    }
}

words! {
    /// B's status of a call.
    CallStatus {
        /// Not arranged.
        Pending = "pending",
        /// Arranged for a time.
        Scheduled = "scheduled",
        /// Being put through.
        Initiated = "initiated",
        /// Being talked.
        InProgress = "in-progress",
        /// It was talked.
        Completed = "completed",
        /// It went wrong.
        Failed = "failed",
        /// Nobody answered.
        NoAnswer = "no_answer",
        /// It was called off.
        Cancelled = "cancelled",
    }
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

    /// The same in A's words.
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

words! {
    /// B's status of the mail: of the last one, but an answer is never forgotten.
    EmailStatus {
        /// None, or one that waits to be sent.
        Pending = "pending",
        /// It went out.
        Sent = "sent",
        /// They answered.
        Replied = "replied",
        /// It came back.
        Bounced = "bounced",
        /// It could not be sent.
        Failed = "failed",
    }
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

words! {
    /// The pipeline.
    Stage {
        /// Chosen for a campaign.
        Selected = "selected",
        /// Something reached them: a mail that went out, a call that was put through.
        Contacted = "contacted",
        /// They answered.
        Replied = "replied",
        /// They are interested, and it is about the terms.
        Negotiating = "negotiating",
        /// Yes.
        Agreed = "agreed",
        /// No.
        Declined = "declined",
    }
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
        Err(Error::conflict(format!("The pipeline does not go from {} to {}", self.as_str(), next.as_str())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_read_as_they_are_written() {
        for status in CallStatus::ALL {
            assert_eq!(CallStatus::parse(status.as_str()), Some(*status));
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
