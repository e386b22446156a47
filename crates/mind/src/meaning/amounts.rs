//! Sums of money in a text: what, in which currency, for what, and from where to where.

#![expect(clippy::float_cmp, reason = "whole numbers, far below where they are inexact")]

use std::collections::HashMap;
use std::ops::Range;
use std::sync::OnceLock;

use super::numbers::{self, Number};
use super::unit::{self, Unit};
use super::words::{Kind, Word, find, has, stands};

/// A sum of money.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Amount {
    /// In minor units; of a range the lower end.
    pub(super) minor: i64,
    /// The upper end of a range.
    pub(super) most: Option<i64>,
    /// ISO 4217, or `pesos`; none if none was named.
    pub(super) currency: Option<&'static str>,
    pub(super) unit: Option<Unit>,
    /// The words that it takes, by their numbers.
    pub(super) words: Range<usize>,
    /// Written in figures, or in so many words that it is a number for certain.
    pub(super) plain: bool,
}

static TABLE: &str = include_str!("../../data/currency_words.tsv");
/// Beyond this nobody charges for anything, in minor units.
const MOST: f64 = 1e12;

fn table() -> &'static HashMap<&'static str, &'static str> {
    static WORDS: OnceLock<HashMap<&'static str, &'static str>> = OnceLock::new();
    WORDS.get_or_init(|| {
        TABLE.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once('\t')).collect()
    })
}

/// A currency that is named by itself.
pub(super) fn currency_in(words: &[Word<'_>]) -> Option<&'static str> {
    words
        .iter()
        .filter(|word| word.kind == Kind::Letters && word.text.len() > 2)
        .find_map(|word| table().get(&*word.text).copied())
}

/// Is it a word or a sign of a currency?
pub(super) fn is_currency(word: &str) -> bool {
    table().contains_key(word)
}

/// A `$` by itself: dollars, or pesos where those are written like that.
const SIGN: &str = "$";

/// Whose pesos a text speaks of, by its dialect or a place that it names.
pub(super) fn pesos(words: &[Word<'_>]) -> Option<&'static str> {
    #[rustfmt::skip]
    const COUNTRIES: &[(&str, &[&str])] = &[
        ("ARS", &[
            "vos", "sos", "tenes", "queres", "podes", "che", "decime", "pasame", "subime", "laburo", "guita", "copa", "sumas",
            "pasas", "argentina", "buenos aires", "joya", "buenisimo", "escribime", "dale", "cierra",
        ]),
        ("MXN", &[
            "andele", "andale", "orale", "hijole", "mande", "marqueme", "marquen", "padrisimo", "tantito", "chido", "checar",
            "checarlo", "ahorita", "mexico", "mexicana", "varos", "cdmx", "platicamos", "neta", "sale y vale",
        ]),
        ("COP", &["parce", "bacano", "colombia", "bogota", "medellin"]),
        ("CLP", &["po", "cachai", "chile", "lucas"]),
    ];
    let counts = COUNTRIES.iter().map(|(code, cues)| (cues.iter().filter(|cue| has(words, &[cue])).count(), *code));
    counts.filter(|(count, _)| *count > 0).max_by_key(|(count, _)| *count).map(|(_, code)| code)
}

/// Whose pesos or dollars, told by the word beside.
fn of_country(currency: &'static str, beside: &str) -> &'static str {
    match (currency, beside) {
        ("pesos", "mexicanos" | "mx" | "mxn" | "mexican") | ("USD", "mxn" | "mexicanos" | "pesos") => "MXN",
        ("pesos", "argentinos" | "argentine" | "ars") | ("USD", "ars") => "ARS",
        ("pesos", "colombianos" | "colombian" | "cop") | ("USD", "cop") => "COP",
        ("pesos", "chilenos" | "chilean" | "clp") | ("USD", "clp") => "CLP",
        ("pesos", "uruguayos") => "UYU",
        ("USD", "australian" | "aussie" | "australianos" | "aud") => "AUD",
        ("USD", "canadian" | "canadienses" | "cad") => "CAD",
        _ => currency,
    }
}

/// The currency that ends right before a word.
fn before(words: &[Word<'_>], at: usize) -> Option<(&'static str, usize)> {
    let last = words.get(at.checked_sub(1)?)?;
    let known = *table().get(&*last.text)?;
    if !(last.kind == Kind::Sign || matches!(last.text.len(), 2 | 3)) {
        return None;
    }
    // "R$", "MX$"
    if last.is("$")
        && last.glued
        && at >= 2
        && words[at - 2].kind == Kind::Letters
        && let Some(country) = table().get(format!("{}$", words[at - 2].text).as_str())
    {
        return Some((*country, at - 2));
    }
    let known = at.checked_sub(2).map_or(known, |two| of_country(known, &words[two].text));
    Some((if last.is("$") && known == "USD" { SIGN } else { known }, at - 1))
}

/// The currency that begins at a word, and where it ends.
fn after(words: &[Word<'_>], at: usize) -> Option<(&'static str, usize)> {
    let adjectives = ["us", "canadian", "australian", "aussie", "mexican", "argentine", "british"];
    let mut next = at;
    let mut country = "";
    if words.get(next).is_some_and(|word| adjectives.contains(&&*word.text)) {
        country = &words[next].text;
        next += 1;
    }
    let word = words.get(next)?;
    if country == "us" && word.is("$") {
        return Some(("USD", next + 1));
    }
    // "1200 $": a sign that belongs to the next number is not this one's.
    if word.kind == Kind::Sign
        && !word.glued
        && words.get(next + 1).is_some_and(|number| number.kind == Kind::Figures && number.glued)
    {
        return None;
    }
    if words.get(next + 1).is_some_and(|sign| sign.is("$") && sign.glued)
        && let Some(known) = table().get(format!("{}$", word.text).as_str())
        && !words.get(next + 2).is_some_and(|number| number.kind == Kind::Figures && number.glued)
    {
        return Some((*known, next + 2));
    }
    let known = *table().get(&*word.text)?;
    let mut end = next + 1;
    let mut told = of_country(known, country);
    if word.is("$") && told == "USD" && country.is_empty() {
        told = SIGN;
    }
    if let Some(beside) = words.get(end) {
        let with = of_country(if told == SIGN { "USD" } else { told }, &beside.text);
        if with != told && with != "USD" {
            (told, end) = (with, end + 1);
        }
    }
    Some((told, end))
}

#[rustfmt::skip]
const COUNTED: &[&str] = &[
    "followers", "follower", "subscribers", "subs", "views", "visits", "people", "fans", "likes", "impressions",
    "percent", "%", "seguidores", "seguidoras", "suscriptores", "visitas", "vistas", "visualizaciones",
    "reproducciones", "personas", "seguidor", "abonnes", "vues", "abonnenten", "aufrufe", "inscritos",
    "visualizacoes", "iscritti", "visualizzazioni", "por ciento", "years", "year old", "days", "weeks", "months",
    "hours", "minutes", "seconds", "anos", "dias", "semanas", "meses", "horas", "minutos", "segundos", "ans", "jours",
    "semaines", "mois", "heures", "jahre", "tage", "wochen", "monate", "stunden", "anni", "giorni", "settimane",
    "mesi", "ore", "times", "veces", "times", "am", "pm", "oclock", "uhr", "h", "st", "nd", "rd", "th", "day",
    "week", "month", "hour", "dia", "semana", "mes", "kids", "hijos", "brands", "marcas", "things", "cosas", "km",
    "kg", "emails", "correos", "calls", "llamadas", "minute", "sec", "secs", "mins", "min", "working", "business",
];
#[rustfmt::skip]
const PIECES: &[&str] = &[
    "reels", "posts", "videos", "stories", "historias", "shorts", "photos", "fotos", "publicaciones", "tiktoks",
    "carousels", "clips", "lives", "pieces", "piezas", "reel", "post", "video", "story", "historia", "tiktok",
    "storie",
];
#[rustfmt::skip]
const MONTHS: &[&str] = &[
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december", "enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre",
    "noviembre", "diciembre", "janeiro", "fevereiro", "marco", "maio", "junho", "julho", "setembro", "outubro",
    "novembro", "dezembro", "janvier", "fevrier", "mars", "avril", "mai", "juin", "juillet", "aout", "septembre",
    "octobre", "decembre", "januar", "februar", "marz", "juni", "juli", "oktober", "dezember", "gennaio", "febbraio",
    "aprile", "maggio", "giugno", "luglio", "settembre", "ottobre", "dicembre", "jan", "feb", "mar", "apr", "jun",
    "jul", "aug", "sep", "sept", "oct", "nov", "dec",
];

/// Is this a number of something else than money?
fn counts_other(words: &[Word<'_>], from: usize, number: &Number, next: usize) -> bool {
    let text = |at: usize| words.get(at).map_or("", |word| &*word.text);
    let back = |steps: usize| from.checked_sub(steps).map_or("", |at| &*words[at].text);
    if number.value < 15.0 && number.scale == 1.0 {
        return true;
    }
    if COUNTED.contains(&text(next))
        || stands(words, next, "por ciento").is_some()
        || stands(words, next, "per cent").is_some()
    {
        return true;
    }
    // "the 15 of June", "June 15", "15 de junio", "15/06", "17:30"
    if MONTHS.contains(&text(next))
        || (matches!(text(next), "of" | "de" | "." | "th") && MONTHS.contains(&text(next + 1)))
        || MONTHS.contains(&back(1))
    {
        return true;
    }
    if matches!(text(next), ":" | "/")
        && words.get(next + 1).is_some_and(|word| word.glued && word.kind == Kind::Figures)
    {
        return true;
    }
    if matches!(back(1), ":" | "/" | "#" | "+" | ".") && words[from].glued {
        return true;
    }
    // A year, an hour, a place in a list.
    let year = number.figures
        && number.scale == 1.0
        && (1990.0..=2040.0).contains(&number.value)
        && !words[from].text.contains([',', '.']);
    if year
        && matches!(
            back(1),
            "in" | "since"
                | "en"
                | "de"
                | "desde"
                | "em"
                | "im"
                | "dans"
                | "nel"
                | "depuis"
                | "until"
                | "year"
                | "of"
                | "seit"
                | "dal"
        )
    {
        return true;
    }
    if matches!(back(1), "las" | "num" | "number" | "numero" | "top" | "age" | "aged")
        || (back(1) == "at" && number.value <= 24.0)
    {
        return true;
    }
    // Pieces are counted by small numbers: "2 reels"; "500 reel" is a price.
    number.value <= 30.0 && PIECES.contains(&text(next))
        || number.value <= 31.0 && matches!(back(1), "the" | "el" | "le" | "am" | "il") && number.scale == 1.0
}

/// Where figures stand that are a number to be called at, or of a document: several groups in a row, or one long one.
fn is_phone(words: &[Word<'_>], at: usize) -> bool {
    let digits = |word: &Word<'_>| word.text.bytes().filter(u8::is_ascii_digit).count();
    let word = &words[at];
    if word.kind != Kind::Figures {
        return false;
    }
    if digits(word) >= 8 && !word.text.contains([',', '.']) {
        return true;
    }
    let goes_on = |at: usize| {
        words.get(at).is_some_and(|next| next.kind == Kind::Figures && digits(next) >= 2)
            || (words.get(at).is_some_and(|mark| mark.is("-") && mark.glued)
                && words.get(at + 1).is_some_and(|next| next.glued && next.kind == Kind::Figures && digits(next) >= 4))
    };
    goes_on(at + 1)
        || (at > 0 && words[at - 1].kind == Kind::Figures)
        || (at > 1
            && words[at - 1].is("-")
            && words[at - 1].glued
            && words[at - 2].kind == Kind::Figures
            && word.glued
            && digits(word) >= 4
            && digits(&words[at - 2]) >= 3)
}

/// Every sum of a text. Numbers without a currency are sums where nothing says that they count something else; whether they are
/// prices, the sentence tells.
pub(super) fn all(words: &[Word<'_>], pesos: Option<&'static str>) -> Vec<Amount> {
    let mut found: Vec<Amount> = Vec::new();
    let mut at = 0;
    while at < words.len() {
        let Some(number) = numbers::read(words, at) else {
            at += 1;
            continue;
        };
        let from = at;
        // A currency that the sum before has taken is not this one's as well.
        let free = found.last().map_or(0, |last| last.words.end);
        let named_before = before(words, from).filter(|(_, start)| *start >= free);
        at = number.end;
        let named_after = after(words, at);
        let mut end = named_after.map_or(at, |(_, end)| end);
        let mut currency = named_before.or(named_after).map(|(code, _)| code);
        if let (Some((SIGN, _)), Some((code, _))) = (named_before, named_after) {
            // "$900 MXN"
            currency = Some(code);
        }
        let (mut low, mut most, mut high_number) = (number.value, None, None);
        if let Some((high, high_end, high_currency)) = range(words, end, from) {
            low = shared(low, &number, &high);
            if high.value > low {
                most = Some(high.value);
                currency = currency.or(high_currency);
                high_number = Some(high);
                end = high_end;
            }
        }
        let number = Number {
            value: low,
            scale: if low > number.value { number.scale.max(100.0) } else { number.scale },
            ..number
        };
        if currency.is_none()
            && (number.weak
                || is_phone(words, from)
                || counts_other(words, from, &number, at)
                || high_number.is_some_and(|high| counts_other(words, from, &high, end)))
        {
            at = end.max(at);
            continue;
        }
        at = end;
        let minor = low * 100.0;
        if !(100.0..=MOST).contains(&minor) {
            continue;
        }
        let start = named_before.map_or(from, |(_, start)| start);
        found.push(Amount {
            minor: minor.round() as i64,
            most: most.map(|most| (most * 100.0).min(MOST).round() as i64),
            currency: match currency {
                Some(SIGN) => Some(pesos.unwrap_or("USD")),
                Some("pesos") => Some(pesos.unwrap_or("pesos")),
                other => other,
            },
            unit: None,
            words: start..end,
            plain: !number.weak,
        });
    }
    unit::assign(words, &mut found);
    found
}

/// A number that is short for a sum near another one: "thirteen" beside 1,100, "220" beside 180,000.
pub(super) fn short_for(words: &[Word<'_>], near: i64) -> Option<Amount> {
    let found = (0..words.len()).rev().find_map(|at| {
        let number = numbers::read(words, at)?;
        // Not the last word of a longer number.
        let whole = at == 0 || numbers::read(words, at - 1).is_none_or(|longer| longer.end <= at);
        let other = COUNTED.contains(&words.get(number.end).map_or("", |word| &*word.text))
            || PIECES.contains(&words.get(number.end).map_or("", |word| &*word.text));
        (whole && !other && number.value >= 2.0 && !is_phone(words, at)).then_some((at, number))
    })?;
    let (at, number) = found;
    let minor = [100.0, 1e4, 1e5].iter().map(|scale| number.value * scale).find(|minor| is_near(*minor, near))?;
    Some(Amount {
        minor: minor.round() as i64,
        most: None,
        currency: None,
        unit: None,
        words: at..number.end,
        plain: true,
    })
}

/// Could the one be asked where the other was offered?
fn is_near(minor: f64, near: i64) -> bool {
    let ratio = minor / near as f64;
    (0.4..=2.6).contains(&ratio)
}

/// The sum, in thousands where it is short for them beside another one.
pub(super) fn scaled(mut amount: Amount, near: i64) -> Amount {
    if amount.currency.is_none() && !is_near(amount.minor as f64, near) {
        let thousands = amount.minor.saturating_mul(1_000);
        if is_near(thousands as f64, near) {
            amount.minor = thousands;
            amount.most = amount.most.map(|most| most.saturating_mul(1_000));
        }
    }
    amount
}

/// The upper end of a range: "900 - 1,200", "between 900 and 1200", "eight to nine hundred".
fn range(words: &[Word<'_>], at: usize, from: usize) -> Option<(Number, usize, Option<&'static str>)> {
    let join = words.get(at)?;
    let between = (1..=3).any(|back| {
        from.checked_sub(back)
            .is_some_and(|at| matches!(&*words[at].text, "between" | "entre" | "zwischen" | "tra" | "fra"))
    });
    let ranges = match &*join.text {
        "-" | "to" | "a" | "hasta" | "bis" | "ate" | "up" | "or" | "o" => true,
        "and" | "y" | "e" | "et" | "und" => between,
        _ => false,
    };
    if !ranges {
        return None;
    }
    let mut next = at + 1;
    if join.is("up") {
        next = stands(words, at, "up to")?;
    }
    // The currency may stand before the second number.
    let begin = (next..=next + 2).find(|at| {
        words
            .get(*at)
            .is_some_and(|word| word.kind == Kind::Figures || (word.kind == Kind::Letters && !is_currency(&word.text)))
    })?;
    if begin > next
        && !words[next..begin]
            .iter()
            .all(|word| is_currency(&word.text) || matches!(&*word.text, "r" | "a" | "us" | "mx"))
    {
        return None;
    }
    let high = numbers::read(words, begin).filter(|high| !high.weak)?;
    let before = before(words, begin).filter(|_| begin > next).map(|(code, _)| code);
    let named = after(words, high.end);
    Some((high, named.map_or(high.end, |(_, end)| end), before.or(named.map(|(code, _)| code))))
}

/// The lower end with the scale of the upper one where it has none: "2 to 3k", "eight to nine hundred".
fn shared(low: f64, number: &Number, high: &Number) -> f64 {
    let scaled = low * high.scale;
    if number.scale < high.scale && low < 100.0 && scaled < high.value { scaled } else { low }
}

/// Is the sum on top of the price: for rights, for exclusivity, for the way?
pub(super) fn is_extra(words: &[Word<'_>], amount: &Amount) -> bool {
    #[rustfmt::skip]
    const EXTRA: &[&str] = &[
        "extra", "on top", "additional", "additionally", "usage", "exclusivity", "whitelisting", "shipping", "travel",
        "aparte", "adicional", "adicionales", "derechos", "exclusividad", "envio", "rights", "en plus", "zusatzlich",
        "raw footage",
    ];
    let after = &words[amount.words.end..(amount.words.end + 5).min(words.len())];
    let end = after.iter().position(|word| word.ends() || word.kind == Kind::Figures).unwrap_or(after.len());
    let start = amount.words.start.saturating_sub(5);
    let before = &words[start..amount.words.start];
    let begin = before
        .iter()
        .rposition(|word| word.ends() || word.is(",") || word.kind == Kind::Figures)
        .map_or(0, |at| at + 1);
    let not = [
        "including",
        "incl",
        "incluye",
        "incluidos",
        "incluido",
        "includes",
        "inkl",
        "with",
        "con",
        "mit",
        "avec",
        "com",
    ];
    (has(&after[..end], EXTRA) || has(&before[begin..], EXTRA))
        && find(after, &not).is_none()
        && find(before, &not).is_none()
}

#[cfg(test)]
mod tests {
    use super::super::words::words;
    use super::*;

    /// A sum in whole units, its upper end, its currency and what it is for.
    type Sum = (i64, Option<i64>, Option<&'static str>, Option<Unit>);

    fn read(text: &str) -> Vec<Sum> {
        let words = words(text);
        all(&words, None)
            .into_iter()
            .map(|amount| (amount.minor / 100, amount.most.map(|most| most / 100), amount.currency, amount.unit))
            .collect()
    }

    #[test]
    fn sums_with_their_currency_and_unit() {
        for (text, minor, most, currency, unit) in [
            ("$900 per reel", 900, None, Some("USD"), Some(Unit::Reel)),
            ("R$ 1.500 por story", 1_500, None, Some("BRL"), Some(Unit::Story)),
            ("A$1,200 for both", 1_200, None, Some("AUD"), Some(Unit::Pack)),
            ("MX$ 15,000 al mes", 15_000, None, Some("MXN"), Some(Unit::Month)),
            ("1,5k por el pack", 1_500, None, None, Some(Unit::Pack)),
            ("cobro 15.000 pesos mexicanos por reel", 15_000, None, Some("MXN"), Some(Unit::Reel)),
            ("ocho mil pesos", 8_000, None, Some("pesos"), None),
            ("between 900 and 1,200 euros a post", 900, Some(1_200), Some("EUR"), Some(Unit::Post)),
            ("800-1000\u{20ac}", 800, Some(1_000), Some("EUR"), None),
            ("2 to 3k", 2_000, Some(3_000), None, None),
            ("eight to nine hundred dollars a video", 800, Some(900), Some("USD"), Some(Unit::Video)),
            ("nine hundred dollars for a reel", 900, None, Some("USD"), Some(Unit::Reel)),
            ("My reels are 900", 900, None, None, Some(Unit::Reel)),
            ("huit cents euros par post", 800, None, Some("EUR"), Some(Unit::Post)),
            ("F\u{fc}r ein Reel nehme ich achthundert Euro", 800, None, Some("EUR"), Some(Unit::Reel)),
            ("850 CHF", 850, None, Some("CHF"), None),
            ("750 quid", 750, None, Some("GBP"), None),
        ] {
            assert_eq!(read(text), [(minor, most, currency, unit)], "{text}");
        }
    }

    #[test]
    fn what_counts_something_else_is_no_sum() {
        for text in [
            "I have 45k followers",
            "128.000 seguidores",
            "tengo 12 a\u{f1}os",
            "2 reels in 3 weeks",
            "at 17:30 on the 15th of June",
            "in 2024",
            "Call me at 555-1234",
            "+34 600 123 456",
            "70% of them",
            "once upon a time",
        ] {
            assert_eq!(read(text), [], "{text}");
        }
    }
}
