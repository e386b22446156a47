//! Keys for programs: made by a person's own log-in, shown once, bearer tokens until they are revoked.
//!
//! A key stays in the workspace that it was made for, and may never do more than its account may there at present: of someone who
//! was taken out it is dead, of a viewer it only reads. What is stored is its SHA-256 and its last four letters.

mod authenticate;
pub mod model;
mod routes;
pub mod store;

pub(crate) use authenticate::{Kept, all_alive, authenticate};
pub use model::KeyBody;
pub(crate) use routes::router;

/// What every key begins with.
pub const PREFIX: &str = "ifk_";
