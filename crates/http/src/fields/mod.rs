//! How bodies, queries, forms and table rows are read: field by field, so that every fault is told at once.
//!
//! Serde stops at the first fault, and the specification wants all of them. An [`Input`] names its fields and the [`rule`] of
//! each; the reader collects what breaks them. The same input is read from JSON, where types must be right, and from text
//! (queries, forms, CSV), where a number is its digits.

mod extract;
pub mod rule;

pub use extract::{Body, Params, read_form, read_query};
use kernel::{Error, Fault, Result};
use serde_json::{Map, Value};

use self::rule::{Problem, Rule};

/// Something that can be read out of [`Fields`].
pub trait Input: Sized {
    /// Reads every field before it gives up: `None` is only for a value that cannot be made without a faulty field.
    fn read(fields: &mut Fields) -> Option<Self>;
}

/// The fields of a body, a query, a form or a table row.
pub struct Fields {
    place: &'static str,
    values: Map<String, Value>,
    faults: Vec<Fault>,
    text: bool,
}

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

    /// A field that must be there.
    pub fn required<T>(&mut self, name: &str, rule: impl Rule<T>) -> Option<T> {
        self.required_as(&[name], rule)
    }

    /// A field that must be there, under any of these names; faults are told of the first.
    pub fn required_as<T>(&mut self, names: &[&str], rule: impl Rule<T>) -> Option<T> {
        if self.take_given(names).is_none() {
            self.fault(names[0], "missing", "is missing");
            return None;
        }
        self.optional_as(names, rule)
    }

    /// A field that may be missing or null.
    pub fn optional<T>(&mut self, name: &str, rule: impl Rule<T>) -> Option<T> {
        self.optional_as(&[name], rule)
    }

    /// A field that may be missing or null, under any of these names.
    pub fn optional_as<T>(&mut self, names: &[&str], rule: impl Rule<T>) -> Option<T> {
        let (name, value) = self.take_given(names)?;
        self.judge(&name, &value, rule)
    }

    /// A field of a change: missing is `None` (leave it), null is `Some(None)` (clear it).
    pub fn change<T>(&mut self, name: &str, rule: impl Rule<T>) -> Option<Option<T>> {
        self.change_as(&[name], rule)
    }

    /// A field of a change, under any of these names.
    pub fn change_as<T>(&mut self, names: &[&str], rule: impl Rule<T>) -> Option<Option<T>> {
        let given = names.iter().filter(|name| self.values.contains_key(**name));
        // Whoever clears a field under one name and gives it under another gives it.
        let name = given.clone().find(|name| self.has(name)).or_else(|| given.clone().next())?;
        let value = self.values[*name].clone();
        if value.is_null() { Some(None) } else { self.judge(name, &value, rule).map(Some) }
    }

    /// A field of a change that cannot be cleared: missing is `None`, null is a fault.
    pub fn change_required<T>(&mut self, names: &[&str], rule: impl Rule<T>) -> Option<T> {
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

    fn judge<T>(&mut self, name: &str, value: &Value, rule: impl Rule<T>) -> Option<T> {
        match rule(value, self.text) {
            Ok(read) => Some(read),
            Err(Problem { kind, message, below }) => {
                let name = below.map_or_else(|| name.to_owned(), |below| format!("{name}.{below}"));
                self.fault(&name, kind, message);
                None
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[derive(Debug)]
    struct Sample {
        name: String,
        budget: f64,
    }

    impl Input for Sample {
        fn read(fields: &mut Fields) -> Option<Self> {
            let name = fields.required_as(&["name", "title"], rule::text(10));
            let budget = fields.optional("budget", rule::number(0.0, 100.0));
            fields.optional("count", rule::whole(1, 5));
            Some(Self { name: name?, budget: budget.unwrap_or(1.0) })
        }
    }

    #[test]
    fn tells_every_fault_at_once() {
        let error = Fields::of_body(json!({"name": ["x"], "budget": -5, "count": 2.5})).unwrap().read::<Sample>();
        let error = error.unwrap_err();
        let told: Vec<_> = error.faults().iter().map(|fault| (fault.loc[1].as_str(), fault.kind)).collect();
        assert_eq!(told, [("name", "wrong_type"), ("budget", "out_of_range"), ("count", "wrong_type")]);
        let error = Fields::of_body(json!({})).unwrap().read::<Sample>().unwrap_err();
        assert_eq!(error.faults()[0].kind, "missing");
        assert!(Fields::of_body(json!([1])).is_err());
    }

    #[test]
    fn reads_text_and_other_names() {
        let pairs = [("title", "Ana"), ("budget", "7.5"), ("count", "")].map(|(k, v)| (k.to_owned(), v.to_owned()));
        let sample = Fields::of_text("query", pairs).read::<Sample>().unwrap();
        assert_eq!((sample.name.as_str(), sample.budget), ("Ana", 7.5));
    }
}
