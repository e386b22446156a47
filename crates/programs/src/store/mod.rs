//! All SQL of this crate.

pub(crate) mod enrolments;
pub(crate) mod programs;
pub(crate) mod replies;
pub(crate) mod sums;
