//! Filters and orders over the columns.

use std::cmp::Reverse;

use kernel::{CreatorId, Platform, Scope, WorkspaceId};
use mind::text::fold;

use super::columns::{Columns, SHARED, UNKNOWN, country_key, language_key};
use super::mask::{Mask, Slots};
use super::names::Fit;

/// Whose private entries are found beside those that are shared.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Sees {
    /// Nobody's.
    #[default]
    Shared,
    /// This workspace's.
    Workspace(WorkspaceId),
    /// Everybody's.
    Everything,
}

impl From<Scope> for Sees {
    fn from(scope: Scope) -> Self {
        match scope.workspace() {
            _ if scope.sees_everything() => Self::Everything,
            Some(workspace) => Self::Workspace(workspace),
            None => Self::Shared,
        }
    }
}

/// What is let through. Every part that is given must hold; a list lets through any of its parts.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Filter {
    /// Who looks: without it, only what is shared is found.
    pub sees: Sees,
    /// Part of a name or a handle.
    pub search: Option<String>,
    /// Any of these platforms.
    pub platforms: Vec<Platform>,
    /// Any of these niches, compared without regard to case and accents.
    pub niches: Vec<String>,
    /// Any of these countries, by code or name.
    pub countries: Vec<String>,
    /// Any of these languages, by code or name.
    pub languages: Vec<String>,
    /// At least so many followers.
    pub min_followers: Option<u64>,
    /// At most so many followers.
    pub max_followers: Option<u64>,
    /// At least this engagement, in percent; an unknown one is not enough.
    pub min_engagement: Option<f64>,
    /// At most this engagement, in percent.
    pub max_engagement: Option<f64>,
    /// At least so many views; unknown ones are not enough.
    pub min_views: Option<u64>,
    /// At least this price, in minor units; an unknown one is let through, for it may be right.
    pub min_rate: Option<i64>,
    /// At most this price, in minor units; an unknown one is let through, for it may be right.
    pub max_rate: Option<i64>,
    /// None of these platforms.
    pub excluded_platforms: Vec<Platform>,
    /// None of these niches.
    pub excluded_niches: Vec<String>,
    /// None of these countries.
    pub excluded_countries: Vec<String>,
    /// Nobody who has worked with one of these brands.
    pub excluded_brands: Vec<String>,
    /// Nobody who speaks one of these languages first.
    pub excluded_languages: Vec<String>,
    /// None of these creators.
    pub excluded_creators: Vec<CreatorId>,
    /// Only these creators; empty is everybody.
    pub only_creators: Vec<CreatorId>,
}

/// By what a list is sorted. Ties are broken by id, so that pages never overlap.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Order {
    /// Best fit of the searched name first; without one, most followers first.
    Best,
    /// Most followers first, or fewest.
    Followers {
        /// Fewest first?
        ascending: bool,
    },
    /// Highest engagement first, or lowest; unknown last.
    Engagement {
        /// Lowest first?
        ascending: bool,
    },
    /// Highest price first, or lowest; unknown last.
    Rate {
        /// Lowest first?
        ascending: bool,
    },
    /// Best rated first, or worst; unknown last.
    Rating {
        /// Worst first?
        ascending: bool,
    },
    /// Newest first, or oldest.
    Created {
        /// Oldest first?
        ascending: bool,
    },
}

/// A filter whose words have been looked up: numbers are compared, not texts.
pub(super) struct Ready<'a> {
    pub(super) filter: &'a Filter,
    /// Whose entries beside those that are shared; nothing if everybody's.
    pub(super) owner: Option<u32>,
    pub(super) platforms: [bool; 4],
    pub(super) niches: Option<Vec<u32>>,
    pub(super) countries: Option<Vec<u32>>,
    pub(super) languages: Option<Vec<u32>>,
    pub(super) excluded_niches: Vec<u32>,
    pub(super) excluded_countries: Vec<u32>,
    pub(super) excluded_brands: Vec<u32>,
    pub(super) excluded_languages: Vec<u32>,
    pub(super) excluded_slots: Vec<u32>,
    pub(super) only_slots: Option<Vec<u32>>,
}

/// A number with a fraction as a whole one that sorts alike; what is not a number is unknown.
fn micros(value: f32) -> i64 {
    if value.is_nan() { UNKNOWN } else { (value * 1e6) as i64 }
}

impl Columns {
    /// Which slots a filter lets through; with `vectors_only`, only those of creators who have a vector.
    pub fn mask_of(&self, filter: &Filter, vectors_only: bool) -> Mask {
        let mut mask = if filter.search.is_some() {
            Mask::of(self.slots(), self.found(filter).into_iter().map(|(slot, _)| slot))
        } else {
            self.mask(&self.ready(filter))
        };
        if vectors_only && self.vector_count() < self.len() {
            mask.keep(&self.vectored, |vectored| vectored);
        }
        mask
    }

    /// The slots that a filter lets through, in the order of the slots.
    pub fn passing(&self, filter: &Filter) -> Vec<u32> {
        if filter.search.is_some() {
            let mut slots: Vec<u32> = self.found(filter).into_iter().map(|(slot, _)| slot).collect();
            slots.sort_unstable();
            return slots;
        }
        let mask = self.mask(&self.ready(filter));
        let mut slots = Vec::with_capacity(mask.count());
        mask.each(|slot| slots.push(slot));
        slots
    }

    /// Whoever has this phrase as whole words in their name, or as their handle, and whether it is the whole of it: those first, at
    /// most so many of those who are found by whoever looks.
    pub fn named(&self, phrase: &str, sees: Sees, most: usize) -> Vec<(CreatorId, bool)> {
        let wanted = fold(phrase);
        let wanted = wanted.trim_start_matches('@');
        if wanted.is_empty() {
            return Vec::new();
        }
        let (mut found, owner) = (Vec::new(), self.owner(sees));
        self.names.find_words(wanted, |slot, fit| {
            if self.is_seen(slot as usize, owner) {
                found.push((fit, Reverse(self.followers[slot as usize]), slot));
            }
        });
        found.sort_unstable();
        let named = found.into_iter().take(most);
        named.map(|(fit, _, slot)| (self.ids[slot as usize], fit == Fit::Whole)).collect()
    }

    /// Does a filter let this creator through? (Names are not looked at.)
    pub fn passing_one(&self, filter: &Filter, id: CreatorId) -> bool {
        self.slot(id).is_some_and(|slot| self.passes(slot as usize, &self.ready(filter)))
    }

    /// Whoever has the searched name and passes the rest of the filter, with how well the name fits.
    fn found(&self, filter: &Filter) -> Vec<(u32, Fit)> {
        let wanted = fold(filter.search.as_deref().unwrap_or_default());
        let ready = self.ready(filter);
        let mut found = Vec::new();
        if wanted.is_empty() {
            let slots = (0..self.slots()).filter(|at| self.passes(*at, &ready));
            found.extend(slots.map(|at| (at as u32, Fit::Whole)));
            return found;
        }
        self.names.find(&wanted, |slot, fit| {
            if self.passes(slot as usize, &ready) {
                found.push((slot, fit()));
            }
        });
        found
    }

    /// The page of a sorted list, and how many there are in all.
    pub fn list(&self, filter: &Filter, order: Order, offset: usize, limit: usize) -> (Vec<CreatorId>, usize) {
        if filter.search.is_none() {
            let mask = self.mask(&self.ready(filter));
            return (self.page(&mask, order, offset, limit), mask.count());
        }
        let found = self.found(filter);
        if order == Order::Best {
            // Slots are found once each, so that the fit of each can be looked up by its place.
            let mut fits: Vec<(u32, Fit)> = found;
            fits.sort_unstable_by_key(|(slot, _)| *slot);
            let fit = |slot: u32| fits.binary_search_by_key(&slot, |(slot, _)| *slot).map_or(0, |at| fits[at].1 as u8);
            let followers = |slot: u32| (fit(slot), self.followers[slot as usize].cast_signed());
            let slots = fits.iter().map(|(slot, _)| *slot);
            return (self.best(slots, followers, offset, limit), fits.len());
        }
        let slots = found.iter().map(|(slot, _)| *slot);
        (self.page(slots, order, offset, limit), found.len())
    }

    /// The slots from `offset` on in their order.
    fn page(&self, slots: impl Slots, order: Order, offset: usize, limit: usize) -> Vec<CreatorId> {
        // One loop for each column: a slot that does not come in costs one comparison.
        match order {
            Order::Best => self.counted(slots, |at| self.followers[at].cast_signed(), false, offset, limit),
            Order::Followers { ascending } => {
                self.counted(slots, |at| self.followers[at].cast_signed(), ascending, offset, limit)
            }
            Order::Engagement { ascending } => {
                self.counted(slots, |at| micros(self.engagement[at]), ascending, offset, limit)
            }
            Order::Rate { ascending } => self.counted(slots, |at| self.rates[at], ascending, offset, limit),
            Order::Rating { ascending } => self.counted(slots, |at| micros(self.ratings[at]), ascending, offset, limit),
            Order::Created { ascending } => self.counted(slots, |at| self.created[at], ascending, offset, limit),
        }
    }

    /// By a number, greatest or least first; [`UNKNOWN`] last either way.
    fn counted(
        &self,
        slots: impl Slots,
        number: impl Fn(usize) -> i64,
        ascending: bool,
        offset: usize,
        limit: usize,
    ) -> Vec<CreatorId> {
        let sign = if ascending { -1 } else { 1 };
        let key = |slot: u32| match number(slot as usize) {
            UNKNOWN => (1, 0),
            known => (0, sign * known),
        };
        self.best(slots, key, offset, limit)
    }

    /// By the class first, then the value, greatest first; ties by id. No more than twice as many as are wanted are ever held
    /// and compared.
    fn best(&self, slots: impl Slots, key: impl Fn(u32) -> (u8, i64), offset: usize, limit: usize) -> Vec<CreatorId> {
        type Row = ((u8, Reverse<i64>), u32);
        let until = offset.saturating_add(limit);
        let by_order = |one: &Row, other: &Row| {
            let ids = || self.ids[one.1 as usize].cmp(&self.ids[other.1 as usize]);
            one.0.cmp(&other.0).then_with(ids)
        };
        let most = until.saturating_mul(2).max(256);
        let (mut best, mut worst): (Vec<Row>, Option<Row>) = (Vec::new(), None);
        slots.each(|slot| {
            let (class, value) = key(slot);
            let row = ((class, Reverse(value)), slot);
            if worst
                .as_ref()
                .is_some_and(|worst| row.0 > worst.0 || (row.0 == worst.0 && by_order(&row, worst).is_gt()))
            {
                return;
            }
            best.push(row);
            if best.len() >= most && until > 0 {
                let (_, last, _) = best.select_nth_unstable_by(until - 1, by_order);
                worst = Some(*last);
                best.truncate(until);
            }
        });
        best.sort_unstable_by(by_order);
        best.iter().skip(offset).take(limit).map(|row| self.ids[row.1 as usize]).collect()
    }

    /// The number of whose entries are found beside those that are shared; nothing if everybody's are.
    fn owner(&self, sees: Sees) -> Option<u32> {
        match sees {
            Sees::Everything => None,
            Sees::Workspace(workspace) => Some(self.owner_number(workspace).unwrap_or(SHARED)),
            Sees::Shared => Some(SHARED),
        }
    }

    fn is_seen(&self, at: usize, owner: Option<u32>) -> bool {
        owner.is_none_or(|own| self.owners[at] == SHARED || self.owners[at] == own)
    }

    fn ready<'a>(&self, filter: &'a Filter) -> Ready<'a> {
        let numbers = |words: &super::columns::Words, names: &[String], key: fn(&str) -> String| -> Vec<u32> {
            names.iter().filter_map(|name| words.find(&key(name))).collect()
        };
        let some = |names: &[String], found: Vec<u32>| (!names.is_empty()).then_some(found);
        let platforms = Platform::ALL.map(|platform| {
            (filter.platforms.is_empty() || filter.platforms.contains(&platform))
                && !filter.excluded_platforms.contains(&platform)
        });
        let slots = |ids: &[CreatorId]| {
            let mut slots: Vec<u32> = ids.iter().filter_map(|id| self.slot(*id)).collect();
            slots.sort_unstable();
            slots
        };
        Ready {
            filter,
            owner: self.owner(filter.sees),
            platforms,
            niches: some(&filter.niches, numbers(&self.niche_words, &filter.niches, fold)),
            countries: some(&filter.countries, numbers(&self.country_words, &filter.countries, country_key)),
            languages: some(&filter.languages, numbers(&self.language_words, &filter.languages, language_key)),
            excluded_niches: numbers(&self.niche_words, &filter.excluded_niches, fold),
            excluded_countries: numbers(&self.country_words, &filter.excluded_countries, country_key),
            excluded_brands: numbers(&self.brand_words, &filter.excluded_brands, fold),
            excluded_languages: numbers(&self.language_words, &filter.excluded_languages, language_key),
            excluded_slots: slots(&filter.excluded_creators),
            only_slots: (!filter.only_creators.is_empty()).then(|| slots(&filter.only_creators)),
        }
    }

    fn passes(&self, at: usize, ready: &Ready<'_>) -> bool {
        let filter = ready.filter;
        let within =
            |numbers: &Option<Vec<u32>>, own: u32| numbers.as_ref().is_none_or(|numbers| numbers.contains(&own));
        self.live[at]
            && self.is_seen(at, ready.owner)
            && ready.platforms[self.platforms[at] as usize]
            && filter.min_followers.is_none_or(|least| self.followers[at] >= least)
            && filter.max_followers.is_none_or(|most| self.followers[at] <= most)
            && filter.min_engagement.is_none_or(|least| self.engagement[at] >= least as f32)
            && filter.max_engagement.is_none_or(|most| self.engagement[at] <= most as f32)
            && filter.min_views.is_none_or(|least| self.views[at] != UNKNOWN && self.views[at].cast_unsigned() >= least)
            && filter.min_rate.is_none_or(|least| self.rates[at] == UNKNOWN || self.rates[at] >= least)
            && filter.max_rate.is_none_or(|most| self.rates[at] == UNKNOWN || self.rates[at] <= most)
            && within(&ready.niches, self.niches[at])
            && within(&ready.countries, self.countries[at])
            && within(&ready.languages, self.languages[at])
            && !ready.excluded_niches.contains(&self.niches[at])
            && !ready.excluded_countries.contains(&self.countries[at])
            && (ready.excluded_brands.is_empty()
                || !self.brands[at].iter().any(|brand| ready.excluded_brands.contains(brand)))
            && !ready.excluded_languages.contains(&self.languages[at])
            && ready.excluded_slots.binary_search(&(at as u32)).is_err()
            && ready.only_slots.as_ref().is_none_or(|only| only.binary_search(&(at as u32)).is_ok())
    }
}
