//! What the inbox keeps about people, as it is told to them and taken away.
//!
//! - To a person their notifications, what they wrote and what was written to them, whom they blocked and what they prefer are told.
//! - When somebody is erased, what they wrote is taken out of the conversations: the others see that there was a message, and from an account that
//!   is gone. What others wrote to them is the others'.

use async_trait::async_trait;
use db::{Tx, args};
use http_base::data::As::{Json, Moment, Plain};
use http_base::data::{Data, Eraser, Holder, Table};
use kernel::{Result, Scope, Timestamp};

/// What every export tells, and every erasure takes away.
pub(crate) fn kept() -> Data {
    Data::told(SECTIONS.iter().copied()).erased_by(Erasing)
}

type Columns = &'static [(&'static str, http_base::data::As)];

const MESSAGE: Columns = &[
    ("id", Plain),
    ("sender_id", Plain),
    ("recipient_id", Plain),
    ("content", Plain),
    ("attachments", Json),
    ("collaboration_id", Plain),
    ("created_at", Moment),
];

/// What is told.
pub const SECTIONS: &[Table] = &[
    Table {
        name: "notifications",
        columns: &[
            ("id", Plain),
            ("kind", Plain),
            ("title", Plain),
            ("content", Plain),
            ("counted", Plain),
            ("related", Json),
            ("created_at", Moment),
            ("read_at", Moment),
        ],
        from: "FROM notifications WHERE account_id = {account} ORDER BY created_at DESC, id DESC",
    },
    Table {
        name: "messages_sent",
        columns: MESSAGE,
        from: "FROM messages WHERE sender_id = {account} ORDER BY created_at DESC, id DESC",
    },
    Table {
        name: "messages_received",
        columns: MESSAGE,
        from: "FROM messages WHERE recipient_id = {account} AND hidden_at IS NULL ORDER BY created_at DESC, id DESC",
    },
    Table {
        name: "message_attachments",
        columns: &[
            ("id", Plain),
            ("message_id", Plain),
            ("name", Plain),
            ("media_type", Plain),
            ("bytes", Plain),
            ("created_at", Moment),
        ],
        from: "FROM message_attachments WHERE account_id = {account} AND stored ORDER BY created_at DESC, id DESC",
    },
    Table {
        name: "blocked_accounts",
        columns: &[("blocked_id", Plain), ("created_at", Moment)],
        from: "FROM message_blocks WHERE account_id = {account} ORDER BY created_at DESC, blocked_id",
    },
    Table {
        name: "notification_preferences",
        columns: &[
            ("language", Plain),
            ("time_zone", Plain),
            ("digest_hour", Plain),
            ("who_may_write", Plain),
            ("channels", Json),
            ("updated_at", Moment),
        ],
        from: "FROM inbox_preferences WHERE account_id = {account} ORDER BY account_id",
    },
];

/// What is taken away.
#[derive(Clone, Copy, Debug)]
pub struct Erasing;

#[async_trait]
impl Eraser for Erasing {
    async fn erase(&self, scope: Scope, tx: &mut Tx, of: &Holder, now: Timestamp) -> Result<()> {
        debug_assert!(scope.sees_everything(), "an erasure is the server's own");
        for sql in [
            "DELETE FROM notifications WHERE account_id = {account}",
            "DELETE FROM inbox_preferences WHERE account_id = {account}",
            "DELETE FROM inbox_feed WHERE account_id = {account}",
            "DELETE FROM inbox_floods WHERE account_id = {account}",
            "DELETE FROM live_tickets WHERE account_id = {account}",
            "DELETE FROM message_blocks WHERE account_id = {account} OR blocked_id = {account}",
            "UPDATE messages SET content = '', content_key = '', attachments = '[]', warnings = '[]' WHERE sender_id = {account}",
            "UPDATE conversations SET opening = NULL WHERE opened_by = {account}",
            "DELETE FROM inbox_accounts WHERE account_id = {account}",
        ] {
            of.sql(sql).run(tx).await?;
        }
        // The files themselves are swept after it.
        let sql =
            "UPDATE message_attachments SET name = 'erased', message_id = NULL, sweep_at = $2 WHERE account_id = $1";
        tx.execute(sql, args![of.account, now]).await.map(drop)
    }
}
