//! A page of a list and how long the list is, from one filter.

use kernel::Result;

use crate::{FromRow, Sql, Stored, Tx};

/// A list of rows: its filter is said once, and gives the page and the count.
///
/// ```no_run
/// # async fn f(tx: &mut db::Tx) -> kernel::Result<(Vec<(i64, String)>, u64)> {
/// let mut filter = db::Sql::filter();
/// filter.and_if("tags.name = ", Some("dogs"));
/// db::Listing::new("tags", "tags.id, owners.name", filter)
///     .joined("LEFT JOIN owners ON owners.id = tags.owner_id")
///     .order("tags.name, tags.id")
///     .page(tx, 20, 0)
///     .await
/// # }
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct Listing<'a> {
    from: &'a str,
    columns: String,
    joined: &'a str,
    filter: Sql,
    order: &'a str,
}

impl<'a> Listing<'a> {
    /// What is listed: the table (or what is joined so that the filter can ask for it), the columns, and the conditions, each
    /// of which begins with ` AND `: see [`Sql::filter`].
    pub fn new(from: &'a str, columns: impl Into<String>, filter: Sql) -> Self {
        Self { from, columns: columns.into(), joined: "", filter, order: "1" }
    }

    /// Rows of a table as they are.
    pub fn of<R: Stored>(filter: Sql) -> Self {
        Self::new(R::TABLE, R::COLUMNS, filter)
    }

    /// What is joined for the columns only, and neither adds rows nor takes any away.
    pub fn joined(mut self, joined: &'a str) -> Self {
        self.joined = joined;
        self
    }

    /// In which order: one that no two rows share, or pages would overlap.
    pub fn order(mut self, order: &'a str) -> Self {
        self.order = order;
        self
    }

    /// How many rows there are.
    pub async fn count(&self, tx: &mut Tx) -> Result<u64> {
        let sql = format!("SELECT count(*) FROM {} WHERE TRUE{}", self.from, self.filter.text);
        tx.fetch_value(&sql, self.filter.args.clone()).await
    }

    /// A page, and how many rows there are in all. They are only counted where the page does not tell.
    pub async fn page<R: FromRow + Send>(self, tx: &mut Tx, limit: u32, offset: u32) -> Result<(Vec<R>, u64)> {
        let mut sql = self.filter.clone();
        sql.text = format!("SELECT {} FROM {} {} WHERE TRUE{}", self.columns, self.from, self.joined, sql.text);
        sql.push(" ORDER BY ").push(self.order).push(" LIMIT ").bind(limit).push(" OFFSET ").bind(offset);
        let rows: Vec<R> = sql.all(tx).await?;
        let is_last = rows.len() < limit as usize && (offset == 0 || !rows.is_empty());
        let total = if is_last { u64::from(offset) + rows.len() as u64 } else { self.count(tx).await? };
        Ok((rows, total))
    }
}
