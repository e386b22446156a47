//! What is left of a query when its constraints are taken out, and the language it is in.

use super::Lang;
use super::chunks::{Chunk, Fate, What};
use super::lexicon::role;
use super::parser::Reading;

/// Spanish if more of its words are only Spanish than only English.
pub(super) fn lang(reading: &Reading<'_>) -> Lang {
    let only = |chunk: &Chunk, this, other| usize::from(chunk.is(this) && !chunk.is(other));
    let (mut english, mut spanish) = (0, 0);
    for chunk in &reading.chunks {
        english += only(chunk, role::ENGLISH, role::SPANISH);
        spanish += only(chunk, role::SPANISH, role::ENGLISH);
    }
    spanish += reading.query.matches(['ñ', '¿', '¡', 'á', 'í', 'ó', 'ú', 'Ñ']).count().min(2);
    if spanish > english { Lang::Es } else { Lang::En }
}

/// Topical words as they were written, with what holds two of them together.
pub(super) fn meaning(reading: &Reading<'_>) -> String {
    let mut meaning = String::new();
    let mut links: Vec<usize> = Vec::new();
    let mut last: Option<usize> = None;
    for (at, chunk) in reading.chunks.iter().enumerate() {
        match part(reading, at) {
            Part::Topic => {
                if let Some(last) = last.filter(|last| at - last == links.len() + 1) {
                    for &link in links.iter().filter(|&&link| link > last) {
                        join(&mut meaning, reading, link);
                    }
                    join(&mut meaning, reading, at);
                } else {
                    if !meaning.is_empty() {
                        meaning.push(' ');
                    }
                    meaning.push_str(&reading.query[chunk.start..chunk.end]);
                }
                last = Some(at);
                links.clear();
            }
            Part::Link => links.push(at),
            Part::Nothing => {}
        }
    }
    meaning
}

enum Part {
    Topic,
    Link,
    Nothing,
}

fn part(reading: &Reading<'_>, at: usize) -> Part {
    let chunk = &reading.chunks[at];
    match (chunk.fate, chunk.what) {
        (Fate::Keep, _) => Part::Topic,
        (Fate::Taken, _) => Part::Nothing,
        (Fate::Open, What::Amount(_)) => {
            if counts_creators(reading, at) {
                Part::Nothing
            } else {
                Part::Topic
            }
        }
        (Fate::Open, What::Sign(sign)) => {
            // "18-35", "24/7", "R&B"
            let inside = chunk.glued && reading.near(at, 1).is_some_and(|next| next.glued);
            if inside && matches!(sign, '-' | '/' | '&' | '\'' | '.') || chunk.is(role::AND) {
                Part::Link
            } else {
                Part::Nothing
            }
        }
        (Fate::Open, What::Words) => words(reading, at),
    }
}

/// "top 10 gaming channels", "find me 20 food bloggers": how many are wanted.
fn counts_creators(reading: &Reading<'_>, at: usize) -> bool {
    let next = reading.near(at, 1);
    let before = reading.near(at, -1);
    let plain = reading.chunks[at].amount().is_some_and(|amount| amount.currency.is_none() && !amount.percent);
    let compared = before.is_some_and(|before| before.is(role::AT_LEAST | role::AT_MOST | role::AROUND));
    let asked = before.is_none_or(|before| before.is(role::FILLER));
    plain
        && next.is_some_and(|next| {
            next.is_creator() || (!compared && (next.entry.niche.is_some() || next.entry.platform.is_some()))
        })
        && (asked || compared)
}

fn words(reading: &Reading<'_>, at: usize) -> Part {
    let chunk = &reading.chunks[at];
    if chunk.is(role::PLAIN | role::CUISINE | role::PRODUCT | role::TRAVELLING | role::AUDIENCE) {
        return Part::Topic;
    }
    if chunk.is(role::FILLER | role::CREATOR) {
        return Part::Nothing;
    }
    if chunk.is(role::NO | role::EXCEPT) {
        let topic_next = reading.near(at, 1).is_some_and(|next| next.fate != Fate::Taken && next.is_unknown());
        return if topic_next { Part::Topic } else { Part::Link };
    }
    if chunk.is(role::LINK | role::AT_LEAST | role::AT_MOST | role::AROUND | role::BUDGET | role::SPEAK | role::NO_VERB)
    {
        Part::Link
    } else {
        Part::Topic
    }
}

/// Appends a chunk, with a space only where the query has one.
fn join(meaning: &mut String, reading: &Reading<'_>, at: usize) {
    let chunk = &reading.chunks[at];
    let before = &reading.chunks[at - 1];
    meaning.push_str(if chunk.glued { &reading.query[before.end..chunk.start] } else { " " });
    meaning.push_str(&reading.query[chunk.start..chunk.end]);
}
