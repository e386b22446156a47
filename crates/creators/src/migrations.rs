//! The tables of the directory.

use db::Migration;

/// Creators, their vectors and the norms of engagement.
pub const MIGRATIONS: &[Migration] = &[CREATORS, IDENTITY, RIGHTS, OF_WORKSPACE];

/// An agency's address is that of many; who has no handle is known by name and address.
const IDENTITY: Migration = Migration {
    id: "0070_creator_identity",
    sql: "
DROP INDEX creators_by_email;
CREATE INDEX creators_by_email ON creators (platform, email_key) WHERE email_key IS NOT NULL AND deleted_at IS NULL;
ALTER TABLE creators ADD COLUMN name_key TEXT;
UPDATE creators SET name_key = lower(trim(name)) WHERE handle_key IS NULL;
CREATE INDEX creators_by_name ON creators (platform, name_key) WHERE name_key IS NOT NULL AND deleted_at IS NULL;
",
};

/// How many entries a workspace has added is asked before each one.
const OF_WORKSPACE: Migration = Migration {
    id: "0086_creators_of_workspace",
    sql: "
CREATE INDEX creators_of_workspace ON creators (workspace_id) WHERE workspace_id IS NOT NULL AND deleted_at IS NULL;
",
};

const CREATORS: Migration = Migration {
    id: "0010_creators",
    sql: "
CREATE TABLE creators (
    id {id} PRIMARY KEY,
    seq BIGINT NOT NULL,
    workspace_id {id},
    claimed_by {id},
    name TEXT NOT NULL,
    email TEXT,
    email_key TEXT,
    platform TEXT NOT NULL,
    channel_name TEXT,
    handle_key TEXT,
    followers_shown TEXT NOT NULL,
    followers BIGINT NOT NULL,
    engagement_rate DOUBLE PRECISION,
    niche TEXT NOT NULL,
    language TEXT,
    languages TEXT NOT NULL,
    country TEXT,
    location TEXT,
    about TEXT,
    audience_type TEXT,
    previous_brands TEXT NOT NULL,
    avg_views BIGINT,
    collaboration_rate BIGINT,
    rating DOUBLE PRECISION,
    profile_image TEXT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    deleted_at BIGINT
);
CREATE INDEX creators_by_seq ON creators (seq, id);
CREATE UNIQUE INDEX creators_by_handle ON creators (platform, handle_key)
    WHERE handle_key IS NOT NULL AND deleted_at IS NULL;
CREATE UNIQUE INDEX creators_by_email ON creators (platform, email_key)
    WHERE email_key IS NOT NULL AND deleted_at IS NULL;

CREATE TABLE creator_vectors (
    creator_id {id} PRIMARY KEY REFERENCES creators (id),
    model TEXT NOT NULL,
    text_hash BIGINT NOT NULL,
    vector {bytes} NOT NULL,
    made_at BIGINT NOT NULL
);
CREATE INDEX creator_vectors_by_model ON creator_vectors (model);

CREATE TABLE embedding_calibrations (
    model TEXT PRIMARY KEY,
    calibration TEXT NOT NULL,
    made_at BIGINT NOT NULL
);

CREATE TABLE engagement_norms (
    name TEXT PRIMARY KEY,
    norms TEXT NOT NULL,
    creators BIGINT NOT NULL,
    made_at BIGINT NOT NULL
);
",
};

/// Whose addresses are proved, who finds what, and what was proposed to be corrected. What a workspace keeps to itself takes no handle
/// from anybody else, and what was withdrawn takes none at all.
const RIGHTS: Migration = Migration {
    id: "0080_directory_rights",
    sql: "
CREATE TABLE directory_claimants (
    address TEXT PRIMARY KEY,
    account_id {id} NOT NULL,
    since BIGINT NOT NULL
);
CREATE INDEX directory_claimants_by_account ON directory_claimants (account_id);

ALTER TABLE creators ADD COLUMN visibility TEXT NOT NULL DEFAULT 'shared';
ALTER TABLE creators ADD COLUMN withdrawn_at BIGINT;
DROP INDEX creators_by_handle;
CREATE UNIQUE INDEX creators_by_handle ON creators (platform, handle_key)
    WHERE handle_key IS NOT NULL AND deleted_at IS NULL AND withdrawn_at IS NULL AND visibility = 'shared';
CREATE UNIQUE INDEX creators_own_by_handle ON creators (workspace_id, platform, handle_key)
    WHERE handle_key IS NOT NULL AND deleted_at IS NULL AND withdrawn_at IS NULL AND visibility = 'private';
CREATE INDEX creators_by_key ON creators (platform, handle_key) WHERE handle_key IS NOT NULL;
CREATE INDEX creators_by_address ON creators (email_key) WHERE email_key IS NOT NULL;

CREATE TABLE creator_corrections (
    id {id} PRIMARY KEY,
    creator_id {id} NOT NULL REFERENCES creators (id),
    proposed_by {id},
    workspace_id {id},
    changes TEXT NOT NULL,
    note TEXT,
    status TEXT NOT NULL CHECK (status IN ('open', 'accepted', 'rejected')),
    created_at BIGINT NOT NULL,
    decided_at BIGINT,
    decided_by {id}
);
CREATE INDEX creator_corrections_by_creator ON creator_corrections (creator_id, created_at DESC, id DESC);
",
};
