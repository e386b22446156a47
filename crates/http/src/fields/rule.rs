//! The rules of single fields: what is taken, and what is said of the rest.

use std::str::FromStr;

use kernel::{Money, Platform, Timestamp, count, money};
use serde_json::Value;

/// Why a value was not taken.
pub struct Problem {
    pub(super) kind: &'static str,
    pub(super) message: String,
    pub(super) below: Option<String>,
}

impl Problem {
    /// `kind` is a word for programs, `message` says what would be right.
    pub fn new(kind: &'static str, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), below: None }
    }

    fn below(self, part: &str) -> Self {
        let below = self.below.map_or_else(|| part.to_owned(), |rest| format!("{part}.{rest}"));
        Self { below: Some(below), ..self }
    }
}

/// A rule of one field: reads a value, from JSON or (if the flag is set) from text.
pub trait Rule<T>: Fn(&Value, bool) -> Result<T, Problem> {}
impl<T, F: Fn(&Value, bool) -> Result<T, Problem>> Rule<T> for F {}

fn wrong_type(wanted: &str) -> Problem {
    Problem::new("wrong_type", format!("must be {wanted}"))
}

/// A text of one to `most` characters that says something; surrounding space is dropped.
pub fn text(most: usize) -> impl Rule<String> {
    move |value, _| {
        let text = value.as_str().ok_or_else(|| wrong_type("a text"))?.trim();
        if text.is_empty() {
            return Err(Problem::new("too_short", "must not be empty"));
        }
        storable(text, most)?;
        Ok(text.to_owned())
    }
}

/// A text of up to `most` characters that may be empty.
pub fn any_text(most: usize) -> impl Rule<String> {
    move |value, _| {
        let text = value.as_str().ok_or_else(|| wrong_type("a text"))?;
        storable(text, most)?;
        Ok(text.to_owned())
    }
}

fn storable(text: &str, most: usize) -> Result<(), Problem> {
    if text.contains('\0') {
        return Err(Problem::new("not_storable", "must not contain a NUL character"));
    }
    // Characters are only counted where there are enough bytes for it to matter.
    if text.len() > most && text.chars().count() > most {
        return Err(Problem::new("too_long", format!("must have at most {most} characters")));
    }
    Ok(())
}

/// A list of texts, or one text whose parts are set apart by commas, semicolons or bars. In text, a list may be written as JSON,
/// for parts that have those themselves.
pub fn texts(most_items: usize, most: usize) -> impl Rule<Vec<String>> {
    move |value, from_text| {
        let written = value.as_str().filter(|text| from_text && text.trim_start().starts_with('['));
        let written: Option<Vec<String>> = written.and_then(|text| serde_json::from_str(text).ok());
        let parts = match value {
            _ if written.is_some() => written.unwrap_or_default(),
            Value::String(text) => text.split([',', ';', '|']).map(str::to_owned).collect(),
            Value::Array(items) => items
                .iter()
                .map(|item| item.as_str().map(str::to_owned).ok_or_else(|| wrong_type("a list of texts")))
                .collect::<Result<_, _>>()?,
            _ => return Err(wrong_type("a text or a list of texts")),
        };
        let parts: Vec<String> =
            parts.iter().map(|part| part.trim().to_owned()).filter(|part| !part.is_empty()).collect();
        if parts.len() > most_items {
            return Err(Problem::new("too_long", format!("must have at most {most_items} parts")));
        }
        parts.iter().try_for_each(|part| storable(part, most))?;
        Ok(parts)
    }
}

/// A text, or a list of texts that is joined with commas.
pub fn text_or_list(most: usize) -> impl Rule<String> {
    move |value, from_text| match value {
        Value::Array(_) => {
            let joined = texts(100, most)(value, from_text)?.join(", ");
            storable(&joined, most).map(|()| joined)
        }
        _ => any_text(most)(value, from_text).map_err(|problem| match problem.kind {
            "wrong_type" => wrong_type("a text or a list of texts"),
            _ => problem,
        }),
    }
}

/// A finite number between these bounds.
pub fn number(least: f64, most: f64) -> impl Rule<f64> {
    move |value, from_text| {
        let number = match value {
            Value::Number(number) => number.as_f64(),
            Value::String(digits) if from_text => digits.trim().trim_end_matches('%').trim_end().parse().ok(),
            _ => None,
        };
        let number: f64 = number.filter(|number: &f64| number.is_finite()).ok_or_else(|| wrong_type("a number"))?;
        if number < least || number > most {
            return Err(Problem::new("out_of_range", format!("must be between {least} and {most}")));
        }
        Ok(number)
    }
}

/// A whole number between these bounds.
pub fn whole(least: i64, most: i64) -> impl Rule<i64> {
    move |value, from_text| {
        let number = match value {
            Value::Number(number) => number.as_i64().or_else(|| {
                number
                    .as_f64()
                    .filter(|number| number.fract() == 0.0 && number.abs() < 1e15)
                    .map(|number| number as i64)
            }),
            Value::String(digits) if from_text => digits.trim().parse().ok(),
            _ => None,
        };
        let beyond = || Problem::new("out_of_range", format!("must be between {least} and {most}"));
        match number {
            Some(number) if (least..=most).contains(&number) => Ok(number),
            Some(_) => Err(beyond()),
            None if value.as_f64().is_some_and(|number| number.abs() >= 1e15) => Err(beyond()),
            None => Err(wrong_type("a whole number")),
        }
    }
}

/// A count of followers or views: a whole number, not negative and not absurd.
pub fn tally() -> impl Rule<u64> {
    |value, from_text| whole(0, count::MOST.cast_signed())(value, from_text).map(i64::unsigned_abs)
}

/// A count as people write it: `125K`, `1.2M`, `950`; a bare number is taken too.
pub fn short_count() -> impl Rule<(String, u64)> {
    |value, from_text| match value {
        Value::String(shown) => count::parse(shown)
            .map(|number| (shown.trim().to_ascii_uppercase(), number))
            .ok_or_else(|| Problem::new("wrong_format", "must be a count such as 125K, 1.2M or 950")),
        _ => tally()(value, from_text).map(|number| (count::short(number), number)).map_err(|problem| {
            if problem.kind == "wrong_type" { wrong_type("a count such as 125K, 1.2M or 950") } else { problem }
        }),
    }
}

/// An amount of money with at most two decimals; zero only if it may be.
pub fn amount(may_be_zero: bool) -> impl Rule<Money> {
    move |value, from_text| {
        let most = Money::from_minor(money::MOST_MINOR).to_number();
        let number = match value {
            Value::String(price) if from_text => {
                let digits = price.trim().trim_start_matches(['$', '€', '£']).replace(',', "");
                number(0.0, most)(&Value::String(digits), true)?
            }
            _ => number(0.0, most)(value, from_text)?,
        };
        if number == 0.0 && !may_be_zero {
            return Err(Problem::new("out_of_range", "must be more than 0"));
        }
        Money::from_number(number).ok_or_else(|| Problem::new("wrong_format", "must have at most two decimals"))
    }
}

/// An e-mail address, as far as its form can tell.
pub fn email() -> impl Rule<String> {
    |value, from_text| {
        let email = text(254)(value, from_text)?;
        let fits = email.split_once('@').is_some_and(|(local, domain)| {
            !local.is_empty()
                && local.len() <= 64
                && !domain.contains('@')
                && domain.contains('.')
                && domain.split('.').all(|label| !label.is_empty())
                && !email
                    .contains(|c: char| c.is_whitespace() || c.is_control() || matches!(c, ',' | ';' | '<' | '>' | '"'))
        });
        if fits {
            Ok(email)
        } else {
            Err(Problem::new("wrong_format", "must be an e-mail address such as ana@example.com"))
        }
    }
}

/// A web address.
pub fn url() -> impl Rule<String> {
    |value, from_text| {
        let url = text(2048)(value, from_text)?;
        let lower = url.to_ascii_lowercase();
        let rest = lower.strip_prefix("https://").or_else(|| lower.strip_prefix("http://"));
        match rest {
            Some(rest) if !rest.is_empty() && !url.contains(char::is_whitespace) => Ok(url),
            _ => Err(Problem::new("wrong_format", "must be an address that begins with http:// or https://")),
        }
    }
}

/// A moment, RFC 3339.
pub fn moment() -> impl Rule<Timestamp> {
    |value, _| {
        let text = value.as_str().ok_or_else(|| wrong_type("a time"))?;
        text.trim().parse().map_err(|_| Problem::new("wrong_format", "must be a time such as 2026-01-15T10:30:00Z"))
    }
}

/// An id.
pub fn id<T: FromStr>() -> impl Rule<T> {
    |value, _| {
        let text = value.as_str().ok_or_else(|| wrong_type("an id"))?;
        text.trim().parse().map_err(|_| Problem::new("wrong_format", "must be an id (a UUID)"))
    }
}

/// A platform, whatever the case.
pub fn platform() -> impl Rule<Platform> {
    |value, _| {
        let name = value.as_str().ok_or_else(|| wrong_type("the name of a platform"))?;
        Platform::parse(name)
            .ok_or_else(|| Problem::new("unknown_value", "must be one of instagram, youtube, tiktok, twitter"))
    }
}

/// One of these words, whatever the case; the answer has the word as it is listed here.
pub fn one_of(words: &'static [&'static str]) -> impl Rule<&'static str> {
    move |value, _| {
        let name = value.as_str().ok_or_else(|| wrong_type("a text"))?.trim();
        words
            .iter()
            .copied()
            .find(|word| word.eq_ignore_ascii_case(name))
            .ok_or_else(|| Problem::new("unknown_value", format!("must be one of {}", words.join(", "))))
    }
}

/// True or false.
pub fn flag() -> impl Rule<bool> {
    |value, from_text| match value {
        Value::Bool(flag) => Ok(*flag),
        Value::String(word) if from_text => match word.trim().to_ascii_lowercase().as_str() {
            "true" | "1" | "yes" => Ok(true),
            "false" | "0" | "no" => Ok(false),
            _ => Err(wrong_type("true or false")),
        },
        _ => Err(wrong_type("true or false")),
    }
}

/// A list in which every item keeps a rule; in text, items are set apart by commas.
pub fn list<T>(most_items: usize, item: impl Rule<T>) -> impl Rule<Vec<T>> {
    move |value, from_text| {
        let split;
        let items = match value {
            Value::Array(items) => items,
            Value::String(text) if from_text => {
                split = text.split(',').map(|part| Value::String(part.trim().to_owned())).collect();
                &split
            }
            _ => return Err(wrong_type("a list")),
        };
        if items.len() > most_items {
            return Err(Problem::new("too_long", format!("must have at most {most_items} items")));
        }
        let judged = items.iter().enumerate();
        judged
            .map(|(index, value)| item(value, from_text).map_err(|problem| problem.below(&index.to_string())))
            .collect()
    }
}

/// An object, kept as it is, of up to `most_bytes` of JSON.
pub fn object(most_bytes: usize) -> impl Rule<serde_json::Map<String, Value>> {
    move |value, _| {
        let object = value.as_object().ok_or_else(|| wrong_type("an object"))?;
        let told = value.to_string();
        if told.len() > most_bytes {
            return Err(Problem::new("too_long", format!("must be at most {most_bytes} bytes of JSON")));
        }
        if told.contains("\\u0000") {
            return Err(Problem::new("not_storable", "must not contain a NUL character"));
        }
        Ok(object.clone())
    }
}
