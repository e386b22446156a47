//! The analysis of a campaign and a creator.

use axum::Json;
use axum::extract::State;
use http_base::{Answer, Body, Caller, Named};
use input::Input;
use kernel::{CreatorId, Error};
use mind::score::Analysis;

use crate::Matching;
use crate::explain::analyse as explain;
use crate::prepare::{Prepared, wish_of};

/// The creator whose match is analysed.
#[derive(Input)]
#[input(name = "MatchAnalysisInput")]
pub(super) struct AnalysisInput {
    /// The id of the creator.
    #[input(id, alias = "creator_id")]
    influencer_id: CreatorId,
}

/// Analyse the match of a campaign and a creator
///
/// Explains every part of the score, recommends what to do and estimates what a post may bring. Figures that no record supports are
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
