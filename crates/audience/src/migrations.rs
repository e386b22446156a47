//! The tables of the audience.

use db::Migration;

use crate::store::visits::{FILL_LONG, FILL_OF_CHANNELS, FILL_OVER_ALL};

/// Members and what is known of them.
///
/// `audience_members.active_at` is when a member did something last, or was added: it never falls. Lists are served by two indices for each order:
/// one over all members of a workspace, one over those of a channel that are active or not. `audience_counts` has how many there are of each
/// kind, for all (`tag` is empty) and for each tag, moved in the transaction of what it counts. `audience_words` has what a search finds
/// members by. Of a score, -1 is none. Whoever makes somebody known on a channel holds its row of `audience_gates`, before any other lock. `audience_days` and `audience_member_days` are the sums of `audience_interactions`: of a day and a
/// channel, and of one member on it. A member has a row of a day if they came on it.
pub const MIGRATIONS: &[Migration] = &[
    Migration {
        id: "0140_audience",
        sql: "
CREATE TABLE audience_members (
    id {id} NOT NULL PRIMARY KEY,
    workspace_id {id} NOT NULL,
    channel TEXT NOT NULL CHECK (channel IN ('web', 'whatsapp', 'telegram', 'mobile')),
    external_id TEXT NOT NULL,
    profile TEXT NOT NULL,
    name TEXT,
    search_text TEXT NOT NULL,
    timezone TEXT,
    language TEXT,
    is_active BOOLEAN NOT NULL,
    active_at BIGINT NOT NULL,
    last_active_at BIGINT,
    score BIGINT NOT NULL,
    score_due_at BIGINT,
    progress BIGINT,
    interactions BIGINT NOT NULL,
    opted_out BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    revision BIGINT NOT NULL
);
CREATE UNIQUE INDEX audience_members_external ON audience_members (workspace_id, channel, external_id);
CREATE INDEX audience_members_newest ON audience_members (workspace_id, created_at, id, channel, is_active);
CREATE INDEX audience_members_newest_of ON audience_members (workspace_id, channel, is_active, created_at, id);
CREATE INDEX audience_members_active ON audience_members (workspace_id, active_at, id, channel, is_active);
CREATE INDEX audience_members_active_of ON audience_members (workspace_id, channel, is_active, active_at, id);
CREATE INDEX audience_members_score ON audience_members (workspace_id, score, id, channel, is_active);
CREATE INDEX audience_members_score_of ON audience_members (workspace_id, channel, is_active, score, id);
CREATE INDEX audience_members_due ON audience_members (score_due_at) WHERE score_due_at IS NOT NULL;

CREATE TABLE audience_identities (
    workspace_id {id} NOT NULL,
    channel TEXT NOT NULL,
    kind TEXT NOT NULL,
    value {text} NOT NULL,
    member_id {id} NOT NULL,
    created_at BIGINT NOT NULL,
    unreachable_at BIGINT,
    PRIMARY KEY (workspace_id, channel, kind, value)
);
CREATE INDEX audience_identities_by_member ON audience_identities (member_id);

CREATE TABLE audience_gates (
    workspace_id {id} NOT NULL,
    channel TEXT NOT NULL,
    PRIMARY KEY (workspace_id, channel)
);

CREATE TABLE audience_words (
    workspace_id {id} NOT NULL,
    word {text} NOT NULL,
    member_id {id} NOT NULL,
    PRIMARY KEY (workspace_id, word, member_id)
);
CREATE INDEX audience_words_by_member ON audience_words (member_id);

CREATE TABLE audience_permissions (
    id {id} NOT NULL PRIMARY KEY,
    workspace_id {id} NOT NULL,
    member_id {id} NOT NULL,
    channel TEXT,
    purpose TEXT NOT NULL,
    allowed BOOLEAN NOT NULL,
    how TEXT NOT NULL,
    at BIGINT NOT NULL
);
CREATE INDEX audience_permissions_by_member ON audience_permissions (member_id, at, id);

CREATE TABLE audience_tags (
    workspace_id {id} NOT NULL,
    tag {text} NOT NULL,
    member_id {id} NOT NULL,
    label TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, tag, member_id)
);
CREATE INDEX audience_tags_by_member ON audience_tags (member_id, tag);

CREATE TABLE audience_counts (
    workspace_id {id} NOT NULL,
    tag {text} NOT NULL,
    channel TEXT NOT NULL,
    is_active BOOLEAN NOT NULL,
    label TEXT NOT NULL,
    members BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, tag, channel, is_active)
);

CREATE TABLE audience_notes (
    id {id} NOT NULL PRIMARY KEY,
    workspace_id {id} NOT NULL,
    member_id {id} NOT NULL,
    author_id {id},
    content TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX audience_notes_by_member ON audience_notes (member_id, created_at DESC, id DESC);

CREATE TABLE audience_badges (
    id {id} NOT NULL PRIMARY KEY,
    workspace_id {id} NOT NULL,
    name TEXT NOT NULL,
    name_key {text} NOT NULL,
    description TEXT,
    created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX audience_badges_by_name ON audience_badges (workspace_id, name_key);

CREATE TABLE audience_badges_earned (
    member_id {id} NOT NULL,
    badge_id {id} NOT NULL,
    workspace_id {id} NOT NULL,
    earned_at BIGINT NOT NULL,
    PRIMARY KEY (member_id, badge_id)
);
CREATE INDEX audience_badges_earned_by_badge ON audience_badges_earned (badge_id, earned_at);

CREATE TABLE audience_interactions (
    id {id} NOT NULL PRIMARY KEY,
    workspace_id {id} NOT NULL,
    member_id {id} NOT NULL,
    channel TEXT NOT NULL,
    kind TEXT NOT NULL,
    at BIGINT NOT NULL
);
CREATE INDEX audience_interactions_by_member ON audience_interactions (member_id, at DESC, id DESC);

CREATE TABLE audience_days (
    workspace_id {id} NOT NULL,
    channel TEXT NOT NULL,
    day BIGINT NOT NULL,
    interactions BIGINT NOT NULL,
    messages_in BIGINT NOT NULL,
    messages_out BIGINT NOT NULL,
    ai BIGINT NOT NULL,
    escalations BIGINT NOT NULL,
    new_members BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, channel, day)
);

CREATE TABLE audience_member_days (
    workspace_id {id} NOT NULL,
    channel TEXT NOT NULL,
    day BIGINT NOT NULL,
    member_id {id} NOT NULL,
    interactions BIGINT NOT NULL,
    own BIGINT NOT NULL,
    asked BIGINT NOT NULL,
    answered BIGINT NOT NULL,
    came BOOLEAN NOT NULL,
    PRIMARY KEY (workspace_id, channel, day, member_id)
);
CREATE INDEX audience_member_days_by_member ON audience_member_days (member_id, day);
",
    },
    Migration {
        id: "0141_audience_transfer",
        sql: "
CREATE TABLE audience_imports (
    id {id} NOT NULL PRIMARY KEY,
    workspace_id {id} NOT NULL,
    account_id {id} NOT NULL,
    file TEXT,
    format TEXT NOT NULL,
    decimal_mark TEXT,
    bytes BIGINT NOT NULL,
    bytes_read BIGINT NOT NULL,
    status TEXT NOT NULL,
    error TEXT,
    report TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    finished_at BIGINT
);
CREATE INDEX audience_imports_by_workspace ON audience_imports (workspace_id, created_at DESC, id DESC);
CREATE INDEX audience_imports_by_account ON audience_imports (account_id);
CREATE INDEX audience_imports_to_sweep ON audience_imports (created_at) WHERE file IS NOT NULL;

CREATE TABLE audience_erasures (
    id {id} NOT NULL PRIMARY KEY,
    workspace_id {id} NOT NULL,
    member_id {id} NOT NULL,
    account_id {id},
    kind TEXT NOT NULL,
    into_id {id},
    took TEXT NOT NULL,
    proof TEXT NOT NULL,
    at BIGINT NOT NULL
);
CREATE INDEX audience_erasures_by_workspace ON audience_erasures (workspace_id, at DESC, id DESC);
CREATE INDEX audience_erasures_by_member ON audience_erasures (member_id);
",
    },
    // Who came within some days, of all channels, lies side by side: distinct members of a week or a month are counted from the index alone.
    Migration {
        id: "0142_audience_came",
        sql: "
CREATE INDEX audience_member_days_came ON audience_member_days (workspace_id, day, channel, member_id) WHERE came = TRUE;
",
    },
    // Where a workspace's days begin, and how many members came, as `store::visits` counts them: -1000000 is no day. What came before is
    // counted by the three statements after it.
    Migration {
        id: "0143_audience_visits",
        sql: "
CREATE TABLE audience_calendars (
    workspace_id {id} NOT NULL PRIMARY KEY,
    time_zone TEXT NOT NULL,
    since BIGINT NOT NULL
);

CREATE TABLE audience_visits (
    workspace_id {id} NOT NULL,
    counted_over TEXT NOT NULL CHECK (counted_over IN ('channel', 'all', 'long')),
    channel TEXT NOT NULL,
    day BIGINT NOT NULL,
    came_before BIGINT NOT NULL,
    added BIGINT NOT NULL,
    members BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, counted_over, channel, day, came_before, added)
);
CREATE INDEX audience_visits_sums ON audience_visits (workspace_id, counted_over, channel, day, came_before, added, members);

DROP INDEX audience_member_days_came;
",
    },
    Migration { id: "0144_audience_visits_of_channels", sql: FILL_OF_CHANNELS },
    Migration { id: "0145_audience_visits_over_all", sql: FILL_OVER_ALL },
    Migration { id: "0146_audience_visits_long", sql: FILL_LONG },
];
