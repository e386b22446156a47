//! The events of a hub's conversations, as the live stream of its coaches shows them.

use std::collections::HashMap;

use db::{EventRow, Tx};
use events::Event as _;
use kernel::{Error, Result, Timestamp, WorkspaceId};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::conversations::{self, ConversationBody, ConversationId, EscalationBody, EscalationId, typing};
use crate::events::{
    ConversationHandled, EscalationCreated, EscalationEnded, MessageAnswered, MessageReceived, MessageWritten,
};
use crate::messages::{self, MessageBody, MessageId, media};

/// The kinds of events that are about conversations.
pub const KINDS: &[&str] = &[
    MessageReceived::NAME,
    MessageAnswered::NAME,
    MessageWritten::NAME,
    ConversationHandled::NAME,
    EscalationCreated::NAME,
    EscalationEnded::NAME,
];

/// The data of one event.
#[derive(Serialize)]
struct Told<'a> {
    /// What happened.
    event: &'a str,
    /// When.
    at: Timestamp,
    /// The current state of the conversation.
    conversation: ConversationBody,
    /// The number of the newest message.
    latest_seq: i64,
    /// The message that the event is about, in its current state.
    message: Option<MessageBody>,
    /// The escalation that the event is about.
    escalation: Option<EscalationBody>,
}

/// Returns the data of each event, in the same order; nothing if the conversation was deleted. Runs one statement per kind of resource, however many
/// events there are.
pub async fn told(tx: &mut Tx, events: &[EventRow]) -> Result<Vec<Option<Value>>> {
    let mut named = Vec::with_capacity(events.len());
    for event in events {
        let payload: Map<String, Value> = serde_json::from_str(&event.payload).map_err(Error::internal)?;
        named.push((id_in(&payload, "message_id"), id_in(&payload, "escalation_id")));
    }
    let ids = events.iter().map(|event| ConversationId::from_uuid(event.subject)).collect();
    let conversations: HashMap<_, _> = by(conversations::store::by_ids(tx, distinct(ids)).await?, |row| row.id);
    let ids = distinct(named.iter().filter_map(|(message, _)| message.map(MessageId::from_uuid)).collect());
    let rows = messages::store::by_ids(tx, ids).await?;
    let mut files: HashMap<_, Vec<_>> = HashMap::new();
    for (id, file) in media::of(tx, &rows).await? {
        files.entry(id).or_default().push(file);
    }
    let messages: HashMap<_, _> = by(rows, |row| row.id);
    let ids = distinct(named.iter().filter_map(|(_, call)| call.map(EscalationId::from_uuid)).collect());
    let calls: HashMap<_, _> = by(conversations::store::escalations_by_ids(tx, ids).await?, |row| row.id);
    let one = |(event, (message, call)): (&EventRow, (Option<uuid::Uuid>, Option<uuid::Uuid>))| {
        let conversation = conversations.get(&ConversationId::from_uuid(event.subject))?.clone();
        let message = message.and_then(|id| messages.get(&MessageId::from_uuid(id))).cloned();
        let told = Told {
            event: &event.kind,
            at: event.created_at,
            latest_seq: conversation.seq,
            conversation: conversation.into(),
            message: message.map(|message| {
                let own = files.get(&message.id).cloned().unwrap_or_default();
                MessageBody::of(message, own)
            }),
            escalation: call.and_then(|id| calls.get(&EscalationId::from_uuid(id))).cloned().map(Into::into),
        };
        Some(serde_json::to_value(told).map_err(Error::internal))
    };
    events.iter().zip(named).map(|pair| one(pair).transpose()).collect()
}

/// Returns the conversations in which a member is typing now, with their workspaces, at most `most`.
pub async fn writing(tx: &mut Tx, now: Timestamp, most: u32) -> Result<Vec<(WorkspaceId, ConversationId)>> {
    typing::now(tx, now, most).await
}

fn id_in(payload: &Map<String, Value>, name: &str) -> Option<uuid::Uuid> {
    payload.get(name)?.as_str()?.parse().ok()
}

fn distinct<T: Ord>(mut ids: Vec<T>) -> Vec<T> {
    ids.sort();
    ids.dedup();
    ids
}

fn by<K: std::hash::Hash + Eq, R>(rows: Vec<R>, key: impl Fn(&R) -> K) -> HashMap<K, R> {
    rows.into_iter().map(|row| (key(&row), row)).collect()
}
