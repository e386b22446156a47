//! What is over is forgotten, in bites, so that the one writer of SQLite is never held for long.

use db::{Tx, args};
use kernel::{Result, Scope, Timestamp};

/// How many rows of a table go at once.
const BITE: u32 = 1000;

/// Forgets some of what was over before these moments: tokens, log-ins (`sessions_before`), and networks that were not seen
/// since `addresses_before`. Tells how many rows went; 0 when nothing is left.
pub async fn purge(
    scope: Scope,
    tx: &mut Tx,
    sessions_before: Timestamp,
    tokens_before: Timestamp,
    addresses_before: Timestamp,
) -> Result<u64> {
    debug_assert!(scope.sees_everything());
    let mut gone = 0;
    for (sql, before) in [
        (
            "DELETE FROM refresh_tokens WHERE hash IN \
             (SELECT hash FROM refresh_tokens WHERE expires_at < $1 ORDER BY expires_at LIMIT $2)",
            tokens_before,
        ),
        (
            "DELETE FROM mail_tokens WHERE hash IN \
             (SELECT hash FROM mail_tokens WHERE expires_at < $1 ORDER BY expires_at LIMIT $2)",
            tokens_before,
        ),
        (
            "DELETE FROM sessions WHERE id IN (SELECT id FROM sessions WHERE expires_at < $1 AND NOT EXISTS \
             (SELECT 1 FROM refresh_tokens WHERE session_id = sessions.id) ORDER BY expires_at LIMIT $2)",
            sessions_before,
        ),
        (
            "DELETE FROM known_addresses WHERE (account_id, network) IN \
             (SELECT account_id, network FROM known_addresses WHERE seen_at < $1 ORDER BY seen_at LIMIT $2)",
            addresses_before,
        ),
    ] {
        gone += tx.execute(sql, args![before, BITE]).await?;
    }
    Ok(gone)
}
