//! The tables of the hub.

use db::Migration;

/// Exports and their files. `hub_exports` has one row for each that was asked for; `hub_export_parts` its file, a part for each metric, until the row goes.
/// Whoever asks for an export holds the workspace's row of `hub_export_gates`, so that the ten of a day are counted one after another.
pub const MIGRATIONS: &[Migration] = &[Migration {
    id: "0176_hub_exports",
    sql: "
CREATE TABLE hub_exports (
    id {id} NOT NULL PRIMARY KEY,
    workspace_id {id} NOT NULL,
    account_id {id} NOT NULL,
    metrics TEXT NOT NULL,
    first_day BIGINT NOT NULL,
    last_day BIGINT NOT NULL,
    format TEXT NOT NULL,
    email TEXT,
    secret TEXT NOT NULL,
    status TEXT NOT NULL,
    parts_done BIGINT NOT NULL,
    parts BIGINT NOT NULL,
    rows_written BIGINT NOT NULL,
    bytes BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    completed_at BIGINT,
    expires_at BIGINT NOT NULL
);
CREATE INDEX hub_exports_by_workspace ON hub_exports (workspace_id, created_at DESC, id DESC);
CREATE INDEX hub_exports_by_account ON hub_exports (account_id);
CREATE INDEX hub_exports_by_end ON hub_exports (expires_at);

CREATE TABLE hub_export_parts (
    export_id {id} NOT NULL,
    part BIGINT NOT NULL,
    row_count BIGINT NOT NULL,
    bytes BIGINT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (export_id, part)
);

CREATE TABLE hub_export_gates (
    workspace_id {id} NOT NULL PRIMARY KEY,
    asked BIGINT NOT NULL
);
",
}];
