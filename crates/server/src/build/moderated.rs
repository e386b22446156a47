//! What can be reported, of those who keep it: messages, offers and ratings; profiles are moderation's own.

use std::sync::Arc;

use async_trait::async_trait;
use db::Tx;
use inbox::messages::{self, MessageId};
use kernel::{Account, AccountId, Caller, CollaborationId, OfferId, Result, Scope, Timestamp};
use marketplace::store::offers;
use moderation::{Moderated, Profiles, Seen, Subject};
use uuid::Uuid;

/// Every kind of things that can be reported.
pub(super) fn kinds() -> Vec<Arc<dyn Moderated>> {
    vec![Arc::new(Profiles), Arc::new(Messages), Arc::new(Offers), Arc::new(Ratings)]
}

/// Messages: the two of a conversation see them.
struct Messages;

#[async_trait]
impl Moderated for Messages {
    fn subject(&self) -> Subject {
        Subject::Message
    }

    async fn seen(&self, tx: &mut Tx, by: &Account, id: Uuid) -> Result<Option<Seen>> {
        let owner = messages::seen(tx, by.id, MessageId::from_uuid(id)).await?;
        Ok(owner.map(|owner| Seen { owner }))
    }

    async fn hide(&self, tx: &mut Tx, id: Uuid, _: AccountId, now: Timestamp) -> Result<bool> {
        messages::hide(tx, MessageId::from_uuid(id), now).await
    }

    async fn restore(&self, tx: &mut Tx, id: Uuid, _: AccountId, _: Timestamp) -> Result<bool> {
        messages::restore(tx, MessageId::from_uuid(id)).await
    }
}

/// Offers: whoever sees one may report it, but for the workspace that it belongs to.
struct Offers;

#[async_trait]
impl Moderated for Offers {
    fn subject(&self) -> Subject {
        Subject::Offer
    }

    async fn seen(&self, tx: &mut Tx, by: &Account, id: Uuid) -> Result<Option<Seen>> {
        let offer = offers::seen(Some(by.id), tx, OfferId::from_uuid(id)).await?;
        // To those who work for its business it is their own, whoever of them made it.
        Ok(offer.map(|offer| Seen {
            owner: if by.workspace == Some(offer.workspace_id) { by.id } else { offer.business_id },
        }))
    }

    async fn hide(&self, tx: &mut Tx, id: Uuid, _: AccountId, now: Timestamp) -> Result<bool> {
        offers::hide(Scope::system(), tx, OfferId::from_uuid(id), Some(now)).await
    }

    async fn restore(&self, tx: &mut Tx, id: Uuid, _: AccountId, _: Timestamp) -> Result<bool> {
        offers::hide(Scope::system(), tx, OfferId::from_uuid(id), None).await
    }
}

/// Ratings, by the id of their collaboration: each side reports the one that it was given, and its owner is who gave it.
struct Ratings;

#[async_trait]
impl Moderated for Ratings {
    fn subject(&self) -> Subject {
        Subject::Rating
    }

    async fn seen(&self, tx: &mut Tx, by: &Account, id: Uuid) -> Result<Option<Seen>> {
        let scope = Caller::Account(by.clone()).scope();
        let Some(of) = collaborations::store::find(scope, tx, CollaborationId::from_uuid(id)).await? else {
            return Ok(None);
        };
        let Some(side) = of.side_of(scope) else { return Ok(None) };
        let all = collaborations::store::ratings_of(tx, &of).await?;
        let given = all.into_iter().find(|one| one.side == side.other() && one.shown_at.is_some());
        Ok(given.filter(|one| one.feedback_hidden_at.is_none()).map(|one| Seen { owner: one.rater_id }))
    }

    async fn hide(&self, tx: &mut Tx, id: Uuid, owner: AccountId, now: Timestamp) -> Result<bool> {
        collaborations::store::hide_feedback(tx, CollaborationId::from_uuid(id), owner, Some(now)).await
    }

    async fn restore(&self, tx: &mut Tx, id: Uuid, owner: AccountId, _: Timestamp) -> Result<bool> {
        collaborations::store::hide_feedback(tx, CollaborationId::from_uuid(id), owner, None).await
    }
}
