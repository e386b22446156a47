//! What somebody said is to be done.

use super::Sentence;
use super::words::{padded, place};

const MOST: usize = 8;
const MOST_CHARS: usize = 120;

/// What an order follows on, in English,
const LEADS_EN: &[&str] = &[
    "i'll",
    "i will",
    "we'll",
    "we will",
    "i'm going to",
    "we're going to",
    "let's",
    "let us",
    "please",
    "could you",
    "can you",
    "would you",
    "you should",
    "we need to",
    "i need to",
    "we have to",
    "next step is to",
    "next steps are to",
    "make sure to",
];
/// and what it may be.
const VERBS_EN: &[&str] = &[
    "send", "share", "draft", "prepare", "schedule", "book", "call", "email", "e-mail", "mail", "review", "sign",
    "confirm", "ship", "check", "follow", "set", "write", "forward", "update", "talk", "discuss", "arrange", "provide",
    "post", "deliver", "film", "record", "reach", "contact", "get", "put", "plan",
];
/// In Spanish the future says it in one word; the order is told as an infinitive.
const FUTURES_ES: &[(&str, &str)] = &[
    ("enviare", "Enviar"),
    ("enviaremos", "Enviar"),
    ("mandare", "Mandar"),
    ("mandaremos", "Mandar"),
    ("preparare", "Preparar"),
    ("prepararemos", "Preparar"),
    ("revisare", "Revisar"),
    ("revisaremos", "Revisar"),
    ("confirmare", "Confirmar"),
    ("confirmaremos", "Confirmar"),
    ("llamare", "Llamar"),
    ("llamaremos", "Llamar"),
    ("programaremos", "Programar"),
    ("agendaremos", "Agendar"),
    ("compartire", "Compartir"),
    ("compartiremos", "Compartir"),
    ("firmare", "Firmar"),
    ("firmaremos", "Firmar"),
];
const LEADS_ES: &[&str] = &[
    "vamos a",
    "voy a",
    "hay que",
    "tenemos que",
    "tengo que",
    "necesito",
    "necesitamos",
    "por favor",
    "puedes",
    "podrias",
    "podria",
    "puede",
];
const VERBS_ES: &[&str] = &[
    "enviar",
    "enviarme",
    "enviarnos",
    "enviarte",
    "mandar",
    "mandarme",
    "mandarte",
    "preparar",
    "revisar",
    "confirmar",
    "llamar",
    "programar",
    "agendar",
    "compartir",
    "firmar",
    "hablar",
    "grabar",
    "entregar",
    "coordinar",
    "envia",
    "enviame",
    "manda",
    "mandame",
    "confirma",
];

/// Each thing once, in the order in which it came up.
pub(super) fn of(sentences: &[Sentence<'_>]) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for sentence in sentences {
        let Some(action) = action(sentence.text) else { continue };
        if !found.iter().any(|known| padded(known) == padded(&action)) {
            found.push(action);
        }
        if found.len() == MOST {
            break;
        }
    }
    found
}

fn action(text: &str) -> Option<String> {
    let words = padded(text);
    let led = |leads: &[&str], verbs: &[&str]| {
        leads
            .iter()
            .filter_map(|lead| {
                let at = place(&words, lead)? + lead.len();
                // The verb is the next word, or the one after a "then", a "please" or a pronoun.
                let after: Vec<&str> = words[at..].split_whitespace().take(3).collect();
                let verb = after.iter().position(|word| verbs.contains(word))?;
                Some((at, after[verb].to_owned()))
            })
            .min()
    };
    if let Some((_, verb)) = led(LEADS_EN, VERBS_EN).or_else(|| led(LEADS_ES, VERBS_ES)) {
        return Some(order(from_word(text, &verb)?));
    }
    let (future, infinitive) = FUTURES_ES.iter().find(|(future, _)| place(&words, future).is_some())?;
    let rest = from_word(text, future)?;
    let rest = rest.split_once(char::is_whitespace).map_or("", |(_, rest)| rest);
    Some(order(&format!("{infinitive} {rest}")))
}

/// The text from this (folded) word on.
fn from_word<'t>(text: &'t str, wanted: &str) -> Option<&'t str> {
    let mut from = 0;
    for word in text.split_inclusive(char::is_whitespace) {
        if padded(word).trim() == wanted {
            return Some(&text[from..]);
        }
        from += word.len();
    }
    None
}

fn order(text: &str) -> String {
    // What follows a comma or an "and I" is another matter.
    let end = [", ", "; ", " and I ", " and we ", " so that ", " because ", " porque "];
    let end = end.iter().filter_map(|mark| text.find(mark)).min().unwrap_or(text.len());
    let text = text[..end].trim().trim_end_matches(['.', '!', '?', '\u{2026}', ',']);
    let mut letters = text.chars().take(MOST_CHARS);
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
