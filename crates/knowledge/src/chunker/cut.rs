//! What is too long for a chunk, in parts: at sentences, else between words, else where it must be.

use unicode_segmentation::UnicodeSegmentation as _;

use super::places::Places;

/// The range in parts of at most `size` characters. Two parts share whole sentences of up to `overlap` characters.
pub(super) fn cut(places: &Places<'_>, start: usize, end: usize, size: usize, overlap: usize) -> Vec<(usize, usize)> {
    let sentences = sentences(places, start, end, size);
    let mut parts = Vec::new();
    let mut first = 0;
    while first < sentences.len() {
        let begin = sentences[first].0;
        let mut next = first + 1;
        while next < sentences.len() && sentences[next].1 - begin <= size {
            next += 1;
        }
        let finish = sentences[next - 1].1;
        parts.push((begin, finish));
        if next >= sentences.len() {
            break;
        }
        // The next part goes back as far as it may, but always further than this one began, and never so far that nothing new fits.
        let mut back = next;
        while back > first + 1
            && finish - sentences[back - 1].0 <= overlap
            && sentences[next].1 - sentences[back - 1].0 <= size
        {
            back -= 1;
        }
        first = back;
    }
    parts
}

/// The sentences of a range, none longer than `size`.
fn sentences(places: &Places<'_>, start: usize, end: usize, size: usize) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    let mut at = start;
    for sentence in places.slice(start, end).split_sentence_bounds() {
        let length = sentence.chars().count();
        let (from, to) = places.trimmed(at, at + length);
        at += length;
        if from == to {
            continue;
        }
        if to - from <= size {
            found.push((from, to));
        } else {
            words(places, from, to, size, &mut found);
        }
    }
    found
}

/// A long sentence in parts of at most `size` characters, between words where there is space.
fn words(places: &Places<'_>, start: usize, end: usize, size: usize, found: &mut Vec<(usize, usize)>) {
    let (mut begin, mut space) = (start, None);
    for (place, letter) in places.slice(start, end).chars().enumerate() {
        let at = start + place;
        if at - begin >= size {
            let until = space.filter(|space| *space > begin).unwrap_or(at);
            push(places, begin, until, found);
            begin = until;
            space = None;
        }
        if letter.is_whitespace() {
            space = Some(at + 1);
        }
    }
    push(places, begin, end, found);
}

fn push(places: &Places<'_>, start: usize, end: usize, found: &mut Vec<(usize, usize)>) {
    let (start, end) = places.trimmed(start, end);
    if start < end {
        found.push((start, end));
    }
}
