//! One step of a run: pure. What happens goes in with the state that was read; the next state, what is to be done and what is counted
//! come out, and whoever calls writes all of it down in one transaction, or nothing of it.

use kernel::{Timestamp, time};
use serde_json::Value;
use uuid::Uuid;

use super::answer::{self, Answer};
use super::condition;
use super::flow::{
    ANSWERED, CHOICE, DEFAULT, DONE, FAILED, FALSE, Flow, Node, OK, REPLIED, TIMEOUT, TRUE, UNKNOWN, Work,
};
use super::kind::Outcome;
use super::nodes::{QuestionNode, Template};
use super::parts::{asked, branch, once_more, set_path};
use super::person::Person;
use super::state::{Effect, Ended, Event, Figure, Moved, Said, Saying, State, Tally, Waiting};
use super::text::{self, Values};

/// So many nodes in one go; the rest follows in the next.
pub const MOST_IN_ONE_GO: i64 = 50;
/// So many nodes without time passing: whoever comes further goes round in a circle.
const MOST_ON_END: i64 = 1_000;
/// So long the assistant and other servers have, whatever becomes of the job that asks them.
pub const LONGEST_ASKED: i64 = 15 * time::MINUTE;
/// When it is looked again whether a person has handed the conversation back.
const RECHECK: i64 = time::DAY;

/// What comes of an event; nothing, if it says nothing to a run that stands so.
pub fn step(flow: &Flow, id: Uuid, state: &State, event: &Event, person: &mut Person) -> Option<Moved> {
    if state.ended.is_some() {
        return None;
    }
    let mut walk =
        Walk { flow, id, person, state: state.clone(), effects: Vec::new(), tallies: Vec::new(), in_one_go: 0 };
    let Some(node) = flow.node(&state.node) else {
        walk.end(Outcome::Exited, Some("no_node"));
        return Some(walk.done());
    };
    let is_due = state.due_at.is_some_and(|due| due <= walk.person.now);
    match (state.waiting, event) {
        (Waiting::Nothing, Event::Due) => walk.go(node),
        (Waiting::Delay, Event::Due) if is_due => walk.after_delay(node),
        (Waiting::Time | Waiting::TimeOrReply, Event::Due) if is_due => walk.leave(node, DONE),
        (Waiting::TimeOrReply, Event::Reply(said)) => walk.replied(node, said),
        (Waiting::Time | Waiting::TimeOrReply, Event::Rezoned) => return walk.rezoned(node),
        (Waiting::Answer, Event::Reply(said)) => walk.answered(node, said),
        (Waiting::Answer, Event::Due) if is_due => walk.leave(node, TIMEOUT),
        (Waiting::Assistant, Event::Answered(asked, found)) if *asked == state.step => {
            walk.told(node, found.as_deref());
        }
        (Waiting::Assistant, Event::Due) if is_due => walk.told(node, None),
        (Waiting::Server, Event::Fetched(asked, found)) if *asked == state.step => {
            walk.fetched(node, found.as_ref().ok());
        }
        (Waiting::Server, Event::Due) if is_due => walk.fetched(node, None),
        (Waiting::Person, Event::HandedBack) => walk.leave(node, DEFAULT),
        (Waiting::Person, Event::Due) if is_due => walk.leave(node, DEFAULT),
        _ => return None,
    }
    Some(walk.done())
}

struct Walk<'a> {
    flow: &'a Flow,
    id: Uuid,
    person: &'a mut Person,
    state: State,
    effects: Vec<Effect>,
    tallies: Vec<Tally>,
    in_one_go: i64,
}

impl Walk<'_> {
    fn done(self) -> Moved {
        Moved { state: self.state, effects: self.effects, tallies: self.tallies }
    }

    fn count(&mut self, node: &Node, figure: Figure, by: i64) {
        self.tallies.push(Tally::Node(node.id.clone(), figure, by));
    }

    fn values(&self) -> Values {
        let mut values = self.person.values(&self.state.memory.answers);
        if let Some(last) = &self.state.memory.last_message {
            values.own.insert("last_message".to_owned(), Value::from(last.clone()));
        }
        values
    }

    /// Comes to nodes, one after the other, until one lets time pass.
    fn go(&mut self, from: &Node) {
        let mut at = Some(from.id.clone());
        while let Some(node) = at.take().and_then(|id| self.flow.node(&id)) {
            if self.in_one_go >= MOST_IN_ONE_GO {
                // The rest in the next step, so that nobody holds up the others.
                self.park(node, Waiting::Nothing, Some(self.person.now));
                return;
            }
            if self.state.memory.on_end >= MOST_ON_END {
                self.count(node, Figure::Failed, 1);
                self.end(Outcome::Exited, Some("circle"));
                return;
            }
            self.in_one_go += 1;
            self.state.step += 1;
            self.state.memory.on_end += 1;
            self.state.memory.asked_again = 0;
            self.state.memory.began = None;
            node.id.clone_into(&mut self.state.node);
            self.count(node, Figure::Entered, 1);
            if let Some(exit) = self.visit(node) {
                at = self.pass(node, &exit);
            } else {
                return;
            }
        }
    }

    /// Goes by an exit without stopping: to whom it leads, or to the end of the run.
    fn pass(&mut self, node: &Node, exit: &str) -> Option<String> {
        self.count(node, Figure::Left, 1);
        self.tallies.push(Tally::Exit(node.id.clone(), exit.to_owned()));
        let next = self.flow.next(node, exit).map(|next| next.id.clone());
        if next.is_none() {
            self.end(Outcome::Completed, None);
        }
        next
    }

    /// Stops at a node.
    fn park(&mut self, node: &Node, waiting: Waiting, due_at: Option<Timestamp>) {
        node.id.clone_into(&mut self.state.node);
        (self.state.waiting, self.state.due_at) = (waiting, due_at);
        if waiting != Waiting::Nothing {
            self.state.memory.began = Some(self.person.now.micros());
            self.count(node, Figure::Waiting, 1);
        }
    }

    /// Leaves a node at which the run stood.
    fn leave(&mut self, node: &Node, exit: &str) {
        self.unpark(node);
        if let Some(next) = self.pass(node, exit).and_then(|id| self.flow.node(&id)) {
            self.go(next);
        }
    }

    fn unpark(&mut self, node: &Node) {
        self.count(node, Figure::Waiting, -1);
        (self.state.waiting, self.state.due_at) = (Waiting::Nothing, Some(self.person.now));
        self.state.memory.on_end = 0;
    }

    fn end(&mut self, outcome: Outcome, reason: Option<&'static str>) {
        (self.state.waiting, self.state.due_at) = (Waiting::Nothing, None);
        if outcome == Outcome::Completed {
            let branches = self.state.memory.branches.iter();
            let won = branches.filter_map(|(node, branch)| Some(Tally::Won(node.clone(), branch.as_str()?.to_owned())));
            self.tallies.extend(won);
        }
        self.state.ended = Some(Ended { outcome, reason });
    }

    /// Does what a node does. By which exit it goes on; nothing, if it stops there.
    fn visit(&mut self, node: &Node) -> Option<String> {
        let default = Some(DEFAULT.to_owned());
        match &node.work {
            Work::Start(_) | Work::Goto(_) => default,
            Work::SendMessage(send) if send.delay_hours > 0.0 => {
                let due = self.person.now.plus((send.delay_hours * time::HOUR as f64) as i64);
                self.park(node, Waiting::Delay, Some(due));
                None
            }
            Work::SendMessage(send) => {
                let buttons = send.buttons.iter().map(|button| (button.id.clone(), button.title.clone())).collect();
                self.say(node, &send.message, buttons, send.template.as_ref());
                default
            }
            Work::Wait(_) => self.wait(node),
            Work::Question(question) => {
                self.ask(node, question);
                None
            }
            Work::Condition(condition) => {
                let holds = condition::holds(condition, self.person, &self.values());
                Some(if holds { TRUE } else { FALSE }.to_owned())
            }
            Work::Split(split) => {
                let branch = branch(split, audience::spread(self.id, node.id.as_bytes()));
                self.state.memory.branches.insert(node.id.clone(), branch.into());
                Some(branch.to_owned())
            }
            Work::AiReply(reply) => {
                let values = self.values();
                let question = match &reply.question {
                    Some(question) => text::fill(question, &values),
                    None => values.get("last_message").and_then(text::told).unwrap_or_default(),
                };
                if question.trim().is_empty() {
                    return Some(self.no_answer(node).to_owned());
                }
                self.effects.push(Effect::Ask { node: node.id.clone(), step: self.state.step, question });
                self.park(node, Waiting::Assistant, Some(self.person.now.plus(LONGEST_ASKED)));
                None
            }
            Work::SetAttribute(set) => {
                let value = set.value.as_ref().map_or(Value::Null, |value| text::fill_value(value, &self.values()));
                self.set(&set.field, value);
                default
            }
            Work::Tag(tag) => {
                self.retag(&tag.add, &tag.remove);
                default
            }
            Work::AwardBadge(_) => {
                self.effects.push(Effect::Badge { node: node.id.clone() });
                default
            }
            Work::Enroll(_) => {
                self.effects.push(Effect::Enroll { node: node.id.clone() });
                default
            }
            Work::HttpRequest(request) => {
                let values = self.values();
                let url = text::fill_address(&request.url, &values);
                let body = request.body.as_ref().map(|body| text::fill_value(body, &values));
                self.effects.push(Effect::Fetch { node: node.id.clone(), step: self.state.step, url, body });
                self.park(node, Waiting::Server, Some(self.person.now.plus(LONGEST_ASKED)));
                None
            }
            Work::Handoff(handoff) => {
                if let Some(message) = &handoff.message {
                    self.say(node, message, Vec::new(), handoff.template.as_ref());
                }
                let reason = handoff.reason.as_deref().map(|reason| text::fill(reason, &self.values()));
                self.effects.push(Effect::Call { reason: reason.unwrap_or_default() });
                self.park(node, Waiting::Person, Some(self.person.now.plus(RECHECK)));
                None
            }
            Work::End(end) => {
                self.count(node, Figure::Left, 1);
                self.end(end.outcome, None);
                None
            }
        }
    }

    fn say(&mut self, node: &Node, message: &str, buttons: Vec<(String, String)>, template: Option<&Template>) {
        let values = self.values();
        let text: String = text::fill(message, &values).chars().take(super::nodes::LONGEST_MESSAGE).collect();
        if text.trim().is_empty() {
            self.count(node, Figure::Failed, 1);
            return;
        }
        let template = template.map(|template| Template {
            params: template.params.iter().map(|param| text::fill(param, &values)).collect(),
            ..template.clone()
        });
        self.speak(node, text, buttons, template);
    }

    fn speak(&mut self, node: &Node, text: String, buttons: Vec<(String, String)>, template: Option<Template>) {
        let (node, step) = (node.id.clone(), self.state.step);
        self.state.memory.said(step, &node);
        self.effects.push(Effect::Say(Saying { node, step, text, buttons, template }));
    }

    fn after_delay(&mut self, node: &Node) {
        self.unpark(node);
        if let Work::SendMessage(send) = &node.work {
            let buttons = send.buttons.iter().map(|button| (button.id.clone(), button.title.clone())).collect();
            self.say(node, &send.message, buttons, send.template.as_ref());
        }
        if let Some(next) = self.pass(node, DEFAULT).and_then(|id| self.flow.node(&id)) {
            self.go(next);
        }
    }

    /// Waits, unless the day that it is until has passed or cannot be read.
    fn wait(&mut self, node: &Node) -> Option<String> {
        let Work::Wait(wait) = &node.work else { return None };
        let due = self.due(node, self.person.now);
        if due.is_none() {
            self.count(node, Figure::Failed, 1);
        }
        let Some(due) = due.filter(|due| *due > self.person.now) else { return Some(DONE.to_owned()) };
        self.park(node, if wait.cancel_on_reply { Waiting::TimeOrReply } else { Waiting::Time }, Some(due));
        None
    }

    fn due(&self, node: &Node, began: Timestamp) -> Option<Timestamp> {
        let Work::Wait(wait) = &node.work else { return None };
        let date = wait.until_date.as_deref().map(|date| text::fill(date, &self.values()));
        super::time::due(wait, date.as_deref(), began, &self.person.zone, audience::spread(self.id, node.id.as_bytes()))
    }

    fn rezoned(mut self, node: &Node) -> Option<Moved> {
        let began = Timestamp::from_micros(self.state.memory.began?);
        let due = self.due(node, began)?;
        if self.state.due_at == Some(due) {
            return None;
        }
        // Another number, so that whoever read the old time does not go by it.
        self.state.step += 1;
        self.state.due_at = Some(due);
        Some(self.done())
    }

    fn replied(&mut self, node: &Node, said: &Said) {
        self.heard(node);
        self.remember(said);
        self.leave(node, REPLIED);
    }

    fn heard(&mut self, node: &Node) {
        self.count(node, Figure::Replied, 1);
        self.tallies.extend(self.state.memory.hear());
    }

    fn remember(&mut self, said: &Said) {
        self.state.memory.last_message = Some(said.text.chars().take(2_000).collect());
    }

    fn ask(&mut self, node: &Node, question: &QuestionNode) {
        let (text, buttons) = asked(&question.message, question);
        self.say(node, &text, buttons, question.template.as_ref());
        let due = question.timeout_hours.map(|hours| self.person.now.plus((hours * time::HOUR as f64) as i64));
        self.park(node, Waiting::Answer, due);
    }

    fn answered(&mut self, node: &Node, said: &Said) {
        let Work::Question(question) = &node.work else { return };
        self.remember(said);
        let Some(Answer { value, choice }) = answer::read(question, said) else {
            self.count(node, Figure::Failed, 1);
            if self.state.memory.asked_again >= question.retries {
                self.leave(node, TIMEOUT);
                return;
            }
            // It counts as another visit, so that what is said has a key of its own; the time to answer runs on.
            self.state.memory.asked_again += 1;
            self.state.step += 1;
            let again = question.retry_message.as_deref().unwrap_or_else(|| once_more(question, self.person));
            let (text, buttons) = asked(again, question);
            self.say(node, &text, buttons, None);
            return;
        };
        self.heard(node);
        self.state.memory.answers.insert(node.id.clone(), value.clone());
        if let Some(path) = &question.save_to {
            self.set(path, value);
        }
        let exit = choice.map_or_else(|| ANSWERED.to_owned(), |choice| format!("{CHOICE}{choice}"));
        self.leave(node, &exit);
    }

    /// What the assistant said, or that it has nothing to say.
    fn told(&mut self, node: &Node, found: Option<&str>) {
        let exit = match found.map(str::trim).filter(|found| !found.is_empty()) {
            Some(found) => {
                let text = found.chars().take(super::nodes::LONGEST_MESSAGE).collect();
                self.speak(node, text, Vec::new(), None);
                ANSWERED
            }
            None => self.no_answer(node),
        };
        self.leave(node, exit);
    }

    fn no_answer(&mut self, node: &Node) -> &'static str {
        self.count(node, Figure::Failed, 1);
        if let Work::AiReply(reply) = &node.work
            && let Some(fallback) = &reply.fallback
        {
            self.say(node, fallback, Vec::new(), None);
        }
        UNKNOWN
    }

    fn fetched(&mut self, node: &Node, found: Option<&Value>) {
        let Some(found) = found else {
            self.count(node, Figure::Failed, 1);
            return self.leave(node, FAILED);
        };
        if let Work::HttpRequest(request) = &node.work
            && let Some(path) = &request.save_to
        {
            self.set(path, found.clone());
        }
        self.leave(node, OK);
    }

    fn set(&mut self, path: &str, value: Value) {
        set_path(&mut self.person.profile, path, value.clone());
        if path == "name" {
            self.person.name = value.as_str().map(str::to_owned);
        }
        self.effects.push(Effect::SetAttribute { path: path.to_owned(), value });
    }

    fn retag(&mut self, add: &[String], remove: &[String]) {
        let folded = |tag: &String| mind::text::fold(tag);
        let gone: Vec<String> = remove.iter().map(folded).collect();
        self.person.tags.retain(|tag| !gone.contains(&folded(tag)));
        for tag in add {
            if !self.person.tags.iter().any(|own| folded(own) == folded(tag)) {
                self.person.tags.push(tag.clone());
            }
        }
        self.effects.push(Effect::Tag { add: add.to_vec(), remove: remove.to_vec() });
    }
}
