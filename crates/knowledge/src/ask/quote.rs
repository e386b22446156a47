//! Which sentence of a passage bears out what was said of it.

use mind::text::fold;
use unicode_segmentation::UnicodeSegmentation as _;

/// The words of a text, folded.
fn words(text: &str) -> Vec<String> {
    fold(text).unicode_words().map(str::to_owned).collect()
}

/// The sentence of a passage that has most of the words of another one: a range of its characters. The whole of a passage without a sentence.
pub(super) fn nearest(passage: &str, said: &str) -> std::ops::Range<usize> {
    let wanted = words(said);
    let mut best: Option<(f64, std::ops::Range<usize>)> = None;
    let mut at = 0;
    for sentence in passage.split_sentence_bounds() {
        let before = sentence.chars().take_while(|letter| letter.is_whitespace()).count();
        let trimmed = sentence.trim();
        let range = at + before..at + before + trimmed.chars().count();
        at += sentence.chars().count();
        if trimmed.is_empty() {
            continue;
        }
        let own = words(trimmed);
        let shared = wanted.iter().filter(|word| own.contains(word)).count();
        // A long sentence is not nearer for having every word there is.
        let nearness = shared as f64 / ((wanted.len() + own.len()).max(1) as f64).sqrt();
        if best.as_ref().is_none_or(|(most, _)| nearness > *most) {
            best = Some((nearness, range));
        }
    }
    best.map_or(0..passage.chars().count(), |(_, range)| range)
}

/// These characters of a text.
pub(super) fn cut(text: &str, range: &std::ops::Range<usize>) -> String {
    text.chars().skip(range.start).take(range.len()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sentence_that_says_it_is_found() {
        let passage = "Año nuevo. El curso cuesta 90 euros al mes. Se paga por adelantado.";
        let range = nearest(passage, "The course is 90 euros a month: el curso cuesta 90 euros");
        assert_eq!(cut(passage, &range), "El curso cuesta 90 euros al mes.");
        assert_eq!(nearest("", "x"), 0..0);
    }
}
