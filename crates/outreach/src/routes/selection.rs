//! Selecting a creator for a campaign, which begins an approach.

use axum::Json;
use axum::extract::State;
use events::TxExt as _;
use http_base::{Answer, App, Body, Caller, Named};
use input::Input;
use kernel::{CampaignId, CreatorId, Error, OutreachId};
use serde::Serialize;
use utoipa::ToSchema;

use crate::events::CreatorSelected;
use crate::{Entry, NewEntry, store};

/// Whom to select.
#[derive(Input)]
pub(super) struct SelectionInput {
    /// The id of the creator.
    #[input(id, alias = "creator_id")]
    influencer_id: CreatorId,
    /// Why this creator was selected; kept with the outreach entry.
    #[input(any_text(5_000))]
    notes: Option<String>,
}

/// A creator was selected for a campaign.
#[derive(Serialize, ToSchema)]
pub(super) struct Selection {
    /// The campaign.
    campaign_id: CampaignId,
    /// The creator.
    influencer_id: CreatorId,
    /// Always `selected_for_outreach`.
    status: &'static str,
    /// Whether an entry was opened in the outreach log; false if the creator had been selected before.
    outreach_entry_created: bool,
    /// Always `outreach_management`.
    next_step: &'static str,
    /// The entry in the outreach log: the new one, or that of the earlier selection.
    outreach_id: OutreachId,
    /// What was done, in a sentence.
    message: String,
}

/// Select a creator for a campaign
///
/// Opens an entry in the outreach log. Selecting the same creator again changes nothing; the answer names the earlier entry.
#[utoipa::path(post, path = "/api/v1/campaigns/{campaign_id}/select-influencer", tag = "Campaigns", request_body = SelectionInput,
    params(("campaign_id" = String, Path, description = "The campaign's id or code")), responses(
    (status = 200, description = "Selected", body = Selection),
    (status = 409, description = "The campaign is completed"),
))]
pub(super) async fn select(
    State(app): State<App>,
    caller: Caller,
    name: Named,
    Body { input, .. }: Body<SelectionInput>,
) -> Answer<Json<Selection>> {
    let (clock, scope) = (app.clock(), caller.scope());
    let mut tx = app.write().await?;
    let campaign = campaigns::find(scope, &mut tx, &name.0).await?;
    let creator = creators::store::by_id(scope, &mut tx, input.influencer_id).await?;
    let creator = creator.ok_or_else(|| Error::not_found("Creator"))?;
    let (id, now) = (clock.new_id(), clock.now());
    let notes = input.notes.filter(|notes| !notes.trim().is_empty());
    let earlier = campaigns::store::select(scope, &mut tx, &campaign, creator.id, id, notes.as_deref(), now).await?;
    if earlier.is_none() {
        let new = NewEntry {
            id,
            workspace_id: campaign.workspace_id,
            campaign_id: campaign.id,
            creator_id: creator.id,
            notes,
        };
        store::insert(scope, &mut tx, &Entry::open(new, now)).await?;
        tx.event(CreatorSelected {
            workspace_id: campaign.workspace_id,
            outreach_id: id,
            campaign_id: campaign.id,
            creator_id: creator.id,
        });
    }
    tx.commit().await?;
    let message = match earlier {
        None => format!("{} was selected for {}", creator.name, campaign.product_name),
        Some(_) => {
            format!("{} had been selected for {} before; nothing was changed", creator.name, campaign.product_name)
        }
    };
    Ok(Json(Selection {
        campaign_id: campaign.id,
        influencer_id: creator.id,
        status: "selected_for_outreach",
        outreach_entry_created: earlier.is_none(),
        next_step: "outreach_management",
        outreach_id: earlier.unwrap_or(id),
        message,
    }))
}
