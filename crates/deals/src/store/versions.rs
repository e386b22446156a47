//! Frozen texts and the signatures under them.
//!
//! They hang on a contract; whoever has found (or locked) the contract in their scope may read and add to them.

use db::{Tx, args};
use kernel::{AccountId, ContractId, Error, Result, Scope, Timestamp};

use crate::model::deliverables::LinkId;
use crate::model::{Json, Method, Party};

db::row! {
    /// A frozen text.
    #[derive(Clone, Debug)]
    pub struct Version {
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
}

db::row! {
    /// A signature.
    #[derive(Clone, Debug)]
    pub struct Signature {
        /// Under which text.
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
}

/// Freezes a text.
pub async fn add_version(_: Scope, tx: &mut Tx, contract: ContractId, version: &Version) -> Result<()> {
    let sql = "INSERT INTO contract_versions (contract_id, version, status, document, document_hash, content, note, created_at) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    let values = args![
        contract,
        version.version,
        &version.status,
        &version.document,
        &version.document_hash,
        &version.content,
        &version.note,
        version.created_at,
    ];
    tx.execute(sql, values).await.map(drop)
}

/// A text comes into force, or is withdrawn: once.
pub async fn settle_version(
    _: Scope,
    tx: &mut Tx,
    contract: ContractId,
    version: i64,
    to: &'static str,
    now: Timestamp,
) -> Result<()> {
    let sql = "UPDATE contract_versions SET status = $3, settled_at = $4 WHERE contract_id = $1 AND version = $2 AND status = 'proposed'";
    match tx.execute(sql, args![contract, version, to, now]).await? {
        1 => Ok(()),
        _ => Err(Error::conflict("This version is not open for signing any more")),
    }
}

/// Every text of a contract, the first one first.
pub async fn versions(_: Scope, tx: &mut Tx, contract: ContractId) -> Result<Vec<Version>> {
    let sql = format!("SELECT {} FROM contract_versions WHERE contract_id = $1 ORDER BY version", Version::COLUMNS);
    tx.fetch_all(&sql, args![contract]).await
}

/// One text.
pub async fn version(_: Scope, tx: &mut Tx, contract: ContractId, version: i64) -> Result<Option<Version>> {
    let sql = format!("SELECT {} FROM contract_versions WHERE contract_id = $1 AND version = $2", Version::COLUMNS);
    tx.fetch_optional(&sql, args![contract, version]).await
}

/// The number of the last text; 0 if nothing was frozen yet.
pub async fn last_version(_: Scope, tx: &mut Tx, contract: ContractId) -> Result<i64> {
    let sql = "SELECT coalesce(max(version), 0) FROM contract_versions WHERE contract_id = $1";
    tx.fetch_value(sql, args![contract]).await
}

/// Adds a signature; a side signs a text once.
pub async fn add_signature(_: Scope, tx: &mut Tx, contract: ContractId, signature: &Signature) -> Result<()> {
    let mut sql =
        db::Sql::new(format!("INSERT INTO contract_signatures (contract_id, {}) VALUES ", Signature::COLUMNS));
    sql.bind_list(args![
        contract,
        signature.version,
        signature.party,
        signature.method,
        signature.account_id,
        signature.link_id,
        &signature.signer_name,
        &signature.signer_email,
        &signature.address,
        &signature.agent,
        &signature.document_hash,
        signature.signed_at,
    ]);
    tx.execute_or_conflict(&sql.text, sql.args, "This side has signed already").await.map(drop)
}

/// Every signature of a contract, in the order of its texts and of time.
pub async fn signatures(_: Scope, tx: &mut Tx, contract: ContractId) -> Result<Vec<Signature>> {
    let sql = format!(
        "SELECT {} FROM contract_signatures WHERE contract_id = $1 ORDER BY version, signed_at, party",
        Signature::COLUMNS
    );
    tx.fetch_all(&sql, args![contract]).await
}
