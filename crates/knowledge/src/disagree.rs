//! Sentences that say different things of the same: a price, a date, a count that is another one in another document.
//!
//! A claim is a sentence or a row with a number in it. Two of them disagree when their other words are much the same, their numbers are of the
//! same things (euros, days, a month), and of those numbers none is the same. What only counts something out (lesson 3, módulo 4) is a word
//! and no number.

use mind::text::fold;
use unicode_segmentation::UnicodeSegmentation as _;

/// So much of the words must be the same.
const ALIKE: f64 = 0.6;
/// At least so many of them, but for rows that say the same but for their numbers.
const SHARED: usize = 3;
/// Longer sentences say too many things.
const LONGEST: usize = 400;

/// A sentence with a number in it.
#[derive(Clone, Debug, PartialEq)]
pub struct Claim {
    /// Its first character in the text.
    pub start: usize,
    /// The character after its last.
    pub end: usize,
    /// The sentence.
    pub text: String,
    /// Its words but for numbers and small words: sorted, each once.
    words: Vec<String>,
    /// Its numbers, each with what it is of.
    numbers: Vec<(Unit, String)>,
    is_row: bool,
}

/// What a number is of.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Unit {
    Plain,
    Money,
    Percent,
    Time,
    Month,
}

impl Claim {
    /// The same of a text that begins so many characters later.
    #[must_use]
    pub fn moved_by(mut self, characters: usize) -> Self {
        self.start += characters;
        self.end += characters;
        self
    }
}

/// Small words of both languages, which say nothing of what a sentence is about.
const SMALL: &[&str] = &[
    "a", "al", "an", "and", "are", "as", "at", "be", "by", "con", "de", "del", "el", "en", "es", "esta", "for", "from",
    "has", "have", "in", "is", "it", "its", "la", "las", "lo", "los", "no", "of", "on", "or", "para", "per", "por",
    "que", "se", "ser", "son", "su", "sus", "that", "the", "this", "to", "un", "una", "with", "will", "y", "you",
    "your", "tu", "can", "we", "our", "only", "solo", "now", "ahora", "desde", "since", "until", "hasta",
];

/// What is counted out by a number behind it.
const COUNTED_OUT: &[&str] = &[
    "lesson", "module", "step", "chapter", "day", "week", "session", "part", "unit", "level", "phase", "page",
    "number", "no", "nr", "plan", "option", "question", "section", "version", "figure", "table", "room", "leccion",
    "modulo", "paso", "capitulo", "dia", "semana", "sesion", "parte", "unidad", "nivel", "fase", "pagina", "numero",
    "opcion", "pregunta", "seccion", "figura", "tabla", "sala", "q",
];

const MONEY: &[&str] = &[
    "euro", "euros", "eur", "usd", "dollar", "dollars", "dolar", "dolares", "pound", "pounds", "gbp", "mxn", "pesos",
    "libras",
];

const TIME: &[&str] = &[
    "second", "seconds", "minute", "minutes", "min", "hour", "hours", "day", "days", "week", "weeks", "month",
    "months", "year", "years", "segundo", "segundos", "minuto", "minutos", "hora", "horas", "dia", "dias", "semana",
    "semanas", "mes", "meses", "ano", "anos", "am", "pm", "h",
];

const MONTHS: &[&str] = &[
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
    "enero",
    "febrero",
    "marzo",
    "abril",
    "mayo",
    "junio",
    "julio",
    "agosto",
    "septiembre",
    "octubre",
    "noviembre",
    "diciembre",
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
    "lunes",
    "martes",
    "miercoles",
    "jueves",
    "viernes",
    "sabado",
    "domingo",
];

/// The claims of a text, in their order.
pub fn claims(text: &str) -> Vec<Claim> {
    let (mut found, mut at) = (Vec::new(), 0);
    for sentence in text.split_sentence_bounds() {
        let length = sentence.chars().count();
        let start = at + sentence.chars().take_while(|letter| letter.is_whitespace()).count();
        at += length;
        let trimmed = sentence.trim();
        let characters = trimmed.chars().count();
        if characters <= LONGEST
            && let Some(claim) = claim(trimmed, start, start + characters)
        {
            found.push(claim);
        }
    }
    found
}

fn claim(text: &str, start: usize, end: usize) -> Option<Claim> {
    let folded = fold(text);
    let tokens: Vec<&str> = folded.split_word_bounds().filter(|token| !token.trim().is_empty()).collect();
    let (mut words, mut numbers): (Vec<String>, Vec<(Unit, String)>) = (Vec::new(), Vec::new());
    for (place, token) in tokens.iter().enumerate() {
        let before = place.checked_sub(1).map_or("", |before| tokens[before]);
        let after = tokens.get(place + 1).copied().unwrap_or_default();
        if token.starts_with(|letter: char| letter.is_ascii_digit()) {
            if COUNTED_OUT.contains(&before) || (place == 0 && matches!(after, "." | ")")) {
                words.push(format!("{before}{token}"));
            } else {
                numbers.push((unit(before, after), number(token)));
            }
        } else if MONTHS.contains(token) {
            numbers.push((Unit::Month, (*token).to_owned()));
        } else if token.chars().next().is_some_and(char::is_alphabetic)
            && !SMALL.contains(token)
            && !MONEY.contains(token)
        {
            // Endings differ more than what is meant.
            words.push(token.chars().take(6).collect());
        }
    }
    if numbers.is_empty() {
        return None;
    }
    words.sort_unstable();
    words.dedup();
    numbers.sort_unstable();
    numbers.dedup();
    Some(Claim { start, end, text: text.to_owned(), words, numbers, is_row: text.contains('|') })
}

fn unit(before: &str, after: &str) -> Unit {
    if matches!(before, "$" | "€" | "£")
        || matches!(after, "$" | "€" | "£")
        || MONEY.contains(&after)
        || MONEY.contains(&before)
    {
        Unit::Money
    } else if after == "%" {
        Unit::Percent
    } else if TIME.contains(&after) {
        Unit::Time
    } else {
        Unit::Plain
    }
}

/// A number as numbers are compared: `1,200.00` is `1200`.
fn number(token: &str) -> String {
    let token = token.strip_suffix(".00").or_else(|| token.strip_suffix(",00")).unwrap_or(token);
    token.chars().filter(|letter| letter.is_ascii_alphanumeric() || *letter == ':').collect()
}

/// Which of these claims disagree, and how alike they are otherwise.
pub fn disagreements<'a>(own: &'a [Claim], others: &'a [Claim]) -> Vec<(&'a Claim, &'a Claim, f64)> {
    let pairs = own.iter().flat_map(|mine| others.iter().map(move |other| (mine, other)));
    pairs.filter_map(|(mine, other)| disagree(mine, other).map(|likeness| (mine, other, likeness))).collect()
}

fn disagree(one: &Claim, other: &Claim) -> Option<f64> {
    let shared = one.words.iter().filter(|word| other.words.binary_search(word).is_ok()).count();
    let all = one.words.len() + other.words.len() - shared;
    let likeness = shared as f64 / all.max(1) as f64;
    let rows = one.is_row && other.is_row && shared > 0 && shared == all;
    if !rows && (shared < SHARED || likeness < ALIKE) {
        return None;
    }
    // Of each thing that both tell a number of: is any number told by both?
    let units = |claim: &Claim| claim.numbers.iter().map(|(unit, _)| *unit).collect::<Vec<_>>();
    let (mine, theirs) = (units(one), units(other));
    let differs = mine.iter().filter(|unit| theirs.contains(unit)).any(|unit| {
        let of = |claim: &Claim| -> Vec<String> {
            claim.numbers.iter().filter(|(own, _)| own == unit).map(|(_, number)| number.clone()).collect()
        };
        let (mine, theirs) = (of(one), of(other));
        !mine.iter().any(|number| theirs.contains(number))
    });
    differs.then_some(likeness)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn disagree(one: &str, other: &str) -> bool {
        !disagreements(&claims(one), &claims(other)).is_empty()
    }

    #[test]
    fn other_numbers_of_the_same_disagree() {
        for (one, other) in [
            ("The eight-week course costs 200 euros.", "The eight-week course now costs 250 €."),
            ("Sessions are held on Monday at the studio.", "Sessions are held on Thursday at the studio."),
            ("You can cancel a session up to 24 hours before.", "You can cancel a session up to 48 hours before."),
            ("El curso de nutrición cuesta 90 euros al mes.", "El curso de nutrición cuesta 110 euros al mes."),
            ("Premium | 49 USD", "Premium | 59 USD"),
        ] {
            assert!(disagree(one, other), "{one} / {other}");
        }
    }

    #[test]
    fn what_is_the_same_or_of_something_else_does_not() {
        for (one, other) in [
            ("The eight-week course costs 200 euros.", "The eight-week course costs €200."),
            ("The eight-week course costs 1,200 euros.", "The eight-week course costs 1200.00 euros."),
            ("The yoga course costs 200 euros.", "A single nutrition session lasts 60 minutes."),
            (
                "Lesson 3. Write down when and where you will do it.",
                "Lesson 4. Write down when and where you will do it.",
            ),
            ("Basic | 20 USD", "Premium | 49 USD"),
            ("You can cancel at any time.", "You can cancel a session up to 48 hours before."),
        ] {
            assert!(!disagree(one, other), "{one} / {other}");
        }
    }

    #[test]
    fn claims_are_ranges_of_the_text() {
        let text = "Año nuevo.  El curso cuesta 90 euros. Fin.";
        let found = claims(text);
        assert_eq!(found.len(), 1);
        let cut: String = text.chars().skip(found[0].start).take(found[0].end - found[0].start).collect();
        assert_eq!((cut.as_str(), found[0].text.as_str()), ("El curso cuesta 90 euros.", "El curso cuesta 90 euros."));
        let moved = found[0].clone().moved_by(7);
        assert_eq!((moved.start, moved.end), (found[0].start + 7, found[0].end + 7));
    }
}
