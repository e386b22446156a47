//! The chat of a website.

mod live;

pub use live::Live;

use http_base::Routes;

use crate::Channels;

pub(crate) fn router() -> Routes<Channels> {
    Routes::new()
}

/// Forgets tokens that have ended, some at a time. Tells how many.
pub(crate) async fn forget(tx: &mut db::Tx, now: kernel::Timestamp) -> kernel::Result<u64> {
    let sql = "DELETE FROM widget_visitors WHERE token_hash IN \
               (SELECT token_hash FROM widget_visitors WHERE expires_at <= $1 ORDER BY expires_at LIMIT 1000)";
    tx.execute(sql, db::args![now]).await
}
