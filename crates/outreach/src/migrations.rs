//! The tables of the outreach log.

use db::Migration;

/// The log, and what hangs on it.
pub const MIGRATIONS: &[Migration] = &[LOG, TOUCHES, UPLOADS, REQUESTS, UNMATCHED, LETTERS];

const LOG: Migration = Migration {
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
};

// The tallies count the entries by where they stand, so that a dashboard over a hundred thousand reads a few rows; whoever
// writes an entry writes them in the same transaction (`store::tallies`).
const TOUCHES: Migration = Migration {
    id: "0031_touches",
    sql: "
ALTER TABLE outreach_logs ADD COLUMN stage TEXT NOT NULL DEFAULT 'selected';
ALTER TABLE outreach_logs ADD COLUMN scheduled_at BIGINT;
ALTER TABLE outreach_logs ADD COLUMN recording_file TEXT;
ALTER TABLE outreach_logs ADD COLUMN recording_type TEXT;
ALTER TABLE outreach_logs ADD COLUMN recording_bytes BIGINT;
ALTER TABLE outreach_logs ADD COLUMN action_items TEXT;
ALTER TABLE outreach_logs ADD COLUMN suggestions TEXT;
ALTER TABLE outreach_logs ADD COLUMN revision BIGINT NOT NULL DEFAULT 0;
UPDATE outreach_logs SET stage = CASE
    WHEN call_status = 'completed' OR email_status = 'replied' THEN 'replied'
    WHEN email_status IN ('sent', 'bounced') OR call_status IN ('initiated', 'in-progress', 'no_answer') THEN 'contacted'
    ELSE 'selected' END;
DROP INDEX outreach_logs_by_campaign;
DROP INDEX outreach_logs_by_creator;
DROP INDEX outreach_logs_by_workspace;
CREATE INDEX outreach_logs_by_time ON outreach_logs (created_at DESC, id DESC);
CREATE INDEX outreach_logs_by_workspace ON outreach_logs (workspace_id, created_at DESC, id DESC);
CREATE INDEX outreach_logs_by_campaign ON outreach_logs (campaign_id, created_at DESC, id DESC);
CREATE INDEX outreach_logs_by_creator ON outreach_logs (creator_id, campaign_id, created_at DESC, id DESC);
CREATE INDEX outreach_logs_by_activity ON outreach_logs (updated_at DESC, id DESC);
CREATE INDEX outreach_logs_by_workspace_activity ON outreach_logs (workspace_id, updated_at DESC, id DESC);
CREATE INDEX outreach_logs_by_campaign_activity ON outreach_logs (campaign_id, updated_at DESC, id DESC);
CREATE INDEX outreach_logs_by_conversation ON outreach_logs (conversation_id) WHERE conversation_id IS NOT NULL;
CREATE INDEX outreach_logs_by_call ON outreach_logs (twilio_call_sid) WHERE twilio_call_sid IS NOT NULL;

CREATE TABLE outreach_tallies (
    workspace_id {id} NOT NULL,
    campaign_id {id} NOT NULL,
    stage TEXT NOT NULL,
    call_status TEXT NOT NULL,
    email_status TEXT NOT NULL,
    recorded BOOLEAN NOT NULL,
    entries BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, campaign_id, stage, call_status, email_status, recorded)
);
INSERT INTO outreach_tallies (workspace_id, campaign_id, stage, call_status, email_status, recorded, entries)
    SELECT workspace_id, campaign_id, stage, COALESCE(call_status, 'pending'), COALESCE(email_status, 'pending'),
           call_recording_url IS NOT NULL, count(*)
    FROM outreach_logs GROUP BY 1, 2, 3, 4, 5, 6;

CREATE TABLE outreach_touches (
    id {id} PRIMARY KEY,
    outreach_id {id} NOT NULL REFERENCES outreach_logs (id),
    workspace_id {id} NOT NULL,
    kind TEXT NOT NULL,
    direction TEXT NOT NULL CHECK (direction IN ('out', 'in')),
    status TEXT NOT NULL,
    at BIGINT NOT NULL,
    by_account {id},
    provider TEXT,
    provider_id TEXT,
    message_id TEXT,
    address TEXT,
    subject TEXT,
    summary TEXT,
    detail TEXT NOT NULL
);
CREATE INDEX outreach_touches_by_entry ON outreach_touches (outreach_id, at, id);
CREATE UNIQUE INDEX outreach_touches_by_provider ON outreach_touches (provider, provider_id) WHERE provider_id IS NOT NULL;
CREATE UNIQUE INDEX outreach_touches_by_message ON outreach_touches (message_id, direction) WHERE message_id IS NOT NULL;

CREATE TABLE outreach_requests (
    workspace_id {id} NOT NULL,
    request_key TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    outreach_id {id} NOT NULL,
    touch_id {id} NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, request_key)
);

CREATE TABLE outreach_suppressions (
    id {id} PRIMARY KEY,
    workspace_id {id} NOT NULL,
    address TEXT NOT NULL,
    address_key TEXT NOT NULL,
    reason TEXT NOT NULL,
    note TEXT,
    created_at BIGINT NOT NULL,
    UNIQUE (workspace_id, address_key)
);
CREATE INDEX outreach_suppressions_by_time ON outreach_suppressions (workspace_id, created_at DESC, id DESC);

CREATE TABLE outreach_templates (
    id {id} PRIMARY KEY,
    workspace_id {id} NOT NULL,
    name TEXT NOT NULL,
    name_key TEXT NOT NULL,
    subject TEXT NOT NULL,
    body TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    UNIQUE (workspace_id, name_key)
);

CREATE TABLE outreach_sequences (
    id {id} PRIMARY KEY,
    workspace_id {id} NOT NULL,
    name TEXT NOT NULL,
    steps TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    deleted_at BIGINT
);
CREATE INDEX outreach_sequences_by_time ON outreach_sequences (workspace_id, created_at DESC, id DESC) WHERE deleted_at IS NULL;

CREATE TABLE outreach_runs (
    id {id} PRIMARY KEY,
    workspace_id {id} NOT NULL,
    sequence_id {id} NOT NULL REFERENCES outreach_sequences (id),
    outreach_id {id} NOT NULL REFERENCES outreach_logs (id),
    by_account {id},
    steps TEXT NOT NULL,
    step BIGINT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('running', 'finished', 'stopped')),
    reason TEXT,
    next_at BIGINT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX outreach_runs_running ON outreach_runs (outreach_id) WHERE status = 'running';
CREATE INDEX outreach_runs_by_sequence ON outreach_runs (sequence_id, created_at DESC, id DESC);

CREATE TABLE outreach_follow_ups (
    id {id} PRIMARY KEY,
    workspace_id {id} NOT NULL,
    outreach_id {id} NOT NULL REFERENCES outreach_logs (id),
    text TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    done_at BIGINT
);
CREATE INDEX outreach_follow_ups_open ON outreach_follow_ups (workspace_id, created_at DESC, id DESC) WHERE done_at IS NULL;
CREATE INDEX outreach_follow_ups_by_entry ON outreach_follow_ups (outreach_id, created_at, id);

CREATE TABLE outreach_keys (
    name TEXT PRIMARY KEY,
    secret TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
",
};

const UPLOADS: Migration = Migration {
    id: "0032_uploads",
    sql: "
CREATE TABLE outreach_uploads (
    name TEXT PRIMARY KEY,
    sweep_at BIGINT NOT NULL,
    given_up BOOLEAN NOT NULL
);
CREATE INDEX outreach_uploads_by_time ON outreach_uploads (sweep_at, name);
ALTER TABLE outreach_logs ADD COLUMN transcript_read_by TEXT;
CREATE INDEX outreach_suppressions_by_address ON outreach_suppressions (address_key);
",
};

/// Mail that belongs to no mail of ours, and the way from an address to who has written to it.
const UNMATCHED: Migration = Migration {
    id: "0076_unmatched",
    sql: "
CREATE TABLE outreach_unmatched (
    id {id} PRIMARY KEY,
    workspace_id {id},
    message_id TEXT NOT NULL UNIQUE,
    address TEXT NOT NULL,
    address_key TEXT NOT NULL,
    kind TEXT NOT NULL,
    subject TEXT,
    mail TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX outreach_unmatched_by_time ON outreach_unmatched (created_at DESC, id DESC);
CREATE INDEX outreach_unmatched_by_workspace ON outreach_unmatched (workspace_id, created_at DESC, id DESC);
CREATE INDEX outreach_unmatched_by_address ON outreach_unmatched (address_key);
CREATE INDEX outreach_touches_by_address ON outreach_touches (lower(address)) WHERE kind = 'email' AND direction = 'out';
",
};

/// Keys of requests are kept where those of every route are.
const REQUESTS: Migration = Migration { id: "0033_requests", sql: "DROP TABLE outreach_requests;" };

/// Letters that belong to no campaign.
const LETTERS: Migration = Migration {
    id: "0091_outreach_letters",
    sql: "
CREATE TABLE outreach_letters (
    id {id} PRIMARY KEY,
    workspace_id {id} NOT NULL,
    brand TEXT NOT NULL,
    address TEXT,
    status TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX outreach_letters_by_workspace ON outreach_letters (workspace_id, created_at DESC, id DESC);
CREATE INDEX outreach_letters_by_address ON outreach_letters (lower(address));
",
};
