//! What providers tell: let in by its signature, written down as it came, answered at once, and worked afterwards.

mod echo;
mod handle;
mod intake;
pub(crate) mod journal;
mod routes;

pub(crate) use handle::{Incoming, receive};
pub(crate) use intake::Intake;
pub(crate) use routes::router;
