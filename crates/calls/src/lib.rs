//! Phone calls: the provider's agent (ElevenLabs) or our own conversation (Twilio), on one entry of the outreach log.
//!
//! - A call is a row before any provider is asked, and is asked for once; what a crash leaves open, a job finds in the
//!   provider's list. It only ever moves on, whatever order events come in.
//! - Before every provider that rings stands the gate: a recorded consent, nobody on the do-not-call list, a number that a person may have
//!   in a country that is called, the hours of that country, and so many calls and minutes a day. A mock call, which rings nobody, tells
//!   what a real one would have been refused for.
//! - Talks live in the database, and every turn is written once: any process can answer the next one.

pub mod data;
pub mod events;
mod following;
mod gate;
mod jobs;
mod migrations;
pub mod model;
mod moves;
mod numbers;
mod phone;
mod placing;
mod routes;
mod settings;
mod state;
pub mod store;
mod sync;
mod talk;
mod twiml;

pub use jobs::jobs;
pub use migrations::MIGRATIONS;
pub use phone::{Hours, Window};
pub use routes::router;
pub use settings::{Countries, Settings};
pub use state::Calls;

/// All of it, for the server.
pub fn slice(calls: &Calls) -> http_base::Slice {
    http_base::Slice::new("calls", router(calls.clone()))
        .jobs(jobs(calls))
        .subscribers(following::subscribers(calls))
        .data(data::kept())
}
