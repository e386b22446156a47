//! The search in plain words, and the same with an object of filters.

use axum::Json;
use axum::extract::State;
use creators::Order;
use http_base::{Answer, Body, Reader};
use input::rule::{self, Rule as _};
use input::{Fields, Input};
use kernel::{Money, Result, Scope};
use mind::understand::Understanding;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::list::CreatorFilters;
use super::shapes::{ListedCreator, with_scores};
use crate::Matching;
use crate::currency::told_in_dollars;
use crate::insights::{budget_facts, interpretation};
use crate::search::{Question, search as find};

/// What is searched. Only for the documentation; see `SearchInput`.
#[derive(Deserialize, ToSchema)]
#[expect(dead_code, reason = "describes the body that `SearchInput` reads")]
pub(super) struct CreatorSearch {
    /// In plain English or Spanish; or an object with the names of the list's filters.
    #[schema(value_type = Object, example = "Find tech YouTubers with 100K+ subscribers who review gadgets")]
    query: Value,
    /// The least and the most that a piece may cost.
    #[schema(example = json!([500, 2000]))]
    budget_range: Option<Vec<f64>>,
    /// Whom it should reach.
    #[schema(example = "tech enthusiasts aged 18-35")]
    target_audience: Option<String>,
    /// How many at most; 20 if it is left out.
    #[schema(minimum = 1, maximum = 100)]
    limit: Option<u32>,
    /// How many to leave out first.
    offset: Option<u32>,
}

enum Query {
    Words(String),
    Filters(Box<CreatorFilters>),
}

pub(super) struct SearchInput {
    query: Query,
    budget: Option<(i64, i64)>,
    audience: Option<String>,
    offset: usize,
    limit: usize,
}

impl Input for SearchInput {
    fn read(fields: &mut Fields) -> Option<Self> {
        let query = read_query(fields);
        let budget = fields.optional("budget_range", rule::list(2, rule::amount(true)));
        let budget = budget.and_then(|range| match range.as_slice() {
            [least, most] if least <= most => Some((least.minor(), most.minor())),
            [_, _] => {
                fields.fault("budget_range", "out_of_range", "must be the least and then the most");
                None
            }
            _ => {
                fields.fault("budget_range", "wrong_type", "must be a list of two amounts: the least and the most");
                None
            }
        });
        let audience = fields.optional("target_audience", rule::any_text(5_000));
        let limit = fields.optional("limit", rule::whole(1, 100)).unwrap_or(20) as usize;
        let offset = fields.optional("offset", rule::whole(0, u32::MAX.into())).unwrap_or(0) as usize;
        Some(Self { query: query?, budget, audience, offset, limit })
    }
}

fn read_query(fields: &mut Fields) -> Option<Query> {
    if fields.raw("query").is_some_and(Value::is_object) {
        let object = fields.required("query", rule::object(20_000))?;
        match Fields::of_body(Value::Object(object)).and_then(Fields::read::<CreatorFilters>) {
            Ok(filters) => return Some(Query::Filters(Box::new(filters))),
            Err(error) => {
                for fault in error.faults() {
                    let name = fault.loc.iter().skip(1).cloned().collect::<Vec<_>>().join(".");
                    fields.fault(&format!("query.{name}"), fault.kind, fault.message.clone());
                }
                return None;
            }
        }
    }
    fields
        .required(
            "query",
            rule::rule(
                || json!({"type": "string"}),
                |value, from_text| {
                    rule::text(2_000).read(value, from_text).map_err(|problem| match value {
                        Value::String(_) => problem,
                        _ => rule::Problem::new("wrong_type", "must be a sentence or an object of filters"),
                    })
                },
            ),
        )
        .map(Query::Words)
}

/// What was found.
#[derive(Serialize, ToSchema)]
pub(super) struct SearchResults {
    /// The best first.
    creators: Vec<ListedCreator>,
    /// How many there are in all.
    total: usize,
    search_insights: SearchInsights,
}

/// How the search was understood.
#[derive(Serialize, ToSchema)]
pub(super) struct SearchInsights {
    /// In a sentence, in the language of the query.
    query_interpretation: String,
    /// As filters of the list.
    #[schema(example = json!(["platform: youtube", "niche: technology", "followers: 100K+"]))]
    recommended_filters: Vec<String>,
    /// What the budget meets among those who were looked through; null without a budget.
    budget_analysis: Option<String>,
    /// Filters that were given up because nobody was left.
    given_up: Vec<&'static str>,
    /// Who read the query: `local`, or the name of the language model.
    parser: String,
    /// What was understood, field by field, with the words each was read from.
    #[schema(value_type = Object)]
    understood: Value,
}

/// Search creators in plain words
///
/// English and Spanish. What the sentence fixes (platform, size, engagement, country, language, budget) filters, the rest is ranked by
/// meaning; `search_insights` says how it was understood. With an object of filters instead of a sentence, it filters.
#[utoipa::path(post, path = "/api/v1/creators/search", tag = "Creators", request_body = CreatorSearch,
    responses((status = 200, description = "Who was found, best first", body = SearchResults)))]
pub(super) async fn search(
    State(matching): State<Matching>,
    caller: Reader,
    Body { input, .. }: Body<SearchInput>,
) -> Answer<Json<SearchResults>> {
    let scope = caller.scope();
    let results = match input.query {
        Query::Words(query) => {
            let (budget, audience) = (input.budget, input.audience);
            let question = Question { query, budget, audience, offset: input.offset, limit: input.limit };
            by_words(&matching, scope, question).await?
        }
        Query::Filters(filters) => {
            by_filters(&matching, scope, *filters, input.budget, input.offset, input.limit).await?
        }
    };
    Ok(Json(results))
}

async fn by_words(matching: &Matching, scope: Scope, question: Question) -> Result<SearchResults> {
    let found = find(matching, scope, question).await?;
    let ids: Vec<_> = found.ranked.iter().map(|ranked| ranked.id).collect();
    let entries = matching.entries(scope, &ids).await?;
    let creators = with_scores(entries, &found.ranked, |creator, scores| ListedCreator::new(creator, Some(scores)));
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
    scope: Scope,
    filters: CreatorFilters,
    budget: Option<(i64, i64)>,
    offset: usize,
    limit: usize,
) -> Result<SearchResults> {
    let catalogue = matching.directory().catalogue();
    catalogue.fresh().await?;
    let before_budget = filters.filter.clone();
    let mut filter = filters.filter;
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
        creators: entries.into_iter().map(|creator| ListedCreator::new(creator, None)).collect(),
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
        budget_max_minor: filter.max_rate.filter(|most| Money::from_minor(*most) > Money::default()),
        meaning: filter.search.clone().unwrap_or_default(),
        ..Understanding::default()
    }
}
