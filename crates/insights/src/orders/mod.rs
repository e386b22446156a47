//! Orders: what a tracked link or a promo code led to, told by the shop.

mod import;
mod model;
mod ops;
mod routes;
mod store;

pub use model::{Order, OrderId};
pub(crate) use routes::router;
