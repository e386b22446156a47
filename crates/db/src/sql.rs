//! Statements that are put together at run time: text and arguments grow together, and `$n` numbers itself.

use std::fmt::Write as _;

use crate::Value;

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

    /// Adds ` WHERE ` before the first condition and ` AND ` before every other one; `first` remembers which.
    pub fn and_where(&mut self, first: &mut bool) -> &mut Self {
        let word = if std::mem::replace(first, false) { " WHERE " } else { " AND " };
        self.push(word)
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
}
