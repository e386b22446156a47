//! Amendments: another text for a contract that is signed, which counts when both have signed it.

use db::Tx;
use events::TxExt as _;
use kernel::time::DAY;
use kernel::{Error, Result, Scope};
use serde_json::json;

use super::{Act, request, sides};
use crate::events::{AmendmentProposed, AmendmentWithdrawn};
use crate::model::{Changes, Contract, Document, Json, SendInput, Status};
use crate::store::{self, Version};

/// Proposes an amendment; one at a time. Answers its version.
pub(crate) async fn amend(
    act: &Act<'_>,
    tx: &mut Tx,
    contract: &mut Contract,
    changes: &Changes,
    send: &SendInput,
) -> Result<i64> {
    if contract.status != Status::Signed {
        return Err(Error::conflict(match contract.status {
            Status::Draft => "The contract is a draft; change it in place with PUT".to_owned(),
            Status::Sent => "The contract is not signed yet; take it back to draft and change it there".to_owned(),
            over => format!("The contract is {} and stays as it is", over.word()),
        }));
    }
    let versions = store::versions(tx, contract).await?;
    if let Some(open) = versions.iter().find(|version| version.status == "proposed") {
        return Err(Error::conflict(format!("Version {} waits for signatures; withdraw it first", open.version)));
    }
    let was = contract.text();
    let Some(text) = changes.over(&was)? else {
        return Err(Error::invalid_field("terms", "must differ from the contract: an amendment changes something"));
    };
    text.must_lie_ahead(act.now, Some(&was))?;
    payments::may_replan(Scope::system(), tx, contract.id, text.amount).await?;
    let (campaign, creator) = sides(tx, contract).await?;
    let number = versions.last().map_or(contract.version, |version| version.version).max(contract.version) + 1;
    let head = (contract.id, number, contract.signing_order);
    let (document, document_hash) = Document::new(head, &campaign, &creator, &text, changes.note.clone()).frozen()?;
    let detail = json!({"version": number, "document_hash": document_hash, "note": changes.note});
    let version = Version {
        contract_id: contract.id,
        version: number,
        status: "proposed".into(),
        document,
        document_hash,
        content: Json(text.body()),
        note: changes.note.clone(),
        created_at: act.now,
        settled_at: None,
    };
    store::add_version(tx, &version).await?;
    act.record(tx, contract, "amendment_proposed", &detail).await?;
    tx.event(AmendmentProposed { contract: (&*contract).into(), amendment: number });
    if let Some(signers) = &send.signers {
        let expires = send.expires_at.filter(|expires| *expires > act.now);
        let expires = expires.unwrap_or_else(|| act.now.plus(i64::from(act.deals.settings().expiry_days) * DAY));
        request::ask(act, tx, contract, number, expires, signers, send.message.as_deref()).await?;
    }
    contract.updated_at = act.now;
    store::save(act.scope, tx, contract, Status::Signed).await?;
    Ok(number)
}

/// Takes a proposed amendment back.
pub(crate) async fn withdraw(act: &Act<'_>, tx: &mut Tx, contract: &mut Contract, version: i64) -> Result<()> {
    let was = contract.status;
    let found = store::version(tx, contract, version).await?.filter(|found| found.version > contract.version);
    let found = found.ok_or_else(|| Error::not_found("Amendment"))?;
    store::settle_version(tx, contract, found.version, "withdrawn", act.now).await?;
    store::void_links(tx, contract, found.version, None, None).await?;
    act.record(tx, contract, "amendment_withdrawn", &json!({"version": found.version})).await?;
    tx.event(AmendmentWithdrawn { contract: (&*contract).into(), amendment: found.version });
    contract.updated_at = act.now;
    store::save(act.scope, tx, contract, was).await
}
