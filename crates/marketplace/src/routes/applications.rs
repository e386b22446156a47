//! Applications: sent, read, withdrawn.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use db::{Json as Stored, Tx};
use events::TxExt as _;
use http_base::{Answer, Body, Done, Member, Named, Pages, Params, Routes, done, routes};
use input::Input;
use kernel::{
    AccountId, Amount, ApplicationId, Error, Fault, Kind, Money, OfferId, Result, Scope, Timestamp, UserType,
};
use matching::Prepared;
use mind::score::{Budget, Scores};
use serde::Serialize;
use utoipa::ToSchema;

use super::shapes::{ApplicationBody, ApplicationList, application_bodies, application_body};
use crate::Marketplace;
use crate::events::{ApplicationReceived, ApplicationWithdrawn};
use crate::model::{Application, ApplicationStatus, Class, Eligibility, Figures, NewApplication, Offer, Rank};
use crate::ops::{self, refuse_own_people, wrong_side};
use crate::store::{applications, offers};

pub(super) fn router() -> Routes<Marketplace> {
    Routes::new().with(routes!(apply, list)).with(routes!(get)).with(routes!(withdraw))
}

/// An application that was sent.
#[derive(Serialize, ToSchema)]
#[schema(as = SentApplication)]
struct SentBody {
    id: ApplicationId,
    offer_id: OfferId,
    /// Which version of the offer it counts for.
    offer_version: i64,
    /// The account that applied.
    creator_id: AccountId,
    /// Where it stands.
    status: ApplicationStatus,
    /// Which class of the requirements is met.
    class: Class,
    /// What was done, in a sentence.
    message: &'static str,
    created_at: Timestamp,
}

/// Apply to an offer
///
/// Once for each offer. Whoever does not meet the requirements is told what is missing (403, in `error.details`); a creator of whom no figures are
/// known may apply where `requirements.regular` asks for 0. Figures and match are kept as they are now.
#[utoipa::path(post, path = "/api/v1/applications", tag = "Applications", request_body = NewApplication, responses(
    (status = 201, description = "The application waits for the business", body = SentBody),
    (status = 403, description = "You are no creator, do not meet the requirements (`error.details` says what is missing), or belong to the business"),
    (status = 404, description = "There is no such offer"),
    (status = 409, description = "You have applied already, or the offer takes no applications: the message says why"),
))]
async fn apply(
    State(market): State<Marketplace>,
    member: Member,
    Body { input, .. }: Body<NewApplication>,
) -> Answer<(StatusCode, Json<SentBody>)> {
    super::creator(&member)?;
    let (app, clock) = (market.app(), market.app().clock());
    let mut tx = app.read().await?;
    let offer = offers::seen_to_apply(member.id, &mut tx, input.offer_id).await?;
    let offer = offer.ok_or_else(|| Error::not_found("Offer"))?;
    let known = market.known(&mut tx, member.id).await?;
    drop(tx);
    let figures = known.figures(&offer.platforms.0);
    // Before the transaction: whoever makes vectors may be far away.
    let scores = scores(&market, &offer, &figures).await;
    let (now, scope) = (clock.now(), member.scope());
    let mut tx = app.write().await?;
    let mut offer = offers::lock_seen(member.id, &mut tx, offer.id).await?.ok_or_else(|| Error::not_found("Offer"))?;
    refuse_own_people(&mut tx, &offer, member.id).await?;
    if !applications::applied_to(&mut tx, member.id, &[offer.id]).await?.is_empty() {
        return Err(Error::conflict("You have applied to this offer already").into());
    }
    if let Some(reason) = ops::closed(&mut tx, &offer, now).await? {
        return Err(Error::conflict(reason.sentence()).into());
    }
    let eligibility = offer.requirements.0.judge(&offer.countries.0, &figures);
    let class = eligibility.class.ok_or_else(|| refused(&eligibility))?;
    if input.proposed_fee.is_some_and(|fee| !Money::new(fee, offer.currency).is_exact()) {
        let message = format!("must be whole: {} has no smaller unit", offer.currency);
        return Err(Error::invalid_field("proposed_fee", message).into());
    }
    let standings = collaborations::standing(&mut tx, &[member.id], now).await?;
    let standing = standings.get(&member.id);
    market.may_apply(&mut tx, member.id, standing.map_or(0, |standing| standing.tier)).await?;
    let budget = (offer.budget_min.minor(), offer.budget_max.minor());
    let reliability = standing.and_then(collaborations::Standing::reliability);
    let fee = input.proposed_fee.map(Amount::minor);
    let rank = Rank::new(scores, (fee, budget), reliability, class == Class::Influencer);
    let new = new_application(&offer, member.id, input, (clock.new_id(), now), (class, figures, scores, rank));
    if !applications::insert(scope, &mut tx, &new).await? {
        return Err(Error::conflict("You have applied to this offer already").into());
    }
    tx.event(ApplicationReceived((&new).into()));
    offer.applications_count += 1;
    offers::save(Scope::system(), &mut tx, &mut offer).await?;
    tx.commit().await?;
    let body = SentBody {
        id: new.id,
        offer_id: new.offer_id,
        offer_version: new.offer_version,
        creator_id: new.creator_id,
        status: new.status,
        class: new.class,
        message: "Application created successfully",
        created_at: new.created_at,
    };
    Ok((StatusCode::CREATED, Json(body)))
}

fn new_application(
    offer: &Offer,
    creator_id: AccountId,
    input: NewApplication,
    (id, now): (ApplicationId, Timestamp),
    (class, figures, scores, rank): (Class, Figures, Option<Scores>, Rank),
) -> Application {
    Application {
        id,
        offer_id: offer.id,
        offer_version: offer.version,
        told_version: offer.version,
        workspace_id: offer.workspace_id,
        business_id: offer.business_id,
        creator_id,
        revision: 1,
        status: ApplicationStatus::Applied,
        message: input.message,
        media_attachments: Stored(input.media_attachments),
        proposed_fee: input.proposed_fee,
        currency: offer.currency,
        class,
        figures: Stored(figures),
        match_niche: scores.map(|scores| scores.niche_match),
        match_audience: scores.map(|scores| scores.audience_match),
        match_engagement: scores.map(|scores| scores.engagement_score),
        match_budget: scores.map(|scores| scores.budget_fit),
        rank: rank.total(),
        is_shortlisted: false,
        counter_fee: None,
        counter_message: None,
        counter_until: None,
        agreed_fee: None,
        rejection_reason: None,
        decided_by: None,
        decided_at: None,
        collaboration_id: None,
        created_at: now,
        updated_at: now,
    }
}

/// The brands' match of the entry that the figures are from; nothing without one, or where it cannot be told now.
async fn scores(market: &Marketplace, offer: &Offer, figures: &Figures) -> Option<Scores> {
    let entry = figures.influencer_id?;
    let wish = mind::score::Wish { budget: Budget::of(market.budget_in_dollars(offer)), ..offer.topic() };
    let told = async {
        let prepared = Prepared::new(market.directory(), wish).await?;
        market.matching().scores(&prepared, &[entry]).await
    };
    match told.await {
        Ok(scores) => scores.into_iter().next().flatten(),
        Err(error) => {
            tracing::warn!(%error, "an application came without its match");
            None
        }
    }
}

/// Refuses whoever does not meet the requirements, with what is missing.
fn refused(eligibility: &Eligibility) -> Error {
    let missing = eligibility.missing.iter().map(|one| {
        let class = one.class.map(|class| class.to_string().to_lowercase());
        let loc = ["body", "requirements"].into_iter().map(str::to_owned);
        let loc = loc.chain(class).chain([one.requirement.to_owned()]).collect();
        Fault { loc, message: one.message.clone(), kind: "missing" }
    });
    let message = "You do not meet the requirements of this offer; error.details says what is missing";
    Error::new(Kind::Forbidden, message).listing(missing.collect())
}

/// Which applications are wanted.
#[derive(Clone, Debug, Input)]
struct ListApplications {
    /// Only of this status.
    #[input(word)]
    status: Option<ApplicationStatus>,
    #[input(flatten)]
    page: Pages,
}

/// List applications
///
/// A creator's own; a business sees those to all of its offers. The newest come first.
#[utoipa::path(get, path = "/api/v1/applications", tag = "Applications", params(ListApplications),
    responses((status = 200, description = "A page of applications", body = ApplicationList)))]
async fn list(
    State(market): State<Marketplace>,
    member: Member,
    Params(query): Params<ListApplications>,
) -> Answer<Json<ApplicationList>> {
    let scope = member.scope();
    let mut tx = market.app().read().await?;
    let (found, total) = applications::list(scope, &mut tx, query.status, query.page).await?;
    let applications = application_bodies(&market, &mut tx, found, scope).await?;
    Ok(Json(ApplicationList { page: query.page.of(total), applications }))
}

/// Get an application
///
/// For the creator who sent it and the business that it was sent to: with what the offer asked for then.
#[utoipa::path(get, path = "/api/v1/applications/{application_id}", tag = "Applications",
    params(("application_id" = String, Path, description = "The application's id")),
    responses((status = 200, description = "The application", body = ApplicationBody)))]
async fn get(State(market): State<Marketplace>, member: Member, name: Named) -> Answer<Json<ApplicationBody>> {
    let scope = member.scope();
    let mut tx = market.app().read().await?;
    let found = applications::find(scope, &mut tx, name.id("Application")?).await?;
    let found = found.ok_or_else(|| Error::not_found("Application"))?;
    Ok(Json(application_body(&market, &mut tx, found, scope).await?))
}

/// An application that the caller sees, if they are the creator who sent it; the business is on the wrong side of it.
pub(super) async fn lock_as_creator(tx: &mut Tx, member: &Member, id: ApplicationId) -> Result<Application> {
    let found = applications::lock(member.scope(), tx, id).await?;
    let found = found.ok_or_else(|| Error::not_found("Application"))?;
    if member.user_type != UserType::Creator {
        return Err(wrong_side("Only the creator who sent the application does this"));
    }
    Ok(found)
}

/// Withdraw an application
///
/// While it waits for an answer. It is not sent a second time; what was accepted is cancelled as a collaboration.
#[utoipa::path(post, path = "/api/v1/applications/{application_id}/withdraw", tag = "Applications",
    params(("application_id" = String, Path, description = "The application's id")), responses(
    (status = 200, description = "The application is withdrawn", body = Done),
    (status = 403, description = "Only the creator who sent it withdraws it"),
    (status = 409, description = "It was decided already"),
))]
async fn withdraw(State(market): State<Marketplace>, member: Member, name: Named) -> Answer<Json<Done>> {
    let mut tx = market.app().write().await?;
    let mut application = lock_as_creator(&mut tx, &member, name.id("Application")?).await?;
    application.withdraw(market.app().clock().now())?;
    applications::save(member.scope(), &mut tx, &application).await?;
    tx.event(ApplicationWithdrawn((&application).into()));
    tx.commit().await?;
    Ok(done("Application withdrawn"))
}
