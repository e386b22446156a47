//! What programs do by themselves.

use std::sync::Arc;

use ::jobs::Registry;

use crate::Programs;
use crate::engine::{self, Tick};

/// The service that moves runs, and the jobs that leave the house.
pub fn jobs(of: &Programs) -> Registry {
    let mut registry = Registry::new();
    registry.service(Arc::new(Tick(of.clone())));
    engine::register(&mut registry, of);
    registry
}
