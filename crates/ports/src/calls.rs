//! Phone calls.
