//! The tables of this crate.

use db::Migration;

/// Collaborations with their timeline, submissions with their files, disputes, ratings, and karma.
pub const MIGRATIONS: &[Migration] = &[COLLABORATIONS, HIDDEN];

/// Feedback that administrators hid.
const HIDDEN: Migration = Migration {
    id: "0106_feedback_hidden",
    sql: "ALTER TABLE collaboration_ratings ADD COLUMN feedback_hidden_at BIGINT;",
};

const COLLABORATIONS: Migration = Migration {
    id: "0100_collaborations",
    sql: "
CREATE TABLE collaborations (
    id {id} PRIMARY KEY,
    application_id {id} NOT NULL UNIQUE,
    offer_id {id} NOT NULL,
    offer_version BIGINT NOT NULL,
    offer_title TEXT NOT NULL,
    category TEXT NOT NULL,
    platforms TEXT NOT NULL,
    formats TEXT NOT NULL,
    brief TEXT NOT NULL,
    content_deadline BIGINT,
    max_revisions BIGINT NOT NULL,
    contract_wish TEXT NOT NULL,
    usage_rights TEXT,
    business_id {id} NOT NULL,
    workspace_id {id} NOT NULL,
    creator_id {id} NOT NULL,
    fee BIGINT,
    currency TEXT NOT NULL,
    is_own BOOLEAN NOT NULL,
    status TEXT NOT NULL CHECK (status IN
        ('ACCEPTED', 'SCHEDULED', 'CONTENT_SUBMITTED', 'APPROVED', 'COMPLETED', 'CANCELLED', 'DISPUTED')),
    revision BIGINT NOT NULL,
    scheduled_date BIGINT,
    proposed_date BIGINT,
    proposed_by TEXT,
    proposed_until BIGINT,
    deadline_at BIGINT,
    wake_at BIGINT,
    content_due BIGINT,
    late_at BIGINT,
    escalated_at BIGINT,
    submissions BIGINT NOT NULL,
    last_submission {id},
    contract_id {id},
    signed_at BIGINT,
    paid_at BIGINT,
    unpaid_at BIGINT,
    approved_at BIGINT,
    approved_by_silence BOOLEAN NOT NULL,
    completed_at BIGINT,
    cancelled_at BIGINT,
    cancelled_by TEXT,
    cancel_reason TEXT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX collaborations_by_creator ON collaborations (creator_id, created_at DESC, id DESC);
CREATE INDEX collaborations_by_workspace ON collaborations (workspace_id, created_at DESC, id DESC);
CREATE INDEX collaborations_by_business ON collaborations (business_id, status);
CREATE INDEX collaborations_by_time ON collaborations (created_at DESC, id DESC);
CREATE INDEX collaborations_by_offer ON collaborations (offer_id, status);
CREATE INDEX collaborations_by_pair ON collaborations (creator_id, workspace_id, status);
CREATE INDEX collaborations_by_wake ON collaborations (wake_at, id) WHERE wake_at IS NOT NULL;
CREATE INDEX collaborations_unpaid ON collaborations (approved_at, id)
    WHERE approved_at IS NOT NULL AND signed_at IS NOT NULL AND paid_at IS NULL AND unpaid_at IS NULL;
CREATE INDEX collaborations_by_answer ON collaborations (proposed_until, id) WHERE proposed_until IS NOT NULL;
CREATE UNIQUE INDEX collaborations_by_contract ON collaborations (contract_id) WHERE contract_id IS NOT NULL;

CREATE TABLE offer_campaigns (
    offer_id {id} PRIMARY KEY,
    campaign_id {id} NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE collaboration_timeline (
    id {id} PRIMARY KEY,
    collaboration_id {id} NOT NULL REFERENCES collaborations (id),
    kind TEXT NOT NULL,
    actor TEXT NOT NULL,
    account_id {id},
    detail TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX collaboration_timeline_by_time ON collaboration_timeline (collaboration_id, created_at, id);

CREATE TABLE submissions (
    id {id} PRIMARY KEY,
    collaboration_id {id} NOT NULL REFERENCES collaborations (id),
    version BIGINT NOT NULL,
    workspace_id {id} NOT NULL,
    creator_id {id} NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('SUBMITTED', 'UNDER_REVIEW', 'APPROVED', 'REJECTED')),
    content_urls TEXT NOT NULL,
    captions TEXT NOT NULL,
    platform TEXT NOT NULL,
    format TEXT,
    ad_label BOOLEAN NOT NULL,
    platform_post_id TEXT,
    note TEXT,
    is_late BOOLEAN NOT NULL,
    analysis TEXT,
    ai_score BIGINT,
    all_passed BOOLEAN,
    analysed_at BIGINT,
    reviewed_by {id},
    reviewed_how TEXT,
    reviewed_at BIGINT,
    reviewer_notes TEXT,
    requirements TEXT NOT NULL,
    override_reason TEXT,
    submitted_at BIGINT NOT NULL,
    UNIQUE (collaboration_id, version)
);
CREATE UNIQUE INDEX submissions_open ON submissions (collaboration_id)
    WHERE status IN ('SUBMITTED', 'UNDER_REVIEW');
CREATE INDEX submissions_by_creator ON submissions (creator_id, submitted_at DESC, id DESC);

CREATE TABLE submission_files (
    id {id} PRIMARY KEY,
    collaboration_id {id} NOT NULL REFERENCES collaborations (id),
    submission_id {id},
    creator_id {id} NOT NULL,
    file TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    media_type TEXT NOT NULL,
    bytes BIGINT NOT NULL,
    stored_at BIGINT,
    created_at BIGINT NOT NULL
);
CREATE INDEX submission_files_by_collaboration ON submission_files (collaboration_id, created_at, id);
CREATE INDEX submission_files_by_submission ON submission_files (submission_id) WHERE submission_id IS NOT NULL;
CREATE INDEX submission_files_loose ON submission_files (created_at, id) WHERE submission_id IS NULL;

CREATE TABLE collaboration_disputes (
    id {id} PRIMARY KEY,
    collaboration_id {id} NOT NULL UNIQUE REFERENCES collaborations (id),
    workspace_id {id} NOT NULL,
    opened_by TEXT NOT NULL,
    opened_by_account {id},
    reason TEXT NOT NULL,
    was TEXT NOT NULL,
    statements_until BIGINT NOT NULL,
    decide_by BIGINT NOT NULL,
    opened_at BIGINT NOT NULL,
    decision TEXT,
    creator_gets BIGINT,
    note TEXT,
    decided_by TEXT,
    decided_at BIGINT
);
CREATE INDEX collaboration_disputes_by_time ON collaboration_disputes (opened_at DESC, id DESC);
CREATE INDEX collaboration_disputes_open ON collaboration_disputes (decide_by, id) WHERE decided_at IS NULL;

CREATE TABLE collaboration_statements (
    id {id} PRIMARY KEY,
    dispute_id {id} NOT NULL REFERENCES collaboration_disputes (id),
    side TEXT,
    account_id {id},
    text TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX collaboration_statements_by_time ON collaboration_statements (dispute_id, created_at, id);

CREATE TABLE collaboration_ratings (
    collaboration_id {id} NOT NULL REFERENCES collaborations (id),
    side TEXT NOT NULL,
    rater_id {id} NOT NULL,
    rated_id {id} NOT NULL,
    rating BIGINT NOT NULL CHECK (rating BETWEEN 1 AND 5),
    feedback TEXT,
    again BOOLEAN,
    counts BOOLEAN NOT NULL,
    shown_at BIGINT,
    reply TEXT,
    replied_at BIGINT,
    reported_at BIGINT,
    report_reason TEXT,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (collaboration_id, side)
);
CREATE INDEX collaboration_ratings_of ON collaboration_ratings (rated_id, shown_at DESC, collaboration_id);
CREATE INDEX collaboration_ratings_by ON collaboration_ratings (rater_id, created_at);

CREATE TABLE karma_ledger (
    id {id} PRIMARY KEY,
    account_id {id} NOT NULL,
    partner_id {id} NOT NULL,
    collaboration_id {id} NOT NULL,
    rule TEXT NOT NULL,
    rules_version BIGINT NOT NULL,
    base BIGINT NOT NULL,
    points BIGINT NOT NULL,
    from_newcomer BOOLEAN NOT NULL,
    weights TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    UNIQUE (account_id, collaboration_id, rule)
);
CREATE INDEX karma_ledger_by_time ON karma_ledger (account_id, created_at DESC, id DESC);

CREATE TABLE standings (
    account_id {id} PRIMARY KEY,
    score BIGINT NOT NULL,
    score_at BIGINT NOT NULL,
    tier BIGINT NOT NULL,
    below_since BIGINT,
    completed BIGINT NOT NULL,
    partners BIGINT NOT NULL,
    on_time BIGINT NOT NULL,
    late BIGINT NOT NULL,
    failed BIGINT NOT NULL,
    rating_sum BIGINT NOT NULL,
    rating_count BIGINT NOT NULL,
    revision BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX standings_by_tier ON standings (tier, account_id) WHERE tier > 0;
",
};
