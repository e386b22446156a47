//! Webhooks out through its routes, on both engines.
