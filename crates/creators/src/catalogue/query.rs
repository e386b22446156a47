//! Filters and orders over the columns.

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

/// By what a slot is sorted: the class first, then the value, greatest first. Ties are broken by id.
#[derive(Clone, Copy)]
struct Sortable {
    class: u8,
    value: i64,
    slot: u32,
}

impl Ready<'_> {
    /// Is there more to it than live rows, platforms, niches and followers?
    fn has_more(&self) -> bool {
        let filter = self.filter;
        filter.min_engagement.is_some()
            || filter.max_engagement.is_some()
            || filter.min_views.is_some()
            || filter.min_rate.is_some()
            || filter.max_rate.is_some()
            || self.countries.is_some()
            || self.languages.is_some()
            || !self.excluded_niches.is_empty()
            || !self.excluded_countries.is_empty()
            || !self.excluded_brands.is_empty()
            || !self.excluded_slots.is_empty()
    }
}

impl Columns {
    /// The slots that a filter lets through, in the order of the slots.
    pub fn passing(&self, filter: &Filter) -> Vec<u32> {
        if filter.search.is_some() {
            let mut slots: Vec<u32> = self.found(filter).into_iter().map(|(slot, _)| slot).collect();
            slots.sort_unstable();
            return slots;
        }
        let ready = self.ready(filter);
        let platform = |at: &usize| self.live[*at] && ready.platforms[self.platforms[*at] as usize];
        let mut slots: Vec<u32> = (0..self.slots()).filter(platform).map(|at| at as u32).collect();
        // One column after the other: few comparisons for each row, and only for those that are still in.
        if let Some(niches) = &ready.niches {
            slots.retain(|slot| niches.contains(&self.niches[*slot as usize]));
        }
        if filter.min_followers.is_some() || filter.max_followers.is_some() {
            let range = filter.min_followers.unwrap_or(0)..=filter.max_followers.unwrap_or(u64::MAX);
            slots.retain(|slot| range.contains(&self.followers[*slot as usize]));
        }
        if ready.has_more() {
            slots.retain(|slot| self.passes(*slot as usize, &ready));
        }
        slots
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
        if filter.search.is_some() {
            let found = self.found(filter);
            let by_fit = order == Order::Best;
            let rows = found.iter().map(|(slot, fit)| self.sortable(*slot, order, by_fit.then_some(*fit)));
            return (self.page(rows, offset, limit), found.len());
        }
        let slots = self.passing(filter);
        let rows = slots.iter().map(|slot| self.sortable(*slot, order, None));
        (self.page(rows, offset, limit), slots.len())
    }

    /// The rows from `offset` on in their order. No more than twice as many as are wanted are ever held and compared.
    fn page(&self, rows: impl Iterator<Item = Sortable>, offset: usize, limit: usize) -> Vec<CreatorId> {
        let until = offset.saturating_add(limit);
        let by_order = |one: &Sortable, other: &Sortable| {
            let ids = || self.ids[one.slot as usize].cmp(&self.ids[other.slot as usize]);
            one.class.cmp(&other.class).then(other.value.cmp(&one.value)).then_with(ids)
        };
        let most = until.saturating_mul(2).max(256);
        let (mut best, mut worst): (Vec<Sortable>, Option<Sortable>) = (Vec::new(), None);
        for row in rows {
            if worst.as_ref().is_some_and(|worst| by_order(&row, worst).is_gt()) {
                continue;
            }
            best.push(row);
            if best.len() >= most && until > 0 {
                let (_, last, _) = best.select_nth_unstable_by(until - 1, by_order);
                worst = Some(*last);
                best.truncate(until);
            }
        }
        best.sort_unstable_by(by_order);
        best.iter().skip(offset).take(limit).map(|row| self.ids[row.slot as usize]).collect()
    }

    fn sortable(&self, slot: u32, order: Order, fit: Option<Fit>) -> Sortable {
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
        let class = fit.map_or_else(|| u8::from(value.is_none()), |fit| fit as u8);
        let value = value.unwrap_or_default();
        Sortable { class, value: if ascending { -value } else { value }, slot }
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
