//! Amendments of signed contracts.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use http_base::{Answer, Body, Caller, MaybeBody, Named, Peer};
use kernel::{Error, Result};
use serde::Serialize;
use utoipa::ToSchema;

use super::shapes::{DetailsBody, VersionBody};
use crate::actor::Actor;
use crate::model::{AmendInput, Party, SignInput};
use crate::ops::{self, Act};
use crate::{Deals, store};
use http_base::path::Two;

/// Every text of a contract.
#[derive(Serialize, ToSchema)]
pub(super) struct AmendmentList {
    /// The version that counts.
    version: i64,
    /// Those after the first one.
    amendments: Vec<VersionBody>,
}

fn number(text: &str) -> Result<i64> {
    text.parse().map_err(|_| Error::not_found("Amendment"))
}

/// List the amendments of a contract
///
/// Every version of the text after the first, with who has signed it.
#[utoipa::path(get, path = "/api/v1/contracts/{contract_id}/amendments", tag = "Contracts",
    params(("contract_id" = String, Path, description = "The contract's id")),
    responses((status = 200, description = "Its amendments, the first one first", body = AmendmentList)))]
pub(super) async fn list(State(deals): State<Deals>, caller: Caller, name: Named) -> Answer<Json<AmendmentList>> {
    let scope = caller.scope();
    let mut tx = deals.app().read().await?;
    let contract = store::find(scope, &mut tx, name.id("Contract")?).await?;
    let contract = contract.ok_or_else(|| Error::not_found("Contract"))?;
    let signatures = store::signatures(&mut tx, &contract).await?;
    let versions = store::versions(&mut tx, &contract).await?;
    // What was taken back to draft was never signed, and is no amendment.
    let signed = versions.iter().position(|version| version.status == "in_force").map_or(versions.len(), |at| at + 1);
    let amendments = versions.into_iter().skip(signed).map(|version| VersionBody::new(version, &signatures)).collect();
    Ok(Json(AmendmentList { version: contract.version, amendments }))
}

/// Propose an amendment
///
/// Another text for a signed contract, by the fields that change, with a `note` that says why and `signers` who are asked by mail. It
/// counts once both sides have signed it; until then, and if it is withdrawn, the contract stays as it was signed. One at a time.
///
/// It may change what is paid and when. With the last signature the payments that nobody has begun are planned anew: what was paid or is under
/// way stays and counts towards the new schedule, lines that say the same keep their payments, and the others are replaced. The contract
/// cannot come to pay less than was paid already, nor change its currency once money has moved; both are looked at again with every
/// signature.
#[utoipa::path(post, path = "/api/v1/contracts/{contract_id}/amendments", tag = "Contracts", request_body = AmendInput,
    params(("contract_id" = String, Path, description = "The contract's id")), responses(
    (status = 201, description = "The contract with the amendment among its versions", body = DetailsBody),
    (status = 403, description = "Only the business proposes an amendment"),
    (status = 409, description = "The contract is not signed, another amendment waits, or it would pay less than was paid, or in another currency"),
))]
pub(super) async fn propose(
    State(deals): State<Deals>,
    caller: Caller,
    peer: Peer,
    name: Named,
    Body { input, .. }: Body<AmendInput>,
) -> Answer<(StatusCode, Json<DetailsBody>)> {
    let act = Act::new(&deals, caller.scope(), Actor::of(&caller, peer));
    let mut tx = deals.app().write().await?;
    let mut contract = act.lock_as_business(&mut tx, name.id("Contract")?).await?;
    ops::amend(&act, &mut tx, &mut contract, &input.changes, &input.send).await?;
    let body = DetailsBody::new(&mut tx, contract).await?;
    tx.commit().await?;
    Ok((StatusCode::CREATED, Json(body)))
}

/// Withdraw an amendment
///
/// An amendment that is signed by both sides is not withdrawn any more: 409.
#[utoipa::path(delete, path = "/api/v1/contracts/{contract_id}/amendments/{version}", tag = "Contracts", params(
    ("contract_id" = String, Path, description = "The contract's id"), ("version" = i64, Path, description = "The amendment's version")),
    responses(
    (status = 200, description = "The contract as it is now", body = DetailsBody),
    (status = 403, description = "Only the business withdraws an amendment"),
    (status = 409, description = "It is not open any more"),
))]
pub(super) async fn withdraw(
    State(deals): State<Deals>,
    caller: Caller,
    peer: Peer,
    Two(id, version): Two,
) -> Answer<Json<DetailsBody>> {
    let act = Act::new(&deals, caller.scope(), Actor::of(&caller, peer));
    let mut tx = deals.app().write().await?;
    let mut contract = act.lock_as_business(&mut tx, Named(id).id("Contract")?).await?;
    ops::withdraw(&act, &mut tx, &mut contract, number(&version)?).await?;
    let body = DetailsBody::new(&mut tx, contract).await?;
    tx.commit().await?;
    Ok(Json(body))
}

/// Sign an amendment
///
/// As the contract itself is signed; a business speaks for the creator only if it says so (`attest_counterpart`).
#[utoipa::path(post, path = "/api/v1/contracts/{contract_id}/amendments/{version}/sign", tag = "Contracts", request_body = Option<SignInput>, params(
    ("contract_id" = String, Path, description = "The contract's id"), ("version" = i64, Path, description = "The amendment's version")),
    responses(
    (status = 200, description = "The contract as it is now", body = DetailsBody),
    (status = 403, description = "Only the business speaks for the other side"),
    (status = 409, description = "It is not open for signing, this side has signed already, it is the other one's turn, or more was paid meanwhile than it would pay"),
))]
pub(super) async fn sign(
    State(deals): State<Deals>,
    caller: Caller,
    peer: Peer,
    Two(id, version): Two,
    MaybeBody(Body { input, .. }): MaybeBody<SignInput>,
) -> Answer<Json<DetailsBody>> {
    let act = Act::new(&deals, caller.scope(), Actor::of(&caller, peer));
    let party = if act.scope.person().is_some() { Party::Creator } else { Party::Business };
    let mut tx = deals.app().write().await?;
    let mut contract = act.lock(&mut tx, Named(id).id("Contract")?).await?;
    let version = number(&version)?;
    if version <= contract.version {
        return Err(Error::not_found("Amendment").into());
    }
    ops::sign(&act, &mut tx, &mut contract, version, party, &input).await?;
    let body = DetailsBody::new(&mut tx, contract).await?;
    tx.commit().await?;
    Ok(Json(body))
}
