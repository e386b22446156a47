//! Consents to be called.

use axum::Json;
use axum::extract::State;
use http_base::{Answer, Body, Caller, Named, Offsets, Page, Params};
use input::rule;
use input::{Fields, Input};
use kernel::{AccountId, CreatorId, Error, Kind, Timestamp, WorkspaceId};
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

use crate::model::{Consent, ConsentId};
use crate::{Calls, phone, store};

/// A consent to be called by an AI.
#[derive(Serialize, ToSchema)]
pub(super) struct ConsentBody {
    id: ConsentId,
    /// To whom it was given.
    workspace_id: WorkspaceId,
    /// By which creator; null if it is the number's alone.
    creator_id: Option<CreatorId>,
    #[schema(example = "+14155550123")]
    phone_number: String,
    /// How it was given.
    #[schema(example = "Form on techfit.example, 15 January")]
    source: String,
    /// When it was given.
    given_at: Timestamp,
    /// When it was written down.
    recorded_at: Timestamp,
    /// By whom.
    recorded_by: Option<AccountId>,
    /// When it was taken back; null while it stands.
    revoked_at: Option<Timestamp>,
    /// By whom; null if the person said so on the phone.
    revoked_by: Option<AccountId>,
    /// Why.
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

/// A page of consents.
#[derive(Serialize, ToSchema)]
pub(super) struct Consents {
    consents: Vec<ConsentBody>,
    #[serde(flatten)]
    page: Page,
}

/// Which consents are wanted.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes the query that `ListQuery` reads")]
pub(super) struct ConsentQuery {
    /// Only of this creator.
    creator_id: Option<String>,
    /// Only for this number.
    phone_number: Option<String>,
}

pub(super) struct ListQuery {
    creator: Option<CreatorId>,
    number: Option<String>,
    offsets: Offsets,
}

impl Input for ListQuery {
    fn read(fields: &mut Fields) -> Option<Self> {
        let creator = fields.optional("creator_id", rule::id());
        let number = fields.optional("phone_number", phone::number());
        Some(Self { creator, number, offsets: Offsets::read(fields)? })
    }
}

/// List consents to be called
///
/// The newest first; those that were taken back are among them.
#[utoipa::path(get, path = "/api/v1/outreach/consents", tag = "Outreach calls", params(ConsentQuery, Offsets),
    responses((status = 200, description = "A page of consents", body = Consents)))]
pub(super) async fn list(
    State(calls): State<Calls>,
    caller: Caller,
    Params(query): Params<ListQuery>,
) -> Answer<Json<Consents>> {
    let mut tx = calls.app().read().await?;
    let number = query.number.as_deref();
    let (consents, total) = store::consents(caller.scope(), &mut tx, query.creator, number, query.offsets).await?;
    let consents = consents.into_iter().map(ConsentBody::from).collect();
    Ok(Json(Consents { consents, page: query.offsets.page(total) }))
}

/// A consent that was given.
#[derive(ToSchema)]
pub(super) struct ConsentInput {
    /// By which creator; `influencer_id` is taken too. Leave it out for a number that belongs to none.
    #[schema(value_type = Option<String>)]
    creator_id: Option<CreatorId>,
    /// For which number.
    #[schema(example = "+14155550123")]
    phone_number: String,
    /// How it was given, so that it can be shown: a form, a mail, a contract.
    #[schema(example = "Form on techfit.example, 15 January")]
    source: String,
    /// When it was given; now if nothing is said.
    #[schema(value_type = Option<String>, example = "2026-01-15T10:30:00Z")]
    given_at: Option<Timestamp>,
}

impl Input for ConsentInput {
    fn read(fields: &mut Fields) -> Option<Self> {
        let creator_id = fields.optional_as(&["creator_id", "influencer_id"], rule::id());
        let phone_number = fields.required("phone_number", phone::number());
        let source = fields.required("source", rule::text(1_000));
        let given_at = fields.optional("given_at", rule::moment());
        Some(Self { creator_id, phone_number: phone_number?, source: source?, given_at })
    }
}

/// Record a consent to be called
///
/// Before an AI calls a number, the person must have agreed to it. The consent is your workspace's alone, and stands until it is
/// taken back, here or by the person on the phone.
#[utoipa::path(post, path = "/api/v1/outreach/consents", tag = "Outreach calls", request_body = ConsentInput, responses(
    (status = 200, description = "The consent", body = ConsentBody),
    (status = 403, description = "You have no workspace that calls"),
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
    let payload = serde_json::json!({"phone_number": consent.phone_number, "source": consent.source}).to_string();
    tx.event("call.consent_recorded", consent.id, Some(workspace_id), payload, clock.new_id(), now);
    tx.commit().await?;
    Ok(Json(consent.into()))
}

/// Why it is taken back.
#[derive(ToSchema)]
pub(super) struct RevocationInput {
    /// Why.
    reason: Option<String>,
}

impl Input for RevocationInput {
    fn read(fields: &mut Fields) -> Option<Self> {
        Some(Self { reason: fields.optional("reason", rule::text(1_000)) })
    }
}

/// Take a consent back
///
/// It stays on record, and no call is made by it any more. What was taken back already stays as it was.
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
