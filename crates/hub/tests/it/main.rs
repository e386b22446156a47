//! A coach's figures through its routes, on both engines.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod days;
mod exports;
mod figures;
mod pace;
mod world;
