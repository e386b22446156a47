//! What the tests of the readers share.

use crate::{BlockKind, Reading};

/// Each block with its text.
pub(crate) fn kinds(reading: &Reading) -> Vec<(BlockKind, String)> {
    let letters: Vec<char> = reading.text.chars().collect();
    let text = |start: usize, end: usize| letters[start..end].iter().collect();
    reading.blocks.iter().map(|block| (block.kind, text(block.start, block.end))).collect()
}

/// Each block with its text, as one line.
pub(crate) fn kinds_of(reading: &Reading) -> Vec<String> {
    kinds(reading).into_iter().map(|(kind, text)| format!("{kind:?} {text}")).collect()
}
