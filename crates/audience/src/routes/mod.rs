//! The routes of the audience: document E's users, and what belongs to them.

mod badges;
mod changes;
mod erasures;
mod identities;
mod interactions;
mod list;
mod notes;
mod permissions;
mod shapes;
mod tables;
mod tags;

use db::Tx;
use http_base::Routes;
use http_base::path::Two;
use kernel::{Error, Result, WorkspaceId};

use crate::{Audience, Member, MemberId, members};

pub(crate) fn router() -> Routes<Audience> {
    Routes::new()
        .merge(list::router())
        .merge(changes::router())
        .merge(tags::router())
        .merge(notes::router())
        .merge(identities::router())
        .merge(permissions::router())
        .merge(interactions::router())
        .merge(badges::router())
        .merge(erasures::router())
        .merge(tables::router())
}

/// What is said of a member who is not there, or somebody else's.
fn no_user() -> Error {
    Error::not_found("User")
}

/// The member of this name, to be read.
async fn find(tx: &mut Tx, hub: WorkspaceId, name: &str) -> Result<Member> {
    let id: MemberId = name.parse().map_err(|_| no_user())?;
    members::get(tx, hub, id).await?.ok_or_else(no_user)
}

/// The member of this name, whom nobody else changes until the transaction is over.
async fn lock(tx: &mut Tx, hub: WorkspaceId, name: &str) -> Result<Member> {
    let id: MemberId = name.parse().map_err(|_| no_user())?;
    members::lock(tx, hub, id).await?.ok_or_else(no_user)
}

/// The second of two names, as an id.
fn second<T: std::str::FromStr>(two: &Two, thing: &str) -> Result<T> {
    two.1.parse().map_err(|_| Error::not_found(thing))
}
