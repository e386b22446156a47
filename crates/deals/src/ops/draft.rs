//! Drafting: a contract begins.

use db::{Json, Tx};
use events::TxExt as _;
use kernel::{CampaignId, CreatorId, Result, Timestamp, WorkspaceId};
use serde_json::json;

use super::Act;
use crate::events::ContractCreated;
use crate::model::{Contract, SigningOrder, Status, Text};
use crate::store;

/// A contract to be drafted: between whom, and how it is signed.
#[derive(Clone, Copy, Debug)]
pub struct Draft {
    /// The workspace of the campaign.
    pub workspace_id: WorkspaceId,
    /// The campaign.
    pub campaign_id: CampaignId,
    /// The creator.
    pub creator_id: CreatorId,
    /// Who signs before whom.
    pub signing_order: SigningOrder,
    /// Does each side sign it itself? Then no side states that the other one agreed elsewhere.
    pub by_own_hand: bool,
    /// Until when it may be signed.
    pub expires_at: Option<Timestamp>,
}

/// Drafts a contract that says this. The caller has found the campaign and the creator, and seen that the text
/// [lies ahead](Text::must_lie_ahead).
pub async fn draft(act: &Act<'_>, tx: &mut Tx, of: Draft, text: Text) -> Result<Contract> {
    let contract = Contract {
        id: act.clock().new_id(),
        workspace_id: of.workspace_id,
        campaign_id: of.campaign_id,
        creator_id: of.creator_id,
        status: Status::Draft,
        version: 1,
        revision: 1,
        currency: text.amount.currency(),
        total_amount: text.amount,
        terms: Json(text.terms),
        deliverables: text.deliverables.map(Json),
        payment_schedule: Json(text.schedule),
        signing_order: of.signing_order,
        by_own_hand: of.by_own_hand,
        sent_at: None,
        signed_at: None,
        completed_at: None,
        ended_at: None,
        expires_at: of.expires_at,
        created_at: act.now,
        updated_at: act.now,
    };
    store::insert(act.scope, tx, &contract).await?;
    store::replace_deliverables(tx, act.clock(), &contract).await?;
    let detail = json!({"campaign_id": contract.campaign_id, "creator_id": contract.creator_id});
    act.record(tx, &contract, "created", &detail).await?;
    tx.event(ContractCreated((&contract).into()));
    Ok(contract)
}
