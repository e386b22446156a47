//! Lists of offers.

use axum::Json;
use axum::extract::State;
use http_base::{Answer, Anyone, Member, Pages, Params, Routes, routes};
use input::{Fields, Input};
use kernel::{Amount, Caller, Currency, OfferId, Scope, Timestamp, UserType};

use super::shapes::{OfferList, Viewer, offer_bodies};
use crate::Marketplace;
use crate::catalogue::{Filter, Found, Order, Searching};
use crate::model::{Category, Network, OfferStatus, country};
use crate::store::{applications, offers};

pub(super) fn router() -> Routes<Marketplace> {
    Routes::new().with(routes!(list)).with(routes!(recommended)).with(routes!(created))
}

/// So many of a creator's last applications are left out of what is recommended.
const MOST_APPLIED: u32 = 500;

/// Which offers are wanted.
#[derive(Clone, Debug, Input)]
#[input(check = ListOffers::check)]
struct ListOffers {
    /// Words of the title, the description, the category or the tags, without regard to case and accents; from three letters on their beginning
    /// is enough. All of them must be there.
    #[input(text(200), example = "summer")]
    search: Option<String>,
    /// Any of these categories.
    #[input(list(30, rule::word::<Category>()))]
    category: Option<Vec<Category>>,
    /// On any of these platforms.
    #[input(list(4, rule::word::<Network>()))]
    platforms: Option<Vec<Network>>,
    /// Whose budget reaches up to this at least: the two ranges overlap.
    #[input(amount(true), example = 500)]
    budget_min: Option<Amount>,
    /// Whose budget begins at this at most: the two ranges overlap.
    #[input(amount(true), example = 2000)]
    budget_max: Option<Amount>,
    /// In this currency; without it amounts are compared as numbers.
    #[input(currency)]
    currency: Option<Currency>,
    /// For creators in this country, by code or name: what is for everywhere as well.
    #[input(country(), example = "ES")]
    country: Option<String>,
    /// Creators may still apply at this time (or on this day); what has no deadline as well.
    #[input(moment_or_day(), alias = "deadline_after")]
    deadline_from: Option<Timestamp>,
    /// Creators may apply until this time at the latest.
    #[input(moment_or_day(), alias = "deadline_before")]
    deadline_until: Option<Timestamp>,
    /// Only what takes applications now, or only what takes none.
    #[input(flag())]
    is_open: Option<bool>,
    /// For a creator who asks: only what they may apply to, or only the rest.
    #[input(flag())]
    eligible: Option<bool>,
    /// In which order. What fits the creator who asks is ranked by the match; for others `match` is the same as `recent`.
    #[input(rule::word_of_query(), default = Order::Recent)]
    sort_by: Order,
    #[input(flatten)]
    page: Pages,
}

use input::rule;

/// A time, or the first moment of a day.
fn moment_or_day() -> impl rule::Rule<Output = Timestamp> {
    rule::moment_or_day_from(kernel::Day(0))
}

impl ListOffers {
    fn check(&self, fields: &mut Fields) {
        if self.budget_min.zip(self.budget_max).is_some_and(|(least, most)| least > most) {
            fields.fault("budget_min", "out_of_range", "must not be above budget_max");
        }
        if self.deadline_from.zip(self.deadline_until).is_some_and(|(from, until)| from > until) {
            fields.fault("deadline_from", "out_of_range", "must not be after deadline_until");
        }
    }

    fn filter(&self, is_creator: bool) -> Filter {
        Filter {
            search: self.search.clone(),
            categories: self.category.clone().unwrap_or_default(),
            platforms: self.platforms.clone().unwrap_or_default(),
            budget_min: self.budget_min.map(Amount::minor),
            budget_max: self.budget_max.map(Amount::minor),
            currency: self.currency,
            country: self.country.clone(),
            deadline_from: self.deadline_from.map(Timestamp::micros),
            deadline_until: self.deadline_until.map(Timestamp::micros),
            open: self.is_open,
            eligible: self.eligible.filter(|_| is_creator),
            ..Filter::default()
        }
    }
}

/// Finds a page in memory.
async fn find(
    market: &Marketplace,
    filter: Filter,
    order: Order,
    searching: Option<Searching>,
    page: Pages,
) -> kernel::Result<Found> {
    market.catalogue().fresh().await?;
    let (now, own) = (market.app().clock().now().micros(), market.clone());
    let part = (page.offset() as usize, page.limit as usize);
    let scan = move |columns: &crate::catalogue::Columns| {
        columns.list(&filter, order, searching.as_ref(), &|currency| own.rate(currency), now, part)
    };
    market.catalogue().scan(scan).await
}

/// Tells the offers that were found.
async fn told(
    market: &Marketplace,
    found: &[OfferId],
    total: u64,
    page: Pages,
    viewer: &Viewer,
) -> Answer<Json<OfferList>> {
    let mut tx = market.app().read().await?;
    let mut offers = offers::by_ids(&mut tx, found).await?;
    // Hidden since it was found.
    offers.retain(|offer| offer.hidden_at.is_none());
    let offers = offer_bodies(market, &mut tx, offers, viewer).await?;
    Ok(Json(OfferList { page: page.of(total), offers }))
}

/// List offers
///
/// The published offers. A creator who asks is told of each whether they may apply (`eligibility`) and how well it fits them (`match`). Both
/// are null for everybody else.
#[utoipa::path(get, path = "/api/v1/offers", tag = "Offers", params(ListOffers),
    responses((status = 200, description = "A page of offers", body = OfferList)))]
async fn list(
    State(market): State<Marketplace>,
    caller: Anyone,
    Params(query): Params<ListOffers>,
) -> Answer<Json<OfferList>> {
    let searching = market.who_searches(&caller).await?;
    let filter = query.filter(searching.is_some());
    let found = find(&market, filter, query.sort_by, searching.clone(), query.page).await?;
    let viewer = Viewer { caller: caller.0, searching, reasons: false };
    told(&market, &found.ids, found.total, query.page, &viewer).await
}

/// List recommended offers
///
/// A creator's first page: what takes applications, what they may apply to and have not, the best match first. An offer to which more than
/// ten have applied for each of its places counts half.
#[utoipa::path(get, path = "/api/v1/offers/recommended", tag = "Offers", params(Pages),
    responses((status = 200, description = "A page of offers", body = OfferList)))]
async fn recommended(
    State(market): State<Marketplace>,
    member: Member,
    Params(page): Params<Pages>,
) -> Answer<Json<OfferList>> {
    super::creator(&member)?;
    let caller = member.caller();
    let without =
        applications::offers_of(caller.scope(), &mut market.app().read().await?, member.id, MOST_APPLIED).await?;
    let searching = market.who_searches(&caller).await?;
    let filter = Filter { open: Some(true), eligible: Some(true), without, ..Filter::default() };
    let found = find(&market, filter, Order::Match, searching.clone(), page).await?;
    let viewer = Viewer { caller, searching, reasons: true };
    told(&market, &found.ids, found.total, page, &viewer).await
}

/// Which of one's own offers are wanted.
#[derive(Clone, Debug, Input)]
struct OwnOffers {
    /// Only of this status.
    #[input(rule::word())]
    status: Option<OfferStatus>,
    #[input(flatten)]
    page: Pages,
}

/// List your own offers
///
/// Those of your workspace, drafts as well, the newest first.
#[utoipa::path(get, path = "/api/v1/offers/me/created", tag = "Offers", params(OwnOffers),
    responses((status = 200, description = "A page of offers", body = OfferList)))]
async fn created(
    State(market): State<Marketplace>,
    member: Member,
    Params(query): Params<OwnOffers>,
) -> Answer<Json<OfferList>> {
    if member.user_type != UserType::Admin {
        super::business(&member)?;
    }
    let caller: Caller = member.caller();
    let scope: Scope = caller.scope();
    let mut tx = market.app().read().await?;
    let (found, total) = offers::own(scope, &mut tx, query.status, query.page).await?;
    let offers = offer_bodies(&market, &mut tx, found, &Viewer::plain(caller)).await?;
    Ok(Json(OfferList { page: query.page.of(total), offers }))
}
