//! Rows, and how their columns become values of ours: one decoding for both engines.

use kernel::{Amount, Currency, Day, Error, Id, Result, Timestamp};
use sqlx::postgres::PgRow;
use sqlx::{Column as _, Decode, Row as _, ValueRef as _};
use uuid::Uuid;

/// One row of an answer.
pub struct Row<'r>(pub(crate) RawRow<'r>);

pub(crate) enum RawRow<'r> {
    Sqlite(&'r rusqlite::Row<'r>),
    Postgres(&'r PgRow),
}

/// One column of a row, before it is known what is wanted of it.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Cell<'r> {
    /// NULL.
    Null,
    /// A BOOLEAN of PostgreSQL; SQLite has whole numbers only.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A floating-point number.
    Float(f64),
    /// Text.
    Text(&'r str),
    /// Bytes; an id on SQLite.
    Bytes(&'r [u8]),
    /// An id on PostgreSQL.
    Uuid(Uuid),
}

/// What a column can become.
pub trait FromColumn: Sized {
    /// Takes the cell for a value of this type, or says in a few words why not.
    fn from_cell(cell: Cell<'_>) -> std::result::Result<Self, String>;
}

/// What a row, or some neighbouring columns of it, can become. Made by the derive [`Row`](derive@crate::Row), tuples
/// (`fetch_all::<(CreatorRow, i64)>`) and every [`FromColumn`].
pub trait FromRow: Sized {
    /// How many columns it takes.
    const WIDTH: usize;
    /// Reads it from the columns `at`, `at + 1`, …
    fn from_row_at(row: &Row<'_>, at: usize) -> Result<Self>;
}

/// A column by its place (`0`) or by its name (`"total"`).
pub trait ColumnIndex: Copy {
    /// Its place in this row, if it is there.
    fn place(self, row: &Row<'_>) -> Option<usize>;
    /// How the log calls it.
    fn name(self) -> String;
}

impl ColumnIndex for usize {
    fn place(self, row: &Row<'_>) -> Option<usize> {
        (self < row.len()).then_some(self)
    }
    fn name(self) -> String {
        self.to_string()
    }
}

impl ColumnIndex for &str {
    fn place(self, row: &Row<'_>) -> Option<usize> {
        match &row.0 {
            RawRow::Sqlite(row) => row.as_ref().column_index(self).ok(),
            RawRow::Postgres(row) => row.columns().iter().position(|column| column.name() == self),
        }
    }
    fn name(self) -> String {
        self.to_owned()
    }
}

impl Row<'_> {
    /// The value in this column.
    pub fn get<T: FromColumn>(&self, index: impl ColumnIndex) -> Result<T> {
        let cell = match index.place(self) {
            Some(place) => self.cell(place),
            None => Err("there is no such column".to_owned()),
        };
        cell.and_then(T::from_cell).map_err(|why| {
            Error::internal(format!("column {} is not a {}: {why}", index.name(), std::any::type_name::<T>()))
        })
    }

    /// How many columns it has.
    pub fn len(&self) -> usize {
        match &self.0 {
            RawRow::Sqlite(row) => row.as_ref().column_count(),
            RawRow::Postgres(row) => row.len(),
        }
    }

    /// Has it no columns at all?
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What stands at this place, which must be there.
    fn cell(&self, place: usize) -> std::result::Result<Cell<'_>, String> {
        match &self.0 {
            RawRow::Sqlite(row) => sqlite_cell(row, place),
            RawRow::Postgres(row) => postgres_cell(row, place),
        }
        .map_err(|error| error.to_string())
    }
}

type Fault = Box<dyn std::error::Error + Send + Sync>;

fn sqlite_cell<'r>(row: &'r rusqlite::Row<'_>, place: usize) -> std::result::Result<Cell<'r>, Fault> {
    use rusqlite::types::ValueRef;
    Ok(match row.get_ref(place)? {
        ValueRef::Null => Cell::Null,
        ValueRef::Integer(value) => Cell::Int(value),
        ValueRef::Real(value) => Cell::Float(value),
        ValueRef::Text(value) => Cell::Text(std::str::from_utf8(value)?),
        ValueRef::Blob(value) => Cell::Bytes(value),
    })
}

fn postgres_cell(row: &PgRow, place: usize) -> std::result::Result<Cell<'_>, Fault> {
    use sqlx::Postgres;
    let value = row.try_get_raw(place)?;
    if value.is_null() {
        return Ok(Cell::Null);
    }
    // The numbers are PostgreSQL's own object ids of its built-in types (pg_type.dat).
    let kind = value.type_info().oid().map_or(0, |oid| oid.0);
    Ok(match kind {
        16 => Cell::Bool(<bool as Decode<Postgres>>::decode(value)?),
        17 => Cell::Bytes(<&[u8] as Decode<Postgres>>::decode(value)?),
        20 => Cell::Int(<i64 as Decode<Postgres>>::decode(value)?),
        21 => Cell::Int(<i16 as Decode<Postgres>>::decode(value)?.into()),
        23 => Cell::Int(<i32 as Decode<Postgres>>::decode(value)?.into()),
        700 => Cell::Float(<f32 as Decode<Postgres>>::decode(value)?.into()),
        701 => Cell::Float(<f64 as Decode<Postgres>>::decode(value)?),
        2950 => Cell::Uuid(<Uuid as Decode<Postgres>>::decode(value)?),
        // TEXT, VARCHAR, BPCHAR, NAME, JSON
        25 | 1043 | 1042 | 19 | 114 => Cell::Text(value.as_str()?),
        1700 => return Err("PostgreSQL answers NUMERIC: cast it, CAST(sum(x) AS BIGINT)".into()),
        _ => Cell::Bytes(value.as_bytes()?),
    })
}

pub(crate) fn unfit<T>(cell: Cell<'_>) -> std::result::Result<T, String> {
    // The value itself stays out of the log: it may be somebody's.
    Err(match cell {
        Cell::Null => "it is NULL",
        Cell::Bool(_) => "it is a boolean",
        Cell::Int(_) => "it is a whole number",
        Cell::Float(_) => "it is a float",
        Cell::Text(_) => "it is text",
        Cell::Bytes(_) => "it is bytes",
        Cell::Uuid(_) => "it is an id",
    }
    .to_owned())
}

impl FromColumn for bool {
    fn from_cell(cell: Cell<'_>) -> std::result::Result<Self, String> {
        match cell {
            Cell::Bool(value) => Ok(value),
            Cell::Int(value @ (0 | 1)) => Ok(value == 1),
            other => unfit(other),
        }
    }
}

impl FromColumn for i64 {
    fn from_cell(cell: Cell<'_>) -> std::result::Result<Self, String> {
        match cell {
            Cell::Int(value) => Ok(value),
            other => unfit(other),
        }
    }
}

macro_rules! narrower {
    ($($to:ty),*) => {$(
        impl FromColumn for $to {
            fn from_cell(cell: Cell<'_>) -> std::result::Result<Self, String> {
                Self::try_from(i64::from_cell(cell)?).map_err(|_| "the number is out of range".to_owned())
            }
        }
    )*};
}
narrower!(u64, u32, i32, u16, u8, usize);

impl FromColumn for f64 {
    fn from_cell(cell: Cell<'_>) -> std::result::Result<Self, String> {
        match cell {
            Cell::Float(value) => Ok(value),
            Cell::Int(value) => Ok(value as Self),
            other => unfit(other),
        }
    }
}

impl FromColumn for String {
    fn from_cell(cell: Cell<'_>) -> std::result::Result<Self, String> {
        match cell {
            Cell::Text(value) => Ok(value.to_owned()),
            other => unfit(other),
        }
    }
}

impl FromColumn for Vec<u8> {
    fn from_cell(cell: Cell<'_>) -> std::result::Result<Self, String> {
        match cell {
            Cell::Bytes(value) => Ok(value.to_vec()),
            other => unfit(other),
        }
    }
}

impl FromColumn for Uuid {
    fn from_cell(cell: Cell<'_>) -> std::result::Result<Self, String> {
        match cell {
            Cell::Uuid(value) => Ok(value),
            Cell::Bytes(value) => Self::from_slice(value).map_err(|_| "an id has 16 bytes".to_owned()),
            other => unfit(other),
        }
    }
}

impl<T> FromColumn for Id<T> {
    fn from_cell(cell: Cell<'_>) -> std::result::Result<Self, String> {
        Uuid::from_cell(cell).map(Self::from_uuid)
    }
}

impl FromColumn for Timestamp {
    fn from_cell(cell: Cell<'_>) -> std::result::Result<Self, String> {
        i64::from_cell(cell).map(Self::from_micros)
    }
}

impl FromColumn for Currency {
    fn from_cell(cell: Cell<'_>) -> std::result::Result<Self, String> {
        let code = String::from_cell(cell)?;
        Self::parse(&code).map_err(|_| format!("{code} is no currency"))
    }
}

impl FromColumn for Day {
    fn from_cell(cell: Cell<'_>) -> std::result::Result<Self, String> {
        i64::from_cell(cell).map(Self)
    }
}

impl FromColumn for Amount {
    fn from_cell(cell: Cell<'_>) -> std::result::Result<Self, String> {
        i64::from_cell(cell).map(Self::from_minor)
    }
}

impl<T: FromColumn> FromColumn for Option<T> {
    fn from_cell(cell: Cell<'_>) -> std::result::Result<Self, String> {
        match cell {
            Cell::Null => Ok(None),
            there => T::from_cell(there).map(Some),
        }
    }
}

impl<T: FromColumn> FromRow for T {
    const WIDTH: usize = 1;
    fn from_row_at(row: &Row<'_>, at: usize) -> Result<Self> {
        row.get(at)
    }
}

macro_rules! tuples {
    ($($($name:ident)+;)*) => {$(
        impl<$($name: FromRow),+> FromRow for ($($name,)+) {
            const WIDTH: usize = 0 $(+ $name::WIDTH)+;
            #[expect(unused_assignments, reason = "the place after the last part is not read")]
            fn from_row_at(row: &Row<'_>, mut at: usize) -> Result<Self> {
                Ok(($({
                    let part = $name::from_row_at(row, at)?;
                    at += $name::WIDTH;
                    part
                },)+))
            }
        }
    )*};
}
tuples! {
    A B;
    A B C;
    A B C D;
    A B C D E;
    A B C D E F;
    A B C D E F G;
    A B C D E F G H;
}
