//! What a person reads before they answer: put together from what was said, in the member's own words.

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::model::Escalation;
use crate::members::Member;
use crate::messages::{Author, Message};

/// How many questions are shown.
const QUESTIONS: usize = 3;
/// How long each may be.
const LONG: usize = 300;
/// How much of a profile is shown.
const FACTS: usize = 8;

/// A conversation in short.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = ConversationSummary)]
pub(crate) struct Summary {
    /// Why a person was called, in a sentence; null if nobody was.
    pub(crate) reason: Option<String>,
    /// What the member asked last, in their words.
    pub(crate) last_question: Option<String>,
    /// What they had asked before, the newest first.
    pub(crate) asked_before: Vec<String>,
    /// What was said to it last, by the assistant or a person.
    pub(crate) last_answer: Option<String>,
    /// What is known of them: a line each.
    pub(crate) facts: Vec<String>,
}

fn short(text: &str) -> String {
    let one_line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match one_line.char_indices().nth(LONG) {
        Some((end, _)) => format!("{}…", &one_line[..end]),
        None => one_line,
    }
}

/// Does it ask something? By its mark, or by its length: a word alone says hello or thanks.
fn is_question(text: &str) -> bool {
    text.contains(['?', '¿']) || text.split_whitespace().count() >= 4
}

/// The summary of what was said, the newest first.
pub(crate) fn of(member: &Member, messages: &[Message], escalation: Option<&Escalation>) -> Summary {
    let theirs: Vec<&str> = messages
        .iter()
        .filter(|one| one.author == Author::Member && one.deleted_at.is_none() && !one.body.trim().is_empty())
        .map(|one| one.body.as_str())
        .collect();
    let mut asked = theirs.iter().filter(|text| is_question(text)).map(|text| short(text));
    let last_question = asked.next().or_else(|| theirs.first().map(|text| short(text)));
    let asked_before = asked.take(QUESTIONS).collect();
    let answers =
        messages.iter().filter(|one| matches!(one.author, Author::Bot | Author::Human) && !one.body.is_empty());
    let last_answer = answers.map(|one| short(&one.body)).next();
    let reason = escalation.map(|row| {
        use super::model::Why;
        let why = match row.reason {
            Why::Asked => "The member asked for a person",
            Why::UnknownTwice => "The assistant had no answer to two questions in a row",
            Why::Negative => "The member is upset, or in need",
            Why::Flow => "A program called a person",
            Why::Owner => "People answer on this channel",
        };
        why.to_owned()
    });
    Summary { reason, last_question, asked_before, last_answer, facts: facts(member) }
}

fn facts(member: &Member) -> Vec<String> {
    let of_fields = [("language", &member.language), ("time zone", &member.timezone)];
    let own = of_fields.into_iter().filter_map(|(name, value)| Some(format!("{name}: {}", value.as_ref()?)));
    let profile = member.profile.0.iter().filter_map(|(name, value)| {
        let text = match value {
            Value::String(text) => text.clone(),
            Value::Number(number) => number.to_string(),
            Value::Bool(flag) => flag.to_string(),
            Value::Array(items) => {
                let texts: Vec<&str> = items.iter().filter_map(Value::as_str).collect();
                texts.join(", ")
            }
            _ => return None,
        };
        (!text.trim().is_empty()).then(|| format!("{}: {}", name.replace('_', " "), short(&text)))
    });
    profile.chain(own).take(FACTS).collect()
}
