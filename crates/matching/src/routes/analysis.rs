//! The analysis of a campaign and a creator.

use axum::Json;
use axum::extract::State;
use http_base::{Answer, Body, Caller, Named};
use input::rule;
use input::{Fields, Input};
use kernel::{CreatorId, Error};
use mind::score::Analysis;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::Matching;
use crate::explain::analyse as explain;
use crate::prepare::{Prepared, wish_of};

/// Whose match is wanted.
#[derive(Deserialize, ToSchema)]
pub(super) struct AnalysisInput {
    /// The creator; `creator_id` is taken too.
    #[schema(value_type = String)]
    influencer_id: CreatorId,
}

impl Input for AnalysisInput {
    fn read(fields: &mut Fields) -> Option<Self> {
        let influencer_id = fields.required_as(&["influencer_id", "creator_id"], rule::id());
        Some(Self { influencer_id: influencer_id? })
    }
}

/// Analyse a match
///
/// Every part of the score with its reason, what to do, and what a piece may bring. Figures that nothing on record supports are
/// null, with the reason beside them.
#[utoipa::path(post, path = "/api/v1/campaigns/{campaign_id}/ai-match-analysis", tag = "Campaigns", request_body = AnalysisInput,
    params(("campaign_id" = String, Path, description = "The campaign's id or code")),
    responses((status = 200, description = "The analysis", body = Analysis)))]
pub(super) async fn analyse(
    State(matching): State<Matching>,
    caller: Caller,
    name: Named,
    Body { input, .. }: Body<AnalysisInput>,
) -> Answer<Json<Analysis>> {
    let mut tx = matching.app().read().await?;
    let campaign = campaigns::find(caller.scope(), &mut tx, &name.0).await?;
    let creator = creators::store::by_id(caller.scope(), &mut tx, input.influencer_id).await?;
    drop(tx);
    let creator = creator.ok_or_else(|| Error::not_found("Creator"))?;
    let prepared = Prepared::new(matching.directory(), wish_of(&campaign)).await?;
    Ok(Json(explain(&matching, &prepared, &creator).await?))
}
