//! Amounts as people write them: "100K+", "1,5 M", "20.000", "€800", "medio millón", "5 %".

use super::lexicon::{LEXICON, role};
use super::spelled;
use super::tokens::{Kind, Token, tokens};

/// A number with what stands so close to it that it is part of it.
#[derive(Clone, Copy, Debug, PartialEq)]
#[expect(clippy::struct_excessive_bools, reason = "what may stand with a number, each by itself")]
pub(super) struct Amount {
    pub(super) value: f64,
    /// 1,000 for "K" and "mil", 1,000,000 for "M"; already in `value`.
    pub(super) scale: f64,
    pub(super) percent: bool,
    /// ISO 4217, or [`super::lexicon::PESO`].
    pub(super) currency: Option<&'static str>,
    /// "100K+", "+100K".
    pub(super) plus: bool,
    /// Four digits without a separator that could be a year.
    pub(super) year_like: bool,
    /// It is a number, but not one that could be read whole: its value means nothing.
    pub(super) unread: bool,
}

/// What stands before an amount.
#[derive(Clone, Copy, Default)]
pub(super) struct Before<'r, 'q> {
    pub(super) token: Option<&'r Token<'q>>,
    /// It is "between", after which two amounts come.
    pub(super) between: bool,
    /// It is a word that means nothing here.
    pub(super) unknown: bool,
}

/// The amount that begins with the first of these tokens, and how many of them it takes.
pub(super) fn amount(text: &str, tokens: &[Token<'_>], before: Before<'_, '_>) -> Option<(usize, Amount)> {
    let first = tokens.first()?;
    let mut read = Read { text, tokens, at: 0 };
    let mut amount =
        Amount { value: 0.0, scale: 1.0, percent: false, currency: None, plus: false, year_like: false, unread: false };
    let prefix_plus = before.token.is_none_or(|before| before.end < first.start);
    if prefix_plus && read.sign() == Some('+') && read.tokens.get(1).is_some_and(|next| next.glued) {
        amount.plus = true;
        read.at += 1;
    }
    amount.currency = read.currency_before();
    read.number(&mut amount, before)?;
    read.scale(&mut amount);
    read.marks_after(&mut amount);
    // "24-hour", "18-year-old": the number is part of a word.
    let joined = read.tokens.get(read.at).is_some_and(|next| next.kind == Kind::Word && next.glued);
    (!joined && amount.value.is_finite()).then_some((read.at, amount))
}

/// A count written alone ("100K", "1.2M", "20.000"), as a model may answer.
pub(super) fn count(text: &str) -> Option<f64> {
    let tokens = tokens(text.trim());
    let (used, amount) = amount(text.trim(), &tokens, Before::default())?;
    (used == tokens.len() && !amount.unread).then_some(amount.value)
}

struct Read<'r, 'q> {
    text: &'q str,
    tokens: &'r [Token<'q>],
    at: usize,
}

impl Read<'_, '_> {
    fn sign(&self) -> Option<char> {
        match self.tokens.get(self.at)?.kind {
            Kind::Sign(sign) => Some(sign),
            _ => None,
        }
    }

    /// "€800", "US$500", "USD 500": only if a number follows.
    fn currency_before(&mut self) -> Option<&'static str> {
        let token = self.tokens.get(self.at)?;
        let number_at =
            |offset: usize| self.tokens.get(self.at + offset).is_some_and(|token| token.kind == Kind::Number);
        let sign_at =
            |offset: usize| self.tokens.get(self.at + offset).filter(|token| token.glued).map(|token| token.kind);
        let (currency, length) = match token.kind {
            Kind::Sign(sign) if number_at(1) => (currency_of(sign)?, 1),
            Kind::Word if sign_at(1) == Some(Kind::Sign('$')) && number_at(2) => (dollar_of(&token.folded)?, 2),
            Kind::Word if number_at(1) => {
                (LEXICON.longest(&self.tokens[self.at..=self.at]).and_then(|(_, entry)| entry.currency)?, 1)
            }
            _ => return None,
        };
        self.at += length;
        Some(currency)
    }

    fn number(&mut self, amount: &mut Amount, before: Before<'_, '_>) -> Option<()> {
        let rest = self.tokens.get(self.at..)?;
        let first = rest.first()?;
        let Some(mut number) = spelled::read(rest) else {
            // "1.2.3.4"
            amount.unread = first.kind == Kind::Number;
            self.at += 1;
            return amount.unread.then_some(());
        };
        // "seven wonders of the world", if that were a niche.
        let phrase = || LEXICON.longest(rest).map_or(0, |(length, _)| length);
        if !number.figures && phrase() > number.used {
            return None;
        }
        // "between one hundred and fifty thousand": there are two.
        let linked = |next: &Token<'_>| {
            matches!(next.kind, Kind::Sign('-' | '&')) || matches!(&*next.folded, "and" | "y" | "e" | "to" | "a")
        };
        if before.between
            && !rest.get(number.used).is_some_and(linked)
            && let Some(low) = spelled::before_and(rest, number.used)
        {
            number = low;
        }
        // "umpteen million"
        amount.unread = !number.whole || (spelled::is_bare_scale(first) && before.unknown);
        (amount.value, amount.scale) = (number.value, number.scale);
        let digits = first.folded.len();
        amount.year_like =
            number.figures && number.used == 1 && digits == 4 && (1900.0..=2100.0).contains(&amount.value);
        self.at += number.used;
        Some(())
    }

    /// A letter behind the figures: "K", "M".
    fn scale(&mut self, amount: &mut Amount) {
        let Some(unit) = self.tokens.get(self.at).filter(|_| amount.scale <= 1.0) else { return };
        let scale = scale_of(unit);
        // "5 m" is a length; "5 M", "5M" and "5 m followers" are not.
        let metres = &self.text[unit.start..unit.end] == "m" && !unit.glued && {
            let next = self.tokens.get(self.at + 1..).and_then(|rest| LEXICON.longest(rest));
            next.is_none_or(|(_, entry)| entry.roles & role::UNIT == 0)
        };
        if scale > 1.0 && !metres {
            amount.value *= scale;
            amount.scale = scale;
            amount.year_like = false;
            self.at += 1;
        }
    }

    /// Currency, percent and plus behind the number, in any order.
    fn marks_after(&mut self, amount: &mut Amount) {
        for _ in 0..3 {
            let Some(rest) = self.tokens.get(self.at..) else { return };
            let Some(next) = rest.first() else { return };
            let number_follows = rest.get(1).is_some_and(|after| after.kind == Kind::Number);
            match next.kind {
                Kind::Sign('%') => amount.percent = true,
                Kind::Sign('+') if next.glued || !number_follows => amount.plus = true,
                Kind::Sign(sign) if currency_of(sign).is_some() && (next.glued || !number_follows) => {
                    amount.currency = amount.currency.or(currency_of(sign));
                }
                Kind::Word => {
                    // "2 millones de pesos"
                    let of = usize::from(matches!(&*next.folded, "de" | "of"));
                    let Some((length, entry)) = LEXICON.longest(&rest[of..]) else { return };
                    if of == 1 && entry.currency.is_none() {
                        return;
                    }
                    self.at += of;
                    if let Some(currency) = entry.currency {
                        amount.currency = Some(currency);
                    } else if entry.roles & role::PERCENT != 0 {
                        amount.percent = true;
                    } else {
                        return;
                    }
                    self.at += length - 1;
                }
                _ => return,
            }
            self.at += 1;
        }
    }
}

/// The value of digits with separators. One separator with three digits behind it divides thousands, unless a unit follows
/// that has decimals ("1.125M", "3.125 %").
pub(super) fn value(digits: &str, decimals_likely: bool) -> Option<f64> {
    let separators: Vec<(usize, char)> = digits.char_indices().filter(|(_, c)| !c.is_ascii_digit()).collect();
    let Some(&(last_at, last)) = separators.last() else { return digits.parse().ok() };
    let groups_of_three = || digits.split(|c: char| !c.is_ascii_digit()).skip(1).all(|group| group.len() == 3);
    let same = separators.iter().filter(|(_, c)| *c == last).count();
    let decimal = match separators.len() {
        1 => decimals_likely || !groups_of_three(),
        _ if same == separators.len() => {
            if !groups_of_three() {
                return None;
            }
            false
        }
        _ if same == 1 => true,
        _ => return None,
    };
    let plain = |part: &str| part.chars().filter(char::is_ascii_digit).collect::<String>();
    if decimal {
        format!("{}.{}", plain(&digits[..last_at]), plain(&digits[last_at..])).parse().ok()
    } else {
        plain(digits).parse().ok()
    }
}

pub(super) fn scale_of(token: &Token<'_>) -> f64 {
    if token.kind != Kind::Word {
        return 1.0;
    }
    match LEXICON.longest(std::slice::from_ref(token)).map_or(0, |(_, entry)| entry.roles) {
        roles if roles & role::THOUSAND != 0 => 1_000.0,
        roles if roles & role::MILLION != 0 => 1_000_000.0,
        _ => 1.0,
    }
}

fn currency_of(sign: char) -> Option<&'static str> {
    Some(match sign {
        '€' => "EUR",
        '$' => "USD",
        '£' => "GBP",
        '¥' => "JPY",
        '₹' => "INR",
        _ => return None,
    })
}

/// Whose dollar or peso: the letters before the sign.
fn dollar_of(letters: &str) -> Option<&'static str> {
    Some(match letters {
        "us" | "usd" | "u" => "USD",
        "mx" | "mxn" => "MXN",
        "ca" | "c" | "cad" => "CAD",
        "au" | "a" | "aud" => "AUD",
        "r" => "BRL",
        "ar" => "ARS",
        "cl" => "CLP",
        "co" => "COP",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(text: &str) -> Option<Amount> {
        let tokens = tokens(text);
        amount(text, &tokens, Before::default())
            .filter(|(used, amount)| *used == tokens.len() && !amount.unread)
            .map(|(_, amount)| amount)
    }

    #[test]
    fn reads_amounts_as_people_write_them() {
        for (text, value) in [
            ("100K", 100_000.0),
            ("100k+", 100_000.0),
            ("+100k", 100_000.0),
            ("1.5M", 1_500_000.0),
            ("1,5 M", 1_500_000.0),
            ("1,5 millones", 1_500_000.0),
            ("1.125M", 1_125_000.0),
            ("20.000", 20_000.0),
            ("20,000", 20_000.0),
            ("1.000.000", 1_000_000.0),
            ("1,234,567.89", 1_234_567.89),
            ("1.234.567,89", 1_234_567.89),
            ("100 mil", 100_000.0),
            ("100 000", 100_000.0),
            ("medio millón", 500_000.0),
            ("half a million", 500_000.0),
            ("cien mil", 100_000.0),
            ("2.5", 2.5),
            ("5 %", 5.0),
            ("3,25%", 3.25),
            ("3.125%", 3.125),
            ("5 por ciento", 5.0),
            ("$2k", 2_000.0),
            ("2k€", 2_000.0),
            ("MX$ 5,000", 5_000.0),
            ("USD 500", 500.0),
            ("$500 USD", 500.0),
        ] {
            assert_eq!(read(text).map(|amount| amount.value), Some(value), "{text}");
        }
        for (text, currency) in [
            ("800€", "EUR"),
            ("€800", "EUR"),
            ("800 euros", "EUR"),
            ("$1,500.50", "USD"),
            ("US$5", "USD"),
            ("£9", "GBP"),
        ] {
            assert_eq!(read(text).and_then(|amount| amount.currency), Some(currency), "{text}");
        }
        assert!(read("5%+").unwrap().plus && read("5%+").unwrap().percent);
        for no_amount in ["1,2,3", "24-hour", "5G", "4x4", "K", "", "1.2.3.4", "$"] {
            assert_eq!(read(no_amount), None, "{no_amount}");
        }
        assert_eq!(count("1.2M"), Some(1_200_000.0));
        assert_eq!(count("many"), None);
        assert_eq!(count(""), None);
    }

    proptest! {
        #[test]
        fn short_counts_round_trip(thousands in 1_u32..999_999) {
            let value = f64::from(thousands) * 1_000.0;
            for text in [format!("{thousands}K"), format!("{thousands} mil"), format!("{}.{:03}M", thousands / 1000, thousands % 1000)] {
                let read = count(&text).unwrap();
                prop_assert!((read - value).abs() < 1e-3, "{} is {}", text, read);
            }
        }

        #[test]
        fn grouped_digits_round_trip(value in 1_000_u64..1_000_000_000_000) {
            for separator in [".", ","] {
                let digits = value.to_string();
                let mut grouped = String::new();
                for (index, digit) in digits.char_indices() {
                    if index > 0 && (digits.len() - index).is_multiple_of(3) {
                        grouped.push_str(separator);
                    }
                    grouped.push(digit);
                }
                prop_assert_eq!(count(&grouped), Some(value as f64));
            }
        }
    }
}
