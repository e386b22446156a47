//! Who may see and change what of an entry.
//!
//! The directory is shared, and the people in it are real. So:
//!
//! - An e-mail address is shown to the workspace that added the entry, to the person it is about once they claimed it, and to
//!   administrators. Everyone else writes through outreach, which knows the address and does not tell it.
//! - A workspace may keep an entry to itself ([`Visibility::Private`]): nobody else finds it, and it takes no handle from anybody.
//! - Who adds an entry does not own the person. As soon as the person has claimed it, or another workspace works with it, what says who it
//!   is (name, platform, handle, address) is frozen: the claimant or an administrator changes it, everyone else proposes a correction.
//! - What brands rated is not the creator's to write.

use std::sync::Arc;

use async_trait::async_trait;
use db::{Sql, Tx};
use kernel::{Caller, CreatorId, Error, Kind, Result, Scope, WorkspaceId};

use crate::Creator;
use crate::identity::same_address;
use crate::model::Visibility;

/// Ids in one statement.
const AT_ONCE: usize = 512;

/// Who looks at an entry: what they may see, and the workspace they work in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Viewer {
    /// What they may see.
    pub scope: Scope,
    /// Where they work; an administrator's scope does not say it.
    pub workspace: Option<WorkspaceId>,
}

impl From<&Caller> for Viewer {
    fn from(caller: &Caller) -> Self {
        Self { scope: caller.scope(), workspace: caller.workspace() }
    }
}

impl Viewer {
    /// The server itself.
    pub const fn system() -> Self {
        Self { scope: Scope::system(), workspace: None }
    }

    /// Did their workspace add it?
    pub fn added(self, creator: &Creator) -> bool {
        self.workspace.is_some() && creator.workspace_id == self.workspace
    }

    /// Is it about them?
    pub fn is_subject_of(self, creator: &Creator) -> bool {
        self.scope.person().is_some() && creator.claimed_by == self.scope.person()
    }

    /// May they see how the person is reached?
    pub fn sees_contact_of(self, creator: &Creator) -> bool {
        self.scope.sees_everything() || self.added(creator) || self.is_subject_of(creator)
    }

    /// May they change it at all? The one who added it may, the person it is about, and whoever runs the server.
    pub fn may_change(self, creator: &Creator) -> bool {
        self.sees_contact_of(creator)
    }

    /// Do they say who the person is, whatever others have to do with the entry?
    pub fn decides(self, creator: &Creator) -> bool {
        self.scope.sees_everything() || self.is_subject_of(creator)
    }
}

/// Is what says who the person is the same? A handle is, however it is written.
pub fn same_identity(one: &Creator, other: &Creator) -> bool {
    let same_email = match (&one.email, &other.email) {
        (Some(one), Some(other)) => same_address(one, other),
        (one, other) => one.is_none() && other.is_none(),
    };
    same_email && (&one.name, one.platform, one.handle_key()) == (&other.name, other.platform, other.handle_key())
}

/// May they add this?
pub fn judge_new(viewer: Viewer, creator: &Creator) -> Result<()> {
    if creator.rating.is_some() && viewer.scope.person().is_some() {
        return Err(rated());
    }
    may_hide(viewer, creator)
}

/// May they make this of that? It is frozen if it is claimed, or others work with it.
pub fn judge(viewer: Viewer, before: &Creator, after: &Creator, frozen: bool) -> Result<()> {
    if !viewer.may_change(before) {
        let message = "This entry was added by someone else; only they, the creator or an admin may change it";
        return Err(Error::new(Kind::Forbidden, message));
    }
    if before.rating != after.rating && (viewer.scope.person().is_some() || viewer.is_subject_of(before)) {
        return Err(rated());
    }
    if before.visibility != after.visibility {
        if !viewer.scope.sees_everything() && !viewer.added(before) {
            let message = "Whether an entry is shared is said by the workspace that added it";
            return Err(Error::new(Kind::Forbidden, message));
        }
        if frozen && after.visibility == Visibility::Private {
            let message =
                "Others work with this entry, or its creator has claimed it: it cannot be hidden from them any more";
            return Err(Error::new(Kind::Forbidden, message));
        }
        may_hide(viewer, after)?;
    }
    if frozen && !same_identity(before, after) && !viewer.decides(before) {
        let message = "Name, platform, handle and e-mail address of this entry are fixed: its creator has claimed it, or another workspace \
                       works with it. Propose a correction with POST /api/v1/creators/{creator_id}/corrections; the creator or an \
                       administrator decides";
        return Err(Error::new(Kind::Forbidden, message));
    }
    Ok(())
}

/// An entry that is kept to a workspace needs one.
fn may_hide(viewer: Viewer, creator: &Creator) -> Result<()> {
    if creator.visibility == Visibility::Private && (creator.workspace_id.is_none() || viewer.workspace.is_none()) {
        return Err(Error::invalid_field("visibility", "private is for entries of a workspace; yours belongs to none"));
    }
    Ok(())
}

fn rated() -> Error {
    Error::new(Kind::Forbidden, "A rating is what brands say of a creator; leave it out")
}

/// Who knows which workspaces work with an entry: whoever keeps rows that name creators.
#[async_trait]
pub trait Refers: Send + Sync {
    /// The workspaces whose rows name these entries.
    async fn of(&self, tx: &mut Tx, ids: &[CreatorId]) -> Result<Vec<(CreatorId, WorkspaceId)>>;
}

/// A table whose rows name creators: `SELECT DISTINCT creator_id, workspace_id FROM … WHERE TRUE`, said by whoever owns it.
#[derive(Clone, Copy, Debug)]
pub struct References(pub &'static str);

#[async_trait]
impl Refers for References {
    async fn of(&self, tx: &mut Tx, ids: &[CreatorId]) -> Result<Vec<(CreatorId, WorkspaceId)>> {
        let mut found = Vec::new();
        for some in ids.chunks(AT_ONCE) {
            found.extend(Sql::new(self.0).and_in("creator_id", some).all::<(CreatorId, WorkspaceId)>(tx).await?);
        }
        Ok(found)
    }
}

/// Everyone who [refers](Refers).
pub type Referring = Arc<[Arc<dyn Refers>]>;

/// The workspaces that work with these entries, each once.
pub async fn references(tx: &mut Tx, all: &Referring, ids: &[CreatorId]) -> Result<Vec<(CreatorId, WorkspaceId)>> {
    let mut found = Vec::new();
    if !ids.is_empty() {
        for one in all.iter() {
            found.extend(one.of(tx, ids).await?);
        }
    }
    found.sort_unstable();
    found.dedup();
    Ok(found)
}

/// Is what says who these are frozen? Answers those of whom it is.
pub async fn frozen(tx: &mut Tx, all: &Referring, creators: &[&Creator]) -> Result<Vec<CreatorId>> {
    let ids: Vec<CreatorId> = creators.iter().map(|creator| creator.id).collect();
    let known = references(tx, all, &ids).await?;
    let others = |creator: &Creator| {
        known.iter().any(|(id, workspace)| *id == creator.id && Some(*workspace) != creator.workspace_id)
    };
    let held = creators.iter().filter(|creator| creator.claimed_by.is_some() || others(creator));
    Ok(held.map(|creator| creator.id).collect())
}
