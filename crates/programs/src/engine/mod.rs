//! What moves runs: a service that looks each second for what is due, and at once for what was heard.
//!
//! Whoever moves a run compares its step, in the transaction that also has the message and everything else that the step wants. So nothing is said
//! twice and nothing is lost, whoever dies when; and two processes that want to move the same run come after each other, and the second finds that
//! it stands elsewhere.

mod apply;
mod errands;
mod follower;
mod plan;
mod tick;
mod triggers;

pub(crate) use apply::{tell_progress, tell_progress_of};
pub(crate) use errands::register;
pub use follower::Listening;
pub(crate) use plan::{Known, person};
pub(crate) use tick::Tick;
pub(crate) use triggers::subscribers;

/// The job that asks the assistant.
pub(crate) const ASK: &str = "programs.ask";
/// The job that asks another server.
pub(crate) const FETCH: &str = "programs.fetch";
