//! The table of the outreach log.

use db::Migration;

/// The log.
pub const MIGRATIONS: &[Migration] = &[Migration {
    id: "0030_outreach",
    sql: "
CREATE TABLE outreach_logs (
    id {id} PRIMARY KEY,
    workspace_id {id} NOT NULL,
    campaign_id {id} NOT NULL,
    creator_id {id} NOT NULL,
    channel TEXT,
    message_type TEXT,
    status TEXT NOT NULL,
    conversation_id TEXT,
    twilio_call_sid TEXT,
    call_duration_seconds BIGINT,
    call_successful TEXT,
    transcript_summary TEXT,
    full_transcript TEXT,
    interest_assessment_result TEXT,
    interest_assessment_rationale TEXT,
    communication_quality_result TEXT,
    communication_quality_rationale TEXT,
    interest_level TEXT,
    collaboration_rate TEXT,
    preferred_content_types TEXT,
    timeline_availability TEXT,
    contact_preferences TEXT,
    audience_demographics TEXT,
    brand_restrictions TEXT,
    follow_up_actions TEXT,
    content TEXT,
    call_status TEXT,
    email_status TEXT,
    call_recording_url TEXT,
    call_transcript TEXT,
    last_contact_date BIGINT,
    notes TEXT,
    next_steps TEXT,
    sentiment TEXT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX outreach_logs_by_campaign ON outreach_logs (campaign_id, created_at, id);
CREATE INDEX outreach_logs_by_creator ON outreach_logs (creator_id, created_at, id);
CREATE INDEX outreach_logs_by_workspace ON outreach_logs (workspace_id, created_at, id);
",
}];
