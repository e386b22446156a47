//! What ElevenLabs says of conversations, in its answers and its webhooks.

use std::collections::BTreeMap;

use kernel::{Error, Kind, Result};
use ports::calls::{self, AgentEvent, AgentNews, Analysis, ConversationStatus, Finding, Line};
use ports::json::{flag, integer, lenient, parse, text, whole};
use serde::Deserialize;
use serde_json::{Map, Value};

/// What is kept of fields that we do not know, in bytes.
const REST_BYTES: usize = 32 << 10;

#[derive(Deserialize)]
pub(super) struct Conversation {
    conversation_id: String,
    #[serde(default, deserialize_with = "lenient")]
    status: String,
    #[serde(default, deserialize_with = "text")]
    user_id: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    transcript: Vec<Said>,
    #[serde(default, deserialize_with = "lenient")]
    metadata: Metadata,
    #[serde(default, deserialize_with = "lenient")]
    analysis: Option<Analysed>,
    #[serde(default, deserialize_with = "lenient")]
    conversation_initiation_client_data: Initiation,
    #[serde(default, deserialize_with = "flag")]
    has_audio: bool,
    /// What we do not know is kept as it came.
    #[serde(flatten)]
    rest: Map<String, Value>,
}

#[derive(Deserialize)]
struct Said {
    #[serde(default, deserialize_with = "lenient")]
    role: String,
    #[serde(default, deserialize_with = "text")]
    message: Option<String>,
    #[serde(default, deserialize_with = "whole")]
    time_in_call_secs: Option<u64>,
}

#[derive(Deserialize, Default)]
struct Metadata {
    #[serde(default, deserialize_with = "integer")]
    start_time_unix_secs: Option<i64>,
    #[serde(default, deserialize_with = "whole")]
    call_duration_secs: Option<u64>,
    #[serde(default, deserialize_with = "lenient")]
    termination_reason: String,
    #[serde(default, deserialize_with = "lenient")]
    phone_call: Phone,
}

#[derive(Deserialize, Default)]
struct Phone {
    #[serde(default, deserialize_with = "text")]
    external_number: Option<String>,
    #[serde(default, deserialize_with = "text")]
    call_sid: Option<String>,
}

#[derive(Deserialize, Default)]
struct Initiation {
    #[serde(default, deserialize_with = "text")]
    user_id: Option<String>,
}

#[derive(Deserialize)]
struct Analysed {
    #[serde(default, deserialize_with = "text")]
    call_successful: Option<String>,
    #[serde(default, deserialize_with = "text")]
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
    #[serde(default, deserialize_with = "text")]
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
                call_successful: told(analysed.call_successful).map(|word| match word.as_str() {
                    "true" => "success".into(),
                    "false" => "failure".into(),
                    _ => word,
                }),
                summary: told(analysed.transcript_summary),
                criteria: findings(analysed.evaluation_criteria_results),
                data: findings(analysed.data_collection_results),
            }),
            has_audio: said.has_audio,
            ended_because: told(Some(said.metadata.termination_reason)),
            rest: kept(said.rest),
        }
    }
}

/// Of what we do not know, as much as a row may carry; sound is not part of it.
fn kept(rest: Map<String, Value>) -> Map<String, Value> {
    let mut room = REST_BYTES;
    let fits = |(_, value): &(String, Value)| {
        let size = value.to_string().len();
        let fits = size <= room;
        room -= if fits { size } else { 0 };
        fits
    };
    rest.into_iter().filter(fits).collect()
}

#[derive(Deserialize)]
struct Envelope {
    /// Traces in OpenTelemetry's form have none.
    #[serde(rename = "type", default, deserialize_with = "lenient")]
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
    // A list (of traces, say) is no event of ours either.
    let body: Value = parse(body).map_err(unreadable)?;
    if !body.is_object() {
        return Ok(AgentNews { id: None, event: AgentEvent::Other("a list".into()) });
    }
    let envelope: Envelope = serde_json::from_value(body).map_err(unreadable)?;
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn ended(body: &[u8]) -> calls::Conversation {
        match event(body).unwrap().event {
            AgentEvent::Ended(conversation) => *conversation,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn numbers_switches_and_texts_come_in_every_form() {
        let told = ended(
            br#"{"type": "post_call_transcription", "event_timestamp": 1768473000.5, "data": {
            "conversation_id": "conv_1", "status": "done", "user_id": 12, "has_audio": "true", "new_field": {"a": [1.5]},
            "transcript": [{"role": "user", "message": "Hi \u0000\ud800", "time_in_call_secs": 1.5},
                {"role": "agent", "message": 7, "time_in_call_secs": "2"}, {"role": "user", "message": null}],
            "metadata": {"start_time_unix_secs": 1768473000.25, "call_duration_secs": "33.4", "phone_call": "none",
                "termination_reason": null},
            "analysis": {"call_successful": true, "transcript_summary": ["no text"], "data_collection_results": null,
                "evaluation_criteria_results": {"interest_assessment": {"result": 1, "rationale": false}}}}}"#,
        );
        assert_eq!(
            (told.duration_seconds, told.started_at_unix, told.has_audio),
            (Some(33), Some(1_768_473_000), true)
        );
        let lines: Vec<_> =
            told.transcript.iter().map(|line| (line.message.as_str(), line.time_in_call_secs)).collect();
        assert_eq!(lines, [("Hi \u{fffd}", Some(2)), ("7", Some(2))]);
        let analysis = told.analysis.unwrap();
        assert_eq!((analysis.call_successful.as_deref(), analysis.summary), (Some("success"), None));
        assert_eq!(analysis.criteria["interest_assessment"].value, json!(1));
        assert_eq!(told.rest["new_field"], json!({"a": [1.5]}));
    }

    #[test]
    fn what_is_not_known_is_acknowledged_and_sound_is_not_kept() {
        for body in [
            r#"{"resourceSpans": [{"scopeSpans": []}]}"#,
            r#"[{"resourceSpans": []}]"#,
            r#"{"type": "something_new", "data": 7}"#,
            r#"{"type": null}"#,
            "{}",
        ] {
            assert!(matches!(event(body.as_bytes()).unwrap().event, AgentEvent::Other(_)), "{body}");
        }
        assert!(event(b"{").is_err());
        let sound = format!(
            r#"{{"type": "post_call_audio", "data": {{"conversation_id": "conv_1", "full_audio": "{}"}}}}"#,
            "A".repeat(20 << 20)
        );
        assert!(matches!(event(sound.as_bytes()).unwrap().event, AgentEvent::Other(_)));
        let told = ended(
            format!(
                r#"{{"type": "post_call_transcription", "data": {{"conversation_id": "c", "sound": "{}", "small": 1}}}}"#,
                "A".repeat(1 << 20)
            )
            .as_bytes(),
        );
        assert_eq!(told.rest.keys().collect::<Vec<_>>(), ["small"]);
    }
}
