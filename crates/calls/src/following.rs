//! What calls follow of others: who wants no more calls, and said so in a conversation that somebody else led.

use async_trait::async_trait;
use db::{EventRow, Tx};
use events::{Event as _, Handler, Subscribers, Subscription, read};
use kernel::{Clock, Result, Scope};
use outreach::events::OutreachCallsRefused;

use crate::{Calls, moves, store};

struct Refused(Clock);

#[async_trait]
impl Handler for Refused {
    /// Every number at which the workspace may call them is called by nobody any more.
    async fn handle(&self, tx: &mut Tx, event: &EventRow) -> Result<()> {
        let OutreachCallsRefused(whose) = read(event)?;
        let (workspace, creator) = (whose.workspace_id, whose.creator_id);
        for number in store::numbers_of(Scope::system(), tx, workspace, creator).await? {
            moves::stop_calling(tx, &self.0, &number).await?;
        }
        Ok(())
    }
}

/// Those who follow events here.
pub(crate) fn subscribers(calls: &Calls) -> Subscribers {
    let refused = Refused(calls.app().clock().clone());
    let mut subscribers = Subscribers::new();
    subscribers.add(Subscription::new("calls.refused", refused).to([OutreachCallsRefused::NAME]));
    subscribers
}
