//! Signing, by whichever way.

use db::Tx;
use events::TxExt as _;
use input::Fields;
use kernel::{Error, Kind, Result, Scope};
use payments::{Milestone, Plan};
use serde_json::{Value, json};

use super::{Act, deliver, request};
use crate::events::{ContractAmended, ContractSignature, ContractSigned};
use crate::model::{Contract, ContractText, Due, Line, Method, Party, SignInput, Status, Text};
use crate::store::{self, Signature, Version};

/// One side signs a text. When both have, it comes into force, and the payments of the contract are made.
///
/// A business that signs alone, without having asked the creator by mail, states with it that the creator has agreed elsewhere; that is
/// recorded as what it is, a statement of the workspace.
pub(crate) async fn sign(
    act: &Act<'_>,
    tx: &mut Tx,
    contract: &mut Contract,
    version: i64,
    party: Party,
    input: &SignInput,
) -> Result<()> {
    let was = contract.status;
    let is_amendment = version != contract.version;
    if is_amendment {
        if was != Status::Signed {
            return Err(Error::conflict(format!("The contract is {}; only a signed one is amended", was.word())));
        }
        may_come_into_force(tx, contract, version).await?;
    } else {
        contract.must_be_signable(act.now)?;
    }
    let text = store::version(tx, contract, version).await?.ok_or_else(|| Error::not_found("Version"))?;
    if text.status != "proposed" {
        return Err(Error::conflict("This version is not open for signing any more"));
    }
    let there: Vec<Signature> = store::signatures(tx, contract).await?;
    let has_signed = |party: Party| there.iter().any(|one| one.version == version && one.party == party);
    if has_signed(party) {
        return Err(Error::conflict(format!(
            "The {} has signed already; the {} has not yet",
            party.word(),
            party.other().word()
        )));
    }
    let other_has = has_signed(party.other());
    let attests = !other_has && attests(act, tx, contract, &text, party, input).await?;
    contract.signing_order.allows(party, other_has || attests)?;

    let mut signature = Signature {
        contract_id: contract.id,
        version,
        party,
        method: act.actor.method(),
        account_id: act.actor.account(),
        link_id: act.actor.link(),
        signer_name: input.name.clone(),
        signer_email: None,
        address: act.actor.address.clone(),
        agent: act.actor.agent.clone(),
        document_hash: text.document_hash.clone(),
        signed_at: act.now,
    };
    if let Some(link) = act.actor.link() {
        let links = store::waiting(tx, contract, version).await?;
        signature.signer_email = links.into_iter().find(|one| one.id == link).map(|one| one.email);
    }
    add(act, tx, contract, &signature, "signature").await?;
    store::void_links(tx, contract, version, Some(party), act.actor.link()).await?;
    if attests {
        let stated = Signature { party: party.other(), method: Method::Attested, signer_name: None, ..signature };
        add(act, tx, contract, &stated, "counterpart_attested").await?;
        store::void_links(tx, contract, version, Some(party.other()), None).await?;
    }
    contract.updated_at = act.now;
    if other_has || attests {
        come_into_force(act, tx, contract, &text, is_amendment).await?;
    } else {
        request::ask_next(act, tx, contract, version).await?;
    }
    store::save(act.scope, tx, contract, was).await
}

/// Does the workspace speak for the creator, too?
async fn attests(
    act: &Act<'_>,
    tx: &mut Tx,
    contract: &Contract,
    text: &Version,
    party: Party,
    input: &SignInput,
) -> Result<bool> {
    if party == Party::Creator {
        return match input.attest_counterpart {
            Some(true) => {
                Err(Error::new(Kind::Forbidden, "Only the business can state that the other side has agreed"))
            }
            _ => Ok(false),
        };
    }
    if contract.by_own_hand {
        return match input.attest_counterpart {
            Some(true) => Err(Error::conflict("Each side signs this contract itself; leave attest_counterpart out")),
            _ => Ok(false),
        };
    }
    if let Some(said) = input.attest_counterpart {
        return Ok(said && act.actor.link().is_none());
    }
    // Whoever has been asked answers for themselves.
    let asked = store::waiting(tx, contract, text.version).await?;
    let is_asked = asked.iter().any(|link| link.party == Party::Creator);
    Ok(!is_asked && act.actor.link().is_none() && text.version == contract.version)
}

async fn add(act: &Act<'_>, tx: &mut Tx, contract: &Contract, signature: &Signature, kind: &str) -> Result<()> {
    store::add_signature(tx, signature).await?;
    let detail = json!({
        "version": signature.version,
        "party": signature.party,
        "method": signature.method,
        "name": signature.signer_name,
        "email": signature.signer_email,
        "document_hash": signature.document_hash,
    });
    act.record(tx, contract, kind, &detail).await?;
    tx.event(ContractSignature { contract: contract.into(), party: signature.party, method: signature.method });
    Ok(())
}

async fn come_into_force(
    act: &Act<'_>,
    tx: &mut Tx,
    contract: &mut Contract,
    text: &Version,
    is_amendment: bool,
) -> Result<()> {
    store::settle_version(tx, contract, text.version, "in_force", act.now).await?;
    let mut detail = json!({"version": text.version, "document_hash": text.document_hash});
    if is_amendment {
        let said: Text = Fields::of_body(Value::Object(text.content.0.clone()))?.read::<ContractText>()?.into();
        let before = contract.lines();
        contract.say(said);
        contract.version = text.version;
        store::replace_deliverables(tx, act.clock(), contract).await?;
        let plan = drawn_up(contract, &before);
        let done = payments::replan(Scope::system(), tx, act.clock(), plan, contract.total_amount).await?;
        detail["payments"] = json!({"kept": done.kept, "replaced": done.replaced, "made": done.made});
        deliver::release(act, tx, contract).await?;
        act.record(tx, contract, "amended", &detail).await?;
        tx.event(ContractAmended((&*contract).into()));
    } else {
        contract.go(Status::Signed, act.now)?;
        plan(act, tx, contract).await?;
        act.record(tx, contract, "signed", &detail).await?;
        tx.event(ContractSigned((&*contract).into()));
    }
    Ok(())
}

/// Refuses the signature under an amendment that pays less than was paid since it was proposed.
async fn may_come_into_force(tx: &mut Tx, contract: &Contract, version: i64) -> Result<()> {
    let Some(text) = store::version(tx, contract, version).await? else { return Ok(()) };
    let said: Text = Fields::of_body(Value::Object(text.content.0))?.read::<ContractText>()?.into();
    payments::may_replan(Scope::system(), tx, contract.id, said.amount).await.map_err(|error| {
        Error::conflict(format!(
            "{}. Amendment {version} cannot come into force",
            error.message().trim_end_matches('.')
        ))
    })
}

/// The payments of the contract's schedule, made in the transaction that signs it.
async fn plan(act: &Act<'_>, tx: &mut Tx, contract: &Contract) -> Result<()> {
    let plan = drawn_up(contract, &[]);
    if plan.milestones.is_empty() {
        return Ok(());
    }
    // The creator may be the one who signs last, and owns no payments.
    payments::plan(Scope::system(), tx, act.clock(), plan).await.map(drop)
}

/// What the contract's schedule asks of payments, and which of its lines said the same `before`.
fn drawn_up(contract: &Contract, before: &[Line]) -> Plan {
    let mut known: Vec<Option<&Line>> = before.iter().map(Some).collect();
    let milestones = contract.lines().into_iter().map(|line| {
        let was = known.iter().position(|known| known.is_some_and(|known| known.is_as(&line)));
        if let Some(was) = was {
            known[was] = None;
        }
        Milestone {
            due_on: line.date(),
            on_delivery: line.due_on == Due::Delivery,
            amount: line.amount,
            name: line.milestone,
            was,
        }
    });
    Plan {
        contract: contract.id,
        campaign: contract.campaign_id,
        creator: contract.creator_id,
        workspace: contract.workspace_id,
        currency: contract.currency,
        milestones: milestones.collect(),
    }
}
