//! What webhooks do by themselves: they carry, and forget what is old.

use std::time::Duration;

use ::jobs::{Context, Outcome, Payload, Registry};
use delivery::Courier;
use kernel::{Result, time};

use crate::carrier::Carrier;
use crate::model::SubscriptionId;
use crate::{Webhooks, store};

/// Forgets what is old, and seals secrets again whose key was replaced.
const TIDY: &str = "webhooks.forget";
/// Takes the log of a deleted subscription away: its payload is the id.
pub(crate) const DROP_LOG: &str = "webhooks.drop_log";
/// How long the log is kept.
const KEPT: i64 = 30 * time::DAY;
/// So much is forgotten in one transaction.
const BITE: u32 = 500;
/// So many subscriptions are read at once.
const PAGE: u32 = 100;

/// The jobs of webhooks.
pub fn jobs(webhooks: &Webhooks) -> Registry {
    let mut registry = Registry::new();
    registry.service(Courier::new(Carrier::new(webhooks.clone())));
    let own = webhooks.clone();
    registry.on(TIDY, move |context, _| tidy(own.clone(), context)).every(Duration::from_hours(1), TIDY);
    registry.on(DROP_LOG, drop_log);
    registry
}

async fn tidy(webhooks: Webhooks, context: Context) -> Outcome {
    forget(&context).await?;
    Ok(renew_secrets(&webhooks).await?)
}

/// Seals again what an old key sealed, so that the old key may be removed from the settings.
async fn renew_secrets(webhooks: &Webhooks) -> Result<()> {
    let (keys, now) = (webhooks.keys(), webhooks.app().clock().now());
    let mut behind = None;
    while !keys.is_empty() {
        let page = store::subscriptions::after(&mut webhooks.app().read().await?, behind, PAGE).await?;
        let Some(last) = page.last() else { break };
        behind = Some(last.id);
        for mut webhook in page {
            match webhook.renew(keys, now) {
                Ok(true) => {
                    let mut tx = webhooks.app().write().await?;
                    // Whoever changed it meanwhile is looked at again the next time.
                    store::subscriptions::reseal(&mut tx, &webhook).await?;
                    tx.commit().await?;
                }
                Ok(false) => {}
                Err(error) => {
                    tracing::error!(%error, webhook = %webhook.id, "a webhook's secret cannot be sealed anew");
                }
            }
        }
    }
    Ok(())
}

async fn forget(context: &Context) -> Result<()> {
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
