//! The tables of the inbox.

use db::Migration;

/// Notifications and messages.
///
/// `inbox_accounts` has for each account what would take a scan to count, and the number of the newest entry of its feed (`inbox_feed`): both
/// move in the transaction of what they count. Whoever moves those of several accounts takes them in the order of their ids.
/// `inbox_floods` counts what is bounded by time. A notification that is not `shown` is folded into another one or only for the digest.
/// Of the messages of a conversation each has the next `seq`; a member has read them up to `read_seq`.
pub const MIGRATIONS: &[Migration] = &[
    Migration {
        id: "0110_notifications",
        sql: "
CREATE TABLE inbox_accounts (
    account_id {id} NOT NULL PRIMARY KEY,
    seq BIGINT NOT NULL,
    notifications BIGINT NOT NULL CHECK (notifications >= 0),
    unread_notifications BIGINT NOT NULL CHECK (unread_notifications >= 0),
    conversations BIGINT NOT NULL CHECK (conversations >= 0),
    unread_messages BIGINT NOT NULL CHECK (unread_messages >= 0),
    digest_at BIGINT
);
CREATE INDEX inbox_accounts_by_digest ON inbox_accounts (digest_at) WHERE digest_at IS NOT NULL;

CREATE TABLE inbox_feed (
    account_id {id} NOT NULL,
    seq BIGINT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('notification', 'message', 'receipt', 'unread')),
    about {id},
    created_at BIGINT NOT NULL,
    PRIMARY KEY (account_id, seq)
);
CREATE INDEX inbox_feed_by_time ON inbox_feed (created_at);

CREATE TABLE inbox_preferences (
    account_id {id} NOT NULL PRIMARY KEY,
    language TEXT,
    time_zone TEXT,
    digest_hour BIGINT NOT NULL,
    who_may_write TEXT NOT NULL,
    channels TEXT NOT NULL,
    updated_at BIGINT NOT NULL
);

CREATE TABLE inbox_floods (
    account_id {id} NOT NULL,
    name TEXT NOT NULL,
    bucket BIGINT NOT NULL,
    counted BIGINT NOT NULL,
    until BIGINT NOT NULL,
    PRIMARY KEY (account_id, name, bucket)
);
CREATE INDEX inbox_floods_by_time ON inbox_floods (until);

CREATE TABLE notifications (
    id {id} NOT NULL PRIMARY KEY,
    account_id {id} NOT NULL,
    kind TEXT NOT NULL,
    happening TEXT NOT NULL,
    title TEXT NOT NULL,
    content TEXT NOT NULL,
    counted BIGINT NOT NULL,
    related TEXT NOT NULL,
    shown BOOLEAN NOT NULL,
    email BOOLEAN NOT NULL,
    digest BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL,
    read_at BIGINT
);
CREATE UNIQUE INDEX notifications_once ON notifications (account_id, happening);
CREATE INDEX notifications_newest ON notifications (account_id, created_at DESC, id DESC) WHERE shown;
CREATE INDEX notifications_by_kind ON notifications (account_id, kind, created_at DESC, id DESC) WHERE shown;
CREATE INDEX notifications_unread ON notifications (account_id, created_at DESC, id DESC) WHERE shown AND read_at IS NULL;
CREATE INDEX notifications_for_digest ON notifications (account_id, created_at) WHERE digest;
CREATE INDEX notifications_by_time ON notifications (created_at);
",
    },
    Migration {
        id: "0111_messages",
        sql: "
CREATE TABLE conversations (
    id {id} NOT NULL PRIMARY KEY,
    low {id} NOT NULL,
    high {id} NOT NULL,
    opened_by {id} NOT NULL,
    opening BIGINT,
    answered BOOLEAN NOT NULL,
    messages BIGINT NOT NULL,
    last_message_id {id},
    created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX conversations_of_two ON conversations (low, high);
CREATE INDEX conversations_opened ON conversations (opened_by, created_at) WHERE opening IS NOT NULL;

CREATE TABLE conversation_members (
    account_id {id} NOT NULL,
    other_id {id} NOT NULL,
    conversation_id {id} NOT NULL,
    unread BIGINT NOT NULL CHECK (unread >= 0),
    read_seq BIGINT NOT NULL,
    read_at BIGINT,
    notice_id {id},
    last_at BIGINT NOT NULL,
    PRIMARY KEY (account_id, other_id)
);
CREATE INDEX conversation_members_newest ON conversation_members (account_id, last_at DESC, conversation_id DESC);
CREATE INDEX conversation_members_unread ON conversation_members (account_id, last_at DESC, conversation_id DESC) WHERE unread > 0;

CREATE TABLE messages (
    id {id} NOT NULL PRIMARY KEY,
    conversation_id {id} NOT NULL,
    seq BIGINT NOT NULL,
    sender_id {id} NOT NULL,
    recipient_id {id} NOT NULL,
    content TEXT NOT NULL,
    content_key TEXT NOT NULL,
    attachments TEXT NOT NULL,
    collaboration_id {id},
    warnings TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    hidden_at BIGINT
);
CREATE UNIQUE INDEX messages_order ON messages (conversation_id, seq);
CREATE INDEX messages_by_sender ON messages (sender_id, created_at DESC, id DESC);
CREATE INDEX messages_by_recipient ON messages (recipient_id, created_at DESC, id DESC);

CREATE TABLE message_blocks (
    account_id {id} NOT NULL,
    blocked_id {id} NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (account_id, blocked_id)
);
CREATE INDEX message_blocks_of ON message_blocks (blocked_id);
",
    },
    Migration {
        id: "0115_message_attachments",
        sql: "
CREATE TABLE message_attachments (
    id {id} NOT NULL PRIMARY KEY,
    account_id {id} NOT NULL,
    message_id {id},
    name TEXT NOT NULL,
    media_type TEXT NOT NULL,
    bytes BIGINT NOT NULL,
    file TEXT NOT NULL,
    stored BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL,
    sweep_at BIGINT
);
CREATE INDEX message_attachments_by_account ON message_attachments (account_id, created_at DESC, id DESC);
CREATE INDEX message_attachments_to_sweep ON message_attachments (sweep_at) WHERE sweep_at IS NOT NULL;
",
    },
    Migration {
        id: "0116_live_tickets",
        sql: "
CREATE TABLE live_tickets (
    hash TEXT NOT NULL PRIMARY KEY,
    account_id {id} NOT NULL,
    session_id {id},
    key_id {id},
    expires_at BIGINT NOT NULL
);
CREATE INDEX live_tickets_by_end ON live_tickets (expires_at);
CREATE INDEX live_tickets_by_account ON live_tickets (account_id);
",
    },
];
