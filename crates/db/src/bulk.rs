//! Many rows in few statements.

use std::fmt::Write as _;

use futures::future::BoxFuture;
use kernel::{Error, Result};

use crate::{Engine, FromRow, Tx, Value};

/// SQLite takes this many arguments in one statement (SQLITE_MAX_VARIABLE_NUMBER),
const MOST_ARGUMENTS_SQLITE: usize = 32_766;
/// and PostgreSQL this many (the protocol counts them in 16 bits).
const MOST_ARGUMENTS_POSTGRES: usize = 65_535;
/// More rows than this at once gain nothing.
const MOST_ROWS: usize = 500;
/// The same where rows are changed. For some hundreds SQLite may read the whole table first, to make a Bloom filter of it.
const MOST_CHANGED: usize = 100;

impl Tx {
    /// Inserts rows, many at a time: `insert_rows("INSERT INTO tags (id, name)", "ON CONFLICT (name) DO NOTHING", rows)`.
    /// Every row has as many values as the statement has columns. Tells how many rows were changed.
    pub fn insert_rows<'a>(
        &'a mut self,
        insert: &'a str,
        conflict: &'a str,
        rows: Vec<Vec<Value>>,
    ) -> BoxFuture<'a, Result<u64>> {
        Box::pin(self.insert_chunks(insert, conflict, rows))
    }

    async fn insert_chunks(&mut self, insert: &str, conflict: &str, rows: Vec<Vec<Value>>) -> Result<u64> {
        let mut changed = 0;
        for (values, args) in chunks(self.engine(), insert, rows, MOST_ROWS)? {
            changed += self.execute(&format!("{insert} {values} {conflict}"), args).await?;
        }
        Ok(changed)
    }

    /// Changes rows, each by values of its own, many in a statement. `given` are the values, as a table with the columns `column1`, `column2`, …:
    ///
    /// `change_rows("UPDATE tags SET name = given.column2 FROM", "WHERE tags.id = given.column1 RETURNING tags.id", rows)`
    ///
    /// On PostgreSQL rows are locked in no certain order: whoever else changes several of them takes them first, in the order of their ids.
    pub async fn change_rows<R: FromRow + Send>(
        &mut self,
        update: &str,
        which: &str,
        rows: Vec<Vec<Value>>,
    ) -> Result<Vec<R>> {
        let mut changed = Vec::with_capacity(rows.len());
        for (values, args) in chunks(self.engine(), update, rows, MOST_CHANGED)? {
            changed.extend(self.fetch_all::<R>(&format!("{update} ({values}) AS given {which}"), args).await?);
        }
        Ok(changed)
    }
}

/// `VALUES` of rows with their arguments, as many at once as the engine takes.
fn chunks(engine: Engine, of: &str, rows: Vec<Vec<Value>>, most_rows: usize) -> Result<Vec<(String, Vec<Value>)>> {
    let Some(width) = rows.first().map(Vec::len) else { return Ok(Vec::new()) };
    if width == 0 || rows.iter().any(|row| row.len() != width) {
        return Err(Error::internal(format!("rows of different widths for {of}")));
    }
    let most = match engine {
        Engine::Sqlite => MOST_ARGUMENTS_SQLITE,
        Engine::Postgres => MOST_ARGUMENTS_POSTGRES,
    };
    let at_once = (most / width).clamp(1, most_rows);
    let mut left = rows.len();
    let mut rows = rows.into_iter();
    let mut chunks = Vec::new();
    while left > 0 {
        // Only whole chunks and powers of two, so that few different statements are ever prepared.
        let number = if left >= at_once { at_once } else { 1 << left.ilog2() };
        chunks.push((values(engine, number, width), rows.by_ref().take(number).flatten().collect()));
        left -= number;
    }
    Ok(chunks)
}

fn values(engine: Engine, rows: usize, width: usize) -> String {
    let mut sql = String::with_capacity(rows * width * 6);
    sql.push_str("VALUES ");
    for row in 0..rows {
        sql.push_str(if row == 0 { "(" } else { ",(" });
        for column in 0..width {
            if column > 0 {
                sql.push(',');
            }
            // SQLite takes `$1` for a name and looks through all names for each: with thousands of them, that is most of the work.
            match engine {
                Engine::Sqlite => sql.push('?'),
                // Writing to a String cannot fail.
                Engine::Postgres => drop(write!(sql, "${}", row * width + column + 1)),
            }
        }
        sql.push(')');
    }
    sql
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_argument_has_its_place() {
        assert_eq!(values(Engine::Postgres, 2, 2), "VALUES ($1,$2),($3,$4)");
        assert_eq!(values(Engine::Sqlite, 2, 2), "VALUES (?,?),(?,?)");
    }

    #[test]
    fn few_different_statements_are_made() {
        let rows = |number| vec![crate::args![1, 2]; number];
        let sizes = |number| {
            let chunks = chunks(Engine::Sqlite, "", rows(number), MOST_ROWS).unwrap();
            chunks.iter().map(|(_, args)| args.len() / 2).collect::<Vec<_>>()
        };
        assert_eq!(sizes(1_007), [500, 500, 4, 2, 1]);
        assert!(sizes(0).is_empty());
        assert!(chunks(Engine::Sqlite, "t", vec![crate::args![1], crate::args![1, 2]], MOST_ROWS).is_err());
    }
}
