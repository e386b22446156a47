//! What happens to webhooks.

use events::{Kind, event};
use kernel::WorkspaceId;

use crate::model::SubscriptionId;

/// Everything that happens here.
pub const EVENTS: &[Kind] = &[Kind::of::<WebhookDisabled>()];

/// A webhook was disabled, because it failed for five days or answered that it is gone. Its log says more.
#[event("webhook.disabled", subject = webhook_id)]
pub struct WebhookDisabled {
    /// Whose it is.
    pub workspace_id: WorkspaceId,
    /// The webhook.
    pub webhook_id: SubscriptionId,
    /// `failing` for five days, or `gone` (410).
    #[schema(example = "failing")]
    pub reason: String,
}
