//! An entry as it is told.

use kernel::{CampaignId, CreatorId, OutreachId, Timestamp};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::{CallStatus, Channel, EmailStatus, Entry, MessageType, Stage, Status, Suggestion};

/// An entry of the outreach log: the approach of a creator for a campaign.
#[derive(Serialize, ToSchema)]
#[schema(as = OutreachLog)]
pub struct OutreachBody {
    id: OutreachId,
    campaign_id: CampaignId,
    creator_id: CreatorId,
    /// The same as `creator_id`.
    influencer_id: CreatorId,
    /// How the creator was last approached.
    channel: Option<Channel>,
    /// What the last message was.
    message_type: Option<MessageType>,
    /// Where the approach stands, of whatever was last done.
    status: Status,
    /// The provider's conversation of an agent's call.
    conversation_id: Option<String>,
    /// Twilio's name for the last call.
    twilio_call_sid: Option<String>,
    /// How long the last call took, in seconds.
    call_duration_seconds: Option<u64>,
    /// Whether the last call succeeded: `success`, `failure` or `unknown`.
    call_successful: Option<String>,
    /// A summary of what was said.
    transcript_summary: Option<String>,
    /// What was said, turn by turn.
    #[schema(value_type = Option<Vec<Object>>)]
    full_transcript: Option<Value>,
    /// The agent's judgement of the creator's interest: `success`, `failure` or `unknown`.
    interest_assessment_result: Option<String>,
    /// The reasons for that judgement.
    interest_assessment_rationale: Option<String>,
    /// The agent's judgement of how the conversation went: `success`, `failure` or `unknown`.
    communication_quality_result: Option<String>,
    /// The reasons for that judgement.
    communication_quality_rationale: Option<String>,
    /// The creator's interest: `very_interested`, `interested`, `neutral` or `not_interested`.
    interest_level: Option<String>,
    /// The rate that the creator named.
    collaboration_rate: Option<String>,
    /// What the creator likes to make.
    preferred_content_types: Option<String>,
    /// When the creator has time, in their own words.
    timeline_availability: Option<String>,
    /// How the creator wants to be contacted.
    contact_preferences: Option<String>,
    /// What the creator said of their audience.
    audience_demographics: Option<String>,
    /// The brands that the creator does not work with.
    brand_restrictions: Option<String>,
    /// What the agent says is to be done next.
    follow_up_actions: Option<String>,
    /// What was sent, as it was logged by hand.
    #[schema(value_type = Option<Object>)]
    content: Option<Value>,
    /// How the last call stands.
    call_status: Option<CallStatus>,
    /// How the last email stands. A reply stays, whatever is sent later.
    email_status: Option<EmailStatus>,
    /// Where the recording is, if it is kept elsewhere.
    call_recording_url: Option<String>,
    /// How long the last call took, in minutes.
    call_duration_minutes: Option<f64>,
    /// What was said, as one text.
    call_transcript: Option<String>,
    /// When there was last contact with the creator.
    last_contact_date: Option<Timestamp>,
    /// Notes, for your workspace alone.
    notes: Option<String>,
    /// What is to be done next.
    next_steps: Option<String>,
    /// How the conversation went, from `positive` to `negative`.
    sentiment: Option<String>,
    /// How far it has come in the pipeline.
    stage: Stage,
    /// When the next call is scheduled.
    scheduled_at: Option<Timestamp>,
    /// Is there a recording of the call?
    has_recording: bool,
    /// Is there a transcript of the call?
    has_transcript: bool,
    /// What the conversation left to be done.
    action_items: Vec<String>,
    /// What the conversation tells of the creator, to be accepted or dismissed.
    suggested_updates: Vec<Suggestion>,
    created_at: Timestamp,
    updated_at: Timestamp,
}

impl From<Entry> for OutreachBody {
    fn from(entry: Entry) -> Self {
        let json = |text: Option<String>| text.and_then(|text| serde_json::from_str(&text).ok());
        Self {
            has_recording: entry.has_recording(),
            has_transcript: entry.has_transcript(),
            action_items: entry.actions(),
            suggested_updates: entry.suggested(),
            stage: entry.stage,
            scheduled_at: entry.scheduled_at,
            id: entry.id,
            campaign_id: entry.campaign_id,
            creator_id: entry.creator_id,
            influencer_id: entry.creator_id,
            channel: entry.channel,
            message_type: entry.message_type,
            status: entry.status,
            conversation_id: entry.conversation_id,
            twilio_call_sid: entry.twilio_call_sid,
            call_duration_seconds: entry.call_duration_seconds,
            call_successful: entry.call_successful,
            transcript_summary: entry.transcript_summary,
            full_transcript: json(entry.full_transcript),
            interest_assessment_result: entry.interest_assessment_result,
            interest_assessment_rationale: entry.interest_assessment_rationale,
            communication_quality_result: entry.communication_quality_result,
            communication_quality_rationale: entry.communication_quality_rationale,
            interest_level: entry.interest_level,
            collaboration_rate: entry.collaboration_rate,
            preferred_content_types: entry.preferred_content_types,
            timeline_availability: entry.timeline_availability,
            contact_preferences: entry.contact_preferences,
            audience_demographics: entry.audience_demographics,
            brand_restrictions: entry.brand_restrictions,
            follow_up_actions: entry.follow_up_actions,
            content: json(entry.content),
            call_status: entry.call_status,
            email_status: entry.email_status,
            call_recording_url: entry.call_recording_url,
            call_duration_minutes: entry.call_duration_seconds.map(|seconds| (seconds as f64 / 6.0).round() / 10.0),
            call_transcript: entry.call_transcript,
            last_contact_date: entry.last_contact_date,
            notes: entry.notes,
            next_steps: entry.next_steps,
            sentiment: entry.sentiment,
            created_at: entry.created_at,
            updated_at: entry.updated_at,
        }
    }
}
