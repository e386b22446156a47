//! What tests of the server's routes need: a client that asks in this process, answers that can be judged, and (from
//! `testkit-db`) fresh databases of both engines.
//!
//! For tests only; a fault here panics. It knows nothing of the routes: whoever tests hands in the service.
#![expect(
    clippy::expect_used,
    clippy::missing_panics_doc,
    reason = "a test that cannot ask, or is answered something else, must fail"
)]

mod client;
mod document;
mod form;
mod people;
mod read;
mod reply;
mod stream;

pub use client::Client;
pub use form::Form;
pub use people::{People, Someone};
pub use read::read;
pub use reply::{Reply, check_error_body};
pub use stream::{Stream, StreamEvent};
pub use testkit_db::{FreshDb, TempFolder, both_engines, engines, fresh_db, fresh_db_with, pg};
