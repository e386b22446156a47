//! Counters that fade, for rate limits: of this process, or shared by all.
