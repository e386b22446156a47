//! The tables of the directory.

use db::Migration;

/// Creators, their vectors and the norms of engagement.
pub const MIGRATIONS: &[Migration] = &[CREATORS, IDENTITY, OF_WORKSPACE];

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
