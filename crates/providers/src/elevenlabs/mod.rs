//! ElevenLabs: an agent that calls, and tells what came of it.

mod said;

use std::fmt;

use async_trait::async_trait;
use kernel::{Error, Kind, Result, Timestamp, Variables, time};
use ports::calls::{
    Agent, AgentCall, AgentNews, AgentPlaced, Audio, Brief, Conversation, ConversationPage, ConversationStatus,
    Unplaced,
};
use ports::json;
use ports::webhook::{Closed, Scheme, Stamped};
use reqwest::header::{HeaderMap, HeaderName};
use serde::Deserialize;
use serde_json::json;

use crate::calling::{Wire, patience};
use crate::fault::Who;
use crate::http::secret_header;
use crate::{Limits, Secret};

/// Where ElevenLabs is, unless a setting says otherwise.
const BASE: &str = "https://api.elevenlabs.io";
/// How long it rings before it is given up, in seconds.
const RINGS: u32 = 45;

/// The settings of ElevenLabs.
#[derive(Clone, Debug)]
pub struct ElevenLabsSettings {
    /// `ELEVENLABS_BASE_URL`.
    pub base_url: String,
    /// `ELEVENLABS_API_KEY`.
    pub api_key: Secret,
    /// `ELEVENLABS_AGENT_ID`: which agent talks.
    pub agent_id: String,
    /// `ELEVENLABS_PHONE_NUMBER_ID`: from which of its numbers.
    pub phone_number_id: String,
    /// `ELEVENLABS_WEBHOOK_SECRET`; without it no webhook is let in.
    pub webhook_secret: Secret,
    /// The time and size limits.
    pub limits: Limits,
}

impl ElevenLabsSettings {
    /// Reads the variables: nothing if there is no key. The agent and its number are needed with one.
    pub fn read(from: &mut Variables<'_>) -> Option<Self> {
        let base_url = from.web_address("ELEVENLABS_BASE_URL").unwrap_or_else(|| BASE.into());
        let api_key = from.text("ELEVENLABS_API_KEY")?;
        let mut needed = |name: &str, what: &str| {
            let text = from.text(name);
            if text.is_none() {
                from.fault(name, format!("is missing, and ELEVENLABS_API_KEY is given: set {what}"));
            }
            text
        };
        let agent_id = needed("ELEVENLABS_AGENT_ID", "the agent that is to talk");
        let phone_number_id = needed("ELEVENLABS_PHONE_NUMBER_ID", "the id of the number that it calls from");
        Some(Self {
            base_url,
            api_key: Secret::from(api_key),
            agent_id: agent_id?,
            phone_number_id: phone_number_id?,
            webhook_secret: Secret::from(from.text("ELEVENLABS_WEBHOOK_SECRET").unwrap_or_default()),
            limits: patience(),
        })
    }
}

/// ElevenLabs' agent.
pub struct ElevenLabs {
    wire: Wire,
    settings: ElevenLabsSettings,
    scheme: Box<dyn Scheme>,
}

impl fmt::Debug for ElevenLabs {
    /// The settings alone: what signs holds a key.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ElevenLabs").field("settings", &self.settings).finish_non_exhaustive()
    }
}

/// How old, or how far ahead of our clock, a webhook may be.
const TOLERANCE: i64 = 30 * time::MINUTE;

/// How ElevenLabs signs: nothing is let in without a secret.
fn scheme(secret: &Secret) -> Box<dyn Scheme> {
    if secret.is_empty() {
        let message = "No webhook of ElevenLabs is let in before ELEVENLABS_WEBHOOK_SECRET is set";
        return Box::new(Closed { kind: Kind::Forbidden, message });
    }
    Box::new(Stamped {
        name: "ElevenLabs-Signature",
        header: "elevenlabs-signature",
        version: "v0",
        secret: secret.reveal().as_bytes().to_vec(),
        setting: "ELEVENLABS_WEBHOOK_SECRET",
        tolerance: TOLERANCE,
        refusal: Kind::Forbidden,
    })
}

impl ElevenLabs {
    /// ElevenLabs as the settings say. [`Kind::Invalid`] when the address or the key cannot be one; nothing is asked of the
    /// network yet.
    pub fn new(settings: ElevenLabsSettings) -> Result<Self> {
        let who = Who {
            name: "ElevenLabs",
            key_setting: "ELEVENLABS_API_KEY",
            address_setting: "ELEVENLABS_BASE_URL",
            key: settings.api_key.clone(),
            model: String::new(),
        };
        let header = secret_header(settings.api_key.reveal(), who.key_setting)?;
        let headers = HeaderMap::from_iter([(HeaderName::from_static("xi-api-key"), header)]);
        let wire = Wire::new(&settings.base_url, who, &headers, settings.limits.clone())?;
        let scheme = scheme(&settings.webhook_secret);
        Ok(Self { wire, settings, scheme })
    }
}

#[derive(Deserialize)]
struct Placed {
    #[serde(default, deserialize_with = "json::flag")]
    success: bool,
    #[serde(default, deserialize_with = "json::lenient")]
    message: String,
    #[serde(default, deserialize_with = "json::text")]
    conversation_id: Option<String>,
    #[serde(rename = "callSid", default, deserialize_with = "json::text")]
    call_sid: Option<String>,
}

#[derive(Deserialize)]
struct Listed {
    #[serde(default)]
    conversations: Vec<InList>,
    #[serde(default, deserialize_with = "json::text")]
    next_cursor: Option<String>,
    #[serde(default, deserialize_with = "json::flag")]
    has_more: bool,
}

#[derive(Deserialize)]
struct InList {
    conversation_id: String,
    #[serde(default, deserialize_with = "json::integer")]
    start_time_unix_secs: Option<i64>,
    #[serde(default, deserialize_with = "json::lenient")]
    status: String,
}

/// Ids of ElevenLabs go into addresses.
fn is_id(text: &str) -> bool {
    (1..=128).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-')
}

#[async_trait]
impl Agent for ElevenLabs {
    fn name(&self) -> &'static str {
        "elevenlabs"
    }

    fn is_real(&self) -> bool {
        true
    }

    async fn place(&self, call: &AgentCall) -> Result<AgentPlaced, Unplaced> {
        let body = json!({
            "agent_id": self.settings.agent_id,
            "agent_phone_number_id": self.settings.phone_number_id,
            "to_number": call.to,
            "conversation_initiation_client_data": {"dynamic_variables": call.variables, "user_id": call.reference},
            "call_recording_enabled": call.record,
            "telephony_call_config": {"ringing_timeout_secs": RINGS},
        });
        let url = self.wire.url(["v1", "convai", "twilio", "outbound-call"], &[]);
        let answer = self.wire.post(url, "application/json", body.to_string().into_bytes()).await;
        let answer = answer.map_err(|fault| self.wire.unplaced(fault))?;
        let placed: Placed = self.wire.json(&answer).map_err(Unplaced::Unknown)?;
        if !placed.success {
            let says: String = placed.message.chars().filter(|c| !c.is_control()).take(240).collect();
            let message = format!("ElevenLabs did not place the call: {says}");
            return Err(Unplaced::Refused(Error::new(Kind::Provider, message)));
        }
        let told = |text: Option<String>| text.filter(|text| !text.is_empty());
        Ok(AgentPlaced { conversation_id: told(placed.conversation_id), call_sid: told(placed.call_sid) })
    }

    async fn conversation(&self, id: &str) -> Result<Option<Conversation>> {
        if !is_id(id) {
            return Ok(None);
        }
        match self.wire.get(self.wire.url(["v1", "convai", "conversations", id], &[])).await {
            Ok(answer) => Ok(Some(self.wire.json::<said::Conversation>(&answer)?.into())),
            Err(fault) if fault.is_not_found() => Ok(None),
            Err(fault) => Err(self.wire.tell(fault)),
        }
    }

    async fn conversations(
        &self,
        since: Option<Timestamp>,
        cursor: Option<&str>,
        most: u32,
    ) -> Result<ConversationPage> {
        let since = since.map(|moment| (moment.micros() / kernel::time::SECOND).to_string());
        let most = most.clamp(1, 100).to_string();
        let mut query = vec![("agent_id", self.settings.agent_id.as_str()), ("page_size", &most)];
        query.extend(since.as_deref().map(|since| ("call_start_after_unix", since)));
        query.extend(cursor.map(|cursor| ("cursor", cursor)));
        let url = self.wire.url(["v1", "convai", "conversations"], &query);
        let answer = self.wire.get(url).await.map_err(|fault| self.wire.tell(fault))?;
        let listed: Listed = self.wire.json(&answer)?;
        let conversations = listed.conversations.into_iter().map(|one| Brief {
            id: one.conversation_id,
            status: ConversationStatus::parse(&one.status).unwrap_or(ConversationStatus::InProgress),
            started_at_unix: one.start_time_unix_secs.unwrap_or_default(),
        });
        Ok(ConversationPage {
            conversations: conversations.collect(),
            next: listed.next_cursor.filter(|cursor| listed.has_more && !cursor.is_empty()),
        })
    }

    async fn audio(&self, id: &str, range: Option<&str>) -> Result<Audio> {
        if !is_id(id) {
            return Err(Error::not_found("Recording"));
        }
        match self.wire.sound(self.wire.url(["v1", "convai", "conversations", id, "audio"], &[]), range).await {
            Ok(audio) => Ok(audio),
            Err(fault) if fault.is_not_found() => Err(Error::not_found("Recording")),
            Err(fault) => Err(self.wire.tell(fault)),
        }
    }

    fn scheme(&self) -> &dyn Scheme {
        &*self.scheme
    }

    fn event(&self, body: &[u8]) -> Result<AgentNews> {
        said::event(body)
    }
}
