//! What a clause of a brief asks.

use super::clauses::clauses;
use super::concepts::{self, Class, Concept};
use super::sizes::{self, Size, Unit};
use super::words::{DENIALS, FILLERS, PICTURE, SAY_VERBS, TONE, TOPIC_VERBS};
use crate::geo::LanguageCode;

mod denied;
mod forms;
mod place;

use denied::{denials, is_denied};
use forms::{is_disclosure, language, tokens};
use place::place;

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
