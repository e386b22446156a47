//! What of a chunk is shown, and what belongs together in it: a question and its answer, a list and the line that opens it.

use std::ops::Range;

use super::Candidate;
use crate::recall::kinds::{fact, facts};
use crate::recall::marks::{answer_mark, question_mark};
use crate::recall::sentences::{Sentence, sentences};

/// Of a chunk that asks and answers itself: the first sentence of the answer.
pub(super) fn pair(text: &str, all: &[Sentence]) -> Option<usize> {
    let sentence = |at: usize| &text[all[at].at.clone()];
    let answer = (1..all.len()).find(|&at| answer_mark(sentence(at)).is_some());
    if let Some(answer) = answer.filter(|_| question_mark(sentence(0)).is_some()) {
        return Some(answer);
    }
    let asks = text[all.first()?.at.clone()].ends_with('?') && all.len() > 1;
    asks.then_some(1)
}

/// The sentence that opens the list which an item is in: "Bring:" above "- a towel".
pub(super) fn intro(text: &str, all: &[Sentence], index: usize) -> Option<usize> {
    if !all[index].item {
        return None;
    }
    let before = (0..index).rev().find(|&at| !all[at].item)?;
    let opens = text[all[before].at.clone()].ends_with(':') || all[before].heading;
    opens.then_some(before)
}

/// Whether a row holds figures, as a header row does not.
pub(super) fn facts_of_row(text: &str) -> bool {
    facts(text) & (fact::NUMBER | fact::MONEY | fact::CLOCK) != 0
}

/// Where the quote around a sentence begins and ends: the sentence and, while they are short, its neighbours; of a pair the answer.
pub(in crate::recall) fn quote(text: &str, candidate: &Candidate, most: usize) -> Range<usize> {
    let all = sentences(text);
    let sentence = &candidate.sentence;
    let mut quote = sentence.at.clone();
    if sentence.row {
        return quote;
    }
    if let Some(from) = candidate.answer_from.filter(|&from| sentence.at.start >= from)
        && text.len() - from <= 2 * most
    {
        return from..all.last().map_or(text.len(), |last| last.at.end);
    }
    // A list belongs to the line that opens it.
    let opens = text[sentence.at.clone()].ends_with(':') || sentence.heading;
    let mut take = |other: Option<&Sentence>, most: usize| {
        let Some(other) = other.filter(|other| !other.row) else { return false };
        let wider = quote.start.min(other.at.start)..quote.end.max(other.at.end);
        let fits = wider.len() <= most;
        if fits {
            quote = wider;
        }
        fits
    };
    let index = candidate.index;
    if opens {
        for other in
            all.iter().skip(index + 1).take_while(|other| other.item || other.paragraph <= sentence.paragraph + 1)
        {
            if other.heading || !take(Some(other), 2 * most) {
                break;
            }
        }
        return quote;
    }
    let near = |other: &&Sentence| other.paragraph == sentence.paragraph && !other.heading;
    // A fact of the wanted kind, one or two sentences on, is what the quote is for.
    if candidate.wanted != 0 && facts(&text[sentence.at.clone()]) & candidate.wanted == 0 {
        let told = |at: &usize| {
            all.get(*at).filter(near).is_some_and(|other| facts(&text[other.at.clone()]) & candidate.wanted != 0)
        };
        if let Some(told) = [index + 1, index + 2].into_iter().find(told) {
            for other in index + 1..=told {
                take(all.get(other).filter(near), 2 * most);
            }
        }
    }
    // A short list is shown whole, with the line that opens it.
    if sentence.item {
        let first = (0..index)
            .rev()
            .take_while(|&at| all[at].item && all[at].paragraph == sentence.paragraph)
            .last()
            .unwrap_or(index);
        let last = (index..all.len())
            .take_while(|&at| all[at].item && all[at].paragraph == sentence.paragraph)
            .last()
            .unwrap_or(index);
        let first = intro(text, &all, first).filter(|&opens| !all[opens].heading).unwrap_or(first);
        if all[last].at.end - all[first].at.start <= most {
            return all[first].at.start..all[last].at.end;
        }
    }
    for step in 1..=2 {
        let after = take(all.get(index + step).filter(near), most);
        let before = take(index.checked_sub(step).and_then(|before| all.get(before)).filter(near), most);
        if !after || !before {
            break;
        }
    }
    quote
}
