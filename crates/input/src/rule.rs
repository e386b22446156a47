//! The rules of single fields: what is taken, what is said of the rest, and the schema that tells it beforehand.

use std::marker::PhantomData;
use std::str::FromStr;

use kernel::{Amount, Currency, Fault, Platform, Timestamp, Words, count, money};
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::describe::{Schemas, reference};
use crate::{Fields, Input};

/// Why a value was not taken. A list or an object can have several faults.
pub struct Problem {
    /// Each with where it stands below the value.
    pub(crate) faults: Vec<Fault>,
}

impl Problem {
    /// `kind` is a word for programs, `message` says what would be right.
    pub fn new(kind: &'static str, message: impl Into<String>) -> Self {
        Self { faults: vec![Fault { loc: Vec::new(), message: message.into(), kind }] }
    }

    /// The same of a part of the value: an item of a list, a field of an object.
    #[must_use]
    pub fn below(mut self, part: &str) -> Self {
        self.faults.iter_mut().for_each(|fault| fault.loc.insert(0, part.to_owned()));
        self
    }

    /// This, and what else is wrong.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.faults.extend(other.faults);
        self
    }

    fn is_of_type(&self) -> bool {
        matches!(self.faults.as_slice(), [fault] if fault.loc.is_empty() && fault.kind == "wrong_type")
    }
}

/// A rule of one field.
pub trait Rule {
    /// What it makes of a value.
    type Output;

    /// Reads a value: from JSON, where types must be right, or from text, where a number is its digits.
    fn read(&self, value: &Value, from_text: bool) -> Result<Self::Output, Problem>;

    /// What it takes from JSON, as a JSON Schema (2020-12); schemas that this one refers to are added to the others.
    fn schema(&self, schemas: &mut Schemas) -> Value;

    /// The same values, made into something else.
    fn map<T>(self, make: impl Fn(Self::Output) -> T) -> impl Rule<Output = T>
    where
        Self: Sized,
    {
        Mapped { rule: self, make: move |read| Ok(make(read)) }
    }

    /// The same values, made into something else where they are fit for it.
    fn and_then<T>(self, make: impl Fn(Self::Output) -> Result<T, Problem>) -> impl Rule<Output = T>
    where
        Self: Sized,
    {
        Mapped { rule: self, make }
    }

    /// The same values, with a schema that says more of them.
    fn described(self, schema: impl Fn() -> Value) -> impl Rule<Output = Self::Output>
    where
        Self: Sized,
    {
        rule(schema, move |value, from_text| self.read(value, from_text))
    }
}

struct Mapped<R, F> {
    rule: R,
    make: F,
}

impl<R: Rule, T, F: Fn(R::Output) -> Result<T, Problem>> Rule for Mapped<R, F> {
    type Output = T;
    fn read(&self, value: &Value, from_text: bool) -> Result<T, Problem> {
        (self.make)(self.rule.read(value, from_text)?)
    }
    fn schema(&self, schemas: &mut Schemas) -> Value {
        self.rule.schema(schemas)
    }
}

struct Plain<S, F> {
    schema: S,
    read: F,
}

impl<T, S: Fn() -> Value, F: Fn(&Value, bool) -> Result<T, Problem>> Rule for Plain<S, F> {
    type Output = T;
    fn read(&self, value: &Value, from_text: bool) -> Result<T, Problem> {
        (self.read)(value, from_text)
    }
    fn schema(&self, _: &mut Schemas) -> Value {
        (self.schema)()
    }
}

/// A rule of one's own: the schema of what it takes, and how it reads a value (the flag says whether that comes as text).
pub fn rule<T>(schema: impl Fn() -> Value, read: impl Fn(&Value, bool) -> Result<T, Problem>) -> impl Rule<Output = T> {
    Plain { schema, read }
}

fn wrong_type(wanted: &str) -> Problem {
    Problem::new("wrong_type", format!("must be {wanted}"))
}

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
pub fn texts(most_items: usize, most: usize) -> impl Rule<Output = Vec<String>> {
    rule(
        move || a_text_or_a_list(&json!({"type": "string"}), most_items),
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
        },
    )
}

fn a_text_or_a_list(text: &Value, most_items: usize) -> Value {
    json!({"anyOf": [text, {"type": "array", "items": text, "maxItems": most_items}]})
}

/// A text, or a list of texts that is joined with commas.
pub fn text_or_list(most: usize) -> impl Rule<Output = String> {
    rule(
        move || a_text_or_a_list(&json!({"type": "string", "maxLength": most}), 100),
        move |value, from_text| match value {
            Value::Array(_) => {
                let joined = texts(100, most).read(value, from_text)?.join(", ");
                storable(&joined, most).map(|()| joined)
            }
            _ => any_text(most).read(value, from_text).map_err(|problem| {
                if problem.is_of_type() { wrong_type("a text or a list of texts") } else { problem }
            }),
        },
    )
}

/// A finite number between these bounds.
pub fn number(least: f64, most: f64) -> impl Rule<Output = f64> {
    rule(
        move || json!({"type": "number", "minimum": least, "maximum": most}),
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
        || json!({"anyOf": [{"type": "string", "pattern": r"^[0-9][0-9.]*\s*[KkMmBb]?$"}, {"type": "integer", "minimum": 0, "maximum": count::MOST}]}),
        |value, from_text| match value {
            Value::String(shown) => count::parse(shown)
                .map(|number| (shown.trim().to_ascii_uppercase(), number))
                .ok_or_else(|| Problem::new("wrong_format", "must be a count such as 125K, 1.2M or 950")),
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
                let digits = price.trim().trim_start_matches(['$', '€', '£']).replace(',', "");
                number(0.0, most).read(&Value::String(digits), true)?
            }
            _ => number(0.0, most).read(value, from_text)?,
        };
        if number == 0.0 && !may_be_zero {
            return Err(Problem::new("out_of_range", "must be more than 0"));
        }
        Amount::from_number(number).ok_or_else(|| Problem::new("wrong_format", "must have at most two decimals"))
    })
}

/// A currency, by its code.
pub fn currency() -> impl Rule<Output = Currency> {
    rule(
        || json!({"type": "string", "examples": ["EUR"]}),
        |value, _| {
            let code = value.as_str().ok_or_else(|| wrong_type("a text"))?;
            Currency::parse(code).map_err(|error| Problem::new("unknown_value", error.message().to_owned()))
        },
    )
}

/// An e-mail address, as far as its form can tell.
pub fn email() -> impl Rule<Output = String> {
    rule(
        || json!({"type": "string", "format": "email", "maxLength": 254}),
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
        || json!({"type": "string", "format": "uri", "maxLength": 2048, "pattern": "^https?://"}),
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

struct List<R> {
    most: usize,
    item: R,
}

impl<R: Rule> Rule for List<R> {
    type Output = Vec<R::Output>;

    fn read(&self, value: &Value, from_text: bool) -> Result<Self::Output, Problem> {
        let split;
        let items = match value {
            Value::Array(items) => items,
            Value::String(text) if from_text => {
                split = text.split(',').map(|part| Value::String(part.trim().to_owned())).collect();
                &split
            }
            _ => return Err(wrong_type("a list")),
        };
        if items.len() > self.most {
            return Err(Problem::new("too_long", format!("must have at most {} items", self.most)));
        }
        let mut read = Vec::with_capacity(items.len());
        let mut faults = Vec::new();
        for (index, value) in items.iter().enumerate() {
            match self.item.read(value, from_text) {
                Ok(item) => read.push(item),
                Err(problem) => faults.extend(problem.below(&index.to_string()).faults),
            }
        }
        if faults.is_empty() { Ok(read) } else { Err(Problem { faults }) }
    }

    fn schema(&self, schemas: &mut Schemas) -> Value {
        json!({"type": "array", "items": self.item.schema(schemas), "maxItems": self.most})
    }
}

/// A list in which every item keeps a rule; every item's faults are told. In text, items are set apart by commas.
pub fn list<R: Rule>(most_items: usize, item: R) -> impl Rule<Output = Vec<R::Output>> {
    List { most: most_items, item }
}

struct Word<T>(PhantomData<fn() -> T>);

impl<T: Words + ToSchema> Rule for Word<T> {
    type Output = T;

    fn read(&self, value: &Value, _: bool) -> Result<T, Problem> {
        let name = value.as_str().ok_or_else(|| wrong_type("a text"))?.trim();
        T::parse(name).ok_or_else(|| Problem::new("unknown_value", format!("must be one of {}", T::WORDS.join(", "))))
    }

    fn schema(&self, schemas: &mut Schemas) -> Value {
        reference::<T>(schemas)
    }
}

/// A word of an enumeration, whatever the case.
pub fn word<T: Words + ToSchema>() -> impl Rule<Output = T> {
    Word(PhantomData)
}

struct Nested<T>(PhantomData<fn() -> T>);

impl<T: Input + ToSchema> Rule for Nested<T> {
    type Output = T;

    fn read(&self, value: &Value, from_text: bool) -> Result<T, Problem> {
        Fields::within(value.as_object().ok_or_else(|| wrong_type("an object"))?, from_text)
    }

    fn schema(&self, schemas: &mut Schemas) -> Value {
        reference::<T>(schemas)
    }
}

/// An object that is an input of its own.
pub fn nested<T: Input + ToSchema>() -> impl Rule<Output = T> {
    Nested(PhantomData)
}

/// An object, kept as it is, of up to `most_bytes` of JSON.
pub fn object(most_bytes: usize) -> impl Rule<Output = serde_json::Map<String, Value>> {
    rule(
        || json!({"type": "object", "additionalProperties": true}),
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
        },
    )
}
