//! The check of content against a brief: each requirement by itself, with the words that show it.
//!
//! Pure: the same brief and the same content give the same report. What cannot be decided is [`Verdict::CannotTell`], never a guess.
//! `docs/brief-check.md` has the rules and the formulas.

mod model;

pub use model::{Brief, Caption, Check, Content, Judge, Kind, PostedBy, Quote, Report, Verdict};
