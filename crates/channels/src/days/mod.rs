//! Sums by day, moved in the transaction of what they count, and what is told of them.

mod routes;
pub mod store;

pub(crate) use routes::router;
