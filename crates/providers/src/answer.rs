//! The JSON within what a language model says.

use serde::de::IgnoredAny;

/// The JSON text in an answer: the whole of it, or what stands in its ``` fence, or its outermost object or list among
/// other words. Nothing when no part of it is JSON.
pub(crate) fn json_in(answer: &str) -> Option<&str> {
    // Models that think aloud put it before the answer, between tags.
    let answer = answer.rsplit_once("</think>").map_or(answer, |(_, rest)| rest).trim();
    if is_json(answer) {
        return Some(answer);
    }
    [fenced(answer), between(answer, '{', '}'), between(answer, '[', ']')]
        .into_iter()
        .flatten()
        .find(|candidate| is_json(candidate))
}

/// What stands in the first ``` fence, without the language's name.
fn fenced(answer: &str) -> Option<&str> {
    let (_, opened) = answer.split_once("```")?;
    let inside = opened.split_once("```").map_or(opened, |(inside, _)| inside);
    Some(inside.trim_start_matches(|c: char| c.is_ascii_alphanumeric()).trim())
}

fn between(answer: &str, open: char, close: char) -> Option<&str> {
    answer.get(answer.find(open)?..=answer.rfind(close)?)
}

fn is_json(text: &str) -> bool {
    serde_json::from_str::<IgnoredAny>(text).is_ok()
}

#[cfg(test)]
mod tests {
    use super::json_in;

    #[test]
    fn json_is_found_however_it_is_wrapped() {
        let object = r#"{"platform": "youtube"}"#;
        for answer in [
            object.to_owned(),
            format!("\n {object}\n"),
            format!("```json\n{object}\n```"),
            format!("```\n{object}\n```\nI hope this helps {{:"),
            format!("```json\n{object}"),
            format!("Here you are: {object} Anything else?"),
            format!("<think>They want {{platform}}, so</think>\n{object}"),
        ] {
            assert_eq!(json_in(&answer), Some(object), "{answer}");
        }
        assert_eq!(json_in("the list: [1, 2]"), Some("[1, 2]"));
    }

    #[test]
    fn what_is_no_json_is_nothing() {
        for answer in ["", "I cannot help with that.", r#"{"platform": "you"#, "```json\n```", "}{", "] and ["] {
            assert_eq!(json_in(answer), None, "{answer}");
        }
    }
}
