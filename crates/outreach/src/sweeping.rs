//! What belongs to nothing is taken away: files, however they came to be so, and mails that nobody has given to an entry for long.

use std::time::Duration;

use jobs::{Outcome, Registry};
use kernel::{Result, Scope};

use crate::Outreach;
use crate::store::{unmatched, uploads};

const SWEEP: &str = "outreach.sweep_uploads";
const FORGET: &str = "outreach.forget_unmatched";

/// Has it done every hour.
pub(crate) fn register(registry: &mut Registry, outreach: &Outreach) {
    let own = outreach.clone();
    registry.on(SWEEP, move |_, _| sweep(own.clone()));
    registry.every(Duration::from_hours(1), SWEEP);
    let own = outreach.clone();
    registry.on(FORGET, move |_, _| forget(own.clone()));
    registry.every(Duration::from_hours(1), FORGET);
}

/// Deletes mail that came in long ago and belongs to no mail of ours.
async fn forget(outreach: Outreach) -> Outcome {
    let app = outreach.app();
    let keep = i64::try_from(outreach.settings().unmatched_keep.as_micros()).unwrap_or(i64::MAX);
    let before = app.clock().now().plus(-keep);
    loop {
        let mut tx = app.write().await?;
        let forgotten = unmatched::forget(Scope::system(), &mut tx, before).await?;
        tx.commit().await?;
        if forgotten == 0 {
            return Ok(());
        }
    }
}

/// Takes a file away that nothing refers to. What belongs to something after all stays; what cannot be taken away now is swept later.
pub(crate) async fn discard(outreach: &Outreach, name: &str) {
    if let Err(error) = take_away(outreach, name).await {
        tracing::warn!(%error, "a file that belongs to nothing is left for later");
    }
}

async fn take_away(outreach: &Outreach, name: &str) -> Result<()> {
    let (app, scope) = (outreach.app(), Scope::system());
    let mut tx = app.write().await?;
    let is_nobodys = uploads::give_up(scope, &mut tx, name, app.clock().now()).await?;
    tx.commit().await?;
    if !is_nobodys {
        return Ok(());
    }
    // From here on nobody can claim it.
    outreach.files().delete(name).await?;
    let mut tx = app.write().await?;
    uploads::forget(scope, &mut tx, name).await?;
    tx.commit().await
}

async fn sweep(outreach: Outreach) -> Outcome {
    let (app, scope) = (outreach.app(), Scope::system());
    loop {
        let due = uploads::due(scope, &mut app.read().await?, app.clock().now()).await?;
        if due.is_empty() {
            return Ok(());
        }
        for name in due {
            if let Err(error) = take_away(&outreach, &name).await {
                tracing::warn!(%error, "a file that belongs to nothing could not be taken away");
                let mut tx = app.write().await?;
                uploads::later(scope, &mut tx, &name, app.clock().now()).await?;
                tx.commit().await?;
            }
        }
    }
}
