//! From lines to paragraphs: which lines belong together, which are headings, and which stand on every page.

use std::collections::HashMap;

use unpdf::model::{Block, Page};

use super::lines::Line;
use crate::comma;
use crate::draft::tidy;
use crate::model::BlockKind;
use crate::plain;

/// A part of a page.
#[derive(Debug)]
pub(super) struct Piece {
    pub(super) kind: BlockKind,
    pub(super) text: String,
}

/// The size of most letters of a document, in points.
pub(super) fn body(pages: &[Option<Vec<Line>>]) -> f64 {
    let mut sizes: HashMap<u64, usize> = HashMap::new();
    for line in pages.iter().flatten().flatten() {
        *sizes.entry(half_points(line.size)).or_default() += line.text.len();
    }
    let most = sizes.into_iter().max_by_key(|(size, letters)| (*letters, *size));
    most.map_or(0.0, |(size, _)| size as f64 / 2.0)
}

fn half_points(size: f64) -> u64 {
    (size * 2.0).round().max(0.0) as u64
}

/// The sizes of headings, the largest first, in half points.
pub(super) fn heading_sizes(pages: &[Option<Vec<Line>>], body: f64) -> Vec<u64> {
    let mut sizes: Vec<u64> = pages
        .iter()
        .flatten()
        .flatten()
        .filter(|line| is_large(line, body))
        .map(|line| half_points(line.size))
        .collect();
    sizes.sort_unstable_by(|one, other| other.cmp(one));
    sizes.dedup();
    sizes
}

/// Is this line set as headings are?
fn is_large(line: &Line, body: f64) -> bool {
    let length = line.text.chars().count();
    line.size >= body * 1.15
        && line.size >= body + 1.0
        && length <= 150
        && line.text.chars().filter(|letter| letter.is_alphabetic()).count() >= 2
}

/// The paragraphs of a page.
pub(super) fn pieces(lines: &[Line], body: f64, sizes: &[u64]) -> Vec<Piece> {
    let lines: Vec<&Line> = lines.iter().filter(|line| !line.text.trim().is_empty()).collect();
    let usual = usual_step(&lines, body);
    let width = usual_width(&lines);
    // Which lines stand together.
    let mut groups: Vec<(Option<u8>, Vec<&Line>)> = Vec::new();
    for line in &lines {
        let level = is_large(line, body).then(|| level(line, sizes));
        match groups.last_mut() {
            Some((last, group)) if *last == level && follows(group, line, usual, level.is_some()) => group.push(line),
            _ => groups.push((level, vec![line])),
        }
    }
    let mut pieces = Vec::new();
    for (at, (level, group)) in groups.iter().enumerate() {
        match level {
            Some(level) => {
                let text = group.iter().map(|line| line.text.trim()).collect::<Vec<_>>().join(" ");
                pieces.push(Piece { kind: BlockKind::Heading(*level), text: plain_letters(&text) });
            }
            None => paragraphs(group, groups.get(at + 1).map(|(_, next)| next.as_slice()), width, &mut pieces),
        }
    }
    pieces
}

fn level(line: &Line, sizes: &[u64]) -> u8 {
    let rank = sizes.iter().position(|size| *size == half_points(line.size)).unwrap_or(2);
    (rank + 1).min(3) as u8
}

/// Does a line go on with what stands before it?
fn follows(group: &[&Line], line: &Line, usual: f64, heading: bool) -> bool {
    let Some(before) = group.last() else { return false };
    if line.step < -line.size {
        // The next column: a sentence may go on there.
        let ended = before.text.trim_end().ends_with(['.', '!', '?', ':']);
        return !heading && !ended && line.text.trim_start().starts_with(char::is_lowercase);
    }
    line.step <= if heading { line.size * 1.6 } else { usual * 1.35 }
}

/// How far lines of running text are apart.
fn usual_step(lines: &[&Line], body: f64) -> f64 {
    let mut steps: Vec<f64> = lines
        .iter()
        .filter(|line| line.step > 0.0 && line.step < line.size.max(body) * 4.0)
        .map(|line| line.step)
        .collect();
    steps.sort_unstable_by(f64::total_cmp);
    // The smaller half: that between paragraphs is larger, and there may be more of that.
    let middle = steps.get(steps.len() * 2 / 5).copied().unwrap_or(body * 1.3);
    middle.max(body)
}

/// How many letters a full line has.
fn usual_width(lines: &[&Line]) -> usize {
    let mut widths: Vec<usize> = lines.iter().map(|line| line.text.chars().count()).collect();
    widths.sort_unstable();
    widths.get(widths.len() * 9 / 10).copied().unwrap_or(80)
}

/// The paragraphs and items that some lines without a gap between them are.
fn paragraphs(group: &[&Line], next: Option<&[&Line]>, width: usize, pieces: &mut Vec<Piece>) {
    if let [line] = group {
        let next: Option<Vec<&str>> = next.map(|next| next.iter().map(|line| line.text.as_str()).collect());
        if let Some(level) = plain::heading(&line.text, next.as_deref()) {
            pieces.push(Piece { kind: BlockKind::Heading(level.max(3)), text: plain_letters(&line.text) });
            return;
        }
    }
    let mut kind = BlockKind::Paragraph;
    let mut text = String::new();
    let mut last = 0;
    let mut push = |kind, text: &mut String| {
        if !text.trim().is_empty() {
            pieces.push(Piece { kind, text: plain_letters(text) });
        }
        text.clear();
    };
    for line in group {
        let said = line.text.trim();
        if plain::is_item(said) {
            push(kind, &mut text);
            kind = BlockKind::Item;
        } else if !text.is_empty() {
            join(&mut text, said, last * 10 >= width * 6);
        }
        text.push_str(said);
        last = said.chars().count();
    }
    push(kind, &mut text);
}

/// Ends a line of a paragraph: a word cut in two is one again, a full line goes on, and a short one was meant to end there.
fn join(text: &mut String, next: &str, full: bool) {
    let cut = text.ends_with(['-', '\u{ad}', '‐'])
        && text.chars().rev().nth(1).is_some_and(char::is_alphabetic)
        && next.starts_with(char::is_lowercase);
    if cut {
        text.pop();
    } else {
        text.push(if full { ' ' } else { '\n' });
    }
}

/// Letters that are one sign in a font are letters in a text.
fn plain_letters(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            'ﬀ' => plain.push_str("ff"),
            'ﬁ' => plain.push_str("fi"),
            'ﬂ' => plain.push_str("fl"),
            'ﬃ' => plain.push_str("ffi"),
            'ﬄ' => plain.push_str("ffl"),
            'ﬅ' | 'ﬆ' => plain.push_str("st"),
            // A bullet of a font of signs.
            '\u{f0b7}' | '\u{f0a7}' | '\u{f076}' | '\u{f0d8}' => plain.push('•'),
            letter => plain.push(letter),
        }
    }
    plain
}

/// Is this a title, and not what a program puts there?
pub(super) fn is_title(title: &str) -> bool {
    let title = title.trim().to_lowercase();
    let file = [".doc", ".docx", ".pdf", ".ppt", ".pptx", ".indd", ".tex", ".dvi", ".xls", ".xlsx", ".qxd"];
    title.chars().any(char::is_alphabetic)
        && !title.starts_with("microsoft ")
        && !title.starts_with("untitled")
        && !file.iter().any(|ending| title.ends_with(ending))
}

/// A page as `unpdf` has it.
pub(super) fn of_blocks(page: &Page) -> Vec<Piece> {
    let mut pieces = Vec::new();
    for block in &page.elements {
        match block {
            Block::Paragraph(paragraph) => {
                let kind = match paragraph.heading_level() {
                    Some(level) => BlockKind::Heading(level.clamp(1, 6)),
                    None if paragraph.is_list_item() => BlockKind::Item,
                    None => BlockKind::Paragraph,
                };
                pieces.push(Piece { kind, text: plain_letters(&paragraph.plain_text()) });
            }
            Block::Table(table) => {
                for (at, row) in table.rows.iter().enumerate() {
                    let cells: Vec<String> = row.cells.iter().map(|cell| plain_letters(&cell.plain_text())).collect();
                    let heads = row.is_header || at < usize::from(table.header_rows);
                    let kind = if heads { BlockKind::HeaderRow } else { BlockKind::Row };
                    pieces.push(Piece { kind, text: comma::row(&cells) });
                }
            }
            Block::Code { content } | Block::Raw { content } => {
                pieces.push(Piece { kind: BlockKind::Paragraph, text: plain_letters(content) });
            }
            _ => {}
        }
    }
    pieces
}

/// Takes away what stands at the head or foot of most pages: the name of the document, the number of the page.
pub(super) fn strip(pages: &mut [Vec<Piece>]) {
    let known = |text: &str| {
        let text = tidy(text);
        if text.chars().count() > 120 {
            return None;
        }
        let mut plain = String::new();
        for letter in text.chars() {
            match letter {
                letter if letter.is_ascii_digit() => {
                    if !plain.ends_with('#') {
                        plain.push('#');
                    }
                }
                letter => plain.push(letter),
            }
        }
        Some(plain)
    };
    // Two from each side: a line for the document, one for the page.
    for _ in 0..2 {
        for last in [false, true] {
            let edge = |page: &Vec<Piece>| {
                let piece = if last { page.last() } else { page.first() };
                piece.and_then(|piece| known(&piece.text))
            };
            let mut counts: HashMap<String, usize> = HashMap::new();
            for text in pages.iter().filter_map(edge) {
                *counts.entry(text).or_default() += 1;
            }
            let enough = (pages.len() / 2).max(3);
            for page in pages.iter_mut().filter(|page| page.len() > 1) {
                if edge(page).and_then(|text| counts.get(&text)).is_some_and(|count| *count >= enough) {
                    page.remove(if last { page.len() - 1 } else { 0 });
                }
            }
        }
    }
}
