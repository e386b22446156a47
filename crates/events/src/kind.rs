//! Events as lists know them.

use std::collections::BTreeMap;
use std::fmt;

use kernel::{Error, Result};
use serde_json::Value;

use crate::Event;

/// A kind of event. A slice lists its own in `EVENTS`, and the server has the list of all.
#[derive(Clone, Copy)]
pub struct Kind {
    /// Its name: `contract.signed`.
    pub name: &'static str,
    /// What it means.
    pub about: &'static str,
    /// The field of the payload that has the subject's id.
    pub subject: &'static str,
    schema: fn() -> Result<Value>,
    round_trip: fn(Value) -> Result<Value>,
}

impl fmt::Debug for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

impl Kind {
    /// The kind of these events.
    pub const fn of<E: Event>() -> Self {
        Self {
            name: E::NAME,
            about: E::ABOUT,
            subject: E::SUBJECT,
            schema: schema::<E>,
            round_trip: |payload| {
                let event: E = serde_json::from_value(payload).map_err(Error::internal)?;
                serde_json::to_value(event).map_err(Error::internal)
            },
        }
    }

    /// The JSON schema of its payload, which refers to nothing outside of itself.
    pub fn schema(&self) -> Result<Value> {
        (self.schema)()
    }

    /// The payload as it is after it was read and written once more; a fault where it is none.
    pub fn round_trip(&self, payload: Value) -> Result<Value> {
        (self.round_trip)(payload)
    }
}

fn schema<E: Event>() -> Result<Value> {
    let mut parts = Vec::new();
    E::schemas(&mut parts);
    let named = parts.into_iter().map(|(name, part)| Ok((name, serde_json::to_value(part).map_err(Error::internal)?)));
    let named = named.collect::<Result<BTreeMap<String, Value>>>()?;
    let mut schema = serde_json::to_value(E::schema()).map_err(Error::internal)?;
    put_in(&mut schema, &named);
    Ok(schema)
}

/// Puts what is referred to in the place of the reference, and keeps what is said beside it.
fn put_in(schema: &mut Value, named: &BTreeMap<String, Value>) {
    let name = schema["$ref"].as_str().and_then(|path| path.rsplit('/').next());
    if let Some(part) = name.and_then(|name| named.get(name)) {
        let mut part = part.clone();
        if let (Value::Object(part), Value::Object(said)) = (&mut part, &*schema) {
            part.extend(said.iter().filter(|(key, _)| *key != "$ref").map(|(key, value)| (key.clone(), value.clone())));
        }
        *schema = part;
        return put_in(schema, named);
    }
    match schema {
        Value::Object(parts) => parts.values_mut().for_each(|part| put_in(part, named)),
        Value::Array(parts) => parts.iter_mut().for_each(|part| put_in(part, named)),
        _ => {}
    }
}
