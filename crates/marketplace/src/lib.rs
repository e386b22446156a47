//! The marketplace: offers of businesses, and applications of creators to them.

pub mod events;
