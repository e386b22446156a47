//! The text as it grows, block by block, within its limits.

use unicode_normalization::{IsNormalized, UnicodeNormalization as _, is_nfc_quick};

use crate::model::{Block, BlockKind, Limits, Reading, Reason, Unreadable};

/// A text that is being put together.
pub(crate) struct Draft<'l> {
    pub(crate) limits: &'l Limits,
    text: String,
    /// Characters of `text`.
    length: usize,
    blocks: Vec<Block>,
    around: Vec<Around>,
    /// The leaf written last, for what stands between it and the next.
    last: Option<BlockKind>,
    title: Option<String>,
    encoding: Option<String>,
    notes: Vec<String>,
}

/// A block around others, which begins with the first leaf in it.
struct Around {
    kind: BlockKind,
    at: Option<usize>,
}

/// A piece of a leaf, which may have a mark of its own.
pub(crate) struct Piece<'t> {
    pub(crate) mark: Option<BlockKind>,
    pub(crate) text: &'t str,
}

impl<'l> Draft<'l> {
    pub(crate) fn new(limits: &'l Limits) -> Self {
        Self {
            limits,
            text: String::new(),
            length: 0,
            blocks: Vec::new(),
            around: Vec::new(),
            last: None,
            title: None,
            encoding: None,
            notes: Vec::new(),
        }
    }

    /// What the file calls itself; the first that says something counts.
    pub(crate) fn title(&mut self, title: &str) {
        let title = tidy(title).replace('\n', " ");
        if self.title.is_none() && !title.is_empty() {
            self.title = Some(title.chars().take(300).collect());
        }
    }

    /// What the coach should know of how it was read.
    pub(crate) fn note(&mut self, note: impl Into<String>) {
        let note = note.into();
        if !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }

    /// The encoding that the bytes were taken to be in.
    pub(crate) fn encoding(&mut self, name: &str) {
        self.encoding = Some(name.to_owned());
    }

    /// Is there anything yet?
    pub(crate) fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// Begins a block around what follows.
    pub(crate) fn begin(&mut self, kind: BlockKind) {
        self.around.push(Around { kind, at: None });
    }

    /// Ends the innermost block around others. One with nothing in it is none.
    pub(crate) fn end(&mut self) {
        let Some(around) = self.around.pop() else { return };
        if let Some(block) = around.at.and_then(|at| self.blocks.get_mut(at)) {
            block.end = self.length;
            self.last = None;
        }
    }

    /// Writes a leaf; one without text is none.
    pub(crate) fn leaf(&mut self, kind: BlockKind, text: &str) -> Result<(), Unreadable> {
        self.pieces(kind, &[Piece { mark: None, text }])
    }

    /// Writes a leaf out of pieces, set apart by spaces.
    pub(crate) fn pieces(&mut self, kind: BlockKind, pieces: &[Piece<'_>]) -> Result<(), Unreadable> {
        let tidied: Vec<_> =
            pieces.iter().map(|piece| (piece.mark, tidy(piece.text))).filter(|(_, text)| !text.is_empty()).collect();
        if tidied.is_empty() {
            return Ok(());
        }
        if !self.text.is_empty() {
            self.push(if self.last.is_some_and(|last| close(last, kind)) { "\n" } else { "\n\n" })?;
        }
        self.last = Some(kind);
        for at in 0..self.around.len() {
            if self.around[at].at.is_none() {
                self.around[at].at = Some(self.open(self.around[at].kind)?);
            }
        }
        let leaf = self.open(kind)?;
        for (at, (mark, text)) in tidied.iter().enumerate() {
            if at > 0 {
                self.push(" ")?;
            }
            let mark = mark.map(|mark| self.open(mark)).transpose()?;
            self.push(text)?;
            if let Some(block) = mark.and_then(|mark| self.blocks.get_mut(mark)) {
                block.end = self.length;
            }
        }
        self.blocks[leaf].end = self.length;
        Ok(())
    }

    fn open(&mut self, kind: BlockKind) -> Result<usize, Unreadable> {
        if self.blocks.len() >= self.limits.blocks {
            let what = format!("more than {} paragraphs and rows", self.limits.blocks);
            return Err(Unreadable::too_long(&what));
        }
        self.blocks.push(Block { kind, start: self.length, end: self.length });
        Ok(self.blocks.len() - 1)
    }

    fn push(&mut self, text: &str) -> Result<(), Unreadable> {
        self.length += text.chars().count();
        if self.length > self.limits.characters || self.text.len() + text.len() > self.limits.bytes {
            let what = format!("more text than can be read ({} characters)", self.limits.characters);
            return Err(Unreadable::too_long(&what));
        }
        self.text.push_str(text);
        Ok(())
    }

    /// The text with all that was said of it.
    pub(crate) fn finish(mut self) -> Result<Reading, Unreadable> {
        while !self.around.is_empty() {
            self.end();
        }
        if !self.text.chars().any(char::is_alphanumeric) {
            return Err(Unreadable::new(Reason::Empty, "There is no text in this file."));
        }
        Ok(Reading {
            text: self.text,
            blocks: self.blocks,
            encoding: self.encoding,
            title: self.title,
            notes: self.notes,
        })
    }
}

/// Do these stand under one another without an empty line between them?
fn close(one: BlockKind, next: BlockKind) -> bool {
    let row = |kind| matches!(kind, BlockKind::Row | BlockKind::HeaderRow);
    (row(one) && row(next)) || (one == BlockKind::Item && next == BlockKind::Item)
}

/// A text with one space between its words and no empty lines, without what no reader sees.
///
/// What is invisible can say one thing to a program and another to a person (characters of tags, overrides of direction), or cannot be
/// stored (NUL). Joiners stay: Persian and families of emoji need them.
pub(crate) fn tidy(text: &str) -> String {
    let mut tidied = String::with_capacity(text.len());
    let mut gap = None;
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '\r' if letters.peek() == Some(&'\n') => {}
            '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => gap = Some('\n'),
            _ if letter.is_whitespace() => gap = gap.or(Some(' ')),
            _ if is_hidden(letter) => {}
            _ => {
                if let Some(gap) = gap.take().filter(|_| !tidied.is_empty()) {
                    tidied.push(gap);
                }
                tidied.push(letter);
            }
        }
    }
    // Letters and their accents are one, however they were written: Macintoshes write two.
    if is_nfc_quick(tidied.chars()) == IsNormalized::Yes { tidied } else { tidied.nfc().collect() }
}

/// Is this a character that no reader sees?
fn is_hidden(letter: char) -> bool {
    letter.is_control()
        || matches!(
            letter,
            '\u{ad}' | '\u{200b}' | '\u{2060}'..='\u{2064}' | '\u{202a}'..='\u{202e}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
                | '\u{fdd0}'..='\u{fdef}' | '\u{e0000}'..='\u{e007f}'
        )
        || u32::from(letter) & 0xfffe == 0xfffe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_has_one_space_between_its_words_and_nothing_hidden() {
        assert_eq!(tidy("  a\u{a0}\tb \r\n\r\n c\0\u{200b}d\u{ad}e\u{202e} "), "a b\ncde");
        assert_eq!(tidy("👨\u{200d}👩\u{200d}👧 \u{e0041}می\u{200c}خواهم"), "👨\u{200d}👩\u{200d}👧 می\u{200c}خواهم");
    }

    #[test]
    fn blocks_begin_with_what_is_in_them() {
        let limits = Limits::default();
        let mut draft = Draft::new(&limits);
        draft.begin(BlockKind::Page(1));
        draft.end();
        draft.begin(BlockKind::Page(2));
        draft.leaf(BlockKind::Item, "é1").unwrap();
        draft.leaf(BlockKind::Item, "2").unwrap();
        draft.leaf(BlockKind::Paragraph, " \0 ").unwrap();
        draft.end();
        draft.begin(BlockKind::Page(3));
        draft.leaf(BlockKind::Item, "3").unwrap();
        let reading = draft.finish().unwrap();
        assert_eq!(reading.text, "é1\n2\n\n3");
        let blocks: Vec<_> = reading.blocks.iter().map(|block| (block.kind, block.start, block.end)).collect();
        assert_eq!(
            blocks,
            [
                (BlockKind::Page(2), 0, 4),
                (BlockKind::Item, 0, 2),
                (BlockKind::Item, 3, 4),
                (BlockKind::Page(3), 6, 7),
                (BlockKind::Item, 6, 7)
            ]
        );
    }

    #[test]
    fn what_is_over_a_limit_is_not_read_in_part() {
        let limits = Limits { characters: 10, blocks: 2, ..Limits::default() };
        let mut draft = Draft::new(&limits);
        draft.leaf(BlockKind::Paragraph, "12345678").unwrap();
        assert_eq!(draft.leaf(BlockKind::Paragraph, "9").unwrap_err().reason, Reason::TooLong);
        let mut draft = Draft::new(&limits);
        draft.leaf(BlockKind::Row, "1").unwrap();
        draft.leaf(BlockKind::Row, "2").unwrap();
        assert_eq!(draft.leaf(BlockKind::Row, "3").unwrap_err().reason, Reason::TooLong);
    }
}
