//! The coach's programs, and who takes part in them: people who came at different times, so that somebody stands at every stage.

use kernel::{Timestamp, time};

use super::people::{BADGES, Badge, Member};
use super::talks::Step;

/// A program, as the coach drew it.
#[derive(Clone, PartialEq, Debug)]
pub struct Program {
    /// Its name.
    pub name: &'static str,
    /// What it is for.
    pub description: &'static str,
    /// Its nodes and edges, as JSON.
    pub flow: &'static str,
    /// Is it published, or still a draft?
    pub is_published: bool,
    /// What those earn who come through.
    pub badge: Option<Badge>,
    /// Whom it is for: members with this tag.
    tag: &'static str,
    /// What members answer to its first question: one after the other.
    answers: &'static [&'static str],
}

/// Somebody begins a program, or answers in it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Takes {
    /// They are enrolled in the program of this number.
    Begins(usize),
    /// They answer what it asked.
    Answers(&'static str),
}

/// Nobody begins sooner after they came,
const AFTER: i64 = 2 * time::DAY;
/// in UTC, at this hour;
const HOUR: i64 = 9 * time::HOUR;
/// and by then the question of the first day is answered, in all time zones of the audience.
const ANSWERED: i64 = 13 * time::HOUR;

/// Every program of the coach.
pub fn programs() -> Vec<Program> {
    vec![
        Program {
            name: "Twelve weeks of strength",
            description: "Three sessions a week for twelve weeks, at home or in a gym",
            flow: include_str!("../../data/coach/programs/strength.json"),
            is_published: true,
            badge: Some(BADGES[2]),
            tag: "strength",
            answers: &["Three", "Two", "", "Three", "Four"],
        },
        Program {
            name: "Tus primeros 10 kilómetros",
            description: "Ocho semanas desde andar y correr hasta diez kilómetros seguidos",
            flow: include_str!("../../data/coach/programs/running.json"),
            is_published: true,
            badge: Some(BADGES[4]),
            tag: "running",
            answers: &["En la calle", "", "En cinta"],
        },
        Program {
            name: "On holiday",
            description: "Keeps those going who travel; not finished yet",
            flow: include_str!("../../data/coach/programs/holiday.json"),
            is_published: false,
            badge: None,
            tag: "",
            answers: &[],
        },
    ]
}

/// Who takes part, in no order. People whose conversations are told in the samples are left out: what they write is meant for others.
pub(super) fn takers(
    members: &[Member],
    steps: &[Step],
    begins: Timestamp,
    now: Timestamp,
) -> Vec<(Timestamp, usize, Takes)> {
    let mut taking = Vec::new();
    for (number, program) in programs().iter().enumerate().filter(|(_, program)| program.is_published) {
        let fits = |(index, member): &(usize, &Member)| {
            member.tags.iter().any(|tag| tag == program.tag) && steps.iter().all(|step| step.member != *index)
        };
        for (place, (index, member)) in members.iter().enumerate().filter(fits).enumerate() {
            let day = kernel::Day::of(member.since.max(begins).plus(AFTER));
            let at = day.start().plus(HOUR);
            if at.plus(ANSWERED) >= now {
                continue;
            }
            taking.push((at, index, Takes::Begins(number)));
            let answer = program.answers[place % program.answers.len()];
            if !answer.is_empty() {
                taking.push((at.plus(ANSWERED), index, Takes::Answers(answer)));
            }
        }
    }
    taking
}
