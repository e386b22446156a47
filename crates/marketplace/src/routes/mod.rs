//! The routes of offers and applications.

mod applications;
mod decide;
mod invitations;
mod list;
mod offers;
mod preferences;
mod shapes;

use http_base::Routes;
use kernel::{Account, Error, Kind, Result, UserType, WorkspaceId};

use crate::Marketplace;

/// Every route of the marketplace.
pub fn router(market: Marketplace) -> Routes {
    Routes::new()
        .merge(list::router())
        .merge(offers::router())
        .merge(invitations::router())
        .merge(preferences::router())
        .merge(applications::router())
        .merge(decide::router())
        .with_state(market)
}

/// The workspace of a business; whoever is none makes no offers.
fn business(account: &Account) -> Result<WorkspaceId> {
    match (account.user_type, account.workspace) {
        (UserType::Business, Some(workspace)) => Ok(workspace),
        _ => Err(Error::new(Kind::Forbidden, "This is for businesses: log in with an account of one")),
    }
}

/// A creator; whoever is none does not look for work.
fn creator(account: &Account) -> Result<()> {
    match account.user_type {
        UserType::Creator => Ok(()),
        _ => Err(Error::new(Kind::Forbidden, "This is for creators: log in with an account of one")),
    }
}
