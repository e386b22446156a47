//! Handbooks of made-up coaches with questions, as text fixtures: how they are read, and a chunker as `knowledge` has one.
//!
//! A line `@@ key | title | day added` begins a document, `@@ questions` the questions. Each is a line `? …` and under it a line
//! `= key : wanted words | other spelling` for every passage that is needed, or `= -` when nothing answers it.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use mind::recall::{Answer, ChunkText, DocumentText, Found, Lexicon, Outcome, Picked, Question, Thresholds};

pub(crate) struct Handbook {
    pub(crate) name: String,
    pub(crate) documents: Vec<Text>,
    pub(crate) questions: Vec<Asked>,
}

pub(crate) struct Text {
    pub(crate) key: String,
    pub(crate) title: String,
    pub(crate) added: Option<i32>,
    pub(crate) text: String,
}

pub(crate) struct Asked {
    pub(crate) text: String,
    pub(crate) wanted: Vec<Wanted>,
}

pub(crate) struct Wanted {
    pub(crate) document: String,
    pub(crate) words: Vec<String>,
}

pub(crate) struct Piece {
    pub(crate) heading: String,
    pub(crate) text: String,
}

pub(crate) fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/recall")
}

pub(crate) fn read(path: &Path) -> Handbook {
    let text = fs::read_to_string(path).unwrap_or_else(|fault| panic!("{}: {fault}", path.display()));
    let name = path.file_stem().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    let mut book = Handbook { name: name.clone(), documents: Vec::new(), questions: Vec::new() };
    let mut asking = false;
    for line in text.lines() {
        if let Some(head) = line.strip_prefix("@@ ") {
            asking = head.trim() == "questions";
            if !asking {
                let mut parts = head.split('|').map(str::trim);
                let key = parts.next().unwrap_or_default().to_owned();
                let title = parts.next().unwrap_or(&key).to_owned();
                let added = parts.next().and_then(|day| day.parse().ok());
                book.documents.push(Text { key, title, added, text: String::new() });
            }
        } else if !asking {
            let Some(document) = book.documents.last_mut() else { panic!("{name}: text before a document") };
            document.text.push_str(line);
            document.text.push('\n');
        } else if let Some(question) = line.strip_prefix("? ") {
            book.questions.push(Asked { text: question.to_owned(), wanted: Vec::new() });
        } else if let Some(wanted) = line.strip_prefix("= ") {
            let Some((key, words)) = wanted.split_once(" : ") else {
                assert_eq!(wanted.trim(), "-", "{name}: {line}");
                continue;
            };
            let document = key.trim().to_owned();
            let words: Vec<String> = words.split(" | ").map(|word| mind::text::fold(word.trim())).collect();
            let Some(source) = book.documents.iter().find(|own| own.key == document) else {
                panic!("{name}: no document {document}")
            };
            let text = mind::text::fold(&source.text);
            assert!(words.iter().any(|word| text.contains(word.as_str())), "{name}: {document} lacks {words:?}");
            let Some(question) = book.questions.last_mut() else { panic!("{name}: {line} before a question") };
            question.wanted.push(Wanted { document, words });
        } else {
            assert!(line.trim().is_empty(), "{name}: {line}");
        }
    }
    book
}

/// Whole paragraphs while they fit, never across headings; a question with its answer is a piece of its own; rows keep their header.
pub(crate) fn pieces(text: &str, size: usize) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut headings: Vec<(usize, String)> = Vec::new();
    let mut now = String::new();
    let path = |headings: &[(usize, String)]| headings.iter().map(|(_, text)| &**text).collect::<Vec<_>>().join(" > ");
    let mut flush = |now: &mut String, headings: &[(usize, String)]| {
        if !now.trim().is_empty() {
            pieces.push(Piece { heading: path(headings), text: now.trim().to_owned() });
        }
        now.clear();
    };
    for paragraph in text.split("\n\n").map(str::trim).filter(|paragraph| !paragraph.is_empty()) {
        let mut lines = paragraph.lines().peekable();
        while let Some(line) = lines.peek().filter(|line| line.starts_with('#')) {
            let level = line.bytes().take_while(|&b| b == b'#').count();
            flush(&mut now, &headings);
            headings.retain(|(above, _)| *above < level);
            headings.push((level, line.trim_start_matches('#').trim().to_owned()));
            lines.next();
        }
        let rest = lines.collect::<Vec<_>>().join("\n");
        if rest.is_empty() {
            continue;
        }
        let pair = rest.starts_with("Q:") || rest.starts_with("P:");
        if pair || now.chars().count() + rest.chars().count() > size {
            flush(&mut now, &headings);
        }
        if rest.chars().count() <= size {
            if !now.is_empty() {
                now.push_str("\n\n");
            }
            now.push_str(&rest);
        } else {
            for line in rest.split_inclusive(['\n']).flat_map(|line| line.split_inclusive(". ")) {
                if now.chars().count() + line.chars().count() > size {
                    flush(&mut now, &headings);
                }
                now.push_str(line);
            }
        }
        if pair {
            flush(&mut now, &headings);
        }
    }
    flush(&mut now, &headings);
    pieces
}

pub(crate) struct Base {
    pub(crate) lexicon: Lexicon,
    /// By slot: the document's number in the handbook.
    pub(crate) documents: Vec<usize>,
    /// By slot.
    pub(crate) pieces: Vec<Piece>,
}

pub(crate) fn base(book: &Handbook) -> Base {
    let mut base = Base { lexicon: Lexicon::default(), documents: Vec::new(), pieces: Vec::new() };
    for (number, document) in book.documents.iter().enumerate() {
        let head = DocumentText { title: &document.title, added: document.added, ..DocumentText::default() };
        base.add(number, &head, pieces(&document.text, 1000));
    }
    base
}

impl Base {
    pub(crate) fn add(&mut self, number: usize, head: &DocumentText<'_>, pieces: Vec<Piece>) {
        self.lexicon.add(head, pieces.iter().map(Piece::chunk));
        self.documents.extend(pieces.iter().map(|_| number));
        self.pieces.extend(pieces);
    }

    pub(crate) fn text(&self, slot: u32) -> &str {
        &self.pieces[slot as usize].text
    }

    /// What was picked for a question, with its texts.
    pub(crate) fn pick(&self, question: &Question) -> (Picked, Vec<ChunkText<'_>>) {
        let picked = self.lexicon.pick(question, 12);
        let texts = picked.places().iter().map(|place| self.pieces[place.slot as usize].chunk()).collect();
        (picked, texts)
    }

    pub(crate) fn answer(&self, question: &Question, thresholds: Thresholds) -> Answer {
        let (picked, texts) = self.pick(question);
        picked.answer(&texts, &[thresholds])
    }

    pub(crate) fn ranked(&self, question: &Question) -> Vec<Found> {
        let (picked, texts) = self.pick(question);
        picked.ranked(&texts)
    }
}

impl Piece {
    pub(crate) fn chunk(&self) -> ChunkText<'_> {
        ChunkText { text: &self.text, heading: &self.heading }
    }
}

/// Whether a quote of this document has what is wanted.
pub(crate) fn holds(wanted: &Wanted, key: &str, quote: &str) -> bool {
    let quote = mind::text::fold(quote);
    wanted.document == key && wanted.words.iter().any(|word| quote.contains(word.as_str()))
}

/// Whether an answer is wholly right: silence where due, else every wanted passage quoted from its document.
pub(crate) fn right(book: &Handbook, base: &Base, asked: &Asked, answer: &Answer) -> bool {
    if asked.wanted.is_empty() {
        return answer.outcome != Outcome::Answered;
    }
    let quotes: Vec<(&str, &str)> = answer
        .passages
        .iter()
        .map(|passage| {
            let key = &*book.documents[base.documents[passage.place.slot as usize]].key;
            (key, &base.text(passage.place.slot)[passage.quote.clone()])
        })
        .collect();
    answer.outcome == Outcome::Answered
        && asked.wanted.iter().all(|wanted| quotes.iter().any(|(key, quote)| holds(wanted, key, quote)))
}

/// Counts by name, in the order in which they were first named.
#[derive(Default)]
pub(crate) struct Tally {
    order: Vec<String>,
    counts: HashMap<String, (usize, usize)>,
}

impl Tally {
    pub(crate) fn put(&mut self, name: &str, yes: bool) {
        if !self.counts.contains_key(name) {
            self.order.push(name.to_owned());
        }
        let (hits, all) = self.counts.entry(name.to_owned()).or_default();
        *hits += usize::from(yes);
        *all += 1;
    }

    pub(crate) fn share(&self, name: &str) -> f64 {
        self.counts.get(name).map_or(0.0, |&(hits, all)| hits as f64 / all.max(1) as f64)
    }

    pub(crate) fn print(&self, title: &str) {
        println!("{title}");
        for name in &self.order {
            let (hits, all) = self.counts[name];
            println!("  {name:<40} {:.3} ({hits} of {all})", self.share(name));
        }
    }
}
