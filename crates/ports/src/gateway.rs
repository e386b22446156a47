//! The way money moves.
