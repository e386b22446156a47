//! Rows of a table, read as creators.

use std::io::BufRead;

use input::Fields;
use kernel::{Error, Kind, Result};

use super::records::{Line, Lines, delimiter_of};
use crate::model::NewCreator;

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
}

/// A row, or the end of the file.
pub(super) struct Taken {
    pub(super) line: u64,
    pub(super) creator: Result<NewCreator, String>,
    pub(super) bytes: u64,
    pub(super) is_end: bool,
}

/// Reads creators row by row.
pub(super) struct Reader {
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

impl Reader {
    pub(super) fn new(source: Box<dyn BufRead + Send>, format: Option<Format>) -> Result<Self> {
        let mut lines = Lines::new(source);
        let mut first = lines.next().map_err(unreadable)?;
        while first.as_ref().is_some_and(is_blank) {
            first = lines.next().map_err(unreadable)?;
        }
        let Some(first) = first else {
            return Err(Error::invalid_field("file", "is empty: it needs a head and at least one row"));
        };
        if first.bytes.contains(&0) || first.bytes.starts_with(&[0xff, 0xfe]) || first.bytes.starts_with(&[0xfe, 0xff])
        {
            return Err(Error::new(
                Kind::UnsupportedMediaType,
                "The file is not a text in UTF-8; save it as CSV (UTF-8) or JSON lines",
            ));
        }
        let looks_like_json = first.bytes.trim_ascii_start().starts_with(b"{");
        match format {
            Some(Format::JsonLines) => {}
            None if looks_like_json => {}
            _ => return Self::with_head(lines, &first),
        }
        lines.put_back(first);
        Ok(Self { lines, head: None })
    }

    fn with_head(mut lines: Lines, first: &Line) -> Result<Self> {
        let delimiter = delimiter_of(&first.bytes);
        let names = lines.record(first, delimiter, None).map_err(unreadable)?;
        let names = names.map_err(|why| Error::invalid_field("file", format!("its head {why}")))?;
        let names: Vec<String> = names.iter().map(|name| name.trim().to_lowercase().replace([' ', '-'], "_")).collect();
        let has = |wanted: &[&str]| names.iter().any(|name| wanted.contains(&name.as_str()));
        let mut missing: Vec<&str> = ["name", "platform", "niche"].into_iter().filter(|name| !has(&[name])).collect();
        if !has(&["followers", "followers_count", "followers_count_numeric"]) {
            missing.push("followers_count");
        }
        if !missing.is_empty() {
            let message = format!(
                "its head (the first line) names no column {}; the names are those of a creator: name, email, platform, \
                 followers_count, engagement_rate, niche, language, country, about, channel_name, …",
                missing.join(", ")
            );
            return Err(Error::invalid_field("file", message));
        }
        Ok(Self { lines, head: Some(Head { names, delimiter }) })
    }

    pub(super) fn next(&mut self) -> Result<Taken> {
        loop {
            let Some(line) = self.lines.next().map_err(unreadable)? else {
                let creator = Err(String::new());
                return Ok(Taken { line: 0, creator, bytes: self.lines.bytes_read, is_end: true });
            };
            if is_blank(&line) {
                continue;
            }
            let creator = self.creator(&line)?;
            return Ok(Taken { line: line.number, creator, bytes: self.lines.bytes_read, is_end: false });
        }
    }

    fn creator(&mut self, line: &Line) -> Result<Result<NewCreator, String>> {
        if line.too_long {
            return Ok(Err("is longer than a megabyte".to_owned()));
        }
        let fields = match &self.head {
            None => input::json::parse(&line.bytes).and_then(Fields::of_body),
            Some(head) => match self.lines.record(line, head.delimiter, Some(head.names.len())).map_err(unreadable)? {
                Err(why) => return Ok(Err(why)),
                Ok(values) if values.len() != head.names.len() => {
                    return Ok(Err(format!("has {} fields, but the head names {}", values.len(), head.names.len())));
                }
                Ok(values) => Ok(Fields::of_text("row", head.names.iter().cloned().zip(values))),
            },
        };
        Ok(fields.and_then(Fields::read).map_err(|error| told(&error)))
    }
}

/// Every fault of a row, in one line.
fn told(error: &Error) -> String {
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
