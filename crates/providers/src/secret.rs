//! A key that cannot be printed.

use std::fmt;

/// A key or password. Its `Debug` text does not show it, and it has no `Display`.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// A key as it was given, without the white space that a file or a shell leaves around it.
    pub fn new(key: &str) -> Self {
        Self(key.trim().to_owned())
    }

    /// Is there none?
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The key itself, for the header that carries it.
    pub(crate) fn reveal(&self) -> &str {
        &self.0
    }

    /// The text without the key in it.
    pub(crate) fn hide_in(&self, text: &str) -> String {
        if self.is_empty() { text.to_owned() } else { text.replace(&self.0, "[key]") }
    }
}

impl From<&str> for Secret {
    fn from(key: &str) -> Self {
        Self::new(key)
    }
}

impl From<String> for Secret {
    fn from(key: String) -> Self {
        Self::new(&key)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.is_empty() { "Secret(none)" } else { "Secret(set)" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_trimmed_and_never_shown() {
        let key = Secret::from(" sk-1234\n");
        assert_eq!(key.reveal(), "sk-1234");
        assert_eq!(format!("{key:?} {:?}", Secret::default()), "Secret(set) Secret(none)");
        assert_eq!(key.hide_in("the key sk-1234 is wrong"), "the key [key] is wrong");
        assert_eq!(Secret::new("").hide_in("as it was"), "as it was");
    }
}
