//! Whether a caption says something, by its words and by its meaning.

use super::super::asks::content;
use super::super::concepts::{self, Class, Concept};
use super::super::model::{Judge, Verdict};
use super::super::text::{Part, Text};
use super::look::{run_at, same_word};
use super::{Case, Found};

/// Sentences of a caption that are compared by meaning, at most.
const SENTENCES: usize = 60;
/// As near as this is the same subject, as far as this is another. Shares of 1; measured on `data/probes.tsv`.
const NEAR: f32 = 0.80;
const FAR: f32 = 0.12;

impl Case<'_> {
    pub(super) fn concept(&self, concept: &Concept, text: &Text<'_>) -> Found {
        if concept.class == Class::Names {
            return Found::open("Which names these are, the brief does not say");
        }
        let prose = text.words.iter().any(|word| word.part == Part::Plain);
        let said = match text.any(concept.said.iter().copied()) {
            // A tag alone describes nothing.
            (Some(run), _) if concept.class == Class::Soft && text.words[run.start].part == Part::Tag => {
                let plain = concept
                    .said
                    .iter()
                    .flat_map(|phrase| text.find(phrase).take(50))
                    .find(|run| text.words[run.start].part != Part::Tag && !text.is_denied(run));
                (plain, None)
            }
            said => said,
        };
        match said {
            (Some(run), _) => Found::pass(run, format!("These words say “{}”", concept.name)),
            (None, Some(run)) => {
                Found { verdict: Verdict::CannotTell, ..Found::pass(run, "It is said with a denial before it") }
            }
            (None, None) if !prose => Found::fail("The caption has no words but tags, mentions and links"),
            (None, None) => match text.any(concept.cues.iter().copied()) {
                (Some(run), _) | (None, Some(run)) => {
                    Found { verdict: Verdict::CannotTell, ..Found::pass(run, "These words come near it") }
                }
                _ if concept.class == Class::Hard || concept.cues.len() > 2 => {
                    Found::fail("No words in the caption say it")
                }
                _ if text.plain_words() < 4 => Found::fail("The caption has hardly any words of its own"),
                _ => self.far(concept, text),
            },
        }
    }

    /// A soft concept without any of its words: only meaning is left.
    fn far(&self, concept: &Concept, text: &Text<'_>) -> Found {
        match self.nearest(concept.name, text) {
            Some((_, likeness)) if likeness <= 0.0 && text.plain_words() < 12 => Found {
                by: Judge::Meaning,
                ..Found::fail("No words in the caption say it, and none comes near it in meaning")
            },
            _ => Found::open("None of the usual words stands in the caption, and there are many ways to say it"),
        }
    }

    pub(super) fn says(&self, words: &str, text: &Text<'_>, must_say: bool) -> Found {
        let wanted = content(words);
        let hit = |word: &str| (0..text.words.len()).find(|&at| same_word(text.word(at), word));
        let hits: Vec<Option<usize>> = wanted.iter().map(|word| hit(word)).collect();
        let found: Vec<usize> = hits.iter().flatten().copied().collect();
        if !wanted.is_empty() && found.len() == wanted.len() {
            let (first, last) = (found.iter().min().copied().unwrap_or(0), found.iter().max().copied().unwrap_or(0));
            let near = last - first <= 25;
            let run = if near { first..last + 1 } else { first..first + 1 };
            if found.iter().any(|&at| text.is_denied(&(at..at + 1))) {
                return Found {
                    verdict: Verdict::CannotTell,
                    ..Found::pass(run, "The words stand there, with a denial before them")
                };
            }
            return Found::pass(run, "Its words stand in the caption");
        }
        // "20% discount", said as "20% off".
        let figures: Vec<&&str> = wanted.iter().filter(|word| word.starts_with(|c: char| c.is_ascii_digit())).collect();
        if must_say && figures.iter().any(|figure| hit(figure).is_none()) {
            return Found {
                run: found.first().map(|&at| at..at + 1),
                ..Found::fail("Its figure does not stand in the caption")
            };
        }
        if let (false, Some((concept, _))) = (figures.is_empty(), concepts::named(words).first())
            && let (Some(run), _) = text.any(concept.said.iter().copied())
        {
            return Found::pass(run, format!("Its figure stands there, and these words say “{}”", concept.name));
        }
        if text.plain_words() == 0 {
            return Found::fail("The caption has no words but tags, mentions and links");
        }
        match self.nearest(words, text) {
            Some((sentence, likeness)) if likeness >= NEAR => {
                let how = format!("This comes near it in meaning: {:.0} of 100", likeness * 100.0);
                let run = run_at(text, sentence.start);
                Found {
                    by: Judge::Meaning,
                    quote: Some(text.quote_bytes(sentence)),
                    run,
                    ..Found::new(Verdict::Pass, None, how)
                }
            }
            Some((_, likeness)) if likeness <= FAR && found.is_empty() => Found {
                by: Judge::Meaning,
                ..Found::fail("None of its words stands in the caption, and nothing comes near it in meaning")
            },
            Some((sentence, likeness)) => {
                let how =
                    format!("The nearest sentence is {:.0} of 100 in meaning, which shows neither", likeness * 100.0);
                Found { by: Judge::Meaning, quote: Some(text.quote_bytes(sentence)), ..Found::open(how) }
            }
            None => Found::open("Without a model its meaning cannot be compared"),
        }
    }

    /// The sentence of a caption that is nearest in meaning.
    pub(super) fn nearest(&self, words: &str, text: &Text<'_>) -> Option<(std::ops::Range<usize>, f32)> {
        let mut sentences: Vec<std::ops::Range<usize>> = Vec::new();
        let mut last = usize::MAX;
        for word in text.words.iter().filter(|word| word.part == Part::Plain) {
            if word.sentence != last && sentences.len() == SENTENCES {
                break;
            }
            match sentences.last_mut().filter(|_| word.sentence == last) {
                Some(sentence) => sentence.end = word.at.end,
                None => sentences.push(word.at.clone()),
            }
            last = word.sentence;
        }
        let parts: Vec<&str> = sentences.iter().map(|at| &text.read[at.clone()]).collect();
        let likeness = self.meaning.likeness(words, &parts)?;
        let best = likeness.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1))?;
        Some((sentences.get(best.0)?.clone(), *best.1))
    }

    pub(super) fn silent(&self, words: &str, text: &Text<'_>) -> Found {
        let wanted = content(words);
        let hits: Vec<Option<usize>> =
            wanted.iter().map(|word| (0..text.words.len()).find(|&at| same_word(text.word(at), word))).collect();
        let first = hits.iter().flatten().min().copied();
        match first {
            Some(at) if hits.iter().all(Option::is_some) => {
                Found { verdict: Verdict::Fail, ..Found::pass(at..at + 1, "It stands in the caption") }
            }
            Some(at) => {
                Found { verdict: Verdict::CannotTell, ..Found::pass(at..at + 1, "A word of it stands in the caption") }
            }
            None => match self.nearest(words, text) {
                Some((_, likeness)) if likeness <= FAR => Found {
                    by: Judge::Meaning,
                    ..Found::new(Verdict::Pass, None, "Nothing in the caption comes near it in meaning")
                },
                Some((sentence, _)) => Found {
                    by: Judge::Meaning,
                    quote: Some(text.quote_bytes(sentence)),
                    ..Found::open("This may come near it in meaning")
                },
                None if text.plain_words() == 0 => Found::new(Verdict::Pass, None, "There are no words"),
                None => Found::open("Without a model its meaning cannot be compared"),
            },
        }
    }
}
