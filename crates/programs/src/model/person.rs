//! What a step knows of the member that it is about.

use audience::Channel;
use audience::text::names;
use jiff::tz::TimeZone;
use kernel::{Timestamp, time};
use serde_json::{Map, Value};

use super::text::Values;

/// A member, as a step looks at one. The profile and the tags change while a step goes on, as its effects do.
#[derive(Clone, Debug)]
pub struct Person {
    /// Their name, if it is known.
    pub name: Option<String>,
    /// Their profile.
    pub profile: Map<String, Value>,
    /// Their tags, as they are written.
    pub tags: Vec<String>,
    /// Their channel.
    pub channel: Channel,
    /// Their language, if it is known.
    pub language: Option<String>,
    /// The zone that their days are of.
    pub zone: TimeZone,
    /// Their engagement score, from 0 to 1, if there is one.
    pub score: Option<f64>,
    /// When they did something last, or were added.
    pub active_at: Timestamp,
    /// Now.
    pub now: Timestamp,
    /// What they wrote last, if it is known.
    pub last_message: Option<String>,
    /// What the program is called.
    pub program_name: String,
}

impl Person {
    /// For how many hours they have done nothing.
    pub fn inactive_hours(&self) -> Option<f64> {
        let passed = self.now.micros().saturating_sub(self.active_at.micros()).max(0);
        Some(passed as f64 / time::HOUR as f64)
    }

    /// What fills variables, together with what was answered.
    pub fn values(&self, answers: &Map<String, Value>) -> Values {
        let name = self.name.as_deref().map(str::trim).filter(|name| !name.is_empty());
        let told = [
            ("program_name", Some(self.program_name.clone())),
            ("channel", Some(self.channel.word().to_owned())),
            ("language", self.language.clone()),
            ("timezone", self.zone.iana_name().map(str::to_owned)),
            ("last_message", self.last_message.clone()),
        ];
        let told = told.into_iter().filter_map(|(name, value)| Some((name, value?)));
        let own =
            names(name).into_iter().chain(told).map(|(name, value)| (name.to_owned(), Value::from(value))).collect();
        Values { own, profile: self.profile.clone(), answers: answers.clone() }
    }
}
