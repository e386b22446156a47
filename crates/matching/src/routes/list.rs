//! The list of creators: filtered, sorted, and ranked for a campaign.

use axum::extract::{RawQuery, State};
use axum::response::Response;
use creators::{Filter, Order, Viewer};
use http_base::cache::Key;
use http_base::{Answer, Caller, Offsets};
use input::form::read_query;
use input::{Fields, Input};
use kernel::{Amount, Error, Platform, Result, count};
use serde::Serialize;
use utoipa::ToSchema;

use super::shapes::{ListedCreator, with_scores};
use crate::Matching;
use crate::prepare::{Prepared, gates_of, wish_of};
use crate::rank::Wanted;

/// Which creators are wanted: the filters of lists and searches.
#[derive(Clone, Debug, Input)]
#[input(check = CreatorFilters::check)]
pub(super) struct CreatorFilters {
    /// Part of a name or a handle, without regard to case and accents.
    #[input(any_text(200), blank)]
    search: Option<String>,
    /// Only creators on this platform.
    #[input(platform)]
    platform: Option<Platform>,
    /// Only creators of this niche: plain words, without regard to case and accents.
    #[input(any_text(100), blank, example = "fitness")]
    niche: Option<String>,
    /// Only creators who live in this country: a name or a code.
    #[input(any_text(100), blank)]
    country: Option<String>,
    /// Only creators who speak this language: a name or a code.
    #[input(any_text(100), blank)]
    language: Option<String>,
    /// At least so many followers.
    #[input(tally())]
    min_followers: Option<u64>,
    /// At most so many followers.
    #[input(tally())]
    max_followers: Option<u64>,
    /// At least this engagement, in percent.
    #[input(number(0.0, 100.0))]
    min_engagement: Option<f64>,
    /// At most this price of a post.
    #[input(amount(true))]
    max_rate: Option<Amount>,
}

impl CreatorFilters {
    fn check(&self, fields: &mut Fields) {
        followers_in_order(self.min_followers, self.max_followers, fields);
    }

    pub(super) fn filter(&self) -> Filter {
        Filter {
            search: self.search.clone(),
            platforms: self.platform.into_iter().collect(),
            niches: self.niche.iter().cloned().collect(),
            countries: self.country.iter().cloned().collect(),
            languages: self.language.iter().cloned().collect(),
            min_followers: self.min_followers,
            max_followers: self.max_followers,
            min_engagement: self.min_engagement,
            max_rate: self.max_rate.map(Amount::minor),
            ..Filter::default()
        }
    }
}

/// The least must not be above the most.
pub(super) fn followers_in_order(least: Option<u64>, most: Option<u64>, fields: &mut Fields) {
    if least.zip(most).is_some_and(|(least, most)| least > most) {
        fields.fault("min_followers", "out_of_range", "must not be above max_followers");
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

/// Which creators are wanted, and in which order.
#[derive(Input)]
#[input(check = ListQuery::check)]
pub(super) struct ListQuery {
    #[input(flatten)]
    filters: CreatorFilters,
    /// The id or code of a campaign: ranks the list by the match with it and shows `match_percentage`. Creators whom the campaign
    /// excludes are left out.
    #[input(text(100), name = "campaign_id")]
    campaign: Option<String>,
    /// The order; with a minus the other way round. Without it: the match with the campaign, the fit of the searched name, or the
    /// number of followers.
    #[input(one_of(SORTS))]
    sort: Option<&'static str>,
    #[input(flatten)]
    offsets: Offsets,
}

impl ListQuery {
    fn check(&self, fields: &mut Fields) {
        if self.sort == Some("match") && !fields.has("campaign_id") {
            fields.fault("sort", "missing", "by match needs campaign_id");
        }
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
    /// The creators, in the order that was asked for.
    creators: Vec<ListedCreator>,
    /// How many there are in all.
    total: usize,
    /// The filters that were applied.
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
    /// Part of a name or a handle.
    #[serde(skip_serializing_if = "Option::is_none")]
    search: Option<String>,
    /// A country.
    #[serde(skip_serializing_if = "Option::is_none")]
    country: Option<String>,
    /// A language.
    #[serde(skip_serializing_if = "Option::is_none")]
    language: Option<String>,
    /// The fewest followers.
    #[serde(skip_serializing_if = "Option::is_none")]
    min_followers: Option<u64>,
    /// The most followers.
    #[serde(skip_serializing_if = "Option::is_none")]
    max_followers: Option<u64>,
    /// The lowest engagement, in percent.
    #[serde(skip_serializing_if = "Option::is_none")]
    min_engagement: Option<f64>,
    /// The highest price of a post.
    #[serde(skip_serializing_if = "Option::is_none")]
    max_rate: Option<f64>,
}

impl From<&CreatorFilters> for FiltersApplied {
    fn from(filters: &CreatorFilters) -> Self {
        let CreatorFilters { search, platform, niche, country, language, min_engagement, max_rate, .. } =
            filters.clone();
        let size = match (filters.min_followers, filters.max_followers) {
            (None, None) => "all".to_owned(),
            (Some(least), None) => format!("{}+", count::short(least)),
            (None, Some(most)) => format!("up to {}", count::short(most)),
            (Some(least), Some(most)) => format!("{}-{}", count::short(least), count::short(most)),
        };
        Self {
            niche: niche.unwrap_or_else(|| "all".into()),
            platform: platform.map_or("all", Platform::word).to_owned(),
            size,
            search,
            country,
            language,
            min_followers: filters.min_followers,
            max_followers: filters.max_followers,
            min_engagement,
            max_rate: max_rate.map(Amount::to_number),
        }
    }
}

/// List creators
///
/// Filters and sorts the directory. With `campaign_id` the list is ranked by the match with that campaign, and creators whom it
/// excludes are left out.
#[utoipa::path(get, path = "/api/v1/creators", tag = "Creators", params(ListQuery),
    responses((status = 200, description = "A page of creators", body = CreatorList)))]
pub(super) async fn list(
    State(matching): State<Matching>,
    caller: Caller,
    RawQuery(asked): RawQuery,
) -> Answer<Response> {
    let asked = asked.unwrap_or_default();
    let mut version = [matching.directory().catalogue().fresh().await?, 0, 0];
    // What is kept was read once; a new question is read below.
    // What is written in percents may name a campaign as well: then what is kept is only sooner made anew.
    if asked.contains("campaign_id") || asked.contains('%') {
        version[1] = matching.app().db().current_version(campaigns::TOPIC).await?;
        version[2] = matching.directory().norms().await?.0;
    }
    let viewer = Viewer::from(&caller.0);
    let key = Key { scope: viewer.scope, asked: kept_for(viewer, &asked) };
    let make = || async { answer(&matching, viewer, read_query(&asked)?).await };
    Ok(matching.lists.json(matching.app(), key, version, make).await?)
}

/// Under what an answer is kept: an administrator's scope does not say which entries are their own workspace's.
pub(super) fn kept_for(viewer: Viewer, asked: &str) -> String {
    match viewer.workspace.filter(|_| viewer.scope.sees_everything()) {
        Some(workspace) => format!("{asked} {workspace}"),
        None => asked.to_owned(),
    }
}

/// As far as a list is read; whoever wants the whole directory exports it, which is counted.
const DEEPEST: u64 = 10_000;

/// Nobody reads the directory to its end page by page, but administrators.
pub(super) fn may_page(viewer: Viewer, offsets: Offsets) -> Result<()> {
    if viewer.scope.sees_everything() || u64::from(offsets.offset) + u64::from(offsets.limit) <= DEEPEST {
        return Ok(());
    }
    let message = format!(
        "must stay below {DEEPEST} with limit: filter the list, or take the directory out with GET /api/v1/creators/export"
    );
    Err(Error::invalid_field("offset", message))
}

async fn answer(matching: &Matching, viewer: Viewer, query: ListQuery) -> Result<CreatorList> {
    let scope = viewer.scope;
    may_page(viewer, query.offsets)?;
    let filters_applied = FiltersApplied::from(&query.filters);
    let (offset, limit) = (query.offsets.offset as usize, query.offsets.limit as usize);
    let order = query.sort.and_then(order_of);
    let Some(campaign) = query.campaign else {
        let filter = Filter { sees: scope.into(), ..query.filters.filter() };
        let order = order.unwrap_or(Order::Best);
        let scan = move |columns: &creators::Columns| columns.list(&filter, order, offset, limit);
        let (ids, total) = matching.directory().catalogue().scan(scan).await?;
        let entries = matching.entries(scope, &ids).await?;
        let creators = entries.into_iter().map(|creator| ListedCreator::new(creator, None, viewer)).collect();
        return Ok(CreatorList { creators, total, filters_applied });
    };
    let mut tx = matching.app().read().await?;
    let campaign = campaigns::find(scope, &mut tx, &campaign).await?;
    drop(tx);
    let prepared = Prepared::new(matching.directory(), wish_of(&campaign)).await?;
    let gates = gates_of(&campaign.exclusions);
    let filter = Filter {
        sees: scope.into(),
        excluded_platforms: gates.excluded_platforms,
        excluded_niches: gates.excluded_niches,
        excluded_countries: gates.excluded_countries,
        excluded_brands: gates.excluded_brands,
        excluded_creators: gates.excluded_creators,
        ..query.filters.filter()
    };
    let Some(order) = order else {
        let wanted = Wanted::page(offset, limit);
        let (ranked, total) = matching.rank(&prepared, filter, wanted, false).await?;
        let ids: Vec<_> = ranked.iter().map(|ranked| ranked.id).collect();
        let entries = matching.entries(scope, &ids).await?;
        let creators =
            with_scores(entries, &ranked, |creator, scores| ListedCreator::new(creator, Some(scores), viewer));
        return Ok(CreatorList { creators, total, filters_applied });
    };
    let scan = move |columns: &creators::Columns| columns.list(&filter, order, offset, limit);
    let (ids, total) = matching.directory().catalogue().scan(scan).await?;
    let entries = matching.entries(scope, &ids).await?;
    let ids: Vec<_> = entries.iter().map(|creator| creator.id).collect();
    let scores = matching.scores(&prepared, &ids).await?;
    let creators =
        entries.into_iter().zip(scores).map(|(creator, scores)| ListedCreator::new(creator, scores, viewer)).collect();
    Ok(CreatorList { creators, total, filters_applied })
}
