//! Rows of a CSV file that may be broken anywhere: one line is one row, so that a broken one never takes its neighbours with it.

use std::io::{self, BufRead, Read};

use input::Fields;
use kernel::{Error, Kind, Result};

/// The longest line that is read, in bytes.
const LONGEST_LINE: u64 = 1 << 16;

/// A row of the file, or why it is none.
pub(crate) struct Row {
    /// Its line, from 1.
    pub(crate) line: u64,
    /// Its fields by the names of the head.
    pub(crate) fields: Result<Fields, String>,
}

/// Reads the rows below a head.
pub(crate) struct Rows {
    source: Box<dyn BufRead + Send>,
    number: u64,
    delimiter: u8,
    names: Vec<String>,
    reader: csv_core::Reader,
    parts: Vec<u8>,
    ends: Vec<usize>,
}

/// One column that a table must have, under any of these names.
pub(crate) type Wanted = &'static [&'static str];

fn unreadable(error: impl std::fmt::Display) -> Error {
    Error::new(Kind::BadRequest, format!("The file could not be read to its end: {error}"))
}

impl Rows {
    /// Reads the head, which must name these columns. A comma, semicolon or tab sets columns apart, whichever stands in it most.
    pub(crate) fn new(source: Box<dyn BufRead + Send>, wanted: &[Wanted]) -> Result<Self> {
        let mut rows = Self {
            source,
            number: 0,
            delimiter: b',',
            names: Vec::new(),
            reader: csv_core::Reader::new(),
            parts: Vec::new(),
            ends: Vec::new(),
        };
        let head = loop {
            match rows.line()? {
                None => return Err(Error::invalid_field("file", "is empty: it needs a head and at least one row")),
                Some(Line { bytes, .. }) if is_blank(&bytes) => {}
                Some(Line { too_long: true, .. }) => {
                    return Err(Error::invalid_field("file", "its head (the first line) is longer than 64 KiB"));
                }
                Some(line) => break line.bytes,
            }
        };
        if head.contains(&0) || head.starts_with(&[0xff, 0xfe]) || head.starts_with(&[0xfe, 0xff]) {
            return Err(Error::new(
                Kind::UnsupportedMediaType,
                "The file is not a text in UTF-8; save it as CSV (UTF-8)",
            ));
        }
        rows.delimiter = delimiter_of(&head);
        rows.reader = csv_core::ReaderBuilder::new().delimiter(rows.delimiter).build();
        let names = rows.split(&head).map_err(|why| Error::invalid_field("file", format!("its head {why}")))?;
        rows.names = names.iter().map(|name| name.trim().to_lowercase().replace([' ', '-'], "_")).collect();
        let missing: Vec<String> = wanted
            .iter()
            .filter(|names| !rows.names.iter().any(|name| names.contains(&name.as_str())))
            .map(|names| names.join(" or "))
            .collect();
        if missing.is_empty() {
            return Ok(rows);
        }
        let message = format!("its head (the first line) names no column {}", missing.join(", and none "));
        Err(Error::invalid_field("file", message))
    }

    /// The next row that is not empty; nothing at the end.
    pub(crate) fn next(&mut self) -> Result<Option<Row>> {
        while let Some(Line { bytes, too_long }) = self.line()? {
            if is_blank(&bytes) {
                continue;
            }
            let fields = if too_long { Err("is longer than 64 KiB".to_owned()) } else { self.fields(&bytes) };
            return Ok(Some(Row { line: self.number, fields }));
        }
        Ok(None)
    }

    fn fields(&mut self, line: &[u8]) -> Result<Fields, String> {
        let values = self.split(line)?;
        if values.len() != self.names.len() {
            return Err(format!("has {} fields, but the head names {}", values.len(), self.names.len()));
        }
        Ok(Fields::of_text("row", self.names.iter().cloned().zip(values)))
    }

    fn line(&mut self) -> Result<Option<Line>> {
        let mut bytes = Vec::new();
        let read = self.source.by_ref().take(LONGEST_LINE).read_until(b'\n', &mut bytes).map_err(unreadable)?;
        if read == 0 {
            return Ok(None);
        }
        let too_long = bytes.last() != Some(&b'\n') && read as u64 == LONGEST_LINE;
        if too_long {
            self.skip_line().map_err(unreadable)?;
        }
        self.number += 1;
        if self.number == 1 && bytes.starts_with(b"\xef\xbb\xbf") {
            bytes.drain(..3);
        }
        while matches!(bytes.last(), Some(b'\n' | b'\r')) {
            bytes.pop();
        }
        Ok(Some(Line { bytes, too_long }))
    }

    /// Reads on to the end of the line without keeping it.
    fn skip_line(&mut self) -> io::Result<()> {
        loop {
            let buffer = self.source.fill_buf()?;
            let (used, ended) = match memchr::memchr(b'\n', buffer) {
                Some(at) => (at + 1, true),
                None => (buffer.len(), buffer.is_empty()),
            };
            self.source.consume(used);
            if ended {
                return Ok(());
            }
        }
    }

    fn split(&mut self, line: &[u8]) -> Result<Vec<String>, String> {
        if memchr::memchr_iter(b'"', line).count() % 2 == 1 {
            return Err(
                "opens a quote and never closes it; a row is one line, and \"\" is a quote within quotes".to_owned()
            );
        }
        self.reader.reset();
        self.parts.resize(line.len() + 1, 0);
        self.ends.resize(line.len() + 2, 0);
        let (mut read, mut written, mut ended) = (0, 0, 0);
        loop {
            // An empty input is the end of the row.
            let (result, used, out, found) =
                self.reader.read_record(&line[read..], &mut self.parts[written..], &mut self.ends[ended..]);
            (read, written, ended) = (read + used, written + out, ended + found);
            match result {
                csv_core::ReadRecordResult::InputEmpty => {}
                csv_core::ReadRecordResult::Record | csv_core::ReadRecordResult::End => break,
                _ => return Err("cannot be read as a row".to_owned()),
            }
        }
        let mut start = 0;
        let parts = self.ends[..ended].iter().map(|end| {
            let part = std::str::from_utf8(&self.parts[start..*end]).map_err(|_| "is not valid UTF-8".to_owned());
            start = *end;
            part.map(str::to_owned)
        });
        parts.collect()
    }
}

struct Line {
    bytes: Vec<u8>,
    too_long: bool,
}

fn is_blank(line: &[u8]) -> bool {
    line.iter().all(u8::is_ascii_whitespace)
}

fn delimiter_of(head: &[u8]) -> u8 {
    let count = |delimiter: u8| memchr::memchr_iter(delimiter, head).count();
    let best = [b',', b';', b'\t'].into_iter().rev().max_by_key(|delimiter| count(*delimiter));
    best.unwrap_or(b',')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &[u8]) -> Result<Rows> {
        Rows::new(Box::new(io::Cursor::new(text.to_vec())), &[&["a", "ay"], &["b"]])
    }

    fn told(text: &[u8]) -> Vec<(u64, Option<String>)> {
        let mut rows = rows(text).unwrap();
        let mut told = Vec::new();
        while let Some(row) = rows.next().unwrap() {
            let fields = row.fields.ok();
            told.push((row.line, fields.map(|fields| fields.raw("b").map_or_else(String::new, ToString::to_string))));
        }
        told
    }

    #[test]
    fn delimiters_quotes_and_line_ends() {
        let text = "\u{feff}\r\nAY;B\r\n1;\"x; \"\"y\"\"\"\r\n\r\n2;z".as_bytes();
        assert_eq!(told(text), [(3, Some("\"x; \\\"y\\\"\"".into())), (5, Some("\"z\"".into()))]);
        assert_eq!(told(b"a\tb\n1\t2\n"), [(2, Some("\"2\"".into()))]);
    }

    #[test]
    fn a_broken_line_is_alone() {
        let mut text = b"a,b\n1,\"open\n2,ok\n3\n\xff,\xff\n".to_vec();
        text.extend(std::iter::repeat_n(b'x', 1 << 20));
        text.extend(b"\n4,ok");
        let lines: Vec<_> = told(&text).into_iter().map(|(line, row)| (line, row.is_some())).collect();
        assert_eq!(lines, [(2, false), (3, true), (4, false), (5, false), (6, false), (7, true)]);
    }

    #[test]
    fn heads_that_are_none() {
        for text in [&b""[..], b"\n \n", b"x,y\n1,2\n", b"a\n1\n"] {
            assert_eq!(rows(text).err().unwrap().kind(), Kind::Invalid);
        }
        assert!(rows(b"c,d\n").err().unwrap().message().contains("a or ay, and none b"));
        assert_eq!(rows(b"P\0K\x03").err().unwrap().kind(), Kind::UnsupportedMediaType);
    }
}
