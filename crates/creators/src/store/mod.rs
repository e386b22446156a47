//! All of the directory's SQL.

mod bulk;
mod compare;
pub(crate) mod corrections;
mod read;
mod vectors;
mod write;

pub use bulk::{Batch, Outcome, Row, Seen, upsert};
pub(crate) use compare::{Compared, nearest, products, stored};
pub use read::{
    added_by, by_id, by_ids, claimed_by, claimed_on, claims, count, export_after, held_by, is_known, mentioning, names,
    of_ids, same_as,
};
pub use vectors::{forget_vectors, save_vector, save_vectors, stale, stale_count};
pub use write::{claim, delete, disclaim, insert, is_proved, prove, proved_address, unprove, update, withdraw};
