//! The routes of knowledge. All of them are for creators, and about what is their own.

mod bases;
mod contradictions;
mod corrections;
mod documents;
mod gaps;
mod questions;
mod shapes;
mod upload;

use db::Tx;
use http_base::{Member, Named, Routes};
use kernel::{AccountId, Error, Kind, Result, UserType};

use crate::Knowledge;
use crate::model::{Base, BaseId, Document};
use crate::store;

/// Every route of knowledge.
pub fn router(of: Knowledge) -> Routes {
    Routes::new()
        .merge(bases::router())
        .merge(upload::router())
        .merge(documents::router())
        .merge(questions::router())
        .merge(gaps::router())
        .merge(corrections::router())
        .merge(contradictions::router())
        .with_state(of)
}

/// The creator who asks; everybody else is refused.
fn creator(member: &Member) -> Result<AccountId> {
    match member.user_type {
        UserType::Creator => Ok(member.id),
        _ => Err(Error::new(Kind::Forbidden, "Knowledge bases are for creators: log in with an account of one")),
    }
}

/// The base that a path names, of the creator who asks.
async fn base_of(member: &Member, tx: &mut Tx, name: &str) -> Result<Base> {
    creator(member)?;
    let id: BaseId = Named(name.to_owned()).id("Knowledge base")?;
    store::bases::find(member.scope(), tx, id).await?.ok_or_else(|| Error::not_found("Knowledge base"))
}

/// A document that a path names.
async fn document_of(tx: &mut Tx, base: &Base, name: &str) -> Result<Document> {
    let id = Named(name.to_owned()).id("Document")?;
    store::documents::find(tx, base, id).await?.ok_or_else(|| Error::not_found("Document"))
}
