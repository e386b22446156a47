//! The assistant: what it makes of a message, and how it answers.

mod answer;
mod phrases;
mod react;
pub(crate) mod words;

pub(crate) use answer::{ANSWER, answer_job, want_answer};
pub(crate) use react::react;
