//! Deliverables of a contract.

use axum::Json;
use axum::extract::State;
use http_base::{Answer, Body, Caller, Named, Peer};
use kernel::Error;
use serde::Serialize;
use utoipa::ToSchema;

use super::shapes::DeliverableBody;
use crate::actor::Actor;
use crate::model::DeliverableMove;
use crate::ops::{self, Act};
use crate::{Deals, store};
use http_base::path::Two;

/// What a contract asks for.
#[derive(Serialize, ToSchema)]
pub(super) struct DeliverableList {
    deliverables: Vec<DeliverableBody>,
    total: usize,
}

/// List the deliverables of a contract
///
/// What the creator owes by this contract, with its deadline and how far each is.
#[utoipa::path(get, path = "/api/v1/contracts/{contract_id}/deliverables", tag = "Contracts",
    params(("contract_id" = String, Path, description = "The contract's id")),
    responses((status = 200, description = "Its deliverables, in its order", body = DeliverableList)))]
pub(super) async fn list(State(deals): State<Deals>, caller: Caller, name: Named) -> Answer<Json<DeliverableList>> {
    let scope = caller.scope();
    let mut tx = deals.app().read().await?;
    let contract = store::find(scope, &mut tx, name.id("Contract")?).await?;
    let contract = contract.ok_or_else(|| Error::not_found("Contract"))?;
    let all = store::deliverables(&mut tx, &contract).await?;
    Ok(Json(DeliverableList { total: all.len(), deliverables: all.into_iter().map(Into::into).collect() }))
}

/// Change the status of a deliverable
///
/// When it is approved, the payments that waited for it become due: one whose line of the schedule names deliverables (by `deliverables`, or
/// because they name its `milestone`) with the last of those, every other one that waits for delivery with the last of all.
#[utoipa::path(put, path = "/api/v1/contracts/{contract_id}/deliverables/{deliverable_id}", tag = "Contracts", request_body = DeliverableMove,
    params(("contract_id" = String, Path, description = "The contract's id"),
        ("deliverable_id" = String, Path, description = "The deliverable's id")), responses(
    (status = 200, description = "The deliverable as it is now", body = DeliverableBody),
    (status = 403, description = "A creator submits; the business approves and sends back"),
    (status = 409, description = "It may not move there, or the contract is not signed"),
))]
pub(super) async fn update(
    State(deals): State<Deals>,
    caller: Caller,
    peer: Peer,
    Two(id, deliverable): Two,
    Body { input, .. }: Body<DeliverableMove>,
) -> Answer<Json<DeliverableBody>> {
    let act = Act::new(&deals, caller.scope(), Actor::of(&caller, peer));
    let mut tx = deals.app().write().await?;
    let mut contract = act.lock(&mut tx, Named(id).id("Contract")?).await?;
    let deliverable = Named(deliverable).id("Deliverable")?;
    let moved = ops::move_deliverable(&act, &mut tx, &mut contract, deliverable, input).await?;
    tx.commit().await?;
    Ok(Json(moved.into()))
}
