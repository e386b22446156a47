//! Numbers as they are written and said, in six languages: `1,5k`, "fifteen hundred", "nine fifty", "mil doscientos", "achthundert".

#![expect(clippy::float_cmp, reason = "whole numbers, far below where they are inexact")]

use std::collections::HashMap;
use std::sync::OnceLock;

use super::words::{Kind, Word, value};

/// A number, and the words that it takes.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct Number {
    pub(super) value: f64,
    pub(super) end: usize,
    /// The scale of its last word: 1,000 in "2k", 100 in "nine hundred".
    pub(super) scale: f64,
    /// It may just as well be no number: "one", "once", "ten".
    pub(super) weak: bool,
    /// It is written in figures.
    pub(super) figures: bool,
}

#[derive(Clone, Copy, PartialEq, Debug)]
enum Part {
    Adds(f64),
    Times(f64),
}

/// Words of numbers: English, Spanish, Portuguese, French, German, Italian.
static TABLE: &str = include_str!("../../data/number_words.tsv");
/// No number has more words.
const LONGEST: usize = 12;
/// A word of several number words has at least so many letters.
const COMPOUND_FROM: usize = 6;
const MOST: f64 = 1e12;

fn table() -> &'static HashMap<&'static str, (Part, bool)> {
    static WORDS: OnceLock<HashMap<&'static str, (Part, bool)>> = OnceLock::new();
    WORDS.get_or_init(|| {
        let rows = TABLE.lines().filter(|line| !line.starts_with('#'));
        rows.filter_map(|line| {
            let mut columns = line.split('\t');
            let (word, value) = (columns.next()?, columns.next()?);
            let part = match value.strip_prefix('x') {
                Some(times) => Part::Times(times.parse().ok()?),
                None => Part::Adds(value.parse().ok()?),
            };
            Some((word, (part, columns.next() == Some("weak"))))
        })
        .collect()
    })
}

/// Is it a word of a number that means nothing else, or made of such words? What the model takes for a number.
pub(super) fn counts_as_number(word: &str) -> bool {
    match table().get(word) {
        Some((part, weak)) => !weak && *part != Part::Adds(1.0),
        None => is_compound(word),
    }
}

fn is_compound(word: &str) -> bool {
    if word.len() < COMPOUND_FROM || !word.is_ascii() {
        return false;
    }
    let mut reach = vec![false; word.len() + 1];
    reach[0] = true;
    for end in 2..=word.len() {
        reach[end] =
            (0..end - 1).any(|at| reach[at] && (&word[at..end] == "und" || table().contains_key(&word[at..end])));
    }
    reach[word.len()]
}

/// The number words that a word is made of, the longest first; "und" is told as nothing.
fn parts(word: &str) -> Option<Vec<Option<Part>>> {
    if word.is_empty() {
        return Some(Vec::new());
    }
    (2..=word.len()).rev().find_map(|end| {
        let head = &word[..end];
        let part = match table().get(head) {
            Some((part, _)) => Some(*part),
            None if head == "und" => None,
            None => return None,
        };
        let mut rest = parts(&word[end..])?;
        rest.insert(0, part);
        Some(rest)
    })
}

/// What was counted so far.
#[derive(Clone, Copy, Default)]
struct Sum {
    total: f64,
    group: f64,
    any: bool,
    scale: f64,
}

impl Sum {
    /// Takes another word in, if it goes on with the number.
    fn take(&mut self, part: Part, pairs: bool) -> bool {
        match part {
            Part::Adds(value) => {
                let rest = self.group % 100.0;
                let fits = if self.group == 0.0 {
                    !self.any || self.total > 0.0
                } else if rest == 0.0 {
                    value < 100.0
                } else if value < 10.0 {
                    (rest >= 20.0 && rest % 10.0 == 0.0) || (rest >= 60.0 && rest % 20.0 == 0.0)
                } else {
                    // "soixante-dix", "quatre-vingt-onze"
                    value < 20.0 && (rest == 60.0 || rest == 80.0)
                };
                if fits {
                    self.group += value;
                } else if value == 20.0 && rest == 4.0 {
                    // "quatre-vingts"
                    self.group += 76.0;
                } else if pairs
                    && self.group < 100.0
                    && self.group >= 1.0
                    && (10.0..100.0).contains(&value)
                    && self.total == 0.0
                {
                    // "nine fifty", "twelve fifty"
                    self.group = self.group * 100.0 + value;
                } else {
                    return false;
                }
                self.scale = 1.0;
            }
            Part::Times(times) if times == 100.0 => {
                if self.group >= 100.0 {
                    return false;
                }
                self.group = self.group.max(1.0) * 100.0;
                self.scale = times;
            }
            Part::Times(times) => {
                if times < 1e6 {
                    if self.total % 1e6 != 0.0 {
                        return false;
                    }
                    self.total += self.group.max(1.0) * times;
                } else {
                    self.total = (self.total + self.group).max(1.0) * times;
                }
                self.group = 0.0;
                self.scale = times;
            }
        }
        self.any = true;
        self.total + self.group <= MOST
    }

    fn value(self) -> f64 {
        self.total + self.group
    }
}

/// The value of one word made of several: `zweitausendfünfhundert`, `milleduecento`, `fünfundzwanzig`.
fn compound(word: &str) -> Option<Sum> {
    let parts = is_compound(word).then(|| parts(word)).flatten()?;
    let mut sum = Sum::default();
    let mut at = 0;
    while at < parts.len() {
        // "fünf|und|zwanzig"
        if let (Some(Part::Adds(units)), Some(None), Some(Some(Part::Adds(tens)))) =
            (parts[at], parts.get(at + 1), parts.get(at + 2))
        {
            sum.take(Part::Adds(units + tens), false).then_some(())?;
            at += 3;
            continue;
        }
        if let Some(part) = parts[at] {
            sum.take(part, false).then_some(())?;
        }
        at += 1;
    }
    sum.any.then_some(sum)
}

/// How many times a short sign counts: `k`, `m`.
fn sign(word: &str) -> Option<f64> {
    match word {
        "k" | "K" | "kay" => Some(1e3),
        "m" | "mm" | "mio" => Some(1e6),
        _ => None,
    }
}

fn times(word: &Word<'_>) -> Option<f64> {
    if word.kind != Kind::Letters {
        return None;
    }
    match table().get(&*word.text) {
        Some((Part::Times(times), _)) => Some(*times),
        _ => None,
    }
}

/// The number that begins here.
pub(super) fn read(words: &[Word<'_>], at: usize) -> Option<Number> {
    let first = words.get(at)?;
    match first.kind {
        Kind::Figures => figures(words, at),
        Kind::Letters => spoken(words, at),
        Kind::Sign => None,
    }
}

fn figures(words: &[Word<'_>], at: usize) -> Option<Number> {
    let mut number = Number { value: value(&words[at].text)?, end: at + 1, scale: 1.0, weak: false, figures: true };
    let Some(next) = words.get(at + 1) else { return Some(number) };
    // "50 cents" are no 5,000.
    let counted = || times(next).filter(|_| !matches!(&*next.text, "cent" | "cents"));
    let times = sign(&next.text).filter(|times| next.glued || *times < 1e6).or_else(counted);
    if let Some(times) = times {
        number.value *= times;
        number.scale = times;
        number.end += 1;
        // "2 mil 500", "2 mil quinientos"
        if times >= 1e3
            && !next.glued
            && let Some(rest) =
                read(words, at + 2).filter(|rest| !rest.weak && rest.value < times && rest.value >= 100.0)
        {
            number.value += rest.value;
            number.end = rest.end;
            number.scale = 1.0;
        }
    }
    (number.value <= MOST).then_some(number)
}

fn spoken(words: &[Word<'_>], at: usize) -> Option<Number> {
    let mut sum = Sum::default();
    let (mut index, mut end, mut weak, mut strong) = (at, at, true, 0);
    while index < words.len().min(at + LONGEST) {
        let word = &words[index];
        if word.kind == Kind::Sign && word.is("-") && sum.any && word.glued {
            index += 1;
            continue;
        }
        if word.kind != Kind::Letters {
            break;
        }
        let text = &*word.text;
        if !sum.any && matches!(text, "a" | "un" | "una" | "couple") {
            // "a thousand", "a couple hundred"
            let mut next = index + 1;
            let mut count = 1.0;
            if words.get(next).is_some_and(|word| word.is("couple")) {
                (count, next) = (2.0, next + 1);
            }
            if words.get(next).is_some_and(|word| word.is("of")) {
                next += 1;
            }
            if let Some(times) = words.get(next).and_then(times) {
                sum.take(Part::Adds(count), false);
                sum.take(Part::Times(times), false);
                (index, end, weak, strong) = (next + 1, next + 1, false, 2);
                continue;
            }
            if matches!(text, "a" | "couple") {
                return None;
            }
        }
        if let Some((part, is_weak)) = table().get(text) {
            if !sum.take(*part, true) {
                break;
            }
            strong += 1;
            weak &= *is_weak;
            (index, end) = (index + 1, index + 1);
            continue;
        }
        if let Some(whole) = compound(text) {
            if sum.any {
                break;
            }
            (sum, weak, strong) = (whole, false, 2);
            (index, end) = (index + 1, index + 1);
            continue;
        }
        if !sum.any {
            return None;
        }
        if let Some((more, next)) = decimals(words, index) {
            sum.group += more;
            if let Some(times) = words.get(next).and_then(|word| sign(&word.text).or_else(|| times(word))) {
                sum = Sum { total: (sum.total + sum.group) * times, group: 0.0, any: true, scale: times };
                (index, end, weak) = (next + 1, next + 1, false);
                continue;
            }
            if more == 0.5 && sum.scale >= 1e3 {
                // "a thousand and a half", "mil y medio"
                sum.total += sum.scale / 2.0 - 0.5;
            }
            end = next;
            break;
        }
        if let Some(times) = sign(text).filter(|times| *times < 1e6) {
            sum.take(Part::Times(times), false);
            (end, weak) = (index + 1, false);
            break;
        }
        let joins = matches!(text, "and" | "y" | "e" | "et" | "und");
        let next_adds = words.get(index + 1).is_some_and(
            |next| matches!(table().get(&*next.text), Some((Part::Adds(value), _)) if *value < sum.scale.max(100.0)),
        );
        if joins && next_adds {
            index += 1;
            continue;
        }
        break;
    }
    sum.any.then(|| Number { value: sum.value(), end, scale: sum.scale, weak: weak && strong < 2, figures: false })
}

/// What stands behind "point", or half of one: "two point five", "two and a half".
fn decimals(words: &[Word<'_>], at: usize) -> Option<(f64, usize)> {
    const HALVES: &[&str] = &["and a half", "y medio", "y media", "e meio", "e meia", "et demi", "et demie", "e mezzo"];
    if let Some(end) = HALVES.iter().find_map(|half| super::words::stands(words, at, half)) {
        return Some((0.5, end));
    }
    if !matches!(&*words.get(at)?.text, "point" | "punto" | "coma" | "virgule" | "komma" | "virgola") {
        return None;
    }
    let digit = words.get(at + 1)?;
    let value = match digit.kind {
        Kind::Figures => digit.text.parse::<f64>().ok()?,
        _ => match table().get(&*digit.text)? {
            (Part::Adds(value), _) => *value,
            (Part::Times(_), _) => return None,
        },
    };
    Some((if value < 10.0 { value / 10.0 } else { value / 100.0 }, at + 2))
}

#[cfg(test)]
mod tests {
    use super::super::words::words;
    use super::*;

    #[test]
    fn numbers_in_six_languages() {
        for (text, expected) in [
            ("nine hundred", 900.0),
            ("nine fifty", 950.0),
            ("twelve fifty", 1_250.0),
            ("fifteen hundred", 1_500.0),
            ("two thousand five hundred", 2_500.0),
            ("three hundred and fifty", 350.0),
            ("a thousand", 1_000.0),
            ("a couple hundred", 200.0),
            ("two and a half thousand", 2_500.0),
            ("one point five k", 1_500.0),
            ("twenty-five", 25.0),
            ("1.5k", 1_500.0),
            ("1,5k", 1_500.0),
            ("2 mil", 2_000.0),
            ("2 mil quinientos", 2_500.0),
            ("mil doscientos cincuenta", 1_250.0),
            ("dos mil quinientos", 2_500.0),
            ("setecientos cincuenta", 750.0),
            ("treinta y cinco", 35.0),
            ("quinhentos", 500.0),
            ("mil e quinhentos", 1_500.0),
            ("huit cents", 800.0),
            ("mille deux cents", 1_200.0),
            ("quatre-vingt-dix", 90.0),
            ("soixante-quinze", 75.0),
            ("deux mille", 2_000.0),
            ("achthundert", 800.0),
            ("f\u{fc}nfzehnhundert", 1_500.0),
            ("zweitausendf\u{fc}nfhundert", 2_500.0),
            ("f\u{fc}nfundzwanzig", 25.0),
            ("milleduecento", 1_200.0),
            ("novecentocinquanta", 950.0),
            ("tremila", 3_000.0),
            ("ochenta y cinco mil", 85_000.0),
            ("one million two hundred thousand", 1_200_000.0),
        ] {
            let words = words(text);
            let number = read(&words, 0).unwrap();
            assert_eq!((number.value, number.end), (expected, words.len()), "{text}");
        }
    }
}
