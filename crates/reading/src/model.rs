//! What reading gives: a text, its blocks, or why there is none.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The text of a file.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Reading {
    /// The whole text. Leaves stand apart by an empty line; rows of a table and items of a list by a new line.
    pub text: String,
    /// What its parts are, by where they start; of two that start together the outer one first. Two blocks are apart from each other, or
    /// one lies within the other.
    pub blocks: Vec<Block>,
    /// Which encoding the bytes were taken to be in, where the file does not say it itself: `windows-1252`.
    pub encoding: Option<String>,
    /// What the file calls itself.
    pub title: Option<String>,
    /// What the coach should know of how it was read, in whole sentences.
    pub notes: Vec<String>,
}

/// A part of the text.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(from = "Packed", into = "Packed")]
pub struct Block {
    /// What it is.
    pub kind: BlockKind,
    /// Its first character, counted in Unicode scalar values of the text.
    pub start: usize,
    /// The character after its last.
    pub end: usize,
}

/// What a part of the text is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BlockKind {
    /// A heading, 1 the highest of 6.
    Heading(u8),
    /// Running text.
    Paragraph,
    /// An item of a list.
    Item,
    /// The row of a table that names its columns: `Name | Price`.
    HeaderRow,
    /// A row of a table: `Basic | 20 USD`.
    Row,
    /// A sheet of a workbook, around its heading (its name) and its rows.
    Sheet,
    /// A page of a PDF or a slide, by its number from 1, around what stands on it.
    Page(u32),
    /// What is not part of the running text: the speaker's notes of a slide, footnotes. Around its paragraphs.
    Notes,
    /// What is said from this second on, within a paragraph.
    Time(u32),
}

impl BlockKind {
    /// Has it text of its own, and no other leaf within? Sheets, pages and notes are around leaves; times are within them.
    pub fn is_leaf(self) -> bool {
        matches!(self, Self::Heading(_) | Self::Paragraph | Self::Item | Self::HeaderRow | Self::Row)
    }
}

/// A block as it is written: a row of a large table is one, and their names would be longer than they are.
#[derive(Serialize, Deserialize)]
struct Packed(BlockKind, usize, usize);

impl From<Packed> for Block {
    fn from(Packed(kind, start, end): Packed) -> Self {
        Self { kind, start, end }
    }
}

impl From<Block> for Packed {
    fn from(block: Block) -> Self {
        Self(block.kind, block.start, block.end)
    }
}

/// How much is read of a file at most. What has more is not read in part: a half that looks like the whole makes wrong answers.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Limits {
    /// How much a packed file may hold once it is unpacked, in bytes.
    pub unpacked: u64,
    /// How many files a packed file may hold.
    pub entries: usize,
    /// How deep elements may stand in each other.
    pub depth: usize,
    /// How long the text may be, in characters.
    pub characters: usize,
    /// How long the text may be, in bytes of UTF-8; with `blocks` it keeps what a reader's process writes within
    /// [`isolated::ANSWER`](crate::isolated::ANSWER).
    pub bytes: usize,
    /// How many blocks the text may have.
    pub blocks: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            unpacked: 64 << 20,
            entries: 20_000,
            depth: 512,
            characters: 5_000_000,
            bytes: 12 << 20,
            blocks: 200_000,
        }
    }
}

/// Why there is no text.
#[derive(Clone, Copy, PartialEq, Eq, Debug, kernel::Words)]
#[words(name = "UnreadableReason", no_column)]
pub enum Reason {
    /// It is of no kind that is read here (415).
    UnknownKind,
    /// It is of Word, Excel or PowerPoint before 2007 (415).
    LegacyOffice,
    /// It wants a password.
    Encrypted,
    /// It is not what it says it is, or only part of it.
    Broken,
    /// It is pictures of text, without the text.
    Pictures,
    /// There is no text in it.
    Empty,
    /// There is more in it than is read.
    TooLong,
    /// Reading it took more time or memory than one file gets.
    TooMuch,
}

/// Why a file has no text, for a program and for the coach.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Unreadable {
    /// For a program.
    pub reason: Reason,
    /// For the coach: what is wrong, and what would help.
    pub message: String,
}

impl Unreadable {
    /// With these words for the coach.
    pub fn new(reason: Reason, message: impl Into<String>) -> Self {
        Self { reason, message: message.into() }
    }

    /// A part of a file is not as it must be.
    pub(crate) fn broken(what: &str) -> Self {
        Self::new(
            Reason::Broken,
            format!(
                "This {what} is damaged or incomplete. Open it in the program it was made with, save it again, and upload that."
            ),
        )
    }

    /// There is more of something than is read.
    pub(crate) fn too_long(what: &str) -> Self {
        Self::new(Reason::TooLong, format!("This file has {what}. Split it into smaller files and upload those."))
    }

    /// Reading it took too much time or memory.
    pub(crate) fn too_much() -> Self {
        Self::new(
            Reason::TooMuch,
            "Reading this file took more time or memory than one file gets. Split it into smaller files, or save it in another format, and upload that.",
        )
    }
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Unreadable {}
