//! Filters, orders and the match of a creator over the columns.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use kernel::{Currency, OfferId, WorkspaceId};
use mind::score::Scores;

use super::columns::{ANY, Columns, NEVER, bit};
use crate::model::{Categories, Category, Figures, Known, Network, Seeker};

/// What is let through. Every part that is given must hold; a list lets through any of its parts.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Filter {
    /// Words of the title, the description, the category or the tags.
    pub search: Option<String>,
    /// Any of these categories.
    pub categories: Vec<Category>,
    /// On any of these platforms.
    pub platforms: Vec<Network>,
    /// Pays at least so much, in minor units, to somebody.
    pub budget_min: Option<i64>,
    /// Pays at most so much, in minor units, to somebody.
    pub budget_max: Option<i64>,
    /// In this currency.
    pub currency: Option<Currency>,
    /// For creators in this country.
    pub country: Option<String>,
    /// Creators may apply at this moment or later, in microseconds; an offer without a deadline always fits.
    pub deadline_from: Option<i64>,
    /// Creators may apply until this moment at the latest; an offer without a deadline does not fit.
    pub deadline_until: Option<i64>,
    /// Takes applications, or takes none.
    pub open: Option<bool>,
    /// Only those whose requirements the creator who asks meets, or does not meet.
    pub eligible: Option<bool>,
    /// None of this workspace.
    pub not_of: Option<WorkspaceId>,
    /// None of these.
    pub without: Vec<OfferId>,
}

/// By what a list is sorted. Ties are broken by id, so that pages never overlap.
#[derive(Clone, Copy, PartialEq, Eq, Debug, kernel::Words)]
#[words(name = "OfferOrder", no_column)]
pub enum Order {
    /// The newest first.
    #[word("recent")]
    Recent,
    /// Whose deadline comes first; those that take no applications any more at the end.
    #[word("deadline")]
    Deadline,
    /// The highest budget first, in dollars.
    #[word("budget")]
    Budget,
    /// Most applications first, then most views.
    #[word("popular")]
    Popular,
    /// What fits the creator best first.
    #[word("match")]
    Match,
}

/// A creator who looks for work: what is known, made ready.
#[derive(Clone)]
pub struct Searching {
    /// What is known of the account.
    pub known: Known,
    /// Its entries, made ready.
    pub seekers: Vec<Seeker>,
    /// The categories, made ready.
    pub categories: Categories,
}

impl Searching {
    /// The entry that stands for the creator on these platforms: the one with the most followers.
    pub fn seeker(&self, platforms: &[Network]) -> Option<&Seeker> {
        let entry = self.known.entry(platforms)?;
        self.known.entries.iter().position(|one| one.id == entry.id).and_then(|at| self.seekers.get(at))
    }
}

/// A page of a list.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Found {
    /// The offers of the page.
    pub ids: Vec<OfferId>,
    /// How many there are in all.
    pub total: u64,
}

/// What is worked with during a scan.
struct Scan<'a> {
    columns: &'a Columns,
    /// What one unit of each currency is worth in dollars.
    rates: Vec<f64>,
    now: i64,
    /// For each set of platforms: the creator's figures, and the seeker that stands for them.
    figures: Vec<Option<(Figures, Option<&'a Seeker>)>>,
    /// For each list of countries: is the creator's among them?
    at_home: Vec<bool>,
}

/// What half of it is worth: a place for which more have applied than this, for each place.
const CROWDED: u32 = 10;

impl<'a> Scan<'a> {
    fn new(columns: &'a Columns, searching: Option<&'a Searching>, rate: &dyn Fn(Currency) -> f64, now: i64) -> Self {
        let sets = 1_u8 << <Network as kernel::Words>::ALL.len();
        let figures = (0..sets).map(|bits| {
            let searching = searching?;
            let platforms: Vec<Network> = networks(bits).collect();
            Some((searching.known.figures(&platforms), searching.seeker(&platforms)))
        });
        let home = searching.and_then(|one| one.known.figures(&networks(u8::MAX).collect::<Vec<_>>()).country);
        let at_home = columns.country_lists.iter().map(|list| home.as_ref().is_none_or(|home| list.contains(home)));
        let rates = columns.currency_list.iter().map(|currency| rate(*currency)).collect();
        Self { columns, rates, now, figures: figures.collect(), at_home: at_home.collect() }
    }

    fn open(&self, at: usize) -> bool {
        !self.columns.shut[at] && self.columns.deadlines[at] > self.now
    }

    fn eligible(&self, at: usize) -> bool {
        let Some((figures, _)) = &self.figures[usize::from(self.columns.platforms[at])] else { return false };
        let holds = |asked: super::Asked| asked.holds(figures.followers, figures.engagement_rate, figures.verified);
        let country = self.columns.countries[at];
        let at_home = country == ANY || self.at_home[country as usize];
        at_home && (holds(self.columns.influencer[at]) || holds(self.columns.regular[at]))
    }

    /// The most that an offer pays, in minor units of a dollar.
    fn budget(&self, at: usize) -> i64 {
        in_dollars(self.columns.most[at], self.rates[usize::from(self.columns.currencies[at])])
    }

    /// How much of a match counts where many have applied already.
    fn crowded(&self, at: usize) -> bool {
        let places = self.columns.places[at];
        places != ANY && self.columns.applications[at] > places.saturating_mul(CROWDED)
    }
}

/// An amount in minor units of a currency in those of a dollar.
pub(crate) fn in_dollars(minor: i64, rate: f64) -> i64 {
    (minor as f64 * rate).round() as i64
}

/// The platforms of a set of bits.
fn networks(bits: u8) -> impl Iterator<Item = Network> {
    Network::ALL.iter().copied().filter(move |network| bits & bit(*network) != 0)
}

impl Columns {
    /// A page of a list. `rate` says how many dollars one unit of a currency is worth.
    pub fn list(
        &self,
        filter: &Filter,
        order: Order,
        searching: Option<&Searching>,
        rate: &dyn Fn(Currency) -> f64,
        now: i64,
        (offset, limit): (usize, usize),
    ) -> Found {
        let scan = Scan::new(self, searching, rate, now);
        let slots = self.passing(filter, &scan);
        let total = slots.len() as u64;
        let ids = match (order, searching) {
            (Order::Match, Some(searching)) => self.best_matches(&scan, searching, &slots, offset, limit),
            _ => self.page(&scan, &slots, order, offset, limit),
        };
        Found { ids, total }
    }

    /// The scores of an offer for a creator, if there is something to tell them by.
    pub fn scores(&self, id: OfferId, searching: &Searching, rate: &dyn Fn(Currency) -> f64) -> Option<Scores> {
        let slot = self.slot(id)?;
        let at = slot as usize;
        let platforms: Vec<Network> = networks(self.platforms[at]).collect();
        let seeker = searching.seeker(&platforms)?;
        let currency = self.currency_list[usize::from(self.currencies[at])];
        Some(self.compared(seeker, searching, slot, in_dollars(self.most[at], rate(currency))))
    }

    fn compared(&self, seeker: &Seeker, searching: &Searching, slot: u32, budget: i64) -> Scores {
        let category = self.categories[slot as usize];
        let facts = seeker.facts(category, budget);
        seeker.scores(&searching.categories, category, facts, self.cosine(slot, &seeker.vector))
    }

    fn scores_of(&self, scan: &Scan<'_>, searching: &Searching, slot: u32) -> Option<Scores> {
        let at = slot as usize;
        let (_, seeker) = scan.figures[usize::from(self.platforms[at])].as_ref()?;
        Some(self.compared((*seeker)?, searching, slot, scan.budget(at)))
    }

    fn passing(&self, filter: &Filter, scan: &Scan<'_>) -> Vec<u32> {
        let wanted_platforms = filter.platforms.iter().fold(0, |bits, network| bits | bit(*network));
        let mut wanted_categories = [filter.categories.is_empty(); 64];
        for category in &filter.categories {
            wanted_categories[*category as usize] = true;
        }
        let countries: Option<Vec<bool>> = filter
            .country
            .as_ref()
            .map(|country| self.country_lists.iter().map(|list| list.contains(country)).collect());
        let mut without = vec![false; if filter.without.is_empty() { 0 } else { self.slots() }];
        for slot in filter.without.iter().filter_map(|id| self.slot(*id)) {
            without[slot as usize] = true;
        }
        let currency = filter.currency.map(|wanted| self.currency_list.iter().position(|one| *one == wanted));
        let passes = |slot: u32| {
            let at = slot as usize;
            self.listed[at]
                && wanted_categories[self.categories[at] as usize]
                && (wanted_platforms == 0 || self.platforms[at] & wanted_platforms != 0)
                // The two ranges overlap.
                && filter.budget_min.is_none_or(|least| self.most[at] >= least)
                && filter.budget_max.is_none_or(|most| self.least[at] <= most)
                && currency.is_none_or(|wanted| wanted == Some(usize::from(self.currencies[at])))
                && countries.as_ref().is_none_or(|countries| {
                    let own = self.countries[at];
                    own == ANY || countries[own as usize]
                })
                && filter.deadline_from.is_none_or(|from| self.deadlines[at] >= from)
                && filter.deadline_until.is_none_or(|until| self.deadlines[at] <= until)
                && filter.open.is_none_or(|open| scan.open(at) == open)
                && filter.not_of.is_none_or(|workspace| self.workspaces[at] != workspace)
                && !without.get(at).copied().unwrap_or(false)
                && filter.eligible.is_none_or(|eligible| scan.eligible(at) == eligible)
        };
        match &filter.search {
            Some(search) => self.words.find(search).into_iter().filter(|slot| passes(*slot)).collect(),
            None => (0..self.slots() as u32).filter(|slot| passes(*slot)).collect(),
        }
    }

    /// The offers from `offset` on in their order.
    fn page(&self, scan: &Scan<'_>, slots: &[u32], order: Order, offset: usize, limit: usize) -> Vec<OfferId> {
        // The least comes first.
        let key = |slot: u32| {
            let at = slot as usize;
            match order {
                Order::Recent | Order::Match => (-self.published[at], 0),
                // What has passed comes last, and what has no end before it.
                Order::Deadline if self.deadlines[at] > scan.now => (self.deadlines[at].min(NEVER - 1), 0),
                Order::Deadline => (NEVER, 0),
                Order::Budget => (-scan.budget(at), 0),
                Order::Popular => (-i64::from(self.applications[at]), -i64::from(self.views[at])),
            }
        };
        // Most of a long list cannot be on the page: one number of each is enough to see that.
        let last = offset.saturating_add(limit);
        let mut near = Vec::new();
        let slots = if slots.len() > last.saturating_mul(4) && last > 0 {
            let mut firsts: Vec<i64> = slots.iter().map(|slot| key(*slot).0).collect();
            let edge = *firsts.select_nth_unstable(last - 1).1;
            near.extend(slots.iter().copied().filter(|slot| key(*slot).0 <= edge));
            &near
        } else {
            slots
        };
        // Of two that are alike the newer one comes first: ids sort by the time they were made.
        let mut keyed: Vec<_> = slots.iter().map(|slot| (key(*slot), Reverse(self.ids[*slot as usize]))).collect();
        if offset >= keyed.len() {
            return Vec::new();
        }
        if offset > 0 {
            keyed.select_nth_unstable(offset);
            keyed.drain(..offset);
        }
        if limit < keyed.len() {
            keyed.select_nth_unstable(limit);
            keyed.truncate(limit);
        }
        keyed.sort_unstable();
        keyed.into_iter().map(|(_, Reverse(id))| id).collect()
    }

    /// The same in the order of the match: offers are visited in the order of the most that their score can be, and only theirs are the
    /// vectors compared, until nobody who is left can come in.
    fn best_matches(
        &self,
        scan: &Scan<'_>,
        searching: &Searching,
        slots: &[u32],
        offset: usize,
        limit: usize,
    ) -> Vec<OfferId> {
        /// Offers whose vectors are compared at once.
        const CHUNK: usize = 512;
        let keep = offset.saturating_add(limit).min(slots.len());
        if keep <= offset {
            return Vec::new();
        }
        let worth = |at: usize, total: u16| if scan.crowded(at) { total / 2 } else { total };
        let mut bounded: Vec<(Reverse<u16>, u32)> = slots
            .iter()
            .map(|slot| {
                let at = *slot as usize;
                let seeker = scan.figures[usize::from(self.platforms[at])].as_ref().and_then(|(_, seeker)| *seeker);
                let bound = seeker.map_or(0, |seeker| {
                    let facts = seeker.facts(self.categories[at], scan.budget(at));
                    worth(at, seeker.bound(&searching.categories, self.categories[at], facts))
                });
                (Reverse(bound), *slot)
            })
            .collect();
        // Only as many are put in order as are looked at: mostly the first some thousand.
        let mut best: BinaryHeap<(Reverse<u16>, Reverse<OfferId>)> = BinaryHeap::with_capacity(keep + 1);
        let mut rest = bounded.as_mut_slice();
        let mut tier = keep.max(4 * CHUNK);
        while !rest.is_empty() {
            let take = tier.min(rest.len());
            if take < rest.len() {
                rest.select_nth_unstable(take);
            }
            let (now, later) = rest.split_at_mut(take);
            now.sort_unstable();
            for (Reverse(bound), slot) in now.iter() {
                if best.len() == keep && best.peek().is_some_and(|(Reverse(worst), _)| bound < worst) {
                    return ordered(best, offset);
                }
                let total = self.scores_of(scan, searching, *slot).map_or(0, Scores::total);
                let at = *slot as usize;
                let place = (Reverse(worth(at, total)), Reverse(self.ids[at]));
                if best.len() < keep {
                    best.push(place);
                } else if best.peek().is_some_and(|worst| place < *worst) {
                    best.pop();
                    best.push(place);
                }
            }
            rest = later;
            tier = tier.saturating_mul(4);
        }
        ordered(best, offset)
    }
}

fn ordered(best: BinaryHeap<(Reverse<u16>, Reverse<OfferId>)>, offset: usize) -> Vec<OfferId> {
    best.into_sorted_vec().into_iter().skip(offset).map(|(_, Reverse(id))| id).collect()
}

#[cfg(test)]
mod tests;
