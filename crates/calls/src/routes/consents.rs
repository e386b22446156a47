//! Consents to be called.

use axum::Json;
use axum::extract::State;
use events::TxExt as _;
use http_base::{Answer, Body, Caller, Named, Offsets, Page, Params};
use input::Input;
use kernel::{AccountId, CreatorId, Error, Kind, Timestamp, WorkspaceId};
use serde::Serialize;
use utoipa::ToSchema;

use crate::events::CallConsentRecorded;
use crate::model::{Consent, ConsentId};
use crate::phone::phone_number;
use crate::{Calls, store};

/// A consent to be called by an AI.
#[derive(Serialize, ToSchema)]
#[schema(as = CallConsent)]
pub(super) struct ConsentBody {
    id: ConsentId,
    /// The workspace that it was given to.
    workspace_id: WorkspaceId,
    /// The creator who gave it; null if the number belongs to no creator.
    creator_id: Option<CreatorId>,
    /// The number that may be called.
    #[schema(example = "+14155550123")]
    phone_number: String,
    /// How it was given.
    #[schema(example = "Form on techfit.example, 15 January")]
    source: String,
    /// When it was given.
    given_at: Timestamp,
    /// When it was recorded.
    recorded_at: Timestamp,
    /// The account that recorded it.
    recorded_by: Option<AccountId>,
    /// When it was revoked; null while it stands.
    revoked_at: Option<Timestamp>,
    /// The account that revoked it; null if the person said so on the telephone.
    revoked_by: Option<AccountId>,
    /// Why it was revoked.
    revoked_because: Option<String>,
}

impl From<Consent> for ConsentBody {
    fn from(consent: Consent) -> Self {
        Self {
            id: consent.id,
            workspace_id: consent.workspace_id,
            creator_id: consent.creator_id,
            phone_number: consent.phone_number,
            source: consent.source,
            given_at: consent.given_at,
            recorded_at: consent.recorded_at,
            recorded_by: consent.recorded_by,
            revoked_at: consent.revoked_at,
            revoked_by: consent.revoked_by,
            revoked_because: consent.revoked_because,
        }
    }
}

/// A page of consents to be called.
#[derive(Serialize, ToSchema)]
#[schema(as = CallConsentList)]
pub(super) struct Consents {
    /// The consents of this page, the newest first.
    consents: Vec<ConsentBody>,
    #[serde(flatten)]
    page: Page,
}

/// Which consents are wanted.
#[derive(Input)]
pub(super) struct ConsentQuery {
    /// Only consents of this creator.
    #[input(id)]
    creator_id: Option<CreatorId>,
    /// Only consents for this number.
    #[input(phone_number())]
    phone_number: Option<String>,
    #[input(flatten)]
    offsets: Offsets,
}

/// List consents to be called
///
/// The consents that your workspace has, the newest first; those that were revoked are among them.
#[utoipa::path(get, path = "/api/v1/outreach/consents", tag = "Outreach calls", params(ConsentQuery),
    responses((status = 200, description = "A page of consents", body = Consents)))]
pub(super) async fn list(
    State(calls): State<Calls>,
    caller: Caller,
    Params(query): Params<ConsentQuery>,
) -> Answer<Json<Consents>> {
    let mut tx = calls.app().read().await?;
    let number = query.phone_number.as_deref();
    let (consents, total) = store::consents(caller.scope(), &mut tx, query.creator_id, number, query.offsets).await?;
    let consents = consents.into_iter().map(ConsentBody::from).collect();
    Ok(Json(Consents { consents, page: query.offsets.page(total) }))
}

/// A consent that was given.
#[derive(Input)]
#[input(name = "CallConsentInput")]
pub(super) struct ConsentInput {
    /// The creator who gave it. Leave it out for a number that belongs to no creator.
    #[input(id, alias = "influencer_id")]
    creator_id: Option<CreatorId>,
    /// The number that may be called, with its country code.
    #[input(phone_number(), example = "+14155550123")]
    phone_number: String,
    /// How it was given, so that it can be proved: a form, an email, a contract.
    #[input(text(1_000), example = "Form on techfit.example, 15 January")]
    source: String,
    /// When it was given; now if nothing is said.
    #[input(moment, example = "2026-01-15T10:30:00Z")]
    given_at: Option<Timestamp>,
}

/// Record a consent to be called
///
/// Before an AI calls a number, the person must have agreed to it. The consent is your workspace's alone, and stands until it is
/// revoked, here or by the person on the telephone.
#[utoipa::path(post, path = "/api/v1/outreach/consents", tag = "Outreach calls", request_body = ConsentInput, responses(
    (status = 200, description = "The consent", body = ConsentBody),
    (status = 403, description = "You have no workspace that makes calls"),
    (status = 404, description = "There is no such creator"),
))]
pub(super) async fn add(
    State(calls): State<Calls>,
    caller: Caller,
    Body { input, .. }: Body<ConsentInput>,
) -> Answer<Json<ConsentBody>> {
    let (clock, scope) = (calls.app().clock(), caller.scope());
    let workspace_id = caller
        .workspace()
        .ok_or_else(|| Error::new(Kind::Forbidden, "Consents are given to businesses; this account is not one"))?;
    let now = clock.now();
    let given_at = input.given_at.unwrap_or(now);
    if given_at > now {
        return Err(Error::invalid_field("given_at", "must not be in the future").into());
    }
    let mut tx = calls.app().write().await?;
    if let Some(creator) = input.creator_id
        && creators::store::by_id(scope, &mut tx, creator).await?.is_none()
    {
        return Err(Error::not_found("Creator").into());
    }
    let consent = Consent {
        id: clock.new_id(),
        workspace_id,
        creator_id: input.creator_id,
        phone_number: input.phone_number,
        source: input.source,
        given_at,
        recorded_at: now,
        recorded_by: caller.account().map(|account| account.id),
        revoked_at: None,
        revoked_by: None,
        revoked_because: None,
    };
    store::insert_consent(scope, &mut tx, &consent).await?;
    tx.event(CallConsentRecorded { workspace_id, consent_id: consent.id, creator_id: consent.creator_id });
    tx.commit().await?;
    Ok(Json(consent.into()))
}

/// Why a consent is revoked.
#[derive(Input)]
#[input(name = "RevokeConsent")]
pub(super) struct RevocationInput {
    /// Why.
    #[input(text(1_000), example = "Asked by email")]
    reason: Option<String>,
}

/// Revoke a consent to be called
///
/// It stays on record, and no call is made by it any more. A consent that is revoked already stays as it was.
#[utoipa::path(post, path = "/api/v1/outreach/consents/{consent_id}/revoke", tag = "Outreach calls",
    request_body = RevocationInput, params(("consent_id" = String, Path, description = "The consent's id")),
    responses((status = 200, description = "The consent as it is now", body = ConsentBody)))]
pub(super) async fn revoke(
    State(calls): State<Calls>,
    caller: Caller,
    name: Named,
    Body { input, .. }: Body<RevocationInput>,
) -> Answer<Json<ConsentBody>> {
    let id = name.id("Consent")?;
    let now = calls.app().clock().now();
    let by = caller.account().map(|account| account.id);
    let mut tx = calls.app().write().await?;
    let revoked = store::revoke_consent(caller.scope(), &mut tx, id, by, input.reason.as_deref(), now).await?;
    let revoked = revoked.ok_or_else(|| Error::not_found("Consent"))?;
    tx.commit().await?;
    Ok(Json(revoked.into()))
}
