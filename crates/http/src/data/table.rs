//! A section that is a table: said in a few words, told as JSON.

use async_trait::async_trait;
use db::{Cell, FromColumn, FromRow, Row, Tx};
use kernel::{Amount, Error, Result, Scope, Timestamp};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::{Holder, PAGE, Section, without_secrets};

/// How a column is told.
#[derive(Clone, Copy, Debug)]
pub enum As {
    /// An id, a text or a number, as it is.
    Plain,
    /// A boolean.
    Flag,
    /// A moment.
    Moment,
    /// An amount in minor units.
    Amount,
    /// JSON that is stored as text.
    Json,
    /// A text that may hold links, without the secrets in them: whoever reads the export is not to get in by one.
    MailText,
    /// An address of somebody else: its first letter and its host. What is no address is told as it is.
    Masked,
}

/// Rows of one person. `from` is the statement after its columns, with the names of [`Holder::sql`]: `FROM … WHERE account_id =
/// {account} ORDER BY …`.
#[derive(Clone, Copy, Debug)]
pub struct Table {
    /// The name of the section.
    pub name: &'static str,
    /// The columns, and how each is told. A column of another table is told by what follows its dot.
    pub columns: &'static [(&'static str, As)],
    /// The rest of the statement.
    pub from: &'static str,
}

#[async_trait]
impl Section for Table {
    fn name(&self) -> &'static str {
        self.name
    }

    async fn fetch(&self, scope: Scope, tx: &mut Tx, of: &Holder, from: u64) -> Result<Vec<Value>> {
        debug_assert!(scope.sees_everything(), "an export is made by the server");
        let columns: Vec<&str> = self.columns.iter().map(|(column, _)| *column).collect();
        let mut sql = of.sql(&format!("SELECT {} {}", columns.join(", "), self.from));
        let rows: Vec<Cells> = sql.push(" LIMIT ").bind(PAGE).push(" OFFSET ").bind(from).all(tx).await?;
        rows.into_iter().map(|row| self.told(row)).collect()
    }
}

impl Table {
    fn told(&self, row: Cells) -> Result<Value> {
        let mut record = Map::new();
        for ((column, told_as), value) in self.columns.iter().zip(row.0) {
            let name = column.rsplit_once('.').map_or(*column, |(_, name)| name);
            record.insert(name.to_owned(), told(*told_as, value).map_err(|why| Error::internal(why).because(column))?);
        }
        Ok(Value::Object(record))
    }
}

fn told(told_as: As, value: Value) -> std::result::Result<Value, String> {
    Ok(match (told_as, value) {
        (_, Value::Null) => Value::Null,
        (As::Plain, value) | (As::Flag, value @ Value::Bool(_)) => value,
        (As::Flag, Value::Number(number)) => Value::Bool(number.as_i64() == Some(1)),
        (As::Moment, Value::Number(number)) => json!(Timestamp::from_micros(number.as_i64().unwrap_or_default())),
        (As::Amount, Value::Number(number)) => json!(Amount::from_minor(number.as_i64().unwrap_or_default())),
        (As::Json, Value::String(text)) => serde_json::from_str(&text).map_err(|error| error.to_string())?,
        (As::Masked, Value::String(text)) => Value::String(masked(&text)),
        (As::MailText, Value::String(text)) => Value::String(without_secrets(&text)),
        (told_as, _) => return Err(format!("cannot be told as {told_as:?}")),
    })
}

fn masked(text: &str) -> String {
    match text.split_once('@') {
        Some((name, host)) => format!("{}…@{host}", name.chars().take(1).collect::<String>()),
        None => text.to_owned(),
    }
}

/// A row of whatever columns.
struct Cells(Vec<Value>);

impl FromRow for Cells {
    const WIDTH: usize = 0;
    fn from_row_at(row: &Row<'_>, at: usize) -> Result<Self> {
        (at..row.len()).map(|place| row.get::<Any>(place).map(|any| any.0)).collect::<Result<_>>().map(Self)
    }
}

/// Whatever a column holds; 16 bytes are an id.
struct Any(Value);

impl FromColumn for Any {
    fn from_cell(cell: Cell<'_>) -> std::result::Result<Self, String> {
        Ok(Self(match cell {
            Cell::Null => Value::Null,
            Cell::Bool(flag) => json!(flag),
            Cell::Int(number) => json!(number),
            Cell::Float(number) => json!(number),
            Cell::Text(text) => json!(text),
            Cell::Uuid(id) => json!(id),
            Cell::Bytes(bytes) => json!(Uuid::from_slice(bytes).map_err(|_| "bytes are not told".to_owned())?),
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_told_as_what_they_are() {
        assert_eq!(told(As::Flag, json!(1)), Ok(json!(true)));
        assert_eq!(told(As::Flag, json!(false)), Ok(json!(false)));
        assert_eq!(told(As::Moment, json!(0)), Ok(json!("1970-01-01T00:00:00Z")));
        assert_eq!(told(As::Amount, json!(12_050)), Ok(json!(120.5)));
        assert_eq!(told(As::Json, json!("{\"a\":1}")), Ok(json!({"a": 1})));
        assert_eq!(told(As::Moment, Value::Null), Ok(Value::Null));
        assert!(told(As::Moment, json!("soon")).is_err());
    }
}
