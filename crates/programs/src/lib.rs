//! Programs: what a coach draws once, and every member walks through at their own pace.
//!
//! - A flow is nodes and edges ([`model::Flow`]); what runs is a version that was published, and never changes. A run is pinned to one.
//! - A step of a run is pure ([`model::step()`]). What it wants done is written down together with the run, which is compared by its step: nothing is
//!   said twice, and nothing is lost.
//! - Runs wait in an index of when they are due; nothing else wakes them but what members write, and what is told about them.
//! - Everything that is said goes through channels, and so through their one gate. While a person has a member's conversation, what is due waits.
//! - What leaves the house is a job; what comes back is an event of the run that asked.
//! - Figures are sums, moved in the transaction of what they count.

mod data;
mod engine;
mod enrol;
pub mod events;
pub mod figures;
mod flows;
mod jobs_of_programs;
mod many;
mod migrations;
pub mod model;
mod outside;
pub mod ports;
mod routes;
mod rows;
mod simulate;
mod state;
mod store;
#[doc(hidden)]
pub mod testing;

pub use data::TakingPart;
pub use engine::Listening;
pub use events::EVENTS;
pub use flows::Published;
pub use jobs_of_programs::jobs;
pub use many::Settings;
pub use migrations::MIGRATIONS;
pub use model::{EnrolmentId, Flow, ProgramId};
pub use outside::{Enrolled, Stalled, enrol, near_end, next_due, stalled, taking_part};
pub use rows::{Enrolment, EnrolmentStatus, Program, ProgramSettings, ProgramStatus, Version};
pub use state::{Parts, Programs};

use ::events::Subscribers;
use http_base::{Routes, Slice};

/// Every route of programs.
pub fn router(of: Programs) -> Routes {
    routes::router().with_state(of)
}

/// Everyone who follows events for programs.
pub fn subscribers(of: &Programs) -> Subscribers {
    engine::subscribers(of)
}

/// All of it, for the server.
pub fn slice(of: &Programs) -> Slice {
    Slice::new("programs", router(of.clone())).jobs(jobs(of)).data(data::kept()).subscribers(subscribers(of))
}
