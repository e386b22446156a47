//! The tables of this crate.

use db::Migration;

/// What this crate keeps.
pub const MIGRATIONS: &[Migration] = &[];
