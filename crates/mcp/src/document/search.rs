//! Finding operations by words.

use super::{Document, Operation};

impl Document {
    /// The operations that say these words, best first.
    pub(crate) fn search(&self, words: &str) -> Vec<&Operation> {
        let words: Vec<String> =
            words.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(stem).collect();
        let scored = self.operations().iter().map(|operation| (score(operation, &words), operation));
        let mut found: Vec<_> = scored.filter(|(score, _)| *score > 0).collect();
        // Sorting is stable: those with the same score stay in the order of the document.
        found.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
        found.into_iter().map(|(_, operation)| operation).collect()
    }
}

/// A word without the ending of a plural, in lower case.
fn stem(word: &str) -> String {
    let word = word.to_lowercase();
    match word.strip_suffix('s') {
        Some(one) if one.len() > 2 => one.to_owned(),
        _ => word,
    }
}

/// How well an operation fits: words of its name count most, then those of its path, then those of its description.
fn score(operation: &Operation, words: &[String]) -> usize {
    let places = [(&operation.summary, 8), (&operation.id, 4), (&operation.path, 3), (&operation.about, 1)];
    let of_word = |word: &String| -> usize {
        let said = |text: &str| text.split(|c: char| !c.is_alphanumeric()).any(|own| stem(own) == *word);
        places.iter().filter(|(text, _)| said(text)).map(|(_, worth)| worth).sum()
    };
    let each: Vec<usize> = words.iter().map(of_word).collect();
    // Whoever says all of the words goes before whoever says one of them often.
    let said = each.iter().filter(|score| **score > 0).count();
    each.iter().sum::<usize>() + 20 * said.saturating_sub(1)
}
