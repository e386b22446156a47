//! Similarity search: from a product, or from a campaign, to the creators who match.

use axum::Json;
use axum::extract::State;
use campaigns::Exclusions;
use creators::Filter;
use http_base::{Answer, Body, Named, Params, Reader};
use input::{Fields, Input};
use kernel::{Amount, Platform, Result, Scope};
use mind::score::{Budget, Wish, from_number};
use serde::Serialize;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use super::list::followers_in_order;
use super::shapes::{Match, with_scores};
use crate::Matching;
use crate::prepare::{Prepared, gates_of, wish_of};
use crate::rank::Wanted;

/// A product, the audience that it is for, and which creators may be proposed.
#[derive(Input)]
#[input(name = "SimilaritySearch", check = Asked::check)]
pub(super) struct Asked {
    /// The product or service that is advertised.
    #[input(any_text(200), default, example = "FitBand Pro")]
    product_name: String,
    /// The brand that makes it.
    #[input(any_text(200), alias = "brand")]
    #[expect(dead_code, reason = "a brief has it, and nothing is ranked by it")]
    brand_name: Option<String>,
    /// What the product is and does.
    #[input(any_text(10_000), default)]
    product_description: String,
    /// The audience that the campaign should reach.
    #[input(any_text(5_000), default)]
    target_audience: String,
    /// What people use the product for: a text, or a list of texts.
    #[input(text_or_list(5_000), alias = "key_usecases", default)]
    key_use_cases: String,
    /// What the campaign should achieve.
    #[input(text_or_list(2_000))]
    #[expect(dead_code, reason = "a brief has it, and nothing is ranked by it")]
    campaign_goal: Option<String>,
    /// The niches that the product belongs to, in plain words.
    #[input(text_or_list(500), default, example = "Fitness Technology")]
    product_niche: String,
    /// What the campaign may cost in all.
    #[input(amount(false), example = 25_000)]
    total_budget: Option<Amount>,
    #[input(flatten)]
    exclusions: Exclusions,
    /// Only creators on this platform.
    #[input(platform)]
    platform: Option<Platform>,
    /// At least so many followers.
    #[input(tally())]
    min_followers: Option<u64>,
    /// At most so many followers.
    #[input(tally())]
    max_followers: Option<u64>,
    /// At least this engagement, in percent.
    #[input(number(0.0, 100.0))]
    min_engagement: Option<f64>,
    /// How many creators at most.
    #[input(whole(1, 100).map(|limit| limit as usize))]
    limit: Option<usize>,
    /// Which page of them, from 1.
    #[input(whole(1, 1_000_000).map(|page| page as usize), default = 1)]
    page: usize,
}

impl Asked {
    fn check(&self, fields: &mut Fields) {
        followers_in_order(self.min_followers, self.max_followers, fields);
        let says_something = self.wish().texts().iter().any(|text| !text.trim().is_empty());
        let named = ["product_name", "product_description", "product_niche", "target_audience"];
        if !says_something && !named.iter().any(|name| fields.has(name)) {
            let message = "is missing: say at least what the product is, its niche or whom it is for";
            fields.fault("product_name", "missing", message);
        }
    }

    fn wish(&self) -> Wish {
        Wish {
            product_name: self.product_name.clone(),
            product_description: self.product_description.clone(),
            key_use_cases: self.key_use_cases.clone(),
            product_niche: self.product_niche.clone(),
            target_audience: self.target_audience.clone(),
            budget: self.total_budget.map_or_else(Budget::default, |budget| Budget::of(budget.minor())),
        }
    }

    fn filter(&self) -> Filter {
        Filter {
            platforms: self.platform.into_iter().collect(),
            min_followers: self.min_followers,
            max_followers: self.max_followers,
            min_engagement: self.min_engagement,
            ..gates_of(&self.exclusions)
        }
    }
}

/// The creators who match.
#[derive(Serialize, ToSchema)]
pub(super) struct Matches {
    /// The creators, best match first.
    matches: Vec<Match>,
    /// How many creators match in all.
    total_matches: usize,
    /// The parameters of the search, as they were sent.
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
    let filter = Filter { sees: scope.into(), ..filter };
    let (ranked, total) = matching.rank(&prepared, filter, wanted, true).await?;
    let ids: Vec<_> = ranked.iter().map(|ranked| ranked.id).collect();
    let entries = matching.entries(scope, &ids).await?;
    Ok((with_scores(entries, &ranked, Match::new), total))
}

/// Find creators for a product
///
/// Ranks the directory by how well each creator matches the product, its audience and the budget.
#[utoipa::path(post, path = "/api/v1/ai/similaritysearch", tag = "AI matching", request_body = Asked,
    responses((status = 200, description = "The creators who match, best first", body = Matches)))]
pub(super) async fn simple(
    State(matching): State<Matching>,
    caller: Reader,
    Body { input, sent }: Body<Asked>,
) -> Answer<Json<Matches>> {
    let limit = input.limit.unwrap_or(USUAL);
    let wanted = Wanted::page((input.page - 1) * limit, limit);
    let (matches, total_matches) = matches(&matching, caller.scope(), input.wish(), input.filter(), wanted).await?;
    Ok(Json(Matches { matches, total_matches, search_parameters: sent }))
}

/// A page of the creators who match.
#[derive(Serialize, ToSchema)]
pub(super) struct MatchPage {
    /// The creators, best match first.
    matches: Vec<Match>,
    /// How many creators match in all.
    total: usize,
    /// Which page this is, from 1.
    page: usize,
    /// How many pages of this size there are.
    pages: usize,
}

/// Find creators for a product, by page
///
/// Ranks the directory like `/api/v1/ai/similaritysearch`, and says how many pages there are.
#[utoipa::path(post, path = "/api/ai/similaritysearch", tag = "AI matching", request_body = Asked,
    responses((status = 200, description = "A page of the creators who match, best first", body = MatchPage)))]
pub(super) async fn detailed(
    State(matching): State<Matching>,
    caller: Reader,
    Body { input, .. }: Body<Asked>,
) -> Answer<Json<MatchPage>> {
    let limit = input.limit.unwrap_or(20);
    let wanted = Wanted::page((input.page - 1) * limit, limit);
    let (matches, total) = matches(&matching, caller.scope(), input.wish(), input.filter(), wanted).await?;
    Ok(Json(MatchPage { matches, total, page: input.page, pages: total.div_ceil(limit) }))
}

/// From which score on, and how many.
#[derive(Clone, Copy, Input)]
pub(super) struct Bounds {
    /// The lowest match score, from 0 to 1.
    #[input(number(0.0, 1.0), default = 0.5)]
    match_threshold: f64,
    /// How many creators at most.
    #[input(whole(1, 100).map(|count| count as usize), default = USUAL)]
    match_count: usize,
}

/// A campaign, from which score on, and how many.
#[derive(Input)]
#[input(name = "CampaignSimilarity")]
pub(super) struct CampaignInput {
    /// The id or code of the campaign.
    #[input(text(100))]
    campaign_id: String,
    #[input(flatten)]
    bounds: Bounds,
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
/// Ranks the directory by the match with the campaign; creators whom it excludes are left out.
#[utoipa::path(post, path = "/api/v1/ai/campaign-similarity", tag = "AI matching", request_body = CampaignInput, responses(
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

/// List the creators who match a campaign
///
/// Does the same as `/api/v1/ai/campaign-similarity`, with the campaign in the path.
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
