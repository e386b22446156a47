//! What a clause of a brief asks.

use super::clauses::{clauses, quoted};
use super::concepts::{self, Class, Concept};
use super::platforms::Known;
use super::sizes::{self, Size, Unit};
use super::tags;
use super::text::flat;
use super::words::{DENIALS, FILLERS, PICTURE, SAY_VERBS, TONE, TOPIC_VERBS};
use crate::geo::{self, LanguageCode};

/// A requirement in words.
#[derive(Debug)]
pub(super) struct Ask {
    /// The brief's words.
    pub(super) requirement: String,
    pub(super) want: Want,
    pub(super) place: Place,
    /// The caption must not have it.
    pub(super) denied: bool,
}

/// What is asked.
#[derive(Debug)]
pub(super) enum Want {
    Size(Size),
    /// These words as they are.
    Phrase(String),
    Concept(&'static Concept),
    /// That it says this, in any words.
    Says(String),
    /// That it is about this.
    Topic(String),
    /// One of these is enough.
    AnyOf(Vec<Want>),
    Tag(String),
    Mention(String),
    Link(String),
    Code(String),
    Language(LanguageCode),
    Bilingual,
    Question,
    /// Tags stand in one place.
    Tags,
    Brand,
    Disclosure,
    /// The first stands before the second.
    Order(Box<Want>, Box<Want>),
    Capitals,
    Profanity,
    FirstPerson,
    /// What the text cannot show, and why.
    Unseen(&'static str),
}

/// Where it has to stand.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Place {
    Anywhere,
    FirstLines(usize),
    FirstSentences(usize),
    FirstCharacters(usize),
    FirstWords(usize),
    /// The very first word.
    Opening,
    /// Near the beginning.
    Start,
    End,
    Fold,
}

/// Everything that rules in words ask.
pub(super) fn asks(rules: &str) -> Vec<Ask> {
    let mut carried = None;
    clauses(rules).iter().flat_map(|clause| of_clause(clause, &mut carried)).take(300).collect()
}

const LEADS: &[&str] = &[
    "please",
    "make sure to",
    "make sure you",
    "make sure that",
    "make sure",
    "be sure to",
    "remember to",
    "dont forget to",
    "do not forget to",
    "dont forget",
    "no olvides",
    "no te olvides de",
    "no olvidar",
    "no dejes de",
    "asegurate de que",
    "asegurate de",
    "recuerda",
    "you must",
    "you should",
    "you need to",
    "se debe",
    "se deben",
    "hay que",
    "debes",
    "tienes que",
    "es obligatorio",
    "its mandatory to",
    "por favor",
    "we need you to",
    "we want you to",
    "queremos que",
    "necesitamos que",
    "don t forget to",
];
const OPTIONAL: &[&str] = &[
    "optional",
    "optionally",
    "if possible",
    "feel free",
    "ideally",
    "preferably",
    "opcional",
    "opcionalmente",
    "si es posible",
    "si quieres",
    "preferiblemente",
    "idealmente",
    "you can",
    "you may",
    "puedes",
    "if you want",
    "if you like",
    "nice to have",
    "bonus",
];

#[expect(clippy::too_many_lines, reason = "mostly lists of words")]
fn of_clause(clause: &str, carried: &mut Option<Unit>) -> Vec<Ask> {
    let mut words = sizes::words(clause);
    for lead in LEADS {
        if let Some(rest) = format!("{words} ").strip_prefix(&format!("{lead} ")) {
            rest.trim().clone_into(&mut words);
        }
    }
    let padded = format!(" {words} ");
    let has = |phrase: &str| padded.contains(&format!(" {phrase} "));
    if OPTIONAL.iter().any(|phrase| has(phrase)) {
        return Vec::new();
    }
    let ask = |want: Want, place: Place, denied: bool| Ask { requirement: clause.to_owned(), want, place, denied };
    if padded.starts_with(" if ") || (padded.starts_with(" si ") && words.split(' ').count() > 3) {
        return vec![ask(Want::Unseen("whether its condition holds cannot be seen"), Place::Anywhere, false)];
    }
    let (place, words) = place(&words);
    let denied = is_denied(&words);
    let mut asks: Vec<Ask> = Vec::new();

    // What has a form of its own: tags, mentions, links, quoted words, codes.
    let tokens = tokens(clause);
    let padded = format!(" {words} ");
    let has = |phrase: &str| padded.contains(&format!(" {phrase} "));
    if tokens.len() == 2
        && !denied
        && [" before ", " antes de ", " antes del ", " antes que ", " precedes ", " ahead of "]
            .iter()
            .any(|word| padded.contains(word))
    {
        let mut tokens = tokens.into_iter();
        if let (Some(one), Some(other)) = (tokens.next(), tokens.next()) {
            return vec![ask(Want::Order(Box::new(one), Box::new(other)), place, false)];
        }
        return Vec::new();
    }
    let either = !denied
        && tokens.len() > 1
        && (has("or")
            || has("o")
            || has("either")
            || has("one of")
            || has("any of")
            || has("alguno de")
            || has("alguna de"));
    if either {
        return vec![ask(Want::AnyOf(tokens), place, false)];
    }
    let had_tokens = !tokens.is_empty();
    asks.extend(tokens.into_iter().map(|want| ask(want, place, denied)));

    if is_disclosure(&padded) && !denied {
        asks.push(ask(Want::Disclosure, place, false));
        return asks;
    }
    if let Some(want) = language(&padded) {
        asks.push(ask(want, Place::Anywhere, denied));
    }
    let sized = sizes::sizes(&words, denied, *carried);
    let had_sizes = !sized.is_empty();
    for size in sized {
        *carried = Some(size.unit);
        let wanted = size.unit == Unit::Questions && !denied;
        asks.push(if wanted {
            ask(Want::Question, place, false)
        } else {
            ask(Want::Size(size), Place::Anywhere, false)
        });
    }
    if had_tokens && !had_sizes {
        return asks;
    }
    if !had_sizes {
        if !denied
            && [
                " question ",
                " questions ",
                " pregunta ",
                " preguntas ",
                " preguntale ",
                " pregunta a ",
                " haz una pregunta ",
                " preguntando ",
            ]
            .iter()
            .any(|word| padded.contains(word))
            && !has("answer")
            && !has("responde")
        {
            asks.push(ask(Want::Question, place, false));
            return asks;
        }
        if place != Place::Anywhere && (has("hashtags") || has("hashtag") || has("etiquetas") || has("tags")) && !denied
        {
            asks.push(ask(Want::Tags, place, false));
            return asks;
        }
        let whole = [
            (
                ["all caps", "capital letters", "uppercase", "mayusculas", "caps lock", "upper case"].as_slice(),
                Want::Capitals,
                true,
            ),
            (
                &[
                    "profanity",
                    "swear",
                    "swearing",
                    "swear words",
                    "curse",
                    "cursing",
                    "curse words",
                    "bad language",
                    "foul language",
                    "offensive language",
                    "palabrotas",
                    "groserias",
                    "insultos",
                    "malas palabras",
                    "lenguaje ofensivo",
                    "lenguaje soez",
                    "lenguaje vulgar",
                    "tacos",
                    "vulgar",
                    "bad words",
                    "malsonantes",
                    "palabras malsonantes",
                ],
                Want::Profanity,
                true,
            ),
            (
                &[
                    "brand name",
                    "the brand",
                    "our brand",
                    "la marca",
                    "nombre de la marca",
                    "nuestra marca",
                    "name of the brand",
                    "brands name",
                    "marca por su nombre",
                ],
                Want::Brand,
                false,
            ),
            (&["first person", "primera persona"], Want::FirstPerson, false),
        ];
        for (phrases, want, wants_denied) in whole {
            if wants_denied == denied
                && phrases.iter().any(|phrase| has(phrase))
                && !(matches!(want, Want::Brand) && has("values"))
            {
                let rest =
                    phrases.iter().fold(padded.clone(), |rest, phrase| rest.replace(&format!(" {phrase} "), " "));
                if matches!(want, Want::Brand) && content(&rest).len() > 1 {
                    continue;
                }
                asks.push(ask(want, place, denied));
                return asks;
            }
        }
    }
    asks.extend(by_meaning(clause, &words, place, denied, !asks.is_empty()));
    asks
}

/// What is left when everything that has a form was read: concepts, topics, things to say.
fn by_meaning(clause: &str, words: &str, place: Place, denied: bool, others: bool) -> Vec<Ask> {
    let ask = |want: Want| Ask { requirement: clause.to_owned(), want, place, denied };
    let list: Vec<&str> = words.split(' ').collect();
    let lead =
        list.iter().position(|word| TOPIC_VERBS.contains(word) || (matches!(*word, "que") && list.len() > 2 && others));
    if others {
        // "Min 50 chars describing product benefits": a limit, and a topic if a verb announces one.
        let Some(lead) = lead else {
            return concepts::named(words).into_iter().map(|(concept, _)| ask(Want::Concept(concept))).collect();
        };
        let rest = list[lead + 1..].join(" ");
        return topic(&rest, lead_is_say(&list)).map(ask).into_iter().collect();
    }
    let among = |words: &[&str]| list.iter().any(|word| words.contains(word));
    let says = list.iter().take(6).any(|word| SAY_VERBS.contains(word));
    let named = concepts::named(words);
    // "Use natural light" asks for a picture, "mention the light" for words.
    let loose = [
        "use",
        "using",
        "include",
        "including",
        "add",
        "put",
        "feature",
        "incluye",
        "incluir",
        "usa",
        "usar",
        "utiliza",
        "utilizar",
        "pon",
        "anade",
        "anadir",
        "haz",
        "agrega",
        "debe",
        "aparezca",
    ];
    let tells = list
        .iter()
        .take(6)
        .any(|word| (SAY_VERBS.contains(word) && !loose.contains(word)) || TOPIC_VERBS.contains(word));
    if named.is_empty() && among(PICTURE) && !tells {
        return vec![ask(Want::Unseen("only the picture or the sound can show it"))];
    }
    let measured = content(words).iter().all(|word| TONE.contains(word) || loose.contains(word));
    if named.is_empty() && among(TONE) && (!says || measured) {
        return vec![ask(Want::Unseen("nothing measures a tone"))];
    }
    if denied {
        return denials(clause, words, &named).into_iter().map(ask).collect();
    }
    if says {
        let items = items(words);
        let alternatives = format!(" {words} ").contains(" or ") || format!(" {words} ").contains(" o ");
        let wants: Vec<Want> = items.iter().filter_map(|item| topic(item, true)).collect();
        if alternatives && wants.len() > 1 {
            return vec![ask(Want::AnyOf(wants))];
        }
        if !wants.is_empty() {
            return wants.into_iter().map(ask).collect();
        }
    }
    if let Some(lead) = lead
        && let Some(want) = topic(&list[lead + 1..].join(" "), false)
    {
        return vec![ask(want)];
    }
    if !named.is_empty() {
        return named.into_iter().map(|(concept, _)| ask(Want::Concept(concept))).collect();
    }
    vec![ask(Want::Unseen("no rule reads these words"))]
}

fn lead_is_say(list: &[&str]) -> bool {
    list.iter().any(|word| SAY_VERBS.contains(word))
}

/// The concept that these words name, or the words themselves.
fn topic(words: &str, says: bool) -> Option<Want> {
    if counts_things(words) {
        return Some(Want::Unseen("how many of these there are, no rule counts"));
    }
    if let Some((concept, phrase)) = concepts::named(words).first() {
        // "20% discount": the figure is asked for, too.
        let figure = words.split(' ').any(|word| word.starts_with(|c: char| c.is_ascii_digit()));
        let rest = format!(" {words} ").replace(&format!(" {phrase} "), " ");
        if !figure && (content(&rest).len() <= 2 || concept.class != Class::Hard) {
            return Some(Want::Concept(concept));
        }
    }
    let rest = content(words);
    if rest.is_empty() {
        return None;
    }
    let words = rest.join(" ");
    Some(if says { Want::Says(words) } else { Want::Topic(words) })
}

/// "3 benefits", "dos ingredientes": a small number of things, not a share, a price or a year.
fn counts_things(words: &str) -> bool {
    let list: Vec<&str> = words.split(' ').filter(|word| !FILLERS.contains(word)).collect();
    let small = |word: &str| {
        let figures = word.len() <= 2 && word.bytes().all(|b| b.is_ascii_digit());
        figures || super::numbers::word(word).is_some_and(|number| (2..=12).contains(&number))
    };
    let things = |word: &&str| {
        word.ends_with('s')
            && word.len() >= 5
            && word.chars().all(char::is_alphabetic)
            && !matches!(*word, "euros" | "dollars" | "pesos")
    };
    list.windows(2).any(|pair| small(pair[0]) && things(&pair[1]))
}

/// The words of a text that say what it is about.
pub(super) fn content(words: &str) -> Vec<&str> {
    let verb = |word: &str| SAY_VERBS.contains(&word) || TOPIC_VERBS.contains(&word);
    words
        .split(' ')
        .filter(|word| !word.is_empty() && !FILLERS.contains(word) && !verb(word) && !DENIALS.contains(word))
        .filter(|word| {
            !matches!(
                *word,
                "avoid" | "evita" | "evitar" | "evite" | "captions" | "refrain" | "prohibido" | "prohibited"
            )
        })
        .collect()
}

/// What stands behind the first verb, item by item.
fn items(words: &str) -> Vec<String> {
    let list: Vec<&str> = words.split(' ').collect();
    let start = list.iter().position(|word| SAY_VERBS.contains(word)).map_or(0, |at| at + 1);
    let rest = format!(" {} ", list[start..].join(" "));
    let mut items = vec![rest];
    for joint in [
        " and ",
        " y ",
        " e ",
        " or ",
        " o ",
        " ni ",
        " nor ",
        " plus ",
        " ademas de ",
        " as well as ",
        " asi como ",
        " u ",
    ] {
        items = items.iter().flat_map(|item| item.split(joint).map(|part| format!(" {} ", part.trim()))).collect();
    }
    items.into_iter().map(|item| item.trim().to_owned()).filter(|item| !content(item).is_empty()).collect()
}

/// What must not be said.
fn denials(clause: &str, words: &str, named: &[(&'static Concept, &'static str)]) -> Vec<Want> {
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
fn capitals(clause: &str) -> Vec<String> {
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
fn is_denied(words: &str) -> bool {
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

fn is_disclosure(padded: &str) -> bool {
    let advert = [
        "advertising",
        "ad",
        "advertisement",
        "publicidad",
        "sponsored",
        "sponsorship",
        "paid",
        "partnership",
        "anuncio",
        "publi",
        "patrocinado",
        "colaboracion pagada",
        "collaboration",
        "colaboracion",
        "commercial",
        "comercial",
    ];
    let verbs = [
        "disclose",
        "disclosed",
        "disclosing",
        "disclosure",
        "label",
        "labelled",
        "labeled",
        "mark",
        "marked",
        "identify",
        "identified",
        "indica",
        "indicar",
        "marca",
        "marcar",
        "identifica",
        "identificar",
        "senala",
        "senalar",
        "avisa",
        "deja claro",
        "make clear",
        "make it clear",
        "clear that",
        "aclara",
    ];
    let has = |word: &&str| padded.contains(&format!(" {word} "));
    (padded.contains(" disclos") && (advert.iter().any(&has) || padded.split_whitespace().count() <= 5))
        || (verbs.iter().any(&has) && advert.iter().any(&has))
}

fn language(padded: &str) -> Option<Want> {
    if padded.contains(" bilingual ")
        || padded.contains(" bilingue ")
        || padded.contains(" english and spanish ")
        || padded.contains(" spanish and english ")
        || padded.contains(" ingles y espanol ")
        || padded.contains(" espanol e ingles ")
        || padded.contains(" espanol y ingles ")
    {
        return Some(Want::Bilingual);
    }
    let list: Vec<&str> = padded.split_whitespace().collect();
    let named = list.iter().enumerate().find_map(|(at, word)| {
        let lead = at.checked_sub(1).map_or("", |before| list[before]);
        let next = list.get(at + 1).copied().unwrap_or("");
        let asked = matches!(lead, "in" | "en" | "language" | "idioma" | "use" | "only" | "castellano")
            || matches!(next, "caption" | "only" | "language" | "text" | "copy");
        (asked && word.len() > 3).then(|| geo::language(word)).flatten()
    });
    named.map(Want::Language)
}

/// Where it has to stand; and the words without that.
#[expect(clippy::too_many_lines, reason = "mostly lists of words")]
fn place(words: &str) -> (Place, String) {
    let list: Vec<&str> = words.split(' ').collect();
    for (at, word) in list.iter().enumerate() {
        if !matches!(*word, "first" | "opening" | "primer" | "primera" | "primeras" | "primeros" | "1st") {
            continue;
        }
        // The number stands behind or before: "first two lines", "dos primeras líneas".
        let behind = super::numbers::read(&list[at + 1..]);
        let before = at
            .checked_sub(1)
            .and_then(|before| super::numbers::word(list[before]).or_else(|| list[before].parse().ok()));
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

/// What of a clause has a form of its own.
fn tokens(clause: &str) -> Vec<Want> {
    let mut found: Vec<(usize, Want)> = Vec::new();
    let marks = tags::marks(clause, Known::Other);
    found.extend(marks.tags.iter().map(|span| (span.start, Want::Tag(clause[span.clone()].to_owned()))));
    found.extend(marks.mentions.iter().map(|span| (span.start, Want::Mention(clause[span.clone()].to_owned()))));
    found.extend(marks.links.iter().map(|span| (span.start, Want::Link(clause[span.clone()].to_owned()))));
    let code_at = code(clause);
    let quotes = quoted(clause);
    for &(from, to) in &quotes {
        let quote = &clause[from..to];
        let inside = |at: usize| from <= at && at < to;
        if found.iter().any(|(at, _)| inside(*at))
            || code_at.as_ref().is_some_and(|(at, _)| inside(*at))
            || flat(quote).is_empty()
        {
            continue;
        }
        found.push((from, Want::Phrase(quote.trim().trim_end_matches([',', '.']).to_owned())));
    }
    let emoji = super::text::emojis(clause)
        .filter(|at| !quotes.iter().any(|&(from, to)| from <= at.start && at.start < to))
        .take(10);
    found.extend(emoji.map(|at| (at.start, Want::Phrase(clause[at].to_owned()))));
    found.extend(code_at.map(|(at, code)| (at, Want::Code(code))));
    found.sort_by_key(|found| found.0);
    found.into_iter().map(|found| found.1).collect()
}

/// "use code SUN20", "el código «SUN20»": the word behind that has a capital or a digit.
fn code(clause: &str) -> Option<(usize, String)> {
    let mut after = false;
    let mut patience = 0;
    let mut next = 0;
    for piece in clause.split_inclusive(char::is_whitespace) {
        let at = next;
        next += piece.len();
        let word = piece.trim_end();
        let folded = flat(word);
        let is_lead = matches!(
            folded.as_str(),
            "code" | "codigo" | "cupon" | "coupon" | "promocode" | "codigos" | "codes" | "voucher"
        );
        if is_lead {
            after = true;
            patience = 4;
            continue;
        }
        if after && patience > 0 {
            patience -= 1;
            let bare = word.trim_matches(|c: char| !(c.is_alphanumeric() || c == '-' || c == '_'));
            let coded = bare.len() >= 3
                && !bare.starts_with('#')
                && (bare.chars().filter(|c| c.is_uppercase()).count() >= 2 || bare.chars().any(|c| c.is_ascii_digit()))
                && word
                    .trim_start_matches(|c: char| !c.is_alphanumeric() && c != '#' && c != '@')
                    .starts_with(char::is_alphanumeric);
            if coded {
                return Some((at, bare.to_owned()));
            }
        }
    }
    None
}
