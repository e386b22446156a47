//! The tables of this crate.

use db::Migration;

/// Offers with their versions, vectors, views and invitations; applications; who wants to hear of new offers.
pub const MIGRATIONS: &[Migration] = &[MARKETPLACE, HIDDEN];

/// Offers that administrators hid.
const HIDDEN: Migration =
    Migration { id: "0094_offers_hidden", sql: "ALTER TABLE offers ADD COLUMN hidden_at BIGINT;" };

const MARKETPLACE: Migration = Migration {
    id: "0090_marketplace",
    sql: "
CREATE TABLE offers (
    id {id} PRIMARY KEY,
    workspace_id {id} NOT NULL,
    business_id {id} NOT NULL,
    revision BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    version BIGINT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('DRAFT', 'ACTIVE', 'ARCHIVED')),
    title TEXT NOT NULL,
    description TEXT NOT NULL,
    category TEXT NOT NULL,
    platforms TEXT NOT NULL,
    budget_min BIGINT NOT NULL,
    budget_max BIGINT NOT NULL,
    currency TEXT NOT NULL,
    requirements TEXT NOT NULL,
    content_specs TEXT NOT NULL,
    countries TEXT NOT NULL,
    application_deadline BIGINT,
    content_deadline BIGINT,
    places BIGINT,
    taken BIGINT NOT NULL,
    contract TEXT NOT NULL,
    max_revisions BIGINT NOT NULL,
    usage_rights TEXT,
    is_public BOOLEAN NOT NULL,
    paused_at BIGINT,
    views_count BIGINT NOT NULL,
    applications_count BIGINT NOT NULL,
    published_at BIGINT,
    archived_at BIGINT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    CHECK (budget_min <= budget_max),
    CHECK (places IS NULL OR taken <= places)
);
CREATE INDEX offers_by_seq ON offers (seq, id);
CREATE INDEX offers_by_workspace ON offers (workspace_id, created_at DESC, id DESC);
CREATE INDEX offers_by_workspace_status ON offers (workspace_id, status, created_at DESC, id DESC);
CREATE INDEX offers_by_time ON offers (created_at DESC, id DESC);
CREATE INDEX offers_by_status ON offers (status, created_at DESC, id DESC);
CREATE INDEX offers_by_business ON offers (business_id);
CREATE INDEX offers_by_content_deadline ON offers (content_deadline, id) WHERE status = 'ACTIVE' AND content_deadline IS NOT NULL;

CREATE TABLE offer_versions (
    offer_id {id} NOT NULL REFERENCES offers (id),
    version BIGINT NOT NULL,
    title TEXT NOT NULL,
    description TEXT NOT NULL,
    category TEXT NOT NULL,
    platforms TEXT NOT NULL,
    budget_min BIGINT NOT NULL,
    budget_max BIGINT NOT NULL,
    currency TEXT NOT NULL,
    content_specs TEXT NOT NULL,
    countries TEXT NOT NULL,
    application_deadline BIGINT,
    content_deadline BIGINT,
    contract TEXT NOT NULL,
    max_revisions BIGINT NOT NULL,
    usage_rights TEXT,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (offer_id, version)
);

CREATE TABLE offer_vectors (
    offer_id {id} PRIMARY KEY REFERENCES offers (id),
    model TEXT NOT NULL,
    vector {bytes} NOT NULL
);

CREATE TABLE offer_views (
    offer_id {id} NOT NULL REFERENCES offers (id),
    day BIGINT NOT NULL,
    viewer {bytes} NOT NULL,
    PRIMARY KEY (offer_id, day, viewer)
);
CREATE INDEX offer_views_by_day ON offer_views (day);
CREATE TABLE offer_view_salts (
    day BIGINT PRIMARY KEY,
    salt {bytes} NOT NULL
);

CREATE TABLE offer_invitations (
    offer_id {id} NOT NULL REFERENCES offers (id),
    influencer_id {id} NOT NULL,
    workspace_id {id} NOT NULL,
    account_id {id},
    message TEXT,
    how TEXT NOT NULL CHECK (how IN ('NOTIFICATION', 'MAIL')),
    invited_by {id} NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (offer_id, influencer_id)
);
CREATE INDEX offer_invitations_by_account ON offer_invitations (account_id, offer_id) WHERE account_id IS NOT NULL;
CREATE INDEX offer_invitations_by_time ON offer_invitations (offer_id, created_at DESC, influencer_id);
CREATE INDEX offer_invitations_by_workspace ON offer_invitations (workspace_id, created_at);

CREATE TABLE offer_recommendations (
    offer_id {id} NOT NULL REFERENCES offers (id),
    account_id {id} NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (offer_id, account_id)
);
CREATE INDEX offer_recommendations_by_account ON offer_recommendations (account_id, created_at);

CREATE TABLE offer_preferences (
    account_id {id} PRIMARY KEY,
    recommendations BOOLEAN NOT NULL,
    updated_at BIGINT NOT NULL
);

CREATE TABLE applications (
    id {id} PRIMARY KEY,
    offer_id {id} NOT NULL REFERENCES offers (id),
    offer_version BIGINT NOT NULL,
    told_version BIGINT NOT NULL,
    workspace_id {id} NOT NULL,
    business_id {id} NOT NULL,
    creator_id {id} NOT NULL,
    revision BIGINT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('APPLIED', 'ACCEPTED', 'REJECTED', 'WITHDRAWN')),
    message TEXT,
    media_attachments TEXT NOT NULL,
    proposed_fee BIGINT,
    currency TEXT NOT NULL,
    class TEXT NOT NULL,
    figures TEXT NOT NULL,
    match_niche BIGINT,
    match_audience BIGINT,
    match_engagement BIGINT,
    match_budget BIGINT,
    rank BIGINT NOT NULL,
    is_shortlisted BOOLEAN NOT NULL,
    counter_fee BIGINT,
    counter_message TEXT,
    counter_until BIGINT,
    agreed_fee BIGINT,
    rejection_reason TEXT,
    decided_by {id},
    decided_at BIGINT,
    collaboration_id {id},
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    UNIQUE (offer_id, creator_id),
    CHECK ((status = 'ACCEPTED') = (collaboration_id IS NOT NULL))
);
CREATE INDEX applications_by_creator ON applications (creator_id, created_at DESC, id DESC);
CREATE INDEX applications_by_creator_status ON applications (creator_id, status, created_at DESC, id DESC);
CREATE INDEX applications_by_workspace ON applications (workspace_id, created_at DESC, id DESC);
CREATE INDEX applications_by_workspace_status ON applications (workspace_id, status, created_at DESC, id DESC);
CREATE INDEX applications_by_time ON applications (created_at DESC, id DESC);
CREATE INDEX applications_by_rank ON applications (offer_id, is_shortlisted DESC, rank DESC, created_at, id);
CREATE INDEX applications_open ON applications (offer_id, told_version, id) WHERE status = 'APPLIED';
CREATE INDEX applications_by_counter ON applications (counter_until, id) WHERE counter_until IS NOT NULL;
",
};
