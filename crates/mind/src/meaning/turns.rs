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

/// What our side is called.
#[rustfmt::skip]
const US: &[&str] = &[
    "agent", "ai", "assistant", "asistente", "agente", "brand", "marca", "bot", "caller", "host", "manager", "system",
    "us", "we", "influencerflow", "representative", "rep", "interviewer", "nosotros", "marketing", "voice",
    "operator", "outreach", "team", "sales", "vendedor", "llamante", "ia", "ki",
];
const LONGEST_NAME: usize = 40;

/// What creators are called where they are not called by their name.
#[rustfmt::skip]
const THEM: &[&str] = &[
    "creator", "creador", "creadora", "influencer", "talent", "talento", "guest", "them", "user", "usuario",
    "customer", "callee", "lead", "contact", "human", "ella", "invitado", "invitada", "criador", "criadora",
    "youtuber", "streamer", "cliente", "client",
];
/// What only whoever calls says, where no name tells who is who.
#[rustfmt::skip]
const CALLS: &[&str] = &[
    "calling from", "calling on behalf", "on behalf of", "reaching out", "our brand", "our campaign", "our product",
    "our team", "we would like", "wed like", "wed love", "we love your", "would you be interested",
    "are you interested", "whats your rate", "what do you charge", "how much do you charge", "what would you charge",
    "what is your rate", "we can offer", "we could offer", "we can do", "our budget", "the budget is", "we pay",
    "with your audience", "i represent", "were launching", "what are your rates", "is this a good time",
    "do you have a minute", "am i speaking", "le llamo", "te llamo de", "te llamo por", "llamo de", "le hablo de",
    "te hablo de", "hablo de parte", "de parte de", "nuestra marca", "nuestra campana", "nuestro producto",
    "nos gustaria", "nos encantaria", "te interesaria", "le interesaria", "te interesa", "cuanto cobras",
    "cual es tu tarifa", "cuales son tus tarifas", "cuanto cobra", "cuanto cobrarias", "podemos ofrecer",
    "podemos llegar", "nuestro presupuesto", "el presupuesto es", "tenemos una campana", "tienes un minuto",
    "tiene un minuto", "hablo con",
];

/// The turns of a transcript. A line may hold many turns (`Brand: Hello. Creator: Hi!`). Where neither the creator's name nor a role tells who is who, their words do.
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
            if let Some(name) = name {
                spoke.insert(fold(name));
            }
            if !said.is_empty() {
                found.push(Turn { speaker: Speaker::Unknown, name, text: said });
            }
        }
    }
    let named = spoke.len() - usize::from(creator.is_some());
    if named == 0 && found.len() >= ALTERNATES {
        alternate(&mut found);
        return found;
    }
    // Where both sides have names, a line without one goes on with what was said before; where one has, it is the other's.
    let first = found.iter().find_map(|turn| turn.name).map(fold);
    let both =
        found.iter().filter_map(|turn| turn.name).any(|name| first.as_ref().is_some_and(|first| *first != fold(name)));
    if both {
        for at in 1..found.len() {
            found[at].name = found[at].name.or(found[at - 1].name);
        }
    }
    assign(&mut found, creator.as_deref());
    let other = match found.iter().find(|turn| turn.name.is_some()).map(|turn| turn.speaker) {
        Some(Speaker::Us) => Speaker::Them,
        Some(Speaker::Them) => Speaker::Us,
        _ => Speaker::Unknown,
    };
    found.iter_mut().filter(|turn| turn.name.is_none()).for_each(|turn| turn.speaker = other);
    found
}

/// So many lines without any name are the turns of two who speak one after the other.
const ALTERNATES: usize = 4;

/// Gives every other line to our side: those whose words are more of a caller's, or else the first.
fn alternate(turns: &mut [Turn<'_>]) {
    let calls = |odd: usize| -> usize { turns.iter().skip(odd).step_by(2).map(|turn| caller(turn.text)).sum() };
    let ours = usize::from(calls(1) > calls(0));
    for (at, turn) in turns.iter_mut().enumerate() {
        turn.speaker = if at % 2 == ours { Speaker::Us } else { Speaker::Them };
    }
}

/// How many words of a caller stand in a text.
fn caller(text: &str) -> usize {
    let words = super::words::words(text);
    CALLS.iter().filter(|phrase| super::words::has(&words, &[phrase])).count()
}

/// Tells who is who.
fn assign(turns: &mut [Turn<'_>], creator: Option<&str>) {
    let mut names: Vec<String> = Vec::new();
    let numbers: Vec<Option<usize>> = turns
        .iter()
        .map(|turn| {
            let name = fold(turn.name?);
            Some(names.iter().position(|known| *known == name).unwrap_or_else(|| {
                names.push(name);
                names.len() - 1
            }))
        })
        .collect();
    let mut sides: Vec<Option<Speaker>> = names.iter().map(|name| side(name, creator)).collect();
    let known = |side: Speaker, sides: &[Option<Speaker>]| sides.contains(&Some(side));
    let has_them = names.iter().zip(&sides).any(|(name, side)| {
        *side == Some(Speaker::Them) && (creator.is_some_and(|creator| is_same(creator, name)) || is_role(name, THEM))
    });
    if known(Speaker::Us, &sides) && !has_them {
        for side in &mut sides {
            *side = side.or(Some(Speaker::Them));
        }
    } else if has_them {
        for side in &mut sides {
            *side = side.or(Some(Speaker::Us));
        }
    } else if names.len() > 1 {
        // The one whose words are a caller's is on our side.
        let mut calls = vec![0_usize; names.len()];
        for (turn, number) in turns.iter().zip(&numbers) {
            if let Some(number) = number {
                calls[*number] += caller(turn.text);
            }
        }
        let most = calls.iter().copied().max().unwrap_or_default();
        let callers = calls.iter().filter(|count| **count == most).count();
        for (side, count) in sides.iter_mut().zip(&calls) {
            *side = side.or(Some(if most > 0 && callers == 1 && *count == most { Speaker::Us } else { Speaker::Them }));
        }
    }
    for (turn, number) in turns.iter_mut().zip(numbers) {
        turn.speaker = number.map_or(Speaker::Unknown, |number| sides[number].unwrap_or(Speaker::Them));
    }
}

fn is_same(creator: &str, name: &str) -> bool {
    creator.contains(name) || name.contains(creator)
}

fn is_role(name: &str, roles: &[&str]) -> bool {
    name.split(|letter: char| !letter.is_alphanumeric()).any(|word| roles.contains(&word))
}

/// The side of a speaker by name or role alone.
fn side(name: &str, creator: Option<&str>) -> Option<Speaker> {
    if creator.is_some_and(|creator| is_same(creator, name)) || is_role(name, THEM) {
        return Some(Speaker::Them);
    }
    is_role(name, US).then_some(Speaker::Us)
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

/// `Sarah Johnson: Hello`, `[00:12] Agent: Hello` and `00:12 Agent (host): Hello`; not `Note: there are three: a, b and c`, whose
/// name would be a sentence, and not `https://…`.
fn named(line: &str) -> Option<(&str, &str)> {
    let line = line.trim_start_matches(['-', '*', '>', ' ']);
    let line = match line.strip_prefix(['[', '(']) {
        Some(rest) => rest.split_once([']', ')']).map_or(line, |(_, rest)| rest.trim_start()),
        None => line.trim_start_matches(|letter: char| {
            letter.is_ascii_digit() || matches!(letter, ':' | '.' | ' ' | '-' | ',')
        }),
    };
    let (name, said) = line.split_once(':').filter(|(name, _)| !name.contains('[') || name.contains(']'))?;
    let name = name.split(['(', '[']).next().unwrap_or(name).trim().trim_matches('*');
    let said = said.trim_start();
    // A time that stands between the name and the words: `Agent 00:12: hello`.
    let (name, said) = match name.rsplit_once(' ') {
        Some((bare, hour))
            if hour.bytes().all(|byte| byte.is_ascii_digit())
                && said.starts_with(|letter: char| letter.is_ascii_digit()) =>
        {
            (bare.trim(), said.trim_start_matches(|letter: char| letter.is_ascii_digit() || letter == ':').trim_start())
        }
        _ => (name, said),
    };
    let fits = !name.is_empty()
        && name.len() <= LONGEST_NAME
        && name.split_whitespace().count() <= 4
        && !said.starts_with("//")
        && name.chars().next().is_some_and(|first| first.is_alphabetic() || first == '@')
        && !name.contains(['.', '!', '?', ',', ';']);
    fits.then(|| (name, said.trim().trim_start_matches('*').trim_start()))
}
