//! What ElevenLabs says of conversations, in its answers and its webhooks.

use std::collections::BTreeMap;

use kernel::{Error, Kind, Result};
use ports::calls::{self, AgentEvent, AgentNews, Analysis, ConversationStatus, Finding, Line};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// Null and missing are the same to us: half-done conversations have many of both.
fn lenient<'de, D: Deserializer<'de>, T: Default + Deserialize<'de>>(from: D) -> Result<T, D::Error> {
    Ok(Option::<T>::deserialize(from)?.unwrap_or_default())
}

#[derive(Deserialize)]
pub(super) struct Conversation {
    conversation_id: String,
    #[serde(default, deserialize_with = "lenient")]
    status: String,
    user_id: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    transcript: Vec<Said>,
    #[serde(default, deserialize_with = "lenient")]
    metadata: Metadata,
    analysis: Option<Analysed>,
    #[serde(default, deserialize_with = "lenient")]
    conversation_initiation_client_data: Initiation,
    #[serde(default, deserialize_with = "lenient")]
    has_audio: bool,
}

#[derive(Deserialize)]
struct Said {
    #[serde(default, deserialize_with = "lenient")]
    role: String,
    message: Option<String>,
    time_in_call_secs: Option<u64>,
}

#[derive(Deserialize, Default)]
struct Metadata {
    start_time_unix_secs: Option<i64>,
    call_duration_secs: Option<u64>,
    #[serde(default, deserialize_with = "lenient")]
    termination_reason: String,
    #[serde(default, deserialize_with = "lenient")]
    phone_call: Phone,
}

#[derive(Deserialize, Default)]
struct Phone {
    external_number: Option<String>,
    call_sid: Option<String>,
}

#[derive(Deserialize, Default)]
struct Initiation {
    user_id: Option<String>,
}

#[derive(Deserialize)]
struct Analysed {
    call_successful: Option<String>,
    transcript_summary: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    evaluation_criteria_results: BTreeMap<String, Found>,
    #[serde(default, deserialize_with = "lenient")]
    data_collection_results: BTreeMap<String, Found>,
}

#[derive(Deserialize)]
struct Found {
    #[serde(default)]
    result: Value,
    #[serde(default)]
    value: Value,
    rationale: Option<String>,
}

fn findings(found: BTreeMap<String, Found>) -> BTreeMap<String, Finding> {
    let finding = |found: Found| Finding {
        value: if found.result.is_null() { found.value } else { found.result },
        rationale: found.rationale.filter(|text| !text.trim().is_empty()),
    };
    found.into_iter().map(|(id, found)| (id, finding(found))).collect()
}

impl From<Conversation> for calls::Conversation {
    fn from(said: Conversation) -> Self {
        let told = |text: Option<String>| text.filter(|text| !text.trim().is_empty());
        let lines = said.transcript.into_iter().filter_map(|line| {
            let message = told(line.message)?;
            Some(Line { role: line.role, message, time_in_call_secs: line.time_in_call_secs })
        });
        Self {
            id: said.conversation_id,
            // A word that is new to us is of a conversation that goes on: nothing is given up because of it.
            status: ConversationStatus::parse(&said.status).unwrap_or(ConversationStatus::InProgress),
            reference: told(said.user_id).or(told(said.conversation_initiation_client_data.user_id)),
            call_sid: told(said.metadata.phone_call.call_sid),
            number: told(said.metadata.phone_call.external_number),
            started_at_unix: said.metadata.start_time_unix_secs.filter(|seconds| *seconds > 0),
            duration_seconds: said.metadata.call_duration_secs,
            transcript: lines.collect(),
            analysis: said.analysis.map(|analysed| Analysis {
                call_successful: told(analysed.call_successful),
                summary: told(analysed.transcript_summary),
                criteria: findings(analysed.evaluation_criteria_results),
                data: findings(analysed.data_collection_results),
            }),
            has_audio: said.has_audio,
            ended_because: told(Some(said.metadata.termination_reason)),
        }
    }
}

#[derive(Deserialize)]
struct Envelope {
    #[serde(rename = "type")]
    kind: String,
    event_timestamp: Option<Value>,
    #[serde(default)]
    data: Value,
}

/// Reads a webhook that has been checked.
pub(super) fn event(body: &[u8]) -> Result<AgentNews> {
    let unreadable = |fault: serde_json::Error| {
        Error::new(Kind::BadRequest, "The webhook is not as ElevenLabs documents it").because(fault)
    };
    let envelope: Envelope = serde_json::from_slice(body).map_err(unreadable)?;
    let conversation = envelope.data["conversation_id"].as_str().map(str::to_owned);
    // It names no event, but it tells each thing of a conversation at one moment.
    let id = envelope.event_timestamp.as_ref().filter(|moment| !moment.is_null()).zip(conversation.as_ref());
    let id = id.map(|(moment, conversation)| format!("{} {conversation} {moment}", envelope.kind));
    let event = match envelope.kind.as_str() {
        "post_call_transcription" => {
            let mut said: Conversation = serde_json::from_value(envelope.data).map_err(unreadable)?;
            // The webhook comes when the conversation is over, and some versions of it leave the status out.
            if said.status.is_empty() {
                said.status = "done".into();
            }
            AgentEvent::Ended(Box::new(said.into()))
        }
        "call_initiation_failure" => {
            let Some(conversation_id) = conversation else {
                return Err(Error::new(Kind::BadRequest, "The webhook names no conversation"));
            };
            let reason = envelope.data["failure_reason"].as_str().unwrap_or("unknown").to_owned();
            AgentEvent::NotPlaced { conversation_id, reason }
        }
        _ => AgentEvent::Other(envelope.kind),
    };
    Ok(AgentNews { id, event })
}
