//! What members answer, and what became of messages.

use async_trait::async_trait;
use audience::Member;
use channels::gate::Reason as Gate;
use channels::messages::{Message, Status};
use channels::ports::{Follower, Heard};
use channels::withdraw;
use db::Tx;
use kernel::{Result, Timestamp, time};

use super::send::{has_fired, of_key, suppress};
use crate::Proactive;
use crate::model::{Firing, Reason, State};
use crate::store::days::{self, Move};
use crate::store::{firings, rules};

/// Follows channels for proactive rules.
#[derive(Clone)]
pub struct Follows(pub Proactive);

#[async_trait]
impl Follower for Follows {
    async fn listens(&self, tx: &mut Tx, member: &Member) -> Result<bool> {
        firings::is_awaited(tx, member.id, self.0.app().clock().now()).await
    }

    async fn heard(&self, tx: &mut Tx, heard: &Heard) -> Result<bool> {
        let now = self.0.app().clock().now();
        let at = heard.message.created_at;
        // The latest that was carried out before the member wrote is credited, and no other.
        let mut credited = false;
        for firing in firings::awaited(tx, heard.member.id, now).await? {
            match (firing.state, firing.fired_at) {
                (State::Queued, _) => {
                    suppress(tx, &firing, Reason::Replied, now).await?;
                }
                (State::Sending, _) => self.hold_back(tx, &firing, now).await?,
                // Providers tell a member's moment in whole seconds.
                (State::Fired | State::HeldOut, Some(fired_at)) if at.plus(time::SECOND) > fired_at => {
                    let is_first = firing.state == State::Fired && !credited;
                    credited |= is_first;
                    answered(tx, &firing, fired_at, at, is_first).await?;
                }
                _ => {}
            }
        }
        // Whoever answers members answers this as well.
        Ok(false)
    }

    async fn became(&self, tx: &mut Tx, message: &Message, status: Status) -> Result<()> {
        let Some(id) = message.client_id.as_deref().and_then(of_key) else { return Ok(()) };
        let Some(firing) = firings::by_id(tx, id).await? else { return Ok(()) };
        let now = self.0.app().clock().now();
        match (status, firing.state) {
            (Status::Withheld, State::Queued | State::Sending) => {
                suppress(tx, &firing, why(message), now).await.map(drop)
            }
            (Status::Failed, State::Queued | State::Sending | State::Fired) => {
                if firings::failed(tx, &firing).await?
                    && let Some(fired_at) = firing.fired_at
                {
                    // It was counted, and did not arrive.
                    days::shift(tx, &firing, fired_at, Move { triggers: -1, ..Move::default() }).await?;
                }
                Ok(())
            }
            (Status::Withheld | Status::Failed, _) => Ok(()),
            (_, State::Queued | State::Sending) => match rules::by_id(tx, firing.rule_id).await? {
                Some(rule) => has_fired(tx, &rule, &firing, Some(message.id), now).await,
                None => Ok(()),
            },
            _ => Ok(()),
        }
    }
}

impl Follows {
    /// Has a message not go out that waits still: the member wrote.
    async fn hold_back(&self, tx: &mut Tx, firing: &Firing, now: Timestamp) -> Result<()> {
        let Some(message) = firing.message_id else { return Ok(()) };
        // First, because the withdrawal is told to this follower as well.
        if !firings::suppress(tx, firing, Reason::Replied).await? {
            return Ok(());
        }
        if withdraw(self.0.channels(), tx, firing.workspace_id, message, "The member wrote").await? {
            return days::suppressed(tx, firing, Reason::Replied, now).await;
        }
        firings::back_under_way(tx, firing).await
    }
}

/// The member wrote in time.
async fn answered(tx: &mut Tx, firing: &Firing, fired_at: Timestamp, at: Timestamp, credited: bool) -> Result<()> {
    let state = if credited { State::Succeeded } else { firing.state };
    if !firings::answered(tx, firing, state, at).await? {
        return Ok(());
    }
    let by = match (firing.state, credited) {
        (State::HeldOut, _) => Move { held_out_answered: 1, ..Move::default() },
        (_, false) => Move { answered: 1, ..Move::default() },
        (_, true) => Move {
            answered: 1,
            successes: 1,
            response_micros: (at.micros() - fired_at.micros()).max(0),
            ..Move::default()
        },
    };
    days::shift(tx, firing, fired_at, by).await
}

/// Why the channel withheld a message.
fn why(message: &Message) -> Reason {
    match message.error.as_deref() {
        Some(said) if said == Gate::OptedOut.sentence() => Reason::OptedOut,
        Some(said) if said == Gate::Unreachable.sentence() => Reason::Unreachable,
        Some(said) if said == Gate::HandedOver.sentence() => Reason::Escalated,
        _ => Reason::Withheld,
    }
}
