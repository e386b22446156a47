//! Passwords: how good a new one must be, and how they are hashed.

mod hasher;
mod strength;

pub use hasher::{Fit, Hasher};
pub use strength::{fault, fault_of_length};
