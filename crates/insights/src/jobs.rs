//! What figures do by themselves.

use std::time::Duration;

use ::jobs::{Context, Outcome, Registry};
use kernel::{Day, Scope};

use crate::{Insights, links};

/// Visitors are known again on their day alone; by the next one, clicks of the last seconds have been counted too.
const DAYS_KEPT: i64 = 2;

/// The jobs of this crate: visitors of tracked links are forgotten.
pub fn jobs(_insights: &Insights) -> Registry {
    let mut registry = Registry::new();
    registry
        .on("insights.forget", |context: Context, _| forget(context))
        .every(Duration::from_hours(1), "insights.forget");
    registry
}

async fn forget(context: Context) -> Outcome {
    let before = Day::of(context.clock.now()).plus(-DAYS_KEPT);
    loop {
        let mut tx = context.db.write().await?;
        let gone = links::forget(Scope::system(), &mut tx, before).await?;
        tx.commit().await?;
        if gone == 0 {
            return Ok(());
        }
    }
}
