//! Promo codes: what creators tell people to type in at the till.

mod model;
mod routes;
mod store;

pub use model::{PromoCode, PromoCodeId};
pub(crate) use model::{key_of, promo_code};
pub(crate) use routes::router;
pub(crate) use store::by_keys;
