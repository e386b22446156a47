//! Workspaces: the tenants that own campaigns, contracts, payments and outreach, and who is in them.
//!
//! Invariants: a workspace always has an owner; a business always works in a workspace that it is a member of. Whatever
//! changes who is in a workspace takes its row first ([`store::hold`]), so that such changes come one after the other,
//! and moves the version of the sessions, so that it counts from the next request on.

pub(crate) mod invitations;
mod mail;
pub mod model;
mod routes;
pub mod store;

pub use model::{InvitationId, Membership, Workspace};
pub(crate) use routes::{enter, router};
