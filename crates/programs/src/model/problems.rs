//! What is wrong with a flow, or only strange: each with the node or edge that it is about.

use input::rule::Problem as Refusal;
use kernel::Fault;
use serde::Serialize;
use utoipa::ToSchema;

/// How bad it is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, kernel::Words)]
#[words(no_column, name = "ProgramProblemSeverity")]
pub enum Severity {
    /// The flow is not taken.
    Error,
    /// A draft is taken, and cannot be published.
    Publish,
    /// The flow is taken, and does what it says.
    Warning,
}

/// Something to be put right, or to be known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = ProgramProblem)]
pub struct Problem {
    /// How bad it is: `error`, `publish` (stands in the way of publishing) or `warning`.
    pub severity: Severity,
    /// A word for programs: `unreachable`, `no_way_on`, `unknown_value`.
    pub code: &'static str,
    /// The node that it is about, if it is about one.
    pub node_id: Option<String>,
    /// Where it stands in the flow: `nodes.welcome.data.message`, `edges.3.target`.
    pub field: String,
    /// What is wrong, and what would be right.
    pub message: String,
}

/// All that there is to say of a flow.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Problems(Vec<Problem>);

/// So many are told; a flow that is all wrong says nothing more by more.
const MOST: usize = 200;

impl Problems {
    /// An error of the flow itself.
    pub(crate) fn of_flow(&mut self, field: &str, code: &'static str, message: &str) {
        self.add(Severity::Error, None, field.to_owned(), code, message);
    }

    /// An error of a node.
    pub(crate) fn of_node(&mut self, node: &str, field: &str, code: &'static str, message: &str) {
        self.node(Severity::Error, node, field, code, message);
    }

    /// Something about a node.
    pub(crate) fn node(&mut self, severity: Severity, node: &str, field: &str, code: &'static str, message: &str) {
        let field = if field.is_empty() { format!("nodes.{node}") } else { format!("nodes.{node}.{field}") };
        self.add(severity, Some(node.to_owned()), field, code, message);
    }

    /// Something to be known of the settings.
    pub(crate) fn of_settings(&mut self, field: &str, code: &'static str, message: &str) {
        self.add(Severity::Warning, None, format!("settings.{field}"), code, message);
    }

    fn add(&mut self, severity: Severity, node_id: Option<String>, field: String, code: &'static str, message: &str) {
        if self.0.len() < MOST {
            self.0.push(Problem { severity, code, node_id, field, message: message.to_owned() });
        }
    }

    /// Is the flow not to be taken?
    pub fn has_errors(&self) -> bool {
        self.0.iter().any(|problem| problem.severity == Severity::Error)
    }

    /// Does anything stand in the way of publishing?
    pub fn stands_in_the_way(&self) -> bool {
        self.0.iter().any(|problem| problem.severity != Severity::Warning)
    }

    /// Each of them.
    pub fn all(&self) -> &[Problem] {
        &self.0
    }

    /// Each of them, to keep.
    pub fn into_all(self) -> Vec<Problem> {
        self.0
    }

    /// Those that stand in the way, as faults of a request.
    pub fn faults(&self) -> Vec<Fault> {
        let bad = self.0.iter().filter(|problem| problem.severity != Severity::Warning);
        bad.map(|problem| Fault { loc: problem.loc(), message: problem.message.clone(), kind: problem.code }).collect()
    }

    /// Those that stand in the way, as the rule of a field tells them; nothing where there are none.
    pub fn refusal(&self) -> Option<Refusal> {
        let bad = self.0.iter().filter(|problem| problem.severity == Severity::Error);
        bad.map(|problem| {
            let parts: Vec<&str> = problem.parts().collect();
            let refusal = Refusal::new(problem.code, problem.message.clone());
            parts.into_iter().rev().fold(refusal, Refusal::below)
        })
        .reduce(Refusal::and)
    }
}

impl Problem {
    /// The field in its parts; an id of a node is one part, whatever stands in it.
    fn parts(&self) -> impl Iterator<Item = &str> {
        let (node, rest) = match &self.node_id {
            Some(id) => {
                let rest = self.field.strip_prefix("nodes.").and_then(|field| field.strip_prefix(id.as_str()));
                (Some(["nodes", id.as_str()]), rest.unwrap_or_default())
            }
            None => (None, self.field.as_str()),
        };
        node.into_iter().flatten().chain(rest.split('.').filter(|part| !part.is_empty()))
    }

    fn loc(&self) -> Vec<String> {
        ["body", "flow_definition"].into_iter().chain(self.parts()).map(str::to_owned).collect()
    }
}
