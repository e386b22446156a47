//! All of the SQL of collaborations.

mod collaborations;
mod standings;
mod timeline;

pub use collaborations::{Counts, by_application, counts_by_offer, find, insert, lock, save};
pub use standings::{hold, keep, standing};
pub use timeline::{Entry, record, timeline};
