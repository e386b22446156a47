//! Texts into chunks: ranges of a text that are found and cited, each of at most so many characters. Linear in the text.
//!
//! - Whole paragraphs stay together while they fit. A longer one is cut at its sentences, and two parts of it share whole sentences of up to
//!   `overlap` characters. A sentence that is longer is cut between words, and a longer word where it must be.
//! - No chunk crosses a heading of level 1 or 2, a sheet, a table or a speaker's notes; deeper headings are crossed by short sections only.
//! - Headings stand in `heading_path`, and in the text of a chunk only where they are crossed or have no text below them.
//! - A question with its answer is a chunk of its own: below a heading that asks, or where a paragraph does.
//! - Rows of a table stay whole; the head of the table stands in `header`.
//!
//! `docs/coaching.md` has the figures that the rules come from.

mod cut;
mod places;
#[cfg(test)]
mod tests;

use mind::recall::question_mark;
use reading::{Block, BlockKind};

use crate::model::{ChunkKind, ChunkMetadata, Mark};
use cut::cut;
use places::Places;

/// From this share of a chunk on, a section ends at a deeper heading too.
const ENOUGH: usize = 3;
/// A paragraph that asks is not longer than this.
const QUESTION: usize = 200;
/// From so many paragraphs that ask on, a text is taken for questions and answers, where nothing else says it.
const MANY_QUESTIONS: usize = 3;
/// A heading is kept in a path up to so many characters.
const HEADING: usize = 200;
/// And the head of a table up to so many.
const HEADER: usize = 500;
/// The head of a table stands below every heading.
const HEAD_OF_TABLE: u8 = u8::MAX;

/// A chunk: characters `start..end` of the text.
#[derive(Clone, Debug, PartialEq)]
pub struct Piece {
    /// Its first character.
    pub start: usize,
    /// The character after its last.
    pub end: usize,
    /// What is known of it.
    pub metadata: ChunkMetadata,
}

/// A text in chunks of at most `size` characters; see the head of this module.
pub fn chunk(text: &str, blocks: &[Block], size: usize, overlap: usize) -> Vec<Piece> {
    let places = Places::of(text);
    let mut chunker = Chunker::new(&places, blocks, size.max(1), overlap);
    for leaf in leaves(&places, blocks) {
        chunker.take(&leaf);
    }
    chunker.finish()
}

/// A part of the text that has no other part within, and what is around it.
#[derive(Clone, Debug)]
struct Leaf {
    kind: BlockKind,
    start: usize,
    end: usize,
    /// The sheet around it, by where that begins.
    sheet: Option<usize>,
    /// The notes around it, by where they begin.
    notes: Option<usize>,
}

/// The leaves of a text, in their order. A text without blocks is paragraphs that stand apart by an empty line.
fn leaves(places: &Places<'_>, blocks: &[Block]) -> Vec<Leaf> {
    if !blocks.iter().any(|block| block.kind.is_leaf()) {
        let plain = |(start, end)| Leaf { kind: BlockKind::Paragraph, start, end, sheet: None, notes: None };
        return places.paragraphs().into_iter().map(plain).collect();
    }
    let mut around: Vec<Block> = Vec::new();
    let mut leaves = Vec::new();
    for block in blocks {
        while around.last().is_some_and(|outer| outer.end <= block.start) {
            around.pop();
        }
        if !block.kind.is_leaf() {
            if !matches!(block.kind, BlockKind::Time(_)) {
                around.push(*block);
            }
            continue;
        }
        let (mut sheet, mut notes) = (None, None);
        for outer in &around {
            match outer.kind {
                BlockKind::Sheet => sheet = Some(outer.start),
                BlockKind::Notes => notes = Some(outer.start),
                _ => {}
            }
        }
        let (start, end) = places.trimmed(block.start, block.end);
        if start < end {
            leaves.push(Leaf { kind: block.kind, start, end, sheet, notes });
        }
    }
    leaves
}

/// What a chunk in the making is.
#[derive(Clone, Debug)]
struct Run {
    start: usize,
    end: usize,
    kind: ChunkKind,
    path: Vec<String>,
    header: Option<String>,
}

/// A heading that nothing stands below, so far.
#[derive(Clone, Debug)]
struct Bare {
    level: u8,
    start: usize,
    end: usize,
    path: Vec<String>,
}

struct Chunker<'t> {
    places: &'t Places<'t>,
    size: usize,
    overlap: usize,
    /// Pages and times, by where they begin.
    marks: Vec<(usize, Mark)>,
    /// How many of them begin before the last chunk, and what the last of those say.
    passed: usize,
    place: (Option<u32>, Option<u32>),
    asks_often: bool,
    headings: Vec<(u8, String)>,
    sheet: Option<(usize, String)>,
    notes: Option<usize>,
    header: Option<String>,
    run: Option<Run>,
    bare: Option<Bare>,
    pieces: Vec<Piece>,
}

impl<'t> Chunker<'t> {
    fn new(places: &'t Places<'t>, blocks: &[Block], size: usize, overlap: usize) -> Self {
        let marks = blocks.iter().filter_map(|block| match block.kind {
            BlockKind::Page(page) => Some((block.start, Mark { at: 0, page: Some(page), seconds: None })),
            BlockKind::Time(seconds) => Some((block.start, Mark { at: 0, page: None, seconds: Some(seconds) })),
            _ => None,
        });
        let mut marks: Vec<_> = marks.collect();
        marks.sort_by_key(|(start, _)| *start);
        let asking = blocks.iter().filter(|block| {
            matches!(block.kind, BlockKind::Paragraph) && is_question(places.slice(block.start, block.end))
        });
        let asks_often = asking.take(MANY_QUESTIONS).count() == MANY_QUESTIONS;
        Self {
            places,
            size,
            overlap: overlap.min(size / 2),
            marks,
            passed: 0,
            place: (None, None),
            asks_often,
            headings: Vec::new(),
            sheet: None,
            notes: None,
            header: None,
            run: None,
            bare: None,
            pieces: Vec::new(),
        }
    }

    fn take(&mut self, leaf: &Leaf) {
        self.enter(leaf);
        match leaf.kind {
            BlockKind::Heading(level) => self.heading(level, leaf),
            BlockKind::HeaderRow => {
                self.flush();
                self.flush_bare_head();
                self.header = Some(clipped(self.places.slice(leaf.start, leaf.end), HEADER));
                self.bare = Some(Bare { level: HEAD_OF_TABLE, start: leaf.start, end: leaf.end, path: self.path() });
            }
            BlockKind::Row => self.add(leaf, ChunkKind::Rows),
            _ => {
                if self.header.take().is_some() || self.is_run_of(ChunkKind::Rows) {
                    self.flush();
                }
                self.flush_bare_head();
                self.paragraph(leaf);
            }
        }
    }

    /// Sees whether the leaf stands on another sheet or in other notes than the one before it.
    fn enter(&mut self, leaf: &Leaf) {
        if self.sheet.as_ref().map(|(start, _)| *start) != leaf.sheet {
            self.flush();
            self.flush_bare();
            self.header = None;
            self.headings.clear();
            let name = matches!(leaf.kind, BlockKind::Heading(_))
                .then(|| clipped(self.places.slice(leaf.start, leaf.end), HEADING));
            self.sheet = leaf.sheet.map(|start| (start, name.unwrap_or_default()));
        }
        if self.notes != leaf.notes {
            self.flush();
            self.header = None;
            self.notes = leaf.notes;
        }
    }

    fn heading(&mut self, level: u8, leaf: &Leaf) {
        let title = self.places.slice(leaf.start, leaf.end);
        let asks = title.trim_end().ends_with('?');
        let is_short = self.run.as_ref().is_some_and(|run| (run.end - run.start) * ENOUGH < self.size);
        let may_cross = level > 2
            && is_short
            && !asks
            && self.run.as_ref().is_some_and(|run| run.kind == ChunkKind::Text && leaf.end - run.start <= self.size);
        if !may_cross {
            self.flush();
        }
        self.header = None;
        // What stands above a deeper heading has something below it.
        if self.bare.as_ref().is_some_and(|bare| bare.level >= level) {
            self.flush_bare();
        }
        self.headings.retain(|(other, _)| *other < level);
        let path = self.path();
        self.headings.push((level, clipped(title, HEADING)));
        if may_cross {
            if let Some(run) = &mut self.run {
                run.end = leaf.end;
            }
            self.bare = None;
        } else if asks {
            self.bare = None;
            self.open(leaf, ChunkKind::QuestionAndAnswer, path);
        } else {
            self.bare = Some(Bare { level, start: leaf.start, end: leaf.end, path });
        }
    }

    fn paragraph(&mut self, leaf: &Leaf) {
        let text = self.places.slice(leaf.start, leaf.end);
        if self.notes.is_some() {
            return self.add(leaf, ChunkKind::Notes);
        }
        let asks = question_mark(text).is_some()
            || (self.asks_often && matches!(leaf.kind, BlockKind::Paragraph) && is_question(text));
        if asks {
            self.flush();
            self.add(leaf, ChunkKind::QuestionAndAnswer);
        } else if self.is_run_of(ChunkKind::QuestionAndAnswer) {
            self.add(leaf, ChunkKind::QuestionAndAnswer);
        } else {
            self.add(leaf, ChunkKind::Text);
        }
    }

    fn is_run_of(&self, kind: ChunkKind) -> bool {
        self.run.as_ref().is_some_and(|run| run.kind == kind)
    }

    /// Has the leaf belong to the chunk in the making, if it fits, or else to one of its own.
    fn add(&mut self, leaf: &Leaf, kind: ChunkKind) {
        self.bare = None;
        if let Some(run) = &mut self.run
            && run.kind == kind
            && run.header == self.header
            && leaf.end - run.start <= self.size
        {
            run.end = leaf.end;
            return;
        }
        let long = leaf.end - leaf.start > self.size;
        // A question stays with the beginning of a long answer.
        let joined = self.run.as_ref().filter(|run| {
            long && run.kind == ChunkKind::QuestionAndAnswer && kind == run.kind && run.end - run.start <= self.size / 2
        });
        let start = joined.map_or(leaf.start, |run| run.start);
        if joined.is_some() {
            self.run = None;
        }
        self.flush();
        if long {
            let path = self.path();
            for (start, end) in cut(self.places, start, leaf.end, self.size, self.overlap) {
                self.emit(&Run { start, end, kind, path: path.clone(), header: self.header.clone() });
            }
        } else {
            let path = self.path();
            self.open(leaf, kind, path);
        }
    }

    fn open(&mut self, leaf: &Leaf, kind: ChunkKind, path: Vec<String>) {
        self.run = Some(Run { start: leaf.start, end: leaf.end, kind, path, header: self.header.clone() });
    }

    fn path(&self) -> Vec<String> {
        self.headings.iter().map(|(_, title)| title.clone()).collect()
    }

    fn flush(&mut self) {
        if let Some(run) = self.run.take() {
            if run.end - run.start > self.size {
                for (start, end) in cut(self.places, run.start, run.end, self.size, self.overlap) {
                    self.emit(&Run { start, end, ..run.clone() });
                }
            } else {
                self.emit(&run);
            }
        }
    }

    fn flush_bare(&mut self) {
        if let Some(Bare { start, end, path, .. }) = self.bare.take() {
            let run = Run { start, end, kind: ChunkKind::Text, path, header: None };
            self.run = Some(run);
            self.flush();
        }
    }

    /// The same where it is the head of a table without rows.
    fn flush_bare_head(&mut self) {
        if self.bare.as_ref().is_some_and(|bare| bare.level == HEAD_OF_TABLE) {
            self.flush_bare();
        }
    }

    fn emit(&mut self, run: &Run) {
        let (start, end) = self.places.trimmed(run.start, run.end);
        if start == end {
            return;
        }
        // Chunks begin one after the other.
        while let Some((_, mark)) = self.marks.get(self.passed).filter(|(at, _)| *at <= start) {
            self.place = (mark.page.or(self.place.0), mark.seconds.or(self.place.1));
            self.passed += 1;
        }
        let within = self.marks[self.passed..].iter().take_while(|(at, _)| *at < end);
        let marks = within.map(|(at, mark)| Mark { at: (at - start) as u32, ..*mark }).collect();
        let metadata = ChunkMetadata {
            kind: run.kind,
            heading_path: run.path.clone(),
            page: self.place.0,
            seconds: self.place.1,
            sheet: self.sheet.as_ref().map(|(_, name)| name.clone()).filter(|name| !name.is_empty()),
            header: run.header.clone(),
            marks,
        };
        self.pieces.push(Piece { start, end, metadata });
    }

    fn finish(mut self) -> Vec<Piece> {
        self.flush();
        self.flush_bare();
        self.pieces
    }
}

/// A text of one line, up to so many characters.
fn clipped(text: &str, most: usize) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    line.chars().take(most).collect()
}

/// Is a paragraph a question and nothing else?
fn is_question(text: &str) -> bool {
    let text = text.trim().trim_end_matches(['*', '_']);
    text.ends_with('?') && text.chars().take(QUESTION + 1).count() <= QUESTION && !text.contains('\n')
}
