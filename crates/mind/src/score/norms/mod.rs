//! What is usual for accounts of a platform and size: engagement, prices, views.
//!
//! Published benchmarks (`data/benchmarks.tsv`, replaceable) until the directory has [`ENOUGH`] creators of a cohort with a known
//! rate; from then on the directory's own distribution. A cohort is a row of the table: no interpolation between sizes, so
//! that the figures of an explanation are the figures of the table.

mod curve;
mod prices;
mod table;

use std::fmt;

use kernel::{Platform, count};
use serde::{Deserialize, Serialize};

pub use curve::{Levels, Quantiles};
pub use prices::{Method, Prices, Usual, Views};

use super::text::rate;

/// So many creators of a cohort with a known engagement make the directory's own distribution worth more than a benchmark.
pub const ENOUGH: usize = 200;

/// Where a published figure comes from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Source {
    /// Who published it.
    pub name: String,
    /// When, where that is known.
    pub year: Option<u16>,
    /// What else has to be said about the row.
    pub note: Option<String>,
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)?;
        self.year.map_or(Ok(()), |year| write!(f, ", {year}"))?;
        self.note.as_ref().map_or(Ok(()), |note| write!(f, "; {note}"))
    }
}

/// Accounts of one platform within a range of followers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Size {
    /// At least so many followers.
    pub from: u64,
    /// Fewer than so many; none is no limit.
    pub below: Option<u64>,
}

impl Size {
    fn holds(self, followers: u64) -> bool {
        followers >= self.from && self.below.is_none_or(|below| followers < below)
    }
}

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.from, self.below) {
            (0, None) => f.write_str("of every size"),
            (from, None) => write!(f, "of {} followers and more", count::short(from)),
            (from, Some(below)) => write!(f, "of {}\u{2013}{} followers", count::short(from), count::short(below)),
        }
    }
}

/// Accounts that are compared with each other, and what engagement is usual among them.
#[derive(Clone, PartialEq, Debug)]
pub struct Cohort {
    /// On this platform,
    pub platform: Platform,
    /// of this size.
    pub size: Size,
    /// The published figures,
    pub levels: Levels,
    /// and who published them.
    pub source: Source,
    /// The directory's own distribution, once there is enough of it; used instead of the published figures.
    pub directory: Option<Quantiles>,
}

/// What a standing was judged by.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Basis {
    /// A published benchmark.
    Benchmark(Source),
    /// The distribution of so many creators of the directory.
    Directory {
        /// How many.
        count: u64,
    },
    /// Nothing: no engagement is on record, or nothing is known about the platform.
    Nothing,
}

/// Where a creator's engagement stands among its cohort.
#[derive(Clone, PartialEq, Debug)]
pub struct Standing {
    /// In hundredths of a percent; 0 where nothing is known.
    pub score: u16,
    /// The engagement rate in thousandths of a percent.
    pub rate: Option<u32>,
    /// With whom it was compared.
    pub cohort: Option<Cohort>,
}

impl Standing {
    /// What it was judged by.
    pub fn basis(&self) -> Basis {
        match (&self.rate, &self.cohort) {
            (Some(_), Some(Cohort { directory: Some(own), .. })) => Basis::Directory { count: own.count() },
            (Some(_), Some(cohort)) => Basis::Benchmark(cohort.source.clone()),
            _ => Basis::Nothing,
        }
    }

    /// One sentence with the figures: `4.5% engagement is above the average of 0.87–1.14% for Instagram accounts …`.
    pub fn describe(&self) -> String {
        let Some(own) = self.rate else { return "No engagement figure on record".into() };
        let shown = rate(own);
        let Some(cohort) = &self.cohort else {
            return format!("{shown} engagement; there are no figures to compare it with");
        };
        let among = format!("{} accounts {}", cohort.platform.display(), cohort.size);
        if let Some(quantiles) = &cohort.directory {
            let (median, count) = (rate(quantiles.median()), quantiles.count());
            let ahead = f64::from(self.score) / 100.0;
            return format!(
                "{shown} engagement is above that of {ahead:.0}% of the {count} {among} in this directory (median {median})"
            );
        }
        let Levels { average: (from, to), high, .. } = cohort.levels;
        let average =
            if from == to { rate(from) } else { format!("{}\u{2013}{}", rate(from).trim_end_matches('%'), rate(to)) };
        let source = &cohort.source;
        match high {
            // Bought likes look like this; so do very small or very young accounts.
            Some(high) if own / 5 >= high => format!(
                "{shown} engagement is more than five times what is high for {among} ({}, {source}): worth checking",
                rate(high)
            ),
            Some(high) if own >= high => {
                format!(
                    "{shown} engagement is high: {} and more is high for {among}, the average {average} ({source})",
                    rate(high)
                )
            }
            _ => {
                let stands = match own {
                    own if own > to => "above",
                    own if own < from => "below",
                    _ => "within",
                };
                format!("{shown} engagement is {stands} the average of {average} for {among} ({source})")
            }
        }
    }
}

/// The directory's distribution of one cohort, as it is stored (JSON).
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Learned {
    /// The platform's name, in lower case.
    pub platform: String,
    /// The least followers of the cohort: which row of the table it stands for.
    pub from: u64,
    /// The distribution.
    pub quantiles: Quantiles,
}

/// What is usual, by platform and size.
#[derive(Clone, PartialEq, Debug)]
pub struct Norms {
    cohorts: Vec<Cohort>,
    prices: Prices,
}

impl Norms {
    /// The benchmarks that are compiled in.
    pub fn builtin() -> Self {
        Self::parse(include_str!("../../../data/benchmarks.tsv")).unwrap_or_else(|_| unreachable!("tested below"))
    }

    /// Reads a table like `data/benchmarks.tsv`, which describes its own format; an error names the line.
    pub fn parse(table: &str) -> kernel::Result<Self> {
        let (cohorts, prices) = table::parse(table)?;
        Ok(Self { cohorts, prices })
    }

    /// What posts usually cost and how many see them.
    pub fn prices(&self) -> &Prices {
        &self.prices
    }

    /// Whom an account is compared with: the row of its size, else the nearest size of its platform.
    pub fn cohort(&self, platform: Platform, followers: u64) -> Option<&Cohort> {
        self.position(platform, followers).map(|at| &self.cohorts[at])
    }

    /// The engagement score in hundredths of a percent. `engagement` is in percent of followers; unknown, negative or
    /// NaN scores 0, for want of evidence.
    pub fn score(&self, platform: Platform, followers: u64, engagement: Option<f64>) -> u16 {
        let (Some(rate), Some(cohort)) = (thousandths(engagement), self.cohort(platform, followers)) else { return 0 };
        cohort.directory.as_ref().map_or_else(|| cohort.levels.score(rate), |own| own.score(rate))
    }

    /// The same score, with all that explains it.
    pub fn standing(&self, platform: Platform, followers: u64, engagement: Option<f64>) -> Standing {
        Standing {
            score: self.score(platform, followers, engagement),
            rate: thousandths(engagement),
            cohort: self.cohort(platform, followers).cloned(),
        }
    }

    /// Takes the directory's rows (platform, followers, engagement in percent) and from now on judges every cohort that has
    /// [`ENOUGH`] of them by its own distribution, every other by the benchmarks.
    pub fn learn(&mut self, rows: impl IntoIterator<Item = (Platform, u64, Option<f64>)>) {
        let mut rates = vec![Vec::new(); self.cohorts.len()];
        for (platform, followers, engagement) in rows {
            if let (Some(rate), Some(at)) = (thousandths(engagement), self.position(platform, followers)) {
                rates[at].push(rate);
            }
        }
        for (cohort, rates) in self.cohorts.iter_mut().zip(rates) {
            cohort.directory = if rates.len() >= ENOUGH { Quantiles::of(rates) } else { None };
        }
    }

    /// What was learned from the directory, to be stored.
    pub fn learned(&self) -> Vec<Learned> {
        let own = |cohort: &Cohort| {
            let quantiles = cohort.directory.clone()?;
            Some(Learned { platform: cohort.platform.word().into(), from: cohort.size.from, quantiles })
        };
        self.cohorts.iter().filter_map(own).collect()
    }

    /// Takes up what was stored; whatever has no row in the table in force is left out.
    pub fn recall(&mut self, learned: Vec<Learned>) {
        for row in learned {
            let fits = |cohort: &&mut Cohort| cohort.platform.word() == row.platform && cohort.size.from == row.from;
            if let Some(cohort) = self.cohorts.iter_mut().find(fits) {
                cohort.directory = Some(row.quantiles);
            }
        }
    }

    fn position(&self, platform: Platform, followers: u64) -> Option<usize> {
        nearest(self.cohorts.iter().map(|cohort| (cohort.platform == platform).then_some(cohort.size)), followers)
    }
}

/// The first size that holds so many followers, else the one that comes nearest.
fn nearest(sizes: impl Iterator<Item = Option<Size>>, followers: u64) -> Option<usize> {
    let distance = |size: Size| match size {
        size if size.holds(followers) => 0,
        size if followers < size.from => size.from - followers,
        size => followers - size.below.unwrap_or(followers) + 1,
    };
    sizes.enumerate().filter_map(|(at, size)| Some((distance(size?), at))).min().map(|(_, at)| at)
}

/// An engagement rate as an exact integer, so that an index that holds it as f32 and a row that holds it as f64 agree.
fn thousandths(percent: Option<f64>) -> Option<u32> {
    let percent = percent?;
    // `as` saturates: nobody's rate is beyond 4 million percent.
    (percent >= 0.0).then(|| (percent * 1000.0).round() as u32)
}

#[cfg(test)]
mod tests;
