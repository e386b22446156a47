//! A walk through a flow, from a moment until another one: pure.

use kernel::Timestamp;
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::model::automatic::is_automatic;
use crate::model::{
    Effect, Event, Figure, Flow, Moved, Person, Problem, Said, Saying, Severity, State, Tally, Waiting, step,
};

/// So many events of a walk are worked, whatever they are.
const MOST_EVENTS: usize = 5_000;
/// So many remarks are made.
const MOST_NOTES: usize = 200;

/// What a walk is to be.
pub(super) struct Script<'a> {
    /// The flow.
    pub(super) flow: &'a Flow,
    /// By what branches and spread are chosen.
    pub(super) id: Uuid,
    /// When the member begins.
    pub(super) start_at: Timestamp,
    /// When one stops looking.
    pub(super) until: Timestamp,
    /// What the member says, in the order of time.
    pub(super) replies: Vec<(Timestamp, Said)>,
    /// Has the assistant an answer to what it is asked?
    pub(super) assistant_knows: bool,
    /// Do other servers take what they are told?
    pub(super) servers_answer: bool,
    /// So many nodes are come to.
    pub(super) most: i64,
}

/// A visit of a node.
pub(super) struct Visit {
    pub(super) node: String,
    pub(super) entered_at: Timestamp,
    pub(super) left_at: Option<Timestamp>,
    pub(super) exit: Option<String>,
}

/// What came of a walk.
pub(super) struct Walked {
    pub(super) visits: Vec<Visit>,
    /// What is said, and when the run says it.
    pub(super) said: Vec<(Timestamp, Saying)>,
    pub(super) notes: Vec<Problem>,
    pub(super) state: State,
    pub(super) person: Person,
    /// Was it broken off because it came to too many nodes?
    pub(super) is_cut: bool,
}

/// Walks.
pub(super) fn walk(script: &Script<'_>, mut person: Person) -> Walked {
    let start = script.flow.start().map(|(start, _)| start.id.clone()).unwrap_or_default();
    person.now = script.start_at;
    let state = State::begin(&start, script.start_at);
    let mut walk = Walked { visits: Vec::new(), said: Vec::new(), notes: Vec::new(), state, person, is_cut: false };
    let mut replies = script.replies.iter().peekable();
    for _ in 0..MOST_EVENTS {
        if walk.state.ended.is_some() {
            return walk;
        }
        if walk.state.step >= script.most {
            break;
        }
        // What leaves the house comes back at once.
        if let Some(event) = walk.came_back(script) {
            if !walk.take(script, &event) {
                break;
            }
            continue;
        }
        let due = walk.state.due_at.filter(|due| *due <= script.until);
        let reply = replies.peek().filter(|(at, _)| *at <= script.until).map(|(at, _)| *at);
        match (due, reply) {
            (Some(due), reply) if reply.is_none_or(|at| due <= at) => {
                walk.person.now = walk.person.now.max(due);
                if !walk.take(script, &Event::Due) {
                    break;
                }
            }
            (_, Some(at)) => {
                walk.person.now = walk.person.now.max(at);
                if let Some((_, said)) = replies.next() {
                    walk.hear(script, said);
                }
            }
            _ => {
                walk.person.now = script.until;
                return walk;
            }
        }
    }
    walk.is_cut = true;
    let message = format!("came to {} nodes; the walk was broken off here", walk.state.step);
    walk.note("cut", &message);
    walk
}

impl Walked {
    fn note(&mut self, code: &'static str, message: &str) {
        let node = self.state.node.clone();
        self.note_at(&node, code, message);
    }

    fn note_at(&mut self, node: &str, code: &'static str, message: &str) {
        if self.notes.len() < MOST_NOTES {
            self.notes.push(Problem {
                severity: Severity::Warning,
                code,
                node_id: Some(node.to_owned()),
                field: format!("nodes.{node}"),
                message: message.to_owned(),
            });
        }
    }

    fn came_back(&mut self, script: &Script<'_>) -> Option<Event> {
        match self.state.waiting {
            Waiting::Assistant => {
                let found = script.assistant_knows.then(|| "[the assistant's answer]".to_owned());
                Some(Event::Answered(self.state.step, found))
            }
            Waiting::Server => {
                let found = if script.servers_answer { Ok(Value::Object(Map::new())) } else { Err(()) };
                Some(Event::Fetched(self.state.step, found))
            }
            _ => None,
        }
    }

    fn hear(&mut self, script: &Script<'_>, said: &Said) {
        self.person.active_at = self.person.now;
        let node = self.state.node.clone();
        if is_automatic(&said.text) {
            self.note(
                "automatic_reply",
                "was told what a machine writes, such as that somebody is away; that is no reply",
            );
        } else if matches!(self.state.waiting, Waiting::Answer | Waiting::TimeOrReply) {
            self.take(script, &Event::Reply(said.clone()));
        } else {
            self.note_at(&node, "not_heard", "does not wait for a reply; the assistant answers what the member writes");
        }
    }

    /// Has something happen to the run. Tells whether it said anything to it.
    fn take(&mut self, script: &Script<'_>, event: &Event) -> bool {
        let Some(moved) = step(script.flow, script.id, &self.state, event, &mut self.person) else { return false };
        let now = self.person.now;
        let Moved { state, effects, tallies } = moved;
        self.state = state;
        for tally in &tallies {
            self.count(tally, now);
        }
        for effect in effects {
            match effect {
                Effect::Say(saying) => self.said.push((now, saying)),
                Effect::Ask { node, .. } => {
                    self.note_at(&node, "assistant", "asks the assistant; here it was not asked");
                }
                Effect::Fetch { node, .. } => {
                    self.note_at(&node, "server", "asks another server; here it was not asked");
                }
                Effect::Call { .. } => {
                    self.note("handed_over", "calls a person; here they hand the conversation back after a day");
                }
                Effect::Enroll { node } => {
                    self.note_at(&node, "enrolls", "enrolls in another program; here nobody was");
                }
                Effect::SetAttribute { .. } | Effect::Tag { .. } | Effect::Badge { .. } => {}
            }
        }
        true
    }

    fn count(&mut self, tally: &Tally, now: Timestamp) {
        let last = |visits: &mut Vec<Visit>, node: &str, set: &dyn Fn(&mut Visit)| {
            if let Some(visit) = visits.iter_mut().rfind(|visit| visit.node == node) {
                set(visit);
            }
        };
        match tally {
            Tally::Node(node, Figure::Entered, _) => {
                self.visits.push(Visit { node: node.clone(), entered_at: now, left_at: None, exit: None });
            }
            Tally::Node(node, Figure::Left, _) => last(&mut self.visits, node, &|visit| visit.left_at = Some(now)),
            Tally::Node(node, Figure::Failed, _) => {
                self.note_at(
                    node,
                    "failed",
                    "failed: nothing to say, an answer or a day that cannot be read, or nobody who answers",
                );
            }
            Tally::Exit(node, exit) => last(&mut self.visits, node, &|visit| visit.exit = Some(exit.clone())),
            _ => {}
        }
    }
}
