//! What other slices may ask of knowledge, without a person logged in: which bases a hub has, and what the coach answered. Questions are
//! asked by [`Knowledge::ask`].

use db::Tx;
use http_base::Pages;
use kernel::{Result, Scope, WorkspaceId};

use crate::Knowledge;
use crate::ask::MOST_BASES;
use crate::model::{Base, BaseId, Correction, CorrectionId};
use crate::store::{bases, corrections};

impl Knowledge {
    /// The newest bases of a hub, as many as are asked together.
    pub async fn bases_of(&self, tx: &mut Tx, owner: WorkspaceId) -> Result<Vec<Base>> {
        let pages = Pages { page: 1, limit: MOST_BASES as u32 };
        Ok(bases::list(Scope::system(), tx, owner, None, pages).await?.0)
    }

    /// Those of these bases that are there and the hub's.
    pub async fn those_of(&self, tx: &mut Tx, owner: WorkspaceId, ids: &[BaseId]) -> Result<Vec<BaseId>> {
        let found = bases::several(Scope::system(), tx, owner, ids).await?;
        Ok(found.into_iter().map(|base| base.id).collect())
    }

    /// What a coach answered, if it is there and the hub's: `knowledge.gap_answered` names it.
    pub async fn correction(&self, tx: &mut Tx, owner: WorkspaceId, id: CorrectionId) -> Result<Option<Correction>> {
        corrections::by_id(Scope::system(), tx, owner, id).await
    }
}
