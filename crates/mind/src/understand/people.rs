//! Words of a query that may be somebody's name: "María López fitness", "find Ana Torres", "@rubius". Who has such a name only the
//! directory knows.

use super::chunks::{Chunk, Fate, What, chunks};
use super::exclusions;
use super::lexicon::role;
use super::parser::{MAX_QUERY_BYTES, Reading};
use super::tokens::tokens;
use crate::text::folded;

/// So many are looked up.
const MOST: usize = 8;
/// "María |de la| Cruz", "Ludwig |van| Beethoven": so many chunks stand between two parts of a name.
const PARTICLES: [&str; 14] =
    ["de", "del", "de la", "de las", "de los", "la", "van", "von", "der", "da", "dos", "do", "di", "y"];

/// Phrases of a query, as they stand there, that may be the name of somebody who is looked for; not of somebody whom others are to
/// be like, or whom the query rules out.
pub fn people(query: &str) -> Vec<String> {
    let query = &query[..query.floor_char_boundary(MAX_QUERY_BYTES)];
    let tokens = tokens(query);
    let mut reading = Reading::new(query, chunks(query, &tokens));
    exclusions::read(&mut reading);
    let mut found: Vec<String> = Vec::new();
    let mut put = |from: usize, to: usize, reading: &Reading<'_>| {
        let words = &reading.query[reading.chunks[from].start..reading.chunks[to].end];
        if found.len() < MOST && !found.iter().any(|known| known == words) {
            found.push(words.to_owned());
        }
    };
    for at in 0..reading.chunks.len() {
        let chunk = &reading.chunks[at];
        if !may_name(chunk) || is_model(&reading, at) {
            continue;
        }
        // "@rubius", "@ana.torres"
        let handle = reading.near(at, -1).is_some_and(|before| before.is_sign("@")) && chunk.glued;
        if handle {
            let end = (at..reading.chunks.len() - 1)
                .find(|&at| !reading.chunks[at + 1].glued || reading.chunks[at + 1].is_sign(",;:)!?"))
                .unwrap_or(reading.chunks.len() - 1);
            put(at, end, &reading);
        }
        if let Some(next) = next_of_name(&reading, at)
            && (chunk.is_unknown() || reading.chunks[next].is_unknown())
        {
            put(at, next, &reading);
        }
    }
    // A word that is all of the query but filler.
    let mut open = (0..reading.chunks.len()).filter(|&at| !is_filler(&reading.chunks[at]));
    if let (Some(only), None) = (open.next(), open.next())
        && reading.chunks[only].is_unknown()
    {
        put(only, only, &reading);
    }
    found
}

/// The next part of a name that begins or goes on here: the next word, or the one behind particles.
fn next_of_name(reading: &Reading<'_>, at: usize) -> Option<usize> {
    let next = reading.near(at, 1)?;
    if may_name(next) {
        return Some(at + 1);
    }
    let particle = |at: usize| PARTICLES.contains(&folded(reading.words(at)).as_ref());
    let end = (at + 1..(at + 4).min(reading.chunks.len())).find(|&at| !particle(at))?;
    (end > at + 1 && reading.chunks[at].is_unknown() && may_name(&reading.chunks[end])).then_some(end)
}

/// Any word that does more than hold others together.
fn may_name(chunk: &Chunk) -> bool {
    const NO_NAME: u64 =
        role::LINK | role::FILLER | role::CREATOR | role::UNIT | role::BUDGET | role::NO | role::EXCEPT;
    chunk.what == What::Words && chunk.fate != Fate::Taken && !chunk.is(NO_NAME)
}

fn is_filler(chunk: &Chunk) -> bool {
    chunk.fate == Fate::Taken
        || matches!(chunk.what, What::Sign(_))
        || chunk.is(role::FILLER | role::CREATOR | role::LINK)
}

/// "someone like |Emma", "parecidos a |Ibai".
fn is_model(reading: &Reading<'_>, at: usize) -> bool {
    let said = |back: usize| at.checked_sub(back).map(|at| folded(reading.words(at)));
    let like = |word: Option<std::borrow::Cow<'_, str>>| {
        word.is_some_and(|word| {
            matches!(
                word.as_ref(),
                "like"
                    | "similar"
                    | "resembling"
                    | "alternatives"
                    | "como"
                    | "tipo"
                    | "parecido"
                    | "parecida"
                    | "parecidos"
                    | "parecidas"
                    | "similares"
                    | "estilo"
            )
        })
    };
    (1..=3).any(|back| {
        like(said(back))
            && (back == 1
                || reading.chunks[at - back + 1..at].iter().all(|chunk| chunk.is(role::LINK) || chunk.is_unknown()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_told_from_what_is_known() {
        for (query, names) in [
            ("María López fitness", &["María López", "López fitness"][..]),
            ("find Ana Torres", &["Ana Torres"]),
            ("Busco a Ana de la Torre en Madrid", &["Ana de la Torre"]),
            ("@ana.torres", &["ana.torres"]),
            ("find rubius", &["rubius"]),
            ("fitness creators in Spain", &[]),
            ("someone like Emma Chamberlain", &[]),
            ("similar to Emma Chamberlain", &[]),
            ("influencers parecidos a Ibai Llanos", &[]),
            ("gamers with more than 10k followers", &[]),
            ("", &[]),
        ] {
            assert_eq!(people(query), names, "{query}");
        }
        assert!(people(&"Ana Torres Peña ".repeat(200)).len() <= MOST);
    }
}
