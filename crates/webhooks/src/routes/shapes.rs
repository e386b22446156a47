//! What is answered.

use http_base::Pagination;
use kernel::Timestamp;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::model::{Attempt, DeliveryId, DeliveryStatus, Log, Status, Subscription, SubscriptionId};

/// What of a body the log shows, in bytes.
const SHOWN: usize = 2 << 10;

/// A webhook: where what happens is told.
#[derive(Serialize, ToSchema)]
#[schema(as = Webhook)]
pub(super) struct WebhookBody {
    /// Its id.
    id: SubscriptionId,
    /// Where to.
    #[schema(example = "https://example.com/hooks")]
    url: String,
    /// Which events; `*` stands for all.
    #[schema(example = json!(["user.created"]))]
    events: Vec<String>,
    /// What it is for.
    description: Option<String>,
    /// Does it get ids only?
    thin: bool,
    /// Is it told of anything?
    status: Status,
    /// Why it is not.
    reason: Option<String>,
    /// Since when nothing but failures came of it; null while it works.
    failing_since: Option<Timestamp>,
    /// When something arrived last.
    last_delivered_at: Option<Timestamp>,
    /// Until when the secret before signs as well; null if there was no rotation in the last day.
    old_secret_until: Option<Timestamp>,
    /// When it was made.
    created_at: Timestamp,
    /// When it was changed last.
    updated_at: Timestamp,
}

impl WebhookBody {
    pub(super) fn of(of: Subscription, now: Timestamp) -> Self {
        let old_secret_until = of.secrets.0.overlaps_until(now);
        Self {
            id: of.id,
            url: of.url,
            events: of.events.0,
            description: of.description,
            thin: of.thin,
            status: of.status,
            reason: of.reason,
            failing_since: of.failing_since,
            last_delivered_at: of.delivered_at,
            old_secret_until,
            created_at: of.created_at,
            updated_at: of.updated_at,
        }
    }
}

/// A webhook, with the secret that was generated for it: it is told this once.
#[derive(Serialize, ToSchema)]
pub(super) struct WebhookWithSecret {
    /// The webhook.
    #[serde(flatten)]
    pub(super) webhook: WebhookBody,
    /// The secret, if it was generated; one that was sent is never told.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")]
    pub(super) secret: Option<String>,
}

/// A page of webhooks.
#[derive(Serialize, ToSchema)]
pub(super) struct WebhookList {
    /// The webhooks of this page, the oldest first.
    pub(super) webhooks: Vec<WebhookBody>,
    /// Where it stands.
    pub(super) pagination: Pagination,
}

/// What was sent to a webhook, or will be.
#[derive(Serialize, ToSchema)]
#[schema(as = WebhookDelivery)]
pub(super) struct DeliveryBody {
    /// Its id, and its `webhook-id` at every attempt.
    id: DeliveryId,
    /// The webhook.
    webhook_id: SubscriptionId,
    /// The event.
    #[schema(example = "user.created")]
    event: String,
    /// The event's id in the log: the same for every webhook that is told of it.
    event_id: Uuid,
    /// How it stands.
    status: DeliveryStatus,
    /// How often it was tried.
    attempts: u64,
    /// The status of the last answer.
    response_status: Option<u64>,
    /// Why it has not arrived, and what to do about it.
    error: Option<String>,
    /// When it happened.
    happened_at: Timestamp,
    /// When it is tried next.
    next_attempt_at: Option<Timestamp>,
    /// When the delivery was written down.
    created_at: Timestamp,
    /// When it was over.
    finished_at: Option<Timestamp>,
}

impl DeliveryBody {
    pub(super) fn of(log: &Log) -> Self {
        Self {
            id: log.id,
            webhook_id: log.subscription_id,
            event: log.event.clone(),
            event_id: log.event_id,
            status: log.status,
            attempts: log.attempts,
            response_status: log.http_status,
            error: log.error.clone(),
            happened_at: log.happened_at,
            next_attempt_at: log.next_at,
            created_at: log.created_at,
            finished_at: log.settled_at,
        }
    }
}

/// A page of deliveries.
#[derive(Serialize, ToSchema)]
pub(super) struct WebhookDeliveryList {
    /// The deliveries of this page, the newest first.
    pub(super) deliveries: Vec<DeliveryBody>,
    /// Where it stands.
    pub(super) pagination: Pagination,
}

/// One attempt.
#[derive(Serialize, ToSchema)]
pub(super) struct WebhookAttempt {
    /// Its number, from 1.
    number: u64,
    /// When it began.
    at: Timestamp,
    /// How long it took, in milliseconds.
    took_ms: u64,
    /// The status of the answer; null if there was none.
    response_status: Option<u64>,
    /// The first 2 KB of the answer; null for those who may only read.
    response_body: Option<String>,
    /// Why there was no answer, in a word.
    #[schema(example = "timeout")]
    fault: Option<String>,
    /// What went wrong, and what to do about it.
    error: Option<String>,
}

/// A delivery, with what was sent and every attempt.
#[derive(Serialize, ToSchema)]
pub(super) struct WebhookDeliveryDetails {
    /// The delivery.
    #[serde(flatten)]
    delivery: DeliveryBody,
    /// The body that is sent, where it is no larger than 2 KB.
    request: Option<Value>,
    /// Its first 2 KB, to the byte.
    request_body: String,
    /// How large it is, in bytes.
    request_bytes: u64,
    /// The attempts, the newest first; a hundred at most.
    attempt_log: Vec<WebhookAttempt>,
}

impl WebhookDeliveryDetails {
    pub(super) fn of(log: &Log, attempts: Vec<Attempt>, may_see_answers: bool) -> Self {
        let attempt_log = attempts.into_iter().map(|attempt| WebhookAttempt {
            number: attempt.number,
            at: attempt.at,
            took_ms: attempt.took_ms,
            response_status: attempt.http_status,
            response_body: attempt.answer.filter(|_| may_see_answers),
            fault: attempt.fault,
            error: attempt.error,
        });
        let end = log.body.floor_char_boundary(SHOWN);
        Self {
            delivery: DeliveryBody::of(log),
            request: (log.body.len() <= SHOWN).then(|| serde_json::from_str(&log.body).unwrap_or_default()),
            request_body: log.body[..end].to_owned(),
            request_bytes: log.body.len() as u64,
            attempt_log: attempt_log.collect(),
        }
    }
}
