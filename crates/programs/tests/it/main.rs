//! Programs through its routes, on both engines.
