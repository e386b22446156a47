//! The search in plain words, and the same with an object of filters.

use axum::Json;
use axum::extract::State;
use creators::{Order, Viewer};
use http_base::{Answer, Body, Offsets, Reader};
use input::Input;
use input::describe::Schemas;
use input::rule::{self, Problem, Rule};
use kernel::Amount;
use kernel::money::MOST_MINOR;
use mind::understand::Understanding;
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::list::{CreatorFilters, may_page};
use super::shapes::{ListedCreator, with_scores};
use crate::Matching;
use crate::currency::told_in_dollars;
use crate::insights::{budget_facts, interpretation};
use crate::search::{Question, search as find};

/// What is searched.
#[derive(Input)]
#[input(name = "CreatorSearch")]
pub(super) struct SearchInput {
    /// What is looked for: a sentence in English or Spanish, or an object of filters.
    #[input(query(), example = "Find tech YouTubers with 100K+ subscribers who review gadgets")]
    query: Query,
    /// The least and the most that a post may cost.
    #[input(two_amounts(), name = "budget_range", example = [500, 2000])]
    budget: Option<(i64, i64)>,
    /// The audience that the creators should reach.
    #[input(any_text(5_000), name = "target_audience", example = "tech enthusiasts aged 18-35")]
    audience: Option<String>,
    #[input(flatten)]
    offsets: Offsets,
}

fn two_amounts() -> impl Rule<Output = (i64, i64)> {
    let amounts = rule::list(2, rule::amount(true)).and_then(|amounts| range(&amounts));
    amounts.described(|| {
        let most = MOST_MINOR / 100;
        let amount = json!({"type": "number", "minimum": 0, "maximum": most});
        json!({"type": "array", "items": amount, "minItems": 2, "maxItems": 2})
    })
}

enum Query {
    Words(String),
    Filters(Box<CreatorFilters>),
}

struct QueryRule;

impl Rule for QueryRule {
    type Output = Query;

    fn read(&self, value: &Value, from_text: bool) -> Result<Query, Problem> {
        match value {
            Value::Object(_) => {
                rule::object(20_000).read(value, from_text)?;
                rule::nested().read(value, from_text).map(|filters| Query::Filters(Box::new(filters)))
            }
            Value::String(_) => rule::text(2_000).read(value, from_text).map(Query::Words),
            _ => Err(Problem::new("wrong_type", "must be a sentence or an object of filters")),
        }
    }

    fn schema(&self, schemas: &mut Schemas) -> Value {
        json!({"anyOf": [rule::text(2_000).schema(schemas), rule::nested::<CreatorFilters>().schema(schemas)]})
    }
}

fn query() -> impl Rule<Output = Query> {
    QueryRule
}

fn range(amounts: &[Amount]) -> Result<(i64, i64), Problem> {
    match amounts {
        [least, most] if least <= most => Ok((least.minor(), most.minor())),
        [_, _] => Err(Problem::new("out_of_range", "must be the least and then the most")),
        _ => Err(Problem::new("wrong_type", "must be a list of two amounts: the least and the most")),
    }
}

/// What was found.
#[derive(Serialize, ToSchema)]
pub(super) struct SearchResults {
    /// The creators who were found, best first.
    creators: Vec<ListedCreator>,
    /// How many creators were found in all.
    total: usize,
    /// How the search was understood.
    search_insights: SearchInsights,
}

/// How the search was understood.
#[derive(Serialize, ToSchema)]
pub(super) struct SearchInsights {
    /// How the query was understood, in a sentence in its own language.
    query_interpretation: String,
    /// The same as filters of the list of creators.
    #[schema(example = json!(["platform: youtube", "niche: technology", "followers: 100K+"]))]
    recommended_filters: Vec<String>,
    /// How the budget compares with the prices of the creators who fit otherwise; null without a budget.
    budget_analysis: Option<String>,
    /// Filters that were given up because nobody would have been left.
    given_up: Vec<&'static str>,
    /// Who read the query: `local`, or the name of the language model.
    parser: String,
    /// What was understood, field by field, with the words that each was read from.
    #[schema(value_type = Object)]
    understood: Value,
}

/// Search creators in plain words
///
/// In English or Spanish. What the sentence fixes (platform, size, engagement, country, language, budget) filters the creators, and
/// the rest ranks them by meaning; `search_insights` says how the sentence was understood. An object of filters only filters.
#[utoipa::path(post, path = "/api/v1/creators/search", tag = "Creators", request_body = SearchInput,
    responses((status = 200, description = "Who was found, best first", body = SearchResults)))]
pub(super) async fn search(
    State(matching): State<Matching>,
    caller: Reader,
    Body { input, .. }: Body<SearchInput>,
) -> Answer<Json<SearchResults>> {
    let viewer = Viewer::from(&caller.0);
    may_page(viewer, input.offsets)?;
    let (offset, limit) = (input.offsets.offset as usize, input.offsets.limit as usize);
    let results = match input.query {
        Query::Words(query) => {
            let (budget, audience) = (input.budget, input.audience);
            let question = Question { query, budget, audience, offset, limit };
            by_words(&matching, viewer, question).await?
        }
        Query::Filters(filters) => by_filters(&matching, viewer, *filters, input.budget, offset, limit).await?,
    };
    Ok(Json(results))
}

async fn by_words(matching: &Matching, viewer: Viewer, question: Question) -> kernel::Result<SearchResults> {
    let scope = viewer.scope;
    let found = find(matching, scope, question).await?;
    let ids: Vec<_> = found.ranked.iter().map(|ranked| ranked.id).collect();
    let entries = matching.entries(scope, &ids).await?;
    let creators =
        with_scores(entries, &found.ranked, |creator, scores| ListedCreator::new(creator, Some(scores), viewer));
    let understood = found.understood;
    let budget_analysis = if found.budget == (None, None) {
        None
    } else {
        let (filter, budget) = (found.before_budget, found.budget);
        let facts =
            matching.directory().catalogue().scan(move |columns| budget_facts(columns, &filter, budget)).await?;
        let said = told_in_dollars(&understood).budget_analysis(Some(budget), &facts);
        match found.converted {
            None => said,
            Some(converted) => said.map(|said| format!("{said} {}", converted.note(understood.lang))),
        }
    };
    Ok(SearchResults {
        creators,
        total: found.total,
        search_insights: SearchInsights {
            query_interpretation: interpretation(&understood, &found.given_up, found.total),
            recommended_filters: understood.recommended_filters(),
            budget_analysis,
            given_up: found.given_up,
            parser: found.parser,
            understood: serde_json::to_value(&understood).unwrap_or(Value::Null),
        },
    })
}

async fn by_filters(
    matching: &Matching,
    viewer: Viewer,
    filters: CreatorFilters,
    budget: Option<(i64, i64)>,
    offset: usize,
    limit: usize,
) -> kernel::Result<SearchResults> {
    let catalogue = matching.directory().catalogue();
    catalogue.fresh().await?;
    let scope = viewer.scope;
    let before_budget = creators::Filter { sees: scope.into(), ..filters.filter() };
    let mut filter = before_budget.clone();
    if let Some((_, most)) = budget {
        filter.max_rate = Some(filter.max_rate.map_or(most, |own| own.min(most)));
    }
    let understood = as_understood(&filter);
    let listed = filter.clone();
    let (ids, total) = catalogue.scan(move |columns| columns.list(&listed, Order::Best, offset, limit)).await?;
    let entries = matching.entries(scope, &ids).await?;
    let budget_analysis = match budget {
        None => None,
        Some((least, most)) => {
            let range = (Some(least), Some(most));
            let facts = catalogue.scan(move |columns| budget_facts(columns, &before_budget, range)).await?;
            understood.budget_analysis(Some(range), &facts)
        }
    };
    Ok(SearchResults {
        creators: entries.into_iter().map(|creator| ListedCreator::new(creator, None, viewer)).collect(),
        total,
        search_insights: SearchInsights {
            query_interpretation: interpretation(&understood, &[], total),
            recommended_filters: understood.recommended_filters(),
            budget_analysis,
            given_up: Vec::new(),
            parser: "filters".into(),
            understood: json!(understood),
        },
    })
}

/// Filters, as if they had been said.
fn as_understood(filter: &creators::Filter) -> Understanding {
    Understanding {
        platforms: filter.platforms.clone(),
        niches: filter.niches.clone(),
        followers_min: filter.min_followers,
        followers_max: filter.max_followers,
        engagement_min: filter.min_engagement,
        countries: filter.countries.iter().filter_map(|name| mind::geo::country(name)).collect(),
        languages: filter.languages.iter().filter_map(|name| mind::geo::language(name)).collect(),
        budget_max_minor: filter.max_rate.filter(|most| Amount::from_minor(*most) > Amount::default()),
        meaning: filter.search.clone().unwrap_or_default(),
        ..Understanding::default()
    }
}
