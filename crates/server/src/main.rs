//! The command line of InfluencerFlow.
fn main() {}
