//! Contracts: listed, drawn up, read and changed.

use axum::Json;
use axum::extract::State;
use axum::http::Uri;
use axum::response::{IntoResponse as _, Response};
use events::TxExt as _;
use http_base::cache::Key;
use http_base::{Answer, App, Body, Caller, Named, Offsets, Page, Params, Peer};
use input::Input;
use kernel::{CampaignId, CreatorId, Error, Kind, Result, Scope};
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use super::shapes::{DetailsBody, ListedBody, WrittenBody};
use crate::Deals;
use crate::actor::Actor;
use crate::events::ContractUpdated;
use crate::model::{Changes, Contract, NewContract, Party, SignInput, Status, Text};
use crate::ops::{self, Act, Draft};
use crate::store::{self, Wanted};

/// A page of contracts.
#[derive(Serialize, ToSchema)]
pub(super) struct ContractList {
    contracts: Vec<ListedBody>,
    #[serde(flatten)]
    page: Page,
}

/// Which contracts are wanted.
#[derive(Input)]
pub(super) struct ContractQuery {
    /// Only of this campaign: its id or code.
    #[input(text(100))]
    campaign_id: Option<String>,
    /// Only with this creator.
    #[input(id, alias = "influencer_id")]
    creator_id: Option<CreatorId>,
    /// Only of this status.
    #[input(word)]
    status: Option<Status>,
    #[input(flatten)]
    offsets: Offsets,
}

/// The campaign of this name, seen by whoever may see the contracts: a creator names those that they are under contract for.
async fn campaign_of(scope: Scope, tx: &mut db::Tx, name: &str) -> Result<CampaignId> {
    let seen_by = if scope.person().is_some() { Scope::system() } else { scope };
    let campaign = campaigns::find(seen_by, tx, name).await?;
    if scope.person().is_some() {
        let wanted = Wanted { campaign: Some(campaign.id), ..Wanted::default() };
        let (_, total) = store::list(scope, tx, wanted, Offsets { limit: 1, offset: 0 }).await?;
        if total == 0 {
            return Err(Error::not_found("Campaign"));
        }
    }
    Ok(campaign.id)
}

async fn creator_of(scope: Scope, tx: &mut db::Tx, id: CreatorId) -> Result<CreatorId> {
    let creator = creators::store::by_id(scope, tx, id).await?;
    creator.map(|creator| creator.id).ok_or_else(|| Error::not_found("Creator"))
}

async fn page(app: &App, scope: Scope, query: ContractQuery) -> Result<ContractList> {
    let mut tx = app.read().await?;
    let campaign = match query.campaign_id {
        Some(name) => Some(campaign_of(scope, &mut tx, &name).await?),
        None => None,
    };
    let creator = match query.creator_id {
        Some(id) => Some(creator_of(scope, &mut tx, id).await?),
        None => None,
    };
    let wanted = Wanted { campaign, creator, status: query.status };
    let (contracts, total) = store::list(scope, &mut tx, wanted, query.offsets).await?;
    Ok(ContractList { contracts: contracts.into_iter().map(Into::into).collect(), page: query.offsets.page(total) })
}

/// The page that this address asks for, which is kept if it is a workspace's: what changes any other is under no one version.
async fn kept(deals: &Deals, scope: Scope, asked: &Uri, query: ContractQuery) -> Answer<Response> {
    let app = deals.app();
    let Some(workspace) = scope.workspace() else { return Ok(Json(page(app, scope, query).await?).into_response()) };
    let key = Key { scope, asked: asked.to_string() };
    let version = deals.stamp(workspace).await?;
    Ok(deals.lists().json(app, key, version, || page(app, scope, query)).await?)
}

/// List contracts
///
/// The newest first. A creator sees those that were sent to the entries that they claimed.
#[utoipa::path(get, path = "/api/v1/contracts", tag = "Contracts", params(ContractQuery),
    responses((status = 200, description = "A page of contracts", body = ContractList)))]
pub(super) async fn list(
    State(deals): State<Deals>,
    caller: Caller,
    asked: Uri,
    Params(query): Params<ContractQuery>,
) -> Answer<Response> {
    kept(&deals, caller.scope(), &asked, query).await
}

/// List the contracts of a campaign
///
/// The contracts of one campaign, the newest first, page by page.
#[utoipa::path(get, path = "/api/v1/contracts/campaign/{campaign_id}", tag = "Contracts",
    params(("campaign_id" = String, Path, description = "The campaign's id or code"), Offsets),
    responses((status = 200, description = "A page of its contracts", body = ContractList)))]
pub(super) async fn of_campaign(
    State(deals): State<Deals>,
    caller: Caller,
    name: Named,
    asked: Uri,
    Params(offsets): Params<Offsets>,
) -> Answer<Response> {
    let query = ContractQuery { campaign_id: Some(name.0), creator_id: None, status: None, offsets };
    kept(&deals, caller.scope(), &asked, query).await
}

/// List the contracts with a creator
///
/// The contracts with one creator, the newest first, page by page.
#[utoipa::path(get, path = "/api/v1/contracts/creator/{creator_id}", tag = "Contracts",
    params(("creator_id" = String, Path, description = "The creator's id"), Offsets),
    responses((status = 200, description = "A page of the contracts", body = ContractList)))]
pub(super) async fn of_creator(
    State(deals): State<Deals>,
    caller: Caller,
    name: Named,
    asked: Uri,
    Params(offsets): Params<Offsets>,
) -> Answer<Response> {
    let query = ContractQuery { campaign_id: None, creator_id: Some(name.id("Creator")?), status: None, offsets };
    kept(&deals, caller.scope(), &asked, query).await
}

/// Create a contract
///
/// It is a draft. Its deadlines must lie ahead, its schedule must add up. `unprintable` names what the PDF cannot show as letters.
#[utoipa::path(post, path = "/api/v1/contracts", tag = "Contracts", request_body = NewContract, responses(
    (status = 200, description = "The new contract", body = WrittenBody),
    (status = 403, description = "Contracts are drawn up by businesses"),
    (status = 404, description = "The campaign or the creator is not there, or not yours"),
))]
pub(super) async fn create(
    State(deals): State<Deals>,
    caller: Caller,
    peer: Peer,
    Body { input, .. }: Body<NewContract>,
) -> Answer<Json<WrittenBody>> {
    let scope = caller.scope();
    if scope.person().is_some() {
        return Err(Error::new(
            Kind::Forbidden,
            "Contracts are drawn up by businesses; you may sign those sent to you",
        )
        .into());
    }
    let act = Act::new(&deals, scope, Actor::of(&caller, peer));
    let text = Text::from(input.text);
    text.must_lie_ahead(act.now, None)?;
    if input.expires_at.is_some_and(|expires| expires <= act.now) {
        return Err(Error::invalid_field("expires_at", "must lie ahead, or nobody could sign").into());
    }
    let mut tx = deals.app().write().await?;
    let campaign = campaigns::find(scope, &mut tx, &input.campaign_id).await?;
    let creator = creator_of(scope, &mut tx, input.creator_id).await?;
    let draft = Draft {
        workspace_id: campaign.workspace_id,
        campaign_id: campaign.id,
        creator_id: creator,
        signing_order: input.signing_order,
        by_own_hand: false,
        expires_at: input.expires_at,
    };
    let contract = ops::draft(&act, &mut tx, draft, text).await?;
    let written = WrittenBody::new(&mut tx, contract).await?;
    tx.commit().await?;
    Ok(Json(written))
}

/// Read a contract
///
/// With its signatures, its deliverables and where they stand, and every text that was ever offered for signing.
#[utoipa::path(get, path = "/api/v1/contracts/{contract_id}", tag = "Contracts",
    params(("contract_id" = String, Path, description = "The contract's id")),
    responses((status = 200, description = "The contract", body = DetailsBody)))]
pub(super) async fn get(State(deals): State<Deals>, caller: Caller, name: Named) -> Answer<Json<DetailsBody>> {
    let scope = caller.scope();
    let mut tx = deals.app().read().await?;
    let contract = store::find(scope, &mut tx, name.id("Contract")?).await?;
    let contract = contract.ok_or_else(|| Error::not_found("Contract"))?;
    Ok(Json(DetailsBody::new(&mut tx, contract).await?))
}

/// Change a contract
///
/// Fields that are left out stay as they are. Only a draft's text can be changed: a sent one that nobody has signed can be taken back
/// (`"status": "draft"`), a signed one amended. `"status": "signed"` is the same as `POST …/sign`, and `"completed"` is the workspace's
/// word for it: what was still open stands in the trail.
#[utoipa::path(put, path = "/api/v1/contracts/{contract_id}", tag = "Contracts", request_body = Changes,
    params(("contract_id" = String, Path, description = "The contract's id")), responses(
    (status = 200, description = "The contract as it is now", body = WrittenBody),
    (status = 403, description = "A creator may sign it, not change it"),
    (status = 409, description = "It may not move there, or its text is not open for changes"),
))]
pub(super) async fn update(
    State(deals): State<Deals>,
    caller: Caller,
    peer: Peer,
    name: Named,
    Body { input, .. }: Body<Changes>,
) -> Answer<Json<WrittenBody>> {
    let act = Act::new(&deals, caller.scope(), Actor::of(&caller, peer));
    let mut tx = deals.app().write().await?;
    let mut contract = act.lock_as_business(&mut tx, name.id("Contract")?).await?;
    let to = input.status.filter(|to| *to != contract.status);
    if to == Some(Status::Draft) {
        ops::back_to_draft(&act, &mut tx, &mut contract).await?;
    }
    change(&act, &mut tx, &mut contract, &input).await?;
    match to {
        Some(Status::Sent) => ops::send(&act, &mut tx, &mut contract, None).await?,
        Some(Status::Signed) => {
            contract.status.next(Status::Signed)?;
            let version = contract.version;
            ops::sign(&act, &mut tx, &mut contract, version, Party::Business, &SignInput::default()).await?;
        }
        Some(Status::Completed) => ops::complete(&act, &mut tx, &mut contract, true).await?,
        Some(Status::Cancelled) => {
            ops::end(&act, &mut tx, &mut contract, Status::Cancelled, input.note.as_deref()).await?;
        }
        Some(Status::Expired) => {
            return Err(Error::conflict("Contracts expire by themselves; cancel this one instead").into());
        }
        Some(Status::Draft) | None => {}
    }
    let written = WrittenBody::new(&mut tx, contract).await?;
    tx.commit().await?;
    Ok(Json(written))
}

/// Changes what a draft says.
async fn change(act: &Act<'_>, tx: &mut db::Tx, contract: &mut Contract, input: &Changes) -> Result<()> {
    let was = contract.text();
    let text = input.over(&was)?;
    let order = input.signing_order.filter(|order| *order != contract.signing_order);
    let expires = input.expires_at.filter(|expires| Some(*expires) != contract.expires_at);
    if text.is_none() && order.is_none() && expires.is_none() {
        return Ok(());
    }
    if !contract.status.is_open() {
        return Err(Error::conflict(match contract.status {
            Status::Sent => {
                "The contract is sent, and its text is fixed; take it back with {\"status\": \"draft\"} and change it then"
            }
            Status::Signed => "The contract is signed, and its text never changes; propose an amendment",
            _ => "The contract is over and stays as it is",
        }));
    }
    if expires.is_some_and(|expires| expires <= act.now) {
        return Err(Error::invalid_field("expires_at", "must lie ahead, or nobody could sign"));
    }
    if let Some(text) = text {
        text.must_lie_ahead(act.now, Some(&was))?;
        contract.say(text);
        store::replace_deliverables(tx, act.clock(), contract).await?;
    }
    contract.signing_order = order.unwrap_or(contract.signing_order);
    contract.expires_at = expires.or(contract.expires_at);
    contract.updated_at = act.now;
    act.record(tx, contract, "changed", &json!({"version": contract.version})).await?;
    tx.event(ContractUpdated((&*contract).into()));
    store::save(act.scope, tx, contract, contract.status).await
}
