//! Sending: the text is frozen and offered for signing.

use db::Tx;
use events::TxExt as _;
use kernel::time::DAY;
use kernel::{Error, Result};
use serde_json::json;

use super::{Act, request, sides};
use crate::events::{ContractSent, ContractTakenBack};
use crate::model::{Contract, Document, Json, Party, SendInput, SignerInput, Status};
use crate::store::{self, Version};

/// Sends a draft. With `signers`, these are asked to sign by mail; a contract that was sent already is only asked for again.
pub(crate) async fn send(act: &Act<'_>, tx: &mut Tx, contract: &mut Contract, input: Option<&SendInput>) -> Result<()> {
    let was = contract.status;
    let again = was == Status::Sent;
    if let Some(order) = input.and_then(|input| input.signing_order).filter(|order| *order != contract.signing_order) {
        if again {
            return Err(Error::conflict(
                "The contract is sent, and its signing_order is part of it; take it back to draft first",
            ));
        }
        contract.signing_order = order;
    }
    let asked =
        input.and_then(|input| input.expires_at).or(contract.expires_at).filter(|expires| !again || *expires > act.now);
    let expires = asked.unwrap_or_else(|| act.now.plus(i64::from(act.deals.settings().expiry_days) * DAY));
    if expires <= act.now {
        return Err(Error::invalid_field("expires_at", "must lie ahead, or nobody could sign"));
    }
    contract.expires_at = Some(expires);
    let (campaign, creator) = sides(tx, contract).await?;
    if again {
        contract.must_be_signable(act.now)?;
    } else {
        contract.go(Status::Sent, act.now)?;
        let head = (contract.id, contract.version, contract.signing_order);
        let (document, document_hash) = Document::new(head, &campaign, &creator, &contract.text(), None).frozen()?;
        let detail = json!({"version": contract.version, "document_hash": document_hash, "expires_at": expires});
        let version = Version {
            contract_id: contract.id,
            version: contract.version,
            status: "proposed".into(),
            document,
            document_hash,
            content: Json(contract.text().body()),
            note: None,
            created_at: act.now,
            settled_at: None,
        };
        store::add_version(tx, &version).await?;
        act.record(tx, contract, "sent", &detail).await?;
        tx.event(ContractSent((&*contract).into()));
    }
    if let Some(input) = input {
        let signers = if let Some(signers) = &input.signers {
            signers.clone()
        } else {
            let none =
                || Error::invalid_field("signers", "must name an address for the creator: the directory has none");
            let email = creator.email.clone().ok_or_else(none)?;
            vec![SignerInput { party: Party::Creator, email, name: Some(creator.name.clone()) }]
        };
        let message = input.message.as_deref();
        request::ask(act, tx, contract, contract.version, expires, &signers, message).await?;
    }
    contract.updated_at = act.now;
    store::save(act.scope, tx, contract, was).await
}

/// Takes a contract back that was sent, or has expired, and that nobody has signed: its text may be changed again.
pub(crate) async fn back_to_draft(act: &Act<'_>, tx: &mut Tx, contract: &mut Contract) -> Result<()> {
    let was = contract.status;
    let signatures = store::signatures(tx, contract).await?;
    if was == Status::Sent && signatures.iter().any(|signature| signature.version == contract.version) {
        return Err(Error::conflict(
            "One side has signed this text already; cancel the contract and make a new one instead",
        ));
    }
    contract.go(Status::Draft, act.now)?;
    // An expired text was withdrawn when it expired.
    if was == Status::Sent {
        store::settle_version(tx, contract, contract.version, "withdrawn", act.now).await?;
    }
    store::void_links(tx, contract, contract.version, None, None).await?;
    act.record(tx, contract, "taken_back", &json!({"version": contract.version})).await?;
    contract.version += 1;
    contract.expires_at = None;
    tx.event(ContractTakenBack((&*contract).into()));
    store::save(act.scope, tx, contract, was).await
}
