//! Does the trail of a contract hold together, and does it fit what is stored?

use db::{Db, Tx};
use kernel::{ContractId, Id, Result, Scope};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::model::{Contract, hash};
use crate::store::{self, Entry};

/// What was found.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Verdict {
    /// The contract.
    pub contract_id: ContractId,
    /// Does everything fit?
    pub valid: bool,
    /// How many entries the trail has.
    pub entries: usize,
    /// The hash of the last entry: whoever keeps it can tell later that nothing was taken away.
    pub last_hash: Option<String>,
    /// What does not fit, in words.
    pub faults: Vec<String>,
}

/// Verifies one contract: every entry follows the one before; every frozen text has the hash that the trail gave it; every signature is
/// under one of them, and in the trail.
pub async fn contract(tx: &mut Tx, contract: &Contract) -> Result<Verdict> {
    let trail = store::trail(tx, contract).await?;
    let mut faults = store::broken_links(contract.id, &trail);
    let versions = store::versions(tx, contract).await?;
    let told = |entry: &Entry, name: &str| -> Value {
        serde_json::from_str::<Value>(&entry.detail).map_or(Value::Null, |detail| detail[name].clone())
    };
    for version in &versions {
        if hash(version.document.as_bytes()) != version.document_hash {
            faults.push(format!("the text of version {} was changed after it was frozen", version.version));
        }
        let frozen = trail.iter().find(|entry| {
            matches!(entry.kind.as_str(), "sent" | "amendment_proposed") && told(entry, "version") == version.version
        });
        match frozen.map(|entry| told(entry, "document_hash")) {
            None => faults.push(format!("the trail does not know version {}", version.version)),
            Some(hash) if hash != version.document_hash.as_str() => {
                faults.push(format!("version {} is not the text that the trail knows", version.version));
            }
            Some(_) => {}
        }
    }
    let signatures = store::signatures(tx, contract).await?;
    for signature in &signatures {
        let what = format!("the {}'s signature under version {}", signature.party.word(), signature.version);
        if versions
            .iter()
            .all(|version| (version.version, &version.document_hash) != (signature.version, &signature.document_hash))
        {
            faults.push(format!("{what} is under another text"));
        }
        let known = trail.iter().any(|entry| {
            matches!(entry.kind.as_str(), "signature" | "counterpart_attested")
                && told(entry, "version") == signature.version
                && told(entry, "party") == signature.party.word()
                && told(entry, "method") == signature.method.word()
                && told(entry, "document_hash") == signature.document_hash.as_str()
                && entry.at == signature.signed_at
        });
        if !known {
            faults.push(format!("the trail does not know {what}"));
        }
    }
    let signed =
        trail.iter().filter(|entry| matches!(entry.kind.as_str(), "signature" | "counterpart_attested")).count();
    if signed > signatures.len() {
        faults.push(format!("the trail knows {signed} signatures, {} are there", signatures.len()));
    }
    if trail.is_empty() {
        faults.push("there is no trail".into());
    }
    let last_hash = trail.last().map(|entry| entry.hash.clone());
    Ok(Verdict { contract_id: contract.id, valid: faults.is_empty(), entries: trail.len(), last_hash, faults })
}

/// What was found over all contracts.
#[derive(Clone, Debug, Default)]
pub struct Summary {
    /// How many contracts were looked at.
    pub contracts: u64,
    /// How many entries their trails have.
    pub entries: u64,
    /// Those in which something does not fit.
    pub broken: Vec<Verdict>,
}

/// Verifies every contract there is: `influencerflow contracts verify`.
pub async fn everything(db: &Db) -> Result<Summary> {
    let scope = Scope::system();
    let mut summary = Summary::default();
    let mut after: ContractId = Id::from_uuid(Uuid::nil());
    loop {
        let contracts = store::contracts_after(scope, &mut db.read().await?, after, 500).await?;
        let Some(last) = contracts.last() else { return Ok(summary) };
        after = last.id;
        for one in &contracts {
            // All of one contract as of one moment, whatever is being signed meanwhile.
            let verdict = contract(&mut db.snapshot().await?, one).await?;
            summary.contracts += 1;
            summary.entries += verdict.entries as u64;
            if !verdict.valid {
                summary.broken.push(verdict);
            }
        }
    }
}
