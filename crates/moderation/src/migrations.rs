//! The tables of moderation.

use db::Migration;

/// Reports, and how many each account has made on each day.
pub const MIGRATIONS: &[Migration] = &[Migration {
    id: "0112_moderation",
    sql: "
CREATE TABLE moderation_reports (
    id {id} PRIMARY KEY,
    reporter_id {id} NOT NULL,
    subject TEXT NOT NULL,
    subject_id {id} NOT NULL,
    owner_id {id} NOT NULL,
    reason TEXT NOT NULL,
    details TEXT,
    created_at BIGINT NOT NULL,
    status TEXT NOT NULL,
    action TEXT,
    decision TEXT,
    decided_by {id},
    decided_at BIGINT,
    restored_at BIGINT
);
CREATE UNIQUE INDEX moderation_reports_open_once ON moderation_reports (reporter_id, subject, subject_id) WHERE status = 'open';
CREATE INDEX moderation_reports_by_time ON moderation_reports (created_at DESC, id DESC);
CREATE INDEX moderation_reports_by_status ON moderation_reports (status, created_at DESC, id DESC);
CREATE INDEX moderation_reports_by_subject ON moderation_reports (subject, subject_id, created_at DESC, id DESC);
CREATE INDEX moderation_reports_by_owner ON moderation_reports (owner_id, decided_at DESC, id DESC);
CREATE INDEX moderation_reports_by_reporter ON moderation_reports (reporter_id, created_at DESC, id DESC);

CREATE TABLE moderation_reporters (
    account_id {id} NOT NULL,
    day BIGINT NOT NULL,
    reports BIGINT NOT NULL,
    PRIMARY KEY (account_id, day)
);
",
}];
