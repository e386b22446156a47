//! The trail of what was done to a contract: each entry carries the hash of the one before, so that nothing can be changed, left out or
//! put in between without every later hash telling.

use db::{Tx, args};
use kernel::{ContractId, Result, Scope, Timestamp};

use crate::actor::Actor;
use crate::model::hash;

db::row! {
    /// An entry of a trail.
    #[derive(Clone, Debug)]
    pub struct Entry {
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
}

impl Entry {
    /// What its hash must be.
    pub fn sealed(&self, contract: ContractId) -> String {
        let told = serde_json::json!([
            contract,
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
    _: Scope,
    tx: &mut Tx,
    contract: ContractId,
    kind: &str,
    actor: &Actor,
    detail: &serde_json::Value,
    at: Timestamp,
) -> Result<()> {
    let sql = "SELECT seq, hash FROM contract_audit WHERE contract_id = $1 ORDER BY seq DESC LIMIT 1";
    let last: Option<(i64, String)> = tx.fetch_optional(sql, args![contract]).await?;
    let (seq, previous_hash) = last.map_or_else(|| (1, genesis(contract)), |(seq, hash)| (seq + 1, hash));
    let mut entry = Entry {
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
    entry.hash = entry.sealed(contract);
    let mut sql = db::Sql::new(format!("INSERT INTO contract_audit (contract_id, {}) VALUES ", Entry::COLUMNS));
    sql.bind_list(args![
        contract,
        entry.seq,
        entry.kind,
        entry.actor,
        entry.address,
        entry.agent,
        entry.detail,
        entry.at,
        entry.previous_hash,
        entry.hash,
    ]);
    tx.execute(&sql.text, sql.args).await.map(drop)
}

/// The trail of a contract that was found in this scope, the first entry first.
pub async fn trail(_: Scope, tx: &mut Tx, contract: ContractId) -> Result<Vec<Entry>> {
    let sql = format!("SELECT {} FROM contract_audit WHERE contract_id = $1 ORDER BY seq", Entry::COLUMNS);
    tx.fetch_all(&sql, args![contract]).await
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
        if entry.sealed(contract) != entry.hash {
            faults.push(format!("entry {seq} ({}) was changed after it was written", entry.kind));
        }
        previous.clone_from(&entry.hash);
    }
    faults
}

/// The next contracts in the order of their ids, for whoever goes through all of them.
pub async fn contracts_after(_: Scope, tx: &mut Tx, after: ContractId, limit: u32) -> Result<Vec<ContractId>> {
    tx.fetch_all("SELECT id FROM contracts WHERE id > $1 ORDER BY id LIMIT $2", args![after, limit]).await
}
