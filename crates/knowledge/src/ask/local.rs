//! What the bases themselves say: no model is asked.

use std::collections::BTreeMap;

use kernel::{Error, Kind, Result, Scope};
use mind::recall::{Language, Question};
use serde::Serialize;

use super::answer::Shown;
use crate::Knowledge;
use crate::index::{Built, Slot};
use crate::model::{Base, Outcome};
use crate::store::bases;

/// So many passages a language model is given.
const GIVEN: usize = 8;
/// So many characters of each.
const GIVEN_CHARACTERS: usize = 4_000;

/// So often a search is made anew because documents changed under it.
const TRIES: usize = 5;

/// A passage that answers or may help: characters of a chunk.
#[derive(Clone, Debug)]
pub(super) struct Passage {
    /// The chunk.
    pub(super) slot: Slot,
    /// Where the quote begins in it, in characters, and where it ends.
    pub(super) characters: std::ops::Range<usize>,
    /// The quote.
    pub(super) quote: String,
}

/// A passage as a language model is given it.
#[derive(Clone, Debug)]
pub(super) struct Given {
    /// Its place in the lexicon, as long as that is the same,
    pub(super) place: u32,
    /// and the chunk by which that is known.
    pub(super) slot: Slot,
    /// The title of its document.
    pub(super) title: String,
    /// The text of the chunk.
    pub(super) text: String,
}

/// What was found, in the base that is surest.
#[derive(Clone, Debug)]
pub(super) struct Found {
    /// Which of the bases that is.
    pub(super) base: usize,
    pub(super) outcome: Outcome,
    pub(super) confidence: f64,
    pub(super) passages: Vec<Passage>,
    pub(super) parts: BTreeMap<String, f64>,
    /// The best passages, whatever they answer.
    pub(super) given: Vec<Given>,
    /// The language of the question.
    pub(super) language: Language,
}

/// Numbers by their names.
pub(crate) fn numbers(of: &impl Serialize) -> BTreeMap<String, f64> {
    let told = serde_json::to_value(of).unwrap_or_default();
    let fields = told.as_object().into_iter().flatten();
    // As they are shown: a narrow number has not more places than this.
    let rounded = |number: f64| (number * 1e6).round() / 1e6;
    fields.filter_map(|(name, value)| Some((name.clone(), rounded(value.as_f64()?)))).collect()
}

/// Asks each of the bases, and takes the surest answer.
pub(super) async fn find(of: &Knowledge, bases: &[Base], question: &Question) -> Result<Found> {
    let mut best: Option<Found> = None;
    for (place, base) in bases.iter().enumerate() {
        let (asked, thresholds) = (question.clone(), base.set().thresholds.unwrap_or_default());
        let found = of.indices().ask(base, move |built| in_one(built, place, &asked, thresholds.into())).await?;
        let surer = |best: &Found| (found.outcome, found.confidence) > (best.outcome, best.confidence);
        if best.as_ref().is_none_or(surer) {
            best = Some(found);
        }
    }
    best.ok_or_else(|| Error::not_found("Knowledge base"))
}

fn in_one(built: &Built, base: usize, question: &Question, thresholds: mind::recall::Thresholds) -> Found {
    let lexicon = built.lexicon();
    let answer = lexicon.answer(question, thresholds);
    let passages = answer.passages.iter().filter_map(|passage| {
        let slot = built.slot(passage.slot)?;
        let text = lexicon.text(passage.slot);
        Some(Passage {
            slot,
            characters: passage.characters.clone(),
            quote: text.get(passage.quote.clone())?.to_owned(),
        })
    });
    let passages: Vec<Passage> = passages.collect();
    let outcome = match answer.outcome {
        mind::recall::Outcome::Answered => Outcome::Answered,
        mind::recall::Outcome::Maybe => Outcome::Maybe,
        mind::recall::Outcome::Unknown => Outcome::Unknown,
    };
    let given = if outcome == Outcome::Unknown { Vec::new() } else { given(built, question, &answer) };
    Found {
        base,
        outcome,
        confidence: f64::from(answer.confidence),
        passages,
        parts: numbers(&answer.parts),
        given,
        language: question.language(),
    }
}

/// What a language model is given: the passages that answer, then the best of the others.
fn given(built: &Built, question: &Question, answer: &mind::recall::Answer) -> Vec<Given> {
    let mut places: Vec<u32> = answer.passages.iter().map(|passage| passage.slot).collect();
    for found in built.lexicon().search(question, GIVEN) {
        if !places.contains(&found.slot) {
            places.push(found.slot);
        }
    }
    places.truncate(GIVEN);
    let one = |place: u32| {
        let text = built.lexicon().text(place).chars().take(GIVEN_CHARACTERS).collect();
        Some(Given { place, slot: built.slot(place)?, title: built.lexicon().title(place).to_owned(), text })
    };
    places.into_iter().filter_map(one).collect()
}

/// A passage that a search found.
pub(crate) struct Hit {
    pub(crate) slot: Slot,
    pub(crate) score: f64,
    pub(crate) parts: BTreeMap<String, f64>,
}

/// The passages of a base that fit a question best, with what they are shown with: all of one moment.
pub(crate) async fn search(
    of: &Knowledge,
    base: &Base,
    question: &Question,
    limit: usize,
) -> Result<(Vec<Hit>, Shown)> {
    let mut base = base.clone();
    for _ in 0..TRIES {
        let asked = question.clone();
        let found = of.indices().ask(&base, move |built| {
            let found = built.lexicon().search(&asked, limit);
            let hit = |found: &mind::recall::Found| {
                let slot = built.slot(found.slot)?;
                Some(Hit { slot, score: (f64::from(found.score) * 1e6).round() / 1e6, parts: numbers(&found.parts) })
            };
            found.iter().filter_map(hit).collect::<Vec<Hit>>()
        });
        let hits = found.await?;
        let slots: Vec<Slot> = hits.iter().map(|hit| hit.slot).collect();
        let shown = Shown::of(of, &base, &slots).await?;
        if slots.iter().all(|slot| shown.has(*slot)) {
            return Ok((hits, shown));
        }
        // A document became another one between the two: once more, out of what is there now.
        let found = bases::find(Scope::system(), &mut of.app().read().await?, base.id).await?;
        base = found.ok_or_else(|| Error::not_found("Knowledge base"))?;
    }
    Err(Error::new(Kind::Unavailable, "The documents change right now; search once more"))
}
