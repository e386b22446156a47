//! The table of the post office.

use db::Migration;

/// Mails, kept after they were sent; their texts for a while.
pub const MIGRATIONS: &[Migration] = &[MAILS, SENDER, BY_WORKSPACE];

/// A workspace writes under its own name.
const SENDER: Migration = Migration { id: "0075_mail_sender", sql: "ALTER TABLE mails ADD COLUMN sender_name TEXT;" };

/// How many mails a workspace wrote in a day is asked before each one.
const BY_WORKSPACE: Migration = Migration {
    id: "0087_mails_of_workspace",
    sql: "
CREATE INDEX mails_of_workspace ON mails (workspace_id, created_at) WHERE workspace_id IS NOT NULL;
",
};

const MAILS: Migration = Migration {
    id: "0010_mail",
    sql: "
CREATE TABLE mails (
    id {id} PRIMARY KEY,
    workspace_id {id},
    recipient TEXT NOT NULL,
    recipient_key TEXT NOT NULL,
    reply_to TEXT,
    subject TEXT NOT NULL,
    body_text TEXT,
    body_html TEXT,
    headers TEXT NOT NULL,
    message_id TEXT NOT NULL UNIQUE,
    in_reply_to TEXT,
    status TEXT NOT NULL CHECK (status IN ('queued', 'sending', 'sent', 'kept', 'failed', 'withheld')),
    attempts BIGINT NOT NULL DEFAULT 0,
    about TEXT,
    about_id {id},
    error TEXT,
    created_at BIGINT NOT NULL,
    sent_at BIGINT
);
CREATE INDEX mails_by_recipient ON mails (recipient_key, created_at DESC, id DESC);
CREATE INDEX mails_by_time ON mails (created_at DESC, id DESC);
CREATE INDEX mails_by_subject ON mails (about_id, created_at);
CREATE INDEX mails_open ON mails (created_at) WHERE status IN ('queued', 'sending');
CREATE INDEX mails_with_text ON mails (created_at) WHERE body_text IS NOT NULL;
",
};
