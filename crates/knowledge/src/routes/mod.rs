//! The routes of knowledge: of the hub in which whoever asks works.

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
use kernel::{Error, Result};

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

/// The base that a path names, of the hub of whoever asks. An administrator has a hub of their own, and is shown nobody else's.
async fn base_of(member: &Member, tx: &mut Tx, name: &str) -> Result<Base> {
    let id: BaseId = Named(name.to_owned()).id("Knowledge base")?;
    let found = store::bases::find(member.scope(), tx, id).await?.filter(|base| base.owner_id == member.hub());
    found.ok_or_else(|| Error::not_found("Knowledge base"))
}

/// A document that a path names.
async fn document_of(tx: &mut Tx, base: &Base, name: &str) -> Result<Document> {
    let id = Named(name.to_owned()).id("Document")?;
    store::documents::find(tx, base, id).await?.ok_or_else(|| Error::not_found("Document"))
}
