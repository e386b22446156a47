//! Subscriptions, deliveries, and the rules of both.

mod delivery;
pub mod schedule;
pub mod secret;
mod subscription;

pub use delivery::{Attempt, DeliveryId, Log, Status as DeliveryStatus};
pub(crate) use subscription::seal;
pub use subscription::{ALL_EVENTS, MOST, Status, Subscription, SubscriptionId};
