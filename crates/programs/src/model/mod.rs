//! What a program is, and how a member walks through one: types and rules, without a database and without a clock.

pub mod answer;
pub mod automatic;
mod check;
pub mod cold;
pub mod condition;
pub mod drawn;
mod fields;
pub mod flow;
pub mod kind;
pub mod nodes;
mod parts;
pub mod person;
pub mod problems;
pub mod state;
pub mod step;
pub mod text;
pub mod time;

pub use audience::ports::ProgramId;
pub use flow::{Edge, Exit, Flow, Node, Work};
pub use kind::{NodeType, Outcome, Reentry, Trigger};
pub use parts::set_path;
pub use person::Person;
pub use problems::{Problem, Problems, Severity};
pub use state::{Effect, Ended, Event, Figure, Memory, Moved, Said, Saying, State, Tally, Waiting};
pub use step::step;

use kernel::Id;

#[doc(hidden)]
#[derive(Debug)]
pub enum EnrolmentMarker {}
/// A member's run through a program.
pub type EnrolmentId = Id<EnrolmentMarker>;
