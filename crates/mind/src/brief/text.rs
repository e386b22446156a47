//! A caption as the rules read it: its words, folded, each with its place in the original.

use std::ops::Range;

use memchr::memmem;
use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;
use unicode_properties::UnicodeEmoji as _;
use unicode_segmentation::UnicodeSegmentation as _;

use super::model::Quote;
use super::tags::{self, Marks, Span};
use crate::text::letters_of;

/// No more of a caption is read, in bytes: no platform takes half of it.
pub(super) const MOST: usize = 200_000;
/// No more of the words of a quote is repeated, in characters.
const LONGEST_QUOTE: usize = 160;

/// A caption.
pub(super) struct Text<'a> {
    pub(super) name: &'a str,
    /// What is read of it.
    pub(super) read: &'a str,
    /// Is there more?
    pub(super) cut: bool,
    /// Its tags, mentions and links.
    pub(super) marks: Marks,
    pub(super) words: Vec<Word>,
    /// The words with one space around each: ` free shipping `.
    flat: String,
}

/// A word.
#[derive(Clone, Debug)]
pub(super) struct Word {
    /// Where it stands in the flat text.
    flat: Range<usize>,
    /// Where it stands in the original, in bytes.
    pub(super) at: Range<usize>,
    pub(super) sentence: usize,
    pub(super) line: usize,
    pub(super) clause: usize,
    pub(super) part: Part,
}

/// What a word belongs to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Part {
    Plain,
    Tag,
    Mention,
    Link,
}

/// Some words in a row: the first, and the one after the last.
pub(super) type Run = Range<usize>;

impl<'a> Text<'a> {
    pub(super) fn new(name: &'a str, whole: &'a str, platform: super::platforms::Known) -> Self {
        let read = &whole[..whole.floor_char_boundary(MOST)];
        let marks = tags::marks(read, platform);
        let mut text = Self { name, read, cut: read.len() < whole.len(), marks, words: Vec::new(), flat: " ".into() };
        text.read_words();
        text
    }

    fn read_words(&mut self) {
        let spans = self.marks.in_order();
        let mut spans = spans.iter().peekable();
        let (mut sentence, mut line, mut clause) = (0, 0, 0);
        let mut open: Option<(usize, usize)> = None;
        let mut folded = String::new();
        let latin = mostly_latin(self.read);
        for (at, c) in self.read.char_indices() {
            while spans.next_if(|(span, _)| span.end <= at).is_some() {}
            let part = match spans.peek() {
                Some((span, part)) if span.start <= at => *part,
                _ => Part::Plain,
            };
            let starts = spans.peek().is_some_and(|(span, _)| span.start == at);
            folded.clear();
            fold_char(c, latin, &mut folded);
            let inner = matches!(c, '\'' | '’') && open.is_some();
            let sign = matches!(c, '%' | '€' | '$' | '£');
            let belongs = !folded.is_empty() && folded.chars().all(char::is_alphanumeric);
            if (starts || !(belongs || folded.is_empty() || inner))
                && let Some((from, flat)) = open.take()
            {
                self.close(from, at, flat, (sentence, line, clause));
            }
            if belongs {
                open.get_or_insert((at, self.flat.len()));
                self.flat.push_str(&folded);
                if open.is_some_and(|(from, _)| from == at) {
                    self.begin(part);
                }
            } else if sign {
                let flat = self.flat.len();
                self.begin(part);
                self.flat.push(c);
                self.close(at, at + c.len_utf8(), flat, (sentence, line, clause));
            }
            if part == Part::Plain {
                let decimal = matches!(c, '.' | ',')
                    && self.read[..at].ends_with(|c: char| c.is_ascii_digit())
                    && self.read[at + 1..].starts_with(|c: char| c.is_ascii_digit());
                match c {
                    '\n' => {
                        line += 1;
                        sentence += 1;
                        clause += 1;
                    }
                    '.' | '!' | '?' | '…' | '。' | '¡' | '¿' if !decimal => {
                        sentence += 1;
                        clause += 1;
                    }
                    ',' | ';' | ':' | '(' | ')' | '—' | '–' if !decimal => clause += 1,
                    _ => {}
                }
            } else if c == '\n' {
                line += 1;
            }
        }
        if let Some((from, flat)) = open {
            self.close(from, self.read.len(), flat, (sentence, line, clause));
        }
    }

    fn begin(&mut self, part: Part) {
        self.words.push(Word { flat: 0..0, at: 0..0, sentence: 0, line: 0, clause: 0, part });
    }

    fn close(&mut self, from: usize, to: usize, flat: usize, (sentence, line, clause): (usize, usize, usize)) {
        let end = self.flat.len();
        self.flat.push(' ');
        if let Some(word) = self.words.last_mut() {
            *word = Word { flat: flat..end, at: from..to, sentence, line, clause, part: word.part };
        }
    }

    /// A word, folded.
    pub(super) fn word(&self, index: usize) -> &str {
        self.words.get(index).map_or("", |word| &self.flat[word.flat.clone()])
    }

    /// Where a phrase of folded words stands, each time. A phrase that ends in `*` stands for every word that begins so.
    pub(super) fn find<'t>(&'t self, phrase: &'t str) -> impl Iterator<Item = Run> + 't {
        let open = phrase.ends_with('*');
        let stem = phrase.trim_end_matches('*');
        let needle = if open { format!(" {stem}") } else { format!(" {stem} ") };
        let count = stem.split(' ').count();
        let mut from = 0;
        std::iter::from_fn(move || {
            let at = from + memmem::find(self.flat.as_bytes().get(from..)?, needle.as_bytes())?;
            from = at + 1;
            let first = self.words.partition_point(|word| word.flat.start <= at);
            Some(first..(first + count).min(self.words.len()))
        })
    }

    /// The first of some phrases that stands here and is not denied; and whether one stands here denied.
    pub(super) fn any<'p>(&self, phrases: impl Iterator<Item = &'p str>) -> (Option<Run>, Option<Run>) {
        let mut denied = None;
        for phrase in phrases {
            for run in self.find(phrase).take(50) {
                if self.is_denied(&run) {
                    denied.get_or_insert(run);
                } else {
                    return (Some(run), denied);
                }
            }
        }
        (None, denied)
    }

    /// Is it denied by a word before it in its clause: "not sponsored", "sin publicidad"?
    pub(super) fn is_denied(&self, run: &Run) -> bool {
        let Some(word) = self.words.get(run.start) else { return false };
        (run.start.saturating_sub(3)..run.start).any(|before| {
            self.words[before].clause == word.clause
                && self.words[before].part == Part::Plain
                && super::words::DENIALS.contains(&self.word(before))
        })
    }

    /// The words from one to another, as they stand in the caption.
    pub(super) fn quote(&self, run: &Run) -> Option<Quote> {
        let (first, last) = (self.words.get(run.start)?, self.words.get(run.end.checked_sub(1)?)?);
        Some(self.quote_bytes(first.at.start..last.at.end.max(first.at.end)))
    }

    /// A part of the caption.
    pub(super) fn quote_bytes(&self, at: Range<usize>) -> Quote {
        let start = self.read[..at.start].chars().count();
        let text: String = self.read[at].chars().take(LONGEST_QUOTE).collect();
        Quote { caption: self.name.to_owned(), start, end: start + text.chars().count(), text }
    }

    /// The whole caption, shortened.
    pub(super) fn quote_all(&self) -> Option<Quote> {
        (!self.read.is_empty()).then(|| self.quote_bytes(0..self.read.len()))
    }

    /// What its maker wrote, without tags, mentions and links.
    pub(super) fn prose(&self) -> String {
        let mut prose = String::with_capacity(self.read.len());
        let mut from = 0;
        for (span, _) in self.marks.in_order() {
            prose.push_str(self.read.get(from..span.start).unwrap_or(""));
            from = span.end;
        }
        prose.push_str(self.read.get(from..).unwrap_or(""));
        prose
    }

    /// How many words its maker wrote, without tags, mentions and links.
    pub(super) fn plain_words(&self) -> usize {
        self.words.iter().filter(|word| word.part == Part::Plain).count()
    }
}

/// Length in graphemes; runs of white space count once and what cannot be seen does not.
pub(super) fn length(text: &str) -> usize {
    let mut blank = true;
    let mut count = 0;
    for grapheme in text.trim().graphemes(true) {
        let space = grapheme.chars().all(char::is_whitespace);
        if grapheme.chars().all(is_invisible) || (space && blank) {
            continue;
        }
        blank = space;
        count += 1;
    }
    count
}

/// The emojis of a text, each with its place.
pub(super) fn emojis(text: &str) -> impl Iterator<Item = Span> + '_ {
    text.grapheme_indices(true).filter(|(_, grapheme)| is_emoji(grapheme)).map(|(at, grapheme)| at..at + grapheme.len())
}

fn is_emoji(grapheme: &str) -> bool {
    let styled = grapheme.contains('\u{fe0f}');
    let plain = grapheme.contains('\u{fe0e}');
    grapheme.contains('\u{20e3}')
        || (!plain
            && grapheme.chars().any(|c| {
                !c.is_ascii()
                    && c.is_emoji_char()
                    && (styled
                        || !matches!(c, '©' | '®' | '\u{2000}'..='\u{22ff}' | '\u{2460}'..='\u{25ff}' | '\u{3030}'))
            }))
}

/// Nothing that is seen: joiners, directions, variation selectors, fillers.
pub(super) fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}'
        | '\u{feff}' | '\u{ffa0}' | '\u{e0000}'..='\u{e0fff}')
}

/// Lower case, without accents and what cannot be seen; among Latin letters, what looks like one is one.
pub(super) fn fold_char(c: char, latin: bool, folded: &mut String) {
    if c.is_ascii() {
        folded.push(c.to_ascii_lowercase());
        return;
    }
    if is_invisible(c) {
        return;
    }
    for piece in c.nfkd().filter(|&piece| !is_combining_mark(piece)) {
        for lower in piece.to_lowercase() {
            if let Some(letters) = letters_of(lower) {
                folded.push_str(letters);
            } else if latin && let Some(like) = looks_like(lower) {
                folded.push(like);
            } else {
                folded.push(lower);
            }
        }
    }
}

/// The Latin letter that another script's looks like.
fn looks_like(c: char) -> Option<char> {
    if c.is_ascii() || !c.is_alphabetic() {
        return None;
    }
    let mut letters = [0; 4];
    let mut skeleton = unicode_security::skeleton(c.encode_utf8(&mut letters));
    match (skeleton.next(), skeleton.next()) {
        (Some(like), None) if like.is_ascii_alphabetic() => Some(like.to_ascii_lowercase()),
        _ => None,
    }
}

fn mostly_latin(text: &str) -> bool {
    let (mut latin, mut other) = (0_usize, 0_usize);
    for c in text.chars().filter(|c| c.is_alphabetic()) {
        if c < '\u{250}' { latin += 1 } else { other += 1 }
    }
    latin > other
}

/// The words of a text as [`Text`] has them, with one space between.
pub(super) fn flat(text: &str) -> String {
    let latin = mostly_latin(text);
    let mut flat = String::with_capacity(text.len());
    let mut folded = String::new();
    for c in text.chars() {
        folded.clear();
        fold_char(c, latin, &mut folded);
        if folded.chars().all(char::is_alphanumeric) {
            flat.push_str(&folded);
        } else if matches!(c, '%' | '€' | '$' | '£') {
            flat.push(' ');
            flat.push(c);
            flat.push(' ');
        } else if !matches!(c, '\'' | '’') {
            flat.push(' ');
        }
    }
    flat.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}
