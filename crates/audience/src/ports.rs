//! What the audience has to know of others, as traits that the server's wiring fills.

use async_trait::async_trait;
use db::Tx;
use kernel::{Id, Result, Timestamp, WorkspaceId};
use serde_json::Value;

use crate::model::{Member, MemberId};

#[doc(hidden)]
#[derive(Debug)]
pub enum ProgramMarker {}
/// A program, of which the audience knows nothing but that there is one.
pub type ProgramId = Id<ProgramMarker>;

/// A member's enrolment in a program, as their profile shows it.
#[derive(Clone, Debug, PartialEq)]
pub struct Enrolment {
    /// Which program.
    pub program_id: ProgramId,
    /// What it is called.
    pub program_name: String,
    /// How it stands: `active`, `completed`.
    pub status: String,
    /// How far they are, from 0 to 1.
    pub progress: f64,
    /// Since when.
    pub enrolled_at: Timestamp,
}

/// Who is enrolled in what.
#[async_trait]
pub trait Enrolments: Send + Sync + 'static {
    /// How many enrolments each of these members has, in the same order: one statement for a page.
    async fn counts(&self, tx: &mut Tx, workspace: WorkspaceId, members: &[MemberId]) -> Result<Vec<u64>>;
    /// A member's enrolments, the newest first; a hundred at most.
    async fn of(&self, tx: &mut Tx, member: &Member) -> Result<Vec<Enrolment>>;
}

/// There are no programs: nobody is enrolled.
#[derive(Clone, Copy, Debug)]
pub struct NoPrograms;

#[async_trait]
impl Enrolments for NoPrograms {
    async fn counts(&self, _: &mut Tx, _: WorkspaceId, members: &[MemberId]) -> Result<Vec<u64>> {
        Ok(vec![0; members.len()])
    }

    async fn of(&self, _: &mut Tx, _: &Member) -> Result<Vec<Enrolment>> {
        Ok(Vec::new())
    }
}

/// Somebody who keeps something about members in tables of their own, and takes part when two become one, when one asks what is known of
/// them, and when one is erased. Each in the transaction of the audience, with both members locked.
#[async_trait]
pub trait Keeper: Send + Sync + 'static {
    /// Locks those of its rows about these members that others lock before they lock the member, in the order of their ids. Keepers are asked in
    /// their order, before the members themselves are locked, so that whoever merges or erases locks as everybody else does: runs of programs, then
    /// conversations, then members. Otherwise two transactions could wait for each other.
    async fn hold(&self, _: &mut Tx, _: WorkspaceId, _: &[MemberId]) -> Result<()> {
        Ok(())
    }
    /// Everything kept about one member is the other's from now on.
    async fn merge(&self, tx: &mut Tx, from: &Member, into: &Member) -> Result<()>;
    /// What is kept about a member: for each kind of it its name (`conversations`) and its records. Never a secret.
    async fn told(&self, tx: &mut Tx, member: &Member) -> Result<Vec<(&'static str, Vec<Value>)>>;
    /// Takes it away, and tells how many records of each kind there were. What stays, stays by ids.
    async fn erase(&self, tx: &mut Tx, member: &Member) -> Result<Vec<(&'static str, u64)>>;
}

/// Who owns a workspace.
#[async_trait]
pub trait Owners: Send + Sync + 'static {
    /// Does anybody own this workspace still?
    async fn is_owned(&self, tx: &mut Tx, workspace: WorkspaceId) -> Result<bool>;
}

/// Treats every workspace as owned. Used in tests.
#[derive(Clone, Copy, Debug)]
pub struct AlwaysOwned;

#[async_trait]
impl Owners for AlwaysOwned {
    async fn is_owned(&self, _: &mut Tx, _: WorkspaceId) -> Result<bool> {
        Ok(true)
    }
}
