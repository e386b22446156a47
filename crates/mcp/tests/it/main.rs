//! The Model Context Protocol through its routes, on both engines.
