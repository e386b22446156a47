//! How far a run is, and what moves it.

use kernel::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::kind::Outcome;
use super::nodes::Template;

/// What a run waits for at its node.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, kernel::Words)]
#[words(name = "ProgramWaitingFor")]
pub enum Waiting {
    /// Nothing: it goes on at once.
    Nothing,
    /// The hours before a message is said.
    Delay,
    /// Time.
    Time,
    /// Time, or a message of the member.
    TimeOrReply,
    /// The answer to a question.
    Answer,
    /// The assistant.
    Assistant,
    /// Another server.
    Server,
    /// A person, to hand the conversation back.
    Person,
}

/// A run, as far as it has come. What is stored of it is this and no more.
#[derive(Clone, Debug, PartialEq)]
pub struct State {
    /// At which node it is.
    pub node: String,
    /// What it waits for there.
    pub waiting: Waiting,
    /// When it goes on by itself; never, where it only waits for the member.
    pub due_at: Option<Timestamp>,
    /// How many nodes it has come to, counted with each visit: two states of a run never have the same number and another node.
    pub step: i64,
    /// What it remembers.
    pub memory: Memory,
    /// How it ended, if it has.
    pub ended: Option<Ended>,
}

/// What a run remembers.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Memory {
    /// When the wait at its node began, in microseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub began: Option<i64>,
    /// How often the question was asked once more.
    #[serde(skip_serializing_if = "is_zero")]
    pub asked_again: i64,
    /// How many nodes it has come to since time passed last.
    #[serde(skip_serializing_if = "is_zero")]
    pub on_end: i64,
    /// The answers, by the ids of their questions.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub answers: Map<String, Value>,
    /// The branches that it was sent, by the ids of their splits.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub branches: Map<String, Value>,
    /// The splits whose branch a reply was counted for already.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub heard: Vec<String>,
    /// At which nodes the last messages were said, with their steps: for what becomes of them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub said: Vec<(i64, String)>,
    /// What the member wrote last, as far as this run heard it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_message: Option<String>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands it over so")]
const fn is_zero(number: &i64) -> bool {
    *number == 0
}

/// How a run ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ended {
    /// Did the member come through?
    pub outcome: Outcome,
    /// Why, where it is not the end that the flow has: `no_node`, `circle`.
    pub reason: Option<&'static str>,
}

/// So many messages are remembered.
const MOST_SAID: usize = 20;

impl Memory {
    /// Remembers that something was said.
    pub fn said(&mut self, step: i64, node: &str) {
        if self.said.len() >= MOST_SAID {
            self.said.remove(0);
        }
        self.said.push((step, node.to_owned()));
    }

    /// The branches for which a reply counts that is heard now: each once.
    pub(super) fn hear(&mut self) -> Vec<Tally> {
        let new = self.branches.iter().filter(|(split, _)| !self.heard.contains(split));
        let new: Vec<(String, String)> =
            new.filter_map(|(split, branch)| Some((split.clone(), branch.as_str()?.to_owned()))).collect();
        self.heard.extend(new.iter().map(|(split, _)| split.clone()));
        new.into_iter().map(|(split, branch)| Tally::Heard(split, branch)).collect()
    }
}

impl State {
    /// Somebody who is about to begin.
    pub fn begin(start: &str, now: Timestamp) -> Self {
        Self {
            node: start.to_owned(),
            waiting: Waiting::Nothing,
            due_at: Some(now),
            step: 0,
            memory: Memory::default(),
            ended: None,
        }
    }
}

/// What a member said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Said {
    /// The words.
    pub text: String,
    /// The id of the button that they pressed, if they did.
    pub pressed: Option<String>,
}

/// Something that happens to a run.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// Its time has come.
    Due,
    /// The member wrote.
    Reply(Said),
    /// The person who had the conversation handed it back.
    HandedBack,
    /// The assistant has an answer, or none; asked at this step.
    Answered(i64, Option<String>),
    /// The other server has answered, with what; or it has not. Asked at this step.
    Fetched(i64, Result<Value, ()>),
    /// The member is in another time zone.
    Rezoned,
}

/// What a step wants done, in this order, in the transaction that writes the state down.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Say this. No two of a run have the same step.
    Say(Saying),
    /// Write into the profile; null takes the field away.
    SetAttribute {
        /// The field, its parts joined by dots.
        path: String,
        /// What it is from now on.
        value: Value,
    },
    /// Give and take tags.
    Tag {
        /// What they get.
        add: Vec<String>,
        /// What is taken from them.
        remove: Vec<String>,
    },
    /// Give a badge.
    Badge {
        /// At which node.
        node: String,
    },
    /// Enrol in another program.
    Enroll {
        /// At which node.
        node: String,
    },
    /// Ask the assistant, with the number of this step.
    Ask {
        /// At which node.
        node: String,
        /// At which step.
        step: i64,
        /// What.
        question: String,
    },
    /// Ask another server, with the number of this step.
    Fetch {
        /// At which node.
        node: String,
        /// At which step.
        step: i64,
        /// Its address.
        url: String,
        /// What it is told; nothing stands for the ids of the run.
        body: Option<Value>,
    },
    /// Call a person.
    Call {
        /// Why.
        reason: String,
    },
}

/// Something to be said.
#[derive(Clone, Debug, PartialEq)]
pub struct Saying {
    /// At which node.
    pub node: String,
    /// At which step: with the run, the key by which it is said once.
    pub step: i64,
    /// The words.
    pub text: String,
    /// Buttons: ids and titles.
    pub buttons: Vec<(String, String)>,
    /// By what template it goes, with its gaps filled.
    pub template: Option<Template>,
}

/// What a figure of a node is moved by.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Figure {
    /// Somebody came.
    Entered,
    /// Somebody waits there now: the only figure that falls.
    Waiting,
    /// Somebody went on, or ended there.
    Left,
    /// Somebody replied there.
    Replied,
    /// Something failed there: nothing to say, no answer that could be read, a server that refused.
    Failed,
}

/// What is counted along with a step.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Tally {
    /// A figure of a node is moved.
    Node(String, Figure, i64),
    /// Somebody left a node by an exit.
    Exit(String, String),
    /// Somebody who was sent this branch of a split replied for the first time since.
    Heard(String, String),
    /// Somebody who was sent this branch of a split completed the program.
    Won(String, String),
}

/// What came of an event.
#[derive(Clone, Debug, PartialEq)]
pub struct Moved {
    /// The run from now on.
    pub state: State,
    /// What is to be done, in order.
    pub effects: Vec<Effect>,
    /// What is counted.
    pub tallies: Vec<Tally>,
}
