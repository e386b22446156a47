//! Our own derives: what is said once of a struct or an enum, and follows from it everywhere.
//!
//! Each macro has a module of its own, and the crate that it writes code for documents what it is for.
