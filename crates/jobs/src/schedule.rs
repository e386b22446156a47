//! Jobs that come by the clock.

use std::time::Duration;

use db::{Db, args};
use kernel::{Clock, Result, Timestamp};

use crate::{NewJob, Registry, enqueue};

/// Writes down the schedules of this program; one that has been changed takes effect at once.
pub(crate) async fn store(db: &Db, clock: &Clock, registry: &Registry) -> Result<()> {
    if registry.schedules.is_empty() {
        return Ok(());
    }
    let mut tx = db.write().await?;
    for (kind, every) in &registry.schedules {
        tx.execute(
            "INSERT INTO schedules (kind, every, next_at) VALUES ($1, $2, $3) \
             ON CONFLICT (kind) DO UPDATE SET every = excluded.every, next_at = excluded.next_at \
             WHERE schedules.every <> excluded.every",
            args![*kind, micros(*every), clock.now()],
        )
        .await?;
    }
    tx.commit().await
}

/// Enqueues what the clock asks for.
pub(crate) async fn enqueue_due(db: &Db, clock: &Clock, registry: &Registry) -> Result<()> {
    if registry.schedules.is_empty() {
        return Ok(());
    }
    let now = clock.now();
    let due: Vec<(String, i64, Timestamp)> = db
        .read()
        .await?
        .fetch_all("SELECT kind, every, next_at FROM schedules WHERE next_at <= $1", args![now])
        .await?;
    for (kind, every, next_at) in due {
        // A schedule of another program, or of an older one, is not ours to run.
        let Some((&kind, _)) = registry.schedules.get_key_value(kind.as_str()) else { continue };
        let mut tx = db.write().await?;
        // What was missed while no process ran is made up for once: the next moment is in the future.
        let missed = (now.micros() - next_at.micros()) / every.max(1);
        let following = next_at.plus(every.max(1).saturating_mul(missed + 1));
        let ours = tx
            .execute(
                "UPDATE schedules SET next_at = $3 WHERE kind = $1 AND next_at = $2",
                args![kind, next_at, following],
            )
            .await?;
        if ours == 1 {
            enqueue(&mut tx, clock, NewJob::new(kind, &())?.dedupe("schedule")).await?;
        }
        tx.commit().await?;
    }
    Ok(())
}

fn micros(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}
