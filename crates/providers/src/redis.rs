//! Redis: counters that all processes share.
