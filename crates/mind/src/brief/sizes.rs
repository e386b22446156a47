//! "At least 50 characters", "entre 2 y 4 hashtags", "no emojis": how much of something a caption has to have.

use super::numbers;
use super::words::DENIALS;

/// What is counted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Unit {
    Characters,
    Words,
    Lines,
    Sentences,
    Paragraphs,
    Emojis,
    Hashtags,
    Mentions,
    /// Mentions of others than the brand.
    Friends,
    Links,
    Questions,
    Exclamations,
}

/// Bounds of a count.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Size {
    pub(super) unit: Unit,
    pub(super) least: Option<u64>,
    pub(super) most: Option<u64>,
    /// Nothing says whether the number is the least, the most or both.
    pub(super) bare: bool,
    /// It is said to be about so many.
    pub(super) about: bool,
    /// Tags do not count.
    pub(super) without_tags: bool,
}

/// The unit that a folded word names.
pub(super) fn unit(word: &str) -> Option<Unit> {
    Some(match word {
        "char" | "chars" | "character" | "characters" | "caracteres" | "caracter" | "letras" | "letters" | "carac" => {
            Unit::Characters
        }
        "word" | "words" | "palabra" | "palabras" => Unit::Words,
        "line" | "lines" | "linea" | "lineas" | "renglon" | "renglones" => Unit::Lines,
        "sentence" | "sentences" | "frase" | "frases" | "oracion" | "oraciones" => Unit::Sentences,
        "paragraph" | "paragraphs" | "parrafo" | "parrafos" => Unit::Paragraphs,
        "emoji" | "emojis" | "emoticono" | "emoticonos" | "emoticon" | "emoticons" | "emoticones" => Unit::Emojis,
        "hashtag" | "hashtags" | "hastag" | "hastags" | "tags" | "etiquetas" => Unit::Hashtags,
        "mentions" | "menciones" | "mencion" => Unit::Mentions,
        "friend" | "friends" | "amigo" | "amigos" | "amiga" | "amigas" | "people" | "personas" => Unit::Friends,
        "link" | "links" | "enlace" | "enlaces" | "url" | "urls" => Unit::Links,
        "question" | "questions" | "pregunta" | "preguntas" => Unit::Questions,
        "exclamation" | "exclamations" | "exclamacion" | "exclamaciones" | "exclamation_marks" => Unit::Exclamations,
        _ => return None,
    })
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Bound {
    Least,
    Most,
    More,
    Less,
    Exactly,
    About,
}

const BOUNDS: &[(&str, Bound)] = &[
    ("at least", Bound::Least),
    ("a minimum of", Bound::Least),
    ("minimum", Bound::Least),
    ("min", Bound::Least),
    ("no less than", Bound::Least),
    ("not less than", Bound::Least),
    ("no fewer than", Bound::Least),
    ("not fewer than", Bound::Least),
    ("or more", Bound::Least),
    ("plusmark", Bound::Least),
    ("or longer", Bound::Least),
    ("upwards", Bound::Least),
    ("al menos", Bound::Least),
    ("por lo menos", Bound::Least),
    ("como minimo", Bound::Least),
    ("cuando menos", Bound::Least),
    ("minimo", Bound::Least),
    ("minima", Bound::Least),
    ("no menos de", Bound::Least),
    ("o mas", Bound::Least),
    ("a partir de", Bound::Least),
    ("minimos", Bound::Least),
    ("at most", Bound::Most),
    ("a maximum of", Bound::Most),
    ("maximum", Bound::Most),
    ("max", Bound::Most),
    ("no more than", Bound::Most),
    ("not more than", Bound::Most),
    ("no longer than", Bound::Most),
    ("not longer than", Bound::Most),
    ("up to", Bound::Most),
    ("or less", Bound::Most),
    ("or fewer", Bound::Most),
    ("limit", Bound::Most),
    ("limited to", Bound::Most),
    ("tops", Bound::Most),
    ("or under", Bound::Most),
    ("within", Bound::Most),
    ("como maximo", Bound::Most),
    ("como mucho", Bound::Most),
    ("a lo sumo", Bound::Most),
    ("maximo", Bound::Most),
    ("maxima", Bound::Most),
    ("no mas de", Bound::Most),
    ("hasta", Bound::Most),
    ("o menos", Bound::Most),
    ("limita", Bound::Most),
    ("limite", Bound::Most),
    ("maximos", Bound::Most),
    ("ni mas de", Bound::Most),
    ("more than", Bound::More),
    ("over", Bound::More),
    ("above", Bound::More),
    ("longer than", Bound::More),
    ("exceed", Bound::More),
    ("exceeding", Bound::More),
    ("exceeds", Bound::More),
    ("beyond", Bound::More),
    ("mas de", Bound::More),
    ("superior a", Bound::More),
    ("superar", Bound::More),
    ("supere", Bound::More),
    ("superes", Bound::More),
    ("superen", Bound::More),
    ("supera", Bound::More),
    ("pasar de", Bound::More),
    ("pase de", Bound::More),
    ("pases de", Bound::More),
    ("exceder", Bound::More),
    ("exceda", Bound::More),
    ("excedas", Bound::More),
    ("sobrepasar", Bound::More),
    ("sobrepase", Bound::More),
    ("sobrepases", Bound::More),
    ("rebasar", Bound::More),
    ("por encima de", Bound::More),
    ("mas larga que", Bound::More),
    ("mayor de", Bound::More),
    ("mayor a", Bound::More),
    ("pasarse de", Bound::More),
    ("pasarte de", Bound::More),
    ("less than", Bound::Less),
    ("fewer than", Bound::Less),
    ("under", Bound::Less),
    ("below", Bound::Less),
    ("shorter than", Bound::Less),
    ("menos de", Bound::Less),
    ("inferior a", Bound::Less),
    ("por debajo de", Bound::Less),
    ("menor de", Bound::Less),
    ("menor a", Bound::Less),
    ("exactly", Bound::Exactly),
    ("exactamente", Bound::Exactly),
    ("only", Bound::Exactly),
    ("just", Bound::Exactly),
    ("solo", Bound::Exactly),
    ("unicamente", Bound::Exactly),
    ("justo", Bound::Exactly),
    ("precisely", Bound::Exactly),
    ("a total of", Bound::Exactly),
    ("about", Bound::About),
    ("around", Bound::About),
    ("approx", Bound::About),
    ("approximately", Bound::About),
    ("roughly", Bound::About),
    ("unos", Bound::About),
    ("unas", Bound::About),
    ("alrededor de", Bound::About),
    ("aproximadamente", Bound::About),
    ("aprox", Bound::About),
    ("cerca de", Bound::About),
];

/// A clause made ready: folded words, signs of comparison as words, numbers joined.
pub(super) fn words(clause: &str) -> String {
    let mut plain = String::with_capacity(clause.len());
    let letters: Vec<char> = clause.chars().collect();
    for (index, &c) in letters.iter().enumerate() {
        let digit = |at: Option<usize>| at.and_then(|at| letters.get(at)).is_some_and(char::is_ascii_digit);
        let (before, after) = (digit(index.checked_sub(1)), digit(Some(index + 1)));
        let thousands = before && after && (1..=3).all(|ahead| digit(Some(index + ahead))) && !digit(Some(index + 4));
        match c {
            '.' | ',' if thousands => {}
            '+' if before => plain.push_str(" plusmark "),
            '≥' => plain.push_str(" at least "),
            '≤' => plain.push_str(" at most "),
            '>' => plain.push_str(if letters.get(index + 1) == Some(&'=') { " at least " } else { " more than " }),
            '<' => plain.push_str(if letters.get(index + 1) == Some(&'=') { " at most " } else { " less than " }),
            '-' | '–' | '—' if before && after => plain.push_str(" rangeto "),
            _ => plain.push(c),
        }
    }
    super::text::flat(&plain)
}

/// The sizes of a clause. `denied`: the clause says "no", "don't", "sin". `carried`: the unit of the clause before.
#[expect(clippy::too_many_lines, reason = "mostly lists of words")]
pub(super) fn sizes(clause: &str, denied: bool, carried: Option<Unit>) -> Vec<Size> {
    let words: Vec<&str> = clause.split(' ').filter(|word| !word.is_empty()).collect();
    let without_tags = [
        " excluding hashtags",
        " excluding the hashtags",
        " not counting hashtags",
        " not including hashtags",
        " without counting hashtags",
        " sin contar hashtags",
        " sin contar los hashtags",
        " sin incluir hashtags",
        " sin incluir los hashtags",
        " without hashtags",
        " excluyendo hashtags",
        " excluyendo los hashtags",
        " hashtags not included",
        " not counting the hashtags",
        " hashtags aparte",
        " sin hashtags",
    ];
    let padded = format!(" {clause}");
    let tail = without_tags.iter().find_map(|phrase| padded.find(phrase).map(|at| (at, *phrase)));
    let numbers = numbers_of(&words);
    if numbers.is_empty() {
        return uncounted(&words, denied);
    }
    let mut sizes = Vec::new();
    let mut used = 0;
    let mut index = 0;
    while index < numbers.len() {
        let (value, at, length) = numbers[index];
        let mut end = at + length;
        let mut high = None;
        if let Some(&(second, at2, length2)) = numbers.get(index + 1) {
            let joint = words[end..at2].join(" ");
            let before = words[..at].last().copied().unwrap_or("");
            let ranged = match joint.as_str() {
                "rangeto" | "to" | "a" | "or" | "o" | "u" => true,
                "and" | "y" => matches!(before, "between" | "entre"),
                _ => false,
            };
            if ranged && value <= second {
                high = Some(second);
                end = at2 + length2;
                index += 1;
            }
        }
        index += 1;
        let next_number = numbers.get(index).map_or(words.len(), |next| next.1);
        let behind = (end..next_number.min(end + 4)).find_map(|at| unit(words[at]).map(|unit| (unit, at)));
        let before = (used..at).rev().take(5).find_map(|at| unit(words[at]).map(|unit| (unit, at)));
        let lead = words[used..at].join(" ");
        let mentions_caption = words.iter().any(|word| {
            matches!(
                *word,
                "caption"
                    | "captions"
                    | "texto"
                    | "length"
                    | "longitud"
                    | "copy"
                    | "largo"
                    | "extension"
                    | "descripcion"
            )
        });
        let stop = behind.map_or(end, |(_, at)| at + 1);
        let tail_words = words[stop..next_number.min(stop + 3)].join(" ");
        let bound = bound_in(&lead, true)
            .or_else(|| bound_in(&words[end..stop].join(" "), false))
            .or_else(|| bound_in(&tail_words, false));
        let unit_found = match (behind, before) {
            (Some((Unit::Friends, _)), _)
                if !words.iter().any(|w| {
                    matches!(
                        *w,
                        "tag"
                            | "tagging"
                            | "mention"
                            | "etiqueta"
                            | "etiquetar"
                            | "etiquetad"
                            | "menciona"
                            | "mencionar"
                            | "nombra"
                    )
                }) =>
            {
                None
            }
            (Some((found, _)), _) | (None, Some((found, _))) => Some(found),
            (None, None) if bound.is_some() || high.is_some() => {
                carried.or(mentions_caption.then_some(Unit::Characters)).filter(|_| words.len() <= end + 2)
            }
            _ => None,
        };
        let start = std::mem::replace(&mut used, stop);
        if words.get(stop).is_some_and(|next| matches!(*next, "per" | "por" | "cada" | "each")) {
            // "One emoji per sentence" is no limit of all.
            continue;
        }
        let Some(unit_found) = unit_found else { continue };
        // "un texto que no supere los 150 caracteres": denied where the bound stands.
        let denied = denied || words[start..at].iter().any(|word| DENIALS.contains(word));
        let (least, most, bare, about) = match (high, bound) {
            (Some(high), _) => (Some(value), Some(high), false, false),
            (None, Some(Bound::Least)) => (Some(value), None, false, false),
            (None, Some(Bound::Most)) => (None, Some(value), false, false),
            (None, Some(Bound::More)) if denied => (None, Some(value), false, false),
            (None, Some(Bound::Less)) if denied => (Some(value), None, false, false),
            (None, Some(Bound::More)) => (Some(value + 1), None, false, false),
            (None, Some(Bound::Less)) => (None, Some(value.saturating_sub(1)), false, false),
            (None, Some(Bound::Exactly)) => (Some(value), Some(value), false, false),
            (None, Some(Bound::About)) => (Some(value), Some(value), false, true),
            (None, None) => (Some(value), Some(value), true, false),
        };
        let friends = unit_found == Unit::Friends || (matches!(unit_found, Unit::Mentions) && bare);
        let (most, bare) = if friends && bare { (None, false) } else { (most, bare) };
        let zero = value == 0 && high.is_none();
        sizes.push(Size {
            unit: unit_found,
            least: if zero { None } else { least },
            most: if zero { Some(0) } else { most },
            bare: bare && !zero,
            about,
            without_tags: tail
                .is_some_and(|(_, phrase)| unit_found != Unit::Hashtags || !phrase.contains("sin hashtags")),
        });
    }
    sizes
}

fn numbers_of(words: &[&str]) -> Vec<(u64, usize, usize)> {
    let mut numbers = Vec::new();
    let mut at = 0;
    while at < words.len() {
        // "un emoji", "una pregunta", "at least a hashtag": one, before a unit.
        let article = matches!(words[at], "un" | "una" | "a" | "an")
            && words.get(at + 1).is_some_and(|word| unit(word).is_some());
        let percent =
            words.get(at + 1).is_some_and(|word| matches!(*word, "%" | "€" | "$" | "£" | "euros" | "dollars"));
        match numbers::read(&words[at..]) {
            Some((value, used)) if !percent => {
                numbers.push((value, at, used));
                at += used;
            }
            _ => {
                if article && bound_in(&words[..at].join(" "), true).is_some() {
                    numbers.push((1, at, 1));
                }
                at += 1;
            }
        }
    }
    numbers
}

/// "No emojis", "use emojis", "sin hashtags ni enlaces", "include a question".
fn uncounted(words: &[&str], denied: bool) -> Vec<Size> {
    let mut sizes = Vec::new();
    for (at, word) in words.iter().enumerate() {
        let Some(unit) = unit(word) else { continue };
        // "Write it without emojis", "usa el texto sin hashtags".
        let denied = denied
            || words[at.saturating_sub(3)..at]
                .iter()
                .any(|word| DENIALS.contains(word) || matches!(*word, "ningun" | "ninguna" | "avoid" | "evita"));
        let countable = matches!(
            unit,
            Unit::Emojis | Unit::Hashtags | Unit::Links | Unit::Mentions | Unit::Exclamations | Unit::Questions
        );
        // A link that is asked for is a link's check; a link that is forbidden is counted.
        let bio = words[at..].iter().any(|word| matches!(*word, "bio" | "biografia" | "profile" | "perfil"));
        if !countable || (unit == Unit::Links && (!denied || bio)) || (unit == Unit::Questions && !denied) {
            continue;
        }
        let after = words.get(at + 1).copied().unwrap_or("");
        if matches!(after, "at" | "in" | "en" | "al" | "before" | "antes" | "first" | "other") && !denied {
            continue;
        }
        let (least, most) = if denied { (None, Some(0)) } else { (Some(1), None) };
        sizes.push(Size { unit, least, most, bare: false, about: false, without_tags: false });
    }
    sizes
}

fn bound_in(words: &str, before: bool) -> Option<Bound> {
    let padded = format!(" {words} ");
    let at =
        |phrase: &str| if before { padded.rfind(&format!(" {phrase} ")) } else { padded.find(&format!(" {phrase} ")) };
    let found = BOUNDS.iter().filter_map(|(phrase, bound)| at(phrase).map(|at| (at, phrase.len(), *bound)));
    // "no more than" is found before "more than" within it: the one that ends last, and of those the longest.
    if before {
        found.max_by_key(|(at, length, _)| (at + length, *length)).map(|found| found.2)
    } else {
        found.min_by_key(|(at, length, _)| (*at, usize::MAX - *length)).map(|found| found.2)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(clause: &str) -> Vec<(Unit, Option<u64>, Option<u64>)> {
        let words = words(clause);
        let denied = words.split(' ').any(|word| super::super::words::DENIALS.contains(&word));
        sizes(&words, denied, None).into_iter().map(|size| (size.unit, size.least, size.most)).collect()
    }

    #[test]
    fn sizes_in_many_words() {
        use Unit::{Characters, Emojis, Friends, Hashtags, Lines, Words};
        for (clause, unit, least, most) in [
            ("Min 50 chars describing product benefits", Characters, Some(50), None),
            ("at least fifty characters", Characters, Some(50), None),
            ("50+ characters", Characters, Some(50), None),
            ("50 characters minimum", Characters, Some(50), None),
            ("a caption of 100 words or more", Words, Some(100), None),
            ("no more than 3 emojis", Emojis, None, Some(3)),
            ("don't use more than 3 emojis", Emojis, None, Some(3)),
            ("No uses más de tres emojis", Emojis, None, Some(3)),
            ("máximo 3 emojis", Emojis, None, Some(3)),
            ("3 emojis como máximo", Emojis, None, Some(3)),
            ("Keep it under 150 characters", Characters, None, Some(149)),
            ("Between 2 and 4 hashtags", Hashtags, Some(2), Some(4)),
            ("2-4 hashtags", Hashtags, Some(2), Some(4)),
            ("entre ciento veinte y doscientos caracteres", Characters, Some(120), Some(200)),
            ("sin superar los 1.500 caracteres", Characters, None, Some(1_500)),
            ("Sin emojis", Emojis, None, Some(0)),
            ("no hashtags", Hashtags, None, Some(0)),
            ("tag at least 3 friends", Friends, Some(3), None),
            ("etiqueta a tres amigos", Friends, Some(3), None),
            ("exactly one emoji", Emojis, Some(1), Some(1)),
            ("al menos un emoji", Emojis, Some(1), None),
            ("más de 20 palabras", Words, Some(21), None),
            ("up to 5 lines", Lines, None, Some(5)),
            ("Caption max 150", Characters, None, Some(150)),
            ("Usa emojis", Emojis, Some(1), None),
        ] {
            assert_eq!(read(clause), [(unit, least, most)], "{clause}");
        }
        for clause in ["Mention the 20% discount", "Use code SUN20", "first 3 seconds"] {
            assert_eq!(read(clause), [], "{clause}");
        }
    }
}
