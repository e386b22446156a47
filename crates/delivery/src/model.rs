//! What a delivery is, how it stands, and what comes of an attempt.

use std::borrow::Cow;
use std::time::Duration;

use kernel::{DeliveryId, Timestamp, WorkspaceId};
use uuid::Uuid;

/// How often a delivery is tried unless something else is said: with the usual back-off, over about ten hours.
const ATTEMPTS: u32 = 12;

/// Something that is to leave the house.
#[derive(Clone, Debug)]
pub struct NewDelivery {
    /// Which channel sends it: `mail`, `webhook`.
    pub kind: Cow<'static, str>,
    /// What it is about: the row of the slice that wants it.
    pub subject: Uuid,
    /// Whose it is; none for the server's own.
    pub workspace: Option<WorkspaceId>,
    /// By what two wishes are known to be the same one, among those of a kind: the second adds nothing.
    pub key: String,
    /// What is asked, as the channel reads it (JSON, as a rule), up to 64 KiB. No secrets: the channel adds them when it sends. Empty if
    /// the subject says it all.
    pub asked: String,
    /// Not before this moment; at once if nothing is said.
    pub at: Option<Timestamp>,
    /// How often it may be tried before it is given up.
    pub max_attempts: u32,
}

impl NewDelivery {
    /// A delivery for now, about this subject, which is wanted once.
    pub fn new(kind: impl Into<Cow<'static, str>>, subject: Uuid) -> Self {
        Self {
            kind: kind.into(),
            subject,
            workspace: None,
            key: subject.to_string(),
            asked: String::new(),
            at: None,
            max_attempts: ATTEMPTS,
        }
    }
}

/// How a delivery stands. The order is that of the ranks: a state is only ever followed by a later one, but for what is to be tried again.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, kernel::Words)]
#[words(name = "DeliveryState")]
pub enum State {
    /// Waiting for its moment or for a courier.
    Queued,
    /// A courier has it.
    Sending,
    /// Given up; it can be replayed.
    Failed,
    /// The other side will never take it.
    Rejected,
    /// Held back at the last moment, or not wanted any more.
    Withheld,
    /// The other side has it.
    Sent,
}

impl State {
    /// Will nothing more be done about it?
    pub fn is_over(self) -> bool {
        self > Self::Sending
    }

    /// The states that this one may follow when it is heard of.
    pub(crate) fn lower(self) -> impl Iterator<Item = Self> {
        Self::ALL.into_iter().filter(move |state| *state < self)
    }
}

/// A delivery, as it stands.
#[derive(Clone, Debug, db::Row)]
pub struct Delivery {
    /// Its id: the same at every attempt.
    pub id: DeliveryId,
    /// Which channel sends it.
    pub kind: String,
    /// What it is about.
    pub subject: Uuid,
    /// Whose it is: a workspace, or the nil id for the server's own.
    pub owner: Uuid,
    /// By what it is known to be one wish.
    pub idempotency_key: String,
    /// What is asked.
    pub asked: String,
    /// How it stands.
    pub state: State,
    /// How often it was tried, this attempt included.
    pub attempts: u32,
    /// How often it may be tried.
    pub max_attempts: u32,
    /// Was there an attempt of which nobody heard what came of it? Then it may have arrived already.
    pub unanswered: bool,
    /// What the other side answered last, without secrets, at most 2,000 characters.
    pub answer: Option<String>,
    /// Why it has not arrived.
    pub error: Option<String>,
    /// When it was wanted.
    pub created_at: Timestamp,
    /// When it was over.
    pub settled_at: Option<Timestamp>,
}

impl Delivery {
    /// The workspace whose it is; none for the server's own.
    pub fn workspace(&self) -> Option<WorkspaceId> {
        (!self.owner.is_nil()).then(|| WorkspaceId::from_uuid(self.owner))
    }
}

/// What a channel says came of an attempt.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// The other side has it.
    Sent {
        /// What it answered, if that is worth keeping.
        answer: Option<String>,
    },
    /// It was not taken now, for certain; it may be later.
    Later {
        /// How long the other side wants to be left alone; the usual back-off if it says nothing.
        after: Option<Duration>,
        /// Why it was not taken.
        why: String,
    },
    /// Nobody knows whether it arrived: before it is sent again the channel is asked to reconcile.
    Unknown(String),
    /// The other side will never take it, and says so.
    Rejected(String),
    /// Trying again would not help, and something is wrong: it stays to be seen and replayed.
    GiveUp(String),
}

/// What stands written after an attempt.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Fate {
    /// It arrived.
    Sent {
        /// What the other side answered.
        answer: Option<String>,
    },
    /// It is tried again.
    Later {
        /// After so long.
        after: Duration,
        /// Why it did not arrive.
        why: String,
        /// May it have arrived all the same?
        unknown: bool,
    },
    /// The other side will never take it.
    Rejected(String),
    /// It was given up, and can be replayed.
    Failed(String),
    /// It was held back.
    Withheld(String),
}

impl Fate {
    /// The state that says so.
    pub const fn state(&self) -> State {
        match self {
            Self::Sent { .. } => State::Sent,
            Self::Later { .. } => State::Queued,
            Self::Rejected(_) => State::Rejected,
            Self::Failed(_) => State::Failed,
            Self::Withheld(_) => State::Withheld,
        }
    }

    /// Why it did not arrive.
    pub fn why(&self) -> Option<&str> {
        match self {
            Self::Sent { .. } => None,
            Self::Later { why, .. } | Self::Rejected(why) | Self::Failed(why) | Self::Withheld(why) => Some(why),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn any_state() -> impl Strategy<Value = State> {
        prop::sample::select(State::ALL.to_vec())
    }

    proptest! {
        #[test]
        fn what_may_follow_ranks_higher(one in any_state(), other in any_state()) {
            prop_assert_eq!(one.lower().any(|state| state == other), other < one);
            prop_assert!(!State::Sent.lower().any(|state| state == State::Sent));
            prop_assert!(!one.is_over() || one >= State::Failed);
        }
    }

    #[test]
    fn a_word_is_read_back() {
        for state in State::ALL {
            assert_eq!(<State as db::FromColumn>::from_cell(db::Cell::Text(state.word())), Ok(state));
        }
        assert!(<State as db::FromColumn>::from_cell(db::Cell::Text("gone")).is_err());
    }
}
