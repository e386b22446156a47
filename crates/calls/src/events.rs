//! What happens to calls.

use events::{Kind, event};
use kernel::{CreatorId, WorkspaceId};

use crate::model::ConsentId;

/// Everything that happens here.
pub const EVENTS: &[Kind] = &[Kind::of::<CallConsentRecorded>()];

/// Somebody agreed to be called. The number, and how the consent was given, stand in it.
#[event("call.consent_recorded", subject = consent_id)]
pub struct CallConsentRecorded {
    /// Who may call.
    pub workspace_id: WorkspaceId,
    /// The consent.
    pub consent_id: ConsentId,
    /// The creator, where it is one of the directory.
    pub creator_id: Option<CreatorId>,
}
