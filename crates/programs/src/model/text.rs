//! Variables in the texts of a flow: which of them anything can fill. How they are filled is the audience's ([`audience::text`]).

use serde_json::Value;

pub use audience::text::{Values, fill, fill_address, fill_value, told, variables};

use super::flow::{Flow, Work};

/// What stands in for itself, besides the fields of the profile.
const OWN: [&str; 8] =
    ["user_name", "name", "first_name", "program_name", "channel", "language", "timezone", "last_message"];
/// Fields of a profile that document E names; they may be written without `profile.`.
const OF_PROFILE: [&str; 2] = ["goals", "preferences"];

/// Can anything fill this variable?
pub(super) fn is_known(name: &str, flow: &Flow) -> bool {
    let (first, rest) = name.split_once('.').map_or((name, None), |(first, rest)| (first, Some(rest)));
    if OWN.contains(&first) {
        return rest.is_none();
    }
    match (first, rest) {
        ("profile", Some(_)) => true,
        ("answers", Some(rest)) => {
            let node = rest.split('.').next().unwrap_or_default();
            flow.node(node).is_some_and(|node| matches!(node.work, Work::Question(_)))
        }
        _ => OF_PROFILE.contains(&first) || flow.nodes().iter().any(|node| writes(&node.work, first)),
    }
}

/// Does a node write this field of the profile?
fn writes(work: &Work, field: &str) -> bool {
    let path = match work {
        Work::Question(question) => question.save_to.as_deref(),
        Work::HttpRequest(request) => request.save_to.as_deref(),
        Work::SetAttribute(set) => Some(set.field.as_str()),
        _ => None,
    };
    path.and_then(|path| path.split('.').next()) == Some(field)
}

/// Calls with every text in a value.
pub(super) fn each(value: &Value, of: &mut impl FnMut(&str)) {
    match value {
        Value::String(text) => of(text),
        Value::Array(items) => items.iter().for_each(|item| each(item, of)),
        Value::Object(fields) => fields.values().for_each(|field| each(field, of)),
        _ => {}
    }
}

/// Is this an address that may be asked? Its host must stand in the flow: what a member writes never chooses a server.
pub(super) fn address(url: &str) -> Result<(), &'static str> {
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    let Some(rest) = rest else { return Err("must begin with https:// or http://") };
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    if host.is_empty() || host.contains(['{', '}', ' ', '@', '\\']) {
        return Err("must name its host, without a variable or a password in it");
    }
    Ok(())
}
