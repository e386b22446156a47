//! What the hub keeps about people: who asked for an export, and whom its mail went to.

use async_trait::async_trait;
use db::Tx;
use http_base::data::As::{Json, Moment, Plain};
use http_base::data::{Data, Eraser, Holder, Table};
use kernel::{Result, Scope, Timestamp};

use crate::exports::store;

/// What every export of an account tells, and every erasure takes away.
pub(crate) fn kept() -> Data {
    Data::told([EXPORTS]).erased_by(Erasing)
}

const EXPORTS: Table = Table {
    name: "analytics_exports",
    columns: &[
        ("id", Plain),
        ("workspace_id", Plain),
        ("metrics", Json),
        ("first_day", Plain),
        ("last_day", Plain),
        ("format", Plain),
        ("email", Plain),
        ("status", Plain),
        ("created_at", Moment),
        ("completed_at", Moment),
    ],
    from: "FROM hub_exports WHERE account_id = {account} ORDER BY created_at DESC, id DESC",
};

/// The exports that they asked for, with their files.
struct Erasing;

#[async_trait]
impl Eraser for Erasing {
    async fn erase(&self, scope: Scope, tx: &mut Tx, of: &Holder, _: Timestamp) -> Result<()> {
        debug_assert!(scope.sees_everything(), "an erasure is the server's own");
        store::erase(tx, of.account).await
    }
}
