//! The characters of a number: padding, currency signs, digits, the marks between them, and groups.

use super::{MOST_DIGITS, Mark, Refused};
use crate::Currency;

/// Signs of currencies, with the code of those that only one currency has.
const CURRENCIES: [(&str, Option<&str>); 14] = [
    ("US$", Some("USD")),
    ("R$", Some("BRL")),
    ("$", None),
    ("€", Some("EUR")),
    ("£", Some("GBP")),
    ("¥", None),
    ("₹", Some("INR")),
    ("₩", Some("KRW")),
    ("₺", Some("TRY")),
    ("₽", Some("RUB")),
    ("₫", Some("VND")),
    ("₪", Some("ILS")),
    ("₴", Some("UAH")),
    ("₱", Some("PHP")),
];

/// What stands around numbers and says nothing: spaces of every width, marks of direction, the byte order mark.
pub(super) fn is_padding(c: char) -> bool {
    c.is_whitespace()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// The text without the sign or code of a currency at either end, and the code if the sign says it.
pub(super) fn without_currency(text: &str) -> Option<(&str, Option<Currency>)> {
    for (sign, code) in CURRENCIES {
        if let Some(rest) = text.strip_prefix(sign).or_else(|| text.strip_suffix(sign)) {
            return Some((rest, code.and_then(|code| Currency::parse(code).ok())));
        }
    }
    let is_code = |code: &str| code.bytes().all(|letter| letter.is_ascii_alphabetic());
    let (front, back) = (text.get(..3), text.len().checked_sub(3).and_then(|at| text.get(at..)));
    if let Some(code) = front.filter(|code| is_code(code))
        && let Ok(known) = Currency::parse(code)
    {
        return Some((&text[3..], Some(known)));
    }
    if let Some(code) = back.filter(|code| is_code(code))
        && let Ok(known) = Currency::parse(code)
    {
        return Some((&text[..text.len() - 3], Some(known)));
    }
    None
}

/// Digits and the marks between them.
pub(super) fn runs(text: &str) -> Result<Vec<(Option<char>, String)>, Refused> {
    let mut runs: Vec<(Option<char>, String)> = vec![(None, String::new())];
    let mut digits = 0;
    for (at, letter) in text.char_indices() {
        if let Some(digit) = digit(letter) {
            digits += 1;
            if let Some((_, run)) = runs.last_mut() {
                run.push(digit);
            }
        } else if matches!(letter, 'e' | 'E') && digits > 0 && is_exponent(&text[at + 1..]) {
            return Err(Refused::Scientific);
        } else if let Some(mark) = mark(letter) {
            runs.push((Some(mark), String::new()));
        } else {
            return Err(Refused::NoNumber);
        }
    }
    // Only the decimals may stand without anything before them: `.5`.
    let empty = |at: usize| runs[at].1.is_empty();
    let well =
        digits > 0 && digits <= MOST_DIGITS && (1..runs.len()).all(|at| !empty(at)) && (!empty(0) || runs.len() == 2);
    if well { Ok(runs) } else { Err(Refused::NoNumber) }
}

fn is_exponent(text: &str) -> bool {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
}

/// European and Arabic digits.
fn digit(letter: char) -> Option<char> {
    let value = match letter {
        '0'..='9' => return Some(letter),
        '\u{660}'..='\u{669}' => letter as u32 - 0x660,
        '\u{6f0}'..='\u{6f9}' => letter as u32 - 0x6f0,
        _ => return None,
    };
    char::from_digit(value, 10)
}

/// A mark between digits: spaces of every width are one, and so are apostrophes.
fn mark(letter: char) -> Option<char> {
    match letter {
        '.' | ',' | '\u{66b}' | '\u{66c}' => Some(letter),
        '\'' | '\u{2019}' | '\u{2018}' | '\u{2bc}' => Some('\''),
        ' ' | '\u{a0}' | '\u{2002}'..='\u{200a}' | '\u{202f}' => Some(' '),
        _ => None,
    }
}

/// The digits of a whole number in groups of three, or, as in India, of two before the last three. Nothing if they are none.
pub(super) fn grouped(runs: &[(Option<char>, String)], mark: Mark) -> Option<String> {
    let (_, first) = runs.first()?;
    let Some((sign, _)) = runs.get(1) else { return Some(first.clone()) };
    let sign = sign.filter(|sign| *sign != mark.sign() && *sign != '\u{66b}')?;
    let same = runs[1..].iter().all(|(other, _)| *other == Some(sign));
    let last = runs.len() - 1;
    let by = |middle: usize| {
        (1..=middle).contains(&first.len())
            && runs[1..last].iter().all(|(_, run)| run.len() == middle)
            && runs[last].1.len() == 3
    };
    let well = same && !first.starts_with('0') && (by(3) || (by(2) && sign == ','));
    well.then(|| runs.iter().map(|(_, run)| run.as_str()).collect())
}
