//! A provider whose agent leads the talk itself, and tells afterwards what was said and what it means.

use std::collections::BTreeMap;

use async_trait::async_trait;
use kernel::{Result, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{Audio, Unplaced};
use crate::webhook::Scheme;

/// A call that the provider's agent is to make.
#[derive(Clone, Debug)]
pub struct AgentCall {
    /// Our name for it; comes back with the conversation.
    pub reference: String,
    /// Whom to ring, in E.164.
    pub to: String,
    /// What the agent is to know: the brand, the product, the creator.
    pub variables: Map<String, Value>,
    /// Is its sound to be kept?
    pub record: bool,
}

/// A call that was placed. Either name may be told only later.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct AgentPlaced {
    /// The provider's conversation.
    pub conversation_id: Option<String>,
    /// The telephony's call.
    pub call_sid: Option<String>,
}

/// How a conversation stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug, kernel::Words)]
#[words(no_column)]
pub enum ConversationStatus {
    /// Being dialled.
    Initiated,
    /// They talk.
    #[word("in-progress")]
    InProgress,
    /// Over, and being analysed.
    Processing,
    /// Over and analysed.
    Done,
    /// It came to nothing.
    Failed,
}

/// What one side said.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Line {
    /// `agent` or `user`.
    pub role: String,
    /// The words.
    pub message: String,
    /// When, in seconds from the start.
    pub time_in_call_secs: Option<u64>,
}

/// What the provider found by one criterion, or took out of the talk for one field.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Finding {
    /// The result or the value, as it came: a word, a number, a list.
    pub value: Value,
    /// Why.
    pub rationale: Option<String>,
}

/// What the provider makes of a talk.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Analysis {
    /// `success`, `failure` or `unknown`.
    pub call_successful: Option<String>,
    /// What was said, in short.
    pub summary: Option<String>,
    /// By the criteria of the agent.
    pub criteria: BTreeMap<String, Finding>,
    /// By its data fields.
    pub data: BTreeMap<String, Finding>,
}

/// A conversation.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Conversation {
    /// Its id.
    pub id: String,
    /// How it stands.
    pub status: ConversationStatus,
    /// Our name for it, if it was one of our calls.
    pub reference: Option<String>,
    /// The telephony's call.
    pub call_sid: Option<String>,
    /// The number at the other end.
    pub number: Option<String>,
    /// When it began, in seconds since 1970.
    pub started_at_unix: Option<i64>,
    /// How long it lasted.
    pub duration_seconds: Option<u64>,
    /// Who said what.
    pub transcript: Vec<Line>,
    /// What it means; nothing while it is not analysed.
    pub analysis: Option<Analysis>,
    /// Is there sound of it?
    pub has_audio: bool,
    /// Why it ended.
    pub ended_because: Option<String>,
    /// What else the provider tells, as it came.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub rest: Map<String, Value>,
}

/// A conversation as a list tells it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Brief {
    /// Its id.
    pub id: String,
    /// How it stands.
    pub status: ConversationStatus,
    /// When it began, in seconds since 1970.
    pub started_at_unix: i64,
}

/// A page of conversations, newest first.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct ConversationPage {
    /// The conversations.
    pub conversations: Vec<Brief>,
    /// Where the next page begins; nothing after the last one.
    pub next: Option<String>,
}

/// What a webhook of the provider tells.
#[derive(Clone, PartialEq, Debug)]
pub enum AgentEvent {
    /// A conversation is over.
    Ended(Box<Conversation>),
    /// A call did not come about.
    NotPlaced {
        /// Its conversation.
        conversation_id: String,
        /// `busy`, `no-answer`, `unknown`.
        reason: String,
    },
    /// Something that we have no use for.
    Other(String),
}

/// A webhook of the provider.
#[derive(Clone, PartialEq, Debug)]
pub struct AgentNews {
    /// By what it is known when it comes again, if it can be.
    pub id: Option<String>,
    /// What it tells.
    pub event: AgentEvent,
}

/// A provider whose agent leads the talk.
#[async_trait]
pub trait Agent: Send + Sync {
    /// `elevenlabs` or `mock`.
    fn name(&self) -> &'static str;
    /// Does it ring anybody?
    fn is_real(&self) -> bool;
    /// Places a call. It is asked for once, whatever happens.
    async fn place(&self, call: &AgentCall) -> Result<AgentPlaced, Unplaced>;
    /// A conversation; nothing if there is none of that id.
    async fn conversation(&self, id: &str) -> Result<Option<Conversation>>;
    /// Our agent's conversations that began at this moment or later, newest first, up to `most` (100) of them.
    async fn conversations(
        &self,
        since: Option<Timestamp>,
        cursor: Option<&str>,
        most: u32,
    ) -> Result<ConversationPage>;
    /// The sound of a conversation, or one part of it (`bytes=0-1023`, as RFC 9110 has it).
    async fn audio(&self, id: &str, range: Option<&str>) -> Result<Audio>;
    /// How the provider's webhooks are signed.
    fn scheme(&self) -> &dyn Scheme;
    /// Reads a webhook, once its signature was checked.
    fn event(&self, body: &[u8]) -> Result<AgentNews>;
}
