//! The tables of accounts.

use db::Migration;

/// Accounts and whatever belongs to them. Tokens and keys stand here as SHA-256 hashes only.
pub const MIGRATIONS: &[Migration] = &[FIRST, STANDING, SUSPENSIONS];

const FIRST: Migration = Migration {
    id: "0012_accounts",
    sql: "
CREATE TABLE workspaces (
    id {id} PRIMARY KEY,
    name TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

CREATE TABLE accounts (
    id {id} PRIMARY KEY,
    email TEXT,
    email_key TEXT UNIQUE,
    username TEXT NOT NULL,
    username_key TEXT NOT NULL UNIQUE,
    user_type TEXT NOT NULL CHECK (user_type IN ('CREATOR', 'BUSINESS', 'ADMIN')),
    workspace_id {id} REFERENCES workspaces (id),
    password_hash TEXT,
    supabase_id TEXT UNIQUE,
    country TEXT,
    is_verified BOOLEAN NOT NULL,
    instagram_handle TEXT,
    instagram_followers BIGINT,
    tier_level BIGINT NOT NULL,
    karma_score BIGINT NOT NULL,
    rating_sum BIGINT NOT NULL,
    rating_count BIGINT NOT NULL,
    completed_collaborations BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    last_login_at BIGINT,
    erased_at BIGINT
);
CREATE INDEX accounts_by_time ON accounts (created_at DESC, id DESC);

CREATE TABLE identities (
    provider TEXT NOT NULL,
    subject TEXT NOT NULL,
    account_id {id} NOT NULL REFERENCES accounts (id),
    name TEXT,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (provider, subject)
);
CREATE INDEX identities_by_account ON identities (account_id);

CREATE TABLE sessions (
    id {id} PRIMARY KEY,
    account_id {id} NOT NULL REFERENCES accounts (id),
    method TEXT NOT NULL,
    address TEXT,
    agent TEXT,
    created_at BIGINT NOT NULL,
    last_used_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    ended_at BIGINT,
    ended_why TEXT
);
CREATE INDEX sessions_by_account ON sessions (account_id, created_at DESC, id DESC);
CREATE INDEX sessions_by_end ON sessions (expires_at);

CREATE TABLE refresh_tokens (
    hash TEXT PRIMARY KEY,
    session_id {id} NOT NULL REFERENCES sessions (id),
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT
);
CREATE INDEX refresh_tokens_by_session ON refresh_tokens (session_id);
CREATE INDEX refresh_tokens_by_end ON refresh_tokens (expires_at);

CREATE TABLE mail_tokens (
    hash TEXT PRIMARY KEY,
    account_id {id} NOT NULL REFERENCES accounts (id),
    purpose TEXT NOT NULL CHECK (purpose IN ('verify', 'reset')),
    email_key TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT
);
CREATE INDEX mail_tokens_by_account ON mail_tokens (account_id, purpose);
CREATE INDEX mail_tokens_by_end ON mail_tokens (expires_at);

CREATE TABLE known_addresses (
    account_id {id} NOT NULL REFERENCES accounts (id),
    network TEXT NOT NULL,
    seen_at BIGINT NOT NULL,
    PRIMARY KEY (account_id, network)
);
CREATE INDEX known_addresses_by_time ON known_addresses (seen_at);

CREATE TABLE workspace_members (
    workspace_id {id} NOT NULL REFERENCES workspaces (id),
    account_id {id} NOT NULL REFERENCES accounts (id),
    role TEXT NOT NULL CHECK (role IN ('owner', 'manager', 'viewer')),
    joined_at BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, account_id)
);
CREATE INDEX workspace_members_by_account ON workspace_members (account_id, joined_at);
CREATE INDEX workspace_members_by_time ON workspace_members (workspace_id, joined_at, account_id);

CREATE TABLE invitations (
    id {id} PRIMARY KEY,
    workspace_id {id} NOT NULL REFERENCES workspaces (id),
    email TEXT NOT NULL,
    email_key TEXT NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('owner', 'manager', 'viewer')),
    hash TEXT NOT NULL UNIQUE,
    invited_by {id} NOT NULL REFERENCES accounts (id),
    created_at BIGINT NOT NULL,
    mailed_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    accepted_at BIGINT,
    revoked_at BIGINT
);
CREATE INDEX invitations_by_workspace ON invitations (workspace_id, created_at DESC, id DESC);
CREATE UNIQUE INDEX invitations_open ON invitations (workspace_id, email_key)
    WHERE accepted_at IS NULL AND revoked_at IS NULL;
CREATE INDEX invitations_by_email ON invitations (email_key);

CREATE TABLE api_keys (
    id {id} PRIMARY KEY,
    account_id {id} NOT NULL REFERENCES accounts (id),
    workspace_id {id} REFERENCES workspaces (id),
    name TEXT NOT NULL,
    hint TEXT NOT NULL,
    hash TEXT NOT NULL UNIQUE,
    scope TEXT NOT NULL CHECK (scope IN ('read', 'write')),
    created_at BIGINT NOT NULL,
    expires_at BIGINT,
    last_used_at BIGINT,
    revoked_at BIGINT
);
CREATE INDEX api_keys_by_account ON api_keys (account_id, created_at DESC, id DESC);

CREATE TABLE audit_log (
    id {id} PRIMARY KEY,
    kind TEXT NOT NULL,
    account_id {id},
    workspace_id {id},
    subject TEXT,
    address TEXT,
    agent TEXT,
    detail TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX audit_log_by_kind ON audit_log (kind, created_at DESC, id DESC);
CREATE INDEX audit_log_by_subject ON audit_log (subject);
CREATE INDEX audit_log_by_time ON audit_log (created_at DESC, id DESC);
CREATE INDEX audit_log_by_account ON audit_log (account_id, created_at DESC, id DESC);
CREATE INDEX audit_log_by_workspace ON audit_log (workspace_id, created_at DESC, id DESC);

CREATE INDEX creators_by_claim ON creators (claimed_by) WHERE claimed_by IS NOT NULL;

CREATE TABLE account_exports (
    id {id} PRIMARY KEY,
    account_id {id} NOT NULL REFERENCES accounts (id),
    status TEXT NOT NULL CHECK (status IN ('pending', 'completed', 'failed', 'expired')),
    run {id},
    records BIGINT,
    bytes BIGINT,
    created_at BIGINT NOT NULL,
    completed_at BIGINT,
    expires_at BIGINT NOT NULL
);
CREATE INDEX account_exports_by_account ON account_exports (account_id, created_at DESC, id DESC);
CREATE INDEX account_exports_by_end ON account_exports (expires_at);

CREATE TABLE account_export_parts (
    export_id {id} NOT NULL REFERENCES account_exports (id),
    run {id} NOT NULL,
    part BIGINT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (export_id, run, part)
);
",
};

/// Where an account stands is known by whoever keeps collaborations; these columns were never written.
const STANDING: Migration = Migration {
    id: "0120_accounts_standing",
    sql: "
ALTER TABLE accounts DROP COLUMN tier_level;
ALTER TABLE accounts DROP COLUMN karma_score;
ALTER TABLE accounts DROP COLUMN rating_sum;
ALTER TABLE accounts DROP COLUMN rating_count;
ALTER TABLE accounts DROP COLUMN completed_collaborations;
",
};

/// Accounts that administrators suspended, and profiles that they hid.
const SUSPENSIONS: Migration = Migration {
    id: "0122_suspensions",
    sql: "
ALTER TABLE accounts ADD COLUMN suspended_at BIGINT;
ALTER TABLE accounts ADD COLUMN suspended_why TEXT;
ALTER TABLE accounts ADD COLUMN profile_hidden_at BIGINT;
",
};
