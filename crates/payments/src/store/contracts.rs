//! What payments must know of contracts and creators, which stand in tables of others.

use db::{Sql, Tx, args};
use kernel::{CampaignId, ContractId, CreatorId, Result, Scope, WorkspaceId};

use super::scoped;
use crate::Currency;

db::row! {
    /// A contract, as far as a payment must know it.
    #[derive(Clone, Debug)]
    pub struct Contract {
        /// Its id.
        pub id: ContractId,
        /// The brand that pays.
        pub workspace_id: WorkspaceId,
        /// Its campaign.
        pub campaign_id: CampaignId,
        /// Who is paid.
        pub creator_id: CreatorId,
        /// Where it stands: `draft`, `sent`, `signed`, `completed`, `cancelled`, `expired`.
        pub status: String,
        /// In which currency it is paid.
        pub currency: Currency,
    }
}

impl Contract {
    /// Have all sides signed, so that money may move for it?
    pub fn is_signed(&self) -> bool {
        matches!(self.status.as_str(), "signed" | "completed")
    }

    /// Is it over without having been kept?
    pub fn is_off(&self) -> bool {
        matches!(self.status.as_str(), "cancelled" | "expired")
    }
}

/// The contract, if it is there and this scope's.
pub async fn contract(scope: Scope, tx: &mut Tx, id: ContractId) -> Result<Option<Contract>> {
    let mut sql = Sql::new(format!("SELECT {} FROM contracts WHERE id = ", Contract::COLUMNS));
    sql.bind(id);
    scoped(&mut sql, scope);
    tx.fetch_optional(&sql.text, sql.args).await
}

/// Is the creator in the directory, and (for a creator's own scope) theirs?
pub async fn creator_is_known(scope: Scope, tx: &mut Tx, id: CreatorId) -> Result<bool> {
    let sql = "SELECT EXISTS (SELECT 1 FROM creators WHERE id = $1 AND ($2 OR claimed_by = $3))";
    tx.fetch_value(sql, args![id, scope.person().is_none() && scope.may_read_directory(), scope.person()]).await
}
