//! What was said: the script of `data/coach/conversations.txt`, whose head explains it.

use kernel::{Timestamp, time};

use super::{Member, days_before};

const SCRIPT: &str = include_str!("../../data/coach/conversations.txt");
/// So long after one step the next one follows, where nothing else is said.
const BEAT: i64 = 20 * time::SECOND;

/// A step of a conversation.
#[derive(Clone, PartialEq, Debug)]
pub struct Step {
    /// When.
    pub at: Timestamp,
    /// With whom: an index into `Coach::members`.
    pub member: usize,
    /// What is done.
    pub what: What,
    /// What the assistant is expected to find: `answered`, `maybe` or `unknown`.
    pub expected: Option<&'static str>,
}

/// What is done in a step.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum What {
    /// The member writes.
    Writes(&'static str),
    /// The member sends a picture with these words.
    Photo(&'static str),
    /// The member changes what they wrote last.
    Edits(&'static str),
    /// The coach answers.
    Answers(&'static str),
    /// The coach writes down something that only she sees.
    Notes(&'static str),
    /// The coach hands the conversation back, with a note.
    HandsBack(&'static str),
    /// The coach closes the conversation.
    Closes,
    /// The coach answers, once for everybody, what the assistant did not know.
    FillsGap(&'static str),
}

/// All steps in the order of time; those of one moment in the order of the script.
pub(super) fn steps(members: &[Member], now: Timestamp) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    for talk in SCRIPT.split("\n== ").skip(1) {
        steps.extend(talk_of(talk, members, now));
    }
    steps.sort_by_key(|step| step.at);
    steps
}

#[expect(clippy::expect_used, reason = "the file is compiled in, and the tests read all of it")]
fn talk_of(talk: &'static str, members: &[Member], now: Timestamp) -> Vec<Step> {
    let mut lines = talk.lines().map(str::trim).filter(|line| !line.is_empty());
    let (name, begins) = lines.next().and_then(|head| head.split_once(" | ")).expect("a member and a moment");
    let member = members.iter().position(|member| member.name == name).expect("a member's name");
    let mut at = moment(begins, now).expect("days and a time, or minutes, before now");
    let mut steps: Vec<Step> = Vec::new();
    for line in lines {
        let (sign, words) = line.split_once(' ').unwrap_or((line, ""));
        let what = match sign {
            "+" => {
                at = at.plus(span(words).expect("a span") - BEAT);
                continue;
            }
            "=" => {
                steps.last_mut().expect("a step before what is expected of it").expected = Some(words);
                continue;
            }
            ">" => What::Writes(words),
            "photo>" => What::Photo(words),
            "edit>" => What::Edits(words),
            "coach>" => What::Answers(words),
            "note>" => What::Notes(words),
            "back>" => What::HandsBack(words),
            "gap>" => What::FillsGap(words),
            "close" => What::Closes,
            _ => unknown(line),
        };
        steps.push(Step { at, member, what, expected: None });
        at = at.plus(BEAT);
    }
    steps
}

#[expect(clippy::panic, reason = "the file is compiled in, and the tests read all of it")]
fn unknown(line: &str) -> What {
    panic!("a step that nobody knows: {line}")
}

/// `2d 09:14`: days before now, and a time of that day in UTC; `35m`: that long before now.
fn moment(text: &str, now: Timestamp) -> Option<Timestamp> {
    let Some((days, clock)) = text.split_once(' ') else { return span(text).map(|span| now.plus(-span)) };
    let (hours, minutes) = clock.split_once(':')?;
    let minute = hours.parse::<i64>().ok()? * 60 + minutes.parse::<i64>().ok()?;
    Some(days_before(now, span(days)? / time::DAY, minute))
}

/// `40s`, `12m`, `3h`, `2d`, in microseconds.
fn span(text: &str) -> Option<i64> {
    let unit = match text.chars().last()? {
        's' => time::SECOND,
        'm' => time::MINUTE,
        'h' => time::HOUR,
        'd' => time::DAY,
        _ => return None,
    };
    Some(text[..text.len() - 1].parse::<i64>().ok()? * unit)
}
