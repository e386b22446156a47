//! The routes of tracked links.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use events::TxExt as _;
use http_base::routes;
use http_base::{Answer, App, Body, Caller, Done, Named, Offsets, Page, Params, done};
use http_base::{Rate, Routes};
use kernel::{CampaignId, CreatorId, Day, Error, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;

use super::model::{Link, LinkDay, LinkId, NewLink, new_code};
use super::{reports, store, visit};
use crate::Insights;
use crate::events::{LinkCreated, LinkDisabled};

/// Days of a link that are told one by one.
const DAYS: u32 = 90;

/// Every route of tracked links.
pub(crate) fn router() -> Routes<Insights> {
    Routes::new()
        .with(routes!(list, create))
        .with(routes!(get, disable))
        .with(routes!(visit::follow).rate(Rate::Webhook))
        .with(routes!(reports::report).rate(Rate::LogIn))
        .with(routes!(reports::reports))
}

/// A tracked link.
#[derive(Serialize, ToSchema)]
#[schema(as = TrackedLink)]
struct LinkBody {
    id: LinkId,
    #[schema(example = "ana-fitband")]
    code: String,
    /// What the creator passes on.
    #[schema(example = "https://flow.example.com/t/ana-fitband")]
    short_url: String,
    campaign_id: CampaignId,
    creator_id: CreatorId,
    /// Where it leads.
    url: String,
    label: Option<String>,
    /// First clicks of visitors, each once a day.
    clicks: i64,
    /// Further clicks of the same visitors on the same day.
    repeat_clicks: i64,
    /// Crawlers, link previews and other programs.
    bot_clicks: i64,
    created_at: Timestamp,
    /// When it was taken down; null while it leads on.
    disabled_at: Option<Timestamp>,
}

impl LinkBody {
    fn new(app: &App, link: Link, [clicks, repeat_clicks, bot_clicks]: [i64; 3]) -> Self {
        Self {
            id: link.id,
            short_url: format!("{}/t/{}", app.public_url(), link.code),
            code: link.code,
            campaign_id: link.campaign_id,
            creator_id: link.creator_id,
            url: link.url,
            label: link.label,
            clicks,
            repeat_clicks,
            bot_clicks,
            created_at: link.created_at,
            disabled_at: link.disabled_at,
        }
    }
}

/// Create a tracked link
///
/// A short address that leads on and counts clicks for a creator of the campaign. It holds until it is taken down.
#[utoipa::path(post, path = "/api/v1/analytics/campaigns/{campaign_id}/links", tag = "Tracked links", request_body = NewLink,
    params(("campaign_id" = String, Path, description = "The campaign's id or code")), responses(
    (status = 201, description = "The new link", body = LinkBody),
    (status = 409, description = "The code is taken"),
))]
async fn create(
    State(insights): State<Insights>,
    caller: Caller,
    name: Named,
    Body { input, .. }: Body<NewLink>,
) -> Answer<(StatusCode, Json<LinkBody>)> {
    let (app, scope) = (insights.app(), caller.scope());
    let (clock, now) = (app.clock(), app.clock().now());
    let short = format!("{}/t/", app.public_url()).to_lowercase();
    if input.url.to_lowercase().starts_with(&short) {
        return Err(Error::invalid_field("url", "is a tracked link itself; give the address where it leads").into());
    }
    let mut tx = app.write().await?;
    let campaign = campaigns::find(scope, &mut tx, &name.0).await?;
    let creator = creators::store::by_id(scope, &mut tx, input.creator_id).await?;
    let creator = creator.ok_or_else(|| Error::not_found("Creator"))?;
    let chosen = input.code.is_some();
    let mut link = Link {
        id: clock.new_id(),
        code: input.code.unwrap_or_else(|| new_code(clock)),
        workspace_id: campaign.workspace_id,
        campaign_id: campaign.id,
        creator_id: creator.id,
        url: input.url,
        label: input.label,
        created_at: now,
        disabled_at: None,
    };
    while !store::insert(scope, &mut tx, &link).await? {
        if chosen {
            return Err(Error::conflict("This code is taken; choose another one").into());
        }
        link.code = new_code(clock);
    }
    tx.event(LinkCreated((&link).into()));
    tx.commit().await?;
    Ok((StatusCode::CREATED, Json(LinkBody::new(app, link, [0; 3]))))
}

/// A page of links.
#[derive(Serialize, ToSchema)]
#[schema(as = TrackedLinkList)]
struct LinkList {
    links: Vec<LinkBody>,
    #[serde(flatten)]
    page: Page,
}

/// List tracked links
///
/// Those of a campaign, the newest first.
#[utoipa::path(get, path = "/api/v1/analytics/campaigns/{campaign_id}/links", tag = "Tracked links",
    params(("campaign_id" = String, Path, description = "The campaign's id or code"), Offsets),
    responses((status = 200, description = "A page of links", body = LinkList)))]
async fn list(
    State(insights): State<Insights>,
    caller: Caller,
    name: Named,
    Params(offsets): Params<Offsets>,
) -> Answer<Json<LinkList>> {
    let (app, scope) = (insights.app(), caller.scope());
    let mut tx = app.read().await?;
    let campaign = campaigns::find(scope, &mut tx, &name.0).await?;
    let (links, total) = store::list(scope, &mut tx, campaign.id, offsets).await?;
    let ids: Vec<LinkId> = links.iter().map(|link| link.id).collect();
    let sums = store::sums(scope, &mut tx, &ids).await?;
    let links = links.into_iter().map(|link| {
        let own = sums.get(&link.id).copied().unwrap_or_default();
        LinkBody::new(app, link, own)
    });
    Ok(Json(LinkList { links: links.collect(), page: offsets.page(total) }))
}

/// A link, and what came by it.
#[derive(Serialize, ToSchema)]
#[schema(as = TrackedLinkDetails)]
struct LinkDetails {
    #[serde(flatten)]
    link: LinkBody,
    /// The last 90 days on which it was followed, the newest first.
    days: Vec<DayBody>,
}

/// What came by on a day.
#[derive(Serialize, ToSchema)]
#[schema(as = TrackedLinkDay)]
struct DayBody {
    date: Day,
    clicks: i64,
    repeat_clicks: i64,
    bot_clicks: i64,
}

impl From<LinkDay> for DayBody {
    fn from(day: LinkDay) -> Self {
        Self { date: day.day, clicks: day.clicks, repeat_clicks: day.repeats, bot_clicks: day.bots }
    }
}

/// Read a tracked link
///
/// One tracked link, with its clicks by day.
#[utoipa::path(get, path = "/api/v1/analytics/links/{link_id}", tag = "Tracked links",
    params(("link_id" = LinkId, Path, description = "The link's id")),
    responses((status = 200, description = "The link, and what came by it", body = LinkDetails)))]
async fn get(State(insights): State<Insights>, caller: Caller, name: Named) -> Answer<Json<LinkDetails>> {
    let (app, scope, id) = (insights.app(), caller.scope(), name.id("Link")?);
    let mut tx = app.read().await?;
    let link = store::by_id(scope, &mut tx, id).await?.ok_or_else(|| Error::not_found("Link"))?;
    let sums = store::sums(scope, &mut tx, &[id]).await?;
    let days = store::days(scope, &mut tx, id, DAYS).await?;
    let link = LinkBody::new(app, link, sums.get(&id).copied().unwrap_or_default());
    Ok(Json(LinkDetails { link, days: days.into_iter().map(DayBody::from).collect() }))
}

/// Disable a tracked link
///
/// It leads nowhere from then on; what it counted stays, and nobody else gets its code.
#[utoipa::path(delete, path = "/api/v1/analytics/links/{link_id}", tag = "Tracked links",
    params(("link_id" = LinkId, Path, description = "The link's id")),
    responses((status = 200, description = "Taken down", body = Done)))]
async fn disable(State(insights): State<Insights>, caller: Caller, name: Named) -> Answer<Json<Done>> {
    let (app, scope, id) = (insights.app(), caller.scope(), name.id("Link")?);
    let now = app.clock().now();
    let mut tx = app.write().await?;
    let link = store::by_id(scope, &mut tx, id).await?.ok_or_else(|| Error::not_found("Link"))?;
    if store::disable(scope, &mut tx, id, now).await? {
        tx.event(LinkDisabled((&link).into()));
        tx.commit().await?;
    }
    Ok(done(format!("The link {} leads nowhere any more", link.code)))
}
