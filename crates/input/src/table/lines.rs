//! Lines and records of a file that may be broken anywhere: one broken record never takes its neighbours with it, and what stands within
//! a quoted field is never a record of its own.

use std::collections::VecDeque;
use std::io;

use super::text::Text;

/// The most lines that one quoted field may go over: as many as the longest text has characters.
const MOST_LINES: usize = 10_000;

/// So much may be looked ahead at in vain, in bytes, beside eight times what was read. A file in which every line opens a quote that nothing
/// closes would be gone through once for each of its lines.
const IN_VAIN: u64 = 4 << 20;
/// Where that is used up, a quoted field goes over so many lines at most.
const FEW_LINES: usize = 8;
/// What looking at a line costs beside its bytes.
const LINE: u64 = 32;

/// A line as it stands in the file.
pub(super) struct Line {
    pub(super) number: u64,
    pub(super) bytes: Vec<u8>,
    pub(super) too_long: bool,
    /// What ended it.
    end: &'static [u8],
}

impl Line {
    /// Says nothing.
    pub(super) fn is_blank(&self) -> bool {
        self.bytes.iter().all(u8::is_ascii_whitespace)
    }
}

/// Lines of a file, numbered from 1, some of them read ahead.
pub(super) struct Lines {
    text: Text,
    ahead: VecDeque<Line>,
    number: u64,
    /// Bytes that were looked ahead at and turned out to belong to no record.
    in_vain: u64,
    /// The longest line that is read, and the longest record of several.
    pub(super) longest: usize,
}

/// A record of one line or several.
pub(super) enum Record {
    /// Its bytes, and how many lines after the first it takes.
    Whole(Vec<u8>, usize),
    /// Broken: why, and how many lines after the first are lost with it.
    Broken(&'static str, usize),
}

const NOT_CLOSED: &str = "a quote is opened and never closed; write \"\" for a quote within a quoted field";
const NOT_DOUBLED: &str = "a quote stands within a quoted field; write \"\" for it";

impl Lines {
    pub(super) fn new(text: Text, longest: usize) -> Self {
        Self { text, ahead: VecDeque::new(), number: 0, in_vain: 0, longest }
    }

    fn rewind(&mut self) -> io::Result<()> {
        self.ahead.clear();
        self.number = 0;
        self.in_vain = 0;
        self.text.rewind()
    }

    /// Where one is, to [come back](Self::back_to) to.
    pub(super) fn mark(&self) -> u64 {
        // Lines that were read ahead come after it.
        self.number - self.ahead.len() as u64
    }

    /// Begins again behind that line.
    pub(super) fn back_to(&mut self, number: u64) -> io::Result<()> {
        self.rewind()?;
        while self.number < number && self.read()?.is_some() {}
        Ok(())
    }

    pub(super) fn bytes_read(&self) -> u64 {
        self.text.bytes_read
    }

    /// The next line; nothing at the end. Of a file that was broken off, the line that it broke off in is its fault instead.
    pub(super) fn next(&mut self) -> io::Result<Option<Line>> {
        match self.ahead.pop_front() {
            Some(line) => Ok(Some(line)),
            None => self.read(),
        }
    }

    /// The next line that says something.
    pub(super) fn next_said(&mut self) -> io::Result<Option<Line>> {
        loop {
            match self.next()? {
                Some(line) if line.is_blank() => {}
                line => return Ok(line),
            }
        }
    }

    /// Gives a line back, to be the next one again.
    pub(super) fn put_back(&mut self, line: Line) {
        self.ahead.push_front(line);
    }

    /// Takes so many lines away.
    pub(super) fn skip(&mut self, lines: usize) {
        self.ahead.drain(..lines);
    }

    /// The line that is `ahead` after the next one.
    fn peek(&mut self, ahead: usize) -> io::Result<Option<&Line>> {
        while self.ahead.len() <= ahead {
            // Where the file was broken off is told when its last whole line has been read.
            if self.text.is_broken() && self.at_end()? {
                return Ok(None);
            }
            match self.read()? {
                Some(line) => self.ahead.push_back(line),
                None => return Ok(None),
            }
        }
        Ok(self.ahead.get(ahead))
    }

    /// How many lines may be looked at for the end of a quoted field.
    fn furthest(&self) -> usize {
        if self.in_vain > IN_VAIN + 8 * self.text.bytes_read { FEW_LINES } else { MOST_LINES }
    }

    fn at_end(&mut self) -> io::Result<bool> {
        self.text.fill().map(<[u8]>::is_empty)
    }

    fn read(&mut self) -> io::Result<Option<Line>> {
        let (mut bytes, mut too_long, mut end): (Vec<u8>, bool, &'static [u8]) = (Vec::new(), false, b"");
        let mut is_any = false;
        loop {
            let block = self.text.fill()?;
            if block.is_empty() {
                break;
            }
            is_any = true;
            let at = memchr::memchr2(b'\n', b'\r', block);
            let piece = &block[..at.unwrap_or(block.len())];
            let fits = piece.len().min(self.longest.saturating_sub(bytes.len()));
            bytes.extend_from_slice(&piece[..fits]);
            too_long |= fits < piece.len();
            let Some(at) = at else {
                let used = block.len();
                self.text.consume(used);
                continue;
            };
            let is_return = block[at] == b'\r';
            self.text.consume(at + 1);
            end = if is_return { b"\r" } else { b"\n" };
            if is_return && self.text.fill()?.first() == Some(&b'\n') {
                self.text.consume(1);
                end = b"\r\n";
            }
            break;
        }
        if end.is_empty()
            && let Some(broken) = self.text.broken()
        {
            return Err(broken);
        }
        if !is_any {
            return Ok(None);
        }
        self.number += 1;
        if self.number == 1 && bytes.starts_with(b"\xef\xbb\xbf") {
            bytes.drain(..3);
        }
        Ok(Some(Line { number: self.number, bytes, too_long, end }))
    }

    /// The record that begins with `line`; the lines after it that belong to it are still to be [skipped](Lines::skip). Where a quote is
    /// left open, it goes on to the line that closes it. Where quotes are broken, its own line is lost, and the following ones if one of
    /// them ends what was opened: they may be the rest of a text, even if they look like rows. `width` is how many fields it should have.
    pub(super) fn record(&mut self, line: &Line, delimiter: u8, width: usize) -> io::Result<Record> {
        let mut quotes = Quotes::new(delimiter);
        match quotes.feed(&line.bytes) {
            Ok(true) => return Ok(Record::Whole(line.bytes.clone(), 0)),
            Ok(false) => {}
            Err(Malformed) => {
                let is_even = memchr::memchr_iter(b'"', &line.bytes).count().is_multiple_of(2);
                let is_complete = memchr::memchr_iter(delimiter, &line.bytes).count() + 1 >= width;
                let lost = if is_even && is_complete { 0 } else { self.ended_late(line, delimiter)? };
                return Ok(Record::Broken(NOT_DOUBLED, lost));
            }
        }
        let mut whole = line.bytes.clone();
        let (mut end, longest) = (line.end, self.longest);
        let mut looked = 0;
        for ahead in 0..self.furthest() {
            let Some(next) = self.peek(ahead)? else { break };
            looked += next.bytes.len() as u64 + LINE;
            if next.too_long || whole.len() + next.bytes.len() > longest {
                break;
            }
            whole.extend_from_slice(end);
            whole.extend_from_slice(&next.bytes);
            end = next.end;
            match quotes.feed(&next.bytes) {
                Ok(true) => return Ok(Record::Whole(whole, ahead + 1)),
                Ok(false) => {}
                Err(Malformed) => {
                    self.in_vain += looked;
                    return Ok(Record::Broken(NOT_DOUBLED, self.ended_late(line, delimiter)?));
                }
            }
        }
        self.in_vain += looked;
        Ok(Record::Broken(NOT_CLOSED, 0))
    }

    /// How many lines after a broken one belong to it: up to the first with a quote, if that one ends a field and begins none.
    fn ended_late(&mut self, line: &Line, delimiter: u8) -> io::Result<usize> {
        let mut length = line.bytes.len();
        let longest = self.longest;
        let mut looked = 0;
        for ahead in 0..self.furthest() {
            let Some(next) = self.peek(ahead)? else { break };
            length += next.bytes.len();
            looked += next.bytes.len() as u64 + LINE;
            if length > longest {
                break;
            }
            let Some(quote) = memchr::memchr(b'"', &next.bytes) else { continue };
            let begins = quote == 0 || next.bytes[quote - 1] == delimiter;
            let ends = next.bytes.get(quote + 1).is_none_or(|after| *after == delimiter);
            let belong = if ends && !begins { ahead + 1 } else { 0 };
            self.in_vain += if belong == 0 { looked } else { 0 };
            return Ok(belong);
        }
        self.in_vain += looked;
        Ok(0)
    }
}

/// A quoted field goes on behind its closing quote.
struct Malformed;

/// Where in a record one is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Start,
    Plain,
    Quoted,
    Closed,
}

/// Follows quotes from line to line. A quote opens a field only where the field begins; elsewhere it is a letter.
struct Quotes {
    delimiter: u8,
    state: State,
}

impl Quotes {
    fn new(delimiter: u8) -> Self {
        Self { delimiter, state: State::Start }
    }

    /// Is the record complete with this line?
    fn feed(&mut self, line: &[u8]) -> Result<bool, Malformed> {
        let mut at = 0;
        while let Some(byte) = line.get(at) {
            let is_delimiter = *byte == self.delimiter;
            match self.state {
                State::Quoted => {
                    let Some(quote) = memchr::memchr(b'"', &line[at..]) else { return Ok(false) };
                    at += quote + 1;
                    if line.get(at) == Some(&b'"') {
                        at += 1;
                    } else {
                        self.state = State::Closed;
                    }
                    continue;
                }
                State::Plain => {
                    let Some(next) = memchr::memchr(self.delimiter, &line[at..]) else { return Ok(true) };
                    at += next;
                    self.state = State::Start;
                }
                State::Start if *byte == b'"' => self.state = State::Quoted,
                State::Start if is_delimiter => {}
                State::Start => {
                    self.state = State::Plain;
                    continue;
                }
                State::Closed if is_delimiter => self.state = State::Start,
                State::Closed if matches!(byte, b' ' | b'\t') => {}
                State::Closed => return Err(Malformed),
            }
            at += 1;
        }
        Ok(self.state != State::Quoted)
    }
}

/// The fields of a whole record.
pub(super) fn split(record: &[u8], delimiter: u8) -> Result<Vec<String>, String> {
    let (mut fields, mut rest) = (Vec::new(), record);
    loop {
        let (field, after) = match rest.strip_prefix(b"\"") {
            Some(quoted) => unquoted(quoted),
            None => (Vec::new(), rest),
        };
        let end = memchr::memchr(delimiter, after).unwrap_or(after.len());
        let field = if rest.starts_with(b"\"") { field } else { after[..end].to_vec() };
        fields.push(String::from_utf8(field).map_err(|_| "is not valid UTF-8".to_owned())?);
        match after.get(end + 1..) {
            Some(next) => rest = next,
            None => return Ok(fields),
        }
    }
}

/// What stands before the closing quote, and what behind it.
fn unquoted(mut rest: &[u8]) -> (Vec<u8>, &[u8]) {
    let mut field = Vec::new();
    while let Some(quote) = memchr::memchr(b'"', rest) {
        field.extend_from_slice(&rest[..quote]);
        rest = &rest[quote + 1..];
        match rest.strip_prefix(b"\"") {
            Some(after) => {
                field.push(b'"');
                rest = after;
            }
            None => return (field, rest),
        }
    }
    field.extend_from_slice(rest);
    (field, &[])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn records(text: &str, width: usize) -> Vec<Option<Vec<String>>> {
        let text = Text::of(io::Cursor::new(text.as_bytes().to_vec())).unwrap();
        let mut lines = Lines::new(text, 1 << 20);
        let mut records = Vec::new();
        while let Some(line) = lines.next().unwrap() {
            match lines.record(&line, b',', width).unwrap() {
                Record::Whole(record, more) => {
                    lines.skip(more);
                    records.push(Some(split(&record, b',').unwrap()));
                }
                Record::Broken(_, more) => {
                    lines.skip(more);
                    records.push(None);
                }
            }
        }
        records
    }

    fn firsts(text: &str, width: usize) -> Vec<Option<String>> {
        records(text, width).into_iter().map(|record| record.map(|fields| fields[0].clone())).collect()
    }

    #[expect(clippy::unnecessary_wraps, reason = "it stands where a record may be missing")]
    fn some(text: &str) -> Option<String> {
        Some(text.to_owned())
    }

    #[test]
    fn quotes_and_lines_within_them() {
        let read: Vec<_> = records("a,\"b, c\"\n\"d\ne\",\"say \"\"f\"\"\" \r\n,\n", 2).into_iter().flatten().collect();
        assert_eq!(read, [vec!["a", "b, c"], vec!["d\ne", "say \"f\""], vec!["", ""]]);
    }

    #[test]
    fn every_end_of_a_line_is_one() {
        for end in ["\n", "\r\n", "\r"] {
            let text = ["a,b", "1,2", "3,4"].join(end);
            assert_eq!(firsts(&text, 2), [some("a"), some("1"), some("3")], "{end:?}");
            assert_eq!(firsts(&format!("{text}{end}"), 2).len(), 3);
        }
        assert_eq!(firsts("a,b\r1,2\n3,4\r\n5,6", 2), [some("a"), some("1"), some("3"), some("5")]);
    }

    #[test]
    fn a_broken_quote_takes_its_own_line_only() {
        assert_eq!(firsts("a,b\n\"c,d\ne,f\ng,\"h\"\n", 2), [some("a"), None, some("e"), some("g")]);
        assert_eq!(firsts("a,b\n\"c \"x\" y\",d\ne,f\n", 2), [some("a"), None, some("e")]);
        assert_eq!(
            firsts("a,12\" wide\nb,c\n", 2),
            [some("a"), some("b")],
            "a quote within an unquoted field is a letter"
        );
    }

    #[test]
    fn two_broken_quotes_take_nothing_between_them() {
        assert_eq!(firsts("a,\"b,c\nd,e,f\ng,\"h,i\nj,k,l\n", 3), [None, some("d"), None, some("j")]);
    }

    #[test]
    fn what_stands_within_a_text_is_no_row() {
        // Whole, but too narrow: one record.
        assert_eq!(firsts("a,\"one\nb,2,999999\nthree\"\nc,d,e\n", 3), [some("a"), some("c")]);
        // With quotes that were not doubled: broken, and the lines after it with it.
        assert_eq!(firsts("a,\"says \"hi\nb,2,999999\nbye\",5\nc,d,e\n", 3), [None, some("c")]);
        assert_eq!(firsts("a,\"says \"hi\" and \"x\nb,2,999999\nbye\",5\nc,d,e\n", 3), [None, some("c")]);
    }

    #[test]
    fn line_ends_within_quotes_stay_as_they_are() {
        let read: Vec<_> = records("\"a\r\nb\n\r\r\nc\",d\r\ne,f", 2).into_iter().flatten().collect();
        assert_eq!(read, [vec!["a\r\nb\n\r\r\nc", "d"], vec!["e", "f"]]);
    }

    #[test]
    fn long_lines_and_other_bytes() {
        let mut text = "x".repeat(3 << 20);
        text.push_str("\nok,ok\n");
        let mut lines = Lines::new(Text::of(io::Cursor::new(text.into_bytes())).unwrap(), 1 << 20);
        assert!(lines.next().unwrap().unwrap().too_long);
        assert_eq!(lines.next().unwrap().unwrap().number, 2);
        assert!(split(b"\xff,b", b',').is_err());
    }
}
