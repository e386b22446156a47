//! The text of a file: laid aside as it comes, so that it can be looked through before its first row is read, and decoded.

use std::io::{self, BufRead, Read as _, Seek as _, Write as _};

use encoding_rs::{CoderResult, Decoder, Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};
use tempfile::SpooledTempFile;

/// A file up to this size stays in memory; a larger one goes to a temporary file.
const IN_MEMORY: usize = 1 << 20;
const BLOCK: usize = 1 << 16;
/// So much of a file shows whether it is UTF-16.
const BEGINNING: usize = 64;

/// A file that was laid aside, read from its beginning as often as is wanted.
pub(super) struct Text {
    file: SpooledTempFile,
    encoding: &'static Encoding,
    decoder: Option<Decoder>,
    /// Why it ends before its end, if it does.
    broken: Option<io::Error>,
    block: Vec<u8>,
    at: usize,
    ended: bool,
    pub(super) bytes_read: u64,
}

impl Text {
    /// Lays a source aside, and finds out how it is written.
    pub(super) fn of(mut source: impl BufRead) -> io::Result<Self> {
        let mut file = SpooledTempFile::new(IN_MEMORY);
        let mut signs = Signs::default();
        let broken = loop {
            match source.fill_buf() {
                Ok([]) => break None,
                Ok(bytes) => {
                    signs.see(bytes);
                    file.write_all(bytes)?;
                    let used = bytes.len();
                    source.consume(used);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => break Some(error),
            }
        };
        let mut text = Self {
            file,
            encoding: signs.encoding(),
            decoder: None,
            broken,
            block: Vec::new(),
            at: 0,
            ended: false,
            bytes_read: 0,
        };
        text.rewind()?;
        Ok(text)
    }

    /// Begins anew.
    pub(super) fn rewind(&mut self) -> io::Result<()> {
        self.file.rewind()?;
        (self.block, self.at, self.ended, self.bytes_read) = (Vec::new(), 0, false, 0);
        self.decoder = (self.encoding != UTF_8).then(|| self.encoding.new_decoder_with_bom_removal());
        Ok(())
    }

    /// Was it broken off?
    pub(super) fn is_broken(&self) -> bool {
        self.broken.is_some()
    }

    /// Why it was broken off.
    pub(super) fn broken(&self) -> Option<io::Error> {
        self.broken.as_ref().map(|error| io::Error::new(error.kind(), error.to_string()))
    }

    /// What comes next; nothing at the end.
    pub(super) fn fill(&mut self) -> io::Result<&[u8]> {
        while self.at == self.block.len() && !self.ended {
            let mut raw = vec![0; BLOCK];
            let read = self.file.read(&mut raw)?;
            raw.truncate(read);
            self.bytes_read += read as u64;
            self.ended = read == 0;
            self.at = 0;
            self.block = match &mut self.decoder {
                None => raw,
                Some(decoder) => decoded(decoder, &raw, self.ended),
            };
        }
        Ok(&self.block[self.at..])
    }

    /// So much of it was used.
    pub(super) fn consume(&mut self, used: usize) {
        self.at += used;
    }
}

fn decoded(decoder: &mut Decoder, mut raw: &[u8], is_last: bool) -> Vec<u8> {
    let mut out = Vec::new();
    loop {
        let most = decoder.max_utf8_buffer_length(raw.len()).unwrap_or(4 * BLOCK).max(16);
        let from = out.len();
        out.resize(from + most, 0);
        let (result, read, written, _) = decoder.decode_to_utf8(raw, &mut out[from..], is_last);
        out.truncate(from + written);
        raw = &raw[read..];
        if result == CoderResult::InputEmpty {
            return out;
        }
    }
}

/// What shows how a file is written.
#[derive(Default)]
struct Signs {
    beginning: Vec<u8>,
    /// Bytes of a letter that the next block may end.
    begun: Vec<u8>,
    has_utf8: bool,
    has_other: bool,
}

impl Signs {
    fn see(&mut self, bytes: &[u8]) {
        if self.beginning.len() < BEGINNING {
            let more = bytes.len().min(BEGINNING - self.beginning.len());
            self.beginning.extend_from_slice(&bytes[..more]);
        }
        if self.begun.is_empty() && bytes.is_ascii() {
            return;
        }
        let joined = [std::mem::take(&mut self.begun).as_slice(), bytes].concat();
        for chunk in joined.utf8_chunks() {
            self.has_utf8 |= !chunk.valid().is_ascii();
            let left = chunk.invalid();
            let is_end = left.as_ptr_range().end == joined.as_ptr_range().end;
            let may_go_on = is_end && std::str::from_utf8(left).is_err_and(|error| error.error_len().is_none());
            if may_go_on {
                self.begun = left.to_vec();
            } else {
                self.has_other |= !left.is_empty();
            }
        }
    }

    /// The encoding. What is neither UTF-16 nor UTF-8 is the code page of western Windows; but where some of a file is UTF-8, what is not
    /// is a fault of its line.
    fn encoding(&self) -> &'static Encoding {
        if let Some((encoding, _)) = Encoding::for_bom(&self.beginning) {
            return encoding;
        }
        let zeros = |odd: usize| self.beginning.iter().skip(odd).step_by(2).filter(|byte| **byte == 0).count();
        let pairs = self.beginning.len() / 2;
        match (zeros(0), zeros(1)) {
            (even, odd) if pairs >= 8 && even == 0 && odd * 10 >= pairs * 8 => UTF_16LE,
            (even, odd) if pairs >= 8 && odd == 0 && even * 10 >= pairs * 8 => UTF_16BE,
            _ if !self.has_utf8 && (self.has_other || !self.begun.is_empty()) => WINDOWS_1252,
            _ => UTF_8,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8], at_once: usize) -> Vec<u8> {
        let source = io::BufReader::with_capacity(at_once, io::Cursor::new(bytes.to_vec()));
        let mut text = Text::of(source).unwrap();
        let mut all = Vec::new();
        loop {
            let more = text.fill().unwrap().to_vec();
            if more.is_empty() {
                return all;
            }
            text.consume(more.len());
            all.extend(more);
        }
    }

    fn utf16(text: &str, bytes_of: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(bytes_of).collect()
    }

    #[test]
    fn every_usual_encoding_is_seen() {
        let text = "name,note\nPeña,320 €\n👋,…\n";
        for at_once in [1, 3, 7, 4096] {
            assert_eq!(read(text.as_bytes(), at_once), text.as_bytes());
            for bom in ["", "\u{feff}"] {
                let with_bom = format!("{bom}{text}");
                assert_eq!(read(&utf16(&with_bom, u16::to_le_bytes), at_once), text.as_bytes());
                assert_eq!(read(&utf16(&with_bom, u16::to_be_bytes), at_once), text.as_bytes());
            }
            assert_eq!(read(b"name\nPe\xf1a \x80 \x93x\x94\n", at_once), "name\nPeña € “x”\n".as_bytes());
            assert_eq!(read(b"name\nPe\xf1", at_once), "name\nPeñ".as_bytes());
        }
    }

    #[test]
    fn a_broken_letter_among_good_ones_stays_as_it_is() {
        let bytes = b"name\nPe\xc3\xb1a\nPe\xf1a\n";
        for at_once in [1, 4096] {
            assert_eq!(read(bytes, at_once), bytes);
        }
    }

    #[test]
    fn large_files_are_read_again_from_the_beginning() {
        let bytes = b"0123456789abcde\n".repeat(200_000);
        let mut text = Text::of(io::Cursor::new(bytes.clone())).unwrap();
        for _ in 0..2 {
            text.rewind().unwrap();
            let mut seen = 0;
            loop {
                let more = text.fill().unwrap().len();
                if more == 0 {
                    break;
                }
                seen += more;
                text.consume(more);
            }
            assert_eq!((seen, text.bytes_read), (bytes.len(), bytes.len() as u64));
        }
    }
}
