//! What they charge.

use super::turns::Sentence;
use super::words::{has, padded};

/// A rate that was named.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Rate {
    /// In minor units of the currency; of a range the lower end.
    pub minor: i64,
    /// ISO 4217, if one was named: `USD`, `EUR`, `GBP`.
    pub currency: Option<&'static str>,
    /// The sentence that names it.
    pub words: String,
}

impl Rate {
    /// As it is written: `1200`, `850.50`.
    pub fn amount(&self) -> String {
        match self.minor % 100 {
            0 => (self.minor / 100).to_string(),
            cents => format!("{}.{cents:02}", self.minor / 100),
        }
    }
}

const ABOUT: &[&str] = &[
    "rate",
    "rates",
    "charge",
    "charging",
    "price",
    "prices",
    "cost",
    "costs",
    "fee",
    "fees",
    "per post",
    "per video",
    "per reel",
    "per story",
    "a post",
    "a video",
    "a reel",
    "each",
    "ask for",
    "paid",
    "budget",
    "offer",
    "for that",
    "tarifa",
    "tarifas",
    "cobro",
    "cobrar",
    "cobraria",
    "precio",
    "precios",
    "cuesta",
    "por post",
    "por video",
    "por reel",
    "por publicacion",
    "por historia",
    "cada",
    "presupuesto",
    "pido",
    "honorarios",
];
/// Beyond this, or below a unit, nobody charges for a piece.
const MOST: i64 = 10_000_000_000;

/// The last rate that they named themselves; a number without a currency counts only in a sentence about prices.
pub(super) fn of(sentences: &[&Sentence<'_>]) -> Option<Rate> {
    sentences.iter().rev().find_map(|sentence| {
        let about = has(&padded(sentence.text), ABOUT);
        let mut named = amounts(sentence.text).into_iter().filter(|(_, currency)| currency.is_some() || about);
        let (minor, currency) = named.next()?;
        Some(Rate { minor, currency, words: sentence.text.to_owned() })
    })
}

/// The amounts of a sentence. Percentages, counts of followers, dates and hours are none.
fn amounts(text: &str) -> Vec<(i64, Option<&'static str>)> {
    let bytes = text.as_bytes();
    let (mut found, mut at) = (Vec::new(), 0);
    while at < bytes.len() {
        if !bytes[at].is_ascii_digit() || (at > 0 && (bytes[at - 1].is_ascii_alphanumeric() || bytes[at - 1] == b'-')) {
            at += 1;
            continue;
        }
        let digits = bytes[at..].iter().take_while(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b',')).count();
        let number = text[at..at + digits].trim_end_matches(['.', ',']);
        let before = &text[..at];
        let after = &text[at + number.len()..];
        at += digits.max(1);
        let Some(minor) = minor(number) else { continue };
        let (minor, after) = thousands(minor, after);
        let currency = before_it(before).or_else(|| after_it(after));
        if (currency.is_none() && counts_something_else(after)) || !(100..=MOST).contains(&minor) {
            continue;
        }
        found.push((minor, currency));
    }
    found
}

/// `1,200`, `1.200`, `1200.50` and `1.200,50`: three digits after the last mark are thousands, one or two are decimals.
fn minor(number: &str) -> Option<i64> {
    let (whole, decimals) = match number.rfind(['.', ',']) {
        Some(mark) if number.len() - mark - 1 <= 2 => (&number[..mark], &number[mark + 1..]),
        _ => (number, ""),
    };
    let whole: String = whole.chars().filter(char::is_ascii_digit).collect();
    let cents = format!("{decimals:0<2}");
    whole.parse::<i64>().ok()?.checked_mul(100)?.checked_add(cents.parse().ok()?)
}

/// `1.5k`, `2 thousand`, `2 mil`.
fn thousands(minor: i64, after: &str) -> (i64, &str) {
    let lower = after.trim_start();
    for word in ["k", "K", "thousand", "mil"] {
        if let Some(rest) = lower.strip_prefix(word)
            && !rest.starts_with(char::is_alphabetic)
        {
            return (minor.saturating_mul(1000), rest);
        }
    }
    (minor, after)
}

fn before_it(before: &str) -> Option<&'static str> {
    let before = before.trim_end();
    let signs = [
        ("US$", "USD"),
        ("$", "USD"),
        ("\u{20ac}", "EUR"),
        ("\u{a3}", "GBP"),
        ("USD", "USD"),
        ("EUR", "EUR"),
        ("GBP", "GBP"),
    ];
    signs.iter().find(|(sign, _)| before.ends_with(sign)).map(|(_, code)| *code)
}

fn after_it(after: &str) -> Option<&'static str> {
    let after = after.trim_start();
    if after.starts_with('\u{20ac}') {
        return Some("EUR");
    }
    if after.starts_with('\u{a3}') {
        return Some("GBP");
    }
    if after.starts_with('$') {
        return Some("USD");
    }
    let word: String = after.chars().take_while(|letter| letter.is_alphabetic()).collect::<String>().to_lowercase();
    match word.as_str() {
        "dollar" | "dollars" | "bucks" | "usd" | "dolares" | "d\u{f3}lares" => Some("USD"),
        "euro" | "euros" | "eur" => Some("EUR"),
        "pound" | "pounds" | "gbp" | "quid" | "libras" => Some("GBP"),
        _ => None,
    }
}

/// What numbers in a talk count, beside money.
const THINGS: &[&str] = &[
    "followers",
    "views",
    "subscribers",
    "likes",
    "posts",
    "reels",
    "videos",
    "stories",
    "days",
    "weeks",
    "months",
    "years",
    "hours",
    "minutes",
    "am",
    "pm",
    "percent",
    "times",
    "pieces",
    "people",
    "story",
    "reel",
    "video",
    "post",
    "week",
    "month",
    "day",
    "year",
    "seguidores",
    "visitas",
    "visualizaciones",
    "publicaciones",
    "historias",
    "dias",
    "d\u{ed}as",
    "semanas",
    "meses",
    "a\u{f1}os",
    "horas",
    "minutos",
    "veces",
    "th",
    "st",
    "nd",
    "rd",
    "de",
    "of",
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
];

fn counts_something_else(after: &str) -> bool {
    let after = after.trim_start();
    if after.starts_with(['%', ':', '/', 'h', '-']) && !after.starts_with("- ") {
        return true;
    }
    let word: String = after.chars().take_while(|letter| letter.is_alphabetic()).collect::<String>().to_lowercase();
    THINGS.contains(&word.as_str())
}
