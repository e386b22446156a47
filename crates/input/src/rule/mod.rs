//! The rules of single fields: what is taken, what is said of the rest, and the schema that tells it beforehand.

mod lists;
mod values;

pub use lists::*;
pub use values::*;

use kernel::Fault;
use serde_json::Value;

use crate::describe::Schemas;

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
