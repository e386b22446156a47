//! Offers: made, read, changed, and moved from draft to published and archived.

use std::net::IpAddr;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use db::Tx;
use events::TxExt as _;
use hmac::{Hmac, KeyInit, Mac};
use http_base::{Answer, Anyone, Body, Member, Named, Peer, Routes, routes};
use jobs::NewJob;
use kernel::{Caller, Day, Error, OfferId, Result, Scope, UserType};
use sha2::Sha256;

use super::shapes::{MovedOffer, OfferBody, Viewer, offer_body};
use crate::Marketplace;
use crate::events::{OfferArchived, OfferChanged, OfferPaused, OfferPublished, OfferResumed};
use crate::jobs_of_marketplace::{RECOMMEND, Recommend};
use crate::model::{NewOffer, Offer, OfferChanges, OfferStatus, not_yours};
use crate::ops::{self, ForAll};
use crate::store::{offers, views};

pub(super) fn router() -> Routes<Marketplace> {
    Routes::new()
        .with(routes!(create))
        .with(routes!(get, update))
        .with(routes!(publish))
        .with(routes!(archive))
        .with(routes!(pause))
        .with(routes!(resume))
}

/// What is told to those whose application ends with the offer.
const ENDED: &str = "The offer was archived by its business. Thank you for applying.";
/// So much of a hash tells the visitors of a day apart.
const VISITOR_BYTES: usize = 16;

/// The workspace's own offer, locked. One of somebody else that the caller sees is 403, any other 404.
pub(super) async fn own(tx: &mut Tx, member: &Member, id: OfferId) -> Result<Offer> {
    if member.user_type != UserType::Creator
        && let Some(offer) = offers::lock(member.scope(), tx, id).await?
    {
        return Ok(offer);
    }
    match offers::seen(Some(member.id), tx, id).await? {
        Some(_) => Err(not_yours()),
        None => Err(Error::not_found("Offer")),
    }
}

/// Create an offer
///
/// It begins as a draft, which only its business sees. Publish it when it is ready.
#[utoipa::path(post, path = "/api/v1/offers", tag = "Offers", request_body = NewOffer, responses(
    (status = 201, description = "The draft", body = OfferBody),
    (status = 403, description = "Only businesses make offers"),
))]
async fn create(
    State(market): State<Marketplace>,
    member: Member,
    Body { input, .. }: Body<NewOffer>,
) -> Answer<(StatusCode, Json<OfferBody>)> {
    let workspace = super::business(&member)?;
    let clock = market.app().clock();
    let mut offer = Offer::new(clock.new_id(), (workspace, member.id), input, clock.now());
    offer.check()?;
    let vector = market.vector_of(&offer).await;
    let mut tx = market.app().write().await?;
    offers::insert(member.scope(), &mut tx, &mut offer).await?;
    offers::keep_vector(&mut tx, &offer, market.directory().embedder().model(), vector.as_deref()).await?;
    let body = offer_body(&market, &mut tx, offer, &Viewer::plain(member.caller())).await?;
    tx.commit().await?;
    Ok((StatusCode::CREATED, Json(body)))
}

/// Get an offer
///
/// Everybody sees a published one; reading it counts as a view, once for each account or visitor and day, but never for its business. A creator
/// who asks is told whether they may apply and how well it fits them, with the reasons.
#[utoipa::path(get, path = "/api/v1/offers/{offer_id}", tag = "Offers",
    params(("offer_id" = String, Path, description = "The offer's id")),
    responses((status = 200, description = "The offer", body = OfferBody)))]
async fn get(State(market): State<Marketplace>, caller: Anyone, peer: Peer, name: Named) -> Answer<Json<OfferBody>> {
    let id: OfferId = name.id("Offer")?;
    let Anyone(caller) = caller;
    let mut tx = market.app().read().await?;
    let own = match caller.account() {
        Some(_) => offers::find(caller.scope(), &mut tx, id).await?,
        None => None,
    };
    let is_own = own.is_some();
    let offer = match own {
        Some(offer) => Some(offer),
        None => offers::seen(caller.account().map(|account| account.id), &mut tx, id).await?,
    };
    let mut offer = offer.ok_or_else(|| Error::not_found("Offer"))?;
    drop(tx);
    if !is_own && offer.status == OfferStatus::Active && view(&market, &caller, &peer, id).await? {
        offer.views_count += 1;
    }
    let searching = market.who_searches(&caller).await?;
    if searching.is_some() {
        market.catalogue().fresh().await?;
    }
    let viewer = Viewer { caller, searching, reasons: true };
    let mut tx = market.app().read().await?;
    Ok(Json(offer_body(&market, &mut tx, offer, &viewer).await?))
}

/// Counts a view, unless this viewer was counted today. Says whether it did.
async fn view(market: &Marketplace, caller: &Caller, peer: &Peer, id: OfferId) -> Result<bool> {
    let (clock, system) = (market.app().clock(), Scope::system());
    let day = Day::of(clock.now());
    // Whom an account or an address and a browser is known by in this process; what is stored tells less.
    let known = match caller.account() {
        Some(account) => account.id.uuid().as_bytes().to_vec(),
        None => visitor_of(peer),
    };
    let seen = (id, day.0, known);
    if market.seen().contains_key(&seen) {
        return Ok(false);
    }
    let mut fresh = [0; 32];
    clock.fill(&mut fresh);
    let mut tx = market.app().write().await?;
    let salt = views::salt(system, &mut tx, day, &fresh).await?;
    let mut mac = Hmac::<Sha256>::new_from_slice(&salt).map_err(Error::internal)?;
    mac.update(id.uuid().as_bytes());
    mac.update(&seen.2);
    let viewer = &mac.finalize().into_bytes()[..VISITOR_BYTES];
    let is_new = views::count(system, &mut tx, id, day, viewer).await?;
    tx.commit().await?;
    market.seen().insert(seen, ());
    Ok(is_new)
}

/// What tells a visitor without an account apart from others: the address, of which an IPv6 one changes by itself but for its first half, and
/// the browser.
fn visitor_of(peer: &Peer) -> Vec<u8> {
    let mut known = match peer.address {
        Some(IpAddr::V4(address)) => address.octets().to_vec(),
        Some(IpAddr::V6(address)) => address.octets()[..8].to_vec(),
        None => Vec::new(),
    };
    known.push(0);
    known.extend_from_slice(peer.agent.as_deref().unwrap_or_default().as_bytes());
    known
}

/// Change an offer
///
/// Fields that are left out stay as they are. A published offer that asks for something else gets a new version: applications count for the version
/// that they were sent to, and whoever has applied is told. Once somebody was accepted, budget and deadlines do not get worse (409).
#[utoipa::path(patch, path = "/api/v1/offers/{offer_id}", tag = "Offers", request_body = OfferChanges,
    params(("offer_id" = String, Path, description = "The offer's id")), responses(
    (status = 200, description = "The offer as it is now", body = OfferBody),
    (status = 403, description = "It belongs to another business"),
    (status = 409, description = "It is archived, or the change would be worse for those who were accepted"),
))]
async fn update(
    State(market): State<Marketplace>,
    member: Member,
    name: Named,
    Body { input, .. }: Body<OfferChanges>,
) -> Answer<Json<OfferBody>> {
    let id: OfferId = name.id("Offer")?;
    let now = market.app().clock().now();
    // Whoever makes vectors may be far away: it is asked before the transaction, about the offer as it will be.
    let copy = offers::find(member.scope(), &mut market.app().read().await?, id).await?;
    let copy = copy.and_then(|mut copy| copy.change(input.clone(), now).is_ok().then_some(copy));
    let vector = match &copy {
        Some(copy) => market.vector_of(copy).await,
        None => None,
    };
    let mut tx = market.app().write().await?;
    let mut offer = own(&mut tx, &member, id).await?;
    let topic = offer.topic();
    let is_another = offer.change(input, now)?;
    if offer.topic() != topic {
        offers::keep_vector(&mut tx, &offer, market.directory().embedder().model(), vector.as_deref()).await?;
    }
    if is_another && offer.status == OfferStatus::Active {
        offer.version += 1;
        offers::keep_version(&mut tx, &offer, now).await?;
        tx.event(OfferChanged { offer: (&offer).into(), version: offer.version });
        ops::tell(&market, &mut tx, &offer).await?;
    }
    offers::save(member.scope(), &mut tx, &mut offer).await?;
    let body = offer_body(&market, &mut tx, offer, &Viewer::plain(member.caller())).await?;
    tx.commit().await?;
    Ok(Json(body))
}

/// Publish an offer
///
/// It takes applications from now on. Deadlines must lie ahead. The creators whom it fits best hear of it, unless they want to hear of none.
#[utoipa::path(post, path = "/api/v1/offers/{offer_id}/publish", tag = "Offers",
    params(("offer_id" = String, Path, description = "The offer's id")), responses(
    (status = 200, description = "The offer is published", body = MovedOffer),
    (status = 403, description = "It belongs to another business"),
    (status = 409, description = "It is published already, or archived"),
    (status = 422, description = "A deadline does not lie ahead: every fault is told"),
))]
async fn publish(State(market): State<Marketplace>, member: Member, name: Named) -> Answer<Json<MovedOffer>> {
    super::business(&member)?;
    let (clock, now) = (market.app().clock(), market.app().clock().now());
    let mut tx = market.app().write().await?;
    let mut offer = own(&mut tx, &member, name.id("Offer")?).await?;
    offer.publish(now)?;
    offers::keep_version(&mut tx, &offer, now).await?;
    tx.event(OfferPublished((&offer).into()));
    let job = NewJob::new(RECOMMEND, &Recommend { offer_id: offer.id, wave: 1 })?.dedupe(offer.id.to_string());
    jobs::enqueue(&mut tx, clock, job).await?;
    offers::save(member.scope(), &mut tx, &mut offer).await?;
    tx.commit().await?;
    Ok(Json(MovedOffer::new(&offer, "Offer published successfully", now)))
}

/// Archive an offer
///
/// It is over for good: it takes no applications, those that wait are rejected, and what was agreed goes on.
#[utoipa::path(post, path = "/api/v1/offers/{offer_id}/archive", tag = "Offers",
    params(("offer_id" = String, Path, description = "The offer's id")), responses(
    (status = 200, description = "The offer is archived", body = MovedOffer),
    (status = 403, description = "It belongs to another business"),
    (status = 409, description = "It is archived already"),
))]
async fn archive(State(market): State<Marketplace>, member: Member, name: Named) -> Answer<Json<MovedOffer>> {
    let now = market.app().clock().now();
    let mut tx = market.app().write().await?;
    let mut offer = own(&mut tx, &member, name.id("Offer")?).await?;
    offer.archive(now)?;
    let job = ForAll { offer_id: offer.id, reason: Some(ENDED.to_owned()), by: None };
    ops::reject_open(&market, &mut tx, &offer, &job).await?;
    tx.event(OfferArchived((&offer).into()));
    offers::save(member.scope(), &mut tx, &mut offer).await?;
    tx.commit().await?;
    Ok(Json(MovedOffer::new(&offer, "Offer archived successfully", now)))
}

/// Pause an offer
///
/// It stays published and takes no applications until it is resumed.
#[utoipa::path(post, path = "/api/v1/offers/{offer_id}/pause", tag = "Offers",
    params(("offer_id" = String, Path, description = "The offer's id")), responses(
    (status = 200, description = "The offer is paused", body = MovedOffer),
    (status = 403, description = "It belongs to another business"),
    (status = 409, description = "It is paused already, or not published"),
))]
async fn pause(State(market): State<Marketplace>, member: Member, name: Named) -> Answer<Json<MovedOffer>> {
    move_pause(&market, &member, name, true).await
}

/// Resume an offer
///
/// It takes applications again.
#[utoipa::path(post, path = "/api/v1/offers/{offer_id}/resume", tag = "Offers",
    params(("offer_id" = String, Path, description = "The offer's id")), responses(
    (status = 200, description = "The offer takes applications again", body = MovedOffer),
    (status = 403, description = "It belongs to another business"),
    (status = 409, description = "It is not paused"),
))]
async fn resume(State(market): State<Marketplace>, member: Member, name: Named) -> Answer<Json<MovedOffer>> {
    move_pause(&market, &member, name, false).await
}

async fn move_pause(market: &Marketplace, member: &Member, name: Named, paused: bool) -> Answer<Json<MovedOffer>> {
    let now = market.app().clock().now();
    let mut tx = market.app().write().await?;
    let mut offer = own(&mut tx, member, name.id("Offer")?).await?;
    offer.pause(paused, now)?;
    let message = if paused {
        tx.event(OfferPaused((&offer).into()));
        "Offer paused: it takes no applications until it is resumed"
    } else {
        tx.event(OfferResumed((&offer).into()));
        "Offer resumed: it takes applications again"
    };
    offers::save(member.scope(), &mut tx, &mut offer).await?;
    tx.commit().await?;
    Ok(Json(MovedOffer::new(&offer, message, now)))
}
