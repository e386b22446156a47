//! Plain text: paragraphs apart by empty lines, items of lists, and lines that can only be headings.

use crate::draft::{Draft, tidy};
use crate::encoding::decode;
use crate::model::{BlockKind, Unreadable};

pub(crate) fn read(bytes: &[u8], draft: &mut Draft<'_>) -> Result<(), Unreadable> {
    let decoded = decode(bytes, None);
    decoded.tell(draft);
    write(&decoded.text, draft)
}

/// Writes a text that has lines and nothing else.
pub(crate) fn write(text: &str, draft: &mut Draft<'_>) -> Result<(), Unreadable> {
    let text = text.replace("\r\n", "\n").replace(['\r', '\u{c}', '\u{2029}'], "\n");
    let mut paragraphs = Vec::new();
    let mut paragraph = Vec::new();
    for line in text.split('\n') {
        if line.trim().is_empty() {
            if !paragraph.is_empty() {
                paragraphs.push(std::mem::take(&mut paragraph));
            }
        } else {
            paragraph.push(line);
        }
    }
    if !paragraph.is_empty() {
        paragraphs.push(paragraph);
    }
    for (at, lines) in paragraphs.iter().enumerate() {
        paragraph_of(lines, paragraphs.get(at + 1).map(Vec::as_slice), draft)?;
    }
    Ok(())
}

/// Writes the lines between two empty lines.
fn paragraph_of(lines: &[&str], next: Option<&[&str]>, draft: &mut Draft<'_>) -> Result<(), Unreadable> {
    if let [line] = lines
        && let Some(level) = heading(line, next)
    {
        return draft.leaf(BlockKind::Heading(level), line.trim_start_matches('#'));
    }
    let mut lines = lines;
    // Underlined, as one does where there is nothing else.
    if let [line, under, rest @ ..] = lines
        && let Some(level) = underlined(under)
    {
        draft.leaf(BlockKind::Heading(level), line)?;
        lines = rest;
    }
    let mut text = String::new();
    let mut kind = BlockKind::Paragraph;
    for line in lines {
        if is_item(line) {
            draft.leaf(kind, &text)?;
            text.clear();
            kind = BlockKind::Item;
        } else if !text.is_empty() {
            text.push('\n');
        }
        text.push_str(line);
    }
    draft.leaf(kind, &text)
}

fn underlined(line: &str) -> Option<u8> {
    let line = line.trim();
    let only = |sign| line.len() >= 3 && line.bytes().all(|byte| byte == sign);
    if only(b'=') {
        Some(1)
    } else if only(b'-') {
        Some(2)
    } else {
        None
    }
}

/// Does a line begin an item of a list: `- `, `* `, `• `, `3. `, `b) `?
pub(crate) fn is_item(line: &str) -> bool {
    let line = line.trim_start();
    if let Some(rest) = line.strip_prefix(['-', '*', '•', '·', '–', '◦', '▪', '‣', '●', '○', '■', '✓', '✔', '➢'])
    {
        return rest.starts_with([' ', '\t', '\u{a0}']);
    }
    let digits = line.len() - line.trim_start_matches(|letter: char| letter.is_ascii_digit()).len();
    let letters = usize::from(line.starts_with(|letter: char| letter.is_ascii_lowercase()));
    let rest = match (digits, letters) {
        (1..=3, _) => line[digits..].strip_prefix(['.', ')']),
        (0, 1) => line[1..].strip_prefix(')'),
        _ => None,
    };
    rest.is_some_and(|rest| rest.starts_with([' ', '\t', '\u{a0}']))
}

/// How high a heading this line is, if it can be nothing else: short, alone, without an end, and with something under it.
pub(crate) fn heading(line: &str, next: Option<&[&str]>) -> Option<u8> {
    let next = next?;
    let line = line.trim();
    let signs = line.len() - line.trim_start_matches('#').len();
    if (1..=6).contains(&signs) && line[signs..].starts_with(' ') {
        return Some(signs as u8);
    }
    let length = line.chars().count();
    let begins = line.chars().find(|letter| !"¿¡\"'«“(".contains(*letter));
    let fits = (3..=80).contains(&length)
        && begins.is_some_and(|letter| letter.is_uppercase() || letter.is_numeric())
        && line.chars().filter(|letter| letter.is_alphabetic()).count() * 2 > length
        && !line.ends_with(['.', ',', ';', ':', '!', '…'])
        && !is_item(line);
    // What stands under a heading is longer than the heading.
    let under: usize = next.iter().map(|line| tidy(line).chars().count()).sum();
    if !fits || (next.len() == 1 && under <= length.max(40)) {
        return None;
    }
    Some(if line.chars().any(char::is_lowercase) { 3 } else { 2 })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Limits;
    use crate::tests::kinds;

    fn of(text: &str) -> Vec<(BlockKind, String)> {
        let limits = Limits::default();
        let mut draft = Draft::new(&limits);
        write(text, &mut draft).unwrap();
        kinds(&draft.finish().unwrap())
    }

    #[test]
    fn paragraphs_items_and_headings_are_told_apart() {
        let text = "Guide\n=====\nFirst line\nsecond line.\n\nHow do I book?\n\nYou book in the calendar, at any time, two days before.\n\
            \nBring:\n- water\n  and more\n- a towel\n1. mat";
        assert_eq!(
            of(text),
            [
                (BlockKind::Heading(1), "Guide".to_owned()),
                (BlockKind::Paragraph, "First line\nsecond line.".to_owned()),
                (BlockKind::Heading(3), "How do I book?".to_owned()),
                (BlockKind::Paragraph, "You book in the calendar, at any time, two days before.".to_owned()),
                (BlockKind::Paragraph, "Bring:".to_owned()),
                (BlockKind::Item, "- water\nand more".to_owned()),
                (BlockKind::Item, "- a towel".to_owned()),
                (BlockKind::Item, "1. mat".to_owned()),
            ]
        );
    }

    #[test]
    fn a_poem_is_no_list_of_headings() {
        assert_eq!(of("Roses are red\n\nViolets are blue\n\nSugar is sweet").len(), 3);
        assert!(of("Roses are red\n\nViolets are blue").iter().all(|(kind, _)| *kind == BlockKind::Paragraph));
    }
}
