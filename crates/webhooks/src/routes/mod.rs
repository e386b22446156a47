//! The routes of webhooks. A caller's subscriptions are those of their hub: the workspace of a business, or a creator's own.

mod catalogue;
mod deliveries;
mod replays;
mod shapes;
mod states;
mod subscriptions;

use db::Tx;
use http_base::Routes;
use kernel::{Error, Result, WorkspaceId};

use crate::model::{Subscription, SubscriptionId};
use crate::{Webhooks, store};

pub(crate) fn router() -> Routes<Webhooks> {
    Routes::new()
        .merge(catalogue::router())
        .merge(subscriptions::router())
        .merge(states::router())
        .merge(deliveries::router())
        .merge(replays::router())
}

/// What is said of a webhook that is not there, or somebody else's.
fn no_webhook() -> Error {
    Error::not_found("Webhook")
}

/// Somebody else changed it between the reading and the writing.
const CHANGED: &str = "The webhook was changed at the same moment; look at it again, and repeat your request";

/// The webhook of this name.
async fn find(tx: &mut Tx, hub: WorkspaceId, name: &str) -> Result<Subscription> {
    let id: SubscriptionId = name.parse().map_err(|_| no_webhook())?;
    store::subscriptions::find(hub, tx, id).await?.ok_or_else(no_webhook)
}
