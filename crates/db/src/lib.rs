//! The database: SQLite and PostgreSQL behind one `Db` and one `Tx`, with one text for both.
//!
//! - [`Db`] opens, lends connections, knows versions; [`Tx`] runs statements; [`args!`], [`Sql`] and [`ToColumn`] are what is
//!   bound; [`FromRow`], [`FromColumn`] and [`Row`](struct@Row) are what comes back.
//! - The derive [`Row`](derive@Row) makes a struct a row that is read, [`Stored`] (inserted) and [`Saved`] (compared and set);
//!   a [`Listing`] is a page and its count; the derive of [`kernel::Words`] makes an enum stand in a column.
//! - On SQLite there is one writer, and group commit: see `sqlite/lane.rs`; which thread runs a statement: `sqlite/connection.rs`.
//! - [`Migration`]s are written once. Ids are `{id}`, moments and money `BIGINT`, booleans `BOOLEAN`, floats `DOUBLE PRECISION`,
//!   JSON `TEXT`, bytes `{bytes}`. No deferred constraints: on SQLite they would fail their neighbours' commit too.
//! - Faults of the disk, the file and the server are [`kernel::Kind::Unavailable`] with one sentence that says what to do.

mod backup;
mod bulk;
mod events;
mod fault;
mod figures;
mod fresh;
mod hooks;
mod listing;
mod migrate;
mod postgres;
mod row;
mod settings;
mod sink;
mod sql;
mod sqlite;
mod store;
mod stored;
mod topics;
mod tx;
mod value;

// So that what the derives write also holds in here.
extern crate self as db;

pub use derive::Row;
#[doc(hidden)]
pub use kernel;

pub use events::{EVENTS, EventId, EventMarker, EventRow, Listener, Position, Waiting};
pub use figures::{Figures, gauges};
pub use listing::Listing;
pub use migrate::Migration;
pub use row::{Cell, ColumnIndex, FromColumn, FromRow, Row};
pub use settings::{Engine, Settings};
pub use sql::{Sql, contains_pattern};
pub use store::Db;
#[doc(hidden)]
pub use stored::columns_of;
pub use stored::{Save, Saved, Stored};
pub use topics::Versions;
pub use tx::Tx;
#[doc(hidden)]
pub use value::word_of;
pub use value::{Json, ToColumn, Value};
