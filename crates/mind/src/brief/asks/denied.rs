//! What a clause forbids.

use super::super::concepts::{Class, Concept};
use super::super::words::{DENIALS, SAY_VERBS, TOPIC_VERBS};
use super::{Want, content, items};

/// What must not be said.
pub(super) fn denials(clause: &str, words: &str, named: &[(&'static Concept, &'static str)]) -> Vec<Want> {
    if !named.is_empty() {
        let written = capitals(clause);
        return named
            .iter()
            .map(|(concept, _)| match concept.class {
                Class::Names if !written.is_empty() => {
                    Want::AnyOf(written.iter().cloned().map(Want::Phrase).chain([Want::Concept(concept)]).collect())
                }
                _ => Want::Concept(concept),
            })
            .collect();
    }
    let literal = [
        " word ",
        " words ",
        " term ",
        " terms ",
        " palabra ",
        " palabras ",
        " termino ",
        " terminos ",
        " phrase ",
        " expresion ",
        " expression ",
    ]
    .iter()
    .find_map(|lead| {
        let padded = format!(" {words} ");
        padded.find(lead).map(|at| padded[at + lead.len()..].trim().to_owned())
    });
    if let Some(rest) = literal {
        return items(&rest).into_iter().map(|item| Want::Phrase(content(&item).join(" "))).collect();
    }
    let written = capitals(clause);
    if !written.is_empty() {
        return written.into_iter().map(Want::Phrase).collect();
    }
    let list: Vec<&str> = words.split(' ').collect();
    let behind = list
        .iter()
        .position(|word| SAY_VERBS.contains(word) || TOPIC_VERBS.contains(word) || DENIALS.contains(word))
        .map_or(0, |at| at + 1);
    let wants: Vec<Want> =
        items(&list[behind..].join(" ")).into_iter().map(|item| Want::Says(content(&item).join(" "))).collect();
    if wants.is_empty() { vec![Want::Unseen("no rule reads these words")] } else { wants }
}

/// Names in a clause: words in capitals that do not begin it.
pub(super) fn capitals(clause: &str) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    let mut running = false;
    for (index, word) in clause.split_whitespace().enumerate() {
        let bare = word.trim_matches(|c: char| !c.is_alphanumeric());
        let name = index > 0 && bare.chars().next().is_some_and(char::is_uppercase) && bare.len() > 1 && bare != "I";
        if name {
            match names.last_mut().filter(|_| running) {
                Some(last) => {
                    last.push(' ');
                    last.push_str(bare);
                }
                None => names.push(bare.to_owned()),
            }
        }
        running = name && !word.ends_with([',', ';', ')', '/']);
    }
    names
}

/// Does the clause forbid: is there a denial before its verb, or, after a verb of writing, before the next one?
pub(super) fn is_denied(words: &str) -> bool {
    let denies = |word: &str| DENIALS.contains(&word) || AVOIDS.contains(&word);
    let list: Vec<&str> = words.split(' ').take(12).collect();
    for (at, word) in list.iter().take(8).enumerate() {
        if denies(word) {
            return true;
        }
        // "Write a caption that doesn't mention prices", "el texto debe evitar precios".
        if WRITES.contains(word) {
            let rest = &list[at + 1..];
            return rest.iter().enumerate().any(|(at, word)| {
                AVOIDS.contains(word)
                    || (denies(word) && rest[at + 1..].iter().take(2).any(|next| TELLS.contains(next)))
            });
        }
        if SAY_VERBS.contains(word) || TOPIC_VERBS.contains(word) {
            return false;
        }
    }
    false
}

/// Verbs that forbid by themselves.
const AVOIDS: &[&str] = &[
    "avoid",
    "avoids",
    "avoiding",
    "evita",
    "evitar",
    "evite",
    "eviten",
    "evitad",
    "evitando",
    "refrain",
    "prohibido",
    "prohibited",
    "forbidden",
];
/// Verbs of writing, which say nothing yet of what is asked or forbidden.
const WRITES: &[&str] = &[
    "write", "keep", "make", "create", "post", "escribe", "escribir", "escribid", "redacta", "redactar", "haz", "crea",
    "mantener", "debe", "deben", "publica",
];
/// Verbs by which something is told.
const TELLS: &[&str] = &[
    "mention",
    "mentions",
    "mentioning",
    "say",
    "says",
    "saying",
    "talk",
    "talking",
    "name",
    "naming",
    "refer",
    "referring",
    "discuss",
    "mencione",
    "mencionar",
    "menciones",
    "mencionen",
    "mencionando",
    "hable",
    "hablar",
    "hables",
    "hablen",
    "hablando",
    "diga",
    "decir",
    "digas",
    "nombrar",
    "nombre",
    "nombres",
    "use",
    "uses",
    "using",
    "usar",
    "utilizar",
];
