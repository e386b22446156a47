//! The tables of proactive rules.

use db::Migration;

/// Rules, what they did for whom, and the sums of that.
///
/// `scan_at` and `scan_id` are a rule's cursor: everybody before it was looked at. `proactive_firings` has one row for each rule, member and
/// silence, whatever looks twice. `due_at` stands while something is left to be done, `awaits_until` while an answer would count.
/// `proactive_marks` has what no index of others tells: the next date of a member, and since when a score is low. The sums of
/// a day are of the firings that were carried out, or suppressed, on it.
pub const MIGRATIONS: &[Migration] = &[Migration {
    id: "0170_proactive",
    sql: "
CREATE TABLE proactive_rules (
    id {id} NOT NULL PRIMARY KEY,
    workspace_id {id} NOT NULL,
    name TEXT NOT NULL,
    description TEXT,
    kind TEXT NOT NULL,
    conditions TEXT NOT NULL,
    actions TEXT NOT NULL,
    is_active BOOLEAN NOT NULL,
    holdout_percent BIGINT NOT NULL,
    success_hours BIGINT NOT NULL,
    revision BIGINT NOT NULL,
    scan_at BIGINT NOT NULL,
    scan_id {id} NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    deleted_at BIGINT
);
CREATE INDEX proactive_rules_of_workspace ON proactive_rules (workspace_id, created_at, id);
CREATE INDEX proactive_rules_active ON proactive_rules (id) WHERE is_active = TRUE AND deleted_at IS NULL;

CREATE TABLE proactive_firings (
    rule_id {id} NOT NULL,
    member_id {id} NOT NULL,
    silence BIGINT NOT NULL,
    id {id} NOT NULL,
    workspace_id {id} NOT NULL,
    is_control BOOLEAN NOT NULL,
    state TEXT NOT NULL,
    reason TEXT,
    step BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    due_at BIGINT,
    message_id {id},
    created_at BIGINT NOT NULL,
    said_at BIGINT,
    fired_at BIGINT,
    awaits_until BIGINT,
    responded_at BIGINT,
    PRIMARY KEY (rule_id, member_id, silence)
);
CREATE UNIQUE INDEX proactive_firings_by_id ON proactive_firings (id);
CREATE INDEX proactive_firings_due ON proactive_firings (due_at, id) WHERE due_at IS NOT NULL;
CREATE INDEX proactive_firings_open ON proactive_firings (member_id, awaits_until) WHERE awaits_until IS NOT NULL;
CREATE INDEX proactive_firings_said ON proactive_firings (member_id, said_at) WHERE said_at IS NOT NULL;
CREATE INDEX proactive_firings_of_member ON proactive_firings (member_id, created_at DESC, id DESC);
CREATE INDEX proactive_firings_newest ON proactive_firings (rule_id, created_at DESC, id DESC);
CREATE INDEX proactive_firings_awaited ON proactive_firings (workspace_id, awaits_until) WHERE awaits_until IS NOT NULL;

CREATE TABLE proactive_marks (
    rule_id {id} NOT NULL,
    member_id {id} NOT NULL,
    at BIGINT NOT NULL,
    fires BOOLEAN NOT NULL,
    PRIMARY KEY (rule_id, member_id)
);
CREATE INDEX proactive_marks_in_order ON proactive_marks (rule_id, at, member_id);
CREATE INDEX proactive_marks_of_member ON proactive_marks (member_id);

CREATE TABLE proactive_days (
    rule_id {id} NOT NULL,
    day BIGINT NOT NULL,
    workspace_id {id} NOT NULL,
    triggers BIGINT NOT NULL,
    successes BIGINT NOT NULL,
    response_micros BIGINT NOT NULL,
    answered BIGINT NOT NULL,
    held_out BIGINT NOT NULL,
    held_out_answered BIGINT NOT NULL,
    PRIMARY KEY (rule_id, day)
);
CREATE INDEX proactive_days_of_workspace ON proactive_days (workspace_id, day);

CREATE TABLE proactive_suppressed_days (
    rule_id {id} NOT NULL,
    day BIGINT NOT NULL,
    reason {text} NOT NULL,
    workspace_id {id} NOT NULL,
    firings BIGINT NOT NULL,
    PRIMARY KEY (rule_id, day, reason)
);
CREATE INDEX proactive_suppressed_days_of_workspace ON proactive_suppressed_days (workspace_id, day);
",
}];
