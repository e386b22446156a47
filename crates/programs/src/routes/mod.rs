//! The routes of programs.

mod changes;
mod enrolments;
mod list;
mod node_types;
mod nodes;
mod publish;
mod shapes;

pub(crate) use list::read;

use db::Tx;
use http_base::{Named, Routes};
use kernel::{Error, Result, WorkspaceId};

use crate::rows::Program;
use crate::{Programs, store};

pub(crate) fn router() -> Routes<Programs> {
    Routes::new()
        .merge(node_types::router())
        .merge(list::router())
        .merge(changes::router())
        .merge(publish::router())
        .merge(nodes::router())
        .merge(enrolments::router())
        .merge(crate::many::router())
        .merge(crate::simulate::router())
        .merge(crate::figures::split::router())
}

pub(crate) fn no_program() -> Error {
    Error::not_found("Program")
}

/// The program of this name.
pub(crate) async fn find(tx: &mut Tx, hub: WorkspaceId, name: &Named) -> Result<Program> {
    store::programs::find(hub, tx, name.id("Program")?).await?.ok_or_else(no_program)
}

/// The same, as nobody else changes it until the transaction is over.
pub(crate) async fn lock(tx: &mut Tx, hub: WorkspaceId, name: &Named) -> Result<Program> {
    store::programs::locked(hub, tx, name.id("Program")?).await?.ok_or_else(no_program)
}

/// What is said to whoever changes what somebody else has changed meanwhile.
const CHANGED: &str = "Somebody else changed the program meanwhile; read it again, and repeat your change";
