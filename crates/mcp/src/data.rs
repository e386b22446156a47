//! What the door keeps about people: which acts they were shown, for a day.

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
pub const SECTIONS: &[Table] = &[Table {
    name: "mcp_confirmations",
    columns: &[("id", Plain), ("created_at", Moment), ("expires_at", Moment), ("used_at", Moment)],
    from: "FROM mcp_confirmations WHERE account_id = {account} ORDER BY created_at, id",
}];

struct Erasing;

#[async_trait]
impl Eraser for Erasing {
    async fn erase(&self, _: Scope, tx: &mut Tx, of: &Holder, _: Timestamp) -> Result<()> {
        of.sql("DELETE FROM mcp_confirmations WHERE account_id = {account}").run(tx).await?;
        Ok(())
    }
}
