//! What is bound to a statement: typed, also when it is absent, so that PostgreSQL never has to guess.

use std::borrow::Cow;

use kernel::{Amount, Currency, Day, Id, Money, Platform, Timestamp, UserType, Words, WorkspaceRole};
use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use crate::row::unfit;
use crate::{Cell, FromColumn};

/// One argument of a statement. `None` is a NULL of that type.
#[derive(Clone, PartialEq, Debug)]
pub enum Value {
    /// A `BOOLEAN`.
    Bool(Option<bool>),
    /// A `BIGINT`: numbers, [`Timestamp`]s and amounts (the currency of [`Money`] stands in a column of its own).
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

/// What can stand in a column, and so be an argument of a statement. The other half of [`FromColumn`](crate::FromColumn).
pub trait ToColumn {
    /// It as a value.
    fn to_value(&self) -> Value;
    /// The same where it is not needed afterwards.
    fn into_value(self) -> Value
    where
        Self: Sized,
    {
        self.to_value()
    }
    /// The NULL of such a column.
    fn null() -> Value;
}

impl<T: ToColumn> From<T> for Value {
    fn from(it: T) -> Self {
        it.into_value()
    }
}

impl<T: ToColumn + ?Sized> ToColumn for &T {
    fn to_value(&self) -> Value {
        T::to_value(self)
    }
    fn null() -> Value {
        T::null()
    }
}

impl<T: ToColumn> ToColumn for Option<T> {
    fn to_value(&self) -> Value {
        self.as_ref().map_or_else(T::null, T::to_value)
    }
    fn into_value(self) -> Value {
        self.map_or_else(T::null, T::into_value)
    }
    fn null() -> Value {
        T::null()
    }
}

macro_rules! columns {
    ($($from:ty => $variant:ident, |$it:pat_param| $value:expr;)*) => {$(
        impl ToColumn for $from {
            fn to_value(&self) -> Value {
                let $it = self;
                Value::$variant(Some($value))
            }
            fn null() -> Value {
                Value::$variant(None)
            }
        }
    )*};
}

columns! {
    bool => Bool, |it| *it;
    i64 => Int, |it| *it;
    i32 => Int, |it| i64::from(*it);
    u32 => Int, |it| i64::from(*it);
    u16 => Int, |it| i64::from(*it);
    u8 => Int, |it| i64::from(*it);
    // No column holds more: what is beyond is kept as the most there is.
    u64 => Int, |it| i64::try_from(*it).unwrap_or(i64::MAX);
    usize => Int, |it| i64::try_from(*it).unwrap_or(i64::MAX);
    f64 => Float, |it| *it;
    f32 => Float, |it| f64::from(*it);
    str => Text, |it| it.to_owned();
    Cow<'_, str> => Text, |it| it.clone().into_owned();
    [u8] => Bytes, |it| it.to_vec();
    Uuid => Uuid, |it| *it;
    Timestamp => Int, |it| it.micros();
    Day => Int, |it| it.0;
    Amount => Int, |it| it.minor();
    Money => Int, |it| it.minor();
    Currency => Text, |it| it.code().to_owned();
}

impl ToColumn for String {
    fn to_value(&self) -> Value {
        Value::Text(Some(self.clone()))
    }
    fn into_value(self) -> Value {
        Value::Text(Some(self))
    }
    fn null() -> Value {
        Value::Text(None)
    }
}

impl ToColumn for Vec<u8> {
    fn to_value(&self) -> Value {
        Value::Bytes(Some(self.clone()))
    }
    fn into_value(self) -> Value {
        Value::Bytes(Some(self))
    }
    fn null() -> Value {
        Value::Bytes(None)
    }
}

impl<T> ToColumn for Id<T> {
    fn to_value(&self) -> Value {
        Value::Uuid(Some(self.uuid()))
    }
    fn null() -> Value {
        Value::Uuid(None)
    }
}

/// Something that is stored as the JSON of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Json<T>(pub T);

impl<T: DeserializeOwned> FromColumn for Json<T> {
    fn from_cell(cell: Cell<'_>) -> Result<Self, String> {
        match cell {
            Cell::Text(text) => serde_json::from_str(text).map(Self).map_err(|error| error.to_string()),
            other => unfit(other),
        }
    }
}

impl<T: Serialize> ToColumn for Json<T> {
    fn to_value(&self) -> Value {
        // What is stored is made of texts, numbers and lists of them, which can always be written as JSON.
        Value::Text(Some(serde_json::to_string(&self.0).unwrap_or_else(|_| "null".to_owned())))
    }
    fn null() -> Value {
        Value::Text(None)
    }
}

macro_rules! kernel_words {
    ($($of:ty),*) => {$(
        impl FromColumn for $of {
            fn from_cell(cell: Cell<'_>) -> Result<Self, String> {
                word_of(cell, stringify!($of))
            }
        }
        impl ToColumn for $of {
            fn to_value(&self) -> Value {
                self.word().to_value()
            }
            fn null() -> Value {
                Value::Text(None)
            }
        }
    )*};
}
kernel_words!(Platform, UserType, WorkspaceRole);

/// Reads a word of an enum: one that it does not have is an error.
#[doc(hidden)]
pub fn word_of<T: Words>(cell: Cell<'_>, what: &str) -> Result<T, String> {
    match cell {
        Cell::Text(word) => {
            T::parse(word).ok_or_else(|| format!("{:?} is no {what}", word.chars().take(40).collect::<String>()))
        }
        other => unfit(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn absent_values_keep_their_type() {
        let id: Option<kernel::CreatorId> = None;
        assert_eq!(
            args![None::<i64>, None::<&str>, id, None::<Amount>, u64::MAX, 7_u8, "a"],
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
