//! What routes and jobs do alike: deciding on applications, and telling those who have applied.

use collaborations::Agreement;
use db::Tx;
use events::TxExt as _;
use jobs::NewJob;
use kernel::{AccountId, CollaborationId, Error, Kind, Money, OfferId, Result, Scope, Timestamp};
use serde::{Deserialize, Serialize};

use crate::Marketplace;
use crate::events::{ApplicationAccepted, ApplicationOutdated, ApplicationRejected};
use crate::jobs_of_marketplace::{END, TELL};
use crate::model::{Application, ClosedReason, Offer};
use crate::store::{applications, offers};

/// So many applications are dealt with in one transaction.
pub(crate) const BATCH: u32 = 100;

/// Who looks at an application or an offer as its other side, and may not do this.
pub(crate) fn wrong_side(message: &'static str) -> Error {
    Error::new(Kind::Forbidden, message)
}

/// The offer's creator accounts that a business must not take: its own people.
pub(crate) async fn refuse_own_people(tx: &mut Tx, offer: &Offer, creator: AccountId) -> Result<()> {
    let system = Scope::system();
    let own = accounts::workspaces::store::role_of(system, tx, offer.workspace_id, creator).await?.is_some();
    if own || offer.business_id == creator {
        let message = "The offer is of a workspace that you belong to; nobody deals with themselves here";
        return Err(wrong_side(message));
    }
    Ok(())
}

/// Why an offer takes no applications at this moment, on its own account or its business's; nothing if it does.
pub(crate) async fn closed(tx: &mut Tx, offer: &Offer, now: Timestamp) -> Result<Option<ClosedReason>> {
    if let Some(reason) = offer.closed(now) {
        return Ok(Some(reason));
    }
    let business = accounts::store::people(tx, [offer.business_id]).await?.remove(&offer.business_id);
    Ok(business.and_then(|one| one.suspended_at).map(|_| ClosedReason::BusinessSuspended))
}

/// The two agree: the collaboration begins, and one of the offer's places is taken. Both the offer and the application are locked.
pub(crate) async fn accept(
    market: &Marketplace,
    tx: &mut Tx,
    (offer, application): (&mut Offer, &mut Application),
    fee: Option<Money>,
    by: AccountId,
) -> Result<CollaborationId> {
    let (system, now) = (Scope::system(), market.app().clock().now());
    application.must_be_open()?;
    if offer.archived_at.is_some() {
        return Err(Error::conflict("The offer is archived: nobody is accepted any more"));
    }
    if offer.hidden_at.is_some() {
        return Err(Error::conflict("The offer was hidden by an administrator: nobody is accepted while it is"));
    }
    // Counted where collaborations are, for a cancelled one gives its place back.
    let counts = collaborations::counts_by_offer(tx, &[offer.id]).await?;
    let holding = counts.get(&offer.id).map_or(0, |counts| counts.holding);
    offer.taken = u32::try_from(holding).unwrap_or(u32::MAX);
    if offer.is_full() {
        return Err(Error::conflict("All places of the offer are taken; raise places to accept more"));
    }
    refuse_own_people(tx, offer, application.creator_id).await?;
    let names = usernames(tx, [offer.business_id, application.creator_id]).await?;
    if !names.contains_key(&application.creator_id) {
        return Err(Error::conflict("The creator's account does not exist any more"));
    }
    let version = offers::version(tx, offer.id, application.offer_version).await?;
    let version = version.ok_or_else(|| Error::internal("an application to a version that is not kept"))?;
    let agreement = Agreement {
        application_id: application.id,
        offer: version.facts(names.get(&offer.business_id).map_or("", String::as_str)),
        business_id: offer.business_id,
        workspace_id: offer.workspace_id,
        creator_id: application.creator_id,
        fee,
        currency: application.currency,
    };
    let led_to = collaborations::open(market.collaborations(), tx, &agreement).await?;
    application.accept(fee, led_to, by, now)?;
    applications::save(system, tx, application).await?;
    tx.event(ApplicationAccepted { application: (&*application).into(), by });
    offer.taken += 1;
    offer.updated_at = now;
    offers::save(system, tx, offer).await?;
    Ok(led_to)
}

/// Rejects an application that is locked.
pub(crate) async fn reject(
    tx: &mut Tx,
    application: &mut Application,
    reason: Option<&str>,
    by: Option<AccountId>,
    now: Timestamp,
) -> Result<()> {
    application.reject(reason.map(str::to_owned), by, now)?;
    applications::save(Scope::system(), tx, application).await?;
    tx.event(ApplicationRejected { application: (&*application).into(), by });
    Ok(())
}

/// Has an offer's open applications dealt with further on: by a job, if there were more than one transaction takes.
pub(crate) async fn go_on(
    market: &Marketplace,
    tx: &mut Tx,
    kind: &'static str,
    job: &ForAll,
    done: u32,
) -> Result<()> {
    if done < BATCH {
        return Ok(());
    }
    let new = NewJob::new(kind, job)?.dedupe(job.offer_id.to_string());
    jobs::enqueue(tx, market.app().clock(), new).await.map(drop)
}

/// What is done with all open applications of an offer.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct ForAll {
    pub(crate) offer_id: OfferId,
    /// Why they are rejected.
    pub(crate) reason: Option<String>,
    /// Who does it; nobody if the offer ended by itself.
    pub(crate) by: Option<AccountId>,
}

/// Tells some of those who have applied that the offer is another one now.
pub(crate) async fn tell(market: &Marketplace, tx: &mut Tx, offer: &Offer) -> Result<()> {
    let told = applications::take_untold(tx, offer, BATCH).await?;
    for application in &told {
        tx.event(ApplicationOutdated { application: application.into(), version: offer.version });
    }
    let job = ForAll { offer_id: offer.id, reason: None, by: None };
    go_on(market, tx, TELL, &job, told.len() as u32).await
}

/// Rejects some of an offer's open applications. Tells how many.
pub(crate) async fn reject_open(market: &Marketplace, tx: &mut Tx, offer: &Offer, job: &ForAll) -> Result<u32> {
    let now = market.app().clock().now();
    let mut open = applications::lock_open(tx, offer, BATCH).await?;
    for application in &mut open {
        reject(tx, application, job.reason.as_deref(), job.by, now).await?;
    }
    let done = open.len() as u32;
    go_on(market, tx, END, job, done).await?;
    Ok(done)
}

/// The names of these accounts; those of erased ones are not in it.
pub(crate) async fn usernames(
    tx: &mut Tx,
    ids: impl IntoIterator<Item = AccountId>,
) -> Result<std::collections::HashMap<AccountId, String>> {
    let people = accounts::store::people(tx, ids).await?;
    let there = people.into_iter().filter(|(_, one)| one.erased_at.is_none());
    Ok(there.map(|(id, one)| (id, one.username)).collect())
}
