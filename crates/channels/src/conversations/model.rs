//! What a conversation is, and who has it.

use kernel::{AccountId, Error, Id, Kind, Result, Timestamp, WorkspaceId};

use crate::channels::ChannelId;
use crate::members::{Medium, MemberId};

#[doc(hidden)]
#[derive(Debug)]
pub enum ConversationMarker {}
/// A conversation: one member on one channel.
pub type ConversationId = Id<ConversationMarker>;

#[doc(hidden)]
#[derive(Debug)]
pub enum EscalationMarker {}
/// A call for a person.
pub type EscalationId = Id<EscalationMarker>;

#[doc(hidden)]
#[derive(Debug)]
pub enum NoteMarker {}
/// A note that only those who work here see.
pub type NoteId = Id<NoteMarker>;

/// Who has a conversation.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, kernel::Words)]
#[words(name = "ConversationHandler")]
pub enum Handler {
    /// A machine answers.
    Bot,
    /// It waits for a person.
    Queue,
    /// A person has it.
    Human,
}

/// What can be done with a conversation.
#[derive(Clone, Copy, PartialEq, Eq, Debug, kernel::Words)]
#[words(no_column)]
pub enum Move {
    /// A person is called.
    Escalate,
    /// A person takes it: by saying so, or by answering.
    TakeOver,
    /// It is given back to the machine.
    HandBack,
    /// Nobody came, or nobody has written for too long.
    TimeOut,
}

impl Handler {
    /// Who has it after this; a conflict where it makes no sense.
    pub fn next(self, step: Move) -> Result<Self> {
        Ok(match (self, step) {
            (Self::Bot, Move::Escalate) => Self::Queue,
            (held, Move::Escalate) => held,
            (_, Move::TakeOver) => Self::Human,
            (Self::Queue | Self::Human, Move::HandBack | Move::TimeOut) => Self::Bot,
            (Self::Bot, Move::HandBack | Move::TimeOut) => {
                return Err(Error::conflict(
                    "The assistant has this conversation already; there is nothing to hand back",
                ));
            }
        })
    }

    /// Does it have a deadline, after which it goes back to the machine?
    pub const fn waits(self) -> bool {
        !matches!(self, Self::Bot)
    }
}

/// Is a conversation still going on?
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, kernel::Words)]
#[words(name = "ConversationStatus")]
pub enum Status {
    /// Somebody may still answer.
    Open,
    /// Somebody has put it away; it is open again when the member writes.
    Closed,
}

/// Why a person was called.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, kernel::Words)]
#[words(name = "EscalationReason")]
pub enum Why {
    /// The member asked for a person.
    Asked,
    /// Two questions in a row had no answer.
    UnknownTwice,
    /// The member is upset.
    Negative,
    /// A program said so.
    Flow,
    /// Somebody of the workspace took the conversation by themselves.
    Owner,
}

/// A conversation, as it is stored.
#[derive(Clone, Debug, db::Row)]
#[row(table = "channel_conversations")]
pub struct Conversation {
    /// Its id.
    pub id: ConversationId,
    /// Whose it is.
    pub workspace_id: WorkspaceId,
    /// The channel,
    pub channel_id: ChannelId,
    /// and the member on it.
    pub member_id: MemberId,
    /// Of what type the channel is.
    pub channel: Medium,
    /// Open or closed.
    pub status: Status,
    /// Who has it.
    pub handler: Handler,
    /// The person who has the conversation, or to whom it is assigned while it is in the queue.
    pub assignee: Option<AccountId>,
    /// The call for a person that is still open.
    pub escalation_id: Option<EscalationId>,
    /// Since when they have it.
    pub handler_at: Timestamp,
    /// When it goes back to the machine, unless somebody writes.
    pub deadline: Option<Timestamp>,
    /// The member's name, or what stands for it.
    pub name: String,
    /// The same as names are compared.
    pub name_folded: String,
    /// The number of its newest message.
    pub seq: i64,
    /// The number of the member's newest message.
    pub in_seq: i64,
    /// The number of the newest message to the member.
    pub out_seq: i64,
    /// Up to which of the member's messages somebody has answered.
    pub answered_seq: i64,
    /// Up to which message those who work here have read.
    pub read_seq: i64,
    /// Up to which message the member has read.
    pub seen_seq: i64,
    /// How many messages of the member nobody here has read.
    pub unread: u64,
    /// How many questions in a row had no answer.
    pub unknowns: u64,
    /// Has the member been told that a machine answers?
    pub labelled: bool,
    /// What the machine would have said.
    pub draft: Option<String>,
    /// To which message.
    pub draft_seq: Option<i64>,
    /// Since when the member waits for an answer.
    pub waiting_since: Option<Timestamp>,
    /// Until when free text is taken, where that is bounded.
    pub window_until: Option<Timestamp>,
    /// When the member wrote last.
    pub last_in_at: Option<Timestamp>,
    /// When they were last written to.
    pub last_out_at: Option<Timestamp>,
    /// When anything was last said.
    pub last_message_at: Timestamp,
    /// The beginning of what was said last.
    pub last_text: String,
    /// The call for a person that the member is asked to rate,
    pub surveyed_id: Option<EscalationId>,
    /// until then.
    pub survey_until: Option<Timestamp>,
    /// How many messages the provider charges for.
    pub billed: u64,
    /// When it began.
    pub created_at: Timestamp,
}

/// A call for a person, as it is stored.
#[derive(Clone, Debug, db::Row)]
#[row(table = "channel_escalations")]
pub struct Escalation {
    /// Its id.
    pub id: EscalationId,
    /// Whose it is.
    pub workspace_id: WorkspaceId,
    /// The channel,
    pub channel_id: ChannelId,
    /// the conversation,
    pub conversation_id: ConversationId,
    /// and the member.
    pub member_id: MemberId,
    /// Why.
    pub reason: Why,
    /// What the member had asked.
    pub question: String,
    /// When.
    pub created_at: Timestamp,
    /// Who came,
    pub taken_by: Option<AccountId>,
    /// and when.
    pub taken_at: Option<Timestamp>,
    /// When it was over,
    pub ended_at: Option<Timestamp>,
    /// and by what: `handed_back`, `closed`, `timed_out`.
    pub ended_by: Option<String>,
    /// How it was, from 1 to 5, by the member's own word.
    pub satisfaction: Option<u8>,
    /// What they said to it.
    pub comment: Option<String>,
    /// When they said it.
    pub rated_at: Option<Timestamp>,
}

/// A note, as it is stored.
#[derive(Clone, Debug, db::Row)]
#[row(table = "channel_notes")]
pub struct Note {
    /// Its id.
    pub id: NoteId,
    /// Whose it is.
    pub workspace_id: WorkspaceId,
    /// The conversation.
    pub conversation_id: ConversationId,
    /// Who wrote it; nothing if the server did.
    pub account_id: Option<AccountId>,
    /// What it says.
    pub text: String,
    /// When it was written.
    pub created_at: Timestamp,
}

impl Conversation {
    /// The channel's name in the audience's words, for interactions.
    pub fn medium(&self) -> Medium {
        self.channel
    }

    /// Is it the machine's turn?
    pub fn is_bots(&self) -> bool {
        self.handler == Handler::Bot
    }

    /// Refuses what needs an open conversation.
    pub fn must_be_open(&self) -> Result<()> {
        match self.status {
            Status::Open => Ok(()),
            Status::Closed => Err(Error::new(Kind::Conflict, "The conversation is closed already")),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// However the moves come, a person is there only after one came, and whatever waits can be given back.
        #[test]
        fn a_person_has_it_only_after_taking_it(steps in prop::collection::vec(prop::sample::select(Move::ALL.to_vec()), 0..40)) {
            let mut held = Handler::Bot;
            for step in steps {
                let before = held;
                match held.next(step) {
                    Ok(next) => {
                        prop_assert!(next != Handler::Human || before == Handler::Human || step == Move::TakeOver);
                        prop_assert!(next != Handler::Queue || before == Handler::Queue || step == Move::Escalate);
                        held = next;
                    }
                    Err(error) => {
                        prop_assert_eq!(error.kind(), Kind::Conflict);
                        prop_assert_eq!(before, Handler::Bot);
                    }
                }
            }
            prop_assert!(!held.waits() || held.next(Move::TimeOut).unwrap() == Handler::Bot);
        }
    }

    #[test]
    fn a_call_takes_nobody_s_conversation_away() {
        assert_eq!(Handler::Human.next(Move::Escalate).unwrap(), Handler::Human);
        assert_eq!(Handler::Queue.next(Move::Escalate).unwrap(), Handler::Queue);
        assert_eq!(Handler::Bot.next(Move::Escalate).unwrap(), Handler::Queue);
    }
}
