//! creators
