//! Stand-ins that ring nobody, and say so in every name they give.

use async_trait::async_trait;
use kernel::{Error, Kind, Result, Timestamp};

use super::{
    Agent, AgentCall, AgentEvent, AgentPlaced, Audio, CallInfo, CallStatus, Conversation, ConversationPage,
    ConversationStatus, NewCall, Placed, Telephony, Unplaced, Webhook,
};

/// What the name of a mock call begins with; the number follows, as in C.
pub const MOCK_SID: &str = "MOCK_CALL_SID_";
const MOCK_CONVERSATION: &str = "MOCK_CONVERSATION_";

/// Rings nobody.
#[derive(Clone, Debug, Default)]
pub struct MockTelephony {
    /// May whoever reaches this server play the provider? In the demo, which answers this machine alone.
    pub open: bool,
}

fn closed(name: &str, settings: &str) -> Error {
    Error::new(Kind::Forbidden, format!("No webhook of {name} is let in before {settings} are set"))
}

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

    fn check(&self, _: Webhook<'_>) -> Result<()> {
        if self.open { Ok(()) } else { Err(closed("Twilio", "TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN")) }
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
        }))
    }

    async fn conversations(&self, _: Option<Timestamp>, _: Option<&str>, _: u32) -> Result<ConversationPage> {
        Ok(ConversationPage::default())
    }

    async fn audio(&self, _: &str, _: Option<&str>) -> Result<Audio> {
        Err(Error::not_found("Recording"))
    }

    fn event(&self, _: &[u8], _: Option<&str>, _: Timestamp) -> Result<AgentEvent> {
        Err(closed("ElevenLabs", "ELEVENLABS_API_KEY and ELEVENLABS_WEBHOOK_SECRET"))
    }
}
