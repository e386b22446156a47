//! Stand-ins that ring nobody, and say so in every name they give.

use async_trait::async_trait;
use kernel::{Error, Kind, Result, Timestamp};

use super::{
    Agent, AgentCall, AgentNews, AgentPlaced, Audio, CallInfo, CallStatus, Conversation, ConversationPage,
    ConversationStatus, NewCall, Placed, Telephony, Unplaced,
};
use crate::webhook::{Closed, Scheme, Unsigned};

/// What the name of a mock call begins with; the number follows, as in C.
pub const MOCK_SID: &str = "MOCK_CALL_SID_";
const MOCK_CONVERSATION: &str = "MOCK_CONVERSATION_";

/// Rings nobody.
#[derive(Clone, Debug, Default)]
pub struct MockTelephony {
    /// May whoever reaches this server play the provider? In the demo, which answers this machine alone.
    pub open: bool,
}

const NO_TELEPHONY: Closed = Closed {
    kind: Kind::Forbidden,
    message: "No webhook of Twilio is let in before TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN are set",
};
const NO_AGENT: Closed = Closed {
    kind: Kind::Forbidden,
    message: "No webhook of ElevenLabs is let in before ELEVENLABS_API_KEY and ELEVENLABS_WEBHOOK_SECRET are set",
};

#[async_trait]
impl Telephony for MockTelephony {
    fn name(&self) -> &'static str {
        "mock"
    }

    fn is_real(&self) -> bool {
        false
    }

    fn number(&self) -> Option<&str> {
        None
    }

    async fn place(&self, call: &NewCall) -> Result<Placed, Unplaced> {
        Ok(Placed { sid: format!("{MOCK_SID}{}", call.to), status: CallStatus::MockCompleted })
    }

    async fn look(&self, sid: &str) -> Result<Option<CallInfo>> {
        Ok(sid.strip_prefix(MOCK_SID).map(|to| CallInfo {
            sid: sid.to_owned(),
            status: CallStatus::MockCompleted,
            duration_seconds: None,
            direction: Some("outbound-api".into()),
            from: None,
            to: Some(to.split('_').next().unwrap_or(to).to_owned()),
            created_at: None,
        }))
    }

    async fn end(&self, _: &str) -> Result<()> {
        Ok(())
    }

    async fn calls_to(&self, _: &str, _: Timestamp) -> Result<Vec<CallInfo>> {
        Ok(Vec::new())
    }

    async fn recording(&self, _: &str, _: Option<&str>) -> Result<Audio> {
        Err(Error::not_found("Recording"))
    }

    fn scheme(&self) -> &dyn Scheme {
        if self.open { &Unsigned } else { &NO_TELEPHONY }
    }
}

/// An agent that talks with nobody.
#[derive(Clone, Debug, Default)]
pub struct MockAgent;

#[async_trait]
impl Agent for MockAgent {
    fn name(&self) -> &'static str {
        "mock"
    }

    fn is_real(&self) -> bool {
        false
    }

    async fn place(&self, call: &AgentCall) -> Result<AgentPlaced, Unplaced> {
        Ok(AgentPlaced { conversation_id: Some(format!("{MOCK_CONVERSATION}{}", call.reference)), call_sid: None })
    }

    async fn conversation(&self, id: &str) -> Result<Option<Conversation>> {
        Ok(id.strip_prefix(MOCK_CONVERSATION).map(|reference| Conversation {
            id: id.to_owned(),
            status: ConversationStatus::Initiated,
            reference: Some(reference.to_owned()),
            call_sid: None,
            number: None,
            started_at_unix: None,
            duration_seconds: None,
            transcript: Vec::new(),
            analysis: None,
            has_audio: false,
            ended_because: Some("a mock call rings nobody".into()),
            rest: serde_json::Map::new(),
        }))
    }

    async fn conversations(&self, _: Option<Timestamp>, _: Option<&str>, _: u32) -> Result<ConversationPage> {
        Ok(ConversationPage::default())
    }

    async fn audio(&self, _: &str, _: Option<&str>) -> Result<Audio> {
        Err(Error::not_found("Recording"))
    }

    fn scheme(&self) -> &dyn Scheme {
        &NO_AGENT
    }

    fn event(&self, _: &[u8]) -> Result<AgentNews> {
        Err(Error::new(NO_AGENT.kind, NO_AGENT.message))
    }
}
