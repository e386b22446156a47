//! What a rule does.

use audience::ports::ProgramId;
use input::{Fields, Input};
use kernel::time;
use serde::{Deserialize, Serialize};

use super::trigger::tag_text;

/// What a rule does.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, kernel::Words)]
#[words(name = "RuleActionType", no_column)]
pub enum ActionKind {
    /// Writes to the member.
    SendMessage,
    /// Gives them a tag.
    Tag,
    /// Enrols them in a program.
    Enrol,
    /// Tells the coach.
    NotifyCoach,
    /// Nothing of its own: webhooks hear of it by the event `proactive.fired`.
    Webhook,
}

/// A button below a message.
#[derive(Clone, Debug, PartialEq, Eq, Input, Serialize, Deserialize)]
#[input(name = "RuleButton")]
pub struct Button {
    /// What stands on it.
    #[input(text(20), example = "I am fine")]
    pub title: String,
}

/// By what template a message goes where WhatsApp takes no free text.
#[derive(Clone, Debug, PartialEq, Eq, Input, Serialize, Deserialize)]
#[input(name = "RuleTemplate")]
pub struct Template {
    /// Its name, as Meta approved it.
    #[input(text(512), example = "we_miss_you")]
    pub name: String,
    /// Its language.
    #[input(text(15), example = "en_US")]
    pub language: String,
    /// What fills the gaps of its body, in order; variables are filled as in the message.
    #[input(list(20, text(1_000)), default)]
    pub params: Vec<String>,
}

/// One thing that a rule does.
#[derive(Clone, Debug, PartialEq, Eq, Input, Serialize, Deserialize)]
#[input(name = "RuleAction", check = complete)]
pub struct Action {
    /// What is done.
    #[input(word(), name = "type", example = "send_message")]
    #[serde(rename = "type")]
    pub kind: ActionKind,
    /// `send_message`: what is said. `{user_name}` is the name of the member, `{goals.0}` a field of their profile, `{city|your town}` one with
    /// words for where it is not known. What is not known is left out with its comma.
    #[input(text(4_000))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message_template: Option<String>,
    /// How many minutes after the rule fired; 30 days at most.
    #[input(whole(0, 43_200), default = 0, example = 0)]
    #[serde(default)]
    pub delay_minutes: i64,
    /// `send_message`: by what template it goes on WhatsApp once 24 hours have passed since the member wrote. Without one it is not sent then.
    #[input(nested())]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub template: Option<Template>,
    /// `send_message`: buttons below it.
    #[input(list(3, nested()), default)]
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub buttons: Vec<Button>,
    /// `tag`: which one.
    #[input(tag_text())]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tag: Option<String>,
    /// `enrol`: in which program.
    #[input(id())]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub program_id: Option<ProgramId>,
}

impl Action {
    /// How long after the rule fired, in microseconds.
    pub fn delay(&self) -> i64 {
        self.delay_minutes * time::MINUTE
    }
}

fn complete(of: &Action, fields: &mut Fields) {
    let wanted = [
        ("message_template", ActionKind::SendMessage, of.message_template.is_some()),
        ("tag", ActionKind::Tag, of.tag.is_some()),
        ("program_id", ActionKind::Enrol, of.program_id.is_some()),
    ];
    for (name, kind, is_there) in wanted {
        if of.kind == kind && !is_there {
            fields.fault(name, "missing", "is missing");
        }
    }
}
