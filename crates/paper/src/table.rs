//! Tables with rules between their rows. A row is not broken over pages unless it is higher than one; the head is repeated.

use std::ops::Range;

use crate::layout::{Mark, Sheet};
use crate::tags::Part;
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

/// No smaller than this becomes the text of a table whose words do not fit their columns.
const SMALLEST: f32 = 5.6;
/// A word that is longer than this part of the table is broken.
const LONGEST: f32 = 0.3;

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

    /// The same table, set so small that the words and numbers of every column fit it, with where the columns are.
    fn fitted(&self, sheet: &Sheet) -> (Style, Vec<(f32, f32)>) {
        let width = sheet.width() - GAP * (self.columns.len().saturating_sub(1)) as f32 - 2.0 * PAD;
        let mut style = self.style;
        loop {
            let least = self.least_widths(sheet, style, width);
            let needed: f32 = least.iter().sum();
            if needed <= width || style.size - 0.3 < SMALLEST {
                return (style, self.places(sheet, width, &least));
            }
            style = style.sized(style.size - 0.3);
        }
    }

    /// How wide each column has to be: as its longest word, and as its longest number with its currency.
    fn least_widths(&self, sheet: &Sheet, style: Style, width: f32) -> Vec<f32> {
        let head = Self::head_style(style);
        let last = self.rows.len().saturating_sub(1);
        let widths = self.columns.iter().enumerate().map(|(at, column)| {
            let words = |text: &str, style: Style| -> f32 {
                let number = column.align == Align::Right;
                let parts = text.split(|c: char| c == '\n' || (!number && c.is_whitespace()));
                parts.map(|part| sheet.letters().width(part, style)).fold(0.0, f32::max)
            };
            let cells = self.rows.iter().enumerate().filter_map(|(row, cells)| {
                let style = if self.sum && row == last { style.bold() } else { style };
                cells.get(at).map(|text| words(text, style))
            });
            let title = column.title.split_whitespace().map(|word| sheet.letters().width(word, head));
            cells.chain(title).fold(0.0, f32::max).min(width * LONGEST) + 0.5
        });
        widths.collect()
    }

    fn places(&self, sheet: &Sheet, width: f32, least: &[f32]) -> Vec<(f32, f32)> {
        let shares: f32 = self.columns.iter().map(|column| column.share).sum();
        let mut widths: Vec<f32> =
            self.columns.iter().map(|column| width * column.share / shares.max(f32::EPSILON)).collect();
        // Who has more than is needed gives to who has less, each by what it can spare.
        let wanting: f32 = widths.iter().zip(least).map(|(own, least)| (least - own).max(0.0)).sum();
        let spare: f32 = widths.iter().zip(least).map(|(own, least)| (own - least).max(0.0)).sum();
        if wanting > 0.0 && spare > 0.0 {
            let part = (wanting / spare).min(1.0);
            let given = (spare / wanting).min(1.0);
            for (own, least) in widths.iter_mut().zip(least) {
                *own += if *own > *least { (*least - *own) * part } else { (*least - *own) * given };
            }
        }
        let mut x = sheet.left() + PAD;
        let place = |own: f32| {
            let place = (x, own);
            x += own + GAP;
            place
        };
        widths.into_iter().map(place).collect()
    }

    fn head_style(style: Style) -> Style {
        style.sized(style.size - 0.8).bold().coloured(Colour::GREY)
    }

    fn row(sheet: &Sheet, cells: &[String], style: Style, places: &[(f32, f32)]) -> Row {
        let cells: Vec<_> =
            cells.iter().zip(places).map(|(text, (_, width))| sheet.letters().wrap(text, style, *width)).collect();
        let lines = cells.iter().map(Vec::len).max().unwrap_or(1).max(1);
        Row { cells, style, height: lines as f32 * style.leading() + 2.0 * PAD }
    }

    /// How high its head and its first row are: what a heading above it must keep with it.
    pub fn beginning(&self, sheet: &Sheet) -> f32 {
        let (style, places) = self.fitted(sheet);
        let first = self.rows.first().map_or(0.0, |row| Self::row(sheet, row, style, &places).height);
        self.head(sheet, style, &places).height + first.min(sheet.full() / 2.0)
    }

    fn head(&self, sheet: &Sheet, style: Style, places: &[(f32, f32)]) -> Row {
        let titles: Vec<String> = self.columns.iter().map(|column| column.title.clone()).collect();
        Self::row(sheet, &titles, Self::head_style(style), places)
    }

    /// Sets the table.
    pub fn set(&self, sheet: &mut Sheet) {
        sheet.part(Part::Table, |sheet| self.set_rows(sheet));
    }

    fn set_rows(&self, sheet: &mut Sheet) {
        let (style, places) = self.fitted(sheet);
        let head = self.head(sheet, style, &places);
        let last = self.rows.len().saturating_sub(1);
        let rows: Vec<Row> = self
            .rows
            .iter()
            .enumerate()
            .map(|(at, row)| Self::row(sheet, row, if self.sum && at == last { style.bold() } else { style }, &places))
            .collect();
        let first = rows.first().map_or(0.0, |row| row.height.min(sheet.full() / 2.0));
        sheet.need(head.height + first);
        let cells = self.begin_row(sheet, &Part::Head);
        self.set_head(sheet, &head, &places, &cells);
        for (at, row) in rows.iter().enumerate() {
            // The sum goes with the row before it.
            let with = if self.sum && at + 1 == last { rows[last].height } else { 0.0 };
            let cells = self.begin_row(sheet, &Part::Cell);
            if row.height + head.height > sheet.full() {
                self.set_broken(sheet, row, &head, &places, &cells);
                continue;
            }
            if sheet.need(row.height + with) {
                self.repeat_head(sheet, &head, &places);
            }
            let lines = row.cells.iter().map(Vec::len).max().unwrap_or(0);
            self.set_lines(sheet, row, &places, &cells, 0..lines);
            set_rule(sheet);
        }
    }

    /// A row of the tree, and its cells.
    fn begin_row(&self, sheet: &mut Sheet, cell: &Part) -> Vec<usize> {
        sheet.part(Part::Row, |sheet| self.columns.iter().map(|_| sheet.begin(cell.clone())).collect())
    }

    fn set_head(&self, sheet: &mut Sheet, head: &Row, places: &[(f32, f32)], cells: &[usize]) {
        let (x, y, width) = (sheet.left(), sheet.y(), sheet.width());
        sheet.mark(Mark::Box(x, y, width, head.height, Colour::SHADE));
        let lines = head.cells.iter().map(Vec::len).max().unwrap_or(0);
        self.set_lines(sheet, head, places, cells, 0..lines);
        set_rule(sheet);
    }

    /// The head on a further page: to be seen, but not read again.
    fn repeat_head(&self, sheet: &mut Sheet, head: &Row, places: &[(f32, f32)]) {
        sheet.unread(|sheet| self.set_head(sheet, head, places, &[]));
    }

    /// A row that is higher than a page: line by line.
    fn set_broken(&self, sheet: &mut Sheet, row: &Row, head: &Row, places: &[(f32, f32)], cells: &[usize]) {
        let lines = row.cells.iter().map(Vec::len).max().unwrap_or(0);
        let mut at = 0;
        while at < lines {
            let fit = ((sheet.room() - 2.0 * PAD) / row.style.leading()).floor().max(0.0) as usize;
            if fit < 2 {
                sheet.next_page();
                self.repeat_head(sheet, head, places);
                continue;
            }
            let to = (at + fit).min(lines);
            self.set_lines(sheet, row, places, cells, at..to);
            at = to;
        }
        set_rule(sheet);
    }

    /// Sets these lines of a row; each cell belongs to its part of the tree, if it has one.
    fn set_lines(&self, sheet: &mut Sheet, row: &Row, places: &[(f32, f32)], parts: &[usize], lines: Range<usize>) {
        let leading = row.style.leading();
        let top = sheet.y() + PAD;
        for (number, ((cell, column), (x, width))) in row.cells.iter().zip(&self.columns).zip(places).enumerate() {
            let set = |sheet: &mut Sheet| {
                for (at, line) in cell.iter().enumerate().take(lines.end).skip(lines.start) {
                    let y = top + (at - lines.start) as f32 * leading;
                    let x = if column.align == Align::Right { x + width - line.width } else { *x };
                    let own = if column.align == Align::Right { line.width } else { *width };
                    sheet.line((x, own), y, line, row.style);
                }
            };
            match parts.get(number) {
                Some(part) => sheet.within(*part, set),
                None => set(sheet),
            }
        }
        sheet.skip(lines.len().max(1) as f32 * leading + 2.0 * PAD);
    }
}

fn set_rule(sheet: &mut Sheet) {
    let (x, y, width) = (sheet.left(), sheet.y(), sheet.width());
    sheet.mark(Mark::Rule((x, y), (x + width, y), 0.5, Colour::RULE));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Setup;

    #[test]
    fn numbers_are_not_broken_and_columns_fit_the_table() {
        let sheet = Sheet::new(Setup::default()).unwrap();
        let mut table = Table::new(
            [vec![Column::text("Creator", 18.0)], (0..8).map(|_| Column::number("Revenue", 8.0)).collect()].concat(),
        );
        for digits in [1, 5, 9, 12] {
            let amount = format!("USD {}.00", "9".repeat(digits));
            table.rows = vec![[vec!["Somebody with a long name".to_owned()], vec![amount.clone(); 8]].concat()];
            let (style, places) = table.fitted(&sheet);
            let (x, width) = places[8];
            assert!(x + width <= sheet.left() + sheet.width() + 0.1, "{digits}");
            assert!(places.windows(2).all(|two| two[0].0 + two[0].1 < two[1].0));
            let row = Table::row(&sheet, &table.rows[0], style, &places);
            // The number stays whole for as long as that can be read at all, and keeps its currency for as long as there is room.
            assert!(digits > 5 || row.cells[8].len() == 1, "{digits}: {:?}", row.cells[8]);
            assert!(
                digits > 9
                    || row.cells[8].iter().any(|line| amount.ends_with(&line.text) && line.text.ends_with(".00"))
            );
            assert!(digits > 9 || row.cells[8].len() <= 2, "{digits}: {:?}", row.cells[8]);
        }
        // Nothing changes where all fits.
        table.rows = vec![vec!["a".to_owned(); 9]];
        assert_eq!(table.fitted(&sheet).0, table.style);
    }
}
