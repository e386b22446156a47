//! Similarity search: from a product, or from a campaign, to the creators who match.

use axum::Json;
use axum::extract::State;
use campaigns::Exclusions;
use creators::Filter;
use http_base::{Answer, Body, Named, Params, Reader};
use input::rule;
use input::{Fields, Input};
use kernel::{Platform, Result, Scope};
use mind::score::{Budget, Wish, from_number};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use utoipa::{IntoParams, ToSchema};

use super::shapes::{Match, with_scores};
use crate::Matching;
use crate::prepare::{Prepared, gates_of, wish_of};
use crate::rank::Wanted;

/// A product, whom it is for, and who may be proposed. Only for the documentation; see `Asked`.
#[derive(Deserialize, ToSchema)]
#[expect(dead_code, reason = "describes the body that `Asked` reads")]
pub(super) struct SimilarityInput {
    /// What it is.
    #[schema(example = "FitBand Pro")]
    product_name: Option<String>,
    /// Who makes it; `brand` is taken too.
    brand_name: Option<String>,
    /// More of what it is.
    product_description: Option<String>,
    /// Whom it should reach.
    target_audience: Option<String>,
    /// What people use it for: a list, or one text; `key_usecases` is taken too.
    key_use_cases: Option<Vec<String>>,
    /// What the campaign should bring.
    campaign_goal: Option<String>,
    /// The niches it belongs to, in plain words.
    #[schema(example = "Fitness Technology")]
    product_niche: Option<String>,
    /// What it may cost in all.
    #[schema(example = 25000)]
    total_budget: Option<f64>,
    /// Only on this platform.
    platform: Option<String>,
    /// At least so many followers.
    min_followers: Option<u64>,
    /// At most so many followers.
    max_followers: Option<u64>,
    /// At least this engagement, in percent.
    min_engagement: Option<f64>,
    /// How many at most.
    #[schema(minimum = 1, maximum = 100)]
    limit: Option<u32>,
    /// Which page of them, from 1.
    #[schema(minimum = 1)]
    page: Option<u32>,
}

/// What was asked of a similarity search.
pub(super) struct Asked {
    wish: Wish,
    filter: Filter,
    limit: Option<usize>,
    page: usize,
}

impl Input for Asked {
    fn read(fields: &mut Fields) -> Option<Self> {
        let wish = Wish {
            product_name: fields.optional("product_name", rule::any_text(200)).unwrap_or_default(),
            product_description: fields.optional("product_description", rule::any_text(10_000)).unwrap_or_default(),
            key_use_cases: fields
                .optional_as(&["key_use_cases", "key_usecases"], rule::text_or_list(5_000))
                .unwrap_or_default(),
            product_niche: fields.optional("product_niche", rule::text_or_list(500)).unwrap_or_default(),
            target_audience: fields.optional("target_audience", rule::any_text(5_000)).unwrap_or_default(),
            budget: fields
                .optional("total_budget", rule::amount(false))
                .map_or_else(Budget::default, |budget| Budget::of(budget.minor())),
        };
        fields.optional_as(&["brand_name", "brand"], rule::any_text(200));
        fields.optional("campaign_goal", rule::text_or_list(2_000));
        let exclusions = Exclusions::read(fields).unwrap_or_default();
        let platform: Option<Platform> = fields.optional("platform", rule::platform());
        let min_followers = fields.optional("min_followers", rule::tally());
        let max_followers = fields.optional("max_followers", rule::tally());
        if let (Some(least), Some(most)) = (min_followers, max_followers)
            && least > most
        {
            fields.fault("min_followers", "out_of_range", "must not be above max_followers");
        }
        let filter = Filter {
            platforms: platform.into_iter().collect(),
            min_followers,
            max_followers,
            min_engagement: fields.optional("min_engagement", rule::number(0.0, 100.0)),
            ..gates_of(&exclusions)
        };
        let limit = fields.optional("limit", rule::whole(1, 100)).map(|limit| limit as usize);
        let page = fields.optional("page", rule::whole(1, 1_000_000)).unwrap_or(1) as usize;
        let says_something = wish.texts().iter().any(|text| !text.trim().is_empty());
        if !says_something
            && !["product_name", "product_description", "product_niche", "target_audience"]
                .iter()
                .any(|name| fields.has(name))
        {
            fields.fault(
                "product_name",
                "missing",
                "is missing: say at least what the product is, its niche or whom it is for",
            );
        }
        Some(Self { wish, filter, limit, page })
    }
}

/// The creators who match.
#[derive(Serialize, ToSchema)]
pub(super) struct Matches {
    /// The best first.
    matches: Vec<Match>,
    /// How many match in all.
    total_matches: usize,
    /// What was asked.
    #[schema(value_type = Object)]
    search_parameters: Map<String, Value>,
}

/// Matches of a search without a limit of its own.
const USUAL: usize = 10;

async fn matches(
    matching: &Matching,
    scope: Scope,
    wish: Wish,
    filter: Filter,
    wanted: Wanted,
) -> Result<(Vec<Match>, usize)> {
    let prepared = Prepared::new(matching.directory(), wish).await?;
    let (ranked, total) = matching.rank(&prepared, filter, wanted, true).await?;
    let ids: Vec<_> = ranked.iter().map(|ranked| ranked.id).collect();
    let entries = matching.entries(scope, &ids).await?;
    Ok((with_scores(entries, &ranked, Match::new), total))
}

/// Find creators for a product
#[utoipa::path(post, path = "/api/v1/ai/similaritysearch", tag = "AI matching", request_body = SimilarityInput,
    responses((status = 200, description = "The creators who match, best first", body = Matches)))]
pub(super) async fn simple(
    State(matching): State<Matching>,
    caller: Reader,
    Body { input, sent }: Body<Asked>,
) -> Answer<Json<Matches>> {
    let limit = input.limit.unwrap_or(USUAL);
    let wanted = Wanted::page((input.page - 1) * limit, limit);
    let (matches, total_matches) = matches(&matching, caller.scope(), input.wish, input.filter, wanted).await?;
    Ok(Json(Matches { matches, total_matches, search_parameters: sent }))
}

/// A page of the creators who match.
#[derive(Serialize, ToSchema)]
pub(super) struct MatchPage {
    /// The best first.
    matches: Vec<Match>,
    /// How many match in all.
    total: usize,
    /// Which page this is, from 1.
    page: usize,
    /// How many pages of this size there are.
    pages: usize,
}

/// Find creators for a product, by page
#[utoipa::path(post, path = "/api/ai/similaritysearch", tag = "AI matching", request_body = SimilarityInput,
    responses((status = 200, description = "A page of the creators who match, best first", body = MatchPage)))]
pub(super) async fn detailed(
    State(matching): State<Matching>,
    caller: Reader,
    Body { input, .. }: Body<Asked>,
) -> Answer<Json<MatchPage>> {
    let limit = input.limit.unwrap_or(20);
    let wanted = Wanted::page((input.page - 1) * limit, limit);
    let (matches, total) = matches(&matching, caller.scope(), input.wish, input.filter, wanted).await?;
    Ok(Json(MatchPage { matches, total, page: input.page, pages: total.div_ceil(limit) }))
}

/// From which score on, and how many.
#[derive(Clone, Copy, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Bounds {
    /// The least match score, from 0 to 1.
    #[param(minimum = 0, maximum = 1, default = 0.5)]
    match_threshold: f64,
    /// How many at most.
    #[param(minimum = 1, maximum = 100, default = 10)]
    match_count: usize,
}

impl Input for Bounds {
    fn read(fields: &mut Fields) -> Option<Self> {
        let match_threshold = fields.optional("match_threshold", rule::number(0.0, 1.0)).unwrap_or(0.5);
        let match_count = fields.optional("match_count", rule::whole(1, 100)).map_or(USUAL, |count| count as usize);
        Some(Self { match_threshold, match_count })
    }
}

/// A campaign, from which score on, and how many.
#[derive(Deserialize, ToSchema)]
#[expect(dead_code, reason = "describes the body that `CampaignInput` reads")]
pub(super) struct CampaignSimilarity {
    /// The campaign's id or code.
    campaign_id: String,
    /// The least match score, from 0 to 1; 0.5 if it is left out.
    #[schema(minimum = 0, maximum = 1)]
    match_threshold: Option<f64>,
    /// How many at most; 10 if it is left out.
    #[schema(minimum = 1, maximum = 100)]
    match_count: Option<u32>,
}

pub(super) struct CampaignInput {
    campaign_id: String,
    bounds: Bounds,
}

impl Input for CampaignInput {
    fn read(fields: &mut Fields) -> Option<Self> {
        let campaign_id = fields.required("campaign_id", rule::text(100));
        let bounds = Bounds::read(fields);
        Some(Self { campaign_id: campaign_id?, bounds: bounds? })
    }
}

async fn campaign_matches(matching: &Matching, scope: Scope, name: &str, bounds: Bounds) -> Result<Matches> {
    let mut tx = matching.app().read().await?;
    let campaign = campaigns::find(scope, &mut tx, name).await?;
    drop(tx);
    let least = from_number(bounds.match_threshold * 100.0).unwrap_or(0);
    let wanted = Wanted { least, ..Wanted::page(0, bounds.match_count) };
    let gates = gates_of(&campaign.exclusions);
    let (matches, total_matches) = matches(matching, scope, wish_of(&campaign), gates, wanted).await?;
    let told = json!({
        "campaign_id": campaign.id,
        "match_threshold": bounds.match_threshold,
        "match_count": bounds.match_count,
    });
    let search_parameters = if let Value::Object(told) = told { told } else { Map::new() };
    Ok(Matches { matches, total_matches, search_parameters })
}

/// Find creators for a campaign
///
/// Those whom the campaign excludes are left out.
#[utoipa::path(post, path = "/api/v1/ai/campaign-similarity", tag = "AI matching", request_body = CampaignSimilarity, responses(
    (status = 200, description = "The creators who match, best first", body = Matches),
    (status = 404, description = "The campaign is not there, or not yours", body = http_base::ErrorBody),
))]
pub(super) async fn of_campaign(
    State(matching): State<Matching>,
    caller: Reader,
    Body { input, .. }: Body<CampaignInput>,
) -> Answer<Json<Matches>> {
    Ok(Json(campaign_matches(&matching, caller.scope(), &input.campaign_id, input.bounds).await?))
}

/// Find creators for a campaign, by its address
#[utoipa::path(get, path = "/api/v1/ai/campaign/{campaign_id}/matches", tag = "AI matching",
    params(("campaign_id" = String, Path, description = "The campaign's id or code"), Bounds),
    responses((status = 200, description = "The creators who match, best first", body = Matches)))]
pub(super) async fn matches_of_campaign(
    State(matching): State<Matching>,
    caller: Reader,
    name: Named,
    Params(bounds): Params<Bounds>,
) -> Answer<Json<Matches>> {
    Ok(Json(campaign_matches(&matching, caller.scope(), &name.0, bounds).await?))
}
