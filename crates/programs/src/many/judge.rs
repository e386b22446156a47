//! Who of many may begin a program, and why the others may not: a few statements for hundreds.

use std::collections::{HashMap, HashSet};

use audience::members::{self, Chosen};
use audience::{Channel, MemberId};
use db::Tx;
use kernel::{Result, WorkspaceId};

use super::store;
use crate::model::ProgramId;
use crate::model::kind::Reentry;

/// Why somebody is left out.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Left {
    /// They are in the program.
    Already,
    /// They have been, and once is all.
    TakenPart,
    /// They want no messages.
    OptedOut,
    /// There is nowhere to write to them.
    Unreachable,
    /// What happened in the same moment.
    Other,
}

/// What is asked of each member.
#[derive(Clone, Debug)]
pub(crate) struct Judge {
    workspace: WorkspaceId,
    program: ProgramId,
    reentry: Reentry,
    /// The types of channels that work.
    active: HashSet<Channel>,
}

impl Judge {
    /// For a program, as the workspace's channels stand now.
    pub(crate) async fn of(tx: &mut Tx, workspace: WorkspaceId, program: ProgramId, reentry: Reentry) -> Result<Self> {
        let active = channels::active(tx, workspace).await?.into_iter().collect();
        Ok(Self { workspace, program, reentry, active })
    }

    /// What holds for each of these members; nothing for who may begin.
    pub(crate) async fn judge(&self, tx: &mut Tx, all: &[Chosen]) -> Result<Vec<(MemberId, Option<Left>)>> {
        let ids: Vec<MemberId> = all.iter().map(|one| one.id).collect();
        let began = store::who_began(self.workspace, tx, self.program, &ids).await?;
        let began: HashMap<MemberId, bool> = began.into_iter().collect();
        let out = members::opted_out(tx, self.workspace, all).await?;
        let far: Vec<MemberId> =
            all.iter().filter(|one| !self.active.contains(&one.channel)).map(|one| one.id).collect();
        let talked: HashSet<MemberId> = channels::reached(tx, self.workspace, &far).await?.into_iter().collect();
        let one = |member: &Chosen| {
            let id = member.id;
            let left = match began.get(&id) {
                Some(true) => Some(Left::Already),
                Some(false) if self.reentry == Reentry::Never => Some(Left::TakenPart),
                _ if out.contains(&id) => Some(Left::OptedOut),
                _ if !self.active.contains(&member.channel) && !talked.contains(&id) => Some(Left::Unreachable),
                _ => None,
            };
            (id, left)
        };
        Ok(all.iter().map(one).collect())
    }
}
