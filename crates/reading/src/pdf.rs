//! PDF, which knows letters and places and no text: two readers, page by page the better one.
//!
//! `pdf-extract` keeps the order of reading (columns) and gives up on fonts and files that it does not know, often by a panic; `unpdf` finds
//! more words and mixes columns. docs/reading.md has the figures. Both are other people's code over a format made for printers, so what
//! they take of time and memory is limited by the process that they run in, not here.

mod lines;
mod pages;

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::draft::Draft;
use crate::model::{BlockKind, Reason, Unreadable};
use lines::Line;
use pages::Piece;

const WHAT: &str = "PDF";
/// Which part of the second reader's words the first must have found to be believed.
const ENOUGH: f64 = 0.7;
/// A page with a picture and fewer letters than this has no text: a number, a mark of the scanner.
const LETTERS: usize = 20;
/// What has so many letters is worth reading though most of its pages are pictures.
const WORTH: usize = 2_000;

pub(crate) fn read(bytes: &[u8], draft: &mut Draft<'_>) -> Result<(), Unreadable> {
    // Some programs put something before it, and readers count from its mark.
    let begin = memchr::memmem::find(&bytes[..bytes.len().min(1024)], b"%PDF-").unwrap_or(0);
    let bytes = &bytes[begin..];
    let first = lines::read(bytes, draft.limits.characters);
    let second = second(bytes);
    let (first, second) = match (first, second) {
        (Err(lines::Fault::TooLong), _) => {
            let what = format!("more text than can be read ({} characters)", draft.limits.characters);
            return Err(Unreadable::too_long(&what));
        }
        (Err(lines::Fault::Locked), Err(_)) | (_, Err(Fault::Locked)) => return Err(crate::kind::encrypted(WHAT)),
        (Err(_), Err(Fault::Broken)) => return Err(Unreadable::broken(WHAT)),
        (first, second) => (first.unwrap_or_default(), second.unwrap_or_default()),
    };
    if let Some(title) = &second.title {
        draft.title(title);
    }
    let mut pages = choose(&first.pages, second.pages);
    let pictures: Vec<usize> = pages
        .iter()
        .enumerate()
        .filter(|(at, page)| {
            let letters = letters(page);
            letters == 0 || (letters < LETTERS && first.pictures.get(*at).copied().unwrap_or(true))
        })
        .map(|(at, _)| at + 1)
        .collect();
    let all: usize = pages.iter().map(|page| letters(page)).sum();
    if all == 0 || (pictures.len() * 2 > pages.len() && all < WORTH) {
        return Err(Unreadable::new(
            Reason::Pictures,
            "This PDF is pictures of pages, without text. Run it through text recognition (OCR) first, and upload what comes out.",
        ));
    }
    if !pictures.is_empty() {
        draft.note(format!("Pages without text, which may be pictures: {}.", listed(&pictures)));
    }
    pages::strip(&mut pages);
    for (number, page) in (1_u32..).zip(&pages) {
        draft.begin(BlockKind::Page(number));
        for piece in page {
            draft.leaf(piece.kind, &piece.text)?;
        }
        draft.end();
    }
    Ok(())
}

/// Each page as the better reader has it.
fn choose(first: &[Option<Vec<Line>>], second: Vec<Vec<Piece>>) -> Vec<Vec<Piece>> {
    let body = pages::body(first);
    let sizes = pages::heading_sizes(first, body);
    let count = first.len().max(second.len());
    let mut second = second.into_iter();
    (0..count)
        .map(|at| {
            let other = second.next().unwrap_or_default();
            match first.get(at).and_then(Option::as_ref) {
                Some(lines) => {
                    let page = pages::pieces(lines, body, &sizes);
                    if is_good(&page, &other) { page } else { other }
                }
                None => other,
            }
        })
        .collect()
}

/// Is the first reader's page to be believed beside the second's?
fn is_good(page: &[Piece], other: &[Piece]) -> bool {
    let (found, others) = (words(page) as f64, words(other) as f64);
    // Words in pieces: more of them, and no more letters.
    let torn = found > others * 1.25 && (letters(page) as f64) < letters(other) as f64 * 1.1;
    found >= others * ENOUGH && !torn && garbled(page) <= garbled(other) + 0.05
}

fn words(page: &[Piece]) -> usize {
    let words = page.iter().flat_map(|piece| piece.text.split_whitespace());
    words.filter(|word| word.chars().any(char::is_alphanumeric)).count()
}

fn letters(page: &[Piece]) -> usize {
    page.iter().flat_map(|piece| piece.text.chars()).filter(|letter| letter.is_alphanumeric()).count()
}

/// Which part of a page's letters means nothing: what a font does not tell, and signs of nobody's.
fn garbled(page: &[Piece]) -> f64 {
    let (mut odd, mut all, mut accented) = (0.0, 1.0, 0.0);
    for letter in page.iter().flat_map(|piece| piece.text.chars()).filter(|letter| !letter.is_whitespace()) {
        all += 1.0;
        if letter.is_control() || matches!(letter, '\u{fffd}' | '\u{e000}'..='\u{f8ff}') {
            odd += 1.0;
        } else if matches!(letter, '\u{80}'..='\u{ff}') {
            accented += 1.0;
        }
    }
    // No language has so many accents: it is Chinese or Russian, taken for Latin byte by byte.
    if accented > all * 0.4 { (odd + accented) / all } else { odd / all }
}

/// Numbers as people write them: `1, 3–5, 9`; no more than a line.
fn listed(numbers: &[usize]) -> String {
    let mut runs: Vec<(usize, usize)> = Vec::new();
    for number in numbers {
        match runs.last_mut() {
            Some((_, end)) if *end + 1 == *number => *end = *number,
            _ => runs.push((*number, *number)),
        }
    }
    let more = runs.len() > 20;
    let told = runs.iter().take(20).map(
        |(begin, end)| {
            if begin == end { begin.to_string() } else { format!("{begin}–{end}") }
        },
    );
    let told = told.collect::<Vec<_>>().join(", ");
    if more { format!("{told} and more") } else { told }
}

/// Why the second reader has nothing.
enum Fault {
    Locked,
    Broken,
}

#[derive(Default)]
struct Second {
    title: Option<String>,
    pages: Vec<Vec<Piece>>,
}

/// What `unpdf` reads.
fn second(bytes: &[u8]) -> Result<Second, Fault> {
    use unpdf::{Error, ParseOptions};

    let options = || ParseOptions::new().lenient().sequential();
    let parsed = catch_unwind(AssertUnwindSafe(|| unpdf::parse_bytes_with_options(bytes, options())));
    match parsed {
        Ok(Ok(document)) => Ok(Second {
            title: document.metadata.title.filter(|title| pages::is_title(title)),
            pages: document.pages.iter().map(pages::of_blocks).collect(),
        }),
        Ok(Err(Error::Encrypted | Error::InvalidPassword)) => Err(Fault::Locked),
        Ok(Err(_)) | Err(_) => Err(Fault::Broken),
    }
}

#[cfg(test)]
mod tests;
