//! What a business does with applications, and a creator with another fee.

use axum::Json;
use axum::extract::State;
use db::Tx;
use events::TxExt as _;
use http_base::{Answer, Body, Member, Named, Pages, Params, Routes, routes};
use input::Input;
use kernel::{Amount, ApplicationId, CollaborationId, Error, Money, Result, Scope, Timestamp, UserType};
use serde::Serialize;
use utoipa::ToSchema;

use super::applications::lock_as_creator;
use super::shapes::{ApplicationBody, ApplicationList, application_bodies, application_body};
use crate::Marketplace;
use crate::events::{ApplicationCounterDeclined, ApplicationCountered, ApplicationShortlisted};
use crate::model::{Application, ApplicationStatus, Offer, ReviewAction, not_yours};
use crate::ops::{self, ForAll, wrong_side};
use crate::store::applications::{self, Wanted};
use crate::store::offers;

pub(super) fn router() -> Routes<Marketplace> {
    Routes::new()
        .with(routes!(review))
        .with(routes!(shortlist))
        .with(routes!(counter))
        .with(routes!(accept_counter))
        .with(routes!(decline_counter))
        .with(routes!(of_offer))
        .with(routes!(reject_many))
}

/// What a creator reads who was rejected without a reason.
const POLITE: &str = "Thank you for applying. This time the business has chosen others.";

/// The offer and the application, locked in this order, for the business that decides. The creator is on the wrong side.
async fn lock_as_business(tx: &mut Tx, member: &Member, id: ApplicationId) -> Result<(Offer, Application)> {
    let (scope, missing) = (member.scope(), || Error::not_found("Application"));
    let found = applications::find(scope, tx, id).await?.ok_or_else(missing)?;
    if member.user_type == UserType::Creator {
        return Err(wrong_side("Only the business decides on an application"));
    }
    let offer = offers::lock(scope, tx, found.offer_id).await?.ok_or_else(missing)?;
    let application = applications::lock(scope, tx, id).await?.ok_or_else(missing)?;
    Ok((offer, application))
}

/// A decision on an application.
#[derive(Input)]
#[input(name = "ApplicationReview")]
struct Review {
    /// `accept` or `reject`.
    #[input(word, example = "accept")]
    action: ReviewAction,
    /// Why it is rejected: the creator reads it.
    #[input(text(2_000), example = "We look for another audience this time")]
    rejection_reason: Option<String>,
}

/// An application that was decided.
#[derive(Serialize, ToSchema)]
#[schema(as = DecidedApplication)]
struct DecidedBody {
    id: ApplicationId,
    /// Where it stands now.
    status: ApplicationStatus,
    /// The same in a sentence.
    message: &'static str,
    /// What it led to, if it was accepted.
    collaboration_id: Option<CollaborationId>,
    /// What is paid, if it was accepted.
    agreed_fee: Option<Amount>,
    /// In this currency.
    currency: kernel::Currency,
    /// Why it was rejected.
    rejection_reason: Option<String>,
    /// When it was decided.
    decided_at: Option<Timestamp>,
}

impl DecidedBody {
    fn new(of: &Application) -> Self {
        let message = match of.status {
            ApplicationStatus::Accepted => "Application accepted",
            ApplicationStatus::Rejected => "Application rejected",
            ApplicationStatus::Withdrawn => "Application withdrawn",
            ApplicationStatus::Applied => "Application waits for a decision",
        };
        Self {
            id: of.id,
            status: of.status,
            message,
            collaboration_id: of.collaboration_id,
            agreed_fee: of.agreed_fee,
            currency: of.currency,
            rejection_reason: of.rejection_reason.clone(),
            decided_at: of.decided_at,
        }
    }
}

/// Review an application
///
/// Accepting begins a collaboration with the proposed fee (`budget_min` if none was proposed) on the terms of the version that the creator applied to.
/// Of two who accept for the last place at once one succeeds, and the other is told (409).
#[utoipa::path(post, path = "/api/v1/applications/{application_id}/review", tag = "Applications", request_body = Review,
    params(("application_id" = String, Path, description = "The application's id")), responses(
    (status = 200, description = "The application is decided", body = DecidedBody),
    (status = 403, description = "Only the business decides"),
    (status = 409, description = "It was decided already, all places are taken, or the offer is archived"),
))]
async fn review(
    State(market): State<Marketplace>,
    member: Member,
    name: Named,
    Body { input, .. }: Body<Review>,
) -> Answer<Json<DecidedBody>> {
    let mut tx = market.app().write().await?;
    let (mut offer, mut application) = lock_as_business(&mut tx, &member, name.id("Application")?).await?;
    match input.action {
        ReviewAction::Accept => {
            let fee = fee_of(&mut tx, &application).await?;
            ops::accept(&market, &mut tx, (&mut offer, &mut application), fee, member.id).await?;
        }
        ReviewAction::Reject => {
            let reason = input.rejection_reason.as_deref().or(Some(POLITE));
            let now = market.app().clock().now();
            ops::reject(&mut tx, &mut application, reason, Some(member.id), now).await?;
        }
    }
    tx.commit().await?;
    Ok(Json(DecidedBody::new(&application)))
}

/// What an application asks for: its own fee, or what the offer pays at least in the version that it was sent to.
async fn fee_of(tx: &mut Tx, application: &Application) -> Result<Option<Money>> {
    if let Some(fee) = application.proposed_fee {
        return Ok(Some(Money::new(fee, application.currency)));
    }
    let version = offers::version(tx, application.offer_id, application.offer_version).await?;
    Ok(version.and_then(|version| version.least()))
}

/// Whether an application is on the short list.
#[derive(Input)]
#[input(name = "Shortlisting")]
struct Shortlist {
    /// On the list, or off it again.
    #[input(flag(), default = true)]
    shortlisted: bool,
}

/// Put an application on the short list
///
/// What is on it comes first in the list of the offer's applications. Nothing is decided by it.
#[utoipa::path(post, path = "/api/v1/applications/{application_id}/shortlist", tag = "Applications", request_body = Shortlist,
    params(("application_id" = String, Path, description = "The application's id")), responses(
    (status = 200, description = "The application as it is now", body = ApplicationBody),
    (status = 403, description = "Only the business has a short list"),
    (status = 409, description = "It was decided already"),
))]
async fn shortlist(
    State(market): State<Marketplace>,
    member: Member,
    name: Named,
    http_base::MaybeBody(Body { input, .. }): http_base::MaybeBody<Shortlist>,
) -> Answer<Json<ApplicationBody>> {
    let mut tx = market.app().write().await?;
    let (_, mut application) = lock_as_business(&mut tx, &member, name.id("Application")?).await?;
    application.must_be_open()?;
    if application.is_shortlisted != input.shortlisted {
        application.is_shortlisted = input.shortlisted;
        application.updated_at = market.app().clock().now();
        applications::save(member.scope(), &mut tx, &application).await?;
        let shortlisted = input.shortlisted;
        tx.event(ApplicationShortlisted { application: (&application).into(), shortlisted });
    }
    let body = application_body(&market, &mut tx, application, member.scope()).await?;
    tx.commit().await?;
    Ok(Json(body))
}

/// Another fee than the proposed one.
#[derive(Input)]
#[input(name = "NewCounterOffer")]
struct NewCounter {
    /// How much you pay, in the offer's currency.
    #[input(amount(false), example = 1200)]
    fee: Amount,
    /// What you have to say to the creator.
    #[input(text(2_000))]
    message: Option<String>,
}

/// Ask for another fee
///
/// The creator takes it or leaves it within 72 hours (a setting); after that the application stands as it was. A second one takes the place of the first.
#[utoipa::path(post, path = "/api/v1/applications/{application_id}/counter", tag = "Applications", request_body = NewCounter,
    params(("application_id" = String, Path, description = "The application's id")), responses(
    (status = 200, description = "The application as it is now", body = ApplicationBody),
    (status = 403, description = "Only the business asks for another fee"),
    (status = 409, description = "It was decided already"),
))]
async fn counter(
    State(market): State<Marketplace>,
    member: Member,
    name: Named,
    Body { input, .. }: Body<NewCounter>,
) -> Answer<Json<ApplicationBody>> {
    let now = market.app().clock().now();
    let mut tx = market.app().write().await?;
    let (_, mut application) = lock_as_business(&mut tx, &member, name.id("Application")?).await?;
    application.ask_for(input.fee, input.message, now.plus(market.settings().counter_time()), now)?;
    applications::save(member.scope(), &mut tx, &application).await?;
    tx.event(ApplicationCountered((&application).into()));
    let body = application_body(&market, &mut tx, application, member.scope()).await?;
    tx.commit().await?;
    Ok(Json(body))
}

/// Accept another fee
///
/// The collaboration begins with the fee that the business asked for.
#[utoipa::path(post, path = "/api/v1/applications/{application_id}/counter/accept", tag = "Applications",
    params(("application_id" = String, Path, description = "The application's id")), responses(
    (status = 200, description = "The application is accepted", body = DecidedBody),
    (status = 403, description = "Only the creator answers to it"),
    (status = 409, description = "There is none that may be answered, or all places are taken"),
))]
async fn accept_counter(State(market): State<Marketplace>, member: Member, name: Named) -> Answer<Json<DecidedBody>> {
    let (id, missing): (ApplicationId, _) = (name.id("Application")?, || Error::not_found("Application"));
    let mut tx = market.app().write().await?;
    let found = applications::find(member.scope(), &mut tx, id).await?.ok_or_else(missing)?;
    // The offer first, as everybody locks who decides.
    let mut offer = offers::lock(Scope::system(), &mut tx, found.offer_id).await?.ok_or_else(missing)?;
    let mut application = lock_as_creator(&mut tx, &member, id).await?;
    application.must_be_open()?;
    let counter = application.counter(market.app().clock().now()).ok_or_else(nothing_to_answer)?;
    let fee = Some(Money::new(counter.fee, application.currency));
    ops::accept(&market, &mut tx, (&mut offer, &mut application), fee, member.id).await?;
    tx.commit().await?;
    Ok(Json(DecidedBody::new(&application)))
}

fn nothing_to_answer() -> Error {
    Error::conflict("The business asks for no other fee, or the time to answer is over")
}

/// Decline another fee
///
/// The application stands as it was: the business may still accept it with the proposed fee.
#[utoipa::path(post, path = "/api/v1/applications/{application_id}/counter/decline", tag = "Applications",
    params(("application_id" = String, Path, description = "The application's id")), responses(
    (status = 200, description = "The application as it is now", body = ApplicationBody),
    (status = 403, description = "Only the creator answers to it"),
    (status = 409, description = "There is none that may be answered"),
))]
async fn decline_counter(
    State(market): State<Marketplace>,
    member: Member,
    name: Named,
) -> Answer<Json<ApplicationBody>> {
    let now = market.app().clock().now();
    let mut tx = market.app().write().await?;
    let mut application = lock_as_creator(&mut tx, &member, name.id("Application")?).await?;
    application.must_be_open()?;
    application.counter(now).ok_or_else(nothing_to_answer)?;
    application.drop_counter(now);
    applications::save(member.scope(), &mut tx, &application).await?;
    tx.event(ApplicationCounterDeclined((&application).into()));
    let body = application_body(&market, &mut tx, application, member.scope()).await?;
    tx.commit().await?;
    Ok(Json(body))
}

/// In which order applications are told.
#[derive(Clone, Copy, PartialEq, Eq, Debug, kernel::Words)]
#[words(name = "ApplicationOrder", no_column)]
enum ApplicationOrder {
    /// The short list first, then the best.
    #[word("rank")]
    Rank,
    /// The newest first.
    #[word("recent")]
    Recent,
}

/// Which applications to an offer are wanted.
#[derive(Clone, Debug, Input)]
struct OfferApplications {
    /// Only of this status.
    #[input(word)]
    status: Option<ApplicationStatus>,
    /// Only those on the short list, or only the others.
    #[input(flag())]
    shortlisted: Option<bool>,
    /// In which order.
    #[input(word_of_query, default = ApplicationOrder::Rank)]
    sort_by: ApplicationOrder,
    #[input(flatten)]
    page: Pages,
}

/// The workspace's own offer, to be read. One of somebody else that the caller sees is 403, any other 404.
pub(super) async fn own_to_read(tx: &mut Tx, member: &Member, id: kernel::OfferId) -> Result<Offer> {
    if member.user_type != UserType::Creator
        && let Some(offer) = offers::find(member.scope(), tx, id).await?
    {
        return Ok(offer);
    }
    match offers::seen(Some(member.id), tx, id).await? {
        Some(_) => Err(not_yours()),
        None => Err(Error::not_found("Offer")),
    }
}

/// List the applications to an offer
///
/// For its business: the short list first, then the best, each with the reasons of its rank.
#[utoipa::path(get, path = "/api/v1/offers/{offer_id}/applications", tag = "Applications",
    params(("offer_id" = String, Path, description = "The offer's id"), OfferApplications), responses(
    (status = 200, description = "A page of applications", body = ApplicationList),
    (status = 403, description = "It belongs to another business"),
))]
async fn of_offer(
    State(market): State<Marketplace>,
    member: Member,
    name: Named,
    Params(query): Params<OfferApplications>,
) -> Answer<Json<ApplicationList>> {
    let mut tx = market.app().read().await?;
    let offer = own_to_read(&mut tx, &member, name.id("Offer")?).await?;
    let newest = query.sort_by == ApplicationOrder::Recent;
    let wanted = Wanted { status: query.status, shortlisted: query.shortlisted, newest };
    let (found, total) = applications::of_offer(&mut tx, &offer, wanted, query.page).await?;
    let applications = application_bodies(&market, &mut tx, found, member.scope()).await?;
    Ok(Json(ApplicationList { page: query.page.of(total), applications }))
}

/// Applications to be rejected together.
#[derive(Input)]
#[input(name = "RejectApplications", check = RejectMany::check)]
struct RejectMany {
    /// Which; at most 100.
    #[input(list(100, id()), default)]
    application_ids: Vec<ApplicationId>,
    /// All that wait for an answer, instead.
    #[input(flag(), default = false)]
    all_open: bool,
    /// Why: every one of the creators reads it. Without one they read a polite sentence.
    #[input(text(2_000), alias = "rejection_reason")]
    reason: Option<String>,
}

impl RejectMany {
    fn check(&self, fields: &mut input::Fields) {
        if self.application_ids.is_empty() != self.all_open {
            let message = "must name applications, or leave them out and say all_open";
            fields.fault("application_ids", "missing", message);
        }
    }
}

/// What became of applications that were rejected together.
#[derive(Serialize, ToSchema)]
#[schema(as = RejectedApplications)]
struct RejectedMany {
    /// Rejected now.
    rejected: Vec<ApplicationId>,
    /// Not rejected: decided before, or not there.
    skipped: Vec<ApplicationId>,
    /// The same in a sentence; with `all_open` what is left is rejected in the background.
    message: String,
}

/// Reject several applications
///
/// Each creator is told with the same reason. What was decided before stays as it is.
#[utoipa::path(post, path = "/api/v1/offers/{offer_id}/applications/reject", tag = "Applications", request_body = RejectMany,
    params(("offer_id" = String, Path, description = "The offer's id")), responses(
    (status = 200, description = "What became of them", body = RejectedMany),
    (status = 403, description = "It belongs to another business"),
))]
async fn reject_many(
    State(market): State<Marketplace>,
    member: Member,
    name: Named,
    Body { input, .. }: Body<RejectMany>,
) -> Answer<Json<RejectedMany>> {
    let now = market.app().clock().now();
    let mut tx = market.app().write().await?;
    let offer = super::offers::own(&mut tx, &member, name.id("Offer")?).await?;
    let reason = input.reason.unwrap_or_else(|| POLITE.to_owned());
    let mut found = if input.all_open {
        applications::lock_open(&mut tx, &offer, ops::BATCH).await?
    } else {
        applications::lock_some(&mut tx, &offer, &input.application_ids).await?
    };
    let mut rejected = Vec::new();
    for application in found.iter_mut().filter(|one| one.status == ApplicationStatus::Applied) {
        ops::reject(&mut tx, application, Some(&reason), Some(member.id), now).await?;
        rejected.push(application.id);
    }
    if input.all_open {
        let job = ForAll { offer_id: offer.id, reason: Some(reason), by: Some(member.id) };
        ops::go_on(&market, &mut tx, crate::jobs_of_marketplace::END, &job, rejected.len() as u32).await?;
    }
    tx.commit().await?;
    let skipped = input.application_ids.into_iter().filter(|id| !rejected.contains(id)).collect();
    let message = format!("{} applications rejected", rejected.len());
    Ok(Json(RejectedMany { rejected, skipped, message }))
}
