//! A collaboration begins.

use db::Tx;
use events::TxExt as _;
use kernel::{CollaborationId, Error, Result, Scope};
use serde_json::json;

use super::{Act, contract};
use crate::events::CollaborationOpened;
use crate::model::{Agreement, By, Collaboration};
use crate::{Collaborations, store};

/// Opens the collaboration that an accepted application has led to, in the transaction that accepts it, with the contract that its offer
/// wants. An application opens one at most:
/// [`kernel::Kind::Conflict`] if it has done so.
pub async fn open(of: &Collaborations, tx: &mut Tx, agreed: &Agreement) -> Result<CollaborationId> {
    let (system, clock) = (Scope::system(), of.app().clock());
    let now = clock.now();
    if agreed.fee.is_some_and(|fee| fee.currency() != agreed.currency) {
        return Err(Error::internal("a fee in another currency than the offer's"));
    }
    let is_own = agreed.business_id == agreed.creator_id
        || accounts::workspaces::store::role_of(system, tx, agreed.workspace_id, agreed.creator_id).await?.is_some();
    let mut new = Collaboration::new(clock.new_id(), agreed, is_own, now);
    let (by, account) = (By::Business, Some(agreed.business_id));
    let act = Act { of, scope: system, by, account, now };
    if store::by_application(system, tx, new.application_id).await?.is_none() {
        contract::draft(&act, tx, &mut new).await?;
    }
    if !store::insert(system, tx, &new).await? {
        return Err(Error::conflict("This application was accepted already; its collaboration goes on"));
    }
    let detail = json!({"fee": new.fee, "currency": new.currency, "contract": new.contract_wish,
        "contract_id": new.contract_id});
    act.record(tx, &new, "opened", detail).await?;
    tx.event(CollaborationOpened((&new).into()));
    Ok(new.id)
}
