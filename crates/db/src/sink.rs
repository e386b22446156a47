//! Where the rows of an answer go.

use kernel::Result;

use crate::{FromRow, Row};

/// Takes rows one by one.
pub(crate) trait Sink: Send {
    /// Takes a row.
    fn row(&mut self, row: &Row<'_>) -> Result<()>;

    /// Is one row all that is wanted?
    fn one_is_enough(&self) -> bool {
        false
    }

    /// Forgets the rows it has taken, because the statement is run anew.
    fn forget(&mut self);

    /// Can it do that?
    fn can_forget(&self) -> bool {
        true
    }
}

/// No rows are wanted.
pub(crate) struct Nowhere;

impl Sink for Nowhere {
    fn row(&mut self, _: &Row<'_>) -> Result<()> {
        Ok(())
    }
    fn forget(&mut self) {}
}

/// All of them.
pub(crate) struct All<R>(pub(crate) Vec<R>);

impl<R: FromRow + Send> Sink for All<R> {
    fn row(&mut self, row: &Row<'_>) -> Result<()> {
        self.0.push(R::from_row_at(row, 0)?);
        Ok(())
    }
    fn forget(&mut self) {
        self.0.clear();
    }
}

/// The first one.
pub(crate) struct First<R>(pub(crate) Option<R>);

impl<R: FromRow + Send> Sink for First<R> {
    fn row(&mut self, row: &Row<'_>) -> Result<()> {
        if self.0.is_none() {
            self.0 = Some(R::from_row_at(row, 0)?);
        }
        Ok(())
    }
    fn one_is_enough(&self) -> bool {
        true
    }
    fn forget(&mut self) {
        self.0 = None;
    }
}

/// Each is handed on, and cannot be taken back.
pub(crate) struct Each<F>(pub(crate) F);

impl<F: FnMut(&Row<'_>) -> Result<()> + Send> Sink for Each<F> {
    fn row(&mut self, row: &Row<'_>) -> Result<()> {
        (self.0)(row)
    }
    fn forget(&mut self) {}
    fn can_forget(&self) -> bool {
        false
    }
}
