//! The tables of this crate.

use db::Migration;

/// Channels, what comes in over them, conversations and their messages, escalations, sums by day, and the widget's visitors.
///
/// - `channel_typing` has a row for each member who is typing.
/// - A channel's `secrets` are sealed; its `configuration` holds none.
/// - `channel_inbound` is the journal: what a provider told, as it came, until it has been worked. Its rows are worked in the order of
///   (`received_at`, `id`) for each channel.
/// - A conversation is one member on one channel. Of its messages each has the next `seq`; whoever writes one takes it from the
///   conversation's row, which puts the writers in order.
/// - `rank` of a message's status only rises; a provider's message is there once for each channel.
/// - `channel_days` has the sums of a day, moved in the transaction of what they count; `channel_member_days` who wrote on a day.
pub const MIGRATIONS: &[Migration] =
    &[CHANNELS, INBOUND, CONVERSATIONS, ESCALATIONS, DAYS, WIDGET, QUESTIONS, LAST_OUT, TYPING];

const CHANNELS: Migration = Migration {
    id: "0150_channels",
    sql: "
CREATE TABLE channels (
    id {id} NOT NULL PRIMARY KEY,
    workspace_id {id} NOT NULL,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    status TEXT NOT NULL,
    reason TEXT,
    configuration TEXT NOT NULL,
    secrets TEXT NOT NULL,
    revision BIGINT NOT NULL,
    turn BIGINT NOT NULL DEFAULT 0,
    user_count BIGINT NOT NULL DEFAULT 0 CHECK (user_count >= 0),
    verified_at BIGINT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    deleted_at BIGINT
);
CREATE INDEX channels_of_workspace ON channels (workspace_id, created_at, id) WHERE deleted_at IS NULL;
",
};

const INBOUND: Migration = Migration {
    id: "0151_channel_inbound",
    sql: "
CREATE TABLE channel_inbound (
    id {id} NOT NULL PRIMARY KEY,
    channel_id {id} NOT NULL,
    body TEXT NOT NULL,
    received_at BIGINT NOT NULL,
    run_at BIGINT NOT NULL,
    attempts BIGINT NOT NULL DEFAULT 0,
    error TEXT,
    given_up_at BIGINT
);
CREATE INDEX channel_inbound_due ON channel_inbound (run_at, channel_id) WHERE given_up_at IS NULL;
CREATE INDEX channel_inbound_order ON channel_inbound (channel_id, received_at, id) WHERE given_up_at IS NULL;
CREATE INDEX channel_inbound_given_up ON channel_inbound (given_up_at) WHERE given_up_at IS NOT NULL;
",
};

const CONVERSATIONS: Migration = Migration {
    id: "0152_channel_conversations",
    sql: "
CREATE TABLE channel_conversations (
    id {id} NOT NULL PRIMARY KEY,
    workspace_id {id} NOT NULL,
    channel_id {id} NOT NULL,
    member_id {id} NOT NULL,
    channel TEXT NOT NULL,
    status TEXT NOT NULL,
    handler TEXT NOT NULL,
    assignee {id},
    escalation_id {id},
    handler_at BIGINT NOT NULL,
    deadline BIGINT,
    name TEXT NOT NULL,
    name_folded TEXT NOT NULL,
    seq BIGINT NOT NULL,
    in_seq BIGINT NOT NULL,
    out_seq BIGINT NOT NULL,
    answered_seq BIGINT NOT NULL,
    read_seq BIGINT NOT NULL,
    seen_seq BIGINT NOT NULL,
    unread BIGINT NOT NULL CHECK (unread >= 0),
    unknowns BIGINT NOT NULL,
    labelled BOOLEAN NOT NULL,
    draft TEXT,
    draft_seq BIGINT,
    waiting_since BIGINT,
    window_until BIGINT,
    last_in_at BIGINT,
    last_out_at BIGINT,
    last_message_at BIGINT NOT NULL,
    last_text TEXT NOT NULL,
    surveyed_id {id},
    survey_until BIGINT,
    billed BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX channel_conversations_once ON channel_conversations (channel_id, member_id);
CREATE INDEX channel_conversations_newest ON channel_conversations (workspace_id, last_message_at DESC, id DESC);
CREATE INDEX channel_conversations_by_handler ON channel_conversations (workspace_id, handler, last_message_at DESC, id DESC);
CREATE INDEX channel_conversations_by_channel ON channel_conversations (channel_id, last_message_at DESC, id DESC);
CREATE INDEX channel_conversations_of_member ON channel_conversations (member_id);
CREATE INDEX channel_conversations_due ON channel_conversations (deadline) WHERE deadline IS NOT NULL;

CREATE TABLE channel_messages (
    id {id} NOT NULL PRIMARY KEY,
    workspace_id {id} NOT NULL,
    channel_id {id} NOT NULL,
    conversation_id {id} NOT NULL,
    seq BIGINT NOT NULL,
    author TEXT NOT NULL,
    account_id {id},
    purpose TEXT NOT NULL,
    kind TEXT NOT NULL,
    body TEXT NOT NULL,
    detail TEXT NOT NULL,
    status TEXT NOT NULL,
    error TEXT,
    provider_id TEXT,
    client_id TEXT,
    pricing TEXT,
    due_at BIGINT,
    created_at BIGINT NOT NULL,
    sent_at BIGINT,
    delivered_at BIGINT,
    read_at BIGINT,
    edited_at BIGINT,
    deleted_at BIGINT
);
CREATE UNIQUE INDEX channel_messages_order ON channel_messages (conversation_id, seq);
CREATE UNIQUE INDEX channel_messages_provider ON channel_messages (channel_id, provider_id) WHERE provider_id IS NOT NULL;
CREATE UNIQUE INDEX channel_messages_client ON channel_messages (conversation_id, client_id) WHERE client_id IS NOT NULL;
CREATE INDEX channel_messages_held ON channel_messages (conversation_id, seq) WHERE status = 'held';
CREATE INDEX channel_messages_held_of_channel ON channel_messages (channel_id, conversation_id, seq) WHERE status = 'held';
CREATE INDEX channel_messages_capped ON channel_messages (conversation_id, created_at) WHERE purpose = 'proactive';

CREATE TABLE channel_media (
    id {id} NOT NULL PRIMARY KEY,
    workspace_id {id} NOT NULL,
    channel_id {id} NOT NULL,
    conversation_id {id} NOT NULL,
    message_id {id} NOT NULL,
    provider_id TEXT NOT NULL,
    media_type TEXT NOT NULL,
    name TEXT NOT NULL,
    bytes BIGINT NOT NULL,
    file TEXT NOT NULL,
    status TEXT NOT NULL,
    error TEXT,
    created_at BIGINT NOT NULL,
    sweep_at BIGINT
);
CREATE INDEX channel_media_of_message ON channel_media (message_id);
CREATE INDEX channel_media_of_conversation ON channel_media (conversation_id);
CREATE INDEX channel_media_to_sweep ON channel_media (sweep_at) WHERE sweep_at IS NOT NULL;
",
};

const ESCALATIONS: Migration = Migration {
    id: "0153_channel_escalations",
    sql: "
CREATE TABLE channel_escalations (
    id {id} NOT NULL PRIMARY KEY,
    workspace_id {id} NOT NULL,
    channel_id {id} NOT NULL,
    conversation_id {id} NOT NULL,
    member_id {id} NOT NULL,
    reason TEXT NOT NULL,
    question TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    taken_by {id},
    taken_at BIGINT,
    ended_at BIGINT,
    ended_by TEXT,
    satisfaction BIGINT,
    comment TEXT,
    rated_at BIGINT
);
CREATE INDEX channel_escalations_of_conversation ON channel_escalations (conversation_id, created_at);
CREATE INDEX channel_escalations_of_workspace ON channel_escalations (workspace_id, created_at);

CREATE TABLE channel_notes (
    id {id} NOT NULL PRIMARY KEY,
    workspace_id {id} NOT NULL,
    conversation_id {id} NOT NULL,
    account_id {id},
    text TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX channel_notes_of_conversation ON channel_notes (conversation_id, created_at DESC, id DESC);
",
};

const DAYS: Migration = Migration {
    id: "0154_channel_days",
    sql: "
CREATE TABLE channel_days (
    channel_id {id} NOT NULL,
    day BIGINT NOT NULL,
    workspace_id {id} NOT NULL,
    messages_in BIGINT NOT NULL,
    messages_out BIGINT NOT NULL,
    answers BIGINT NOT NULL,
    new_members BIGINT NOT NULL,
    escalations BIGINT NOT NULL,
    responses BIGINT NOT NULL,
    response_micros BIGINT NOT NULL,
    ratings BIGINT NOT NULL,
    rating_sum BIGINT NOT NULL,
    PRIMARY KEY (channel_id, day)
);
CREATE INDEX channel_days_of_workspace ON channel_days (workspace_id, day);
CREATE TABLE channel_member_days (
    channel_id {id} NOT NULL,
    day BIGINT NOT NULL,
    member_id {id} NOT NULL,
    PRIMARY KEY (channel_id, day, member_id)
);
CREATE INDEX channel_member_days_of_member ON channel_member_days (member_id);
",
};

const WIDGET: Migration = Migration {
    id: "0155_widget_visitors",
    sql: "
CREATE TABLE widget_visitors (
    token_hash TEXT NOT NULL PRIMARY KEY,
    workspace_id {id} NOT NULL,
    channel_id {id} NOT NULL,
    member_id {id},
    external_id TEXT,
    language TEXT,
    time_zone TEXT,
    page TEXT,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX widget_visitors_by_end ON widget_visitors (expires_at);
CREATE INDEX widget_visitors_of_member ON widget_visitors (member_id);
",
};

const QUESTIONS: Migration = Migration {
    id: "0157_channel_questions",
    sql: "
CREATE TABLE channel_questions (
    question_id {id} NOT NULL PRIMARY KEY,
    workspace_id {id} NOT NULL,
    conversation_id {id} NOT NULL,
    words TEXT NOT NULL,
    asked_at BIGINT NOT NULL
);
CREATE INDEX channel_questions_of_conversation ON channel_questions (conversation_id);
CREATE INDEX channel_questions_by_age ON channel_questions (asked_at);
",
};

const TYPING: Migration = Migration {
    id: "0159_channel_typing",
    sql: "
CREATE TABLE channel_typing (
    conversation_id {id} NOT NULL PRIMARY KEY,
    workspace_id {id} NOT NULL,
    until BIGINT NOT NULL
);
CREATE INDEX channel_typing_by_end ON channel_typing (until);
CREATE INDEX channel_conversations_by_assignee ON channel_conversations (workspace_id, assignee, last_message_at DESC, id DESC)
    WHERE assignee IS NOT NULL;
",
};

const LAST_OUT: Migration = Migration {
    id: "0158_channel_conversations_out",
    sql: "
CREATE INDEX channel_conversations_out ON channel_conversations (workspace_id, last_out_at, member_id) WHERE last_out_at IS NOT NULL;
",
};
