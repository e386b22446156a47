//! Rows that write themselves: what is written once of a struct is how it is read, inserted, saved and overwritten.

use std::future::Future;

use kernel::{Error, Result, Scope};

use crate::{FromRow, Sql, Tx, Value};

/// A row that can be inserted: made by the derive [`Row`](derive@crate::Row), where the struct names its table.
///
/// ```
/// #[derive(db::Row)]
/// #[row(table = "tags", key(id), fixed(made_by), compare(revision))]
/// struct Tag {
///     id: i64,
///     made_by: String,
///     #[row(also = "name_key", by = str::to_lowercase)]
///     name: String,
///     revision: i64,
/// }
/// use db::{Saved as _, Stored as _};
/// assert_eq!(Tag::columns("t"), "t.id, t.made_by, t.name, t.revision");
/// assert_eq!(Tag::INTO, "INSERT INTO tags (id, made_by, name, name_key, revision)");
/// assert_eq!(Tag::SAVE, "UPDATE tags SET name = $1, name_key = $2 WHERE id = $3 AND revision = $4");
/// ```
pub trait Stored: FromRow {
    /// Its table.
    const TABLE: &'static str;
    /// Its columns, as they are read.
    const COLUMNS: &'static str;
    /// `INSERT INTO …`, with every column that is written.
    const INTO: &'static str;
    /// The same as a statement, with the arguments of one row.
    const INSERT: &'static str;
    /// What is written, in that order.
    fn values(&self) -> Vec<Value>;
}

/// A row that has a key, and something that may change.
pub trait Saved: Stored {
    /// `UPDATE …` of what may change, where the key and the columns to be compared are those of the row.
    const SAVE: &'static str;
    /// `ON CONFLICT (…) DO UPDATE SET …` of the same.
    const OVERWRITE: &'static str;
    /// The arguments of [`Saved::SAVE`].
    fn saved(&self) -> Vec<Value>;
}

/// The columns, each after `table.`.
#[doc(hidden)]
pub fn columns_of(table: &str, names: &[&str]) -> String {
    names.iter().map(|name| format!("{table}.{name}")).collect::<Vec<_>>().join(", ")
}

impl Tx {
    /// Inserts a row.
    pub fn insert<R: Stored>(&mut self, row: &R) -> impl Future<Output = Result<()>> + Send {
        let values = row.values();
        async move { self.execute(R::INSERT, values).await.map(drop) }
    }

    /// Inserts a row; one that is there already is a 409 with this message, and ends the transaction.
    pub fn insert_or_conflict<R: Stored>(
        &mut self,
        row: &R,
        message: &'static str,
    ) -> impl Future<Output = Result<()>> + Send {
        let values = row.values();
        async move { self.execute_or_conflict(R::INSERT, values, message).await.map(drop) }
    }

    /// Inserts a row, unless one is there that has something of it which is there only once. Tells whether it did.
    pub fn insert_new<R: Stored>(&mut self, row: &R) -> impl Future<Output = Result<bool>> + Send {
        let values = row.values();
        async move { Ok(self.insert_rows(R::INTO, "ON CONFLICT DO NOTHING", vec![values]).await? == 1) }
    }

    /// Inserts rows, many at a time.
    pub fn insert_all<'r, R: Stored + 'r>(
        &mut self,
        rows: impl IntoIterator<Item = &'r R>,
    ) -> impl Future<Output = Result<()>> + Send {
        let rows = rows.into_iter().map(R::values).collect();
        async move { self.insert_rows(R::INTO, "", rows).await.map(drop) }
    }

    /// Inserts a row, or writes what may change over the one of its key.
    pub fn put<R: Saved>(&mut self, row: &R) -> impl Future<Output = Result<()>> + Send {
        let values = row.values();
        async move { self.insert_rows(R::INTO, R::OVERWRITE, vec![values]).await.map(drop) }
    }

    /// The same of rows, many at a time.
    pub fn put_all<'r, R: Saved + 'r>(
        &mut self,
        rows: impl IntoIterator<Item = &'r R>,
    ) -> impl Future<Output = Result<()>> + Send {
        let rows = rows.into_iter().map(R::values).collect();
        async move { self.insert_rows(R::INTO, R::OVERWRITE, rows).await.map(drop) }
    }

    /// Writes what may change of a row over what was, on conditions:
    /// `tx.save(&contract).was("status", before).within(scope, "workspace_id").or_conflict("…").await?`.
    pub fn save<R: Saved>(&mut self, row: &R) -> Save<'_> {
        Save { tx: self, sql: Sql { text: R::SAVE.to_owned(), args: row.saved() }, taken: None }
    }
}

/// A row about to be saved: see [`Tx::save`]. Nothing happens before [`Save::done`] or [`Save::or_conflict`].
#[must_use = "nothing is saved before done() or or_conflict() is awaited"]
pub struct Save<'t> {
    tx: &'t mut Tx,
    sql: Sql,
    taken: Option<&'static str>,
}

impl Save<'_> {
    /// Only if this column still stands as it was read.
    pub fn was(mut self, column: &str, value: impl Into<Value>) -> Self {
        self.sql.and(&format!("{column} = "), value);
        self
    }

    /// Only if it is the scope's: see [`Sql::within`].
    pub fn within(mut self, scope: Scope, column: &str) -> Self {
        self.sql.within(scope, column);
        self
    }

    /// Only if this holds as well: conditions that begin with ` AND `.
    pub fn only(mut self, conditions: impl FnOnce(&mut Sql)) -> Self {
        conditions(&mut self.sql);
        self
    }

    /// What to tell if another row already has something which is there only once: a 409 with this message.
    pub fn unless_taken(mut self, message: &'static str) -> Self {
        self.taken = Some(message);
        self
    }

    /// Saves it. Tells whether the row was there as the conditions say.
    pub async fn done(self) -> Result<bool> {
        let Sql { text, args } = self.sql;
        let changed = match self.taken {
            Some(message) => self.tx.execute_or_conflict(&text, args, message).await?,
            None => self.tx.execute(&text, args).await?,
        };
        Ok(changed > 0)
    }

    /// Saves it; if the row was not there as the conditions say, that is a 409 with this message.
    pub async fn or_conflict(self, message: &'static str) -> Result<()> {
        if self.done().await? { Ok(()) } else { Err(Error::conflict(message)) }
    }
}
