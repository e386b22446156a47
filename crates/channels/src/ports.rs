//! What this slice asks of others; the wiring fills it in.

use async_trait::async_trait;
use db::Tx;
use kernel::{AccountId, Result, WorkspaceId};
use uuid::Uuid;

use crate::channels::ChannelId;
use crate::conversations::{ConversationId, Handler};
use crate::members::Member;
pub use crate::messages::{Citation, Suggestion};
use crate::messages::{Message, Status};

/// A question, as whoever answers it reads it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Question {
    /// What the member wrote since they were last answered.
    pub text: String,
    /// In which language to answer, if that is known: `en`, `es`.
    pub language: Option<String>,
    /// What was said before, the oldest first: who (`member` or `coach`), and what.
    pub history: Vec<(String, String)>,
    /// Is a person answering, who is only shown what could be said?
    pub is_draft: bool,
}

/// How sure an answer is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, kernel::Words)]
#[words(no_column, name = "AnswererOutcome")]
pub enum Outcome {
    /// It is an answer.
    Answered,
    /// These may help.
    Maybe,
    /// There is none.
    Unknown,
}

/// An answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// How sure it is.
    pub outcome: Outcome,
    /// The answer, or what stands before what may help; empty where there is none.
    pub text: String,
    /// The passages that it rests on.
    pub citations: Vec<Citation>,
    /// What may help.
    pub suggestions: Vec<Suggestion>,
    /// How sure, as a number.
    pub confidence: f64,
    /// Who made it: `local`, a model's name.
    pub provider: String,
    /// By what name the question is kept where it has no sure answer: [`crate::tell_answer`] reaches whoever asked it.
    pub question: Option<Uuid>,
}

impl Answer {
    /// That there is none.
    pub fn unknown() -> Self {
        Self {
            outcome: Outcome::Unknown,
            text: String::new(),
            citations: Vec::new(),
            suggestions: Vec::new(),
            confidence: 0.0,
            provider: "none".to_owned(),
            question: None,
        }
    }
}

/// Whoever answers members' questions.
#[async_trait]
pub trait Answerer: Send + Sync {
    /// Answers from these bases of the workspace, or from all of them if none is named. Outside of every transaction; it may take seconds.
    async fn answer(&self, workspace: WorkspaceId, bases: &[Uuid], question: &Question) -> Result<Answer>;

    /// Which of these bases the workspace has.
    async fn bases(&self, tx: &mut Tx, workspace: WorkspaceId, ids: &[Uuid]) -> Result<Vec<Uuid>>;
}

/// The accounts that work in a hub.
#[async_trait]
pub trait Colleagues: Send + Sync {
    /// Tells whether this account can answer in this hub: as an owner or manager of the workspace, or because the hub is its own.
    async fn works_in(&self, tx: &mut Tx, hub: WorkspaceId, account: AccountId) -> Result<bool>;
}

/// A member's message, as followers are told of it.
#[derive(Clone, Debug)]
pub struct Heard {
    /// Who wrote.
    pub member: Member,
    /// Where.
    pub channel_id: ChannelId,
    /// In which conversation.
    pub conversation_id: ConversationId,
    /// What they wrote, or which button they tapped.
    pub message: Message,
    /// Who has the conversation.
    pub handler: Handler,
}

/// A sender of unsolicited messages (programs, proactive rules) that must see the replies and the fate of its messages.
#[async_trait]
pub trait Follower: Send + Sync {
    /// Is there anything for which this follower must hear what the member wrote? One look at an index: it is asked for every message.
    async fn listens(&self, tx: &mut Tx, member: &Member) -> Result<bool>;

    /// A member wrote; asked in the transaction that takes the message in, before the assistant looks at it. True: the message was meant for this
    /// follower, and nobody else answers it. Stop words and scores never come here. [`crate::say`] may be called.
    async fn heard(&self, tx: &mut Tx, heard: &Heard) -> Result<bool>;

    /// What became of a message that was said with a key ([`Message::client_id`]): sent, failed or withheld. It may be told before
    /// [`crate::say`] returns, and `say` must not be called from here.
    async fn became(&self, tx: &mut Tx, message: &Message, status: Status) -> Result<()>;
}
