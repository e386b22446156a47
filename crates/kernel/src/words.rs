//! Enums that stand in a column and on the wire, each value as one word.

/// A fieldless enum whose values are words. Made by the derive of the same name; generic code (a rule that reads a request, a column, a
/// schema) asks for this and needs to know nothing else of the type.
pub trait Words: Copy + 'static {
    /// Every value, in the order in which it is declared.
    const ALL: &'static [Self];
    /// The word of each value, in the same order: what is written, and what the schema lists.
    const WORDS: &'static [&'static str];
    /// Other spellings that are read and never written.
    const ALSO: &'static [(&'static str, Self)] = &[];

    /// How this value is written.
    fn word(self) -> &'static str;

    /// Which value a text means, whatever its case and whatever joins its words: `In Progress` is `in_progress`.
    fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let written = Self::ALL.iter().copied().find(|value| alike(value.word(), text));
        written.or_else(|| Self::ALSO.iter().find(|(word, _)| alike(word, text)).map(|(_, value)| *value))
    }
}

/// Are these the same word, but for case and for what joins its parts (space, hyphen or underscore)?
fn alike(one: &str, other: &str) -> bool {
    let folded = |byte: u8| if matches!(byte, b' ' | b'-') { b'_' } else { byte.to_ascii_lowercase() };
    one.bytes().map(folded).eq(other.bytes().map(folded))
}

/// What `derive(Words)` writes code for.
#[doc(hidden)]
pub mod made {
    use std::borrow::Cow;

    use serde::de::{Deserialize as _, Error as _};
    use utoipa::openapi::schema::{ObjectBuilder, Type};
    use utoipa::openapi::{RefOr, Schema};
    pub use {serde, utoipa};

    use super::Words;

    /// Reads the word of a value.
    pub fn read<'de, T: Words, D: serde::Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
        let text = Cow::<'de, str>::deserialize(deserializer)?;
        T::parse(&text).ok_or_else(|| D::Error::unknown_variant(&text, T::WORDS))
    }

    /// The schema of some words.
    pub fn schema(words: &[&'static str], description: &str) -> RefOr<Schema> {
        let object = ObjectBuilder::new().schema_type(Type::String).enum_values(Some(words.iter().copied()));
        object.description((!description.is_empty()).then_some(description)).into()
    }
}

/// Names the schema of a text that is one of some words, where the code has no enum of them:
/// `word_schema!(MatchStatus, "How well the two fit.", "high" | "medium" | "low");`. A field of that type is described by
/// `#[schema(value_type = MatchStatus)]`.
#[macro_export]
macro_rules! word_schema {
    ($vis:vis $name:ident, $description:literal, $($word:literal)|+) => {
        #[doc = $description]
        $vis struct $name;

        impl $crate::words::made::utoipa::PartialSchema for $name {
            fn schema() -> $crate::words::made::utoipa::openapi::RefOr<$crate::words::made::utoipa::openapi::Schema> {
                $crate::words::made::schema(&[$($word),+], $description)
            }
        }

        impl $crate::words::made::utoipa::ToSchema for $name {}
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Clone, Copy, PartialEq, Debug)]
    enum Answer {
        Yes,
        NotYet,
    }

    impl Words for Answer {
        const ALL: &'static [Self] = &[Self::Yes, Self::NotYet];
        const WORDS: &'static [&'static str] = &["yes", "not_yet"];
        const ALSO: &'static [(&'static str, Self)] = &[("later", Self::NotYet)];

        fn word(self) -> &'static str {
            Self::WORDS[self as usize]
        }
    }

    #[test]
    fn form_does_not_matter_and_meaning_does() {
        for (text, is) in [
            ("yes", Some(Answer::Yes)),
            (" YES ", Some(Answer::Yes)),
            ("Not yet", Some(Answer::NotYet)),
            ("not-yet", Some(Answer::NotYet)),
            ("LATER", Some(Answer::NotYet)),
            ("notyet", None),
            ("yes yes", None),
            ("", None),
        ] {
            assert_eq!(Answer::parse(text), is, "{text}");
        }
    }
}
