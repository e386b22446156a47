//! What of a mail its writer wrote: the rest is quoted, a signature, or a notice that their company adds.
//!
//! Only own words may decide anything. A line is somebody else's if it is marked so (`>`, a quoting element of HTML), or stands behind
//! what introduces a quote: `On … wrote:`, `-----Original Message-----`, a block of `From:`, `Sent:`, `Subject:`, each in the languages
//! of the usual clients. What was sent to the writer before is known, too: words of it are ours, however they come back.
//!
//! Pure, and linear in the length of the text.

mod answer;
mod heads;
mod html;
mod notices;
mod stop;
mod tail;
#[cfg(test)]
mod tests;
mod words;

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hasher as _};

use crate::text::fold;

pub use answer::answer;
pub use stop::wants_no_more;

/// Whose a line is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Part {
    /// The writer's.
    Own,
    /// Quoted, or what introduces a quote.
    Quoted,
    /// The writer's, but said under every mail: a name, a title, "Sent from my iPhone".
    Signature,
    /// Of a company, a list or a scanner: a disclaimer, a footer.
    Notice,
}

/// A line of a mail.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Line {
    /// The line, without its end.
    pub text: String,
    /// Whose it is.
    pub part: Part,
}

/// A mail, line by line.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Letter {
    lines: Vec<Line>,
}

/// What the markup says of a line, before its words are looked at.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Mark {
    None,
    Quoted,
    /// This line, and everything after it, is quoted.
    Cut,
    Signature,
}

/// A line as the rules see it.
struct Raw {
    text: String,
    /// Its beginning, folded: longer lines are nothing but text.
    folded: String,
    mark: Mark,
}

/// No more of a line is looked at by the rules, in bytes.
const LONGEST: usize = 600;
/// No more of a mail is read, in bytes.
const MOST: usize = 1 << 20;
/// So many words in a row that stand in what was sent before are not the writer's own.
const ECHO: usize = 8;

impl Raw {
    fn new(text: String, mark: Mark) -> Self {
        let head = &text[..text.floor_char_boundary(LONGEST)];
        Self { folded: fold(head), text, mark }
    }

    fn is_blank(&self) -> bool {
        self.folded.is_empty()
    }

    /// `> quoted`; `>>> a link <<<` is decoration.
    fn is_quoted(&self) -> bool {
        matches!(self.mark, Mark::Quoted | Mark::Cut)
            || (self.folded.starts_with('>') && (!self.folded.ends_with("<<") || self.folded.len() < 3))
    }
}

impl Letter {
    /// Reads a plain text.
    pub fn of_text(text: &str) -> Self {
        let text = &text[..text.floor_char_boundary(MOST)];
        let text = text.replace("\r\n", "\n").replace('\r', "\n");
        Self::of_lines(text.split('\n').map(|line| Raw::new(line.trim_end().to_owned(), Mark::None)).collect())
    }

    /// Reads HTML.
    pub fn of_html(html: &str) -> Self {
        let lines = html::lines(&html[..html.floor_char_boundary(MOST)]);
        Self::of_lines(lines.into_iter().map(|(text, mark)| Raw::new(text, mark)).collect())
    }

    /// Reads a mail that has either form or both: the plain one, but where only the other one tells what is quoted.
    pub fn of(text: Option<&str>, html: Option<&str>) -> Self {
        let plain = text.map(Self::of_text).filter(|letter| !letter.text().is_empty());
        let Some(html) = html else { return plain.unwrap_or_default() };
        match plain {
            Some(plain) if plain.quotes() && !plain.own().is_empty() => plain,
            Some(plain) => {
                let rich = Self::of_html(html);
                let tells_more = !rich.own().is_empty() && (rich.quotes() || plain.own().is_empty());
                if tells_more { rich } else { plain }
            }
            None => Self::of_html(html),
        }
    }

    fn of_lines(lines: Vec<Raw>) -> Self {
        let mut parts = quoted(&lines);
        let lines = split_shared(lines, &mut parts);
        tail::mark(&lines, &mut parts);
        let lines = lines.into_iter().zip(parts).map(|(line, part)| Line { text: line.text, part });
        Self { lines: lines.collect() }
    }

    /// The lines, with whose they are.
    pub fn lines(&self) -> &[Line] {
        &self.lines
    }

    /// Is anything quoted?
    pub fn quotes(&self) -> bool {
        self.lines.iter().any(|line| line.part == Part::Quoted)
    }

    /// What the writer wrote for this mail.
    pub fn own(&self) -> String {
        self.of_parts(|part| part == Part::Own)
    }

    /// The same with the signature.
    pub fn signed(&self) -> String {
        self.of_parts(|part| matches!(part, Part::Own | Part::Signature))
    }

    /// All of it.
    pub fn text(&self) -> String {
        self.of_parts(|_| true)
    }

    fn of_parts(&self, wanted: impl Fn(Part) -> bool) -> String {
        let mut text = String::new();
        let mut gap = false;
        for line in self.lines.iter().filter(|line| wanted(line.part)) {
            if line.text.trim().is_empty() {
                gap = !text.is_empty();
                continue;
            }
            if !text.is_empty() {
                text.push_str(if gap { "\n\n" } else { "\n" });
            }
            gap = false;
            text.push_str(&line.text);
        }
        text
    }

    /// Takes away what repeats a text that the writer was sent: clients that quote without any mark do exist, and people copy.
    #[must_use]
    pub fn without_echo(mut self, sent: &str) -> Self {
        let words = |text: &str| -> Vec<(usize, usize, u64)> {
            let mut found = Vec::new();
            let mut from = None;
            for (at, letter) in text.char_indices().chain([(text.len(), ' ')]) {
                match (letter.is_alphanumeric(), from) {
                    (true, None) => from = Some(at),
                    (false, Some(begin)) => {
                        found.push((begin, at, hash(fold(&text[begin..at]))));
                        from = None;
                    }
                    _ => {}
                }
            }
            found
        };
        let ours: Vec<u64> = words(sent).into_iter().map(|(_, _, word)| word).collect();
        let runs: HashSet<u64> = ours.windows(ECHO).map(hash).collect();
        let whole: HashSet<String> = sent.lines().map(fold).filter(|line| !line.is_empty()).collect();
        // The words of all own lines, in their order, each with its line.
        let mut theirs = Vec::new();
        for (number, line) in self.lines.iter().enumerate().filter(|(_, line)| line.part == Part::Own) {
            theirs.extend(words(&line.text).into_iter().map(|(from, to, word)| (number, from, to, word)));
        }
        let mut echo = vec![false; theirs.len()];
        let row: Vec<u64> = theirs.iter().map(|(_, _, _, word)| *word).collect();
        for (at, run) in row.windows(ECHO).enumerate() {
            if runs.contains(&hash(run)) {
                echo[at..at + ECHO].fill(true);
            }
        }
        let mut counts = vec![(0_usize, 0_usize); self.lines.len()];
        for ((number, ..), echo) in theirs.iter().zip(&echo) {
            counts[*number].0 += 1;
            counts[*number].1 += usize::from(*echo);
        }
        let mut cut: Vec<Vec<(usize, usize)>> = vec![Vec::new(); self.lines.len()];
        for ((number, from, to, _), echo) in theirs.iter().zip(&echo) {
            let (all, echoed) = counts[*number];
            if *echo && echoed < all {
                cut[*number].push((*from, *to));
            }
        }
        for (line, (cut, (all, echoed))) in self.lines.iter_mut().zip(cut.iter().zip(counts)) {
            if all > 0 && all == echoed {
                line.part = Part::Quoted;
            } else {
                for (from, to) in cut.iter().rev() {
                    line.text.replace_range(*from..*to, "");
                }
            }
        }
        self.short_echoes(&whole);
        self
    }

    /// A short line of ours that stands beside quoted ones: `Hi Mia,`, `Rate: $500`.
    fn short_echoes(&mut self, whole: &HashSet<String>) {
        let mut beside = false;
        for forward in [true, false] {
            let count = self.lines.len();
            for step in 0..count {
                let at = if forward { step } else { count - 1 - step };
                let line = &mut self.lines[at];
                let folded = fold(&line.text);
                match line.part {
                    _ if folded.is_empty() => {}
                    Part::Quoted => beside = true,
                    Part::Own if beside && whole.contains(&folded) => line.part = Part::Quoted,
                    _ => beside = false,
                }
            }
            beside = false;
        }
    }
}

fn hash(of: impl std::hash::Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    of.hash(&mut hasher);
    hasher.finish()
}

/// Which lines are quoted.
fn quoted(lines: &[Raw]) -> Vec<Part> {
    let mut parts = vec![Part::Own; lines.len()];
    let mut at = 0;
    while at < lines.len() {
        if lines[at].mark == Mark::Cut {
            parts[at..].fill(Part::Quoted);
            break;
        }
        if lines[at].is_quoted() {
            parts[at] = Part::Quoted;
            at += 1;
            continue;
        }
        let Some(head) = heads::at(lines, at) else {
            at += 1;
            continue;
        };
        // The line that holds the last own words as well is split later.
        let first = if head.shared.is_some() { at + 1 } else { at };
        parts[first.min(head.end)..head.end].fill(Part::Quoted);
        at = head.end;
        // `-----Original Message-----` may stand above the headers of that message.
        let below = at + lines[at..].iter().take_while(|line| line.is_blank()).count();
        if let Some(more) = lines.get(below).filter(|line| !line.is_quoted()).and_then(|_| heads::at(lines, below))
            && more.shared.is_none()
        {
            parts[at..more.end].fill(Part::Quoted);
            at = more.end;
        }
        // Marked quotes end by themselves, and answers may stand between them; others go on to the end.
        let next = lines[at..].iter().find(|line| !line.is_blank());
        if !next.is_some_and(|line| line.is_quoted() && line.mark != Mark::Cut) {
            parts[at..].fill(Part::Quoted);
            break;
        }
    }
    rejoin(lines, &mut parts);
    parts
}

/// Quotes whose long lines were broken after they were marked: the rest of the line stands unmarked between two marked ones, or
/// behind the last.
fn rejoin(lines: &[Raw], parts: &mut [Part]) {
    let last = lines.iter().rposition(|line| !line.is_blank()).unwrap_or(0);
    for at in 1..lines.len() {
        let (before, line) = (&lines[at - 1], &lines[at]);
        let goes_on = at == last || lines.get(at + 1).is_some_and(|after| after.folded.starts_with('>'));
        let is_rest = before.folded.len() >= 55
            && line.folded.len() <= 60
            && !before.folded.ends_with(['.', '!', '?', ':'])
            && line.text.starts_with(|letter: char| letter.is_lowercase());
        let is_link = at != last
            && (line.folded.starts_with('_') || line.folded.starts_with("http") || line.folded.ends_with('>'));
        if parts[at] == Part::Own && before.folded.starts_with('>') && goes_on && (is_rest || is_link) {
            parts[at] = Part::Quoted;
        }
    }
}

/// `Yes! On Wed, 4 Apr 2012, Bob wrote:` is two lines.
fn split_shared(lines: Vec<Raw>, parts: &mut Vec<Part>) -> Vec<Raw> {
    let mut split = Vec::with_capacity(lines.len());
    let mut told = Vec::with_capacity(parts.len());
    for (line, part) in lines.into_iter().zip(parts.iter().copied()) {
        match heads::shared(&line.text) {
            Some(at) if part == Part::Own => {
                split.push(Raw::new(line.text[..at].trim_end().to_owned(), Mark::None));
                split.push(Raw::new(line.text[at..].to_owned(), Mark::Quoted));
                told.extend([Part::Own, Part::Quoted]);
            }
            _ => {
                split.push(line);
                told.push(part);
            }
        }
    }
    *parts = told;
    split
}
