//! Fresh databases for tests, of both engines: a SQLite file in a temporary folder, and a database on a private PostgreSQL server.
//!
//! For tests only; a fault here panics.
#![expect(clippy::expect_used, clippy::missing_panics_doc, reason = "a test that cannot have its database must fail")]

mod databases;
mod folder;
pub mod pg;

pub use databases::{FreshDb, engines, fresh_db, fresh_db_with};
pub use derive::both_engines;
pub use folder::TempFolder;
