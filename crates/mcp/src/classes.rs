//! What each operation is to an assistant. The one list is `classes.txt`.

use std::collections::HashMap;

use axum::http::Method;

/// The list: see its head.
pub const LIST: &str = include_str!("classes.txt");

/// What an operation is to an assistant.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Class {
    /// It changes nothing.
    Reads,
    /// It writes, and happens at once: nobody else is reached, and nothing is lost.
    Safe,
    /// It is shown first, and happens on the second call.
    Act,
    /// It is not for assistants.
    Never,
}

/// The classes of all operations.
#[derive(Clone, Debug)]
pub struct Classes(HashMap<(Method, &'static str), Class>);

impl Classes {
    /// Reads the list.
    pub fn listed() -> Self {
        let rows = LIST.lines().filter(|line| !line.starts_with('#')).filter_map(|line| {
            let mut words = line.split_whitespace();
            let class = match words.next()? {
                "reads" => Class::Reads,
                "safe" => Class::Safe,
                "act" => Class::Act,
                _ => Class::Never,
            };
            Some(((words.next()?.parse().ok()?, words.next()?), class))
        });
        Self(rows.collect())
    }

    /// Those that are listed.
    pub fn all(&self) -> impl Iterator<Item = (&Method, &'static str, Class)> {
        self.0.iter().map(|((method, path), class)| (method, *path, *class))
    }

    /// The class of an operation. What is not listed reads, or is an act.
    pub fn of(&self, method: &Method, path: &str) -> Class {
        let listed = self.0.iter().find(|((own, known), _)| own == method && *known == path);
        let unlisted = if method.is_safe() { Class::Reads } else { Class::Act };
        listed.map_or(unlisted, |(_, class)| *class)
    }
}
