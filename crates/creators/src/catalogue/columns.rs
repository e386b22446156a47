//! One column for each thing that lists are filtered and sorted by, and the vectors beside them.

use std::collections::HashMap;
use std::sync::Arc;

use kernel::{CreatorId, Platform, WorkspaceId};
use mind::geo;
use mind::index::VectorIndex;
use mind::rank::{People, Shelves};
use mind::score::{CreatorView, Norms};
use mind::text::fold;

use super::names::Names;

/// Stands for everyone, in the place of a workspace that keeps an entry to itself.
pub(super) const SHARED: u32 = 0;

/// A money or a count that nobody told.
pub const UNKNOWN: i64 = mind::rank::UNKNOWN;

/// A creator as the catalogue takes it in.
#[derive(Clone, Debug)]
pub struct Row {
    /// Its id.
    pub id: CreatorId,
    /// The version of the directory in which it changed.
    pub seq: i64,
    /// Is it gone?
    pub deleted: bool,
    /// The workspace that keeps it to itself, if one does.
    pub private_to: Option<WorkspaceId>,
    /// Where they publish.
    pub platform: Platform,
    /// The name, as written.
    pub name: String,
    /// The handle, as written.
    pub handle: Option<String>,
    /// The niche, in lower case.
    pub niche: String,
    /// The country, as written.
    pub country: Option<String>,
    /// The language, as written.
    pub language: Option<String>,
    /// Followers.
    pub followers: u64,
    /// Engagement in percent.
    pub engagement: Option<f64>,
    /// Price of a piece, in minor units.
    pub rate: Option<i64>,
    /// Views of a usual piece.
    pub avg_views: Option<u64>,
    /// From 0 to 5.
    pub rating: Option<f64>,
    /// When it was added, in microseconds.
    pub created_at: i64,
    /// Brands they have worked with.
    pub previous_brands: Vec<String>,
    /// Its vector, if one of the catalogue's model is there.
    pub vector: RowVector,
}

/// The vector of a creator as the catalogue takes it in.
#[derive(Clone, Debug)]
pub enum RowVector {
    /// There is none.
    None,
    /// To be compared here.
    Here(Vec<f32>),
    /// There is one, which is compared elsewhere.
    Elsewhere,
}

/// What the columns say of one creator.
#[derive(Clone, Copy, Debug)]
pub struct RowView {
    /// Its id.
    pub id: CreatorId,
    /// Where they publish.
    pub platform: Platform,
    /// The number of its niche: see [`Columns::niche`].
    pub niche: u32,
    /// Followers.
    pub followers: u64,
    /// Engagement in percent, not a number if unknown.
    pub engagement: f32,
    /// Price of a piece in minor units as they told it, or [`UNKNOWN`].
    pub rate: i64,
    /// The same, or what is usual for their like, or [`UNKNOWN`].
    pub price: i64,
    /// Where their engagement stands among their like, in hundredths of a percent.
    pub engagement_score: u16,
}

/// Texts by number; the same text, folded, has one number.
#[derive(Default)]
pub(super) struct Words {
    texts: Vec<String>,
    numbers: HashMap<String, u32>,
}

impl Words {
    fn number(&mut self, key: String) -> u32 {
        if let Some(number) = self.numbers.get(&key) {
            return *number;
        }
        let number = u32::try_from(self.texts.len()).unwrap_or(u32::MAX);
        self.texts.push(key.clone());
        self.numbers.insert(key, number);
        number
    }

    pub(super) fn find(&self, key: &str) -> Option<u32> {
        self.numbers.get(key).copied()
    }
}

/// How countries are compared: by code where the name is known, else folded.
pub(super) fn country_key(name: &str) -> String {
    geo::country(name).map_or_else(|| fold(name), |country| country.code().to_owned())
}

/// How languages are compared: by code where the name is known, else folded.
pub(super) fn language_key(name: &str) -> String {
    geo::language(name).map_or_else(|| fold(name), |language| language.code().to_owned())
}

/// The columns. Rows are found by slot: a place that is kept for as long as the process lives.
pub struct Columns {
    seq: i64,
    slots: HashMap<CreatorId, u32>,
    pub(super) live: Vec<bool>,
    /// The number of the workspace that keeps it to itself, or [`SHARED`].
    pub(super) owners: Vec<u32>,
    owner_numbers: HashMap<WorkspaceId, u32>,
    live_count: usize,
    pub(super) ids: Vec<CreatorId>,
    pub(super) platforms: Vec<Platform>,
    pub(super) niches: Vec<u32>,
    pub(super) countries: Vec<u32>,
    pub(super) languages: Vec<u32>,
    pub(super) followers: Vec<u64>,
    pub(super) engagement: Vec<f32>,
    pub(super) rates: Vec<i64>,
    pub(super) views: Vec<i64>,
    pub(super) ratings: Vec<f32>,
    pub(super) created: Vec<i64>,
    pub(super) brands: Vec<Box<[u32]>>,
    prices: Vec<i64>,
    engagement_scores: Vec<u16>,
    norms: Arc<Norms>,
    pub(super) vectored: Vec<bool>,
    vectored_count: usize,
    pub(super) names: Names,
    pub(super) niche_words: Words,
    pub(super) country_words: Words,
    pub(super) language_words: Words,
    pub(super) brand_words: Words,
    vectors: VectorIndex,
    /// Of everybody whose vector would be compared here.
    shelves: Shelves,
    dims: usize,
}

impl Columns {
    pub(super) fn new(dims: usize) -> Self {
        Self {
            seq: 0,
            slots: HashMap::new(),
            live: Vec::new(),
            owners: Vec::new(),
            owner_numbers: HashMap::new(),
            live_count: 0,
            ids: Vec::new(),
            platforms: Vec::new(),
            niches: Vec::new(),
            countries: Vec::new(),
            languages: Vec::new(),
            followers: Vec::new(),
            engagement: Vec::new(),
            rates: Vec::new(),
            views: Vec::new(),
            ratings: Vec::new(),
            created: Vec::new(),
            brands: Vec::new(),
            prices: Vec::new(),
            engagement_scores: Vec::new(),
            norms: Arc::new(Norms::builtin()),
            vectored: Vec::new(),
            vectored_count: 0,
            names: Names::default(),
            niche_words: Words::default(),
            country_words: Words::default(),
            language_words: Words::default(),
            brand_words: Words::default(),
            vectors: VectorIndex::new(dims),
            shelves: Shelves::default(),
            dims,
        }
    }

    /// The version of the directory that the columns have.
    pub fn seq(&self) -> i64 {
        self.seq
    }

    /// How many creators there are.
    pub fn len(&self) -> usize {
        self.live_count
    }

    /// Is there nobody?
    pub fn is_empty(&self) -> bool {
        self.live_count == 0
    }

    /// How many slots there are, those of creators who are gone included.
    pub fn slots(&self) -> usize {
        self.ids.len()
    }

    /// How many creators have a vector.
    pub fn vector_count(&self) -> usize {
        self.vectored_count
    }

    /// The memory that the vectors and their sketches take, in bytes; none where they are compared elsewhere.
    pub fn vector_bytes(&self) -> usize {
        self.vectors.bytes() + self.shelves.bytes()
    }

    /// The number of a workspace that keeps entries to itself; nothing if it keeps none.
    pub(super) fn owner_number(&self, workspace: WorkspaceId) -> Option<u32> {
        self.owner_numbers.get(&workspace).copied()
    }

    /// Does anybody keep entries to themselves?
    pub(super) fn has_owners(&self) -> bool {
        !self.owner_numbers.is_empty()
    }

    /// The slot of a creator who is there.
    pub fn slot(&self, id: CreatorId) -> Option<u32> {
        self.slots.get(&id).copied().filter(|slot| self.live[*slot as usize])
    }

    /// The creator of a slot.
    pub fn id(&self, slot: u32) -> CreatorId {
        self.ids[slot as usize]
    }

    /// Has the creator of this slot a vector?
    pub fn has_vector(&self, slot: u32) -> bool {
        self.vectored[slot as usize]
    }

    /// The vectors, by slot; none where they are compared elsewhere: see [`crate::Directory::backend`].
    pub fn vectors(&self) -> &VectorIndex {
        &self.vectors
    }

    /// What a ranking reads.
    pub fn people(&self) -> People<'_> {
        People {
            ids: &self.ids,
            niches: &self.niches,
            engagement_scores: &self.engagement_scores,
            prices: &self.prices,
            vectors: &self.vectors,
            shelves: &self.shelves,
        }
    }

    /// The text of a niche, folded.
    pub fn niche(&self, number: u32) -> &str {
        &self.niche_words.texts[number as usize]
    }

    /// How many niches there are or have been.
    pub fn niche_count(&self) -> usize {
        self.niche_words.texts.len()
    }

    /// The number of each slot's niche: see [`Columns::niche`].
    pub fn niches(&self) -> &[u32] {
        &self.niches
    }

    /// Where each slot's engagement stands among its like, in hundredths of a percent.
    pub fn engagement_scores(&self) -> &[u16] {
        &self.engagement_scores
    }

    /// The price of a piece for each slot, as told or as is usual for their like, in minor units; or [`UNKNOWN`].
    pub fn prices(&self) -> &[i64] {
        &self.prices
    }

    /// What the columns say of the creator in this slot.
    pub fn view(&self, slot: u32) -> RowView {
        let at = slot as usize;
        RowView {
            id: self.ids[at],
            platform: self.platforms[at],
            niche: self.niches[at],
            followers: self.followers[at],
            engagement: self.engagement[at],
            rate: self.rates[at],
            price: self.prices[at],
            engagement_score: self.engagement_scores[at],
        }
    }

    /// Judges everyone by these norms from now on.
    pub(super) fn judge_by(&mut self, norms: Arc<Norms>) {
        self.norms = norms;
        for at in 0..self.ids.len() {
            self.judge(at);
            self.shelve(at);
        }
    }

    /// Puts a creator on the shelf of their niche and engagement, if they are to be found there.
    fn shelve(&mut self, at: usize) {
        let slot = at as u32;
        // Who has a vector that is not here is ranked elsewhere.
        if self.live[at] && self.vectored[at] == self.vectors.contains(slot) {
            self.shelves.set(slot, self.niches[at], self.engagement_scores[at], &self.vectors);
        } else {
            self.shelves.clear(slot);
        }
    }

    /// What the norms make of a creator.
    fn judge(&mut self, at: usize) {
        let (platform, followers) = (self.platforms[at], self.followers[at]);
        let engagement = (!self.engagement[at].is_nan()).then_some(f64::from(self.engagement[at]));
        self.engagement_scores[at] = self.norms.score(platform, followers, engagement);
        let view = CreatorView {
            platform,
            followers,
            engagement,
            niche: &self.niche_words.texts[self.niches[at] as usize],
            about: None,
            audience_type: None,
            avg_views: (self.views[at] != UNKNOWN).then(|| self.views[at].cast_unsigned()),
            rate_minor: (self.rates[at] != UNKNOWN).then_some(self.rates[at]),
            rating: None,
            previous_brands: &[],
        };
        self.prices[at] = view.price(&self.norms).minor().unwrap_or(UNKNOWN);
    }

    /// Takes in a row that is newer than what is here, or gone.
    pub(super) fn put(&mut self, row: Row) {
        let slot = match self.slots.get(&row.id) {
            Some(slot) => *slot,
            None if row.deleted => return,
            None => self.add_slot(row.id),
        };
        let at = slot as usize;
        if row.deleted {
            if std::mem::replace(&mut self.live[at], false) {
                self.live_count -= 1;
            }
            self.names.remove(slot);
            self.set_vector(slot, RowVector::None);
            self.shelve(at);
            return;
        }
        if !std::mem::replace(&mut self.live[at], true) {
            self.live_count += 1;
        }
        self.owners[at] = row.private_to.map_or(SHARED, |workspace| {
            let next = u32::try_from(self.owner_numbers.len() + 1).unwrap_or(u32::MAX);
            *self.owner_numbers.entry(workspace).or_insert(next)
        });
        self.platforms[at] = row.platform;
        self.niches[at] = self.niche_words.number(fold(&row.niche));
        self.countries[at] = row.country.map_or(u32::MAX, |name| self.country_words.number(country_key(&name)));
        self.languages[at] = row.language.map_or(u32::MAX, |name| self.language_words.number(language_key(&name)));
        self.followers[at] = row.followers;
        self.engagement[at] = row.engagement.map_or(f32::NAN, |rate| rate as f32);
        self.rates[at] = row.rate.unwrap_or(UNKNOWN);
        self.views[at] = row.avg_views.map_or(UNKNOWN, u64::cast_signed);
        self.ratings[at] = row.rating.map_or(f32::NAN, |rating| rating as f32);
        self.created[at] = row.created_at;
        self.brands[at] = row.previous_brands.iter().map(|brand| self.brand_words.number(fold(brand))).collect();
        self.judge(at);
        self.names.set(slot, &row.name, row.handle.as_deref());
        self.set_vector(slot, row.vector);
        self.shelve(at);
    }

    fn set_vector(&mut self, slot: u32, vector: RowVector) {
        let has = match vector {
            RowVector::Elsewhere => true,
            // A text without a known word has a vector of nothing, which is near to nobody.
            RowVector::Here(vector)
                if vector.len() == self.dims
                    && vector.iter().all(|part| part.is_finite())
                    && vector.iter().any(|part| *part != 0.0) =>
            {
                self.vectors.set(slot, &vector);
                true
            }
            RowVector::Here(_) | RowVector::None => {
                self.vectors.clear(slot);
                false
            }
        };
        let had = std::mem::replace(&mut self.vectored[slot as usize], has);
        self.vectored_count = self.vectored_count + usize::from(has) - usize::from(had);
    }

    /// Says that everything up to this version is in.
    pub(super) fn have(&mut self, seq: i64) {
        self.seq = self.seq.max(seq);
    }

    fn add_slot(&mut self, id: CreatorId) -> u32 {
        let slot = u32::try_from(self.ids.len()).unwrap_or(u32::MAX);
        self.slots.insert(id, slot);
        self.ids.push(id);
        self.live.push(false);
        self.owners.push(SHARED);
        self.platforms.push(Platform::Instagram);
        self.niches.push(0);
        self.countries.push(u32::MAX);
        self.languages.push(u32::MAX);
        self.followers.push(0);
        self.engagement.push(f32::NAN);
        self.rates.push(UNKNOWN);
        self.views.push(UNKNOWN);
        self.ratings.push(f32::NAN);
        self.created.push(0);
        self.brands.push(Box::default());
        self.prices.push(UNKNOWN);
        self.engagement_scores.push(0);
        self.vectored.push(false);
        slot
    }
}
