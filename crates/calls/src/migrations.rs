//! The tables of this crate.

use db::Migration;

/// Calls, talks, consents, and who must not be called.
pub const MIGRATIONS: &[Migration] = &[CALLS, RANG];

/// What rang, by time: how much of it there was on a day is asked before each call.
const RANG: Migration = Migration {
    id: "0085_calls_that_rang",
    sql: "
CREATE INDEX calls_that_rang ON calls (created_at, workspace_id) WHERE rings;
",
};

const CALLS: Migration = Migration {
    id: "0045_calls",
    sql: "
CREATE TABLE calls (
    id {id} PRIMARY KEY,
    workspace_id {id},
    outreach_id {id},
    campaign_id {id},
    creator_id {id},
    kind TEXT NOT NULL CHECK (kind IN ('talk', 'agent')),
    provider TEXT NOT NULL,
    rings BOOLEAN NOT NULL,
    direction TEXT NOT NULL,
    conversation_id TEXT,
    call_sid TEXT,
    to_number TEXT NOT NULL,
    from_number TEXT,
    status TEXT NOT NULL,
    asked_once TEXT,
    requested_by {id},
    would_be_refused TEXT,
    error TEXT,
    duration_seconds BIGINT,
    recording_sid TEXT,
    conversation TEXT,
    look_at BIGINT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    ended_at BIGINT
);
CREATE UNIQUE INDEX calls_conversation ON calls (provider, conversation_id) WHERE conversation_id IS NOT NULL;
CREATE UNIQUE INDEX calls_sid ON calls (call_sid) WHERE call_sid IS NOT NULL;
CREATE UNIQUE INDEX calls_asked_once ON calls (asked_once) WHERE asked_once IS NOT NULL;
CREATE UNIQUE INDEX calls_one_at_a_time ON calls (to_number) WHERE rings AND direction = 'outbound-api' AND ended_at IS NULL;
CREATE INDEX calls_by_look ON calls (look_at) WHERE look_at IS NOT NULL;
CREATE INDEX calls_by_number ON calls (to_number, created_at, id);
CREATE INDEX calls_by_creator ON calls (creator_id, campaign_id, created_at, id);

CREATE TABLE voice_sessions (
    sid TEXT PRIMARY KEY,
    call_id {id} NOT NULL,
    workspace_id {id},
    brief TEXT NOT NULL,
    lang TEXT NOT NULL,
    talk TEXT,
    turn BIGINT NOT NULL,
    token TEXT,
    answer TEXT,
    partial TEXT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    ended_at BIGINT
);
CREATE INDEX voice_sessions_active ON voice_sessions (created_at, sid) WHERE ended_at IS NULL;
CREATE INDEX voice_sessions_of_workspace ON voice_sessions (workspace_id, created_at, sid) WHERE ended_at IS NULL;

CREATE TABLE call_consents (
    id {id} PRIMARY KEY,
    workspace_id {id} NOT NULL,
    creator_id {id},
    phone_number TEXT NOT NULL,
    source TEXT NOT NULL,
    given_at BIGINT NOT NULL,
    recorded_at BIGINT NOT NULL,
    recorded_by {id},
    revoked_at BIGINT,
    revoked_by {id},
    revoked_because TEXT
);
CREATE INDEX call_consents_by_number ON call_consents (phone_number, workspace_id);
CREATE INDEX call_consents_by_workspace ON call_consents (workspace_id, recorded_at DESC, id DESC);
CREATE INDEX call_consents_by_time ON call_consents (recorded_at DESC, id DESC);

CREATE TABLE do_not_call (
    id {id} PRIMARY KEY,
    workspace_id {id},
    phone_number TEXT NOT NULL,
    reason TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    created_by {id}
);
CREATE UNIQUE INDEX do_not_call_everybody ON do_not_call (phone_number) WHERE workspace_id IS NULL;
CREATE UNIQUE INDEX do_not_call_workspace ON do_not_call (phone_number, workspace_id) WHERE workspace_id IS NOT NULL;
CREATE INDEX do_not_call_by_time ON do_not_call (created_at DESC, id DESC);
",
};
