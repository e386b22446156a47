//! Sentences of a chunk: what can be an answer, as ranges of its text.

use std::ops::Range;

/// A sentence, a line of a list or a row of a table.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Sentence {
    /// Where it stands in the text, in bytes, without white space at its ends.
    pub at: Range<usize>,
    /// The paragraph (lines without an empty one between) it is in, from 0.
    pub paragraph: u32,
    /// A line of its own that begins with a mark of a list.
    pub item: bool,
    /// A row of a table.
    pub row: bool,
    /// A heading: marked as one, or a short line of its own without an end.
    pub heading: bool,
}

/// Words whose point ends no sentence.
const ABBREVIATIONS: &[&str] = &[
    "mr", "mrs", "ms", "dr", "dra", "sr", "sra", "srta", "st", "no", "núm", "num", "nº", "vs", "etc", "e.g", "i.e",
    "p.m", "a.m", "p.ej", "ej", "approx", "aprox", "av", "avda", "tel", "tfno", "ext", "min", "max", "mín", "máx",
    "dept", "prof", "inc", "ltd", "pág", "pag", "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct",
    "nov", "dec", "ene", "abr", "ago", "dic", "mon", "tue", "wed", "thu", "fri", "sat", "sun", "c", "d", "s", "p", "v",
    "u.s", "ee.uu", "st", "hr", "hrs", "h",
];
/// Bytes past which a sentence is cut at its semicolons.
const LONG: usize = 400;

/// The sentences of a text, in order; they do not overlap.
pub(super) fn sentences(text: &str) -> Vec<Sentence> {
    let mut found = Vec::new();
    let mut paragraph = 0;
    let mut pending: Option<Range<usize>> = None;
    let mut flush = |pending: &mut Option<Range<usize>>, paragraph: u32| {
        if let Some(at) = pending.take() {
            split(text, at, paragraph, &mut found);
        }
    };
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let at = trim(text, start..start + line.len());
        start += line.len();
        if at.is_empty() {
            flush(&mut pending, paragraph);
            paragraph += 1;
            continue;
        }
        let line = &text[at.clone()];
        match &mut pending {
            // A line that was broken in the middle of its sentence.
            Some(before) if continues(&text[before.clone()], line) => before.end = at.end,
            _ => {
                flush(&mut pending, paragraph);
                pending = Some(at);
            }
        }
    }
    flush(&mut pending, paragraph);
    found
}

/// Whether a line goes on what the line before began.
fn continues(before: &str, line: &str) -> bool {
    if line.contains('|') || before.contains('|') || is_item(line) || line.starts_with('#') || before.starts_with('#') {
        return false;
    }
    let ended = before.ends_with(['.', '!', '?', '…', ':', ';', '"', '”', '»', ')']);
    let lower = line.chars().next().is_some_and(char::is_lowercase);
    let last = before.rsplit('\n').next().unwrap_or(before);
    lower && !before.ends_with(['.', '!', '?', '…', ':']) || (!ended && last.chars().count() >= 60)
}

fn is_item(line: &str) -> bool {
    let line = line.trim_start();
    if line.starts_with(['-', '*', '•', '·', '–', '—', '▪', '◦', '✓', '✔', '☐', '→']) {
        return true;
    }
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    (1..=2).contains(&digits) && line[digits..].starts_with(['.', ')']) && line[digits + 1..].starts_with([' ', '\t'])
}

fn split(text: &str, at: Range<usize>, paragraph: u32, found: &mut Vec<Sentence>) {
    let block = &text[at.clone()];
    let row = block.contains(" | ") || block.starts_with('|') || block.contains('\t');
    let item = is_item(block);
    let title = block.starts_with('#')
        || (!item
            && !row
            && block.chars().count() <= 70
            && !block.ends_with(['.', '!', '?', '…', ':', ';', ','])
            && is_title(block));
    let put = |found: &mut Vec<Sentence>, at: Range<usize>, first: bool| {
        let at = trim(text, at);
        if !at.is_empty() {
            found.push(Sentence { at, paragraph, item: item && first, row, heading: title });
        }
    };
    if row || title {
        return put(found, at, true);
    }
    let mut start = at.start;
    let mut first = true;
    let mut rest = block.char_indices().peekable();
    while let Some((i, c)) = rest.next() {
        let end = at.start + i + c.len_utf8();
        let long = end - start > LONG && c == ';';
        let stop = matches!(c, '.' | '!' | '?' | '…');
        if !(long || stop) {
            continue;
        }
        // Closing quotes and brackets belong to the sentence that they close.
        let mut after = end;
        while let Some(&(_, next)) = rest.peek()
            && matches!(next, '"' | '”' | '»' | ')' | '\'' | '’' | '.' | '!' | '?')
        {
            after += next.len_utf8();
            rest.next();
        }
        let tail = &text[after..at.end];
        let gap = tail.starts_with(char::is_whitespace);
        let next = tail.trim_start().chars().next();
        let begins = next.is_some_and(|next| !next.is_lowercase());
        if long || (gap && begins && !(c == '.' && abbreviated(&text[start..end - 1]))) {
            put(found, start..after, first);
            first = false;
            start = after;
        }
    }
    put(found, start..at.end, first);
}

/// Whether what stands before a point is an abbreviation, or the number of a list.
fn abbreviated(before: &str) -> bool {
    let word = before.rsplit([' ', '\n', '(', '\u{a0}']).next().unwrap_or(before);
    let lower = word.to_lowercase();
    ABBREVIATIONS.contains(&lower.as_str())
        || (word.chars().count() == 1 && word.chars().all(char::is_uppercase))
        || (before.len() == word.len() && word.len() <= 2 && word.bytes().all(|b| b.is_ascii_digit()))
}

/// Whether a short line without an end looks like a heading: few words, no verb-like tail of a sentence. Lines with figures are facts.
fn is_title(line: &str) -> bool {
    line.split_whitespace().count() <= 8
        && !line.contains(':')
        && !line.bytes().any(|b| b.is_ascii_digit() || b == b'@')
}

fn trim(text: &str, at: Range<usize>) -> Range<usize> {
    let piece = &text[at.clone()];
    let start = at.start + (piece.len() - piece.trim_start().len());
    start..(start + piece.trim().len())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn texts(text: &str) -> Vec<&str> {
        sentences(text).into_iter().map(|sentence| &text[sentence.at]).collect()
    }

    #[test]
    fn sentences_end_where_people_end_them() {
        assert_eq!(
            texts("Dr. Ana opens at 9 a.m. on weekdays. Bring a towel! ¿Dudas? Escríbenos."),
            ["Dr. Ana opens at 9 a.m. on weekdays.", "Bring a towel!", "¿Dudas?", "Escríbenos."]
        );
        assert_eq!(
            texts("It costs $1.50 per class (or 10.5 for eight.) Nice."),
            ["It costs $1.50 per class (or 10.5 for eight.)", "Nice."]
        );
        assert_eq!(
            texts("a line that was\nbroken in two. Next one."),
            ["a line that was\nbroken in two.", "Next one."]
        );
        assert_eq!(texts("- Towel\n- Water. Cold\n1. Mat"), ["- Towel", "- Water.", "Cold", "1. Mat"]);
        assert_eq!(texts("Plan | Price\nBasic | 30 €"), ["Plan | Price", "Basic | 30 €"]);
        assert_eq!(texts(""), [""; 0]);
    }

    #[test]
    fn headings_are_told() {
        let found = sentences("# Prices\nOpening hours\n\nWe open at 9.");
        assert_eq!(found.iter().map(|s| s.heading).collect::<Vec<_>>(), [true, true, false]);
        assert_eq!(found[2].paragraph, 1);
    }

    proptest! {
        #[test]
        fn ranges_are_in_order_and_hold_every_letter(text in "(\\PC|[.!?;:| \\n-]|a|\\. A|\\n\\n){0,200}") {
            let found = sentences(&text);
            let mut end = 0;
            for sentence in &found {
                prop_assert!(sentence.at.start >= end && sentence.at.end > sentence.at.start);
                prop_assert!(text[end..sentence.at.start].trim().is_empty());
                prop_assert!(text.get(sentence.at.clone()).is_some());
                end = sentence.at.end;
            }
            prop_assert!(text[end..].trim().is_empty());
        }
    }
}
