//! Signing by a mailed link: whoever has its token reads the text and signs it, without an account.

use axum::Json;
use axum::extract::State;
use db::Tx;
use http_base::fields::rule;
use http_base::{Answer, Body, Fields, Input, Named, Peer};
use kernel::{ContractId, Error, Money, Result, Scope, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use super::shapes::SignatureBody;
use crate::Deals;
use crate::actor::{Actor, Who};
use crate::model::{Contract, Document, Party, SignInput, Status};
use crate::ops::{self, Act, token_hash};
use crate::store::{self, Link};

/// What the holder of a link signs.
#[derive(Serialize, ToSchema)]
pub(super) struct LinkBody {
    contract_id: ContractId,
    status: Status,
    /// Which text, from 1.
    version: i64,
    /// For which side the link signs.
    party: Party,
    /// Who pays.
    business_name: String,
    creator_name: String,
    campaign_title: String,
    #[schema(value_type = Object)]
    terms: Map<String, Value>,
    payment_amount: Money,
    currency: String,
    /// The whole text as it is signed; `document_hash` is the SHA-256 of it.
    document: String,
    document_hash: String,
    /// Until when the link is good.
    expires_at: Timestamp,
    /// May it be signed now, or is it the other side's turn?
    can_sign: bool,
    /// Who has signed this text.
    signatures: Vec<SignatureBody>,
}

/// The link of a token and its contract, if the link is good.
async fn opened(tx: &mut Tx, token: &str, now: Timestamp) -> Result<Link> {
    let link = store::by_token(tx, token_hash(token)).await?.ok_or_else(|| Error::not_found("Link"))?;
    match link.status.as_str() {
        "open" if link.expires_at > now => Ok(link),
        "open" => Err(Error::conflict("The link has expired; ask whoever sent it for a new one")),
        "used" => Err(Error::conflict("The link has been used; the contract is signed by you")),
        _ => {
            Err(Error::conflict("The link is not good any more: the contract was withdrawn, or a newer link was sent"))
        }
    }
}

async fn body(tx: &mut Tx, link: &Link, contract: &Contract) -> Result<LinkBody> {
    let scope = Scope::system();
    let version =
        store::version(scope, tx, contract.id, link.version).await?.ok_or_else(|| Error::not_found("Version"))?;
    let text = Document::thawed(&version.document)?;
    let signatures = store::signatures(scope, tx, contract.id).await?;
    let own: Vec<_> = signatures.into_iter().filter(|one| one.version == link.version).collect();
    let other_has = own.iter().any(|one| one.party == link.party.other());
    let signed = own.iter().any(|one| one.party == link.party);
    Ok(LinkBody {
        contract_id: contract.id,
        status: contract.status,
        version: link.version,
        party: link.party,
        can_sign: !signed && contract.signing_order.allows(link.party, other_has).is_ok(),
        payment_amount: text.total(),
        business_name: text.business.name,
        creator_name: text.creator.name,
        campaign_title: text.campaign,
        terms: text.terms,
        currency: text.currency,
        document: version.document,
        document_hash: version.document_hash,
        expires_at: link.expires_at,
        signatures: own.into_iter().map(Into::into).collect(),
    })
}

/// Read a contract by a mailed link
#[utoipa::path(get, path = "/api/v1/contracts/sign/{token}", tag = "Contracts", security(()),
    params(("token" = String, Path, description = "The token of the mail")), responses(
    (status = 200, description = "What is to be signed", body = LinkBody),
    (status = 409, description = "The link was used, is void or has expired"),
))]
pub(super) async fn show(State(deals): State<Deals>, peer: Peer, name: Named) -> Answer<Json<LinkBody>> {
    let app = deals.app();
    let now = app.clock().now();
    let link = opened(&mut app.read().await?, &name.0, now).await?;
    if link.viewed_at.is_none() {
        // That it was read before it was signed is worth an entry in the trail, once.
        let act = Act::new(&deals, Scope::system(), Actor::at(Who::Link(link.id), peer));
        let mut tx = app.write().await?;
        let contract = act.lock(&mut tx, link.contract_id).await?;
        if store::mark_viewed(&mut tx, link.id, act.now).await? {
            let detail = json!({"version": link.version, "party": link.party});
            act.record(&mut tx, &contract, "viewed", &detail).await?;
            tx.commit().await?;
        }
    }
    let mut tx = app.read().await?;
    let contract = store::find(Scope::system(), &mut tx, link.contract_id).await?;
    let contract = contract.ok_or_else(|| Error::not_found("Contract"))?;
    Ok(Json(body(&mut tx, &link, &contract).await?))
}

/// How one signs by a link.
#[derive(Deserialize, ToSchema)]
pub(super) struct LinkInput {
    /// The name, typed in: this is the signature.
    #[schema(example = "Ana Ferreira")]
    name: String,
    /// The `document_hash` that was read; 409 if another text is signed under this link.
    document_hash: Option<String>,
}

impl Input for LinkInput {
    fn read(fields: &mut Fields) -> Option<Self> {
        let name = fields.required("name", rule::text(200));
        let document_hash = fields.optional("document_hash", rule::text(64));
        Some(Self { name: name?, document_hash })
    }
}

/// Sign a contract by a mailed link
///
/// The link is good for one signature.
#[utoipa::path(post, path = "/api/v1/contracts/sign/{token}", tag = "Contracts", security(()), request_body = LinkInput,
    params(("token" = String, Path, description = "The token of the mail")), responses(
    (status = 200, description = "Signed; `status` is `signed` once both sides have", body = LinkBody),
    (status = 409, description = "The link was used, is void or has expired, it is the other side's turn, or the text is another"),
))]
pub(super) async fn sign(
    State(deals): State<Deals>,
    peer: Peer,
    name: Named,
    Body { input, .. }: Body<LinkInput>,
) -> Answer<Json<LinkBody>> {
    let app = deals.app();
    let found = opened(&mut app.read().await?, &name.0, app.clock().now()).await?;
    let act = Act::new(&deals, Scope::system(), Actor::at(Who::Link(found.id), peer));
    let mut tx = app.write().await?;
    let mut contract = act.lock(&mut tx, found.contract_id).await?;
    // Again, now that nobody else moves the contract: of two who use a link at once, one has.
    let link = opened(&mut tx, &name.0, act.now).await?;
    if let Some(read) = input.document_hash {
        let version = store::version(act.scope, &mut tx, contract.id, link.version).await?;
        if version.is_some_and(|version| !version.document_hash.eq_ignore_ascii_case(&read)) {
            return Err(Error::conflict("The text under this link is not the one you read; read it again").into());
        }
    }
    let signing = SignInput { name: Some(input.name), attest_counterpart: None };
    ops::sign(&act, &mut tx, &mut contract, link.version, link.party, &signing).await?;
    let body = body(&mut tx, &link, &contract).await?;
    tx.commit().await?;
    Ok(Json(body))
}
