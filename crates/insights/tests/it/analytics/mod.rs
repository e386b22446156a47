//! How figures are read, through the routes.

mod campaign;
mod dashboard;
mod sums;
mod throughput;
pub(crate) mod world;

pub(crate) use world::World;
