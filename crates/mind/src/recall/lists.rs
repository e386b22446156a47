//! Lists of words and phrases that are looked up often, written as one line each.

use std::collections::HashSet;
use std::sync::OnceLock;

/// A set of folded words.
pub(super) struct Words {
    text: &'static str,
    set: OnceLock<HashSet<&'static str, foldhash::fast::FixedState>>,
}

impl Words {
    /// Of words with one space between.
    pub(super) const fn new(text: &'static str) -> Self {
        Self { text, set: OnceLock::new() }
    }

    pub(super) fn has(&self, word: &str) -> bool {
        self.set.get_or_init(|| self.text.split(' ').collect()).contains(word)
    }
}

/// Phrases that are looked for in a text of folded words, one space between and one at either end.
pub(super) struct Phrases {
    text: &'static str,
    list: OnceLock<Vec<String>>,
}

impl Phrases {
    /// Of phrases with `|` between.
    pub(super) const fn new(text: &'static str) -> Self {
        Self { text, list: OnceLock::new() }
    }

    fn list(&self) -> &[String] {
        self.list.get_or_init(|| self.text.split('|').map(|phrase| format!(" {phrase} ")).collect())
    }

    pub(super) fn within(&self, padded: &str) -> bool {
        self.list().iter().any(|phrase| padded.contains(phrase.as_str()))
    }

    pub(super) fn opens(&self, padded: &str) -> bool {
        self.list().iter().any(|phrase| padded.starts_with(phrase.as_str()))
    }
}
