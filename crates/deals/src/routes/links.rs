//! Signing by a mailed link: whoever has its token reads the text and signs it, without an account. A browser gets pages.

use axum::Json;
use axum::extract::{FromRequest, Request, State};
use axum::http::HeaderMap;
use axum::http::header::{CONTENT_TYPE, VARY};
use axum::response::{IntoResponse, Response};
use db::Tx;
use http_base::page::wants_html;
use http_base::{Answer, ApiError, Body, Named, Peer};
use input::Input;
use input::form::read_form;
use kernel::{Amount, ContractId, Error, Result, Scope, Timestamp};
use serde::Serialize;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use super::link_page;
use super::papers::{draw, paper};
use super::shapes::SignatureBody;
use crate::Deals;
use crate::actor::{Actor, Who};
use crate::model::{Contract, Document, Party, SignInput, Status};
use crate::ops::{self, Act, token_hash};
use crate::store::{self, Link};

/// What the holder of a link signs.
#[derive(Serialize, ToSchema)]
pub(super) struct LinkBody {
    pub(super) contract_id: ContractId,
    pub(super) status: Status,
    /// Which text, from 1.
    pub(super) version: i64,
    /// For which side the link signs.
    pub(super) party: Party,
    /// Who pays.
    pub(super) business_name: String,
    pub(super) creator_name: String,
    pub(super) campaign_title: String,
    #[schema(value_type = Object)]
    terms: Map<String, Value>,
    pub(super) payment_amount: Amount,
    pub(super) currency: String,
    /// The whole text as it is signed; `document_hash` is the SHA-256 of it.
    document: String,
    pub(super) document_hash: String,
    /// Until when the link is good.
    pub(super) expires_at: Timestamp,
    /// May it be signed now, or is it the other side's turn?
    pub(super) can_sign: bool,
    /// Who has signed this text.
    pub(super) signatures: Vec<SignatureBody>,
}

/// The link of a token, if it may still be signed by.
async fn opened(tx: &mut Tx, token: &str, now: Timestamp) -> Result<Link> {
    let link = known(tx, token).await?;
    match link.status.as_str() {
        "open" if link.expires_at > now => Ok(link),
        "open" => Err(Error::conflict("The link has expired; ask whoever sent it for a new one")),
        "used" => Err(Error::conflict("The link has been used; the contract is signed by you")),
        _ => {
            Err(Error::conflict("The link is not good any more: the contract was withdrawn, or a newer link was sent"))
        }
    }
}

async fn known(tx: &mut Tx, token: &str) -> Result<Link> {
    store::by_token(tx, token_hash(token)).await?.ok_or_else(|| Error::not_found("Link"))
}

async fn body(tx: &mut Tx, link: &Link, contract: &Contract) -> Result<LinkBody> {
    let version = store::version(tx, contract, link.version).await?.ok_or_else(|| Error::not_found("Version"))?;
    let text = Document::thawed(&version.document)?;
    let signatures = store::signatures(tx, contract).await?;
    let own: Vec<_> = signatures.into_iter().filter(|one| one.version == link.version).collect();
    let other_has = own.iter().any(|one| one.party == link.party.other());
    let signed = own.iter().any(|one| one.party == link.party);
    Ok(LinkBody {
        contract_id: contract.id,
        status: contract.status,
        version: link.version,
        party: link.party,
        can_sign: !signed && contract.signing_order.allows(link.party, other_has).is_ok(),
        payment_amount: text.total().amount(),
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
///
/// A page for a browser (`Accept: text/html`), on which it can be signed; JSON for everybody else.
#[utoipa::path(get, path = "/api/v1/contracts/sign/{token}", tag = "Contracts", security(()),
    params(("token" = String, Path, description = "The token of the mail")), responses(
    (status = 200, description = "What is to be signed", content((LinkBody = "application/json"), (String = "text/html"))),
    (status = 409, description = "The link was used, is void or has expired"),
))]
pub(super) async fn show(State(deals): State<Deals>, peer: Peer, headers: HeaderMap, name: Named) -> Response {
    let looked = look(&deals, peer, &name.0).await;
    if !wants_html(&headers) {
        return looked.map_or_else(
            |error| ApiError(error).into_response(),
            |seen| ([(VARY, "accept")], Json(seen.body)).into_response(),
        );
    }
    match looked {
        Ok(seen) => link_page::to_sign(&name.0, &seen, None),
        Err(error) => not_to_sign(&deals, &name.0, error).await,
    }
}

/// What whoever follows a link sees.
pub(super) struct Seen {
    pub(super) body: LinkBody,
    pub(super) text: Document,
    /// Is it an amendment of a contract that is signed?
    pub(super) is_amendment: bool,
}

impl Seen {
    async fn read(tx: &mut Tx, link: &Link, contract: &Contract) -> Result<Self> {
        let body = body(tx, link, contract).await?;
        let text = Document::thawed(&body.document)?;
        Ok(Self { body, text, is_amendment: link.version > contract.version })
    }
}

async fn look(deals: &Deals, peer: Peer, token: &str) -> Result<Seen> {
    let app = deals.app();
    let now = app.clock().now();
    let link = opened(&mut app.read().await?, token, now).await?;
    if link.viewed_at.is_none() {
        // That it was read before it was signed is worth an entry in the trail, once.
        let act = Act::new(deals, Scope::system(), Actor::at(Who::Link(link.id), peer));
        let mut tx = app.write().await?;
        let contract = act.lock(&mut tx, link.contract_id).await?;
        if store::mark_viewed(&mut tx, &link, act.now).await? {
            let detail = json!({"version": link.version, "party": link.party});
            act.record(&mut tx, &contract, "viewed", &detail).await?;
            tx.commit().await?;
        }
    }
    let mut tx = app.read().await?;
    let contract = store::find(Scope::system(), &mut tx, link.contract_id).await?;
    let contract = contract.ok_or_else(|| Error::not_found("Contract"))?;
    Seen::read(&mut tx, &link, &contract).await
}

/// The page of a link by which nothing can be signed (any more): it says what to do.
async fn not_to_sign(deals: &Deals, token: &str, error: Error) -> Response {
    let app = deals.app();
    let copy = async {
        let link = known(&mut app.read().await?, token).await?;
        Ok::<_, Error>(may_be_read(&link, app.clock().now()))
    };
    // Whoever has signed by it may still fetch what they signed.
    let copy = copy.await.unwrap_or(false);
    let message = error.message().to_owned();
    let kind = error.kind();
    let status = ApiError(error).into_response().status();
    link_page::not_good(token, (status, kind), &message, copy)
}

fn may_be_read(link: &Link, now: Timestamp) -> bool {
    matches!(link.status.as_str(), "open" | "used") && link.expires_at > now
}

/// Download a contract as PDF by a mailed link
///
/// What the link asks to sign, or what was signed by it: as long as the link would be good.
#[utoipa::path(get, path = "/api/v1/contracts/sign/{token}/pdf", tag = "Contracts", security(()),
    params(("token" = String, Path, description = "The token of the mail")), responses(
    (status = 200, description = "The PDF", body = inline(http_base::Binary), content_type = "application/pdf"),
    (status = 409, description = "The link is void or has expired"),
))]
pub(super) async fn pdf(State(deals): State<Deals>, name: Named) -> Answer<Response> {
    let (app, scope) = (deals.app(), Scope::system());
    let mut tx = app.read().await?;
    let link = known(&mut tx, &name.0).await?;
    if !may_be_read(&link, app.clock().now()) {
        return Err(Error::conflict("The link is not good any more; ask whoever sent it for a new one").into());
    }
    let contract = store::find(scope, &mut tx, link.contract_id).await?;
    let contract = contract.ok_or_else(|| Error::not_found("Contract"))?;
    let version = store::version(&mut tx, &contract, link.version).await?;
    let version = version.ok_or_else(|| Error::not_found("Version"))?;
    let text = Document::thawed(&version.document)?;
    let paper = paper(&mut tx, &contract, (text, &version.document)).await?;
    drop(tx);
    draw(paper).await
}

/// How one signs by a link.
#[derive(Input)]
#[input(name = "SignByLink")]
pub(super) struct LinkInput {
    /// The name, typed in: this is the signature.
    #[input(text(200), example = "Ana Ferreira")]
    name: String,
    /// The `document_hash` that was read; 409 if another text is signed under this link.
    #[input(text(64))]
    document_hash: Option<String>,
}

/// What the page's form sends. A program that calls the route has read what it does; on the page one says so.
#[derive(Input)]
#[input(name = "SignByLinkForm")]
pub(super) struct LinkForm {
    #[input(flatten)]
    input: LinkInput,
    /// Ticked.
    #[input(text(10), missing = "must be ticked: you sign only what you agree to")]
    #[expect(dead_code, reason = "what counts is that it is there")]
    agreed: String,
}

/// Sign a contract by a mailed link
///
/// The link is good for one signature. The form of the page is answered with a page.
#[utoipa::path(post, path = "/api/v1/contracts/sign/{token}", tag = "Contracts", security(()),
    request_body(content((LinkInput = "application/json"), (LinkForm = "application/x-www-form-urlencoded"))),
    params(("token" = String, Path, description = "The token of the mail")), responses(
    (status = 200, description = "Signed; `status` is `signed` once both sides have",
        content((LinkBody = "application/json"), (String = "text/html"))),
    (status = 409, description = "The link was used, is void or has expired, it is the other side's turn, or the text is another"),
))]
pub(super) async fn sign(State(deals): State<Deals>, peer: Peer, name: Named, request: Request) -> Response {
    let media_type = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if media_type.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("application/x-www-form-urlencoded")
    {
        return sign_on_page(&deals, peer, &name.0, request).await;
    }
    let input = match Body::<LinkInput>::from_request(request, &deals).await {
        Ok(Body { input, .. }) => input,
        Err(error) => return error.into_response(),
    };
    match put_under(&deals, peer, &name.0, input).await {
        Ok(seen) => Json(seen.body).into_response(),
        Err(error) => ApiError(error).into_response(),
    }
}

async fn sign_on_page(deals: &Deals, peer: Peer, token: &str, request: Request) -> Response {
    let read = match http_base::body::whole(deals.app(), request).await {
        Ok(bytes) => read_form::<LinkForm>(&bytes),
        Err(error) => Err(error),
    };
    let signed = match read {
        Ok(form) => put_under(deals, peer.clone(), token, form.input).await,
        Err(error) => Err(error),
    };
    match signed {
        Ok(seen) => link_page::signed(token, &seen),
        // What can be put right is shown on the page to sign again.
        Err(error) => match look(deals, peer, token).await {
            Ok(seen) => link_page::to_sign(token, &seen, Some(&error)),
            Err(_) => not_to_sign(deals, token, error).await,
        },
    }
}

/// The most that the page's form sends.
pub(super) const FORM_BYTES: usize = 16 << 10;

/// Puts the signature under the text of a link.
async fn put_under(deals: &Deals, peer: Peer, token: &str, input: LinkInput) -> Result<Seen> {
    let app = deals.app();
    let found = opened(&mut app.read().await?, token, app.clock().now()).await?;
    let act = Act::new(deals, Scope::system(), Actor::at(Who::Link(found.id), peer));
    let mut tx = app.write().await?;
    let mut contract = act.lock(&mut tx, found.contract_id).await?;
    // Again, now that nobody else moves the contract: of two who use a link at once, one has.
    let link = opened(&mut tx, token, act.now).await?;
    if let Some(read) = input.document_hash {
        let version = store::version(&mut tx, &contract, link.version).await?;
        if version.is_some_and(|version| !version.document_hash.eq_ignore_ascii_case(&read)) {
            return Err(Error::conflict("The text under this link is not the one you read; read it again"));
        }
    }
    let is_amendment = link.version > contract.version;
    let signing = SignInput { name: Some(input.name), attest_counterpart: None };
    ops::sign(&act, &mut tx, &mut contract, link.version, link.party, &signing).await?;
    let seen = Seen { is_amendment, ..Seen::read(&mut tx, &link, &contract).await? };
    tx.commit().await?;
    Ok(seen)
}
