//! What a post usually costs and how many see it, where the creator's own figures are not known.

use std::fmt;

use kernel::{Amount, Platform, count};

use super::{Size, Source, nearest};

/// A published row: from one figure to another.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Row {
    pub(super) platform: Option<Platform>,
    pub(super) size: Size,
    pub(super) from: f64,
    pub(super) to: f64,
    pub(super) source: Source,
}

/// The tables of prices and views.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Prices {
    /// Dollars for 1,000 views of a post.
    pub(super) cpm: Vec<Row>,
    /// Dollars for a post on any platform.
    pub(super) post: Vec<Row>,
    /// Views of a post for each follower.
    pub(super) views: Vec<Row>,
    /// What the prices of a niche are multiplied by.
    pub(super) niches: Vec<(String, f64)>,
}

/// How a usual price was found.
#[derive(Clone, PartialEq, Debug)]
pub enum Method {
    /// Views × price of 1,000 views × factor of the niche.
    Views {
        /// Of a post.
        views: u64,
        /// Are they the creator's own average, or estimated from the followers?
        measured: bool,
        /// Dollars for 1,000 views, from and to.
        cpm: (f64, f64),
        /// 1 for most niches.
        factor: f64,
        /// Who published the price.
        source: Source,
    },
    /// The published range of accounts of that size.
    Post {
        /// The accounts.
        size: Size,
        /// Who published it.
        source: Source,
    },
}

/// What a post of such an account usually costs: an estimate, and always told as one. In minor units of the dollar.
#[derive(Clone, PartialEq, Debug)]
pub struct Usual {
    /// The lower end of the range,
    pub low: i64,
    /// what is reckoned with,
    pub middle: i64,
    /// and the upper end.
    pub high: i64,
    /// How it was found.
    pub method: Method,
}

impl fmt::Display for Usual {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let whole_dollars = |minor: i64| Amount::from_minor((minor + 50) / 100 * 100).price();
        write!(f, "{}\u{2013}{} a post, estimated from ", whole_dollars(self.low), whole_dollars(self.high))?;
        match &self.method {
            Method::Views { views, measured, cpm: (from, to), factor, source } => {
                let whose = if *measured { "on average" } else { "expected of the followers" };
                write!(f, "{} views {whose} at ${from}\u{2013}{to} per 1,000", count::short(*views))?;
                if (factor - 1.0).abs() > 1e-9 {
                    write!(f, " \u{d7} {factor} for the niche")?;
                }
                write!(f, " ({source})")
            }
            Method::Post { size, source } => write!(f, "what accounts {size} ask ({source})"),
        }
    }
}

/// How many views a post may expect.
#[derive(Clone, PartialEq, Debug)]
pub struct Views {
    /// The least,
    pub from: u64,
    /// and the most.
    pub to: u64,
    /// Views for each follower, from and to.
    pub rate: (f64, f64),
    /// Who published the rate.
    pub source: Source,
}

/// The quoted range around the middle of an estimate.
const RANGE: (f64, f64) = (0.7, 1.4);

impl Prices {
    /// What a post of this account usually costs. `niche` is a niche as [`crate::score::niche::canonical`] writes it.
    pub fn usual(&self, platform: Platform, followers: u64, avg_views: Option<u64>, niche: &str) -> Option<Usual> {
        let estimated = || self.views(platform, followers).map(|views| views.from);
        if let (Some(views), Some(row)) = (avg_views.or_else(estimated), find(&self.cpm, Some(platform), followers)) {
            let factor = self.niches.iter().find(|(name, _)| name == niche).map_or(1.0, |(_, factor)| *factor);
            let middle = views as f64 / 1000.0 * f64::midpoint(row.from, row.to) * factor;
            let cpm = (row.from, row.to);
            let method =
                Method::Views { views, measured: avg_views.is_some(), cpm, factor, source: row.source.clone() };
            return Some(Usual {
                low: minor(middle * RANGE.0),
                middle: minor(middle),
                high: minor(middle * RANGE.1),
                method,
            });
        }
        let row = find(&self.post, None, followers)?;
        let method = Method::Post { size: row.size, source: row.source.clone() };
        // Such ranges span a factor of five and more; the geometric mean is their middle.
        Some(Usual { low: minor(row.from), middle: minor((row.from * row.to).sqrt()), high: minor(row.to), method })
    }

    /// How many views a post of this account may expect, by its followers.
    pub fn views(&self, platform: Platform, followers: u64) -> Option<Views> {
        let row = find(&self.views, Some(platform), followers)?;
        let of = |rate: f64| (followers as f64 * rate).round() as u64;
        Some(Views { from: of(row.from), to: of(row.to), rate: (row.from, row.to), source: row.source.clone() })
    }
}

fn find(rows: &[Row], platform: Option<Platform>, followers: u64) -> Option<&Row> {
    nearest(rows.iter().map(|row| (row.platform == platform).then_some(row.size)), followers).map(|at| &rows[at])
}

fn minor(dollars: f64) -> i64 {
    (dollars * 100.0).round() as i64
}
