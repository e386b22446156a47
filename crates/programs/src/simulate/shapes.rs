//! What is asked of a simulation, and what it tells.

use audience::{Channel, MemberId};
use input::{Fields, Input};
use jiff::tz::TimeZone;
use kernel::{Timestamp, time};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::gated::Why;
use crate::model::{Problem, ProgramId, Waiting};

/// A simulation looks no further, in days.
const FURTHEST: i64 = 400;

/// What somebody does.
#[derive(Clone, Copy, PartialEq, Eq, Debug, kernel::Words)]
#[words(name = "SimulatedEventType", no_column)]
pub(super) enum Does {
    /// They write.
    Reply,
    /// They press a button.
    Button,
    /// Nothing: time passes.
    None,
}

/// What the assistant is taken to do.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, kernel::Words)]
#[words(name = "SimulatedAssistant", no_column)]
pub(super) enum Assistant {
    /// It has an answer.
    #[default]
    Answers,
    /// It has none.
    Unknown,
}

/// What other servers are taken to do.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, kernel::Words)]
#[words(name = "SimulatedServers", no_column)]
pub(super) enum Servers {
    /// They take what they are told.
    #[default]
    Ok,
    /// They do not.
    Failed,
}

/// What the member does, and when.
#[derive(Input)]
#[input(name = "SimulatedEvent", check = Happening::check)]
pub(super) struct Happening {
    /// So many minutes after the start,
    #[input(whole(0, FURTHEST * 1_440))]
    pub(super) after_minutes: Option<i64>,
    /// or at this moment.
    #[input(moment())]
    pub(super) at: Option<Timestamp>,
    /// What they do.
    #[input(word(), name = "type")]
    pub(super) does: Does,
    /// What they write; of a button its id or its title.
    #[input(any_text(4_096))]
    pub(super) text: Option<String>,
}

impl Happening {
    fn check(&self, fields: &mut Fields) {
        if self.after_minutes.is_some() == self.at.is_some() {
            fields.fault("after_minutes", "missing", "say when: either after_minutes or at");
        }
        if self.does != Does::None && self.text.as_deref().is_none_or(|text| text.trim().is_empty()) {
            fields.fault("text", "missing", "is missing: say what they write, or which button they press");
        }
    }
}

/// A member who is made up.
#[derive(Input)]
#[input(name = "SimulatedMember", check = Invented::check)]
pub(super) struct Invented {
    /// What is known of them; `name` is their name.
    #[input(object(32 << 10), default)]
    pub(super) profile_data: Map<String, Value>,
    /// Their time zone; UTC, if none is given.
    #[input(text(64))]
    pub(super) timezone: Option<String>,
    /// Their language.
    #[input(text(35))]
    pub(super) language: Option<String>,
    /// Their channel.
    #[input(word(), default = Channel::Web)]
    pub(super) channel: Channel,
    /// Their tags.
    #[input(texts(50, 50), default)]
    pub(super) tags: Vec<String>,
}

impl Invented {
    fn check(&self, fields: &mut Fields) {
        if self.timezone.as_deref().is_some_and(|zone| TimeZone::get(zone).is_err()) {
            fields.fault(
                "timezone",
                "unknown_value",
                "must be a name of the time zone database, such as Europe/Madrid",
            );
        }
        if self.profile_data.get("name").is_some_and(|name| !name.is_string()) {
            fields.fault("profile_data.name", "wrong_type", "must be a text");
        }
    }
}

/// A walk through a program that nobody takes.
#[derive(Input)]
#[input(name = "SimulateProgram", check = Simulation::check)]
pub(super) struct Simulation {
    /// Through which version; through the draft, if none is named.
    #[input(whole(1, 1_000_000))]
    pub(super) version: Option<i64>,
    /// As this member of the audience,
    #[input(id())]
    pub(super) user_id: Option<MemberId>,
    /// or as one who is made up. Without either, as somebody of whom nothing is known.
    #[input(nested())]
    pub(super) member: Option<Invented>,
    /// When the member begins; now, if nothing is given.
    #[input(moment())]
    pub(super) start_at: Option<Timestamp>,
    /// Until when it is looked: 400 days after the start at most, and if nothing is given.
    #[input(moment())]
    pub(super) until: Option<Timestamp>,
    /// What the member does meanwhile.
    #[input(list(200, nested()), default)]
    pub(super) events: Vec<Happening>,
    /// What the assistant is taken to do where it is asked: it is not.
    #[input(word(), default = Assistant::Answers)]
    pub(super) assistant: Assistant,
    /// What other servers are taken to do where they are asked: they are not.
    #[input(word(), default = Servers::Ok)]
    pub(super) servers: Servers,
    /// Another number may be sent other branches of splits.
    #[input(whole(0, 1_000_000), default = 0)]
    pub(super) seed: i64,
}

impl Simulation {
    fn check(&self, fields: &mut Fields) {
        if self.user_id.is_some() && self.member.is_some() {
            fields.fault("member", "not_both", "must not stand beside user_id");
        }
    }

    /// From when until when; nothing, if that is no time or too long.
    pub(super) fn span(&self, now: Timestamp) -> Option<(Timestamp, Timestamp)> {
        let start = self.start_at.unwrap_or(now);
        let furthest = start.plus(FURTHEST * time::DAY);
        let until = self.until.unwrap_or(furthest);
        (until >= start && until <= furthest).then_some((start, until))
    }
}

/// Something that would be said.
#[derive(Serialize, ToSchema)]
pub(super) struct SimulatedMessage {
    /// When it would go out; null if it would not, as far as was looked.
    pub(super) at: Option<Timestamp>,
    /// The same in the member's time zone.
    #[schema(example = "2026-03-09T09:00:12+01:00")]
    pub(super) local_time: Option<String>,
    /// When the program says it.
    pub(super) said_at: Timestamp,
    /// At which node.
    pub(super) node_id: String,
    /// The words.
    pub(super) text: String,
    /// Why it goes when it goes.
    pub(super) reason: Why,
    /// By which template it would go, where WhatsApp's 24 hours are over.
    pub(super) template: Option<String>,
    /// The buttons below it.
    pub(super) buttons: Vec<SimulatedButton>,
}

/// A button.
#[derive(Serialize, ToSchema)]
pub(super) struct SimulatedButton {
    /// Its id.
    pub(super) id: String,
    /// What the member reads.
    pub(super) title: String,
}

/// A visit of a node.
#[derive(Serialize, ToSchema)]
pub(super) struct SimulatedVisit {
    /// The node.
    pub(super) node_id: String,
    /// When the member came.
    pub(super) entered_at: Timestamp,
    /// When they went on; null if they are there still.
    pub(super) left_at: Option<Timestamp>,
    /// By which exit; null where the program ended, or they are there still.
    pub(super) exit: Option<String>,
}

/// How a walk ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug, kernel::Words)]
#[words(name = "SimulatedOutcome", no_column)]
pub(super) enum How {
    /// The member came through.
    Completed,
    /// The member left before the goal.
    Exited,
    /// The program could not go on.
    Failed,
    /// They are under way still, at the end of what was looked at.
    Waiting,
    /// It was broken off: it came to a thousand nodes.
    Cut,
}

/// How the member stands at the end.
#[derive(Serialize, ToSchema)]
pub(super) struct SimulatedState {
    /// When that is.
    pub(super) at: Timestamp,
    /// At which node they are, or ended.
    pub(super) node_id: String,
    /// What they wait for there.
    pub(super) waiting_for: Waiting,
    /// When they would go on by themselves.
    pub(super) due_at: Option<Timestamp>,
    /// What was answered, by the ids of the questions.
    #[schema(value_type = Object)]
    pub(super) answers: Map<String, Value>,
    /// The branches that they were sent, by the ids of the splits.
    #[schema(value_type = Object)]
    pub(super) branches: Map<String, Value>,
    /// What would be known of them.
    #[schema(value_type = Object)]
    pub(super) profile_data: Map<String, Value>,
    /// Which tags they would have.
    pub(super) tags: Vec<String>,
}

/// What came of a simulation.
#[derive(Serialize, ToSchema)]
pub(super) struct ProgramSimulation {
    /// The program.
    pub(super) program_id: ProgramId,
    /// The version; null for the draft.
    pub(super) version: Option<i64>,
    /// What would be said, in the order in which it is.
    pub(super) messages: Vec<SimulatedMessage>,
    /// Which nodes the member came to.
    pub(super) visited: Vec<SimulatedVisit>,
    /// How it ended.
    pub(super) outcome: How,
    /// What is worth knowing: of the flow, and of what could not be tried here.
    pub(super) problems: Vec<Problem>,
    /// How the member stands at the end.
    pub(super) state: SimulatedState,
}
