//! Settings come as variables: read one by one, all faults told together.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::str::FromStr;

use crate::{Error, Fault, Kind, Result};

/// Reads variables and gathers what is wrong with them.
pub struct Variables<'a> {
    variables: &'a BTreeMap<String, String>,
    faults: Vec<Fault>,
}

impl<'a> Variables<'a> {
    /// Reads these.
    pub const fn new(variables: &'a BTreeMap<String, String>) -> Self {
        Self { variables, faults: Vec::new() }
    }

    /// Every variable as it stands.
    pub fn all(&self) -> impl Iterator<Item = (&'a str, &'a str)> + use<'a> {
        self.variables.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Is anything wrong? Then one message that lists every fault.
    pub fn finish(self) -> Result<()> {
        if self.faults.is_empty() {
            return Ok(());
        }
        let lines: Vec<String> =
            self.faults.iter().map(|fault| format!("  {} {}", fault.loc.join("."), fault.message)).collect();
        Err(Error::new(Kind::Invalid, format!("these settings make no sense:\n{}", lines.join("\n"))))
    }

    /// A secret: at least 16 characters long.
    pub fn secret(&mut self, name: &str) -> Option<String> {
        let text = self.text(name)?;
        if text.len() < 16 {
            self.fault(name, "must have at least 16 characters, or it can be guessed");
        }
        Some(text)
    }

    /// A switch: on, off, true, false, 1 or 0.
    pub fn switch(&mut self, name: &str, usual: bool) -> bool {
        const SWITCH: [(&str, bool); 6] =
            [("on", true), ("off", false), ("true", true), ("false", false), ("1", true), ("0", false)];
        self.word(name, &SWITCH, usual)
    }
}

impl Variables<'_> {
    /// The text of a variable; an empty one is none.
    pub fn text(&self, name: &str) -> Option<String> {
        self.variables.get(name).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty())
    }

    /// Tells that a variable makes no sense. The message goes on after its name: "must be …".
    pub fn fault(&mut self, name: &str, message: impl Into<String>) {
        self.faults.push(Fault { loc: vec![name.into()], message: message.into(), kind: "setting" });
    }

    /// A whole number within bounds; `usual` if there is none.
    pub fn number<T: FromStr + PartialOrd + Display + Copy>(&mut self, name: &str, usual: T, least: T, most: T) -> T {
        let Some(text) = self.text(name) else { return usual };
        match text.parse() {
            Ok(number) if number >= least && number <= most => number,
            _ => {
                self.fault(name, format!("must be a whole number from {least} to {most}, not {text}"));
                usual
            }
        }
    }

    /// One of these words, without regard to case.
    pub fn word<T: Copy>(&mut self, name: &str, words: &[(&str, T)], usual: T) -> T {
        let Some(text) = self.text(name) else { return usual };
        let found = words.iter().find(|(word, _)| word.eq_ignore_ascii_case(&text));
        if found.is_none() {
            let listed: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
            self.fault(name, format!("must be one of {}, not {text}", listed.join(", ")));
        }
        found.map_or(usual, |(_, value)| *value)
    }

    /// An address that begins with http:// or https://.
    pub fn web_address(&mut self, name: &str) -> Option<String> {
        let text = self.text(name)?;
        if text.starts_with("http://") || text.starts_with("https://") {
            return Some(text);
        }
        self.fault(name, format!("must begin with http:// or https://, not {text}"));
        None
    }
}
