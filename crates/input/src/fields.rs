//! How bodies, queries, forms and table rows are read: field by field, so that every fault is told at once.
//!
//! Serde stops at the first fault, and the specification wants all of them. An [`Input`] names its fields and the [rule](crate::rule) of
//! each; the reader collects what breaks them. The same input is read from JSON, where types must be right, and from text
//! (queries, forms, CSV), where a number is its digits.

use kernel::{Error, Fault, Result};
use serde_json::{Map, Value};

use crate::Description;
use crate::rule::{Problem, Rule};

/// Something that can be read out of [`Fields`]. Made by the [derive](derive@crate::Input).
pub trait Input: Sized {
    /// Reads every field before it gives up: `None` is only for a value that cannot be made without a faulty field.
    fn read(fields: &mut Fields) -> Option<Self>;

    /// Tells its fields to whoever documents them.
    fn describe(description: &mut Description) {
        let _ = description;
    }
}

/// The fields of a body, a query, a form or a table row.
pub struct Fields {
    place: &'static str,
    values: Map<String, Value>,
    faults: Vec<Fault>,
    text: bool,
}

#[expect(clippy::needless_pass_by_value, reason = "a rule is made where the field is named, and read once")]
impl Fields {
    /// The fields of a JSON object; anything else is one fault.
    pub fn of_body(body: Value) -> Result<Self> {
        match body {
            Value::Object(values) => Ok(Self { place: "body", values, faults: Vec::new(), text: false }),
            _ => Err(Error::invalid(vec![Fault {
                loc: vec!["body".into()],
                message: "must be a JSON object".into(),
                kind: "wrong_type",
            }])),
        }
    }

    /// Fields that come as text: `place` is `query`, `form` or `row`. An empty text is a field not given.
    pub fn of_text(place: &'static str, pairs: impl IntoIterator<Item = (String, String)>) -> Self {
        let mut fields = Self { place, values: Map::new(), faults: Vec::new(), text: true };
        for (name, value) in pairs {
            if value.trim().is_empty() {
                continue;
            }
            if fields.values.insert(name.clone(), Value::String(value)).is_some() {
                fields.fault(&name, "repeated", "is given twice; give it once");
            }
        }
        fields
    }

    /// Reads an input, or tells every fault.
    pub fn read<T: Input>(mut self) -> Result<T> {
        let input = T::read(&mut self);
        match input {
            Some(input) if self.faults.is_empty() => Ok(input),
            _ if self.faults.is_empty() => Err(Error::internal("an input was not made, and no fault told")),
            _ => Err(Error::invalid(self.faults)),
        }
    }

    /// The fields of an object that stands in a field, read with its rule: its faults are told below that field.
    pub(crate) fn within<T: Input>(object: &Map<String, Value>, text: bool) -> Result<T, Problem> {
        let mut fields = Self { place: "", values: object.clone(), faults: Vec::new(), text };
        match T::read(&mut fields) {
            Some(input) if fields.faults.is_empty() => Ok(input),
            _ => {
                fields.faults.iter_mut().for_each(|fault| drop(fault.loc.remove(0)));
                Err(Problem { faults: fields.faults })
            }
        }
    }

    /// A field that must be there.
    pub fn required<T>(&mut self, name: &str, rule: impl Rule<Output = T>) -> Option<T> {
        self.required_as(&[name], rule)
    }

    /// A field that must be there, under any of these names; faults are told of the first.
    pub fn required_as<T>(&mut self, names: &[&str], rule: impl Rule<Output = T>) -> Option<T> {
        self.required_or(names, "is missing", rule)
    }

    /// A field that must be there, with a message of its own for when it is not.
    pub fn required_or<T>(&mut self, names: &[&str], missing: &str, rule: impl Rule<Output = T>) -> Option<T> {
        if !names.iter().any(|name| self.has(name)) {
            self.fault(names[0], "missing", missing);
            return None;
        }
        self.optional_as(names, rule)
    }

    /// A field that may be missing or null.
    pub fn optional<T>(&mut self, name: &str, rule: impl Rule<Output = T>) -> Option<T> {
        self.optional_as(&[name], rule)
    }

    /// A field that may be missing or null, under any of these names.
    pub fn optional_as<T>(&mut self, names: &[&str], rule: impl Rule<Output = T>) -> Option<T> {
        let (name, value) = self.take_given(names)?;
        self.judge(&name, &value, &rule)
    }

    /// A field of a change: missing is `None` (leave it), null is `Some(None)` (clear it).
    pub fn change<T>(&mut self, name: &str, rule: impl Rule<Output = T>) -> Option<Option<T>> {
        self.change_as(&[name], rule)
    }

    /// A field of a change, under any of these names.
    pub fn change_as<T>(&mut self, names: &[&str], rule: impl Rule<Output = T>) -> Option<Option<T>> {
        let given = names.iter().filter(|name| self.values.contains_key(**name));
        // Whoever clears a field under one name and gives it under another gives it.
        let name = given.clone().find(|name| self.has(name)).or_else(|| given.clone().next())?;
        let value = self.values[*name].clone();
        if value.is_null() { Some(None) } else { self.judge(name, &value, &rule).map(Some) }
    }

    /// A field of a change that cannot be cleared: missing is `None`, null is a fault.
    pub fn change_required<T>(&mut self, names: &[&str], rule: impl Rule<Output = T>) -> Option<T> {
        let changed = self.change_as(names, rule)?;
        if changed.is_none() {
            self.fault(names[0], "wrong_type", "cannot be null; leave it out to keep it as it is");
        }
        changed
    }

    /// Is this field given, and not null?
    pub fn has(&self, name: &str) -> bool {
        self.values.get(name).is_some_and(|value| !value.is_null())
    }

    /// Takes no notice of these fields, whatever is in them.
    pub fn ignore(&mut self, names: &[&str]) {
        for name in names {
            self.values.remove(*name);
        }
    }

    /// The value of a field as it was sent.
    pub fn raw(&self, name: &str) -> Option<&Value> {
        self.values.get(name)
    }

    /// Everything that was sent, to be repeated in the answer.
    pub fn all(&self) -> &Map<String, Value> {
        &self.values
    }

    /// Do the fields come as text (a query, a form, a table row)?
    pub fn is_text(&self) -> bool {
        self.text
    }

    /// Tells a fault that no rule of a single field finds, such as a minimum above the maximum.
    pub fn fault(&mut self, name: &str, kind: &'static str, message: impl Into<String>) {
        let mut loc = vec![self.place.to_owned()];
        loc.extend(name.split('.').map(str::to_owned));
        self.faults.push(Fault { loc, message: message.into(), kind });
    }

    fn take_given(&self, names: &[&str]) -> Option<(String, Value)> {
        names.iter().find(|name| self.has(name)).map(|name| ((*name).to_owned(), self.values[*name].clone()))
    }

    fn judge<T>(&mut self, name: &str, value: &Value, rule: &impl Rule<Output = T>) -> Option<T> {
        match rule.read(value, self.text) {
            Ok(read) => Some(read),
            Err(problem) => {
                let place = || std::iter::once(self.place).chain(name.split('.')).map(str::to_owned);
                self.faults.extend(
                    problem.faults.into_iter().map(|fault| Fault { loc: place().chain(fault.loc).collect(), ..fault }),
                );
                None
            }
        }
    }
}
