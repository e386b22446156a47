//! The directory of creators: entries, their vectors, the catalogue that lists and searches run on, import and export.
//!
//! Invariants: an entry is one person on one platform, and a handle stands once on each platform (an address may be an agency's, of
//! many). Every change moves the directory to a new version (`seq`), by which the catalogue, here and in other processes, follows.
//! Vectors of different models are never compared. The directory is shared: everyone with an account reads it, but for how the people
//! in it are reached and what a workspace keeps to itself; an entry is changed by who added it, by the person it is about, and by an
//! admin ([`rights`]).

pub mod catalogue;
mod compare;
pub mod data;
mod directory;
mod embedding;
pub mod identity;
mod jobs;
mod migrations;
pub mod model;
pub mod rights;
mod routes;
mod slice;
pub mod store;
#[doc(hidden)]
pub mod testing;
mod transfer;
pub mod vectors;

#[cfg(test)]
mod tests;

pub use catalogue::{Catalogue, Columns, Filter, Order, Sees};
pub use directory::Directory;
pub use embedding::LocalEmbedder;
pub use jobs::{embed_stale, jobs};
pub use migrations::MIGRATIONS;
pub use model::{Creator, CreatorBody, CreatorChanges, Details, NewCreator, Visibility, title_case};
pub use rights::{References, Referring, Refers, Viewer};
pub use routes::router;
pub use slice::slice;
pub use transfer::{Dialect, Fate, Format, ImportReport, RowFate, RowFault, Said, export_batch, export_head, import};
