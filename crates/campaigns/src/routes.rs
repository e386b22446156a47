//! The routes of campaigns.

use std::time::Duration;

use axum::Json;
use axum::extract::{FromRef, RawQuery, State};
use axum::response::Response;
use http_base::Routes;
use http_base::cache::Key;
use http_base::routes;
use http_base::{Answer, App, Body, Caller, Done, Named, Offsets, Page, Params, Responses, done};
use input::Input;
use kernel::{Clock, Error, Kind, Result};
use serde::Serialize;
use utoipa::ToSchema;

use crate::model::{CampaignChanges, NewCampaign};
use crate::store::{self, Wanted};
use crate::{Campaign, Status, TOPIC, find};

/// What the routes of campaigns reach.
#[derive(Clone)]
pub struct CampaignsState {
    app: App,
    kept: Responses,
}

impl CampaignsState {
    /// Lists are kept for half an hour, and never beyond a change.
    pub fn new(app: App) -> Self {
        let kept = Responses::new("campaigns", 16 << 20, Duration::from_mins(30));
        Self { app, kept }
    }
}

impl FromRef<CampaignsState> for App {
    fn from_ref(state: &CampaignsState) -> Self {
        state.app.clone()
    }
}

/// Every route of campaigns but the analysis of a match and the selection of a creator.
pub fn router(state: CampaignsState) -> Routes {
    Routes::new()
        .with(routes!(list, create))
        .with(routes!(get, update, delete))
        .with(routes!(by_brand))
        .with_state(state)
}

/// A page of campaigns.
#[derive(Serialize, ToSchema)]
struct CampaignList {
    /// The campaigns, newest first.
    campaigns: Vec<Campaign>,
    #[serde(flatten)]
    page: Page,
}

/// Which campaigns are wanted.
#[derive(Input)]
struct ListQuery {
    /// Only campaigns of this status.
    #[input(word)]
    status: Option<Status>,
    #[input(flatten)]
    offsets: Offsets,
}

async fn page(app: &App, caller: &Caller, wanted: &Wanted, offsets: Offsets) -> Result<CampaignList> {
    let mut tx = app.read().await?;
    let (campaigns, total) = store::list(caller.scope(), &mut tx, wanted, offsets).await?;
    Ok(CampaignList { campaigns, page: offsets.page(total) })
}

/// List campaigns
///
/// The campaigns of your workspace, newest first.
#[utoipa::path(get, path = "/api/v1/campaigns", tag = "Campaigns", params(ListQuery),
    responses((status = 200, description = "A page of campaigns", body = CampaignList)))]
async fn list(
    State(state): State<CampaignsState>,
    caller: Caller,
    RawQuery(asked): RawQuery,
    Params(query): Params<ListQuery>,
) -> Answer<Response> {
    let version = [state.app.db().current_version(TOPIC).await?, 0, 0];
    let key = Key { scope: caller.scope(), asked: asked.unwrap_or_default() };
    let wanted = Wanted { status: query.status, brand: None };
    let make = || page(&state.app, &caller, &wanted, query.offsets);
    Ok(state.kept.json(&state.app, key, version, make).await?)
}

/// Create a campaign
///
/// The campaign gets a code (`CAMP-001`), which can be used in place of its id everywhere.
#[utoipa::path(post, path = "/api/v1/campaigns", tag = "Campaigns", request_body = NewCampaign,
    responses((status = 200, description = "The new campaign", body = Campaign)))]
async fn create(
    State(state): State<CampaignsState>,
    caller: Caller,
    Body { input, .. }: Body<NewCampaign>,
) -> Answer<Json<Campaign>> {
    let clock: &Clock = state.app.clock();
    let workspace = caller
        .workspace()
        .ok_or_else(|| Error::new(Kind::Forbidden, "Campaigns belong to businesses; this account is not one"))?;
    let mut campaign = Campaign::new(input, clock.new_id(), workspace, clock.now());
    let mut tx = state.app.write().await?;
    store::insert(caller.scope(), &mut tx, &mut campaign).await?;
    tx.commit().await?;
    Ok(Json(campaign))
}

/// Get a campaign
///
/// By its id or its code. A campaign of another workspace is not found.
#[utoipa::path(get, path = "/api/v1/campaigns/{campaign_id}", tag = "Campaigns",
    params(("campaign_id" = String, Path, description = "The campaign's id or code")),
    responses((status = 200, description = "The campaign", body = Campaign)))]
async fn get(State(state): State<CampaignsState>, caller: Caller, name: Named) -> Answer<Json<Campaign>> {
    let mut tx = state.app.read().await?;
    Ok(Json(find(caller.scope(), &mut tx, &name.0).await?))
}

/// Update a campaign
///
/// Fields that are left out stay as they are; null clears a field that can be empty. A campaign that has begun cannot be a draft
/// again, and one that is completed stays so.
#[utoipa::path(put, path = "/api/v1/campaigns/{campaign_id}", tag = "Campaigns", request_body = CampaignChanges,
    params(("campaign_id" = String, Path, description = "The campaign's id or code")), responses(
    (status = 200, description = "The campaign as it is now", body = Campaign),
    (status = 409, description = "The status cannot become this, or someone else changed the campaign meanwhile"),
))]
async fn update(
    State(state): State<CampaignsState>,
    caller: Caller,
    name: Named,
    Body { input, .. }: Body<CampaignChanges>,
) -> Answer<Json<Campaign>> {
    let mut tx = state.app.write().await?;
    let mut campaign = find(caller.scope(), &mut tx, &name.0).await?;
    let was = (campaign.status, campaign.updated_at);
    campaign.apply(input, state.app.clock().now())?;
    store::update(caller.scope(), &mut tx, &campaign, was).await?;
    tx.commit().await?;
    Ok(Json(campaign))
}

/// Delete a campaign
///
/// The campaign is no longer listed or found. Its outreach, contracts and payments stay on record.
#[utoipa::path(delete, path = "/api/v1/campaigns/{campaign_id}", tag = "Campaigns",
    params(("campaign_id" = String, Path, description = "The campaign's id or code")),
    responses((status = 200, description = "Deleted", body = Done)))]
async fn delete(State(state): State<CampaignsState>, caller: Caller, name: Named) -> Answer<Json<Done>> {
    let mut tx = state.app.write().await?;
    let campaign = find(caller.scope(), &mut tx, &name.0).await?;
    if !store::delete(caller.scope(), &mut tx, campaign.id, state.app.clock().now()).await? {
        return Err(Error::not_found("Campaign").into());
    }
    tx.commit().await?;
    Ok(done(format!("The campaign for {} was deleted", campaign.product_name)))
}

/// List the campaigns of a brand
///
/// The campaigns of your workspace for this brand, newest first.
#[utoipa::path(get, path = "/api/v1/campaigns/brand/{brand_name}", tag = "Campaigns",
    params(("brand_name" = String, Path, description = "The name of the brand, without regard to case and accents"), Offsets),
    responses((status = 200, description = "A page of campaigns; empty if there are none for this brand", body = CampaignList)))]
async fn by_brand(
    State(state): State<CampaignsState>,
    caller: Caller,
    name: Named,
    Params(offsets): Params<Offsets>,
) -> Answer<Json<CampaignList>> {
    let wanted = Wanted { status: None, brand: Some(name.0) };
    Ok(Json(page(&state.app, &caller, &wanted, offsets).await?))
}
