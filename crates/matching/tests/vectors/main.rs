//! Vectors in memory and in PostgreSQL: the same answers, to the last hundredth, and what happens where pgvector is missing.

mod in_doubt;
mod nearest;
mod prepare;
mod ranking;
mod spaces;
mod world;
