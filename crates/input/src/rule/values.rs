//! The rules of single values.

use std::marker::PhantomData;
use std::str::FromStr;

use kernel::numeral::{self, Hint, Refused, Written};
use kernel::{Amount, Currency, Day, Platform, Timestamp, Words, count, money};
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::{Problem, Rule, rule, storable, wrong_type};
use crate::describe::{self, Schemas};

/// A text of one to `most` characters that says something; surrounding space is dropped.
pub fn text(most: usize) -> impl Rule<Output = String> {
    rule(
        move || json!({"type": "string", "minLength": 1, "maxLength": most, "pattern": r"\S"}),
        move |value, _| {
            let text = value.as_str().ok_or_else(|| wrong_type("a text"))?.trim();
            if text.is_empty() {
                return Err(Problem::new("too_short", "must not be empty"));
            }
            storable(text, most)?;
            Ok(text.to_owned())
        },
    )
}

/// A text that names something elsewhere: an order, a post. Out of a table or a form, a long number that a spreadsheet shortened is
/// refused: two of them may have become the same.
pub fn reference(most: usize) -> impl Rule<Output = String> {
    rule(
        move || json!({"type": "string", "minLength": 1, "maxLength": most, "pattern": r"\S"}),
        move |value, from_text| {
            let text = text(most).read(value, from_text)?;
            let is_short = from_text && text.contains("E+") && Written::parse(&text) == Err(Refused::Scientific);
            if is_short { Err(unread(&Refused::Scientific, &text, "a text")) } else { Ok(text) }
        },
    )
}

/// A text of up to `most` characters that may be empty.
pub fn any_text(most: usize) -> impl Rule<Output = String> {
    rule(
        move || json!({"type": "string", "maxLength": most}),
        move |value, _| {
            let text = value.as_str().ok_or_else(|| wrong_type("a text"))?;
            storable(text, most)?;
            Ok(text.to_owned())
        },
    )
}

/// A number that stands in a text, where decimals stand behind a point unless the text itself shows otherwise. (What a table's columns
/// show was seen to before.)
fn from_digits(text: &str, kind: numeral::Kind, wanted: &str) -> Result<numeral::Value, Problem> {
    let read = Written::parse(text).and_then(|written| written.read(kind, Hint::PROGRAMS));
    read.map_err(|refused| unread(&refused, text, wanted))
}

fn unread(refused: &Refused, text: &str, wanted: &str) -> Problem {
    let kind = if *refused == Refused::NoNumber { "wrong_type" } else { "wrong_format" };
    Problem::new(kind, refused.message(text, wanted))
}

/// A finite number between these bounds.
pub fn number(least: f64, most: f64) -> impl Rule<Output = f64> {
    rule(
        move || json!({"type": "number", "minimum": least, "maximum": most}),
        move |value, from_text| {
            let number = match value {
                Value::Number(number) => number.as_f64(),
                Value::String(digits) if from_text => {
                    let kind = numeral::Kind::up_to(least.abs().max(most.abs()));
                    Some(from_digits(digits, kind, "a number")?.number())
                }
                _ => None,
            };
            let number: f64 = number.filter(|number: &f64| number.is_finite()).ok_or_else(|| wrong_type("a number"))?;
            if number < least || number > most {
                return Err(Problem::new("out_of_range", format!("must be between {least} and {most}")));
            }
            Ok(number)
        },
    )
}

/// A whole number between these bounds.
pub fn whole(least: i64, most: i64) -> impl Rule<Output = i64> {
    rule(
        move || json!({"type": "integer", "format": "int64", "minimum": least, "maximum": most}),
        move |value, from_text| {
            let number = match value {
                Value::Number(number) => number.as_i64().or_else(|| {
                    number
                        .as_f64()
                        .filter(|number| number.fract() == 0.0 && number.abs() < 1e15)
                        .map(|number| number as i64)
                }),
                Value::String(digits) if from_text => {
                    let read = from_digits(digits, numeral::Kind::WHOLE, "a whole number")?;
                    read.whole()
                        .map(|whole| i64::try_from(whole).unwrap_or(if whole < 0 { i64::MIN } else { i64::MAX }))
                }
                _ => None,
            };
            let beyond = || Problem::new("out_of_range", format!("must be between {least} and {most}"));
            match number {
                Some(number) if (least..=most).contains(&number) => Ok(number),
                Some(_) => Err(beyond()),
                None if value.as_f64().is_some_and(|number| number.abs() >= 1e15) => Err(beyond()),
                None => Err(wrong_type("a whole number")),
            }
        },
    )
}

/// A count of followers or views: a whole number, not negative and not absurd.
pub fn tally() -> impl Rule<Output = u64> {
    whole(0, count::MOST.cast_signed()).map(i64::unsigned_abs)
}

/// A count as people write it: `125K`, `1.2M`, `950`; a bare number is taken too.
pub fn short_count() -> impl Rule<Output = (String, u64)> {
    rule(
        || json!({"anyOf": [{"type": "string", "pattern": r"^\+?[0-9]+([.,][0-9]{1,2})?\s*[KkMmBb]?$"}, {"type": "integer", "minimum": 0, "maximum": count::MOST}]}),
        |value, from_text| match value {
            Value::String(shown) => count::read(shown).map_err(|refused| {
                Problem::new("wrong_format", refused.message(shown, "a count such as 125K, 1.2M or 950"))
            }),
            _ => tally().read(value, from_text).map(|number| (count::short(number), number)).map_err(|problem| {
                if problem.is_of_type() { wrong_type("a count such as 125K, 1.2M or 950") } else { problem }
            }),
        },
    )
}

/// An amount of money with at most two decimals; zero only if it may be.
pub fn amount(may_be_zero: bool) -> impl Rule<Output = Amount> {
    let schema = move || {
        let mut schema = json!({"type": "number", "maximum": money::MOST_MINOR / 100});
        schema[if may_be_zero { "minimum" } else { "exclusiveMinimum" }] = 0.into();
        schema
    };
    rule(schema, move |value, from_text| {
        let most = Amount::from_minor(money::MOST_MINOR).to_number();
        let number = match value {
            Value::String(price) if from_text => {
                let number = from_digits(price, numeral::Kind::MONEY, "a number")?.number();
                self::number(0.0, most).read(&number.into(), false)?
            }
            _ => number(0.0, most).read(value, from_text)?,
        };
        if number == 0.0 && !may_be_zero {
            return Err(Problem::new("out_of_range", "must be more than 0"));
        }
        Amount::from_number(number).ok_or_else(|| Problem::new("wrong_format", "must have at most two decimals"))
    })
}

struct Code;

impl Rule for Code {
    type Output = Currency;

    fn read(&self, value: &Value, _: bool) -> Result<Currency, Problem> {
        let code = value.as_str().ok_or_else(|| wrong_type("a text"))?;
        Currency::parse(code).map_err(|error| Problem::new("unknown_value", error.message().to_owned()))
    }

    fn schema(&self, schemas: &mut Schemas) -> Value {
        describe::reference::<Currency>(schemas)
    }
}

/// A currency, by its code.
pub fn currency() -> impl Rule<Output = Currency> {
    Code
}

/// An e-mail address, as far as its form can tell.
pub fn email() -> impl Rule<Output = String> {
    rule(
        || {
            json!({"type": "string", "format": "email", "maxLength": 254,
            "pattern": r#"^[^\s@,;<>"]{1,64}@[^\s@,;<>".]+(\.[^\s@,;<>".]+)+$"#})
        },
        |value, from_text| {
            let email = text(254).read(value, from_text)?;
            let fits = email.split_once('@').is_some_and(|(local, domain)| {
                !local.is_empty()
                    && local.len() <= 64
                    && !domain.contains('@')
                    && domain.contains('.')
                    && domain.split('.').all(|label| !label.is_empty())
                    && !email.contains(|c: char| {
                        c.is_whitespace() || c.is_control() || matches!(c, ',' | ';' | '<' | '>' | '"')
                    })
            });
            if fits {
                Ok(email)
            } else {
                Err(Problem::new("wrong_format", "must be an e-mail address such as ana@example.com"))
            }
        },
    )
}

/// A web address.
pub fn url() -> impl Rule<Output = String> {
    rule(
        || json!({"type": "string", "format": "uri", "maxLength": 2048, "pattern": r"^https?://\S+$"}),
        |value, from_text| {
            let url = text(2048).read(value, from_text)?;
            let lower = url.to_ascii_lowercase();
            let rest = lower.strip_prefix("https://").or_else(|| lower.strip_prefix("http://"));
            match rest {
                Some(rest) if !rest.is_empty() && !url.contains(char::is_whitespace) => Ok(url),
                _ => Err(Problem::new("wrong_format", "must be an address that begins with http:// or https://")),
            }
        },
    )
}

/// A moment, RFC 3339.
pub fn moment() -> impl Rule<Output = Timestamp> {
    rule(
        || json!({"type": "string", "format": "date-time"}),
        |value, _| {
            let text = value.as_str().ok_or_else(|| wrong_type("a time"))?;
            text.trim().parse().map_err(|_| Problem::new("wrong_format", "must be a time such as 2026-01-15T10:30:00Z"))
        },
    )
}

/// A day in UTC: `2026-01-15`, or a time on it.
pub fn day() -> impl Rule<Output = Day> {
    rule(
        || json!({"type": "string", "format": "date", "examples": ["2026-01-15"]}),
        |value, _| {
            let text = value.as_str().ok_or_else(|| wrong_type("a date such as 2026-01-15"))?;
            let wrong = || Problem::new("wrong_format", "must be a date such as 2026-01-15, or a time in RFC 3339");
            Day::parse(text).ok_or_else(wrong)
        },
    )
}

/// The same, from this day on: the first one of a year.
pub fn day_from(first: Day) -> impl Rule<Output = Day> {
    day().and_then(move |day| not_before(first, day).map(|()| day)).described(
        move || json!({"type": "string", "format": "date", "pattern": years_from(first), "examples": ["2026-01-15"]}),
    )
}

/// What the years from this day's on are like: `^(2005|200[6-9]|20[1-9]\d|…)-`.
fn years_from(first: Day) -> String {
    let year = first.to_string().chars().take(4).collect::<String>();
    let later = year.char_indices().rev().filter(|(_, digit)| *digit < '9').map(|(place, digit)| {
        let next = char::from(digit as u8 + 1);
        format!("{}[{next}-9]{}", &year[..place], "\\d".repeat(3 - place))
    });
    let all: Vec<String> = std::iter::once(year.clone()).chain(later).collect();
    format!("^({})-", all.join("|"))
}

/// A moment from this day on (the first one of a year), or the first moment of a day.
pub fn moment_or_day_from(first: Day) -> impl Rule<Output = Timestamp> {
    rule(
        move || {
            json!({"anyOf": [{"type": "string", "format": "date-time"}, {"type": "string", "format": "date"}],
                "pattern": years_from(first), "examples": ["2026-01-15T10:30:00Z", "2026-01-15"]})
        },
        move |value, _| {
            let text = value.as_str().ok_or_else(|| wrong_type("a time such as 2026-01-15T10:30:00Z"))?;
            let moment = Day::written(text).map(Day::start).or_else(|| text.trim().parse().ok());
            let wrong = || Problem::new("wrong_format", "must be a time such as 2026-01-15T10:30:00Z, or a date");
            let moment = moment.ok_or_else(wrong)?;
            not_before(first, Day::of(moment)).map(|()| moment)
        },
    )
}

fn not_before(first: Day, day: Day) -> Result<(), Problem> {
    if day < first { Err(Problem::new("out_of_range", format!("must not be before {first}"))) } else { Ok(()) }
}

/// An id.
pub fn id<T: FromStr>() -> impl Rule<Output = T> {
    rule(
        || json!({"type": "string", "format": "uuid"}),
        |value, _| {
            let text = value.as_str().ok_or_else(|| wrong_type("an id"))?;
            text.trim().parse().map_err(|_| Problem::new("wrong_format", "must be an id (a UUID)"))
        },
    )
}

/// A platform, whatever the case.
pub fn platform() -> impl Rule<Output = Platform> {
    rule(
        || json!({"type": "string", "enum": ["instagram", "youtube", "tiktok", "twitter"]}),
        |value, _| {
            let name = value.as_str().ok_or_else(|| wrong_type("the name of a platform"))?;
            Platform::parse(name)
                .ok_or_else(|| Problem::new("unknown_value", "must be one of instagram, youtube, tiktok, twitter"))
        },
    )
}

/// One of these words, whatever the case; the answer has the word as it is listed here.
pub fn one_of(words: &'static [&'static str]) -> impl Rule<Output = &'static str> {
    rule(
        move || json!({"type": "string", "enum": words}),
        move |value, _| {
            let name = value.as_str().ok_or_else(|| wrong_type("a text"))?.trim();
            words
                .iter()
                .copied()
                .find(|word| word.eq_ignore_ascii_case(name))
                .ok_or_else(|| Problem::new("unknown_value", format!("must be one of {}", words.join(", "))))
        },
    )
}

/// True or false.
pub fn flag() -> impl Rule<Output = bool> {
    rule(
        || json!({"type": "boolean"}),
        |value, from_text| match value {
            Value::Bool(flag) => Ok(*flag),
            Value::String(word) if from_text => match word.trim().to_ascii_lowercase().as_str() {
                "true" | "1" | "yes" => Ok(true),
                "false" | "0" | "no" => Ok(false),
                _ => Err(wrong_type("true or false")),
            },
            _ => Err(wrong_type("true or false")),
        },
    )
}

struct Word<T>(PhantomData<fn() -> T>);

impl<T: Words + ToSchema> Rule for Word<T> {
    type Output = T;

    fn read(&self, value: &Value, _: bool) -> Result<T, Problem> {
        let name = value.as_str().ok_or_else(|| wrong_type("a text"))?.trim();
        T::parse(name).ok_or_else(|| Problem::new("unknown_value", format!("must be one of {}", T::WORDS.join(", "))))
    }

    fn schema(&self, schemas: &mut Schemas) -> Value {
        describe::reference::<T>(schemas)
    }
}

/// A word of an enumeration, whatever the case.
pub fn word<T: Words + ToSchema>() -> impl Rule<Output = T> {
    Word(PhantomData)
}

/// The same of an enumeration that stands in queries alone: as no body refers to it, its words are listed where they stand.
pub fn word_of_query<T: Words>() -> impl Rule<Output = T> {
    rule(
        || json!({"type": "string", "enum": T::WORDS}),
        |value, _| {
            let name = value.as_str().ok_or_else(|| wrong_type("a text"))?.trim();
            let unknown = || Problem::new("unknown_value", format!("must be one of {}", T::WORDS.join(", ")));
            T::parse(name).ok_or_else(unknown)
        },
    )
}
