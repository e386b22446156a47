//! How contracts come to their end.

use db::Tx;
use events::TxExt as _;
use kernel::{Error, Result, Scope};
use serde_json::json;

use super::Act;
use crate::events::{ContractCancelled, ContractCompleted, ContractExpired};
use crate::model::{Contract, DeliverableStatus, Status};
use crate::store;

/// Calls a contract off, or lets it expire. What was to be paid and is not under way will not be.
pub async fn end(act: &Act<'_>, tx: &mut Tx, contract: &mut Contract, to: Status, reason: Option<&str>) -> Result<()> {
    let was = contract.status;
    contract.go(to, act.now)?;
    for version in store::versions(tx, contract).await? {
        if version.status == "proposed" {
            store::settle_version(tx, contract, version.version, "withdrawn", act.now).await?;
            store::void_links(tx, contract, version.version, None, None).await?;
        }
    }
    if was == Status::Signed {
        payments::call_off(Scope::system(), tx, act.clock(), contract.id).await?;
    }
    act.record(tx, contract, to.word(), &json!({"was": was, "reason": reason})).await?;
    let facts = (&*contract).into();
    match to {
        Status::Expired => tx.event(ContractExpired(facts)),
        _ => tx.event(ContractCancelled(facts)),
    }
    store::save(act.scope, tx, contract, was).await
}

/// What still stands between a contract and its completion: deliverables and payments.
pub(crate) async fn open_ends(tx: &mut Tx, contract: &Contract) -> Result<(usize, usize)> {
    let deliverables = store::deliverables(tx, contract).await?;
    let payments = payments::store::of_contract(Scope::system(), tx, contract.id).await?;
    Ok((
        deliverables.iter().filter(|one| one.status != DeliverableStatus::Approved).count(),
        payments.iter().filter(|one| one.status != payments::Status::Completed && !one.is_replaced()).count(),
    ))
}

/// Completes a contract: when everything was delivered and paid or, `by_word`, because the workspace says so. What was open then stands in
/// the trail.
pub async fn complete(act: &Act<'_>, tx: &mut Tx, contract: &mut Contract, by_word: bool) -> Result<()> {
    let was = contract.status;
    contract.go(Status::Completed, act.now)?;
    let (deliverables, payments) = open_ends(tx, contract).await?;
    if !by_word && (deliverables, payments) != (0, 0) {
        return Err(Error::conflict(format!(
            "{deliverables} deliverables are not approved and {payments} payments not completed; finish them, or say that it is completed \
             all the same with PUT {{\"status\": \"completed\"}}"
        )));
    }
    if let Some(open) = store::versions(tx, contract).await?.iter().find(|version| version.status == "proposed") {
        return Err(Error::conflict(format!("Amendment {} waits for signatures; withdraw it first", open.version)));
    }
    // Whoever says that all is done says that all was delivered.
    payments::delivered(Scope::system(), tx, act.clock(), contract.id, payments::Delivered::Everything).await?;
    let detail = json!({"by_word": by_word, "deliverables_open": deliverables, "payments_open": payments});
    act.record(tx, contract, "completed", &detail).await?;
    tx.event(ContractCompleted((&*contract).into()));
    store::save(act.scope, tx, contract, was).await
}
