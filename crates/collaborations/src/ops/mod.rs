//! What is done to collaborations, by routes and by jobs alike: each inside a transaction that has locked the collaboration.

mod open;

pub use open::open;
