//! Taking one's data out, and being erased.
//!
//! What is told and what is taken away is each slice's ([`http_base::data`]); accounts knows none of them. What the law makes a
//! business keep (contracts, payments) stands by its ids; what says who the person was is gone.
//!
//! An export is JSON Lines, `{"section": …, "record": …}` one by one and a last line that counts them: it is written and read
//! without ever being held whole, and one that was cut off is seen to be. It is kept in the database, so that any process serves it.

mod elsewhere;
mod erase;
mod export;
mod routes;
mod sections;
mod store;

use http_base::data::Data;

pub(crate) use export::register;
pub(crate) use routes::router;

/// What accounts keeps itself. It is taken away by [`erase`], which does more than an eraser.
pub(crate) fn own() -> Data {
    Data::told(sections::OWN.iter().copied())
}
