//! Proactive rules through its routes, on both engines.
