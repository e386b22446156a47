//! Properties of chunks, and the rules one by one.

use proptest::prelude::*;
use reading::{Block, BlockKind};

use super::{Piece, chunk};
use crate::model::ChunkKind;

/// A text of these parts, each a leaf of its kind, and what is around some of them.
fn text_of(parts: &[(BlockKind, &str)]) -> (String, Vec<Block>) {
    let (mut text, mut blocks) = (String::new(), Vec::new());
    for (kind, part) in parts {
        if !text.is_empty() {
            text.push_str("\n\n");
        }
        let start = text.chars().count();
        text.push_str(part);
        blocks.push(Block { kind: *kind, start, end: text.chars().count() });
    }
    (text, blocks)
}

fn slice(text: &str, piece: &Piece) -> String {
    text.chars().skip(piece.start).take(piece.end - piece.start).collect()
}

fn contents(parts: &[(BlockKind, &str)], size: usize) -> Vec<(String, Piece)> {
    let (text, blocks) = text_of(parts);
    chunk(&text, &blocks, size, size / 5).into_iter().map(|piece| (slice(&text, &piece), piece)).collect()
}

use BlockKind::{HeaderRow, Heading, Item, Paragraph, Row};

#[test]
fn paragraphs_stay_together_while_they_fit() {
    let found = contents(&[(Paragraph, "One one."), (Paragraph, "Two two."), (Paragraph, "Three three three.")], 20);
    let texts: Vec<_> = found.iter().map(|(text, _)| text.as_str()).collect();
    assert_eq!(texts, ["One one.\n\nTwo two.", "Three three three."]);
}

#[test]
fn long_paragraphs_are_cut_at_sentences_and_share_some() {
    let long: Vec<String> = (0..20).map(|number| format!("This is sentence number {number}.")).collect();
    let long = long.join(" ");
    let found = contents(&[(Paragraph, &long)], 150);
    assert!(found.len() > 4);
    for (text, piece) in &found {
        assert!(piece.end - piece.start <= 150);
        assert!(text.starts_with("This is") && text.ends_with('.'), "{text}");
    }
    for pair in found.windows(2) {
        assert!(pair[1].1.start < pair[0].1.end, "they share a sentence");
        assert!(pair[0].1.end - pair[1].1.start <= 30);
    }
}

#[test]
fn no_chunk_crosses_a_high_heading() {
    let found = contents(
        &[
            (Heading(1), "Handbook"),
            (Heading(2), "Prices"),
            (Paragraph, "The course is 200 euros."),
            (Heading(2), "Dates"),
            (Paragraph, "It begins in May."),
            (Heading(3), "Holidays"),
            (Item, "None in June."),
            (Heading(1), "Contact"),
        ],
        1_000,
    );
    let told: Vec<_> =
        found.iter().map(|(text, piece)| (text.as_str(), piece.metadata.heading_path.join("/"))).collect();
    assert_eq!(
        told,
        [
            ("The course is 200 euros.", "Handbook/Prices".to_owned()),
            ("It begins in May.\n\nHolidays\n\nNone in June.", "Handbook/Dates".to_owned()),
            ("Contact", String::new()),
        ]
    );
}

#[test]
fn a_question_with_its_answer_is_a_chunk_of_its_own() {
    let found = contents(
        &[
            (Paragraph, "Some words before."),
            (Heading(3), "Can I pay later?"),
            (Paragraph, "Yes, within a month."),
            (Heading(3), "And by card?"),
            (Paragraph, "Yes."),
            (Paragraph, "Q: Is there a discount?"),
            (Paragraph, "A: For students."),
            (Paragraph, "P: ¿Hay becas?"),
            (Paragraph, "R: Sí."),
        ],
        1_000,
    );
    let told: Vec<_> = found.iter().map(|(text, piece)| (text.as_str(), piece.metadata.kind)).collect();
    assert_eq!(
        told,
        [
            ("Some words before.", ChunkKind::Text),
            ("Can I pay later?\n\nYes, within a month.", ChunkKind::QuestionAndAnswer),
            ("And by card?\n\nYes.", ChunkKind::QuestionAndAnswer),
            ("Q: Is there a discount?\n\nA: For students.", ChunkKind::QuestionAndAnswer),
            ("P: ¿Hay becas?\n\nR: Sí.", ChunkKind::QuestionAndAnswer),
        ]
    );
}

#[test]
fn rows_stay_whole_and_know_their_head() {
    let rows: Vec<String> = (0..30).map(|number| format!("Plan {number} | {} USD", number * 10)).collect();
    let mut parts = vec![(HeaderRow, "Name | Price")];
    parts.extend(rows.iter().map(|row| (Row, row.as_str())));
    parts.push((Paragraph, "All prices with tax."));
    let found = contents(&parts, 100);
    for (text, piece) in &found[..found.len() - 1] {
        assert_eq!((piece.metadata.kind, piece.metadata.header.as_deref()), (ChunkKind::Rows, Some("Name | Price")));
        assert!(
            text.lines().filter(|line| !line.is_empty()).all(|line| line.starts_with("Plan") && line.ends_with("USD")),
            "{text}"
        );
    }
    let last = found.last().unwrap();
    assert_eq!((last.0.as_str(), last.1.metadata.header.as_deref()), ("All prices with tax.", None));
    assert_eq!(contents(&[(HeaderRow, "Name | Price")], 100)[0].0, "Name | Price", "a head alone is something, too");
}

#[test]
fn pages_and_times_are_known_within_a_chunk() {
    let text = "First page.\n\nSecond page.";
    let blocks = [
        Block { kind: BlockKind::Page(1), start: 0, end: 11 },
        Block { kind: Paragraph, start: 0, end: 11 },
        Block { kind: BlockKind::Page(2), start: 13, end: 25 },
        Block { kind: Paragraph, start: 13, end: 25 },
        Block { kind: BlockKind::Time(60), start: 13, end: 25 },
    ];
    let found = chunk(text, &blocks, 1_000, 200);
    assert_eq!(found.len(), 1);
    let metadata = &found[0].metadata;
    assert_eq!((metadata.place(0), metadata.place(14)), ((Some(1), None), (Some(2), Some(60))));
}

#[test]
fn what_has_no_space_is_cut_all_the_same_and_quickly() {
    let word = "x".repeat(2_000_000);
    let begun = std::time::Instant::now();
    let found = chunk(&word, &[], 1_000, 200);
    assert_eq!(found.len(), 2_000);
    assert!(begun.elapsed().as_secs() < 20, "{:?}", begun.elapsed());
}

#[test]
fn a_text_without_blocks_is_paragraphs() {
    let found = chunk("One.\nStill one.\n\nTwo.", &[], 15, 0);
    assert_eq!(found.iter().map(|piece| (piece.start, piece.end)).collect::<Vec<_>>(), [(0, 15), (17, 21)]);
    assert!(chunk("  \n\n ", &[], 100, 20).is_empty() && chunk("", &[], 100, 20).is_empty());
}

fn kinds() -> impl Strategy<Value = BlockKind> {
    prop_oneof![(1..=6_u8).prop_map(Heading), Just(Paragraph), Just(Paragraph), Just(Item), Just(HeaderRow), Just(Row)]
}

fn words() -> impl Strategy<Value = String> {
    let word = prop_oneof!["[a-zéñü]{1,9}", "[0-9]{1,4}", "[😀-😂]{1,2}", "[a-z]{40,90}"];
    proptest::collection::vec((word, prop_oneof![Just(" "), Just(" "), Just(". "), Just("? "), Just("\n")]), 1..60)
        .prop_map(|words| words.into_iter().map(|(word, after)| word + after).collect::<String>().trim().to_owned())
}

proptest! {
    /// Whatever the text: every chunk is a range of it, not longer than asked for, in order; and no letter of a paragraph or a row is lost.
    #[test]
    fn chunks_are_ranges_of_the_text(
        parts in proptest::collection::vec((kinds(), words()), 0..20),
        size in 20..400_usize,
        overlap in 0..200_usize,
    ) {
        let given: Vec<(BlockKind, &str)> = parts.iter().map(|(kind, text)| (*kind, text.as_str())).collect();
        let (text, blocks) = text_of(&given);
        let found = chunk(&text, &blocks, size, overlap);
        let letters: Vec<char> = text.chars().collect();
        let mut covered = vec![false; letters.len()];
        for pair in found.windows(2) {
            prop_assert!(pair[0].start < pair[1].start && pair[0].end < pair[1].end);
            prop_assert!(pair[0].end.saturating_sub(pair[1].start) <= overlap);
        }
        for piece in &found {
            prop_assert!(piece.start < piece.end && piece.end <= letters.len() && piece.end - piece.start <= size);
            let content: String = letters[piece.start..piece.end].iter().collect();
            prop_assert_eq!(content.trim(), content.as_str());
            covered[piece.start..piece.end].iter_mut().for_each(|one| *one = true);
        }
        for block in blocks.iter().filter(|block| matches!(block.kind, Paragraph | Item | Row)) {
            for at in block.start..block.end {
                prop_assert!(covered[at] || letters[at].is_whitespace(), "lost at {} of {:?}", at, text);
            }
        }
        // A heading or the head of a table is in a chunk, in a path, or above another one.
        let paths: Vec<&str> = found.iter().flat_map(|piece| piece.metadata.heading_path.iter()).map(String::as_str).collect();
        for (block, (kind, title)) in blocks.iter().zip(&given) {
            if matches!(kind, Heading(_)) && !covered[block.start] {
                let title: String = title.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(200).collect();
                prop_assert!(paths.contains(&title.as_str()), "{} is nowhere", title);
            }
        }
    }

    /// No chunk crosses a heading of level 1 or 2.
    #[test]
    fn high_headings_part_chunks(parts in proptest::collection::vec((kinds(), words()), 0..20), size in 20..2_000_usize) {
        let given: Vec<(BlockKind, &str)> = parts.iter().map(|(kind, text)| (*kind, text.as_str())).collect();
        let (text, blocks) = text_of(&given);
        for piece in chunk(&text, &blocks, size, size / 5) {
            for block in blocks.iter().filter(|block| matches!(block.kind, Heading(1 | 2))) {
                prop_assert!(!(piece.start < block.start && block.start < piece.end), "{:?} crosses {:?}", piece, block);
            }
        }
    }
}
