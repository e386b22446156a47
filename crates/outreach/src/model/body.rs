//! An entry as it is told.

use kernel::{CampaignId, CreatorId, OutreachId, Timestamp};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::{CallStatus, Channel, EmailStatus, Entry, MessageType, Stage, Status, Suggestion};

/// An entry of the outreach log, with A's fields and B's.
#[derive(Serialize, ToSchema)]
#[schema(as = OutreachLog)]
pub struct OutreachBody {
    id: OutreachId,
    campaign_id: CampaignId,
    creator_id: CreatorId,
    /// The same as `creator_id`, in B's word.
    influencer_id: CreatorId,
    channel: Option<Channel>,
    message_type: Option<MessageType>,
    status: Status,
    conversation_id: Option<String>,
    twilio_call_sid: Option<String>,
    call_duration_seconds: Option<u64>,
    call_successful: Option<String>,
    transcript_summary: Option<String>,
    #[schema(value_type = Option<Vec<Object>>)]
    full_transcript: Option<Value>,
    interest_assessment_result: Option<String>,
    interest_assessment_rationale: Option<String>,
    communication_quality_result: Option<String>,
    communication_quality_rationale: Option<String>,
    interest_level: Option<String>,
    collaboration_rate: Option<String>,
    preferred_content_types: Option<String>,
    timeline_availability: Option<String>,
    contact_preferences: Option<String>,
    audience_demographics: Option<String>,
    brand_restrictions: Option<String>,
    follow_up_actions: Option<String>,
    #[schema(value_type = Option<Object>)]
    content: Option<Value>,
    call_status: Option<CallStatus>,
    email_status: Option<EmailStatus>,
    call_recording_url: Option<String>,
    /// In minutes, of the seconds.
    call_duration_minutes: Option<f64>,
    call_transcript: Option<String>,
    last_contact_date: Option<Timestamp>,
    notes: Option<String>,
    next_steps: Option<String>,
    sentiment: Option<String>,
    stage: Stage,
    /// When the call is to be.
    scheduled_at: Option<Timestamp>,
    has_recording: bool,
    has_transcript: bool,
    /// What the conversation left to be done.
    action_items: Vec<String>,
    /// What the conversation taught, to be accepted or not.
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
