//! Tables: CSV with a head, or a JSON object on each line. A file may be broken anywhere: one broken row never takes its neighbours with
//! it. docs/import.md tells the rules to people.
//!
//! A file is laid aside as it comes and read twice: what its numbers and days mean is shown by all of them together, never by one.

mod cells;
mod columns;
mod dates;
mod head;
mod lines;
#[cfg(test)]
mod properties;
mod text;
mod write;

use std::io::BufRead;

use kernel::numeral::{self, Mark, Written};
use kernel::{Currency, Error, Kind as ErrorKind, Result};
use serde::de::IgnoredAny;
use serde_json::Value;

use crate::{Description, Fields, Input, json};
pub use cells::{as_written, harmless, is_nothing};
use columns::{Holds, Shown, decide};
use head::Head;
use lines::{Line, Lines, Record, split};
use text::Text;
pub use write::{Delimiter, Dialect, Writer};

/// What is read.
pub type Source = Box<dyn BufRead + Send>;

/// How a table is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Format {
    /// Comma-separated values with a head; semicolons, tabs and bars are seen from the head.
    Csv,
    /// One JSON object on each line.
    JsonLines,
}

impl Format {
    /// By the end of a file's name: `.csv`, `.tsv`, `.jsonl`, `.ndjson`.
    pub fn of_name(name: &str) -> Option<Self> {
        match name.rsplit('.').next()?.to_ascii_lowercase().as_str() {
            "csv" | "tsv" | "txt" => Some(Self::Csv),
            "jsonl" | "ndjson" | "json" => Some(Self::JsonLines),
            _ => None,
        }
    }

    /// By a media type.
    pub fn of_media_type(media_type: &str) -> Option<Self> {
        match media_type.split(';').next()?.trim().to_ascii_lowercase().as_str() {
            "text/csv" | "text/tab-separated-values" | "application/csv" => Some(Self::Csv),
            "application/jsonl" | "application/x-ndjson" | "application/ndjson" | "application/x-jsonlines" => {
                Some(Self::JsonLines)
            }
            _ => None,
        }
    }

    /// The ends of the names of such files.
    pub const fn endings(self) -> &'static str {
        match self {
            Self::Csv => ".csv, .tsv",
            Self::JsonLines => ".jsonl, .ndjson",
        }
    }

    /// Its media type.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv",
            Self::JsonLines => "application/jsonl",
        }
    }
}

/// What table is wanted.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    /// How it may be written.
    pub formats: &'static [Format],
    /// The columns that a head must name, each under any of its names.
    pub columns: &'static [&'static [&'static str]],
    /// What else is said where one of them is missing: which names there are.
    pub hint: &'static str,
    /// The longest row, in bytes.
    pub longest: usize,
}

/// What is said of a table beside it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Said {
    /// How it is written; the file shows it otherwise.
    pub format: Option<Format>,
    /// The mark before decimals; the file shows it otherwise.
    pub decimal: Option<Mark>,
}

impl From<Option<Format>> for Said {
    fn from(format: Option<Format>) -> Self {
        Self { format, decimal: None }
    }
}

/// A row of a table, or why it is none.
pub struct Row {
    /// The line on which it begins, from 1.
    pub line: u64,
    /// Its fields, by the names of the head.
    pub fields: std::result::Result<Fields, String>,
}

/// Reads a table row by row. The file was looked through before: what marks its numbers have is decided by all of them.
pub struct Rows {
    lines: Lines,
    head: Option<Head>,
    /// Do its rows have a field for the currency of their amounts?
    has_currency: bool,
}

fn unreadable(error: impl std::fmt::Display) -> Error {
    Error::new(ErrorKind::BadRequest, format!("The file could not be read to its end: {error}"))
}

fn not_kept(error: std::io::Error) -> Error {
    let message =
        "The file cannot be laid aside to be looked through: the disk of the temporary folder (TMPDIR) may be full";
    Error::new(ErrorKind::Unavailable, message).because(error)
}

/// What is said of JSON that is not a document on each line.
const NOT_LINES: &str = "is one JSON document; write each of its objects on a line of its own, without brackets around them and commas \
                         between them (JSON Lines). Nothing was taken in";

impl Rows {
    /// Lays the table aside and looks it through: a head must name the columns of the shape, and the columns of numbers show their marks.
    pub fn of<T: Input>(source: Source, said: Said, shape: &Shape) -> Result<Self> {
        let description = Description::of::<T>();
        Self::new(source, said, shape, &description.numbers(), description.has("currency"))
    }

    fn new(
        source: Source,
        said: Said,
        shape: &Shape,
        numbers: &[(&str, numeral::Kind)],
        has_currency: bool,
    ) -> Result<Self> {
        let mut lines = Lines::new(Text::of(source).map_err(not_kept)?, shape.longest);
        let Some(first) = lines.next_said().map_err(unreadable)? else {
            return Err(Error::invalid_field("file", "is empty: it needs a head and at least one row"));
        };
        let takes_json = shape.formats.contains(&Format::JsonLines);
        let text = &first.bytes;
        if text.contains(&0) {
            let or_json = if takes_json { " or JSON lines" } else { "" };
            let message = format!("The file is not a text; save it as CSV (UTF-8){or_json}");
            return Err(Error::new(ErrorKind::UnsupportedMediaType, message));
        }
        let begins = text.trim_ascii_start().first().copied();
        let is_json = match said.format {
            Some(format) => format == Format::JsonLines,
            None => takes_json && matches!(begins, Some(b'{' | b'[')),
        };
        if is_json {
            return Self::of_json(lines, first, shape, has_currency);
        }
        if matches!(begins, Some(b'{' | b'[')) && serde_json::from_slice::<IgnoredAny>(text).is_ok() {
            return Err(Error::invalid_field("file", "is JSON, and a table in CSV is wanted"));
        }
        let mut head = Head::find(&mut lines, first, shape, numbers)?;
        let below = lines.mark();
        let mut shown = vec![Shown::default(); head.columns.len()];
        // Where the file was broken off is told when its rows have been read up to there.
        while let Ok(Some(line)) = lines.next_said() {
            see(&mut lines, &line, &head, &mut shown);
        }
        for (column, decided) in head.columns.iter_mut().zip(decide(&shown, head.delimiter, said.decimal)) {
            column.decided = decided;
        }
        lines.back_to(below).map_err(unreadable)?;
        Ok(Self { lines, head: Some(head), has_currency })
    }

    fn of_json(mut lines: Lines, first: Line, shape: &Shape, has_currency: bool) -> Result<Self> {
        let next = lines.next_said().unwrap_or_default();
        let text = first.bytes.trim_ascii();
        let read = serde_json::from_slice::<serde_json::Map<String, Value>>(text);
        let is_document = match &read {
            // `{"creators": [{…}, {…}]}`
            Ok(object) => {
                let is_named = |any: &&[&str]| any.iter().any(|name| object.contains_key(*name));
                let is_list = |value: &Value| value.as_array().is_some_and(|items| items.iter().any(Value::is_object));
                !shape.columns.iter().any(is_named) && object.values().any(is_list)
            }
            // An object over several lines, or one in a list whose bracket was lost.
            Err(error) => {
                let goes_on = next.as_ref().is_some_and(|next| !next.bytes.trim_ascii_start().starts_with(b"{"));
                (error.is_eof() && goes_on) || (text.starts_with(b"{") && text.ends_with(b"},"))
            }
        };
        if text.starts_with(b"[") || is_document {
            return Err(Error::invalid_field("file", NOT_LINES));
        }
        if let Some(next) = next {
            lines.put_back(next);
        }
        lines.put_back(first);
        Ok(Self { lines, head: None, has_currency })
    }

    /// The next row that is not empty; nothing at the end.
    pub fn next_row(&mut self) -> Result<Option<Row>> {
        while let Some(line) = self.lines.next_said().map_err(unreadable)? {
            if let Some(fields) = self.fields(&line)? {
                return Ok(Some(Row { line: line.number, fields }));
            }
        }
        Ok(None)
    }

    /// How much of the file was read.
    pub fn bytes_read(&self) -> u64 {
        self.lines.bytes_read()
    }

    /// The fields of the row that begins with this line; nothing if all of its cells are empty.
    fn fields(&mut self, line: &Line) -> Result<Option<std::result::Result<Fields, String>>> {
        if line.too_long {
            return Ok(Some(Err(format!("is longer than {} KiB", self.lines.longest >> 10))));
        }
        let Some(head) = &self.head else {
            return Ok(Some(json::parse(&line.bytes).and_then(Fields::of_body).map_err(|error| told(&error))));
        };
        let cells = match cells(&mut self.lines, line, head)? {
            Ok(cells) if cells.iter().all(|cell| cell.trim().is_empty()) => return Ok(None),
            Ok(cells) => cells,
            Err(why) => return Ok(Some(Err(why))),
        };
        Ok(Some(read_cells(&cells, head, self.has_currency).map(|pairs| Fields::of_text("row", pairs))))
    }
}

/// The cells of the row that begins with this line, as many as the head names. Empty ones at its end may be missing, or too many.
fn cells(lines: &mut Lines, line: &Line, head: &Head) -> Result<std::result::Result<Vec<String>, String>> {
    let width = head.columns.len();
    let (record, more) = match lines.record(line, head.delimiter, width).map_err(unreadable)? {
        Record::Whole(record, more) => (split(&record, head.delimiter), more),
        Record::Broken(why, 0) => (Err(why.to_owned()), 0),
        Record::Broken(why, more) => {
            (Err(format!("{why}. The {more} lines after it may belong to it and were not taken either")), more)
        }
    };
    lines.skip(more);
    Ok(record.and_then(|mut cells| {
        let given = cells.len();
        while cells.len() > width && cells.last().is_some_and(|cell| cell.trim().is_empty()) {
            cells.pop();
        }
        if cells.len() > width {
            return Err(format!("has {given} fields, but the head names {width}"));
        }
        cells.resize(width, String::new());
        Ok(cells)
    }))
}

/// What the cells of a row show of their columns.
fn see(lines: &mut Lines, line: &Line, head: &Head, shown: &mut [Shown]) {
    if line.too_long {
        return;
    }
    let Ok(Ok(cells)) = cells(lines, line, head) else { return };
    for ((cell, column), shown) in cells.iter().zip(&head.columns).zip(shown) {
        if column.holds != Holds::Text && !says_nothing(cell, column.holds) {
            shown.see(column.holds, cell.trim_start_matches('\''));
        }
    }
}

/// A cell that says nothing; R writes `NA`, which is a country in a column of texts.
fn says_nothing(cell: &str, holds: Holds) -> bool {
    is_nothing(cell) || (holds != Holds::Text && cell.trim().eq_ignore_ascii_case("na"))
}

/// The fields of a row; every number and day in it as its column has them.
fn read_cells(cells: &[String], head: &Head, has_currency: bool) -> std::result::Result<Vec<(String, String)>, String> {
    let (mut pairs, mut faults) = (Vec::with_capacity(cells.len()), Vec::new());
    let mut currencies: Vec<(&str, Currency)> = Vec::new();
    for (cell, column) in cells.iter().zip(&head.columns) {
        if column.name.is_empty() || says_nothing(cell, column.holds) {
            continue;
        }
        let cell = if column.holds == Holds::Text { as_written(cell) } else { cell.trim_start_matches('\'') };
        if column.holds == Holds::Numbers(numeral::Kind::MONEY) && has_currency {
            let currency = Written::parse(cell).ok().and_then(|written| written.currency());
            currencies.extend(currency.map(|currency| (column.name.as_str(), currency)));
        }
        match column.decided.read(column.holds, cell) {
            Ok(cell) => pairs.push((column.name.clone(), cell)),
            Err(why) => faults.push(format!("{} {why}", column.name)),
        }
    }
    for (name, currency) in currencies {
        match pairs.iter().find(|(name, _)| name == "currency") {
            None => pairs.push(("currency".to_owned(), currency.code().to_owned())),
            Some((_, given)) if given.trim().eq_ignore_ascii_case(currency.code()) => {}
            Some((_, given)) => faults.push(format!("{name} is in {currency}, but currency says {given}")),
        }
    }
    if faults.is_empty() { Ok(pairs) } else { Err(faults.join("; ")) }
}

/// Every fault of a row, in one line.
pub fn told(error: &Error) -> String {
    if error.faults().is_empty() {
        return error.message().to_owned();
    }
    let faults = error.faults().iter().map(|fault| {
        let name = fault.loc.last().map_or("row", String::as_str);
        format!("{name} {}", fault.message)
    });
    faults.collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    const SHAPE: Shape = Shape {
        formats: &[Format::Csv, Format::JsonLines],
        columns: &[&["a", "ay"], &["b"]],
        hint: "",
        longest: 1 << 16,
    };

    fn rows(text: &[u8]) -> Result<Rows> {
        let numbers = [("n", numeral::Kind::WHOLE), ("m", numeral::Kind::MONEY), ("p", numeral::Kind::up_to(100.0))];
        Rows::new(Box::new(Cursor::new(text.to_vec())), Said::default(), &SHAPE, &numbers, true)
    }

    fn read(text: &[u8]) -> Vec<(u64, Option<String>)> {
        let mut rows = rows(text).unwrap();
        let mut read = Vec::new();
        while let Some(row) = rows.next_row().unwrap() {
            let fields = row.fields.ok();
            read.push((row.line, fields.map(|fields| fields.raw("b").map_or_else(String::new, ToString::to_string))));
        }
        read
    }

    #[test]
    fn delimiters_quotes_and_line_ends() {
        let text = "\u{feff}\r\nAY;B\r\n1;\"x; \"\"y\"\"\"\r\n\r\n2;z".as_bytes();
        assert_eq!(read(text), [(3, Some("\"x; \\\"y\\\"\"".into())), (5, Some("\"z\"".into()))]);
        assert_eq!(read(b"a\tb\n1\t2\n"), [(2, Some("\"2\"".into()))]);
        assert_eq!(read(b"a,b\n1,\"x\ny\"\n2,z\n"), [(2, Some("\"x\\ny\"".into())), (4, Some("\"z\"".into()))]);
    }

    #[test]
    fn a_broken_line_is_alone() {
        let mut text = b"a,b\n1,\"open\n2,\xc3\xb6k\n3\n\xff,\xff\n".to_vec();
        text.extend(std::iter::repeat_n(b'x', 1 << 20));
        text.extend(b"\n4,ok");
        let lines: Vec<_> = read(&text).into_iter().map(|(line, row)| (line, row.is_some())).collect();
        assert_eq!(lines, [(2, false), (3, true), (4, true), (5, false), (6, false), (7, true)]);
        let lines: Vec<_> =
            read(b"{\"b\": 1}\n{\n\n{\"b\": 2}").into_iter().map(|(line, row)| (line, row.is_some())).collect();
        assert_eq!(lines, [(1, true), (2, false), (4, true)]);
    }

    #[test]
    fn heads_that_are_none() {
        for text in [&b""[..], b"\n \n", b"x,y\n1,2\n", b"a\n1\n", b"[{\"b\": 1}]", b"[\n{\"b\": 1}\n]"] {
            assert_eq!(rows(text).err().unwrap().kind(), ErrorKind::Invalid);
        }
        assert!(rows(b"c,d\n").err().unwrap().message().contains("a or ay, and none b"));
        assert!(rows(b" [{\"b\": 1}]").err().unwrap().message().contains("on a line of its own"));
        assert_eq!(rows(b"P\0K\x03").err().unwrap().kind(), ErrorKind::UnsupportedMediaType);
    }

    /// The texts of a column, row by row; the message of a row that was refused.
    fn column(text: &str, name: &str) -> Vec<std::result::Result<Option<String>, String>> {
        let mut rows = rows(text.as_bytes()).unwrap();
        let mut column = Vec::new();
        while let Some(row) = rows.next_row().unwrap() {
            let value = |fields: Fields| fields.raw(name).and_then(Value::as_str).map(str::to_owned);
            column.push(row.fields.map(value));
        }
        column
    }

    fn given(text: &str, name: &str) -> Vec<String> {
        column(text, name).into_iter().map(|cell| cell.unwrap().unwrap_or_default()).collect()
    }

    #[test]
    fn marks_are_decided_by_the_whole_column() {
        assert_eq!(given("a,b,n\n1,1,125.000\n1,1,98.500\n", "n"), ["125000", "98500"]);
        assert_eq!(given("a,b,m\n1,1,\"1.250\"\n1,1,\"320,50\"\n", "m"), ["1250", "320.5"]);
        assert_eq!(given("a;b;n;p\n1;1;125.000;12,5 %\n", "n"), ["125000"], "by the semicolons");
        assert_eq!(given("a,b,n,p\n1,1,125.000,\"4,5\"\n", "n"), ["125000"], "by another column");
        assert_eq!(given("a,b,n\n1,1,125000.0\n1,1,12.000\n", "n"), ["125000", "12"]);
        assert_eq!(given("a,b,p\n1,1,\"4,125\"\n", "p"), ["4.1250"]);
        let refused = column("a,b,n\n1,1,125.000\n1,1,7\n", "n");
        assert!(refused[0].as_ref().unwrap_err().contains("125 or 125000"), "{refused:?}");
        assert_eq!(refused[1], Ok(Some("7".to_owned())));
        // A column that contradicts itself decides nothing.
        let mixed = column("a,b,m\n1,1,\"1,5\"\n1,1,1.5\n1,1,1.250\n", "m");
        assert!(mixed[0].is_ok() && mixed[1].is_ok() && mixed[2].is_err(), "{mixed:?}");
    }

    #[test]
    fn amounts_say_their_currency() {
        assert_eq!(given("a,b,m\n1,1,\"€ 20,00\"\n1,1,30\n", "currency"), ["EUR", ""]);
        assert!(column("a,b,m,currency\n1,1,€20,USD\n", "m")[0].as_ref().unwrap_err().contains("in EUR"));
    }

    #[test]
    fn heads_below_other_things() {
        for above in ["sep=,\n", "Export of March\n\n", ",,,,\n,,,,\n", "\"A title, with a comma\"\nand another\n"] {
            assert_eq!(given(&format!("{above}a,b,,\n1,x,,\n2,y\n3,z,,,,\n,,,,\n"), "b"), ["x", "y", "z"], "{above}");
        }
        assert_eq!(given("sep=;\r\na;b\r\n1;x,y\r\n", "b"), ["x,y"]);
        assert_eq!(given("a|b\n1|x;y\n", "b"), ["x;y"]);
        assert_eq!(given(",a,b\n0,1,x\n1,2,y\n", "b"), ["x", "y"], "the index of pandas");
        assert_eq!(given("a,b\r1,x\r2,y", "b"), ["x", "y"]);
        assert!(column("a,b\n1,x,y\n", "b")[0].is_err());
    }

    #[test]
    fn cells_that_say_nothing_and_cells_that_were_made_harmless() {
        assert_eq!(
            given("a,b,n\n1,N/A,NA\n1,—,\n1,NA,#N/A\n1,'=1+1,'7\n1,'N/A,8\n", "b"),
            ["", "", "NA", "=1+1", "N/A"]
        );
        assert_eq!(given("a,b,n\n1,N/A,NA\n1,'=1+1,'7\n", "n"), ["", "7"]);
    }

    #[test]
    fn json_that_is_not_lines() {
        for text in ["[{\"b\": 1}]", "{\n  \"b\": 1\n}", "{\"list\": [{\"b\": 1}]}", "{\"b\": 1},\n{\"b\": 2}"] {
            assert!(rows(text.as_bytes()).err().unwrap().to_string().contains("JSON"), "{text}");
        }
    }
}
