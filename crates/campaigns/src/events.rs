//! What happens to campaigns.

use events::{Kind, event};
use kernel::{CampaignId, CreatorId, OutreachId, WorkspaceId};

/// Everything that happens here.
pub const EVENTS: &[Kind] = &[Kind::of::<CreatorSelected>()];

/// A creator was selected for a campaign, which opened an entry of the outreach log.
#[event("creator.selected", subject = outreach_id)]
pub struct CreatorSelected {
    /// Whose campaign it is.
    pub workspace_id: WorkspaceId,
    /// The entry of the outreach log.
    pub outreach_id: OutreachId,
    /// The campaign.
    pub campaign_id: CampaignId,
    /// The creator.
    pub creator_id: CreatorId,
}
