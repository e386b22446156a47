//! The list of creators: filtered, sorted, and ranked for a campaign.

use axum::extract::{RawQuery, State};
use axum::response::Response;
use creators::{Filter, Order};
use http_base::cache::Key;
use http_base::{Answer, Caller, Offsets};
use input::form::read_query;
use input::rule;
use input::{Fields, Input};
use kernel::{Error, Platform, Result, Scope, count};
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

use super::shapes::{ListedCreator, as_json, with_scores};
use crate::Matching;
use crate::prepare::{Prepared, gates_of, wish_of};
use crate::rank::Wanted;

/// Which creators are wanted.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes the query that `ListQuery` reads")]
pub(super) struct CreatorQuery {
    /// Part of a name or a handle, without regard to case and accents.
    search: Option<String>,
    /// `instagram`, `youtube`, `tiktok` or `twitter`.
    platform: Option<String>,
    /// A niche in plain words, without regard to case and accents.
    niche: Option<String>,
    /// At least so many followers.
    min_followers: Option<u64>,
    /// At most so many followers.
    max_followers: Option<u64>,
    /// A country, by name or code.
    country: Option<String>,
    /// A language, by name or code.
    language: Option<String>,
    /// At least this engagement, in percent.
    min_engagement: Option<f64>,
    /// At most this price.
    max_rate: Option<f64>,
    /// A campaign's id or code: ranks the list for it, and shows `match_percentage`.
    campaign_id: Option<String>,
    /// `match`, `followers`, `engagement`, `rate`, `rating` or `newest`; with a minus the other way round. Without it: the match
    /// with the campaign, the fit of the searched name, or followers.
    sort: Option<String>,
}

/// What a list is narrowed to: the filters of A and B, from a query or from the object of a search.
#[derive(Clone, Debug)]
pub(super) struct CreatorFilters {
    pub(super) filter: Filter,
    niche: Option<String>,
}

impl Input for CreatorFilters {
    fn read(fields: &mut Fields) -> Option<Self> {
        let search = fields.optional("search", rule::any_text(200)).filter(|search| !search.trim().is_empty());
        let platform = fields.optional("platform", rule::platform());
        let niche = fields.optional("niche", rule::any_text(100)).filter(|niche| !niche.trim().is_empty());
        let country = fields.optional("country", rule::any_text(100)).filter(|country| !country.trim().is_empty());
        let language = fields.optional("language", rule::any_text(100)).filter(|language| !language.trim().is_empty());
        let min_followers = fields.optional("min_followers", rule::tally());
        let max_followers = fields.optional("max_followers", rule::tally());
        if let (Some(least), Some(most)) = (min_followers, max_followers)
            && least > most
        {
            fields.fault("min_followers", "out_of_range", "must not be above max_followers");
        }
        let min_engagement = fields.optional("min_engagement", rule::number(0.0, 100.0));
        let max_rate = fields.optional("max_rate", rule::amount(true)).map(kernel::Money::minor);
        let filter = Filter {
            search,
            platforms: platform.into_iter().collect(),
            niches: niche.iter().cloned().collect(),
            countries: country.into_iter().collect(),
            languages: language.into_iter().collect(),
            min_followers,
            max_followers,
            min_engagement,
            max_rate,
            ..Filter::default()
        };
        Some(Self { filter, niche })
    }
}

const SORTS: &[&str] = &[
    "match",
    "followers",
    "-followers",
    "engagement",
    "-engagement",
    "rate",
    "-rate",
    "rating",
    "-rating",
    "newest",
    "-newest",
];

pub(super) struct ListQuery {
    filters: CreatorFilters,
    campaign: Option<String>,
    order: Option<Order>,
    offsets: Offsets,
}

impl Input for ListQuery {
    fn read(fields: &mut Fields) -> Option<Self> {
        let filters = CreatorFilters::read(fields)?;
        let campaign = fields.optional("campaign_id", rule::text(100));
        let sort = fields.optional("sort", rule::one_of(SORTS));
        if sort == Some("match") && campaign.is_none() {
            fields.fault("sort", "missing", "by match needs campaign_id");
        }
        let offsets = Offsets::read(fields)?;
        Some(Self { filters, campaign, order: sort.and_then(order_of), offsets })
    }
}

/// The order of a word; by match there is none but the campaign's.
fn order_of(word: &str) -> Option<Order> {
    let (ascending, word) = word.strip_prefix('-').map_or((false, word), |word| (true, word));
    Some(match word {
        "followers" => Order::Followers { ascending },
        "engagement" => Order::Engagement { ascending },
        "rate" => Order::Rate { ascending },
        "rating" => Order::Rating { ascending },
        "newest" => Order::Created { ascending },
        _ => return None,
    })
}

/// A page of creators.
#[derive(Serialize, ToSchema)]
struct CreatorList {
    creators: Vec<ListedCreator>,
    /// How many there are in all.
    total: usize,
    filters_applied: FiltersApplied,
}

/// The filters that were applied, in the words of the query.
#[derive(Serialize, ToSchema)]
struct FiltersApplied {
    /// A niche, or `all`.
    #[schema(example = "fitness")]
    niche: String,
    /// A platform, or `all`.
    #[schema(example = "all")]
    platform: String,
    /// `100K+`, `up to 500K`, `100K-500K`, or `all`.
    #[schema(example = "100K+")]
    size: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    search: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    country: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    language: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    min_followers: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_followers: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    min_engagement: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_rate: Option<f64>,
}

impl From<&CreatorFilters> for FiltersApplied {
    fn from(filters: &CreatorFilters) -> Self {
        let filter = &filters.filter;
        let size = match (filter.min_followers, filter.max_followers) {
            (None, None) => "all".to_owned(),
            (Some(least), None) => format!("{}+", count::short(least)),
            (None, Some(most)) => format!("up to {}", count::short(most)),
            (Some(least), Some(most)) => format!("{}-{}", count::short(least), count::short(most)),
        };
        Self {
            niche: filters.niche.clone().unwrap_or_else(|| "all".into()),
            platform: filter.platforms.first().copied().map_or("all", Platform::word).to_owned(),
            size,
            search: filter.search.clone(),
            country: filter.countries.first().cloned(),
            language: filter.languages.first().cloned(),
            min_followers: filter.min_followers,
            max_followers: filter.max_followers,
            min_engagement: filter.min_engagement,
            max_rate: filter.max_rate.map(|minor| kernel::Money::from_minor(minor).to_number()),
        }
    }
}

/// List creators
///
/// Filtered and sorted; with `campaign_id` ranked by their match with that campaign, those it excludes left out.
#[utoipa::path(get, path = "/api/v1/creators", tag = "Creators", params(CreatorQuery, Offsets),
    responses((status = 200, description = "A page of creators", body = CreatorList)))]
pub(super) async fn list(
    State(matching): State<Matching>,
    caller: Caller,
    RawQuery(asked): RawQuery,
) -> Answer<Response> {
    let asked = asked.unwrap_or_default();
    let mut version = [matching.directory().catalogue().fresh().await?, 0, 0];
    // What is kept was read once; a new question is read below.
    if asked.contains("campaign_id") {
        version[1] = matching.app().db().current_version(campaigns::TOPIC).await?;
        version[2] = matching.directory().norms().await?.0;
    }
    let key = Key { scope: caller.scope(), asked };
    if matching.app().caching()
        && let Some(body) = matching.lists.get(&key, version)
    {
        return Ok(as_json(body));
    }
    let query = read_query(&key.asked)?;
    // Boxed, so that a kept answer does not carry the room of making one about.
    let body = Box::pin(answer(&matching, caller.scope(), query)).await?;
    let body = bytes::Bytes::from(serde_json::to_vec(&body).map_err(Error::internal)?);
    if matching.app().caching() {
        matching.lists.put(key, version, body.clone());
    }
    Ok(as_json(body))
}

async fn answer(matching: &Matching, scope: Scope, query: ListQuery) -> Result<CreatorList> {
    let filters_applied = FiltersApplied::from(&query.filters);
    let (offset, limit) = (query.offsets.offset as usize, query.offsets.limit as usize);
    let Some(campaign) = query.campaign else {
        let (order, filter) = (query.order.unwrap_or(Order::Best), query.filters.filter);
        let scan = move |columns: &creators::Columns| columns.list(&filter, order, offset, limit);
        let (ids, total) = matching.directory().catalogue().scan(scan).await?;
        let entries = matching.entries(scope, &ids).await?;
        let creators = entries.into_iter().map(|creator| ListedCreator::new(creator, None)).collect();
        return Ok(CreatorList { creators, total, filters_applied });
    };
    let mut tx = matching.app().read().await?;
    let campaign = campaigns::find(scope, &mut tx, &campaign).await?;
    drop(tx);
    let prepared = Prepared::new(matching.directory(), wish_of(&campaign)).await?;
    let gates = gates_of(&campaign.exclusions);
    let filter = Filter {
        excluded_platforms: gates.excluded_platforms,
        excluded_niches: gates.excluded_niches,
        excluded_countries: gates.excluded_countries,
        excluded_brands: gates.excluded_brands,
        excluded_creators: gates.excluded_creators,
        ..query.filters.filter
    };
    let Some(order) = query.order else {
        let wanted = Wanted::page(offset, limit);
        let (ranked, total) = matching.rank(&prepared, filter, wanted, false).await?;
        let ids: Vec<_> = ranked.iter().map(|ranked| ranked.id).collect();
        let entries = matching.entries(scope, &ids).await?;
        let creators = with_scores(entries, &ranked, |creator, scores| ListedCreator::new(creator, Some(scores)));
        return Ok(CreatorList { creators, total, filters_applied });
    };
    let scan = move |columns: &creators::Columns| columns.list(&filter, order, offset, limit);
    let (ids, total) = matching.directory().catalogue().scan(scan).await?;
    let entries = matching.entries(scope, &ids).await?;
    let ids: Vec<_> = entries.iter().map(|creator| creator.id).collect();
    let scores = matching.scores(&prepared, &ids).await?;
    let creators =
        entries.into_iter().zip(scores).map(|(creator, scores)| ListedCreator::new(creator, scores)).collect();
    Ok(CreatorList { creators, total, filters_applied })
}
