//! Webhooks out: what happens here is told to other programs, as Standard Webhooks has it.
//!
//! - A subscription belongs to the hub of an account ([`kernel::Account::hub`]): the workspace of a business, or a creator's own. It is told of events
//!   of that hub, and of events that concern its owner as the other side of a deal ([`ports::Sides`]).
//! - An event becomes a delivery by the subscriber `webhooks` of the event log: one row for each subscription and event, however often the event is brought.
//!   What is sent is fixed then, and is the same bytes at every attempt.
//! - A courier sends it ([`delivery`]): 2xx is an arrival, everything else is tried again after the schedule of [`model::schedule`]. At most four requests
//!   are on their way to one host, and hosts take turns: who does not answer slows nobody else.
//! - Who has failed for five days without a success is disabled, and so is who answers 410; its owners are told by the event `webhook.disabled`.
//! - Secrets are sealed, and told once, when they are generated. Addresses are judged when they are asked ([`::ports::outward`]).

mod carrier;
mod catalogue;
mod compose;
mod data;
pub mod events;
mod follow;
mod hosts;
mod jobs_of_webhooks;
mod migrations;
pub mod model;
pub mod ports;
mod routes;
mod state;
mod store;

pub use catalogue::Catalogue;
pub use data::Keeping;
pub use jobs_of_webhooks::jobs;
pub use migrations::MIGRATIONS;
pub use state::{Parts, Webhooks};

use http_base::{Routes, Slice};

/// Every route of webhooks.
pub fn router(webhooks: Webhooks) -> Routes {
    routes::router().with_state(webhooks)
}

/// Who follows the event log here.
pub fn subscribers(webhooks: &Webhooks) -> ::events::Subscribers {
    follow::subscribers(webhooks)
}

/// All of it, for the server.
pub fn slice(webhooks: &Webhooks) -> Slice {
    Slice::new("webhooks", router(webhooks.clone()))
        .jobs(jobs(webhooks))
        .subscribers(subscribers(webhooks))
        .data(data::kept(webhooks))
}
