//! Filters and orders over the columns.

use std::cmp::Reverse;

use kernel::{CreatorId, Platform};
use mind::text::fold;

use super::columns::{Columns, UNKNOWN, country_key, language_key};
use super::names::Fit;

/// What is let through. Every part that is given must hold; a list lets through any of its parts.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Filter {
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
    /// None of these creators.
    pub excluded_creators: Vec<CreatorId>,
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
struct Ready<'a> {
    filter: &'a Filter,
    platforms: [bool; 4],
    niches: Option<Vec<u32>>,
    countries: Option<Vec<u32>>,
    languages: Option<Vec<u32>>,
    excluded_niches: Vec<u32>,
    excluded_countries: Vec<u32>,
    excluded_brands: Vec<u32>,
    excluded_slots: Vec<u32>,
}

impl Columns {
    /// The slots that a filter lets through, in the order of the slots.
    pub fn passing(&self, filter: &Filter) -> Vec<u32> {
        let ready = self.ready(filter);
        match filter.search.as_deref().map(fold).filter(|wanted| !wanted.is_empty()) {
            Some(wanted) => {
                let mut slots = Vec::new();
                self.names.find(&wanted, |slot, _| {
                    if self.passes(slot as usize, &ready) {
                        slots.push(slot);
                    }
                });
                slots.sort_unstable();
                slots
            }
            None => (0..self.slots()).filter(|at| self.passes(*at, &ready)).map(|at| at as u32).collect(),
        }
    }

    /// Does a filter let this creator through? (Names are not looked at.)
    pub fn passing_one(&self, filter: &Filter, id: CreatorId) -> bool {
        self.slot(id).is_some_and(|slot| self.passes(slot as usize, &self.ready(filter)))
    }

    /// The page of a sorted list, and how many there are in all.
    pub fn list(&self, filter: &Filter, order: Order, offset: usize, limit: usize) -> (Vec<CreatorId>, usize) {
        let mut slots = self.passing(filter);
        let total = slots.len();
        let until = offset.saturating_add(limit).min(total);
        if offset >= until {
            return (Vec::new(), total);
        }
        let fits = self.fits(filter, order);
        let key = |slot: &u32| self.sort_key(*slot, order, &fits);
        if until < total {
            slots.select_nth_unstable_by_key(until - 1, key);
            slots.truncate(until);
        }
        slots.sort_unstable_by_key(key);
        (slots[offset..].iter().map(|slot| self.ids[*slot as usize]).collect(), total)
    }

    /// How well each found name fits, if that is what the list is sorted by.
    fn fits(&self, filter: &Filter, order: Order) -> std::collections::HashMap<u32, Fit> {
        let mut fits = std::collections::HashMap::new();
        if let (Order::Best, Some(wanted)) = (order, &filter.search) {
            self.names.find(&fold(wanted), |slot, fit| {
                fits.insert(slot, fit);
            });
        }
        fits
    }

    /// A key that sorts as the order says, the id last.
    fn sort_key(
        &self,
        slot: u32,
        order: Order,
        fits: &std::collections::HashMap<u32, Fit>,
    ) -> (u8, Reverse<i64>, CreatorId) {
        let at = slot as usize;
        let number = |value: f32| (!value.is_nan()).then_some((value * 1e6) as i64);
        let known = |value: i64| (value != UNKNOWN).then_some(value);
        let (value, ascending) = match order {
            Order::Best => (Some(self.followers[at].cast_signed()), false),
            Order::Followers { ascending } => (Some(self.followers[at].cast_signed()), ascending),
            Order::Engagement { ascending } => (number(self.engagement[at]), ascending),
            Order::Rate { ascending } => (known(self.rates[at]), ascending),
            Order::Rating { ascending } => (number(self.ratings[at]), ascending),
            Order::Created { ascending } => (Some(self.created[at]), ascending),
        };
        let first = match fits.get(&slot) {
            Some(fit) => *fit as u8,
            None => u8::from(value.is_none()),
        };
        let value = value.unwrap_or_default();
        (first, Reverse(if ascending { -value } else { value }), self.ids[at])
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
        let mut excluded_slots: Vec<u32> = filter.excluded_creators.iter().filter_map(|id| self.slot(*id)).collect();
        excluded_slots.sort_unstable();
        Ready {
            filter,
            platforms,
            niches: some(&filter.niches, numbers(&self.niche_words, &filter.niches, fold)),
            countries: some(&filter.countries, numbers(&self.country_words, &filter.countries, country_key)),
            languages: some(&filter.languages, numbers(&self.language_words, &filter.languages, language_key)),
            excluded_niches: numbers(&self.niche_words, &filter.excluded_niches, fold),
            excluded_countries: numbers(&self.country_words, &filter.excluded_countries, country_key),
            excluded_brands: numbers(&self.brand_words, &filter.excluded_brands, fold),
            excluded_slots,
        }
    }

    fn passes(&self, at: usize, ready: &Ready<'_>) -> bool {
        let filter = ready.filter;
        let within =
            |numbers: &Option<Vec<u32>>, own: u32| numbers.as_ref().is_none_or(|numbers| numbers.contains(&own));
        self.live[at]
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
            && ready.excluded_slots.binary_search(&(at as u32)).is_err()
    }
}
