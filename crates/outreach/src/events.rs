//! What happens in outreach.

use events::{Kind, event};
use kernel::{CampaignId, CreatorId, OutreachId, WorkspaceId};

use crate::{CallStatus, Entry, Stage};

/// Everything that happens here.
pub const EVENTS: &[Kind] = &[
    Kind::of::<CreatorSelected>(),
    Kind::of::<OutreachCreated>(),
    Kind::of::<OutreachMoved>(),
    Kind::of::<OutreachSent>(),
    Kind::of::<OutreachFailed>(),
    Kind::of::<OutreachWithheld>(),
    Kind::of::<OutreachReplied>(),
    Kind::of::<OutreachBounced>(),
    Kind::of::<OutreachComplained>(),
    Kind::of::<OutreachUnsubscribed>(),
    Kind::of::<OutreachCallEnded>(),
    Kind::of::<OutreachCallsRefused>(),
];

/// An entry of the outreach log.
#[event(subject = outreach_id)]
pub struct OutreachFacts {
    /// Whose it is.
    pub workspace_id: WorkspaceId,
    /// The entry.
    pub outreach_id: OutreachId,
    /// For which campaign.
    pub campaign_id: CampaignId,
    /// Who is approached.
    pub creator_id: CreatorId,
}

impl From<&Entry> for OutreachFacts {
    fn from(entry: &Entry) -> Self {
        Self {
            workspace_id: entry.workspace_id,
            outreach_id: entry.id,
            campaign_id: entry.campaign_id,
            creator_id: entry.creator_id,
        }
    }
}

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

/// Outreach to a creator was opened.
#[event("outreach.created")]
pub struct OutreachCreated(pub OutreachFacts);

/// An entry was moved along the pipeline by hand.
#[event("outreach.moved", of = outreach)]
pub struct OutreachMoved {
    /// The entry.
    #[serde(flatten)]
    pub outreach: OutreachFacts,
    /// The stage before.
    pub from: Stage,
    /// The stage now.
    pub to: Stage,
}

/// A mail went to a creator.
#[event("outreach.sent", of = outreach)]
pub struct OutreachSent {
    /// The entry.
    #[serde(flatten)]
    pub outreach: OutreachFacts,
    /// `sent`, or `kept` in the outbox where there is no mail server.
    #[schema(example = "sent")]
    pub status: String,
}

/// A mail could not be sent. Why stands with the touch.
#[event("outreach.failed")]
pub struct OutreachFailed(pub OutreachFacts);

/// A mail was not sent, because the creator had asked for no more.
#[event("outreach.withheld")]
pub struct OutreachWithheld(pub OutreachFacts);

/// A creator answered a mail.
#[event("outreach.replied")]
pub struct OutreachReplied(pub OutreachFacts);

/// A mail came back.
#[event("outreach.bounced")]
pub struct OutreachBounced(pub OutreachFacts);

/// A creator called a mail spam.
#[event("outreach.complained")]
pub struct OutreachComplained(pub OutreachFacts);

/// A creator wants no more mails.
#[event("outreach.unsubscribed")]
pub struct OutreachUnsubscribed(pub OutreachFacts);

/// A call with a creator is over.
#[event("outreach.call_ended", of = outreach)]
pub struct OutreachCallEnded {
    /// The entry.
    #[serde(flatten)]
    pub outreach: OutreachFacts,
    /// How it ended.
    pub status: CallStatus,
}

/// A creator wants no more calls, and said so in a reply or in a conversation whose transcript was handed in.
#[event("outreach.calls_refused")]
pub struct OutreachCallsRefused(pub OutreachFacts);
