//! What the bases themselves say: no model is asked.
//!
//! The indices say which chunks may answer, all bases together as if they were one, so that what is rare in a small base does not count for
//! more than what is rare in a large one. Then those chunks are read, and their sentences weighed.

use std::collections::BTreeMap;
use std::sync::Arc;

use kernel::{Error, Kind, Result, Scope};
use mind::recall::{ChunkText, Language, Picked, Place, Question, Together};
use serde::Serialize;

use super::shown::Shown;
use crate::index::Slot;
use crate::model::{Base, BaseId, Outcome};
use crate::store::bases;
use crate::{Knowledge, blocking};

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
    /// The quote as it is read by itself.
    pub(super) told: String,
}

/// A passage as a language model is given it.
#[derive(Clone, Debug)]
pub(super) struct Given {
    /// The chunk.
    pub(super) slot: Slot,
    /// The title of its document.
    pub(super) title: String,
    /// The headings above it.
    pub(super) heading: String,
    /// Its text.
    pub(super) text: String,
}

/// What was found.
#[derive(Clone, Debug)]
pub(super) struct Found {
    /// Which of the bases it is in.
    pub(super) base: usize,
    pub(super) outcome: Outcome,
    pub(super) confidence: f64,
    pub(super) passages: Vec<Passage>,
    pub(super) parts: BTreeMap<String, f64>,
    /// What else was asked, and nothing answers.
    pub(super) left_open: Vec<String>,
    /// The best passages, whatever they answer.
    pub(super) given: Vec<Given>,
    /// The language of the question.
    pub(super) language: Language,
    /// What the passages are shown with.
    pub(super) shown: Arc<Shown>,
}

/// Numbers by their names.
pub(crate) fn numbers(of: &impl Serialize) -> BTreeMap<String, f64> {
    let told = serde_json::to_value(of).unwrap_or_default();
    let fields = told.as_object().into_iter().flatten();
    // As they are shown: a narrow number has not more places than this.
    let rounded = |number: f64| (number * 1e6).round() / 1e6;
    fields.filter_map(|(name, value)| Some((name.clone(), rounded(value.as_f64()?)))).collect()
}

/// Asks these bases together. Nothing if a passage is not there any more, because documents changed meanwhile; the last time it is done
/// without that passage.
pub(super) async fn find(of: &Knowledge, bases: &[Base], question: &Question, is_last: bool) -> Result<Option<Found>> {
    let asked = question.clone();
    let picked = of.indices().ask(bases, move |built| {
        let lexicons: Vec<_> = built.iter().map(|built| built.lexicon()).collect();
        let picked = Together::of(&lexicons).pick(&asked, GIVEN);
        let slot = |place: &Place| built.get(place.base as usize)?.slot(place.slot);
        let slots: Option<Vec<Slot>> = picked.places().iter().map(slot).collect();
        slots.map(|slots| (picked, slots))
    });
    let Some((picked, slots)) = picked.await? else { return Ok(None) };
    let ids: Vec<BaseId> = bases.iter().map(|base| base.id).collect();
    let shown = Shown::of(of, &ids, &slots).await?;
    if !is_last && !slots.iter().all(|slot| shown.has(*slot)) {
        return Ok(None);
    }
    let thresholds = bases.iter().map(|base| base.set().thresholds.unwrap_or_default().into()).collect();
    let candidates = Candidates { picked, slots, shown: Arc::new(shown), thresholds };
    let language = question.language();
    blocking(move || Some(candidates.weighed(language))).await
}

/// Passages that may answer, with their texts.
struct Candidates {
    picked: Picked,
    /// By the places that were picked.
    slots: Vec<Slot>,
    shown: Arc<Shown>,
    /// Of each base.
    thresholds: Vec<mind::recall::Thresholds>,
}

impl Candidates {
    fn weighed(&self, language: Language) -> Found {
        let gone = |slot| Given { slot, title: String::new(), heading: String::new(), text: String::new() };
        let given = self.slots.iter().map(|&slot| self.shown.given(slot).unwrap_or_else(|| gone(slot)));
        let given: Vec<Given> = given.collect();
        let texts: Vec<ChunkText<'_>> =
            given.iter().map(|one| ChunkText { text: &one.text, heading: &one.heading }).collect();
        let answer = self.picked.answer(&texts, &self.thresholds);
        let at = |place: Place| self.picked.places().iter().position(|own| *own == place);
        let passages = answer.passages.iter().filter_map(|passage| {
            let place = at(passage.place)?;
            Some(Passage {
                slot: self.slots[place],
                characters: passage.characters.clone(),
                quote: texts[place].text.get(passage.quote.clone())?.to_owned(),
                told: passage.told.clone(),
            })
        });
        let outcome = match answer.outcome {
            mind::recall::Outcome::Answered => Outcome::Answered,
            mind::recall::Outcome::Maybe => Outcome::Maybe,
            mind::recall::Outcome::Unknown => Outcome::Unknown,
        };
        // A language model is given the passages that answer, then the best of the others.
        let mut places: Vec<usize> = Vec::new();
        if outcome != Outcome::Unknown {
            let best = answer.passages.iter().map(|passage| passage.place);
            for place in best.chain(self.picked.found().iter().map(mind::recall::Found::place)).filter_map(at) {
                if !places.contains(&place) && places.len() < GIVEN && !given[place].text.is_empty() {
                    places.push(place);
                }
            }
        }
        let clipped = |place: usize| {
            let one = &given[place];
            Given { text: one.text.chars().take(GIVEN_CHARACTERS).collect(), ..one.clone() }
        };
        Found {
            base: answer.base.unwrap_or(0) as usize,
            outcome,
            confidence: f64::from(answer.confidence),
            passages: passages.collect(),
            parts: numbers(&answer.parts),
            left_open: answer.left_open,
            given: places.into_iter().map(clipped).collect(),
            language,
            shown: Arc::clone(&self.shown),
        }
    }
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
        let found = of.indices().ask(std::slice::from_ref(&base), move |built| {
            let Some(built) = built.first() else { return Vec::new() };
            let found = built.lexicon().search(&asked, limit);
            let hit = |found: &mind::recall::Found| {
                let slot = built.slot(found.slot)?;
                Some(Hit { slot, score: (f64::from(found.score) * 1e6).round() / 1e6, parts: numbers(&found.parts) })
            };
            found.iter().filter_map(hit).collect::<Vec<Hit>>()
        });
        let hits = found.await?;
        let slots: Vec<Slot> = hits.iter().map(|hit| hit.slot).collect();
        let shown = Shown::of(of, &[base.id], &slots).await?;
        if slots.iter().all(|slot| shown.has(*slot)) {
            return Ok((hits, shown));
        }
        // A document became another one between the two: once more, out of what is there now.
        let found = bases::find(Scope::system(), &mut of.app().read().await?, base.id).await?;
        base = found.ok_or_else(|| Error::not_found("Knowledge base"))?;
    }
    Err(Error::new(Kind::Unavailable, "The documents change right now; search once more"))
}
