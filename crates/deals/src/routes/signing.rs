//! Sending, signing, and how a contract ends.

use axum::Json;
use axum::extract::State;
use http_base::{Answer, Caller, Named, Peer};
use serde::Deserialize;
use utoipa::ToSchema;

use super::optional::Optional;
use super::shapes::DetailsBody;
use crate::Deals;
use crate::actor::Actor;
use crate::model::{Ending, Party, SendInput, SignInput, Status};
use crate::ops::{self, Act};

/// Who is asked to sign. Only for the documentation.
#[derive(Deserialize, ToSchema)]
#[expect(dead_code, reason = "describes the body that `SendInput` reads")]
pub(super) struct SendBody {
    /// One of each side at most; if nobody is named, the creator at the address that the directory has.
    signers: Option<Vec<SignerBody>>,
    /// `any`, `business_first` or `creator_first`: whoever signs second is asked when the first one has.
    signing_order: Option<String>,
    /// Until when it may be signed.
    expires_at: Option<String>,
    /// A word to those who are asked.
    message: Option<String>,
}

/// Someone who is asked to sign.
#[derive(Deserialize, ToSchema)]
#[expect(dead_code, reason = "describes the body that `SendInput` reads")]
pub(super) struct SignerBody {
    /// `business` or `creator`.
    party: String,
    email: String,
    name: Option<String>,
}

/// How one signs. Only for the documentation.
#[derive(Deserialize, ToSchema)]
#[expect(dead_code, reason = "describes the body that `SignInput` reads")]
pub(super) struct SignBody {
    /// The name, typed in.
    #[schema(example = "Ana Ferreira")]
    name: Option<String>,
    /// For the business: does it state that the creator has agreed elsewhere? If nothing is said, it does, unless the creator was asked
    /// to sign by mail.
    attest_counterpart: Option<bool>,
}

/// Why. Only for the documentation.
#[derive(Deserialize, ToSchema)]
#[expect(dead_code, reason = "describes the body that `Ending` reads")]
pub(super) struct EndingBody {
    /// Why.
    reason: Option<String>,
}

/// Send a contract for signing
///
/// Its text is frozen and hashed, and whoever is named gets a mail with a link that is good for one signature. Sent again, it asks again
/// with new links, and the old ones are dead.
#[utoipa::path(post, path = "/api/v1/contracts/{contract_id}/send", tag = "Contracts", request_body = SendBody,
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
    Optional(input): Optional<SendInput>,
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
#[utoipa::path(post, path = "/api/v1/contracts/{contract_id}/sign", tag = "Contracts", request_body = SignBody,
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
    Optional(input): Optional<SignInput>,
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
#[utoipa::path(post, path = "/api/v1/contracts/{contract_id}/cancel", tag = "Contracts", request_body = EndingBody,
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
    Optional(input): Optional<Ending>,
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
