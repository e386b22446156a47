//! Reports of what people see here, and what administrators do about them.
//!
//! - One has at most one open report of a thing, and [`model::MOST_A_DAY`] reports a day. What one may not see one cannot report: it is not there.
//! - A report is decided once; of two administrators who press at the same time one is told that the other was quicker. What a decision
//!   did (hidden, suspended) is undone by `routes`' restore, once.
//! - Every decision stands in the audit log, and is told by an event with ids alone; its reason is read by whom it concerns.
//! - Things belong to other slices. They are reached by the trait [`Moderated`], one for each kind; the wiring gives them.

pub mod data;
pub mod events;
mod migrations;
pub mod model;
mod port;
mod profiles;
mod routes;
mod state;
mod store;

pub use migrations::MIGRATIONS;
pub use model::{Action, Reason, Report, ReportId, Subject};
pub use port::{Moderated, Seen};
pub use profiles::Profiles;
pub use routes::router;
pub use state::Moderation;

/// All of it, for the server.
pub fn slice(moderation: &Moderation) -> http_base::Slice {
    http_base::Slice::new("moderation", router(moderation.clone())).data(data::kept())
}
