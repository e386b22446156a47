//! The routes of promo codes.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use events::TxExt as _;
use http_base::Routes;
use http_base::routes;
use http_base::{Answer, Body, Caller, Done, Named, Offsets, Page, Params, done};
use kernel::{CampaignId, CreatorId, Error, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;

use super::model::{NewPromoCode, PromoCode, PromoCodeId, key_of};
use super::store;
use crate::Insights;
use crate::events::{PromoCodeCreated, PromoCodeDisabled};

/// Every route of promo codes.
pub(crate) fn router() -> Routes<Insights> {
    Routes::new().with(routes!(list, create)).with(routes!(disable))
}

/// A promo code.
#[derive(Serialize, ToSchema)]
#[schema(as = PromoCode)]
struct PromoCodeBody {
    id: PromoCodeId,
    #[schema(example = "ANA20")]
    code: String,
    campaign_id: CampaignId,
    creator_id: CreatorId,
    /// What it is worth, in words.
    discount: Option<String>,
    created_at: Timestamp,
    /// From when on it counts no order; null while it does.
    disabled_at: Option<Timestamp>,
}

impl From<PromoCode> for PromoCodeBody {
    fn from(code: PromoCode) -> Self {
        Self {
            id: code.id,
            code: code.code,
            campaign_id: code.campaign_id,
            creator_id: code.creator_id,
            discount: code.discount,
            created_at: code.created_at,
            disabled_at: code.disabled_at,
        }
    }
}

/// Create a promo code
///
/// Orders that name it count for a creator of the campaign. A workspace has each code once, whatever the case.
#[utoipa::path(post, path = "/api/v1/analytics/campaigns/{campaign_id}/promo-codes", tag = "Conversions",
    request_body = NewPromoCode,
    params(("campaign_id" = String, Path, description = "The campaign's id or code")), responses(
    (status = 201, description = "The new code", body = PromoCodeBody),
    (status = 409, description = "The workspace has this code already"),
))]
async fn create(
    State(insights): State<Insights>,
    caller: Caller,
    name: Named,
    Body { input, .. }: Body<NewPromoCode>,
) -> Answer<(StatusCode, Json<PromoCodeBody>)> {
    let (app, scope) = (insights.app(), caller.scope());
    let (clock, now) = (app.clock(), app.clock().now());
    let mut tx = app.write().await?;
    let campaign = campaigns::find(scope, &mut tx, &name.0).await?;
    let creator = creators::store::by_id(scope, &mut tx, input.creator_id).await?;
    let creator = creator.ok_or_else(|| Error::not_found("Creator"))?;
    let code = PromoCode {
        id: clock.new_id(),
        workspace_id: campaign.workspace_id,
        campaign_id: campaign.id,
        creator_id: creator.id,
        code_key: key_of(&input.code),
        code: input.code,
        discount: input.discount,
        created_at: now,
        disabled_at: None,
    };
    store::insert(scope, &mut tx, &code).await?;
    tx.event(PromoCodeCreated((&code).into()));
    tx.commit().await?;
    Ok((StatusCode::CREATED, Json(code.into())))
}

/// A page of promo codes.
#[derive(Serialize, ToSchema)]
struct PromoCodeList {
    promo_codes: Vec<PromoCodeBody>,
    #[serde(flatten)]
    page: Page,
}

/// List promo codes
///
/// Those of a campaign, the newest first.
#[utoipa::path(get, path = "/api/v1/analytics/campaigns/{campaign_id}/promo-codes", tag = "Conversions",
    params(("campaign_id" = String, Path, description = "The campaign's id or code"), Offsets),
    responses((status = 200, description = "A page of codes", body = PromoCodeList)))]
async fn list(
    State(insights): State<Insights>,
    caller: Caller,
    name: Named,
    Params(offsets): Params<Offsets>,
) -> Answer<Json<PromoCodeList>> {
    let scope = caller.scope();
    let mut tx = insights.app().read().await?;
    let campaign = campaigns::find(scope, &mut tx, &name.0).await?;
    let (codes, total) = store::list(scope, &mut tx, campaign.id, offsets).await?;
    let promo_codes = codes.into_iter().map(PromoCodeBody::from).collect();
    Ok(Json(PromoCodeList { promo_codes, page: offsets.page(total) }))
}

/// Disable a promo code
///
/// Orders that were made before still count by it, whenever they are told; later ones do not. The workspace does not get the code again.
#[utoipa::path(delete, path = "/api/v1/analytics/promo-codes/{promo_code_id}", tag = "Conversions",
    params(("promo_code_id" = PromoCodeId, Path, description = "The code's id")),
    responses((status = 200, description = "Taken back", body = Done)))]
async fn disable(State(insights): State<Insights>, caller: Caller, name: Named) -> Answer<Json<Done>> {
    let (app, scope, id) = (insights.app(), caller.scope(), name.id("Promo code")?);
    let now = app.clock().now();
    let mut tx = app.write().await?;
    let code = store::by_id(scope, &mut tx, id).await?.ok_or_else(|| Error::not_found("Promo code"))?;
    if store::disable(scope, &mut tx, id, now).await? {
        tx.event(PromoCodeDisabled((&code).into()));
        tx.commit().await?;
    }
    Ok(done(format!("The promo code {} counts no further orders", code.code)))
}
