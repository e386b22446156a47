//! The audience: the people of `data/coach/members.csv`.

use kernel::{Timestamp, time};
use serde::Deserialize;

use super::days_before;

const MEMBERS: &str = include_str!("../../data/coach/members.csv");
/// The minute of the day at which people join,
const JOINED: i64 = 6 * 60;
/// and at which the first of a day are active.
const MORNING: i64 = 7 * 60;
/// For so many minutes of a day somebody is.
const AWAKE: i64 = 14 * 60;

/// What members earn.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Badge {
    /// What it is called.
    pub name: &'static str,
    /// What it is given for.
    pub description: &'static str,
    /// So many days after joining it is earned, by those who earn it.
    pub after_days: i64,
}

/// Every badge of the coach.
pub const BADGES: [Badge; 5] = [
    Badge { name: "First week complete", description: "All sessions of the first week were logged", after_days: 7 },
    Badge { name: "Thirty sessions", description: "Thirty sessions were logged", after_days: 46 },
    Badge { name: "Twelve weeks", description: "The programme was finished", after_days: 84 },
    Badge { name: "Primera semana", description: "Todas las salidas de la primera semana", after_days: 7 },
    Badge { name: "Diez kilómetros", description: "Diez kilómetros sin parar", after_days: 60 },
];

/// Somebody who is coached.
#[derive(Clone, PartialEq, Debug)]
pub struct Member {
    /// Their name.
    pub name: String,
    /// Where they are reached: `web`, `whatsapp`, `telegram` or `mobile`.
    pub channel: String,
    /// What they are called there: a number on WhatsApp, a chat on Telegram.
    pub external_id: String,
    /// Their language.
    pub language: String,
    /// Their time zone.
    pub timezone: String,
    /// What they want to reach.
    pub goals: Vec<String>,
    /// How the coach sorts them.
    pub tags: Vec<String>,
    /// How they want to be spoken to.
    pub style: String,
    /// How often.
    pub frequency: String,
    /// Since when they are there.
    pub since: Timestamp,
    /// When they did something, the oldest first; never before they came.
    pub active: Vec<Timestamp>,
    /// What they earned, and when.
    pub badges: Vec<(Badge, Timestamp)>,
    /// What the coach remembers of them.
    pub note: Option<String>,
}

/// A line of the file. Lists are separated by semicolons; `since` and `active` are days before now.
#[derive(Deserialize)]
struct Line {
    name: String,
    channel: String,
    external_id: String,
    language: String,
    timezone: String,
    goals: String,
    tags: String,
    style: String,
    frequency: String,
    since: i64,
    active: String,
    badges: String,
    note: String,
}

/// Everybody in the file, in its order.
pub(super) fn members(now: Timestamp) -> Vec<Member> {
    #[expect(clippy::expect_used, reason = "the file is compiled in, and the tests read all of it")]
    csv::Reader::from_reader(MEMBERS.as_bytes())
        .deserialize()
        .zip(0..)
        .map(|(line, index)| member(index, line.expect("a line of members.csv"), now))
        .collect()
}

fn member(index: i64, line: Line, now: Timestamp) -> Member {
    let since = days_before(now, line.since, JOINED);
    let moment = |days: i64| match days {
        // Today may be a minute old.
        0 => now.plus(-(20 + index * 7 % 180) * time::MINUTE),
        days => days_before(now, days, MORNING + (index * 53 + days * 97) % AWAKE),
    };
    let mut active: Vec<_> = line.active.split_whitespace().filter_map(|days| days.parse().ok()).map(moment).collect();
    active.sort_unstable();
    let badges = listed(&line.badges).into_iter().filter_map(|name| {
        let badge = BADGES.into_iter().find(|badge| badge.name == name)?;
        Some((badge, since.plus(badge.after_days * time::DAY)))
    });
    Member {
        since,
        active,
        badges: badges.collect(),
        goals: listed(&line.goals),
        tags: listed(&line.tags),
        note: Some(line.note).filter(|note| !note.is_empty()),
        name: line.name,
        channel: line.channel,
        external_id: line.external_id,
        language: line.language,
        timezone: line.timezone,
        style: line.style,
        frequency: line.frequency,
    }
}

fn listed(text: &str) -> Vec<String> {
    text.split(';').map(str::trim).filter(|item| !item.is_empty()).map(str::to_owned).collect()
}
