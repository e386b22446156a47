//! Frozen texts and the signatures under them.
//!
//! They hang on a contract; whoever has found (or locked) the contract in their scope may read and add to them.

use db::{Sql, Tx, args};
use kernel::{AccountId, ContractId, Error, Result, Timestamp};

use crate::model::deliverables::LinkId;
use crate::model::{Contract, Json, Method, Party};

/// A frozen text.
#[derive(Clone, Debug, db::Row)]
#[row(table = "contract_versions")]
pub struct Version {
    /// Of which contract.
    pub contract_id: ContractId,
    /// Its number, from 1.
    pub version: i64,
    /// `proposed`, `in_force` or `withdrawn`.
    pub status: String,
    /// Its bytes.
    pub document: String,
    /// The SHA-256 of them, in hexadecimal.
    pub document_hash: String,
    /// The fields that the contract takes over when it comes into force.
    pub content: Json<serde_json::Map<String, serde_json::Value>>,
    /// Why it was proposed.
    pub note: Option<String>,
    /// When it was frozen.
    pub created_at: Timestamp,
    /// When it came into force or was withdrawn.
    pub settled_at: Option<Timestamp>,
}

/// A signature.
#[derive(Clone, Debug, db::Row)]
#[row(table = "contract_signatures")]
pub struct Signature {
    /// Under which contract,
    pub contract_id: ContractId,
    /// and which of its texts.
    pub version: i64,
    /// For which side.
    pub party: Party,
    /// By what it was given.
    pub method: Method,
    /// By which account.
    pub account_id: Option<AccountId>,
    /// By which link.
    pub link_id: Option<LinkId>,
    /// The name that was typed in, or under which the side is known.
    pub signer_name: Option<String>,
    /// The address that the link was mailed to.
    pub signer_email: Option<String>,
    /// From which address on the network.
    pub address: Option<String>,
    /// By which program.
    pub agent: Option<String>,
    /// The SHA-256 of what was signed.
    pub document_hash: String,
    /// When.
    pub signed_at: Timestamp,
}

/// Freezes a text of a contract that this transaction has locked.
pub async fn add_version(tx: &mut Tx, version: &Version) -> Result<()> {
    tx.insert(version).await
}

/// A text comes into force, or is withdrawn: once.
pub async fn settle_version(
    tx: &mut Tx,
    contract: &Contract,
    version: i64,
    to: &'static str,
    now: Timestamp,
) -> Result<()> {
    let sql = "UPDATE contract_versions SET status = $3, settled_at = $4 WHERE contract_id = $1 AND version = $2 AND status = 'proposed'";
    match tx.execute(sql, args![contract.id, version, to, now]).await? {
        1 => Ok(()),
        _ => Err(Error::conflict("This version is not open for signing any more")),
    }
}

/// Every text of a contract, the first one first.
pub async fn versions(tx: &mut Tx, contract: &Contract) -> Result<Vec<Version>> {
    Sql::of::<Version>().and("contract_id = ", contract.id).push(" ORDER BY version").all(tx).await
}

/// One text.
pub async fn version(tx: &mut Tx, contract: &Contract, version: i64) -> Result<Option<Version>> {
    Sql::of::<Version>().and("contract_id = ", contract.id).and("version = ", version).optional(tx).await
}

/// The number of the last text; 0 if nothing was frozen yet.
pub async fn last_version(tx: &mut Tx, contract: &Contract) -> Result<i64> {
    let sql = "SELECT coalesce(max(version), 0) FROM contract_versions WHERE contract_id = $1";
    tx.fetch_value(sql, args![contract.id]).await
}

/// Adds a signature to a contract that this transaction has locked; a side signs a text once.
pub async fn add_signature(tx: &mut Tx, signature: &Signature) -> Result<()> {
    tx.insert_or_conflict(signature, "This side has signed already").await
}

/// Every signature of a contract, in the order of its texts and of time.
pub async fn signatures(tx: &mut Tx, contract: &Contract) -> Result<Vec<Signature>> {
    let mut sql = Sql::of::<Signature>();
    sql.and("contract_id = ", contract.id).push(" ORDER BY version, signed_at, party").all(tx).await
}
