//! Programs that are tried out: a walk by a clock that is moved, which says nothing to anybody, stores nothing and counts nothing.
//!
//! The walk is the same [`crate::model::step()`] that moves real runs, and what it says is weighed by the same gate of channels.

mod dry;
mod gated;
mod routes;
mod shapes;
mod walk;

use http_base::Routes;

use crate::Programs;

pub(crate) fn router() -> Routes<Programs> {
    Routes::new().merge(routes::router()).merge(dry::router())
}
