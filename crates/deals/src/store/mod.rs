//! All of the contracts' SQL.

mod audit;
mod contracts;
mod deliverables;
mod for_analytics;
mod links;
mod versions;

pub use audit::{Entry, append, broken_links, trail};
pub use contracts::{
    Listed, Wanted, are_parties, contracts_after, due_to_expire, find, insert, list, lock, names, save,
};
pub use deliverables::{by_id, contracts_with_late, deliverables, make_late, move_deliverable, replace_deliverables};
pub use for_analytics::{Agreed, Handed, agreed_by_creator, counts, handed_by_creator};
pub use links::{
    Link, add_link, asked_since, by_token, due_reminders, mark_viewed, open_link, take_reminder, void_links, waiting,
};
pub use versions::{
    Signature, Version, add_signature, add_version, last_version, settle_version, signatures, version, versions,
};
