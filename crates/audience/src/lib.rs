//! Whom a coach coaches: the members of an audience (document E calls them users), what is known of them, and what happens with them.
//!
//! - A member is a person whom a coach reaches over a channel, and never an account. An audience belongs to the hub of an account
//!   ([`kernel::Account::hub`]), and nobody else finds its members, administrators included.
//! - A member has several identities, and each identity is one member's within a workspace and channel: however many reach for it at once.
//! - When somebody did something last never moves back. What happened is a row, and moves the sums of its day in the same transaction.
//! - Lists are served by indices and by counts that are kept; a search looks at a bounded number of rows. `store/listing` has the argument.
//! - What others do with members, in their own transactions, is in [`members`]; what the audience asks of others, in [`ports`].

pub mod calendar;
mod data;
pub mod events;
pub mod figures;
mod jobs_of_audience;
pub mod members;
mod migrations;
mod model;
pub mod ports;
mod routes;
mod spread;
mod state;
mod store;
#[doc(hidden)]
pub mod testing;
pub mod text;
mod told;
mod transfer;

pub use migrations::MIGRATIONS;
pub use model::time_zone;
pub use model::{
    Badge, BadgeId, Channel, Ended, EndedId, How, Identity, IdentityKind, IdentityRow, ImportId, Interaction,
    InteractionId, InteractionKind, Member, MemberId, Name, Note, NoteId, Permission, Permitted, Purpose, Seed,
    cleaned,
};
pub use spread::spread;
pub use state::{Audience, Parts};

use http_base::{Routes, Slice};

/// Every route of the audience.
pub fn router(audience: Audience) -> Routes {
    routes::router().with_state(audience)
}

/// What the audience does by itself.
pub fn jobs(audience: &Audience) -> ::jobs::Registry {
    jobs_of_audience::jobs(audience)
}

/// All of it, for the server.
pub fn slice(audience: &Audience) -> Slice {
    Slice::new("audience", router(audience.clone())).jobs(jobs(audience)).data(data::kept(audience))
}
