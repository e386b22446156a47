//! Disputes: opened, argued, decided.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use http_base::{Admin, Answer, Body, Member, Named, Paged, Pages, Params};
use input::Input;
use kernel::Error;
use serde::Serialize;
use utoipa::ToSchema;

use super::shapes::{DisputeBody, StatementBody};
use crate::model::{DecideInput, DisputeInput, StatementInput};
use crate::ops::{self, Act};
use crate::{Collaborations, store};

/// Open a dispute
///
/// By either side, from the day on that it is scheduled until it is completed, once. Payments are frozen. Both may write statements for
/// 5 days; then an administrator decides, at most 14 days after the opening, or else the record does.
#[utoipa::path(post, path = "/api/v1/collaborations/{collaboration_id}/dispute", tag = "Disputes",
    request_body = DisputeInput, params(("collaboration_id" = String, Path, description = "The collaboration's id")),
    responses((status = 201, description = "Opened", body = DisputeBody),
        (status = 403, description = "You have no side in it"),
        (status = 409, description = "Nothing is due yet, it is over, or it was disputed before")))]
pub(super) async fn open(
    State(of): State<Collaborations>,
    member: Member,
    name: Named,
    Body { input, .. }: Body<DisputeInput>,
) -> Answer<(StatusCode, Json<DisputeBody>)> {
    let act = Act::new(&of, &member.caller());
    let mut tx = of.app().write().await?;
    let mut found = act.lock(&mut tx, name.id("Collaboration")?).await?;
    let dispute = ops::dispute(&act, &mut tx, &mut found, &input.reason).await?;
    tx.commit().await?;
    Ok((StatusCode::CREATED, Json(DisputeBody::new(dispute, Vec::new()))))
}

/// Write a statement in a dispute
///
/// By either side, for 5 days after the opening; by an administrator until it is decided.
#[utoipa::path(post, path = "/api/v1/collaborations/{collaboration_id}/dispute/statements", tag = "Disputes",
    request_body = StatementInput, params(("collaboration_id" = String, Path, description = "The collaboration's id")),
    responses((status = 201, description = "Written", body = StatementBody),
        (status = 409, description = "There is no open dispute, or the time for statements is over")))]
pub(super) async fn state(
    State(of): State<Collaborations>,
    member: Member,
    name: Named,
    Body { input, .. }: Body<StatementInput>,
) -> Answer<(StatusCode, Json<StatementBody>)> {
    let act = Act::new(&of, &member.caller());
    let mut tx = of.app().write().await?;
    let mut found = act.lock(&mut tx, name.id("Collaboration")?).await?;
    let statement = ops::state(&act, &mut tx, &found, input.text).await?;
    act.save(&mut tx, &mut found).await?;
    tx.commit().await?;
    Ok((StatusCode::CREATED, Json(statement.into())))
}

/// Which disputes are wanted.
#[derive(Input)]
pub(super) struct DisputeQuery {
    /// Only those that are open, or only those that are decided.
    #[input(flag)]
    open: Option<bool>,
    #[input(flatten)]
    pages: Pages,
}

/// A page of disputes.
#[derive(Serialize, ToSchema)]
pub(super) struct DisputeList {
    disputes: Vec<DisputeBody>,
    #[serde(flatten)]
    page: Paged,
}

/// List disputes
///
/// For administrators: the newest first, without their statements.
#[utoipa::path(get, path = "/api/v1/admin/disputes", tag = "Disputes", params(DisputeQuery),
    responses((status = 200, description = "A page of disputes", body = DisputeList),
        (status = 403, description = "You are no administrator")))]
pub(super) async fn list(
    State(of): State<Collaborations>,
    caller: Admin,
    Params(query): Params<DisputeQuery>,
) -> Answer<Json<DisputeList>> {
    let mut tx = of.app().read().await?;
    let (found, total) = store::disputes(caller.scope(), &mut tx, query.open, query.pages).await?;
    let disputes = found.into_iter().map(|one| DisputeBody::new(one, Vec::new())).collect();
    Ok(Json(DisputeList { disputes, page: query.pages.of(total) }))
}

/// Decide a dispute
///
/// For administrators. `paid`: the content is accepted, and its payment due. `refunded`: the collaboration is cancelled, and what was paid
/// goes back. `split`: the creator gets `creator_gets` of the fee, and the rest goes back. Money moves on the ledger, where there is a
/// signed contract.
#[utoipa::path(post, path = "/api/v1/admin/disputes/{dispute_id}/decide", tag = "Disputes", request_body = DecideInput,
    params(("dispute_id" = String, Path, description = "The dispute's id")),
    responses((status = 200, description = "Decided", body = DisputeBody),
        (status = 403, description = "You are no administrator"),
        (status = 409, description = "It was decided already, or a payment is just moving")))]
pub(super) async fn decide(
    State(of): State<Collaborations>,
    caller: Admin,
    name: Named,
    Body { input, .. }: Body<DecideInput>,
) -> Answer<Json<DisputeBody>> {
    let act = Act::new(&of, &caller);
    let mut tx = of.app().write().await?;
    let gone = || Error::not_found("Dispute");
    let found = store::dispute(act.scope, &mut tx, name.id("Dispute")?).await?.ok_or_else(gone)?;
    let mut collaboration = act.lock(&mut tx, found.collaboration_id).await?;
    let mut dispute = store::dispute_of(&mut tx, &collaboration).await?.ok_or_else(gone)?;
    ops::decide(&act, &mut tx, &mut collaboration, &mut dispute, input).await?;
    let statements = store::statements(&mut tx, &dispute).await?;
    tx.commit().await?;
    Ok(Json(DisputeBody::new(dispute, statements)))
}
