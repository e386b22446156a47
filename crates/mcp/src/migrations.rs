//! The tables of the assistants' door.

use db::Migration;

/// Acts that were shown, and wait for a word.
pub const MIGRATIONS: &[Migration] = &[Migration {
    id: "0190_mcp",
    sql: "
CREATE TABLE mcp_confirmations (
    id {id} PRIMARY KEY,
    account_id {id} NOT NULL,
    token_hash TEXT NOT NULL,
    digest TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT
);
CREATE UNIQUE INDEX mcp_confirmations_by_token ON mcp_confirmations (token_hash);
CREATE INDEX mcp_confirmations_by_account ON mcp_confirmations (account_id, created_at, id);
CREATE INDEX mcp_confirmations_by_end ON mcp_confirmations (expires_at);
",
}];
