//! Collaborations and what hangs on them, as they are told.

mod collaboration;
mod content;
mod details;
mod parts;
mod people;

pub(super) use collaboration::CollaborationBody;
pub(super) use content::{FileBody, SubmissionBody};
pub(super) use details::DetailsBody;
pub(super) use parts::{DisputeBody, EntryBody, MoneyBody, RatingBody, StatementBody, seen_ratings};
pub(super) use people::{People, StandingBody};
