//! What an entry of the log is.

use kernel::{CampaignId, CreatorId, OutreachId, Timestamp, WorkspaceId};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

db::row! {
    /// An entry, as it is stored.
    #[derive(Clone, Debug)]
    pub struct Entry {
        /// Its id; B's `call_id` is the same.
        pub id: OutreachId,
        /// Whose it is.
        pub workspace_id: WorkspaceId,
        /// For which campaign.
        pub campaign_id: CampaignId,
        /// Whom it is about.
        pub creator_id: CreatorId,
        /// `call`, `email` or `message`; nothing before the first touch.
        pub channel: Option<String>,
        /// `outreach`, `follow_up` or `reply`.
        pub message_type: Option<String>,
        /// Where it stands.
        pub status: String,
        /// The provider's conversation.
        pub conversation_id: Option<String>,
        /// Twilio's call.
        pub twilio_call_sid: Option<String>,
        /// How long the call was, in seconds.
        pub call_duration_seconds: Option<u64>,
        /// `success`, `failure` or `unknown`.
        pub call_successful: Option<String>,
        /// What was said, in short.
        pub transcript_summary: Option<String>,
        /// What was said, turn by turn, as JSON.
        pub full_transcript: Option<String>,
        /// How interested they are, by the criteria of the call.
        pub interest_assessment_result: Option<String>,
        /// Why.
        pub interest_assessment_rationale: Option<String>,
        /// How well the talk went, by the criteria of the call.
        pub communication_quality_result: Option<String>,
        /// Why.
        pub communication_quality_rationale: Option<String>,
        /// From `very_interested` to `not_interested`.
        pub interest_level: Option<String>,
        /// The rate they named.
        pub collaboration_rate: Option<String>,
        /// What they like to make.
        pub preferred_content_types: Option<String>,
        /// When they have time.
        pub timeline_availability: Option<String>,
        /// How they like to be reached.
        pub contact_preferences: Option<String>,
        /// Whom they reach, as they told.
        pub audience_demographics: Option<String>,
        /// What they do not work for.
        pub brand_restrictions: Option<String>,
        /// What is to be done next, as the call brought out.
        pub follow_up_actions: Option<String>,
        /// What was sent, as JSON.
        pub content: Option<String>,
        /// B's status of the call.
        pub call_status: Option<String>,
        /// B's status of the mail.
        pub email_status: Option<String>,
        /// Where the recording is.
        pub call_recording_url: Option<String>,
        /// What was said, as one text.
        pub call_transcript: Option<String>,
        /// When they were last in touch.
        pub last_contact_date: Option<Timestamp>,
        /// Whatever is worth remembering.
        pub notes: Option<String>,
        /// What is to be done next.
        pub next_steps: Option<String>,
        /// From `positive` to `negative`.
        pub sentiment: Option<String>,
        /// When it was opened.
        pub created_at: Timestamp,
        /// When it last changed.
        pub updated_at: Timestamp,
    }
}

/// An entry to be opened: whom, for what, and why.
#[derive(Clone, Debug)]
pub struct NewEntry {
    /// Its id.
    pub id: OutreachId,
    /// Whose it is: the campaign's workspace.
    pub workspace_id: WorkspaceId,
    /// For which campaign.
    pub campaign_id: CampaignId,
    /// Whom it is about.
    pub creator_id: CreatorId,
    /// Whatever is worth remembering.
    pub notes: Option<String>,
}

impl Entry {
    /// An entry before the first touch.
    pub fn open(new: NewEntry, now: Timestamp) -> Self {
        Self {
            id: new.id,
            workspace_id: new.workspace_id,
            campaign_id: new.campaign_id,
            creator_id: new.creator_id,
            channel: None,
            message_type: None,
            status: "pending".into(),
            conversation_id: None,
            twilio_call_sid: None,
            call_duration_seconds: None,
            call_successful: None,
            transcript_summary: None,
            full_transcript: None,
            interest_assessment_result: None,
            interest_assessment_rationale: None,
            communication_quality_result: None,
            communication_quality_rationale: None,
            interest_level: None,
            collaboration_rate: None,
            preferred_content_types: None,
            timeline_availability: None,
            contact_preferences: None,
            audience_demographics: None,
            brand_restrictions: None,
            follow_up_actions: None,
            content: None,
            call_status: Some("pending".into()),
            email_status: Some("pending".into()),
            call_recording_url: None,
            call_transcript: None,
            last_contact_date: None,
            notes: new.notes,
            next_steps: None,
            sentiment: None,
            created_at: now,
            updated_at: now,
        }
    }
}

/// An entry of the outreach log, with A's fields and B's.
#[derive(Serialize, ToSchema)]
#[schema(as = OutreachLog)]
pub struct OutreachBody {
    id: OutreachId,
    campaign_id: CampaignId,
    creator_id: CreatorId,
    /// The same as `creator_id`, in B's word.
    influencer_id: CreatorId,
    channel: Option<String>,
    message_type: Option<String>,
    #[schema(example = "pending")]
    status: String,
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
    call_status: Option<String>,
    email_status: Option<String>,
    call_recording_url: Option<String>,
    /// In minutes, of the seconds.
    call_duration_minutes: Option<f64>,
    call_transcript: Option<String>,
    last_contact_date: Option<Timestamp>,
    notes: Option<String>,
    next_steps: Option<String>,
    sentiment: Option<String>,
    created_at: Timestamp,
    updated_at: Timestamp,
}

impl From<Entry> for OutreachBody {
    fn from(entry: Entry) -> Self {
        let json = |text: Option<String>| text.and_then(|text| serde_json::from_str(&text).ok());
        Self {
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
