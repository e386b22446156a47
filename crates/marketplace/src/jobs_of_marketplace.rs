//! What runs by itself: telling applicants, ending what is overdue, recommending new offers, making vectors; and who follows events.

use std::time::Duration;

use async_trait::async_trait;
use collaborations::events::CollaborationCancelled;
use creators::Filter;
use db::{EventRow, Tx};
use events::{Event as _, Handler, Subscribers, Subscription, TxExt as _};
use jobs::{Context, NewJob, Outcome, Payload, Registry};
use kernel::{AccountId, CreatorId, Day, OfferId, Result, Scope, Timestamp, time};
use matching::Prepared;
use matching::rank::Wanted;
use mind::score::{Budget, Wish};
use serde::{Deserialize, Serialize};

use crate::Marketplace;
use crate::events::{ApplicationCounterLapsed, OfferRecommended};
use crate::model::Offer;
use crate::ops::{self, ForAll};
use crate::store::{applications, offers, recommendations, views};

/// The kinds of jobs.
pub(crate) const TELL: &str = "marketplace.tell";
pub(crate) const END: &str = "marketplace.end";
pub(crate) const RECOMMEND: &str = "marketplace.recommend";
const SWEEP: &str = "marketplace.sweep";
const EMBED: &str = "marketplace.embed";

/// How many are dealt with at once.
const BITE: u32 = 100;
/// How long recommendations are remembered: for longer than the longest bound on them.
const REMEMBERED: i64 = 60 * time::DAY;
/// So many recommendations a creator gets in a day and in a week; what else fits stands in their first page.
const BOUNDS: (u64, u64) = (2, 6);
/// Only what fits at least this well is recommended, in hundredths of a percent.
const GOOD: u16 = 5_000;

/// A new offer is to be recommended.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Recommend {
    pub(crate) offer_id: OfferId,
    /// The second wave comes a day later, if few have applied.
    pub(crate) wave: u8,
}

/// Every job of the marketplace.
pub fn jobs(market: &Marketplace) -> Registry {
    let mut registry = Registry::new();
    let own = market.clone();
    registry.on(TELL, move |_, payload| tell(own.clone(), payload));
    let own = market.clone();
    registry.on(END, move |_, payload| end(own.clone(), payload));
    let own = market.clone();
    registry.on(RECOMMEND, move |_, payload| recommend(own.clone(), payload));
    let own = market.clone();
    registry.on(SWEEP, move |context, _| sweep(own.clone(), context));
    registry.every(Duration::from_mins(5), SWEEP);
    let own = market.clone();
    registry.on(EMBED, move |_, _| embed(own.clone()));
    registry.every(Duration::from_mins(10), EMBED);
    registry
}

/// Who follows events: a collaboration that was cancelled gives its place back.
pub fn subscribers() -> Subscribers {
    let mut subscribers = Subscribers::new();
    subscribers.add(Subscription::new("marketplace.places", Places).to([CollaborationCancelled::NAME]));
    subscribers
}

struct Places;

#[async_trait]
impl Handler for Places {
    async fn handle(&self, tx: &mut Tx, event: &EventRow) -> Result<()> {
        let cancelled: CollaborationCancelled = events::read(event)?;
        let (system, id) = (Scope::system(), cancelled.collaboration.offer_id);
        let Some(mut offer) = offers::lock(system, tx, id).await? else { return Ok(()) };
        let counts = collaborations::counts_by_offer(tx, &[id]).await?;
        let holding = counts.get(&id).map_or(0, |counts| counts.holding);
        let taken = u32::try_from(holding).unwrap_or(u32::MAX);
        if offer.taken != taken {
            offer.taken = taken;
            offers::save(system, tx, &mut offer).await?;
        }
        Ok(())
    }
}

async fn tell(market: Marketplace, payload: Payload) -> Outcome {
    let job: ForAll = payload.read()?;
    let mut tx = market.app().write().await?;
    let Some(offer) = offers::lock(Scope::system(), &mut tx, job.offer_id).await? else { return Ok(()) };
    ops::tell(&market, &mut tx, &offer).await?;
    Ok(tx.commit().await?)
}

async fn end(market: Marketplace, payload: Payload) -> Outcome {
    let job: ForAll = payload.read()?;
    let mut tx = market.app().write().await?;
    let Some(offer) = offers::lock(Scope::system(), &mut tx, job.offer_id).await? else { return Ok(()) };
    ops::reject_open(&market, &mut tx, &offer, &job).await?;
    Ok(tx.commit().await?)
}

/// What nobody did in time: counters lapse, and what waits for an offer whose content had to be in by now is answered. What counts for nothing any
/// more is forgotten.
async fn sweep(market: Marketplace, context: Context) -> Outcome {
    let (system, now) = (Scope::system(), context.clock.now());
    let lapsed = applications::lapsed_counters(system, &mut market.app().read().await?, now, BITE).await?;
    for id in lapsed {
        let mut tx = market.app().write().await?;
        let Some(mut application) = applications::lock(system, &mut tx, id).await? else { continue };
        if application.counter_until.is_some_and(|until| until <= now) {
            application.drop_counter(now);
            applications::save(system, &mut tx, &application).await?;
            tx.event(ApplicationCounterLapsed((&application).into()));
            tx.commit().await?;
        }
    }
    let overdue = offers::overdue(system, &mut market.app().read().await?, now, BITE).await?;
    for offer_id in overdue {
        let mut tx = market.app().write().await?;
        let Some(offer) = offers::lock(system, &mut tx, offer_id).await? else { continue };
        let reason = "The deadline of the offer's content has passed, and nobody has decided. Thank you for applying.";
        let job = ForAll { offer_id, reason: Some(reason.to_owned()), by: None };
        ops::reject_open(&market, &mut tx, &offer, &job).await?;
        tx.commit().await?;
    }
    loop {
        let mut tx = market.app().write().await?;
        let gone = views::forget(system, &mut tx, Day::of(now.plus(-time::DAY))).await?;
        tx.commit().await?;
        if gone == 0 {
            break;
        }
    }
    let mut tx = market.app().write().await?;
    recommendations::forget(system, &mut tx, now.plus(-REMEMBERED)).await?;
    Ok(tx.commit().await?)
}

/// Makes vectors that the embedder failed to make, or that are of another one.
async fn embed(market: Marketplace) -> Outcome {
    let (system, embedder) = (Scope::system(), market.directory().embedder().clone());
    loop {
        let found = offers::without_vector(system, &mut market.app().read().await?, embedder.model(), BITE).await?;
        if found.is_empty() {
            return Ok(());
        }
        let texts = found.iter().map(|offer| offer.topic().topic_text()).collect();
        let vectors = market.directory().embed(texts).await?;
        for (offer, vector) in found.into_iter().zip(vectors) {
            let mut tx = market.app().write().await?;
            let Some(mut now) = offers::lock(system, &mut tx, offer.id).await? else { continue };
            // Changed meanwhile: made of another text, next time.
            if now.topic() == offer.topic() {
                offers::keep_vector(&mut tx, &now, embedder.model(), Some(&vector)).await?;
                offers::save(system, &mut tx, &mut now).await?;
            }
            tx.commit().await?;
        }
    }
}

/// Tells the creators whom a new offer fits best: so many for each place, of whom a fifth have completed nothing yet.
async fn recommend(market: Marketplace, payload: Payload) -> Outcome {
    let job: Recommend = payload.read()?;
    let (system, app) = (Scope::system(), market.app());
    let now = app.clock().now();
    let offer = offers::find(system, &mut app.read().await?, job.offer_id).await?;
    let Some(offer) = offer.filter(|offer| offer.is_public) else { return Ok(()) };
    if ops::closed(&mut app.read().await?, &offer, now).await?.is_some() {
        return Ok(());
    }
    let places = u64::from(offer.places.unwrap_or(10));
    let most = (5 * places).clamp(10, 50).min(u64::from(market.settings().recommendations)) as usize;
    let few = offer.applications_count < 3 * places;
    if most == 0 || (job.wave > 1 && !few) {
        return Ok(());
    }
    let candidates = candidates(&market, &offer, most).await?;
    let mut tx = app.write().await?;
    for account in chosen(&market, &mut tx, &offer, candidates, most, now).await? {
        if recommendations::note(system, &mut tx, offer.id, account, now).await? {
            tx.event(OfferRecommended { offer: (&offer).into(), creator_id: account });
        }
    }
    if job.wave == 1 {
        let next = NewJob::new(RECOMMEND, &Recommend { wave: 2, ..job })?;
        jobs::enqueue(&mut tx, app.clock(), next.at(now.plus(time::DAY))).await?;
    }
    Ok(tx.commit().await?)
}

/// Creators with an account whose match is good, the best first: some more than are told.
async fn candidates(market: &Marketplace, offer: &Offer, most: usize) -> Result<Vec<AccountId>> {
    let platforms: Vec<kernel::Platform> = offer.platforms.0.iter().map(|network| (*network).into()).collect();
    let claimed = creators::store::claimed_on(Scope::system(), &mut market.app().read().await?, &platforms).await?;
    if claimed.is_empty() {
        return Ok(Vec::new());
    }
    let accounts: std::collections::HashMap<CreatorId, AccountId> = claimed.into_iter().collect();
    let wish = Wish { budget: Budget::of(market.budget_in_dollars(offer)), ..offer.topic() };
    let prepared = Prepared::new(market.directory(), wish).await?;
    let least = offer.requirements.0.classes().map(|(_, least)| least.min_followers).min();
    let filter = Filter {
        platforms,
        min_followers: least,
        only_creators: accounts.keys().copied().collect(),
        ..Filter::default()
    };
    let wanted = Wanted { least: GOOD, ..Wanted::page(0, 8 * most) };
    let (ranked, _) = market.matching().rank(&prepared, filter, wanted, false).await?;
    let mut seen = std::collections::HashSet::new();
    let accounts = ranked.iter().filter_map(|one| accounts.get(&one.id).copied());
    Ok(accounts.filter(|account| seen.insert(*account)).collect())
}

/// Those of the candidates who may apply and want to hear of it.
async fn chosen(
    market: &Marketplace,
    tx: &mut Tx,
    offer: &Offer,
    candidates: Vec<AccountId>,
    most: usize,
    now: Timestamp,
) -> Result<Vec<AccountId>> {
    let system = Scope::system();
    let untold = recommendations::not_to_be_told(system, tx, offer.id, &candidates, now, BOUNDS).await?;
    let standings = collaborations::standing(tx, &candidates, now).await?;
    // A fifth is kept for newcomers, who would otherwise never begin.
    let (mut for_newcomers, mut for_others) = (most.div_ceil(5), most - most.div_ceil(5));
    let (mut chosen, mut left) = (Vec::new(), Vec::new());
    for account in candidates.into_iter().filter(|account| !untold.contains(account)) {
        if chosen.len() == most {
            break;
        }
        let known = market.known(tx, account).await?;
        let eligibility = offer.requirements.0.judge(&offer.countries.0, &known.figures(&offer.platforms.0));
        if !eligibility.eligible || ops::refuse_own_people(tx, offer, account).await.is_err() {
            continue;
        }
        let is_newcomer = standings.get(&account).is_none_or(|standing| standing.completed == 0);
        let room = if is_newcomer { &mut for_newcomers } else { &mut for_others };
        if *room > 0 {
            *room -= 1;
            chosen.push(account);
        } else {
            left.push(account);
        }
    }
    chosen.extend(left.into_iter().take(most.saturating_sub(chosen.len())));
    Ok(chosen)
}
