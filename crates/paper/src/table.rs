//! Tables with rules between their rows. A row is not broken over pages unless it is higher than one; the head is repeated.

use crate::layout::{Mark, Sheet};
use crate::text::{Colour, Line, Style};

/// Where a column's text stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Align {
    /// At its left.
    Left,
    /// At its right: for numbers.
    Right,
}

/// A column.
#[derive(Clone, Debug)]
pub struct Column {
    /// Its head.
    pub title: String,
    /// Its share of the width; the shares are taken by their sum.
    pub share: f32,
    /// Where its text stands.
    pub align: Align,
}

impl Column {
    /// A column of text.
    pub fn text(title: &str, share: f32) -> Self {
        Self { title: title.to_owned(), share, align: Align::Left }
    }

    /// A column of numbers.
    pub fn number(title: &str, share: f32) -> Self {
        Self { title: title.to_owned(), share, align: Align::Right }
    }
}

/// A table.
#[derive(Clone, Debug)]
pub struct Table {
    /// Its columns.
    pub columns: Vec<Column>,
    /// Its rows, each with a cell for every column.
    pub rows: Vec<Vec<String>>,
    /// Is the last row the sum of the others? It is set in bold, and never alone on a page.
    pub sum: bool,
    /// How its text is set.
    pub style: Style,
}

const PAD: f32 = 4.5;
const GAP: f32 = 10.0;

struct Row {
    cells: Vec<Vec<Line>>,
    style: Style,
    height: f32,
}

impl Table {
    /// A table of these columns.
    pub fn new(columns: Vec<Column>) -> Self {
        Self { columns, rows: Vec::new(), sum: false, style: Style::BODY.sized(8.8) }
    }

    fn places(&self, sheet: &Sheet) -> Vec<(f32, f32)> {
        let shares: f32 = self.columns.iter().map(|column| column.share).sum();
        let width = sheet.width() - GAP * (self.columns.len().saturating_sub(1)) as f32 - 2.0 * PAD;
        let mut x = sheet.left() + PAD;
        let place = |column: &Column| {
            let own = width * column.share / shares.max(f32::EPSILON);
            let place = (x, own);
            x += own + GAP;
            place
        };
        self.columns.iter().map(place).collect()
    }

    fn row(sheet: &Sheet, cells: &[String], style: Style, places: &[(f32, f32)]) -> Row {
        let cells: Vec<_> =
            cells.iter().zip(places).map(|(text, (_, width))| sheet.letters().wrap(text, style, *width)).collect();
        let lines = cells.iter().map(Vec::len).max().unwrap_or(1).max(1);
        Row { cells, style, height: lines as f32 * style.leading() + 2.0 * PAD }
    }

    /// How high its head and its first row are: what a heading above it must keep with it.
    pub fn beginning(&self, sheet: &Sheet) -> f32 {
        let places = self.places(sheet);
        let first = self.rows.first().map_or(0.0, |row| Self::row(sheet, row, self.style, &places).height);
        self.head(sheet, &places).height + first.min(sheet.full() / 2.0)
    }

    fn head(&self, sheet: &Sheet, places: &[(f32, f32)]) -> Row {
        let titles: Vec<String> = self.columns.iter().map(|column| column.title.clone()).collect();
        Self::row(sheet, &titles, self.style.sized(self.style.size - 0.8).bold().coloured(Colour::GREY), places)
    }

    /// Sets the table.
    pub fn set(&self, sheet: &mut Sheet) {
        let places = self.places(sheet);
        let head = self.head(sheet, &places);
        let last = self.rows.len().saturating_sub(1);
        let rows: Vec<Row> = self
            .rows
            .iter()
            .enumerate()
            .map(|(at, row)| {
                Self::row(sheet, row, if self.sum && at == last { self.style.bold() } else { self.style }, &places)
            })
            .collect();
        let first = rows.first().map_or(0.0, |row| row.height.min(sheet.full() / 2.0));
        sheet.need(head.height + first);
        self.set_head(sheet, &head, &places);
        for (at, row) in rows.iter().enumerate() {
            // The sum goes with the row before it.
            let with = if self.sum && at + 1 == last { rows[last].height } else { 0.0 };
            if row.height + head.height > sheet.full() {
                self.set_broken(sheet, row, &head, &places);
                continue;
            }
            if sheet.need(row.height + with) {
                self.set_head(sheet, &head, &places);
            }
            let lines = row.cells.iter().map(Vec::len).max().unwrap_or(0);
            self.set_lines(sheet, row, &places, 0, lines);
            set_rule(sheet);
        }
    }

    fn set_head(&self, sheet: &mut Sheet, head: &Row, places: &[(f32, f32)]) {
        let (x, y, width) = (sheet.left(), sheet.y(), sheet.width());
        sheet.mark(Mark::Box(x, y, width, head.height, Colour::SHADE));
        let lines = head.cells.iter().map(Vec::len).max().unwrap_or(0);
        self.set_lines(sheet, head, places, 0, lines);
        set_rule(sheet);
    }

    /// A row that is higher than a page: line by line.
    fn set_broken(&self, sheet: &mut Sheet, row: &Row, head: &Row, places: &[(f32, f32)]) {
        let lines = row.cells.iter().map(Vec::len).max().unwrap_or(0);
        let mut at = 0;
        while at < lines {
            let fit = ((sheet.room() - 2.0 * PAD) / row.style.leading()).floor().max(0.0) as usize;
            if fit < 2 {
                sheet.next_page();
                self.set_head(sheet, head, places);
                continue;
            }
            let to = (at + fit).min(lines);
            self.set_lines(sheet, row, places, at, to);
            at = to;
        }
        set_rule(sheet);
    }

    fn set_lines(&self, sheet: &mut Sheet, row: &Row, places: &[(f32, f32)], from: usize, to: usize) {
        let leading = row.style.leading();
        let top = sheet.y() + PAD;
        for ((cell, column), (x, width)) in row.cells.iter().zip(&self.columns).zip(places) {
            for (at, line) in cell.iter().enumerate().take(to).skip(from) {
                let y = top + (at - from) as f32 * leading;
                let x = if column.align == Align::Right { x + width - line.width } else { *x };
                let own = if column.align == Align::Right { line.width } else { *width };
                sheet.line((x, own), y, line, row.style);
            }
        }
        sheet.skip((to - from).max(1) as f32 * leading + 2.0 * PAD);
    }
}

fn set_rule(sheet: &mut Sheet) {
    let (x, y, width) = (sheet.left(), sheet.y(), sheet.width());
    sheet.mark(Mark::Rule((x, y), (x + width, y), 0.5, Colour::RULE));
}
