//! What a flow must keep as a whole: one start, edges that lead from exits to nodes, no way round in which no time passes.

use std::collections::HashSet;

use super::flow::{ANSWERED, CHOICE, DEFAULT, Flow, Node, Work};
use super::problems::{Problems, Severity};
use super::text;

/// Looks at a flow whose nodes could all be read.
pub(super) fn check(flow: &Flow, problems: &mut Problems) {
    starts(flow, problems);
    edges(flow, problems);
    for node in flow.nodes() {
        exits(flow, node, problems);
        variables(flow, node, problems);
    }
    reach(flow, problems);
    circles(flow, problems);
}

fn starts(flow: &Flow, problems: &mut Problems) {
    let starts: Vec<&Node> = flow.nodes().iter().filter(|node| matches!(node.work, Work::Start(_))).collect();
    if starts.is_empty() && !flow.nodes().is_empty() {
        problems.of_flow("nodes", "missing", "must have a node of the type start");
    }
    for node in starts.iter().skip(1) {
        problems.of_node(&node.id, "type", "repeated", "is a second start; a flow has one");
    }
}

fn edges(flow: &Flow, problems: &mut Problems) {
    let mut taken: HashSet<(&str, Option<&str>)> = HashSet::new();
    for (place, edge) in flow.edges().iter().enumerate() {
        let path = |part: &str| format!("edges.{place}.{part}");
        let (source, target) = (flow.node(&edge.source), flow.node(&edge.target));
        if source.is_none() {
            problems.of_flow(&path("source"), "unknown_value", "is not the id of a node");
        }
        match target {
            None => problems.of_flow(&path("target"), "unknown_value", "is not the id of a node"),
            Some(node) if matches!(node.work, Work::Start(_)) => {
                problems.of_flow(&path("target"), "unknown_value", "must not be the start; nothing leads back there");
            }
            Some(_) => {}
        }
        let Some(source) = source else { continue };
        let exits = source.work.exits();
        if exits.is_empty() {
            problems.of_flow(&path("source"), "unknown_value", "is a node that nothing leads on from");
        } else if let Some(exit) = edge.exit.as_deref()
            && !exits.iter().any(|known| known.name == exit)
        {
            let known = exits.iter().map(|exit| exit.name.as_str()).collect::<Vec<_>>().join(", ");
            problems.of_flow(&path("sourceHandle"), "unknown_value", &format!("must be an exit of the node: {known}"));
        }
        if !taken.insert((&edge.source, edge.exit.as_deref())) {
            problems.of_flow(&path("sourceHandle"), "repeated", "is an exit that another edge leads on from already");
        }
    }
    for node in flow.nodes() {
        if let Work::Goto(goto) = &node.work {
            match flow.node(&goto.node) {
                None => problems.of_node(&node.id, "data.node", "unknown_value", "is not the id of a node"),
                Some(target) if matches!(target.work, Work::Start(_)) => {
                    problems.of_node(&node.id, "data.node", "unknown_value", "must not be the start");
                }
                Some(_) => {}
            }
        }
    }
}

/// A node that leads nowhere ends the run; one that leads somewhere has to lead on by every exit that can be taken.
fn exits(flow: &Flow, node: &Node, problems: &mut Problems) {
    let own: Vec<Option<&str>> = flow.edges_of(node).map(|edge| edge.exit.as_deref()).collect();
    let exits = node.work.exits();
    if exits.is_empty() {
        return;
    }
    if own.is_empty() {
        problems.node(Severity::Warning, &node.id, "", "no_way_on", "leads nowhere: the run ends here, as completed");
        return;
    }
    let leads = |exit: &str| {
        own.contains(&None)
            || own.contains(&Some(exit))
            || exit == DEFAULT
            || (exit.starts_with(CHOICE) && own.contains(&Some(ANSWERED)))
    };
    for exit in exits.iter().filter(|exit| exit.is_needed && !leads(&exit.name)) {
        let message = format!("has no edge from its exit {}", exit.name);
        problems.node(Severity::Error, &node.id, "", "no_edge", &message);
    }
}

fn variables(flow: &Flow, node: &Node, problems: &mut Problems) {
    let mut look = |field: &str, text: &str| {
        for name in text::variables(text) {
            if !text::is_known(&name, flow) {
                let message = format!(
                    "has the variable {{{name}}}, which nothing fills; a field of the profile is {{profile.{name}}}"
                );
                problems.node(Severity::Error, &node.id, field, "unknown_variable", &message);
            }
        }
    };
    match &node.work {
        Work::SendMessage(send) => {
            look("data.message", &send.message);
            let params = send.template.iter().flat_map(|template| &template.params);
            params.for_each(|param| look("data.template.params", param));
        }
        Work::Question(question) => {
            look("data.message", &question.message);
            question.retry_message.iter().for_each(|text| look("data.retry_message", text));
            let params = question.template.iter().flat_map(|template| &template.params);
            params.for_each(|param| look("data.template.params", param));
        }
        Work::AiReply(ask) => {
            ask.question.iter().for_each(|text| look("data.question", text));
            ask.fallback.iter().for_each(|text| look("data.fallback", text));
        }
        Work::Wait(wait) => wait.until_date.iter().for_each(|text| look("data.until_date", text)),
        Work::Handoff(handoff) => {
            handoff.message.iter().for_each(|text| look("data.message", text));
            handoff.reason.iter().for_each(|text| look("data.reason", text));
            let params = handoff.template.iter().flat_map(|template| &template.params);
            params.for_each(|param| look("data.template.params", param));
        }
        Work::SetAttribute(set) => {
            set.value.iter().for_each(|value| text::each(value, &mut |text| look("data.value", text)));
        }
        Work::HttpRequest(request) => {
            look("data.url", &request.url);
            request.body.iter().for_each(|body| text::each(body, &mut |text| look("data.body", text)));
            if let Err(message) = text::address(&request.url) {
                problems.node(Severity::Error, &node.id, "data.url", "wrong_format", message);
            }
        }
        _ => {}
    }
}

/// Nodes that nobody comes to, and nodes from which no `end` is reached.
fn reach(flow: &Flow, problems: &mut Problems) {
    let Some((start, _)) = flow.start() else { return };
    let mut reached: HashSet<&str> = HashSet::from([start.id.as_str()]);
    let mut open = vec![start];
    while let Some(node) = open.pop() {
        for next in flow.followers(node) {
            if reached.insert(&next.id) {
                open.push(next);
            }
        }
    }
    for node in flow.nodes().iter().filter(|node| !reached.contains(node.id.as_str())) {
        problems.node(
            Severity::Publish,
            &node.id,
            "",
            "unreachable",
            "is reached from nowhere; lead an edge here, or take it away",
        );
    }
    for node in flow.nodes().iter().filter(|node| flow.ahead(&node.id).is_none()) {
        problems.node(
            Severity::Warning,
            &node.id,
            "",
            "no_end",
            "has no way to an end: whoever comes here goes round for good",
        );
    }
}

/// Ways round in which no time passes.
fn circles(flow: &Flow, problems: &mut Problems) {
    // Nodes that pause are taken out; what is left must have no circle (Kahn's algorithm: what cannot be peeled off is on one, or behind it).
    let mut left: Vec<&Node> = flow.nodes().iter().filter(|node| !node.work.pauses()).collect();
    loop {
        let ids: HashSet<&str> = left.iter().map(|node| node.id.as_str()).collect();
        let before = left.len();
        left.retain(|node| flow.followers(node).any(|next| ids.contains(next.id.as_str())));
        if left.len() == before {
            break;
        }
    }
    // What only leads into a circle is taken away from the other side.
    loop {
        let led_to: HashSet<&str> =
            left.iter().flat_map(|node| flow.followers(node)).map(|node| node.id.as_str()).collect();
        let before = left.len();
        left.retain(|node| led_to.contains(node.id.as_str()));
        if left.len() == before {
            break;
        }
    }
    for node in left {
        problems.node(
            Severity::Error,
            &node.id,
            "",
            "circle",
            "is on a way round without a wait, a question or a request: members would never leave it",
        );
    }
}
