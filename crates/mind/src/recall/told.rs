//! A quote as it is read by itself, without the document around it.

use std::ops::Range;

use super::marks::answer_mark;
use super::prepare::ChunkText;

/// A quote of a chunk: of a row each cell after its column's name, where the table has a header of as many cells; else its text without the
/// sign of a list, and without the mark before it where it is an answer.
pub(super) fn told(chunk: &ChunkText<'_>, quote: &Range<usize>, is_answer: bool) -> String {
    let text = &chunk.text[quote.clone()];
    let own = cells(text);
    if own.len() < 2 || text.contains('\n') {
        let text = if is_answer { &text[answer_mark(text).unwrap_or(0)..] } else { text };
        return text.trim_start_matches(['-', '*', '•']).trim_start().to_owned();
    }
    let inside = chunk.text[..quote.start].lines().find(|line| cells(line).len() >= 2);
    // The head of a table is the last of its headings.
    let above = chunk.heading.rsplit(" > ").next().filter(|line| cells(line).len() >= 2);
    let above = above.or_else(|| chunk.heading.lines().rev().find(|line| cells(line).len() >= 2));
    let header = inside.or(above).map(cells).filter(|header| header.len() == own.len());
    match header {
        Some(header) => {
            let named = header.iter().zip(&own).filter(|(_, cell)| !cell.is_empty());
            named
                .map(|(name, cell)| if name.is_empty() { cell.clone() } else { format!("{name}: {cell}") })
                .collect::<Vec<_>>()
                .join("; ")
        }
        None => text.to_owned(),
    }
}

fn cells(row: &str) -> Vec<String> {
    row.trim().trim_matches('|').split(['|', '\t']).map(|cell| cell.trim().to_owned()).collect()
}
