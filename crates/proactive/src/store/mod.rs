//! All SQL of proactive rules. Whose they are comes first, and stands in each statement; or a loaded rule is the proof.

pub(crate) mod days;
pub(crate) mod firings;
pub(crate) mod marks;
pub(crate) mod rules;
