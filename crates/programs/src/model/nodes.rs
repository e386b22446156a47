//! What each type of node says of itself, in its `data`: one description each, from which follow the reader and the JSON Schema.
//! Fields that a type does not have are kept in the definition, and mean nothing.

use audience::BadgeId;
use audience::ports::ProgramId;
use input::rule;
use input::{Fields, Input};
use kernel::AccountId;
use serde_json::Value;
use uuid::Uuid;

use super::fields::{anything, choice, message, path, time_of_day};
use super::kind::{AnswerKind, Comparison, Match, Method, Outcome, Reentry, Trigger, Weekday};

/// A message has no more characters than this.
pub const LONGEST_MESSAGE: usize = 4_096;
/// Nobody waits for longer, in days.
pub const LONGEST_WAIT: i64 = 365;
/// A message has no more buttons.
pub const MOST_BUTTONS: usize = 3;

/// Where everybody begins, and what makes them begin.
#[derive(Input, Clone, Debug, PartialEq)]
#[input(name = "ProgramNodeStart", check = StartNode::check)]
pub struct StartNode {
    /// What enrols members by itself.
    #[input(rule::word::<Trigger>(), default = Trigger::Manual)]
    pub trigger: Trigger,
    /// With `trigger: tag`: which tag.
    #[input(rule::text(50))]
    pub tag: Option<String>,
    /// With `trigger: program_completed`: which program.
    #[input(rule::id())]
    pub program_id: Option<ProgramId>,
    /// May somebody take part once more?
    #[input(rule::word::<Reentry>(), default = Reentry::Never)]
    pub reentry: Reentry,
}

impl StartNode {
    fn check(&self, fields: &mut Fields) {
        if self.trigger == Trigger::Tag && self.tag.is_none() {
            fields.fault("tag", "missing", "is missing: with the trigger tag, say which");
        }
        if self.trigger == Trigger::ProgramCompleted && self.program_id.is_none() {
            fields.fault("program_id", "missing", "is missing: with the trigger program_completed, say which");
        }
    }
}

/// A button below a message, or a choice of a question. A text is a choice whose id is itself.
#[derive(Input, Clone, Debug, PartialEq, Eq)]
#[input(name = "ProgramNodeChoice")]
pub struct Choice {
    /// By what it is known: `choice:<id>` is the exit.
    #[input(rule::text(64), alias = "value")]
    pub id: String,
    /// What the member reads.
    #[input(rule::text(80), alias = "label")]
    pub title: String,
}

/// A template that a message goes by once WhatsApp's 24 hours are over.
#[derive(Input, Clone, Debug, PartialEq, Eq)]
#[input(name = "ProgramNodeTemplate")]
pub struct Template {
    /// Its name, as Meta approved it.
    #[input(rule::text(512))]
    pub name: String,
    /// Its language: `en_US`, `es`.
    #[input(rule::text(15), default = "en".to_owned())]
    pub language: String,
    /// What fills its gaps, in order; with variables.
    #[input(rule::list(20, rule::any_text(1_024)), alias = "parameters", default)]
    pub params: Vec<String>,
}

/// Says something to the member.
#[derive(Input, Clone, Debug, PartialEq)]
#[input(name = "ProgramNodeSendMessage")]
pub struct SendMessageNode {
    /// What is said, with variables: `{user_name}`, `{goals.0}`, `{profile.city|your town}`.
    #[input(message(), alias = "text")]
    pub message: String,
    /// So many hours pass before it is said.
    #[input(rule::number(0.0, (LONGEST_WAIT * 24) as f64), default = 0.0)]
    pub delay_hours: f64,
    /// By what template it goes once WhatsApp's 24 hours are over; without one it waits there until the member writes.
    #[input(rule::nested())]
    pub template: Option<Template>,
    /// Buttons below it.
    #[input(rule::list(MOST_BUTTONS, choice()), default)]
    pub buttons: Vec<Choice>,
}

/// Until a time of day.
#[derive(Input, Clone, Debug, PartialEq, Eq)]
#[input(name = "ProgramNodeUntil")]
pub struct Until {
    /// The time of day, in the member's time zone.
    #[input(time_of_day())]
    pub time: u16,
    /// On which days; on any, if none is named.
    #[input(rule::list(7, rule::word::<Weekday>()), default)]
    pub weekdays: Vec<Weekday>,
}

/// Lets time pass.
#[derive(Input, Clone, Debug, PartialEq)]
#[input(name = "ProgramNodeWait", check = WaitNode::check)]
pub struct WaitNode {
    /// So many days of the calendar, in the member's time zone,
    #[input(rule::whole(0, LONGEST_WAIT), default = 0)]
    pub days: i64,
    /// so many hours,
    #[input(rule::whole(0, LONGEST_WAIT * 24), default = 0)]
    pub hours: i64,
    /// and so many minutes.
    #[input(rule::whole(0, LONGEST_WAIT * 1_440), default = 0)]
    pub minutes: i64,
    /// Until a time of day; after the days, hours and minutes, if there are any.
    #[input(rule::nested())]
    pub until: Option<Until>,
    /// Until a day or a moment: `2026-12-24`, `2026-12-24T18:00`, or a variable that holds one (`{profile.start_date}`). With `until`, at that time of the day.
    #[input(rule::text(200))]
    pub until_date: Option<String>,
    /// Does a message of the member end the wait, by the exit `replied`?
    #[input(rule::flag(), default = false)]
    pub cancel_on_reply: bool,
}

impl WaitNode {
    fn check(&self, fields: &mut Fields) {
        let span = self.days * 1_440 + self.hours * 60 + self.minutes;
        if span == 0 && self.until.is_none() && self.until_date.is_none() {
            fields.fault(
                "days",
                "missing",
                "say for how long (days, hours, minutes), or until when (until, until_date)",
            );
        }
        if span > LONGEST_WAIT * 1_440 {
            fields.fault("days", "out_of_range", format!("must be at most {LONGEST_WAIT} days in all"));
        }
        if span > 0 && self.until_date.is_some() {
            fields.fault("until_date", "not_both", "must not stand beside days, hours or minutes");
        }
        if let Some(date) = self.until_date.as_deref()
            && !date.contains('{')
            && super::time::moment(date).is_none()
        {
            fields.fault("until_date", "wrong_format", "must be a day such as 2026-12-24, or a variable in braces");
        }
    }
}

/// Asks, and waits for the answer.
#[derive(Input, Clone, Debug, PartialEq)]
#[input(name = "ProgramNodeQuestion", check = QuestionNode::check)]
pub struct QuestionNode {
    /// The question, with variables.
    #[input(message(), alias = "text")]
    pub message: String,
    /// What kind of answer it wants; `choice` where there are choices.
    #[input(rule::word::<AnswerKind>())]
    pub answer: Option<AnswerKind>,
    /// What the member may choose from. Up to three are buttons, more are a numbered list.
    #[input(rule::list(10, choice()), default)]
    pub choices: Vec<Choice>,
    /// Into which field of the profile the answer is written.
    #[input(path())]
    pub save_to: Option<String>,
    /// How often it asks again for an answer that it cannot read.
    #[input(rule::whole(0, 5), default = 1)]
    pub retries: i64,
    /// What it says then; a sentence of its own, if nothing is given.
    #[input(message())]
    pub retry_message: Option<String>,
    /// After so many hours without an answer it goes on by `timeout`.
    #[input(rule::number(0.0, (LONGEST_WAIT * 24) as f64))]
    pub timeout_hours: Option<f64>,
    /// By what template it goes once WhatsApp's 24 hours are over.
    #[input(rule::nested())]
    pub template: Option<Template>,
}

impl QuestionNode {
    /// What kind of answer it wants.
    pub fn kind(&self) -> AnswerKind {
        self.answer.unwrap_or(if self.choices.is_empty() { AnswerKind::Text } else { AnswerKind::Choice })
    }

    fn check(&self, fields: &mut Fields) {
        if self.kind() == AnswerKind::Choice && self.choices.len() < 2 {
            fields.fault("choices", "missing", "must have at least two choices");
        }
        if self.kind() != AnswerKind::Choice && !self.choices.is_empty() {
            fields.fault("answer", "unknown_value", "must be choice where there are choices");
        }
        let mut ids: Vec<&str> = self.choices.iter().map(|choice| choice.id.as_str()).collect();
        ids.sort_unstable();
        if ids.windows(2).any(|two| two[0] == two[1]) {
            fields.fault("choices", "repeated", "must not have an id twice");
        }
        if self.timeout_hours == Some(0.0) {
            fields.fault("timeout_hours", "out_of_range", "must be more than 0; leave it out to wait for good");
        }
    }
}

/// One rule of a condition.
#[derive(Input, Clone, Debug, PartialEq)]
#[input(name = "ProgramNodeRule", check = ConditionRule::check)]
pub struct ConditionRule {
    /// What is looked at: `profile.<field>`, `name`, `tags`, `channel`, `language`, `timezone`, `answers.<node>`, `answered`, `last_active_hours`, `score`.
    #[input(rule::text(200))]
    pub field: String,
    /// How it is compared.
    #[input(rule::word::<Comparison>(), alias = "operator")]
    pub op: Comparison,
    /// With what.
    #[input(anything())]
    pub value: Option<Value>,
}

impl ConditionRule {
    fn check(&self, fields: &mut Fields) {
        if !super::condition::is_known(&self.field) {
            fields.fault("field", "unknown_value", super::condition::KNOWN);
        }
        let has_value = !matches!(self.op, Comparison::Exists | Comparison::Missing);
        if has_value && self.value.is_none() {
            fields.fault("value", "missing", "is missing: say what it is compared with");
        }
        let is_number = |value: &Value| super::condition::number(value).is_some();
        let by_size =
            matches!(self.op, Comparison::Greater | Comparison::AtLeast | Comparison::Less | Comparison::AtMost);
        let is_day = |value: &Value| value.as_str().is_some_and(|text| super::time::moment(text).is_some());
        if by_size && self.value.as_ref().is_some_and(|value| !is_number(value) && !is_day(value)) {
            fields.fault("value", "wrong_type", "must be a number or a day, to compare by size");
        }
        if self.op == Comparison::In && self.value.as_ref().is_some_and(|value| !value.is_array()) {
            fields.fault("value", "wrong_type", "must be a list");
        }
    }
}

/// Goes one of two ways by what is known of the member.
#[derive(Input, Clone, Debug, PartialEq)]
#[input(name = "ProgramNodeCondition")]
pub struct ConditionNode {
    /// The rules.
    #[input(rule::some(20, rule::nested()))]
    pub rules: Vec<ConditionRule>,
    /// Must each of them hold, or is one enough?
    #[input(rule::word::<Match>(), default = Match::All, name = "match")]
    pub matches: Match,
}

/// One branch of a split.
#[derive(Input, Clone, Debug, PartialEq, Eq)]
#[input(name = "ProgramNodeBranch")]
pub struct Branch {
    /// Its exit.
    #[input(rule::text(64))]
    pub id: String,
    /// Its share, compared with the others'.
    #[input(rule::whole(1, 1_000_000), default = 1)]
    pub weight: i64,
}

/// Sends parts of the members different ways.
#[derive(Input, Clone, Debug, PartialEq, Eq)]
#[input(name = "ProgramNodeSplit", check = SplitNode::check)]
pub struct SplitNode {
    /// The branches; each id is an exit.
    #[input(rule::some(10, rule::nested()))]
    pub branches: Vec<Branch>,
}

impl SplitNode {
    fn check(&self, fields: &mut Fields) {
        let mut ids: Vec<&str> = self.branches.iter().map(|branch| branch.id.as_str()).collect();
        ids.sort_unstable();
        if ids.len() < 2 || ids.windows(2).any(|two| two[0] == two[1]) {
            fields.fault("branches", "out_of_range", "must be two branches or more, with different ids");
        }
    }
}

/// Has the assistant answer from what the coach knows.
#[derive(Input, Clone, Debug, PartialEq, Eq)]
#[input(name = "ProgramNodeAiReply")]
pub struct AiReplyNode {
    /// What is asked, with variables; what the member wrote last, if nothing is given.
    #[input(message())]
    pub question: Option<String>,
    /// Which knowledge base answers; all of the coach's, if none is named.
    #[input(rule::id())]
    pub knowledge_base_id: Option<Uuid>,
    /// What is said where there is no answer; nothing, if it is not given.
    #[input(message())]
    pub fallback: Option<String>,
}

/// Writes something into the member's profile.
#[derive(Input, Clone, Debug, PartialEq)]
#[input(name = "ProgramNodeSetAttribute")]
pub struct SetAttributeNode {
    /// Which field of the profile.
    #[input(path())]
    pub field: String,
    /// What it is from now on; a text may have variables. Null or nothing takes the field away.
    #[input(anything())]
    pub value: Option<Value>,
}

/// Gives tags, and takes them.
#[derive(Input, Clone, Debug, PartialEq, Eq)]
#[input(name = "ProgramNodeTag", check = TagNode::check)]
pub struct TagNode {
    /// What they get.
    #[input(rule::texts(20, 50), default)]
    pub add: Vec<String>,
    /// What is taken from them.
    #[input(rule::texts(20, 50), default)]
    pub remove: Vec<String>,
}

impl TagNode {
    fn check(&self, fields: &mut Fields) {
        if self.add.is_empty() && self.remove.is_empty() {
            fields.fault("add", "missing", "say which tags to add or to remove");
        }
        for (name, tags) in [("add", &self.add), ("remove", &self.remove)] {
            let fits = |tag: &String| !tag.contains(['|', '{', '}']) && !tag.chars().any(char::is_control);
            if !tags.iter().all(fits) {
                fields.fault(name, "wrong_format", "must be tags without bars, braces and control characters");
            }
        }
    }
}

/// Gives a badge, once for each member and badge.
#[derive(Input, Clone, Debug, PartialEq, Eq)]
#[input(name = "ProgramNodeAwardBadge", check = AwardBadgeNode::check)]
pub struct AwardBadgeNode {
    /// Which badge,
    #[input(rule::id())]
    pub badge_id: Option<BadgeId>,
    /// or its name.
    #[input(rule::text(100))]
    pub name: Option<String>,
}

impl AwardBadgeNode {
    fn check(&self, fields: &mut Fields) {
        if self.badge_id.is_none() && self.name.is_none() {
            fields.fault("badge_id", "missing", "is missing: say which badge, by its id or its name");
        }
    }
}

/// Enrols the member in another program.
#[derive(Input, Clone, Debug, PartialEq, Eq)]
#[input(name = "ProgramNodeEnroll")]
pub struct EnrollNode {
    /// Which program.
    #[input(rule::id())]
    pub program_id: ProgramId,
}

/// Goes on at another node.
#[derive(Input, Clone, Debug, PartialEq, Eq)]
#[input(name = "ProgramNodeGoto")]
pub struct GotoNode {
    /// Which node.
    #[input(rule::text(100))]
    pub node: String,
}

/// Asks another server.
#[derive(Input, Clone, Debug, PartialEq)]
#[input(name = "ProgramNodeHttpRequest")]
pub struct HttpRequestNode {
    /// Its address: http or https, not within a private network. Variables may stand behind the host.
    #[input(rule::text(2_000))]
    pub url: String,
    /// How it is asked.
    #[input(rule::word::<Method>(), default = Method::Post)]
    pub method: Method,
    /// What it is told, as JSON; texts in it may have variables. Without one, it is told the ids of program, enrolment and member.
    #[input(anything())]
    pub body: Option<Value>,
    /// Into which field of the profile its answer is written.
    #[input(path())]
    pub save_to: Option<String>,
}

/// Calls a person; the program goes on when they hand the conversation back.
#[derive(Input, Clone, Debug, PartialEq, Eq)]
#[input(name = "ProgramNodeHandoff")]
pub struct HandoffNode {
    /// Why, for whoever is called.
    #[input(rule::text(500))]
    pub reason: Option<String>,
    /// What the member is told.
    #[input(message())]
    pub message: Option<String>,
    /// By what template that goes once WhatsApp's 24 hours are over.
    #[input(rule::nested())]
    pub template: Option<Template>,
    /// The account to which the conversation is assigned: an owner or manager of the workspace. Another colleague can still take the conversation. It is
    /// ignored if the account has left the workspace when the step runs.
    #[input(rule::id())]
    pub assignee: Option<AccountId>,
}

/// The program is over.
#[derive(Input, Clone, Debug, PartialEq, Eq)]
#[input(name = "ProgramNodeEnd")]
pub struct EndNode {
    /// Did the member come through?
    #[input(rule::word::<Outcome>(), default = Outcome::Completed)]
    pub outcome: Outcome,
}
