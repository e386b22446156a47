//! Vectors in memory and in PostgreSQL: the same answers, to the last hundredth, and what happens where pgvector is missing.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod in_doubt;
mod in_full;
mod nearest;
mod prepare;
mod ranking;
mod spaces;
mod world;
