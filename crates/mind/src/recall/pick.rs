//! The chunks that may answer a question. Which of their sentences does is told by their texts, which the index has not: whoever asks brings
//! them.

use std::collections::HashMap;

use super::dates::Dated;
use super::lexicon::Lexicon;
use super::question::Question;
use super::search::{Found, Sought};
use super::together::Together;
use super::words::Language;

/// Chunks whose sentences are weighed, for each thing that is asked.
pub(super) const CHUNKS: usize = 12;

/// Where a chunk is: which of the bases that were asked together, and the slot in it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Place {
    /// Which of the bases, from 0.
    pub base: u32,
    /// The slot.
    pub slot: u32,
}

impl Found {
    /// Where it is.
    pub const fn place(&self) -> Place {
        Place { base: self.base, slot: self.slot }
    }
}

/// What is known of a chunk without its text.
#[derive(Clone, Debug)]
pub(super) struct Known {
    pub language: Language,
    /// Which document it is of: the base, and the document's number there.
    pub document: (u32, u32),
    pub title: Box<str>,
    pub dated: Dated,
    pub correction: bool,
}

/// A question with what was found for it.
#[derive(Clone, Debug)]
pub(super) struct Searched {
    pub question: Question,
    pub sought: Vec<Sought>,
    pub found: Vec<Found>,
    /// The same of each base that has some of the best, asked by itself; empty where one base was asked. The bases together tell whose chunk
    /// fits best. How sure an answer is was learnt of one base, and words of another language would look rarer than they are.
    pub alone: Vec<(u32, Searched)>,
}

impl Searched {
    fn new(together: Together<'_>, question: Question, limit: usize) -> Self {
        let sought = together.sought(&question);
        let found = together.find(&question, &sought, limit);
        let mut searched = Self { question, sought, found, alone: Vec::new() };
        if together.lexicons().count() > 1 {
            for (base, lexicon) in (0..).zip(together.lexicons()) {
                if searched.best().iter().any(|found| found.base == base) {
                    let mut own = Self::new(Together::of(&[lexicon]), searched.question.clone(), CHUNKS);
                    for found in &mut own.found {
                        found.base = base;
                    }
                    searched.alone.push((base, own));
                }
            }
        }
        searched
    }

    /// The same as its base alone has it.
    pub(super) fn of_base(&self, base: u32) -> Option<&Self> {
        self.alone.iter().find(|(own, _)| *own == base).map(|(_, searched)| searched)
    }

    /// All places that are weighed.
    fn places(&self) -> impl Iterator<Item = Place> {
        let alone = self.alone.iter().flat_map(|(_, searched)| searched.best());
        self.best().iter().chain(alone).map(Found::place)
    }

    /// What is weighed of it.
    pub(super) fn best(&self) -> &[Found] {
        &self.found[..self.found.len().min(CHUNKS)]
    }
}

/// The chunks that may answer a question, and all that an answer needs of their bases: these may change meanwhile.
#[derive(Clone, Debug)]
pub struct Picked {
    pub(super) whole: Searched,
    /// Each of several things that the question asks; none of one.
    pub(super) each: Vec<Searched>,
    places: Vec<Place>,
    /// By place.
    known: HashMap<Place, (usize, Known)>,
}

impl Lexicon {
    /// [`Together::pick`] of this base alone.
    pub fn pick(&self, question: &Question, limit: usize) -> Picked {
        Together::of(&[self]).pick(question, limit)
    }
}

impl Together<'_> {
    /// The chunks that may answer a question, and up to `limit` that fit it.
    pub fn pick(self, question: &Question, limit: usize) -> Picked {
        let whole = Searched::new(self, question.clone(), limit.max(CHUNKS));
        let parts = question.parts();
        let several = if parts.len() > 1 { parts } else { Vec::new() };
        let each: Vec<Searched> = several.into_iter().map(|part| Searched::new(self, part, CHUNKS)).collect();
        let mut picked = Picked { whole, each, places: Vec::new(), known: HashMap::new() };
        let best = std::iter::once(&picked.whole).chain(&picked.each).flat_map(Searched::places);
        let mut places: Vec<Place> = Vec::new();
        for place in best {
            let Some(lexicon) = self.lexicons().nth(place.base as usize) else { continue };
            let Some((number, document, language)) = lexicon.document_of(place.slot) else { continue };
            picked.known.entry(place).or_insert_with(|| {
                places.push(place);
                let known = Known {
                    language,
                    document: (place.base, number),
                    title: document.title.clone(),
                    dated: document.dated,
                    correction: document.correction,
                };
                (places.len() - 1, known)
            });
        }
        picked.places = places;
        picked
    }
}

impl Picked {
    /// The chunks whose texts are wanted, each once.
    pub fn places(&self) -> &[Place] {
        &self.places
    }

    /// What fits the question best by words and vectors, the best first.
    pub fn found(&self) -> &[Found] {
        &self.whole.found
    }

    /// Where a chunk stands in [`places`](Self::places), and what is known of it.
    pub(super) fn known(&self, place: Place) -> Option<(usize, &Known)> {
        self.known.get(&place).map(|(at, known)| (*at, known))
    }
}
