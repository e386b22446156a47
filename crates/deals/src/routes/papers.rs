//! A contract on paper, and the trail that vouches for it.

use axum::Json;
use axum::extract::State;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use db::Tx;
use http_base::{Answer, Caller, Named};
use kernel::{ContractId, Error, Result, Scope, Timestamp};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::model::{Contract, Document, Status, hash};
use crate::ops::{self, verify};
use crate::pdf::Paper;
use crate::store::Entry;
use crate::{Deals, store};

async fn found(scope: Scope, tx: &mut Tx, name: &Named) -> Result<Contract> {
    store::find(scope, tx, name.id("Contract")?).await?.ok_or_else(|| Error::not_found("Contract"))
}

/// Download a contract as PDF
///
/// The parties, the terms, what is delivered and paid when, and the signatures with what vouches for them. The same contract is always
/// the same bytes.
#[utoipa::path(get, path = "/api/v1/contracts/{contract_id}/pdf", tag = "Contracts",
    params(("contract_id" = String, Path, description = "The contract's id")),
    responses((status = 200, description = "The PDF", body = inline(http_base::Binary), content_type = "application/pdf")))]
pub(super) async fn pdf(State(deals): State<Deals>, caller: Caller, name: Named) -> Answer<Response> {
    let scope = caller.scope();
    let mut tx = deals.app().read().await?;
    let contract = found(scope, &mut tx, &name).await?;
    let (document, bytes) = ops::document(&mut tx, &contract).await?;
    let paper = paper(&mut tx, &contract, (document, &bytes)).await?;
    drop(tx);
    draw(paper).await
}

/// A text of a contract with what stands under it. An amendment that waits for signatures is not in force, whatever the contract is.
pub(super) async fn paper(tx: &mut Tx, contract: &Contract, (document, bytes): (Document, &str)) -> Result<Paper> {
    let all = store::signatures(tx, contract).await?;
    let is_proposed = document.version > contract.version;
    Ok(Paper {
        document_hash: hash(bytes.as_bytes()),
        status: if is_proposed { Status::Sent } else { contract.status },
        signed_at: contract.signed_at,
        expires_at: contract.expires_at.filter(|_| !is_proposed),
        signatures: all.into_iter().filter(|one| one.version == document.version).collect(),
        trail: store::trail(tx, contract).await?,
        document,
    })
}

/// The PDF, drawn where it holds nobody up.
pub(super) async fn draw(paper: Paper) -> Answer<Response> {
    let id = paper.document.contract_id;
    let file = tokio::task::spawn_blocking(move || paper.draw()).await.map_err(Error::internal)??;
    let disposition = format!("inline; filename=\"contract-{id}.pdf\"");
    Ok(([(CONTENT_TYPE, "application/pdf".to_owned()), (CONTENT_DISPOSITION, disposition)], file).into_response())
}

/// Download the signed document
///
/// The exact bytes whose SHA-256 the signatures name: the text that is in force or offered for signing, as JSON. Of a draft, what would
/// be signed if it were sent now.
#[utoipa::path(get, path = "/api/v1/contracts/{contract_id}/document", tag = "Contracts",
    params(("contract_id" = String, Path, description = "The contract's id")),
    responses((status = 200, description = "The text", body = Document, content_type = "application/json")))]
pub(super) async fn document(State(deals): State<Deals>, caller: Caller, name: Named) -> Answer<Response> {
    let scope = caller.scope();
    let mut tx = deals.app().read().await?;
    let contract = found(scope, &mut tx, &name).await?;
    let (_, bytes) = ops::document(&mut tx, &contract).await?;
    Ok(([(CONTENT_TYPE, "application/json")], bytes).into_response())
}

/// An entry of a contract's trail.
#[derive(Serialize, ToSchema)]
struct EntryBody {
    seq: i64,
    /// What was done: `created`, `sent`, `signature_requested`, `viewed`, `signature`, `signed`, …
    kind: String,
    /// `account:…`, `link:…`, `demo` or `system`.
    actor: String,
    /// From which address on the network.
    address: Option<String>,
    /// By which program.
    agent: Option<String>,
    #[schema(value_type = Object)]
    detail: Value,
    at: Timestamp,
    previous_hash: String,
    /// The SHA-256 of the JSON list of contract, seq, kind, actor, address, agent, detail (as text), at (in microseconds since 1970) and
    /// previous_hash.
    hash: String,
}

impl From<Entry> for EntryBody {
    fn from(entry: Entry) -> Self {
        Self {
            seq: entry.seq,
            kind: entry.kind,
            actor: entry.actor,
            address: entry.address,
            agent: entry.agent,
            detail: serde_json::from_str(&entry.detail).unwrap_or_default(),
            at: entry.at,
            previous_hash: entry.previous_hash,
            hash: entry.hash,
        }
    }
}

/// A contract's trail.
#[derive(Serialize, ToSchema)]
pub(super) struct AuditBody {
    contract_id: ContractId,
    entries: Vec<EntryBody>,
    total: usize,
}

/// Read the audit trail of a contract
///
/// Everything that was done to it, in order, each entry with the hash of the one before.
#[utoipa::path(get, path = "/api/v1/contracts/{contract_id}/audit", tag = "Contracts",
    params(("contract_id" = String, Path, description = "The contract's id")),
    responses((status = 200, description = "The trail", body = AuditBody)))]
pub(super) async fn audit(State(deals): State<Deals>, caller: Caller, name: Named) -> Answer<Json<AuditBody>> {
    let scope = caller.scope();
    let mut tx = deals.app().read().await?;
    let contract = found(scope, &mut tx, &name).await?;
    let trail = store::trail(&mut tx, &contract).await?;
    let total = trail.len();
    Ok(Json(AuditBody { contract_id: contract.id, entries: trail.into_iter().map(Into::into).collect(), total }))
}

/// Verify the audit trail of a contract
///
/// Every hash is computed again: of the entries, of the texts that were signed, of what the signatures are under.
#[utoipa::path(get, path = "/api/v1/contracts/{contract_id}/audit/verify", tag = "Contracts",
    params(("contract_id" = String, Path, description = "The contract's id")),
    responses((status = 200, description = "What was found", body = verify::Verdict)))]
pub(super) async fn verify_trail(
    State(deals): State<Deals>,
    caller: Caller,
    name: Named,
) -> Answer<Json<verify::Verdict>> {
    let scope = caller.scope();
    let mut tx = deals.app().db().snapshot().await?;
    let contract = found(scope, &mut tx, &name).await?;
    Ok(Json(verify::contract(&mut tx, &contract).await?))
}
