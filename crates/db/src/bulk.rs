//! Many rows in few statements.

use std::fmt::Write as _;

use futures::future::BoxFuture;
use kernel::{Error, Result};

use crate::{Engine, Tx, Value};

/// SQLite takes this many arguments in one statement (SQLITE_MAX_VARIABLE_NUMBER),
const MOST_ARGUMENTS_SQLITE: usize = 32_766;
/// and PostgreSQL this many (the protocol counts them in 16 bits).
const MOST_ARGUMENTS_POSTGRES: usize = 65_535;
/// More rows than this at once gain nothing.
const MOST_ROWS: usize = 500;

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
        let Some(width) = rows.first().map(Vec::len) else { return Ok(0) };
        if width == 0 || rows.iter().any(|row| row.len() != width) {
            return Err(Error::internal(format!("rows of different widths for {insert}")));
        }
        let engine = self.engine();
        let most = match engine {
            Engine::Sqlite => MOST_ARGUMENTS_SQLITE,
            Engine::Postgres => MOST_ARGUMENTS_POSTGRES,
        };
        let at_once = (most / width).clamp(1, MOST_ROWS);
        let (mut changed, mut left) = (0, rows.len());
        let mut values = rows.into_iter();
        while left > 0 {
            // Only whole chunks and powers of two, so that few different statements are ever prepared.
            let rows = if left >= at_once { at_once } else { 1 << left.ilog2() };
            let args: Vec<Value> = values.by_ref().take(rows).flatten().collect();
            changed += self.execute(&text(engine, insert, conflict, rows, width), args).await?;
            left -= rows;
        }
        Ok(changed)
    }
}

fn text(engine: Engine, insert: &str, conflict: &str, rows: usize, width: usize) -> String {
    let mut sql = String::with_capacity(insert.len() + conflict.len() + rows * width * 6);
    sql.push_str(insert);
    sql.push_str(" VALUES ");
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
    sql.push(' ');
    sql.push_str(conflict);
    sql
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_argument_has_its_place() {
        let of = |engine| text(engine, "INSERT INTO t (a, b)", "", 2, 2);
        assert_eq!(of(Engine::Postgres), "INSERT INTO t (a, b) VALUES ($1,$2),($3,$4) ");
        assert_eq!(of(Engine::Sqlite), "INSERT INTO t (a, b) VALUES (?,?),(?,?) ");
    }
}
