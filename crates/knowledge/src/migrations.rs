//! The tables of knowledge.

use db::Migration;

/// Bases, documents and their text; what the coach answered; what nobody could answer.
///
/// - `version` of a base moves with everything that changes what is found in it: the index in memory is of one version.
/// - A document's `version` is that of the text and the chunks which are shown. Each reading of its file takes the next number in `reading` and
///   writes under it what nobody looks at, until one statement makes that number the document's version. A later reading so ends an earlier one.
/// - `knowledge_files` has the files that belong to nothing yet, or to nothing any more, and when they are taken away.
/// - `knowledge_gaps` are questions without an answer, alike ones together; `knowledge_questions` are the single ones.
pub const MIGRATIONS: &[Migration] = &[
    Migration {
        id: "0130_knowledge",
        sql: "
CREATE TABLE knowledge_bases (
    id {id} NOT NULL PRIMARY KEY,
    owner_id {id} NOT NULL,
    name TEXT NOT NULL,
    name_folded TEXT NOT NULL,
    description TEXT,
    settings TEXT NOT NULL,
    version BIGINT NOT NULL,
    document_count BIGINT NOT NULL CHECK (document_count >= 0),
    total_size_bytes BIGINT NOT NULL CHECK (total_size_bytes >= 0),
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    deleted_at BIGINT
);
CREATE INDEX knowledge_bases_newest ON knowledge_bases (owner_id, created_at DESC, id DESC) WHERE deleted_at IS NULL;
CREATE INDEX knowledge_bases_deleted ON knowledge_bases (deleted_at) WHERE deleted_at IS NOT NULL;

CREATE TABLE knowledge_documents (
    id {id} NOT NULL PRIMARY KEY,
    base_id {id} NOT NULL REFERENCES knowledge_bases (id),
    owner_id {id} NOT NULL,
    title TEXT NOT NULL,
    title_folded TEXT NOT NULL,
    file_name TEXT NOT NULL,
    file TEXT NOT NULL,
    file_type TEXT NOT NULL,
    file_size_bytes BIGINT NOT NULL,
    sha256 TEXT NOT NULL,
    metadata TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('pending', 'processing', 'completed', 'failed')),
    percent BIGINT NOT NULL CHECK (percent BETWEEN 0 AND 100),
    error TEXT,
    version BIGINT NOT NULL,
    reading BIGINT NOT NULL,
    revision BIGINT NOT NULL,
    chunk_count BIGINT NOT NULL,
    characters BIGINT NOT NULL,
    language TEXT,
    about TEXT NOT NULL,
    dated BIGINT,
    stale_after BIGINT,
    reminded_at BIGINT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    processed_at BIGINT
);
CREATE INDEX knowledge_documents_newest ON knowledge_documents (base_id, created_at DESC, id DESC, title_folded);
CREATE INDEX knowledge_documents_by_status ON knowledge_documents (base_id, status, created_at DESC, id DESC);
CREATE INDEX knowledge_documents_by_bytes ON knowledge_documents (base_id, sha256);
CREATE INDEX knowledge_documents_by_owner ON knowledge_documents (owner_id, created_at, id);
CREATE INDEX knowledge_documents_under_way ON knowledge_documents (updated_at) WHERE status IN ('pending', 'processing');
CREATE INDEX knowledge_documents_stale ON knowledge_documents (stale_after) WHERE stale_after IS NOT NULL AND reminded_at IS NULL;

CREATE TABLE knowledge_texts (
    document_id {id} NOT NULL,
    version BIGINT NOT NULL,
    content TEXT NOT NULL,
    PRIMARY KEY (document_id, version)
);

CREATE TABLE knowledge_chunks (
    id {id} NOT NULL PRIMARY KEY,
    document_id {id} NOT NULL,
    base_id {id} NOT NULL,
    version BIGINT NOT NULL,
    chunk_index BIGINT NOT NULL,
    start_at BIGINT NOT NULL,
    end_at BIGINT NOT NULL,
    content TEXT NOT NULL,
    metadata TEXT NOT NULL
);
CREATE UNIQUE INDEX knowledge_chunks_order ON knowledge_chunks (document_id, version, chunk_index);
CREATE INDEX knowledge_chunks_by_base ON knowledge_chunks (base_id, id);

CREATE TABLE knowledge_files (
    name TEXT NOT NULL PRIMARY KEY,
    owner_id {id} NOT NULL,
    given_up BOOLEAN NOT NULL,
    sweep_at BIGINT NOT NULL
);
CREATE INDEX knowledge_files_by_time ON knowledge_files (sweep_at, name);
CREATE INDEX knowledge_files_by_owner ON knowledge_files (owner_id);
",
    },
    Migration {
        id: "0131_knowledge_answers",
        sql: "
CREATE TABLE knowledge_corrections (
    id {id} NOT NULL PRIMARY KEY,
    base_id {id} NOT NULL REFERENCES knowledge_bases (id),
    owner_id {id} NOT NULL,
    gap_id {id},
    question TEXT NOT NULL,
    question_folded TEXT NOT NULL,
    answer TEXT NOT NULL,
    revision BIGINT NOT NULL,
    stale_after BIGINT,
    reminded_at BIGINT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX knowledge_corrections_newest ON knowledge_corrections (base_id, created_at DESC, id DESC);
CREATE INDEX knowledge_corrections_by_owner ON knowledge_corrections (owner_id, created_at, id);
CREATE INDEX knowledge_corrections_stale ON knowledge_corrections (stale_after) WHERE stale_after IS NOT NULL AND reminded_at IS NULL;

CREATE TABLE knowledge_correction_versions (
    correction_id {id} NOT NULL,
    revision BIGINT NOT NULL,
    question TEXT NOT NULL,
    answer TEXT NOT NULL,
    changed_at BIGINT NOT NULL,
    PRIMARY KEY (correction_id, revision)
);

CREATE TABLE knowledge_gaps (
    id {id} NOT NULL PRIMARY KEY,
    base_id {id} NOT NULL REFERENCES knowledge_bases (id),
    owner_id {id} NOT NULL,
    question TEXT NOT NULL,
    language TEXT,
    asked BIGINT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('open', 'answered', 'dismissed')),
    correction_id {id},
    first_asked_at BIGINT NOT NULL,
    last_asked_at BIGINT NOT NULL,
    answered_at BIGINT
);
CREATE INDEX knowledge_gaps_most_asked ON knowledge_gaps (base_id, status, asked DESC, last_asked_at DESC, id DESC);
CREATE INDEX knowledge_gaps_latest ON knowledge_gaps (base_id, status, last_asked_at DESC, id DESC);
CREATE INDEX knowledge_gaps_by_owner ON knowledge_gaps (owner_id, first_asked_at, id);
CREATE INDEX knowledge_gaps_by_time ON knowledge_gaps (last_asked_at);

CREATE TABLE knowledge_questions (
    id {id} NOT NULL PRIMARY KEY,
    base_id {id} NOT NULL,
    owner_id {id} NOT NULL,
    gap_id {id} NOT NULL,
    question TEXT NOT NULL,
    outcome TEXT NOT NULL,
    confidence DOUBLE PRECISION NOT NULL,
    by_member BOOLEAN NOT NULL,
    asked_at BIGINT NOT NULL
);
CREATE INDEX knowledge_questions_by_gap ON knowledge_questions (gap_id, id);
CREATE INDEX knowledge_questions_by_base ON knowledge_questions (base_id);
CREATE INDEX knowledge_questions_by_owner ON knowledge_questions (owner_id, asked_at, id);

CREATE TABLE knowledge_contradictions (
    id {id} NOT NULL PRIMARY KEY,
    base_id {id} NOT NULL,
    owner_id {id} NOT NULL,
    older_document_id {id} NOT NULL,
    newer_document_id {id} NOT NULL,
    older_version BIGINT NOT NULL,
    newer_version BIGINT NOT NULL,
    older_start BIGINT NOT NULL,
    older_end BIGINT NOT NULL,
    newer_start BIGINT NOT NULL,
    newer_end BIGINT NOT NULL,
    older_quote TEXT NOT NULL,
    newer_quote TEXT NOT NULL,
    likeness DOUBLE PRECISION NOT NULL,
    dismissed_at BIGINT,
    created_at BIGINT NOT NULL
);
CREATE INDEX knowledge_contradictions_newest ON knowledge_contradictions (base_id, created_at DESC, id DESC) WHERE dismissed_at IS NULL;
CREATE INDEX knowledge_contradictions_older ON knowledge_contradictions (older_document_id);
CREATE INDEX knowledge_contradictions_newer ON knowledge_contradictions (newer_document_id);
CREATE INDEX knowledge_contradictions_by_owner ON knowledge_contradictions (owner_id, created_at, id);
",
    },
];
