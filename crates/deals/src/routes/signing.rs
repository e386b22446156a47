//! Sending, signing, and how a contract ends.

use axum::Json;
use axum::extract::State;
use http_base::{Answer, Body, Caller, MaybeBody, Named, Peer};

use super::shapes::DetailsBody;
use crate::Deals;
use crate::actor::Actor;
use crate::model::{Ending, Party, SendInput, SignInput, Status};
use crate::ops::{self, Act};

/// Send a contract for signing
///
/// Its text is frozen and hashed, and whoever is named gets a mail with a link that is good for one signature. Sent again, it asks again
/// with new links, and the old ones are dead.
#[utoipa::path(post, path = "/api/v1/contracts/{contract_id}/send", tag = "Contracts", request_body = Option<SendInput>,
    params(("contract_id" = String, Path, description = "The contract's id")), responses(
    (status = 200, description = "The contract as it is now", body = DetailsBody),
    (status = 403, description = "Only the business sends a contract"),
    (status = 409, description = "It is signed, over or expired, or whoever is asked has signed already"),
))]
pub(super) async fn send(
    State(deals): State<Deals>,
    caller: Caller,
    peer: Peer,
    name: Named,
    MaybeBody(Body { input, .. }): MaybeBody<SendInput>,
) -> Answer<Json<DetailsBody>> {
    let act = Act::new(&deals, caller.scope(), Actor::of(&caller, peer));
    let mut tx = deals.app().write().await?;
    let mut contract = act.lock_as_business(&mut tx, name.id("Contract")?).await?;
    ops::send(&act, &mut tx, &mut contract, Some(&input)).await?;
    let body = DetailsBody::new(&mut tx, contract).await?;
    tx.commit().await?;
    Ok(Json(body))
}

/// Sign a contract
///
/// As the business, or as the creator who claimed the entry. With the last signature it is signed, and the payments of its schedule are
/// made. A business that signs without having asked the creator by mail states that the creator has agreed elsewhere; `signatures` tells
/// such a statement from a signature. Of an order that is asked for, nobody signs before their turn.
#[utoipa::path(post, path = "/api/v1/contracts/{contract_id}/sign", tag = "Contracts", request_body = Option<SignInput>,
    params(("contract_id" = String, Path, description = "The contract's id")), responses(
    (status = 200, description = "The contract as it is now: `signed`, or still `sent` while the other side has not signed", body = DetailsBody),
    (status = 403, description = "Only the business speaks for the other side"),
    (status = 409, description = "It is not open for signing, this side has signed already, or it is the other one's turn"),
))]
pub(super) async fn sign(
    State(deals): State<Deals>,
    caller: Caller,
    peer: Peer,
    name: Named,
    MaybeBody(Body { input, .. }): MaybeBody<SignInput>,
) -> Answer<Json<DetailsBody>> {
    let act = Act::new(&deals, caller.scope(), Actor::of(&caller, peer));
    let party = if act.scope.person().is_some() { Party::Creator } else { Party::Business };
    let mut tx = deals.app().write().await?;
    let mut contract = act.lock(&mut tx, name.id("Contract")?).await?;
    let version = contract.version;
    ops::sign(&act, &mut tx, &mut contract, version, party, &input).await?;
    let body = DetailsBody::new(&mut tx, contract).await?;
    tx.commit().await?;
    Ok(Json(body))
}

/// Cancel a contract
///
/// A signed one, too: its payments that are not under way will not be made. What was paid may be refunded.
#[utoipa::path(post, path = "/api/v1/contracts/{contract_id}/cancel", tag = "Contracts", request_body = Option<Ending>,
    params(("contract_id" = String, Path, description = "The contract's id")), responses(
    (status = 200, description = "The contract as it is now", body = DetailsBody),
    (status = 403, description = "Only the business cancels a contract"),
    (status = 409, description = "It is over already"),
))]
pub(super) async fn cancel(
    State(deals): State<Deals>,
    caller: Caller,
    peer: Peer,
    name: Named,
    MaybeBody(Body { input, .. }): MaybeBody<Ending>,
) -> Answer<Json<DetailsBody>> {
    let act = Act::new(&deals, caller.scope(), Actor::of(&caller, peer));
    let mut tx = deals.app().write().await?;
    let mut contract = act.lock_as_business(&mut tx, name.id("Contract")?).await?;
    ops::end(&act, &mut tx, &mut contract, Status::Cancelled, input.reason.as_deref()).await?;
    let body = DetailsBody::new(&mut tx, contract).await?;
    tx.commit().await?;
    Ok(Json(body))
}

/// Complete a contract
///
/// When every deliverable is approved and every payment completed; 409 says what is still open.
#[utoipa::path(post, path = "/api/v1/contracts/{contract_id}/complete", tag = "Contracts",
    params(("contract_id" = String, Path, description = "The contract's id")), responses(
    (status = 200, description = "The contract as it is now", body = DetailsBody),
    (status = 403, description = "Only the business completes a contract"),
    (status = 409, description = "It is not signed, or something is still open"),
))]
pub(super) async fn complete(
    State(deals): State<Deals>,
    caller: Caller,
    peer: Peer,
    name: Named,
) -> Answer<Json<DetailsBody>> {
    let act = Act::new(&deals, caller.scope(), Actor::of(&caller, peer));
    let mut tx = deals.app().write().await?;
    let mut contract = act.lock_as_business(&mut tx, name.id("Contract")?).await?;
    ops::complete(&act, &mut tx, &mut contract, false).await?;
    let body = DetailsBody::new(&mut tx, contract).await?;
    tx.commit().await?;
    Ok(Json(body))
}
