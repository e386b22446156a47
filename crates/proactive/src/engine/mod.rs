//! How rules notice, and what they do then.
//!
//! `scan` looks for what has crossed since it looked last, and writes a firing for each silence. `send` carries out what is due, after it has
//! asked everything once more. `follow` hears what members answer, and what became of messages. `marks` keeps what no index of others tells.
//!
//! Whoever needs a conversation's lock takes it before that of a firing, and the sums of a day come last.

pub(crate) mod find;
mod follow;
pub(crate) mod jobs;
pub(crate) mod marks;
pub(crate) mod scan;
mod send;

pub use follow::Follows;
