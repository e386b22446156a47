//! What an entry of the log is.

use kernel::{CampaignId, CreatorId, OutreachId, Timestamp, WorkspaceId};

use super::{CallStatus, Channel, EmailStatus, MessageType, Stage, Status};

/// An entry, as it is stored.
#[derive(Clone, Debug, db::Row)]
#[row(table = "outreach_logs", key(id), fixed(workspace_id, campaign_id, creator_id, created_at))]
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
    pub channel: Option<Channel>,
    /// `outreach`, `follow_up` or `reply`.
    pub message_type: Option<MessageType>,
    /// Where it stands.
    pub status: Status,
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
    pub call_status: Option<CallStatus>,
    /// B's status of the mail.
    pub email_status: Option<EmailStatus>,
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
    /// How far it has come in the pipeline; see [`Stage`].
    pub stage: Stage,
    /// When the call is to be.
    pub scheduled_at: Option<Timestamp>,
    /// The uploaded recording, by its name in the files.
    pub recording_file: Option<String>,
    /// Its media type.
    pub recording_type: Option<String>,
    /// Its size.
    pub recording_bytes: Option<u64>,
    /// What the conversation left to be done, as a JSON list of texts.
    pub action_items: Option<String>,
    /// What the conversation taught, offered as updates: JSON; see [`crate::Suggestion`].
    pub suggestions: Option<String>,
    /// Who read the transcript: `local`, or the language model's name.
    pub transcript_read_by: Option<String>,
    /// Counts the changes; see [`crate::store::save`].
    pub revision: i64,
    /// When it was opened.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
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
            status: Status::Pending,
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
            call_status: Some(CallStatus::Pending),
            email_status: Some(EmailStatus::Pending),
            call_recording_url: None,
            call_transcript: None,
            last_contact_date: None,
            notes: new.notes,
            next_steps: None,
            sentiment: None,
            stage: Stage::Selected,
            scheduled_at: None,
            recording_file: None,
            recording_type: None,
            recording_bytes: None,
            action_items: None,
            suggestions: None,
            transcript_read_by: None,
            revision: 0,
            created_at: now,
            updated_at: now,
        }
    }

    /// Where the call stands, by B's status; one that nobody set is [`CallStatus::Pending`].
    pub fn call(&self) -> CallStatus {
        self.call_status.unwrap_or(CallStatus::Pending)
    }

    /// Where the mail stands, by B's status; one that nobody set is [`EmailStatus::Pending`].
    pub fn email(&self) -> EmailStatus {
        self.email_status.unwrap_or(EmailStatus::Pending)
    }

    /// Moves the pipeline on, never back, and never out of an outcome.
    pub fn reach(&mut self, stage: Stage) {
        if self.stage.comes_before(stage) {
            self.stage = stage;
        }
    }

    /// Is there a recording, uploaded or elsewhere?
    pub fn has_recording(&self) -> bool {
        self.recording_file.is_some() || self.call_recording_url.is_some()
    }

    /// Is there a transcript, as one text or turn by turn?
    pub fn has_transcript(&self) -> bool {
        let says = |text: &Option<String>| text.as_deref().is_some_and(|text| !text.trim().is_empty());
        says(&self.call_transcript) || self.full_transcript.as_deref().is_some_and(|turns| turns.len() > 2)
    }
}
