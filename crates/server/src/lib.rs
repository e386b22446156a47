//! InfluencerFlow, wired: settings, the command line, and the server that all the slices make together.

mod answered;
pub mod build;
mod choices;
pub mod cli;
pub mod commands;
pub mod demo;
pub mod demo_coach;
pub mod demo_market;
mod demo_receiver;
mod demo_told;
mod event_log;
mod guard;
mod notices;
pub mod settings;
