//! The rules of a condition, and what they look at.

use serde_json::Value;

use super::kind::{Comparison, Match};
use super::nodes::{ConditionNode, ConditionRule};
use super::person::Person;
use super::text::Values;

/// What is said of a field that there is not.
pub(super) const KNOWN: &str = "must be profile.<field>, name, tags, channel, language, timezone, answers.<node>, answered, \
                                last_active_hours or score";

const OWN: [&str; 8] = ["name", "tags", "channel", "language", "timezone", "answered", "last_active_hours", "score"];

/// Can a rule look at this?
pub(super) fn is_known(field: &str) -> bool {
    let below = |of: &str| field.strip_prefix(of).is_some_and(|rest| !rest.is_empty() && !rest.starts_with('.'));
    OWN.contains(&field) || below("profile.") || below("answers.")
}

/// A value as a number: a number, or a text of digits.
pub(super) fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.trim().replace(',', ".").parse().ok().filter(|number: &f64| number.is_finite()),
        _ => None,
    }
}

/// Does the condition hold?
pub fn holds(condition: &ConditionNode, person: &Person, values: &Values) -> bool {
    let mut each = condition.rules.iter().map(|rule| rule_holds(rule, person, values));
    match condition.matches {
        Match::All => each.all(|holds| holds),
        Match::Any => each.any(|holds| holds),
    }
}

fn rule_holds(rule: &ConditionRule, person: &Person, values: &Values) -> bool {
    let found = look(&rule.field, person, values);
    let wanted = rule.value.as_ref().unwrap_or(&Value::Null);
    match rule.op {
        Comparison::Exists => is_there(&found),
        Comparison::Missing => !is_there(&found),
        Comparison::Equals => alike(&found, wanted),
        Comparison::NotEquals => !alike(&found, wanted),
        Comparison::Contains => has(&found, wanted),
        Comparison::NotContains => !has(&found, wanted),
        Comparison::In => wanted.as_array().is_some_and(|all| all.iter().any(|one| alike(&found, one))),
        Comparison::Greater => ordered(&found, wanted).is_some_and(std::cmp::Ordering::is_gt),
        Comparison::AtLeast => ordered(&found, wanted).is_some_and(std::cmp::Ordering::is_ge),
        Comparison::Less => ordered(&found, wanted).is_some_and(std::cmp::Ordering::is_lt),
        Comparison::AtMost => ordered(&found, wanted).is_some_and(std::cmp::Ordering::is_le),
    }
}

fn look(field: &str, person: &Person, values: &Values) -> Value {
    match field {
        "tags" => person.tags.iter().cloned().collect(),
        "answered" => values.answers.keys().cloned().collect(),
        "last_active_hours" => person.inactive_hours().map_or(Value::Null, Value::from),
        "score" => person.score.map_or(Value::Null, Value::from),
        other => values.get(other).cloned().unwrap_or(Value::Null),
    }
}

fn is_there(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::String(text) => !text.trim().is_empty(),
        Value::Array(items) => !items.is_empty(),
        _ => true,
    }
}

/// The same, whatever the case: numbers as numbers; a list where one of its items is.
fn alike(found: &Value, wanted: &Value) -> bool {
    match (found, wanted) {
        (Value::Array(items), Value::Array(_)) => found == wanted || items.iter().any(|item| item == wanted),
        (Value::Array(items), _) => items.iter().any(|item| alike(item, wanted)),
        _ => match (number(found), number(wanted)) {
            (Some(one), Some(other)) => (one - other).abs() < f64::EPSILON * one.abs().max(1.0),
            _ => match (found, wanted) {
                (Value::String(one), Value::String(other)) => mind::text::fold(one) == mind::text::fold(other),
                (Value::Bool(flag), Value::String(text)) | (Value::String(text), Value::Bool(flag)) => {
                    text.trim().eq_ignore_ascii_case(if *flag { "true" } else { "false" })
                }
                _ => found == wanted,
            },
        },
    }
}

fn has(found: &Value, wanted: &Value) -> bool {
    match (found, wanted) {
        (Value::String(text), Value::String(part)) => mind::text::fold(text).contains(&mind::text::fold(part)),
        _ => alike(found, wanted),
    }
}

fn ordered(found: &Value, wanted: &Value) -> Option<std::cmp::Ordering> {
    if let (Some(one), Some(other)) = (number(found), number(wanted)) {
        return one.partial_cmp(&other);
    }
    let (one, other) = (super::time::moment(found.as_str()?)?, super::time::moment(wanted.as_str()?)?);
    Some(one.local().cmp(&other.local()))
}
