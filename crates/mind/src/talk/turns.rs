//! Who said what.

use std::collections::HashSet;

use crate::text::fold;

/// Which side speaks.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Speaker {
    /// The brand, its assistant, whoever called.
    Us,
    /// The creator.
    Them,
    /// The text does not say.
    Unknown,
}

/// One turn of a conversation.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Turn<'t> {
    /// Whose.
    pub speaker: Speaker,
    /// As they are called in the text.
    pub name: Option<&'t str>,
    /// What they said.
    pub text: &'t str,
}

pub(super) struct Sentence<'t> {
    pub(super) speaker: Speaker,
    pub(super) text: &'t str,
}

/// What our side is called.
const US: &[&str] = &[
    "agent",
    "ai",
    "assistant",
    "asistente",
    "agente",
    "brand",
    "marca",
    "bot",
    "caller",
    "host",
    "manager",
    "system",
    "us",
    "we",
    "influencerflow",
    "representative",
    "rep",
    "interviewer",
    "nosotros",
    "marketing",
    "voice",
    "operator",
];
const LONGEST_NAME: usize = 40;

/// What creators are called where they are not called by their name.
const THEM: &[&str] = &["creator", "creador", "creadora", "influencer", "talent", "guest", "them"];

/// The turns of a transcript. A line without a speaker goes on with what was said before it; a line may hold many turns
/// (`Brand: Hello. Creator: Hi!`).
pub fn turns<'t>(text: &'t str, creator: Option<&str>) -> Vec<Turn<'t>> {
    let creator = creator.map(fold).filter(|name| !name.is_empty());
    let mut found: Vec<Turn<'t>> = Vec::new();
    let mut spoke: HashSet<String> = creator.iter().cloned().collect();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let mut rest = line;
        while !rest.is_empty() {
            let (one, after) = rest.split_at(end_of_turn(rest, &spoke));
            rest = after;
            let (name, said) = match named(one) {
                Some((name, said)) => (Some(name), said.trim_end()),
                None => (None, one.trim_end()),
            };
            let speaker = match name {
                Some(name) => {
                    spoke.insert(fold(name));
                    side(name, creator.as_deref())
                }
                None => found.last().map_or(Speaker::Unknown, |last| last.speaker),
            };
            let name = name.or_else(|| found.last().and_then(|last| last.name));
            if !said.is_empty() {
                found.push(Turn { speaker, name, text: said });
            }
        }
    }
    found
}

/// Where the next turn begins within the line: after the end of a sentence, at a name that is surely a speaker's, because it spoke
/// before or because that is how speakers are called. `The price: 500` is not one.
fn end_of_turn(line: &str, spoke: &HashSet<String>) -> usize {
    let ends = line.match_indices(['.', '!', '?', '…', ')', '"', '”']).map(|(at, mark)| at + mark.len());
    for end in ends {
        let next = line[end..].trim_start();
        // No further than a name may reach: transcripts can be long lines.
        let head = &next[..next.floor_char_boundary(LONGEST_NAME + 4)];
        if next.len() == line.len() - end {
            continue;
        }
        let Some((name, _)) = named(head) else { continue };
        let folded = fold(name);
        let words = || folded.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty());
        let is_role = words().count() <= 2 && words().any(|word| US.contains(&word) || THEM.contains(&word));
        if is_role || spoke.contains(&folded) {
            return line.len() - next.len();
        }
    }
    line.len()
}

/// `Sarah Johnson: Hello` and `[00:12] Agent: Hello`; not `Note: there are three: a, b and c`, whose name would be a sentence,
/// and not `https://…`.
fn named(line: &str) -> Option<(&str, &str)> {
    let line = match line.strip_prefix('[') {
        Some(rest) => rest.split_once(']').map_or(line, |(_, rest)| rest.trim_start()),
        None => line,
    };
    let (name, said) = line.split_once(':')?;
    let name = name.trim().trim_matches('*');
    let fits = !name.is_empty()
        && name.len() <= LONGEST_NAME
        && name.split_whitespace().count() <= 4
        && !said.starts_with("//")
        && name.chars().next().is_some_and(|first| first.is_alphabetic() || first == '@')
        && !name.contains(['.', '!', '?', ',', ';']);
    fits.then(|| (name, said.trim().trim_start_matches('*').trim_start()))
}

fn side(name: &str, creator: Option<&str>) -> Speaker {
    let name = fold(name);
    if creator.is_some_and(|creator| creator.contains(&name) || name.contains(creator)) {
        return Speaker::Them;
    }
    let ours = name.split(|letter: char| !letter.is_alphanumeric()).any(|word| US.contains(&word));
    if ours { Speaker::Us } else { Speaker::Them }
}

/// Every sentence, with who said it.
pub(super) fn sentences<'t>(turns: &[Turn<'t>]) -> Vec<Sentence<'t>> {
    let mut all = Vec::new();
    for turn in turns {
        all.extend(split(turn.text).into_iter().map(|text| Sentence { speaker: turn.speaker, text }));
    }
    all
}

/// A sentence ends with its mark and a space after it: not within `1.200 euros`, `a.m.` or `example.com`.
fn split(text: &str) -> Vec<&str> {
    let (mut parts, mut from) = (Vec::new(), 0);
    let mut letters = text.char_indices().peekable();
    while let Some((at, letter)) = letters.next() {
        let ends = matches!(letter, '.' | '!' | '?' | '\u{2026}')
            && letters.peek().is_none_or(|(_, next)| next.is_whitespace());
        if ends {
            let end = at + letter.len_utf8();
            parts.push(text[from..end].trim());
            from = end;
        }
    }
    parts.push(text[from..].trim());
    parts.retain(|part| part.chars().any(char::is_alphanumeric));
    parts
}
