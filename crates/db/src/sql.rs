//! Statements that are put together at run time: text and arguments grow together, and `$n` numbers itself.

use std::fmt::Write as _;

use kernel::{Result, Scope};

use crate::{FromRow, Stored, Tx, Value};

/// A statement in the making. What callers sent goes in by [`Sql::bind`], never by [`Sql::push`].
///
/// ```
/// let mut sql = db::Sql::new("SELECT id FROM creators WHERE followers >= ");
/// sql.bind(1000).push(" AND platform IN ").bind_list(["youtube", "tiktok"]);
/// assert_eq!(sql.text, "SELECT id FROM creators WHERE followers >= $1 AND platform IN ($2,$3)");
/// // tx.fetch_all::<CreatorRow>(&sql.text, sql.args)
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sql {
    /// The text so far.
    pub text: String,
    /// Its arguments so far: `$1` first.
    pub args: Vec<Value>,
}

impl Sql {
    /// A statement that begins with this text.
    pub fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), args: Vec::new() }
    }

    /// Adds text of our own.
    pub fn push(&mut self, text: &str) -> &mut Self {
        self.text.push_str(text);
        self
    }

    /// Adds an argument, and its `$n` to the text.
    pub fn bind(&mut self, value: impl Into<Value>) -> &mut Self {
        self.args.push(value.into());
        // Writing to a String cannot fail.
        let _ = write!(self.text, "${}", self.args.len());
        self
    }

    /// Adds a list for `IN`: `($3,$4,$5)`. An empty list becomes `(NULL)`, which nothing is in.
    pub fn bind_list<V: Into<Value>>(&mut self, values: impl IntoIterator<Item = V>) -> &mut Self {
        let before = self.args.len();
        self.push("(");
        for value in values {
            if self.args.len() > before {
                self.push(",");
            }
            self.bind(value);
        }
        if self.args.len() == before {
            self.push("NULL");
        }
        self.push(")")
    }

    /// Every row of a table, to be narrowed by [`Sql::and`]: `SELECT id, name FROM tags WHERE TRUE`.
    pub fn of<R: Stored>() -> Self {
        Self::new(format!("SELECT {} FROM {} WHERE TRUE", R::COLUMNS, R::TABLE))
    }

    /// No conditions yet, for a [`Listing`](crate::Listing).
    pub fn filter() -> Self {
        Self::default()
    }

    /// Adds a condition on an argument: `and("status = ", status)`.
    pub fn and(&mut self, condition: &str, value: impl Into<Value>) -> &mut Self {
        self.push(" AND ").push(condition).bind(value)
    }

    /// The same, if there is something to ask for.
    pub fn and_if(&mut self, condition: &str, value: Option<impl Into<Value>>) -> &mut Self {
        match value {
            Some(value) => self.and(condition, value),
            None => self,
        }
    }

    /// Adds the condition that a column is one of these.
    pub fn and_in<V: Into<Value>>(&mut self, column: &str, values: impl IntoIterator<Item = V>) -> &mut Self {
        self.push(" AND ").push(column).push(" IN ").bind_list(values)
    }

    /// Adds whose rows they are: those of the workspace that a scope is held to, or all where it sees everything. A scope that
    /// is held to something else sees none.
    pub fn within(&mut self, scope: Scope, column: &str) -> &mut Self {
        if scope.sees_everything() { self } else { self.and(&format!("{column} = "), scope.workspace()) }
    }

    /// Adds ` WHERE ` before the first condition and ` AND ` before every other one; `first` remembers which.
    pub fn and_where(&mut self, first: &mut bool) -> &mut Self {
        let word = if std::mem::replace(first, false) { " WHERE " } else { " AND " };
        self.push(word)
    }

    /// Runs it and takes the first row, if there is one.
    pub async fn optional<R: FromRow + Send>(&mut self, tx: &mut Tx) -> Result<Option<R>> {
        tx.fetch_optional(&self.text, std::mem::take(&mut self.args)).await
    }

    /// Runs it and takes every row.
    pub async fn all<R: FromRow + Send>(&mut self, tx: &mut Tx) -> Result<Vec<R>> {
        tx.fetch_all(&self.text, std::mem::take(&mut self.args)).await
    }

    /// Runs it and takes the row that it always answers with.
    pub async fn one<R: FromRow + Send>(&mut self, tx: &mut Tx) -> Result<R> {
        tx.fetch_one(&self.text, std::mem::take(&mut self.args)).await
    }

    /// Runs it and tells how many rows it changed.
    pub async fn run(&mut self, tx: &mut Tx) -> Result<u64> {
        tx.execute(&self.text, std::mem::take(&mut self.args)).await
    }

    /// Adds a `LIKE` argument that matches `text` anywhere, taking `%`, `_` and `\` in it as they stand.
    /// The pattern is followed by `ESCAPE '\'`, which both engines take.
    pub fn bind_contains(&mut self, text: &str) -> &mut Self {
        self.bind(contains_pattern(text)).push(" ESCAPE '\\'")
    }
}

/// The `LIKE` pattern that finds `text` anywhere, taken as it stands; use it with `ESCAPE '\'`.
pub fn contains_pattern(text: &str) -> String {
    let mut pattern = String::with_capacity(text.len() + 2);
    pattern.push('%');
    for character in text.chars() {
        if matches!(character, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(character);
    }
    pattern.push('%');
    pattern
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_its_arguments() {
        let mut first = true;
        let mut sql = Sql::new("SELECT 1 FROM t");
        sql.and_where(&mut first).push("a = ").bind(1).and_where(&mut first).push("b LIKE ").bind_contains("50%_\\");
        sql.push(" AND c IN ").bind_list(Vec::<i64>::new()).push(" AND d IN ").bind_list([2, 3]);
        assert_eq!(sql.text, "SELECT 1 FROM t WHERE a = $1 AND b LIKE $2 ESCAPE '\\' AND c IN (NULL) AND d IN ($3,$4)");
        assert_eq!(sql.args, crate::args![1, "%50\\%\\_\\\\%", 2, 3]);
    }

    #[test]
    fn conditions_are_there_only_where_something_is_asked_for() {
        let mut sql = Sql::filter();
        sql.and("a = ", 1).and_if("b = ", None::<i64>).and_if("c > ", Some("x")).and_in("d", [2_u8, 3]);
        sql.within(Scope::system(), "t.workspace_id");
        assert_eq!(sql.text, " AND a = $1 AND c > $2 AND d IN ($3,$4)");
        let mut sql = Sql::filter();
        sql.within(kernel::Caller::Anonymous.scope(), "t.workspace_id");
        assert_eq!((sql.text.as_str(), sql.args), (" AND t.workspace_id = $1", vec![Value::Uuid(None)]));
    }
}
