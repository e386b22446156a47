//! Where an account stands: its karma, its tier and its ratings.

use kernel::time::DAY;
use kernel::{AccountId, Timestamp};

/// Millionths of a point: in these points are kept and added up.
pub const POINT: i64 = 1_000_000;
/// How long it takes until points count half.
pub const HALF_LIFE: i64 = 365 * DAY;
/// The mean that rankings assume of somebody whom nobody has rated yet, in hundredths of a star,
const USUAL_RATING: i64 = 420;
/// and how many ratings that is worth.
const USUAL_RATINGS: i64 = 5;

/// Where an account stands, as it is stored.
#[derive(Clone, Debug, PartialEq, Eq, db::Row)]
#[row(table = "standings", key(account_id), compare(revision))]
pub struct Standing {
    /// The account.
    pub account_id: AccountId,
    /// Its points at [`Standing::score_at`], in [`POINT`]s: may be below 0, but is never told so.
    pub score: i64,
    /// When they were added up.
    pub score_at: Timestamp,
    /// Its tier.
    pub tier: u64,
    /// Since when its score is too low for its tier.
    pub below_since: Option<Timestamp>,
    /// Collaborations that were completed.
    pub completed: u64,
    /// With how many others.
    pub partners: u64,
    /// How often it was in time: content handed in, or reviewed.
    pub on_time: u64,
    /// How often it was late.
    pub late: u64,
    /// How often it failed the other side: did not show up, cancelled late, did not pay, lost a dispute.
    pub failed: u64,
    /// The sum of its ratings, in stars.
    pub rating_sum: u64,
    /// How many ratings.
    pub rating_count: u64,
    /// Counts every change.
    pub revision: i64,
    /// When it last changed.
    pub updated_at: Timestamp,
}

impl Standing {
    /// Of an account that has done nothing yet.
    pub fn of(account_id: AccountId, now: Timestamp) -> Self {
        Self {
            account_id,
            score: 0,
            score_at: now,
            tier: 0,
            below_since: None,
            completed: 0,
            partners: 0,
            on_time: 0,
            late: 0,
            failed: 0,
            rating_sum: 0,
            rating_count: 0,
            revision: 1,
            updated_at: now,
        }
    }

    /// Its points at a moment: they count half after [`HALF_LIFE`].
    pub fn score_at(&self, now: Timestamp) -> i64 {
        faded(self.score, now.micros() - self.score_at.micros())
    }

    /// Its karma at a moment: whole points, and never below 0.
    pub fn karma(&self, now: Timestamp) -> i64 {
        (self.score_at(now).max(0) + POINT / 2) / POINT
    }

    /// The mean of its ratings in hundredths of a star; nothing without any.
    pub fn rating_hundredths(&self) -> Option<i64> {
        let (sum, count) = (i64::try_from(self.rating_sum).ok()?, i64::try_from(self.rating_count).ok()?);
        (count > 0).then(|| (sum * 100 + count / 2) / count)
    }

    /// The mean of its ratings, from 1 to 5; nothing without any.
    pub fn rating(&self) -> Option<f64> {
        self.rating_hundredths().map(|hundredths| hundredths as f64 / 100.0)
    }

    /// The rating by which it is ranked, in hundredths of a star: a few ratings move it little from the usual.
    pub fn ranked_rating(&self) -> i64 {
        let (sum, count) = (self.rating_sum.cast_signed(), self.rating_count.cast_signed());
        (sum * 100 + USUAL_RATING * USUAL_RATINGS) / (count + USUAL_RATINGS)
    }

    /// How often it kept what was agreed, in percent; nothing where nothing was due yet.
    pub fn reliability(&self) -> Option<u64> {
        let all = self.on_time + self.late + self.failed;
        (all > 0).then(|| self.on_time * 100 / all)
    }
}

/// What points are worth after so many microseconds.
pub fn faded(points: i64, age: i64) -> i64 {
    if age <= 0 {
        return points;
    }
    (points as f64 * (-(age as f64) / HALF_LIFE as f64).exp2()).round() as i64
}
