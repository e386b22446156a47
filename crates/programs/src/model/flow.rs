//! A flow: nodes and the edges between them, read from the definition that a builder keeps.

use std::collections::HashMap;

use input::{Fields, Input};
use serde_json::{Map, Value};

use super::kind::NodeType;
use super::nodes::{
    AiReplyNode, AwardBadgeNode, ConditionNode, EndNode, EnrollNode, GotoNode, HandoffNode, HttpRequestNode,
    QuestionNode, SendMessageNode, SetAttributeNode, SplitNode, StartNode, TagNode, WaitNode,
};
use super::problems::Problems;

/// A flow has no more nodes,
pub const MOST_NODES: usize = 500;
/// no more edges,
pub const MOST_EDGES: usize = 1_000;
/// and takes no more bytes of JSON.
pub const MOST_BYTES: usize = 1 << 20;
/// An id of a node has no more characters.
const LONGEST_ID: usize = 100;

/// What a node does, with everything that it says of it.
#[derive(Clone, Debug, PartialEq)]
pub enum Work {
    /// Where everybody begins.
    Start(StartNode),
    /// Says something.
    SendMessage(SendMessageNode),
    /// Lets time pass.
    Wait(WaitNode),
    /// Asks.
    Question(QuestionNode),
    /// Goes one of two ways.
    Condition(ConditionNode),
    /// Sends parts of the members different ways.
    Split(SplitNode),
    /// Has the assistant answer.
    AiReply(AiReplyNode),
    /// Writes into the profile.
    SetAttribute(SetAttributeNode),
    /// Gives tags, and takes them.
    Tag(TagNode),
    /// Gives a badge.
    AwardBadge(AwardBadgeNode),
    /// Enrols in another program.
    Enroll(EnrollNode),
    /// Goes on elsewhere.
    Goto(GotoNode),
    /// Asks another server.
    HttpRequest(HttpRequestNode),
    /// Calls a person.
    Handoff(HandoffNode),
    /// The program is over.
    End(EndNode),
}

impl Work {
    /// Which type this is.
    pub const fn kind(&self) -> NodeType {
        match self {
            Self::Start(_) => NodeType::Start,
            Self::SendMessage(_) => NodeType::SendMessage,
            Self::Wait(_) => NodeType::Wait,
            Self::Question(_) => NodeType::Question,
            Self::Condition(_) => NodeType::Condition,
            Self::Split(_) => NodeType::Split,
            Self::AiReply(_) => NodeType::AiReply,
            Self::SetAttribute(_) => NodeType::SetAttribute,
            Self::Tag(_) => NodeType::Tag,
            Self::AwardBadge(_) => NodeType::AwardBadge,
            Self::Enroll(_) => NodeType::Enroll,
            Self::Goto(_) => NodeType::Goto,
            Self::HttpRequest(_) => NodeType::HttpRequest,
            Self::Handoff(_) => NodeType::Handoff,
            Self::End(_) => NodeType::End,
        }
    }

    /// By which exits one leaves it, and which of them need an edge. A node with one exit has `default`.
    pub fn exits(&self) -> Vec<Exit> {
        let exit = |name: &str, is_needed| Exit { name: name.to_owned(), is_needed };
        match self {
            Self::Goto(_) | Self::End(_) => Vec::new(),
            Self::Wait(wait) => vec![exit(DONE, true), exit(REPLIED, wait.cancel_on_reply)],
            Self::Question(question) => {
                let mut exits = vec![exit(ANSWERED, question.choices.is_empty())];
                exits.extend(question.choices.iter().map(|choice| exit(&format!("{CHOICE}{}", choice.id), true)));
                exits.push(exit(TIMEOUT, question.timeout_hours.is_some()));
                exits
            }
            Self::Condition(_) => vec![exit(TRUE, true), exit(FALSE, true)],
            Self::Split(split) => split.branches.iter().map(|branch| exit(&branch.id, true)).collect(),
            Self::AiReply(_) => vec![exit(ANSWERED, true), exit(UNKNOWN, true)],
            Self::HttpRequest(_) => vec![exit(OK, true), exit(FAILED, true)],
            _ => vec![exit(DEFAULT, true)],
        }
    }

    /// Does time pass here, so that a way which comes back here never turns round at once?
    pub fn pauses(&self) -> bool {
        match self {
            Self::Wait(_) | Self::Question(_) | Self::HttpRequest(_) | Self::Handoff(_) => true,
            Self::SendMessage(message) => message.delay_hours > 0.0,
            _ => false,
        }
    }
}

/// The one exit of nodes that have no more.
pub const DEFAULT: &str = "default";
/// A wait that is over.
pub const DONE: &str = "done";
/// A wait that a message ended.
pub const REPLIED: &str = "replied";
/// What was asked has an answer.
pub const ANSWERED: &str = "answered";
/// Stands before the id of the choice.
pub const CHOICE: &str = "choice:";
/// Nobody answered in time.
pub const TIMEOUT: &str = "timeout";
/// There is no answer.
pub const UNKNOWN: &str = "unknown";
/// The rules hold.
pub const TRUE: &str = "true";
/// They do not.
pub const FALSE: &str = "false";
/// The other server took it.
pub const OK: &str = "ok";
/// It did not.
pub const FAILED: &str = "failed";

/// One way out of a node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exit {
    /// Its name: the `sourceHandle` of its edge.
    pub name: String,
    /// Must it lead somewhere, once the node leads anywhere?
    pub is_needed: bool,
}

/// A node.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// Its id in the flow.
    pub id: String,
    /// What it does.
    pub work: Work,
}

/// An edge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edge {
    /// Its id.
    pub id: String,
    /// From which node,
    pub source: String,
    /// by which exit (`sourceHandle`); nothing stands for every exit that has no edge of its own,
    pub exit: Option<String>,
    /// to which node.
    pub target: String,
}

/// A flow that can be walked.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Flow {
    nodes: Vec<Node>,
    edges: Vec<Edge>,
    by_id: HashMap<String, usize>,
    /// The edges that lead on from each node.
    out: Vec<Vec<usize>>,
    /// How many nodes lie between each and the nearest end, with the end.
    ahead: Vec<Option<usize>>,
}

impl Flow {
    /// Reads a definition, or tells everything that is wrong with it. What is only strange comes along with the flow.
    pub fn read(definition: &Map<String, Value>) -> Result<(Self, Problems), Problems> {
        let mut problems = Problems::default();
        let (nodes, is_whole) = nodes(definition, &mut problems);
        let edges = edges(definition, &mut problems);
        let mut by_id = HashMap::new();
        for (place, node) in nodes.iter().enumerate() {
            by_id.entry(node.id.clone()).or_insert(place);
        }
        let mut out = vec![Vec::new(); nodes.len()];
        for (place, edge) in edges.iter().enumerate() {
            if let Some(source) = by_id.get(&edge.source) {
                out[*source].push(place);
            }
        }
        let mut flow = Self { nodes, edges, by_id, out, ahead: Vec::new() };
        flow.ahead = flow.measure();
        // What is not read cannot be judged: the graph is looked at when every node could be.
        if is_whole {
            super::check::check(&flow, &mut problems);
        }
        if problems.has_errors() { Err(problems) } else { Ok((flow, problems)) }
    }

    /// Its nodes, in the order of the definition.
    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// Its edges.
    pub fn edges(&self) -> &[Edge] {
        &self.edges
    }

    /// A node by its id.
    pub fn node(&self, id: &str) -> Option<&Node> {
        self.by_id.get(id).map(|place| &self.nodes[*place])
    }

    /// Where everybody begins.
    pub fn start(&self) -> Option<(&Node, &StartNode)> {
        self.nodes.iter().find_map(|node| match &node.work {
            Work::Start(start) => Some((node, start)),
            _ => None,
        })
    }

    /// Where an exit leads; nowhere, if the run ends there.
    pub fn next(&self, from: &Node, exit: &str) -> Option<&Node> {
        if let Work::Goto(goto) = &from.work {
            return self.node(&goto.node);
        }
        let of = |wanted: Option<&str>| self.edges_of(from).find(|edge| edge.exit.as_deref() == wanted);
        let by_choice = exit.starts_with(CHOICE).then(|| of(Some(ANSWERED))).flatten();
        of(Some(exit)).or(by_choice).or_else(|| of(None)).and_then(|edge| self.node(&edge.target))
    }

    /// All nodes that can follow one.
    pub fn followers<'f>(&'f self, node: &'f Node) -> impl Iterator<Item = &'f Node> {
        let by_goto = match &node.work {
            Work::Goto(goto) => self.node(&goto.node),
            _ => None,
        };
        let by_edge = self.edges_of(node);
        by_goto.into_iter().chain(by_edge.filter_map(|edge| self.node(&edge.target)))
    }

    /// The edges that lead on from a node.
    pub fn edges_of(&self, node: &Node) -> impl Iterator<Item = &Edge> {
        let own = self.by_id.get(&node.id).map_or(&[][..], |place| &self.out[*place]);
        own.iter().map(|place| &self.edges[*place])
    }

    /// How many nodes lie between a node and the nearest end of the run; nothing, if no way leads to one.
    pub fn ahead(&self, id: &str) -> Option<usize> {
        self.by_id.get(id).and_then(|place| self.ahead[*place])
    }

    /// How far a run is that stands at a node, from 0 to 1: the shortest way that is left, compared with that from the start.
    pub fn progress(&self, id: &str) -> Option<f64> {
        let whole = self.start().and_then(|(start, _)| self.ahead(&start.id)).filter(|whole| *whole > 0)?;
        let left = self.ahead(id)?.min(whole);
        Some(1.0 - left as f64 / whole as f64)
    }

    /// A search backwards from where runs end.
    fn measure(&self) -> Vec<Option<usize>> {
        let mut back: Vec<Vec<usize>> = vec![Vec::new(); self.nodes.len()];
        let mut ahead = vec![None; self.nodes.len()];
        let mut front = Vec::new();
        for (place, node) in self.nodes.iter().enumerate() {
            let mut is_last = true;
            for next in self.followers(node) {
                is_last = false;
                back[self.by_id[&next.id]].push(place);
            }
            if is_last {
                ahead[place] = Some(0);
                front.push(place);
            }
        }
        let mut far = 0;
        while !front.is_empty() {
            far += 1;
            let mut next = Vec::new();
            for before in front.iter().flat_map(|place| &back[*place]) {
                if ahead[*before].is_none() {
                    ahead[*before] = Some(far);
                    next.push(*before);
                }
            }
            front = next;
        }
        ahead
    }
}

fn nodes(definition: &Map<String, Value>, problems: &mut Problems) -> (Vec<Node>, bool) {
    let Some(items) = list(definition, "nodes", MOST_NODES, problems) else { return (Vec::new(), false) };
    if items.is_empty() {
        problems.of_flow("nodes", "missing", "must have a node of the type start");
    }
    let mut all = Vec::with_capacity(items.len());
    for (place, item) in items.iter().enumerate() {
        let Some(object) = item.as_object() else {
            problems.of_flow(&format!("nodes.{place}"), "wrong_type", "must be an object");
            continue;
        };
        let Some(id) = id_of(object) else {
            problems.of_flow(&format!("nodes.{place}.id"), "missing", "must be a text of 1 to 100 characters");
            continue;
        };
        if all.iter().any(|node: &Node| node.id == id) {
            problems.of_node(id, "id", "repeated", "is the id of another node, too");
            continue;
        }
        let Some(kind) = object.get("type").and_then(Value::as_str).and_then(NodeType::parse) else {
            let known = NodeType::WORDS.join(", ");
            problems.of_node(id, "type", "unknown_value", &format!("must be one of {known}"));
            continue;
        };
        let data = match object.get("data") {
            None | Some(Value::Null) => Map::new(),
            Some(Value::Object(data)) => data.clone(),
            Some(_) => {
                problems.of_node(id, "data", "wrong_type", "must be an object");
                continue;
            }
        };
        if let Some(work) = work(id, kind, data, problems) {
            all.push(Node { id: id.to_owned(), work });
        }
    }
    let is_whole = all.len() == items.len();
    (all, is_whole)
}

fn id_of(object: &Map<String, Value>) -> Option<&str> {
    let fits = |id: &&str| {
        let length = id.chars().count();
        (1..=LONGEST_ID).contains(&length) && !id.contains('\0') && id.trim() == *id
    };
    object.get("id").and_then(Value::as_str).filter(fits)
}

fn list<'v>(
    definition: &'v Map<String, Value>,
    name: &str,
    most: usize,
    problems: &mut Problems,
) -> Option<&'v Vec<Value>> {
    match definition.get(name) {
        Some(Value::Array(items)) if items.len() <= most => Some(items),
        Some(Value::Array(_)) => {
            problems.of_flow(name, "too_long", &format!("must have at most {most} items"));
            None
        }
        Some(_) => {
            problems.of_flow(name, "wrong_type", "must be a list");
            None
        }
        None => {
            problems.of_flow(name, "missing", "is missing");
            None
        }
    }
}

fn work(id: &str, kind: NodeType, data: Map<String, Value>, problems: &mut Problems) -> Option<Work> {
    match kind {
        NodeType::Start => of::<StartNode>(id, data, problems).map(Work::Start),
        NodeType::SendMessage => of(id, data, problems).map(Work::SendMessage),
        NodeType::Wait => of(id, data, problems).map(Work::Wait),
        NodeType::Question => of(id, data, problems).map(Work::Question),
        NodeType::Condition => of(id, data, problems).map(Work::Condition),
        NodeType::Split => of(id, data, problems).map(Work::Split),
        NodeType::AiReply => of(id, data, problems).map(Work::AiReply),
        NodeType::SetAttribute => of(id, data, problems).map(Work::SetAttribute),
        NodeType::Tag => of(id, data, problems).map(Work::Tag),
        NodeType::AwardBadge => of(id, data, problems).map(Work::AwardBadge),
        NodeType::Enroll => of(id, data, problems).map(Work::Enroll),
        NodeType::Goto => of(id, data, problems).map(Work::Goto),
        NodeType::HttpRequest => of(id, data, problems).map(Work::HttpRequest),
        NodeType::Handoff => of(id, data, problems).map(Work::Handoff),
        NodeType::End => of(id, data, problems).map(Work::End),
    }
}

fn of<T: Input>(id: &str, data: Map<String, Value>, problems: &mut Problems) -> Option<T> {
    let read = Fields::of_body(Value::Object(data)).and_then(Fields::read::<T>);
    read.map_err(|error| {
        for fault in error.faults() {
            // The first part is the place that the reader reads from.
            let below = fault.loc.iter().skip(1).cloned().collect::<Vec<_>>().join(".");
            problems.of_node(id, &format!("data.{below}"), fault.kind, &fault.message);
        }
    })
    .ok()
}

fn edges(definition: &Map<String, Value>, problems: &mut Problems) -> Vec<Edge> {
    let Some(items) = list(definition, "edges", MOST_EDGES, problems) else { return Vec::new() };
    let mut all: Vec<Edge> = Vec::with_capacity(items.len());
    for (place, item) in items.iter().enumerate() {
        let path = |part: &str| format!("edges.{place}{part}");
        let Some(object) = item.as_object() else {
            problems.of_flow(&path(""), "wrong_type", "must be an object");
            continue;
        };
        let text = |name: &str| object.get(name).and_then(Value::as_str).filter(|text| text.len() <= 1_000);
        let mut end = |name: &str| {
            let found = text(name);
            if found.is_none() {
                problems.of_flow(&path(&format!(".{name}")), "missing", "must be the id of a node");
            }
            found
        };
        let (Some(source), Some(target)) = (end("source"), end("target")) else { continue };
        let exit = text("sourceHandle").filter(|exit| !exit.is_empty() && *exit != DEFAULT);
        let id = text("id").map_or_else(|| format!("{source}-{}-{target}", exit.unwrap_or(DEFAULT)), str::to_owned);
        if all.iter().any(|edge| edge.id == id) {
            problems.of_flow(&path(".id"), "repeated", "is the id of another edge, too");
        }
        all.push(Edge { id, source: source.to_owned(), exit: exit.map(str::to_owned), target: target.to_owned() });
    }
    all
}
