//! Where a clause wants something to stand.

use super::super::sizes::{self, Unit};
use super::Place;

/// Where it has to stand; and the words without that.
#[expect(clippy::too_many_lines, reason = "mostly lists of words")]
pub(super) fn place(words: &str) -> (Place, String) {
    let list: Vec<&str> = words.split(' ').collect();
    for (at, word) in list.iter().enumerate() {
        if !matches!(*word, "first" | "opening" | "primer" | "primera" | "primeras" | "primeros" | "1st") {
            continue;
        }
        // The number stands behind or before: "first two lines", "dos primeras líneas".
        let behind = super::super::numbers::read(&list[at + 1..]);
        let before = at
            .checked_sub(1)
            .and_then(|before| super::super::numbers::word(list[before]).or_else(|| list[before].parse().ok()));
        let unit_at = at + 1 + behind.map_or(0, |(_, used)| used);
        let count = behind.map(|(number, _)| number).or(before).unwrap_or(1).min(10_000) as usize;
        let place = match list.get(unit_at).and_then(|word| sizes::unit(word)) {
            Some(Unit::Lines | Unit::Paragraphs) => Place::FirstLines(count),
            Some(Unit::Sentences) => Place::FirstSentences(count),
            Some(Unit::Characters) => Place::FirstCharacters(count),
            Some(Unit::Words) if count == 1 => Place::Opening,
            Some(Unit::Words) => Place::FirstWords(count),
            _ if list.get(unit_at).is_some_and(|word| matches!(*word, "thing" | "place" | "lugar")) => Place::Opening,
            _ => continue,
        };
        let from = at - usize::from(before.is_some());
        let lead = list[..from]
            .iter()
            .rev()
            .take_while(|word| {
                matches!(
                    **word,
                    "in" | "the" | "within" | "en" | "la" | "las" | "los" | "el" | "of" | "de" | "at" | "on"
                )
            })
            .count();
        let rest = [&list[..from - lead], &list[unit_at + 1..]].concat();
        let tail = rest.join(" ");
        return (place, tail.replace(" of the caption", "").replace(" del texto", "").replace(" del caption", ""));
    }
    let padded = format!(" {words} ");
    let phrases: &[(&[&str], Place)] = &[
        (
            &[
                "start with",
                "starts with",
                "starting with",
                "begin with",
                "begins with",
                "beginning with",
                "open with",
                "opens with",
                "empieza con",
                "empezar con",
                "comienza con",
                "comenzar con",
                "abre con",
                "empezando con",
                "empieza por",
                "inicia con",
            ],
            Place::Opening,
        ),
        (
            &[
                "end with",
                "ends with",
                "ending with",
                "finish with",
                "close with",
                "closing with",
                "end the caption with",
                "end your caption with",
                "end the post with",
                "finish the caption with",
                "termina con",
                "terminar con",
                "terminando con",
                "acaba con",
                "acabar con",
                "cierra con",
                "cerrar con",
                "finaliza con",
                "finalizar con",
                "termina el texto con",
                "termina el caption con",
                "acaba el texto con",
                "at the end of the caption",
                "at the very end",
                "at the end",
                "in the last line",
                "on the last line",
                "last line",
                "last sentence",
                "al final del texto",
                "al final del caption",
                "al final",
                "en la ultima linea",
                "ultima linea",
                "ultima frase",
            ],
            Place::End,
        ),
        (
            &[
                "start the caption with",
                "start your caption with",
                "begin the caption with",
                "begin your caption with",
                "empieza el texto con",
                "empieza el caption con",
            ],
            Place::Opening,
        ),
        (
            &[
                "at the very beginning",
                "at the beginning of the caption",
                "at the start of the caption",
                "at the beginning",
                "at the start",
                "at the top",
                "al principio del texto",
                "al principio del caption",
                "al principio",
                "al inicio del texto",
                "al inicio",
                "al comienzo",
                "upfront",
                "up front",
            ],
            Place::Start,
        ),
        (
            &[
                "above the fold",
                "before the fold",
                "before more",
                "before the more button",
                "before the cut",
                "before see more",
                "antes del ver mas",
                "antes de ver mas",
                "antes del mas",
                "antes del corte",
                "antes de mas",
            ],
            Place::Fold,
        ),
    ];
    for (phrases, place) in phrases {
        for phrase in *phrases {
            if let Some(at) = padded.find(&format!(" {phrase} ")) {
                let rest = format!("{} {}", &padded[..at], &padded[at + phrase.len() + 1..]);
                let verb = if phrase.contains("with") || phrase.contains(" con") || phrase.contains(" por") {
                    "include "
                } else {
                    ""
                };
                return (*place, format!("{verb}{}", rest.split_whitespace().collect::<Vec<_>>().join(" ")));
            }
        }
    }
    (Place::Anywhere, words.to_owned())
}
