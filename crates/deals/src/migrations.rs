//! The tables of this crate.

use db::Migration;

/// Contracts, their frozen texts, signatures, deliverables and the trail of what was done to each.
pub const MIGRATIONS: &[Migration] = &[
    FIRST,
    Migration {
        id: "0041_deals_links_by_address",
        sql: "CREATE INDEX contract_links_by_address ON contract_links (lower(email));",
    },
    Migration {
        id: "0088_deals_links_by_time",
        sql: "CREATE INDEX contract_links_by_time ON contract_links (created_at);",
    },
    Migration {
        id: "0107_deals_by_own_hand",
        sql: "ALTER TABLE contracts ADD COLUMN by_own_hand BOOLEAN NOT NULL DEFAULT FALSE;",
    },
];

const FIRST: Migration = Migration {
    id: "0040_deals",
    sql: "
CREATE TABLE contracts (
    id {id} PRIMARY KEY,
    workspace_id {id} NOT NULL,
    campaign_id {id} NOT NULL,
    creator_id {id} NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('draft', 'sent', 'signed', 'completed', 'cancelled', 'expired')),
    version BIGINT NOT NULL,
    revision BIGINT NOT NULL,
    currency TEXT NOT NULL,
    total_amount BIGINT NOT NULL,
    terms TEXT NOT NULL,
    deliverables TEXT,
    payment_schedule TEXT NOT NULL,
    signing_order TEXT NOT NULL,
    sent_at BIGINT,
    signed_at BIGINT,
    completed_at BIGINT,
    ended_at BIGINT,
    expires_at BIGINT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX contracts_by_time ON contracts (created_at DESC, id DESC);
CREATE INDEX contracts_by_status ON contracts (status, created_at DESC, id DESC);
CREATE INDEX contracts_by_workspace ON contracts (workspace_id, created_at DESC, id DESC);
CREATE INDEX contracts_by_campaign ON contracts (campaign_id, created_at DESC, id DESC);
CREATE INDEX contracts_by_creator ON contracts (creator_id, created_at DESC, id DESC);
CREATE INDEX contracts_by_expiry ON contracts (expires_at, id) WHERE status = 'sent';

CREATE TABLE contract_versions (
    contract_id {id} NOT NULL REFERENCES contracts (id),
    version BIGINT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('proposed', 'in_force', 'withdrawn')),
    document TEXT NOT NULL,
    document_hash TEXT NOT NULL,
    content TEXT NOT NULL,
    note TEXT,
    created_at BIGINT NOT NULL,
    settled_at BIGINT,
    PRIMARY KEY (contract_id, version)
);

CREATE TABLE contract_signatures (
    contract_id {id} NOT NULL REFERENCES contracts (id),
    version BIGINT NOT NULL,
    party TEXT NOT NULL CHECK (party IN ('business', 'creator')),
    method TEXT NOT NULL CHECK (method IN ('account', 'link', 'demo', 'attested')),
    account_id {id},
    link_id {id},
    signer_name TEXT,
    signer_email TEXT,
    address TEXT,
    agent TEXT,
    document_hash TEXT NOT NULL,
    signed_at BIGINT NOT NULL,
    PRIMARY KEY (contract_id, version, party)
);

CREATE TABLE contract_links (
    id {id} PRIMARY KEY,
    contract_id {id} NOT NULL REFERENCES contracts (id),
    version BIGINT NOT NULL,
    party TEXT NOT NULL CHECK (party IN ('business', 'creator')),
    name TEXT,
    email TEXT NOT NULL,
    token_hash {bytes} UNIQUE,
    status TEXT NOT NULL CHECK (status IN ('waiting', 'open', 'used', 'void')),
    expires_at BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    mailed_at BIGINT,
    viewed_at BIGINT,
    reminders BIGINT NOT NULL,
    remind_at BIGINT
);
CREATE INDEX contract_links_by_contract ON contract_links (contract_id, version, party);
CREATE INDEX contract_links_to_remind ON contract_links (remind_at, id) WHERE status = 'open';

CREATE TABLE contract_audit (
    contract_id {id} NOT NULL REFERENCES contracts (id),
    seq BIGINT NOT NULL,
    kind TEXT NOT NULL,
    actor TEXT NOT NULL,
    address TEXT,
    agent TEXT,
    detail TEXT NOT NULL,
    at BIGINT NOT NULL,
    previous_hash TEXT NOT NULL,
    hash TEXT NOT NULL,
    PRIMARY KEY (contract_id, seq)
);

CREATE TABLE contract_deliverables (
    id {id} PRIMARY KEY,
    contract_id {id} NOT NULL REFERENCES contracts (id),
    position BIGINT NOT NULL,
    kind TEXT NOT NULL,
    quantity BIGINT NOT NULL,
    requirements TEXT NOT NULL,
    milestone TEXT,
    deadline BIGINT,
    status TEXT NOT NULL CHECK (status IN ('pending', 'submitted', 'approved', 'late')),
    content_url TEXT,
    note TEXT,
    submitted_at BIGINT,
    approved_at BIGINT,
    updated_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX contract_deliverables_by_contract ON contract_deliverables (contract_id, position);
CREATE INDEX contract_deliverables_by_deadline ON contract_deliverables (deadline, id) WHERE status = 'pending';
",
};
