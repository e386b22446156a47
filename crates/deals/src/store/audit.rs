//! The trail of what was done to a contract: each entry carries the hash of the one before, so that nothing can be changed, left out or
//! put in between without every later hash telling.

use db::{Sql, Tx, args};
use kernel::{ContractId, Result, Timestamp};

use crate::actor::Actor;
use crate::model::{Contract, hash};

/// An entry of a trail.
#[derive(Clone, Debug, db::Row)]
#[row(table = "contract_audit")]
pub struct Entry {
    /// Of which contract.
    pub contract_id: ContractId,
    /// Its place, from 1.
    pub seq: i64,
    /// What was done: `created`, `sent`, `signature`, …
    pub kind: String,
    /// Who did it: `account:…`, `link:…`, `demo` or `system`.
    pub actor: String,
    /// From which address on the network.
    pub address: Option<String>,
    /// By which program.
    pub agent: Option<String>,
    /// The rest, as JSON.
    pub detail: String,
    /// When.
    pub at: Timestamp,
    /// The hash of the entry before; for the first one, of the contract's id.
    pub previous_hash: String,
    /// The hash of all this.
    pub hash: String,
}

impl Entry {
    /// What its hash must be.
    pub fn sealed(&self) -> String {
        let told = serde_json::json!([
            self.contract_id,
            self.seq,
            self.kind,
            self.actor,
            self.address,
            self.agent,
            self.detail,
            self.at.micros(),
            self.previous_hash,
        ]);
        hash(told.to_string().as_bytes())
    }
}

/// The hash that the first entry of a trail follows.
fn genesis(contract: ContractId) -> String {
    hash(format!("contract {contract}").as_bytes())
}

/// Adds to the trail of a contract that this transaction has locked or made.
pub async fn append(
    tx: &mut Tx,
    contract: &Contract,
    kind: &str,
    actor: &Actor,
    detail: &serde_json::Value,
    at: Timestamp,
) -> Result<()> {
    let sql = "SELECT seq, hash FROM contract_audit WHERE contract_id = $1 ORDER BY seq DESC LIMIT 1";
    let last: Option<(i64, String)> = tx.fetch_optional(sql, args![contract.id]).await?;
    let (seq, previous_hash) = last.map_or_else(|| (1, genesis(contract.id)), |(seq, hash)| (seq + 1, hash));
    let mut entry = Entry {
        contract_id: contract.id,
        seq,
        kind: kind.to_owned(),
        actor: actor.name(),
        address: actor.address.clone(),
        agent: actor.agent.clone(),
        detail: detail.to_string(),
        at,
        previous_hash,
        hash: String::new(),
    };
    entry.hash = entry.sealed();
    tx.insert(&entry).await
}

/// The trail of a contract, the first entry first.
pub async fn trail(tx: &mut Tx, contract: &Contract) -> Result<Vec<Entry>> {
    Sql::of::<Entry>().and("contract_id = ", contract.id).push(" ORDER BY seq").all(tx).await
}

/// The places at which a trail does not hold together.
pub fn broken_links(contract: ContractId, trail: &[Entry]) -> Vec<String> {
    let mut faults = Vec::new();
    let mut previous = genesis(contract);
    for (seq, entry) in (1..).zip(trail) {
        if entry.seq != seq {
            faults.push(format!("entry {seq} is missing"));
            return faults;
        }
        if entry.previous_hash != previous {
            faults.push(format!("entry {seq} does not follow the one before"));
        }
        if entry.contract_id != contract || entry.sealed() != entry.hash {
            faults.push(format!("entry {seq} ({}) was changed after it was written", entry.kind));
        }
        previous.clone_from(&entry.hash);
    }
    faults
}
