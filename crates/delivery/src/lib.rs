//! What leaves the house, and what is told from outside.
//!
//! **Out.** A [`Delivery`] is a row first, written by [`enqueue`] in the transaction that wants it; then a [`Courier`] hands it to its
//! [`Channel`], outside of every transaction; then what came of it is written down.
//!
//! - It is delivered at least once. Between the other side's yes and the row that says so the process can die: then the delivery is
//!   [`unanswered`](Delivery::unanswered), and the channel is asked to [reconcile](Channel::reconcile) before it is sent again. Its id
//!   is the same at every attempt: use it as the idempotency key.
//! - States have ranks and only move up: what is heard late, twice or in the wrong order changes nothing ([`hear`]).
//! - The channel's answer decides: again later (with back-off and jitter, or after what the other side asked for), never (rejected), or
//!   given up. What was given up stays, is [counted](counts) and can be [replayed](replay).
//! - Owners take turns: ten thousand deliveries of one workspace do not hold up the one of another.
//!
//! **In.** [`inbound`] remembers which events of a provider were taken in, so that each counts once.

mod channel;
mod courier;
mod desk;
mod gauges;
pub mod inbound;
mod migrations;
mod model;
mod scrub;
mod store;
#[doc(hidden)]
pub mod testing;

pub use channel::{Channel, Pace, Prepared};
pub use courier::Courier;
pub use desk::hear;
pub use gauges::Gauges;
pub use migrations::MIGRATIONS;
pub use model::{Delivery, Fate, NewDelivery, Outcome, State};
pub use store::{Counts, counts, enqueue, failed, find, replay};

use std::time::Duration;

use jobs::{Context, Outcome as JobOutcome, Registry};
use kernel::time;

/// Deletes what is old.
const FORGET: &str = "delivery.forget";
/// How long a delivery that is over is remembered; what was given up stays until somebody replays it.
const REMEMBERED: i64 = 7 * time::DAY;
/// How long the events of providers are remembered: longer than any of them repeats one.
const EVENTS_REMEMBERED: i64 = 30 * time::DAY;

/// What this crate does by itself: it forgets deliveries and events that are old.
pub fn jobs() -> Registry {
    let mut registry = Registry::new();
    registry.on(FORGET, |context: Context, _| async move { forget(&context).await });
    registry.every(Duration::from_hours(1), FORGET);
    registry
}

async fn forget(context: &Context) -> JobOutcome {
    let now = context.clock.now();
    loop {
        let mut tx = context.db.write().await?;
        let deliveries = store::purge(&mut tx, now.plus(-REMEMBERED)).await?;
        let events = inbound::purge(&mut tx, now.plus(-EVENTS_REMEMBERED)).await?;
        tx.commit().await?;
        if deliveries + events == 0 {
            return Ok(());
        }
    }
}
