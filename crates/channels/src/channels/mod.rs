//! Channels: how they are made, checked and told.

mod checklist;
pub mod configuration;
mod model;
pub mod origins;
mod routes;
mod rules;
pub mod secrets;
mod shapes;
pub mod store;
mod verify;

pub use model::{Channel, ChannelId, Status};
pub(crate) use routes::router;
pub(crate) use verify::{VERIFY, account_of, verify_job};
