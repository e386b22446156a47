//! What is left of members who are gone.

use std::collections::BTreeMap;

use db::Json;
use kernel::{AccountId, Id, Timestamp, WorkspaceId};

use super::MemberId;

#[doc(hidden)]
#[derive(Debug)]
pub enum EndedMarker {}
/// The end of a member.
pub type EndedId = Id<EndedMarker>;

/// How a member ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug, kernel::Words)]
#[words(name = "UserEnd")]
pub enum How {
    /// They were erased.
    Erased,
    /// They became one with another.
    Merged,
}

/// What is left of a member who is gone: ids and counts, and nothing that tells who they were.
#[derive(Clone, Debug, PartialEq, Eq, db::Row)]
#[row(table = "audience_erasures")]
pub struct Ended {
    /// Its id.
    pub id: EndedId,
    /// Whose audience.
    pub workspace_id: WorkspaceId,
    /// Who it was.
    pub member_id: MemberId,
    /// Who did it.
    pub account_id: Option<AccountId>,
    /// How.
    pub kind: How,
    /// The member who has everything now, of two who became one.
    pub into_id: Option<MemberId>,
    /// How many records of each kind went along.
    pub took: Json<BTreeMap<String, u64>>,
    /// SHA-256, in hexadecimal digits: of the receipt and the export of an erased member; of ids alone otherwise.
    pub proof: String,
    /// When.
    pub at: Timestamp,
}
