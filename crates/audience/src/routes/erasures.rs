//! What is known of a member is told, and taken away.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse as _, Response};
use http_base::{Answer, Member as Asking, Named, Pages, Pagination, Params, Routes, Taking, routes};
use kernel::{AccountId, Error, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{Audience, Ended, EndedId, How, MemberId, members, store, told};

pub(super) fn router() -> Routes<Audience> {
    Routes::new().with(routes!(export)).with(routes!(erase)).with(routes!(list)).with(routes!(show))
}

/// What is left of a member who was erased or merged into another: ids and counts.
#[derive(Serialize, ToSchema)]
#[schema(as = UserErasure)]
struct EndedBody {
    /// The id of the proof.
    id: EndedId,
    /// Who it was.
    user_id: MemberId,
    /// Were they erased, or merged into another?
    kind: How,
    /// The member who has everything now, of two who were merged.
    into_id: Option<MemberId>,
    /// Who did it.
    account_id: Option<AccountId>,
    /// How many records of each kind were taken away, or moved.
    #[schema(example = json!({"identities": 2, "interactions": 45, "notes": 1}))]
    took: BTreeMap<String, u64>,
    /// Of an erasure: the SHA-256, in hexadecimal digits, of the receipt and, directly after it, the text of the export of that moment. Of
    /// a merge: of ids alone.
    proof: String,
    /// When.
    at: Timestamp,
}

impl From<Ended> for EndedBody {
    fn from(ended: Ended) -> Self {
        let Ended { id, member_id, account_id, kind, into_id, took, proof, at, .. } = ended;
        Self { id, user_id: member_id, kind, into_id, account_id, took: took.0, proof, at }
    }
}

/// A member was erased.
#[derive(Serialize, ToSchema)]
struct UserErasureProof {
    #[serde(flatten)]
    erasure: EndedBody,
    /// 64 hexadecimal digits, told here and kept nowhere: with them, whoever has the export can show that it is what was erased.
    receipt: String,
}

/// Export what is known of a user
///
/// Everything that is kept about a member, in every part of the server, as JSON: what a coach owes them who ask.
#[utoipa::path(get, path = "/api/v1/users/{user_id}/export", tag = "Audience",
    params(("user_id" = MemberId, Path, description = "The member's id")),
    responses((status = 200, description = "All of it: `user`, `identities`, `permissions`, `tags`, `notes`, `badges`, `interactions`, and what other \
        parts keep", body = serde_json::Map<String, serde_json::Value>)))]
async fn export(State(audience): State<Audience>, taking: Taking, name: Named) -> Answer<Response> {
    let hub = super::tables::hub_of(&taking)?;
    let mut tx = audience.app().db().snapshot().await?;
    let member = super::find(&mut tx, hub, &name.0).await?;
    let export = told::export(&mut tx, audience.keepers(), &member).await?;
    let heads = [
        (CONTENT_TYPE, "application/json".to_owned()),
        (CONTENT_DISPOSITION, format!("attachment; filename=\"user-{}.json\"", member.id)),
        (CACHE_CONTROL, "private, no-store".to_owned()),
    ];
    Ok((heads, export.to_string()).into_response())
}

/// Erase a user
///
/// Takes away everything that is kept about a member, in every part of the server, for good. What stays is a row with ids and counts, as the proof; and the
/// sums of days, which name nobody. Whoever writes again afterwards is somebody new.
#[utoipa::path(delete, path = "/api/v1/users/{user_id}", tag = "Audience",
    params(("user_id" = MemberId, Path, description = "The member's id")),
    responses((status = 200, description = "The proof", body = UserErasureProof)))]
async fn erase(State(audience): State<Audience>, asking: Asking, name: Named) -> Answer<Json<UserErasureProof>> {
    let id: MemberId = name.id("User")?;
    let mut tx = audience.app().db().write_long().await?;
    let erased = members::erase(&mut tx, audience.keepers(), asking.hub(), id, Some(asking.id)).await?;
    let members::Erased { ended, receipt } = erased.ok_or_else(super::no_user)?;
    tx.commit().await?;
    Ok(Json(UserErasureProof { erasure: ended.into(), receipt }))
}

/// A page of proofs.
#[derive(Serialize, ToSchema)]
struct UserErasureList {
    /// The proofs of this page.
    erasures: Vec<EndedBody>,
    /// Where it stands.
    pagination: Pagination,
}

/// List who was erased or merged
///
/// The newest first.
#[utoipa::path(get, path = "/api/v1/users/erasures", tag = "Audience", params(Pages), responses(
    (status = 200, description = "A page of proofs", body = UserErasureList)))]
async fn list(
    State(audience): State<Audience>,
    asking: Asking,
    Params(pages): Params<Pages>,
) -> Answer<Json<UserErasureList>> {
    let mut tx = audience.app().read().await?;
    let (rows, total) = store::gone::page(asking.hub(), &mut tx, pages.limit, pages.offset()).await?;
    let erasures = rows.into_iter().map(Into::into).collect();
    Ok(Json(UserErasureList { erasures, pagination: pages.pagination(total) }))
}

/// Get the proof of an erasure or a merge
///
/// By its own id.
#[utoipa::path(get, path = "/api/v1/users/erasures/{erasure_id}", tag = "Audience",
    params(("erasure_id" = EndedId, Path, description = "The proof's id")),
    responses((status = 200, description = "The proof", body = EndedBody)))]
async fn show(State(audience): State<Audience>, asking: Asking, name: Named) -> Answer<Json<EndedBody>> {
    let mut tx = audience.app().read().await?;
    let ended = store::gone::by_id(asking.hub(), &mut tx, name.id("Erasure")?).await?;
    Ok(Json(ended.ok_or_else(|| Error::not_found("Erasure"))?.into()))
}
