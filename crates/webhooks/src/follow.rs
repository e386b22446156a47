//! From the event log to deliveries.

use async_trait::async_trait;
use db::{EventRow, Tx};
use delivery::NewDelivery;
use events::{Handler, Subscribers, Subscription as Following};
use kernel::{Result, Timestamp};
use uuid::Uuid;

use crate::hosts;
use crate::model::{DeliveryId, DeliveryStatus, Log, Subscription, schedule};
use crate::{Webhooks, compose, store};

/// Which deliveries of the courier are ours.
pub(crate) const KIND: &str = "webhook";

/// Who follows the log here.
pub(crate) fn subscribers(webhooks: &Webhooks) -> Subscribers {
    let kinds = webhooks.catalogue().entries().iter().map(|entry| entry.name);
    let mut all = Subscribers::new();
    all.add(Following::new("webhooks", Follow(webhooks.clone())).to(kinds));
    all
}

struct Follow(Webhooks);

#[async_trait]
impl Handler for Follow {
    async fn handle(&self, tx: &mut Tx, event: &EventRow) -> Result<()> {
        let Some(entry) = self.0.catalogue().find(&event.kind) else { return Ok(()) };
        let payload = compose::payload(event)?;
        let mut hubs: Vec<_> = event.workspace.filter(|_| entry.to_owner).into_iter().collect();
        if entry.to_other {
            hubs.extend(self.0.sides().others(tx, event, &payload).await?);
        }
        hubs.sort_unstable();
        hubs.dedup();
        if hubs.is_empty() {
            return Ok(());
        }
        for to in store::subscriptions::listening(&hubs, tx).await? {
            // What happened before it was made is none of its business.
            if !to.wants(&event.kind) || event.created_at < to.created_at {
                continue;
            }
            let said = compose::compose(&self.0, tx, &to, event, &payload).await?;
            let what = What { event_id: event.id.uuid(), event: &event.kind, at: event.created_at };
            write(&self.0, tx, &to, what, said).await?;
        }
        Ok(())
    }
}

/// What is told.
pub(crate) struct What<'a> {
    /// The event of the log; a test has one of its own.
    pub(crate) event_id: Uuid,
    /// Which event.
    pub(crate) event: &'a str,
    /// When it happened.
    pub(crate) at: Timestamp,
}

/// Writes a delivery down and has it sent; an event that this subscription was told of already changes nothing.
pub(crate) async fn write(
    webhooks: &Webhooks,
    tx: &mut Tx,
    to: &Subscription,
    what: What<'_>,
    said: compose::Composed,
) -> Result<Log> {
    let clock = webhooks.app().clock();
    let now = clock.now();
    let log = Log {
        id: clock.new_id(),
        subscription_id: to.id,
        workspace_id: to.workspace_id,
        event_id: what.event_id,
        event: what.event.to_owned(),
        body: said.body,
        member_id: said.member_id,
        status: DeliveryStatus::Pending,
        attempts: 0,
        rounds: 1,
        http_status: None,
        error: None,
        happened_at: what.at,
        created_at: now,
        next_at: Some(now),
        settled_at: None,
    };
    if tx.insert_new(&log).await? {
        send(webhooks, tx, to, log.id, 1).await?;
    }
    Ok(log)
}

/// Has a delivery sent, for the first time or once more.
pub(crate) async fn send(
    webhooks: &Webhooks,
    tx: &mut Tx,
    to: &Subscription,
    id: DeliveryId,
    round: u64,
) -> Result<()> {
    let new = NewDelivery {
        // Who takes turns is who is asked, so that a host that does not answer keeps no other waiting.
        workspace: Some(hosts::turn_of(to)),
        key: format!("{id}:{round}"),
        // One more than the schedule has, which ends by itself: what was given up there is in the log, and not an error of ours.
        max_attempts: schedule::ATTEMPTS + 1,
        ..NewDelivery::new(KIND, id.uuid())
    };
    delivery::enqueue(tx, webhooks.app().clock(), new).await.map(drop)
}
