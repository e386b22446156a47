//! What is bound to a statement: typed, also when it is absent, so that PostgreSQL never has to guess.

use std::borrow::Cow;

use kernel::{Id, Money, Platform, Timestamp};
use uuid::Uuid;

/// One argument of a statement. `None` is a NULL of that type.
#[derive(Clone, PartialEq, Debug)]
pub enum Value {
    /// A `BOOLEAN`.
    Bool(Option<bool>),
    /// A `BIGINT`: numbers, [`Timestamp`]s and [`Money`].
    Int(Option<i64>),
    /// A `DOUBLE PRECISION`.
    Float(Option<f64>),
    /// A `TEXT`.
    Text(Option<String>),
    /// `{bytes}`: `BLOB` on SQLite, `BYTEA` on PostgreSQL.
    Bytes(Option<Vec<u8>>),
    /// An `{id}`: `BLOB` of 16 on SQLite, `UUID` on PostgreSQL.
    Uuid(Option<Uuid>),
}

/// The arguments of a statement, `$1` first: `args![id, name, &text, Some(3), None::<i64>]`.
#[macro_export]
macro_rules! args {
    ($($value:expr),* $(,)?) => { ::std::vec![$($crate::Value::from($value)),*] };
}

macro_rules! values {
    ($($from:ty => $variant:ident, |$it:pat_param| $into:expr;)*) => {$(
        impl From<$from> for Value {
            fn from($it: $from) -> Self {
                Self::$variant(Some($into))
            }
        }
        impl From<Option<$from>> for Value {
            fn from(value: Option<$from>) -> Self {
                Self::$variant(value.map(|$it| $into))
            }
        }
    )*};
}

values! {
    bool => Bool, |it| it;
    i64 => Int, |it| it;
    i32 => Int, |it| it.into();
    u32 => Int, |it| it.into();
    u16 => Int, |it| it.into();
    u8 => Int, |it| it.into();
    // No column holds more: what is beyond is kept as the most there is.
    u64 => Int, |it| i64::try_from(it).unwrap_or(i64::MAX);
    usize => Int, |it| i64::try_from(it).unwrap_or(i64::MAX);
    f64 => Float, |it| it;
    f32 => Float, |it| it.into();
    String => Text, |it| it;
    &String => Text, |it| it.clone();
    &str => Text, |it| it.to_owned();
    Cow<'_, str> => Text, |it| it.into_owned();
    Vec<u8> => Bytes, |it| it;
    &Vec<u8> => Bytes, |it| it.clone();
    &[u8] => Bytes, |it| it.to_vec();
    Uuid => Uuid, |it| it;
    Timestamp => Int, |it| it.micros();
    Money => Int, |it| it.minor();
    Platform => Text, |it| it.name().to_owned();
}

impl<T> From<Id<T>> for Value {
    fn from(id: Id<T>) -> Self {
        Self::Uuid(Some(id.uuid()))
    }
}

impl<T> From<Option<Id<T>>> for Value {
    fn from(id: Option<Id<T>>) -> Self {
        Self::Uuid(id.map(Id::uuid))
    }
}

impl From<&Option<String>> for Value {
    fn from(text: &Option<String>) -> Self {
        Self::Text(text.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn absent_values_keep_their_type() {
        let id: Option<kernel::CreatorId> = None;
        assert_eq!(
            args![None::<i64>, None::<&str>, id, None::<Money>, u64::MAX, 7_u8, "a"],
            vec![
                Value::Int(None),
                Value::Text(None),
                Value::Uuid(None),
                Value::Int(None),
                Value::Int(Some(i64::MAX)),
                Value::Int(Some(7)),
                Value::Text(Some("a".into())),
            ]
        );
    }
}
