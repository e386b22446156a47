//! A brief's rules in words, taken apart: one clause for each requirement.

use super::text::flat;
use super::words::OPENERS;

/// No more of the rules is read, in bytes, and no more clauses than this.
const MOST_BYTES: usize = 20_000;
const MOST_CLAUSES: usize = 100;

/// The clauses, as they stand in the brief.
pub(super) fn clauses(rules: &str) -> Vec<String> {
    let rules = &rules[..rules.floor_char_boundary(MOST_BYTES)];
    let mut clauses = Vec::new();
    for sentence in sentences(rules) {
        for clause in parts(sentence) {
            let clause = clause.trim_matches(|c: char| {
                c.is_whitespace() || matches!(c, ',' | ';' | '.' | '-' | '•' | '*' | '–' | '·' | '&')
            });
            if clause.chars().any(char::is_alphanumeric) && clauses.len() < MOST_CLAUSES {
                clauses.push(clause.to_owned());
            }
        }
    }
    clauses
}

/// What stands between quotation marks, in order.
pub(super) fn quoted(text: &str) -> Vec<(usize, usize)> {
    let mut spans = Vec::new();
    let mut open: Option<(usize, char)> = None;
    let mut before = ' ';
    let last = ['"', '”', '»', '’', '`', '\''].map(|close| (close, text.rfind(close)));
    let last_of = |close: char| last.iter().find(|(other, _)| *other == close).and_then(|(_, at)| *at);
    for (at, c) in text.char_indices() {
        let next = text[at + c.len_utf8()..].chars().next().unwrap_or(' ');
        match open {
            Some((from, close)) if c == close && !(close == '\'' && next.is_alphanumeric()) => {
                spans.push((from, at));
                open = None;
            }
            None => {
                let closes = match c {
                    '"' => Some('"'),
                    '“' | '„' => Some('”'),
                    '«' => Some('»'),
                    '‘' => Some('’'),
                    '`' => Some('`'),
                    '\'' if !before.is_alphanumeric() && next.is_alphanumeric() => Some('\''),
                    _ => None,
                };
                if let Some(close) = closes.filter(|&close| last_of(close) > Some(at)) {
                    open = Some((at + c.len_utf8(), close));
                }
            }
            _ => {}
        }
        before = c;
    }
    spans
}

/// Does a place stand in one of these, which are in order?
fn within(spans: &[(usize, usize)], at: usize) -> bool {
    spans.get(spans.partition_point(|&(_, to)| to <= at)).is_some_and(|&(from, _)| from <= at)
}

fn sentences(rules: &str) -> Vec<&str> {
    let quotes = quoted(rules);
    let inside = |at: usize| within(&quotes, at);
    let mut sentences = Vec::new();
    let mut from = 0;
    for (at, c) in rules.char_indices() {
        let rest = &rules[at + c.len_utf8()..];
        let ends = match c {
            '\n' | ';' | '•' | '·' | '|' => !inside(at),
            '.' | '!' | '?' => {
                let word = rules[from..at].rsplit(|c: char| !c.is_alphanumeric()).next().unwrap_or("");
                let short = matches!(
                    flat(word).as_str(),
                    "min" | "max" | "approx" | "aprox" | "eg" | "e" | "g" | "ej" | "p" | "no" | "etc"
                );
                let short = short && rest.trim_start().starts_with(|c: char| c.is_ascii_digit() || c.is_lowercase());
                let list =
                    !word.is_empty() && word.chars().all(|c| c.is_ascii_digit()) && rules[from..at].trim() == word;
                !inside(at) && !short && !list && (rest.is_empty() || rest.starts_with(char::is_whitespace))
            }
            _ => false,
        };
        if ends {
            sentences.push(&rules[from..at]);
            from = at + c.len_utf8();
        }
    }
    sentences.push(&rules[from..]);
    sentences.into_iter().map(without_number).collect()
}

/// Without the number or the sign of a list before it: "1. ", "2) ", "- ".
fn without_number(sentence: &str) -> &str {
    let trimmed = sentence.trim_start();
    let digits = trimmed.bytes().take_while(u8::is_ascii_digit).count();
    let rest = &trimmed[digits..];
    match rest.strip_prefix(['.', ')']) {
        Some(rest) if (1..=2).contains(&digits) && rest.starts_with(char::is_whitespace) => rest.trim_start(),
        _ => trimmed,
    }
}

/// A sentence's parts: behind a comma or an "and" that another requirement follows.
fn parts(sentence: &str) -> Vec<&str> {
    let quotes = quoted(sentence);
    let inside = |at: usize| within(&quotes, at);
    let mut parts = Vec::new();
    let mut from = 0;
    let mut at = 0;
    while at < sentence.len() {
        if inside(at) || !sentence.is_char_boundary(at) {
            at += 1;
            continue;
        }
        let rest = &sentence[at..];
        let joint = [
            ", and ",
            ", y ",
            ", but ",
            ", pero ",
            " and ",
            " y ",
            " e ",
            " but ",
            " pero ",
            " plus ",
            " & ",
            " + ",
            ", ",
            " además de ",
            " then ",
            " luego ",
        ]
        .iter()
        .find(|joint| {
            rest.len() >= joint.len()
                && rest.is_char_boundary(joint.len())
                && rest[..joint.len()].eq_ignore_ascii_case(joint)
        });
        if let Some(joint) = joint
            && opens(&sentence[from..at], &rest[joint.len()..], joint)
        {
            parts.push(&sentence[from..at]);
            from = at + joint.len();
            at = from;
            continue;
        }
        at += rest.chars().next().map_or(1, char::len_utf8);
    }
    parts.push(&sentence[from..]);
    parts
}

/// Does a requirement of its own begin here?
fn opens(before: &str, rest: &str, joint: &str) -> bool {
    let next = flat(&rest[..rest.floor_char_boundary(80)]);
    let mut words = next.split(' ');
    let first = words.next().unwrap_or("");
    let second = words.next().unwrap_or("");
    // Its end is enough: what stands further back says nothing of this joint.
    let so_far = flat(&before[before.ceil_char_boundary(before.len().saturating_sub(80))..]);
    let last_words: Vec<&str> = so_far.split(' ').collect();
    let between = last_words.iter().rev().take(4).any(|word| matches!(*word, "between" | "entre" | "from"));
    if between && first.starts_with(|c: char| c.is_ascii_digit()) {
        return false;
    }
    let number = first.starts_with(|c: char| c.is_ascii_digit()) || super::numbers::word(first).is_some();
    // "between two and four", "20% discount": the number of a list item, not of a limit, unless a unit follows.
    if number {
        return !between && rest.split_whitespace().take(4).any(|word| super::sizes::unit(&flat(word)).is_some());
    }
    if matches!(second, "contar" | "incluir" | "counting" | "including" | "counted" | "included") {
        // "sin contar hashtags" belongs to the limit before it.
        return false;
    }
    match first {
        // "in the bio and in the first line" goes on; "and in Spanish" does not.
        "in" | "en" => {
            crate::geo::language(second).is_some() || (joint.contains(',') && matches!(second, "spanish" | "english"))
        }
        "con" | "with" | "por" | "como" | "al" | "at" | "mas" | "menos" | "more" | "less" | "up" => {
            matches!(
                second,
                "least"
                    | "most"
                    | "minimo"
                    | "maximo"
                    | "menos"
                    | "mucho"
                    | "than"
                    | "de"
                    | "to"
                    | "final"
                    | "the"
                    | "un"
                    | "una"
            ) && !(matches!(first, "con" | "with") && second == "the")
        }
        "only" | "solo" | "link" | "entre" | "between" | "do" | "be" | "use" | "say" | "di" | "tag" => {
            !second.is_empty()
        }
        "no" | "sin" | "without" if joint.trim() == "y" || joint.trim() == "and" || joint.contains(',') => true,
        "share" | "post" | "caption" | "show" | "state" | "label" | "mark" | "place" => {
            joint.contains(',') || !second.is_empty()
        }
        _ => OPENERS.contains(&first),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_requirement_is_a_clause() {
        for (rules, expected) in [
            ("Min 50 chars describing product benefits", vec!["Min 50 chars describing product benefits"]),
            (
                "Min. 50 chars, max 3 emojis and include a call to action.",
                vec!["Min. 50 chars", "max 3 emojis", "include a call to action"],
            ),
            (
                "Menciona el envío gratis en las dos primeras líneas; máximo 3 emojis; no menciones a la competencia",
                vec![
                    "Menciona el envío gratis en las dos primeras líneas",
                    "máximo 3 emojis",
                    "no menciones a la competencia",
                ],
            ),
            (
                "Between 2 and 4 hashtags. 1) Use code SUN20\n- Tag at least 3 friends",
                vec!["Between 2 and 4 hashtags", "Use code SUN20", "Tag at least 3 friends"],
            ),
            (
                "Say “soft, and include it” and mention the price",
                vec!["Say “soft, and include it”", "mention the price"],
            ),
            ("Write it in Spanish and end with a question", vec!["Write it in Spanish", "end with a question"]),
            ("Entre 100 y 200 caracteres, sin hashtags", vec!["Entre 100 y 200 caracteres", "sin hashtags"]),
            ("Mention the free shipping and the 20% discount", vec!["Mention the free shipping and the 20% discount"]),
        ] {
            assert_eq!(clauses(rules), expected, "{rules}");
        }
    }
}
