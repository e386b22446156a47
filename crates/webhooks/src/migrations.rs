//! The tables of webhooks.

use db::Migration;

/// Subscriptions, what is sent to them, and every attempt.
///
/// Of a subscription `failing_since`, `failed_at` and `delivered_at` are the courier's; whoever changes the rest compares `updated_at`. `body` is what is
/// sent, and `member_id` whom it tells of, so that it goes with them. `rounds` counts how often a delivery was begun anew.
pub const MIGRATIONS: &[Migration] = &[
    Migration {
        id: "0180_webhooks",
        sql: "
CREATE TABLE webhook_subscriptions (
    id {id} NOT NULL PRIMARY KEY,
    workspace_id {id} NOT NULL,
    account_id {id} NOT NULL,
    url TEXT NOT NULL,
    description TEXT,
    events TEXT NOT NULL,
    thin BOOLEAN NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('enabled', 'paused', 'disabled')),
    reason TEXT,
    secrets TEXT NOT NULL,
    failing_since BIGINT,
    failed_at BIGINT,
    delivered_at BIGINT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX webhook_subscriptions_of ON webhook_subscriptions (workspace_id, created_at, id);

CREATE TABLE webhook_deliveries (
    id {id} NOT NULL PRIMARY KEY,
    subscription_id {id} NOT NULL,
    workspace_id {id} NOT NULL,
    event_id {id} NOT NULL,
    event TEXT NOT NULL,
    body TEXT NOT NULL,
    member_id {id},
    status TEXT NOT NULL CHECK (status IN ('pending', 'delivered', 'failed', 'withheld')),
    attempts BIGINT NOT NULL,
    rounds BIGINT NOT NULL,
    http_status BIGINT,
    error TEXT,
    happened_at BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    next_at BIGINT,
    settled_at BIGINT
);
CREATE UNIQUE INDEX webhook_deliveries_once ON webhook_deliveries (subscription_id, event_id);
CREATE INDEX webhook_deliveries_newest ON webhook_deliveries (subscription_id, created_at, id);
CREATE INDEX webhook_deliveries_status ON webhook_deliveries (subscription_id, status, created_at, id);
CREATE INDEX webhook_deliveries_event ON webhook_deliveries (subscription_id, event, created_at, id);
CREATE INDEX webhook_deliveries_old ON webhook_deliveries (created_at) WHERE status <> 'pending';
CREATE INDEX webhook_deliveries_member ON webhook_deliveries (workspace_id, member_id) WHERE member_id IS NOT NULL;

CREATE TABLE webhook_attempts (
    delivery_id {id} NOT NULL,
    number BIGINT NOT NULL,
    at BIGINT NOT NULL,
    took_ms BIGINT NOT NULL,
    http_status BIGINT,
    fault TEXT,
    error TEXT,
    answer TEXT,
    PRIMARY KEY (delivery_id, number)
);
",
    },
    // Whoever adds a subscription to a hub holds its row, so that the hub's limit holds.
    Migration { id: "0181_webhook_gates", sql: "CREATE TABLE webhook_gates (workspace_id {id} NOT NULL PRIMARY KEY);" },
];
