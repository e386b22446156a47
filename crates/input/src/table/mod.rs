//! Tables: CSV with a head, or a JSON object on each line, read row by row as the file comes. A file may be broken anywhere: one
//! broken row never takes its neighbours with it.

mod lines;

use std::io::BufRead;

use kernel::{Error, Kind, Result};

use crate::{Fields, json};
use lines::{Line, Lines, delimiter_of};

/// What is read.
pub type Source = Box<dyn BufRead + Send>;

/// How a table is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Format {
    /// Comma-separated values with a head; semicolons and tabs are seen from the head.
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

/// A row of a table, or why it is none.
pub struct Row {
    /// The line on which it begins, from 1.
    pub line: u64,
    /// Its fields, by the names of the head.
    pub fields: std::result::Result<Fields, String>,
}

/// Reads a table row by row.
pub struct Rows {
    lines: Lines,
    head: Option<Head>,
}

struct Head {
    names: Vec<String>,
    delimiter: u8,
}

fn unreadable(error: impl std::fmt::Display) -> Error {
    Error::new(Kind::BadRequest, format!("The file could not be read to its end: {error}"))
}

impl Rows {
    /// Reads the beginning: a head must name the columns of the shape. Where no format is said the file shows it.
    pub fn new(source: Source, format: Option<Format>, shape: &Shape) -> Result<Self> {
        let mut lines = Lines::new(source, shape.longest);
        let mut first = lines.next().map_err(unreadable)?;
        while first.as_ref().is_some_and(is_blank) {
            first = lines.next().map_err(unreadable)?;
        }
        let Some(first) = first else {
            return Err(Error::invalid_field("file", "is empty: it needs a head and at least one row"));
        };
        let takes_json = shape.formats.contains(&Format::JsonLines);
        let text = &first.bytes;
        if text.contains(&0) || text.starts_with(&[0xff, 0xfe]) || text.starts_with(&[0xfe, 0xff]) {
            let or_json = if takes_json { " or JSON lines" } else { "" };
            let message = format!("The file is not a text in UTF-8; save it as CSV (UTF-8){or_json}");
            return Err(Error::new(Kind::UnsupportedMediaType, message));
        }
        let begins = text.trim_ascii_start().first();
        let is_json = match format {
            Some(format) => format == Format::JsonLines,
            None => takes_json && matches!(begins, Some(b'{' | b'[')),
        };
        if !is_json {
            let head = Head::of(&mut lines, &first, shape)?;
            return Ok(Self { lines, head: Some(head) });
        }
        if begins == Some(&b'[') {
            let message = "is one JSON array; write each of its objects on a line of its own, without brackets around \
                           them and commas between them";
            return Err(Error::invalid_field("file", message));
        }
        lines.put_back(first);
        Ok(Self { lines, head: None })
    }

    /// The next row that is not empty; nothing at the end.
    pub fn next_row(&mut self) -> Result<Option<Row>> {
        while let Some(line) = self.lines.next().map_err(unreadable)? {
            if !is_blank(&line) {
                return Ok(Some(Row { line: line.number, fields: self.fields(&line)? }));
            }
        }
        Ok(None)
    }

    /// How much of the file was read.
    pub fn bytes_read(&self) -> u64 {
        self.lines.bytes_read
    }

    fn fields(&mut self, line: &Line) -> Result<std::result::Result<Fields, String>> {
        if line.too_long {
            return Ok(Err(format!("is longer than {} KiB", self.lines.longest >> 10)));
        }
        let Some(head) = &self.head else {
            return Ok(json::parse(&line.bytes).and_then(Fields::of_body).map_err(|error| told(&error)));
        };
        let width = head.names.len();
        let values = self.lines.record(line, head.delimiter, Some(width)).map_err(unreadable)?;
        Ok(values.and_then(|values| {
            if values.len() != width {
                return Err(format!("has {} fields, but the head names {width}", values.len()));
            }
            Ok(Fields::of_text("row", head.names.iter().cloned().zip(values)))
        }))
    }
}

impl Head {
    fn of(lines: &mut Lines, first: &Line, shape: &Shape) -> Result<Self> {
        if first.too_long {
            let message = format!("its head (the first line) is longer than {} KiB", shape.longest >> 10);
            return Err(Error::invalid_field("file", message));
        }
        let delimiter = delimiter_of(&first.bytes);
        let names = lines.record(first, delimiter, None).map_err(unreadable)?;
        let names = names.map_err(|why| Error::invalid_field("file", format!("its head {why}")))?;
        let names: Vec<String> = names.iter().map(|name| name.trim().to_lowercase().replace([' ', '-'], "_")).collect();
        let missing = shape.columns.iter().filter(|any| !names.iter().any(|name| any.contains(&name.as_str())));
        let missing: Vec<String> = missing.map(|any| any.join(" or ")).collect();
        if missing.is_empty() {
            return Ok(Self { names, delimiter });
        }
        let message =
            format!("its head (the first line) names no column {}{}", missing.join(", and none "), shape.hint);
        Err(Error::invalid_field("file", message))
    }
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

fn is_blank(line: &Line) -> bool {
    line.bytes.iter().all(u8::is_ascii_whitespace)
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
        Rows::new(Box::new(Cursor::new(text.to_vec())), None, &SHAPE)
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
        let mut text = b"a,b\n1,\"open\n2,ok\n3\n\xff,\xff\n".to_vec();
        text.extend(std::iter::repeat_n(b'x', 1 << 20));
        text.extend(b"\n4,ok");
        let lines: Vec<_> = read(&text).into_iter().map(|(line, row)| (line, row.is_some())).collect();
        assert_eq!(lines, [(2, false), (3, true), (4, false), (5, false), (6, false), (7, true)]);
        let lines: Vec<_> =
            read(b"{\"b\": 1}\n{\n\n{\"b\": 2}").into_iter().map(|(line, row)| (line, row.is_some())).collect();
        assert_eq!(lines, [(1, true), (2, false), (4, true)]);
    }

    #[test]
    fn heads_that_are_none() {
        for text in [&b""[..], b"\n \n", b"x,y\n1,2\n", b"a\n1\n", b"[{\"b\": 1}]", b"[\n{\"b\": 1}\n]"] {
            assert_eq!(rows(text).err().unwrap().kind(), Kind::Invalid);
        }
        assert!(rows(b"c,d\n").err().unwrap().message().contains("a or ay, and none b"));
        assert!(rows(b" [{\"b\": 1}]").err().unwrap().message().contains("on a line of its own"));
        assert_eq!(rows(b"P\0K\x03").err().unwrap().kind(), Kind::UnsupportedMediaType);
    }
}
