//! Lines and records of a file that may be broken anywhere: one broken record never takes its neighbours with it.

use std::collections::VecDeque;
use std::io::{self, BufRead, Read};

/// The most lines that one quoted field may go over: as many as the longest text has characters.
const MOST_LINES: usize = 10_000;

/// A line as it stands in the file, without its end.
pub(super) struct Line {
    pub(super) number: u64,
    pub(super) bytes: Vec<u8>,
    pub(super) too_long: bool,
    /// How many carriage returns stood before its end.
    returns: usize,
}

/// Lines of a file, numbered from 1, some of them read ahead.
pub(super) struct Lines {
    source: Box<dyn BufRead + Send>,
    ahead: VecDeque<Line>,
    number: u64,
    /// The longest line that is read, and the longest record of several.
    pub(super) longest: usize,
    splitter: Splitter,
    pub(super) bytes_read: u64,
}

impl Lines {
    pub(super) fn new(source: Box<dyn BufRead + Send>, longest: usize) -> Self {
        Self { source, ahead: VecDeque::new(), number: 0, longest, splitter: Splitter::new(b','), bytes_read: 0 }
    }

    pub(super) fn next(&mut self) -> io::Result<Option<Line>> {
        match self.ahead.pop_front() {
            Some(line) => Ok(Some(line)),
            None => self.read(),
        }
    }

    /// Gives a line back, to be the next one again.
    pub(super) fn put_back(&mut self, line: Line) {
        self.ahead.push_front(line);
    }

    /// The line that is `ahead` after the next one.
    fn peek(&mut self, ahead: usize) -> io::Result<Option<&Line>> {
        while self.ahead.len() <= ahead {
            match self.read()? {
                Some(line) => self.ahead.push_back(line),
                None => return Ok(None),
            }
        }
        Ok(self.ahead.get(ahead))
    }

    fn read(&mut self) -> io::Result<Option<Line>> {
        let mut bytes = Vec::new();
        let read = self.source.by_ref().take(self.longest as u64).read_until(b'\n', &mut bytes)?;
        if read == 0 {
            return Ok(None);
        }
        self.bytes_read += read as u64;
        let ended = bytes.last() == Some(&b'\n');
        let too_long = !ended && read == self.longest;
        if too_long {
            self.skip_line()?;
        }
        if ended {
            bytes.pop();
        }
        let kept = bytes.iter().rposition(|byte| *byte != b'\r').map_or(0, |last| last + 1);
        let returns = bytes.len() - kept;
        bytes.truncate(kept);
        self.number += 1;
        if self.number == 1 && bytes.starts_with(b"\xef\xbb\xbf") {
            bytes.drain(..3);
        }
        Ok(Some(Line { number: self.number, bytes, too_long, returns }))
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
            self.bytes_read += used as u64;
            if ended {
                return Ok(());
            }
        }
    }

    /// The record that begins with `line`, and its fields. Where a quote is left open, the following lines are taken in as long as
    /// they close it into a record of the right width; if they don't, the quote is broken and only its own line is lost.
    pub(super) fn record(
        &mut self,
        line: &Line,
        delimiter: u8,
        width: Option<usize>,
    ) -> io::Result<Result<Vec<String>, String>> {
        if self.splitter.delimiter != delimiter {
            self.splitter = Splitter::new(delimiter);
        }
        if !is_open(&line.bytes) {
            return Ok(self.splitter.split(&line.bytes));
        }
        let mut whole = line.bytes.clone();
        let (mut returns, longest) = (line.returns, self.longest);
        for ahead in 0..MOST_LINES {
            let Some(next) = self.peek(ahead)? else { break };
            if next.too_long || whole.len() + next.bytes.len() > longest {
                break;
            }
            whole.extend(std::iter::repeat_n(b'\r', returns));
            whole.push(b'\n');
            whole.extend_from_slice(&next.bytes);
            returns = next.returns;
            if !is_open(&next.bytes) {
                continue;
            }
            if is_well_quoted(&whole, delimiter)
                && let Ok(fields) = self.splitter.split(&whole)
                && width.is_none_or(|width| fields.len() == width)
            {
                self.ahead.drain(..=ahead);
                return Ok(Ok(fields));
            }
            break;
        }
        Ok(Err("a quote is opened and never closed; write \"\" for a quote within a quoted field".to_owned()))
    }
}

/// Is an odd number of quotes in it?
fn is_open(bytes: &[u8]) -> bool {
    memchr::memchr_iter(b'"', bytes).count() % 2 == 1
}

/// Does every quoted field end with its quote? If not, two broken rows have met, and what lies between them is theirs by mistake.
fn is_well_quoted(record: &[u8], delimiter: u8) -> bool {
    let mut rest = record;
    loop {
        if let Some(quoted) = rest.strip_prefix(b"\"") {
            rest = quoted;
            loop {
                let Some(quote) = memchr::memchr(b'"', rest) else { return false };
                rest = &rest[quote + 1..];
                match rest.strip_prefix(b"\"") {
                    Some(after) => rest = after,
                    None => break,
                }
            }
            if rest.is_empty() {
                return true;
            }
            if rest[0] != delimiter {
                return false;
            }
        }
        match memchr::memchr(delimiter, rest) {
            Some(at) => rest = &rest[at + 1..],
            None => return true,
        }
    }
}

/// Splits records into their fields. Its machine is made once: that costs more than a record.
struct Splitter {
    delimiter: u8,
    reader: csv_core::Reader,
}

impl Splitter {
    fn new(delimiter: u8) -> Self {
        Self { delimiter, reader: csv_core::ReaderBuilder::new().delimiter(delimiter).build() }
    }

    fn split(&mut self, record: &[u8]) -> Result<Vec<String>, String> {
        self.reader.reset();
        let (mut fields, mut ends) = (vec![0; record.len() + 1], vec![0; record.len() + 2]);
        let (mut written, mut ended, mut read) = (0, 0, 0);
        loop {
            // An empty input is the end of the record.
            let (result, used, out, found) =
                self.reader.read_record(&record[read..], &mut fields[written..], &mut ends[ended..]);
            (read, written, ended) = (read + used, written + out, ended + found);
            match result {
                csv_core::ReadRecordResult::InputEmpty => {}
                csv_core::ReadRecordResult::Record | csv_core::ReadRecordResult::End => break,
                _ => return Err("cannot be read as a row".to_owned()),
            }
        }
        let mut start = 0;
        ends[..ended]
            .iter()
            .map(|end| {
                let field = std::str::from_utf8(&fields[start..*end]).map_err(|_| "is not valid UTF-8".to_owned());
                start = *end;
                field.map(str::to_owned)
            })
            .collect()
    }
}

/// The delimiter of a head: the comma, or what stands in it more often (semicolons of some spreadsheets, tabs).
pub(super) fn delimiter_of(head: &[u8]) -> u8 {
    let count = |delimiter: u8| memchr::memchr_iter(delimiter, head).count();
    let best = [b',', b';', b'\t'].into_iter().rev().max_by_key(|delimiter| count(*delimiter));
    best.unwrap_or(b',')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn records(text: &str, width: usize) -> Vec<Result<Vec<String>, String>> {
        let mut lines = Lines::new(Box::new(io::Cursor::new(text.as_bytes().to_vec())), 1 << 20);
        let mut records = Vec::new();
        while let Some(line) = lines.next().unwrap() {
            records.push(lines.record(&line, b',', Some(width)).unwrap());
        }
        records
    }

    #[test]
    fn quotes_and_lines_within_them() {
        let read = records("a,\"b, c\"\n\"d\ne\",\"say \"\"f\"\"\"\r\n,\n", 2);
        let read: Vec<_> = read.into_iter().map(Result::unwrap).collect();
        assert_eq!(read, [vec!["a", "b, c"], vec!["d\ne", "say \"f\""], vec!["", ""]]);
    }

    #[test]
    fn a_broken_quote_takes_its_own_line_only() {
        let read = records("a,b\n\"c,d\ne,f\ng,\"h\"\n", 2);
        let told: Vec<_> = read.iter().map(|record| record.as_ref().ok().map(|fields| fields[0].as_str())).collect();
        assert_eq!(told, [Some("a"), None, Some("e"), Some("g")]);
    }

    #[test]
    fn two_broken_quotes_take_nothing_between_them() {
        let read = records("a,\"b,c\nd,e,f\ng,\"h,i\nj,k,l\n", 3);
        let told: Vec<_> = read.iter().map(|record| record.as_ref().ok().map(|fields| fields[0].as_str())).collect();
        assert_eq!(told, [None, Some("d"), None, Some("j")]);
    }

    #[test]
    fn line_ends_within_quotes_stay_as_they_are() {
        let read = records("\"a\r\nb\n\r\r\nc\",d\r\ne,f", 2);
        let read: Vec<_> = read.into_iter().map(Result::unwrap).collect();
        assert_eq!(read, [vec!["a\r\nb\n\r\r\nc", "d"], vec!["e", "f"]]);
    }

    #[test]
    fn long_lines_and_other_bytes() {
        let mut text = "x".repeat(3 << 20);
        text.push_str("\nok,ok\n");
        let mut lines = Lines::new(Box::new(io::Cursor::new(text.into_bytes())), 1 << 20);
        assert!(lines.next().unwrap().unwrap().too_long);
        assert_eq!(lines.next().unwrap().unwrap().number, 2);
        assert!(Splitter::new(b',').split(b"\xff,b").is_err());
        assert_eq!((delimiter_of(b"a;b;c"), delimiter_of(b"a"), delimiter_of(b"a\tb")), (b';', b',', b'\t'));
    }
}
