//! How offers are told.

use std::collections::HashMap;

use collaborations::{ContractWish, Counts};
use db::Tx;
use http_base::Paged;
use kernel::{AccountId, Amount, ApplicationId, Caller, Currency, OfferId, Result, Timestamp, UserType};
use serde::Serialize;
use utoipa::ToSchema;

use super::{PartyBody, People};
use crate::Marketplace;
use crate::catalogue::Searching;
use crate::model::{Category, ClosedReason, ContentSpecs, Eligibility, Fit, Network, Offer, OfferStatus, Requirements};
use crate::store::applications;

/// An offer of paid work.
#[derive(Serialize, ToSchema)]
#[schema(as = Offer)]
pub(crate) struct OfferBody {
    id: OfferId,
    /// What is asked for, in a line.
    #[schema(example = "Instagram Post - Summer Campaign")]
    title: String,
    /// More of it.
    description: String,
    /// What it is about.
    category: Category,
    /// Where the content is published.
    platforms: Vec<Network>,
    /// What a creator gets at least.
    #[schema(example = 500)]
    budget_min: Amount,
    /// What a creator gets at most.
    #[schema(example = 2000)]
    budget_max: Amount,
    currency: Currency,
    /// Whom it takes.
    requirements: Requirements,
    /// What the content has to meet.
    content_specs: ContentSpecs,
    /// For creators in these countries; none is everywhere.
    countries: Vec<String>,
    /// Until when creators may apply.
    application_deadline: Option<Timestamp>,
    /// Until when content has to be handed in.
    content_deadline: Option<Timestamp>,
    /// How many creators are wanted; null is as many as like.
    places: Option<u32>,
    /// How many places are left; null if there is no bound.
    places_left: Option<u32>,
    /// Whether the collaboration has a contract.
    contract: ContractWish,
    /// How often a creator may hand in again after a rejection.
    max_revisions: u32,
    /// What the business may do with the content, in words.
    usage_rights: Option<String>,
    /// In the public list? Else only those who were invited see it.
    is_public: bool,
    /// Where it stands.
    status: OfferStatus,
    /// Does it take applications now?
    is_open: bool,
    /// Why it takes none; null while it does.
    closed_reason: Option<ClosedReason>,
    /// Did an administrator hide it? Then its business and administrators alone see it.
    hidden: bool,
    /// Counts what it asks for.
    version: i64,
    /// The account that made it.
    business_id: AccountId,
    /// Who that is.
    business: PartyBody,
    /// How often it was looked at: once for each account or visitor and day.
    views_count: u64,
    /// How many have applied.
    applications_count: u64,
    /// How many collaborations it has led to.
    collaborations_count: u64,
    created_at: Timestamp,
    /// When it was published.
    published_at: Option<Timestamp>,
    /// When it was archived.
    archived_at: Option<Timestamp>,
    updated_at: Timestamp,
    /// For a creator who asks: may they apply, and what is missing? Else null.
    eligibility: Option<Eligibility>,
    /// For a creator who asks: how well it fits them; null where too little is known of them.
    #[serde(rename = "match")]
    fit: Option<Fit>,
    /// For a creator who asks: their application to it.
    application_id: Option<ApplicationId>,
}

/// A page of offers.
#[derive(Serialize, ToSchema)]
pub(crate) struct OfferList {
    #[serde(flatten)]
    pub(crate) page: Paged,
    /// The offers of this page.
    pub(crate) offers: Vec<OfferBody>,
}

/// An offer that has moved.
#[derive(Serialize, ToSchema)]
pub(crate) struct MovedOffer {
    id: OfferId,
    /// Where it stands now.
    status: OfferStatus,
    /// Does it take applications now?
    is_open: bool,
    /// Why it takes none; null while it does.
    closed_reason: Option<ClosedReason>,
    /// The same in a sentence.
    message: &'static str,
}

impl MovedOffer {
    pub(crate) fn new(offer: &Offer, message: &'static str, now: Timestamp) -> Self {
        let closed_reason = offer.closed(now);
        Self { id: offer.id, status: offer.status, is_open: closed_reason.is_none(), closed_reason, message }
    }
}

/// Who looks at offers.
pub(crate) struct Viewer {
    pub(crate) caller: Caller,
    pub(crate) searching: Option<Searching>,
    /// Are matches told with their reasons?
    pub(crate) reasons: bool,
}

impl Viewer {
    /// Somebody for whom nothing is compared.
    pub(crate) fn plain(caller: Caller) -> Self {
        Self { caller, searching: None, reasons: false }
    }
}

/// Offers as they are told to this viewer.
pub(crate) async fn offer_bodies(
    market: &Marketplace,
    tx: &mut Tx,
    offers: Vec<Offer>,
    viewer: &Viewer,
) -> Result<Vec<OfferBody>> {
    let now = market.app().clock().now();
    let people = People::of(tx, offers.iter().map(|offer| offer.business_id), now).await?;
    let ids: Vec<OfferId> = offers.iter().map(|offer| offer.id).collect();
    let counts = collaborations::counts_by_offer(tx, &ids).await?;
    let applied: HashMap<OfferId, ApplicationId> = match viewer.caller.account() {
        Some(account) if account.user_type == UserType::Creator => {
            applications::applied_to(tx, account.id, &ids).await?.into_iter().collect()
        }
        _ => HashMap::new(),
    };
    let bodies = offers.into_iter().map(|offer| {
        let counts = counts.get(&offer.id).copied().unwrap_or_default();
        let application_id = applied.get(&offer.id).copied();
        OfferBody::new(market, offer, counts, &people, viewer, application_id)
    });
    Ok(bodies.collect())
}

/// One offer, as it is told to this viewer.
pub(crate) async fn offer_body(market: &Marketplace, tx: &mut Tx, offer: Offer, viewer: &Viewer) -> Result<OfferBody> {
    let mut bodies = offer_bodies(market, tx, vec![offer], viewer).await?;
    bodies.pop().ok_or_else(|| kernel::Error::internal("one offer makes one body"))
}

impl OfferBody {
    fn new(
        market: &Marketplace,
        offer: Offer,
        counts: Counts,
        people: &People,
        viewer: &Viewer,
        application_id: Option<ApplicationId>,
    ) -> Self {
        let suspended = people.is_suspended(offer.business_id).then_some(ClosedReason::BusinessSuspended);
        let closed_reason = offer.closed(people.now).or(suspended);
        let (eligibility, fit) = match &viewer.searching {
            None => (None, None),
            Some(searching) => {
                let figures = searching.known.figures(&offer.platforms.0);
                let eligibility = offer.requirements.0.judge(&offer.countries.0, &figures);
                (Some(eligibility), fit(market, &offer, searching, viewer.reasons))
            }
        };
        Self {
            business: people.party(offer.business_id),
            places_left: offer.places_left(),
            is_open: closed_reason.is_none(),
            closed_reason,
            hidden: offer.hidden_at.is_some(),
            collaborations_count: counts.all,
            eligibility,
            fit,
            application_id,
            id: offer.id,
            title: offer.title,
            description: offer.description,
            category: offer.category,
            platforms: offer.platforms.0,
            budget_min: offer.budget_min,
            budget_max: offer.budget_max,
            currency: offer.currency,
            requirements: offer.requirements.0,
            content_specs: offer.content_specs.0,
            countries: offer.countries.0,
            application_deadline: offer.application_deadline,
            content_deadline: offer.content_deadline,
            places: offer.places,
            contract: offer.contract,
            max_revisions: offer.max_revisions,
            usage_rights: offer.usage_rights,
            is_public: offer.is_public,
            status: offer.status,
            version: offer.version,
            business_id: offer.business_id,
            views_count: offer.views_count,
            applications_count: offer.applications_count,
            created_at: offer.created_at,
            published_at: offer.published_at,
            archived_at: offer.archived_at,
            updated_at: offer.updated_at,
        }
    }
}

/// How well an offer of the public list fits a creator.
fn fit(market: &Marketplace, offer: &Offer, searching: &Searching, reasons: bool) -> Option<Fit> {
    let seeker = searching.seeker(&offer.platforms.0)?;
    let scores = market.catalogue().read().scores(offer.id, searching, &|currency| market.rate(currency))?;
    let budget = market.budget_in_dollars(offer);
    let reasons = if reasons { seeker.reasons(offer.category, scores, budget) } else { Vec::new() };
    Some(Fit::new(scores, reasons))
}
