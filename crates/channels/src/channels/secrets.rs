//! A channel's secrets: sealed by the house's keys, each for its own place.

use std::collections::BTreeMap;

use kernel::{Error, Kind, Result};
use ports::seal::{Keys, Place};
use serde::{Deserialize, Serialize};

use super::configuration::Secrets;
use super::model::{Channel, ChannelId};

/// Sealed secrets by their names.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Sealed(BTreeMap<String, String>);

impl Sealed {
    /// Is this one set?
    pub fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// The names of those that are set.
    pub fn names(&self) -> Vec<String> {
        self.0.keys().cloned().collect()
    }

    /// Seals one for this channel.
    pub fn set(&mut self, keys: &Keys, channel: ChannelId, name: &str, secret: &str) -> Result<()> {
        let row = row(channel);
        let sealed = keys.seal(Place { row: &row, field: name }, secret)?;
        self.0.insert(name.to_owned(), sealed);
        Ok(())
    }

    /// Puts what was sent onto it. Tells whether anything changed.
    pub fn apply(&mut self, keys: &Keys, channel: ChannelId, sent: &Secrets) -> Result<bool> {
        for (name, value) in &sent.0 {
            match value {
                Some(secret) => self.set(keys, channel, name, secret)?,
                None => drop(self.0.remove(*name)),
            }
        }
        Ok(!sent.0.is_empty())
    }

    /// Seals again what an old key sealed. Tells whether there was any.
    pub fn renew(&mut self, keys: &Keys, channel: ChannelId) -> Result<bool> {
        let row = row(channel);
        let old: Vec<String> =
            self.0.iter().filter(|(_, sealed)| !keys.is_current(sealed)).map(|(name, _)| name.clone()).collect();
        for name in &old {
            let place = Place { row: &row, field: name };
            let secret = keys.open(place, &self.0[name])?;
            self.0.insert(name.clone(), keys.seal(place, &secret)?);
        }
        Ok(!old.is_empty())
    }
}

fn row(channel: ChannelId) -> String {
    format!("channels/{channel}")
}

impl Channel {
    /// One of its secrets, if it is set.
    pub fn secret(&self, keys: &Keys, name: &str) -> Result<Option<String>> {
        let Some(sealed) = self.secrets.0.0.get(name) else { return Ok(None) };
        let row = row(self.id);
        keys.open(Place { row: &row, field: name }, sealed).map(Some)
    }

    /// One that it cannot do without.
    pub fn needed(&self, keys: &Keys, name: &str) -> Result<String> {
        self.secret(keys, name)?.ok_or_else(|| {
            Error::new(Kind::Conflict, format!("The channel has no {name} yet; set it in its configuration"))
        })
    }
}
