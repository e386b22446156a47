//! Proactive rules: who has gone quiet is noticed, and written to.
//!
//! - A rule looks by a cursor for whatever crosses its threshold, and writes one firing for each silence, however many look at the same time.
//!   It looks back at most seven days, so that a new rule does not write to everybody.
//! - What is due is asked once more before anything is done: does it still hold, is the rule active, has the member had enough, does a person
//!   have the conversation? What is not carried out has a reason, and is counted by it.
//! - A member's message ends whatever has not gone out yet, in its own transaction, and is credited to the latest firing alone.
//! - Members who are held out are treated alike in everything but that nothing is done: so it can be said what a rule adds.
//! - Figures are sums by day, moved in the transaction of what they count.

mod data;
mod engine;
pub mod events;
mod migrations;
pub mod model;
pub mod ports;
mod preview;
mod routes;
mod settings;
mod state;
mod store;
#[doc(hidden)]
pub mod testing;

pub use data::Keeping;
pub use engine::Follows;
pub use migrations::MIGRATIONS;
pub use model::{FiringId, RuleId};
pub use settings::Settings;
pub use state::Proactive;

use http_base::{Routes, Slice};

/// Every route of proactive rules.
pub fn router(of: &Proactive) -> Routes {
    routes::router().with_state(of.clone())
}

/// What proactive rules do by themselves.
pub fn jobs(of: &Proactive) -> ::jobs::Registry {
    engine::jobs::registry(of)
}

/// Whom of events they follow.
pub fn subscribers(of: &Proactive) -> ::events::Subscribers {
    engine::jobs::subscribers(of)
}

/// All of it, for the server.
pub fn slice(of: &Proactive) -> Slice {
    Slice::new("proactive", router(of)).jobs(jobs(of)).subscribers(subscribers(of)).data(data::kept())
}
