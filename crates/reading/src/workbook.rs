//! Workbooks: their sheets as rows, values as they are shown where that matters (dates, percent, currencies).
//!
//! Cells are read as they come. No grid is made of them: a sheet with a value in its first and its last cell has two values.

mod formats;

use std::sync::Arc;

use crate::archive::Archive;
use crate::comma;
use crate::draft::Draft;
use crate::model::{BlockKind, Limits, Unreadable};
use crate::package::{main_part, relations};
use crate::xml::{Element, Node, Xml};
use formats::{Format, Formats};

const WHAT: &str = "workbook";
/// How many empty cells in a row are told as such; what is further away stands in another table.
const GAP: usize = 20;

pub(crate) fn read(bytes: &[u8], draft: &mut Draft<'_>) -> Result<(), Unreadable> {
    let mut archive = Archive::open(bytes, draft.limits, WHAT)?;
    let main = main_part(&mut archive, "xl/workbook.xml", draft, WHAT)?;
    let parts = relations(&mut archive, &main, draft.limits, WHAT)?;
    let part = |kind: &str| parts.values().find(|one| one.kind == kind).map(|one| one.target.clone());
    let strings = match part("sharedStrings").filter(|part| archive.has(part)) {
        Some(part) => strings(&archive.text(&part)?, draft.limits)?,
        None => Vec::new(),
    };
    let text = archive.text(&main)?;
    let book = Book::read(&text, draft.limits)?;
    let mut formats = match part("styles").filter(|part| archive.has(part)) {
        Some(part) => Formats::read(&archive.text(&part)?, draft.limits, WHAT)?,
        None => Formats::default(),
    };
    formats.from_1904 = book.from_1904;
    let named = book.sheets.len() > 1;
    let mut hidden = 0;
    for sheet in &book.sheets {
        let Some(part) =
            parts.get(&sheet.relation).filter(|part| part.kind == "worksheet" && archive.has(&part.target))
        else {
            continue;
        };
        if sheet.hidden {
            hidden += 1;
            continue;
        }
        let text = archive.text(&part.target)?;
        draft.begin(BlockKind::Sheet);
        let heading = (named || !is_usual(&sheet.name)).then_some(sheet.name.as_str());
        Reader { strings: &strings, formats: &formats, draft, heading, seen: false }.sheet(&text)?;
        draft.end();
    }
    if hidden > 0 {
        draft.note(format!("Hidden sheets were left out: {hidden}."));
    }
    Ok(())
}

/// Is this the name that a sheet has by itself: `Sheet1`, `Hoja1`?
fn is_usual(name: &str) -> bool {
    let word = name.trim_end_matches(|letter: char| letter.is_ascii_digit()).trim().to_lowercase();
    ["sheet", "hoja", "feuil", "tabelle", "planilha", "foglio", "blad", "arkusz", "лист", ""].contains(&word.as_str())
}

struct Sheet {
    name: String,
    relation: String,
    hidden: bool,
}

#[derive(Default)]
struct Book {
    sheets: Vec<Sheet>,
    /// Do its dates count from 1904, as those of old Macintoshes do?
    from_1904: bool,
}

impl Book {
    fn read(text: &str, limits: &Limits) -> Result<Self, Unreadable> {
        let mut book = Self::default();
        let mut xml = Xml::new(text, limits, WHAT);
        while let Some(node) = xml.next()? {
            let Node::Start(element) = node else { continue };
            match element.name.as_str() {
                "workbookPr" => {
                    book.from_1904 = matches!(element.get("date1904").as_deref(), Some("1" | "true"));
                }
                "sheet" => {
                    let (Some(name), Some(relation)) = (element.get("name"), element.get("id")) else { continue };
                    let hidden = element.get("state").is_some_and(|state| state != "visible");
                    book.sheets.push(Sheet { name, relation, hidden });
                }
                _ => {}
            }
        }
        Ok(book)
    }
}

/// The strings that cells share. Each is kept once, however many cells have it.
fn strings(text: &str, limits: &Limits) -> Result<Vec<Arc<str>>, Unreadable> {
    let mut strings = Vec::new();
    let mut xml = Xml::new(text, limits, WHAT);
    let mut open: Option<String> = None;
    let mut says = false;
    while let Some(node) = xml.next()? {
        match node {
            Node::Start(element) => match element.name.as_str() {
                "si" => open = Some(String::new()),
                "t" => says = true,
                // How it is pronounced.
                "rPh" => xml.skip()?,
                _ => {}
            },
            Node::Text(text) => {
                if let Some(open) = open.as_mut().filter(|_| says) {
                    open.push_str(&text);
                }
            }
            Node::End(name) => match name.as_str() {
                "t" => says = false,
                "si" => strings.extend(open.take().map(Arc::from)),
                _ => {}
            },
        }
    }
    Ok(strings)
}

/// A cell that is being read.
#[derive(Default)]
struct Cell {
    column: Option<usize>,
    kind: String,
    format: Option<usize>,
    value: String,
}

struct Reader<'r, 'l> {
    strings: &'r [Arc<str>],
    formats: &'r Formats,
    draft: &'r mut Draft<'l>,
    heading: Option<&'r str>,
    /// Was there a row of more than one cell?
    seen: bool,
}

impl Reader<'_, '_> {
    fn sheet(mut self, text: &str) -> Result<(), Unreadable> {
        let mut xml = Xml::new(text, self.draft.limits, WHAT);
        let mut row: Vec<(usize, String)> = Vec::new();
        let mut length = 0;
        let mut cell = Cell::default();
        let mut says = false;
        while let Some(node) = xml.next()? {
            match node {
                Node::Start(element) => match element.name.as_str() {
                    "row" => (row, length) = (Vec::new(), 0),
                    "c" => cell = Self::cell(&element),
                    "v" | "t" => says = true,
                    "f" | "rPh" => xml.skip()?,
                    _ => {}
                },
                Node::Text(text) if says => cell.value.push_str(&text),
                Node::Text(_) => {}
                Node::End(name) => match name.as_str() {
                    "v" | "t" => says = false,
                    "c" => {
                        let cell = std::mem::take(&mut cell);
                        let column = cell.column.unwrap_or_else(|| row.last().map_or(0, |(column, _)| column + 1));
                        let shown = self.shown(cell);
                        length += shown.len();
                        // One string in each cell of a row is told before the row is put together.
                        if length > self.draft.limits.bytes {
                            let what =
                                format!("more text than can be read ({} characters)", self.draft.limits.characters);
                            return Err(Unreadable::too_long(&what));
                        }
                        if !shown.is_empty() {
                            row.push((column, shown));
                        }
                    }
                    "row" => self.row(std::mem::take(&mut row))?,
                    // What follows are rules and drawings.
                    "sheetData" => break,
                    _ => {}
                },
            }
        }
        Ok(())
    }

    fn cell(element: &Element<'_>) -> Cell {
        Cell {
            column: element.get("r").and_then(|name| column(&name)),
            kind: element.get("t").unwrap_or_default(),
            format: element.get("s").and_then(|format| format.parse().ok()),
            value: String::new(),
        }
    }

    /// What a cell shows.
    fn shown(&self, cell: Cell) -> String {
        match cell.kind.as_str() {
            "s" => {
                let string = cell.value.trim().parse().ok().and_then(|at: usize| self.strings.get(at));
                string.map(ToString::to_string).unwrap_or_default()
            }
            "str" | "inlineStr" => cell.value,
            "b" => if cell.value.trim() == "1" { "TRUE" } else { "FALSE" }.to_owned(),
            // A fault of a formula says nothing.
            "e" => String::new(),
            "d" => cell.value.replace("T00:00:00", ""),
            _ => {
                let format = cell.format.map_or(&Format::General, |format| self.formats.of(format));
                formats::shown(cell.value.trim(), format, self.formats.from_1904)
            }
        }
    }

    fn row(&mut self, mut row: Vec<(usize, String)>) -> Result<(), Unreadable> {
        row.sort_by_key(|(column, _)| *column);
        let mut cells: Vec<&str> = Vec::new();
        let mut next = row.first().map_or(0, |(column, _)| *column).min(GAP);
        cells.resize(next, "");
        for (column, text) in &row {
            let gap = column.saturating_sub(next);
            cells.resize(cells.len() + gap.min(GAP), "");
            cells.push(text);
            next = column + 1;
        }
        let line = comma::row(&cells);
        // Empty columns before all of a sheet's cells would only be signs.
        let line = line.trim_start_matches([' ', '|']);
        if line.is_empty() {
            return Ok(());
        }
        if let Some(heading) = self.heading.take() {
            self.draft.leaf(BlockKind::Heading(1), heading)?;
        }
        let kind = match row.as_slice() {
            [] | [_] => BlockKind::Row,
            _ if self.seen => BlockKind::Row,
            many => {
                self.seen = true;
                let texts: Vec<&str> = many.iter().map(|(_, text)| text.as_str()).collect();
                if comma::names_columns(&texts) { BlockKind::HeaderRow } else { BlockKind::Row }
            }
        };
        self.draft.leaf(kind, line)
    }
}

/// The number of a column from 0: `A7` is 0, `AB3` is 27.
fn column(name: &str) -> Option<usize> {
    let letters = name.bytes().take_while(u8::is_ascii_alphabetic);
    let number =
        letters.take(4).fold(0, |number, letter| number * 26 + usize::from(letter.to_ascii_uppercase() - b'A') + 1);
    number.checked_sub(1)
}

#[cfg(test)]
mod tests;
