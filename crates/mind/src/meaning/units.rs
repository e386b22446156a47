//! Sentences and their clauses, with the acts of each.

use std::ops::Range;

use super::acts::{Act, Model, Odds};
use super::turns::{Speaker, Turn};
use super::words::{self, Word};

/// A clause: the least that performs an act of its own.
#[derive(Debug)]
pub(super) struct Clause {
    /// Its place in the text, in bytes.
    pub(super) at: Range<usize>,
    pub(super) odds: Odds,
    /// Its sentence, by number.
    pub(super) sentence: usize,
}

/// A sentence.
#[derive(Debug)]
pub(super) struct Sentence<'t> {
    pub(super) speaker: Speaker,
    pub(super) turn: usize,
    pub(super) text: &'t str,
    pub(super) at: Range<usize>,
    /// Of the whole, and of its clauses.
    pub(super) odds: Odds,
    pub(super) words: Vec<Word<'t>>,
    /// Does it end with a question mark?
    pub(super) asks: bool,
}

/// A whole sentence is judged as one up to so many words.
const LONGEST: usize = 24;
/// Of a longer clause windows are judged,
const WINDOW: usize = 14;
/// each so many words behind the one before.
const STEP: usize = 9;
/// Sentences of no more words are not cut at a comma.
const SHORT: usize = 6;

/// The place of a part in the text that it is a part of.
pub(super) fn place(text: &str, part: &str) -> Range<usize> {
    let from = (part.as_ptr() as usize).saturating_sub(text.as_ptr() as usize);
    from..from + part.len()
}

/// All sentences of the turns, and all clauses of the sentences.
pub(super) fn read<'t>(text: &'t str, turns: &[Turn<'t>], model: &Model) -> (Vec<Sentence<'t>>, Vec<Clause>) {
    let (mut sentences, mut clauses) = (Vec::new(), Vec::new());
    for (number, turn) in turns.iter().enumerate() {
        for part in split(turn.text) {
            let at = place(text, part);
            let words = words::words(part);
            let parts = cut(part, &words);
            let whole = (words.len() <= LONGEST || parts.len() == 1).then(|| model.judge(part));
            let mut odds = whole;
            for clause in &parts {
                let own = if parts.len() == 1 {
                    odds.unwrap_or_else(|| model.judge(part))
                } else {
                    model.judge(&part[clause.clone()])
                };
                odds = Some(odds.map_or(own, |odds| odds.or(&own)));
                let range = at.start + clause.start..at.start + clause.end;
                clauses.push(Clause { at: range, odds: blend(own, whole, parts.len()), sentence: sentences.len() });
            }
            let Some(odds) = odds else { continue };
            let asks = part.trim_end_matches(['"', ')', ' ', '!']).ends_with('?');
            sentences.push(Sentence { speaker: turn.speaker, turn: number, text: part, at, odds, words, asks });
        }
    }
    (sentences, clauses)
}

/// What a clause says of yes and no is held against its whole sentence: "No, no problem" is no "no".
fn blend(own: Odds, whole: Option<Odds>, parts: usize) -> Odds {
    let Some(whole) = whole.filter(|_| parts > 1) else { return own };
    let mut odds = own;
    for act in [Act::Accept, Act::Eager, Act::Decline, Act::Unsure] {
        odds.set(act, 0.65 * own.of(act) + 0.35 * whole.of(act));
    }
    odds
}

/// Sentences: each ends with its mark and a space, with an empty line, or with a line that is too short to go on in the next.
pub(super) fn split(text: &str) -> Vec<&str> {
    const WRAPPED: usize = 48;
    let (mut parts, mut from, mut line) = (Vec::new(), 0, 0);
    let mut letters = text.char_indices().peekable();
    while let Some((at, letter)) = letters.next() {
        let next = letters.peek().map(|(_, next)| *next);
        let ends = match letter {
            '.' | '!' | '?' | '\u{2026}' => {
                next.is_none_or(|next| {
                    next.is_whitespace()
                        || next == '\u{bf}'
                        || next == '\u{a1}'
                        || (letter != '.' && next.is_alphabetic())
                }) && !is_abbreviation(&text[from..at], letter)
            }
            '\n' => {
                let short = at - line < WRAPPED;
                line = at + 1;
                short || next.is_none_or(|next| next == '\n' || next == '\r' || matches!(next, '-' | '*' | '\u{2022}'))
            }
            ';' => true,
            _ => false,
        };
        if ends {
            let end = at + letter.len_utf8();
            parts.push(text[from..end].trim());
            from = end;
        }
    }
    parts.push(text[from..].trim());
    let mut parts: Vec<&str> = parts.into_iter().flat_map(pieces).collect();
    parts.retain(|part| part.chars().any(char::is_alphanumeric) || part.contains('\u{1f44d}'));
    parts
}

/// A sentence of no more bytes than anybody says in one breath. What reads a sentence may look from each word at all others, so longer ones
/// would take time by their square.
fn pieces(mut part: &str) -> impl Iterator<Item = &str> {
    const BREATH: usize = 1_000;
    std::iter::from_fn(move || {
        if part.is_empty() {
            return None;
        }
        let most = part.floor_char_boundary(BREATH);
        let end =
            if most == part.len() { most } else { part[..most].rfind(char::is_whitespace).map_or(most, |at| at + 1) };
        let (piece, rest) = part.split_at(part.ceil_char_boundary(end));
        part = rest;
        Some(piece.trim())
    })
}

/// "approx." and "vs." end no sentence.
fn is_abbreviation(before: &str, mark: char) -> bool {
    const KNOWN: &[&str] = &[
        "approx", "aprox", "vs", "mr", "mrs", "ms", "dr", "sr", "sra", "st", "no", "nr", "ca", "incl", "e.g", "i.e",
        "p.ej", "bzw", "z.b", "etc",
    ];
    let last = before.rsplit(char::is_whitespace).next().unwrap_or_default();
    let lower = last.to_lowercase();
    // "No." alone is an answer.
    mark == '.' && KNOWN.contains(&lower.as_str()) && !(lower == "no" && before.trim().len() <= 3)
}

#[rustfmt::skip]
const CONTRASTS: &[&str] = &[
    "but", "however", "although", "though", "pero", "sino", "aunque", "mas", "porem", "mais", "cependant", "aber",
    "doch", "allerdings", "ma", "pero'", "instead",
];
const GOES_ON: &[&str] = &[
    "and", "so", "then", "because", "y", "e", "entonces", "porque", "asi", "et", "und", "denn", "poi", "or", "o", "if",
    "si",
];

/// The clauses of a sentence.
fn cut(text: &str, words: &[Word<'_>]) -> Vec<Range<usize>> {
    let count = words.len();
    if count <= 3 {
        return std::iter::once(0..text.len()).collect();
    }
    let marks = words.iter().filter(|word| word.is(",")).count();
    let unmarked = count > 14 && marks * 12 < count;
    let mut ends = vec![];
    let mut last = 0;
    for (at, word) in words.iter().enumerate() {
        let left = at - last;
        let rest = count - at;
        let mark = matches!(&*word.text, "," | ":" | "(" | ")" | "\u{2014}") || (word.is("-") && !word.glued);
        let cuts = if mark {
            left >= 1 && rest > 1 && (count > SHORT || left == 1)
        } else {
            rest >= 2
                && ((left >= 2 && CONTRASTS.contains(&&*word.text))
                    || (unmarked && left >= 4 && rest > 4 && GOES_ON.contains(&&*word.text)))
        };
        if cuts {
            ends.push(at);
            last = at;
        }
    }
    ends.push(count);
    let (mut parts, mut from) = (Vec::new(), 0);
    for end in ends {
        if end > from && words[from..end].iter().any(|word| word.text.chars().any(char::is_alphanumeric)) {
            windows(words, from..end, &mut parts);
        }
        from = end;
    }
    if parts.is_empty() {
        parts.push(0..text.len());
    }
    parts
}

fn windows(words: &[Word<'_>], range: Range<usize>, parts: &mut Vec<Range<usize>>) {
    let mut from = range.start;
    loop {
        let to = if range.end - from <= WINDOW + 4 { range.end } else { from + WINDOW };
        // A leading comma is no part of the clause.
        let start = from + usize::from(words[from].is(",") && from + 1 < to);
        parts.push(words[start].at.start..words[to - 1].at.end);
        if to == range.end {
            return;
        }
        from += STEP;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cuts(text: &str) -> Vec<&str> {
        cut(text, &words::words(text)).into_iter().map(|range| &text[range]).collect()
    }

    #[test]
    fn sentences_end_where_they_end() {
        assert_eq!(
            split("Hi! No. It is 1.200 euros, approx. 3 days\nBest"),
            ["Hi!", "No.", "It is 1.200 euros, approx. 3 days", "Best"]
        );
        let wrapped = "I have thought about this for a long while now and I\nwould like to do it. Bye";
        assert_eq!(split(wrapped).len(), 2);
    }

    #[test]
    fn clauses_are_cut_at_commas_and_contrasts() {
        assert_eq!(cuts("I was not interested before but now I am"), ["I was not interested before", "but now I am"]);
        assert_eq!(cuts("don't call me though, email is best"), ["don't call me", "though", "email is best"]);
    }
}
