//! Rows of tables, whose cells may hold more than a word.

use crate::comma;
use crate::draft::Draft;
use crate::model::{BlockKind, Unreadable};

/// From how many bytes on a cell is no cell but a part of a page that is laid out by a table.
const LARGE: usize = 600;

/// A row that is being read: its cells, each as its paragraphs.
#[derive(Default)]
pub(crate) struct Row {
    cells: Vec<Vec<(BlockKind, String)>>,
    heads: usize,
}

impl Row {
    /// Begins a cell; `head` if it names its column.
    pub(crate) fn cell(&mut self, head: bool) {
        self.cells.push(Vec::new());
        self.heads += usize::from(head);
    }

    /// Says that the whole row names columns.
    pub(crate) fn names_columns(&mut self) {
        self.heads = usize::MAX;
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.cells.is_empty()
    }

    /// Puts a paragraph into the cell begun last.
    pub(crate) fn push(&mut self, kind: BlockKind, text: String) {
        if let Some(cell) = self.cells.last_mut() {
            cell.push((kind, text));
        }
    }

    /// How long its text is, in bytes.
    pub(crate) fn len(&self) -> usize {
        self.cells.iter().flatten().map(|(_, text)| text.len()).sum()
    }

    /// All of it in one line, for the cell of a table around its table.
    pub(crate) fn line(&self) -> String {
        comma::row(&self.texts())
    }

    fn texts(&self) -> Vec<String> {
        let join =
            |cell: &Vec<(BlockKind, String)>| cell.iter().map(|(_, text)| text.as_str()).collect::<Vec<_>>().join(" ");
        self.cells.iter().map(join).collect()
    }

    /// Writes it down: as a row, or as paragraphs where it is no row of a table. `first` if it is its table's first.
    pub(crate) fn write(self, first: bool, draft: &mut Draft<'_>) -> Result<(), Unreadable> {
        let large = |cell: &Vec<(BlockKind, String)>| {
            cell.iter().map(|(_, text)| text.len()).sum::<usize>() > LARGE
                || cell.iter().any(|(kind, _)| matches!(kind, BlockKind::Heading(_)))
        };
        if self.cells.len() < 2 || self.cells.iter().any(large) {
            for (kind, text) in self.cells.iter().flatten() {
                draft.leaf(*kind, text)?;
            }
            return Ok(());
        }
        let texts = self.texts();
        let heads = self.heads >= texts.len() || (first && comma::names_columns(&texts));
        draft.leaf(if heads { BlockKind::HeaderRow } else { BlockKind::Row }, &comma::row(&texts))
    }
}

/// Tables that are open, the innermost last.
#[derive(Default)]
pub(crate) struct Tables(Vec<(Row, bool)>);

impl Tables {
    pub(crate) fn begin(&mut self) {
        self.0.push((Row::default(), true));
    }

    /// Ends the innermost table, its last row included.
    pub(crate) fn end(&mut self, draft: &mut Draft<'_>) -> Result<(), Unreadable> {
        self.end_row(draft)?;
        self.0.pop();
        Ok(())
    }

    /// The row of the innermost table.
    pub(crate) fn row(&mut self) -> Option<&mut Row> {
        self.0.last_mut().map(|(row, _)| row)
    }

    /// Ends a row: it is written down, or put into the cell that its table stands in.
    pub(crate) fn end_row(&mut self, draft: &mut Draft<'_>) -> Result<(), Unreadable> {
        let Some((row, first)) = self.0.last_mut() else { return Ok(()) };
        if row.is_empty() {
            return Ok(());
        }
        let (row, first) = (std::mem::take(row), std::mem::replace(first, false));
        let outer = self.0.len().checked_sub(2).and_then(|at| self.0.get_mut(at)).map(|(outer, _)| outer);
        match outer.filter(|outer| !outer.is_empty()) {
            // What is as large as that is laid out by tables; its rows are what they are.
            Some(outer) if row.len() + outer.len() <= LARGE => {
                outer.push(BlockKind::Paragraph, row.line());
                Ok(())
            }
            _ => row.write(first, draft),
        }
    }

    /// Writes a paragraph down, or puts it into its cell.
    pub(crate) fn leaf(&mut self, kind: BlockKind, text: String, draft: &mut Draft<'_>) -> Result<(), Unreadable> {
        match self.row().filter(|row| !row.is_empty()) {
            Some(row) => {
                row.push(kind, text);
                Ok(())
            }
            None => draft.leaf(kind, &text),
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
