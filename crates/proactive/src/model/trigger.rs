//! What a rule notices, and of whom.

use audience::Channel;
use audience::ports::ProgramId;
use input::rule::{Problem, Rule, text};
use input::{Fields, Input};
use kernel::time;
use serde::{Deserialize, Serialize};

use super::date::Repeat;

/// What a rule notices.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, kernel::Words)]
#[words(name = "RuleTriggerType")]
pub enum TriggerKind {
    /// A member did nothing for so many hours.
    Inactivity,
    /// What they were written last has had no answer for so many hours.
    NoReply,
    /// Their program has not gone on for so many hours.
    ProgramStalled,
    /// They are far in a program that ends with a badge.
    BadgeNear,
    /// A date of their profile has come.
    Date,
    /// Their engagement score has fallen below a mark.
    ScoreBelow,
}

impl TriggerKind {
    /// Does it wait for so many hours to pass?
    pub const fn waits(self) -> bool {
        matches!(self, Self::Inactivity | Self::NoReply | Self::ProgramStalled)
    }
}

/// Of whom a rule takes notice.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, kernel::Words)]
#[words(name = "RuleAppliesTo", no_column)]
pub enum AppliesTo {
    /// Of everybody.
    AllUsers,
    /// Of those who have a tag.
    Tag,
    /// Of those who came from a channel.
    Channel,
    /// Of those who take part in a program.
    Program,
}

/// When a rule fires, and for whom.
#[derive(Clone, Debug, PartialEq, Input, Serialize, Deserialize)]
#[input(name = "RuleTrigger", check = complete)]
pub struct TriggerConditions {
    /// What the rule notices.
    #[input(word(), name = "type", example = "inactivity")]
    #[serde(rename = "type")]
    pub kind: TriggerKind,
    /// `inactivity`, `no_reply`, `program_stalled`: for how many hours nothing has happened.
    #[input(whole(1, 8_760), example = 24)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub threshold_hours: Option<i64>,
    /// Of whom the rule takes notice; `tag`, `channel` and `program` name theirs in the field of that name (`program_id`).
    #[input(word(), default = AppliesTo::AllUsers, example = "all_users")]
    pub applies_to: AppliesTo,
    /// Those with this tag, whatever its case.
    #[input(tag_text())]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tag: Option<String>,
    /// Those who came from this channel.
    #[input(word())]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<Channel>,
    /// Those who take part in this program; of `program_stalled` and `badge_near` the program that is looked at.
    #[input(id())]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub program_id: Option<ProgramId>,
    /// `badge_near`: how far they are at least, from 0 to 1.
    #[input(number(0.01, 0.99), example = 0.8)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_least: Option<f64>,
    /// `date`: the field of the profile that holds the date (`2026-01-15`, or `--01-15` without a year).
    #[input(text(100), example = "birthday")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// `date`: how many days after the date; before it, if negative. 0 if it is missing.
    #[input(whole(-365, 365))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offset_days: Option<i64>,
    /// `date`: at what time of the day, in the member's time zone. 09:00 if it is missing.
    #[input(time_of_day(), example = "09:00")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time: Option<String>,
    /// `date`: every year, or once. `yearly` if it is missing.
    #[input(word())]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repeat: Option<Repeat>,
    /// `score_below`: the mark, from 0 to 1.
    #[input(number(0.0001, 1.0), example = 0.3)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub below: Option<f64>,
}

impl TriggerConditions {
    /// For how long nothing has happened, in microseconds.
    pub fn threshold(&self) -> i64 {
        self.threshold_hours.unwrap_or(0) * time::HOUR
    }

    /// The mark of the score in millionths.
    pub fn mark(&self) -> i64 {
        (self.below.unwrap_or(0.0) * 1_000_000.0).round() as i64
    }

    /// The minute of the day on which a date comes.
    pub fn minute(&self) -> (i8, i8) {
        self.time.as_deref().and_then(minute_of).unwrap_or((9, 0))
    }

    /// The tag, as tags are compared.
    pub fn folded_tag(&self) -> Option<String> {
        self.tag.as_deref().filter(|_| self.applies_to == AppliesTo::Tag).map(mind::text::fold)
    }

    /// The channel, if only those of one are meant.
    pub fn only_channel(&self) -> Option<Channel> {
        self.channel.filter(|_| self.applies_to == AppliesTo::Channel)
    }

    /// The program that members must take part in.
    pub fn only_program(&self) -> Option<ProgramId> {
        self.program_id.filter(|_| self.applies_to == AppliesTo::Program)
    }
}

/// What a type cannot do without, and what a choice of members has to name.
fn complete(of: &TriggerConditions, fields: &mut Fields) {
    let wanted = [
        ("threshold_hours", of.kind.waits(), of.threshold_hours.is_some()),
        ("at_least", of.kind == TriggerKind::BadgeNear, of.at_least.is_some()),
        ("field", of.kind == TriggerKind::Date, of.field.is_some()),
        ("below", of.kind == TriggerKind::ScoreBelow, of.below.is_some()),
        ("tag", of.applies_to == AppliesTo::Tag, of.tag.is_some()),
        ("channel", of.applies_to == AppliesTo::Channel, of.channel.is_some()),
        ("program_id", of.applies_to == AppliesTo::Program, of.program_id.is_some()),
    ];
    for (name, is_wanted, is_there) in wanted {
        if is_wanted && !is_there {
            fields.fault(name, "missing", "is missing");
        }
    }
}

/// A tag: its fold must have something in it.
pub(super) fn tag_text() -> impl Rule<Output = String> {
    text(50).and_then(|tag| {
        if tag.contains([',', ';', '|']) || mind::text::fold(&tag).is_empty() {
            return Err(Problem::new("wrong_format", "must be a tag: without a comma, semicolon or bar in it"));
        }
        Ok(tag)
    })
}

fn minute_of(text: &str) -> Option<(i8, i8)> {
    let (hours, minutes) = text.split_once(':')?;
    let two = |part: &str| (part.len() == 2).then(|| part.parse::<i8>().ok()).flatten();
    let (hours, minutes) = (two(hours)?, two(minutes)?);
    ((0..24).contains(&hours) && (0..60).contains(&minutes)).then_some((hours, minutes))
}

fn time_of_day() -> impl Rule<Output = String> {
    text(5).and_then(|time| {
        let fits = minute_of(&time).is_some();
        if fits { Ok(time) } else { Err(Problem::new("wrong_format", "must be a time such as 09:00")) }
    })
}
