//! The tables of this crate.

use db::Migration;

/// Deliveries, and the events of providers that were taken in.
///
/// `run_at` is when somebody should look at a delivery: the moment it is due while it is queued, the end of its courier's lease while
/// it is being sent. So one index finds both what is due and what was left by a courier that is gone. `owner` is the workspace, or the
/// nil id for the server's own: NULL would compare with nothing.
pub const MIGRATIONS: &[Migration] = &[Migration {
    id: "0004_deliveries",
    sql: "
CREATE TABLE deliveries (
    id {id} NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    subject {id} NOT NULL,
    owner {id} NOT NULL,
    idempotency_key TEXT NOT NULL,
    asked TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('queued', 'sending', 'failed', 'rejected', 'withheld', 'sent')),
    attempts BIGINT NOT NULL DEFAULT 0,
    max_attempts BIGINT NOT NULL,
    run_at BIGINT NOT NULL,
    locked_by {id},
    unanswered BOOLEAN NOT NULL DEFAULT FALSE,
    answer TEXT,
    error TEXT,
    created_at BIGINT NOT NULL,
    settled_at BIGINT
);
CREATE UNIQUE INDEX deliveries_key ON deliveries (idempotency_key, kind);
CREATE INDEX deliveries_due ON deliveries (kind, run_at) WHERE state IN ('queued', 'sending');
CREATE INDEX deliveries_by_owner ON deliveries (kind, owner, run_at) WHERE state IN ('queued', 'sending');
CREATE INDEX deliveries_failed ON deliveries (kind) WHERE state = 'failed';
CREATE INDEX deliveries_over ON deliveries (settled_at) WHERE state IN ('rejected', 'withheld', 'sent');
CREATE TABLE inbound_events (
    source TEXT NOT NULL,
    event_id TEXT NOT NULL,
    received_at BIGINT NOT NULL,
    PRIMARY KEY (source, event_id)
);
CREATE INDEX inbound_events_by_time ON inbound_events (received_at);
",
}];
