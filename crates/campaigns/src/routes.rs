//! The routes of campaigns.

use std::time::Duration;

use axum::Json;
use axum::extract::{FromRef, RawQuery, State};
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use creators::Directory;
use http_base::cache::Key;
use http_base::{Answer, App, Body, Caller, Named, Offsets, Page, Params, Responses};
use input::rule;
use input::{Fields, Input};
use kernel::{CampaignId, Clock, CreatorId, Error, Kind, OutreachId, Result};
use outreach::{Entry, NewEntry};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::model::{Changes, NewCampaign};
use crate::store::{self, Wanted};
use crate::{Campaign, CampaignBody, Status, TOPIC, find};

/// What the routes of campaigns reach.
#[derive(Clone)]
pub struct CampaignsState {
    app: App,
    directory: Directory,
    kept: Responses,
}

impl CampaignsState {
    /// Lists are kept for the half hour that B asks for, and never beyond a change.
    pub fn new(directory: Directory) -> Self {
        let kept = Responses::new("campaigns", 16 << 20, Duration::from_mins(30));
        Self { app: directory.app().clone(), directory, kept }
    }
}

impl FromRef<CampaignsState> for App {
    fn from_ref(state: &CampaignsState) -> Self {
        state.app.clone()
    }
}

/// Every route of campaigns but the analysis of a match.
pub fn router(state: CampaignsState) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(get, update, delete))
        .routes(routes!(by_brand))
        .routes(routes!(select))
        .with_state(state)
}

/// A campaign as A and B send one. Only for the documentation: what is read, and how, is in `model`.
#[derive(Deserialize, ToSchema)]
#[expect(dead_code, reason = "describes the body that `Changes` reads")]
struct CampaignInput {
    /// What it is for.
    #[schema(example = "FitBand Pro", max_length = 200)]
    product_name: String,
    /// Who makes that; `brand` is taken too.
    #[schema(example = "TechFit", max_length = 200)]
    brand_name: String,
    /// More of what it is.
    product_description: Option<String>,
    /// Whom it should reach.
    target_audience: Option<String>,
    /// What people use it for: a text or a list of texts; `key_usecases` is taken too.
    key_use_cases: Option<String>,
    /// What it should bring.
    campaign_goal: Option<String>,
    /// The niches it belongs to, in plain words.
    #[schema(example = "Fitness Technology")]
    product_niche: Option<String>,
    /// What it may cost in all; more than 0.
    #[schema(example = 25000)]
    total_budget: f64,
    /// `draft`, `active`, `paused` or `completed`; a new campaign is a draft unless it says otherwise.
    status: Option<String>,
    /// Never propose creators of these platforms,
    excluded_platforms: Option<Vec<String>>,
    /// of these niches,
    excluded_niches: Option<Vec<String>>,
    /// of these countries,
    excluded_countries: Option<Vec<String>>,
    /// who worked with these brands,
    excluded_brands: Option<Vec<String>>,
    /// or these.
    excluded_creators: Option<Vec<String>>,
}

/// A page of campaigns.
#[derive(Serialize, ToSchema)]
struct CampaignList {
    campaigns: Vec<CampaignBody>,
    #[serde(flatten)]
    page: Page,
}

/// Which campaigns are wanted.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes the query that `ListQuery` reads")]
struct StatusQuery {
    /// Only of this status: `active`, `draft`, `completed` or `paused`.
    #[param(value_type = Option<String>)]
    status: Option<Status>,
}

struct ListQuery {
    status: Option<Status>,
    offsets: Offsets,
}

impl Input for ListQuery {
    fn read(fields: &mut Fields) -> Option<Self> {
        let status = fields.optional("status", rule::one_of(Status::WORDS)).and_then(Status::parse);
        Some(Self { status, offsets: Offsets::read(fields)? })
    }
}

fn as_json(body: impl Into<axum::body::Body>) -> Response {
    ([(CONTENT_TYPE, "application/json")], body.into()).into_response()
}

async fn page(app: &App, caller: &Caller, wanted: &Wanted, offsets: Offsets) -> Result<CampaignList> {
    let mut tx = app.read().await?;
    let (campaigns, total) = store::list(caller.scope(), &mut tx, wanted, offsets).await?;
    Ok(CampaignList { campaigns: campaigns.into_iter().map(CampaignBody::from).collect(), page: offsets.page(total) })
}

/// List campaigns
///
/// The newest first.
#[utoipa::path(get, path = "/api/v1/campaigns", tag = "Campaigns", params(StatusQuery, Offsets),
    responses((status = 200, description = "A page of campaigns", body = CampaignList)))]
async fn list(
    State(state): State<CampaignsState>,
    caller: Caller,
    RawQuery(asked): RawQuery,
    Params(query): Params<ListQuery>,
) -> Answer<Response> {
    let version = [state.app.db().current_version(TOPIC).await?, 0, 0];
    let key = Key { scope: caller.scope(), asked: asked.unwrap_or_default() };
    if state.app.caching()
        && let Some(body) = state.kept.get(&key, version)
    {
        return Ok(as_json(body));
    }
    let wanted = Wanted { status: query.status, brand: None };
    let list = page(&state.app, &caller, &wanted, query.offsets).await?;
    let body = bytes::Bytes::from(serde_json::to_vec(&list).map_err(Error::internal)?);
    if state.app.caching() {
        state.kept.put(key, version, body.clone());
    }
    Ok(as_json(body))
}

/// Create a campaign
///
/// It gets a code (`CAMP-001`) that names it wherever an id does.
#[utoipa::path(post, path = "/api/v1/campaigns", tag = "Campaigns", request_body = CampaignInput,
    responses((status = 200, description = "The new campaign", body = CampaignBody)))]
async fn create(
    State(state): State<CampaignsState>,
    caller: Caller,
    Body { input, .. }: Body<NewCampaign>,
) -> Answer<Json<CampaignBody>> {
    let clock: &Clock = state.app.clock();
    let workspace = caller
        .workspace()
        .ok_or_else(|| Error::new(Kind::Forbidden, "Campaigns belong to businesses; this account is not one"))?;
    let mut campaign = Campaign::new(input, clock.new_id(), workspace, clock.now())?;
    let mut tx = state.app.write().await?;
    store::insert(caller.scope(), &mut tx, &mut campaign).await?;
    tx.commit().await?;
    Ok(Json(campaign.into()))
}

/// Read a campaign
#[utoipa::path(get, path = "/api/v1/campaigns/{campaign_id}", tag = "Campaigns",
    params(("campaign_id" = String, Path, description = "The campaign's id or code")),
    responses((status = 200, description = "The campaign", body = CampaignBody)))]
async fn get(State(state): State<CampaignsState>, caller: Caller, name: Named) -> Answer<Json<CampaignBody>> {
    let mut tx = state.app.read().await?;
    Ok(Json(find(caller.scope(), &mut tx, &name.0).await?.into()))
}

/// Change a campaign
///
/// Fields that are left out stay as they are. A campaign that has begun is no draft again, and one that is completed stays so.
#[utoipa::path(put, path = "/api/v1/campaigns/{campaign_id}", tag = "Campaigns", request_body = CampaignInput,
    params(("campaign_id" = String, Path, description = "The campaign's id or code")), responses(
    (status = 200, description = "The campaign as it is now", body = CampaignBody),
    (status = 409, description = "It may not move there, or was changed by someone else meanwhile"),
))]
async fn update(
    State(state): State<CampaignsState>,
    caller: Caller,
    name: Named,
    Body { input, .. }: Body<Changes>,
) -> Answer<Json<CampaignBody>> {
    let mut tx = state.app.write().await?;
    let mut campaign = find(caller.scope(), &mut tx, &name.0).await?;
    let was = (campaign.status, campaign.updated_at);
    campaign.apply(input, state.app.clock().now())?;
    store::update(caller.scope(), &mut tx, &campaign, was).await?;
    tx.commit().await?;
    Ok(Json(campaign.into()))
}

/// Something was done.
#[derive(Serialize, ToSchema)]
struct Done {
    /// What was done.
    message: String,
}

/// Delete a campaign
///
/// Its outreach, contracts and payments stay on record.
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
    Ok(Json(Done { message: format!("The campaign for {} was deleted", campaign.product_name) }))
}

/// List the campaigns of a brand
#[utoipa::path(get, path = "/api/v1/campaigns/brand/{brand_name}", tag = "Campaigns",
    params(("brand_name" = String, Path, description = "The brand, without regard to case and accents"), Offsets),
    responses((status = 200, description = "A page of its campaigns; empty for a brand that nobody has", body = CampaignList)))]
async fn by_brand(
    State(state): State<CampaignsState>,
    caller: Caller,
    name: Named,
    Params(offsets): Params<Offsets>,
) -> Answer<Json<CampaignList>> {
    let wanted = Wanted { status: None, brand: Some(name.0) };
    Ok(Json(page(&state.app, &caller, &wanted, offsets).await?))
}

/// Whom to select.
#[derive(Deserialize, ToSchema)]
struct SelectionInput {
    /// The creator; `creator_id` is taken too.
    #[schema(value_type = String)]
    influencer_id: CreatorId,
    /// Why.
    notes: Option<String>,
}

impl Input for SelectionInput {
    fn read(fields: &mut Fields) -> Option<Self> {
        let influencer_id = fields.required_as(&["influencer_id", "creator_id"], rule::id());
        let notes = fields.optional("notes", rule::any_text(5_000));
        Some(Self { influencer_id: influencer_id?, notes })
    }
}

/// A creator was selected.
#[derive(Serialize, ToSchema)]
struct Selection {
    campaign_id: CampaignId,
    influencer_id: CreatorId,
    /// Always `selected_for_outreach`.
    status: &'static str,
    /// False if the creator had been selected before: the entry of then is told, and nothing is doubled.
    outreach_entry_created: bool,
    /// Always `outreach_management`.
    next_step: &'static str,
    outreach_id: OutreachId,
    /// The same in a sentence.
    message: String,
}

/// Select a creator for a campaign
///
/// Opens an entry in the outreach log. To select the same creator again changes nothing, and says so.
#[utoipa::path(post, path = "/api/v1/campaigns/{campaign_id}/select-influencer", tag = "Campaigns", request_body = SelectionInput,
    params(("campaign_id" = String, Path, description = "The campaign's id or code")), responses(
    (status = 200, description = "Selected", body = Selection),
    (status = 409, description = "The campaign is completed"),
))]
async fn select(
    State(state): State<CampaignsState>,
    caller: Caller,
    name: Named,
    Body { input, .. }: Body<SelectionInput>,
) -> Answer<Json<Selection>> {
    let (clock, scope) = (state.directory.app().clock(), caller.scope());
    let mut tx = state.app.write().await?;
    let campaign = find(scope, &mut tx, &name.0).await?;
    let creator = creators::store::by_id(scope, &mut tx, input.influencer_id).await?;
    let creator = creator.ok_or_else(|| Error::not_found("Creator"))?;
    let (id, now) = (clock.new_id(), clock.now());
    let notes = input.notes.filter(|notes| !notes.trim().is_empty());
    let earlier = store::select(scope, &mut tx, &campaign, creator.id, id, notes.as_deref(), now).await?;
    if earlier.is_none() {
        let new = NewEntry {
            id,
            workspace_id: campaign.workspace_id,
            campaign_id: campaign.id,
            creator_id: creator.id,
            notes,
        };
        outreach::store::insert(scope, &mut tx, &Entry::open(new, now)).await?;
        let payload = serde_json::json!({"campaign_id": campaign.id, "creator_id": creator.id}).to_string();
        tx.event("creator.selected", id, Some(campaign.workspace_id), payload, clock.new_id(), now);
    }
    tx.commit().await?;
    let message = match earlier {
        None => format!("{} was selected for {}", creator.name, campaign.product_name),
        Some(_) => {
            format!("{} had been selected for {} before; nothing was changed", creator.name, campaign.product_name)
        }
    };
    Ok(Json(Selection {
        campaign_id: campaign.id,
        influencer_id: creator.id,
        status: "selected_for_outreach",
        outreach_entry_created: earlier.is_none(),
        next_step: "outreach_management",
        outreach_id: earlier.unwrap_or(id),
        message,
    }))
}
