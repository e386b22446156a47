//! Which sentence of a passage bears out what was said of it.

use mind::recall::{answer_mark, question_mark};
use mind::text::fold;
use unicode_segmentation::UnicodeSegmentation as _;

use crate::model::{Chunk, ChunkKind};

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

/// Where the words of an answer begin in a line that is marked as one, in characters.
fn after_mark(line: &str) -> Option<usize> {
    let at = answer_mark(line).filter(|at| *at < line.len())?;
    Some(line[..at].chars().count())
}

/// A quote of a question and its answer without the mark before the answer's words: these characters of the passage, and the quote.
pub(super) fn of_answer(range: std::ops::Range<usize>, quote: String) -> (std::ops::Range<usize>, String) {
    let first = quote.lines().next().unwrap_or_default();
    match after_mark(first) {
        Some(skipped) => {
            let words = quote.chars().skip(skipped).collect();
            (range.start + skipped..range.end, words)
        }
        None => (range, quote),
    }
}

/// The text of a chunk as it is shown: of a question with its answer without their marks.
pub(crate) fn without_marks(chunk: &Chunk) -> String {
    if chunk.metadata.0.kind == ChunkKind::QuestionAndAnswer { unmarked(&chunk.content) } else { chunk.content.clone() }
}

/// A question and its answer without the mark of the question, and of the first answer after it.
fn unmarked(text: &str) -> String {
    let mut answer = false;
    let lines = text.lines().enumerate().map(|(place, line)| {
        let mark = if place == 0 { question_mark(line) } else { answer_mark(line).filter(|_| !answer) };
        answer |= place > 0 && mark.is_some();
        &line[mark.unwrap_or(0)..]
    });
    lines.collect::<Vec<_>>().join("\n").trim().to_owned()
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

    #[test]
    fn a_quote_begins_with_the_words_of_the_answer() {
        for (quote, words) in [
            ("A: For students.", "For students."),
            ("A12: For students.", "For students."),
            ("R: Sí.\nCada año.", "Sí.\nCada año."),
            ("**A:** For students.", "For students."),
            ("Respuesta: mañana.", "mañana."),
            ("A. For students.", "For students."),
            ("a.m. only.", "a.m. only."),
            ("A course.", "A course."),
            ("Año: 2026.", "Año: 2026."),
            ("A:", "A:"),
            ("", ""),
        ] {
            let end = 10 + quote.chars().count();
            let (range, left) = of_answer(10..end, quote.to_owned());
            assert_eq!((left.as_str(), range), (words, end - words.chars().count()..end), "{quote}");
        }
    }

    #[test]
    fn questions_and_answers_are_shown_without_marks() {
        for (text, shown) in [
            (
                "Q1: How much?\n\nA1: For students:\na) 5 euros\nb) 6 euros",
                "How much?\n\nFor students:\na) 5 euros\nb) 6 euros",
            ),
            ("**P:** ¿Cuánto?\n**R:** 5 euros.", "¿Cuánto?\n5 euros."),
            ("How much?\n\nFive euros.", "How much?\n\nFive euros."),
            ("A: Five euros.", "A: Five euros."),
        ] {
            assert_eq!(unmarked(text), shown);
        }
    }
}
