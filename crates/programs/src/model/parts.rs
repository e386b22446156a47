//! Parts of a step: what is written into profiles, how choices are shown, which branch is taken.

use serde_json::{Map, Value};

use super::flow::DEFAULT;
use super::nodes::{MOST_BUTTONS, QuestionNode, SplitNode};
use super::person::Person;

/// What a button of a provider holds, in characters.
const BUTTON: usize = 20;

/// Writes a value into a profile; null takes the field away. What is in the way and no object is replaced.
pub fn set_path(profile: &mut Map<String, Value>, path: &str, value: Value) {
    match path.split_once('.') {
        None if value.is_null() => drop(profile.remove(path)),
        None => drop(profile.insert(path.to_owned(), value)),
        Some((first, rest)) => {
            let below = profile.entry(first).or_insert_with(|| Value::Object(Map::new()));
            if !below.is_object() {
                *below = Value::Object(Map::new());
            }
            if let Value::Object(below) = below {
                set_path(below, rest, value);
            }
        }
    }
}

/// A question with its choices: as buttons, where they are few and short, else as a numbered list.
pub(super) fn asked(message: &str, question: &QuestionNode) -> (String, Vec<(String, String)>) {
    let choices = &question.choices;
    let fits = choices.len() <= MOST_BUTTONS && choices.iter().all(|choice| choice.title.chars().count() <= BUTTON);
    if fits {
        return (message.to_owned(), choices.iter().map(|one| (one.id.clone(), one.title.clone())).collect());
    }
    let listed = choices.iter().zip(1..).map(|(choice, number)| format!("\n{number}. {}", choice.title));
    (std::iter::once(message.to_owned()).chain(listed).collect(), Vec::new())
}

/// What is said where an answer could not be read.
pub(super) fn once_more(question: &QuestionNode, person: &Person) -> &'static str {
    use super::kind::AnswerKind::{Choice, Date, Number, Text};
    let is_spanish = person.language.as_deref().is_some_and(|language| language.starts_with("es"));
    match (question.kind(), is_spanish) {
        (Number, false) => "Please answer with a number.",
        (Number, true) => "Por favor, responde con un número.",
        (Date, false) => "Please answer with a day, such as 24.12.2026.",
        (Date, true) => "Por favor, responde con una fecha, por ejemplo 24.12.2026.",
        (Choice, false) => "Please choose one of these:",
        (Choice, true) => "Por favor, elige una de estas opciones:",
        (Text, false) => "Please answer in a few words.",
        (Text, true) => "Por favor, responde con unas palabras.",
    }
}

/// Which branch a hash is sent.
pub(super) fn branch(split: &SplitNode, hash: u64) -> &str {
    let total: u64 = split.branches.iter().map(|branch| branch.weight.unsigned_abs()).sum();
    let mut place = hash % total.max(1);
    for branch in &split.branches {
        match place.checked_sub(branch.weight.unsigned_abs()) {
            Some(rest) => place = rest,
            None => return &branch.id,
        }
    }
    split.branches.last().map_or(DEFAULT, |branch| &branch.id)
}
