//! What is done to contracts, by routes and by jobs alike: each inside a transaction that has locked the contract.

mod amend;
mod deliver;
mod draft;
mod end;
mod request;
mod send;
mod sign;
pub mod verify;

pub(crate) use amend::{amend, withdraw};
pub use deliver::move_deliverable;
pub use draft::{Draft, draft};

pub use end::{complete, end};
pub(crate) use request::{remind, token_hash};
pub(crate) use send::{back_to_draft, send};
pub(crate) use sign::sign;

use campaigns::Campaign;
use creators::Creator;
use db::Tx;
use kernel::{Clock, ContractId, Error, Kind, Result, Scope, Timestamp};
use serde_json::Value;

use crate::actor::Actor;
use crate::model::{Contract, Document};
use crate::{Deals, store};

/// Something that is being done: by whom, when, and what they may see.
pub struct Act<'a> {
    pub(crate) deals: &'a Deals,
    pub(crate) scope: Scope,
    pub(crate) actor: Actor,
    pub(crate) now: Timestamp,
}

impl<'a> Act<'a> {
    /// By someone, now.
    pub fn new(deals: &'a Deals, scope: Scope, actor: Actor) -> Self {
        Self { deals, scope, actor, now: deals.app().clock().now() }
    }

    pub(crate) fn clock(&self) -> &Clock {
        self.deals.app().clock()
    }

    /// The contract, for changing it.
    pub async fn lock(&self, tx: &mut Tx, id: ContractId) -> Result<Contract> {
        store::lock(self.scope, tx, id).await?.ok_or_else(|| Error::not_found("Contract"))
    }

    /// The same, for what a business alone may do.
    pub(crate) async fn lock_as_business(&self, tx: &mut Tx, id: ContractId) -> Result<Contract> {
        let contract = self.lock(tx, id).await?;
        must_be_business(self.scope)?;
        Ok(contract)
    }

    /// Adds to the contract's trail.
    pub(crate) async fn record(&self, tx: &mut Tx, contract: &Contract, kind: &str, detail: &Value) -> Result<()> {
        store::append(tx, contract, kind, &self.actor, detail, self.now).await
    }
}

/// Refuses a creator, who sees the contract and signs it but does not write it.
pub(crate) fn must_be_business(scope: Scope) -> Result<()> {
    match scope.person() {
        None => Ok(()),
        Some(_) => Err(Error::new(Kind::Forbidden, "Only the business of this contract may do that; you may sign it")),
    }
}

/// The campaign and the creator of a contract that the caller was let to.
pub(crate) async fn sides(tx: &mut Tx, contract: &Contract) -> Result<(Campaign, Creator)> {
    let system = Scope::system();
    let campaign = campaigns::find(system, tx, &contract.campaign_id.to_string()).await?;
    let creator = creators::store::by_id(system, tx, contract.creator_id).await?;
    Ok((campaign, creator.ok_or_else(|| Error::not_found("Creator"))?))
}

/// What the contract says now: the frozen text, or what would be frozen if it were sent.
pub(crate) async fn document(tx: &mut Tx, contract: &Contract) -> Result<(Document, String)> {
    if let Some(version) = store::version(tx, contract, contract.version).await? {
        return Ok((Document::thawed(&version.document)?, version.document));
    }
    let (campaign, creator) = sides(tx, contract).await?;
    let head = (contract.id, contract.version, contract.signing_order);
    let document = Document::new(head, &campaign, &creator, &contract.text(), None);
    let (bytes, _) = document.frozen()?;
    Ok((document, bytes))
}
