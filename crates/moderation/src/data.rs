//! What moderation keeps about people, as it is told to them and taken away.
//!
//! Somebody is told what they reported, and what was decided about what is theirs; who reported it is not told. When an account is erased, the
//! words of its reports go; that a thing was reported, and what was done, stays by ids.

use async_trait::async_trait;
use db::Tx;
use http_base::data::As::{Moment, Plain};
use http_base::data::{Data, Eraser, Holder, Table};
use kernel::{Result, Scope, Timestamp};

/// What every export tells, and every erasure takes away.
pub(crate) fn kept() -> Data {
    Data::told(SECTIONS.iter().copied()).erased_by(Erasing)
}

/// What is told.
pub const SECTIONS: &[Table] = &[
    Table {
        name: "reports_by_you",
        columns: &[
            ("id", Plain),
            ("subject", Plain),
            ("subject_id", Plain),
            ("reason", Plain),
            ("details", Plain),
            ("status", Plain),
            ("created_at", Moment),
        ],
        from: "FROM moderation_reports WHERE reporter_id = {account} ORDER BY created_at DESC, id DESC",
    },
    Table {
        name: "moderation_of_you",
        columns: &[
            ("id", Plain),
            ("subject", Plain),
            ("subject_id", Plain),
            ("action", Plain),
            ("decision", Plain),
            ("decided_at", Moment),
            ("restored_at", Moment),
        ],
        from: "FROM moderation_reports WHERE owner_id = {account} AND decided_at IS NOT NULL ORDER BY decided_at DESC, id DESC",
    },
];

struct Erasing;

#[async_trait]
impl Eraser for Erasing {
    async fn erase(&self, _: Scope, tx: &mut Tx, of: &Holder, _: Timestamp) -> Result<()> {
        of.sql("UPDATE moderation_reports SET details = NULL WHERE reporter_id = {account}").run(tx).await?;
        of.sql("DELETE FROM moderation_reporters WHERE account_id = {account}").run(tx).await?;
        Ok(())
    }
}
