//! What webhooks do by themselves: they carry, and forget what is old.

use std::time::Duration;

use ::jobs::{Context, Outcome, Payload, Registry};
use delivery::Courier;
use kernel::time;

use crate::carrier::Carrier;
use crate::model::SubscriptionId;
use crate::{Webhooks, store};

const FORGET: &str = "webhooks.forget";
/// Takes the log of a deleted subscription away: its payload is the id.
pub(crate) const DROP_LOG: &str = "webhooks.drop_log";
/// How long the log is kept.
const KEPT: i64 = 30 * time::DAY;
/// So much is forgotten in one transaction.
const BITE: u32 = 500;

/// The jobs of webhooks.
pub fn jobs(webhooks: &Webhooks) -> Registry {
    let mut registry = Registry::new();
    registry.service(Courier::new(Carrier::new(webhooks.clone())));
    registry.on(FORGET, |context, _| forget(context)).every(Duration::from_hours(1), FORGET);
    registry.on(DROP_LOG, drop_log);
    registry
}

async fn forget(context: Context) -> Outcome {
    let before = context.clock.now().plus(-KEPT);
    loop {
        let mut tx = context.db.write().await?;
        let gone = store::deliveries::purge(&mut tx, before, BITE).await?;
        tx.commit().await?;
        if gone < BITE as usize {
            return Ok(());
        }
    }
}

async fn drop_log(context: Context, payload: Payload) -> Outcome {
    let subscription: SubscriptionId = payload.read()?;
    loop {
        let mut tx = context.db.write().await?;
        let gone = store::deliveries::purge_of(&mut tx, subscription, BITE).await?;
        tx.commit().await?;
        if gone < BITE as usize {
            return Ok(());
        }
    }
}
