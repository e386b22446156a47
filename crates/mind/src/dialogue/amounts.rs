//! Amounts as they are spoken: "$1,500", "1.5k", "fifteen hundred dollars", "mil quinientos euros", "quinientos".

use crate::text::fold;

/// An amount.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Amount {
    /// In cents.
    pub(super) minor: i64,
    /// Was a currency named with it?
    pub(super) is_money: bool,
}

/// The most that is taken for an amount, in whole units.
const MOST: i64 = 100_000_000;

/// Every amount in a text. Numbers of other things (weeks, followers, videos) are left out.
pub(super) fn all(text: &str) -> Vec<Amount> {
    let words = words(text);
    let mut found = Vec::new();
    let mut at = 0;
    while at < words.len() {
        let before = at;
        let money_before = at > 0 && CURRENCIES.contains(&words[at - 1].as_str());
        let Some((value, next)) = number(&words, at) else {
            at += 1;
            continue;
        };
        at = next.max(before + 1);
        let after = words.get(at).map(String::as_str);
        let money_after = after.is_some_and(|word| CURRENCIES.contains(&word) || CURRENCY_NAMES.contains(&word));
        let other_thing = after.is_some_and(|word| OTHER_THINGS.contains(&word));
        let ordinal = words[before..at].iter().any(|word| {
            ["st", "nd", "rd", "th"].iter().any(|end| {
                word.strip_suffix(end)
                    .is_some_and(|digits| !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()))
            })
        });
        if other_thing || ordinal || value <= 0.0 || value > MOST as f64 {
            continue;
        }
        found.push(Amount { minor: (value * 100.0).round() as i64, is_money: money_before || money_after });
    }
    found
}

const CURRENCIES: [&str; 3] = ["$", "€", "£"];
const CURRENCY_NAMES: &[&str] = &[
    "dollar", "dollars", "bucks", "usd", "euro", "euros", "eur", "pound", "pounds", "gbp", "dolar", "dolares", "pesos",
    "libras", "cents", "grand",
];
const OTHER_THINGS: &[&str] = &[
    "week",
    "weeks",
    "day",
    "days",
    "month",
    "months",
    "year",
    "years",
    "hour",
    "hours",
    "minute",
    "minutes",
    "follower",
    "followers",
    "subscribers",
    "views",
    "percent",
    "%",
    "posts",
    "post",
    "videos",
    "video",
    "reels",
    "reel",
    "stories",
    "story",
    "am",
    "pm",
    "semana",
    "semanas",
    "dia",
    "dias",
    "mes",
    "meses",
    "ano",
    "anos",
    "horas",
    "minutos",
    "seguidores",
    "publicaciones",
    "historias",
    "times",
    "veces",
    "people",
];

/// Words, with symbols of currency and "k" standing alone.
fn words(text: &str) -> Vec<String> {
    let mut spaced = String::with_capacity(text.len() + 8);
    for c in fold(text).chars() {
        match c {
            '$' | '€' | '£' | '%' => spaced.extend([' ', c, ' ']),
            '-' | '/' => spaced.push(' '),
            c => spaced.push(c),
        }
    }
    let trim = |word: &str| {
        word.trim_matches(|c: char| !c.is_alphanumeric() && !matches!(c, '$' | '€' | '£' | '%')).to_owned()
    };
    spaced.split_whitespace().map(trim).filter(|word| !word.is_empty()).collect()
}

/// The number that begins here, and where it ends.
fn number(words: &[String], at: usize) -> Option<(f64, usize)> {
    if let Some(value) = digits(&words[at]) {
        let next = words.get(at + 1).map_or("", String::as_str);
        return Some(match multiple(next) {
            Some(times) => (value * times, at + 2),
            None => (value, at + 1),
        });
    }
    spoken(words, at)
}

fn multiple(word: &str) -> Option<f64> {
    match word {
        "k" | "thousand" | "grand" | "mil" => Some(1e3),
        "hundred" => Some(1e2),
        "million" | "millon" | "millones" | "m" => Some(1e6),
        _ => None,
    }
}

/// `1500`, `1,500`, `1.500`, `1500.50`, `1.5k`.
fn digits(word: &str) -> Option<f64> {
    if !word.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let (word, times) = match word.strip_suffix(['k', 'm']) {
        Some(rest) => (rest, if word.ends_with('k') { 1e3 } else { 1e6 }),
        None => (word, 1.0),
    };
    if !word.bytes().all(|b| b.is_ascii_digit() || b == b',' || b == b'.') {
        return None;
    }
    // The last sign parts decimals if one or two digits follow it, else thousands.
    let (whole, decimals) = match word.rfind([',', '.']) {
        Some(place) if word.len() - place - 1 <= 2 => (&word[..place], &word[place + 1..]),
        _ => (word, ""),
    };
    let whole: String = whole.chars().filter(char::is_ascii_digit).collect();
    if whole.len() > 12 {
        return None;
    }
    format!("{whole}.{decimals}0").parse::<f64>().ok().map(|value| value * times)
}

fn unit(word: &str) -> Option<i64> {
    const UNITS: &[(&str, i64)] = &[
        ("one", 1),
        ("two", 2),
        ("three", 3),
        ("four", 4),
        ("five", 5),
        ("six", 6),
        ("seven", 7),
        ("eight", 8),
        ("nine", 9),
        ("ten", 10),
        ("eleven", 11),
        ("twelve", 12),
        ("thirteen", 13),
        ("fourteen", 14),
        ("fifteen", 15),
        ("sixteen", 16),
        ("seventeen", 17),
        ("eighteen", 18),
        ("nineteen", 19),
        ("twenty", 20),
        ("thirty", 30),
        ("forty", 40),
        ("fifty", 50),
        ("sixty", 60),
        ("seventy", 70),
        ("eighty", 80),
        ("ninety", 90),
        ("un", 1),
        ("uno", 1),
        ("dos", 2),
        ("tres", 3),
        ("cuatro", 4),
        ("cinco", 5),
        ("seis", 6),
        ("siete", 7),
        ("ocho", 8),
        ("nueve", 9),
        ("diez", 10),
        ("once", 11),
        ("doce", 12),
        ("trece", 13),
        ("catorce", 14),
        ("quince", 15),
        ("dieciseis", 16),
        ("diecisiete", 17),
        ("dieciocho", 18),
        ("diecinueve", 19),
        ("veinte", 20),
        ("veintiuno", 21),
        ("veintidos", 22),
        ("veintitres", 23),
        ("veinticuatro", 24),
        ("veinticinco", 25),
        ("veintiseis", 26),
        ("veintisiete", 27),
        ("veintiocho", 28),
        ("veintinueve", 29),
        ("treinta", 30),
        ("cuarenta", 40),
        ("cincuenta", 50),
        ("sesenta", 60),
        ("setenta", 70),
        ("ochenta", 80),
        ("noventa", 90),
        ("cien", 100),
        ("ciento", 100),
        ("doscientos", 200),
        ("doscientas", 200),
        ("trescientos", 300),
        ("trescientas", 300),
        ("cuatrocientos", 400),
        ("cuatrocientas", 400),
        ("quinientos", 500),
        ("quinientas", 500),
        ("seiscientos", 600),
        ("seiscientas", 600),
        ("setecientos", 700),
        ("setecientas", 700),
        ("ochocientos", 800),
        ("ochocientas", 800),
        ("novecientos", 900),
        ("novecientas", 900),
        ("zero", 0),
        ("cero", 0),
        ("couple", 2),
        ("dozen", 12),
        ("docena", 12),
        ("half", 0),
        ("medio", 0),
        ("media", 0),
        ("par", 2),
    ];
    UNITS.iter().find(|(name, _)| *name == word).map(|(_, value)| *value)
}

/// "two thousand five hundred", "fifteen hundred", "dos mil quinientos", "a thousand", "mil".
fn spoken(words: &[String], at: usize) -> Option<(f64, usize)> {
    let (mut total, mut group, mut end, mut any) = (0_i64, 0_i64, at, false);
    for (index, word) in words.iter().enumerate().skip(at) {
        match word.as_str() {
            "hundred" if index > at || starts_scale(words, index) => group = group.max(1) * 100,
            "thousand" | "grand" | "mil" => {
                total += group.max(1) * 1_000;
                group = 0;
            }
            "million" | "millon" | "millones" => {
                total = (total + group.max(1)) * 1_000_000;
                group = 0;
            }
            "and" | "y" | "a" if any || matches!(word.as_str(), "a") && next_is_scale(words, index) => continue,
            word => match unit(word) {
                Some(value) => group += value,
                None => break,
            },
        }
        any = true;
        end = index + 1;
        if total > MOST || group > MOST {
            return None;
        }
    }
    any.then_some(((total + group) as f64, end))
}

fn starts_scale(words: &[String], index: usize) -> bool {
    index == 0 || words[index - 1] == "a"
}

fn next_is_scale(words: &[String], index: usize) -> bool {
    words.get(index + 1).is_some_and(|word| matches!(word.as_str(), "hundred" | "thousand" | "million" | "grand"))
}
