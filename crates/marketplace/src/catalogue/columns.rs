//! One column for each thing that offers are filtered, sorted and matched by, and the vectors beside them.

use std::collections::HashMap;

use kernel::{Currency, OfferId, WorkspaceId};
use mind::index::VectorIndex;

use super::words::Words;
use crate::model::{Category, Class, Least, Network, Requirements};

/// No deadline.
pub(super) const NEVER: i64 = i64::MAX;
/// No bound of places, and no country of its own.
pub(super) const ANY: u32 = u32::MAX;

/// An offer as the catalogue takes it in.
#[derive(Clone, Debug)]
pub struct Row {
    /// Its id.
    pub id: OfferId,
    /// The version of all offers in which it changed.
    pub seq: i64,
    /// Is it in the public list?
    pub listed: bool,
    /// Whose it is.
    pub workspace: WorkspaceId,
    /// What it is about.
    pub category: Category,
    /// Where the content is published.
    pub platforms: Vec<Network>,
    /// What it pays at least and at most, in minor units,
    pub budget: (i64, i64),
    /// in this currency.
    pub currency: Currency,
    /// Whom it takes.
    pub requirements: Requirements,
    /// For creators in these countries.
    pub countries: Vec<String>,
    /// Until when creators may apply, in microseconds.
    pub deadline: Option<i64>,
    /// Is it paused, or are its places taken?
    pub shut: bool,
    /// How many creators are wanted.
    pub places: Option<u32>,
    /// How many have applied.
    pub applications: u64,
    /// How often it was looked at.
    pub views: u64,
    /// When it was published, in microseconds.
    pub published: i64,
    /// What is searched.
    pub text: String,
    /// Its vector.
    pub vector: Option<Vec<f32>>,
}

/// What an offer asks of a class, as small as can be: nothing where it has no such class.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Asked {
    followers: u64,
    engagement: f32,
    verified: bool,
    there: bool,
}

impl Asked {
    fn of(requirements: &Requirements, class: Class) -> Self {
        let own = match class {
            Class::Influencer => requirements.influencer,
            Class::Regular => requirements.regular,
        };
        let least = own.unwrap_or_default();
        // A class that nobody asks anything of is there where there is no other.
        let there = own.is_some() || (class == Class::Regular && requirements.influencer.is_none());
        Self {
            followers: least.min_followers,
            engagement: least.min_engagement_rate as f32,
            verified: least.verified_required,
            there,
        }
    }

    /// Does somebody meet it? The same rule as [`Least::holds`].
    pub(super) fn holds(self, followers: Option<u64>, engagement: Option<f64>, verified: bool) -> bool {
        let least = Least {
            min_followers: self.followers,
            min_engagement_rate: f64::from(self.engagement),
            verified_required: self.verified,
        };
        self.there && least.holds(followers, engagement, verified)
    }
}

/// The columns. Offers are found by slot: a place that is kept for as long as the process lives.
pub struct Columns {
    seq: i64,
    slots: HashMap<OfferId, u32>,
    pub(super) listed: Vec<bool>,
    pub(super) ids: Vec<OfferId>,
    pub(super) workspaces: Vec<WorkspaceId>,
    pub(super) categories: Vec<Category>,
    /// A bit for each platform.
    pub(super) platforms: Vec<u8>,
    pub(super) least: Vec<i64>,
    pub(super) most: Vec<i64>,
    /// The number of a currency in the list of those that there are.
    pub(super) currencies: Vec<u8>,
    pub(super) currency_list: Vec<Currency>,
    pub(super) influencer: Vec<Asked>,
    pub(super) regular: Vec<Asked>,
    /// The number of a list of countries; [`ANY`] is everywhere.
    pub(super) countries: Vec<u32>,
    pub(super) country_lists: Vec<Vec<String>>,
    country_numbers: HashMap<Vec<String>, u32>,
    pub(super) deadlines: Vec<i64>,
    pub(super) shut: Vec<bool>,
    pub(super) places: Vec<u32>,
    pub(super) applications: Vec<u32>,
    pub(super) views: Vec<u32>,
    pub(super) published: Vec<i64>,
    pub(super) words: Words,
    pub(super) vectors: VectorIndex,
    dims: usize,
}

/// The bit of a platform.
pub(super) const fn bit(network: Network) -> u8 {
    1 << network as u8
}

impl Columns {
    pub(super) fn new(dims: usize) -> Self {
        Self {
            seq: 0,
            slots: HashMap::new(),
            listed: Vec::new(),
            ids: Vec::new(),
            workspaces: Vec::new(),
            categories: Vec::new(),
            platforms: Vec::new(),
            least: Vec::new(),
            most: Vec::new(),
            currencies: Vec::new(),
            currency_list: vec![Currency::USD],
            influencer: Vec::new(),
            regular: Vec::new(),
            countries: Vec::new(),
            country_lists: Vec::new(),
            country_numbers: HashMap::new(),
            deadlines: Vec::new(),
            shut: Vec::new(),
            places: Vec::new(),
            applications: Vec::new(),
            views: Vec::new(),
            published: Vec::new(),
            words: Words::default(),
            vectors: VectorIndex::new(dims),
            dims,
        }
    }

    /// The version of all offers that the columns have.
    pub fn seq(&self) -> i64 {
        self.seq
    }

    /// How many slots there are, those of offers that are not listed any more included.
    pub fn slots(&self) -> usize {
        self.ids.len()
    }

    /// The slot of an offer that is listed.
    pub fn slot(&self, id: OfferId) -> Option<u32> {
        self.slots.get(&id).copied().filter(|slot| self.listed[*slot as usize])
    }

    /// The cosine of an offer's text with a profile; of an offer without a vector it is 0.
    pub fn cosine(&self, slot: u32, profile: &[f32]) -> f32 {
        if profile.len() == self.dims { self.vectors.dot(slot, profile) } else { 0.0 }
    }

    /// Takes in a row that is newer than what is here.
    pub(super) fn put(&mut self, row: Row) {
        let slot = match self.slots.get(&row.id) {
            Some(slot) => *slot,
            None if !row.listed => return,
            None => self.add_slot(row.id, row.workspace),
        };
        let at = slot as usize;
        self.listed[at] = row.listed;
        if !row.listed {
            self.words.remove(slot);
            self.vectors.clear(slot);
            return;
        }
        self.categories[at] = row.category;
        self.platforms[at] = row.platforms.iter().fold(0, |bits, network| bits | bit(*network));
        (self.least[at], self.most[at]) = row.budget;
        self.currencies[at] = self.currency_number(row.currency);
        self.influencer[at] = Asked::of(&row.requirements, Class::Influencer);
        self.regular[at] = Asked::of(&row.requirements, Class::Regular);
        self.countries[at] = self.country_number(row.countries);
        self.deadlines[at] = row.deadline.unwrap_or(NEVER);
        self.shut[at] = row.shut;
        self.places[at] = row.places.unwrap_or(ANY);
        self.applications[at] = u32::try_from(row.applications).unwrap_or(u32::MAX);
        self.views[at] = u32::try_from(row.views).unwrap_or(u32::MAX);
        self.published[at] = row.published;
        self.words.set(slot, &row.text);
        match row.vector {
            Some(vector) if vector.len() == self.dims && vector.iter().any(|part| *part != 0.0) => {
                self.vectors.set(slot, &vector);
            }
            _ => self.vectors.clear(slot),
        }
    }

    /// Says that everything up to this version is in.
    pub(super) fn have(&mut self, seq: i64) {
        self.seq = self.seq.max(seq);
    }

    fn currency_number(&mut self, currency: Currency) -> u8 {
        let known = self.currency_list.iter().position(|one| *one == currency).unwrap_or_else(|| {
            self.currency_list.push(currency);
            self.currency_list.len() - 1
        });
        // There are fewer than 200 currencies.
        u8::try_from(known).unwrap_or(u8::MAX)
    }

    fn country_number(&mut self, countries: Vec<String>) -> u32 {
        if countries.is_empty() {
            return ANY;
        }
        if let Some(number) = self.country_numbers.get(&countries) {
            return *number;
        }
        let number = u32::try_from(self.country_lists.len()).unwrap_or(ANY - 1);
        self.country_lists.push(countries.clone());
        self.country_numbers.insert(countries, number);
        number
    }

    fn add_slot(&mut self, id: OfferId, workspace: WorkspaceId) -> u32 {
        let slot = u32::try_from(self.ids.len()).unwrap_or(u32::MAX);
        let nothing = Asked { followers: 0, engagement: 0.0, verified: false, there: false };
        self.slots.insert(id, slot);
        self.ids.push(id);
        self.workspaces.push(workspace);
        self.listed.push(false);
        self.categories.push(Category::Other);
        self.platforms.push(0);
        self.least.push(0);
        self.most.push(0);
        self.currencies.push(0);
        self.influencer.push(nothing);
        self.regular.push(nothing);
        self.countries.push(ANY);
        self.deadlines.push(NEVER);
        self.shut.push(false);
        self.places.push(ANY);
        self.applications.push(0);
        self.views.push(0);
        self.published.push(0);
        slot
    }
}
