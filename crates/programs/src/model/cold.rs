//! Messages that can fall outside of the 24 hours in which WhatsApp takes free text.

use std::collections::HashSet;

use super::flow::{Flow, Work};
use super::nodes::WaitNode;

/// So many minutes of waiting close the window.
const WINDOW: i64 = 24 * 60;

/// The nodes that say something without a template, and can be come to after a day without a word of the member. Whoever was just enrolled, has
/// answered or replied, counts as there.
pub fn cold(flow: &Flow) -> Vec<&str> {
    let Some((start, _)) = flow.start() else { return Vec::new() };
    // Each node may be come to by those who wrote within a day, and by those who did not.
    let mut seen: HashSet<(&str, bool)> = HashSet::from([(start.id.as_str(), false)]);
    let mut open = vec![(start, false)];
    let mut found: Vec<&str> = Vec::new();
    while let Some((node, is_cold)) = open.pop() {
        let is_cold_here = match &node.work {
            Work::SendMessage(send) => is_cold || send.delay_hours >= 24.0,
            _ => is_cold,
        };
        let says = match &node.work {
            Work::SendMessage(send) => send.template.is_none(),
            Work::Question(question) => question.template.is_none(),
            Work::Handoff(handoff) => handoff.message.is_some() && handoff.template.is_none(),
            // An answer has no template: it waits for the member to write, where it comes so late.
            _ => false,
        };
        if says && is_cold_here && !found.contains(&node.id.as_str()) {
            found.push(&node.id);
        }
        for exit in node.work.exits() {
            let after = match &node.work {
                Work::Wait(wait) if exit.name == super::flow::DONE => is_cold_here || is_long(wait),
                Work::Question(question) if exit.name == super::flow::TIMEOUT => {
                    is_cold_here || question.timeout_hours.is_some_and(|hours| hours >= 24.0)
                }
                Work::Wait(_) | Work::Question(_) => false,
                Work::Handoff(_) => true,
                _ => is_cold_here,
            };
            if let Some(next) = flow.next(node, &exit.name)
                && seen.insert((&next.id, after))
            {
                open.push((next, after));
            }
        }
        if let Work::Goto(_) = &node.work
            && let Some(next) = flow.next(node, super::flow::DEFAULT)
            && seen.insert((&next.id, is_cold_here))
        {
            open.push((next, is_cold_here));
        }
    }
    found.sort_unstable();
    found
}

fn is_long(wait: &WaitNode) -> bool {
    let weekdays = wait.until.as_ref().is_some_and(|until| !until.weekdays.is_empty());
    weekdays || wait.until_date.is_some() || wait.days * 1_440 + wait.hours * 60 + wait.minutes >= WINDOW
}
