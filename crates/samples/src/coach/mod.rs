//! A coach: what she has written, whom she coaches, and what was said between them.
//!
//! Only what people say stands here. What an assistant answers, and every figure, comes of it on the server.

mod bases;
mod people;
mod programs;
mod talks;

use kernel::{Timestamp, time};

pub use bases::{Base, Document};
pub use people::{BADGES, Badge, Member};
pub use programs::{Program, Takes, programs};
pub use talks::{Step, What};

/// A coach with two knowledge bases, an audience, and conversations.
#[derive(Clone, PartialEq, Debug)]
pub struct Coach {
    /// What she is called.
    pub name: &'static str,
    /// What she knows: an English base, and a Spanish one.
    pub bases: Vec<Base>,
    /// Whom she coaches.
    pub members: Vec<Member>,
    /// What was said, and done with conversations: of all of them, in the order of time.
    pub steps: Vec<Step>,
    /// Her programs.
    pub programs: Vec<Program>,
    /// When which member begins one of them, or answers in it; in no order.
    pub takes: Vec<(Timestamp, usize, Takes)>,
}

/// The coach as of `now`: everything in the past of it.
pub fn coach(now: Timestamp) -> Coach {
    let members = people::members(now);
    let steps = talks::steps(&members, now);
    let begins = members.iter().map(|member| member.since).min().unwrap_or(now);
    let takes = programs::takers(&members, &steps, begins, now);
    Coach { name: "Ana Moreno", bases: bases::bases(now), programs: programs(), takes, members, steps }
}

/// So many days before `now`, at this minute of the day in UTC.
fn days_before(now: Timestamp, days: i64, minute: i64) -> Timestamp {
    kernel::Day::of(now).start().plus(-days * time::DAY + minute * time::MINUTE)
}
