//! The campaign that stands for an offer, under which its contracts are.

use db::{Tx, args};
use kernel::{CampaignId, OfferId, Result, Timestamp};

/// The campaign of an offer.
pub async fn campaign_of(tx: &mut Tx, offer: OfferId) -> Result<Option<CampaignId>> {
    tx.fetch_optional("SELECT campaign_id FROM offer_campaigns WHERE offer_id = $1", args![offer]).await
}

/// Remembers the campaign of an offer.
pub async fn set_campaign(tx: &mut Tx, offer: OfferId, campaign: CampaignId, now: Timestamp) -> Result<()> {
    let sql = "INSERT INTO offer_campaigns (offer_id, campaign_id, created_at) VALUES ($1, $2, $3)";
    let message = "Another application to this offer was accepted in the same moment; try again";
    tx.execute_or_conflict(sql, args![offer, campaign, now], message).await.map(drop)
}
