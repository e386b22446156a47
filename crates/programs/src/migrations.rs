//! The tables of this crate.

use db::Migration;

/// Programs and their versions, members' runs through them, and what is counted.
///
/// - `programs.definition` is the draft; what runs is a row of `program_versions`, which never changes.
/// - `program_enrolments` is a run. Whoever moves one compares `step`, so that no two do it; `due_at` is when it goes on by itself.
///   `listens` says whether it waits for a message of the member.
/// - `program_replies` are messages that runs have heard and not been moved by yet.
/// - `program_batches` is what is done with many, and how far it is: members who are enrolled by a filter (`after_at` and `after_id` are whom it has come
///   to), runs that move into a version or end with their program (`after_run`).
/// - `program_node_tallies`, `program_exit_tallies` and `program_days` are sums, moved in the transaction of what they count.
pub const MIGRATIONS: &[Migration] = &[PROGRAMS, ENROLMENTS, SUMS, BATCHES, HEARD, KINDS];

const PROGRAMS: Migration = Migration {
    id: "0160_programs",
    sql: "
CREATE TABLE programs (
    id {id} NOT NULL PRIMARY KEY,
    workspace_id {id} NOT NULL,
    name TEXT NOT NULL,
    name_folded TEXT NOT NULL,
    description TEXT,
    status TEXT NOT NULL,
    version BIGINT NOT NULL,
    definition TEXT NOT NULL,
    settings TEXT NOT NULL,
    is_changed BOOLEAN NOT NULL,
    starts_by TEXT,
    starts_tag TEXT,
    starts_after {id},
    revision BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    published_at BIGINT,
    archived_at BIGINT
);
CREATE INDEX programs_of_workspace ON programs (workspace_id, created_at, id);
CREATE INDEX programs_that_start ON programs (workspace_id, starts_by) WHERE starts_by IS NOT NULL;

CREATE TABLE program_versions (
    program_id {id} NOT NULL,
    version BIGINT NOT NULL,
    workspace_id {id} NOT NULL,
    name TEXT NOT NULL,
    definition TEXT NOT NULL,
    settings TEXT NOT NULL,
    published_at BIGINT NOT NULL,
    published_by {id},
    PRIMARY KEY (program_id, version)
);
",
};

const ENROLMENTS: Migration = Migration {
    id: "0161_program_enrolments",
    sql: "
CREATE TABLE program_enrolments (
    id {id} NOT NULL PRIMARY KEY,
    workspace_id {id} NOT NULL,
    program_id {id} NOT NULL,
    version BIGINT NOT NULL,
    member_id {id} NOT NULL,
    run BIGINT NOT NULL,
    status TEXT NOT NULL,
    node TEXT NOT NULL,
    step BIGINT NOT NULL,
    due_at BIGINT,
    waiting_for TEXT NOT NULL,
    listens BOOLEAN NOT NULL,
    is_held BOOLEAN NOT NULL,
    memory TEXT NOT NULL,
    progress BIGINT NOT NULL,
    how TEXT NOT NULL,
    reason TEXT,
    faults BIGINT NOT NULL,
    enrolled_at BIGINT NOT NULL,
    moved_at BIGINT NOT NULL,
    ended_at BIGINT
);
CREATE INDEX program_enrolments_running ON program_enrolments (program_id, id) WHERE ended_at IS NULL;
CREATE UNIQUE INDEX program_enrolments_once ON program_enrolments (program_id, member_id) WHERE ended_at IS NULL;
CREATE INDEX program_enrolments_due ON program_enrolments (due_at) WHERE status = 'active' AND due_at IS NOT NULL;
CREATE INDEX program_enrolments_listening ON program_enrolments (member_id) WHERE listens;
CREATE INDEX program_enrolments_held ON program_enrolments (member_id) WHERE is_held;
CREATE INDEX program_enrolments_of_member ON program_enrolments (member_id, enrolled_at DESC, id DESC);
CREATE INDEX program_enrolments_newest ON program_enrolments (program_id, enrolled_at DESC, id DESC);
CREATE INDEX program_enrolments_by_status ON program_enrolments (program_id, status, enrolled_at DESC, id DESC);
CREATE INDEX program_enrolments_by_node ON program_enrolments (program_id, node, enrolled_at DESC, id DESC) WHERE ended_at IS NULL;
CREATE INDEX program_enrolments_stalled ON program_enrolments (workspace_id, moved_at, member_id) WHERE status = 'active';
CREATE INDEX program_enrolments_of_workspace ON program_enrolments (workspace_id, id);

CREATE TABLE program_replies (
    id {id} NOT NULL PRIMARY KEY,
    enrolment_id {id} NOT NULL,
    workspace_id {id} NOT NULL,
    said TEXT NOT NULL,
    run_at BIGINT NOT NULL,
    faults BIGINT NOT NULL
);
CREATE INDEX program_replies_due ON program_replies (run_at, id);
CREATE INDEX program_replies_of_run ON program_replies (enrolment_id);
",
};

const SUMS: Migration = Migration {
    id: "0162_program_sums",
    sql: "
CREATE TABLE program_node_tallies (
    program_id {id} NOT NULL,
    version BIGINT NOT NULL,
    node {text} NOT NULL,
    entered BIGINT NOT NULL,
    waiting BIGINT NOT NULL,
    gone BIGINT NOT NULL,
    replied BIGINT NOT NULL,
    failed BIGINT NOT NULL,
    PRIMARY KEY (program_id, version, node)
);
CREATE TABLE program_exit_tallies (
    program_id {id} NOT NULL,
    version BIGINT NOT NULL,
    node {text} NOT NULL,
    exit_name {text} NOT NULL,
    passed BIGINT NOT NULL,
    won BIGINT NOT NULL,
    PRIMARY KEY (program_id, version, node, exit_name)
);
CREATE TABLE program_days (
    workspace_id {id} NOT NULL,
    day BIGINT NOT NULL,
    program_id {id} NOT NULL,
    enrolled BIGINT NOT NULL,
    completed BIGINT NOT NULL,
    gone BIGINT NOT NULL,
    took BIGINT NOT NULL,
    PRIMARY KEY (program_id, day)
);
CREATE INDEX program_days_of_workspace ON program_days (workspace_id, day, program_id);
",
};

const BATCHES: Migration = Migration {
    id: "0165_program_batches",
    sql: "
CREATE TABLE program_batches (
    id {id} NOT NULL PRIMARY KEY,
    workspace_id {id} NOT NULL,
    program_id {id} NOT NULL,
    account_id {id},
    filter TEXT NOT NULL,
    status TEXT NOT NULL,
    total BIGINT,
    report TEXT NOT NULL,
    after_at BIGINT,
    after_id {id},
    error TEXT,
    created_at BIGINT NOT NULL,
    started_at BIGINT,
    finished_at BIGINT
);
CREATE INDEX program_batches_of_program ON program_batches (program_id, created_at DESC, id DESC);
CREATE INDEX program_batches_by_account ON program_batches (account_id) WHERE account_id IS NOT NULL;
CREATE INDEX program_batches_open ON program_batches (workspace_id) WHERE finished_at IS NULL;
",
};

const HEARD: Migration = Migration {
    id: "0166_program_branches_heard",
    sql: "ALTER TABLE program_exit_tallies ADD COLUMN replied BIGINT NOT NULL DEFAULT 0;",
};

const KINDS: Migration = Migration {
    id: "0167_program_batches_of_runs",
    sql: "
ALTER TABLE program_batches ADD COLUMN kind TEXT NOT NULL DEFAULT 'enroll';
ALTER TABLE program_batches ADD COLUMN version BIGINT;
ALTER TABLE program_batches ADD COLUMN after_run {id};
",
};
