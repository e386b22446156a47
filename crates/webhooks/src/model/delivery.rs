//! What is sent to a subscription, and how often it was tried.

use kernel::{Id, Timestamp, WorkspaceId};
use uuid::Uuid;

use super::SubscriptionId;

#[doc(hidden)]
#[derive(Debug)]
pub enum DeliveryMarker {}
/// A delivery: its `webhook-id`, the same at every attempt.
pub type DeliveryId = Id<DeliveryMarker>;

/// How a delivery stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug, kernel::Words)]
#[words(name = "WebhookDeliveryStatus")]
pub enum Status {
    /// It waits for its first or its next attempt.
    Pending,
    /// It arrived: the other side answered 2xx.
    Delivered,
    /// It was given up; it can be replayed.
    Failed,
    /// It was not sent, because the webhook was paused, disabled or deleted meanwhile; it can be replayed.
    Withheld,
}

/// A delivery, as it is stored.
#[derive(Clone, Debug, db::Row)]
#[row(table = "webhook_deliveries")]
pub struct Log {
    /// Its id.
    pub id: DeliveryId,
    /// To whom.
    pub subscription_id: SubscriptionId,
    /// Whose.
    pub workspace_id: WorkspaceId,
    /// The event of the log; a test has one of its own.
    pub event_id: Uuid,
    /// Which event.
    pub event: String,
    /// What is sent, to the byte.
    pub body: String,
    /// The member whom it tells of.
    pub member_id: Option<Uuid>,
    /// How it stands.
    pub status: Status,
    /// How often it was tried, over all rounds.
    pub attempts: u64,
    /// How often it was begun, replays included.
    pub rounds: u64,
    /// The status of the last answer.
    pub http_status: Option<u64>,
    /// Why it has not arrived.
    pub error: Option<String>,
    /// When it happened.
    pub happened_at: Timestamp,
    /// When the delivery was written down.
    pub created_at: Timestamp,
    /// When it is tried next.
    pub next_at: Option<Timestamp>,
    /// When it was over.
    pub settled_at: Option<Timestamp>,
}

/// An attempt, as it is stored.
#[derive(Clone, Debug, db::Row)]
#[row(table = "webhook_attempts")]
pub struct Attempt {
    /// Of which delivery.
    pub delivery_id: DeliveryId,
    /// Its number, from 1.
    pub number: u64,
    /// When it began.
    pub at: Timestamp,
    /// How long it took, in milliseconds.
    pub took_ms: u64,
    /// The status of the answer.
    pub http_status: Option<u64>,
    /// Why there was none, in a word.
    pub fault: Option<String>,
    /// What went wrong, and what to do about it.
    pub error: Option<String>,
    /// The first 2 KB of the answer.
    pub answer: Option<String>,
}
