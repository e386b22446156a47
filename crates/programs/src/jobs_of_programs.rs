//! What programs do by themselves.

use std::sync::Arc;

use ::jobs::Registry;

use crate::engine::{self, Tick};
use crate::{Programs, many};

/// The service that moves runs, the jobs that leave the house, and the one that enrols many.
pub fn jobs(of: &Programs) -> Registry {
    let mut registry = Registry::new();
    registry.service(Arc::new(Tick(of.clone())));
    engine::register(&mut registry, of);
    many::register(&mut registry, of);
    registry
}
