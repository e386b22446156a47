//! What the audience does by itself: who is active no more, scores that time changes, and imports.

use std::time::Duration;

use ::jobs::{Context, Outcome, Registry};

use crate::model::ACTIVE_FOR;
use crate::transfer::{self, Payload};
use crate::{Audience, members, store};

const REST: &str = "audience.rest";
const SCORES: &str = "audience.scores";
const SWEEP: &str = "audience.sweep_imports";

/// Members in one transaction.
const BATCH: u32 = 200;

/// The jobs of the audience.
pub(crate) fn jobs(audience: &Audience) -> Registry {
    let mut registry = Registry::new();
    registry.on_within(REST, Duration::from_hours(1), |context, _| rest(context)).every(Duration::from_hours(1), REST);
    registry
        .on_within(SCORES, Duration::from_hours(1), |context, _| scores(context))
        .every(Duration::from_mins(15), SCORES);
    let own = audience.clone();
    registry.on_within(transfer::JOB, Duration::from_hours(2), move |_: Context, payload: ::jobs::Payload| {
        let audience = own.clone();
        async move {
            let payload: Payload = payload.read()?;
            transfer::run(audience, payload).await
        }
    });
    let own = audience.clone();
    registry
        .on(SWEEP, move |_: Context, _| {
            let audience = own.clone();
            async move { Ok(transfer::sweep(&audience).await?) }
        })
        .every(Duration::from_hours(6), SWEEP);
    registry
}

/// Counts those as inactive who did nothing for thirty days.
async fn rest(context: Context) -> Outcome {
    let channels = store::counts::channels(&mut context.db.read().await?).await?;
    for (workspace, channel) in channels {
        loop {
            let since = context.clock.now().plus(-ACTIVE_FOR);
            let mut tx = context.db.write_long().await?;
            let resting = store::members::resting(workspace, &mut tx, channel, since, BATCH).await?;
            members::rest(&mut tx, &resting, since).await?;
            tx.commit().await?;
            if resting.len() < BATCH as usize {
                break;
            }
        }
    }
    Ok(())
}

/// Works out scores that a day which has passed has changed.
async fn scores(context: Context) -> Outcome {
    loop {
        let mut tx = context.db.write_long().await?;
        let due = store::members::due(&mut tx, context.clock.now(), BATCH).await?;
        for member in &due {
            members::refresh_score(&mut tx, member).await?;
        }
        tx.commit().await?;
        if due.len() < BATCH as usize {
            return Ok(());
        }
    }
}
