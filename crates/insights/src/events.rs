//! What happens to figures, tracked links and promo codes.

use events::{Kind, event};
use kernel::{CampaignId, CreatorId, WorkspaceId};

use crate::codes::{PromoCode, PromoCodeId};
use crate::links::{Link, LinkId};
use crate::orders::OrderId;

/// Everything that happens here.
pub const EVENTS: &[Kind] = &[
    Kind::of::<MetricsRecorded>(),
    Kind::of::<MetricsDeleted>(),
    Kind::of::<ConversionsRecorded>(),
    Kind::of::<ConversionDeleted>(),
    Kind::of::<LinkCreated>(),
    Kind::of::<LinkDisabled>(),
    Kind::of::<PromoCodeCreated>(),
    Kind::of::<PromoCodeDisabled>(),
];

/// Figures of posts came in.
#[event("metrics.recorded", subject = campaign_id)]
pub struct MetricsRecorded {
    /// Whose campaign it is.
    pub workspace_id: WorkspaceId,
    /// The campaign.
    pub campaign_id: CampaignId,
    /// How they came in.
    #[schema(example = "csv")]
    pub source: String,
    /// How many rows are new.
    pub created: u64,
    /// How many say something else than before.
    pub replaced: u64,
    /// How many say what was known.
    pub unchanged: u64,
}

/// Figures of a post were deleted.
#[event("metrics.deleted", subject = campaign_id)]
pub struct MetricsDeleted {
    /// Whose campaign it is.
    pub workspace_id: WorkspaceId,
    /// The campaign.
    pub campaign_id: CampaignId,
    /// Whose post it is.
    pub creator_id: CreatorId,
    /// The post, as its platform calls it.
    pub post_id: String,
    /// The day of the figures.
    #[schema(example = "2024-06-01")]
    pub date: String,
}

/// Orders were told.
#[event("conversions.recorded", subject = workspace_id)]
pub struct ConversionsRecorded {
    /// Whose they are.
    pub workspace_id: WorkspaceId,
    /// How they came in.
    #[schema(example = "csv")]
    pub source: String,
    /// How many are new.
    pub created: u64,
    /// How many are told otherwise than before.
    pub replaced: u64,
    /// How many were known.
    pub unchanged: u64,
}

/// An order was deleted.
#[event("conversion.deleted", subject = conversion_id)]
pub struct ConversionDeleted {
    /// Whose it was.
    pub workspace_id: WorkspaceId,
    /// The order.
    pub conversion_id: OrderId,
    /// The workspace's own name for it.
    pub order_id: String,
    /// For which campaign it counted.
    pub campaign_id: CampaignId,
    /// For whom it counted.
    pub creator_id: CreatorId,
}

/// A tracked link.
#[event(subject = link_id)]
pub struct LinkFacts {
    /// Whose it is.
    pub workspace_id: WorkspaceId,
    /// The link.
    pub link_id: LinkId,
    /// For which campaign it counts.
    pub campaign_id: CampaignId,
    /// For whom it counts.
    pub creator_id: CreatorId,
    /// What stands in its address.
    pub code: String,
}

impl From<&Link> for LinkFacts {
    fn from(link: &Link) -> Self {
        Self {
            workspace_id: link.workspace_id,
            link_id: link.id,
            campaign_id: link.campaign_id,
            creator_id: link.creator_id,
            code: link.code.clone(),
        }
    }
}

/// A tracked link was made.
#[event("link.created")]
pub struct LinkCreated(pub LinkFacts);

/// A tracked link was taken down.
#[event("link.disabled")]
pub struct LinkDisabled(pub LinkFacts);

/// A promo code.
#[event(subject = promo_code_id)]
pub struct PromoCodeFacts {
    /// Whose it is.
    pub workspace_id: WorkspaceId,
    /// The promo code.
    pub promo_code_id: PromoCodeId,
    /// For which campaign it counts.
    pub campaign_id: CampaignId,
    /// For whom it counts.
    pub creator_id: CreatorId,
    /// What customers enter.
    pub code: String,
}

impl From<&PromoCode> for PromoCodeFacts {
    fn from(code: &PromoCode) -> Self {
        Self {
            workspace_id: code.workspace_id,
            promo_code_id: code.id,
            campaign_id: code.campaign_id,
            creator_id: code.creator_id,
            code: code.code.clone(),
        }
    }
}

/// A promo code was made.
#[event("promo_code.created")]
pub struct PromoCodeCreated(pub PromoCodeFacts);

/// A promo code was taken back: later orders do not count by it.
#[event("promo_code.disabled")]
pub struct PromoCodeDisabled(pub PromoCodeFacts);
